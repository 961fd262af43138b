// SPDX-License-Identifier: EUPL-1.2
//! Random days in random centres: the core and the second opinion must ask for the same, command
//! by command, and agree on every agent, every caller and every position after every event.

use crate::reference::Reference;
use acd::agent::{Pause, State as Doing};
use acd::contact::Parting;
use acd::{AgentRules, CentreRules, LineRules, QueueRules, Refusal, SkillNeed};
use calendar::{Interval, Timetable};
use centre::{Centre, Command, Event, Note, Setup, Via};
use promise::FateReason;
use proptest::prelude::*;
use std::collections::BTreeSet;
use stdx::limits::{SHIFT_MAX, TALK_CHECK_EVERY};
use stdx::{
    AgentId, CallerToken, ContactId, LineId, Micros, Now, QueueId, Rng, SkillId, TeamId, Tick,
    Timestamp, TimetableId,
};

const DAYS: u64 = 200;
const EVENTS_A_DAY: usize = 2_500;
const BEGIN: Timestamp = Timestamp::from_secs(1_388_534_400);

/// What chance says about one event: when, what, who, which.
type Dice = [u8; 4];

fn pick<T: Copy>(rng: &mut Rng, of: &[T]) -> T {
    of[rng.below(of.len() as u64) as usize]
}

fn secs(rng: &mut Rng, of: &[u64]) -> Micros {
    Micros::from_secs(pick(rng, of))
}

/// A centre with rules drawn by chance, small enough that everything collides.
fn any_centre(seed: u64) -> Setup {
    let mut rng = Rng::new(seed).split(1);
    let rng = &mut rng;
    let queues: Vec<QueueRules> = (0..1 + rng.below(3))
        .map(|_| QueueRules {
            ring: secs(rng, &[1, 5, 20, 20]),
            length_max: pick(rng, &[0, 1, 3, 6, 6, 20, 20]),
            waiting_max: secs(rng, &[0, 10, 60, 60, 300, 300]),
        })
        .collect();
    let lines = (0..2 + rng.below(4)).map(|_| any_line(rng, queues.len() as u64)).collect();
    let agents = (0..1 + rng.below(6))
        .map(|_| AgentRules {
            team: TeamId(pick(rng, &[0, 1])),
            skills: any_skills(rng),
            shift: None,
        })
        .collect();
    let rules = CentreRules {
        head_start: secs(rng, &[0, 10, 60]),
        no_answer_pause: secs(rng, &[0, 10, 90]),
        decline_pause: secs(rng, &[0, 10, 45]),
        place_kept: secs(rng, &[0, 60]),
    };
    Setup { lines, queues, agents, timetables: timetables(), ..Setup::empty(rules) }
}

fn any_line(rng: &mut Rng, queues: u64) -> LineRules {
    let queue = rng.chance(0.9).then(|| QueueId(rng.below(queues) as u16));
    let timetable = TimetableId(pick(rng, &[0, 0, 0, 0, 0, 1, 1, 2]));
    let required = if rng.chance(0.25) { any_skills(rng) } else { vec![] };
    let greeting = rng.chance(0.5).then(|| secs(rng, &[0, 5, 10, 40]));
    LineRules {
        priority: pick(rng, &[0, 0, 1, 2]),
        required,
        preferred: (0..rng.below(3)).map(|skill| SkillId(skill as u16)).collect(),
        greeting,
        wrap_up: secs(rng, &[0, 0, 10, 40]),
        short_abandon: secs(rng, &[0, 5]),
        ..LineRules::plain(queue, timetable)
    }
}

fn any_skills(rng: &mut Rng) -> Vec<SkillNeed> {
    let has: Vec<SkillId> = (0..3).map(SkillId).filter(|_| rng.chance(0.5)).collect();
    has.into_iter().map(|skill| SkillNeed { skill, level: pick(rng, &[1, 2, 3]) }).collect()
}

/// Always open; open and closed by turns of ten minutes; ended after five hours.
fn timetables() -> Vec<Timetable> {
    let from = |minutes: u64| BEGIN + Micros::from_mins(minutes);
    let span = |a: u64, b: u64| Interval { from: from(a), until: from(b) };
    let long = Interval { from: BEGIN - Micros::from_mins(600_000), until: from(6_000_000) };
    let turns = (0..2_000).map(|turn| span(20 * turn, 20 * turn + 10)).collect();
    vec![
        Timetable::always(long).expect("a horizon"),
        Timetable::new(span(0, 40_000), turns).expect("turns lie apart"),
        Timetable::always(span(0, 300)).expect("a horizon"),
    ]
}

