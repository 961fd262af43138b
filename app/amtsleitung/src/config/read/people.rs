// SPDX-License-Identifier: EUPL-1.2
//! Skills, teams and agents.

use super::bench::ReadBench;
use super::{opening, ways};
use crate::config::county::{Agent, Line, Skill, SkillLevel, Team};
use crate::config::problem::{PlanProblem, Problem};
use crate::config::reader::{At, Fields, Reader};
use crate::config::schema::Kind;
use stdx::limits::SKILL_LEVEL_MAX;
use stdx::{SkillId, TeamId};

pub(super) fn skills(reader: &mut Reader<'_>, tables: &[Fields<'_, '_>]) -> Vec<Skill> {
    let mut skills = Vec::new();
    for (index, fields) in tables.iter().enumerate() {
        let name = reader.name(fields);
        skills.push(Skill { id: reader.id_of(Kind::Skill, index), name });
    }
    skills
}

pub(super) fn teams(reader: &mut Reader<'_>, tables: &[Fields<'_, '_>]) -> Vec<Team> {
    let mut teams = Vec::new();
    for (index, fields) in tables.iter().enumerate() {
        let name = reader.name(fields);
        let site = reader.reference(fields, "site", Kind::Site);
        teams.push(Team { id: reader.id_of(Kind::Team, index), name, site });
    }
    teams
}

/// The agents; those whose shift cannot be read are `None`.
pub(super) fn agents(reader: &mut Reader<'_>, tables: &[Fields<'_, '_>]) -> Vec<Option<Agent>> {
    let mut agents = Vec::new();
    for (index, fields) in tables.iter().enumerate() {
        let id = reader.id_of(Kind::Agent, index);
        let team = reader.reference(fields, "team", Kind::Team);
        reader.required(fields, "skills");
        let skills = skill_levels(reader, fields, "skills");
        let shift = opening::rules(reader, fields, "shift");
        let skills = skills.into_iter().map(|(_, level)| level).collect();
        let in_force = ways::in_force(reader, fields);
        let team = TeamId(short(team));
        let agent = shift.map(|shift| Agent { id, team, skills, shift, in_force });
        agents.push(agent);
    }
    agents
}

/// A table of skills and levels, sorted by skill, each with its place.
pub(super) fn skill_levels(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    key: &'static str,
) -> Vec<(usize, SkillLevel)> {
    let levels = reader.levels(fields, key, Kind::Skill, 1..=i64::from(SKILL_LEVEL_MAX));
    let mut levels: Vec<(usize, SkillLevel)> = levels
        .into_iter()
        .map(|(At { at, value }, level)| (at, SkillLevel { skill: SkillId(short(value)), level }))
        .collect();
    levels.sort_by_key(|(_, level)| level.skill);
    levels
}

/// An index as ids of `core` have it; lists are shorter than that, what is unknown stays beyond them.
pub(super) fn short(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

/// A team without agents is a slip, or left over.
pub(super) fn check_teams(
    reader: &mut Reader<'_>,
    (agents, bench): (&[Option<Agent>], &ReadBench),
) {
    let is_broken = bench.incomplete || reader.is_broken(Kind::Agent);
    if is_broken || agents.iter().any(Option::is_none) {
        return;
    }
    let of_bench = bench.bench.iter().map(|bench| bench.team.index());
    let used: std::collections::BTreeSet<usize> =
        agents.iter().flatten().map(|agent| agent.team.index()).chain(of_bench).collect();
    let teams = reader.ids.get(&Kind::Team).map_or(0, |ids| ids.names.len());
    for team in (0..teams).filter(|team| !used.contains(team)) {
        let problem = PlanProblem::TeamEmpty { team: reader.id_of(Kind::Team, team) };
        reader.note(reader.place_of(Kind::Team, team), Problem::Plan(problem));
    }
}

/// A skill that nobody has is a slip, or left over; if a line asks for it, that is said there.
pub(super) fn check_skills(
    reader: &mut Reader<'_>,
    (agents, bench): (&[Option<Agent>], &ReadBench),
    lines: &[Option<Line>],
) {
    let is_broken =
        bench.incomplete || reader.is_broken(Kind::Agent) || reader.is_broken(Kind::Line);
    if is_broken || agents.iter().any(Option::is_none) || lines.iter().any(Option::is_none) {
        return;
    }
    let of_agents = agents.iter().flatten().flat_map(|agent| &agent.skills);
    let of_bench = bench.bench.iter().flat_map(|bench| &bench.skills);
    let had = of_agents.chain(of_bench).map(|has| has.skill);
    let asked = lines.iter().flatten().filter_map(Line::service).flat_map(|service| {
        let required = service.required.iter().map(|needs| needs.skill);
        required.chain(service.preferred.iter().copied())
    });
    let known: std::collections::BTreeSet<usize> =
        had.chain(asked).map(|skill| skill.index()).collect();
    let skills = reader.ids.get(&Kind::Skill).map_or(0, |ids| ids.names.len());
    for skill in (0..skills).filter(|skill| !known.contains(skill)) {
        let problem = PlanProblem::SkillUnused { skill: reader.id_of(Kind::Skill, skill) };
        reader.note(reader.place_of(Kind::Skill, skill), Problem::Plan(problem));
    }
}
