// SPDX-License-Identifier: EUPL-1.2
//! Every event in every state of a call, as one readable table.

use call::{Action, Call, Elsewhere, Ending, Event, Sound, State};
use std::fmt::Write as _;
use std::{env, fs};
use stdx::{AgentId, PlanId};

const ANNA: AgentId = AgentId(1);
const BEN: AgentId = AgentId(2);
const PLAN: PlanId = PlanId(0);
const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/call_table.txt");

fn events() -> Vec<(&'static str, Event)> {
    vec![
        ("play greeting", Event::Play(Sound::Greeting)),
        ("play music", Event::Play(Sound::Music)),
        ("tell news", Event::Tell(Sound::News(PLAN))),
        ("ring anna", Event::Ring(ANNA)),
        ("ring ben", Event::Ring(BEN)),
        ("stop ringing anna", Event::StopRinging(ANNA)),
        ("stop ringing ben", Event::StopRinging(BEN)),
        ("connect anna", Event::Connect(ANNA)),
        ("connect ben", Event::Connect(BEN)),
        ("dismiss: closed", Event::Dismiss(Sound::Closed)),
        ("release", Event::Release),
        ("let anna go", Event::LetGo(ANNA)),
        ("let ben go", Event::LetGo(BEN)),
        ("put through to ben", Event::PutThrough(Some(BEN))),
        ("put through elsewhere", Event::PutThrough(None)),
        ("confer", Event::Confer),
        ("take out", Event::TakeOut),
        ("sound over", Event::SoundOver),
        ("anna answers", Event::AgentAnswered(ANNA)),
        ("ben answers", Event::AgentAnswered(BEN)),
        ("anna is busy", Event::AgentGone(ANNA, Ending::TurnedDown)),
        ("anna hangs up", Event::AgentGone(ANNA, Ending::HungUp)),
        ("ben hangs up", Event::AgentGone(BEN, Ending::HungUp)),
        ("caller hangs up", Event::CallerGone(Ending::HungUp)),
        ("caller is lost", Event::CallerGone(Ending::Lost)),
        ("caller holds", Event::CallerHolds(true)),
        ("caller resumes", Event::CallerHolds(false)),
        ("agent holds", Event::AgentHolds(true)),
        ("agent resumes", Event::AgentHolds(false)),
        ("ring elsewhere", Event::Elsewhere(Elsewhere::Ring)),
        ("stop elsewhere", Event::Elsewhere(Elsewhere::Stop)),
        ("connect elsewhere", Event::Elsewhere(Elsewhere::Connect)),
        ("other answers", Event::Elsewhere(Elsewhere::Answered)),
        ("other is busy", Event::Elsewhere(Elsewhere::Gone(Ending::TurnedDown))),
        ("other hangs up", Event::Elsewhere(Elsewhere::Gone(Ending::HungUp))),
        ("other holds", Event::Elsewhere(Elsewhere::Holds(true))),
        ("other resumes", Event::Elsewhere(Elsewhere::Holds(false))),
    ]
}

/// Every state by how it begins and the way that leads there.
fn situations() -> Vec<(&'static str, Call, Vec<Event>)> {
    let arrived = ways().into_iter().map(|(name, way)| (name, Call::arrived(), way));
    let called_back = [
        ("called back by anna", vec![]),
        ("called back, held by anna", vec![Event::AgentHolds(true)]),
        ("called back, anna let go", vec![Event::LetGo(ANNA), Event::Play(Sound::Music)]),
    ];
    let called_back = called_back.map(|(name, way)| (name, Call::called_back(ANNA), way));
    arrived.chain(called_back).collect()
}

