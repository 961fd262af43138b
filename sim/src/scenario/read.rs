// SPDX-License-Identifier: EUPL-1.2
//! Reads a story: the head says what there is, the moments say what happens.

use super::words::Words;
use acd::agent::Pause;
use acd::contact::Parting;
use acd::{AgentRules, CentreRules, LineRules, QueueRules, SkillNeed};
use calendar::{Interval, Timetable};
use centre::{Event, Setup};
use stdx::{AgentId, LineId, Micros, QueueId, SkillId, TeamId, Tick, Timestamp, TimetableId};

/// A story's first moment is midnight, some way into the log, so that a head start has room.
const MIDNIGHT: Micros = Micros::from_mins(24 * 60);

/// One thing that somebody does.
#[derive(Clone, Debug)]
pub(super) enum Deed {
    TimePasses,
    Call { name: String, line: LineId, person: Option<String> },
    AnnouncementOver(String),
    Leaves(String, Parting),
    Alive(String),
    Answers(AgentId, Option<String>),
    Declines(AgentId, Option<String>),
    CannotBeReached(AgentId, Option<String>),
    Agent(Event),
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

/// A story as it was written.
#[derive(Clone, Debug)]
pub(super) struct Story {
    pub(super) words: Words,
    /// Everything above the first moment, to the letter.
    pub(super) head: String,
    pub(super) setup: Setup,
    pub(super) lines: Vec<String>,
    pub(super) agents: Vec<String>,
    pub(super) moments: Vec<Moment>,
}

impl Story {
    pub(super) fn read(text: &str) -> Result<Story, String> {
        let mut head = Head::new();
        let mut moments: Vec<Moment> = Vec::new();
        let mut head_text = String::new();
        for (number, line) in (1..).zip(text.lines()) {
            let place = |why: String| format!("line {number}: {why}");
            if line.starts_with("---") {
                break;
            }
            if line.starts_with(|c: char| c.is_ascii_digit()) {
                if let Some(moment) = head.moment(number, line).map_err(place)? {
                    if moments.last().is_some_and(|last| moment.at < last.at) {
                        return Err(place("time runs backwards".to_owned()));
                    }
                    moments.push(moment);
                }
            } else if moments.is_empty() {
                head.declare(line).map_err(place)?;
                head_text.push_str(line);
                head_text.push('\n');
            } else if !line.trim().is_empty() {
                return Err(place(format!("neither a time nor the end: {line}")));
            }
        }
        head.finish(head_text, moments)
    }

    pub(super) fn wall(&self, at: Tick) -> Timestamp {
        Timestamp(0) + Micros(at.0)
    }
}

struct Head {
    words: Words,
    rules: CentreRules,
    queue_names: Vec<String>,
    queues: Vec<QueueRules>,
    line_names: Vec<String>,
    lines: Vec<LineRules>,
    agent_names: Vec<String>,
    agents: Vec<AgentRules>,
    skills: Vec<String>,
    open: Vec<Interval>,
}

impl Head {
    fn new() -> Head {
        Head {
            words: Words::English,
            rules: CentreRules {
                head_start: Micros::from_secs(15),
                no_answer_pause: Micros::from_mins(3),
                decline_pause: Micros::from_secs(30),
                place_kept: Micros::from_secs(60),
            },
            queue_names: Vec::new(),
            queues: Vec::new(),
            line_names: Vec::new(),
            lines: Vec::new(),
            agent_names: Vec::new(),
            agents: Vec::new(),
            skills: Vec::new(),
            open: Vec::new(),
        }
    }

    // --- The head ----------------------------------------------------------------------------

    fn declare(&mut self, line: &str) -> Result<(), String> {
        if line.starts_with('#') || line.trim().is_empty() {
            return Ok(());
        }
        let cells: Vec<&str> =
            line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
        let (&kind, rest) = cells.split_first().ok_or("an empty line is no declaration")?;
        match kind {
            "sprache deutsch" => self.words = Words::German,
            "hours" | "zeiten" => {
                for cell in rest {
                    self.open.push(interval(cell)?);
                }
            }
            "rules" | "regeln" => {
                for cell in rest {
                    self.declare_rule(cell)?;
                }
            }
            "queue" | "warteschlange" => self.declare_queue(rest)?,
            "line" | "leitung" => self.declare_line(rest)?,
            "agent" | "beraterin" => self.declare_agent(rest)?,
            other => return Err(format!("unknown declaration: {other}")),
        }
        Ok(())
    }

    fn declare_rule(&mut self, cell: &str) -> Result<(), String> {
        let (key, value) = setting(cell)?;
        let value = read_duration(value)?;
        match key {
            "head start" | "vorsprung" => self.rules.head_start = value,
            "no answer pause" | "pause ohne antwort" => self.rules.no_answer_pause = value,
            "decline pause" | "pause nach ablehnen" => self.rules.decline_pause = value,
            "place kept" | "platz bleibt" => self.rules.place_kept = value,
            other => return Err(format!("unknown rule: {other}")),
        }
        Ok(())
    }

