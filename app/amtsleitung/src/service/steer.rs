// SPDX-License-Identifier: EUPL-1.2
//! What a supervisor tells the running centre to do, as words, and what has become of it.
//!
//! The centre decides whether it can be done; here words become its events and its answers sentences.

use crate::Lang;
use crate::config::duration;
use crate::config::{County, Line};
use acd::Refusal;
use centre::{Command, Note, SteeringReason};
use stdx::limits::{ACT_MAX, SKILL_LEVEL_MAX};
use stdx::{AgentId, ContactId, LineId, Micros, PlanId, SkillId};
pub use web::centre::Steering;

/// Names that are listed when one is wrong.
const KNOWN_SHOWN_MAX: usize = 20;

/// The ids by which lines, agents, skills and crisis plans are named, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Of lines.
    pub lines: Vec<String>,
    /// Of agents.
    pub agents: Vec<String>,
    /// Of skills.
    pub skills: Vec<String>,
    /// Of crisis plans.
    pub plans: Vec<String>,
    /// Of each line's client, if cases are kept.
    pub clients: Option<Vec<String>>,
}

impl Names {
    /// Those of a county.
    #[must_use]
    pub fn of(county: &County) -> Names {
        let line = |line: &Line| line.id.clone();
        Names {
            lines: county.lines.iter().map(line).collect(),
            agents: county.agents.iter().map(|agent| agent.id.clone()).collect(),
            skills: county.skills.iter().map(|skill| skill.id.clone()).collect(),
            plans: county.plans.iter().map(|plan| plan.id.clone()).collect(),
            clients: county.cases.map(|_| {
                let client = |line: &Line| county.clients.get(line.client);
                let id = |line| client(line).map_or_else(String::new, |it| it.id.clone());
                county.lines.iter().map(id).collect()
            }),
        }
    }
}

/// What the centre made of it: the place in the queue, where a caller has one.
pub type Outcome = Result<Option<usize>, Refusal>;

/// The outcome after one more of the commands that an event led to.
pub fn outcome(so_far: Outcome, command: &Command) -> Outcome {
    if let Command::Refuse(why) = *command {
        Err(why)
    } else if let Command::Note(
        Note::PulledForward { position, .. }
        | Note::Moved { position, .. }
        | Note::SteeringUndone { position, .. },
    ) = *command
    {
        Ok(Some(position))
    } else {
        so_far
    }
}

/// Why it is done, as it is called on the command line.
const REASONS: [(&str, SteeringReason); 4] = [
    ("distress", SteeringReason::Distress),
    ("waited-long", SteeringReason::WaitedLong),
    ("wrong-line", SteeringReason::WrongLine),
    ("load", SteeringReason::Load),
];

/// Every form in German, one a line.
pub const FORMS_DE: &str = "  \
  pull ANRUF GRUND             holt einen wartenden Anruf nach vorn
  move ANRUF LINIE GRUND       lässt die Plätze einer anderen Linie annehmen
  undo ANRUF                   nimmt beides zurück
  sign-off PLATZ               meldet ab, nach dem Gespräch, wenn eines läuft
  skill PLATZ KENNTNIS STUFE   ändert eine Kenntnis bis zur Abmeldung; 0 nimmt sie weg
  close LINIE DAUER            schließt eine Linie, zum Beispiel für 90min
  open LINIE                   nimmt die Schließung zurück
  plan-start PLAN              beginnt einen vorbereiteten Krisenplan
  plan-end PLAN                beendet ihn vor seiner Zeit

  GRUND ist distress (Not), waited-long (lange gewartet), wrong-line (falsche Linie)
  oder load (Auslastung). Die Nummern der Anrufe zeigt „amtsleitung calls“.
";

/// Every form in English, one a line.
pub const FORMS_EN: &str = "  \
  pull CALL REASON             puts a waiting call at the front
  move CALL LINE REASON        lets the agents of another line answer
  undo CALL                    takes both back
  sign-off AGENT               signs off, after the call if there is one
  skill AGENT SKILL LEVEL      changes a skill until the agent signs off; 0 takes it away
  close LINE DURATION          closes a line, for 90min for example
  open LINE                    takes the closing back
  plan-start PLAN              starts a prepared crisis plan
  plan-end PLAN                ends it before its time

  REASON is distress, waited-long, wrong-line or load. `amtsleitung calls` shows the
  numbers of the calls.
";

