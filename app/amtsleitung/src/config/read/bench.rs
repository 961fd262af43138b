// SPDX-License-Identifier: EUPL-1.2
//! The bench: made-up agents for load tests.

use super::people::{short, skill_levels};
use super::telephony::{Addresses, address};
use crate::config::address::Use;
use crate::config::county::{BENCH_MAX, Bench, PHONES_MAX, SPREAD_MAX};
use crate::config::problem::{Problem, Shape, TelephonyProblem};
use crate::config::reader::{Fields, Reader, start};
use crate::config::schema::{Kind, Table};
use stdx::TeamId;
use stdx::limits::AGENTS_MAX;

/// Letters of the prefix: short enough that an id with a number behind it stays one.
const PREFIX_MAX: usize = 8;

/// The bench as far as it could be read.
#[derive(Debug, Default)]
pub(super) struct ReadBench {
    pub(super) bench: Option<Bench>,
    /// There is one that could not be read: then nobody can say what nobody can.
    pub(super) incomplete: bool,
}

pub(super) fn bench(
    reader: &mut Reader<'_>,
    root: &Fields<'_, '_>,
    known: &Addresses,
) -> ReadBench {
    let incomplete = root.get("bench").is_some() || reader.may_be_meant(root, "bench");
    let Some(fields) = reader.table(root, "bench", Table::Bench) else {
        return ReadBench { bench: None, incomplete };
    };
    let prefix = prefix(reader, &fields);
    let count = reader.whole(&fields, "count", 1..=i64::from(BENCH_MAX), None);
    let team = reader.reference(&fields, "team", Kind::Team);
    reader.required(&fields, "skills");
    let skills = skill_levels(reader, &fields, "skills");
    let phones_at = reader.required(&fields, "phones_at");
    let phones_at = phones_at.and_then(|value| address(reader, "phones_at", value, Use::Reach));
    if let Some(at) = phones_at {
        if at.value.further(SPREAD_MAX - 1).is_none() {
            reader.note(at.at, Problem::Telephony(TelephonyProblem::NoRoomForBench));
        }
        known.check_reach(reader, at, SPREAD_MAX);
    }
    let bench = match (prefix, phones_at) {
        (Some(prefix), Some(phones_at)) => Some(Bench {
            prefix,
            count: u16::try_from(count).unwrap_or(1),
            team: TeamId(short(team)),
            skills: skills.into_iter().map(|(_, level)| level).collect(),
            phones_at: phones_at.value,
        }),
        (None, _) | (_, None) => None,
    };
    if let Some(bench) = &bench {
        check_ids(reader, bench);
        check_room(reader, &fields, bench);
    }
    ReadBench { incomplete: bench.is_none(), bench }
}

fn prefix(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Option<String> {
    let value = reader.required(fields, "prefix")?;
    let text = reader.string("prefix", value)?;
    let is_prefix = (1..=PREFIX_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase());
    if is_prefix {
        return Some(text.to_owned());
    }
    let problem = TelephonyProblem::BadPrefix(text.to_owned());
    reader.note(start(value), Problem::Telephony(problem));
    None
}

/// Who is in the file keeps the id; the bench needs another prefix.
fn check_ids(reader: &mut Reader<'_>, bench: &Bench) {
    for kind in [Kind::Agent, Kind::Phone] {
        let ids = reader.ids.get(&kind).map_or(&[][..], |ids| &ids.names);
        let taken = |id: &String| bench.may_make_up(id);
        let Some(index) = ids.iter().position(taken) else { continue };
        let id = reader.id_of(kind, index);
        let problem = TelephonyProblem::IdOfBench { id, kind, prefix: bench.prefix.clone() };
        reader.note(reader.place_of(kind, index), Problem::Telephony(problem));
    }
}

/// Its agents and telephones count like all others.
fn check_room(reader: &mut Reader<'_>, fields: &Fields<'_, '_>, bench: &Bench) {
    let named =
        [(Kind::Agent, "agent + bench", AGENTS_MAX), (Kind::Phone, "phone + bench", PHONES_MAX)];
    for (kind, key, max) in named {
        let own = reader.ids.get(&kind).map_or(0, |ids| ids.names.len());
        if own + usize::from(bench.count) > max {
            let problem = Shape::TooMany { key: key.to_owned(), max };
            reader.note(fields.place("count"), Problem::Shape(problem));
        }
    }
}
