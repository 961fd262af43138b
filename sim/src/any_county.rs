// SPDX-License-Identifier: EUPL-1.2
//! A county that nobody planned: lines, queues, skills, shifts, volumes and faults drawn from a
//! seed, so that the core's laws are tried far from any example.

use crate::shape::{Slot, TrafficShape, Weekday};
use crate::spec::{Behaviour, Faults, LineTraffic, Spec, TalkLength};
use acd::{AgentRules, CentreRules, LineRules, QueueRules, SkillNeed};
use calendar::{Interval, Timetable};
use centre::Setup;
use stdx::{Micros, QueueId, Rng, SkillId, TeamId, Timestamp, TimetableId};

/// Two days, so that closing time comes in the middle.
const DAYS: i64 = 2;
const DAY: i64 = 24 * 3600;
const OPENS: i64 = 7 * 3600;
const CLOSES: i64 = 18 * 3600;
const SKILLS: u64 = 4;

/// The county of a seed.
#[must_use]
pub fn any_county(seed: u64) -> Spec {
    let rng = &mut Rng::new(seed).split(0xC0_FFEE);
    let queues: Vec<QueueRules> = (0..=rng.below(3)).map(|_| any_queue(rng)).collect();
    let lines: Vec<LineRules> =
        (0..=rng.below(6)).map(|_| any_line(rng, queues.len() as u64)).collect();
    let agents: Vec<AgentRules> = (0..=rng.below(14)).map(|_| any_agent(rng)).collect();
    let load = 0.4 + 2.0 * rng.unit();
    let calls = load * agents.len() as f64 * 100.0 * DAYS as f64 / lines.len() as f64;
    let talk = TalkLength::LogNormal(Micros::from_secs(60 + rng.below(120)), 0.8);
    Spec {
        traffic: lines.iter().map(|_| LineTraffic { calls, talk }).collect(),
        shifts: agents.iter().map(|_| any_shifts(rng)).collect(),
        slots: slots(),
        shape: TrafficShape::Authority,
        behaviour: any_behaviour(rng),
        faults: any_faults(rng),
        setup: Setup {
            rules: any_rules(rng),
            lines,
            queues,
            agents,
            timetables: vec![timetable()],
        },
    }
}

fn any_rules(rng: &mut Rng) -> CentreRules {
    CentreRules {
        head_start: Micros::from_secs(rng.below(60)),
        no_answer_pause: Micros::from_secs(rng.below(300)),
        decline_pause: Micros::from_secs(rng.below(60)),
        place_kept: Micros::from_secs(rng.below(120)),
    }
}

fn any_queue(rng: &mut Rng) -> QueueRules {
    QueueRules {
        ring: Micros::from_secs(1 + rng.below(30)),
        length_max: rng.below(60) as u32,
        waiting_max: Micros::from_secs(30 + rng.below(900)),
    }
}

fn any_line(rng: &mut Rng, queues: u64) -> LineRules {
    let required = rng.chance(0.5).then(|| any_skill(rng));
    LineRules {
        queue: rng.chance(0.95).then(|| QueueId(rng.below(queues) as u16)),
        timetable: TimetableId(0),
        priority: rng.below(3) as u8,
        required: required.into_iter().collect(),
        preferred: rng.chance(0.5).then(|| any_skill(rng).skill).into_iter().collect(),
        greeting: rng.chance(0.8).then(|| Micros::from_secs(rng.below(20))),
        wrap_up: Micros::from_secs(rng.below(60)),
        short_abandon: Micros::from_secs(rng.below(10)),
    }
}

fn any_skill(rng: &mut Rng) -> SkillNeed {
    SkillNeed { skill: SkillId(rng.below(SKILLS) as u16), level: 1 + rng.below(5) as u8 }
}

fn any_agent(rng: &mut Rng) -> AgentRules {
    let skills = (0..SKILLS).filter_map(|skill| {
        let level = 1 + rng.below(9) as u8;
        rng.chance(0.7).then_some(SkillNeed { skill: SkillId(skill as u16), level })
    });
    AgentRules { skills: skills.collect(), team: TeamId(rng.below(3) as u16) }
}

fn any_shifts(rng: &mut Rng) -> Vec<Interval> {
    let shift = |day: i64, rng: &mut Rng| {
        let from = day * DAY + OPENS + rng.below(5 * 3600) as i64;
        let until = (from + 3600 + rng.below(9 * 3600) as i64).min(day * DAY + CLOSES);
        Interval { from: Timestamp::from_secs(from), until: Timestamp::from_secs(until) }
    };
    (0..DAYS).map(|day| shift(day, rng)).collect()
}

fn any_behaviour(rng: &mut Rng) -> Behaviour {
    Behaviour {
        patience: rng.chance(0.8).then(|| Micros::from_secs(20 + rng.below(300))),
        misdialled: rng.unit() * 0.1,
        redial: rng.unit(),
        pick_up: Micros::from_secs(rng.below(10)),
        no_answer: rng.unit() * 0.2,
        decline: rng.unit() * 0.1,
        wrap_up_ended: rng.unit() * 0.5,
        wrap_up_extended: rng.unit() * 0.3,
        breaks: rng.chance(0.5),
        day_spread: rng.unit() * 0.5,
    }
}

fn any_faults(rng: &mut Rng) -> Faults {
    match rng.below(4) {
        0 => Faults::NONE,
        1 => Faults::EVERYDAY,
        _ => Faults::STORM,
    }
}

fn slots() -> Vec<Slot> {
    let days = 0..u32::try_from(DAYS).expect("few days");
    let slot = |day: u32, half_hour: u8| Slot {
        start: Timestamp::from_secs(i64::from(day) * DAY + i64::from(half_hour) * 1800),
        month: 5,
        weekday: Weekday::Monday,
        half_hour,
        holiday: false,
        day,
    };
    days.flat_map(|day| (0..48).map(move |half_hour| slot(day, half_hour))).collect()
}

fn timetable() -> Timetable {
    let horizon = Interval {
        from: Timestamp::from_secs(-DAY),
        until: Timestamp::from_secs((DAYS + 1) * DAY),
    };
    let open = (0..DAYS).map(|day| Interval {
        from: Timestamp::from_secs(day * DAY + OPENS),
        until: Timestamp::from_secs(day * DAY + CLOSES),
    });
    Timetable::new(horizon, open.collect()).expect("sorted, apart and within the horizon")
}
