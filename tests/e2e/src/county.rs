// SPDX-License-Identifier: EUPL-1.2
//! A small centre as a configuration file, with the ports of one test.
//!
//! ```text
//!   115  answered at once, greeting, music, then an agent
//!   116  rings until an agent answers
//!   117  answered at once, then music: nobody ever answers here
//!   118  closed                     120  room for one: the second hears `busy`
//!   119  a text and no more         121  waits for two seconds at most, then `busy`
//!   122  open in the first minute of each day
//! ```

use crate::baresip::PORTS;
use crate::ports::Ports;
use std::fmt::Write as _;

/// Peers of the one trunk.
pub const CALLERS: u16 = 8;

/// Ports that the telephones of the bench take turns at.
pub const SPREAD: u16 = 10;

/// A telephone of the file, which may register.
#[derive(Clone, Debug)]
pub struct Phone {
    /// Its id.
    pub id: &'static str,
    /// Whose it is, by the agent's id.
    pub agent: &'static str,
    /// Its fixed address, as the file writes it.
    pub at: Option<String>,
    /// Whether it is in the browser of its agent.
    pub browser: bool,
}

/// How emergency calls leave the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Help {
    /// By a way of each telephone's own.
    Unknown,
    /// Over the second trunk.
    ByTrunk,
    /// Not at all, which is announced.
    Nowhere,
}

/// What is in the file.
#[derive(Debug)]
pub struct County {
    /// The ports of this test.
    pub ports: Ports,
    /// Where the server listens for SIP.
    pub sip: u16,
    /// Where callers call from: so many ports in a row.
    pub callers: u16,
    /// Where the bench's telephones are: so many ports in a row.
    pub phones: u16,
    /// Agents of the bench; none for no bench.
    pub bench: u16,
    /// Over how many ports they are spread.
    pub spread: u16,
    /// In whose name telephones register.
    pub domain: &'static str,
    /// Channels of the trunk.
    pub channels: u16,
    /// How long an offer rings.
    pub ring: &'static str,
    /// How long the place of who was cut off is kept.
    pub place_kept: &'static str,
    /// How often the trunk is asked after its health.
    pub probe: &'static str,
    /// Further addresses to listen on.
    pub listens: Vec<String>,
    /// Further peers of the trunk.
    pub peers: Vec<String>,
    /// Agents who are not made up.
    pub agents: Vec<&'static str>,
    /// Their telephones.
    pub own_phones: Vec<Phone>,
    /// The peers of a second trunk, over which the switchboard `rathaus` (040 66969900) and the partner
    /// `oldenburg` (0221 4710900) are called; none for neither.
    pub outside: Vec<u16>,
    /// By what these are reached.
    pub outside_carrier: &'static str,
    /// By which name these are found, instead of by their addresses.
    pub outside_name: Option<&'static str>,
    /// What else stands in the table of the second trunk, as lines.
    pub outside_trunk: String,
    /// How emergency calls leave.
    pub help: Help,
    /// The whole file, instead of what all this makes.
    pub file: Option<String>,
    /// When agents of the file work.
    pub shift: &'static str,
    /// What else stands in the table of a line.
    pub ways: Vec<(&'static str, &'static str)>,
    /// The one peer of the trunk, instead of the callers.
    pub only_peer: Option<String>,
    /// What else stands in `[telephony]`.
    pub telephony: String,
    /// What else stands in the table of the trunk, as lines.
    pub trunk: String,
    /// What else stands in the table of each telephone, as lines.
    pub each_phone: String,
    /// What else stands in the announcements of a line.
    pub texts: Vec<(&'static str, &'static str)>,
    /// Crisis plans, as the file writes them.
    pub plans: &'static str,
    /// The ports of the pages and of the browsers' sound.
    pub pages: Option<[u16; 2]>,
    /// What else stands in `[web]`, as lines.
    pub web_more: String,
}

