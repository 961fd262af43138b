// SPDX-License-Identifier: EUPL-1.2
//! The figures of a stretch of time, for people and for programs. Every rate comes from `promise`.
//!
//! The keys of the JSON form are documented in docs/figures.md; they are an interface.

use crate::config::county::{self, County, Team};
use crate::feedback::FeedbackFigures;
use hours::Zone;
use privacy::Hidden;
use promise::{
    Assessment, ContactRecord, DEFINITIONS, Definition, Fate, FirstContact, Occupancy,
    Reachability, Resolutions, Resolved, Tally, ToldRecord, WorkTime, assess, waits,
};
use serde::Serialize;
use sim::Outcome;
use std::collections::BTreeMap;
use stdx::{ContactId, LineId, Micros, TeamId};

/// All figures.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    /// The centre's id.
    pub centre: String,
    /// The first local day.
    pub from: String,
    /// The last local day.
    pub to: String,
    /// The rehearsal's seed; none for what really happened.
    pub seed: Option<u64>,
    /// How many contacts were expected, before the load; none for what really happened.
    pub calls: Option<f64>,
    /// By what they were multiplied; none for what really happened.
    pub load: Option<f64>,
    /// Over all lines.
    pub total: LineFigures,
    /// Line by line, in the order of the configuration.
    pub lines: Vec<LineFigures>,
    /// Tasks that promised call-backs left behind.
    pub tasks: u64,
    /// Contacts that waited without being told how long, or by a crisis plan why.
    pub untold: u64,
    /// The longest that a queue was.
    pub longest_queue: u64,
    /// What happened and could not be written down; it is in no other figure.
    pub lost: LostFigures,
    /// By team id; of a group of teams by all of theirs.
    pub occupancy: BTreeMap<String, OccupancyFigures>,
    /// How often somebody came back to citizens in time; none in a rehearsal, and where no cases are kept.
    pub feedback: Option<FeedbackFigures>,
    /// Why working times of agents are not shown, if they are not.
    #[serde(skip)]
    pub hidden: Option<Hidden>,
}

/// What could not be written down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LostFigures {
    /// Calls that were refused at the door while the log did not keep up.
    pub refused_calls: u64,
    /// Everything else, in entries of the log.
    pub others: u64,
}

/// What figures are made of.
#[derive(Clone, Debug)]
pub struct Counted {
    /// Every contact's record.
    pub records: Vec<ContactRecord>,
    /// Working times, or why they are not shown.
    pub work: Result<Vec<GroupTime>, Hidden>,
    /// Tasks that were opened.
    pub tasks: u64,
    /// Contacts that waited without being told how long.
    pub untold: u64,
    /// The longest that a queue was.
    pub longest_queue: u64,
    /// What could not be written down.
    pub lost: LostFigures,
    /// What came of the talks, as agents said; none where nobody said anything.
    pub resolved: Option<BTreeMap<ContactId, Resolved>>,
}

/// How the agents of some teams spent their time.
#[derive(Clone, Debug)]
pub struct GroupTime {
    /// Which teams.
    pub teams: Vec<TeamId>,
    /// Their time.
    pub time: WorkTime,
}

impl Counted {
    /// Of made-up agents everything is shown, team by team.
    #[must_use]
    pub fn rehearsed(outcome: &Outcome, teams: usize) -> Counted {
        let time = |team: TeamId| outcome.work.get(team.index()).copied().unwrap_or_default();
        let teams = (0..).map(TeamId).take(teams);
        let group = |team| GroupTime { teams: vec![team], time: time(team) };
        Counted {
            records: outcome.records.clone(),
            work: Ok(teams.map(group).collect()),
            tasks: outcome.tasks,
            untold: outcome.untold,
            longest_queue: outcome.longest_queue as u64,
            lost: LostFigures::default(),
            resolved: None,
        }
    }
}