    fn declare_queue(&mut self, cells: &[&str]) -> Result<(), String> {
        let (name, settings) = cells.split_first().ok_or("a queue wants a name")?;
        let mut queue = QueueRules {
            ring: Micros::from_secs(20),
            length_max: 100,
            waiting_max: Micros::from_mins(60),
        };
        for cell in settings {
            let (key, value) = setting(cell)?;
            match key {
                "ring" | "klingelt" => queue.ring = read_duration(value)?,
                "waiting" | "wartezeit" => queue.waiting_max = read_duration(value)?,
                "length" | "länge" => queue.length_max = whole(value)?,
                other => return Err(format!("unknown setting of a queue: {other}")),
            }
        }
        self.queue_names.push((*name).to_owned());
        self.queues.push(queue);
        Ok(())
    }

    fn declare_line(&mut self, cells: &[&str]) -> Result<(), String> {
        let (name, settings) = cells.split_first().ok_or("a line wants a name")?;
        let mut line = LineRules {
            queue: None,
            timetable: TimetableId(0),
            priority: 0,
            required: Vec::new(),
            preferred: Vec::new(),
            greeting: None,
            wrap_up: Micros::ZERO,
            short_abandon: Micros::ZERO,
        };
        for cell in settings {
            self.set_line(&mut line, cell)?;
        }
        self.line_names.push((*name).to_owned());
        self.lines.push(line);
        Ok(())
    }

    fn set_line(&mut self, line: &mut LineRules, cell: &str) -> Result<(), String> {
        let (key, value) = setting(cell)?;
        match key {
            "queue" | "warteschlange" => {
                let found = self.queue_names.iter().position(|name| name == value);
                let index = found.ok_or_else(|| format!("no queue {value}"))?;
                line.queue = Some(QueueId(index as u16));
            }
            "greeting" | "ansage" => line.greeting = Some(read_duration(value)?),
            "wrap-up" | "nachbearbeitung" => line.wrap_up = read_duration(value)?,
            "short abandon" | "kurzer abbruch" => line.short_abandon = read_duration(value)?,
            "priority" | "vorrang" => line.priority = whole(value)?,
            "prefers" | "bevorzugt" => line.preferred.push(self.skill(value)),
            key => {
                let skill = key.strip_prefix("requires ").or_else(|| key.strip_prefix("verlangt "));
                let skill = skill.ok_or_else(|| format!("unknown setting of a line: {key}"))?;
                let skill = self.skill(skill);
                line.required.push(SkillNeed { skill, level: whole(value)? });
            }
        }
        Ok(())
    }

    fn declare_agent(&mut self, cells: &[&str]) -> Result<(), String> {
        let (name, skills) = cells.split_first().ok_or("an agent wants a name")?;
        let mut rules = AgentRules { team: TeamId(0), skills: Vec::new() };
        for cell in skills {
            let (skill, level) = setting(cell)?;
            let skill = self.skill(skill);
            rules.skills.push(SkillNeed { skill, level: whole(level)? });
        }
        self.agent_names.push((*name).to_owned());
        self.agents.push(rules);
        Ok(())
    }

    fn skill(&mut self, name: &str) -> SkillId {
        let known = self.skills.iter().position(|known| known == name);
        let index = known.unwrap_or_else(|| {
            self.skills.push(name.to_owned());
            self.skills.len() - 1
        });
        SkillId(index as u16)
    }

    fn finish(self, head: String, moments: Vec<Moment>) -> Result<Story, String> {
        let day = |day: u64| Timestamp(0) + MIDNIGHT.times(day);
        let horizon = Interval { from: day(0), until: day(4) };
        let open = if self.open.is_empty() { vec![horizon] } else { self.open };
        let timetable = Timetable::new(horizon, open)
            .map_err(|problem| format!("the hours make no timetable: {problem:?}"))?;
        Ok(Story {
            words: self.words,
            head,
            setup: Setup {
                rules: self.rules,
                lines: self.lines,
                queues: self.queues,
                agents: self.agents,
                timetables: vec![timetable],
            },
            lines: self.line_names,
            agents: self.agent_names,
            moments,
        })
    }

    // --- The moments -------------------------------------------------------------------------

    /// A moment, or none if nothing was done: then it came by itself and will come again.
    fn moment(&self, number: usize, line: &str) -> Result<Option<Moment>, String> {
        let left = line.split_once('|').map_or(line, |(left, _)| left);
        let (time, text) = left.split_once("  ").unwrap_or((left, ""));
        let (at, text) = (tick(time.trim())?, text.trim());
        if text.is_empty() {
            return Ok(None);
        }
        let deeds = text.split(", ").scan(None, |who: &mut Option<String>, part| {
            let deed = self.deed(part.trim(), who.as_deref());
            *who = part.split_whitespace().next().map(str::to_owned);
            Some(deed)
        });
        let deeds = deeds.collect::<Result<Vec<Deed>, String>>()?;
        Ok(Some(Moment { line: number, at, text: text.to_owned(), deeds }))
    }

