// SPDX-License-Identifier: EUPL-1.2
//! Every event in every state of a call-back, as one readable table.

use call::{
    Callback, CallbackAction as Action, CallbackEvent as Event, CallbackState as State, Ending,
};
use std::fmt::Write as _;
use std::{env, fs};
use stdx::AgentId;

const ANNA: AgentId = AgentId(1);
const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/callback_table.txt");

const EVENTS: [(&str, Event); 10] = [
    ("call the citizen", Event::Call),
    ("connect", Event::Connect),
    ("stop", Event::Stop),
    ("anna answers", Event::AgentAnswered),
    ("anna is busy", Event::AgentGone(Ending::TurnedDown)),
    ("anna hangs up", Event::AgentGone(Ending::HungUp)),
    ("citizen answers", Event::CitizenAnswered),
    ("citizen is busy", Event::CitizenGone(Ending::TurnedDown)),
    ("citizen hangs up", Event::CitizenGone(Ending::HungUp)),
    ("no way there", Event::CitizenGone(Ending::Unreachable)),
];

fn situations() -> [(&'static str, Callback, Vec<Event>); 6] {
    use Event::{AgentAnswered, Call, CitizenAnswered, Stop};
    let (agent, citizen) = (Callback::ringing(ANNA), Callback::calling_first(ANNA));
    [
        ("rings at anna", agent.clone(), vec![]),
        ("anna picked up", agent.clone(), vec![AgentAnswered]),
        ("rings at the citizen's", agent.clone(), vec![AgentAnswered, Call]),
        ("the citizen answered", agent.clone(), vec![AgentAnswered, Call, CitizenAnswered]),
        ("rings at the citizen's first", citizen, vec![]),
        ("over", agent, vec![Stop]),
    ]
}

fn table() -> String {
    let mut table = String::new();
    for (situation, begins, way) in situations() {
        let _ = writeln!(table, "== {situation}");
        for (name, event) in EVENTS {
            let mut it = begins.clone();
            for &event in &way {
                it.handle(event);
            }
            let before = it.state();
            let actions = it.handle(event);
            let actions: Vec<String> = actions.iter().map(|action| format!("{action:?}")).collect();
            let after = it.state();
            let state = if after == before { "=".to_owned() } else { format!("{after:?}") };
            let row = format!("{name:17}| {state:9}| {}", actions.join(", "));
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

/// In every order of events: each leg that was begun ends or is joined, and the centre hears of one end at most.
#[test]
fn whatever_crosses_whatever_no_leg_is_left_and_the_centre_is_told_once() {
    let mut rng = stdx::Rng::new(115);
    for round in 0..20_000 {
        // Every other time the citizen is called first.
        let first = round % 2 == 1;
        let mut it = if first { Callback::calling_first(ANNA) } else { Callback::ringing(ANNA) };
        let (mut agent, mut citizen, mut ends, mut joined) = (!first, first, 0, 0);
        for _ in 0..20 {
            let (name, event) = EVENTS[rng.below(EVENTS.len() as u64) as usize];
            // A telephone can only answer or vanish if it was called.
            let real = match event {
                Event::Call | Event::Connect | Event::Stop => true,
                Event::AgentAnswered => agent,
                Event::CitizenAnswered => citizen,
                Event::AgentGone(_) => std::mem::take(&mut agent),
                Event::CitizenGone(_) => std::mem::take(&mut citizen),
            };
            let actions = if real { it.handle(event) } else { Vec::new() };
            for action in actions {
                match action {
                    Action::DropAgent => agent = false,
                    Action::DropCitizen => citizen = false,
                    Action::InviteCitizen => {
                        assert!(!citizen, "round {round}: {name}: called twice");
                        citizen = true;
                    }
                    Action::Join => {
                        assert!(agent && citizen, "round {round}: {name}: nobody to join");
                        (agent, citizen, joined) = (false, false, joined + 1);
                    }
                    Action::Welcome => {
                        assert!(citizen && !agent, "round {round}: {name}: nobody to welcome");
                        (citizen, joined) = (false, joined + 1);
                    }
                    Action::TellNotTaken(_)
                    | Action::TellAgentHungUp
                    | Action::TellNotReached(_)
                    | Action::TellCitizenLeft(_) => ends += 1,
                    Action::PlayRinging
                    | Action::Silence
                    | Action::TellAnswered
                    | Action::TellReached => {}
                }
            }
            let over = it.state() == State::Over;
            assert!(!over || !agent && !citizen, "round {round}: after {name} a leg is left");
        }
        assert!(ends + joined <= 1, "round {round}: told {ends} ends, joined {joined} times");
    }
}
