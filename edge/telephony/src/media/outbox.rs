// SPDX-License-Identifier: EUPL-1.2
//! The way from a media thread back to signalling.

use super::limits::HELD_MAX;
use super::words::Event;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;

/// What all threads count together.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub(super) stop: AtomicBool,
    pub(super) events_dropped: AtomicU64,
    pub(super) turns_skipped: AtomicU64,
    pub(super) malformed: AtomicU64,
    pub(super) keys_dropped: AtomicU64,
    pub(super) srtp_forged: AtomicU64,
    pub(super) srtp_replayed: AtomicU64,
    pub(super) srtp_refused: AtomicU64,
}

/// What wakes signalling.
pub(super) type Wake = Arc<dyn Fn() + Send + Sync>;

/// The way back to signalling.
pub(super) struct Outbox {
    events: SyncSender<Event>,
    pub(super) shared: Arc<Shared>,
    wake: Wake,
    /// Whether signalling was told something for which it was not yet woken.
    told: Cell<bool>,
    /// What a call waits for, and had no room: it is told with one of the next turns, of which a thread
    /// with legs has at least one each [`SWEEP`](super::limits::SWEEP).
    held: RefCell<VecDeque<Event>>,
}

impl Outbox {
    pub(super) fn new(events: SyncSender<Event>, shared: Arc<Shared>, wake: Wake) -> Outbox {
        Outbox { events, shared, wake, told: Cell::new(false), held: RefCell::default() }
    }

    /// Never waits: what nobody reads is dropped and counted, but for the end of a sound, for which a
    /// caller would wait for ever.
    pub(super) fn tell(&self, event: Event) {
        if self.events.try_send(event).is_err() {
            let mut held = self.held.borrow_mut();
            match matches!(event, Event::PlayedOut { .. }) && held.len() < HELD_MAX {
                true => held.push_back(event),
                false => count(&self.shared.events_dropped),
            }
        }
        if is_urgent(&event) {
            self.told.set(true);
        }
    }

    /// Wakes signalling, once for all that it was told since.
    pub(super) fn wake(&self) {
        let mut held = self.held.borrow_mut();
        while let Some(&event) = held.front() {
            self.told.set(true);
            if self.events.try_send(event).is_err() {
                break;
            }
            held.pop_front();
        }
        if self.told.take() {
            (self.wake)();
        }
    }
}

/// Whether signalling does something about it. The others are figures, read when there is time.
const fn is_urgent(event: &Event) -> bool {
    match event {
        Event::Latched { .. }
        | Event::Key { .. }
        | Event::PlayedOut { .. }
        | Event::Silent { .. }
        | Event::SoundAgain { .. }
        | Event::Failed { .. } => true,
        Event::Reported { .. } | Event::PeerLeft { .. } | Event::Closed { .. } => false,
    }
}

pub(super) fn count(what: &AtomicU64) {
    what.fetch_add(1, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::words::{LegId, PlayId};
    use std::sync::mpsc::sync_channel;

    const OVER: Event = Event::PlayedOut { leg: LegId(7), play: PlayId(3) };
    const LEFT: Event = Event::PeerLeft { leg: LegId(8) };

    #[test]
    fn the_end_of_a_sound_is_told_later_if_there_is_no_room_now() {
        let (events, read) = sync_channel(1);
        let woken = Arc::new(AtomicU64::new(0));
        let wake: Wake = {
            let woken = Arc::clone(&woken);
            Arc::new(move || count(&woken))
        };
        let outbox = Outbox::new(events, Arc::default(), wake);
        for event in [LEFT, OVER, LEFT] {
            outbox.tell(event);
        }
        outbox.wake();
        assert_eq!(
            outbox.shared.events_dropped.load(Ordering::Relaxed),
            1,
            "a farewell is dropped"
        );
        assert_eq!(read.try_recv(), Ok(LEFT));
        outbox.wake();
        assert_eq!(read.try_recv(), Ok(OVER));
        outbox.wake();
        assert!(read.try_recv().is_err());
        assert_eq!(woken.load(Ordering::Relaxed), 2, "nobody is woken for nothing");
    }
}
