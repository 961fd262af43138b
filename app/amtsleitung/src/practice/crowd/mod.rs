// SPDX-License-Identifier: EUPL-1.2
//! Citizens and colleagues with real telephones, on a thread of their own: what the simulator's people
//! want is done by SIP and RTP, and what they notice is what a telephone tells.
//!
//! ```text
//!   People ── wish ──▶ press ──▶ user agent, sound ──▶ sockets ──▶ the centre
//!     ▲                                 │                             │
//!     └── Ring, Connect, the end ◀── calls ◀── user agent ◀── sockets ┘
//! ```
//!
//! The rule to keep: nothing here knows more than a telephone would, or than somebody who works at one
//! was told: which line is shown, how long it rings and how long wrap-up is. A citizen is found again by
//! the number that the colleague's telephone shows.

mod citizens;
mod desks;
mod known;
mod living;
mod numbers;
mod press;
mod registration;
mod sockets;
mod sound;

pub(super) use citizens::CITIZENS_MAX;
pub(super) use press::{Code, Press};
pub(super) use registration::Account;
#[cfg(test)]
pub(super) use registration::Registration;
pub(super) use sockets::{EXCHANGE, Sockets};

use crate::clock::Clock;
use crate::config::County;
use living::Living;
use mio::Waker;
use sim::People;
use std::io;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use stdx::AgentId;

/// Orders that the crowd has not read yet: somebody who leans on a key.
const ORDERS_MAX: usize = 256;

/// How long the desk waits until the crowd rests: far longer than one turn takes.
const RESTS_WITHIN: Duration = Duration::from_secs(2);

/// What the desk tells the crowd.
#[derive(Debug)]
enum Order {
    /// The newcomer does something at the telephone.
    Press(Press),
    /// The newcomer speaks to the citizen who was the so manieth to call, with a telephone of their own.
    /// The citizen would hear it; nobody here understands sound, so it is told.
    Speaks(u64),
    /// Nobody begins anything any more; dropped when it is so.
    Rest(SyncSender<()>),
    /// Everybody hangs up and goes.
    End,
}

/// What a crowd is made of.
pub(super) struct Parts<'a> {
    /// Who wants what.
    pub(super) people: People,
    /// The people's clock.
    pub(super) clock: Clock,
    /// Their sockets: the exchange's, then one for each desk.
    pub(super) sockets: Sockets,
    /// Where the centre listens for them.
    pub(super) server: SocketAddr,
    /// The county, for what people were told about its lines.
    pub(super) county: &'a County,
    /// Who sits where, with the accounts of their telephones.
    pub(super) desks: Vec<(AgentId, Account)>,
    /// Whose desk is the newcomer's.
    pub(super) newcomer: Option<AgentId>,
    /// Ports for sound.
    pub(super) media_ports: RangeInclusive<u16>,
    /// Where their chances begin.
    pub(super) seed: u64,
}

/// What is left when everybody has gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// Calls that the centre has not said goodbye to.
    pub calls: usize,
    /// Calls that still had ports for sound.
    pub legs: usize,
    /// Calls in which sound came.
    pub heard: u64,
}

/// The desk's end of the crowd.
#[derive(Debug)]
pub(super) struct Crowd {
    orders: SyncSender<Order>,
    waker: Arc<Waker>,
    thread: JoinHandle<Left>,
    own_telephone: Arc<AtomicBool>,
}

impl Crowd {
    /// Lets people live.
    ///
    /// # Errors
    /// If the system gives no threads.
    pub(super) fn start(parts: Parts<'_>) -> io::Result<Crowd> {
        let (orders, received) = sync_channel(ORDERS_MAX);
        let waker = parts.sockets.waker();
        let own_telephone = Arc::<AtomicBool>::default();
        let living = Living::new(parts, received, Arc::clone(&own_telephone))?;
        let thread = thread::Builder::new().name("crowd".to_owned()).spawn(move || living.run())?;
        Ok(Crowd { orders, waker, thread, own_telephone })
    }

    /// The newcomer does something at the telephone.
    pub(super) fn press(&self, press: Press) {
        self.tell(Order::Press(press));
    }

    /// The newcomer speaks to the citizen who was the so manieth to call, with a telephone of their own.
    pub(super) fn speaks(&self, nth: u64) {
        self.tell(Order::Speaks(nth));
    }

    /// Whether a telephone of the newcomer's own is registered, and the built-in one stands back.
    pub(super) fn own_telephone(&self) -> bool {
        self.own_telephone.load(Ordering::Acquire)
    }

    /// Waits until nobody begins anything any more.
    pub(super) fn rest(&self) {
        let (rests, resting) = sync_channel(0);
        self.tell(Order::Rest(rests));
        // It says so by dropping its end; a crowd that has ended rests too.
        let _ = resting.recv_timeout(RESTS_WITHIN);
    }

    /// Everybody hangs up and goes.
    ///
    /// # Errors
    /// With the thread's panic.
    pub(super) fn end(self) -> thread::Result<Left> {
        self.tell(Order::End);
        drop(self.orders);
        // Without a waker there is no thread to wake.
        let _ = self.waker.wake();
        self.thread.join()
    }

    fn tell(&self, order: Order) {
        match self.orders.try_send(order) {
            // A key that finds no room, or nobody, is a key that was not pressed.
            Ok(()) | Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
        }
        let _ = self.waker.wake();
    }
}
