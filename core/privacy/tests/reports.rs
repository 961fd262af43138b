// SPDX-License-Identifier: EUPL-1.2
//! What a report shows of agents' work, and that no two reports can be subtracted.

use privacy::{
    Covers, Group, Hidden, Month, Report, SmallestGroup, Span, answering_groups, merged,
    working_times,
};
use proptest::prelude::*;

const FIVE: SmallestGroup = SmallestGroup::USUAL;

fn over(agents: &[u16]) -> Month<'_> {
    Month { agents, is_over: true }
}

fn of_centre<'a>(months: &'a [Month<'a>]) -> Report<'a> {
    Report { span: Span::WholeMonths(months), covers: Covers::WholeCentre }
}

fn teams(groups: &[Group]) -> Vec<Vec<u16>> {
    groups.iter().map(|group| group.teams.iter().map(|team| team.0).collect()).collect()
}

#[test]
fn working_times_are_those_of_the_whole_centre_in_whole_months_that_are_over() {
    let (january, february) = (over(&[6, 7]), Month { agents: &[6, 7], is_over: false });
    let (past, running) = ([january], [january, february]);
    let few = [over(&[6, 7]), over(&[1, 2])];
    let some = |span| Report { span, covers: Covers::SomeLines };
    let whole = |span| Report { span, covers: Covers::WholeCentre };
    let table = [
        (whole(Span::WholeMonths(&past)), None),
        (whole(Span::WholeMonths(&running)), Some(Hidden::NotOver)),
        (whole(Span::PartsOfMonths), Some(Hidden::NotWholeMonths)),
        (whole(Span::WholeMonths(&few)), Some(Hidden::TooFew)),
        (whole(Span::WholeMonths(&[])), Some(Hidden::TooFew)),
        (some(Span::WholeMonths(&past)), Some(Hidden::NotWholeCentre)),
        (some(Span::WholeMonths(&running)), Some(Hidden::NotWholeCentre)),
        (some(Span::PartsOfMonths), Some(Hidden::NotWholeCentre)),
    ];
    for (report, why) in table {
        assert_eq!(working_times(report, FIVE).err(), why, "{report:?}");
    }
}

#[test]
fn a_quarter_never_gives_away_the_month_in_which_a_team_was_small() {
    // In January two of team 0 worked. The quarter could show it alone, but quarter − February − March
    // would be those two.
    let months = [over(&[2, 6, 9]), over(&[6, 6, 9]), over(&[6, 6, 9])];
    let shown = |months: &[Month]| teams(&working_times(of_centre(months), FIVE).expect("enough"));
    assert_eq!(shown(&months[..1]), [vec![0, 1], vec![2]]);
    assert_eq!(shown(&months[1..]), [vec![0], vec![1], vec![2]]);
    assert_eq!(shown(&months), [vec![0, 1], vec![2]]);
}

#[test]
fn joined_months_join_their_groups_in_chains() {
    let months = [over(&[2, 6, 9]), over(&[9, 2, 6])];
    let groups = working_times(of_centre(&months), FIVE).expect("enough");
    assert_eq!(teams(&groups), [vec![0, 1, 2]]);
    assert_eq!(groups[0].agents, 17, "in the month with the fewest");
}

#[test]
fn who_was_away_in_one_month_stands_apart_in_the_others() {
    // Team 2 begins in February. In January it stood silently with team 0.
    let months = [over(&[5, 6]), over(&[5, 6, 7])];
    let shown = |months: &[Month]| teams(&working_times(of_centre(months), FIVE).expect("enough"));
    assert_eq!(shown(&[over(&[5, 6, 0])]), [vec![0, 2], vec![1]]);
    assert_eq!(shown(&months), [vec![0], vec![1], vec![2]]);
}

#[test]
fn a_month_without_anybody_decides_nothing() {
    let months = [over(&[0, 0]), over(&[6, 7])];
    let groups = answering_groups(&months, FIVE).expect("enough");
    assert_eq!(teams(&groups), [vec![0], vec![1]]);
    assert_eq!(answering_groups(&months[..1], FIVE), Err(Hidden::TooFew));
}

#[test]
fn who_answered_is_named_by_group_once_the_month_is_over() {
    let running = [over(&[6, 2, 9]), Month { agents: &[3, 0, 1], is_over: false }];
    assert_eq!(answering_groups(&running, FIVE), Err(Hidden::NotOver));
    let groups = answering_groups(&running[..1], FIVE).expect("enough");
    assert_eq!(teams(&groups), [vec![0, 1], vec![2]]);
}

/// Agents by month and team.
fn years() -> impl Strategy<Value = Vec<Vec<u16>>> {
    let agents = prop_oneof![2 => 0..5_u16, 3 => 0..15_u16];
    (1..7_usize).prop_flat_map(move |teams| {
        prop::collection::vec(prop::collection::vec(agents.clone(), teams), 1..6)
    })
}

/// Some months in a row, by two numbers.
fn stretch<'a>(months: &'a [Month<'a>], (from, to): (usize, usize)) -> (usize, &'a [Month<'a>]) {
    let (from, to) = (from % months.len(), to % months.len());
    (from.min(to), &months[from.min(to)..=from.max(to)])
}

/// How often a sum of shown figures holds each cell, a team in a month.
type Sum = Vec<Vec<i8>>;

/// Adds the groups that are picked, with a sign, from a report that begins with month `first`.
fn add(sum: &mut Sum, groups: &[Group], picked: u8, first: usize, months: usize, sign: i8) {
    for (index, group) in groups.iter().enumerate() {
        if picked & (1 << index) != 0 {
            for month in &mut sum[first..first + months] {
                group.teams.iter().for_each(|team| month[team.index()] += sign);
            }
        }
    }
}

/// For each month and each number of times: the agents whose work the sum holds so often.
fn agents_behind(sum: &Sum, year: &[Vec<u16>]) -> Vec<u32> {
    let mut behind = Vec::new();
    for (times, agents) in sum.iter().zip(year) {
        for often in [-2, -1, 1, 2] {
            let held = times.iter().zip(agents).filter(|(it, _)| **it == often);
            behind.push(held.map(|(_, &agents)| u32::from(agents)).sum());
        }
    }
    behind
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn sums_and_differences_of_two_reports_hold_nobody_or_enough(
        year in years(),
        smallest in 3..8_u16,
        later in 0..4_u16,
        spans in prop::array::uniform2((0..6_usize, 0..6_usize)),
        picked in any::<[u8; 2]>(),
        sign in prop::sample::select(vec![-1_i8, 1]),
    ) {
        let months: Vec<Month> = year.iter().map(|agents| over(agents)).collect();
        // The second report may be made after a larger size was agreed on.
        let sizes = [smallest, smallest + later].map(|it| SmallestGroup::agreed(it).expect("three"));
        let mut sum: Sum = vec![vec![0; year[0].len()]; year.len()];
        for ((span, size), (picked, sign)) in spans.into_iter().zip(sizes).zip(picked.into_iter().zip([1, sign])) {
            let (first, stretch) = stretch(&months, span);
            if let Ok(groups) = working_times(of_centre(stretch), size) {
                // All of them is the total, one of them a row.
                add(&mut sum, &groups, picked, first, stretch.len(), sign);
            }
        }
        for agents in agents_behind(&sum, &year) {
            prop_assert!(agents == 0 || agents >= u32::from(smallest), "{} alone in {:?}", agents, sum);
        }
    }

    #[test]
    fn each_figure_is_a_sum_of_whole_groups_of_each_month(
        year in years(),
        smallest in 3..8_u16,
        span in (0..6_usize, 0..6_usize),
    ) {
        let size = SmallestGroup::agreed(smallest).expect("three");
        let months: Vec<Month> = year.iter().map(|agents| over(agents)).collect();
        let (_, stretch) = stretch(&months, span);
        let Ok(groups) = working_times(of_centre(stretch), size) else { return Ok(()) };
        let mut all: Vec<usize> =
            groups.iter().flat_map(|it| &it.teams).map(|team| team.index()).collect();
        all.sort_unstable();
        prop_assert!(all.into_iter().eq(0..year[0].len()), "nobody is left out of the total");
        for (group, month) in groups.iter().flat_map(|group| stretch.iter().map(move |it| (group, it))) {
            for cell in merged(month.agents, size) {
                let mut at_work = cell.teams.iter().filter(|team| month.agents[team.index()] > 0);
                let first = at_work.next().is_some_and(|team| group.teams.contains(team));
                prop_assert!(at_work.all(|team| group.teams.contains(team) == first), "{:?} is cut", cell);
            }
        }
    }

    #[test]
    fn a_report_of_one_month_has_the_groups_of_the_month(
        agents in prop::collection::vec(0..12_u16, 1..9),
        smallest in 3..8_u16,
    ) {
        let size = SmallestGroup::agreed(smallest).expect("three");
        let groups = working_times(of_centre(&[over(&agents)]), size).unwrap_or_default();
        prop_assert_eq!(groups, merged(&agents, size));
    }

    #[test]
    fn more_months_never_show_smaller_groups(year in years()) {
        let months: Vec<Month> = year.iter().map(|agents| over(agents)).collect();
        let Ok(groups) = working_times(of_centre(&months), FIVE) else { return Ok(()) };
        for group in groups {
            prop_assert!(group.agents >= 5, "in every month in which anybody of them worked");
        }
    }
}
