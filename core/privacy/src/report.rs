// SPDX-License-Identifier: EUPL-1.2
//! What a report says of agents' work, and why it says nothing.

use crate::groups::{Group, SmallestGroup, merged, team, with_idle};
use alloc::vec::Vec;

/// One local calendar month, as a report sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month<'a> {
    /// Agents who signed on at least once, by team in the order of [`stdx::TeamId`]; each in one team. A team
    /// that is missing at the end had nobody. Final when the month is over.
    pub agents: &'a [u16],
    /// Whether its last local day is over.
    pub is_over: bool,
}

/// From when until when a report goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span<'a> {
    /// Exactly these months, from the first local day to the last.
    WholeMonths(&'a [Month<'a>]),
    /// It begins or ends within a month.
    PartsOfMonths,
}

/// Over whom a report goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Covers {
    /// All lines.
    WholeCentre,
    /// Some lines, or those of a client.
    SomeLines,
}

/// A report that somebody asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report<'a> {
    /// From when until when.
    pub span: Span<'a>,
    /// Over whom.
    pub covers: Covers,
}

/// Why nothing is shown of agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hidden {
    /// Working times belong to the whole centre: by line or client they would tell on which calls
    /// somebody spent the day.
    NotWholeCentre,
    /// Two reports that differ by one day differ by who worked on that day.
    NotWholeMonths,
    /// The month still goes on: tomorrow's report would differ by one day. Nor are its groups known yet.
    NotOver,
    /// In one of the months all agents together were fewer than the smallest size. That month is not
    /// left out of the rest: a longer report less the others would give it away.
    TooFew,
}

/// The groups whose working times a report shows, or why it shows none.
///
/// # Errors
/// With the first reason that applies, in the order of [`Hidden`].
pub fn working_times(report: Report<'_>, smallest: SmallestGroup) -> Result<Vec<Group>, Hidden> {
    match report {
        Report { covers: Covers::SomeLines, .. } => Err(Hidden::NotWholeCentre),
        Report { span: Span::PartsOfMonths, .. } => Err(Hidden::NotWholeMonths),
        Report { span: Span::WholeMonths(months), covers: Covers::WholeCentre } => {
            answering_groups(months, smallest)
        }
    }
}

/// The groups by which a report names who answered a contact, or why it only says that somebody of the
/// centre did. Whatever lines and days the report is about: `months` are those that it touches.
///
/// Each group is made of whole groups of every month, so it never cuts one of theirs. A month in which
/// nobody worked decides nothing. A team that never worked joins the smallest group silently.
///
/// # Errors
/// [`Hidden::NotOver`] if one of the months goes on; [`Hidden::TooFew`] if in one of them fewer agents
/// than the smallest size worked, or in all of them nobody.
pub fn answering_groups(
    months: &[Month<'_>],
    smallest: SmallestGroup,
) -> Result<Vec<Group>, Hidden> {
    if months.iter().any(|month| !month.is_over) {
        return Err(Hidden::NotOver);
    }
    let teams = months.iter().map(|month| month.agents.len()).max().unwrap_or(0);
    let mut joined: Vec<usize> = (0..teams).collect();
    for month in months.iter().filter(|month| has_agents(month)) {
        let groups = merged(month.agents, smallest);
        if groups.is_empty() {
            return Err(Hidden::TooFew);
        }
        for group in &groups {
            join_who_worked(&mut joined, month, group);
        }
    }
    let groups = collect(&joined, months);
    if groups.is_empty() { Err(Hidden::TooFew) } else { Ok(groups) }
}

fn has_agents(month: &Month<'_>) -> bool {
    month.agents.iter().any(|&agents| agents > 0)
}

fn agents_of(month: &Month<'_>, index: usize) -> u32 {
    month.agents.get(index).copied().unwrap_or(0).into()
}

/// Joins the teams of a month's group, each named by its lowest. One in which nobody worked adds nothing
/// to the group's figures, so it may stand apart when it works in another month.
fn join_who_worked(joined: &mut [usize], month: &Month<'_>, group: &Group) {
    let mut worked =
        group.teams.iter().map(|team| team.index()).filter(|&index| agents_of(month, index) > 0);
    let Some(first) = worked.next() else { return };
    for index in worked {
        let (one, other) = (joined[first], joined[index]);
        for name in joined.iter_mut().filter(|name| **name == one || **name == other) {
            *name = one.min(other);
        }
    }
}

/// The joined teams as groups.
fn collect(joined: &[usize], months: &[Month<'_>]) -> Vec<Group> {
    let (idle, at_work): (Vec<Group>, Vec<Group>) = (0..joined.len())
        .filter(|&name| joined[name] == name)
        .map(|name| group_of(joined, name, months))
        .partition(|group| group.agents == 0);
    with_idle(at_work, idle)
}

fn group_of(joined: &[usize], name: usize, months: &[Month<'_>]) -> Group {
    let members = || (0..joined.len()).filter(|&index| joined[index] == name);
    let in_month = |month| members().map(|index| agents_of(month, index)).sum::<u32>();
    Group {
        teams: members().map(team).collect(),
        agents: months.iter().map(in_month).filter(|&agents| agents > 0).min().unwrap_or(0),
    }
}
