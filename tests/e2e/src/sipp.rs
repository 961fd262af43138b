// SPDX-License-Identifier: EUPL-1.2
//! sipp as callers and as telephones, with scenarios from `tests/e2e/sipp`.
//!
//! A scenario is strict: a message that it does not expect fails its call, and sipp's exit code says so.
//! Between `@` stand values that the test puts in.

use crate::clock::SOON;
use crate::process::Process;
use crate::server::Server;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

static NEXT: AtomicU32 = AtomicU32::new(0);

/// What sipp shall do.
#[derive(Clone, Debug)]
pub struct Sipp {
    scenario: &'static str,
    values: Vec<(&'static str, String)>,
    ip: IpAddr,
    port: u16,
    to: Option<SocketAddr>,
    number: String,
    calls: u32,
    tcp: bool,
    patience: Duration,
    more: Vec<String>,
    /// What stands in Via and Contact.
    me: String,
}

impl Sipp {
    /// Somebody who waits for calls at this port.
    #[must_use]
    pub fn at(port: u16, scenario: &'static str) -> Sipp {
        Sipp {
            scenario,
            values: Vec::new(),
            ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port,
            to: None,
            number: String::new(),
            calls: 1,
            tcp: false,
            patience: Duration::from_secs(40),
            more: Vec::new(),
            me: "[local_ip]:[local_port]".to_owned(),
        }
    }

    /// Somebody who begins, from this port.
    #[must_use]
    pub fn from(port: u16, to: SocketAddr, number: &str, scenario: &'static str) -> Sipp {
        Sipp { to: Some(to), number: number.to_owned(), ..Sipp::at(port, scenario) }
    }

    /// Puts a value into the scenario.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Sipp {
        self.values.push((name, value.to_string()));
        self
    }

    /// From another address of this machine.
    #[must_use]
    pub fn on(mut self, ip: IpAddr) -> Sipp {
        self.ip = ip;
        self
    }

    /// Behind a relay, which the server knows by this port.
    #[must_use]
    pub fn behind(mut self, port: u16) -> Sipp {
        self.me = format!("127.0.0.1:{port}");
        self
    }

    /// So many calls.
    #[must_use]
    pub fn calls(mut self, calls: u32) -> Sipp {
        self.calls = calls;
        self
    }

    /// Over TCP.
    #[must_use]
    pub fn over_tcp(mut self) -> Sipp {
        self.tcp = true;
        self
    }

    /// How long all of it may take.
    #[must_use]
    pub fn within(mut self, patience: Duration) -> Sipp {
        self.patience = patience;
        self
    }

    /// With further arguments.
    #[must_use]
    pub fn args(mut self, more: &[&str]) -> Sipp {
        self.more.extend(more.iter().map(|&it| it.to_owned()));
        self
    }

    /// Starts it.
    ///
    /// # Panics
    /// If it cannot be started.
    #[must_use]
    pub fn start(self, server: &Server) -> Running {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("sipp-{number}-{}", self.scenario);
        let folder = server.folder.path();
        let scenario = server.folder.write(&format!("{name}.xml"), self.scenario());
        let messages = folder.join(format!("{name}.messages"));
        let mut command = self.command(&scenario, &messages, folder);
        let process = Process::start(folder, &name, &mut command);
        let errors = folder.join(format!("{name}.errors"));
        Running { name, process, messages, errors, patience: self.patience + SOON }
    }

    /// Starts it and waits for its good end.
    #[track_caller]
    pub fn run(self, server: &Server) -> Running {
        let mut running = self.start(server);
        running.succeeds();
        running
    }

