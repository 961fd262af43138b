// SPDX-License-Identifier: EUPL-1.2
//! What is counted while the centre runs, and how it stands at this moment.
//!
//! The rule to keep: counts only, of a fixed size; what is promised is computed in `promise`.

use super::steer::Names;
use acd::agent::State;
use centre::{Centre, Command, Note};
use promise::Tally;
use stdx::{AgentId, LineId, Micros, Now, PlanId, QueueId, Tick};
use store::Gap;
use telephony::media;
use telephony::signalling::{Counters, NetworkCounts, Signalling, TrunkHealth};

/// Counts since the start.
#[derive(Debug)]
pub(super) struct Figures {
    names: Names,
    tallies: Vec<Tally>,
    began: Now,
    /// Events that were decided.
    pub(super) events: u64,
    refused: u64,
}

/// One line since the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineFigures {
    /// Its id.
    pub name: String,
    /// How its contacts ended.
    pub tally: Tally,
}

/// Agents by what they are doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AgentFigures {
    /// Not at work.
    pub signed_off: u64,
    /// At work, not taking calls.
    pub not_ready: u64,
    /// Waiting for a call.
    pub ready: u64,
    /// A telephone rings.
    pub offered: u64,
    /// In a talk.
    pub talking: u64,
    /// Finishing a talk.
    pub wrap_up: u64,
}

/// What a supervisor has ordered and still holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// What it is.
    pub kind: ActKind,
    /// The id of the line or plan.
    pub name: String,
    /// When it ends by itself, from now.
    pub left: Micros,
}

/// Kinds of [`Act`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActKind {
    /// A line is closed.
    Closure,
    /// A crisis plan runs.
    Plan,
}

/// How everything stands.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// How long the centre has been running.
    pub uptime: Micros,
    /// Each line since the start.
    pub lines: Vec<LineFigures>,
    /// Contacts inside.
    pub contacts: usize,
    /// Of them those who wait.
    pub waiting: usize,
    /// What a supervisor has ordered and still holds.
    pub acts: Vec<Act>,
    /// Agents by what they are doing.
    pub agents: AgentFigures,
    /// The trunks.
    pub trunks: Vec<TrunkHealth>,
    /// Telephones that are registered.
    pub registered: usize,
    /// Busy lamps that telephones watch.
    pub lamps: usize,
    /// Legs, dialogs, transactions.
    pub sizes: (usize, usize, usize),
    /// Legs that hold media ports.
    pub media_legs: usize,
    /// What signalling counted.
    pub counters: Counters,
    /// What the network lost.
    pub network: NetworkCounts,
    /// What went wrong with sound.
    pub media: media::Counts,
    /// Events that were decided, and those that the centre refused.
    pub events: (u64, u64),
    /// How the log keeps up.
    pub log: LogFigures,
}

/// How the log keeps up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogFigures {
    /// Whether nothing is decided, and new calls are refused.
    pub is_stalled: bool,
    /// Facts that wait for the disk.
    pub waiting: u64,
    /// What found no room since the start.
    pub lost: Gap,
}

impl Figures {
    pub(super) fn new(names: Names, began: Now) -> Figures {
        let tallies = vec![Tally::default(); names.lines.len()];
        Figures { names, tallies, began, events: 0, refused: 0 }
    }

    /// Everything has these ids from now on; there are never fewer lines.
    pub(super) fn rename(&mut self, names: Names) {
        self.tallies.resize(names.lines.len().max(self.tallies.len()), Tally::default());
        self.names = names;
    }

    /// When counting began.
    pub(super) fn began(&self) -> Now {
        self.began
    }

    /// The id of a line.
    pub(super) fn line(&self, line: LineId) -> &str {
        self.names.lines.get(line.index()).map_or("", String::as_str)
    }

    /// The id of a crisis plan.
    pub(super) fn plan(&self, plan: PlanId) -> &str {
        self.names.plans.get(plan.index()).map_or("", String::as_str)
    }

