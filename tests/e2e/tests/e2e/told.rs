// SPDX-License-Identifier: EUPL-1.2
//! What is told between the music to callers who wait, and that it stops the moment somebody answers.

use e2e::baresip::{Baresip, PORTS, Phone};
use e2e::clock::{SOON, shift_of_now, wait_for};
use e2e::county::County;
use e2e::figures::Figures;
use e2e::folder::Folder;
use e2e::runner::Case;
use e2e::server::Server;
use e2e::tone::{Recording, wav};
use std::path::Path;

pub(crate) const CASES: &[Case] = &[
    ("place_and_time_are_told", place_and_time_are_told),
    ("a_call_back_is_offered", a_call_back_is_offered),
    ("what_the_calendar_says_is_heard", what_the_calendar_says_is_heard),
    ("a_missing_piece_breaks_nothing", a_missing_piece_breaks_nothing),
    ("announcements_stop_when_somebody_answers", announcements_stop_when_somebody_answers),
];

const MUSIC: f64 = 300.0;
const AGENT: u32 = 620;
const NEXT: f64 = 1_000.0;
const ONE_AHEAD: f64 = 1_200.0;
const WAIT: f64 = 1_400.0;
const REST: f64 = 1_600.0;
const OFFER: f64 = 1_800.0;
const PROMISE: f64 = 900.0;

/// A folder in which each piece is a tone of so many milliseconds.
fn with_pieces(millis: u32) -> Folder {
    let folder = Folder::new();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/prompts");
    let files = std::fs::read_dir(shipped).expect("the example's sounds").flatten();
    let names = files.filter_map(|file| file.file_name().into_string().ok());
    for name in names.filter(|name| name.starts_with("say-") && name.ends_with(".wav")) {
        let hertz = match name.as_str() {
            "say-next.wav" => NEXT,
            "say-one-ahead.wav" => ONE_AHEAD,
            "say-wait.wav" => WAIT,
            _ => REST,
        };
        folder.write(&format!("data/prompts/{name}"), wav(hertz as u32, millis));
    }
    folder.write("data/prompts/callback-offer.wav", wav(OFFER as u32, 1_000));
    folder
}

fn phone(server: &Server, user: &str, port: u16, hertz: u32) -> Baresip {
    let phone = Phone::new(user, port, hertz).registering(server.password(user));
    let mut phone = phone.start(server);
    phone.is_registered();
    phone
}

/// A centre with one agent who is signed on and not free, and ports for two callers.
struct Desk {
    server: Server,
    agent: Baresip,
    callers: [u16; 2],
}

impl Desk {
    fn new(folder: Folder, county: County) -> Desk {
        let mut county = county.agent("k1").phone("k1", "k1");
        (county.bench, county.shift) = (0, shift_of_now());
        let port = county.ports.row(PORTS);
        let callers = [county.ports.row(PORTS), county.ports.row(PORTS)];
        county.peers.extend(callers.map(|port| format!("udp:127.0.0.1:{port}")));
        let server = Server::start_in(folder, county);
        let agent = phone(&server, "k1", port, AGENT);
        let desk = Desk { server, agent, callers };
        desk.dials("*10", 1);
        desk.dials("*12", 0);
        desk
    }

    fn dials(&self, code: &str, ready: u64) {
        let legs = self.server.figures().of("media_legs");
        self.agent.dial(code);
        let over = |it: &Figures| it.agents("ready") == ready && it.of("media_legs") == legs;
        self.server.wait_until(code, SOON, over);
    }

    fn caller(&self, nth: usize) -> Baresip {
        self.caller_named(nth, "+4941718001")
    }

    fn caller_named(&self, nth: usize, user: &str) -> Baresip {
        let before = self.server.figures().of("contacts_waiting");
        let caller = Phone::new(user, self.callers[nth], 440).start(&self.server);
        caller.dial("115");
        let waits = |it: &Figures| it.of("contacts_waiting") == before + 1;
        self.server.wait_until("the call waits", SOON, waits);
        caller
    }

    /// The agent talks with this one: then it can be said how long others wait.
    fn talks(&self, port: u16) -> Baresip {
        self.dials("*11", 1);
        let other = Phone::new("+4941718002", port, 520).start(&self.server);
        other.dial("116");
        self.agent.hears(520.0);
        other
    }
}

/// So often this tone began anew.
fn times(recordings: &[Recording], hertz: f64) -> usize {
    recordings.iter().map(|it| it.beginnings_of(hertz)).sum()
}