/// The core and the second opinion side by side.
struct Day {
    centre: Centre,
    twin: Centre,
    reference: Reference,
    setup: Setup,
    now: Now,
    wall_is_behind: bool,
    /// Seconds between events, not minutes.
    is_busy: bool,
    last_contact: u64,
    told: Vec<String>,
    refusals: BTreeSet<Refusal>,
    reasons: BTreeSet<FateReason>,
}

impl Day {
    fn new(seed: u64) -> Self {
        let setup = any_centre(seed);
        let centre = Centre::new(setup.clone()).expect("the drawn rules are lawful");
        Day {
            twin: centre.clone(),
            centre,
            reference: Reference::new(&setup),
            setup,
            now: Now { mono: Tick(0), wall: BEGIN },
            wall_is_behind: false,
            is_busy: !seed.is_multiple_of(3),
            last_contact: 0,
            told: Vec::new(),
            refusals: BTreeSet::new(),
            reasons: BTreeSet::new(),
        }
    }

    /// One event; the difference between the two, if there is one.
    fn step(&mut self, dice: Dice) -> Result<(), String> {
        self.now = self.later(dice[0], dice[3]);
        let event = self.event(dice);
        self.told.push(format!("{:?}: {event:?}", self.now.mono));
        let asked = commands(&mut self.centre, self.now, event);
        self.centre.audit();
        let again = commands(&mut self.twin, self.now, event);
        same("the same event, told twice", &asked, &again)?;
        let expected = self.reference.handle(self.now, event);
        same("commands", &asked, &expected)?;
        self.compare()?;
        self.note(&asked);
        Ok(())
    }

    fn compare(&self) -> Result<(), String> {
        let (centre, reference) = (&self.centre, &self.reference);
        for (at, agent) in reference.agents.iter().enumerate() {
            let ours = centre.agent(AgentId(at as u16));
            same(&format!("agent {at}"), &ours, &Some(agent))?;
        }
        same("how many are inside", &centre.contacts_inside(), &reference.callers.len())?;
        for it in &reference.callers {
            same("where", &centre.contact(it.id), &Some(it.place))?;
            same("arrival", &centre.arrival(it.id), &Some((it.line, it.arrived)))?;
        }
        for queue in (0..self.setup.queues.len()).map(|at| QueueId(at as u16)) {
            let waiting = reference.waiting(queue);
            same("who waits", &centre.waiting(queue).collect::<Vec<_>>(), &waiting)?;
            for (position, contact) in waiting.iter().enumerate() {
                same("position", &centre.position(*contact), &Some(position + 1))?;
            }
        }
        let deadline = centre.deadline();
        same("deadline", &deadline.map(|(at, _)| at), &reference.next_deadline())?;
        if deadline.is_some_and(|(_, why)| why.is_empty()) {
            return Err("a deadline without a reason".to_owned());
        }
        Ok(())
    }

    fn note(&mut self, commands: &[Command]) {
        for command in commands {
            if let Command::Refuse(why) = command {
                self.refusals.insert(*why);
            }
            if let Command::Note(Note::Ended(record)) = command {
                self.reasons.insert(record.reason);
            }
        }
    }

    /// Often no time at all, often a moment that is somebody's deadline, now and then hours.
    fn later(&mut self, die: u8, other: u8) -> Now {
        let now = self.now.mono;
        let die = if self.is_busy && other < 230 { die % 170 } else { die };
        // The end of a shift is jumped to only now and then, or nobody would ever be there.
        let near = now + if other < 10 { SHIFT_MAX } else { Micros::from_mins(16) };
        let deadline = self.centre.deadline().map(|(at, _)| at.max(now)).filter(|&at| at <= near);
        let mono = match die {
            0..=89 => now,
            90..=169 => now + Micros::from_secs(u64::from(die % 10) + 1),
            170..=199 => deadline.unwrap_or(now),
            200..=213 => deadline.map_or(now, |at| at.saturating_sub(Micros(1)).max(now)),
            214..=229 => now + Micros::from_secs(u64::from(die % 16) * 4),
            230..=240 => now + Micros::from_mins(1),
            241..=246 => now + Micros::from_mins(1) + Micros(1),
            247 | 248 => now + Micros::from_mins(15),
            249 if other < 32 => now + Micros::from_mins(150),
            249..=252 => now + Micros::from_millis(1),
            253..=255 => {
                self.wall_is_behind = !self.wall_is_behind;
                now
            }
        };
        let wall = BEGIN + mono.since(Tick(0));
        // The machine's clock is set: calendars jump, timers do not.
        let wall = if self.wall_is_behind { wall - Micros::from_mins(7) } else { wall };
        Now { mono, wall }
    }

