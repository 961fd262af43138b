// SPDX-License-Identifier: EUPL-1.2
//! Writes a setup and some events as a story, so that a failure of the simulator can be read and kept.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "each part writes its own events and leaves the rest"
)]

use super::values::clock;
use acd::agent::Pause;
use acd::contact::Parting;
use acd::{AgentRules, First, LineRules, Overflow, QueueRules, Reach};
use calendar::Timetable;
use centre::{Event, NotReached, PartnerEnd, RefusedBy, Setup, SteeringReason, SwitchboardEnd};
use std::collections::BTreeMap;
use stdx::{ContactId, LineId, Micros, Tick, Timestamp, TimetableId};

/// A story in English: the setup as its head, and what happened at which time of the log. `midnight` is
/// the log's time at the calendar's moment 0. Events that no story can tell – about contacts that never
/// called, or with an id that was used before – are left out.
#[must_use]
pub fn write(setup: &Setup, events: &[(Tick, Event)], midnight: Tick) -> String {
    let mut text = head(setup);
    text.push('\n');
    let mut names = BTreeMap::new();
    for &(at, event) in events {
        if let Some(deed) = deed(event, &mut names) {
            text.push_str(&format!("{}  {deed}\n", clock(shifted(at, midnight))));
        }
    }
    text
}

/// A time of the log as a time of a story's first day.
fn shifted(at: Tick, midnight: Tick) -> Tick {
    Tick(super::values::MIDNIGHT.0) + at.since(midnight)
}

// --- The head --------------------------------------------------------------------------------

fn head(setup: &Setup) -> String {
    let rules = setup.rules;
    let mut text = String::from("# Found by the simulator.\n");
    if let Some(table) = setup.timetables.first() {
        let hours: Vec<String> = spans(table);
        text.push_str(&row("hours", &hours));
    }
    text.push_str(&row(
        "rules",
        &[
            format!("head start {}", length(rules.head_start)),
            format!("no answer pause {}", length(rules.no_answer_pause)),
            format!("decline pause {}", length(rules.decline_pause)),
            format!("place kept {}", length(rules.place_kept)),
        ],
    ));
    for (index, channels) in setup.trunks.iter().enumerate() {
        text.push_str(&row(&format!("trunk  k{index}"), &[format!("channels {channels}")]));
    }
    for (index, partner) in setup.partners.iter().enumerate() {
        let mut cells = hours(setup, partner.timetable);
        cells.push(format!("capacity {}", partner.capacity));
        cells.push(format!("ring {}", length(partner.ring)));
        cells.push(format!("pause {}", length(partner.pause)));
        cells.extend(partner.trunk.map(|trunk| format!("trunk k{}", trunk.0)));
        text.push_str(&row(&format!("partner  p{index}"), &cells));
    }
    for (index, board) in setup.switchboards.iter().enumerate() {
        let mut cells = hours(setup, board.timetable);
        cells.extend(board.trunk.map(|trunk| format!("trunk k{}", trunk.0)));
        text.push_str(&row(&format!("switchboard  v{index}"), &cells));
    }
    for (index, queue) in setup.queues.iter().enumerate() {
        text.push_str(&row(&format!("queue  q{index}"), &queue_cells(queue)));
    }
    for (index, line) in setup.lines.iter().enumerate() {
        text.push_str(&row(&format!("line  l{index}"), &line_cells(setup, line)));
    }
    for (index, agent) in setup.agents.iter().enumerate() {
        text.push_str(&row(&format!("agent  a{index}"), &agent_cells(setup, agent)));
    }
    text + &plans(setup)
}

fn plans(setup: &Setup) -> String {
    let plan = |(index, plan): (usize, &acd::CrisisPlan)| {
        let mut cells: Vec<String> =
            plan.lines.iter().map(|line| format!("line l{}", line.0)).collect();
        cells.extend(plan.helpers.iter().map(|agent| format!("helper a{}", agent.0)));
        cells.extend(plan.announcement.map(|it| format!("announcement {}", length(it))));
        cells.extend(plan.information.then(|| "information".to_owned()));
        cells.extend(plan.length_max.map(|it| format!("length {it}")));
        cells.extend(plan.waiting_max.map(|it| format!("waiting {}", length(it))));
        cells.push(format!("lasts {}", length(plan.lasts)));
        row(&format!("plan  z{index}"), &cells)
    };
    setup.plans.iter().enumerate().map(plan).collect()
}

