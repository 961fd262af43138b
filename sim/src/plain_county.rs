// SPDX-License-Identifier: EUPL-1.2
//! Counties as plain as can be: one line, agents who are all alike, exponential times, people who do
//! nothing that theory does not know. For comparisons with theory and for measuring growth.

use crate::shape::{Slot, TrafficShape, Weekday};
use crate::spec::{Behaviour, Faults, LineTraffic, Spec, TalkLength};
use acd::{AgentRules, CentreRules, LineRules, QueueRules, SkillNeed};
use calendar::{Interval, Timetable};
use centre::Setup;
use std::ops::Range;
use stdx::limits::CONTACTS_MAX;
use stdx::{Micros, QueueId, SkillId, TeamId, Timestamp, TimetableId};

/// Mean talk time in a plain county; its talks are exponential.
pub const TALK: Micros = Micros::from_secs(180);

const DAY: i64 = 24 * 3600;
const HALF_HOUR: i64 = 1800;
const HALF_HOURS_A_DAY: i64 = 48;
/// Half-hours that [`many_days`] is open: from 08:00 to 18:00.
const OPEN: Range<i64> = 16..36;
/// Timetables reach so much further than the calls.
const MARGIN: i64 = DAY;
const HORIZON: &str = "sorted, apart, within the horizon, and no more than a timetable holds";

/// Open without end for so many half-hours of calls, the agents always there: the queue that theory
/// describes. `load` is in erlang: calls in a mean talk time.
#[must_use]
pub fn one_line(agents: u16, load: f64, half_hours: u32) -> Spec {
    let slots: Vec<Slot> = (0..i64::from(half_hours)).map(slot).collect();
    let horizon = horizon(i64::from(half_hours));
    let shift = Interval { from: Timestamp::from_secs(-HALF_HOUR), ..horizon };
    plain(agents, load, slots, Timetable::always(horizon).expect(HORIZON), &[shift])
}

/// Open ten hours on each of so many days, the agents on shift just then. `load`, in erlang, is that
/// of the ten hours.
///
/// # Panics
/// If there are more days than a timetable holds intervals.
#[must_use]
pub fn many_days(agents: u16, load: f64, days: u32) -> Spec {
    let days = i64::from(days);
    let horizon = horizon(days * HALF_HOURS_A_DAY);
    let of_day = |day: i64| OPEN.map(move |it| day * HALF_HOURS_A_DAY + it);
    let moment = |day, half_hour| slot(day * HALF_HOURS_A_DAY + half_hour).start;
    let open: Vec<Interval> = (0..days)
        .map(|day| Interval { from: moment(day, OPEN.start), until: moment(day, OPEN.end) })
        .collect();
    let slots = (0..days).flat_map(of_day).map(slot).collect();
    let timetable = Timetable::new(horizon, open.clone()).expect(HORIZON);
    plain(agents, load, slots, timetable, &open)
}

fn horizon(half_hours: i64) -> Interval {
    Interval {
        from: Timestamp::from_secs(-MARGIN),
        until: Timestamp::from_secs(half_hours * HALF_HOUR + MARGIN),
    }
}

fn slot(number: i64) -> Slot {
    Slot {
        start: Timestamp::from_secs(number * HALF_HOUR),
        month: 1,
        weekday: Weekday::Monday,
        half_hour: (number % HALF_HOURS_A_DAY) as u8,
        holiday: false,
        day: (number / HALF_HOURS_A_DAY) as u32,
    }
}

fn plain(
    agents: u16,
    load: f64,
    slots: Vec<Slot>,
    timetable: Timetable,
    shifts: &[Interval],
) -> Spec {
    let skill = SkillNeed { skill: SkillId(0), level: 1 };
    let agent = AgentRules { team: TeamId(0), skills: vec![skill], shift: None };
    let talk_times = slots.len() as f64 * Slot::LENGTH.as_secs_f64() / TALK.as_secs_f64();
    let calls = load * talk_times;
    Spec {
        setup: Setup {
            lines: vec![line(skill)],
            queues: vec![QueueRules {
                ring: Micros::from_secs(20),
                length_max: CONTACTS_MAX as u32,
                waiting_max: Micros::from_mins(24 * 60),
            }],
            agents: vec![agent; usize::from(agents)],
            timetables: vec![timetable],
            ..Setup::empty(CentreRules {
                head_start: Micros::ZERO,
                no_answer_pause: Micros::from_secs(1),
                decline_pause: Micros::from_secs(1),
                place_kept: Micros::ZERO,
            })
        },
        traffic: vec![LineTraffic::plain(calls, TalkLength::Exponential(TALK))],
        shifts: vec![shifts.to_vec(); usize::from(agents)],
        slots,
        shape: TrafficShape::Even,
        behaviour: Behaviour::IDEAL,
        faults: Faults::NONE,
        partners: vec![],
        switchboards: vec![],
        acts: vec![],
        agent_streams: vec![],
    }
}

/// Nobody hears a greeting, so waiting and patience begin with the call.
fn line(skill: SkillNeed) -> LineRules {
    LineRules { required: vec![skill], ..LineRules::plain(Some(QueueId(0)), TimetableId(0)) }
}