    fn event(&mut self, [_, what, who, which]: Dice) -> Event {
        let agent = self.an_agent(who);
        let contact = self.a_contact(which);
        match what {
            0..=59 => self.arrival(who, which),
            60..=74 => Event::AnnouncementOver { contact },
            75..=99 => {
                let parting = if who % 2 == 0 { Parting::HungUp } else { Parting::CutOff };
                Event::CallerLeft { contact, parting }
            }
            100..=109 => Event::TalkAlive { contact },
            110..=112 => Event::SignOn { agent },
            113..=119 => Event::SignOn { agent: self.one_who(signed_off, who).unwrap_or(agent) },
            120..=122 => Event::SignOff { agent },
            123..=129 => Event::MakeReady { agent },
            130..=159 => {
                Event::MakeReady { agent: self.one_who(is_not_ready, who).unwrap_or(agent) }
            }
            160..=167 => Event::MakeNotReady { agent, pause: Pause::Break },
            168..=171 => Event::MakeNotReady { agent, pause: Pause::DeskWork },
            172..=174 => Event::Answer { agent, contact },
            175..=209 => {
                let (agent, contact) = self.an_offer(who).unwrap_or((agent, contact));
                Event::Answer { agent, contact }
            }
            210 | 211 => Event::Decline { agent, contact },
            212..=219 => {
                let (agent, contact) = self.an_offer(who).unwrap_or((agent, contact));
                Event::Decline { agent, contact }
            }
            220 | 221 => Event::HangUp { agent },
            222..=229 => Event::HangUp { agent: self.one_who(talks, who).unwrap_or(agent) },
            230..=234 => Event::Deadline,
            235 => Event::ExtendWrapUp { agent },
            236..=243 => {
                Event::ExtendWrapUp { agent: self.one_who(wraps_up, who).unwrap_or(agent) }
            }
            244..=250 => Event::EndWrapUp { agent },
            251 => Event::Unreachable { agent, contact },
            252..=255 => {
                let (agent, contact) = self.an_offer(who).unwrap_or((agent, contact));
                Event::Unreachable { agent, contact }
            }
        }
    }

    fn arrival(&mut self, who: u8, which: u8) -> Event {
        let caller = (who % 6 > 1).then(|| CallerToken::new(u64::from(who % 6)));
        let lines = self.setup.lines.len() as u64;
        let line = if which == 255 { lines } else { u64::from(which) % lines };
        let line = LineId(line as u16);
        let again = self.reference.lately_gone().filter(|_| who < 80);
        let (caller, line) = again.map_or((caller, line), |(caller, line)| (Some(caller), line));
        let contact = match which {
            240..=247 => self.last_contact.saturating_sub(u64::from(which - 240)),
            248..=251 => self.last_contact + 3,
            0..=239 | 252..=255 => self.last_contact + 1,
        };
        self.last_contact = self.last_contact.max(contact);
        Event::CallArrived { contact: ContactId(contact), line, caller, via: Via::default() }
    }

    fn an_agent(&self, who: u8) -> AgentId {
        let agents = self.setup.agents.len() as u16;
        AgentId(if who == 255 { agents } else { u16::from(who) % agents })
    }

    /// Mostly somebody who is inside; sometimes somebody who is gone or never was.
    fn a_contact(&self, which: u8) -> ContactId {
        let inside = &self.reference.callers;
        match inside.get(usize::from(which) % (inside.len() + 1)) {
            Some(caller) => caller.id,
            None if which.is_multiple_of(2) => ContactId(self.last_contact + 7),
            None => ContactId(self.last_contact.saturating_sub(u64::from(which % 8))),
        }
    }

    fn one_who(&self, does: fn(&Doing) -> bool, who: u8) -> Option<AgentId> {
        let agents = self.reference.agents.iter().zip(0..);
        let fitting: Vec<u16> =
            agents.filter(|(it, _)| does(&it.state)).map(|(_, id)| id).collect();
        fitting.get(usize::from(who) % fitting.len().max(1)).map(|&id| AgentId(id))
    }

    fn an_offer(&self, who: u8) -> Option<(AgentId, ContactId)> {
        let offers = self.reference.agents.iter().zip(0..).filter_map(|(agent, id)| {
            if let Doing::Offered { contact, .. } = agent.state {
                Some((AgentId(id), contact))
            } else {
                None
            }
        });
        let offers: Vec<(AgentId, ContactId)> = offers.collect();
        offers.get(usize::from(who) % offers.len().max(1)).copied()
    }