fn row(title: &str, cells: &[String]) -> String {
    let all: Vec<&str> = std::iter::once(title).chain(cells.iter().map(String::as_str)).collect();
    format!("{}\n", all.join("  "))
}

fn queue_cells(queue: &QueueRules) -> Vec<String> {
    vec![
        format!("ring {}", length(queue.ring)),
        format!("length {}", queue.length_max),
        format!("waiting {}", length(queue.waiting_max)),
    ]
}

fn line_cells(setup: &Setup, line: &LineRules) -> Vec<String> {
    let mut cells: Vec<String> =
        line.queue.map(|queue| format!("queue q{}", queue.0)).into_iter().collect();
    cells.extend(hours(setup, line.timetable));
    cells.push(format!("priority {}", line.priority));
    let required = line.required.iter();
    cells.extend(required.map(|need| format!("requires s{} {}", need.skill.0, need.level)));
    cells.extend(line.preferred.iter().map(|skill| format!("prefers s{}", skill.0)));
    cells.extend(line.greeting.map(|greeting| format!("greeting {}", length(greeting))));
    cells.push(format!("wrap-up {}", length(line.wrap_up)));
    cells.push(format!("short abandon {}", length(line.short_abandon)));
    cells.push(format!("talk {}", length(line.expected_talk)));
    cells.extend(line.stages.iter().map(|stage| {
        let teams: Vec<String> = stage.teams.iter().map(|team| format!("t{}", team.0)).collect();
        let teams = if teams.is_empty() { "all".to_owned() } else { teams.join("+") };
        format!("stage {teams} {}", length(stage.after))
    }));
    cells.extend(line.local.map(|it| format!("local v{} {}", it.switchboard.0, length(it.ring))));
    cells.extend(line.overflow.iter().flat_map(|overflow| overflow_cells(setup, overflow)));
    if let Some(callback) = line.callback {
        cells.push(format!("call-back attempts {}", callback.attempts));
        cells.push(format!("call-back retry {}", length(callback.retry_after)));
        cells.push(format!("call-back expires {}", length(callback.expires_after)));
        cells.push(format!("call-back ring {}", length(callback.ring)));
        if callback.first == First::Caller {
            cells.push("call-back first caller".to_owned());
        }
    }
    cells.extend(line.tells_wait.then(|| "tells the wait".to_owned()));
    cells.extend(line.from_partner.then(|| "from a partner".to_owned()));
    cells.extend(line.only_in.map(|plan| format!("only in z{}", plan.0)));
    cells
}

fn overflow_cells(setup: &Setup, overflow: &Overflow) -> Vec<String> {
    let mut cells = vec![format!("overflow to p{}", overflow.partner.0)];
    cells.extend(overflow.waited.map(|it| format!("overflow after {}", length(it))));
    cells.extend(overflow.predicted.map(|it| format!("overflow beyond {}", length(it))));
    let calendar = overflow.calendar.and_then(|id| setup.timetables.get(id.index()));
    cells.extend(calendar.map(|table| format!("overflow calendar {}", spans(table).join("+"))));
    let flags = [
        (overflow.nobody_signed_on, "overflow if nobody is there"),
        (overflow.closed, "overflow if closed"),
        (overflow.reach == Reach::Deflect, "overflow by sending on"),
        (overflow.no_channel, "overflow without a channel"),
    ];
    cells.extend(flags.into_iter().filter(|(is, _)| *is).map(|(_, cell)| cell.to_owned()));
    cells
}

