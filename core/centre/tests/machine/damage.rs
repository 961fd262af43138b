// SPDX-License-Identifier: EUPL-1.2
//! Whatever a disk makes of a saved centre: it is refused, or a centre comes of it that lives on.

use crate::any_day::{AnyDay, any_centre_that_estimates, commands};
use acd::agent::{self, AfterCall, Lease, NotReadyReason, Pause};
use acd::contact::{Departure, State};
use acd::{CallbackRules, First, KeptPlace, Reach, Remembered, SkillNeed, Turn};
use centre::{
    Attempt, Centre, Contact, Event, OverflowCause, RestoreError, RunningPlan, Saved, Setup,
    SetupError, Stood, Transferred, WayOut,
};
use std::collections::{BTreeMap, BTreeSet};
use stdx::limits::{CONTACTS_MAX, REMEMBERED_CALLERS_MAX};
use stdx::{
    AgentId, CallerToken, ContactId, LineId, Micros, PartnerId, PlanId, QueueId, Rng, SkillId,
    SwitchboardId, Tick, Timestamp, TrunkId,
};

const DAYS: u64 = 300;
const EVENTS_BEFORE: u64 = 400;
const DAMAGES_A_DAY: usize = 60;
const EVENTS_AFTER: usize = 25;

/// Says on a failure what was damaged.
struct Told(u64, Vec<&'static str>);

impl Drop for Told {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("seed {}, damaged: {:?}", self.0, self.1);
        }
    }
}

/// A centre in the middle of a day; on most days at a moment that is rare.
fn busy(seed: u64) -> (Setup, Saved) {
    let setup = any_centre_that_estimates(seed);
    let mut centre = Centre::new(setup.clone()).expect("the drawn rules are lawful");
    let mut day = AnyDay::new(seed);
    let rare: fn(&Contact) -> bool = match seed % 8 {
        0 => |it| matches!(it.state, State::CallingBack { .. }),
        1 => |it| matches!(it.state, State::AtPartner { .. }),
        2 => |it| matches!(it.overflow, WayOut::Tried(_)),
        3 => |it| matches!(it.state, State::ToOffice { .. }),
        4 => |it| matches!(it.state, State::AtOffice { .. }),
        5 => |it| it.partner_only == Some(OverflowCause::Transferred),
        6 => |it| it.transfer.is_some() && matches!(it.state, State::Waiting { .. }),
        _ => |_| false,
    };
    for event in 0..50 + Rng::new(seed).below(EVENTS_BEFORE) {
        let saved = centre.save();
        if event >= 50 && saved.contacts.values().any(rare) {
            break;
        }
        let (now, event) = day.next(&centre, &saved);
        commands(&mut centre, now, event);
    }
    (setup, centre.save())
}

#[test]
fn what_is_damaged_is_refused_or_lives_on() {
    let (mut refused, mut lived) = (0, 0);
    let mut faults = BTreeSet::new();
    for seed in 0..DAYS {
        let (setup, whole) = busy(seed);
        let mut rng = Rng::new(seed).split(5);
        for _ in 0..DAMAGES_A_DAY {
            let mut saved = whole.clone();
            let mut told = Told(seed, Vec::new());
            for _ in 0..1 + rng.below(2) {
                told.1.push(damage(&mut saved, &mut rng));
            }
            match Centre::restore(setup.clone(), saved) {
                Err(why) => {
                    refused += 1;
                    faults.insert(in_words(why));
                }
                Ok(centre) => {
                    lived += 1;
                    live_on(centre, rng.next_u64());
                }
            }
        }
    }
    assert!(lived > 1_000 && refused > 1_000, "{lived} lived, {refused} were refused");
    let faults: Vec<&str> = faults.iter().map(String::as_str).collect();
    assert_eq!(faults, EVERY_FAULT);
}

/// It goes on as any centre, and no law breaks.
fn live_on(mut centre: Centre, seed: u64) {
    let mut day = AnyDay::after(seed, &centre.save());
    for _ in 0..EVENTS_AFTER {
        let (now, event) = day.next(&centre, &centre.save());
        commands(&mut centre, now, event);
        centre.audit();
    }
    for _ in 0..EVENTS_AFTER {
        if let Some((at, _)) = centre.deadline() {
            day.now.mono = day.now.mono.max(at);
            commands(&mut centre, day.now, Event::Deadline);
            centre.audit();
        }
    }
}

