// SPDX-License-Identifier: EUPL-1.2
//! Reads what happens: the left-hand side of a story.

use super::read::{Names, known};
use super::values::{read_duration, tick, whole};
use acd::agent::Pause;
use acd::contact::Parting;
use centre::{
    Event, NotReached, OfficeEnd, PartnerEnd, RefusedBy, SteeringReason, SwitchboardEnd, TransferTo,
};
use stdx::{AgentId, LineId, PartnerId, PlanId, SkillId, SwitchboardId, Tick, TrunkId};

/// One thing that somebody does.
#[derive(Clone, Debug)]
pub(super) enum Deed {
    TimePasses,
    Call {
        name: String,
        line: LineId,
        person: Option<String>,
        trunk: Option<TrunkId>,
        forwarded: bool,
    },
    CallRefused {
        name: String,
        line: LineId,
        by: RefusedBy,
    },
    /// Something that happens to the contact of this name.
    Contact(String, Meets),
    Answers(AgentId, Option<String>),
    Declines(AgentId, Option<String>),
    CannotBeReached(AgentId, Option<String>),
    /// Something that is about no contact.
    Plain(Event),
}

/// What happens to a contact.
#[derive(Clone, Copy, Debug)]
pub(super) enum Meets {
    AnnouncementOver,
    Leaves(Parting),
    Alive,
    SwitchboardAnswers,
    SwitchboardFails(SwitchboardEnd),
    PartnerAnswers,
    PartnerFails(PartnerEnd),
    Deflected,
    OtherLeaves,
    OfficeAnswers,
    OfficeFails(OfficeEnd),
    WantsCallback,
    Reached,
    NotReached(NotReached),
    WantsInformation,
    PulledForward(SteeringReason),
    MovedTo(LineId, SteeringReason),
    Undone,
}

/// What happens at one time.
#[derive(Clone, Debug)]
pub(super) struct Moment {
    pub(super) line: usize,
    pub(super) at: Tick,
    pub(super) text: String,
    pub(super) deeds: Vec<Deed>,
}

impl Moment {
    pub(super) fn nothing_done(at: Tick) -> Moment {
        Moment { line: 0, at, text: String::new(), deeds: Vec::new() }
    }
}

/// A moment, or none if nothing was done: then it came by itself and will come again.
pub(super) fn moment(names: &Names, number: usize, line: &str) -> Result<Option<Moment>, String> {
    let left = line.split_once('|').map_or(line, |(left, _)| left);
    let (time, text) = left.split_once("  ").unwrap_or((left, ""));
    let (at, text) = (tick(time.trim())?, text.trim());
    if text.is_empty() {
        return Ok(None);
    }
    let deeds = text.split(", ").scan(None, |who: &mut Option<String>, part| {
        let deed = names.deed(part.trim(), who.as_deref());
        *who = part.split_whitespace().next().map(str::to_owned);
        Some(deed)
    });
    let deeds = deeds.collect::<Result<Vec<Deed>, String>>()?;
    Ok(Some(Moment { line: number, at, text: text.to_owned(), deeds }))
}

impl Names {
    /// One deed; without a name it is done by who did the one before.
    fn deed(&self, text: &str, who: Option<&str>) -> Result<Deed, String> {
        if text == "time passes" || text == "Zeit vergeht" {
            return Ok(Deed::TimePasses);
        }
        let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
        match first {
            "call" | "Anruf" => return self.call(rest),
            "switchboard" | "Vermittlung" => {
                return switchboard_deed(rest).ok_or_else(|| not(text));
            }
            "partner" | "Partner" => return partner_deed(rest).ok_or_else(|| not(text)),
            "office" | "Amt" => return office_deed(rest).ok_or_else(|| not(text)),
            "supervisor" | "Teamleitung" => return self.act(rest),
            "carrier" | "Netz" => return self.refused(rest, RefusedBy::Carrier),
            "door" | "Tür" => return self.refused(rest, RefusedBy::Door),
            "trunk" | "Trunk" => return self.refused(rest, RefusedBy::NoChannel),
            "somebody" | "jemand" => return self.staffed(rest, true),
            "nobody" | "niemand" => return self.staffed(rest, false),
            _ => {}
        }
        if let Some(agent) = self.agent(first) {
            return self.agent_does(agent, rest).ok_or_else(|| format!("{first} cannot: {rest}"));
        }
        if let Some(agent) = who.and_then(|who| self.agent(who))
            && let Some(deed) = self.agent_does(agent, text)
        {
            return Ok(deed);
        }
        let meets = contact_deed(rest).ok_or_else(|| not(text))?;
        Ok(Deed::Contact(first.to_owned(), meets))
    }