fn agent_cells(setup: &Setup, agent: &AgentRules) -> Vec<String> {
    let mut cells = vec![format!("team t{}", agent.team.0)];
    cells.extend(agent.skills.iter().map(|has| format!("s{} {}", has.skill.0, has.level)));
    let shift = agent.shift.and_then(|id| setup.timetables.get(id.index()));
    cells.extend(shift.map(|table| format!("shift {}", spans(table).join("+"))));
    cells
}

/// Hours of one's own; none for the centre's.
fn hours(setup: &Setup, id: TimetableId) -> Vec<String> {
    let own = setup.timetables.get(id.index()).filter(|_| id.index() > 0);
    own.map(|table| format!("hours {}", spans(table).join("+"))).into_iter().collect()
}

fn spans(table: &Timetable) -> Vec<String> {
    let minute = |at: Timestamp| {
        let minutes = at.since(Timestamp(0)).as_secs() / 60;
        format!("{:02}:{:02}", minutes / 60, minutes % 60)
    };
    let intervals = table.intervals().iter();
    intervals.map(|open| format!("{}-{}", minute(open.from), minute(open.until))).collect()
}

/// A duration as a story reads it: one number and one unit.
fn length(it: Micros) -> String {
    if it.0.is_multiple_of(1_000_000) {
        format!("{}s", it.as_secs())
    } else {
        format!("{}ms", it.0.div_ceil(1_000))
    }
}

// --- The moments -----------------------------------------------------------------------------

fn deed(event: Event, names: &mut BTreeMap<ContactId, String>) -> Option<String> {
    let mut called = |contact: ContactId| {
        let fresh = names.last_key_value().is_none_or(|(&last, _)| last < contact);
        fresh.then(|| names.entry(contact).or_insert(format!("c{}", contact.0)).clone())
    };
    match event {
        Event::CallArrived { contact, line, caller, via } => {
            let name = called(contact)?;
            let by = caller.map(|it| format!(" by x{}", it.0.expose())).unwrap_or_default();
            let trunk = via.trunk.map(|it| format!(" via k{}", it.0)).unwrap_or_default();
            let forwarded = if via.forwarded { " forwarded" } else { "" };
            Some(format!("call {name} on l{}{by}{trunk}{forwarded}", line.0))
        }
        Event::CallRefused { contact, line, by } => {
            let who = match by {
                RefusedBy::Carrier => "carrier",
                RefusedBy::Door => "door",
                RefusedBy::NoChannel => "trunk",
            };
            Some(format!("{who} refuses {} on l{}", called(contact)?, line.0))
        }
        Event::Deadline => Some("time passes".to_owned()),
        other => of_contact(other, names).or_else(|| of_agent(other)).or_else(|| of_line(other)),
    }
}

