// SPDX-License-Identifier: EUPL-1.2
//! baresip as a telephone with real sound: it says one tone, and records what it hears.
//!
//! It is told what to do through its console on UDP, and what happened stands in its output.

use crate::clock::{SOON, wait_for};
use crate::folder::Folder;
use crate::process::Process;
use crate::server::Server;
use crate::tone::Recording;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::process::Command;

/// Ports of one telephone: SIP, SIP over TLS, console, and pairs for sound.
pub const PORTS: u16 = 12;

/// For a telephone that speaks all that we do.
pub const EVERY_CODEC: &str = "";

/// Where the console is, behind the first port.
const CONSOLE: u16 = 2;

/// Where Debian keeps its modules.
const MODULES: &str = "/usr/lib/baresip/modules";

/// The files of a telephone that speaks TLS.
#[derive(Clone, Debug)]
pub struct Tls {
    /// Its certificate with the key behind it.
    pub certificate: PathBuf,
    /// Whom it trusts.
    pub authority: PathBuf,
    /// Where the centre listens by TLS.
    pub server: SocketAddr,
}

/// What a telephone is.
#[derive(Clone, Debug)]
pub struct Phone {
    /// Its user name.
    pub user: String,
    /// Its password; without one it does not register.
    pub password: Option<String>,
    /// The first of its [`PORTS`].
    pub port: u16,
    /// Which address of this machine it has.
    pub ip: Ipv4Addr,
    /// Whether it speaks TCP.
    pub tcp: bool,
    /// Whether it speaks TLS, and who it is and whom it trusts.
    pub tls: Option<Tls>,
    /// How its sound is encrypted, as an account of baresip names it; none for in clear.
    pub encrypts: Option<&'static str>,
    /// The frequency of what it says.
    pub hertz: u32,
    /// What it speaks, as SDP names it, or [`EVERY_CODEC`].
    pub codec: &'static str,
    /// Whom it goes to, if that is not the centre.
    pub proxy: Option<SocketAddr>,
    /// When it answers.
    pub answers: Answers,
}

/// When a telephone answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// By itself, at once.
    AtOnce,
    /// When it is told to; until then it rings.
    WhenTold,
}

impl Phone {
    /// A telephone on UDP that says this tone.
    #[must_use]
    pub fn new(user: &str, port: u16, hertz: u32) -> Phone {
        let (user, ip) = (user.to_owned(), Ipv4Addr::LOCALHOST);
        let (password, tls, encrypts) = (None, None, None);
        Phone {
            user,
            password,
            port,
            ip,
            tcp: false,
            tls,
            encrypts,
            hertz,
            codec: "PCMA/8000",
            proxy: None,
            answers: Answers::AtOnce,
        }
    }

    /// That registers.
    #[must_use]
    pub fn registering(mut self, password: String) -> Phone {
        self.password = Some(password);
        self
    }

    /// Switches it on.
    ///
    /// # Panics
    /// If it does not come up.
    #[must_use]
    #[track_caller]
    pub fn start(self, server: &Server) -> Baresip {
        let folder = Folder::new();
        folder.write("config", self.config(&folder));
        let at = self.tls.as_ref().map_or(server.sip(), |tls| tls.server);
        let at = self.proxy.unwrap_or(at);
        folder.write("accounts", self.account(at));
        folder.write("contacts", "");
        let name = format!("baresip-{}", self.user);
        let mut command = Command::new("baresip");
        command.arg("-v").arg("-f").arg(folder.path()).current_dir(folder.path());
        let process = Process::start(folder.path(), &name, &mut command);
        let console = SocketAddr::from((self.ip, self.port + CONSOLE));
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).expect("a socket of our own");
        let mut phone = Baresip { process, folder, console, socket };
        phone.wait_for_words("baresip is ready");
        phone
    }

    fn config(&self, folder: &Folder) -> String {
        let Phone { port, ip, hertz, .. } = self;
        let (first, last) = (port + CONSOLE + 2, port + PORTS - 1);
        let secure = self.tls.as_ref().map_or(String::new(), |tls| {
            let (certificate, authority) = (tls.certificate.display(), tls.authority.display());
            format!("sip_certificate {certificate}\nsip_cafile {authority}\nmodule srtp.so\n")
        });
        format!(
            "poll_method epoll\nnet_interface {ip}\nausrc_srate 48000\nausrc_channels 2\nsip_listen {ip}:{port}\nrtp_ports {first}-{last}\n\
             audio_player aubridge,heard\naudio_source ausine,{hertz}\naudio_alert aubridge,alert\n\
             module_path {MODULES}\nmodule cons.so\ncons_listen {ip}:{console}\n\
             module g711.so\nmodule g722.so\nmodule ausine.so\nmodule aubridge.so\n\
             module sndfile.so\nsnd_path {path}\nmodule_tmp account.so\nmodule_app menu.so\n{secure}",
            console = port + CONSOLE,
            path = folder.path().display(),
        )
    }

    fn account(&self, server: SocketAddr) -> String {
        let Phone { user, codec, .. } = self;
        let transport = match (&self.tls, self.tcp) {
            (Some(_), _) => "tls",
            (None, true) => "tcp",
            (None, false) => "udp",
        };
        let encrypts = self.encrypts.map_or(String::new(), |how| format!("mediaenc={how};"));
        let codecs = match *codec {
            EVERY_CODEC => String::new(),
            codec => format!("audio_codecs={codec};"),
        };
        let login = self.password.as_ref().map_or("regint=0".to_owned(), |password| {
            format!("auth_user={user};auth_pass={password};regint=120")
        });
        let mode = match self.answers {
            Answers::AtOnce => "auto",
            Answers::WhenTold => "manual",
        };
        format!(
            "<sip:{user}@127.0.0.1;transport={transport}>;{login};answermode={mode};{encrypts}\
             {codecs}outbound=\"sip:{server};transport={transport}\"\n"
        )
    }
}