/// The ways of calls that came in.
fn ways() -> Vec<(&'static str, Vec<Event>)> {
    use Event::*;
    let rings = Event::Elsewhere(call::Elsewhere::Ring);
    let answers = Event::Elsewhere(call::Elsewhere::Answered);
    let connect = Event::Elsewhere(call::Elsewhere::Connect);
    let greeting = Play(Sound::Greeting);
    let music = Play(Sound::Music);
    vec![
        ("arrived", vec![]),
        ("hears the greeting", vec![greeting]),
        ("hears music", vec![greeting, SoundOver, music]),
        ("hears a plan's notice", vec![Play(Sound::Notice(PLAN))]),
        ("hears a plan's information", vec![music, Play(Sound::Information(PLAN))]),
        ("hears a plan's news", vec![music, Tell(Sound::News(PLAN))]),
        ("hears the greeting, then news", vec![greeting, Tell(Sound::News(PLAN)), SoundOver]),
        ("rings at anna, unanswered", vec![Ring(ANNA)]),
        ("rings at anna, hears music", vec![music, Ring(ANNA)]),
        ("anna picked up, unanswered", vec![Ring(ANNA), AgentAnswered(ANNA)]),
        ("anna picked up, hears music", vec![music, Ring(ANNA), AgentAnswered(ANNA)]),
        ("joined with anna", vec![music, Ring(ANNA), AgentAnswered(ANNA), Connect(ANNA)]),
        (
            "held by anna",
            vec![music, Ring(ANNA), AgentAnswered(ANNA), Connect(ANNA), AgentHolds(true)],
        ),
        ("three talk", conference(&[])),
        ("three talk, held by anna", conference(&[AgentHolds(true)])),
        ("three talk, held by the caller", conference(&[CallerHolds(true)])),
        ("anna left two behind", conference(&[AgentGone(ANNA, Ending::HungUp)])),
        ("rings elsewhere, unanswered", vec![rings]),
        ("rings elsewhere, hears music", vec![music, rings]),
        ("rings at anna and elsewhere", vec![music, rings, Ring(ANNA)]),
        ("picked up elsewhere, unanswered", vec![rings, answers]),
        ("rings at anna, picked up elsewhere", vec![music, rings, Ring(ANNA), answers]),
        ("anna picked up, rings elsewhere", vec![music, rings, Ring(ANNA), AgentAnswered(ANNA)]),
        ("both picked up", vec![music, rings, Ring(ANNA), AgentAnswered(ANNA), answers]),
        ("joined elsewhere", vec![music, rings, answers, connect]),
        (
            "held elsewhere",
            vec![music, rings, answers, connect, Event::Elsewhere(call::Elsewhere::Holds(true))],
        ),
        ("leaving", vec![Dismiss(Sound::Closed)]),
        ("promised a call-back", vec![music, Dismiss(Sound::Callback)]),
        ("called back, hears who calls", vec![Play(Sound::CallbackGreeting)]),
        ("over", vec![CallerGone(Ending::HungUp)]),
    ]
}

/// Anna held the caller, asked somebody, and brought in who answered.
fn conference(then: &[Event]) -> Vec<Event> {
    use Event::*;
    let mut way = vec![Play(Sound::Music), Ring(ANNA), AgentAnswered(ANNA), Connect(ANNA)];
    way.extend([AgentHolds(true), AgentHolds(false), Confer]);
    way.extend(then);
    way
}

fn after(begins: &Call, way: &[Event]) -> Call {
    let mut call = begins.clone();
    for &event in way {
        call.handle(event);
    }
    call
}

fn table() -> String {
    let mut table = String::new();
    for (situation, begins, way) in situations() {
        let _ = writeln!(table, "== {situation}");
        for (name, event) in events() {
            let mut call = after(&begins, &way);
            let before = call.clone();
            let actions = call.handle(event);
            let actions: Vec<String> = actions.iter().map(|action| format!("{action:?}")).collect();
            let state = if call == before { "=".to_owned() } else { in_words(&call) };
            let row = format!("{name:18}| {state:44}| {}", actions.join(", "));
            let _ = writeln!(table, "{}", row.trim_end());
        }
    }
    table
}

fn in_words(call: &Call) -> String {
    let agent = call.agent.map(|leg| format!(", agent {:?}", leg.state())).unwrap_or_default();
    let other = call.elsewhere.map(|leg| format!(", other {:?}", leg.state())).unwrap_or_default();
    let legs = agent + &other;
    let sound = call.sound().map(|sound| format!(", {sound:?}")).unwrap_or_default();
    format!("{:?}: caller {:?}{legs}{sound}", call.state(), call.caller.state())
}

#[test]
fn every_event_in_every_state_is_decided_as_the_table_says() {
    let decided = table();
    if env::var_os("AMTSLEITUNG_BLESS").is_some() {
        fs::write(TABLE, &decided).expect("a writable table");
    }
    let told = fs::read_to_string(TABLE).expect("the table lies beside this test");
    for (number, (told, decided)) in (1..).zip(told.lines().zip(decided.lines())) {
        assert_eq!(told, decided, "line {number} of call_table.txt");
    }
    assert_eq!(told.lines().count(), decided.lines().count());
}