    fn agent(&self, name: &str) -> Option<AgentId> {
        known(&self.agents, "agent", name).ok().map(AgentId)
    }

    fn agent_does(&self, agent: AgentId, verb: &str) -> Option<Deed> {
        agent_deed(agent, verb).or_else(|| self.transfer(agent, verb))
    }

    /// `transfers to berta`, `gibt weiter an Leitung 115`, `puts through to an office`, `verbindet mit berta`.
    fn transfer(&self, agent: AgentId, verb: &str) -> Option<Deed> {
        let blind = verb.strip_prefix("transfers to ").or(verb.strip_prefix("gibt weiter an "));
        if let Some(to) = blind {
            let to = self.destination(to)?;
            return Some(Deed::Plain(Event::BlindTransfer { agent, to }));
        }
        let attended =
            verb.strip_prefix("puts through to ").or(verb.strip_prefix("verbindet mit "));
        let to = match self.destination(attended?)? {
            TransferTo::Agent(to) => Some(to),
            TransferTo::Office => None,
            TransferTo::Line(_) | TransferTo::Partner(_) => return None,
        };
        Some(Deed::Plain(Event::AttendedTransfer { agent, to }))
    }

    fn destination(&self, to: &str) -> Option<TransferTo> {
        if matches!(to, "an office" | "ein Amt" | "einem Amt") {
            return Some(TransferTo::Office);
        }
        if let Some(line) = to.strip_prefix("line ").or(to.strip_prefix("Leitung ")) {
            return known(&self.lines, "line", line).ok().map(LineId).map(TransferTo::Line);
        }
        let partner = known(&self.partners, "partner", to).ok().map(PartnerId);
        self.agent(to).map(TransferTo::Agent).or(partner.map(TransferTo::Partner))
    }

