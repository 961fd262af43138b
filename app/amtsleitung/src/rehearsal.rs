// SPDX-License-Identifier: EUPL-1.2
//! A checked configuration becomes the core's setup, and a stretch of days becomes a rehearsal.

use crate::config::county::{Agent, Announcement, County, Line, Queue, Service, SkillLevel};
use crate::config::ways::{First, InForce, Overflow, Partner, Plan, Reach, Stage, Switchboard};
use acd::{
    AgentRules, CentreRules, CrisisPlan, LineRules, PartnerRules, QueueRules, SkillNeed,
    SwitchboardRules,
};
use calendar::{Interval, Timetable};
use centre::{Event, Setup};
use hours::{ExpandError, HalfHour, LocalDate, LocalDates, Zone, half_hours};
use sim::{
    Behaviour, Faults, LineTraffic, PartnerBehaviour, Slot, Spec, SwitchboardBehaviour, TalkLength,
    TrafficShape, Weekday,
};
use stdx::{AgentId, Micros, PlanId, Timestamp, TimetableId, TrunkId};

/// Share of callers who misdialled and hang up within seconds: usual for short public numbers.
const MISDIALLED: f64 = 0.01;
/// How much busier or calmer than usual a day is (coefficient of variation): daily volumes of
/// telephone centres spread more than chance alone explains (Avramidis, Deslauriers, L'Ecuyer:
/// Modeling Daily Arrivals to a Telephone Call Center, Management Science 2004).
const DAY_SPREAD: f64 = 0.06;
/// Shares of wrap-ups that end early, and that take longer.
const WRAP_UP_ENDED: f64 = 0.25;
const WRAP_UP_EXTENDED: f64 = 0.05;
/// Share of callers who are promised a call-back and call again all the same.
const IMPATIENT: f64 = 0.05;

/// The core's setup, with every timetable expanded for these days.
///
/// # Errors
/// If hours open too often for a timetable.
pub fn setup(county: &County, dates: LocalDates) -> Result<Setup, ExpandError> {
    let mut tables = (0..county.hours.len())
        .filter_map(|hours| county.opening(hours, dates).transpose())
        .map(|expansion| expansion.map(|expansion| expansion.timetable))
        .collect::<Result<Vec<Timetable>, ExpandError>>()?;
    let lines = county.lines.iter().map(|line| line_rules(county, line, &mut tables)).collect();
    // Only who may promise a call-back has to know how long somebody is still there.
    let promises = |line: &Line| line.service().is_some_and(|it| it.ways.callback.is_some());
    let knows_shifts = county.lines.iter().any(promises);
    let agents = county.agents.iter().map(|agent| {
        let shift =
            if knows_shifts { Some(shift_table(county, agent, dates, &mut tables)?) } else { None };
        Ok(agent_rules(agent, shift))
    });
    let rules = CentreRules {
        head_start: county.centre.head_start,
        no_answer_pause: county.centre.no_answer_pause,
        decline_pause: county.centre.decline_pause,
        place_kept: county.centre.place_kept,
    };
    Ok(Setup {
        lines,
        queues: county.queues.iter().map(queue_rules).collect(),
        agents: agents.collect::<Result<_, ExpandError>>()?,
        partners: county.partners.iter().map(partner_rules).collect(),
        switchboards: county.switchboards.iter().map(switchboard_rules).collect(),
        trunks: county.trunks.iter().map(|trunk| u32::from(trunk.channels)).collect(),
        plans: county.plans.iter().map(plan_rules).collect(),
        timetables: tables,
        ..Setup::empty(rules)
    })
}

/// What the telephone side can do of a setup today: it dials those partners and switchboards that have a
/// number. The lists stay, so that the log of a rehearsal can be gone on with.
#[must_use]
pub fn connected(county: &County, mut setup: Setup) -> Setup {
    for line in &mut setup.lines {
        let called =
            |it: &acd::LocalFirst| county.switchboards[it.switchboard.index()].number.is_some();
        line.local = line.local.filter(called);
        let called = |it: &acd::Overflow| county.partners[it.partner.index()].number.is_some();
        line.overflow = line.overflow.filter(called);
    }
    setup
}

/// Without every way that leads to somebody outside: nobody is there to answer.
fn without_ways(mut setup: Setup) -> Setup {
    for line in &mut setup.lines {
        (line.local, line.overflow, line.callback) = (None, None, None);
    }
    setup
}

fn shift_table(
    county: &County,
    agent: &Agent,
    dates: LocalDates,
    tables: &mut Vec<Timetable>,
) -> Result<TimetableId, ExpandError> {
    let shifts = county.shifts(agent, dates)?.timetable;
    Ok(push(tables, within(&shifts, agent.in_force.interval(&county.zone()))))
}