fn in_words(why: RestoreError) -> String {
    match why {
        RestoreError::Setup(_) => "setup".to_owned(),
        RestoreError::Length { what, .. } => format!("length of {what}"),
        RestoreError::TooMany(what, _) => format!("too many {what}"),
        RestoreError::OutOfRange(what) => format!("out of range: {what}"),
        RestoreError::Agent(_, what) => format!("agent {what}"),
        RestoreError::Contact(_, what) => format!("contact {what}"),
        RestoreError::Line(_, what) => format!("line {what}"),
        RestoreError::Partner(_, what) => format!("partner {what}"),
        RestoreError::Plan(_, what) => format!("plan {what}"),
        RestoreError::Remembered(_, what) => format!("remembered {what}"),
    }
}

/// All faults that are looked for, but for lists too long to be drawn.
const EVERY_FAULT: [&str; 71] = [
    "agent a plan without a call",
    "agent a shift without end",
    "agent calls back longer than a talk goes unasked",
    "agent changed skills outside a shift",
    "agent idle since a time to come",
    "agent is ready for somebody who waits",
    "agent out of reach without end",
    "agent rings for a contact that says otherwise",
    "agent rings without end",
    "agent signed off with a plan",
    "agent skills that nobody can have",
    "agent talks to a contact that says otherwise",
    "agent talks without being asked",
    "agent wraps up extended too often",
    "agent wraps up without end",
    "contact a line that is not there",
    "contact a partner is asked",
    "contact a partner that is not there",
    "contact a partner to come",
    "contact a past out of order",
    "contact a queue that is not there",
    "contact a stage that is not there",
    "contact a switchboard that is not there",
    "contact a time that never comes",
    "contact a trunk that is not there",
    "contact another's turn",
    "contact answered by an agent who is not there",
    "contact at an office to which nobody handed it on",
    "contact at no partner",
    "contact at no switchboard",
    "contact called back without a promise",
    "contact came after the last one",
    "contact follows one who came later",
    "contact given to a partner that its line has not",
    "contact handed on and not in our hands",
    "contact handed on by an agent who is not there",
    "contact handed on by nobody who answered",
    "contact in another line's queue",
    "contact is gone and still here",
    "contact offered to an agent who says otherwise",
    "contact promised a call-back and on the line",
    "contact promised a call-back twice",
    "contact promised a call-back without a number",
    "contact promised by rules that cannot be",
    "contact talks to an agent who says otherwise",
    "contact the beginning of its wait",
    "contact the channel for a call-back",
    "contact to go to a partner",
    "contact tried too often",
    "contact tried too often, or never",
    "contact wanted since a time to come",
    "contact was told an endless wait",
    "contact who answered it",
    "length of agents",
    "length of lines that were learned",
    "length of partners",
    "length of partners that were learned",
    "length of switchboards",
    "line is closed without end",
    "line is not there",
    "out of range: gone",
    "out of range: learned",
    "out of range: now",
    "partner rests for ever",
    "plan a helper who is not there, or helps twice",
    "plan is not there",
    "plan runs without end",
    "remembered another's turn",
    "remembered dialled no line",
    "remembered never came",
    "remembered out of order",
];

/// Changes one thing; what it was.
fn damage(saved: &mut Saved, rng: &mut Rng) -> &'static str {
    match rng.below(10) {
        0 => damage_whole(saved, rng),
        1 | 2 => damage_acts(saved, rng),
        3 | 4 => damage_agent(saved, rng),
        _ => damage_contact(saved, rng),
    }
}

fn some_tick(saved: &Saved, rng: &mut Rng) -> Tick {
    let now = saved.now.mono;
    let all = [
        Tick(0),
        now,
        Tick(now.0.saturating_add(1)),
        Tick(now.0.saturating_add(30_000_000)),
        now.saturating_sub(Micros::from_secs(30)),
        Tick(1 << 50),
        Tick((1 << 50) + 1),
        Tick(u64::MAX),
    ];
    pick(rng, &all)
}

fn pick<T: Copy>(rng: &mut Rng, of: &[T]) -> T {
    of[rng.below(of.len() as u64) as usize]
}

