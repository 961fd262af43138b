// SPDX-License-Identifier: EUPL-1.2
//! The one fair order of all who wait.
//!
//! A caller's turn is fixed at arrival and never changes: the moment of call set-up, moved back by
//! the head start of the line's priority class. So the longest waiting comes first within a class,
//! a position is exact, and nobody is overtaken by a caller who came later by more than the head
//! start: nobody starves. (While a telephone rings for a caller, others may be offered to agents who
//! become ready: an offer that nobody takes costs at most the ring time.)

use crate::lane_set::LaneSet;
use crate::lanes::LaneId;
use alloc::collections::BTreeSet;
use alloc::vec;
use alloc::vec::Vec;
use stdx::{ContactId, Micros, QueueId, Tick};

/// A place in the order; the smaller comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Turn {
    /// Microseconds of the log's time from which waiting counts; below zero near the log's beginning.
    counted_from: i64,
    /// Among those who came in the same microsecond, the id decides.
    contact: ContactId,
}

impl Turn {
    /// The turn of a contact that arrived at `arrived` on a line of this priority class.
    #[must_use]
    pub fn new(arrived: Tick, priority: u8, head_start: Micros, contact: ContactId) -> Turn {
        let arrived = i64::try_from(arrived.0).unwrap_or(i64::MAX);
        let ahead = i64::try_from(head_start.times(u64::from(priority)).0).unwrap_or(i64::MAX);
        Turn { counted_from: arrived.saturating_sub(ahead), contact }
    }

    /// The same place for the contact of a caller who calls again.
    #[must_use]
    pub fn handed_to(self, contact: ContactId) -> Turn {
        Turn { contact, ..self }
    }

    /// The place just ahead of this one, for a contact that is pulled forward.
    #[must_use]
    pub fn ahead_for(self, contact: ContactId) -> Turn {
        Turn { counted_from: self.counted_from.saturating_sub(1), contact }
    }

    /// The turn that was known before, from what [`Turn::counted_from`] said of it.
    #[must_use]
    pub fn restored(counted_from: i64, contact: ContactId) -> Turn {
        Turn { counted_from, contact }
    }

    /// From when waiting counts, in microseconds of the log's time.
    #[must_use]
    pub fn counted_from(self) -> i64 {
        self.counted_from
    }

    /// Whose turn it is.
    #[must_use]
    pub fn contact(self) -> ContactId {
        self.contact
    }
}

/// Everybody who waits: by queue for positions, by lane for those who are not being offered.
#[derive(Clone, Debug)]
pub struct Queues {
    by_queue: Vec<BTreeSet<Turn>>,
    unoffered: Vec<BTreeSet<Turn>>,
    /// The lanes on which somebody waits without a ringing telephone.
    waiting_lanes: LaneSet,
}

impl Queues {
    /// Empty queues.
    #[must_use]
    pub fn new(queues: usize, lanes: usize) -> Self {
        Queues {
            by_queue: vec![BTreeSet::new(); queues],
            unoffered: vec![BTreeSet::new(); lanes],
            waiting_lanes: LaneSet::none_of(lanes),
        }
    }

    /// Somebody begins to wait, without being offered yet; [`Queues::come_back`] is next.
    ///
    /// # Panics
    /// If this contact waits already.
    pub fn join(&mut self, queue: QueueId, turn: Turn) {
        assert!(self.by_queue[queue.index()].insert(turn), "{turn:?} waits twice");
    }

    /// Somebody waits no longer; [`Queues::take`] went before, if agents could be asked.
    ///
    /// # Panics
    /// If this contact does not wait.
    pub fn leave(&mut self, queue: QueueId, turn: Turn) {
        assert!(self.by_queue[queue.index()].remove(&turn), "{turn:?} does not wait");
    }

    /// A telephone rings for this one, or agents are not to be asked for it now; the place stays.
    ///
    /// # Panics
    /// If one rings already.
    pub fn take(&mut self, lane: LaneId, turn: Turn) {
        assert!(self.unoffered[lane.index()].remove(&turn), "{turn:?} is offered twice");
        self.remember_lane(lane);
    }

    /// Agents may be asked for this one (again); the place was kept.
    ///
    /// # Panics
    /// If none rang.
    pub fn come_back(&mut self, lane: LaneId, turn: Turn) {
        assert!(self.unoffered[lane.index()].insert(turn), "{turn:?} was not offered");
        self.remember_lane(lane);
    }

    fn remember_lane(&mut self, lane: LaneId) {
        self.waiting_lanes.set(lane, !self.unoffered[lane.index()].is_empty());
    }

    /// The lanes on which somebody waits without a ringing telephone.
    #[must_use]
    pub fn waiting_lanes(&self) -> &LaneSet {
        &self.waiting_lanes
    }

    /// The first of a lane who waits without a ringing telephone.
    #[must_use]
    pub fn first(&self, lane: LaneId) -> Option<Turn> {
        self.unoffered[lane.index()].first().copied()
    }

    /// The places of a queue ahead of a turn, which need not be one of its own; in order.
    pub fn ahead_of(&self, queue: QueueId, turn: Turn) -> impl Iterator<Item = Turn> + '_ {
        self.by_queue[queue.index()].range(..turn).copied()
    }

    /// Who of a lane waits without a ringing telephone, in order.
    pub fn of_lane(&self, lane: LaneId) -> impl Iterator<Item = ContactId> + '_ {
        self.unoffered[lane.index()].iter().map(|turn| turn.contact())
    }

    /// Whether this one waits without a ringing telephone.
    #[must_use]
    pub fn is_unoffered(&self, lane: LaneId, turn: Turn) -> bool {
        self.unoffered[lane.index()].contains(&turn)
    }

    /// Whether this one waits in a queue, offered or not.
    #[must_use]
    pub fn holds(&self, queue: QueueId, turn: Turn) -> bool {
        self.by_queue[queue.index()].contains(&turn)
    }

    /// How many wait in a queue, offered or not.
    #[must_use]
    pub fn length(&self, queue: QueueId) -> usize {
        self.by_queue[queue.index()].len()
    }

    /// The exact position in the queue, from 1; none if this one does not wait there. Takes time in
    /// proportion to the position.
    #[must_use]
    pub fn position(&self, queue: QueueId, turn: Turn) -> Option<usize> {
        let queue = &self.by_queue[queue.index()];
        queue.contains(&turn).then(|| queue.range(..turn).count() + 1)
    }

    /// Who waits in a queue, in order.
    pub fn waiting(&self, queue: QueueId) -> impl Iterator<Item = ContactId> + '_ {
        self.turns(queue).map(Turn::contact)
    }

    /// The places of a queue, in order.
    pub fn turns(&self, queue: QueueId) -> impl Iterator<Item = Turn> + '_ {
        self.by_queue[queue.index()].iter().copied()
    }

    /// How many wait in all queues, offered or not.
    #[must_use]
    pub fn total(&self) -> usize {
        self.by_queue.iter().map(BTreeSet::len).sum()
    }
}