/// What happens to a contact that has called; none for other events and strangers.
fn of_contact(event: Event, names: &BTreeMap<ContactId, String>) -> Option<String> {
    let name = |contact| names.get(&contact);
    Some(match event {
        Event::AnnouncementOver { contact } => format!("{} has heard the greeting", name(contact)?),
        Event::CallerLeft { contact, parting: Parting::HungUp } => {
            format!("{} hangs up", name(contact)?)
        }
        Event::CallerLeft { contact, parting: Parting::CutOff } => {
            format!("{} is cut off", name(contact)?)
        }
        Event::SwitchboardAnswered { contact } => format!("switchboard answers {}", name(contact)?),
        Event::SwitchboardFailed { contact, why } => match why {
            SwitchboardEnd::Busy => format!("switchboard is busy for {}", name(contact)?),
            SwitchboardEnd::CameBack => format!("switchboard sends {} back", name(contact)?),
            SwitchboardEnd::NoAnswer
            | SwitchboardEnd::Unreachable
            | SwitchboardEnd::NobodyThere => {
                format!("switchboard is unreachable for {}", name(contact)?)
            }
        },
        Event::PartnerAnswered { contact } => format!("partner answers {}", name(contact)?),
        Event::PartnerFailed { contact, why } => match why {
            PartnerEnd::Busy => format!("partner is full for {}", name(contact)?),
            PartnerEnd::Closed => format!("partner is closed for {}", name(contact)?),
            PartnerEnd::NoAnswer | PartnerEnd::Unreachable => {
                format!("partner is unreachable for {}", name(contact)?)
            }
        },
        Event::Deflected { contact } => format!("partner takes {} over", name(contact)?),
        Event::OtherLeft { contact, .. } => format!("partner hangs up on {}", name(contact)?),
        Event::CallbackWanted { contact } => format!("{} wants a call-back", name(contact)?),
        Event::CallbackReached { contact } => format!("{} is reached", name(contact)?),
        Event::CallbackFailed { contact }
        | Event::CallbackNotReached { contact, why: NotReached::NoAnswer } => {
            format!("{} is not reached", name(contact)?)
        }
        Event::CallbackNotReached { contact, why: NotReached::Busy } => {
            format!("{} is busy", name(contact)?)
        }
        Event::CallbackNotReached { contact, why: NotReached::Unreachable } => {
            format!("{} is unreachable", name(contact)?)
        }
        Event::InformationWanted { contact } => format!("{} wants information", name(contact)?),
        Event::TalkAlive { contact } => format!("{} is alive", name(contact)?),
        Event::PullForward { contact, reason } => {
            format!("supervisor pulls {} forward ({})", name(contact)?, reason_word(reason))
        }
        Event::MoveToLine { contact, line: LineId(line), reason } => {
            format!("supervisor moves {} to l{line} ({})", name(contact)?, reason_word(reason))
        }
        Event::UndoSteering { contact } => format!("supervisor puts {} back", name(contact)?),
        Event::Answer { agent, contact } => format!("a{} answers {}", agent.0, name(contact)?),
        Event::Decline { agent, contact } => format!("a{} declines {}", agent.0, name(contact)?),
        Event::Unreachable { agent, contact } => {
            format!("a{} cannot be reached {}", agent.0, name(contact)?)
        }
        _ => return None,
    })
}

fn of_agent(event: Event) -> Option<String> {
    Some(match event {
        Event::SignOn { agent } => format!("a{} signs on", agent.0),
        Event::SignOff { agent } => format!("a{} signs off", agent.0),
        Event::MakeReady { agent } => format!("a{} is ready", agent.0),
        Event::MakeNotReady { agent, pause: Pause::Break } => format!("a{} takes a break", agent.0),
        Event::MakeNotReady { agent, pause: Pause::DeskWork } => {
            format!("a{} does desk work", agent.0)
        }
        Event::HangUp { agent } => format!("a{} hangs up", agent.0),
        Event::ExtendWrapUp { agent } => format!("a{} needs more time", agent.0),
        Event::EndWrapUp { agent } => format!("a{} is done", agent.0),
        Event::SendHome { agent } => format!("supervisor sends a{} home", agent.0),
        Event::SetSkill { agent, skill, level } => {
            format!("supervisor gives a{} s{} {level}", agent.0, skill.0)
        }
        _ => return None,
    })
}

fn of_line(event: Event) -> Option<String> {
    Some(match event {
        Event::CloseLine { line, lasts } => {
            format!("supervisor closes l{} for {}", line.0, length(lasts))
        }
        Event::OpenLine { line } => format!("supervisor opens l{}", line.0),
        Event::StartPlan { plan } => format!("supervisor starts z{}", plan.0),
        Event::EndPlan { plan } => format!("supervisor ends z{}", plan.0),
        Event::SwitchboardStaffed { switchboard, staffed } => {
            format!("{} is at v{}", if staffed { "somebody" } else { "nobody" }, switchboard.0)
        }
        _ => return None,
    })
}

fn reason_word(reason: SteeringReason) -> &'static str {
    match reason {
        SteeringReason::Distress => "distress",
        SteeringReason::WaitedLong => "waited long",
        SteeringReason::WrongLine => "wrong line",
        SteeringReason::Load => "load",
    }
}

/// So that a story's durations are read as they are written.
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_one_number_and_one_unit() {
        assert_eq!(length(Micros::from_secs(90)), "90s");
        assert_eq!(length(Micros::from_millis(1_500)), "1500ms");
        assert_eq!(length(Micros::ZERO), "0s");
    }
}