    /// What people call things.
    pub(super) fn names(&self) -> &Names {
        &self.names
    }

    pub(super) fn hear(&mut self, _now: Now, command: &Command) {
        match command {
            Command::Note(Note::Ended(record)) => {
                if let Some(tally) = self.tallies.get_mut(record.line.index()) {
                    tally.add(record);
                }
            }
            Command::Refuse(_) => self.refused += 1,
            Command::Note(_)
            | Command::RingSwitchboard { .. }
            | Command::StopSwitchboard { .. }
            | Command::TryPartner { .. }
            | Command::StopPartner { .. }
            | Command::ConnectElsewhere { .. }
            | Command::Deflect { .. }
            | Command::PromiseCallback { .. }
            | Command::CallBack { .. }
            | Command::StopCallback { .. }
            | Command::Inform { .. }
            | Command::Notify { .. }
            | Command::OpenTask { .. }
            | Command::Announce { .. }
            | Command::Wait { .. }
            | Command::WaitAgain { .. }
            | Command::LetGo { .. }
            | Command::RingOffice { .. }
            | Command::StopOffice { .. }
            | Command::PutThrough { .. }
            | Command::Ring { .. }
            | Command::StopRinging { .. }
            | Command::Connect { .. }
            | Command::Dismiss { .. }
            | Command::Release { .. }
            | Command::AskAlive { .. } => {}
        }
    }

    pub(super) fn snapshot(
        &self,
        now: Now,
        centre: &Centre,
        signalling: &Signalling,
        log: LogFigures,
    ) -> Snapshot {
        let queues = (0..centre.setup().queues.len()).filter_map(|it| u16::try_from(it).ok());
        let both = self.names.lines.iter().zip(&self.tallies);
        let lines = both.map(|(name, tally)| LineFigures { name: name.clone(), tally: *tally });
        Snapshot {
            uptime: now.mono.since(self.began.mono),
            lines: lines.collect(),
            contacts: centre.contacts_inside(),
            acts: self.acts(now, centre),
            waiting: queues.map(|queue| centre.waiting(QueueId(queue)).count()).sum(),
            agents: agents(centre),
            trunks: signalling.trunks(),
            registered: signalling.registered(),
            lamps: signalling.lamps(),
            sizes: signalling.sizes(),
            media_legs: signalling.media_legs(),
            counters: signalling.counters().clone(),
            network: signalling.network_counts(),
            media: signalling.media_counts(),
            events: (self.events, self.refused),
            log,
        }
    }

    /// What a supervisor has ordered and still holds: closures, then crisis plans.
    fn acts(&self, now: Now, centre: &Centre) -> Vec<Act> {
        let left = |until: Tick| until.since(now.mono);
        let lines = (0..).map(LineId).zip(&self.names.lines).filter_map(|(line, name)| {
            let until = centre.closed_until(line)?;
            Some(Act { kind: ActKind::Closure, name: name.clone(), left: left(until) })
        });
        let plans = (0..).map(PlanId).zip(&self.names.plans).filter_map(|(plan, name)| {
            let until = centre.runs_until(plan)?;
            Some(Act { kind: ActKind::Plan, name: name.clone(), left: left(until) })
        });
        lines.chain(plans).collect()
    }
}

fn agents(centre: &Centre) -> AgentFigures {
    let mut figures = AgentFigures::default();
    let ids = (0..centre.setup().agents.len()).filter_map(|it| u16::try_from(it).ok());
    for state in ids.filter_map(|id| centre.agent(AgentId(id))).map(|agent| agent.state) {
        *match state {
            State::SignedOff => &mut figures.signed_off,
            State::NotReady { .. } => &mut figures.not_ready,
            State::Ready { .. } => &mut figures.ready,
            State::Offered { .. } => &mut figures.offered,
            State::Talking { .. } => &mut figures.talking,
            State::WrapUp { .. } => &mut figures.wrap_up,
        } += 1;
    }
    figures
}
