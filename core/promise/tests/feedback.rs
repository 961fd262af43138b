// SPDX-License-Identifier: EUPL-1.2
//! By when feedback is due: the examples of the promise, and any case beside a model that counts minute by minute.

use calendar::{Interval, OffsetChange, Timetable, WallClock};
use promise::{
    CaseRecord, Clock, Due, Ended, FEEDBACK_DEFINITIONS, FeedbackDefinition, FeedbackGiven,
    FeedbackShare, FeedbackVerdict, Feedbacks, Pause, Proof, Service, due, judge_case,
};
use proptest::prelude::*;
use stdx::{CaseId, Timestamp};

const MINUTE: i64 = 60 * 1_000_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Days of the horizon, which begins on a Monday at midnight.
const DAYS: i64 = 42;

/// A moment by day, hour and minute of the clock on the wall, where it is an hour ahead of UTC.
const fn at(day: i64, hour: i64, minute: i64) -> Timestamp {
    Timestamp(day * DAY + hour * HOUR + minute * MINUTE - HOUR)
}

const HORIZON: Interval = Interval { from: at(0, 0, 0), until: at(DAYS, 0, 0) };

/// An hour ahead of UTC throughout.
fn winter() -> WallClock {
    let first = OffsetChange { from: HORIZON.from, ahead: HOUR };
    WallClock::new(HORIZON, vec![first]).expect("a clock")
}

/// Open on the days of a week, the first a Monday, from and until which hours; less these days.
fn weekly(hours: [Option<(i64, i64)>; 7], closed: &[i64]) -> Timetable {
    let open = (0..DAYS).filter(|day| !closed.contains(day)).filter_map(|day| {
        let (from, until) = hours[(day % 7) as usize]?;
        Some(Interval { from: at(day, from, 0), until: at(day, until, 0) })
    });
    Timetable::new(HORIZON, open.collect()).expect("a timetable")
}

/// Mon–Thu 7–18, Fri 7–15.
fn county(closed: &[i64]) -> Timetable {
    let long = Some((7, 18));
    weekly([long, long, long, long, Some((7, 15)), None, None], closed)
}

/// Mon–Fri 8–18.
fn pilot() -> Timetable {
    let day = Some((8, 18));
    weekly([day, day, day, day, day, None, None], &[])
}

fn due_of(clock: Clock, open: &Timetable, opened: Timestamp, pauses: &[Pause]) -> Due {
    due(clock, opened, pauses, Service { open, wall: &winter() })
}

const FRIDAY: i64 = 4;
const FRIDAY_AT_TWO: Timestamp = at(FRIDAY, 14, 0);

#[test]
fn friday_at_two_is_due_on_saturday_on_monday_or_on_wednesday() {
    let of = |clock, open: &Timetable| due_of(clock, open, FRIDAY_AT_TWO, &[]);
    assert_eq!(of(Clock::PlainHours, &county(&[])), Due::At(at(5, 14, 0)));
    assert_eq!(of(Clock::NextServiceDay, &county(&[])), Due::At(at(7, 14, 0)));
    assert_eq!(of(Clock::ServiceHours, &county(&[])), Due::At(at(9, 8, 0)));
    assert_eq!(of(Clock::NextServiceDay, &pilot()), Due::At(at(7, 14, 0)));
    assert_eq!(of(Clock::ServiceHours, &pilot()), Due::At(at(8, 18, 0)));
}

#[test]
fn a_holiday_and_a_closure_move_it_on() {
    let monday_off = county(&[7]);
    let of = |clock| due_of(clock, &monday_off, FRIDAY_AT_TWO, &[]);
    assert_eq!(of(Clock::PlainHours), Due::At(at(5, 14, 0)));
    assert_eq!(of(Clock::NextServiceDay), Due::At(at(8, 14, 0)));
    assert_eq!(of(Clock::ServiceHours), Due::At(at(10, 8, 0)));
}

#[test]
fn what_comes_while_nobody_is_there_is_due_at_that_time_of_the_next_service_day() {
    let of = |clock, opened| due_of(clock, &county(&[]), opened, &[]);
    assert_eq!(of(Clock::NextServiceDay, at(5, 10, 0)), Due::At(at(7, 10, 0)));
    assert_eq!(of(Clock::ServiceHours, at(5, 10, 0)), Due::At(at(9, 9, 0)));
    // Thursday at five: on Friday at five, though the last have gone at three.
    assert_eq!(of(Clock::NextServiceDay, at(3, 17, 0)), Due::At(at(4, 17, 0)));
}