/// One line's figures, or those of all.
#[derive(Clone, Debug, Serialize)]
pub struct LineFigures {
    /// The line's id, or `total`.
    pub id: String,
    /// The line's name; not in the JSON.
    #[serde(skip)]
    pub name: String,
    /// The sum of the fates below, without `local`.
    pub offered: u64,
    /// See [`Fate::Accepted`].
    pub accepted: u64,
    /// See [`Fate::Abandoned`].
    pub abandoned: u64,
    /// See [`Fate::ShortAbandoned`].
    pub short_abandoned: u64,
    /// See [`Fate::Overflowed`].
    pub overflowed: u64,
    /// See [`Fate::CalledBack`].
    pub called_back: u64,
    /// See [`Fate::Closed`].
    pub closed: u64,
    /// See [`Fate::Refused`].
    pub refused: u64,
    /// See [`Fate::Local`]; outside `offered`.
    pub local: u64,
    /// Those of `accepted` within 30 s of call set-up.
    pub accepted_in_time: u64,
    /// By weekday and half-hour of the call set-up, as the clock on the wall shows it; those without a call are left out.
    pub half_hours: Vec<HalfHourFigures>,
    /// By definition id.
    pub service_level: BTreeMap<&'static str, LevelFigures>,
    /// Of those whom an agent of ours or the partner's answered, call-backs included; none if nobody was.
    pub waits: Option<WaitFigures>,
    /// See [`Reachability`].
    pub reachability: LevelFigures,
    /// See [`ToldRecord`].
    pub told_wait: ToldFigures,
    /// Settled at first contact: an assumption of the rehearsal, not a finding; none without one.
    pub first_contact: Option<AssumedFigures>,
    /// What came of the talks; none in a rehearsal, and where nobody said anything.
    pub resolutions: Option<ResolutionFigures>,
    /// See [`FirstContact`]; none in a rehearsal, and where nobody said anything.
    pub first_contact_resolution: Option<LevelFigures>,
    /// The time in which feedback is promised, in hours; none without a target. A rehearsal has no cases.
    pub feedback_within_hours: Option<f64>,
}

/// The contacts of one weekday and half-hour, over all weeks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HalfHourFigures {
    /// 1 for Monday, 7 for Sunday.
    pub weekday: i8,
    /// When it begins, for example 07:30.
    pub from: String,
    /// All but `local`.
    pub offered: u64,
    /// See [`Fate::Accepted`].
    pub accepted: u64,
    /// Those of `accepted` within 30 s of call set-up.
    pub accepted_in_time: u64,
}

/// How often the wait that callers were told was right.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ToldFigures {
    /// The definition's version.
    pub version: u16,
    /// Answered within the range.
    pub right: u64,
    /// Answered before it.
    pub sooner: u64,
    /// Answered, left or sent away after it.
    pub later: u64,
    /// `right` ÷ the sum of the three; none if nothing is known.
    pub share: Option<f64>,
}

/// What came of the talks of ours, as those say who talked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ResolutionFigures {
    /// See [`Resolutions::settled`].
    pub settled: u64,
    /// See [`Resolutions::transferred`].
    pub transferred: u64,
    /// See [`Resolutions::to_be_answered`].
    pub to_be_answered: u64,
    /// See [`Resolutions::misdial`].
    pub misdial: u64,
    /// See [`Resolutions::abusive`].
    pub abusive: u64,
    /// See [`Resolutions::unsaid`].
    pub unsaid: u64,
}

/// A share that a rehearsal was told and cannot find out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct AssumedFigures {
    /// Always true: so that nobody takes it for a finding.
    pub assumed: bool,
    /// The share.
    pub share: f64,
    /// The promised share.
    pub target: Option<f64>,
}

/// A service level with everything that it takes to check it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LevelFigures {
    /// The definition's version.
    pub version: u16,
    /// From call set-up, in seconds; none for a total over lines with different times.
    pub within: Option<f64>,
    /// Contacts that count as kept.
    pub numerator: u64,
    /// Contacts that count at all.
    pub denominator: u64,
    /// Numerator ÷ denominator; none if nothing counts.
    pub share: Option<f64>,
    /// Between which shares it lies with 95 % certainty, see [`promise::Interval`]; none if nothing counts.
    pub interval: Option<[f64; 2]>,
    /// The share that is promised, if this line has a target by this definition.
    pub target: Option<f64>,
    /// Whether the target was met; none without a target or if nothing counts.
    pub met: Option<bool>,
}

/// Waits from call set-up to the agent, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct WaitFigures {
    /// Half waited no longer.
    pub median: f64,
    /// 90 of 100 waited no longer.
    pub p90: f64,
    /// 95 of 100 waited no longer.
    pub p95: f64,
    /// Nobody waited longer.
    pub max: f64,
}

