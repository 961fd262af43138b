// SPDX-License-Identifier: EUPL-1.2
//! The contacts of today, for the wallboard: which ended, and what each means for the promise.
//!
//! The rule to keep: whether a contact counts, and whether the promise was kept, `promise` says of each one; here they
//! are added up.

use hours::{LocalDate, Zone};
use promise::{ContactRecord, Fate, Tally, definition, judge};
use std::collections::BTreeMap;
use stdx::{LineId, Micros, Now, Timestamp};
use web::centre::HalfHour;

/// Contacts that are kept: twenty-five times an ordinary day of a county with 100,000 calls a year. Of more only the last
/// can be opened; all are counted.
const KEPT_MAX: usize = 10_000;

/// Half an hour.
const HALF_HOUR: Micros = Micros::from_mins(30);

/// By which definition the wallboard shows the promise.
pub const DEFINITION: &str = "115-published";

/// The contacts of one day.
#[derive(Debug, Default)]
pub(super) struct Today {
    day: Option<LocalDate>,
    records: Vec<ContactRecord>,
    lines: BTreeMap<LineId, Counted>,
    half_hours: BTreeMap<(Timestamp, LineId), HalfHour>,
}

/// The contacts of one line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) tally: Tally,
    pub(super) counted: u64,
    pub(super) kept: u64,
}

impl Today {
    /// With those that ended before the start; they may be of other days as well.
    pub(super) fn new(mut before: Vec<ContactRecord>) -> Today {
        let mut today = Today::default();
        before.sort_by_key(|it| it.set_up_at + it.ended_after);
        before.into_iter().for_each(|record| today.add(record));
        today
    }

    /// A contact ended. The day is that on which it came.
    pub(super) fn add(&mut self, record: ContactRecord) {
        let day = Zone::berlin().local(record.set_up_at).date();
        if self.day.is_some_and(|today| day < today) {
            return;
        }
        if self.day.is_none_or(|today| today < day) {
            *self = Today { day: Some(day), ..Today::default() };
        }
        let by = definition(DEFINITION).expect("one of the definitions");
        let verdict = judge(&by, &record);
        let line = self.lines.entry(record.line).or_default();
        line.tally.add(&record);
        line.counted += u64::from(verdict.counts());
        line.kept += u64::from(verdict.kept());
        let at = Timestamp(record.set_up_at.0.div_euclid(HALF_HOUR.0 as i64) * HALF_HOUR.0 as i64);
        let empty =
            HalfHour { at, line: record.line, offered: 0, answered: 0, counted: 0, kept: 0 };
        let half_hour = self.half_hours.entry((at, record.line)).or_insert(empty);
        half_hour.offered += u64::from(record.fate.is_offered());
        half_hour.answered += u64::from(matches!(record.fate, Fate::Accepted | Fate::CalledBack));
        half_hour.counted += u64::from(verdict.counts());
        half_hour.kept += u64::from(verdict.kept());
        if self.records.len() == KEPT_MAX {
            self.records.remove(0);
        }
        self.records.push(record);
    }

    /// What is shown at this moment: nothing of another day.
    pub(super) fn look(&mut self, now: Now) {
        let day = Zone::berlin().local(now.wall).date();
        if self.day.is_some_and(|today| today < day) {
            *self = Today { day: Some(day), ..Today::default() };
        }
    }

    /// A line's contacts.
    pub(super) fn line(&self, line: LineId) -> Counted {
        self.lines.get(&line).copied().unwrap_or_default()
    }

    /// By half-hours in which they came.
    pub(super) fn half_hours(&self) -> Vec<HalfHour> {
        self.half_hours.values().copied().collect()
    }

    /// The contacts themselves, the first first.
    pub(super) fn records(&self) -> Vec<ContactRecord> {
        self.records.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use promise::FateReason;
    use stdx::{ContactId, Tick};

    fn record(at: i64, answered: Option<u64>) -> ContactRecord {
        let (fate, reason) = match answered {
            Some(_) => (Fate::Accepted, FateReason::TalkEnded),
            None => (Fate::Abandoned, FateReason::HungUp),
        };
        ContactRecord {
            contact: ContactId(1),
            line: LineId(0),
            follows: None,
            set_up_at: Timestamp::from_secs(at),
            queued_after: Some(Micros(0)),
            answered_after: answered.map(Micros::from_secs),
            ended_after: Micros::from_secs(100),
            team: None,
            told: None,
            fate,
            reason,
        }
    }

    /// 21 February 2014, 17:26:40 in Berlin.
    const AT: i64 = 1_393_000_000;

    #[test]
    fn a_day_is_counted_and_gone_with_the_next() {
        let mut today = Today::new(vec![record(AT - 86_400, Some(1))]);
        today.add(record(AT, Some(5)));
        today.add(record(AT + 1, Some(31)));
        today.add(record(AT + 2, None));
        today.add(record(AT - 86_400, Some(1)));
        let line = today.line(LineId(0));
        assert_eq!((line.tally.offered(), line.counted, line.kept), (3, 3, 1));
        assert_eq!(today.records().len(), 3);
        let halves = today.half_hours();
        assert_eq!((halves.len(), halves[0].offered, halves[0].answered), (1, 3, 2));
        assert_eq!(halves[0].at, Timestamp::from_secs(1_392_998_400), "17:26 belongs to 17:00");
        today.look(Now { mono: Tick(0), wall: Timestamp::from_secs(AT + 86_400) });
        assert_eq!((today.line(LineId(0)), today.records().len()), (Counted::default(), 0));
    }

    #[test]
    fn of_too_many_the_last_can_be_opened_and_all_are_counted() {
        let mut today = Today::default();
        for _ in 0..KEPT_MAX + 10 {
            today.add(record(AT, Some(5)));
        }
        assert_eq!(today.records().len(), KEPT_MAX);
        assert_eq!(today.line(LineId(0)).kept, KEPT_MAX as u64 + 10);
    }
}
