// SPDX-License-Identifier: EUPL-1.2
//! Keeps snapshot and views near the end of the log while a service writes it, so that a start and a report
//! have little to read. It reads the log as everybody else does, on a connection of its own: what it does not
//! come to, the next start does.

use crate::recall::recall;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use store::{Place, Store};

/// How often: a busy county's log has grown by a thousand entries.
const EVERY: Duration = Duration::from_secs(300);

/// The thread. Dropping it lets it come to the end of the log once more, and ends it.
#[derive(Debug)]
pub struct Keeper {
    is_ending: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Starts it.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(place: Place) -> io::Result<Keeper> {
        let is_ending = Arc::<AtomicBool>::default();
        let seen = Arc::clone(&is_ending);
        let thread = thread::Builder::new().name("views".to_owned()).spawn(move || {
            let mut is_last = false;
            while !is_last {
                thread::park_timeout(EVERY);
                is_last = seen.load(Ordering::Acquire);
                keep(&place, is_last);
            }
        })?;
        Ok(Keeper { is_ending, thread: Some(thread) })
    }
}

/// A database that fails is the writer's matter, who says so.
fn keep(place: &Place, is_last: bool) {
    if let Ok(Some(mut store)) = Store::open_any(place) {
        drop(recall(&mut store));
        if is_last {
            // Who copies the folder of a service that has ended finds all of it in one file.
            let _ = store.gather();
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.is_ending.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // One that has panicked has said so; the next start does its work.
            let _ = thread.join();
        }
    }
}
