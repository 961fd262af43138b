// SPDX-License-Identifier: EUPL-1.2
//! How long what is known of persons can be read.

use crate::config::reader::{Fields, Reader};
use crate::config::schema::Table;
use privacy::Retention;
use std::ops::RangeInclusive;
use toml::de::DeTable;

/// The longest for which somebody may come back to a call: a year and a leap day.
const NUMBERS_DAYS: RangeInclusive<i64> = 0..=366;

/// A token is needed on its own day; whoever looks for a nuisance caller wants some more.
const TOKENS_DAYS: RangeInclusive<i64> = 0..=31;

/// As long as somebody may come back to a call.
const NOTES_DAYS: RangeInclusive<i64> = 0..=366;

/// A case has to be read until it is settled, and for some time after it; three years are the usual limitation of a
/// claim (§ 195 BGB).
const CASES_DAYS: RangeInclusive<i64> = 7..=1_096;

/// At least until a shift that began before midnight is over.
const SEATS_DAYS: RangeInclusive<i64> = 1..=31;

/// The table, or what is usual.
pub(super) fn retention(reader: &mut Reader<'_>, root: &Fields<'_, '_>) -> Retention {
    let empty = DeTable::new();
    let fields = reader
        .table(root, "retention", Table::Retention)
        .unwrap_or_else(|| reader.open(0, &empty, Table::Retention));
    let Retention { tokens, numbers, seats, notes, cases } = Retention::USUAL;
    let mut days = |key, range, usual: u16| {
        let days = reader.whole(&fields, key, range, Some(usual.into()));
        u16::try_from(days).expect("within a range of days")
    };
    Retention {
        tokens: days("tokens_days", TOKENS_DAYS, tokens),
        numbers: days("numbers_days", NUMBERS_DAYS, numbers),
        seats: days("seats_days", SEATS_DAYS, seats),
        notes: days("notes_days", NOTES_DAYS, notes),
        cases: days("cases_days", CASES_DAYS, cases),
    }
}
