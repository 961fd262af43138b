// SPDX-License-Identifier: EUPL-1.2
//! The foreign programs that the tests need, and which package of Debian brings each.

use std::env;
use std::path::PathBuf;

/// Programs and packages.
const PROGRAMS: [(&str, &str); 12] = [
    ("sipp", "sip-tester"),
    ("baresip", "baresip-core"),
    ("linphonec", "linphone-cli"),
    ("tshark", "tshark"),
    ("dumpcap", "wireshark-common"),
    ("dnsmasq", "dnsmasq-base"),
    ("aiosmtpd", "python3-aiosmtpd"),
    ("kamailio", "kamailio kamailio-tls-modules"),
    ("sipsak", "sipsak"),
    ("svmap", "sipvicious"),
    ("svwar", "sipvicious"),
    ("svcrack", "sipvicious"),
];

/// Says which packages are missing; none if everything is there.
#[must_use]
pub fn missing() -> Option<String> {
    let absent: Vec<&(&str, &str)> =
        PROGRAMS.iter().filter(|(program, _)| find(program).is_none()).collect();
    if absent.is_empty() {
        return None;
    }
    let programs: Vec<&str> = absent.iter().map(|(program, _)| *program).collect();
    let mut packages: Vec<&str> = absent.iter().map(|(_, package)| *package).collect();
    packages.sort_unstable();
    packages.dedup();
    Some(format!(
        "The end-to-end tests need {}. Install: apt-get install --no-install-recommends {}",
        programs.join(", "),
        packages.join(" ")
    ))
}

/// Where a program is; also in the folder that an ordinary user does not look through.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    let folders = env::split_paths(&folders).chain([PathBuf::from("/usr/sbin")]);
    folders.map(|folder| folder.join(program)).find(|path| path.is_file())
}