#[test]
fn the_clock_on_the_wall_counts_when_it_jumps() {
    // In the night to the second Sunday it jumps from two to three.
    let jump = OffsetChange { from: at(13, 2, 0), ahead: 2 * HOUR };
    let first = OffsetChange { from: HORIZON.from, ahead: HOUR };
    let horizon = Interval { from: HORIZON.from, until: Timestamp(HORIZON.until.0 - HOUR) };
    let wall = WallClock::new(horizon, vec![first, jump]).expect("a clock");
    let open = Timetable::always(horizon).expect("a timetable");
    let service = Service { open: &open, wall: &wall };
    let of = |clock, opened| due(clock, opened, &[], service);
    let saturday = at(12, 14, 0);
    assert_eq!(of(Clock::PlainHours, saturday), Due::At(at(13, 14, 0)), "three by the wall");
    assert_eq!(of(Clock::NextServiceDay, saturday), Due::At(at(13, 13, 0)), "two by the wall");
    // Half past two does not exist on that Sunday.
    assert_eq!(of(Clock::NextServiceDay, at(12, 2, 30)), Due::At(at(13, 2, 0)));
}

fn pause(from: Timestamp, until: Timestamp) -> Pause {
    Pause { from, until: Some(until) }
}

#[test]
fn a_pause_gives_the_time_it_took_and_never_more_than_the_promise() {
    let open = county(&[]);
    let of = |clock, pauses: &[Pause]| due_of(clock, &open, FRIDAY_AT_TWO, pauses);
    let six_hours = [pause(at(7, 9, 0), at(7, 15, 0))];
    assert_eq!(of(Clock::NextServiceDay, &six_hours), Due::At(at(7, 20, 0)));
    assert_eq!(of(Clock::ServiceHours, &six_hours), Due::At(at(9, 14, 0)));
    let over_the_weekend = [pause(at(4, 14, 30), at(8, 9, 0))];
    assert_eq!(of(Clock::NextServiceDay, &over_the_weekend), Due::At(at(9, 9, 0)));
    assert_eq!(of(Clock::PlainHours, &over_the_weekend), Due::At(at(9, 8, 30)));
    let lasts = [Pause { from: at(7, 9, 0), until: None }];
    assert_eq!(of(Clock::NextServiceDay, &lasts), Due::Stopped);
    assert_eq!(of(Clock::ServiceHours, &lasts), Due::Stopped);
    assert_eq!(of(Clock::PlainHours, &lasts), Due::At(at(5, 14, 0)), "it was due before");
    let too_late = [pause(at(7, 14, 0), at(7, 15, 0))];
    assert_eq!(of(Clock::NextServiceDay, &too_late), Due::At(at(7, 14, 0)));
}

#[test]
fn the_calendar_is_not_guessed_beyond_its_horizon() {
    let open = county(&[]);
    let of = |clock, opened| due_of(clock, &open, opened, &[]);
    let last_friday = at(DAYS - 3, 14, 0);
    assert_eq!(of(Clock::NextServiceDay, last_friday), Due::BeyondHorizon);
    assert_eq!(of(Clock::ServiceHours, last_friday), Due::BeyondHorizon);
    assert_eq!(of(Clock::PlainHours, last_friday), Due::At(at(DAYS - 2, 14, 0)));
    assert_eq!(of(Clock::ServiceHours, at(-1, 12, 0)), Due::BeyondHorizon);
    assert_eq!(of(Clock::NextServiceDay, at(-1, 12, 0)), Due::BeyondHorizon);
}

#[test]
#[should_panic(expected = "pauses")]
fn pauses_are_apart() {
    let twice = [pause(at(4, 14, 0), at(4, 16, 0)), pause(at(4, 15, 0), at(4, 17, 0))];
    let _ = due_of(Clock::PlainHours, &county(&[]), FRIDAY_AT_TWO, &twice);
}

// --- Beside a model that counts minutes ------------------------------------------------------

/// Which minutes are open, and by what the clock jumps when.
#[derive(Clone, Debug)]
struct Days {
    hours: Vec<Option<(i64, i64)>>,
    jump: Option<(i64, bool)>,
}

fn some_days() -> impl Strategy<Value = Days> {
    let hours = prop_oneof![
        1 => Just(None),
        3 => (0_i64..23, 1_i64..12).prop_map(|(from, lasts)| Some((from, (from + lasts).min(24)))),
    ];
    let jump = prop::option::of((1..DAYS - 1, any::<bool>()));
    let days = (prop::collection::vec(hours, DAYS as usize), jump);
    days.prop_map(|(hours, jump)| Days { hours, jump })
}

