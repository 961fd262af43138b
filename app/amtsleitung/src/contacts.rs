// SPDX-License-Identifier: EUPL-1.2
//! Every contact of a rehearsal as a line of CSV (RFC 4180): the contacts behind each percentage.
//!
//! Teams are named, never agents; there are no callers' numbers in a rehearsal. No field can begin with a
//! sign that a spreadsheet takes for a formula: they are ids, words of ours and numbers.

use crate::config::County;
use promise::{ContactRecord, DEFINITIONS, Verdict, judge, told};
use std::fmt::Write as _;
use stdx::Micros;

/// The first line: what the columns are.
const HEAD: &str = "contact,follows,line,set_up_at,fate,reason,queued_after,answered_after,ended_after,team,told_from,told_until,told";

/// The records as CSV, in the order of their call set-up; times are seconds from call set-up.
#[must_use]
pub fn csv(county: &County, records: &[ContactRecord]) -> String {
    let mut text = String::from(HEAD);
    for definition in DEFINITIONS {
        let _ = write!(text, ",{}/{}", definition.id, definition.version);
    }
    text.push_str("\r\n");
    let mut sorted: Vec<&ContactRecord> = records.iter().collect();
    sorted.sort_by_key(|record| record.contact);
    for record in sorted {
        write_row(&mut text, county, record);
    }
    text
}

fn write_row(text: &mut String, county: &County, it: &ContactRecord) {
    let line = county.lines.get(it.line.index()).map_or("", |line| line.id.as_str());
    let team = it.team.and_then(|team| county.teams.get(team.index()));
    let follows = it.follows.map(|old| old.0.to_string()).unwrap_or_default();
    let local = county.zone().local(it.set_up_at);
    let (queued, answered) = (seconds(it.queued_after), seconds(it.answered_after));
    let (from, until) = (it.told.map(|it| it.from), it.told.map(|it| it.until));
    let _ = write!(
        text,
        "{},{follows},{line},{},{},{:?},{queued},{answered},{},{},{},{},{}",
        it.contact.0,
        local.strftime("%Y-%m-%dT%H:%M:%S"),
        it.fate.key(),
        it.reason,
        seconds(Some(it.ended_after)),
        team.map_or("", |team| team.id.as_str()),
        seconds(from),
        seconds(until),
        if it.told.is_some() { format!("{:?}", told(it)) } else { String::new() },
    );
    for plain in DEFINITIONS {
        let definition = county.target(plain.id, &[it.line]).unwrap_or(plain);
        let _ = write!(text, ",{}", word(judge(&definition, it)));
    }
    text.push_str("\r\n");
}

/// 1 counts as kept, 0 counts against it, nothing does not count.
fn word(verdict: Verdict) -> &'static str {
    match (verdict.counts(), verdict.kept()) {
        (true, true) => "1",
        (true, false) => "0",
        (false, _) => "",
    }
}

/// Exact: whoever counts again with rounded times would find one contact more or less at a limit.
fn seconds(after: Option<Micros>) -> String {
    after.map(|it| format!("{}.{:06}", it.as_secs(), it.0 % 1_000_000)).unwrap_or_default()
}
