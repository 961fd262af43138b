// SPDX-License-Identifier: EUPL-1.2
//! What is rehearsed: a centre, its callers, its agents, and what goes wrong.

use crate::shape::{Slot, TrafficShape};
use calendar::Interval;
use centre::{Event, Setup};
use stdx::{Micros, Timestamp, TrunkId};

/// How long talks are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TalkLength {
    /// Log-normal with this mean and standard deviation of the logarithm: real talks.
    LogNormal(Micros, f64),
    /// Exponential with this mean: for comparisons with theory.
    Exponential(Micros),
}

/// One line's callers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LineTraffic {
    /// How many contacts are expected over all slots, redials included.
    pub calls: f64,
    /// How long their talks are.
    pub talk: TalkLength,
    /// The time in which the line is in service; none if always. Calls come only in it.
    pub in_service: Option<Interval>,
    /// Over which trunk they come.
    pub trunk: Option<TrunkId>,
    /// Share of calls that the client's own switchboard has sent on by itself.
    pub forwarded: f64,
    /// Which callers they are: lines of the same stream in two rehearsals of one seed have the same.
    pub stream: u64,
}

impl LineTraffic {
    /// Callers of a line that is always in service, over no trunk in particular.
    #[must_use]
    pub fn plain(calls: f64, talk: TalkLength) -> LineTraffic {
        LineTraffic { calls, talk, in_service: None, trunk: None, forwarded: 0.0, stream: 0 }
    }

    /// Whether calls come in this slot.
    #[must_use]
    pub fn comes_in(&self, slot: &Slot) -> bool {
        self.in_service.is_none_or(|in_service| in_service.contains(slot.start))
    }
}

/// How a partner centre behaves when it is asked to help. Shares are between 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PartnerBehaviour {
    /// Mean time until its agent answers.
    pub answers_after: Micros,
    /// Share of attempts that it refuses, being full.
    pub refuses: f64,
    /// Share of attempts that ring in vain.
    pub silent: f64,
}

/// How a client's own switchboard behaves. Shares are between 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SwitchboardBehaviour {
    /// How many talks it can have at once; then it is busy.
    pub telephones: u32,
    /// Mean time until it answers.
    pub answers_after: Micros,
    /// Share of calls that it lets ring.
    pub silent: f64,
    /// Share of calls that its forwarding sends back to us.
    pub comes_back: f64,
    /// How long its talks are.
    pub talk: TalkLength,
}

/// How people behave. Shares are between 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Behaviour {
    /// Mean patience (exponential) of those who wait; none if all wait for ever.
    pub patience: Option<Micros>,
    /// Share of callers who hang up within the first five seconds: misdialled.
    pub misdialled: f64,
    /// Share of callers who try again after they were sent away or gave up.
    pub redial: f64,
    /// Mean time until an agent takes an offer; zero for at once.
    pub pick_up: Micros,
    /// Share of offers that nobody takes.
    pub no_answer: f64,
    /// Share of offers that are turned down.
    pub decline: f64,
    /// Share of wrap-ups that are ended early.
    pub wrap_up_ended: f64,
    /// Share of wrap-ups that are extended once.
    pub wrap_up_extended: f64,
    /// Half an hour's break in the middle of a shift of six hours and more (§ 4 ArbZG).
    pub breaks: bool,
    /// How much busier or calmer than usual a day is: the coefficient of variation of its volume.
    pub day_spread: f64,
    /// Share of callers who ask for a call-back when they are told how long it will take.
    pub call_back: f64,
    /// Share of call-backs that find the caller.
    pub reached: f64,
    /// Share of callers who are promised a call-back and call again all the same.
    pub impatient: f64,
    /// Share of waiting callers who ask for the information of a crisis plan.
    pub asks_information: f64,
}

impl Behaviour {
    /// Patient callers and agents who answer at once: for comparisons with theory.
    pub const IDEAL: Behaviour = Behaviour {
        patience: None,
        misdialled: 0.0,
        redial: 0.0,
        pick_up: Micros::ZERO,
        no_answer: 0.0,
        decline: 0.0,
        wrap_up_ended: 0.0,
        wrap_up_extended: 0.0,
        breaks: false,
        day_spread: 0.0,
        call_back: 0.0,
        reached: 1.0,
        impatient: 0.0,
        asks_information: 0.0,
    };
}

/// What goes wrong, as shares between 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Faults {
    /// Of contacts: the connection is lost while waiting.
    pub cut_off_waiting: f64,
    /// Of talks: the connection is lost.
    pub cut_off_talking: f64,
    /// Of talks: nobody tells the centre that they are over.
    pub hang_up_lost: f64,
    /// Of offers: the agent's telephone cannot be reached.
    pub dead_telephone: f64,
    /// Of events: told twice.
    pub told_twice: f64,
    /// Of events: followed by one that makes no sense.
    pub nonsense: f64,
    /// Of events: the wall clock jumps by up to an hour either way.
    pub clock_jump: f64,
}

impl Faults {
    /// Nothing goes wrong.
    pub const NONE: Faults = Faults {
        cut_off_waiting: 0.0,
        cut_off_talking: 0.0,
        hang_up_lost: 0.0,
        dead_telephone: 0.0,
        told_twice: 0.0,
        nonsense: 0.0,
        clock_jump: 0.0,
    };

    /// What goes wrong in a decent network.
    pub const EVERYDAY: Faults = Faults {
        cut_off_waiting: 0.002,
        cut_off_talking: 0.002,
        hang_up_lost: 0.000_2,
        ..Faults::NONE
    };

    /// Far more than a year brings.
    pub const STORM: Faults = Faults {
        cut_off_waiting: 0.05,
        cut_off_talking: 0.05,
        hang_up_lost: 0.02,
        dead_telephone: 0.05,
        told_twice: 0.05,
        nonsense: 0.10,
        clock_jump: 0.000_1,
    };
}

/// All that one rehearsal needs; together with a seed it decides everything.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The centre.
    pub setup: Setup,
    /// The callers, by [`stdx::LineId`].
    pub traffic: Vec<LineTraffic>,
    /// When each agent is to be there, by [`stdx::AgentId`]; sorted and apart.
    pub shifts: Vec<Vec<Interval>>,
    /// The half-hours that are played, in order, without gaps of meaning: calls come only in these.
    pub slots: Vec<Slot>,
    /// How calls spread over the slots.
    pub shape: TrafficShape,
    /// How people behave.
    pub behaviour: Behaviour,
    /// What goes wrong.
    pub faults: Faults,
    /// Who the agents are, by [`stdx::AgentId`]: those of the same stream in two rehearsals of one seed
    /// behave alike. Agents beyond the list are told apart by their id.
    pub agent_streams: Vec<u64>,
    /// By [`stdx::PartnerId`].
    pub partners: Vec<PartnerBehaviour>,
    /// By [`stdx::SwitchboardId`].
    pub switchboards: Vec<SwitchboardBehaviour>,
    /// What supervisors do, and when.
    pub acts: Vec<(Timestamp, Event)>,
}
