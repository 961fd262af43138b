// SPDX-License-Identifier: EUPL-1.2
//! Where a contact stands, and the one way to change it.
//!
//! Everything that others keep about a contact – its place in the queue, its deadline, the channels it
//! uses, the counts – follows from the contact itself. So it is worked out before and after every
//! change, and the difference is carried over: nothing can be forgotten, whatever a change was.

use crate::timers::Timer;
use crate::{Centre, OverflowCause};
use acd::contact::State;
use acd::{CallbackRules, First, LaneId, Lanes, Reach, Turn};
use promise::ToldWait;
use stdx::{
    AgentId, CallerToken, ContactId, LineId, Micros, PartnerId, QueueId, SwitchboardId, Tick,
    Timestamp, TrunkId,
};

/// One contact that has not gone yet, as plain data: what others keep about it follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// What it does.
    pub state: State,
    /// The line that was dialled.
    pub line: LineId,
    /// The line whose agents are asked: another one after a supervisor moved the contact.
    pub asked_as: LineId,
    /// The queue of that line, or the last one if the line has none any more.
    pub queue: QueueId,
    /// Who calls, unless the number is withheld.
    pub caller: Option<CallerToken>,
    /// The contact that this one continues.
    pub follows: Option<ContactId>,
    /// Its place in the order.
    pub turn: Turn,
    /// Where it stood before a supervisor moved it.
    pub stood: Option<Stood>,
    /// When call set-up was, for timers.
    pub arrived: Tick,
    /// When call set-up was, for people.
    pub set_up_at: Timestamp,
    /// When the wait began.
    pub queued_at: Option<Tick>,
    /// When somebody answered, and which agent of ours if one did.
    pub answered: Option<(Tick, Option<AgentId>)>,
    /// The trunk of whose channels the caller's leg uses one.
    pub trunk: Option<TrunkId>,
    /// The client's switchboard that was asked first.
    pub switchboard: Option<SwitchboardId>,
    /// How wide agents are asked, from 0.
    pub stage: u8,
    /// When more of them are.
    pub widen_at: Option<Tick>,
    /// How far it is on its way to the partner.
    pub overflow: WayOut,
    /// Since when it has been on its way to the partner, refusals included.
    pub wanted_since: Option<Tick>,
    /// Why no agent of ours is to be asked: the calendar or a closure gives the call to the partner.
    pub partner_only: Option<OverflowCause>,
    /// When our own hours begin, and with them its right to our agents.
    pub ours_at: Option<Tick>,
    /// What the caller was told of the wait.
    pub told: Option<ToldWait>,
    /// The rules by which a call-back was promised; a promise is kept as it was made.
    pub callback: Option<CallbackRules>,
    /// It is to be called back over a trunk of which no channel is free: nobody is asked meanwhile.
    pub no_channel: bool,
    /// Who handed it on last, if an agent did.
    pub transfer: Option<Transferred>,
    /// Whether the caller heard the information of a crisis plan.
    pub informed: bool,
    /// The caller was promised a call-back and called again: what is not answered now is a task.
    pub owed: bool,
}

/// That an agent handed a contact on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transferred {
    /// Who.
    pub by: AgentId,
    /// Whether it is to come back to that agent if nobody takes it.
    pub returns: bool,
}

/// What a supervisor can take back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stood {
    /// Its place in the order.
    pub turn: Turn,
    /// The line whose agents were asked.
    pub asked_as: LineId,
    /// Why none was.
    pub partner_only: Option<OverflowCause>,
    /// When our own hours begin.
    pub ours_at: Option<Tick>,
}

impl Contact {
    /// Whether the caller's telephone rings before the agent's when it is called back.
    pub(crate) fn is_called_first(&self) -> bool {
        self.callback.is_some_and(|rules| rules.first == First::Caller)
    }

    /// Where it stands now, as to be remembered if a supervisor moves it: where it stood at first.
    pub(crate) fn stood_at_first(&self) -> Stood {
        let Contact { turn, asked_as, partner_only, ours_at, .. } = *self;
        self.stood.unwrap_or(Stood { turn, asked_as, partner_only, ours_at })
    }
}

