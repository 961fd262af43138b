// SPDX-License-Identifier: EUPL-1.2
//! Callers who ask by key to be called back, and are: the agent's telephone rings first, then theirs; or theirs first.

use e2e::baresip::{Answers, Baresip, PORTS, Phone};
use e2e::clock::{SOON, shift_of_now, wait_for};
use e2e::county::County;
use e2e::figures::Figures;
use e2e::pages::Visitor;
use e2e::runner::Case;
use e2e::server::Server;
use e2e::sipp::Sipp;
use serde_json::json;

pub(crate) const CASES: &[Case] = &[
    ("who_asked_is_called_back", who_asked_is_called_back),
    ("who_is_called_back_is_busy", who_is_called_back_is_busy),
    ("who_is_called_back_does_not_answer", who_is_called_back_does_not_answer),
    ("a_lost_callback_becomes_a_case", a_lost_callback_becomes_a_case),
    ("the_agent_gives_a_call_back_up", the_agent_gives_a_call_back_up),
    ("a_call_back_is_handed_on", a_call_back_is_handed_on),
    ("a_promise_outlives_a_restart", a_promise_outlives_a_restart),
    ("who_is_called_first_hears_who_calls", who_is_called_first_hears_who_calls),
    ("who_is_called_first_gets_the_next_agent", who_is_called_first_gets_the_next_agent),
    ("who_is_called_first_is_busy", who_is_called_first_is_busy),
    ("who_is_called_first_hangs_up_too_soon", who_is_called_first_hangs_up_too_soon),
    ("who_is_not_named_cannot_be_called_back", who_is_not_named_cannot_be_called_back),
];

const FIRST: u32 = 620;
const SECOND: u32 = 740;
const OTHER: u32 = 520;
const CALLER: u32 = 440;
const MUSIC: f64 = 300.0;
const PROMISE: f64 = 900.0;
const GREETING: f64 = 1_050.0;
const RINGING: f64 = 425.0;

const CALLBACK: &str =
    "tells_wait = true\ncallback = { attempts = 1, ring = \"30s\", retry_after = \"30min\" }";
const BRIEFLY: &str =
    "tells_wait = true\ncallback = { attempts = 1, ring = \"5s\", retry_after = \"30min\" }";
const CALLER_FIRST: &str = "tells_wait = true\n\
    callback = { attempts = 1, ring = \"30s\", retry_after = \"30min\", first = \"caller\" }";

/// An agent with a telephone that registers and answers by itself, signed on but not free: somebody is there who
/// can keep the promise.
struct Desk {
    server: Server,
    agent: Baresip,
    /// With whom the agent talks meanwhile; nobody for an agent in a pause.
    other: Option<Baresip>,
}

impl Desk {
    fn new(county: County) -> Desk {
        Desk::with(county, CALLBACK)
    }

    fn with(county: County, callback: &'static str) -> Desk {
        Desk::whose_telephone(county, callback, Answers::AtOnce)
    }

    /// The same; the telephone answers by itself, or when the agent picks up.
    fn whose_telephone(county: County, callback: &'static str, answers: Answers) -> Desk {
        let mut county = county.agent("k1").phone("k1", "k1").way("115", callback);
        (county.bench, county.shift) = (0, shift_of_now());
        let port = county.ports.row(PORTS);
        let server = Server::start(county);
        let agent = Phone::new("k1", port, FIRST).registering(server.password("k1"));
        let mut agent = Phone { answers, ..agent }.start(&server);
        agent.is_registered();
        let desk = Desk { server, agent, other: None };
        desk.dials("*10", "ready", 1);
        desk.dials("*12", "ready", 0);
        desk
    }

    /// The same for a centre that calls the caller first, whose agent picks up by hand.
    fn that_calls_first(mut county: County) -> Desk {
        county.texts.push(("115", "callback_greeting = \"Hier ist der Kreis.\""));
        Desk::whose_telephone(county, CALLER_FIRST, Answers::WhenTold)
    }

    /// The same, and the agent talks: a code's call would sound into the call-back that follows it.
    fn that_talks(county: County, callback: &'static str) -> Desk {
        let mut county = county;
        let port = county.ports.row(PORTS);
        county.peers.push(format!("udp:127.0.0.1:{port}"));
        let mut desk = Desk::with(county, callback);
        desk.dials("*11", "ready", 1);
        let other = Phone::new("+4941718002", port, OTHER).start(&desk.server);
        other.dial("116");
        desk.agent.hears(OTHER.into());
        desk.other = Some(other);
        desk
    }

    fn dials(&self, code: &str, state: &str, count: u64) {
        let legs = self.server.figures().of("media_legs");
        self.agent.dial(code);
        let over = |it: &Figures| it.agents(state) == count && it.of("media_legs") == legs;
        self.server.wait_until(code, SOON, over);
    }

    /// The agent is free again: the promise is kept.
    fn is_ready(&self) {
        match &self.other {
            Some(other) => other.hang_up(),
            None => self.agent.dial("*11"),
        }
    }

