// SPDX-License-Identifier: EUPL-1.2
//! A county that nobody planned: lines, queues, skills, shifts, volumes and faults drawn from a
//! seed, so that the core's laws are tried far from any example.

use crate::shape::{Slot, TrafficShape, Weekday};
use crate::spec::{
    Behaviour, Faults, LineTraffic, PartnerBehaviour, Spec, SwitchboardBehaviour, TalkLength,
};
use acd::{
    AgentRules, CallbackRules, CentreRules, CrisisPlan, First, LineRules, LocalFirst, Overflow,
    PartnerRules, QueueRules, Reach, SkillNeed, Stage, SwitchboardRules,
};
use calendar::{Interval, Timetable};
use centre::{Event, Setup};
use stdx::{
    AgentId, LineId, Micros, PartnerId, PlanId, QueueId, Rng, SkillId, SwitchboardId, TeamId,
    Timestamp, TimetableId, TrunkId,
};

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
    let trunks: Vec<u32> = (0..rng.below(3)).map(|_| 2 + rng.below(30) as u32).collect();
    let partners: Vec<PartnerRules> =
        (0..rng.below(3)).map(|_| any_partner(rng, trunks.len())).collect();
    let switchboards: Vec<SwitchboardRules> = (0..rng.below(3))
        .map(|_| SwitchboardRules {
            timetable: TimetableId(rng.below(2) as u16),
            trunk: any_trunk(rng, trunks.len()),
        })
        .collect();
    let queues: Vec<QueueRules> = (0..=rng.below(3)).map(|_| any_queue(rng)).collect();
    let ways =
        Ways { queues: queues.len(), partners: partners.len(), switchboards: switchboards.len() };
    let mut lines: Vec<LineRules> = (0..=rng.below(6)).map(|_| any_line(rng, ways)).collect();
    let agents: Vec<AgentRules> = (0..=rng.below(14)).map(|_| any_agent(rng)).collect();
    let plans: Vec<CrisisPlan> =
        (0..rng.below(3)).map(|_| any_plan(rng, lines.len(), agents.len())).collect();
    if !plans.is_empty() && rng.chance(0.3) {
        lines[0].only_in = Some(PlanId(0));
    }
    let load = 0.4 + 2.0 * rng.unit();
    let calls = load * agents.len() as f64 * 100.0 * DAYS as f64 / lines.len() as f64;
    let talk = TalkLength::LogNormal(Micros::from_secs(60 + rng.below(120)), 0.8);
    let traffic = |line: &LineRules, rng: &mut Rng| LineTraffic {
        trunk: any_trunk(rng, trunks.len()),
        forwarded: if line.local.is_some() { rng.unit() } else { 0.0 },
        ..LineTraffic::plain(calls, talk)
    };
    Spec {
        traffic: lines.iter().map(|line| traffic(line, rng)).collect(),
        shifts: agents.iter().map(|_| any_shifts(rng)).collect(),
        slots: slots(),
        shape: TrafficShape::Authority,
        behaviour: any_behaviour(rng),
        faults: any_faults(rng),
        partners: partners.iter().map(|_| any_partner_behaviour(rng)).collect(),
        switchboards: switchboards.iter().map(|_| any_switchboard_behaviour(rng, talk)).collect(),
        acts: any_acts(rng, lines.len(), plans.len()),
        agent_streams: Vec::new(),
        setup: Setup {
            lines,
            queues,
            agents,
            timetables: vec![timetable(OPENS, CLOSES), timetable(9 * 3600, 12 * 3600)],
            partners,
            switchboards,
            trunks,
            plans,
            ..Setup::empty(any_rules(rng))
        },
    }
}

/// How many there are of what a line may lead to.
#[derive(Clone, Copy)]
struct Ways {
    queues: usize,
    partners: usize,
    switchboards: usize,
}

fn any_trunk(rng: &mut Rng, trunks: usize) -> Option<TrunkId> {
    (trunks > 0 && rng.chance(0.6)).then(|| TrunkId(rng.below(trunks as u64) as u16))
}

fn any_partner(rng: &mut Rng, trunks: usize) -> PartnerRules {
    PartnerRules {
        timetable: TimetableId(rng.below(2) as u16),
        capacity: rng.below(5) as u32,
        ring: Micros::from_secs(1 + rng.below(40)),
        pause: Micros::from_secs(rng.below(60)),
        trunk: any_trunk(rng, trunks),
    }
}

fn any_partner_behaviour(rng: &mut Rng) -> PartnerBehaviour {
    PartnerBehaviour {
        answers_after: Micros::from_secs(1 + rng.below(30)),
        refuses: rng.unit() * 0.6,
        silent: rng.unit() * 0.3,
    }
}

fn any_switchboard_behaviour(rng: &mut Rng, talk: TalkLength) -> SwitchboardBehaviour {
    SwitchboardBehaviour {
        telephones: rng.below(4) as u32,
        answers_after: Micros::from_secs(1 + rng.below(20)),
        silent: rng.unit() * 0.5,
        comes_back: rng.unit() * 0.5,
        talk,
    }
}

