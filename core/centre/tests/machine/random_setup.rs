// SPDX-License-Identifier: EUPL-1.2
//! A centre with rules drawn by chance, small enough that everything collides.
//!
//! The rule to keep: every rule there is appears often, but for those that ask the estimate.

use acd::{
    AgentRules, CallbackRules, CentreRules, CrisisPlan, First, LineRules, LocalFirst, Overflow,
    PartnerRules, QueueRules, Reach, SkillNeed, Stage, SwitchboardRules,
};
use calendar::{Interval, Timetable};
use centre::Setup;
use stdx::{
    AgentId, LineId, Micros, PartnerId, PlanId, QueueId, Rng, SkillId, SwitchboardId, TeamId,
    Timestamp, TimetableId, TrunkId,
};

/// When every day begins.
pub(crate) const BEGIN: Timestamp = Timestamp::from_secs(1_388_534_400);

/// How many there are of what a line may refer to.
struct Counts {
    queues: u64,
    partners: u64,
    switchboards: u64,
    plans: u64,
}

pub(crate) fn any_centre(seed: u64) -> Setup {
    let mut rng = Rng::new(seed).split(1);
    let rng = &mut rng;
    let queues: Vec<QueueRules> = (0..1 + rng.below(3)).map(|_| any_queue(rng)).collect();
    let trunks: Vec<u32> = (0..rng.below(3)).map(|_| pick(rng, &[0, 1, 2, 5, 30])).collect();
    let trunk_count = trunks.len() as u64;
    let partners: Vec<PartnerRules> =
        (0..rng.below(3)).map(|_| any_partner(rng, trunk_count)).collect();
    let switchboards: Vec<SwitchboardRules> = (0..rng.below(3))
        .map(|_| SwitchboardRules {
            timetable: any_timetable(rng),
            trunk: any_trunk(rng, trunk_count),
        })
        .collect();
    let counts = Counts {
        queues: queues.len() as u64,
        partners: partners.len() as u64,
        switchboards: switchboards.len() as u64,
        plans: rng.below(3),
    };
    let lines: Vec<LineRules> = (0..2 + rng.below(4)).map(|_| any_line(rng, &counts)).collect();
    let agents: Vec<AgentRules> = (0..1 + rng.below(6))
        .map(|_| AgentRules {
            team: TeamId(pick(rng, &[0, 1, 2])),
            skills: any_skills(rng),
            shift: rng.chance(0.3).then(|| any_timetable(rng)),
        })
        .collect();
    let (line_count, agent_count) = (lines.len() as u64, agents.len() as u64);
    let plans = (0..counts.plans).map(|_| any_plan(rng, line_count, agent_count)).collect();
    let rules = CentreRules {
        head_start: secs(rng, &[0, 10, 60]),
        no_answer_pause: secs(rng, &[0, 10, 90]),
        decline_pause: secs(rng, &[0, 10, 45]),
        place_kept: secs(rng, &[0, 60]),
    };
    Setup {
        rules,
        lines,
        queues,
        agents,
        timetables: timetables(),
        partners,
        switchboards,
        trunks,
        plans,
    }
}

fn pick<T: Copy>(rng: &mut Rng, of: &[T]) -> T {
    of[rng.below(of.len() as u64) as usize]
}

fn secs(rng: &mut Rng, of: &[u64]) -> Micros {
    Micros::from_secs(pick(rng, of))
}

fn any_of(rng: &mut Rng, count: u64) -> Option<u16> {
    (count > 0).then(|| rng.below(count) as u16)
}

fn any_queue(rng: &mut Rng) -> QueueRules {
    QueueRules {
        ring: secs(rng, &[1, 5, 20, 20]),
        length_max: pick(rng, &[0, 1, 3, 6, 6, 20, 20]),
        waiting_max: secs(rng, &[0, 10, 60, 60, 300, 300]),
    }
}

fn any_timetable(rng: &mut Rng) -> TimetableId {
    TimetableId(pick(rng, &[0, 0, 0, 0, 0, 1, 1, 2, 3]))
}

fn any_trunk(rng: &mut Rng, trunks: u64) -> Option<TrunkId> {
    let trunk = any_of(rng, trunks).map(TrunkId);
    trunk.filter(|_| rng.chance(0.5))
}

fn any_partner(rng: &mut Rng, trunks: u64) -> PartnerRules {
    PartnerRules {
        timetable: any_timetable(rng),
        capacity: pick(rng, &[0, 1, 1, 3, 10]),
        ring: secs(rng, &[1, 10, 30]),
        pause: secs(rng, &[0, 5, 30]),
        trunk: any_trunk(rng, trunks),
    }
}

