// SPDX-License-Identifier: EUPL-1.2
//! Kamailio as the edge of a carrier, with configurations from `tests/e2e/kamailio`.
//!
//! Between `@` stand values that the test puts in.

use crate::clock::{SOON, wait_for};
use crate::folder::Folder;
use crate::process::Process;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The password that the carrier knows.
pub const PASSWORD: &str = "Rathaus-2026!";

/// The user that registers there.
pub const USER: &str = "+494171693000";

/// The edge of a carrier.
#[derive(Clone, Debug)]
pub struct Carrier {
    /// Where everybody reaches it over UDP.
    pub port: u16,
    /// From which UDP port the centre comes.
    pub centre: u16,
    /// Where calls of the centre go.
    pub telephones: u16,
    /// Where it listens by TLS, with which certificate and key; then the centre comes by it.
    pub tls: Option<(u16, PathBuf, PathBuf)>,
    /// The longest registration in seconds.
    pub expires: u32,
    /// For how many seconds a nonce is good.
    pub nonce: u32,
    /// How passwords are proved.
    pub algorithm: &'static str,
}

impl Carrier {
    /// One over UDP.
    #[must_use]
    pub fn new(port: u16, centre: u16, telephones: u16) -> Carrier {
        Carrier {
            port,
            centre,
            telephones,
            tls: None,
            expires: 600,
            nonce: 300,
            algorithm: "SHA-256",
        }
    }

    /// Starts it, and waits until it listens.
    ///
    /// # Panics
    /// If it does not come up.
    #[must_use]
    #[track_caller]
    pub fn start(&self, folder: &Folder) -> Kamailio {
        let mut listen = format!("listen=udp:127.0.0.1:{}", self.port);
        let mut modules = String::new();
        let mut route = format!("127.0.0.1:{}", self.port);
        let mut centre = format!("$sp == {}", self.centre);
        match &self.tls {
            None => listen.push_str("\ndisable_tcp=yes"),
            Some((port, certificate, key)) => {
                listen.push_str(&format!("\nenable_tls=yes\nlisten=tls:127.0.0.1:{port}"));
                modules = format!(
                    "loadmodule \"tls.so\"\nmodparam(\"tls\", \"tls_method\", \"TLSv1.2+\")\n\
                     modparam(\"tls\", \"certificate\", \"{}\")\n\
                     modparam(\"tls\", \"private_key\", \"{}\")\n",
                    certificate.display(),
                    key.display()
                );
                route = format!("127.0.0.1:{port};transport=tls");
                centre = "$proto == \"tls\"".to_owned();
            }
        }
        let values = [
            ("listen", listen),
            ("modules", modules),
            ("route", route),
            ("centre", centre),
            ("telephones", self.telephones.to_string()),
            ("expires", self.expires.to_string()),
            ("nonce", self.nonce.to_string()),
            ("algorithm", self.algorithm.to_owned()),
            ("password", PASSWORD.to_owned()),
            ("user", USER.to_owned()),
        ];
        Kamailio::start(folder, "carrier", &values, self.port)
    }
}

/// A running Kamailio.
#[derive(Debug)]
pub struct Kamailio {
    /// Its process.
    pub process: Process,
    /// Where it is reached over UDP.
    pub at: SocketAddr,
}

impl Kamailio {
    /// Starts one with this configuration, and waits until it listens.
    ///
    /// # Panics
    /// If it does not come up.
    #[must_use]
    #[track_caller]
    pub fn start(folder: &Folder, config: &str, values: &[(&str, String)], port: u16) -> Kamailio {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("kamailio").join(config);
        let path = path.with_extension("cfg");
        let mut text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => panic!("{}: {error}", path.display()),
        };
        for (name, value) in values {
            let mark = format!("@{name}@");
            assert!(text.contains(&mark), "{config} has {mark}");
            text = text.replace(&mark, value);
        }
        let name = format!("kamailio-{port}");
        let file = folder.write(&format!("{name}.cfg"), text);
        let mut command = Command::new(program());
        command.args(["-DD", "-E", "-m", "64", "-M", "8", "-f"]).arg(file);
        command.arg("-Y").arg(folder.path()).arg("-w").arg(folder.path());
        let process = Process::start(folder.path(), &name, &mut command);
        let at = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut kamailio = Kamailio { process, at };
        kamailio.answers();
        kamailio
    }

    /// Waits until it answers.
    #[track_caller]
    fn answers(&mut self) {
        let socket = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let own = socket.local_addr().expect("it is bound");
        let asked = format!(
            "OPTIONS sip:{0} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bKready\r\n\
             From: <sip:ready@{own}>;tag=1\r\nTo: <sip:{0}>\r\nCall-ID: ready@{own}\r\n\
             CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
            self.at
        );
        socket.set_nonblocking(true).expect("a socket of our own");
        wait_for("Kamailio answers", SOON, || {
            assert!(self.process.ended().is_none(), "Kamailio: {}", self.process.stderr());
            // Nobody listens there yet.
            let _ = socket.send_to(asked.as_bytes(), self.at);
            let mut answer = [0; 2_048];
            socket.recv(&mut answer).ok()
        });
    }

    /// Waits until its log holds these words.
    #[track_caller]
    pub fn says(&self, words: &str) {
        self.says_times(words, 1);
    }

    /// Waits until its log holds these words so many times.
    #[track_caller]
    pub fn says_times(&self, words: &str, count: usize) {
        wait_for(&format!("{words:?} of Kamailio"), SOON, || {
            (self.process.stderr().matches(words).count() >= count).then_some(())
        });
    }
}

impl Drop for Kamailio {
    /// Politely, because it ends its children itself, and nobody does so for it.
    fn drop(&mut self) {
        if self.process.ended().is_none() {
            self.process.signal("TERM");
            crate::clock::poll(SOON, || self.process.ended());
        }
    }
}

fn program() -> PathBuf {
    crate::programs::find("kamailio").expect("it was looked for before")
}
