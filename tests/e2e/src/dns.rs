// SPDX-License-Identifier: EUPL-1.2
//! dnsmasq as a name server that knows what a test tells it, and nothing else.

use crate::clock::{SOON, wait_for};
use crate::folder::Folder;
use crate::process::Process;
use std::net::{Ipv4Addr, UdpSocket};
use std::process::Command;

/// Seconds that its answers hold.
const HOLDS: u32 = 5;

/// A running name server.
#[derive(Debug)]
pub struct Dns {
    process: Process,
}

/// A service of a name (SRV).
#[derive(Clone, Copy, Debug)]
pub struct Service {
    /// The name, with service and protocol.
    pub name: &'static str,
    /// On which host of this machine.
    pub host: &'static str,
    /// At which port.
    pub port: u16,
    /// The lowest is tried first.
    pub priority: u16,
}

impl Dns {
    /// Starts one at this port that knows these services, whose hosts are all this machine; waits until it answers.
    ///
    /// # Panics
    /// If it does not come up.
    #[must_use]
    #[track_caller]
    pub fn start(folder: &Folder, port: u16, services: &[Service]) -> Dns {
        let mut command =
            Command::new(crate::programs::find("dnsmasq").expect("it was looked for"));
        command.args(["--no-daemon", "--no-resolv", "--no-hosts", "--conf-file=/dev/null"]);
        command.args(["--user=", "--group=", "--pid-file=", "--log-queries"]);
        command.args(["--listen-address=127.0.0.1", "--bind-interfaces", "--local=/example/"]);
        command.arg(format!("--port={port}")).arg(format!("--local-ttl={HOLDS}"));
        for Service { name, host, port, priority } in services {
            command.arg(format!("--srv-host={name},{host},{port},{priority},0"));
            command.arg(format!("--host-record={host},127.0.0.1"));
        }
        let process = Process::start(folder.path(), &format!("dnsmasq-{port}"), &mut command);
        let mut dns = Dns { process };
        dns.answers(port);
        dns
    }

    #[track_caller]
    fn answers(&mut self, port: u16) {
        // A question for the address of `ready.example` (RFC 1035, 4.1).
        let question = b"\0\x07\x01\0\0\x01\0\0\0\0\0\0\x05ready\x07example\0\0\x01\0\x01";
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        socket.set_nonblocking(true).expect("a socket of our own");
        wait_for("the name server answers", SOON, || {
            assert!(self.process.ended().is_none(), "dnsmasq: {}", self.process.stderr());
            // Nobody listens there yet.
            let _ = socket.send_to(question, (Ipv4Addr::LOCALHOST, port));
            let mut answer = [0; 512];
            socket.recv(&mut answer).ok()
        });
    }
}