/// Many agents share their shifts, and each table is written into the log.
fn push(tables: &mut Vec<Timetable>, table: Timetable) -> TimetableId {
    let known = tables.iter().position(|it| *it == table);
    timetable_id(known.unwrap_or_else(|| {
        tables.push(table);
        tables.len() - 1
    }))
}

/// The timetable of hours, by their position in the file.
#[must_use]
pub fn timetable_id(index: usize) -> TimetableId {
    TimetableId(u16::try_from(index).expect("hours, lines and agents are bounded"))
}

/// A timetable cut down to the days on which an entry holds; outside it is closed.
fn within(table: &Timetable, in_force: Option<Interval>) -> Timetable {
    let Some(in_force) = in_force else { return table.clone() };
    let cut = table.intervals().iter().filter_map(|open| {
        let from = open.from.max(in_force.from);
        let until = open.until.min(in_force.until);
        (from < until).then_some(Interval { from, until })
    });
    Timetable::new(table.horizon(), cut.collect()).expect("parts of sorted intervals are sorted")
}

fn line_rules(county: &County, line: &Line, tables: &mut Vec<Timetable>) -> LineRules {
    let in_force = line.in_force.interval(&county.zone());
    let timetable = match in_force {
        None => timetable_id(line.hours),
        Some(_) => {
            let cut = within(&tables[line.hours], in_force);
            push(tables, cut)
        }
    };
    let expected_talk = line.rehearsal.map(|rehearsal| rehearsal.talk);
    let rules = match line.service() {
        Some(service) => service_rules(service, timetable),
        None => LineRules::plain(None, timetable),
    };
    LineRules { expected_talk: expected_talk.unwrap_or(rules.expected_talk), ..rules }
}

fn service_rules(service: &Service, timetable: TimetableId) -> LineRules {
    let ways = &service.ways;
    LineRules {
        priority: service.priority,
        required: service.required.iter().map(need).collect(),
        preferred: service.preferred.clone(),
        // However long it takes at whatever hours: then it is over at the latest.
        greeting: greetings(service).map(|greeting| greeting.length).max(),
        wrap_up: service.wrap_up,
        short_abandon: service.short_abandon,
        stages: ways.stages.iter().map(stage).collect(),
        local: ways
            .local_first
            .map(|local| acd::LocalFirst { switchboard: local.switchboard, ring: local.ring }),
        overflow: ways.overflow.map(overflow),
        from_partner: ways.received_from.is_some(),
        callback: ways.callback.map(|callback| acd::CallbackRules {
            attempts: callback.attempts,
            retry_after: callback.retry_after,
            expires_after: callback.expires_after,
            ring: callback.ring,
            first: match callback.first {
                First::Agent => acd::First::Agent,
                First::Caller => acd::First::Caller,
            },
        }),
        tells_wait: ways.tells_wait,
        only_in: ways.only_in,
        ..LineRules::plain(Some(service.queue), timetable)
    }
}

fn greetings(service: &Service) -> impl Iterator<Item = &Announcement> {
    let others = service.greetings.iter().map(|it| &it.greeting);
    service.greeting.iter().chain(others)
}

fn stage(stage: &Stage) -> acd::Stage {
    acd::Stage { after: stage.after, teams: stage.teams.clone() }
}

fn overflow(overflow: Overflow) -> acd::Overflow {
    acd::Overflow {
        partner: overflow.partner,
        reach: match overflow.reach {
            Reach::SecondLeg => acd::Reach::SecondLeg,
            Reach::Deflect => acd::Reach::Deflect,
        },
        waited: overflow.waited,
        predicted: overflow.predicted,
        calendar: overflow.hours.map(timetable_id),
        nobody_signed_on: overflow.nobody_signed_on,
        closed: overflow.closed,
        no_channel: overflow.no_channel,
    }
}

fn trunk_id(index: usize) -> TrunkId {
    TrunkId(u16::try_from(index).expect("the check bounds the trunks"))
}

fn partner_rules(partner: &Partner) -> PartnerRules {
    PartnerRules {
        timetable: timetable_id(partner.hours),
        capacity: partner.capacity,
        ring: partner.ring,
        pause: partner.pause,
        trunk: partner.trunk.map(trunk_id),
    }
}

fn switchboard_rules(switchboard: &Switchboard) -> SwitchboardRules {
    SwitchboardRules {
        timetable: timetable_id(switchboard.hours),
        trunk: switchboard.trunk.map(trunk_id),
    }
}

fn plan_rules(plan: &Plan) -> CrisisPlan {
    CrisisPlan {
        lines: plan.lines.clone(),
        announcement: plan.announcement.as_ref().map(|announcement| announcement.length),
        information: plan.information.is_some(),
        length_max: plan.length_max.map(u32::from),
        waiting_max: plan.waiting_max,
        helpers: plan.helpers.clone(),
        lasts: plan.lasts,
    }
}

