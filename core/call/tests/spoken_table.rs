// SPDX-License-Identifier: EUPL-1.2
//! Every place and every waiting time, as the sentence that a caller hears.

use call::between::{Between, Due, Rules};
use call::{NUMBERS, PHRASES, Phrase, spoken};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::{env, fs};
use stdx::{Micros, Tick};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/spoken_table.txt");

fn sentence(phrases: &[Phrase]) -> String {
    phrases.iter().map(|it| it.words()).collect::<Vec<_>>().join(" ")
}

fn table() -> String {
    let mut table = String::new();
    for position in (0..=131).chain([1_000, usize::MAX]) {
        let _ = writeln!(table, "place {position:<6}| {}", sentence(&spoken::place(position)));
    }
    for from in 0..=32 {
        for until in from..=36 {
            let (least, most) = (Micros::from_mins(from), Micros::from_mins(until));
            let said = sentence(&spoken::wait(least, most));
            let _ =
                writeln!(table, "{}", format!("{from:>2} to {until:>2} min  | {said}").trim_end());
        }
    }
    for (days, weekday) in (0..8).zip([4, 5, 6, 0, 1, 2, 3, 4]) {
        for time in [(7, 0), (7, 30), (13, 15), (1, 1), (0, 0), (23, 59), (24, 0)] {
            let said = sentence(&spoken::opening(days, weekday, time));
            let (hour, minute) = time;
            let row = format!("in {days} days at {hour:>2}:{minute:02} | {said}");
            let _ = writeln!(table, "{}", row.trim_end());
        }
    }
    table
}

#[test]
fn every_place_and_wait_is_said_as_the_table_says() {
    let said = table();
    if env::var_os("AMTSLEITUNG_BLESS").is_some() {
        fs::write(TABLE, &said).expect("a writable table");
    }
    let told = fs::read_to_string(TABLE).expect("the table lies beside this test");
    for (number, (told, said)) in (1..).zip(told.lines().zip(said.lines())) {
        assert_eq!(told, said, "line {number} of spoken_table.txt");
    }
    assert_eq!(told.lines().count(), said.lines().count());
}

#[test]
fn a_range_of_seconds_is_widened_outwards() {
    let said =
        |from, until| sentence(&spoken::wait(Micros::from_secs(from), Micros::from_secs(until)));
    let begin = "Die Wartezeit beträgt voraussichtlich";
    for (from, until, rest) in [
        (0, 0, "weniger als eine Minute."),
        (0, 60, "weniger als eine Minute."),
        (0, 61, "bis zu zwei Minuten."),
        (59, 130, "bis zu drei Minuten."),
        (61, 62, "ein bis zwei Minuten."),
        (119, 290, "ein bis fünf Minuten."),
        (120, 290, "zwei bis fünf Minuten."),
        (20 * 60 + 59, 24 * 60 + 1, "zwanzig bis fünfundzwanzig Minuten."),
        (24 * 60, 29 * 60 + 1, "zwanzig bis dreißig Minuten."),
        (60, 30 * 60 + 1, "mehr als eine Minute."),
        (180, 31 * 60, "mehr als drei Minuten."),
        (29 * 60, 60 * 60, "mehr als fünfundzwanzig Minuten."),
        (30 * 60, u64::from(u32::MAX), "mehr als dreißig Minuten."),
    ] {
        assert_eq!(said(from, until), format!("{begin} {rest}"), "{from} s to {until} s");
    }
    assert_eq!(said(59, 30 * 60 + 1), "", "too wide to be said");
}

/// Whatever is said exists as a sound, holds what the estimate says, and every sound is used.
#[test]
fn every_sentence_is_true_and_every_piece_is_needed() {
    let mut used = BTreeSet::new();
    for position in 0..200 {
        used.extend(spoken::place(position));
    }
    for from in (0..3_000).step_by(10) {
        for until in (from..4_000).step_by(10) {
            let said = spoken::wait(Micros::from_secs(from), Micros::from_secs(until));
            let numbers: Vec<u64> = said
                .iter()
                .filter_map(|it| match it {
                    Phrase::Number(number) => Some(u64::from(*number) * 60),
                    Phrase::OneMinute => Some(60),
                    Phrase::Next
                    | Phrase::OneAhead
                    | Phrase::Ahead
                    | Phrase::Callers
                    | Phrase::Wait
                    | Phrase::UnderAMinute
                    | Phrase::UpTo
                    | Phrase::To
                    | Phrase::MoreThan
                    | Phrase::About
                    | Phrase::Minutes
                    | Phrase::Open
                    | Phrase::Today
                    | Phrase::Tomorrow
                    | Phrase::On(_)
                    | Phrase::From
                    | Phrase::Clock
                    | Phrase::Again => None,
                })
                .collect();
            let is_true = match (said.get(1), numbers.as_slice()) {
                (None, []) => from < 60 && until > 1_800,
                (Some(Phrase::UnderAMinute), []) => until <= 60,
                (Some(Phrase::UpTo), [most]) => until <= *most,
                (Some(Phrase::MoreThan), [least]) => *least <= from,
                (Some(Phrase::About), [both]) => from == *both && until == *both,
                (Some(Phrase::Number(_)), [least, most]) => *least <= from && until <= *most,
                _ => false,
            };
            assert!(is_true, "{from} s to {until} s: {}", sentence(&said));
            used.extend(said);
        }
    }
    for weekday in 0..7 {
        for (hour, minute) in (0..24).flat_map(|hour| (0..60).map(move |minute| (hour, minute))) {
            let days = u32::from(weekday);
            used.extend(spoken::opening(days, weekday, (hour, minute)));
            used.extend(spoken::opening(2 + days % 5, weekday, (hour, minute)));
        }
    }
    let all: BTreeSet<Phrase> = PHRASES.iter().map(|(phrase, ..)| *phrase).collect();
    assert_eq!(used, all);
    let names: BTreeSet<&str> = PHRASES.iter().map(|(_, name, _)| *name).collect();
    assert_eq!((names.len(), all.len()), (PHRASES.len(), PHRASES.len()), "each once");
    assert!(NUMBERS.iter().all(|it| all.contains(&Phrase::Number(*it))));
}

#[test]
fn place_and_time_are_said_at_once_and_then_at_intervals() {
    let at = |seconds: u64| Tick(seconds * 1_000_000);
    let none = Due { first: false, again: false, offer: false };
    let rules = Rules {
        position: true,
        wait: false,
        once: false,
        every: Some(Micros::from_secs(60)),
        offer_after: Some(Micros::from_secs(90)),
    };
    let mut between = Between::begins(rules, at(10));
    assert_eq!(between.deadline(), Some(at(10)));
    assert_eq!(between.due(at(10)), Due { first: true, ..none });
    assert_eq!(between.deadline(), Some(at(70)));
    assert_eq!(between.due(at(69)), none);
    // A late one is not made up for.
    assert_eq!(between.due(at(75)), Due { again: true, ..none });
    assert_eq!(between.deadline(), Some(at(100)));
    assert_eq!(between.due(at(100)), Due { offer: true, ..none });
    assert_eq!(between.deadline(), Some(at(135)));

    let silent = Rules { position: false, ..rules };
    let mut between = Between::begins(silent, at(0));
    assert_eq!(between.deadline(), Some(at(90)), "there is nothing to repeat");
    assert_eq!(between.due(at(90)), Due { offer: true, ..none });
    assert_eq!(between.deadline(), None);
    assert_eq!(Between::begins(Rules::default(), at(0)).deadline(), None);
}
