// SPDX-License-Identifier: EUPL-1.2
//! Packets of one test, read by Wireshark's dissectors.

use crate::clock::SOON;
use crate::process::{Process, run};
use crate::server::Server;
use std::net::{Ipv4Addr, UdpSocket};
use std::path::PathBuf;
use std::process::Command;

/// What is sent last.
const MARK: &[u8] = b"end of the capture";

/// A running capture on loopback, of the ports of one test.
#[derive(Debug)]
pub struct Capture {
    process: Process,
    file: PathBuf,
}

/// What Wireshark says of a capture.
#[derive(Debug)]
pub struct Judged {
    /// Packets by protocol: SIP, RTP, RTCP.
    pub seen: [usize; 3],
    /// Packets of the server that are malformed, or in which its experts find an error.
    pub wrong: String,
}

impl Capture {
    /// Begins, and waits until packets are taken.
    ///
    /// # Panics
    /// If that is not allowed here: capturing is for root, or for the group `wireshark`.
    #[must_use]
    #[track_caller]
    pub fn start(server: &Server) -> Capture {
        let file = server.folder.join("packets.pcapng");
        let ports = server.county.ports.all();
        let filter = format!("portrange {}-{}", ports.start(), ports.end());
        let mut command = Command::new("dumpcap");
        command.args(["-q", "-i", "lo", "-f", &filter, "-w"]).arg(&file);
        let mut process = Process::start(server.folder.path(), "dumpcap", &mut command);
        crate::clock::wait_for("the capture begins", SOON, || {
            let said = process.stderr();
            assert!(process.ended().is_none(), "dumpcap: {said}");
            said.contains("File:").then_some(())
        });
        Capture { process, file }
    }

    /// Ends, and lets every packet of the server be looked at.
    ///
    /// # Panics
    /// If tshark cannot read them.
    #[must_use]
    #[track_caller]
    pub fn judge(mut self, server: &Server) -> Judged {
        self.catches_up(server);
        self.process.signal("INT");
        self.process.wait(SOON);
        let sound = server.county.ports.sound();
        let sip = server.county.sip;
        let ours = format!(
            "(udp.srcport == {sip} || tcp.srcport == {sip} || (udp.srcport >= {} && udp.srcport <= {}))",
            sound.start(),
            sound.end()
        );
        let count =
            |protocol: &str| self.read(server, &format!("{protocol} && {ours}")).lines().count();
        let wrong = "(_ws.malformed || _ws.expert.severity == error)";
        let wrong = self.read(server, &format!("(sip || sdp || rtp || rtcp) && {wrong} && {ours}"));
        Judged { seen: ["sip", "rtp", "rtcp"].map(count), wrong }
    }

    /// Ends, and nothing of the server may be wrong; there have to be SIP messages of it.
    ///
    /// # Panics
    /// If something is.
    #[track_caller]
    pub fn conforms(self, server: &Server) {
        let judged = self.judge(server);
        assert_eq!(judged.wrong, "");
        assert!(judged.seen[0] > 0, "{judged:?}");
    }

    /// Ends, and hands out the payload of every datagram that this filter lets through.
    ///
    /// # Panics
    /// If tshark cannot read them.
    #[must_use]
    #[track_caller]
    pub fn datagrams(mut self, server: &Server, filters: &[&str]) -> Vec<Vec<String>> {
        self.catches_up(server);
        self.process.signal("INT");
        self.process.wait(SOON);
        let file = self.file.display().to_string();
        let payloads = |filter: &&str| {
            let args = ["-n", "-r", &file, "-Y", filter, "-T", "fields", "-e", "udp.payload"];
            let ended = run(server.folder.path(), "tshark", "tshark", &args, SOON * 2);
            assert!(ended.status.success(), "tshark: {}", ended.stderr);
            let lines = ended.stdout.lines().map(|line| line.replace(':', ""));
            lines.filter(|line| !line.is_empty()).collect()
        };
        filters.iter().map(payloads).collect()
    }

    /// Ends, and hands out these fields of every SIP message that this filter lets through, as Wireshark reads them;
    /// one that comes several times is joined by `|`, a message that came twice stands there once.
    ///
    /// # Panics
    /// If tshark cannot read them, or finds one of them malformed.
    #[must_use]
    #[track_caller]
    pub fn fields(mut self, server: &Server, filter: &str, fields: &[&str]) -> Vec<Vec<String>> {
        self.catches_up(server);
        self.process.signal("INT");
        self.process.wait(SOON);
        assert_eq!(self.read(server, &format!("({filter}) && _ws.malformed")), "");
        let (file, sip) = (self.file.display().to_string(), server.county.sip);
        let (udp, filter) =
            (format!("udp.port=={sip},sip"), format!("({filter}) && !(sip.resend == 1)"));
        let mut args = vec!["-n", "-r", &file, "-d", &udp, "-Y", &filter, "-T", "fields"];
        args.extend(["-E", "separator=/t", "-E", "aggregator=|"]);
        args.extend(fields.iter().flat_map(|field| ["-e", *field]));
        let ended = run(server.folder.path(), "tshark", "tshark", &args, SOON * 2);
        assert!(ended.status.success(), "tshark: {}", ended.stderr);
        let row = |line: &str| line.split('\t').map(str::to_owned).collect();
        ended.stdout.lines().map(row).collect()
    }

    /// Waits until everything before this moment is in the file: packets lie in the kernel for a while,
    /// and who ends the capture loses them.
    #[track_caller]
    fn catches_up(&self, server: &Server) {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a socket of our own");
        let to = (Ipv4Addr::LOCALHOST, *server.county.ports.all().end());
        crate::clock::wait_for("the capture catches up", SOON, || {
            // Its end is nobody's port but the one that holds the block.
            socket.send_to(MARK, to).expect("loopback takes a datagram");
            let packets = std::fs::read(&self.file).unwrap_or_default();
            packets.windows(MARK.len()).any(|it| it == MARK).then_some(())
        });
    }

    #[track_caller]
    fn read(&self, server: &Server, filter: &str) -> String {
        let file = self.file.display().to_string();
        let (udp, tcp) = {
            let sip = server.county.sip;
            (format!("udp.port=={sip},sip"), format!("tcp.port=={sip},sip"))
        };
        let args = ["-n", "-r", &file, "-d", &udp, "-d", &tcp, "-Y", filter];
        let ended = run(server.folder.path(), "tshark", "tshark", &args, SOON * 2);
        assert!(ended.status.success(), "tshark: {}", ended.stderr);
        ended.stdout
    }
}
