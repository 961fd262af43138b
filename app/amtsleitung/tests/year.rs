// SPDX-License-Identifier: EUPL-1.2
//! The example county's year, played: sums, volumes, sameness, and what a supervisor would notice.

use amtsleitung::config::{self, County};
use amtsleitung::figures::{Figures, Heading, LineFigures, Rehearsed, rehearsed};
use amtsleitung::rehearsal::{self, Volume};
use amtsleitung::report;
use hours::{LocalDates, parse_date};
use promise::{ContactRecord, Fate, FateReason};
use std::fs;
use std::path::Path;

const CALLS: f64 = 100_000.0;

fn example() -> County {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/harburg.toml");
    let text = fs::read_to_string(path).expect("the example lies in examples/");
    config::check(&text).county.expect("the example is good")
}

fn days(from: &str, to: &str) -> LocalDates {
    LocalDates::new(parse_date(from).unwrap(), parse_date(to).unwrap()).unwrap()
}

fn year() -> LocalDates {
    days("2014-01-01", "2014-12-31")
}

fn play(county: &County, dates: LocalDates, calls: f64, seed: u64) -> sim::Outcome {
    let spec =
        rehearsal::spec(county, dates, Volume::of(calls)).expect("the example opens seldom enough");
    sim::play(&spec, seed, &mut |_| {}).expect("the example makes a centre")
}

fn count(county: &County, outcome: &sim::Outcome, seed: u64) -> Figures {
    let heading = Heading {
        from: "2014-01-01".to_owned(),
        to: "2014-12-31".to_owned(),
        rehearsal: Some(Rehearsed { seed, calls: CALLS, load: 1.0 }),
    };
    rehearsed(county, heading, outcome)
}

fn sum_of_fates(line: &LineFigures) -> u64 {
    line.accepted
        + line.abandoned
        + line.short_abandoned
        + line.overflowed
        + line.called_back
        + line.closed
        + line.refused
}

#[test]
fn every_sum_is_right_and_every_record_counted_once() {
    let county = example();
    let outcome = play(&county, year(), CALLS, 115);
    let figures = count(&county, &outcome, 115);
    for line in figures.lines.iter().chain([&figures.total]) {
        assert_eq!(line.offered, sum_of_fates(line), "{}", line.id);
        assert!(line.accepted_in_time <= line.accepted);
        for level in line.service_level.values() {
            assert!(level.numerator <= level.denominator);
        }
    }
    let over_lines = |of: fn(&LineFigures) -> u64| figures.lines.iter().map(of).sum::<u64>();
    assert_eq!(figures.total.offered, over_lines(|line| line.offered));
    assert_eq!(figures.total.accepted, over_lines(|line| line.accepted));
    assert_eq!(figures.total.abandoned, over_lines(|line| line.abandoned));
    assert_eq!(figures.total.short_abandoned, over_lines(|line| line.short_abandoned));
    assert_eq!(figures.total.closed, over_lines(|line| line.closed));
    assert_eq!(figures.total.refused, over_lines(|line| line.refused));
    assert_eq!(figures.total.accepted_in_time, over_lines(|line| line.accepted_in_time));
    assert_eq!(figures.total.local, over_lines(|line| line.local));
    // What a client's own switchboard answered is outside `offered`.
    assert_eq!((figures.total.offered + figures.total.local) as usize, outcome.records.len());
}

#[test]
fn a_stretch_of_days_brings_its_part_of_the_year() {
    let county = example();
    let calls = |from: &str, to: &str| rehearsal::calls_by_file(&county, days(from, to));
    let whole = calls("2014-01-01", "2014-12-31");
    let months: f64 = (1..=12)
        .map(|month| {
            let last = ["31", "28", "31", "30", "31", "30", "31", "31", "30", "31", "30", "31"];
            let to = format!("2014-{month:02}-{}", last[month - 1]);
            calls(&format!("2014-{month:02}-01"), &to)
        })
        .sum();
    assert!((months - whole).abs() < 1e-6 * whole, "{months} and {whole}");
    let (monday, friday) = (calls("2014-03-03", "2014-03-03"), calls("2014-03-07", "2014-03-07"));
    let (sunday, new_year) = (calls("2014-03-09", "2014-03-09"), calls("2014-01-01", "2014-01-01"));
    assert!(monday > 1.3 * friday && friday > 10.0 * sunday, "{monday}, {friday}, {sunday}");
    assert!(new_year < 0.1 * friday, "{new_year} on a holiday");
    let both = calls("2014-12-29", "2015-01-02");
    let apart = calls("2014-12-29", "2014-12-31") + calls("2015-01-01", "2015-01-02");
    assert!((both - apart).abs() < 1e-9, "{both} and {apart}");
}

#[test]
fn the_expected_number_of_calls_is_the_one_asked_for_at_every_load() {
    let county = example();
    let of_year: f64 = rehearsal::calls_by_file(&county, year());
    for load in [0.5, 2.0] {
        let asked = CALLS * load;
        let seeds = 0..4;
        let offered: Vec<Vec<f64>> = seeds
            .map(|seed| {
                let outcome = play(&county, year(), asked, seed);
                let figures = count(&county, &outcome, seed);
                figures.lines.iter().map(|line| line.offered as f64).collect()
            })
            .collect();
        for (index, line) in county.lines.iter().enumerate() {
            // How many calls a client's own switchboard leaves to us depends on how busy it is; and
            // who is in service for a part of the year brings a part.
            let is_first = line.service().is_some_and(|it| it.ways.local_first.is_none());
            let Some(rehearsal) = line.rehearsal.filter(|_| is_first) else { continue };
            let share = f64::from(rehearsal.calls_per_year) / of_year;
            let mean = offered.iter().map(|run| run[index]).sum::<f64>() / offered.len() as f64;
            let off = mean / (asked * share) - 1.0;
            println!("load {load}, {}: {mean:.0}, off by {:.2} %", line.id, off * 100.0);
            // Days differ by 8 %, 250 of them count: 0.5 % a year, 0.25 % over four; the smallest
            // line adds 1,800 calls' own chance.
            assert!(off.abs() < 0.03, "load {load}, {}: {:.2} %", line.id, off * 100.0);
        }
    }
}