    /// Nobody does anything any more: every deadline passes, and the centre is empty.
    fn run_out(&mut self) -> Result<(), String> {
        let over = self.now.mono + SHIFT_MAX + TALK_CHECK_EVERY.times(2);
        while let Some((at, why)) = self.centre.deadline() {
            if at > over {
                return Err(format!("still waiting for {at:?}: {why}"));
            }
            let before = (at, self.now.mono);
            self.now.mono = self.now.mono.max(at);
            let asked = commands(&mut self.centre, self.now, Event::Deadline);
            self.centre.audit();
            same("commands", &asked, &self.reference.handle(self.now, Event::Deadline))?;
            self.compare()?;
            self.note(&asked);
            if self.centre.deadline().is_some_and(|(at, _)| (at, self.now.mono) == before)
                && asked.is_empty()
            {
                return Err(format!("nothing happens at {at:?}: {why}"));
            }
        }
        same("who is left when nobody does anything", &self.centre.contacts_inside(), &0)?;
        same("deadline", &self.centre.deadline(), &None)
    }
}

fn signed_off(state: &Doing) -> bool {
    matches!(state, Doing::SignedOff)
}

fn is_not_ready(state: &Doing) -> bool {
    matches!(state, Doing::NotReady { .. })
}

fn talks(state: &Doing) -> bool {
    matches!(state, Doing::Talking { .. })
}

fn wraps_up(state: &Doing) -> bool {
    matches!(state, Doing::WrapUp { .. })
}

fn commands(centre: &mut Centre, now: Now, event: Event) -> Vec<Command> {
    centre.handle(now, event);
    std::iter::from_fn(|| centre.poll()).collect()
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, core: &T, second: &T) -> Result<(), String> {
    if core == second {
        return Ok(());
    }
    Err(format!("{what}:\n  the core:           {core:?}\n  the second opinion: {second:?}"))
}

fn fail(day: &Day, seed: u64, difference: &str) -> ! {
    let told = day.told.len();
    let lately = day.told[told.saturating_sub(25)..].join("\n");
    panic!("seed {seed}, event {told}: {difference}\nrules: {:#?}\nlately:\n{lately}", day.setup)
}

#[test]
fn the_core_and_a_second_opinion_agree_on_random_days() {
    let mut refusals = BTreeSet::new();
    let mut reasons = BTreeSet::new();
    for seed in 0..DAYS {
        let mut day = Day::new(seed);
        let mut rng = Rng::new(seed).split(2);
        for _ in 0..EVENTS_A_DAY {
            let [a, b, c, d, ..] = rng.next_u64().to_be_bytes();
            if let Err(difference) = day.step([a, b, c, d]) {
                fail(&day, seed, &difference);
            }
        }
        assert_eq!(format!("{:?}", day.centre), format!("{:?}", day.twin), "seed {seed}");
        if let Err(difference) = day.run_out() {
            fail(&day, seed, &difference);
        }
        refusals.append(&mut day.refusals);
        reasons.append(&mut day.reasons);
    }
    // The days are worth something only if they reach everything that can happen.
    use Refusal::*;
    let every_refusal = [
        AlreadySignedOn,
        NotSignedOn,
        NotOffered,
        NotTalking,
        NotInWrapUp,
        ExtendedEnough,
        UnknownContact,
        UsedContactId,
        UnknownAgent,
        UnknownLine,
        NotEntering,
    ];
    assert_eq!(refusals, BTreeSet::from(every_refusal));
    let every_reason = [
        FateReason::TalkEnded,
        FateReason::TalkCutOff,
        FateReason::HungUp,
        FateReason::CutOff,
        FateReason::OutsideHours,
        FateReason::TimetableEnded,
        FateReason::AnnouncementOnly,
        FateReason::QueueFull,
        FateReason::WaitedTooLong,
    ];
    assert_eq!(reasons, BTreeSet::from(every_reason));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    #[test]
    fn the_core_and_a_second_opinion_agree_on_short_days_that_can_be_shrunk(
        seed in 0..1_000_000u64,
        dice in prop::collection::vec(any::<Dice>(), 1..200),
    ) {
        let mut day = Day::new(seed);
        for dice in dice {
            if let Err(difference) = day.step(dice) {
                fail(&day, seed, &difference);
            }
        }
        if let Err(difference) = day.run_out() {
            fail(&day, seed, &difference);
        }
    }
}