    /// A caller who waits, asks, hears the promise, and is hung up.
    fn caller_asks(&self) -> Baresip {
        let caller = Phone::new("+4941718001", self.server.county.callers, CALLER);
        let caller = caller.start(&self.server);
        caller.dial("115");
        caller.hears(MUSIC);
        caller.press("1");
        caller.hears(PROMISE);
        self.is_promised();
        caller
    }

    /// The same, of somebody whose telephone sends keys by INFO.
    fn somebody_asks(&self) {
        let call = Sipp::from(self.server.county.caller(1), self.server.sip(), "115", PROMISED);
        call.with("talk", 1_500).run(&self.server);
        self.is_promised();
    }

    fn is_promised(&self) {
        let others = u64::from(self.other.is_some());
        let left =
            |it: &Figures| it.of("contacts") == 1 + others && it.of("media_legs") == 2 * others;
        self.server.wait_until("promised, and no leg is left", SOON, left);
    }

    /// Both hear each other; the citizen hangs up; it was one contact.
    fn talk_and_end(&self, caller: &Baresip, with: u32) {
        caller.hears(with.into());
        self.server.wait_for_call("talking");
        caller.hang_up();
        let figures = self.server.is_empty();
        let fates = ["called_back", "accepted", "abandoned"];
        assert_eq!(fates.map(|fate| figures.fate("115", fate)), [1, 0, 0]);
        self.server.is_as_new();
    }

    /// Nobody was reached: the agent is free, and a task is left.
    fn ends_in_vain(&self) {
        let contacts = 1 + u64::from(self.other.is_some());
        let free = |it: &Figures| it.agents("ready") == 1 && it.contacts() == contacts;
        let figures = self.server.wait_until("the agent is free again", SOON, free);
        assert_eq!(figures.fate("115", "abandoned"), 1);
        self.server.is_as_new();
    }
}

const PROMISED: &str = "caller_is_promised";

fn phone(server: &Server, user: &str, port: u16, hertz: u32) -> Baresip {
    let phone = Phone::new(user, port, hertz).registering(server.password(user));
    let mut phone = phone.start(server);
    phone.is_registered();
    phone
}

fn who_asked_is_called_back() {
    let desk = Desk::that_talks(County::new(), CALLBACK);
    let caller = desk.caller_asks();
    desk.is_ready();
    desk.agent.hears(CALLER.into());
    desk.talk_and_end(&caller, FIRST);
    let ladder = desk.server.ask(&["trace", "2"]);
    assert!(ladder.contains("DTMF") && ladder.contains("◀─ INVITE"), "{ladder}");
}

/// The trunk's first peer leads to the citizen. The line answers for the call.
fn who_is_called_back_is_busy() {
    let desk = Desk::new(County::new());
    desk.somebody_asks();
    let there = desk.server.county.caller(0);
    let mut busy = Sipp::at(there, "agent_refuses").with("code", 486).start(&desk.server);
    desk.is_ready();
    busy.succeeds();
    for said in [
        "INVITE sip:+49417180001@127.0.0.1:",
        "From: \"Kreis: Leitung 115\" <sip:115@",
        "P-Asserted-Identity: <sip:115@",
    ] {
        assert!(busy.received(said), "{said}\n{}", busy.messages());
    }
    desk.ends_in_vain();
}

fn who_is_called_back_does_not_answer() {
    let desk = Desk::that_talks(County::new(), BRIEFLY);
    desk.somebody_asks();
    let there = desk.server.county.caller(0);
    let mut silent = Sipp::at(there, "agent_is_cancelled").start(&desk.server);
    desk.is_ready();
    desk.agent.hears(RINGING);
    silent.succeeds();
    desk.ends_in_vain();
}

/// What is still owed is not only counted: it becomes a case, with the number to call.
fn a_lost_callback_becomes_a_case() {
    let county = County::new().agent("k2").browser("k2-web", "k2");
    let desk = Desk::that_talks(county, BRIEFLY);
    desk.somebody_asks();
    let there = desk.server.county.caller(0);
    let mut silent = Sipp::at(there, "agent_is_cancelled").start(&desk.server);
    desk.is_ready();
    silent.succeeds();
    desk.ends_in_vain();
    let supervisor = Visitor::with_account(&desk.server, "leitung", &["--roles", "supervisor"]);
    let list = wait_for("a case", SOON, || {
        let list = supervisor.ask("GET", "/api/cases", "").json();
        (list["open"] == 1).then_some(list)
    });
    assert_eq!(list["cases"][0]["client"]["id"], "kreis", "{list}");
    let case = supervisor.ask("GET", "/api/cases/1", "").json();
    assert_eq!((&case["reach"], &case["line"]["id"]), (&json!("telephone"), &json!("115")));
    assert_eq!(case["address"], "+49417180001", "{case}");
    assert_eq!(case["concern"], "Rückruf versprochen, aber niemand zu erreichen", "{case}");
}

