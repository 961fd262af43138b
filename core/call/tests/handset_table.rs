// SPDX-License-Identifier: EUPL-1.2
//! Every event in every state of a handset, as one readable table.

use call::handset::{Action, Call, CallNr, CallState, Event, Handset, Holder, Page};
use std::fmt::Write as _;
use std::{env, fs};
use stdx::Tick;

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/handset_table.txt");
/// The caller's call, the one by which somebody is asked, and one more.
const CALLER: CallNr = CallNr(1);
const ASKED: CallNr = CallNr(2);
const THIRD: CallNr = CallNr(3);

const EVENTS: [(&str, Event); 26] = [
    ("page connected", Event::PageConnected),
    ("page away", Event::PageAway),
    ("closed", Event::Closed),
    ("time passes", Event::Due),
    ("4 comes", Event::Called(CallNr(4))),
    ("2 answers", Event::Answered(ASKED)),
    ("3 answers", Event::Answered(THIRD)),
    ("1 ends", Event::Ended(CALLER)),
    ("2 ends", Event::Ended(ASKED)),
    ("agreed", Event::Referred(true)),
    ("not agreed", Event::Referred(false)),
    ("answer 1", Event::Answer(CALLER)),
    ("decline 1", Event::Decline(CALLER)),
    ("hang up 1", Event::HangUp(CALLER)),
    ("hang up 2", Event::HangUp(ASKED)),
    ("hold 1", Event::Hold(CALLER)),
    ("resume 1", Event::Resume(CALLER)),
    ("hold 2", Event::Hold(ASKED)),
    ("resume 2", Event::Resume(ASKED)),
    ("dial 5", Event::Dial(CallNr(5))),
    ("dial 112 by 5", Event::DialEmergency(CallNr(5))),
    ("keys in 1", Event::Keys(CALLER)),
    ("transfer", Event::Transfer),
    ("complete", Event::Complete),
    ("confer", Event::Confer),
    ("take out", Event::TakeOut),
];

fn situations() -> Vec<(&'static str, Vec<Event>)> {
    use Event::{
        Answer, Answered, Called, Confer, Dial, DialEmergency, Due, Ended, PageAway, PageConnected,
    };
    let with = |before: &[Event], then: &[Event]| [before, then].concat();
    let free = [PageConnected];
    let talks = with(&free, &[Called(CALLER), Answer(CALLER)]);
    let asks = with(&talks, &[Dial(ASKED)]);
    let asked = with(&asks, &[Answered(ASKED)]);
    let three = with(&asked, &[Confer, Ended(CALLER)]);
    vec![
        ("opened", vec![]),
        ("free", free.to_vec()),
        ("1 rings", with(&free, &[Called(CALLER)])),
        ("1 rings, page away", with(&free, &[Called(CALLER), PageAway])),
        ("talks to 1", talks.clone()),
        ("talks to 1, 3 rings", with(&talks, &[Called(THIRD)])),
        ("1 held", with(&talks, &[Event::Hold(CALLER)])),
        ("1 held, page away", with(&talks, &[PageAway])),
        ("1 held, page gone", with(&talks, &[PageAway, Due])),
        ("1 is handed on", with(&talks, &[Event::Transfer])),
        ("1 held, 2 dialled", asks),
        ("1 held, talks to 2", asked.clone()),
        ("both held, page away", with(&asked, &[PageAway])),
        ("2 takes over 1", with(&asked, &[Event::Complete])),
        ("2 is brought in", with(&asked, &[Confer])),
        ("three talk in 2", three.clone()),
        ("three, page away", with(&three, &[PageAway])),
        ("own call 2 dialled", with(&free, &[Dial(ASKED)])),
        ("talks in own call 2", with(&free, &[Dial(ASKED), Answered(ASKED)])),
        ("1 and 2 held, 112 dialled by 3", with(&asked, &[DialEmergency(THIRD)])),
        ("1 and 2 held, 112 answers by 3", with(&asked, &[DialEmergency(THIRD), Answered(THIRD)])),
    ]
}