fn queue_rules(queue: &Queue) -> QueueRules {
    QueueRules {
        ring: queue.ring,
        length_max: u32::from(queue.length_max),
        waiting_max: queue.waiting_max,
    }
}

fn agent_rules(agent: &Agent, shift: Option<TimetableId>) -> AgentRules {
    AgentRules { team: agent.team, skills: agent.skills.iter().map(need).collect(), shift }
}

fn need(skill: &SkillLevel) -> SkillNeed {
    SkillNeed { skill: skill.skill, level: skill.level }
}

/// The calls that these days bring by the file, over all lines: those that reach the centre. Each day
/// brings its part of its calendar year, a Monday more than a Friday and a holiday next to nothing.
#[must_use]
pub fn calls_by_file(county: &County, dates: LocalDates) -> f64 {
    let mut calls = 0.0;
    for year in dates.from().year()..=dates.until().year() {
        let of_year =
            LocalDate::new(year, 1, 1).and_then(|it| Ok((it, LocalDate::new(year, 12, 31)?)));
        let Ok((first, last)) = of_year else { continue };
        let Ok(whole) = LocalDates::new(first, last) else { continue };
        let Ok(part) = LocalDates::new(dates.from().max(first), dates.until().min(last)) else {
            continue;
        };
        let of_year = weight(&slots(county, whole));
        calls += shares(county, &slots(county, part), of_year).iter().sum::<f64>();
    }
    calls
}

fn weight(slots: &[Slot]) -> f64 {
    slots.iter().map(|slot| TrafficShape::Authority.weight(slot)).sum()
}

/// How much is to be played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Volume {
    /// Expected contacts over all lines that reach the centre, redials included.
    pub calls: f64,
    /// By what they are multiplied, and with them what the partners have to do themselves.
    pub load: f64,
}

impl Volume {
    /// So many calls at an ordinary load.
    #[must_use]
    pub const fn of(calls: f64) -> Volume {
        Volume { calls, load: 1.0 }
    }
}

/// A rehearsal of these days; the file's yearly volumes give each line's share.
///
/// # Errors
/// If hours or shifts open too often for a timetable.
pub fn spec(county: &County, dates: LocalDates, volume: Volume) -> Result<Spec, ExpandError> {
    let around = with_margin(dates);
    let zone = county.zone();
    let shifts = county
        .agents
        .iter()
        .map(|agent| {
            let table = county.shifts(agent, dates)?.timetable;
            Ok(within(&table, agent.in_force.interval(&zone)).intervals().to_vec())
        })
        .collect::<Result<Vec<Vec<Interval>>, ExpandError>>()?;
    let slots = slots(county, dates);
    Ok(Spec {
        setup: setup(county, around)?,
        traffic: traffic(county, &slots, volume.calls * volume.load),
        shifts,
        slots,
        shape: TrafficShape::Authority,
        behaviour: behaviour(county),
        faults: Faults::EVERYDAY,
        partners: county.partners.iter().map(|it| partner_behaviour(it, volume.load)).collect(),
        switchboards: county
            .switchboards
            .iter()
            .map(|it| switchboard_behaviour(county, it))
            .collect(),
        acts: Vec::new(),
        agent_streams: county.agents.iter().map(|agent| stream(&agent.id)).collect(),
    })
}

/// A supervisor starts a crisis plan on every day, when the first of its lines opens.
#[must_use]
pub fn starts_of(
    setup: &Setup,
    plan: PlanId,
    dates: LocalDates,
    zone: &Zone,
) -> Vec<(Timestamp, Event)> {
    let lines = setup.plans.get(plan.index()).map_or(&[][..], |plan| plan.lines.as_slice());
    let tables = lines.iter().map(|line| setup.lines[line.index()].timetable);
    let mut openings: Vec<Timestamp> = tables
        .flat_map(|table| setup.timetables[table.index()].intervals().iter().map(|it| it.from))
        .filter(|&at| {
            let day = zone.local(at).date();
            dates.from() <= day && day <= dates.until()
        })
        .collect();
    openings.sort_unstable();
    let day = |at: Timestamp| zone.local(at).date();
    openings.dedup_by_key(|at| day(*at));
    openings.into_iter().map(|at| (at, Event::StartPlan { plan })).collect()
}

/// A partner under the same load as we: it has so many more calls of its own, and of ours it takes so
/// many fewer.
fn partner_behaviour(partner: &Partner, load: f64) -> PartnerBehaviour {
    let assumed = partner.rehearsal;
    PartnerBehaviour {
        answers_after: assumed.answers_in,
        refuses: 1.0 - (1.0 - assumed.refuses) / load.max(1.0),
        silent: assumed.silent,
    }
}

