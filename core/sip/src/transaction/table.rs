// SPDX-License-Identifier: EUPL-1.2
//! Every transaction of one process, found by key or by its next timer.
//!
//! The rule to keep: the table is bounded, and what ends calls may use room that what begins them may
//! not. A request without room is answered 503 with Retry-After, statelessly, before anything grows.

use super::{
    ClientEvent, Effects, InviteClient, InviteServer, MergeKey, NonInviteClient, NonInviteServer,
    Refusal, Rules, ServerEvent, Side, Timing, TransactionKey, Transport,
};
use crate::Method;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use stdx::{Micros, Tick};

/// Transactions at once: 1,000 calls a second with two legs, INVITE and BYE each, every one kept for
/// 64·T1 = 32 s, makes 128,000; doubled.
pub const TRANSACTIONS_MAX: usize = 262_144;

/// How many transactions there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// As many before a request that opens something is refused.
    pub fresh: usize,
    /// As many before any request is refused.
    pub all: usize,
}

impl Room {
    /// [`TRANSACTIONS_MAX`], a quarter of it kept for what belongs to calls that are up.
    pub const DEFAULT: Room = Room { fresh: TRANSACTIONS_MAX / 4 * 3, all: TRANSACTIONS_MAX };
}

/// One of the four machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the types'")]
pub enum Machine {
    InviteClient(InviteClient),
    NonInviteClient(NonInviteClient),
    InviteServer(InviteServer),
    NonInviteServer(NonInviteServer),
}

/// A transaction in the table; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TransactionId(u64);

/// A request that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Its method, which tells an ACK from an INVITE.
    pub method: Method,
    /// Its key.
    pub key: TransactionKey,
    /// What it shares with its copies; none in a dialog.
    pub merge: Option<MergeKey>,
    /// What it came over.
    pub transport: Transport,
}

/// What a request that came is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrived {
    /// A new one, for the transaction user.
    New(TransactionId),
    /// One that is known, or the ACK to it; the effects are all there is to do.
    Known(TransactionId, Effects),
    /// An ACK without a transaction: a dialog may know it, nobody answers it.
    StrayAck,
    /// A copy that came on another way: 482 (RFC 3261, 8.2.2.2).
    Merged,
    /// No room: 503 with Retry-After.
    Full,
}

/// Why a transaction was not begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BeginRefused {
    /// No room: as if 503 had come.
    Full,
    /// The branch is in use; branches must be unique.
    KeyInUse,
    /// An ACK has no transaction, and only a client's key begins one.
    NotAClient,
}

/// What one event led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handled<P> {
    /// What is to be done.
    pub effects: Effects,
    /// The payload, if the transaction is over and gone from the table.
    pub ended: Option<P>,
}

/// What a timer led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elapsed<P> {
    /// Whose timer it was.
    pub id: TransactionId,
    /// What is to be done.
    pub effects: Effects,
    /// The payload, if the transaction is over and gone from the table.
    pub ended: Option<P>,
}

/// All transactions, each with a payload: what must be sent again, where to, and for whom.
#[derive(Clone, Debug)]
pub struct Transactions<P> {
    timing: Timing,
    room: Room,
    next_id: u64,
    entries: BTreeMap<TransactionId, Entry<P>>,
    keys: BTreeMap<Arc<TransactionKey>, TransactionId>,
    merges: BTreeMap<MergeKey, TransactionId>,
    timers: BTreeSet<(Tick, TransactionId)>,
}

#[derive(Clone, Debug)]
struct Entry<P> {
    key: Arc<TransactionKey>,
    merge: Option<MergeKey>,
    transport: Transport,
    machine: Machine,
    payload: P,
}

