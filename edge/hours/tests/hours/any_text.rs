// SPDX-License-Identifier: EUPL-1.2
//! Whatever text comes in: no panic, no hang, and the same answer as a second implementation.

use crate::common::{date, dates};
use hours::{Expansion, LocalDate, Rules, State, Zone, expand, holidays};
use opening_hours::{Context, ContextHolidays, OpeningHours, RuleKind};
use std::sync::Arc;
use std::time::{Duration, Instant};
use stdx::Rng;

const PIECES: &[&str] = &[
    "Mo",
    "Tu",
    "Fr",
    "Su",
    "Mo-Fr",
    "Sa-Mo",
    "PH",
    "SH",
    "off",
    "open",
    "closed",
    "unknown",
    "24/7",
    "24:00",
    "00:00",
    "08:00",
    "18:00",
    "26:00",
    "48:00",
    "08:00-18:00",
    "22:00-02:00",
    "sunrise",
    "(sunset+01:00)",
    "week",
    "week 1-53/2",
    "01",
    "53",
    "Jan",
    "Feb",
    "Dec",
    "Feb 29",
    "Feb 30",
    "Jan 1",
    "easter",
    "2014",
    "2014-2020",
    "1900",
    "9999",
    "1970-9999",
    "[1]",
    "[-1]",
    "[5-1]",
    "[1,3]",
    "+1 day",
    "-2 days",
    "+9999 days",
    "+Mo",
    "-Su",
    "; ",
    ", ",
    ",",
    " || ",
    "-",
    "+",
    "/",
    "/2",
    "/00:30",
    "/24:00",
    ":",
    " ",
    "\"",
    "\"ab\"",
    "\"ä€😀\"",
    "Di",
    "Mär",
    "ü",
    "😀",
    "\u{0}",
    "\n",
    "0000000001",
    "99999999999",
    "(",
    ")",
    "Jan Mo[1]",
    "Jan Mo[1],",
];

const SEEDS: &[&str] = &[
    "Mo-Th 07:00-18:00; Fr 07:00-15:00; PH off",
    "Mo-Fr 08:00-12:00,13:00-18:00; PH 10:00-12:00; Dec 24-Jan 1 off \"Betriebsferien\"",
    "week 1-53/2 Mo 08:00-12:00; 2014-2020 Jan 1-Dec 31 Tu[1,-1] 22:00-02:00",
    "easter -2 days-easter +1 day off, Feb 29 +Mo +3 days 10:00-26:00",
    "Jan Mo[1]-Feb Fr[-1] 08:00-12:00; PH -1 day 08:00-12:00; 2014Jan-Mar 12:00-13:00 off",
];

/// Never a panic, whatever is refused; places lie within the text, between characters.
fn tried(text: &str) -> Option<Expansion> {
    match Rules::parse(text) {
        Ok(rules) => {
            let horizon = dates("2013-07-01", "2014-06-30");
            expand(&rules, State::LowerSaxony, &[], horizon, &Zone::berlin()).ok()
        }
        Err(error) => {
            assert!(text.is_char_boundary(error.offset), "{text:?} {}", error.offset);
            assert!(!error.message_de().is_empty() && !error.message_en().is_empty());
            None
        }
    }
}

#[test]
fn any_pieces_in_any_order() {
    let mut rng = Rng::new(0x5eed_0001);
    let mut accepted = 0;
    for _ in 0..60_000 {
        let count = 1 + rng.below(8);
        let text: String = (0..count).map(|_| pick(&mut rng, PIECES)).collect();
        accepted += usize::from(tried(&text).is_some());
        let spaced: Vec<&str> = (0..count).map(|_| pick(&mut rng, PIECES)).collect();
        accepted += usize::from(tried(&spaced.join(" ")).is_some());
    }
    assert!(accepted > 1_000, "only {accepted} were accepted: nothing was tried");
}

