// SPDX-License-Identifier: EUPL-1.2
//! The browser is a telephone: for each open desk a telephone of the county that speaks WebRTC to a page and SIP to
//! our own signalling, as any desk telephone does.
//!
//! ```text
//!                  orders, offers                       REGISTER, INVITE, REFER
//!   page ── app ─────────────────▶ Handset (core/call) ─────────────────────────▶ signalling
//!     │                                                                            │ media
//!     └── ICE, DTLS, SRTP ──▶ one port ────────▶ the call that is heard ──▶ RTP, loopback
//! ```
//!
//! That port is one of UDP, and of TCP for networks that let no UDP out. One thread of its own; the thread of decisions never meets WebRTC. Sound is relayed without decoding: the browser
//! speaks the codec of its call. What a call can do – hold, transfer, conference, counting – exists once, in
//! signalling; a page that reloads, or a web server that restarts, ends no call, because the telephone stays in it.
//!
//! The rule to keep: what the calls do is decided by [`call::handset::Handset`] and nowhere here.

mod common;
mod desk;
pub mod destination;
pub mod limits;
mod line;
mod page;
mod streams;
mod thread;
mod words;

pub use words::{
    CallNr, CallState, CallView, Codec, Config, Direction, News, NoAnswer, NotTaken, Order,
    Quality, Refusal, TransferState, Why, With,
};

use mio::Waker;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use thread::Thread;

/// The app's end of the browsers' telephones; a copy is as good as the first.
#[derive(Clone)]
pub struct Softphones {
    orders: SyncSender<(String, Order)>,
    waker: Arc<Waker>,
    listens: SocketAddr,
}

/// The thread of the browsers' telephones. Dropping it ends the thread, which hangs up every call first.
pub struct Running {
    waker: Arc<Waker>,
    ends: SyncSender<()>,
    handle: Option<JoinHandle<()>>,
}

impl Softphones {
    /// Binds the address for WebRTC and one on the way to the exchange, and starts the thread. `news` is called from it
    /// with the telephone's id: it must not wait.
    ///
    /// # Errors
    /// If an address cannot be bound, none can be shown to browsers, or the system gives no thread, no readiness, or no
    /// certificate.
    pub fn start(
        config: Config,
        news: impl Fn(&str, News) + Send + 'static,
    ) -> io::Result<(Softphones, Running)> {
        let (orders, ordered) = sync_channel(limits::ORDERS_MAX);
        let (ends, end) = sync_channel(1);
        let (thread, waker) = Thread::open(config, Box::new(news), ordered, end)?;
        let listens = thread.listens()?;
        let handle = std::thread::Builder::new().name("softphones".to_owned());
        let handle = Some(handle.spawn(move || thread.run())?);
        let softphones = Softphones { orders, waker: Arc::clone(&waker), listens };
        Ok((softphones, Running { waker, ends, handle }))
    }

    /// Hands an order for the telephone of this id to the thread.
    ///
    /// # Errors
    /// If the thread is far behind, or has ended; nothing happened then.
    pub fn tell(&self, phone: &str, order: Order) -> Result<(), NotTaken> {
        self.orders.try_send((phone.to_owned(), order)).map_err(|why| match why {
            TrySendError::Full(_) => NotTaken::Busy,
            TrySendError::Disconnected(_) => NotTaken::Ended,
        })?;
        // A waker that fails has no thread to wake any more.
        self.waker.wake().map_err(|_| NotTaken::Ended)
    }

    /// Where browsers send sound to, with the port that was taken.
    #[must_use]
    pub fn listens(&self) -> SocketAddr {
        self.listens
    }
}

impl Running {
    /// Hangs up every call and takes every telephone's leave, and returns at once: signalling, which answers that, is
    /// to go on until [`Running::has_ended`], for [`limits::FAREWELL`] at most.
    pub fn say_goodbye(&self) {
        // Said twice is as good.
        let _ = self.ends.try_send(());
        let _ = self.waker.wake();
    }

    /// Whether every farewell was answered, or waited for in vain.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.handle.as_ref().is_none_or(JoinHandle::is_finished)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.say_goodbye();
        if let Some(handle) = self.handle.take() {
            // A panic there was printed; there is nothing left to end.
            let _ = handle.join();
        }
    }
}