impl County {
    /// A centre with a bench of one agent, everything on UDP at 127.0.0.1.
    #[must_use]
    pub fn new() -> County {
        let mut ports = Ports::take();
        // A telephone with sound at the first caller's port needs some more behind it.
        let (sip, callers, phones) = (ports.one(), ports.row(PORTS), ports.row(SPREAD));
        County {
            ports,
            sip,
            callers,
            phones,
            bench: 1,
            spread: 1,
            domain: "127.0.0.1",
            channels: 50,
            ring: "20s",
            place_kept: "0s",
            probe: "off",
            listens: Vec::new(),
            peers: Vec::new(),
            agents: Vec::new(),
            own_phones: Vec::new(),
            outside: Vec::new(),
            outside_carrier: "udp",
            outside_name: None,
            outside_trunk: String::new(),
            help: Help::Unknown,
            file: None,
            shift: "Mo-Su,PH 00:00-12:00",
            ways: Vec::new(),
            only_peer: None,
            telephony: String::new(),
            trunk: String::new(),
            each_phone: String::new(),
            texts: Vec::new(),
            plans: "",
            pages: None,
            web_more: String::new(),
        }
    }

    /// With so many made-up agents, each with a port of its own.
    #[must_use]
    pub fn bench(mut self, count: u16) -> County {
        (self.bench, self.spread) = (count, count.clamp(1, SPREAD));
        self
    }

    /// With an agent who signs on by telephone.
    #[must_use]
    pub fn agent(mut self, id: &'static str) -> County {
        self.agents.push(id);
        self
    }

    /// With a telephone of this agent that registers.
    #[must_use]
    pub fn phone(mut self, id: &'static str, agent: &'static str) -> County {
        self.own_phones.push(Phone { id, agent, at: None, browser: false });
        self
    }

    /// With the pages, and a telephone in this agent's browser.
    #[must_use]
    pub fn browser(mut self, id: &'static str, agent: &'static str) -> County {
        if self.pages.is_none() {
            self.pages = Some([self.ports.one(), self.ports.one()]);
        }
        self.own_phones.push(Phone { id, agent, at: None, browser: true });
        self
    }

    /// The port of the pages.
    ///
    /// # Panics
    /// If there are none.
    #[must_use]
    pub fn web(&self) -> u16 {
        self.pages.expect("a centre with pages")[0]
    }

    /// With a second trunk of so many peers, which leads to a switchboard and a partner.
    #[must_use]
    pub fn outside(mut self, peers: usize) -> County {
        self.outside = (0..peers).map(|_| self.ports.one()).collect();
        self
    }

    /// With a way on a line, as the file writes it.
    #[must_use]
    pub fn way(mut self, line: &'static str, way: &'static str) -> County {
        self.ways.push((line, way));
        self
    }

    /// The port of a caller.
    ///
    /// # Panics
    /// If there are not so many.
    #[must_use]
    pub fn caller(&self, number: u16) -> u16 {
        assert!(number < CALLERS, "a trunk has so many peers");
        self.callers + number
    }

    /// The port of a telephone of the bench; the first is 1, as the agent `a1`.
    #[must_use]
    pub fn bench_phone(&self, number: u16) -> u16 {
        self.phones + (number - 1) % self.spread
    }

    /// Everything in one text.
    #[must_use]
    pub fn text(&self) -> String {
        if let Some(file) = &self.file {
            return file.clone();
        }
        let route = match self.help {
            Help::Unknown => UNKNOWN,
            Help::ByTrunk => ROUTE,
            Help::Nowhere => NO_ROUTE,
        };
        let head = HEAD.replace("@place_kept@", self.place_kept);
        let mut text = head.replace("@route@", route);
        text.push_str(&self.telephony());
        text.push_str(&self.outsiders());
        if let Some([web, sound]) = self.pages {
            let _infallible = writeln!(
                text,
                "[web]\nlisten = \"127.0.0.1:{web}\"\nsound = \"127.0.0.1:{sound}\"\n{}",
                self.web_more
            );
        }
        for id in &self.agents {
            let _infallible = writeln!(
                text,
                "[[agent]]\nid = \"{id}\"\nteam = \"bench\"\nskills = {{ auskunft = 5 }}\n\
                 shift = \"{shift}\"\n",
                shift = self.shift,
            );
        }
        for phone in &self.own_phones {
            let at = phone.at.as_ref().map_or(String::new(), |at| format!("at = \"{at}\"\n"));
            let Phone { id, agent, browser, .. } = phone;
            let browser = if *browser { "browser = true\n" } else { "" };
            let _infallible = writeln!(
                text,
                "[[phone]]\nid = \"{id}\"\nsite = \"rechner\"\nagent = \"{agent}\"\n{at}{browser}{}",
                self.each_phone
            );
        }
        text.push_str(&QUEUES.replace("@ring@", self.ring));
        text.push_str(self.plans);
        let lines = LINES.iter().map(|line| self::line(line, &self.ways, &self.texts));
        text.extend(lines);
        text
    }