/// A minute later, when every first bound is over and no second one.
const MINUTE: u64 = 60_000_000;

fn play(way: &[Event]) -> (Handset, Tick) {
    let mut now = Tick(0);
    let mut it = Handset::opened(now);
    for &event in way {
        now = if event == Event::Due { Tick(now.0 + MINUTE) } else { now };
        it.handle(now, event);
    }
    (it, now)
}

fn told(it: &Handset) -> String {
    let page = match it.page() {
        Page::Connected => "",
        Page::Away(_) => " away",
        Page::Gone(_) => " gone",
    };
    let call = |call: &Call| {
        let state = match call.state {
            CallState::Ringing => "rings",
            CallState::Dialling => "dialled",
            CallState::Up => "up",
            CallState::Held(Holder::Person) => "held",
            CallState::Held(Holder::Page) => "held for the page",
        };
        format!("{} {state}{}", call.nr.0, if call.three { ", three" } else { "" })
    };
    let calls: Vec<String> = it.calls().iter().map(call).collect();
    format!("{}{page}", if calls.is_empty() { "-".to_owned() } else { calls.join("; ") })
}

fn table() -> String {
    let mut table = String::new();
    for (situation, way) in situations() {
        let (before, _) = play(&way);
        let _ = writeln!(table, "== {situation}: {}", told(&before));
        for (name, event) in EVENTS {
            let (mut it, now) = play(&way);
            let later = if event == Event::Due { MINUTE } else { 0 };
            let actions = it.handle(Tick(now.0 + later), event);
            let actions: Vec<String> = actions.iter().map(|it| format!("{it:?}")).collect();
            let after = if told(&it) == told(&before) { "=".to_owned() } else { told(&it) };
            let actions = actions.join(", ").replace("CallNr(", "#").replace(")", "");
            let actions = actions.replace("(", " ").replace("Some #", "#");
            let row = format!("{name:15}| {after:26}| {actions}");
            let _ = writeln!(table, "{}", row.trim_end());
        }
    }
    table
}

#[test]
fn every_event_in_every_state_is_decided_as_the_table_says() {
    let decided = table();
    if env::var_os("AMTSLEITUNG_BLESS").is_some() {
        fs::write(TABLE, &decided).expect("a writable table");
    }
    let told = fs::read_to_string(TABLE).expect("the table lies beside this test");
    assert_eq!(told, decided);
}

/// What an exchange would see of the calls.
#[derive(Default)]
struct Seen {
    alive: Vec<(CallNr, bool)>,
    registered: bool,
}

impl Seen {
    fn acts(&mut self, action: Action, hint: &str) {
        let held = |seen: &mut Seen, nr: CallNr, held: bool| {
            let call = seen.alive.iter_mut().find(|(of, _)| *of == nr);
            call.unwrap_or_else(|| panic!("{hint}: no call {nr:?}")).1 = held;
        };
        match action {
            Action::Register => assert!(!std::mem::replace(&mut self.registered, true), "{hint}"),
            Action::Unregister => {
                assert!(std::mem::replace(&mut self.registered, false), "{hint}");
            }
            Action::Call(nr) => self.alive.push((nr, false)),
            Action::TurnAway(nr, _) | Action::HangUp(nr) => {
                let before = self.alive.len();
                self.alive.retain(|(of, _)| *of != nr);
                assert!(self.alive.len() < before, "{hint}: {nr:?} ended twice");
            }
            Action::Hold(nr) => held(self, nr, true),
            Action::Resume(nr) => held(self, nr, false),
            Action::Ring(nr)
            | Action::Answer(nr)
            | Action::SendKeys(nr)
            | Action::Transfer(nr)
            | Action::PressConference(nr) => {
                assert!(self.alive.iter().any(|(of, _)| *of == nr), "{hint}: no call {nr:?}");
            }
            Action::TransferTo(of, to) | Action::Replace(of, to) => {
                for nr in [of, to] {
                    assert!(self.alive.iter().any(|(it, _)| *it == nr), "{hint}: no {nr:?}");
                }
            }
            Action::Hear(_) | Action::Refuse(_) => {}
        }
    }
}