/// Mostly one that is there; sometimes none, or one that is not.
fn some_id(rng: &mut Rng) -> u16 {
    pick(rng, &[0, 0, 1, 1, 2, 3, 4, 5, 9, u16::MAX])
}

fn damage_whole(saved: &mut Saved, rng: &mut Rng) -> &'static str {
    match rng.below(3) {
        0 => damage_counts(saved, rng),
        1 => damage_learned(saved, rng),
        _ => damage_remembered(saved, rng),
    }
}

fn damage_counts(saved: &mut Saved, rng: &mut Rng) -> &'static str {
    let tick = some_tick(saved, rng);
    match rng.below(9) {
        0 => {
            saved.now.mono = tick;
            "now"
        }
        1 => {
            saved.now.wall = Timestamp(pick(rng, &[0, i64::MIN, i64::MAX, -1, 1 << 51]));
            "wall"
        }
        2 => {
            saved.last_contact = pick(rng, &[None, Some(ContactId(1)), Some(ContactId(u64::MAX))]);
            "last contact"
        }
        3 => {
            saved.gone = pick(rng, &[0, u64::MAX, 1 << 49]);
            "gone"
        }
        4 => {
            saved.agents.pop();
            "an agent less"
        }
        5 => {
            saved.agents.push(agent::Agent::SIGNED_OFF);
            "an agent more"
        }
        6 => {
            saved.staffed.push(true);
            "a switchboard more"
        }
        7 => {
            saved.partners_rest_until.push(tick);
            "a partner more"
        }
        _ => {
            saved.partners_rest_until.iter_mut().for_each(|it| *it = tick);
            "a partner's rest"
        }
    }
}

fn damage_learned(saved: &mut Saved, rng: &mut Rng) -> &'static str {
    let learned = &mut saved.learned;
    match rng.below(6) {
        0 => {
            learned.lines.pop();
            "a line learned less"
        }
        1 => {
            learned.partners.push(learned.picked_up);
            "a partner learned more"
        }
        2 => {
            learned.picked_up.happened = pick(rng, &[0, 1, 511, 512, u64::MAX]);
            "a rate's count"
        }
        3 => {
            learned.picked_up.time = Micros(pick(rng, &[0, 1 << 40, 1 << 51, u64::MAX]));
            "a rate's time"
        }
        4 => {
            learned.lines[0].talks.push(Micros(pick(rng, &[0, 1 << 50, u64::MAX])));
            "a talk"
        }
        _ => {
            learned.lines[0].talks.resize(pick(rng, &[0, 64, 65]), Micros(7));
            "talks"
        }
    }
}

fn damage_remembered(saved: &mut Saved, rng: &mut Rng) -> &'static str {
    if rng.chance(0.2) {
        saved.remembered.reverse();
        return "the order of the remembered";
    }
    let id = ContactId(rng.below(50));
    let turn = Turn::restored(pick(rng, &[0, i64::MIN, i64::MAX]), ContactId(rng.below(50)));
    let turn = if rng.chance(0.7) { Turn::restored(0, id) } else { turn };
    saved.remembered.push(Remembered {
        caller: CallerToken::new(rng.below(20)),
        line: LineId(some_id(rng)),
        gone_at: some_tick(saved, rng),
        place: KeptPlace { contact: id, turn },
    });
    "remembered"
}

fn damage_acts(saved: &mut Saved, rng: &mut Rng) -> &'static str {
    let tick = some_tick(saved, rng);
    match rng.below(5) {
        0 => {
            saved.closed.insert(LineId(some_id(rng)), tick);
            "a closed line"
        }
        1 => {
            let helpers = (0..rng.below(3)).map(|_| AgentId(some_id(rng))).collect();
            saved.running.insert(PlanId(some_id(rng)), RunningPlan { until: tick, helpers });
            "a plan that runs"
        }
        2 => {
            let helper = AgentId(some_id(rng));
            saved.running.values_mut().for_each(|it| it.helpers.push(helper));
            "a helper"
        }
        3 => {
            let levels = [0, 1, 9, 10];
            let skills = (0..rng.below(3)).map(|_| SkillNeed {
                skill: SkillId(pick(rng, &[0, 1, 2, 300])),
                level: pick(rng, &levels),
            });
            let skills = skills.collect();
            saved.changed_skills.insert(AgentId(some_id(rng)), skills);
            "changed skills"
        }
        _ => {
            saved.changed_skills.clear();
            "no skills changed"
        }
    }
}