#[test]
fn the_same_seed_prints_the_same_bytes() {
    let county = example();
    let may = days("2014-05-01", "2014-05-31");
    let print = |seed| {
        let outcome = play(&county, may, 8_000.0, seed);
        report::json(&count(&county, &outcome, seed))
    };
    assert_eq!(print(115), print(115));
    assert_ne!(print(115), print(116));
}

#[test]
fn nobody_is_answered_on_a_holiday_and_everybody_is_told() {
    let county = example();
    for holiday in ["2014-10-03", "2014-04-18", "2014-01-01", "2014-05-01"] {
        let outcome = play(&county, days(holiday, holiday), 500.0, 1);
        assert!(outcome.records.iter().all(|record| record.fate == Fate::Closed), "{holiday}");
        assert!(outcome.records.len() > 300, "{holiday}: people call all the same");
    }
    // Reformation day was no holiday in Lower Saxony in 2014.
    let outcome = play(&county, days("2014-10-31", "2014-10-31"), 500.0, 1);
    assert!(outcome.records.iter().any(|record| record.fate == Fate::Accepted));
}

#[test]
fn friday_afternoon_is_closed_and_the_last_callers_before_it_are_served() {
    let county = example();
    let friday = days("2014-03-07", "2014-03-07");
    let outcome = play(&county, friday, 900.0, 5);
    // 15:00 in winter is 14:00 UTC.
    let closes = stdx::Timestamp::from_secs(1_394_200_800);
    let (after, before): (Vec<&ContactRecord>, Vec<&ContactRecord>) =
        outcome.records.iter().partition(|record| record.set_up_at >= closes);
    assert!(after.len() > 20);
    let (of_115, of_others): (Vec<&ContactRecord>, Vec<&ContactRecord>) =
        after.iter().partition(|record| county.line("115") == Some(record.line));
    // Who was cut off before and comes back at once is as one who never left.
    let fresh = of_others.iter().filter(|record| record.follows.is_none());
    assert!(fresh.clone().count() > 15);
    assert!(fresh.into_iter().all(|record| record.reason == FateReason::OutsideHours));
    assert!(of_115.iter().all(|record| {
        matches!(record.fate, Fate::Overflowed | Fate::Abandoned | Fate::ShortAbandoned)
            || county.zone().local(record.set_up_at).hour() >= 18
    }));
    let last = before.iter().filter(|record| record.fate == Fate::Accepted);
    assert!(last.clone().any(|record| record.set_up_at + record.ended_after > closes));
    let talking_late = last.filter(|record| {
        record.answered_after.is_some_and(|after| record.set_up_at + after >= closes)
    });
    println!("{} were answered after closing time", talking_late.count());
}

#[test]
fn fewer_agents_mean_worse_service_and_the_same_callers() {
    let county = example();
    let mut fewer = county.clone();
    for agent in fewer.agents.iter_mut().skip(3) {
        agent.in_force.until = Some(parse_date("2013-12-31").unwrap());
    }
    let level = |county: &County| {
        let outcome = play(county, days("2014-03-01", "2014-03-31"), 8_500.0, 7);
        let figures = count(county, &outcome, 7);
        (figures.total.offered as f64, figures.total.service_level["centre-abandons-count"].share)
    };
    let ((offered, all), (offered_by_fewer, few)) = (level(&county), level(&fewer));
    assert!(few.unwrap() < all.unwrap() - 0.1, "{few:?} instead of {all:?}");
    assert!((offered_by_fewer / offered - 1.0).abs() < 0.02);
}

#[test]
fn the_three_definitions_differ_on_the_same_calls() {
    let county = example();
    let outcome = play(&county, days("2014-03-01", "2014-03-31"), 24_000.0, 7);
    let levels = count(&county, &outcome, 7).total.service_level;
    let shares: Vec<f64> = levels.values().map(|level| level.share.unwrap()).collect();
    assert_eq!(shares.len(), 3);
    assert!(shares[2] > shares[1], "{shares:?}");
    assert_ne!(levels["115-published"].denominator, levels["centre-abandons-count"].denominator);
}

#[test]
fn a_total_is_the_sum_over_lines_though_their_targets_have_different_times() {
    let mut county = example();
    let hurried = county.targets.iter_mut().find(|target| target.lines.len() == 1).unwrap();
    hurried.within = stdx::Micros::from_secs(10);
    let outcome = play(&county, days("2014-06-01", "2014-06-30"), 8_000.0, 1);
    let figures = count(&county, &outcome, 1);
    for (id, total) in &figures.total.service_level {
        let lines = || figures.lines.iter().map(|line| line.service_level[id]);
        assert_eq!(total.numerator, lines().map(|level| level.numerator).sum::<u64>(), "{id}");
        assert_eq!(total.denominator, lines().map(|level| level.denominator).sum::<u64>(), "{id}");
    }
    let mixed = figures.total.service_level["115-published"];
    assert_eq!((mixed.within, mixed.target, mixed.met), (None, None, None));
}
