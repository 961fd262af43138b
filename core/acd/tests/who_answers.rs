// SPDX-License-Identifier: EUPL-1.2
//! Which agent is asked: required skills at their level, preferred ones by the sum of levels,
//! among equals the longest idle.

use acd::{AgentRules, Fit, LaneId, Lanes, LineRules, ReadyAgents, SkillNeed, Stage};
use proptest::prelude::*;
use stdx::{AgentId, Micros, QueueId, SkillId, TeamId, Tick, TimetableId};

const CITIZENS: SkillId = SkillId(0);
const BUILDING: SkillId = SkillId(1);
const LOW_GERMAN: SkillId = SkillId(2);

fn agent(skills: &[(SkillId, u8)]) -> AgentRules {
    let skills = skills.iter().map(|&(skill, level)| SkillNeed { skill, level }).collect();
    AgentRules { team: TeamId(0), skills, shift: None }
}

fn line(required: &[(SkillId, u8)], preferred: &[SkillId]) -> LineRules {
    LineRules {
        required: required.iter().map(|&(skill, level)| SkillNeed { skill, level }).collect(),
        preferred: preferred.to_vec(),
        ..LineRules::plain(Some(QueueId(0)), TimetableId(0))
    }
}

fn ready_agents(agents: &[AgentRules], lines: &[LineRules]) -> ReadyAgents {
    ReadyAgents::new(agents, &Lanes::of(lines))
}

/// How well an agent suits a line; none if not at all.
fn fit(agent: &AgentRules, line: &LineRules) -> Option<Fit> {
    let ready = ready_agents(std::slice::from_ref(agent), std::slice::from_ref(line));
    ready.lanes(AgentId(0)).first().map(|&(_, fit)| fit)
}

#[test]
fn lines_that_ask_for_the_same_share_their_lane() {
    let plain = line(&[(BUILDING, 2)], &[CITIZENS]);
    let staged = Stage { after: Micros::ZERO, teams: vec![TeamId(1)] };
    let lines = [
        plain.clone(),
        LineRules { priority: 2, greeting: Some(Micros::from_secs(4)), ..plain.clone() },
        LineRules { stages: vec![staged], ..plain.clone() },
        line(&[(BUILDING, 3)], &[CITIZENS]),
    ];
    let lanes = Lanes::of(&lines);
    let of = |id| lanes.widest(stdx::LineId(id));
    assert_eq!(of(0), of(1));
    assert!(of(0) != of(2) && of(2) != of(3) && of(0) != of(3));
    assert_eq!(lanes.count(), 3);
}

#[test]
fn stages_widen_who_is_asked_and_never_narrow() {
    let of_team = |team| AgentRules { team: TeamId(team), ..agent(&[]) };
    let stage = |after, teams: &[u16]| Stage {
        after: Micros::from_secs(after),
        teams: teams.iter().copied().map(TeamId).collect(),
    };
    let stages = vec![stage(0, &[1]), stage(20, &[2]), stage(60, &[])];
    let lines = [line(&[], &[]), LineRules { stages, ..line(&[], &[]) }];
    let lanes = Lanes::of(&lines);
    let agents = [of_team(0), of_team(1), of_team(2)];
    let mut ready = ReadyAgents::new(&agents, &lanes);
    for id in (0..).map(AgentId).take(agents.len()) {
        ready.come(id);
    }
    let there = |stage| ready.signed_on(lanes.lane(stdx::LineId(1), stage));
    assert_eq!([there(0), there(1), there(2)], [1, 2, 3]);
    assert_eq!(lanes.widest(stdx::LineId(1)), lanes.lane(stdx::LineId(1), 2));
    // The stage at which everybody is asked is the other line's lane.
    assert_eq!(lanes.count(), 3);
    ready.add(AgentId(2), Tick(1));
    assert_eq!(ready.best(lanes.lane(stdx::LineId(1), 0)), None, "not asked yet");
    assert_eq!(ready.best(lanes.lane(stdx::LineId(1), 1)), Some(AgentId(2)));
    assert_eq!(ready.best(lanes.lane(stdx::LineId(1), 2)), Some(AgentId(2)));
}

#[test]
fn other_skills_for_today_are_other_lanes() {
    let lines = [line(&[(BUILDING, 2)], &[]), line(&[], &[])];
    let lanes = Lanes::of(&lines);
    let mut ready = ReadyAgents::new(&[agent(&[]), agent(&[])], &lanes);
    assert_eq!(ready.kinds().len(), 1);
    for round in 0..100 {
        let skills: &[_] = if round % 2 == 0 { &[(BUILDING, 2)] } else { &[] };
        ready.learn(AgentId(0), &agent(skills), &lanes);
        assert_eq!(ready.serves(AgentId(0), LaneId(0)), round % 2 == 0);
        assert!(ready.kinds().len() <= 4, "kinds that nobody is are forgotten");
    }
    assert_eq!(ready.kind(AgentId(0)), ready.kind(AgentId(1)));
}

#[test]
fn a_line_without_demands_is_served_by_everybody() {
    assert_eq!(fit(&agent(&[]), &line(&[], &[])), Some(Fit(0)));
}

#[test]
fn a_required_skill_counts_only_at_its_level() {
    let building = line(&[(BUILDING, 3)], &[]);
    for (level, serves) in [(2, false), (3, true), (4, true)] {
        let found = fit(&agent(&[(BUILDING, level)]), &building).is_some();
        assert_eq!(found, serves, "level {level}");
    }
    assert_eq!(fit(&agent(&[(CITIZENS, 9)]), &building), None, "another skill is no substitute");
}