fn some_contact(saved: &Saved, rng: &mut Rng) -> ContactId {
    let ids: Vec<ContactId> = saved.contacts.keys().copied().collect();
    if ids.is_empty() || rng.chance(0.1) { ContactId(rng.below(60)) } else { pick(rng, &ids) }
}

fn some_lease(saved: &Saved, rng: &mut Rng) -> Lease {
    let at = some_tick(saved, rng);
    if rng.chance(0.5) { Lease::Held { check_at: at } } else { Lease::Questioned { lost_at: at } }
}

fn some_agent_state(saved: &Saved, rng: &mut Rng) -> agent::State {
    let (at, contact) = (some_tick(saved, rng), some_contact(saved, rng));
    let idle_since = some_tick(saved, rng);
    match rng.below(6) {
        0 => agent::State::SignedOff,
        1 => agent::State::NotReady { reason: NotReadyReason::Declined, until: Some(at) },
        2 => agent::State::Ready { idle_since },
        3 => agent::State::Offered { contact, idle_since, ring_until: at },
        4 => agent::State::Talking { contact, lease: some_lease(saved, rng) },
        _ => agent::State::WrapUp {
            contact,
            until: at,
            length: Micros(pick(rng, &[0, 1_000_000, u64::MAX])),
            extensions: pick(rng, &[0, 3, 4, 255]),
        },
    }
}

fn damage_agent(saved: &mut Saved, rng: &mut Rng) -> &'static str {
    let state = some_agent_state(saved, rng);
    let (tick, new_lease) = (some_tick(saved, rng), some_lease(saved, rng));
    let at = rng.below(saved.agents.len().max(1) as u64) as usize;
    let (first, plan) = (rng.below(saved.agents.len().max(1) as u64) as usize, rng.below(3));
    let Some(it) = saved.agents.get_mut(at) else { return "nothing" };
    match rng.below(5) {
        4 => {
            if let agent::State::Talking { lease, .. } = &mut it.state {
                *lease = new_lease;
            }
            "a lease"
        }
        0 => {
            it.state = state;
            "an agent's state"
        }
        1 => {
            it.shift_until = tick;
            "a shift's end"
        }
        2 => {
            it.after_call = [AfterCall::Ready, AfterCall::Pause(Pause::Break), AfterCall::SignOff]
                [plan as usize];
            "a plan for after the call"
        }
        _ => {
            saved.agents.swap(at, first);
            "two agents changed places"
        }
    }
}

fn some_state(saved: &Saved, rng: &mut Rng) -> State {
    let (a, b) = (some_tick(saved, rng), some_tick(saved, rng));
    let agent = AgentId(some_id(rng));
    let offered_to = rng.chance(0.4).then_some(agent);
    let attempts = pick(rng, &[0, 1, 2, 3, 255]);
    match rng.below(11) {
        0 => State::AtSwitchboard { ring_until: a },
        1 => State::Local { lease: some_lease(saved, rng) },
        2 => State::Entering { until: a, limit_at: b },
        3 => State::Waiting { offered_to, limit_at: a },
        4 => State::Talking { agent },
        5 => State::AtPartner { lease: some_lease(saved, rng) },
        6 => {
            let rests_until = rng.chance(0.5).then_some(b);
            State::Promised { offered_to, rests_until, expires_at: a, attempts }
        }
        7 => State::CallingBack { agent, ring_until: a, expires_at: b, attempts },
        8 => State::ToOffice { ring_until: a },
        9 => State::AtOffice { lease: some_lease(saved, rng) },
        _ => State::Gone(Departure::Overflowed),
    }
}

fn some_way_out(saved: &Saved, rng: &mut Rng) -> WayOut {
    let (at, cause) = (some_tick(saved, rng), OverflowCause::Waited);
    let partner = PartnerId(some_id(rng));
    let reach = if rng.chance(0.5) { Reach::SecondLeg } else { Reach::Deflect };
    match rng.below(4) {
        0 => WayOut::None,
        1 => WayOut::At(at, cause),
        2 => WayOut::Wanted(partner, cause),
        _ => WayOut::Tried(Attempt { partner, reach, until: at, cause }),
    }
}

