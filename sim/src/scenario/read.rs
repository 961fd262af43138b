// SPDX-License-Identifier: EUPL-1.2
//! Reads a story: the head says what there is, the moments say what happens.

use super::deeds::{Moment, moment};
use super::line::{LineCells, read_line};
use super::values::{MIDNIGHT, interval, read_duration, setting, whole};
use super::words::Words;
use acd::{
    AgentRules, CentreRules, CrisisPlan, LineRules, PartnerRules, QueueRules, SkillNeed,
    SwitchboardRules,
};
use calendar::{Interval, Timetable};
use centre::Setup;
use stdx::{
    AgentId, LineId, Micros, PlanId, SkillId, TeamId, Tick, Timestamp, TimetableId, TrunkId,
};

/// The names of everything in a story; an id is a position.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    pub(super) queues: Vec<String>,
    pub(super) lines: Vec<String>,
    pub(super) agents: Vec<String>,
    pub(super) partners: Vec<String>,
    pub(super) switchboards: Vec<String>,
    pub(super) trunks: Vec<String>,
    pub(super) plans: Vec<String>,
    pub(super) skills: Vec<String>,
    pub(super) teams: Vec<String>,
}

/// The position of a name, or that there is none.
pub(super) fn known(names: &[String], what: &str, name: &str) -> Result<u16, String> {
    let found = names.iter().position(|known| known == name);
    found.map(|index| index as u16).ok_or_else(|| format!("no {what} {name}"))
}

/// The position of a name, which is added if it is new.
pub(super) fn interned(names: &mut Vec<String>, name: &str) -> u16 {
    let found = names.iter().position(|known| known == name);
    let index = found.unwrap_or_else(|| {
        names.push(name.to_owned());
        names.len() - 1
    });
    index as u16
}

