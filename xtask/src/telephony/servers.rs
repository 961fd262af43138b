// SPDX-License-Identifier: EUPL-1.2
//! Starts what is measured, on the loopback alone, and ends it by its process number.

use std::env;
use std::fs::{self, File};
use std::net::{Ipv4Addr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::cargo::root;

/// Where our centre, the load's callers and the telephones are; examples/loopback.toml says the same.
const CENTRE: u16 = 5160;
const CALLERS: u16 = 5180;
const TELEPHONES: u16 = 5170;

/// Where the other two are.
pub(super) const KAMAILIO: u16 = 5161;
pub(super) const RTPENGINE: u16 = 2223;

/// Telephones that are always ready; one talks for a second, so that 1,000 calls a second keep a
/// quarter of them busy.
pub(super) const AGENTS: u32 = 4_000;

/// How often, and how many times, it is asked whether a server is ready or has ended.
const LOOK: Duration = Duration::from_millis(50);
const LOOKS: u32 = 200;

/// A folder of its own for each bench; gone with it.
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Makes it.
    pub(super) fn make() -> Result<Folder, String> {
        let path = env::temp_dir().join(format!("amtsleitung-bench-{}", std::process::id()));
        fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Folder(path))
    }

    /// A file in it.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays behind is in the system's own folder for that.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// One process that is measured. Dropping it ends it.
pub(super) struct Server {
    child: Child,
    name: &'static str,
    log: PathBuf,
}

impl Server {
    /// Our centre.
    pub(super) fn centre(program: &Path, folder: &Folder) -> Result<Server, String> {
        let mut command = Command::new(program);
        command.args(["serve", "--config", "examples/loopback.toml", "--http", "off", "--data"]);
        command.arg(folder.file("data")).args(["--agents", &AGENTS.to_string()]);
        Server::start("amtsleitung", command, CENTRE, folder)
    }

    /// Kamailio as a proxy that keeps transactions and stays in the path; `None` if there is none.
    pub(super) fn kamailio(folder: &Folder) -> Result<Option<Server>, String> {
        let Some(program) = installed("kamailio") else { return Ok(None) };
        let config = folder.file("kamailio.cfg");
        fs::write(&config, kamailio_config()).map_err(|error| error.to_string())?;
        let mut command = Command::new(program);
        // In the foreground, so that its number is known; its shared memory holds all calls.
        command.args(["-DD", "-E", "-m", "512", "-f"]).arg(config).arg("-Y").arg(&folder.0);
        Server::start("kamailio", command, KAMAILIO, folder).map(Some)
    }

    /// rtpengine without its kernel module; `None` if there is none.
    pub(super) fn rtpengine(folder: &Folder) -> Result<Option<Server>, String> {
        let Some(program) = installed("rtpengine") else { return Ok(None) };
        let mut command = Command::new(program);
        command.args(["--config-file=none", "--foreground", "--table=-1", "--log-stderr"]);
        command.args(["--interface=127.0.0.1", "--port-min=20000", "--port-max=39999"]);
        command.args(["--log-level=4", &format!("--listen-ng=127.0.0.1:{RTPENGINE}")]);
        Server::start("rtpengine", command, RTPENGINE, folder).map(Some)
    }

    fn start(
        name: &'static str,
        mut command: Command,
        port: u16,
        folder: &Folder,
    ) -> Result<Server, String> {
        let log = folder.file(&format!("{name}.log"));
        let file = File::create(&log).map_err(|error| error.to_string())?;
        let out = file.try_clone().map_err(|error| error.to_string())?;
        command.current_dir(root()).stdin(Stdio::null()).stdout(out).stderr(file);
        let child = command.spawn().map_err(|error| format!("cannot start {name}: {error}"))?;
        let mut server = Server { child, name, log };
        for _ in 0..LOOKS {
            thread::park_timeout(LOOK);
            if !server.is_running() {
                return Err(format!("{name} ended at once:\n{}", server.last_words()));
            }
            if !is_free(port) {
                return Ok(server);
            }
        }
        Err(format!("{name} does not listen on port {port}:\n{}", server.last_words()))
    }

    /// Its process number.
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    fn last_words(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(10)..].join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Politely first: Kamailio ends its children itself, and so does nobody for it.
        let polite =
            Command::new("sh").args(["-c", &format!("kill -TERM {}", self.pid())]).status();
        if polite.is_ok() {
            for _ in 0..LOOKS {
                if !self.is_running() {
                    return;
                }
                thread::park_timeout(LOOK);
            }
        }
        eprintln!("{} does not end; it is stopped.", self.name);
        // It may have ended meanwhile.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An error if somebody else, perhaps another bench, has one of the ports.
pub(super) fn ports_are_free() -> Result<(), String> {
    let ports = [CENTRE, CALLERS, TELEPHONES, KAMAILIO, RTPENGINE];
    let taken: Vec<String> =
        ports.into_iter().filter(|&port| !is_free(port)).map(|port| port.to_string()).collect();
    if taken.is_empty() {
        return Ok(());
    }
    Err(format!(
        "127.0.0.1 has no free UDP port {}. Only one bench can run at a time: end the other one, or \
         the centre that listens there.",
        taken.join(", ")
    ))
}

fn is_free(port: u16) -> bool {
    UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// Where a program is; also in the folders that an ordinary user does not look through.
pub(super) fn installed(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let more = ["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from);
    env::split_paths(&path).chain(more).map(|it| it.join(name)).find(|it| it.is_file())
}

/// A proxy at its least: transactions, Record-Route, and one place to which every call goes.
fn kamailio_config() -> String {
    format!(
        r#"#!KAMAILIO
debug=0
log_stderror=yes
children=2
disable_tcp=yes
auto_aliases=no
dns=no
rev_dns=no
listen=udp:127.0.0.1:{KAMAILIO}
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "rr.so"
loadmodule "siputils.so"
request_route {{
    if (has_totag()) {{
        loose_route();
        t_relay();
        exit;
    }}
    if (method == "CANCEL") {{
        t_relay();
        exit;
    }}
    if (method != "INVITE") {{
        sl_send_reply("405", "Method Not Allowed");
        exit;
    }}
    record_route();
    $du = "sip:127.0.0.1:{TELEPHONES}";
    t_relay();
}}
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_seen() {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = socket.local_addr().expect("it is bound").port();
        assert!(!is_free(port));
        drop(socket);
        assert!(is_free(port));
    }

    #[test]
    fn what_is_not_there_is_not_installed() {
        assert!(installed("no-such-program-anywhere").is_none());
        assert!(installed("sh").is_some());
    }

    #[test]
    fn the_example_has_the_same_ports() {
        let text = fs::read_to_string(root().join("examples/loopback.toml")).expect("it is there");
        for port in [CENTRE, CALLERS, TELEPHONES] {
            assert!(text.contains(&format!("udp:127.0.0.1:{port}")), "{port}");
        }
    }
}