    fn scenario(&self) -> String {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("sipp").join(self.scenario);
        let path = path.with_extension("xml");
        let mut text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => panic!("{}: {error}", path.display()),
        };
        text = text.replace("@me@", &self.me);
        for (name, value) in &self.values {
            let mark = format!("@{name}@");
            assert!(text.contains(&mark), "{} has {mark}", self.scenario);
            text = text.replace(&mark, value);
        }
        // Where further lines could stand stand none, and sound goes in clear.
        for (mark, usual) in [("@extra@", ""), ("@profile@", "RTP/AVP"), ("@crypto@", "")] {
            text = text.replace(mark, usual);
        }
        text
    }

    fn command(&self, scenario: &Path, messages: &Path, folder: &Path) -> Command {
        let seconds = self.patience.as_secs().to_string();
        let mut command = Command::new("sipp");
        command.current_dir(folder);
        if let Some(to) = self.to {
            // What digest signs is the request's URI (RFC 7616, 3.4.6); sipp leaves out the user.
            let signed = match self.scenario.starts_with("phone_") {
                true => format!("{}@{to}", self.number),
                false => to.to_string(),
            };
            command.arg(to.to_string()).args(["-s", &self.number, "-auth_uri", &signed]);
        }
        command.arg("-sf").arg(scenario);
        command.args(["-i", &self.ip.to_string(), "-p", &self.port.to_string()]);
        command.args(["-m", &self.calls.to_string(), "-r", "10", "-nostdin", "-trace_err"]);
        command.arg("-error_file").arg(messages.with_extension("errors"));
        command.arg("-trace_msg").arg("-message_file").arg(messages);
        command.args([
            "-timeout",
            &seconds,
            "-timeout_error",
            "-t",
            if self.tcp { "t1" } else { "u1" },
        ]);
        command.args(&self.more);
        command
    }
}

/// A running sipp.
#[derive(Debug)]
pub struct Running {
    name: String,
    /// Its process.
    pub process: Process,
    messages: PathBuf,
    errors: PathBuf,
    patience: Duration,
}

impl Running {
    /// Waits for its end, which has to be a good one: every call went as the scenario says.
    ///
    /// # Panics
    /// If not.
    #[track_caller]
    pub fn succeeds(&mut self) {
        let ended = self.process.wait(self.patience);
        assert!(
            ended.status.success(),
            "{}: {}\n{}\n{}",
            self.name,
            ended.status,
            read(&self.errors),
            self.messages()
        );
    }

    /// Waits for its end, good or not, and says how many calls went as the scenario says.
    ///
    /// # Panics
    /// If it does not end.
    #[track_caller]
    pub fn ends(&mut self) -> u32 {
        let ended = self.process.wait(self.patience);
        let mut lines = ended.stdout.lines().filter(|line| line.contains("Successful call"));
        let last = lines.next_back().and_then(|line| line.rsplit('|').next());
        last.and_then(|count| count.trim().parse().ok()).unwrap_or(0)
    }

    /// Every message that it sent and received so far.
    #[must_use]
    pub fn messages(&self) -> String {
        read(&self.messages)
    }

    /// Its calls by Call-ID: those that it began, and those of them that were answered.
    #[must_use]
    pub fn calls(&self) -> [BTreeSet<String>; 2] {
        let messages = self.messages();
        let parts = || messages.split("-----------------------------------------------");
        let of = |way: &str, first: &str| {
            let with = parts().filter(|it| it.contains(way) && it.contains(first));
            let invites = with.filter(|it| it.contains("CSeq: 1 INVITE"));
            let ids =
                invites.filter_map(|it| it.lines().find_map(|it| it.strip_prefix("Call-ID:")));
            ids.map(|it| it.trim().to_owned()).collect()
        };
        [of(" sent (", "\nINVITE "), of(" received [", "SIP/2.0 200")]
    }

    /// Whether it received a message with this text.
    #[must_use]
    pub fn received(&self, text: &str) -> bool {
        let messages = self.messages();
        let mut parts = messages.split("-----------------------------------------------");
        parts.any(|part| part.contains(" received [") && part.contains(text))
    }
}

fn read(path: &Path) -> String {
    String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()).into_owned()
}