/// What the outside world must see in every order of events: telephones that were made to ring are
/// stopped, and the centre is told once.
#[test]
fn whatever_crosses_whatever_no_telephone_rings_on_and_the_centre_is_told_once() {
    let mut rng = stdx::Rng::new(115);
    let events = events();
    for round in 0..20_000 {
        let mut call = Call::arrived();
        let mut rings: Vec<AgentId> = Vec::new();
        let mut talks: Vec<AgentId> = Vec::new();
        // The legs elsewhere that ring or talk.
        let (mut elsewhere, mut told) = (0, 0);
        for _ in 0..30 {
            let (name, event) = events[rng.below(events.len() as u64) as usize];
            // A telephone can only answer or vanish if it was called.
            let real = match event {
                Event::AgentAnswered(agent) => {
                    let rang = rings.contains(&agent);
                    rings.retain(|&it| it != agent);
                    talks.extend(rang.then_some(agent));
                    rang
                }
                Event::AgentGone(agent, _) => {
                    let there = rings.contains(&agent) || talks.contains(&agent);
                    rings.retain(|&it| it != agent);
                    talks.retain(|&it| it != agent);
                    there
                }
                Event::Elsewhere(Elsewhere::Answered | Elsewhere::Holds(_)) => elsewhere > 0,
                Event::Elsewhere(Elsewhere::Gone(_)) => {
                    let there = elsewhere > 0;
                    elsewhere = 0;
                    there
                }
                Event::Elsewhere(Elsewhere::Ring | Elsewhere::Stop | Elsewhere::Connect)
                | Event::Play(_)
                | Event::Tell(_)
                | Event::Ring(_)
                | Event::StopRinging(_)
                | Event::Connect(_)
                | Event::Dismiss(_)
                | Event::LetGo(_)
                | Event::PutThrough(_)
                | Event::Confer
                | Event::TakeOut
                | Event::Release
                | Event::SoundOver
                | Event::CallerGone(_)
                | Event::CallerHolds(_)
                | Event::AgentHolds(_) => true,
            };
            if !real {
                continue;
            }
            for action in call.handle(event) {
                match action {
                    Action::Invite(agent) => rings.push(agent),
                    Action::Cancel(agent) => {
                        assert!(rings.contains(&agent), "round {round}: {name}: does not ring");
                        rings.retain(|&it| it != agent);
                    }
                    Action::HangUpAgent(agent) => talks.retain(|&it| it != agent),
                    Action::TellCallerLeft(_) => told += 1,
                    Action::InviteElsewhere => {
                        assert_eq!(elsewhere, 0, "round {round}: {name}: two elsewhere");
                        elsewhere = 1;
                    }
                    Action::HangUpElsewhere => elsewhere = 0,
                    // It was elsewhere, if anything was.
                    Action::TakeLeg(Some(agent)) => {
                        elsewhere = 0;
                        talks.push(agent);
                    }
                    Action::Separate(agent) => {
                        elsewhere = 0;
                        talks.retain(|&it| it != agent);
                    }
                    Action::TakeLeg(None) => {
                        assert_eq!(elsewhere, 0, "round {round}: {name}: two elsewhere");
                        elsewhere = 1;
                    }
                    Action::Answer
                    | Action::Play(_)
                    | Action::Silence
                    | Action::Join(_)
                    | Action::Confer(_)
                    | Action::TellHandedOn(_)
                    | Action::HangUpCaller
                    | Action::TellAnnouncementOver
                    | Action::TellAnswered(_)
                    | Action::TellNotTaken(_, _)
                    | Action::TellAgentHungUp(_, _)
                    | Action::TellUnheard(_)
                    | Action::JoinElsewhere
                    | Action::TellAnsweredElsewhere
                    | Action::TellNotTakenElsewhere(_)
                    | Action::TellOtherLeft(_) => {}
                }
            }
            let busy = rings.len() + talks.len();
            assert_eq!(busy, usize::from(call.agent.is_some()), "round {round}: after {name}");
            assert_eq!(elsewhere, usize::from(call.elsewhere.is_some()), "round {round}: {name}");
        }
        assert!(told <= 1, "round {round}: told {told} times");
        assert!(call.state() != State::Over || (rings.is_empty() && talks.is_empty()));
    }
}
