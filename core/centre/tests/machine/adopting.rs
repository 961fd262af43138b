// SPDX-License-Identifier: EUPL-1.2
//! New rules in the middle of random days: nobody is lost, and equal rules are none.

use crate::any_day::{AnyDay, any_centre_that_estimates, commands};
use crate::saved_days::restarted;
use acd::First;
use acd::contact::State;
use centre::{AdoptError, Centre, Command, Contact, Event, Note, Saved, Setup, SetupError, WayOut};
use std::collections::{BTreeMap, BTreeSet};
use stdx::{ContactId, LineId, Now, QueueId, Rng};

const DAYS: u64 = 150;
const EVENTS_A_DAY: usize = 1_000;
/// One adoption in so many events, and one restart.
const ADOPTS_EVERY: f64 = 1.0 / 25.0;
const RESTARTS_EVERY: f64 = 1.0 / 50.0;

fn adopted(centre: &mut Centre, now: Now, setup: Setup) -> Vec<Command> {
    centre.adopt(now, setup).expect("lists only grow, and the rules are lawful");
    std::iter::from_fn(|| centre.poll()).collect()
}

#[test]
fn equal_rules_change_nothing() {
    for seed in 500..500 + DAYS {
        let setup = any_centre_that_estimates(seed);
        let mut centre = Centre::new(setup.clone()).expect("the drawn rules are lawful");
        let mut adopter = centre.clone();
        let mut day = AnyDay::new(seed);
        for _ in 0..EVENTS_A_DAY {
            if day.chance(ADOPTS_EVERY) {
                day.pass(&centre);
                let asked = commands(&mut centre, day.now, Event::Deadline);
                assert_eq!(adopted(&mut adopter, day.now, setup.clone()), asked, "seed {seed}");
            }
            let (now, event) = day.next(&centre, &centre.save());
            let asked = commands(&mut centre, now, event);
            assert_eq!(commands(&mut adopter, now, event), asked, "seed {seed}: {event:?}");
            assert_eq!(adopter.deadline(), centre.deadline(), "seed {seed}: {event:?}");
            assert_eq!(adopter.save(), centre.save(), "seed {seed}: {event:?}");
        }
    }
}

/// Rules of another centre for some lines, queues, agents and all the rest, and never fewer of them.
fn other_rules(setup: &Setup, rng: &mut Rng) -> Setup {
    fn mixed<T: Clone>(rng: &mut Rng, old: &[T], new: &[T]) -> Vec<T> {
        let share = [0.1, 0.5, 1.0][rng.below(3) as usize];
        // A day may bring hundreds of configurations; a centre does not grow with each.
        let length = old.len().max(new.len());
        let one = |at: usize| {
            let new = new.get(at).filter(|_| rng.chance(share) || at >= old.len());
            new.or(old.get(at)).cloned()
        };
        (0..length).filter_map(one).collect()
    }
    let new = any_centre_that_estimates(rng.next_u64());
    // Who was open by turns is never open, and the other way round.
    let mut timetables = setup.timetables.clone();
    if rng.chance(0.5) {
        timetables.swap(1, 3);
    }
    Setup {
        rules: if rng.chance(0.5) { new.rules } else { setup.rules },
        lines: mixed(rng, &setup.lines, &new.lines),
        queues: mixed(rng, &setup.queues, &new.queues),
        agents: mixed(rng, &setup.agents, &new.agents),
        timetables,
        partners: mixed(rng, &setup.partners, &new.partners),
        switchboards: mixed(rng, &setup.switchboards, &new.switchboards),
        trunks: mixed(rng, &setup.trunks, &new.trunks),
        plans: mixed(rng, &setup.plans, &new.plans),
    }
}

/// What new rules have done to contacts on the way to an agent.
#[derive(Default)]
struct Seen {
    commands: BTreeSet<String>,
    moved: u32,
    offered: u32,
    kept_without_queue: u32,
    clamped: u32,
    sent_elsewhere: u32,
    taken_back: u32,
    planned: u32,
    talks_over_too_few_channels: u32,
}