    fn outsiders(&self) -> String {
        if self.outside.is_empty() {
            return String::new();
        }
        let carrier = self.outside_carrier;
        let peers: Vec<String> =
            self.outside.iter().map(|port| format!("{carrier}:127.0.0.1:{port}")).collect();
        let named = self.outside_name.map(|name| vec![format!("{carrier}:{name}")]);
        let peers = named.unwrap_or(peers);
        let text = OUTSIDE.replace("@peers@", &format!("{peers:?}"));
        text.replace("@more@", &self.outside_trunk)
    }

    fn telephony(&self) -> String {
        let listens = [format!("udp:127.0.0.1:{}", self.sip)];
        let callers = (0..CALLERS).map(|it| format!("udp:127.0.0.1:{}", self.callers + it));
        // The file takes eight peers; further ones stand in the place of the last callers.
        let callers = callers.take(usize::from(CALLERS) - self.peers.len());
        let peers: Vec<String> = callers.chain(self.peers.iter().cloned()).collect();
        let peers = self.only_peer.as_ref().map_or(peers, |peer| vec![peer.clone()]);
        let listens: Vec<String> = listens.into_iter().chain(self.listens.clone()).collect();
        let (channels, probe, sound) = (self.channels, self.probe, self.ports.sound());
        let (domain, more, more_of_trunk) = (self.domain, &self.telephony, &self.trunk);
        let mut text = format!(
            "[telephony]\ndomain = \"{domain}\"\nlisten = {listens:?}\n\
             media_ports = \"{}-{}\"\n{more}\n\
             [[trunk]]\nid = \"amt\"\nname = \"Amt\"\nsite = \"rechner\"\npeers = {peers:?}\n\
             channels = {channels}\ncountry_code = \"49\"\nprobe = \"{probe}\"\n\
             {more_of_trunk}\n",
            sound.start(),
            sound.end()
        );
        if self.bench > 0 {
            let (count, phones) = (self.bench, self.phones);
            let _infallible = writeln!(
                text,
                "[bench]\nprefix = \"a\"\ncount = {count}\nteam = \"bench\"\n\
                 skills = {{ auskunft = 5 }}\nphones_at = \"udp:127.0.0.1:{phones}\"\n"
            );
        }
        text
    }
}

impl Default for County {
    fn default() -> County {
        County::new()
    }
}

struct Line {
    id: &'static str,
    hours: &'static str,
    /// Queue, skill and whether it is answered at once.
    queue: Option<(&'static str, &'static str, bool)>,
    greets: bool,
}

const LINES: [Line; 8] = [
    Line { id: "115", hours: "immer", queue: Some(("main", "auskunft", true)), greets: true },
    Line { id: "116", hours: "immer", queue: Some(("main", "auskunft", false)), greets: false },
    Line { id: "117", hours: "immer", queue: Some(("music", "music", true)), greets: false },
    Line { id: "118", hours: "nie", queue: Some(("main", "auskunft", true)), greets: false },
    Line { id: "119", hours: "immer", queue: None, greets: true },
    Line { id: "120", hours: "immer", queue: Some(("small", "music", true)), greets: false },
    Line { id: "121", hours: "immer", queue: Some(("brief", "music", true)), greets: false },
    Line {
        id: "122",
        hours: "mitternacht",
        queue: Some(("main", "auskunft", true)),
        greets: false,
    },
];