/// How busy a team was.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OccupancyFigures {
    /// The team's name; not in the JSON.
    #[serde(skip)]
    pub name: String,
    /// The definition's version.
    pub version: u16,
    /// `busy_hours` ÷ `there_hours`; none if nobody was there.
    pub share: Option<f64>,
    /// Ringing, talks and wrap-up, in hours.
    pub busy_hours: f64,
    /// The same and the time ready for calls, in hours.
    pub there_hours: f64,
    /// From sign-on to sign-off, in hours.
    pub signed_on_hours: f64,
}

/// For which time and by which assumptions figures were made.
#[derive(Clone, Debug)]
pub struct Heading {
    /// The first local day.
    pub from: String,
    /// The last local day.
    pub to: String,
    /// What a rehearsal assumed; none for what really happened.
    pub rehearsal: Option<Rehearsed>,
}

/// What a rehearsal assumed.
#[derive(Clone, Copy, Debug)]
pub struct Rehearsed {
    /// Its seed.
    pub seed: u64,
    /// How many contacts were expected, before the load.
    pub calls: f64,
    /// By what they were multiplied.
    pub load: f64,
}

/// What is wanted of the figures.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Which lines.
    pub lines: Vec<LineId>,
    /// By which definitions of the service level.
    pub definitions: Vec<Definition>,
}

impl Wanted {
    /// Every line, by the definitions that are delivered.
    #[must_use]
    pub fn everything(county: &County) -> Wanted {
        let lines = (0..).map(LineId).take(county.lines.len());
        Wanted { lines: lines.collect(), definitions: DEFINITIONS.to_vec() }
    }
}

/// The figures of a rehearsal.
#[must_use]
pub fn rehearsed(county: &County, heading: Heading, outcome: &Outcome) -> Figures {
    let counted = Counted::rehearsed(outcome, county.teams.len());
    figures(county, heading, &counted, &Wanted::everything(county))
}

/// The figures of a stretch of time. Records of lines that are not wanted are left out.
///
/// # Panics
/// If a sum over the lines differs from the total.
#[must_use]
pub fn figures(county: &County, heading: Heading, counted: &Counted, wanted: &Wanted) -> Figures {
    let Wanted { lines: all, definitions } = wanted;
    let of = |lines: &[LineId]| -> Vec<ContactRecord> {
        counted.records.iter().filter(|it| lines.contains(&it.line)).copied().collect()
    };
    let assumes = heading.rehearsal.is_some();
    let resolved = counted.resolved.as_ref();
    let lines: Vec<LineFigures> = all
        .iter()
        .filter_map(|&id| Some((id, county.lines.get(id.index())?)))
        .map(|(id, line)| {
            let name = (line.id.as_str(), line.name.as_str());
            line_figures(county, name, (&of(&[id]), &[id]), definitions, resolved, assumes)
        })
        .collect();
    let mut total =
        line_figures(county, ("total", ""), (&of(all), all), definitions, resolved, assumes);
    assert_eq!(total.offered, lines.iter().map(|line| line.offered).sum::<u64>());
    for (id, level) in &mut total.service_level {
        sum_up(level, lines.iter().map(|line| &line.service_level[id]));
    }
    Figures {
        centre: county.centre.id.clone(),
        from: heading.from,
        to: heading.to,
        seed: heading.rehearsal.map(|it| it.seed),
        calls: heading.rehearsal.map(|it| it.calls),
        load: heading.rehearsal.map(|it| it.load),
        total,
        lines,
        tasks: counted.tasks,
        untold: counted.untold,
        longest_queue: counted.longest_queue,
        lost: counted.lost,
        occupancy: counted.work.as_ref().map_or(BTreeMap::new(), |work| occupancy(county, work)),
        feedback: None,
        hidden: counted.work.as_ref().err().copied(),
    }
}