/// How far a waiting contact is on its way to the partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayOut {
    /// It is not to go there.
    None,
    /// It is to go there from this time on.
    At(Tick, OverflowCause),
    /// It is to go there as soon as the partner can take it.
    Wanted(PartnerId, OverflowCause),
    /// The partner is asked.
    Tried(Attempt),
}

/// One attempt at the partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Who is asked.
    pub partner: PartnerId,
    /// How.
    pub reach: Reach,
    /// When silence counts as no.
    pub until: Tick,
    /// Why.
    pub cause: OverflowCause,
}

impl Contact {
    pub(crate) fn attempt(&self) -> Option<Attempt> {
        match self.overflow {
            WayOut::Tried(attempt) => Some(attempt),
            WayOut::None | WayOut::At(..) | WayOut::Wanted(..) => None,
        }
    }

    /// When this contact wants a deadline, and why.
    pub(crate) fn deadline(&self) -> Option<(Tick, &'static str)> {
        let own = self.state.deadline();
        let widen = self.widen_at.map(|at| (at, "more people are asked"));
        let offered_to = match self.state {
            State::Waiting { offered_to, .. } => offered_to,
            State::Promised { .. } => return sooner(own, widen),
            State::AtSwitchboard { .. }
            | State::Local { .. }
            | State::Entering { .. }
            | State::Talking { .. }
            | State::AtPartner { .. }
            | State::ToOffice { .. }
            | State::AtOffice { .. }
            | State::CallingBack { .. }
            | State::Gone(_) => return own,
        };
        let ours = self.ours_at.map(|at| (at, "our own hours begin"));
        let (own, overflow) = match self.overflow {
            // Somebody is about to answer: then nobody else is looked for.
            WayOut::At(..) if offered_to.is_some() => (own, None),
            WayOut::At(at, _) => (own, Some((at, "the partner is to help"))),
            // While the partner is asked no limit sends the caller away.
            WayOut::Tried(attempt) => (None, Some((attempt.until, "the partner does not answer"))),
            WayOut::None | WayOut::Wanted(..) => (own, None),
        };
        sooner(sooner(own, widen), sooner(ours, overflow))
    }
}

type Due = Option<(Tick, &'static str)>;

/// The sooner one; the first if both are due at once.
fn sooner(first: Due, second: Due) -> Due {
    match (first, second) {
        (Some(one), Some(other)) => Some(if other.0 < one.0 { other } else { one }),
        (one, other) => one.or(other),
    }
}

/// Everything that others keep about a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) turn: Turn,
    /// Whose door keeps a place for it while it hears the greeting.
    pub(crate) entering: Option<QueueId>,
    /// In which queue it waits.
    pub(crate) queue: Option<QueueId>,
    /// In which lane agents can be asked for it.
    pub(crate) lane: Option<LaneId>,
    /// Which partner is to take it.
    pub(crate) wants: Option<PartnerId>,
    /// Which partner is asked for it or has it.
    pub(crate) partner: Option<PartnerId>,
    pub(crate) due: Option<Tick>,
}

impl Standing {
    /// Where one stands who has not come in yet.
    fn nowhere(turn: Turn) -> Standing {
        let (entering, queue, lane) = (None, None, None);
        Standing { turn, entering, queue, lane, wants: None, partner: None, due: None }
    }