impl Days {
    /// Minutes of UTC since the horizon began, by what the clock is ahead of that.
    fn ahead(&self, minute: i64) -> i64 {
        match self.jump {
            Some((day, is_spring)) if minute >= day * 24 * 60 + 120 => {
                if is_spring {
                    60
                } else {
                    -60
                }
            }
            Some(_) | None => 0,
        }
    }

    fn minutes(&self) -> i64 {
        let whole = DAYS * 24 * 60;
        whole - self.ahead(whole)
    }

    fn is_open(&self, minute: i64) -> bool {
        let shown = minute + self.ahead(minute);
        let hours = self.hours.get((shown / (24 * 60)) as usize).copied().flatten();
        hours.is_some_and(|(from, until)| {
            let of_day = shown % (24 * 60);
            from * 60 <= of_day && of_day < until * 60
        })
    }

    fn is_service_day(&self, day: i64) -> bool {
        let first = (day - 1) * 24 * 60;
        let minutes = first.max(0)..(first + 3 * 24 * 60).min(self.minutes());
        let of_day = |minute: &i64| (minute + self.ahead(*minute)) / (24 * 60) == day;
        minutes.into_iter().filter(of_day).any(|minute| self.is_open(minute))
    }

    fn wall(&self) -> WallClock {
        let horizon = Interval { from: moment(0), until: moment(self.minutes()) };
        let first = OffsetChange { from: horizon.from, ahead: HOUR };
        let jump = self.jump.map(|(day, is_spring)| OffsetChange {
            from: moment(day * 24 * 60 + 120),
            ahead: HOUR + if is_spring { HOUR } else { -HOUR },
        });
        WallClock::new(horizon, [first].into_iter().chain(jump).collect()).expect("a clock")
    }

    fn open(&self) -> Timetable {
        let horizon = Interval { from: moment(0), until: moment(self.minutes()) };
        let mut open: Vec<Interval> = Vec::new();
        for minute in (0..self.minutes()).filter(|minute| self.is_open(*minute)) {
            match open.last_mut().filter(|last| last.until == moment(minute)) {
                Some(last) => last.until = moment(minute + 1),
                None => open.push(Interval { from: moment(minute), until: moment(minute + 1) }),
            }
        }
        Timetable::new(horizon, open).expect("a timetable")
    }
}

fn moment(minute: i64) -> Timestamp {
    Timestamp(HORIZON.from.0 + minute * MINUTE)
}

fn is_paused(pauses: &[(i64, i64)], minute: i64) -> bool {
    pauses.iter().any(|&(from, until)| from <= minute && minute < until)
}

/// Counts minutes that count until there are 24 hours of them.
fn counted(days: &Days, clock: Clock, opened: i64, pauses: &[(i64, i64)]) -> Option<i64> {
    let counts = |minute: &i64| match clock {
        Clock::PlainHours => !is_paused(pauses, *minute),
        Clock::ServiceHours => !is_paused(pauses, *minute) && days.is_open(*minute),
        Clock::NextServiceDay => unreachable!("it counts no hours"),
    };
    let last = if clock == Clock::PlainHours { i64::MAX } else { days.minutes() };
    (opened..last).filter(counts).nth(24 * 60 - 1).map(|minute| minute + 1)
}

/// Goes on by a minute until the clock shows the same time, or has jumped over it, on a later service day.
fn same_time(days: &Days, opened: i64) -> Option<i64> {
    let shown = |minute: i64| minute + days.ahead(minute);
    let (day, of_day) = (shown(opened) / (24 * 60), shown(opened) % (24 * 60));
    let mut later = day + 1;
    loop {
        // The whole day has to be known.
        if days.minutes() + days.ahead(days.minutes()) < (later + 1) * 24 * 60 {
            return None;
        }
        if days.is_service_day(later) {
            break;
        }
        later += 1;
    }
    (opened..days.minutes()).find(|&minute| shown(minute) >= later * 24 * 60 + of_day)
}

fn same_time_with_pauses(days: &Days, opened: i64, pauses: &[(i64, i64)]) -> Option<i64> {
    let shown = |minute: i64| minute + days.ahead(minute);
    let mut due = same_time(days, opened)?;
    for &(from, until) in pauses.iter().filter(|it| it.1 > opened) {
        if due <= from {
            break;
        }
        let moved = due + until - from.max(opened);
        if moved >= days.minutes() {
            return None;
        }
        let day = shown(moved) / (24 * 60);
        let moved = if days.is_service_day(day) { moved } else { same_time(days, moved)? };
        due = moved.min(same_time(days, until)?);
    }
    Some(due)
}