fn place_and_time_are_told() {
    let tells = "tells_position = true\ntells_wait = true\ntells_every = \"10s\"";
    let mut county = County::new().way("115", tells);
    let port = county.ports.row(PORTS);
    county.peers.push(format!("udp:127.0.0.1:{port}"));
    let desk = Desk::new(with_pieces(1_000), county);
    let other = desk.talks(port);
    let first = desk.caller(0);
    // The greeting, then place and time, then the music.
    first.hears(NEXT);
    first.hears(WAIT);
    first.hears(REST);
    first.hears(MUSIC);
    let second = desk.caller(1);
    second.hears(ONE_AHEAD);
    assert_eq!(times(&second.heard(), NEXT), 0, "somebody is ahead");
    assert_eq!(times(&first.heard(), ONE_AHEAD), 0, "nobody is");
    // And again after some seconds, for the one who is still second too.
    let again = || (times(&first.heard(), NEXT) >= 2).then_some(());
    wait_for("the place once more", SOON, again);
    first.hang_up();
    // Then the other is next, which is told with the next turn.
    second.hears(NEXT);
    second.hang_up();
    other.hang_up();
    let figures = desk.server.is_empty();
    assert_eq!(figures.fate("115", "abandoned"), 2);
    desk.server.is_as_new();
}

fn a_call_back_is_offered() {
    let offers = "callback = { attempts = 1, ring = \"30s\", offer_after = \"10s\" }";
    let mut county = County::new().way("115", offers);
    county.texts.push(("115", "callback_offer = \"Drücken Sie die Eins.\""));
    let desk = Desk::new(with_pieces(1_000), county);
    let caller = desk.caller(0);
    caller.hears(OFFER);
    caller.hears(MUSIC);
    caller.press("1");
    caller.hears(PROMISE);
    // Whom nobody could call back is offered nothing, for as long as it took the other to hear it.
    let withheld = desk.caller_named(1, "anonymous");
    let long = |it: &Recording| it.tenths_with(MUSIC) >= 120;
    wait_for("music", SOON, || withheld.heard().iter().any(long).then_some(()));
    assert_eq!(times(&withheld.heard(), OFFER), 0);
    withheld.hang_up();
}

/// The greeting of the hour, that the town hall is closed, and when a closed line opens.
fn what_the_calendar_says_is_heard() {
    let (greeting, town_hall, closed, tomorrow) = (500.0, 2_000.0, 700.0, 2_200.0);
    let folder = with_pieces(1_000);
    for (name, hertz) in [
        ("115-greeting-immer", greeting),
        ("town-hall-closed", town_hall),
        ("say-tomorrow", tomorrow),
    ] {
        folder.write(&format!("data/prompts/{name}.wav"), wav(hertz as u32, 1_000));
    }
    let mut county =
        County::new().way("115", "town_hall_hours = \"nie\"").way("122", "tells_opening = true");
    let greetings = "greetings = [{ hours = \"nie\", greeting = \"Nie.\" }, \
                     { hours = \"immer\", greeting = { text = \"Guten Tag.\", length = \"1s\" } }]";
    county.texts.push(("115", greetings));
    county.texts.push(("115", "town_hall_closed = \"Ihre Stadt hat heute geschlossen.\""));
    let desk = Desk::new(folder, county);
    let caller = desk.caller(0);
    caller.hears(greeting);
    caller.hears(town_hall);
    caller.hears(MUSIC);
    assert_eq!(times(&caller.heard(), 600.0), 0, "not the ordinary greeting");
    caller.hang_up();
    desk.server.is_empty();

    let late = Phone::new("+4941718001", desk.callers[1], 440).start(&desk.server);
    late.dial("122");
    late.hears(closed);
    late.hears(tomorrow);
    desk.server.wait_until("it is hung up", SOON, |it| it.fate("122", "closed") == 1);
    desk.server.is_as_new();
}

/// Callers hear music, the operator hears why.
fn a_missing_piece_breaks_nothing() {
    let folder = with_pieces(1_000);
    std::fs::remove_file(folder.join("data/prompts/say-next.wav")).expect("it was there");
    let desk = Desk::new(folder, County::new().way("115", "tells_position = true"));
    let said = "1 pieces are missing or broken, say-next.wav for one";
    wait_for(said, SOON, || desk.server.process.stderr().contains(said).then_some(()));
    let first = desk.caller(0);
    first.hears(MUSIC);
    let second = desk.caller(1);
    second.hears(ONE_AHEAD);
    second.hears(MUSIC);
    first.hang_up();
    second.hang_up();
    desk.server.is_as_new();
}

/// What was being said is heard no more once the agent is, and nothing lies between the two.
fn announcements_stop_when_somebody_answers() {
    let desk = Desk::new(with_pieces(20_000), County::new().way("115", "tells_position = true"));
    let caller = desk.caller(0);
    caller.hears(NEXT);
    desk.agent.dial("*11");
    caller.hears(AGENT.into());
    caller.hang_up();
    assert_eq!(desk.server.is_empty().fate("115", "accepted"), 1);
    let heard = caller.heard();
    let heard = heard.last().expect("one call");
    let (_, last) = heard.heard_between(NEXT).expect("the announcement");
    let (first, _) = heard.heard_between(AGENT.into()).expect("the agent");
    assert!(last <= first, "the announcement ends at {last} ms, the agent begins at {first} ms");
    assert!(first - last <= 200, "silence of {} ms before the agent is heard", first - last);
    println!("announcement until {last} ms, agent from {first} ms");
}
