// SPDX-License-Identifier: EUPL-1.2
//! The people of a practice, on a thread of their own: what the simulator's people do, at the pace
//! of the wall clock.

use crate::clock::Clock;
use crate::live::{Decided, Inbox, NotTaken};
use centre::Event;
use sim::People;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How soon an event is handed in again that found the inbox full.
const TRIES_AGAIN: Duration = Duration::from_millis(50);
/// The longest wait while nobody plans anything.
const IDLE: Duration = Duration::from_secs(1);

/// People between the clock and the loop.
#[derive(Debug)]
pub(super) struct Citizens {
    people: People,
    clock: Clock,
    inbox: Inbox,
    pending: Option<Event>,
}

impl Citizens {
    /// Lets people live until the loop ends: then `heard` is closed.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub(super) fn start(
        people: People,
        clock: Clock,
        inbox: Inbox,
        heard: Receiver<Decided>,
        stop: Receiver<()>,
    ) -> std::io::Result<JoinHandle<()>> {
        let citizens = Citizens { people, clock, inbox, pending: None };
        thread::Builder::new()
            .name("citizens".to_owned())
            .spawn(move || citizens.live(&heard, &stop))
    }

    fn live(mut self, heard: &Receiver<Decided>, stop: &Receiver<()>) {
        // The other end of `stop` is dropped when the practice is over.
        while !matches!(stop.try_recv(), Err(std::sync::mpsc::TryRecvError::Disconnected)) {
            if self.act() == Err(NotTaken::Ended) {
                return;
            }
            match heard.recv_timeout(self.wait()) {
                Ok(Decided { at, command, .. }) => self.people.observe(at, &command),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn wait(&self) -> Duration {
        if self.pending.is_some() {
            return TRIES_AGAIN;
        }
        self.people.next_at().map_or(IDLE, |at| self.clock.until(at)).min(IDLE)
    }

    /// Hands in whatever is due.
    fn act(&mut self) -> Result<(), NotTaken> {
        let now = self.clock.now().mono;
        while let Some(event) = self.pending.take().or_else(|| self.people.act(now)) {
            match self.inbox.tell(event) {
                Ok(()) => {}
                Err(NotTaken::Full) => {
                    self.pending = Some(event);
                    return Ok(());
                }
                Err(NotTaken::Ended) => return Err(NotTaken::Ended),
            }
        }
        Ok(())
    }
}