/// The agent hangs up while it rings: the citizen's telephone stops, and the promise stands.
fn the_agent_gives_a_call_back_up() {
    let desk = Desk::that_talks(County::new(), CALLBACK);
    desk.somebody_asks();
    let there = desk.server.county.caller(0);
    let mut silent = Sipp::at(there, "agent_is_cancelled").start(&desk.server);
    desk.is_ready();
    desk.agent.hears(RINGING);
    desk.server.wait_for_call("call-back: rings at the citizen's");
    desk.agent.hang_up();
    silent.succeeds();
    let free = |it: &Figures| it.agents("ready") == 1 && it.of("media_legs") == 0;
    let figures = desk.server.wait_until("the agent is free again", SOON, free);
    assert_eq!((figures.of("contacts"), figures.of("trunk_calls{trunk=\"amt\"}")), (1, 0));
}

fn a_call_back_is_handed_on() {
    let mut county = County::new().agent("k2").phone("k2", "k2");
    let port = county.ports.row(PORTS);
    let desk = Desk::that_talks(county, CALLBACK);
    let caller = desk.caller_asks();
    desk.is_ready();
    caller.hears(FIRST.into());
    let second = phone(&desk.server, "k2", port, SECOND);
    second.dial("*10");
    let is_ready = |it: &Figures| it.agents("ready") == 1 && it.of("media_legs") == 2;
    desk.server.wait_until("the second is ready", SOON, is_ready);
    desk.agent.press("/transfer k2\n");
    second.hears(CALLER.into());
    desk.talk_and_end(&caller, SECOND);
}

fn a_promise_outlives_a_restart() {
    let mut desk = Desk::that_talks(County::new(), CALLBACK);
    let caller = desk.caller_asks();
    // The agent's talk ends with it.
    desk.server.start_again();
    desk.agent.hears(CALLER.into());
    desk.talk_and_end(&caller, FIRST);
}

/// No agent's telephone rings before the citizen has answered; from then on the citizen waits, and hears who calls.
fn who_is_called_first_hears_who_calls() {
    let desk = Desk::that_calls_first(County::new());
    let caller = desk.caller_asks();
    caller.forget();
    desk.is_ready();
    caller.hears(GREETING);
    caller.hears(MUSIC);
    desk.server.wait_for_call("a telephone rings for it");
    let ladder = desk.server.ask(&["trace", "1"]);
    let line_of = |words: &[&str]| {
        let of = |line: &&str| words.iter().all(|word| line.contains(word));
        ladder.lines().position(|line| of(&line)).unwrap_or_else(|| panic!("{words:?}: {ladder}"))
    };
    let citizen = line_of(&["◀─ INVITE"]);
    let agent = line_of(&["│                         │ ── INVITE"]);
    assert!(citizen < agent, "{ladder}");
    desk.agent.answer();
    desk.agent.hears(CALLER.into());
    desk.talk_and_end(&caller, FIRST);
}

/// The first one does not pick up: the citizen waits on, and another agent's telephone rings.
fn who_is_called_first_gets_the_next_agent() {
    let mut county = County::new().agent("k2").phone("k2", "k2");
    county.ring = "3s";
    let port = county.ports.row(PORTS);
    let desk = Desk::that_calls_first(county);
    let caller = desk.caller_asks();
    caller.forget();
    desk.is_ready();
    caller.hears(GREETING);
    let second = phone(&desk.server, "k2", port, SECOND);
    second.dial("*10");
    second.hears(CALLER.into());
    desk.talk_and_end(&caller, SECOND);
}

/// The agent was reserved, but has heard nothing of it.
fn who_is_called_first_is_busy() {
    let desk = Desk::that_calls_first(County::new());
    desk.somebody_asks();
    let there = desk.server.county.caller(0);
    let mut busy = Sipp::at(there, "agent_refuses").with("code", 486).start(&desk.server);
    desk.is_ready();
    busy.succeeds();
    desk.ends_in_vain();
    let ladder = desk.server.ask(&["trace", "1"]);
    assert!(ladder.contains("486"), "{ladder}");
}

/// The citizen has answered and does not wait for the agent: the call is over, and a task is left.
fn who_is_called_first_hangs_up_too_soon() {
    let desk = Desk::that_calls_first(County::new());
    let caller = desk.caller_asks();
    caller.forget();
    desk.is_ready();
    caller.hears(GREETING);
    caller.hang_up();
    desk.ends_in_vain();
}

/// The key does nothing: the caller waits on.
fn who_is_not_named_cannot_be_called_back() {
    let desk = Desk::new(County::new());
    let asks = "caller_withholds_and_presses";
    let call = Sipp::from(desk.server.county.caller(1), desk.server.sip(), "115", asks);
    call.with("talk", 1_500).run(&desk.server);
    let figures = desk.server.is_empty();
    assert_eq!((figures.contacts(), figures.fate("115", "abandoned")), (1, 1));
    desk.server.is_as_new();
}