fn line_figures(
    county: &County,
    (id, name): (&str, &str),
    (records, lines): (&[ContactRecord], &[LineId]),
    definitions: &[Definition],
    resolved: Option<&BTreeMap<ContactId, Resolved>>,
    assumes: bool,
) -> LineFigures {
    let resolutions = resolved.map(|resolved| resolutions(records, resolved));
    let tally: Tally = records.iter().collect();
    let feedback = county.promised(county::Definition::Feedback, lines);
    let levels = definitions.iter().map(|plain| {
        let promised = county.target(plain.id, lines);
        let level = assess(promised.unwrap_or(*plain), records);
        (plain.id, level_figures(&level, promised.is_some()))
    });
    LineFigures {
        id: id.to_owned(),
        name: name.to_owned(),
        offered: tally.offered(),
        accepted: tally.of(Fate::Accepted),
        abandoned: tally.of(Fate::Abandoned),
        short_abandoned: tally.of(Fate::ShortAbandoned),
        overflowed: tally.of(Fate::Overflowed),
        called_back: tally.of(Fate::CalledBack),
        closed: tally.of(Fate::Closed),
        refused: tally.of(Fate::Refused),
        local: tally.of(Fate::Local),
        accepted_in_time: tally.accepted_in_time(),
        half_hours: half_hours(&county.zone(), records),
        service_level: levels.collect(),
        waits: wait_figures(records),
        reachability: reachability(county, &tally, lines),
        told_wait: told_wait(records),
        first_contact: first_contact(county, lines).filter(|_| assumes),
        resolutions: resolutions.as_ref().map(resolution_figures),
        first_contact_resolution: resolutions
            .map(|it| first_contact_resolution(county, &it, lines)),
        feedback_within_hours: feedback.map(|target| target.within.as_secs_f64() / 3600.0),
    }
}

fn half_hours(zone: &Zone, records: &[ContactRecord]) -> Vec<HalfHourFigures> {
    let mut slots: BTreeMap<(i8, i8), Tally> = BTreeMap::new();
    for record in records {
        let at = zone.local(record.set_up_at);
        let slot = at.hour() * 2 + at.minute() / 30;
        slots.entry((at.date().weekday().to_monday_one_offset(), slot)).or_default().add(record);
    }
    let shown = |((weekday, slot), tally): ((i8, i8), Tally)| HalfHourFigures {
        weekday,
        from: format!("{:02}:{:02}", slot / 2, slot % 2 * 30),
        offered: tally.offered(),
        accepted: tally.of(Fate::Accepted),
        accepted_in_time: tally.accepted_in_time(),
    };
    slots.into_iter().map(shown).filter(|it| it.offered > 0).collect()
}

/// The waits of those who spoke to an agent, ours or the partner's. Whoever the own switchboard answered was
/// not offered to the centre, and must not make it look fast.
fn wait_figures(records: &[ContactRecord]) -> Option<WaitFigures> {
    let waits = waits(records.iter().filter(|record| record.fate != Fate::Local))?;
    Some(WaitFigures {
        median: waits.median.as_secs_f64(),
        p90: waits.p90.as_secs_f64(),
        p95: waits.p95.as_secs_f64(),
        max: waits.max.as_secs_f64(),
    })
}

fn reachability(county: &County, tally: &Tally, lines: &[LineId]) -> LevelFigures {
    let reached = Reachability::of(tally);
    let target = county.promised(county::Definition::Reachability, lines).map(|it| it.share);
    LevelFigures {
        version: Reachability::VERSION,
        within: None,
        numerator: reached.reached,
        denominator: reached.called,
        share: reached.share(),
        interval: bounds(reached.reached, reached.called),
        target,
        met: target.and_then(|share| reached.meets((share * 1000.0).round() as u16)),
    }
}

fn told_wait(records: &[ContactRecord]) -> ToldFigures {
    let told: ToldRecord = records.iter().collect();
    ToldFigures {
        version: ToldRecord::VERSION,
        right: told.right,
        sooner: told.sooner,
        later: told.later,
        share: told.share(),
    }
}

fn resolutions(records: &[ContactRecord], resolved: &BTreeMap<ContactId, Resolved>) -> Resolutions {
    let mut resolutions = Resolutions::default();
    records.iter().for_each(|it| resolutions.add(it.fate, resolved.get(&it.contact).copied()));
    resolutions
}

const fn resolution_figures(it: &Resolutions) -> ResolutionFigures {
    let Resolutions { settled, transferred, to_be_answered, misdial, abusive, unsaid, .. } = *it;
    ResolutionFigures { settled, transferred, to_be_answered, misdial, abusive, unsaid }
}

