// SPDX-License-Identifier: EUPL-1.2
//! A checked configuration becomes the core's setup, and a stretch of days becomes a rehearsal.

use crate::config::county::{Agent, County, Line, Queue, Service, SkillLevel};
use acd::{AgentRules, CentreRules, LineRules, QueueRules, SkillNeed};
use calendar::{Interval, Timetable};
use centre::Setup;
use hours::{ExpandError, HalfHour, LocalDate, LocalDates, half_hours};
use sim::{Behaviour, Faults, LineTraffic, Slot, Spec, TalkLength, TrafficShape, Weekday};
use stdx::{AgentId, Micros, Timestamp, TimetableId};

/// Share of callers who misdialled and hang up within seconds: usual for short public numbers.
const MISDIALLED: f64 = 0.01;
/// How much busier or calmer than usual a day is (coefficient of variation): daily volumes of
/// telephone centres spread more than chance alone explains (Avramidis, Deslauriers, L'Ecuyer:
/// Modeling Daily Arrivals to a Telephone Call Center, Management Science 2004).
const DAY_SPREAD: f64 = 0.06;
/// Shares of wrap-ups that end early, and that take longer.
const WRAP_UP_ENDED: f64 = 0.25;
const WRAP_UP_EXTENDED: f64 = 0.05;

/// The core's setup, with every timetable expanded for these days.
///
/// # Errors
/// If hours open too often for a timetable.
pub fn setup(county: &County, dates: LocalDates) -> Result<Setup, ExpandError> {
    let timetables = (0..county.hours.len())
        .filter_map(|hours| county.opening(hours, dates).transpose())
        .map(|expansion| expansion.map(|expansion| expansion.timetable))
        .collect::<Result<Vec<Timetable>, ExpandError>>()?;
    let rules = CentreRules {
        head_start: county.centre.head_start,
        no_answer_pause: county.centre.no_answer_pause,
        decline_pause: county.centre.decline_pause,
        place_kept: county.centre.place_kept,
    };
    Ok(Setup {
        lines: county.lines.iter().map(line_rules).collect(),
        queues: county.queues.iter().map(queue_rules).collect(),
        agents: county.agents.iter().map(agent_rules).collect(),
        timetables,
        ..Setup::empty(rules)
    })
}

fn line_rules(line: &Line) -> LineRules {
    let timetable = TimetableId(u16::try_from(line.hours).expect("the check bounds the hours"));
    match line.service() {
        Some(service) => service_rules(service, timetable),
        None => LineRules::plain(None, timetable),
    }
}

fn service_rules(service: &Service, timetable: TimetableId) -> LineRules {
    LineRules {
        priority: service.priority,
        required: service.required.iter().map(need).collect(),
        preferred: service.preferred.clone(),
        greeting: service.greeting.as_ref().map(|greeting| greeting.length),
        wrap_up: service.wrap_up,
        short_abandon: service.short_abandon,
        ..LineRules::plain(Some(service.queue), timetable)
    }
}

fn queue_rules(queue: &Queue) -> QueueRules {
    QueueRules {
        ring: queue.ring,
        length_max: u32::from(queue.length_max),
        waiting_max: queue.waiting_max,
    }
}

fn agent_rules(agent: &Agent) -> AgentRules {
    AgentRules { team: agent.team, skills: agent.skills.iter().map(need).collect(), shift: None }
}

fn need(skill: &SkillLevel) -> SkillNeed {
    SkillNeed { skill: skill.skill, level: skill.level }
}

/// The calls that a year brings by the file, over all lines.
#[must_use]
pub fn calls_per_year(county: &County) -> f64 {
    let lines = county.lines.iter().filter_map(|line| line.rehearsal);
    lines.map(|rehearsal| f64::from(rehearsal.calls_per_year)).sum()
}

/// A rehearsal of these days with `calls` expected contacts over all lines; the file's yearly
/// volumes give each line's share.
///
/// # Errors
/// If hours or shifts open too often for a timetable.
pub fn spec(county: &County, dates: LocalDates, calls: f64) -> Result<Spec, ExpandError> {
    let around = with_margin(dates);
    let shifts = county
        .agents
        .iter()
        .map(|agent| Ok(county.shifts(agent, dates)?.timetable.intervals().to_vec()))
        .collect::<Result<Vec<Vec<Interval>>, ExpandError>>()?;
    Ok(Spec {
        setup: setup(county, around)?,
        traffic: traffic(county, calls),
        shifts,
        slots: slots(county, dates),
        shape: TrafficShape::Authority,
        behaviour: behaviour(county),
        faults: Faults::EVERYDAY,
        partners: Vec::new(),
        switchboards: Vec::new(),
        acts: Vec::new(),
    })
}

/// The days for which timetables are expanded: one more on both ends, so that no caller of the last
/// evening meets a timetable's end.
#[must_use]
pub fn with_margin(dates: LocalDates) -> LocalDates {
    let before = dates.from().yesterday().unwrap_or(dates.from());
    let after = dates.until().tomorrow().unwrap_or(dates.until());
    LocalDates::new(before, after).unwrap_or(dates)
}

