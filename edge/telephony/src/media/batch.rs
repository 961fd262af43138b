// SPDX-License-Identifier: EUPL-1.2
//! Datagrams that were read and go on together.
//!
//! The far end is woken by the first of them, and reads the others without being woken again: so
//! sending is cheaper if nothing is read in between. The rule to keep: nothing stays here when a turn
//! of the thread is over.

use super::limits::BATCH_MAX;
use rtp::limits::DATAGRAM_MAX;

/// One more than the longest datagram, so that a longer one is seen to be so.
pub(super) type Room = [u8; DATAGRAM_MAX + 1];

/// The datagrams, and room for one more.
pub(super) struct Batch {
    rooms: Box<[Room]>,
    due: Vec<Due>,
}

/// A datagram that lies in the room of the same number.
struct Due {
    slot: usize,
    length: usize,
    payload: usize,
}

impl Batch {
    pub(super) fn new() -> Batch {
        let rooms = vec![[0; DATAGRAM_MAX + 1]; BATCH_MAX].into_boxed_slice();
        Batch { rooms, due: Vec::with_capacity(BATCH_MAX) }
    }

    /// Where the next datagram is read to.
    pub(super) fn room(&mut self) -> &mut Room {
        &mut self.rooms[self.due.len()]
    }

    /// What lies in the room is to be sent on the leg of this slot. Says whether that was the last
    /// room: then all have to be sent.
    #[must_use]
    pub(super) fn keep(&mut self, slot: usize, length: usize, payload: usize) -> bool {
        self.due.push(Due { slot, length, payload });
        self.due.len() == BATCH_MAX
    }

    /// Hands out each slot, the room with its datagram, the lengths of datagram and payload; and is empty.
    pub(super) fn empty(&mut self, mut send: impl FnMut(usize, &mut Room, usize, usize)) {
        for (room, due) in self.rooms.iter_mut().zip(self.due.drain(..)) {
            send(due.slot, room, due.length, due.payload);
        }
    }
}