/// Reads the words of the command line.
///
/// # Errors
/// With a sentence that says which word is wrong, and what can stand there.
pub fn read(words: &[&str], names: &Names, lang: Lang) -> Result<Steering, String> {
    let reader = Reader { names, lang };
    let steering = match *words {
        ["pull", call, reason] => Steering::Pull(reader.call(call)?, reader.reason(reason)?),
        ["move", call, line, reason] => {
            Steering::Move(reader.call(call)?, reader.line(line)?, reader.reason(reason)?)
        }
        ["undo", call] => Steering::Undo(reader.call(call)?),
        ["sign-off", agent] => Steering::SignOff(reader.agent(agent)?),
        ["skill", agent, skill, level] => {
            Steering::Skill(reader.agent(agent)?, reader.skill(skill)?, reader.level(level)?)
        }
        // People write `1h 30min` as two words.
        ["close", line, ref lasts @ ..] if !lasts.is_empty() => {
            Steering::Close(reader.line(line)?, reader.lasts(&lasts.join(" "))?)
        }
        ["open", line] => Steering::Open(reader.line(line)?),
        ["plan-start", plan] => Steering::StartPlan(reader.plan(plan)?),
        ["plan-end", plan] => Steering::EndPlan(reader.plan(plan)?),
        _ => {
            let intro = lang.pick("So kann gesteuert werden:", "These are the ways to steer:");
            let forms = lang.pick(FORMS_DE, FORMS_EN);
            return Err(format!("{intro}\n{}", forms.trim_end()));
        }
    };
    Ok(steering)
}

struct Reader<'a> {
    names: &'a Names,
    lang: Lang,
}

impl Reader<'_> {
    fn call(&self, word: &str) -> Result<ContactId, String> {
        word.parse().map(ContactId).map_err(|_| {
            self.lang.pick(
                format!("Die Nummer eines Anrufs ist eine ganze Zahl, nicht „{word}“."),
                format!("The number of a call is a whole number, not “{word}”."),
            )
        })
    }

    fn reason(&self, word: &str) -> Result<SteeringReason, String> {
        match REASONS.iter().find(|(name, _)| *name == word) {
            Some(&(_, reason)) => Ok(reason),
            None => {
                let what = self.lang.pick("Diesen Grund", "reason");
                Err(self.unknown(what, word, REASONS.iter().map(|(name, _)| *name)))
            }
        }
    }

    fn line(&self, word: &str) -> Result<LineId, String> {
        self.named(self.lang.pick("Diese Linie", "line"), word, &self.names.lines).map(LineId)
    }

    fn agent(&self, word: &str) -> Result<AgentId, String> {
        self.named(self.lang.pick("Diesen Platz", "agent"), word, &self.names.agents).map(AgentId)
    }

    fn skill(&self, word: &str) -> Result<SkillId, String> {
        self.named(self.lang.pick("Diese Kenntnis", "skill"), word, &self.names.skills).map(SkillId)
    }

    fn plan(&self, word: &str) -> Result<PlanId, String> {
        let what = self.lang.pick("Diesen Krisenplan", "crisis plan");
        self.named(what, word, &self.names.plans).map(PlanId)
    }

    fn named(&self, what: &str, word: &str, names: &[String]) -> Result<u16, String> {
        let index = names.iter().position(|name| name == word);
        let id = index.and_then(|index| u16::try_from(index).ok());
        id.ok_or_else(|| self.unknown(what, word, names.iter().map(String::as_str)))
    }

    fn unknown<'n>(
        &self,
        what: &str,
        word: &str,
        known: impl Iterator<Item = &'n str> + Clone,
    ) -> String {
        let all = known.clone().count();
        let shown: Vec<&str> = known.take(KNOWN_SHOWN_MAX).collect();
        let more = if all > KNOWN_SHOWN_MAX { ", …" } else { "" };
        let shown = if all == 0 { "–".to_owned() } else { shown.join(", ") };
        self.lang.pick(
            format!("{what} gibt es nicht: „{word}“. Es gibt: {shown}{more}"),
            format!("There is no such {what}: “{word}”. There are: {shown}{more}"),
        )
    }

    fn level(&self, word: &str) -> Result<u8, String> {
        let level = word.parse().ok().filter(|level| *level <= SKILL_LEVEL_MAX);
        level.ok_or_else(|| {
            self.lang.pick(
                format!("Eine Stufe liegt zwischen 0 und {SKILL_LEVEL_MAX}, nicht „{word}“."),
                format!("A level lies between 0 and {SKILL_LEVEL_MAX}, not “{word}”."),
            )
        })
    }

    fn lasts(&self, word: &str) -> Result<Micros, String> {
        let within = |lasts: &Micros| Micros::ZERO < *lasts && *lasts <= ACT_MAX;
        duration::parse(word).filter(within).ok_or_else(|| {
            let longest = duration::written(ACT_MAX);
            self.lang.pick(
                format!("Eine Schließung dauert höchstens {longest}, zum Beispiel 90min, nicht „{word}“."),
                format!("A closing lasts at most {longest}, 90min for example, not “{word}”."),
            )
        })
    }
}

