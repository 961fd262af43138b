// SPDX-License-Identifier: EUPL-1.2
//! linphone as a desk telephone that can ask back and transfer: it says one tone, and is told what to do at its
//! console.

use crate::clock::{SOON, wait_for};
use crate::folder::Folder;
use crate::process::Process;
use crate::server::Server;
use crate::tone;
use std::cell::RefCell;
use std::io::Write as _;
use std::process::{ChildStdin, Command};

/// Ports of one telephone: SIP, and a pair for the sound of each of three calls.
pub const PORTS: u16 = 8;

/// For how long the file is that it says.
const TONE_MILLIS: u32 = 60_000;

/// A telephone that is switched on.
#[derive(Debug)]
pub struct Linphone {
    process: Process,
    keys: RefCell<ChildStdin>,
    _folder: Folder,
}

impl Linphone {
    /// Switches one on that registers, answers by itself, and says this tone.
    ///
    /// # Panics
    /// If it does not come up or does not register.
    #[must_use]
    #[track_caller]
    pub fn start(server: &Server, user: &str, port: u16, hertz: u32) -> Linphone {
        let folder = Folder::new();
        folder.write("linphonerc", settings(server, user, port));
        // Without this folder it has no database, and without that no network.
        folder.write(".local/share/linphone/here", "");
        folder.write("said.wav", tone::wav(hertz, TONE_MILLIS));
        let mut command = Command::new("linphonec");
        command.arg("-a").arg("-c").arg(folder.join("linphonerc"));
        command.env("HOME", folder.path()).current_dir(folder.path());
        let name = format!("linphone-{user}");
        let (process, keys) = Process::start_with_keys(folder.path(), &name, &mut command);
        let phone = Linphone { process, keys: RefCell::new(keys), _folder: folder };
        phone.press("soundcard use files");
        phone.press("play said.wav");
        phone.press("record heard.wav");
        phone
    }

    /// Types a line.
    ///
    /// # Panics
    /// If it has ended.
    pub fn press(&self, keys: &str) {
        let mut console = self.keys.borrow_mut();
        writeln!(console, "{keys}").and_then(|()| console.flush()).expect("it reads its console");
    }

    /// Calls, and waits until somebody answers and is heard. Its number for the call.
    ///
    /// # Panics
    /// If nobody answers in time.
    #[track_caller]
    pub fn call(&self, number: &str) -> u32 {
        let before = self.last_call();
        self.press(&format!("call {number}"));
        let begun = || Some(self.last_call()).filter(|&it| it > before);
        let call = wait_for("a call of a telephone", SOON, begun);
        self.talks(call);
        call
    }

    /// Waits until this call is up.
    ///
    /// # Panics
    /// If that does not come in time.
    #[track_caller]
    pub fn talks(&self, call: u32) {
        let up = format!("for call {call} (audio)");
        wait_for(&up, SOON, || self.process.stdout().contains(&up).then_some(()));
    }

    /// The number that it gave to the last of its calls; 0 before the first.
    #[must_use]
    pub fn last_call(&self) -> u32 {
        let said = self.process.stdout();
        let numbers = said.split("assigned id ").skip(1);
        numbers.filter_map(|rest| rest.split_whitespace().next()?.parse().ok()).max().unwrap_or(0)
    }
}

fn settings(server: &Server, user: &str, port: u16) -> String {
    let (sip, password) = (server.sip(), server.password(user));
    let sound = port + 2;
    format!(
        "[sip]\nsip_port={port}\nsip_tcp_port=-1\nsip_tls_port=-1\ndefault_proxy=0\nguess_hostname=0\n\
         contact=sip:{user}@127.0.0.1\nmedia_encryption=none\nuse_ipv6=0\nverify_server_certs=0\n\
         [net]\nmtu=1300\nfirewall_policy=0\n\
         [rtp]\naudio_rtp_port={sound}-{last}\n\
         [proxy_0]\nreg_proxy=<sip:{sip}>\nreg_route=<sip:{sip};lr>\nreg_identity=sip:{user}@127.0.0.1\n\
         reg_expires=120\nreg_sendregister=1\npublish=0\n\
         [auth_info_0]\nusername={user}\npasswd={password}\n\
         [audio_codec_0]\nmime=PCMA\nrate=8000\nchannels=1\nenabled=1\n",
        last = port + PORTS - 1,
    )
}