/// The same, tried as often as that, if it is to be called back.
fn tried(state: State, attempts: u8) -> State {
    match state {
        State::Promised { offered_to, rests_until, expires_at, .. } => {
            State::Promised { offered_to, rests_until, expires_at, attempts }
        }
        State::CallingBack { agent, ring_until, expires_at, .. } => {
            State::CallingBack { agent, ring_until, expires_at, attempts }
        }
        State::AtSwitchboard { .. }
        | State::Local { .. }
        | State::Entering { .. }
        | State::Waiting { .. }
        | State::Talking { .. }
        | State::AtPartner { .. }
        | State::ToOffice { .. }
        | State::AtOffice { .. }
        | State::Gone(_) => state,
    }
}

fn some_promise(rng: &mut Rng) -> CallbackRules {
    CallbackRules {
        attempts: pick(rng, &[0, 1, 3, 6]),
        retry_after: Micros::from_secs(10),
        expires_after: Micros::from_secs(600),
        ring: Micros::from_secs(pick(rng, &[0, 10, 10_000])),
        first: pick(rng, &[First::Agent, First::Caller]),
    }
}

fn damage_contact(saved: &mut Saved, rng: &mut Rng) -> &'static str {
    let id = some_contact(saved, rng);
    let other = some_contact(saved, rng);
    match rng.below(20) {
        0 => {
            saved.contacts.remove(&id);
            "a contact less"
        }
        1 => {
            let copy = saved.contacts.get(&id).cloned();
            let new = ContactId(rng.below(60));
            let turn = Turn::restored(0, if rng.chance(0.8) { new } else { id });
            let copy = copy.map(|it| (new, Contact { turn, stood: None, follows: None, ..it }));
            saved.contacts.extend(copy);
            "a contact twice"
        }
        2 => {
            let copy = saved.contacts.get(&id).map(|it| it.state);
            if let (Some(it), Some(state)) = (saved.contacts.get_mut(&other), copy) {
                it.state = state;
            }
            "two contacts do the same"
        }
        3..=9 => {
            let mut it = saved.contacts.get(&id).cloned();
            let name = it.as_mut().map_or("nothing", |it| damage_way(saved, it, rng));
            saved.contacts.extend(it.map(|it| (id, it)));
            name
        }
        _ => {
            let mut it = saved.contacts.get(&id).cloned();
            let name = it.as_mut().map_or("nothing", |it| {
                if rng.chance(0.5) {
                    damage_times(saved, it, rng)
                } else {
                    damage_story(saved, it, id, rng)
                }
            });
            saved.contacts.extend(it.map(|it| (id, it)));
            name
        }
    }
}

/// What a contact refers to.
fn damage_way(saved: &Saved, it: &mut Contact, rng: &mut Rng) -> &'static str {
    match rng.below(10) {
        0 => {
            it.line = LineId(some_id(rng));
            "line"
        }
        1 => {
            it.asked_as = LineId(some_id(rng));
            "line whose agents are asked"
        }
        2 => {
            it.queue = QueueId(some_id(rng));
            "queue"
        }
        3 => {
            it.trunk = rng.chance(0.8).then(|| TrunkId(some_id(rng)));
            "trunk"
        }
        4 => {
            it.switchboard = rng.chance(0.8).then(|| SwitchboardId(some_id(rng)));
            "switchboard"
        }
        5 => {
            it.stage = pick(rng, &[0, 1, 2, 3, 4, 255]);
            "stage"
        }
        6 => {
            it.overflow = some_way_out(saved, rng);
            "way out"
        }
        7 => {
            let cause = pick(rng, &[OverflowCause::Calendar, OverflowCause::Transferred]);
            it.partner_only = rng.chance(0.7).then_some(cause);
            "partner only"
        }
        8 => {
            it.state = tried(it.state, pick(rng, &[0, 1, 3, 6, 255]));
            "attempts"
        }
        _ => {
            it.callback = rng.chance(0.8).then(|| some_promise(rng));
            "promise"
        }
    }
}