/// A telephone that is switched on.
#[derive(Debug)]
pub struct Baresip {
    /// Its process.
    pub process: Process,
    folder: Folder,
    console: SocketAddr,
    socket: UdpSocket,
}

impl Baresip {
    /// Presses keys, as its console takes them: a long command begins with `/`.
    ///
    /// # Panics
    /// If the console's socket does not take them.
    pub fn press(&self, keys: &str) {
        self.socket.send_to(keys.as_bytes(), self.console).expect("loopback takes a datagram");
    }

    /// Dials.
    pub fn dial(&self, number: &str) {
        self.press(&format!("/dial {number}\n"));
    }

    /// Answers the call that rings.
    pub fn answer(&self) {
        self.press("/accept\n");
    }

    /// Hangs up.
    pub fn hang_up(&self) {
        self.press("/hangup\n");
    }

    /// Waits until its output holds these words.
    ///
    /// # Panics
    /// If that does not come in time.
    #[track_caller]
    pub fn wait_for_words(&mut self, words: &str) {
        self.wait_for_count(words, 1);
    }

    /// Waits until its output holds these words so many times.
    #[track_caller]
    pub fn wait_for_count(&mut self, words: &str, count: usize) {
        wait_for(&format!("{words:?} of a telephone"), SOON, || {
            let said = format!("{}{}", self.process.stdout(), self.process.stderr());
            (said.matches(words).count() >= count).then_some(())
        });
    }

    /// Waits until it is registered.
    #[track_caller]
    pub fn is_registered(&mut self) {
        self.wait_for_words("200 OK");
    }

    /// What it has heard so far in all its calls, one recording for each.
    #[must_use]
    pub fn heard(&self) -> Vec<Recording> {
        self.recordings().iter().filter_map(|it| Recording::read(it)).collect()
    }

    /// Forgets what it has heard in calls that are over.
    pub fn forget(&self) {
        for file in self.recordings() {
            // One that is gone already is as good.
            let _ = std::fs::remove_file(file);
        }
    }

    fn recordings(&self) -> Vec<PathBuf> {
        let files = std::fs::read_dir(self.folder.path()).into_iter().flatten().flatten();
        let mut files: Vec<_> = files.map(|it| it.path()).collect();
        files.retain(|it| it.to_string_lossy().ends_with("dec.wav"));
        files.sort();
        files
    }

    /// Waits until its calls have heard these tones together, and nothing else, for half a second from now on.
    ///
    /// # Panics
    /// If that is not heard in time.
    #[track_caller]
    pub fn hears_just(&self, tones: &[u32]) {
        let tones: Vec<f64> = tones.iter().map(|&it| it.into()).collect();
        let tenths = || self.heard().iter().map(|it| it.tenths_with_just(&tones)).sum::<usize>();
        let before = tenths();
        wait_for(&format!("just {tones:?} Hz"), SOON, || (tenths() >= before + 5).then_some(()));
    }

    /// Waits until one of its calls has heard this tone for half a second.
    ///
    /// # Panics
    /// If it is not heard in time.
    #[track_caller]
    pub fn hears(&self, hertz: f64) {
        wait_for(&format!("a tone of {hertz} Hz"), SOON, || {
            self.heard().iter().any(|it| it.tenths_with(hertz) >= 5).then_some(())
        });
    }
}
