// SPDX-License-Identifier: EUPL-1.2
//! Teams of one month: who is shown with whom.

use privacy::{Group, SmallestGroup, merged};
use proptest::prelude::*;

fn size(agents: u16) -> SmallestGroup {
    SmallestGroup::agreed(agents).expect("three at least")
}

/// The groups as text: teams of each and how many worked.
fn shown(counts: &[u16], smallest: u16) -> String {
    let text = |group: &Group| {
        let teams: Vec<String> = group.teams.iter().map(|team| team.0.to_string()).collect();
        format!("{}: {}", teams.join("+"), group.agents)
    };
    merged(counts, size(smallest)).iter().map(text).collect::<Vec<_>>().join(", ")
}

#[test]
fn teams_are_merged_as_the_table_says() {
    let table: [(&[u16], u16, &str); 13] = [
        (&[5, 7, 9], 5, "0: 5, 1: 7, 2: 9"),
        // The small one joins the smallest other, not its neighbour.
        (&[2, 9, 6], 5, "0+2: 8, 1: 9"),
        // Never left out, though the others alone are large enough: the total stands beside.
        (&[1, 20, 30], 5, "0+1: 21, 2: 30"),
        // Two small ones help each other.
        (&[3, 2, 8], 5, "0+1: 5, 2: 8"),
        (&[2, 2, 8], 5, "0+1+2: 12"),
        (&[4, 4, 4, 4], 5, "0+1: 8, 2+3: 8"),
        // Everybody together is enough, just so.
        (&[1, 2, 2], 5, "0+1+2: 5"),
        (&[1, 2, 1], 5, ""),
        (&[4], 5, ""),
        (&[], 5, ""),
        // Nobody worked there: neither named alone nor counted.
        (&[0, 6, 0, 5], 5, "0+2+3: 5, 1: 6"),
        (&[0, 0], 5, ""),
        (&[2, 3, 4], 3, "0+1: 5, 2: 4"),
    ];
    for (counts, smallest, expected) in table {
        assert_eq!(shown(counts, smallest), expected, "{counts:?}, at least {smallest}");
    }
}

#[test]
fn no_size_below_three_can_be_agreed_on() {
    assert_eq!([0, 1, 2].map(SmallestGroup::agreed), [None; 3]);
    assert_eq!(size(3).agents(), 3);
    assert_eq!(SmallestGroup::USUAL, size(5));
}

fn counts() -> impl Strategy<Value = Vec<u16>> {
    prop::collection::vec(prop_oneof![2 => 0..6_u16, 1 => 0..40_u16], 0..12)
}

/// Which of all teams that worked are together, as pairs.
fn together(counts: &[u16], smallest: SmallestGroup) -> Vec<(u16, u16)> {
    let mut pairs = Vec::new();
    for group in merged(counts, smallest) {
        let at_work = |team: &&stdx::TeamId| counts[team.index()] > 0;
        for one in group.teams.iter().filter(at_work) {
            pairs.extend(group.teams.iter().filter(at_work).map(|other| (one.0, other.0)));
        }
    }
    pairs
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn everybody_is_in_one_group_that_is_large_enough_or_nobody_is_shown(
        counts in counts(),
        smallest in 3..9_u16,
    ) {
        let groups = merged(&counts, size(smallest));
        let all: u32 = counts.iter().copied().map(u32::from).sum();
        if all < u32::from(smallest) {
            prop_assert!(groups.is_empty());
            return Ok(());
        }
        let mut teams: Vec<usize> =
            groups.iter().flat_map(|it| &it.teams).map(|team| team.index()).collect();
        teams.sort_unstable();
        prop_assert!(teams.into_iter().eq(0..counts.len()), "a partition");
        for group in &groups {
            let agents: u32 = group.teams.iter().map(|team| u32::from(counts[team.index()])).sum();
            prop_assert_eq!(group.agents, agents);
            prop_assert!(agents >= u32::from(smallest));
            prop_assert!(group.teams.is_sorted());
        }
        prop_assert!(groups.is_sorted_by_key(|group| group.teams[0]));
    }

    #[test]
    fn no_more_is_merged_than_needed(counts in counts(), smallest in 3..9_u16) {
        for group in merged(&counts, size(smallest)) {
            let sizes = || group.teams.iter().map(|team| counts[team.index()]).filter(|&it| it > 0);
            if sizes().count() > 1 {
                prop_assert!(sizes().any(|it| it < smallest), "large teams were merged: {:?}", group);
            }
        }
    }

    #[test]
    fn a_larger_size_cuts_through_no_group_of_a_smaller_one(
        counts in counts(),
        smallest in 3..9_u16,
        more in 1..9_u16,
    ) {
        let small = together(&counts, size(smallest));
        let large = together(&counts, size(smallest + more));
        // With the larger size perhaps nothing is shown.
        prop_assert!(large.is_empty() || small.iter().all(|pair| large.contains(pair)));
    }
}