fn line(line: &Line, ways: &[(&str, &str)], texts: &[(&str, &str)]) -> String {
    let Line { id, hours, queue, greets } = line;
    // The number that telephones show outside is one of the centre's.
    let numbers = if *id == "119" { vec![*id, "+494171693100"] } else { vec![*id] };
    let mut text = format!(
        "[[line]]\nid = \"{id}\"\nname = \"Leitung {id}\"\nclient = \"kreis\"\nnumbers = {numbers:?}\n\
         hours = \"{hours}\"\n"
    );
    match queue {
        Some((queue, skill, at_once)) => {
            let answer = if *at_once { "at-once" } else { "with-agent" };
            for (_, way) in ways.iter().filter(|(line, _)| line == id) {
                let _infallible = writeln!(text, "{way}");
            }
            let _infallible = writeln!(
                text,
                "queue = \"{queue}\"\nrequired = {{ {skill} = 1 }}\nwrap_up = \"0s\"\n\
                 short_abandon = \"0s\"\nanswer = \"{answer}\"\n"
            );
        }
        None => text.push_str("no_queue = true\n\n"),
    }
    text.push_str("[line.announcements]\nclosed = \"Wir haben geschlossen.\"\n");
    if *greets {
        text.push_str("greeting = \"Willkommen.\"\n");
    }
    if queue.is_some() {
        text.push_str("busy = \"Alle Plätze sind belegt.\"\n");
    }
    if ways.iter().any(|(line, way)| line == id && way.contains("callback")) {
        text.push_str("callback = \"Wir rufen Sie zurück.\"\n");
    }
    for (_, more) in texts.iter().filter(|(line, _)| line == id) {
        let _infallible = writeln!(text, "{more}");
    }
    text.push('\n');
    text
}

const HEAD: &str = r#"# SPDX-License-Identifier: EUPL-1.2
format = 1

[centre]
id = "e2e"
name = "Prüfstand"
time_zone = "Europe/Berlin"
holidays = "NI"
head_start = "0s"
no_answer_pause = "0s"
decline_pause = "0s"
place_kept = "@place_kept@"

[[hours]]
id = "immer"
name = "Immer"
open = "24/7"

[[hours]]
id = "nie"
name = "Fast nie"
open = "Feb 01 04:00-04:01; PH off"

[[hours]]
id = "mitternacht"
name = "Um Mitternacht"
open = "Mo-Su,PH 00:00-00:01"

[[closure]]
hours = ["nie"]
from = "2026-01-01T00:00"
until = "2034-01-01T00:00"
reason = "Hier ist geschlossen."

[cases]
hours = "immer"

[[client]]
id = "kreis"
name = "Kreis"

[[site]]
id = "rechner"
name = "Dieser Rechner"
@route@

[[skill]]
id = "auskunft"
name = "Auskunft"

[[skill]]
id = "music"
name = "Musik"

[[team]]
id = "bench"
name = "Erdachte"
site = "rechner"

[[team]]
id = "nobody"
name = "Niemand"
site = "rechner"

[[agent]]
id = "nobody"
team = "nobody"
skills = { music = 1 }
shift = "Mo-Su,PH 00:00-12:00"

"#;

const ROUTE: &str =
    "emergency_route = { numbers = [\"110\", \"112\"], through = \"Aussen\", trunk = \"aussen\" }";

const UNKNOWN: &str = "emergency_route = { numbers = [\"110\", \"112\"], through = \"Amt\" }";

const NO_ROUTE: &str = "no_emergency_route = \"Hier spricht kein Mensch.\"";

const OUTSIDE: &str = r#"[[trunk]]
id = "aussen"
name = "Aussen"
site = "rechner"
peers = @peers@
channels = 2
country_code = "49"
probe = "off"
outbound = ["+4940"]
outbound_daily = 5
caller_id = "+494171693100"
@more@
[[switchboard]]
id = "rathaus"
name = "Vermittlung im Rathaus"
hours = "immer"
number = "+494066969900"
trunk = "aussen"

[[partner]]
id = "oldenburg"
name = "Servicecenter Oldenburg"
hours = "immer"
capacity = 2
ring = "2s"
pause = "1s"
number = "+492214710900"
trunk = "aussen"

"#;

const QUEUES: &str = r#"[[queue]]
id = "main"
name = "Warteschlange"
ring = "@ring@"
length_max = 100
waiting_max = "1h"

[[queue]]
id = "music"
name = "Musik"
length_max = 100
waiting_max = "1h"

[[queue]]
id = "small"
name = "Platz für einen"
length_max = 1
waiting_max = "1h"

[[queue]]
id = "brief"
name = "Kurz"
length_max = 100
waiting_max = "2s"

"#;