    pub(crate) fn of(it: &Contact, lanes: &Lanes) -> Standing {
        let lane = || lanes.lane(it.asked_as, it.stage);
        let mut standing = Standing {
            turn: it.turn,
            entering: None,
            queue: None,
            lane: None,
            wants: None,
            partner: None,
            due: it.deadline().map(|(at, _)| at),
        };
        match it.state {
            State::Entering { .. } => standing.entering = Some(it.queue),
            State::Waiting { offered_to, .. } => {
                standing.queue = Some(it.queue);
                standing.lane = (offered_to.is_none() && it.partner_only.is_none()).then(lane);
                standing.partner = it.attempt().map(|attempt| attempt.partner);
                standing.wants = match it.overflow {
                    WayOut::Wanted(partner, _) if offered_to.is_none() => Some(partner),
                    WayOut::Wanted(..) | WayOut::None | WayOut::At(..) | WayOut::Tried(_) => None,
                };
            }
            State::Promised { offered_to, rests_until, .. } => {
                standing.queue = Some(it.queue);
                let asked = offered_to.is_none() && rests_until.is_none() && !it.no_channel;
                standing.lane = asked.then(lane);
            }
            State::AtPartner { .. } => standing.partner = it.attempt().map(|at| at.partner),
            State::AtSwitchboard { .. }
            | State::Local { .. }
            | State::Talking { .. }
            | State::ToOffice { .. }
            | State::AtOffice { .. }
            | State::CallingBack { .. }
            | State::Gone(_) => {}
        }
        standing
    }
}

impl Centre {
    /// Changes one contact; the only way to do so.
    pub(crate) fn alter<T>(&mut self, id: ContactId, change: impl FnOnce(&mut Contact) -> T) -> T {
        let it = self.contacts.get_mut(&id).expect("only contacts inside are changed");
        let (before, was, used) = (Standing::of(it, &self.lanes), it.state, self.channels.of(it));
        let result = change(it);
        let (after, is, uses) = (Standing::of(it, &self.lanes), it.state, self.channels.of(it));
        if self.touched_contacts.last() != Some(&id) {
            self.touched_contacts.push(id);
        }
        self.census.moved(was, is);
        self.channels.moved(used, uses);
        self.timers.set(Timer::Contact(id), before.due, after.due);
        self.restand(before, after);
        result
    }

    /// A contact that comes in.
    pub(crate) fn enrol(&mut self, id: ContactId, it: Contact) {
        let standing = Standing::of(&it, &self.lanes);
        assert!(standing.queue.is_none() && standing.partner.is_none(), "nobody begins in a queue");
        self.channels.moved([None; 2], self.channels.of(&it));
        self.take_in(id, it);
    }

    /// A contact that is inside, wherever it stands.
    pub(crate) fn take_in(&mut self, id: ContactId, it: Contact) {
        let standing = Standing::of(&it, &self.lanes);
        self.census.came(it.state);
        self.timers.set(Timer::Contact(id), None, standing.due);
        self.restand(Standing::nowhere(it.turn), standing);
        self.contacts.insert(id, it);
        self.touched_contacts.push(id);
    }

    fn restand(&mut self, before: Standing, after: Standing) {
        let moved = before.turn != after.turn;
        if before.entering != after.entering {
            before.entering.into_iter().for_each(|queue| self.entering[queue.index()] -= 1);
            after.entering.into_iter().for_each(|queue| self.entering[queue.index()] += 1);
        }
        if before.lane != after.lane || moved {
            before.lane.into_iter().for_each(|lane| self.queues.take(lane, before.turn));
        }
        if before.queue != after.queue || moved {
            before.queue.into_iter().for_each(|queue| self.queues.leave(queue, before.turn));
            after.queue.into_iter().for_each(|queue| self.queues.join(queue, after.turn));
        }
        if before.lane != after.lane || moved {
            after.lane.into_iter().for_each(|lane| self.queues.come_back(lane, after.turn));
        }
        if before.wants != after.wants || moved {
            before.wants.into_iter().for_each(|it| self.partners[it.index()].forget(before.turn));
            after.wants.into_iter().for_each(|it| self.partners[it.index()].note(after.turn));
        }
        if before.partner != after.partner {
            before.partner.into_iter().for_each(|it| self.partners[it.index()].in_flight -= 1);
            after.partner.into_iter().for_each(|it| self.partners[it.index()].in_flight += 1);
        }
    }

    /// How long a contact has been here.
    pub(crate) fn since_set_up(&self, it: &Contact) -> Micros {
        self.now.mono.since(it.arrived)
    }
}