/// What the supervisor is told.
#[must_use]
pub fn done(steering: Steering, place: Option<usize>, names: &Names, lang: Lang) -> String {
    let at = |contact: ContactId| {
        let place = place.unwrap_or(1);
        lang.pick(
            format!("Anruf {} steht jetzt auf Platz {place}.", contact.0),
            format!("Call {} is at place {place} now.", contact.0),
        )
    };
    match steering {
        Steering::Pull(contact, _) | Steering::Undo(contact) => at(contact),
        Steering::Move(contact, line, _) => {
            let line = &names.lines[line.index()];
            let place = at(contact);
            lang.pick(
                format!("{place} Ihn nehmen jetzt die Plätze von {line} an."),
                format!("{place} The agents of {line} answer it now."),
            )
        }
        Steering::SignOff(agent) => {
            let agent = &names.agents[agent.index()];
            lang.pick(
                format!("{agent} bekommt keinen Anruf mehr und ist nach dem Gespräch abgemeldet."),
                format!("{agent} is given no further call and is signed off after the talk."),
            )
        }
        Steering::Skill(agent, skill, level) => {
            let (agent, skill) = (&names.agents[agent.index()], &names.skills[skill.index()]);
            lang.pick(
                format!("{agent} hat „{skill}“ jetzt auf Stufe {level}, bis zur Abmeldung."),
                format!("{agent} has “{skill}” at level {level} now, until signing off."),
            )
        }
        Steering::Close(line, lasts) => {
            let (line, lasts) = (&names.lines[line.index()], duration::written(lasts));
            lang.pick(
                format!("{line} ist geschlossen und öffnet in {lasts} von selbst wieder, wenn dann Sprechzeit ist."),
                format!("{line} is closed and opens by itself in {lasts}, if it is within the hours then."),
            )
        }
        Steering::Open(line) => {
            let line = &names.lines[line.index()];
            lang.pick(
                format!("{line} ist wieder offen, wie die Sprechzeiten sagen."),
                format!("{line} is open again as its hours say."),
            )
        }
        Steering::StartPlan(plan) => plan_done(&names.plans[plan.index()], true, lang),
        Steering::EndPlan(plan) => plan_done(&names.plans[plan.index()], false, lang),
    }
}

/// What the supervisor is told of a crisis plan.
fn plan_done(plan: &str, starts: bool, lang: Lang) -> String {
    if starts {
        lang.pick(
            format!(
                "Der Krisenplan „{plan}“ läuft jetzt und endet von selbst; „status“ sagt, wann."
            ),
            format!("The crisis plan “{plan}” runs now and ends by itself; `status` says when."),
        )
    } else {
        lang.pick(
            format!("Der Krisenplan „{plan}“ ist beendet."),
            format!("The crisis plan “{plan}” has ended."),
        )
    }
}

/// The line of the log, without whose telephone or seat it was.
#[must_use]
pub fn logged(steering: Steering, outcome: &Outcome, names: &Names) -> String {
    let line_name = |line: LineId| names.lines.get(line.index()).map_or("", String::as_str);
    let plan_name = |plan: PlanId| names.plans.get(plan.index()).map_or("", String::as_str);
    let what = match steering {
        Steering::Pull(contact, reason) => {
            format!("steering=pull contact={} reason={}", contact.0, reason_name(reason))
        }
        Steering::Move(contact, line, reason) => {
            let line = line_name(line);
            format!(
                "steering=move contact={} line={line} reason={}",
                contact.0,
                reason_name(reason)
            )
        }
        Steering::Undo(contact) => format!("steering=undo contact={}", contact.0),
        Steering::SignOff(_) => "steering=sign-off".to_owned(),
        Steering::Skill(..) => "steering=skill".to_owned(),
        Steering::Close(line, lasts) => {
            format!("steering=close line={} lasts={}", line_name(line), duration::written(lasts))
        }
        Steering::Open(line) => format!("steering=open line={}", line_name(line)),
        Steering::StartPlan(plan) => format!("steering=plan-start plan={}", plan_name(plan)),
        Steering::EndPlan(plan) => format!("steering=plan-end plan={}", plan_name(plan)),
    };
    match outcome {
        Ok(_) => what,
        Err(why) => format!("{what} refused={why:?}"),
    }
}

fn reason_name(reason: SteeringReason) -> &'static str {
    REASONS.iter().find(|(_, it)| *it == reason).expect("every reason has a name").0
}
