// SPDX-License-Identifier: EUPL-1.2
//! Teams of one month, merged until nobody stands alone.
//!
//! The rule to keep: the order of merging does not depend on the smallest size, which only says when it
//! ends. So a larger size never cuts through a group of a smaller one, and a report from before the
//! size was changed reveals nothing beside one from after.

use alloc::vec;
use alloc::vec::Vec;
use stdx::TeamId;
use stdx::limits::SMALLEST_GROUP_MIN;

/// The fewest agents that a group may have of whom anything is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SmallestGroup(u16);

impl SmallestGroup {
    /// Five, unless the staff council agrees on another size. No law names a number; with five, who
    /// subtracts their own figure and guesses a colleague's still sees three together.
    pub const USUAL: SmallestGroup = SmallestGroup(5);

    /// The size that was agreed on; none below [`SMALLEST_GROUP_MIN`].
    #[must_use]
    pub const fn agreed(agents: u16) -> Option<SmallestGroup> {
        if agents < SMALLEST_GROUP_MIN { None } else { Some(SmallestGroup(agents)) }
    }

    /// In agents.
    #[must_use]
    pub const fn agents(self) -> u16 {
        self.0
    }
}

/// Teams that are shown together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// In the order of their ids, at least one.
    pub teams: Vec<TeamId>,
    /// So many agents of them worked in the month; in a report of several months, in the one with the
    /// fewest of those in which anybody of them worked.
    pub agents: u32,
}

impl Group {
    /// What is compared first when groups are merged: the smallest, then the one with the lowest team.
    fn rank(&self) -> (u32, TeamId) {
        (self.agents, self.teams[0])
    }

    fn join(&mut self, other: Group) {
        self.teams.extend(other.teams);
        self.teams.sort_unstable();
        self.agents += other.agents;
    }
}

/// The groups of one month, in the order of their lowest team: a partition of the teams in which
/// everybody has at least the smallest size. Empty, so that nothing is shown, if all teams together
/// have fewer agents.
///
/// `counts` are the agents who worked in the month, by team in the order of [`TeamId`]; each agent counts
/// in one team. The smallest group joins the next smallest until none is too small; of equals the one
/// with the lower team comes first. Teams in which nobody worked then join the smallest silently.
///
/// # Panics
/// If there are more teams than a [`TeamId`] can count.
#[must_use]
pub fn merged(counts: &[u16], smallest: SmallestGroup) -> Vec<Group> {
    let alone = |(index, &agents): (usize, &u16)| Group {
        teams: vec![team(index)],
        agents: u32::from(agents),
    };
    let (idle, at_work): (Vec<Group>, Vec<Group>) =
        counts.iter().enumerate().map(alone).partition(|group| group.agents == 0);
    let groups = merge(at_work, smallest);
    // Only one that is alone can still be too small: then everybody together is.
    match groups.first() {
        Some(group) if group.agents >= smallest.0.into() => with_idle(groups, idle),
        Some(_) | None => Vec::new(),
    }
}

/// Merges the two smallest until the smallest is large enough or alone; it stands first.
fn merge(mut groups: Vec<Group>, smallest: SmallestGroup) -> Vec<Group> {
    loop {
        groups.sort_unstable_by_key(Group::rank);
        if groups.len() < 2 || groups[0].agents >= smallest.0.into() {
            return groups;
        }
        let small = groups.remove(0);
        groups[0].join(small);
    }
}

/// The groups with the teams in which nobody worked, in the order of their lowest team. Alone, such a team
/// would tell of each of its members that they were away.
pub(crate) fn with_idle(mut groups: Vec<Group>, idle: Vec<Group>) -> Vec<Group> {
    if let Some(smallest) = groups.iter_mut().min_by_key(|group| group.rank()) {
        for group in idle {
            smallest.join(group);
        }
    }
    groups.sort_unstable_by_key(|group| group.teams[0]);
    groups
}

/// The team at this position.
pub(crate) fn team(index: usize) -> TeamId {
    TeamId(u16::try_from(index).expect("a configuration has at most TEAMS_MAX teams"))
}