impl<P> Transactions<P> {
    /// An empty table.
    #[must_use]
    pub fn new(timing: Timing, room: Room) -> Transactions<P> {
        Transactions {
            timing,
            room,
            next_id: 0,
            entries: BTreeMap::new(),
            keys: BTreeMap::new(),
            merges: BTreeMap::new(),
            timers: BTreeSet::new(),
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The transaction of this key.
    #[must_use]
    pub fn find(&self, key: &TransactionKey) -> Option<TransactionId> {
        self.keys.get(key).copied()
    }

    /// What a CANCEL of this key means to cancel (RFC 3261, 9.2): the request with the same branch.
    /// None is answered 481.
    #[must_use]
    pub fn cancelled_by(&self, cancel: &TransactionKey) -> Option<TransactionId> {
        let from = cancel.first_of_branch();
        let of_branch = self
            .keys
            .range::<TransactionKey, _>(&from..)
            .take_while(|(key, _)| key.shares_branch_with(cancel));
        of_branch.filter(|(key, _)| key.method() != Method::Cancel).map(|(_, &id)| id).next()
    }

    /// The state of a transaction.
    #[must_use]
    pub fn machine(&self, id: TransactionId) -> Option<Machine> {
        self.entries.get(&id).map(|entry| entry.machine)
    }

    /// The key of a transaction.
    #[must_use]
    pub fn key(&self, id: TransactionId) -> Option<&TransactionKey> {
        self.entries.get(&id).map(|entry| &*entry.key)
    }

    /// The payload of a transaction.
    #[must_use]
    pub fn payload(&self, id: TransactionId) -> Option<&P> {
        self.entries.get(&id).map(|entry| &entry.payload)
    }

    /// The payload of a transaction, to keep what was sent last.
    #[must_use]
    pub fn payload_mut(&mut self, id: TransactionId) -> Option<&mut P> {
        self.entries.get_mut(&id).map(|entry| &mut entry.payload)
    }

    /// Begins the transaction of a request that we send.
    ///
    /// # Errors
    /// Without room, with a key that is in use, or for an ACK.
    pub fn begin(
        &mut self,
        now: Tick,
        method: Method,
        key: TransactionKey,
        transport: Transport,
        payload: P,
    ) -> Result<(TransactionId, Effects), BeginRefused> {
        if key.side() != Side::Client || method == Method::Ack {
            return Err(BeginRefused::NotAClient);
        }
        if self.keys.contains_key(&key) {
            return Err(BeginRefused::KeyInUse);
        }
        if self.entries.len() >= self.room.all {
            return Err(BeginRefused::Full);
        }
        let rules = Rules { timing: self.timing, transport };
        let (machine, effects) = begin_client(now, method, rules);
        let entry = Entry { key: Arc::new(key), merge: None, transport, machine, payload };
        Ok((self.insert(entry), effects))
    }

    /// Takes a request that came: absorbs it, refuses it, or begins its transaction.
    pub fn arrive(&mut self, now: Tick, arrival: Arrival, payload: impl FnOnce() -> P) -> Arrived {
        let known = self.find(&arrival.key);
        if arrival.method == Method::Ack {
            return known.map_or(Arrived::StrayAck, |id| self.repeated(now, id, ServerEvent::Ack));
        }
        if let Some(id) = known {
            return self.repeated(now, id, ServerEvent::Retransmission);
        }
        if arrival.merge.as_ref().is_some_and(|merge| self.merges.contains_key(merge)) {
            return Arrived::Merged;
        }
        let room = if arrival.merge.is_some() { self.room.fresh } else { self.room.all };
        if self.entries.len() >= room.min(self.room.all) {
            return Arrived::Full;
        }
        Arrived::New(self.begin_server(now, arrival, payload()))
    }

    /// Tells a client transaction what happened; none if there is no such one.
    pub fn client(
        &mut self,
        now: Tick,
        id: TransactionId,
        event: ClientEvent,
    ) -> Option<Handled<P>> {
        self.step(id, |machine, rules| match machine {
            Machine::InviteClient(state) => {
                let (state, effects) = state.next(now, event, rules);
                Some((Machine::InviteClient(state), effects))
            }
            Machine::NonInviteClient(state) => {
                let (state, effects) = state.next(now, event, rules);
                Some((Machine::NonInviteClient(state), effects))
            }
            Machine::InviteServer(_) | Machine::NonInviteServer(_) => None,
        })
    }

    /// Tells a server transaction what happened; none if there is no such one.
    pub fn server(
        &mut self,
        now: Tick,
        id: TransactionId,
        event: ServerEvent,
    ) -> Option<Handled<P>> {
        self.step(id, |machine, rules| match machine {
            Machine::InviteServer(state) => {
                let (state, effects) = state.next(now, event, rules);
                Some((Machine::InviteServer(state), effects))
            }
            Machine::NonInviteServer(state) => {
                let (state, effects) = state.next(now, event, rules);
                Some((Machine::NonInviteServer(state), effects))
            }
            Machine::InviteClient(_) | Machine::NonInviteClient(_) => None,
        })
    }

    /// When the next timer is due, and its name.
    #[must_use]
    pub fn deadline(&self) -> Option<(Tick, &'static str)> {
        let &(at, id) = self.timers.first()?;
        self.entries.get(&id).and_then(|entry| entry.machine.deadline()).map(|(_, name)| (at, name))
    }

    /// Lets one timer that is due fire; call it until there is none.
    pub fn elapse(&mut self, now: Tick) -> Option<Elapsed<P>> {
        let &(at, id) = self.timers.first()?;
        if at > now {
            return None;
        }
        let side = self.entries.get(&id).map(|entry| entry.key.side());
        let handled = match side.expect("a timer has its transaction: both are removed together") {
            Side::Client => self.client(now, id, ClientEvent::Timeout),
            Side::Server => self.server(now, id, ServerEvent::Timeout),
        };
        let Handled { effects, ended } = handled.expect("the transaction was just found");
        assert!(effects.refusal() != Some(Refusal::NotDue), "the timer of {id:?} is not its own");
        Some(Elapsed { id, effects, ended })
    }

    /// Forgets a transaction whose user wants nothing more of it (RFC 3261, 9.1), and gives back the
    /// payload.
    pub fn forget(&mut self, id: TransactionId) -> Option<P> {
        let entry = self.entries.remove(&id)?;
        self.keys.remove(&entry.key);
        if let Some(merge) = &entry.merge {
            self.merges.remove(merge);
        }
        if let Some((at, _)) = entry.machine.deadline() {
            self.timers.remove(&(at, id));
        }
        Some(entry.payload)
    }

    fn repeated(&mut self, now: Tick, id: TransactionId, event: ServerEvent) -> Arrived {
        let handled = self.server(now, id, event);
        Arrived::Known(id, handled.map_or(Effects::NONE, |handled| handled.effects))
    }

    fn begin_server(&mut self, now: Tick, arrival: Arrival, payload: P) -> TransactionId {
        let Arrival { method, key, merge, transport } = arrival;
        let rules = Rules { timing: self.timing, transport };
        let machine = if method == Method::Invite {
            Machine::InviteServer(InviteServer::begin(now))
        } else {
            Machine::NonInviteServer(NonInviteServer::begin(now, rules))
        };
        self.insert(Entry { key: Arc::new(key), merge, transport, machine, payload })
    }

    fn insert(&mut self, entry: Entry<P>) -> TransactionId {
        let id = TransactionId(self.next_id);
        self.next_id += 1;
        self.keys.insert(Arc::clone(&entry.key), id);
        if let Some(merge) = &entry.merge {
            self.merges.insert(merge.clone(), id);
        }
        if let Some((at, _)) = entry.machine.deadline() {
            self.timers.insert((at, id));
        }
        self.entries.insert(id, entry);
        id
    }

    fn step(
        &mut self,
        id: TransactionId,
        next: impl FnOnce(Machine, Rules) -> Option<(Machine, Effects)>,
    ) -> Option<Handled<P>> {
        let entry = self.entries.get_mut(&id)?;
        let rules = Rules { timing: self.timing, transport: entry.transport };
        let before = entry.machine.deadline();
        let (machine, effects) = next(entry.machine, rules)?;
        entry.machine = machine;
        let after = machine.deadline();
        if before != after {
            self.timers.extend(after.map(|(at, _)| (at, id)));
            if let Some((at, _)) = before.filter(|(at, _)| Some(*at) != after.map(|(at, _)| at)) {
                self.timers.remove(&(at, id));
            }
        }
        let ended = if machine.is_over() { self.forget(id) } else { None };
        Some(Handled { effects, ended })
    }
}

impl Machine {
    /// When it wants a timeout, and for which timer. One that only lingers waits for others, up to
    /// [`LINGERS_TOGETHER`].
    #[must_use]
    pub fn deadline(&self) -> Option<(Tick, &'static str)> {
        let (at, timer) = match self {
            Machine::InviteClient(state) => state.deadline(),
            Machine::NonInviteClient(state) => state.deadline(),
            Machine::InviteServer(state) => state.deadline(),
            Machine::NonInviteServer(state) => state.deadline(),
        }?;
        Some((if self.only_lingers() { together(at) } else { at }, timer))
    }

    /// Whether nothing is left to be done but to absorb repetitions: timers D, I, J, K, L and M.
    fn only_lingers(&self) -> bool {
        match self {
            Machine::InviteClient(state) => match state {
                InviteClient::Accepted { .. } | InviteClient::Completed { .. } => true,
                InviteClient::Calling { .. }
                | InviteClient::Proceeding { .. }
                | InviteClient::Terminated => false,
            },
            Machine::NonInviteClient(state) => match state {
                NonInviteClient::Completed { .. } => true,
                NonInviteClient::Trying { .. }
                | NonInviteClient::Proceeding { .. }
                | NonInviteClient::Terminated => false,
            },
            Machine::InviteServer(state) => match state {
                InviteServer::Accepted { .. } | InviteServer::Confirmed { .. } => true,
                InviteServer::Proceeding { .. }
                | InviteServer::Completed { .. }
                | InviteServer::Terminated => false,
            },
            Machine::NonInviteServer(state) => match state {
                NonInviteServer::Completed { .. } => true,
                NonInviteServer::Trying { .. }
                | NonInviteServer::Proceeding { .. }
                | NonInviteServer::Terminated => false,
            },
        }
    }

    /// Whether it is terminated.
    #[must_use]
    pub fn is_over(&self) -> bool {
        match self {
            Machine::InviteClient(state) => *state == InviteClient::Terminated,
            Machine::NonInviteClient(state) => *state == NonInviteClient::Terminated,
            Machine::InviteServer(state) => *state == InviteServer::Terminated,
            Machine::NonInviteServer(state) => *state == NonInviteServer::Terminated,
        }
    }
}

/// Transactions that only linger end together, four times a second: each call leaves four of them
/// behind, and waking for each one would cost as much as its messages. The RFC's times are the least.
pub const LINGERS_TOGETHER: Micros = Micros::from_millis(250);

fn together(at: Tick) -> Tick {
    // Zero is the timer of a reliable transport: nothing lingers there.
    Tick(at.0.next_multiple_of(LINGERS_TOGETHER.0))
}

fn begin_client(now: Tick, method: Method, rules: Rules) -> (Machine, Effects) {
    if method == Method::Invite {
        let (state, effects) = InviteClient::begin(now, rules);
        (Machine::InviteClient(state), effects)
    } else {
        let (state, effects) = NonInviteClient::begin(now, rules);
        (Machine::NonInviteClient(state), effects)
    }
}