/// Everybody inside is where they were; only who waited may be asked for otherwise.
fn compare(seed: u64, setup: &Setup, before: &Saved, after: &Saved, seen: &mut Seen) {
    let ids = |saved: &Saved| saved.contacts.keys().copied().collect::<Vec<ContactId>>();
    assert_eq!(ids(after), ids(before), "seed {seed}: somebody came or went");
    assert_eq!(after.gone, before.gone, "seed {seed}");
    for (id, was) in &before.contacts {
        let is = &after.contacts[id];
        let same = |it: &Contact| {
            (it.line, it.asked_as, it.caller, it.turn, it.arrived, it.answered, it.callback)
        };
        assert_eq!(same(is), same(was), "seed {seed}: {id:?}");
        match (was.state, is.state) {
            (
                State::Waiting { offered_to: None, limit_at },
                State::Waiting { offered_to: Some(_), limit_at: still },
            ) => {
                assert_eq!(still, limit_at, "seed {seed}: {id:?}");
                seen.offered += 1;
            }
            (State::Promised { offered_to: None, .. }, State::Promised { .. }) => {}
            // Who is called first is called as soon as somebody can be reserved.
            (State::Promised { offered_to: None, .. }, State::CallingBack { .. }) => {
                assert_eq!(
                    is.callback.map(|it| it.first),
                    Some(First::Caller),
                    "seed {seed}: {id:?}"
                );
            }
            (was, is) => assert_eq!(is, was, "seed {seed}: {id:?}"),
        }
        if let WayOut::Tried(attempt) = was.overflow {
            assert_eq!(is.overflow, WayOut::Tried(attempt), "seed {seed}: {id:?}");
        }
        let queue = setup.lines[is.asked_as.index()].queue;
        assert_eq!(is.queue, queue.unwrap_or(was.queue), "seed {seed}: {id:?}");
        if matches!(is.state, State::Waiting { .. }) {
            seen.count(was, is, queue);
        }
    }
    for (was, is) in before.agents.iter().zip(&after.agents) {
        let offered = matches!(is.state, acd::agent::State::Offered { .. });
        let ready = matches!(was.state, acd::agent::State::Ready { .. });
        assert!(was == is || ready && offered, "seed {seed}: {was:?} became {is:?}");
    }
    assert_eq!((&after.closed, &after.running), (&before.closed, &before.running), "seed {seed}");
    assert_eq!(after.changed_skills, before.changed_skills, "seed {seed}");
    assert_eq!(after.remembered, before.remembered, "seed {seed}");
}

impl Seen {
    fn count(&mut self, was: &Contact, is: &Contact, queue: Option<QueueId>) {
        self.moved += u32::from(is.queue != was.queue);
        self.kept_without_queue += u32::from(queue.is_none());
        self.clamped += u32::from(is.stage < was.stage);
        let wants = |it: &Contact| match it.overflow {
            WayOut::Wanted(partner, _) => Some(partner),
            WayOut::None | WayOut::At(..) | WayOut::Tried(_) => None,
        };
        let planned = |it: &Contact| matches!(it.overflow, WayOut::At(..));
        self.planned += u32::from(planned(is) && !planned(was));
        self.taken_back += u32::from(wants(was).is_some() && is.overflow == WayOut::None);
        self.sent_elsewhere += u32::from(wants(is).is_some() && wants(was).is_none());
    }

    /// The days are worth something only if new rules do everything that they can.
    fn is_everything(&self) {
        let counts = [
            ("moved to another queue", self.moved),
            ("offered at once", self.offered),
            ("kept in a queue that the line lost", self.kept_without_queue),
            ("asked at a stage less", self.clamped),
            ("to go to a partner now", self.sent_elsewhere),
            ("to go to no partner any more", self.taken_back),
            ("to go to a partner later", self.planned),
            ("talks over too few channels", self.talks_over_too_few_channels),
        ];
        for (what, count) in counts {
            assert!(count >= 20, "{what}: only {count} times");
        }
        for name in ["Ring", "TryPartner", "Widened", "Overflows"] {
            assert!(self.commands.contains(name), "{name} was never asked for at once");
        }
    }
}

fn name_of(command: &Command) -> String {
    let text = format!("{command:?}").replacen("Note(", "", 1);
    text.split([' ', '(']).next().expect("split gives one at least").to_owned()
}

fn ended(commands: &[Command]) -> impl Iterator<Item = ContactId> + '_ {
    commands.iter().filter_map(|command| {
        if let Command::Note(Note::Ended(record)) = command { Some(record.contact) } else { None }
    })
}