    /// One deed; without a name it is done by who did the one before.
    fn deed(&self, text: &str, who: Option<&str>) -> Result<Deed, String> {
        if text == "time passes" || text == "Zeit vergeht" {
            return Ok(Deed::TimePasses);
        }
        if let Some(call) = text.strip_prefix("call ").or_else(|| text.strip_prefix("Anruf ")) {
            return self.call(call);
        }
        let (name, verb) = text.split_once(' ').unwrap_or((text, ""));
        if let Some(agent) = self.agent(name) {
            return agent_deed(agent, verb).ok_or_else(|| format!("{name} cannot: {verb}"));
        }
        if let Some(agent) = who.and_then(|who| self.agent(who))
            && let Some(deed) = agent_deed(agent, text)
        {
            return Ok(deed);
        }
        contact_deed(name, verb).ok_or_else(|| format!("not understood: {text}"))
    }

    fn agent(&self, name: &str) -> Option<AgentId> {
        let index = self.agent_names.iter().position(|known| known == name)?;
        Some(AgentId(index as u16))
    }

    fn call(&self, text: &str) -> Result<Deed, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let (&name, mut rest) = words.split_first().ok_or("a call wants a name")?;
        let mut line = None;
        let mut person = None;
        while let [key, value, more @ ..] = rest {
            match *key {
                "on" | "auf" => line = Some(*value),
                "by" | "von" => person = Some((*value).to_owned()),
                other => return Err(format!("not understood: {other}")),
            }
            rest = more;
        }
        if !rest.is_empty() {
            return Err(format!("not understood: {}", rest.join(" ")));
        }
        let line = line.ok_or("a call comes on a line: call a on 115")?;
        let index = self.line_names.iter().position(|known| known == line);
        let line = LineId(index.ok_or_else(|| format!("no line {line}"))? as u16);
        Ok(Deed::Call { name: name.to_owned(), line, person })
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
    Some(Deed::Agent(event))
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

fn contact_deed(name: &str, verb: &str) -> Option<Deed> {
    let name = name.to_owned();
    match verb {
        "hangs up" | "legt auf" => Some(Deed::Leaves(name, Parting::HungUp)),
        "is cut off" | "wird getrennt" => Some(Deed::Leaves(name, Parting::CutOff)),
        "is alive" | "spricht noch" => Some(Deed::Alive(name)),
        "has heard the greeting" | "hat die Ansage gehört" => Some(Deed::AnnouncementOver(name)),
        _ => None,
    }
}

// --- Values ----------------------------------------------------------------------------------

/// `key words value`: the value is the last word.
fn setting(cell: &str) -> Result<(&str, &str), String> {
    cell.rsplit_once(' ').ok_or_else(|| format!("wants a value: {cell}"))
}

fn whole<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("not a whole number: {text}"))
}

fn read_duration(text: &str) -> Result<Micros, String> {
    let units = [("min", 60_000_000), ("ms", 1_000), ("s", 1_000_000), ("h", 3_600_000_000)];
    let found = units.into_iter().find_map(|(unit, micros)| {
        let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
        Some(Micros(number * micros))
    });
    found.ok_or_else(|| format!("not a duration: {text}"))
}

/// `09:00:00`, perhaps with milliseconds.
fn tick(text: &str) -> Result<Tick, String> {
    let wrong = || format!("not a time of day: {text}");
    let (text, millis) = match text.split_once('.') {
        Some((text, millis)) => (text, millis.parse::<u64>().map_err(|_| wrong())?),
        None => (text, 0),
    };
    let parts: Vec<u64> =
        text.split(':').map(|part| part.parse().map_err(|_| wrong())).collect::<Result<_, _>>()?;
    match parts[..] {
        [h, m, s] if h < 48 && m < 60 && s < 60 && millis < 1000 => {
            let micros = Micros::from_secs(h * 3600 + m * 60 + s) + Micros::from_millis(millis);
            Ok(Tick((MIDNIGHT + micros).0))
        }
        _ => Err(wrong()),
    }
}

fn interval(text: &str) -> Result<Interval, String> {
    let (from, until) = text.split_once('-').ok_or_else(|| format!("not hours: {text}"))?;
    let at = |time: &str| tick(&format!("{time}:00")).map(|tick| Timestamp(0) + Micros(tick.0));
    Ok(Interval { from: at(from)?, until: at(until)? })
}

/// The time of day as it is written.
pub(super) fn clock(at: Tick) -> String {
    let since_midnight = at.since(Tick(MIDNIGHT.0));
    let (secs, millis) = (since_midnight.as_secs(), since_midnight.0 / 1_000 % 1_000);
    let clock = format!("{:02}:{:02}:{:02}", secs / 3600, secs / 60 % 60, secs % 60);
    if millis == 0 { clock } else { format!("{clock}.{millis:03}") }
}

/// A duration as it is written.
pub(super) fn duration(length: Micros) -> String {
    let secs = length.as_secs();
    match (secs / 60, secs % 60) {
        (0, secs) => format!("{secs}s"),
        (mins, 0) => format!("{mins}min"),
        (mins, secs) => format!("{mins}min {secs}s"),
    }
}