    fn call(&self, text: &str) -> Result<Deed, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let (&name, mut rest) = words.split_first().ok_or("a call wants a name")?;
        let (mut line, mut person, mut trunk) = (None, None, None);
        let forwarded = matches!(rest.last(), Some(&("forwarded" | "weitergeleitet")));
        if forwarded {
            rest = &rest[..rest.len() - 1];
        }
        while let [key, value, more @ ..] = rest {
            match *key {
                "on" | "auf" => line = Some(*value),
                "by" | "von" => person = Some((*value).to_owned()),
                "via" | "über" => trunk = Some(TrunkId(known(&self.trunks, "trunk", value)?)),
                other => return Err(not(other)),
            }
            rest = more;
        }
        if !rest.is_empty() {
            return Err(not(&rest.join(" ")));
        }
        let line = line.ok_or("a call comes on a line: call a on 115")?;
        let line = LineId(known(&self.lines, "line", line)?);
        Ok(Deed::Call { name: name.to_owned(), line, person, trunk, forwarded })
    }

    /// `refuses a on 115`, `weist a auf 115 ab`.
    fn refused(&self, text: &str, by: RefusedBy) -> Result<Deed, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        match words[..] {
            ["refuses", name, "on", line] | ["weist", name, "auf", line, "ab"] => {
                let line = LineId(known(&self.lines, "line", line)?);
                Ok(Deed::CallRefused { name: name.to_owned(), line, by })
            }
            _ => Err(not(text)),
        }
    }

    /// `is at rathaus`, `ist bei rathaus`.
    fn staffed(&self, text: &str, staffed: bool) -> Result<Deed, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        match words[..] {
            ["is", "at", name] | ["ist", "bei", name] => {
                let found = known(&self.switchboards, "switchboard", name)?;
                let switchboard = SwitchboardId(found);
                Ok(Deed::Plain(Event::SwitchboardStaffed { switchboard, staffed }))
            }
            _ => Err(not(text)),
        }
    }

    // --- What a supervisor does ----------------------------------------------------------------

    fn act(&self, text: &str) -> Result<Deed, String> {
        let (text, reason) = match text.split_once(" (") {
            Some((text, reason)) => (text, Some(reason.trim_end_matches(')'))),
            None => (text, None),
        };
        let reason = reason.map(steering_reason).transpose()?;
        let words: Vec<&str> = text.split_whitespace().collect();
        let why = reason.unwrap_or(SteeringReason::Load);
        let line = |name: &str| known(&self.lines, "line", name).map(LineId);
        let agent = |name: &str| known(&self.agents, "agent", name).map(AgentId);
        let plan = |name: &str| known(&self.plans, "plan", name).map(PlanId);
        let contact = |name: &str, meets| Deed::Contact(name.to_owned(), meets);
        Ok(match words[..] {
            ["pulls", name, "forward"] | ["zieht", name, "vor"] => {
                contact(name, Meets::PulledForward(why))
            }
            ["moves", name, "to", to] | ["gibt", name, "an", to] => {
                contact(name, Meets::MovedTo(line(to)?, why))
            }
            ["puts", name, "back"] | ["nimmt", name, "zurück"] => contact(name, Meets::Undone),
            ["sends", name, "home"] | ["schickt", name, "heim"] => {
                Deed::Plain(Event::SendHome { agent: agent(name)? })
            }
            ["gives" | "gibt", name, skill, level] => {
                let skill = SkillId(known(&self.skills, "skill", skill)?);
                let level = whole(level)?;
                Deed::Plain(Event::SetSkill { agent: agent(name)?, skill, level })
            }
            ["closes", name, "for", lasts] | ["schließt", name, "für", lasts] => {
                let lasts = read_duration(lasts)?;
                Deed::Plain(Event::CloseLine { line: line(name)?, lasts })
            }
            ["opens", name] | ["öffnet", name] => {
                Deed::Plain(Event::OpenLine { line: line(name)? })
            }
            ["starts", name] | ["startet", name] => {
                Deed::Plain(Event::StartPlan { plan: plan(name)? })
            }
            ["ends", name] | ["beendet", name] => Deed::Plain(Event::EndPlan { plan: plan(name)? }),
            _ => return Err(not(text)),
        })
    }
}

fn not(text: &str) -> String {
    format!("not understood: {text}")
}

fn steering_reason(text: &str) -> Result<SteeringReason, String> {
    match text {
        "distress" | "Notlage" => Ok(SteeringReason::Distress),
        "waited long" | "lange gewartet" => Ok(SteeringReason::WaitedLong),
        "wrong line" | "falsche Leitung" => Ok(SteeringReason::WrongLine),
        "load" | "Auslastung" => Ok(SteeringReason::Load),
        other => Err(format!("no reason for steering: {other}")),
    }
}

fn agent_deed(agent: AgentId, verb: &str) -> Option<Deed> {
    let event = match verb {
        "signs on" | "meldet sich an" => Event::SignOn { agent },
        "signs off" | "meldet sich ab" => Event::SignOff { agent },
        "is ready" | "ready" | "ist bereit" | "bereit" => Event::MakeReady { agent },
        "takes a break" | "macht Pause" => Event::MakeNotReady { agent, pause: Pause::Break },
        "does desk work" | "macht Schreibarbeit" => {
            Event::MakeNotReady { agent, pause: Pause::DeskWork }
        }
        "hangs up" | "legt auf" => Event::HangUp { agent },
        "needs more time" | "braucht länger" => Event::ExtendWrapUp { agent },
        "is done" | "ist fertig" => Event::EndWrapUp { agent },
        verb => return offer_deed(agent, verb),
    };
    Some(Deed::Plain(event))
}

