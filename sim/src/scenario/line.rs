// SPDX-License-Identifier: EUPL-1.2
//! Reads a line's cells: its queue and skills, and the ways that its callers may take.

use super::read::{Names, interned, known, table};
use super::values::{read_duration, setting, whole};
use acd::{CallbackRules, First, LineRules, LocalFirst, Overflow, Reach, SkillNeed, Stage};
use calendar::Interval;
use stdx::{Micros, PartnerId, PlanId, QueueId, SkillId, SwitchboardId, TeamId, TimetableId};

/// What a line's cells refer to.
pub(super) struct LineCells<'a> {
    pub(super) names: &'a mut Names,
    pub(super) tables: &'a mut Vec<Vec<Interval>>,
}

/// The rules of a line, from its cells after the name.
pub(super) fn read_line(mut cells: LineCells<'_>, settings: &[&str]) -> Result<LineRules, String> {
    let mut line = LineRules::plain(None, TimetableId(0));
    for cell in settings {
        cells.set(&mut line, cell)?;
    }
    Ok(line)
}

impl LineCells<'_> {
    fn set(&mut self, line: &mut LineRules, cell: &str) -> Result<(), String> {
        if set_flag(line, cell)? {
            return Ok(());
        }
        let (key, value) = setting(cell)?;
        match key {
            "queue" | "warteschlange" => {
                line.queue = Some(QueueId(known(&self.names.queues, "queue", value)?));
            }
            "hours" | "zeiten" => line.timetable = table(self.tables, value)?,
            "greeting" | "ansage" => line.greeting = Some(read_duration(value)?),
            "wrap-up" | "nachbearbeitung" => line.wrap_up = read_duration(value)?,
            "short abandon" | "kurzer abbruch" => line.short_abandon = read_duration(value)?,
            "priority" | "vorrang" => line.priority = whole(value)?,
            "prefers" | "bevorzugt" => line.preferred.push(self.skill(value)),
            "talk" | "gespräch" => line.expected_talk = read_duration(value)?,
            "only in" | "nur bei" => {
                line.only_in = Some(PlanId(interned(&mut self.names.plans, value)));
            }
            key => return self.set_way(line, key, value),
        }
        Ok(())
    }

    fn set_way(&mut self, line: &mut LineRules, key: &str, value: &str) -> Result<(), String> {
        if let Some(skill) = after(key, &["requires ", "verlangt "]) {
            let skill = self.skill(skill);
            line.required.push(SkillNeed { skill, level: whole(value)? });
        } else if let Some(team) = after(key, &["stage ", "stufe "]) {
            // Several teams are joined by `+`.
            let named = team.split('+').filter(|team| !matches!(*team, "all" | "alle"));
            let teams = named.map(|team| TeamId(interned(&mut self.names.teams, team))).collect();
            let stage = Stage { after: read_duration(value)?, teams };
            line.stages.push(stage);
        } else if let Some(name) = after(key, &["local ", "vor ort "]) {
            let found = known(&self.names.switchboards, "switchboard", name)?;
            let ring = read_duration(value)?;
            line.local = Some(LocalFirst { switchboard: SwitchboardId(found), ring });
        } else if matches!(key, "overflow to" | "überlauf zu") {
            let partner = PartnerId(known(&self.names.partners, "partner", value)?);
            line.overflow = Some(Overflow { partner, ..no_overflow() });
        } else if let Some(when) = after(key, &["overflow ", "überlauf "]) {
            self.set_overflow(line, when, value)?;
        } else if let Some(what) = after(key, &["call-back ", "rückruf "]) {
            set_callback(line, what, value)?;
        } else {
            return Err(format!("unknown setting of a line: {key}"));
        }
        Ok(())
    }

    fn set_overflow(
        &mut self,
        line: &mut LineRules,
        when: &str,
        value: &str,
    ) -> Result<(), String> {
        let overflow = line.overflow.as_mut().ok_or(WHERE_TO)?;
        match when {
            "after" | "nach" => overflow.waited = Some(read_duration(value)?),
            "beyond" | "über" => overflow.predicted = Some(read_duration(value)?),
            "calendar" | "kalender" => overflow.calendar = Some(table(self.tables, value)?),
            other => return Err(format!("unknown cause of overflow: {other}")),
        }
        Ok(())
    }

    fn skill(&mut self, name: &str) -> SkillId {
        SkillId(interned(&mut self.names.skills, name))
    }
}

const WHERE_TO: &str = "say first where to: overflow to oldenburg";

fn no_overflow() -> Overflow {
    Overflow {
        partner: PartnerId(0),
        reach: Reach::SecondLeg,
        waited: None,
        predicted: None,
        calendar: None,
        nobody_signed_on: false,
        closed: false,
        no_channel: false,
    }
}

/// A cell that is a word of its own; whether it was one.
fn set_flag(line: &mut LineRules, cell: &str) -> Result<bool, String> {
    match cell {
        "tells the wait" | "sagt die wartezeit" => line.tells_wait = true,
        "from a partner" | "vom partner" => line.from_partner = true,
        "overflow if nobody is there" | "überlauf wenn niemand da ist" => {
            line.overflow.as_mut().ok_or(WHERE_TO)?.nobody_signed_on = true;
        }
        "overflow if closed" | "überlauf wenn geschlossen" => {
            line.overflow.as_mut().ok_or(WHERE_TO)?.closed = true;
        }
        "overflow without a channel" | "überlauf ohne kanal" => {
            line.overflow.as_mut().ok_or(WHERE_TO)?.no_channel = true;
        }
        "overflow by sending on" | "überlauf durch umleiten" => {
            line.overflow.as_mut().ok_or(WHERE_TO)?.reach = Reach::Deflect;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn set_callback(line: &mut LineRules, what: &str, value: &str) -> Result<(), String> {
    let callback = line.callback.get_or_insert(CallbackRules {
        attempts: 3,
        retry_after: Micros::from_mins(5),
        expires_after: Micros::from_mins(240),
        ring: Micros::from_secs(30),
        first: First::Agent,
    });
    match what {
        "attempts" | "versuche" => callback.attempts = whole(value)?,
        "retry" | "erneut nach" => callback.retry_after = read_duration(value)?,
        "expires" | "frist" => callback.expires_after = read_duration(value)?,
        "ring" | "klingelt" => callback.ring = read_duration(value)?,
        "first" | "zuerst" => callback.first = read_first(value)?,
        other => return Err(format!("unknown setting of a call-back: {other}")),
    }
    Ok(())
}

fn read_first(value: &str) -> Result<First, String> {
    match value {
        "agent" | "beraterin" => Ok(First::Agent),
        "caller" | "anrufer" => Ok(First::Caller),
        other => Err(format!("nobody to be called first: {other}")),
    }
}

/// What follows one of these beginnings.
fn after<'a>(text: &'a str, beginnings: &[&str]) -> Option<&'a str> {
    beginnings.iter().find_map(|beginning| text.strip_prefix(beginning))
}