/// In every order of events: every call that was begun is known until it is ended, on hold exactly while the page does
/// not hear it; the telephone is registered exactly while it is reached; and when nobody comes back nothing is left.
#[test]
fn whatever_crosses_whatever_no_call_is_left_behind() {
    let mut rng = stdx::Rng::new(115);
    for round in 0..10_000 {
        let (mut it, mut seen) = (Handset::opened(Tick(0)), Seen::default());
        let (mut now, mut next) = (Tick(0), 1);
        for _ in 0..40 {
            let (name, event) = EVENTS[rng.below(EVENTS.len() as u64) as usize];
            now = Tick(now.0 + rng.below(20_000_000));
            let known: Vec<CallNr> = seen.alive.iter().map(|(nr, _)| *nr).collect();
            let any = known.get(rng.below(3) as usize).copied().unwrap_or(CallNr(0));
            let event = with_call(event, any, CallNr(next));
            match event {
                Event::Called(nr) => seen.alive.push((nr, false)),
                Event::Ended(nr) => seen.alive.retain(|(of, _)| *of != nr),
                // Only who is there can answer.
                Event::Answered(nr) if !known.contains(&nr) => continue,
                Event::Answered(_)
                | Event::PageConnected
                | Event::PageAway
                | Event::Closed
                | Event::Due
                | Event::Referred(_)
                | Event::Answer(_)
                | Event::Decline(_)
                | Event::HangUp(_)
                | Event::Hold(_)
                | Event::Resume(_)
                | Event::Dial(_)
                | Event::DialEmergency(_)
                | Event::Keys(_)
                | Event::Transfer
                | Event::Complete
                | Event::Confer
                | Event::TakeOut => {}
            }
            next += 1;
            let hint = format!("round {round}: {name}: {it:?}");
            for action in it.handle(now, event) {
                seen.acts(action, &hint);
            }
            agree(&it, &seen, &hint);
        }
        leave(&mut it, &mut seen, now);
    }
}

fn with_call(event: Event, known: CallNr, fresh: CallNr) -> Event {
    match event {
        Event::Called(_) => Event::Called(fresh),
        Event::Dial(_) => Event::Dial(fresh),
        Event::DialEmergency(_) => Event::DialEmergency(fresh),
        Event::Answered(_) => Event::Answered(known),
        Event::Ended(_) => Event::Ended(known),
        Event::Answer(_) => Event::Answer(known),
        Event::Decline(_) => Event::Decline(known),
        Event::HangUp(_) => Event::HangUp(known),
        Event::Hold(_) => Event::Hold(known),
        Event::Resume(_) => Event::Resume(known),
        Event::Keys(_) => Event::Keys(known),
        Event::PageConnected
        | Event::PageAway
        | Event::Closed
        | Event::Due
        | Event::Referred(_)
        | Event::Transfer
        | Event::Complete
        | Event::Confer
        | Event::TakeOut => event,
    }
}

fn agree(it: &Handset, seen: &Seen, hint: &str) {
    let known: Vec<(CallNr, bool)> =
        it.calls().iter().map(|it| (it.nr, matches!(it.state, CallState::Held(_)))).collect();
    assert_eq!(known, seen.alive, "{hint}");
    assert_eq!(it.is_reached(), seen.registered, "{hint}");
}

/// Nobody comes back: after its deadlines nothing is left.
fn leave(it: &mut Handset, seen: &mut Seen, mut now: Tick) {
    let mut turns = 0;
    for action in it.handle(now, Event::PageAway) {
        seen.acts(action, "the page leaves");
    }
    while let Some((at, why)) = it.deadline() {
        now = now.max(at);
        for action in it.handle(now, Event::Due) {
            seen.acts(action, why);
        }
        turns += 1;
        assert!(turns < 10, "it never ends: {it:?}");
    }
    assert_eq!((seen.alive.len(), seen.registered), (0, false), "{it:?}");
}