fn offer_deed(agent: AgentId, verb: &str) -> Option<Deed> {
    let name = |rest: &str| (!rest.trim().is_empty()).then(|| rest.trim().to_owned());
    let answers = verb.strip_prefix("answers").or_else(|| verb.strip_prefix("nimmt ab"));
    if let Some(rest) = answers {
        return Some(Deed::Answers(agent, name(rest)));
    }
    let declines = verb.strip_prefix("declines").or_else(|| verb.strip_prefix("lehnt ab"));
    if let Some(rest) = declines {
        return Some(Deed::Declines(agent, name(rest)));
    }
    let dead = verb.strip_prefix("cannot be reached");
    let dead = dead.or_else(|| verb.strip_prefix("ist nicht erreichbar"))?;
    Some(Deed::CannotBeReached(agent, name(dead)))
}

fn contact_deed(verb: &str) -> Option<Meets> {
    Some(match verb {
        "hangs up" | "legt auf" => Meets::Leaves(Parting::HungUp),
        "is cut off" | "wird getrennt" => Meets::Leaves(Parting::CutOff),
        "is alive" | "spricht noch" => Meets::Alive,
        "has heard the greeting" | "hat die Ansage gehört" => Meets::AnnouncementOver,
        "wants a call-back" | "will zurückgerufen werden" => Meets::WantsCallback,
        "is reached" | "wird erreicht" => Meets::Reached,
        "is not reached" | "wird nicht erreicht" => Meets::NotReached(NotReached::NoAnswer),
        "is busy" | "ist besetzt" => Meets::NotReached(NotReached::Busy),
        "is unreachable" | "ist unerreichbar" => Meets::NotReached(NotReached::Unreachable),
        "wants information" | "will die Auskunft" => Meets::WantsInformation,
        _ => return None,
    })
}

fn switchboard_deed(text: &str) -> Option<Deed> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (name, meets) = match words[..] {
        ["answers", name] | ["nimmt", name, "ab"] => (name, Meets::SwitchboardAnswers),
        ["is", "busy", "for", name] | ["ist", "besetzt", "für", name] => {
            (name, Meets::SwitchboardFails(SwitchboardEnd::Busy))
        }
        ["sends", name, "back"] | ["schickt", name, "zurück"] => {
            (name, Meets::SwitchboardFails(SwitchboardEnd::CameBack))
        }
        ["is", "unreachable", "for", name] | ["ist", "unerreichbar", "für", name] => {
            (name, Meets::SwitchboardFails(SwitchboardEnd::Unreachable))
        }
        ["hangs", "up", "on", name] | ["legt", "bei", name, "auf"] => (name, Meets::OtherLeaves),
        _ => return None,
    };
    Some(Deed::Contact(name.to_owned(), meets))
}

fn partner_deed(text: &str) -> Option<Deed> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (name, meets) = match words[..] {
        ["answers", name] | ["nimmt", name, "ab"] => (name, Meets::PartnerAnswers),
        ["takes", name, "over"] | ["übernimmt", name] => (name, Meets::Deflected),
        ["is", "full", "for", name] | ["ist", "voll", "für", name] => {
            (name, Meets::PartnerFails(PartnerEnd::Busy))
        }
        ["is", "closed", "for", name] | ["ist", "geschlossen", "für", name] => {
            (name, Meets::PartnerFails(PartnerEnd::Closed))
        }
        ["is", "unreachable", "for", name] | ["ist", "unerreichbar", "für", name] => {
            (name, Meets::PartnerFails(PartnerEnd::Unreachable))
        }
        ["hangs", "up", "on", name] | ["legt", "bei", name, "auf"] => (name, Meets::OtherLeaves),
        _ => return None,
    };
    Some(Deed::Contact(name.to_owned(), meets))
}

fn office_deed(text: &str) -> Option<Deed> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (name, meets) = match words[..] {
        ["answers", name] | ["nimmt", name, "ab"] => (name, Meets::OfficeAnswers),
        ["is", "busy", "for", name] | ["ist", "besetzt", "für", name] => {
            (name, Meets::OfficeFails(OfficeEnd::Busy))
        }
        ["is", "unreachable", "for", name] | ["ist", "unerreichbar", "für", name] => {
            (name, Meets::OfficeFails(OfficeEnd::Unreachable))
        }
        ["hangs", "up", "on", name] | ["legt", "bei", name, "auf"] => (name, Meets::OtherLeaves),
        _ => return None,
    };
    Some(Deed::Contact(name.to_owned(), meets))
}
