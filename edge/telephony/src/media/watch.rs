// SPDX-License-Identifier: EUPL-1.2
//! The kernel watches the legs' sockets: some wake the thread, others wait until it is awake.
//!
//! The rule to keep: while any leg waits, the thread sleeps no longer than
//! [`GAP_MAX`](super::limits::GAP_MAX).

use super::leg::Leg;
use super::limits::READY_MAX;
use mio::{Events, Interest, Poll, Registry, Token};
use std::io;
use std::time::Duration;

/// The token of the waker; those of sockets are twice a slot, and one more for RTCP.
pub(super) const WAKER: Token = Token(usize::MAX);

/// Both kinds.
pub(super) struct Watch {
    waking: Poll,
    waiting: Poll,
    /// How many legs wait.
    pub(super) quiet: usize,
}

/// What the kernel named last.
pub(super) struct Ready {
    pub(super) waking: Events,
    pub(super) waiting: Events,
}

impl Ready {
    pub(super) fn new() -> Ready {
        let events = || Events::with_capacity(READY_MAX);
        Ready { waking: events(), waiting: events() }
    }
}

impl Watch {
    pub(super) fn new(waking: Poll) -> io::Result<Watch> {
        Ok(Watch { waking, waiting: Poll::new()?, quiet: 0 })
    }

    /// Waits. An interrupted wait names no sockets; everything else still has its turn.
    pub(super) fn wait(&mut self, ready: &mut Ready, timeout: Option<Duration>) {
        if self.waking.poll(&mut ready.waking, timeout).is_err() {
            ready.waking.clear();
        }
    }

    /// Looks which of the others came meanwhile.
    pub(super) fn look(&mut self, ready: &mut Ready) {
        ready.waiting.clear();
        if self.quiet > 0 && self.waiting.poll(&mut ready.waiting, Some(Duration::ZERO)).is_err() {
            ready.waiting.clear();
        }
    }

    /// A new leg; it wakes.
    pub(super) fn add(&mut self, leg: &mut Leg, slot: usize) -> io::Result<()> {
        register_rtp(self.waking.registry(), leg, slot)?;
        match &mut leg.rtcp {
            // Reports are few, and their round trip is measured: they always wake.
            Some(rtcp) => {
                self.waking.registry().register(rtcp, Token(slot * 2 + 1), Interest::READABLE)
            }
            None => Ok(()),
        }
    }

    /// A leg goes.
    pub(super) fn remove(&mut self, leg: &mut Leg) {
        self.forget_rtp(leg);
        if let Some(rtcp) = &mut leg.rtcp {
            // A socket that is not watched is what we want.
            let _ = self.waking.registry().deregister(rtcp);
        }
    }

    /// The leg's packets wake the thread, or they no longer do. What has come already is named anew.
    pub(super) fn change(&mut self, leg: &mut Leg, slot: usize, quiet: bool) -> io::Result<()> {
        if leg.quiet == quiet {
            return Ok(());
        }
        self.forget_rtp(leg);
        let to = if quiet { &self.waiting } else { &self.waking };
        register_rtp(to.registry(), leg, slot)?;
        leg.quiet = quiet;
        self.quiet += usize::from(quiet);
        Ok(())
    }

    fn forget_rtp(&mut self, leg: &mut Leg) {
        let from = if leg.quiet { &self.waiting } else { &self.waking };
        let _ = from.registry().deregister(&mut leg.rtp);
        self.quiet -= usize::from(leg.quiet);
        leg.quiet = false;
    }
}

fn register_rtp(registry: &Registry, leg: &mut Leg, slot: usize) -> io::Result<()> {
    registry.register(&mut leg.rtp, Token(slot * 2), Interest::READABLE)
}