/// What has happened to a contact.
fn damage_story(saved: &Saved, it: &mut Contact, id: ContactId, rng: &mut Rng) -> &'static str {
    let turn = Turn::restored(pick(rng, &[0, i64::MIN, i64::MAX]), id);
    match rng.below(11) {
        0 | 1 => {
            it.state = some_state(saved, rng);
            "state"
        }
        8 => {
            let (by, returns) = (AgentId(some_id(rng)), rng.chance(0.5));
            it.transfer = rng.chance(0.8).then_some(Transferred { by, returns });
            "transfer"
        }
        9 | 10 => {
            // All that belongs to it.
            let by = AgentId(pick(rng, &[0, 0, 1, 2, 9]));
            it.answered = Some((saved.now.mono, Some(AgentId(some_id(rng)))));
            it.transfer = Some(Transferred { by, returns: rng.chance(0.7) });
            if rng.chance(0.3) {
                it.state = some_state(saved, rng);
            }
            "handed on"
        }
        2 => {
            it.caller = rng.chance(0.8).then(|| CallerToken::new(rng.below(20)));
            "caller"
        }
        3 => {
            it.follows = Some(ContactId(rng.below(1_000)));
            "follows"
        }
        4 => {
            it.turn = if rng.chance(0.5) { turn } else { Turn::restored(0, ContactId(99_999)) };
            "turn"
        }
        5 => {
            let (asked_as, ours_at) = (LineId(some_id(rng)), Some(some_tick(saved, rng)));
            let cause = pick(rng, &[OverflowCause::Closed, OverflowCause::Transferred]);
            let partner_only = rng.chance(0.5).then_some(cause);
            it.stood = Some(Stood { turn, asked_as, partner_only, ours_at });
            "where it stood"
        }
        6 => {
            it.no_channel = !it.no_channel;
            "no channel"
        }
        _ => {
            (it.informed, it.owed) = (!it.informed, !it.owed);
            "informed and owed"
        }
    }
}

/// When it happened.
fn damage_times(saved: &Saved, it: &mut Contact, rng: &mut Rng) -> &'static str {
    let tick = some_tick(saved, rng);
    match rng.below(8) {
        0 => {
            it.arrived = tick;
            "arrived"
        }
        1 => {
            it.set_up_at = Timestamp(pick(rng, &[0, i64::MIN, i64::MAX]));
            "set up"
        }
        2 => {
            it.queued_at = rng.chance(0.7).then_some(tick);
            "queued"
        }
        3 => {
            it.answered = rng.chance(0.7).then(|| (tick, Some(AgentId(some_id(rng)))));
            "answered"
        }
        4 => {
            it.widen_at = Some(tick);
            "when it is widened"
        }
        5 => {
            it.wanted_since = Some(tick);
            "since when a partner is wanted"
        }
        6 => {
            it.ours_at = Some(tick);
            "when it is ours"
        }
        _ => {
            it.told = Some(promise::ToldWait { from: Micros(0), until: Micros(tick.0) });
            "told"
        }
    }
}

#[test]
fn lists_that_are_too_long_are_refused() {
    let (setup, whole) = busy(1);
    let mut saved = whole.clone();
    let one = whole.remembered.first().copied().unwrap_or(Remembered {
        caller: CallerToken::new(1),
        line: LineId(0),
        gone_at: Tick(0),
        place: KeptPlace { contact: ContactId(1), turn: Turn::restored(0, ContactId(1)) },
    });
    saved.remembered = vec![one; REMEMBERED_CALLERS_MAX + 1];
    let why = Centre::restore(setup.clone(), saved).expect_err("too many");
    assert_eq!(why, RestoreError::TooMany("remembered callers", REMEMBERED_CALLERS_MAX + 1));
    let mut saved = whole.clone();
    let it = whole.contacts.values().next().expect("somebody is inside").clone();
    saved.contacts =
        (0..=CONTACTS_MAX as u64).map(|id| (ContactId(id), it.clone())).collect::<BTreeMap<_, _>>();
    let why = Centre::restore(setup, saved).expect_err("too many");
    assert_eq!(why, RestoreError::TooMany("contacts", CONTACTS_MAX + 1));
}

#[test]
fn an_unlawful_setup_restores_nothing() {
    let (setup, saved) = busy(1);
    let timetables = Vec::new();
    let why = Centre::restore(Setup { timetables, ..setup }, saved).expect_err("no hours");
    assert_eq!(why, RestoreError::Setup(SetupError::NoSuchTimetable(LineId(0))));
}