/// A story as it was written.
#[derive(Clone, Debug)]
pub(super) struct Story {
    pub(super) words: Words,
    /// Everything above the first moment, to the letter.
    pub(super) head: String,
    pub(super) setup: Setup,
    pub(super) names: Names,
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
                if let Some(moment) = moment(&head.names, number, line).map_err(place)? {
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

/// What the head has declared so far.
pub(super) struct Head {
    words: Words,
    rules: CentreRules,
    pub(super) names: Names,
    queues: Vec<QueueRules>,
    lines: Vec<LineRules>,
    agents: Vec<AgentRules>,
    partners: Vec<PartnerRules>,
    switchboards: Vec<SwitchboardRules>,
    trunks: Vec<u32>,
    /// The cells of each plan: it names lines and agents that may come later.
    plans: Vec<(u16, Vec<String>)>,
    /// The centre's hours; then those of single lines, partners and shifts.
    open: Vec<Interval>,
    tables: Vec<Vec<Interval>>,
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
            names: Names::default(),
            queues: Vec::new(),
            lines: Vec::new(),
            agents: Vec::new(),
            partners: Vec::new(),
            switchboards: Vec::new(),
            trunks: Vec::new(),
            plans: Vec::new(),
            open: Vec::new(),
            tables: Vec::new(),
        }
    }

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
            "partner" => self.declare_partner(rest)?,
            "switchboard" | "vermittlung" => self.declare_switchboard(rest)?,
            "trunk" => self.declare_trunk(rest)?,
            "plan" => self.declare_plan(rest)?,
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
        self.names.queues.push((*name).to_owned());
        self.queues.push(queue);
        Ok(())
    }

    fn declare_line(&mut self, cells: &[&str]) -> Result<(), String> {
        let (name, settings) = cells.split_first().ok_or("a line wants a name")?;
        let cells = LineCells { names: &mut self.names, tables: &mut self.tables };
        let line = read_line(cells, settings)?;
        self.names.lines.push((*name).to_owned());
        self.lines.push(line);
        Ok(())
    }

    fn declare_agent(&mut self, cells: &[&str]) -> Result<(), String> {
        let (name, settings) = cells.split_first().ok_or("an agent wants a name")?;
        let mut rules = AgentRules { team: TeamId(0), skills: Vec::new(), shift: None };
        for cell in settings {
            let (key, value) = setting(cell)?;
            match key {
                "team" => rules.team = TeamId(interned(&mut self.names.teams, value)),
                "shift" | "schicht" => rules.shift = Some(table(&mut self.tables, value)?),
                skill => {
                    let skill = SkillId(interned(&mut self.names.skills, skill));
                    rules.skills.push(SkillNeed { skill, level: whole(value)? });
                }
            }
        }
        self.names.agents.push((*name).to_owned());
        self.agents.push(rules);
        Ok(())
    }

    fn declare_partner(&mut self, cells: &[&str]) -> Result<(), String> {
        let (name, settings) = cells.split_first().ok_or("a partner wants a name")?;
        let mut partner = PartnerRules {
            timetable: TimetableId(0),
            capacity: 10,
            ring: Micros::from_secs(20),
            pause: Micros::from_secs(30),
            trunk: None,
        };
        for cell in settings {
            let (key, value) = setting(cell)?;
            match key {
                "hours" | "zeiten" => partner.timetable = table(&mut self.tables, value)?,
                "capacity" | "höchstens" => partner.capacity = whole(value)?,
                "ring" | "klingelt" => partner.ring = read_duration(value)?,
                "pause" => partner.pause = read_duration(value)?,
                "trunk" => {
                    partner.trunk = Some(TrunkId(known(&self.names.trunks, "trunk", value)?));
                }
                other => return Err(format!("unknown setting of a partner: {other}")),
            }
        }
        self.names.partners.push((*name).to_owned());
        self.partners.push(partner);
        Ok(())
    }

    fn declare_switchboard(&mut self, cells: &[&str]) -> Result<(), String> {
        let (name, settings) = cells.split_first().ok_or("a switchboard wants a name")?;
        let mut switchboard = SwitchboardRules { timetable: TimetableId(0), trunk: None };
        for cell in settings {
            let (key, value) = setting(cell)?;
            match key {
                "hours" | "zeiten" => switchboard.timetable = table(&mut self.tables, value)?,
                "trunk" => {
                    switchboard.trunk = Some(TrunkId(known(&self.names.trunks, "trunk", value)?));
                }
                other => return Err(format!("unknown setting of a switchboard: {other}")),
            }
        }
        self.names.switchboards.push((*name).to_owned());
        self.switchboards.push(switchboard);
        Ok(())
    }

    fn declare_trunk(&mut self, cells: &[&str]) -> Result<(), String> {
        let (name, settings) = cells.split_first().ok_or("a trunk wants a name")?;
        let [channels] = settings else {
            return Err("a trunk wants its channels and nothing else".to_owned());
        };
        match setting(channels)? {
            ("channels" | "kanäle", value) => self.trunks.push(whole(value)?),
            (other, _) => return Err(format!("unknown setting of a trunk: {other}")),
        }
        self.names.trunks.push((*name).to_owned());
        Ok(())
    }

    fn declare_plan(&mut self, cells: &[&str]) -> Result<(), String> {
        let (name, settings) = cells.split_first().ok_or("a plan wants a name")?;
        let index = interned(&mut self.names.plans, name);
        self.plans.push((index, settings.iter().map(|&cell| cell.to_owned()).collect()));
        Ok(())
    }

    fn plan(&self, cells: &[String]) -> Result<CrisisPlan, String> {
        let mut plan = CrisisPlan {
            lines: Vec::new(),
            announcement: None,
            information: false,
            length_max: None,
            waiting_max: None,
            helpers: Vec::new(),
            lasts: Micros::from_mins(60),
        };
        for cell in cells {
            if matches!(cell.as_str(), "information" | "auskunft auf taste") {
                plan.information = true;
                continue;
            }
            let (key, value) = setting(cell)?;
            match key {
                "line" | "leitung" => {
                    plan.lines.push(LineId(known(&self.names.lines, "line", value)?));
                }
                "helper" | "hilfe" => {
                    plan.helpers.push(AgentId(known(&self.names.agents, "agent", value)?));
                }
                "announcement" | "ansage" => plan.announcement = Some(read_duration(value)?),
                "length" | "länge" => plan.length_max = Some(whole(value)?),
                "waiting" | "wartezeit" => plan.waiting_max = Some(read_duration(value)?),
                "lasts" | "dauert" => plan.lasts = read_duration(value)?,
                other => return Err(format!("unknown setting of a plan: {other}")),
            }
        }
        Ok(plan)
    }

    fn finish(self, head: String, moments: Vec<Moment>) -> Result<Story, String> {
        let day = |day: u64| Timestamp(0) + MIDNIGHT.times(day);
        let horizon = Interval { from: day(0), until: day(4) };
        let open = if self.open.is_empty() { vec![horizon] } else { self.open.clone() };
        let tables = [open].into_iter().chain(self.tables.iter().cloned());
        let timetables = tables
            .map(|open| Timetable::new(horizon, open))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|problem| format!("the hours make no timetable: {problem:?}"))?;
        let mut plans = Vec::new();
        for id in (0..).map(PlanId).take(self.names.plans.len()) {
            let cells = self.plans.iter().find(|(plan, _)| *plan == id.0);
            let missing = || format!("no plan {}", self.names.plans[id.index()]);
            plans.push(self.plan(&cells.ok_or_else(missing)?.1)?);
        }
        Ok(Story {
            words: self.words,
            head,
            setup: Setup {
                rules: self.rules,
                lines: self.lines,
                queues: self.queues,
                agents: self.agents,
                timetables,
                partners: self.partners,
                switchboards: self.switchboards,
                trunks: self.trunks,
                plans,
            },
            names: self.names,
            moments,
        })
    }
}

/// A timetable of its own: `08:00-12:00`, or several joined by `+`.
pub(super) fn table(tables: &mut Vec<Vec<Interval>>, text: &str) -> Result<TimetableId, String> {
    let open = text.split('+').map(interval).collect::<Result<Vec<_>, _>>()?;
    tables.push(open);
    // The first timetable is the centre's own.
    Ok(TimetableId(tables.len() as u16))
}