fn first_contact_resolution(
    county: &County,
    resolutions: &Resolutions,
    lines: &[LineId],
) -> LevelFigures {
    let it = FirstContact::of(resolutions);
    let target = county.promised(county::Definition::FirstContact, lines).map(|it| it.share);
    let permille = target.map(|share| (share * 1_000.0).round() as u16);
    LevelFigures {
        version: FirstContact::VERSION,
        within: None,
        numerator: it.settled,
        denominator: it.matters,
        share: it.share(),
        interval: bounds(it.settled, it.matters),
        target,
        met: permille.and_then(|target| it.meets(target)),
    }
}

fn first_contact(county: &County, lines: &[LineId]) -> Option<AssumedFigures> {
    let share = county.rehearsal.first_contact?;
    let target = county.promised(county::Definition::FirstContact, lines).map(|it| it.share);
    Some(AssumedFigures { assumed: true, share, target })
}

fn level_figures(level: &Assessment, promised: bool) -> LevelFigures {
    let target = f64::from(level.definition.target_permille) / 1000.0;
    LevelFigures {
        version: level.definition.version,
        within: Some(level.definition.within.as_secs_f64()),
        numerator: level.kept,
        denominator: level.counted,
        share: level.share(),
        interval: bounds(level.kept, level.counted),
        target: promised.then_some(target),
        met: level.met().filter(|_| promised),
    }
}

/// How sure a share is.
#[must_use]
pub fn bounds(kept: u64, counted: u64) -> Option<[f64; 2]> {
    promise::interval(kept, counted).map(|it| [it.low, it.high])
}

/// The level over all lines: each line's contacts count by that line's own time. A target for all
/// lines holds only if all have the same time.
fn sum_up<'a>(total: &mut LevelFigures, lines: impl Iterator<Item = &'a LevelFigures> + Clone) {
    let (mut numerator, mut denominator) = (0, 0);
    for line in lines.clone() {
        numerator += line.numerator;
        denominator += line.denominator;
    }
    let alike = lines.clone().all(|line| line.within == total.within);
    let share = (denominator > 0).then(|| numerator as f64 / denominator as f64);
    *total = LevelFigures {
        numerator,
        denominator,
        share,
        interval: bounds(numerator, denominator),
        within: total.within.filter(|_| alike),
        target: total.target.filter(|_| alike),
        met: total.met.filter(|_| alike),
        ..*total
    };
}

fn occupancy(county: &County, work: &[GroupTime]) -> BTreeMap<String, OccupancyFigures> {
    let hours = |time: Micros| time.as_secs_f64() / 3600.0;
    let of_group = |group: &GroupTime| {
        let teams: Vec<&Team> =
            group.teams.iter().filter_map(|team| county.teams.get(team.index())).collect();
        let names =
            |of: fn(&Team) -> &str| -> Vec<&str> { teams.iter().map(|it| of(it)).collect() };
        let occupancy = Occupancy::of(&group.time);
        let figures = OccupancyFigures {
            name: names(|team| &team.name).join(", "),
            version: Occupancy::VERSION,
            share: occupancy.share(),
            busy_hours: hours(occupancy.busy),
            there_hours: hours(occupancy.there),
            signed_on_hours: hours(group.time.signed_on()),
        };
        (names(|team| &team.id).join("+"), figures)
    };
    work.iter().map(of_group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use promise::FateReason;
    use stdx::{ContactId, Timestamp};

    fn answered(contact: u64, fate: Fate, reason: FateReason, after: u64) -> ContactRecord {
        ContactRecord {
            contact: ContactId(contact),
            line: LineId(0),
            follows: None,
            set_up_at: Timestamp::from_secs(0),
            queued_after: None,
            answered_after: Some(Micros::from_secs(after)),
            ended_after: Micros::from_secs(after + 60),
            team: None,
            told: None,
            fate,
            reason,
        }
    }

    #[test]
    fn a_quick_switchboard_does_not_make_the_centre_quick() {
        let local = answered(1, Fate::Local, FateReason::SwitchboardAnswered, 2);
        let ours = answered(2, Fate::Accepted, FateReason::TalkEnded, 20);
        let partner = answered(3, Fate::Overflowed, FateReason::PartnerAnswered, 30);
        let waits = wait_figures(&[local, ours, partner]).expect("two were answered");
        assert_eq!((waits.median, waits.max), (20.0, 30.0));
        assert_eq!(wait_figures(&[local]), None);
    }
}