fn switchboard_behaviour(county: &County, switchboard: &Switchboard) -> SwitchboardBehaviour {
    let assumed = switchboard.rehearsal;
    SwitchboardBehaviour {
        telephones: assumed.telephones,
        answers_after: assumed.answers_in,
        silent: assumed.silent,
        comes_back: assumed.comes_back,
        talk: TalkLength::LogNormal(assumed.talk, county.rehearsal.talk_spread),
    }
}

/// The days for which timetables are expanded: one more on both ends, so that no caller of the last
/// evening meets a timetable's end.
#[must_use]
pub fn with_margin(dates: LocalDates) -> LocalDates {
    let before = dates.from().yesterday().unwrap_or(dates.from());
    let after = dates.until().tomorrow().unwrap_or(dates.until());
    LocalDates::new(before, after).unwrap_or(dates)
}

/// What each line brings by the file in these slots, if a year weighs so much: a line that is in service
/// on some of the days brings its part.
fn shares(county: &County, slots: &[Slot], year: f64) -> Vec<f64> {
    let shape = TrafficShape::Authority;
    let zone = county.zone();
    let share = |line: &Line| {
        let per_year = line.rehearsal.map_or(0.0, |it| f64::from(it.calls_per_year));
        let in_force = line.in_force.interval(&zone);
        let serves = |slot: &&Slot| in_force.is_none_or(|it| it.contains(slot.start));
        let part: f64 = slots.iter().filter(serves).map(|slot| shape.weight(slot)).sum();
        if year > 0.0 { per_year * part / year } else { 0.0 }
    };
    county.lines.iter().map(share).collect()
}

/// An id as a stream of chance (FNV-1a): the same callers and agents in rehearsals of two configurations,
/// whatever else those have. Never 0, which stands for none.
fn stream(id: &str) -> u64 {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    id.bytes().fold(0xCBF2_9CE4_8422_2325, mix).max(1)
}

/// Each line's expected contacts and talks; a line without assumptions has no callers.
#[must_use]
pub fn traffic(county: &County, slots: &[Slot], calls: f64) -> Vec<LineTraffic> {
    let shares = shares(county, slots, weight(slots));
    let all: f64 = shares.iter().sum();
    let (spread, zone) = (county.rehearsal.talk_spread, county.zone());
    let of_line = |(line, share): (&Line, &f64)| match line.rehearsal {
        Some(rehearsal) => {
            // Of what is dialled the client's own switchboard takes its part.
            let dialled = f64::from(rehearsal.dialled_per_year)
                / f64::from(rehearsal.calls_per_year).max(1.0);
            LineTraffic {
                calls: if all > 0.0 { calls * share / all * dialled } else { 0.0 },
                talk: TalkLength::LogNormal(rehearsal.talk, spread),
                in_service: line.in_force.interval(&zone),
                trunk: rehearsal.trunk.map(trunk_id),
                forwarded: rehearsal.forwarded,
                stream: stream(&line.id),
            }
        }
        None => LineTraffic::plain(0.0, TalkLength::Exponential(Micros::ZERO)),
    };
    county.lines.iter().zip(&shares).map(of_line).collect()
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
        call_back: assumed.call_back,
        reached: assumed.reached,
        impatient: IMPATIENT,
        asks_information: assumed.asks_information,
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
    let slots: Vec<Slot> = (0..PRACTICE_SLOTS).map(slot).collect();
    // Whoever practises may practise every line, also one that is not in service today.
    let mut always = county.clone();
    always.lines.iter_mut().for_each(|line| line.in_force = InForce::default());
    let mut traffic = traffic(&always, &slots, calls);
    for line in &mut traffic {
        line.talk = TalkLength::LogNormal(PRACTICE_TALK, county.rehearsal.talk_spread);
        line.trunk = None;
    }
    let today = county.zone().local(began).date();
    let setup = setup(&always, with_margin(LocalDates::new(today, today).ok()?)).ok()?;
    let setup = without_ways(setup);
    let anybody = traffic.iter().any(|line| line.calls > 0.0) && !county.agents.is_empty();
    anybody.then(|| Spec {
        setup,
        traffic,
        shifts: agents.map(shift_of).collect(),
        slots,
        shape: TrafficShape::Even,
        behaviour: Behaviour { breaks: false, day_spread: 0.0, ..behaviour(county) },
        faults: Faults::NONE,
        partners: county.partners.iter().map(|it| partner_behaviour(it, 1.0)).collect(),
        switchboards: county
            .switchboards
            .iter()
            .map(|it| switchboard_behaviour(county, it))
            .collect(),
        acts: Vec::new(),
        agent_streams: county.agents.iter().map(|agent| stream(&agent.id)).collect(),
    })
}