fn some_pauses() -> impl Strategy<Value = Vec<(i64, i64)>> {
    let gaps = prop::collection::vec((1_i64..2 * 24 * 60, 1_i64..4 * 24 * 60), 0..4);
    (0..DAYS * 12 * 60, gaps).prop_map(|(first, gaps)| {
        let mut at = first;
        let pause = |(lasts, apart)| {
            let from = at;
            at = from + lasts + apart;
            (from, from + lasts)
        };
        gaps.into_iter().map(pause).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_case_is_due_when_the_minutes_say(
        days in some_days(),
        opened in 0..(DAYS - 2) * 24 * 60,
        pauses in some_pauses(),
    ) {
        let (open, wall) = (days.open(), days.wall());
        let service = Service { open: &open, wall: &wall };
        let given: Vec<Pause> =
            pauses.iter().map(|&(from, until)| pause(moment(from), moment(until))).collect();
        for clock in [Clock::PlainHours, Clock::ServiceHours, Clock::NextServiceDay] {
            let expected = match clock {
                Clock::PlainHours | Clock::ServiceHours => counted(&days, clock, opened, &pauses),
                Clock::NextServiceDay => same_time_with_pauses(&days, opened, &pauses),
            };
            let expected = expected.map_or(Due::BeyondHorizon, |minute| Due::At(moment(minute)));
            prop_assert_eq!(due(clock, moment(opened), &given, service), expected, "{:?}", clock);
        }
    }
}

// --- What becomes of a case ------------------------------------------------------------------

fn case() -> CaseRecord {
    CaseRecord {
        case: CaseId(1),
        opened: FRIDAY_AT_TWO,
        pauses: Vec::new(),
        is_reachable: true,
        feedback: None,
        ended: None,
    }
}

fn usual() -> FeedbackDefinition {
    FEEDBACK_DEFINITIONS[0]
}

fn judged(case: &CaseRecord, now: Timestamp) -> FeedbackVerdict {
    let (open, wall) = (county(&[]), winter());
    judge_case(&usual(), case, Service { open: &open, wall: &wall }, now).0
}

#[test]
fn a_case_is_open_until_it_is_due_and_missed_from_then_on() {
    assert_eq!(usual().clock, Clock::NextServiceDay);
    assert_eq!(judged(&case(), at(7, 14, 0)), FeedbackVerdict::Open);
    assert_eq!(judged(&case(), Timestamp(at(7, 14, 0).0 + 1)), FeedbackVerdict::Missed);
    let stopped = Pause { from: at(7, 13, 0), until: None };
    let paused = CaseRecord { pauses: vec![stopped], ..case() };
    assert_eq!(judged(&paused, at(20, 0, 0)), FeedbackVerdict::Open);
}

#[test]
fn the_first_feedback_counts_and_how_it_is_proven() {
    let given = |at, proof| CaseRecord { feedback: Some(FeedbackGiven { at, proof }), ..case() };
    let now = at(20, 0, 0);
    for proof in Proof::ALL {
        assert_eq!(judged(&given(at(7, 14, 0), proof), now), FeedbackVerdict::InTime(proof));
        assert_eq!(judged(&given(at(7, 14, 1), proof), now), FeedbackVerdict::Late(proof));
    }
}

#[test]
fn what_ends_without_feedback_counts_as_it_deserves() {
    let ended = |ended| CaseRecord { ended: Some(ended), ..case() };
    let (before, after, now) = (at(7, 13, 0), at(7, 15, 0), at(20, 0, 0));
    let cases = [
        (ended(Ended::Withdrawn(before)), FeedbackVerdict::OutWithdrawn),
        (ended(Ended::Withdrawn(after)), FeedbackVerdict::Missed),
        (ended(Ended::NotReached(before)), FeedbackVerdict::NotReached),
        (ended(Ended::Merged(after)), FeedbackVerdict::OutMerged),
        (CaseRecord { is_reachable: false, ..case() }, FeedbackVerdict::OutUnreachable),
    ];
    let mut feedbacks = Feedbacks::default();
    for (case, expected) in &cases {
        let verdict = judged(case, now);
        assert_eq!(verdict, *expected);
        feedbacks.add(verdict);
    }
    feedbacks.add(FeedbackVerdict::InTime(Proof::StatedByStaff));
    feedbacks.add(FeedbackVerdict::Late(Proof::SpokenCall));
    let share = FeedbackShare::of(&feedbacks);
    assert_eq!(share, FeedbackShare { kept: 1, counted: 4 });
    assert_eq!((share.share(), feedbacks.total()), (Some(0.25), 7));
}