/// Who waits stands in order, each in the one queue that it names.
fn check_order(seed: u64, centre: &Centre) {
    let saved = centre.save();
    for queue in (0..centre.setup().queues.len()).map(|at| QueueId(at as u16)) {
        let here = saved.contacts.values().filter(|it| {
            let waits = matches!(it.state, State::Waiting { .. } | State::Promised { .. });
            waits && it.queue == queue
        });
        let mut turns: Vec<acd::Turn> = here.map(|it| it.turn).collect();
        turns.sort_unstable();
        let expected: Vec<ContactId> = turns.into_iter().map(acd::Turn::contact).collect();
        assert_eq!(centre.waiting(queue).collect::<Vec<_>>(), expected, "seed {seed}: {queue:?}");
    }
}

fn adopt_others(seed: u64, centre: &mut Centre, day: &mut AnyDay, seen: &mut Seen) -> Vec<Command> {
    day.pass(centre);
    let mut asked = commands(centre, day.now, Event::Deadline);
    let setup = other_rules(centre.setup(), day.rng());
    let before = centre.save();
    let at_once = adopted(centre, day.now, setup.clone());
    centre.audit();
    compare(seed, &setup, &before, &centre.save(), seen);
    check_order(seed, centre);
    seen.commands.extend(at_once.iter().map(name_of));
    let trunks = (0..setup.trunks.len()).map(|at| stdx::TrunkId(at as u16));
    let overfull = trunks.filter(|&at| centre.channels_in_use(at) > Some(setup.trunks[at.index()]));
    seen.talks_over_too_few_channels += overfull.count() as u32;
    asked.extend(at_once);
    asked
}

#[test]
fn nobody_is_lost_whatever_the_new_rules_say() {
    let mut seen = Seen::default();
    for seed in 0..DAYS {
        let setup = any_centre_that_estimates(seed);
        let mut centre = Centre::new(setup).expect("the drawn rules are lawful");
        let mut day = AnyDay::new(seed);
        let mut ends: BTreeMap<ContactId, u32> = BTreeMap::new();
        let mut note = |asked: &[Command]| {
            ended(asked).for_each(|id| *ends.entry(id).or_default() += 1);
        };
        for _ in 0..EVENTS_A_DAY {
            if day.chance(ADOPTS_EVERY) {
                note(&adopt_others(seed, &mut centre, &mut day, &mut seen));
            }
            if day.chance(RESTARTS_EVERY) {
                centre = restarted(seed, &centre.setup().clone(), &centre);
            }
            let (now, event) = day.next(&centre, &centre.save());
            note(&commands(&mut centre, now, event));
            centre.audit();
        }
        note(&day.run_out(&mut centre));
        let gone = centre.save().gone;
        assert_eq!(ends.len() as u64, gone, "seed {seed}: not every contact has its record");
        assert!(ends.values().all(|&count| count == 1), "seed {seed}: a contact ended twice");
    }
    seen.is_everything();
}

#[test]
fn a_list_that_is_shorter_or_an_unlawful_rule_changes_nothing() {
    let setup = any_centre_that_estimates(3);
    let mut centre = Centre::new(setup.clone()).expect("the drawn rules are lawful");
    let mut day = AnyDay::new(3);
    for _ in 0..200 {
        let (now, event) = day.next(&centre, &centre.save());
        commands(&mut centre, now, event);
    }
    let before = format!("{centre:?}");
    let mut all: Vec<(Setup, AdoptError)> = Vec::new();
    let mut shorter = |what, was, short: fn(&mut Setup)| {
        let mut setup = setup.clone();
        short(&mut setup);
        all.push((setup, AdoptError::Shorter { what, was, is: was - 1 }));
    };
    shorter("agents", setup.agents.len(), |it| {
        it.agents.pop();
        it.plans.iter_mut().for_each(|plan| plan.helpers.clear());
    });
    shorter("lines", setup.lines.len(), |it| {
        it.lines.pop();
        it.plans.iter_mut().for_each(|plan| plan.lines.clear());
    });
    let mut unlawful = setup.clone();
    unlawful.lines[1].priority = 99;
    all.push((unlawful, AdoptError::Setup(SetupError::Priority(LineId(1)))));
    for (setup, why) in all {
        assert_eq!(centre.adopt(day.now, setup), Err(why));
        assert_eq!(format!("{centre:?}"), before);
    }
}