#[test]
fn every_required_skill_is_required() {
    let both = line(&[(CITIZENS, 1), (BUILDING, 2)], &[]);
    assert_eq!(fit(&agent(&[(CITIZENS, 9), (BUILDING, 1)]), &both), None);
    assert_eq!(fit(&agent(&[(CITIZENS, 1), (BUILDING, 2)]), &both), Some(Fit(0)));
}

#[test]
fn preferred_skills_add_up_and_their_absence_excludes_nobody() {
    let liked = line(&[(CITIZENS, 1)], &[BUILDING, LOW_GERMAN]);
    assert_eq!(fit(&agent(&[(CITIZENS, 1)]), &liked), Some(Fit(0)));
    assert_eq!(fit(&agent(&[(CITIZENS, 1), (BUILDING, 4)]), &liked), Some(Fit(4)));
    let best = agent(&[(CITIZENS, 1), (BUILDING, 4), (LOW_GERMAN, 3)]);
    assert_eq!(fit(&best, &liked), Some(Fit(7)));
}

#[test]
fn a_required_skill_is_no_liking_unless_preferred_too() {
    let both = line(&[(BUILDING, 2)], &[BUILDING]);
    assert_eq!(fit(&agent(&[(BUILDING, 5)]), &both), Some(Fit(5)));
}

#[test]
fn the_better_suited_goes_before_the_longer_idle() {
    let lines = [line(&[], &[BUILDING])];
    let mut ready = ready_agents(&[agent(&[]), agent(&[(BUILDING, 1)])], &lines);
    ready.add(AgentId(0), Tick(1));
    ready.add(AgentId(1), Tick(2));
    assert_eq!(ready.best(LaneId(0)), Some(AgentId(1)));
}

#[test]
fn among_equals_the_longest_idle_is_asked_and_then_the_first_of_the_list() {
    let lines = [line(&[], &[])];
    let mut ready = ready_agents(&[agent(&[]), agent(&[]), agent(&[])], &lines);
    ready.add(AgentId(0), Tick(9));
    ready.add(AgentId(2), Tick(5));
    ready.add(AgentId(1), Tick(5));
    assert_eq!(ready.best(LaneId(0)), Some(AgentId(1)));
    ready.remove(AgentId(1), Tick(5));
    assert_eq!(ready.best(LaneId(0)), Some(AgentId(2)));
    ready.remove(AgentId(2), Tick(5));
    assert_eq!(ready.best(LaneId(0)), Some(AgentId(0)));
    ready.remove(AgentId(0), Tick(9));
    assert_eq!(ready.best(LaneId(0)), None);
}

#[test]
fn an_agent_stands_only_at_the_lines_with_the_skills_for_it() {
    let lines = [line(&[(CITIZENS, 1)], &[]), line(&[(BUILDING, 1)], &[CITIZENS])];
    let mut ready = ready_agents(&[agent(&[(CITIZENS, 2)])], &lines);
    assert_eq!(ready.lanes(AgentId(0)), [(LaneId(0), Fit(0))]);
    ready.add(AgentId(0), Tick(0));
    assert_eq!(ready.best(LaneId(1)), None);
    assert!(ready.contains(AgentId(0), Tick(0)));
    assert!(!ready.contains(AgentId(0), Tick(1)));
}

fn any_skills() -> impl Strategy<Value = Vec<(SkillId, u8)>> {
    prop::collection::btree_map(0..3u16, 1..5u8, 0..=3)
        .prop_map(|skills| skills.into_iter().map(|(id, level)| (SkillId(id), level)).collect())
}

fn any_line() -> impl Strategy<Value = LineRules> {
    let preferred = prop::collection::btree_set(0..3u16, 0..=2);
    (any_skills(), preferred).prop_map(|(required, preferred)| {
        let preferred: Vec<SkillId> = preferred.into_iter().map(SkillId).collect();
        line(&required[..required.len().min(1)], &preferred)
    })
}

/// The best by asking everybody in turn: nobody else is better, or as good and idle for longer.
fn best_by_hand(agents: &[AgentRules], line: &LineRules, idle: &[Option<Tick>]) -> Option<AgentId> {
    let mut best: Option<(i32, Tick, AgentId)> = None;
    for ((agent, since), id) in agents.iter().zip(idle).zip(0..) {
        let Some(since) = *since else { continue };
        let level = |skill| {
            agent.skills.iter().filter(|has| has.skill == skill).map(|has| has.level).sum::<u8>()
        };
        if line.required.iter().any(|need| level(need.skill) < need.level) {
            continue;
        }
        let liking: i32 = line.preferred.iter().map(|&skill| i32::from(level(skill))).sum();
        let candidate = (-liking, since, AgentId(id));
        if best.is_none_or(|best| candidate < best) {
            best = Some(candidate);
        }
    }
    best.map(|(_, _, agent)| agent)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn the_best_agent_is_the_one_found_by_asking_everybody(
        skills in prop::collection::vec(any_skills(), 5),
        lines in prop::collection::vec(any_line(), 3),
        toggles in prop::collection::vec((0..5usize, 0..4u64), 1..40),
    ) {
        let agents: Vec<AgentRules> = skills.iter().map(|skills| agent(skills)).collect();
        let lanes = Lanes::of(&lines);
        let mut ready = ready_agents(&agents, &lines);
        let mut idle: Vec<Option<Tick>> = vec![None; agents.len()];
        for (who, since) in toggles {
            let id = AgentId(u16::try_from(who).expect("five agents"));
            match idle[who].take() {
                Some(since) => ready.remove(id, since),
                None => {
                    ready.add(id, Tick(since));
                    idle[who] = Some(Tick(since));
                }
            }
            for (line, id) in lines.iter().zip(0..) {
                let lane = lanes.widest(stdx::LineId(id));
                prop_assert_eq!(ready.best(lane), best_by_hand(&agents, line, &idle));
            }
        }
    }
}