#[test]
fn good_rules_with_characters_changed() {
    let mut rng = Rng::new(0x5eed_0002);
    let mut accepted = 0;
    for _ in 0..60_000 {
        let mut text: Vec<char> = pick(&mut rng, SEEDS).chars().collect();
        for _ in 0..=rng.below(3) {
            let at = rng.below(text.len() as u64) as usize;
            match rng.below(4) {
                0 => drop(text.remove(at)),
                1 => text.insert(at, pick(&mut rng, PIECES).chars().next().unwrap_or(' ')),
                2 => text[at] = char::from(32 + rng.below(95) as u8),
                _ => {
                    let other = rng.below(text.len() as u64) as usize;
                    text.swap(at, other);
                }
            }
        }
        accepted += usize::from(tried(&text.into_iter().collect::<String>()).is_some());
    }
    assert!(accepted > 1_000, "only {accepted} were accepted: nothing was tried");
}

#[test]
fn any_bytes() {
    let mut rng = Rng::new(0x5eed_0003);
    for _ in 0..20_000 {
        let bytes: Vec<u8> = (0..rng.below(40)).map(|_| rng.below(256) as u8).collect();
        tried(&String::from_utf8_lossy(&bytes));
    }
}

fn pick<'t>(rng: &mut Rng, texts: &[&'t str]) -> &'t str {
    texts[rng.below(texts.len() as u64) as usize]
}

/// `text` as often as the longest expression holds, without the last separator.
fn filled(text: &str, separator: &str) -> String {
    let joined = text.to_owned() + separator;
    let times = 1_000 / joined.chars().count();
    joined.repeat(times).trim_end_matches(separator).to_owned()
}

/// Three years of the nastiest texts that fit. Measured on the slow test machine in the test
/// profile: none takes more than a tenth of the bound.
#[test]
#[expect(clippy::disallowed_methods, reason = "how long it takes is what is tested")]
fn three_years_are_expanded_at_once() {
    let minutes: Vec<String> = (0..80)
        .map(|n| format!("{:02}:{:02}-{:02}:{:02}", n / 4, n % 4 * 15, n / 4, n % 4 * 15 + 5))
        .collect();
    let minutes = minutes.join(",");
    let half: String = minutes.chars().take(479).collect();
    let nasty = [
        filled("Mo", ";"),
        filled("Mo off", ";"),
        filled("Jan 1", ","),
        filled("Jan 1-Jan 2", ",") + " off",
        filled("easter -366 days-easter +366 days", ",") + " off",
        filled("Feb 29 +Mo +366 days", ",") + " off",
        filled("PH +366 days", ",") + " off",
        filled("PH off", ";"),
        filled("week 1-53/2", ";"),
        filled("1970-9999/7", ",") + " off",
        filled("Mo-Su 22:00-02:00", "; "),
        filled("Mo-Su 10:00-48:00 off", "; "),
        "Jan Mo[1],".repeat(8) + "Jan 1 off",
        "Jan Mo[1],".repeat(9) + "Jan 1 off",
        "Jan Mo[1],".repeat(90) + "Jan 1 off",
        format!("{half}; {half} off"),
        minutes,
        "week 1-53/2".into(),
        "2014-2020 Jan 1-Dec 31".into(),
        "1970-9999".into(),
        "24/7".into(),
    ];
    let bound = Duration::from_millis(500);
    let mut slowest = (Duration::ZERO, String::new());
    for text in nasty {
        let begin = Instant::now();
        if let Ok(rules) = Rules::parse(&text) {
            let horizon = dates("2013-01-01", "2015-12-31");
            let _ = expand(&rules, State::LowerSaxony, &[], horizon, &Zone::berlin());
        }
        let taken = begin.elapsed();
        let start: String = text.chars().take(40).collect();
        println!("{taken:?} {} {start}", text.len());
        assert!(taken < bound, "{taken:?} for {start}");
        slowest = slowest.max((taken, start));
    }
    println!("slowest: {slowest:?}");
}

/// The crate `opening-hours` and its own evaluation, with our holidays.
struct SecondOpinion(OpeningHours);