/// Each line's expected contacts and talks; a line without assumptions has no callers.
#[must_use]
pub fn traffic(county: &County, calls: f64) -> Vec<LineTraffic> {
    let per_year = calls_per_year(county);
    let spread = county.rehearsal.talk_spread;
    let of_line = |line: &Line| match line.rehearsal {
        Some(rehearsal) => LineTraffic::plain(
            calls * f64::from(rehearsal.calls_per_year) / per_year.max(1.0),
            TalkLength::LogNormal(rehearsal.talk, spread),
        ),
        None => LineTraffic::plain(0.0, TalkLength::Exponential(Micros::ZERO)),
    };
    county.lines.iter().map(of_line).collect()
}

/// How the people of this county behave, by its file.
#[must_use]
pub fn behaviour(county: &County) -> Behaviour {
    let assumed = county.rehearsal;
    Behaviour {
        patience: Some(assumed.patience),
        misdialled: MISDIALLED,
        redial: assumed.redial,
        pick_up: assumed.pick_up,
        no_answer: assumed.no_answer,
        decline: assumed.decline,
        wrap_up_ended: WRAP_UP_ENDED,
        wrap_up_extended: WRAP_UP_EXTENDED,
        breaks: true,
        day_spread: DAY_SPREAD,
        ..Behaviour::IDEAL
    }
}

fn slots(county: &County, dates: LocalDates) -> Vec<Slot> {
    let mut day = 0;
    let mut date: Option<LocalDate> = None;
    let halves = half_hours(dates, county.centre.holidays, &county.zone());
    halves
        .map(|half| {
            if date.is_some_and(|date| date != half.date) {
                day += 1;
            }
            date = Some(half.date);
            slot(&half, day)
        })
        .collect()
}

fn slot(half: &HalfHour, day: u32) -> Slot {
    Slot {
        start: half.start,
        month: half.month,
        weekday: weekday(half.weekday),
        half_hour: half.half_hour,
        holiday: half.is_holiday,
        day,
    }
}

fn weekday(weekday: hours::Weekday) -> Weekday {
    match weekday {
        hours::Weekday::Monday => Weekday::Monday,
        hours::Weekday::Tuesday => Weekday::Tuesday,
        hours::Weekday::Wednesday => Weekday::Wednesday,
        hours::Weekday::Thursday => Weekday::Thursday,
        hours::Weekday::Friday => Weekday::Friday,
        hours::Weekday::Saturday => Weekday::Saturday,
        hours::Weekday::Sunday => Weekday::Sunday,
    }
}

/// How many colleagues a newcomer has in a practice.
const COLLEAGUES: usize = 4;
/// How long talks in a practice are, so that there is something to do.
const PRACTICE_TALK: Micros = Micros::from_secs(25);
/// How long a practice may last, in half-hours: a day.
const PRACTICE_SLOTS: u32 = 48;

/// Who works in a practice: the newcomer and some colleagues.
#[must_use]
pub fn practised(county: &County, newcomer: AgentId) -> Vec<AgentId> {
    let agents = (0..).map(AgentId).take(county.agents.len());
    let (newcomers, others): (Vec<AgentId>, Vec<AgentId>) =
        agents.partition(|agent| *agent == newcomer);
    newcomers.into_iter().chain(others.into_iter().take(COLLEAGUES)).collect()
}

/// A practice that begins at `began`: `pace` calls a minute, short talks, the newcomer and some
/// colleagues signed on. None if nobody could answer or no line has callers.
#[must_use]
pub fn practice_spec(
    county: &County,
    newcomer: AgentId,
    began: Timestamp,
    pace: f64,
) -> Option<Spec> {
    let shift = Interval { from: began, until: began + Micros::from_mins(24 * 60) };
    let present = practised(county, newcomer);
    let agents = (0..).map(AgentId).take(county.agents.len());
    let shift_of = |agent| if present.contains(&agent) { vec![shift] } else { Vec::new() };
    let slot = |number: u32| Slot {
        start: began + Slot::LENGTH.times(u64::from(number)),
        month: 1,
        weekday: Weekday::Monday,
        half_hour: 0,
        holiday: false,
        day: 0,
    };
    let calls = pace * f64::from(PRACTICE_SLOTS) * 30.0;
    let mut traffic = traffic(county, calls);
    for line in &mut traffic {
        line.talk = TalkLength::LogNormal(PRACTICE_TALK, county.rehearsal.talk_spread);
    }
    let today = county.zone().local(began).date();
    let setup = setup(county, with_margin(LocalDates::new(today, today).ok()?)).ok()?;
    let anybody = calls_per_year(county) > 0.0 && !county.agents.is_empty();
    anybody.then(|| Spec {
        setup,
        traffic,
        shifts: agents.map(shift_of).collect(),
        slots: (0..PRACTICE_SLOTS).map(slot).collect(),
        shape: TrafficShape::Even,
        behaviour: Behaviour { breaks: false, day_spread: 0.0, ..behaviour(county) },
        faults: Faults::NONE,
        partners: Vec::new(),
        switchboards: Vec::new(),
        acts: Vec::new(),
    })
}