fn any_plan(rng: &mut Rng, lines: usize, agents: usize) -> CrisisPlan {
    let some = |rng: &mut Rng, count: usize| -> Vec<u16> {
        (0..count as u16).filter(|_| rng.chance(0.5)).collect()
    };
    CrisisPlan {
        lines: some(rng, lines).into_iter().map(LineId).collect(),
        announcement: rng.chance(0.5).then(|| Micros::from_secs(rng.below(20))),
        information: rng.chance(0.5),
        length_max: rng.chance(0.5).then(|| rng.below(10) as u32),
        waiting_max: rng.chance(0.5).then(|| Micros::from_secs(10 + rng.below(300))),
        helpers: some(rng, agents).into_iter().map(AgentId).collect(),
        lasts: Micros::from_secs(600 + rng.below(7200)),
    }
}

/// A few acts of supervisors in the open hours.
fn any_acts(rng: &mut Rng, lines: usize, plans: usize) -> Vec<(Timestamp, Event)> {
    let mut acts: Vec<(Timestamp, Event)> = (0..rng.below(6))
        .map(|_| {
            let day = rng.below(DAYS as u64) as i64;
            let second = day * DAY + OPENS + rng.below((CLOSES - OPENS) as u64) as i64;
            let line = LineId(rng.below(lines as u64) as u16);
            let plan = PlanId(rng.below(plans.max(1) as u64) as u16);
            let event = match rng.below(4) {
                0 => Event::CloseLine { line, lasts: Micros::from_secs(60 + rng.below(7200)) },
                1 => Event::OpenLine { line },
                2 => Event::StartPlan { plan },
                _ => Event::EndPlan { plan },
            };
            (Timestamp::from_secs(second), event)
        })
        .collect();
    acts.sort_by_key(|&(at, _)| at);
    acts
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

fn any_line(rng: &mut Rng, ways: Ways) -> LineRules {
    let required = rng.chance(0.5).then(|| any_skill(rng));
    let queue = rng.chance(0.95).then(|| QueueId(rng.below(ways.queues as u64) as u16));
    let from_partner = rng.chance(0.1);
    let leads = queue.is_some();
    let line = LineRules {
        priority: rng.below(3) as u8,
        required: required.into_iter().collect(),
        preferred: rng.chance(0.5).then(|| any_skill(rng).skill).into_iter().collect(),
        greeting: rng.chance(0.8).then(|| Micros::from_secs(rng.below(20))),
        wrap_up: Micros::from_secs(rng.below(60)),
        short_abandon: Micros::from_secs(rng.below(10)),
        stages: any_stages(rng),
        expected_talk: Micros::from_secs(30 + rng.below(300)),
        tells_wait: rng.chance(0.7),
        from_partner,
        ..LineRules::plain(queue, TimetableId(0))
    };
    LineRules {
        local: (leads && ways.switchboards > 0 && rng.chance(0.4)).then(|| LocalFirst {
            switchboard: SwitchboardId(rng.below(ways.switchboards as u64) as u16),
            ring: Micros::from_secs(rng.below(30)),
        }),
        overflow: (leads && ways.partners > 0 && !from_partner && rng.chance(0.6))
            .then(|| any_overflow(rng, ways.partners)),
        callback: (leads && rng.chance(0.5)).then(|| CallbackRules {
            attempts: 1 + rng.below(5) as u8,
            retry_after: Micros::from_secs(rng.below(900)),
            expires_after: Micros::from_secs(60 + rng.below(7200)),
            ring: Micros::from_secs(5 + rng.below(60)),
            first: if rng.chance(0.5) { First::Agent } else { First::Caller },
        }),
        ..line
    }
}

fn any_stages(rng: &mut Rng) -> Vec<Stage> {
    let count = rng.below(4);
    let stage = |number: u64, rng: &mut Rng| Stage {
        after: Micros::from_secs(number * (1 + rng.below(15)) + number * number * 15),
        teams: (0..3).map(TeamId).filter(|_| rng.chance(0.4)).collect(),
    };
    (0..count).map(|number| stage(number, rng)).collect()
}

fn any_overflow(rng: &mut Rng, partners: usize) -> Overflow {
    let reach = if rng.chance(0.7) { Reach::SecondLeg } else { Reach::Deflect };
    Overflow {
        partner: PartnerId(rng.below(partners as u64) as u16),
        reach,
        waited: rng.chance(0.7).then(|| Micros::from_secs(rng.below(60))),
        predicted: rng.chance(0.4).then(|| Micros::from_secs(rng.below(300))),
        calendar: rng.chance(0.3).then_some(TimetableId(1)),
        nobody_signed_on: rng.chance(0.5),
        closed: rng.chance(0.5),
        no_channel: reach == Reach::Deflect && rng.chance(0.7),
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
    let skills: Vec<SkillNeed> = skills.collect();
    let shift = rng.chance(0.5).then_some(TimetableId(0));
    AgentRules { skills, team: TeamId(rng.below(3) as u16), shift }
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
        call_back: rng.unit(),
        reached: rng.unit(),
        impatient: rng.unit() * 0.5,
        asks_information: rng.unit() * 0.5,
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

/// Open every day from one second to another.
fn timetable(opens: i64, closes: i64) -> Timetable {
    let horizon = Interval {
        from: Timestamp::from_secs(-DAY),
        until: Timestamp::from_secs((DAYS + 1) * DAY),
    };
    let open = (0..DAYS).map(|day| Interval {
        from: Timestamp::from_secs(day * DAY + opens),
        until: Timestamp::from_secs(day * DAY + closes),
    });
    Timetable::new(horizon, open.collect()).expect("sorted, apart and within the horizon")
}