impl SecondOpinion {
    fn new(text: &str) -> Self {
        let mut public = ContextHolidays::default().get_public().clone();
        for holiday in (2012..=2018).flat_map(|year| holidays(State::LowerSaxony, year)) {
            public.insert(theirs(holiday.date));
        }
        let holidays = ContextHolidays::new(Arc::new(public), Arc::default());
        let hours: OpeningHours = text.parse().unwrap();
        SecondOpinion(hours.with_context(Context::default().with_holidays(holidays)))
    }

    /// Local minutes that are open on a day.
    fn open_on(&self, date: LocalDate) -> Vec<(u16, u16)> {
        let ranges =
            self.0.schedule_at(theirs(date)).into_iter().filter(|r| r.kind == RuleKind::Open);
        ranges
            .map(|r| (r.range.start.mins_from_midnight(), r.range.end.mins_from_midnight()))
            .collect()
    }
}

fn theirs(date: LocalDate) -> chrono::NaiveDate {
    let (month, day) = (date.month().unsigned_abs(), date.day().unsigned_abs());
    chrono::NaiveDate::from_ymd_opt(date.year().into(), month.into(), day.into()).unwrap()
}

/// Rules without nights (where that crate goes wrong, see `src/days.rs`), but with all kinds of dates.
fn random_rules(rng: &mut Rng) -> String {
    let when = [
        "",
        "",
        "",
        "Mo-Fr ",
        "Sa-Mo ",
        "We,Fr ",
        "Th[1,-1] ",
        "Mo[2-3] +1 day ",
        "PH ",
        "PH,Sa ",
        "PH -1 day ",
        "2014 ",
        "2013-2017/2 ",
        "2015+ ",
        "week 1-20 ",
        "week 2-53/3 ",
        "week 50-53 Mo-We ",
        "Jan-Mar ",
        "Nov-Feb ",
        "Dec 20-Jan 6 ",
        "May 5-10 ",
        "2014 Dec 20-2015 Jan 6 ",
        "Mar 1-Oct 31 Tu ",
        "easter -2 days-easter +1 day ",
        "easter +39 days ",
        "Feb 27-Mar 2 ",
        "Jun Mo[1]-Jul Fr[-1] ",
        "Aug 1+Mo-Aug 20-Su ",
        "2014 Feb-Apr Sa ",
    ];
    let times =
        ["08:00-18:00", "07:00-12:00,13:00-15:30", "10:00-11:00", "00:00-24:00", "16:00-24:00"];
    let count = 1 + rng.below(4);
    let mut text = String::new();
    for index in 0..count {
        if index > 0 {
            text += if rng.chance(0.7) { "; " } else { ", " };
        }
        let days = pick(rng, &when);
        // After ", " times alone would belong to the rule before.
        text += if index > 0 && days.is_empty() { "Mo-Su " } else { days };
        text += pick(rng, &times);
        text += if rng.chance(0.3) { " off" } else { "" };
    }
    text
}

#[test]
fn a_second_implementation_agrees_on_days() {
    let mut rng = Rng::new(0x5eed_0004);
    let zone = Zone::berlin();
    let horizon = dates("2013-12-01", "2016-03-31");
    for _ in 0..400 {
        let text = random_rules(&mut rng);
        let rules = crate::common::rules(&text);
        let ours = expand(&rules, State::LowerSaxony, &[], horizon, &zone).unwrap();
        let second = SecondOpinion::new(&text);
        for day in
            horizon.days().filter(|day| *day != date("2014-10-26") && *day != date("2015-10-25"))
        {
            let open = second.open_on(day);
            for minute in (0..24 * 60).step_by(30) {
                let at = day.at((minute / 60) as i8, (minute % 60) as i8, 0, 0);
                let theirs = open.iter().any(|(from, until)| (*from..*until).contains(&minute));
                let skipped = zone.local(zone.timestamp(at)) != at;
                let is_open = ours.timetable.is_open(zone.timestamp(at));
                assert!(skipped || is_open == theirs, "{text}: {at} {is_open} {theirs}");
            }
        }
    }
}