fn any_plan(rng: &mut Rng, lines: u64, agents: u64) -> CrisisPlan {
    let concerned = (0..lines).map(|line| LineId(line as u16));
    let lines = concerned.filter(|_| rng.chance(0.6)).collect();
    CrisisPlan {
        lines,
        announcement: rng.chance(0.4).then(|| secs(rng, &[0, 5, 20])),
        information: rng.chance(0.7),
        length_max: rng.chance(0.3).then(|| pick(rng, &[0, 2, 30])),
        waiting_max: rng.chance(0.3).then(|| secs(rng, &[0, 20, 600])),
        // Also the same one twice.
        helpers: (0..rng.below(4)).map(|_| AgentId(rng.below(agents) as u16)).collect(),
        lasts: secs(rng, &[20, 180, 3_600]),
    }
}

fn any_line(rng: &mut Rng, counts: &Counts) -> LineRules {
    let queue = rng.chance(0.9).then(|| QueueId(rng.below(counts.queues) as u16));
    let required = if rng.chance(0.25) { any_skills(rng) } else { vec![] };
    let greeting = rng.chance(0.5).then(|| secs(rng, &[0, 5, 10, 40]));
    let plain = LineRules {
        priority: pick(rng, &[0, 0, 1, 2]),
        required,
        preferred: (0..rng.below(3)).map(|skill| SkillId(skill as u16)).collect(),
        greeting,
        wrap_up: secs(rng, &[0, 0, 10, 40]),
        short_abandon: secs(rng, &[0, 5]),
        stages: if rng.chance(0.4) { any_stages(rng) } else { vec![] },
        expected_talk: secs(rng, &[1, 30, 180, 3_600]),
        only_in: any_of(rng, counts.plans).filter(|_| rng.chance(0.15)).map(PlanId),
        ..LineRules::plain(queue, any_timetable(rng))
    };
    if queue.is_some() { with_ways(rng, counts, plain) } else { plain }
}

/// What only a line with a queue may have.
fn with_ways(rng: &mut Rng, counts: &Counts, plain: LineRules) -> LineRules {
    let switchboard = any_of(rng, counts.switchboards).filter(|_| rng.chance(0.5));
    let partner = any_of(rng, counts.partners).filter(|_| rng.chance(0.7));
    LineRules {
        local: switchboard
            .map(|it| LocalFirst { switchboard: SwitchboardId(it), ring: secs(rng, &[0, 5, 20]) }),
        overflow: partner.map(|it| any_overflow(rng, PartnerId(it))),
        from_partner: partner.is_none() && rng.chance(0.2),
        callback: rng.chance(0.5).then(|| CallbackRules {
            attempts: pick(rng, &[1, 2, 3]),
            retry_after: secs(rng, &[0, 10, 60]),
            expires_after: secs(rng, &[0, 60, 600, 3_600]),
            ring: secs(rng, &[1, 10, 30]),
            first: pick(rng, &[First::Agent, First::Caller]),
        }),
        ..plain
    }
}

fn any_overflow(rng: &mut Rng, partner: PartnerId) -> Overflow {
    let reach = pick(rng, &[Reach::SecondLeg, Reach::Deflect]);
    Overflow {
        partner,
        reach,
        waited: rng.chance(0.5).then(|| secs(rng, &[0, 10, 40])),
        predicted: None,
        calendar: rng.chance(0.25).then(|| TimetableId(pick(rng, &[1, 2]))),
        nobody_signed_on: rng.chance(0.5),
        closed: rng.chance(0.5),
        no_channel: reach == Reach::Deflect && rng.chance(0.7),
    }
}

fn any_stages(rng: &mut Rng) -> Vec<Stage> {
    let mut after = Micros::ZERO;
    let mut stages = Vec::new();
    for _ in 0..1 + rng.below(4) {
        let teams = (0..4).map(TeamId).filter(|_| rng.chance(0.4)).collect();
        stages.push(Stage { after, teams });
        after += secs(rng, &[5, 20, 60]);
    }
    stages
}

fn any_skills(rng: &mut Rng) -> Vec<SkillNeed> {
    let has: Vec<SkillId> = (0..3).map(SkillId).filter(|_| rng.chance(0.5)).collect();
    has.into_iter().map(|skill| SkillNeed { skill, level: pick(rng, &[1, 2, 3]) }).collect()
}

/// Always open; open and closed by turns of ten minutes; ended after five hours; never open.
fn timetables() -> Vec<Timetable> {
    let from = |minutes: u64| BEGIN + Micros::from_mins(minutes);
    let span = |a: u64, b: u64| Interval { from: from(a), until: from(b) };
    let long = Interval { from: BEGIN - Micros::from_mins(600_000), until: from(6_000_000) };
    let turns = (0..2_000).map(|turn| span(20 * turn, 20 * turn + 10)).collect();
    vec![
        Timetable::always(long).expect("a horizon"),
        Timetable::new(span(0, 40_000), turns).expect("turns lie apart"),
        Timetable::always(span(0, 300)).expect("a horizon"),
        Timetable::new(long, vec![]).expect("a horizon"),
    ]
}
