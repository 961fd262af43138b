// SPDX-License-Identifier: EUPL-1.2
//! Sound on real sockets: every leg its own ports, relayed between legs without decoding, and mixed where three talk.
//!
//! ```text
//!  signalling ── commands (bounded) + waker ──▶ media thread ◀── readiness ── sockets of its legs
//!      ▲                                             │
//!      └───────── events (bounded) + wake ───────────┘
//! ```
//!
//! The rule to keep: a media thread never waits for signalling, and signalling never touches a
//! packet. They meet in `words` only.

mod batch;
mod clock;
mod keys;
mod leg;
pub mod limits;
mod mixes;
mod outbox;
mod pace;
mod ports;
mod protection;
mod schedule;
mod watch;
mod words;
mod worker;

pub use clock::Clock;
pub use words::{
    Clips, Config, Counts, Drawn, Event, Figures, LegId, LocalPorts, Opening, PayloadMap, PlayId,
    Refused, Remote, Repeat, Srtp, SrtpKey,
};

use crate::clip::ClipCodec;
pub(crate) use keys::KeysOut;
pub(crate) use leg::first_sequence;
use leg::{Counted, Leg};
use limits::{COMMANDS_MAX, EVENTS_MAX, HAND_OVER, THREADS_MAX};
use mio::{Poll, Waker};
use outbox::{Shared, Wake};
use ports::{NoPair, Ports};
use rtp::keys::Key;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;
use stdx::Micros;
use watch::{WAKER, Watch};
use worker::{Command, Worker};

/// Signalling's end of the media threads. Dropping it stops them and closes every leg.
#[derive(Debug)]
pub struct Media {
    threads: Vec<Thread>,
    ports: Ports,
    clock: Clock,
    open: BTreeMap<LegId, Entry>,
    shared: Arc<Shared>,
    alive: Arc<AtomicUsize>,
    next_thread: usize,
    /// Whether threads are woken by [`Media::wake`] only.
    gathers: bool,
}

#[derive(Debug)]
struct Thread {
    commands: SyncSender<Command>,
    waker: Waker,
    /// What the thread was not woken for yet.
    unread: Cell<Unread>,
    handle: Option<JoinHandle<()>>,
}

/// Commands that a thread was not woken for yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Unread {
    Nothing,
    /// Nobody hears whether it is done now or with the next ones: a leg that is opened is not heard
    /// before it plays or is joined, and the kernel keeps what comes for it.
    Patient,
    Urgent,
}

/// What signalling's end knows of a leg.
#[derive(Clone, Copy, Debug)]
struct Entry {
    thread: usize,
    codec: ClipCodec,
    takes_keys: bool,
    joined: Option<LegId>,
}

impl Media {
    /// Starts the threads; events of all of them come out of one receiver.
    ///
    /// `wake` is called from a media thread after events were queued, once for all that one turn of
    /// the thread brought. It must not wait: sound waits with it.
    ///
    /// # Errors
    /// If the kernel gives no threads or no readiness.
    pub fn start(
        config: &Config,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<(Media, Receiver<Event>)> {
        let wake: Wake = Arc::new(wake);
        let (events, received) = sync_channel(EVENTS_MAX);
        let mut media = Media {
            threads: Vec::new(),
            ports: Ports::new(&config.ports),
            clock: Clock::start(),
            open: BTreeMap::new(),
            shared: Arc::default(),
            alive: Arc::default(),
            next_thread: 0,
            gathers: false,
        };
        for number in 0..config.threads.clamp(1, THREADS_MAX) {
            let (events, wake) = (events.clone(), Arc::clone(&wake));
            let thread = Thread::start(number, media.clock, events, wake, &media.shared)?;
            media.threads.push(thread);
        }
        Ok((media, received))
    }

    /// From now on commands are gathered, and threads are woken by [`Media::wake`] only: being woken
    /// costs more than a command.
    pub fn gather(&mut self) {
        self.gathers = true;
    }

    /// Wakes the threads that have something to do. Legs that were only opened or closed can wait:
    /// says whether some do, so that it is asked again [a little later](limits::PATIENCE) with
    /// `patient` false.
    pub fn wake(&self, patient: bool) -> bool {
        let least = if patient { Unread::Urgent } else { Unread::Patient };
        let mut waits = false;
        for thread in &self.threads {
            if thread.unread.get() >= least {
                thread.unread.set(Unread::Nothing);
                // A thread that has ended refuses the next command.
                let _ = thread.waker.wake();
            }
            waits |= thread.unread.get() != Unread::Nothing;
        }
        waits
    }

    fn send(&self, thread: usize, command: Command) -> Result<(), Refused> {
        let thread = &self.threads[thread];
        let urgency = match &command {
            Command::Open(_) | Command::Close(_) => Unread::Patient,
            Command::HandOver(..) => return thread.send(command).and_then(|()| thread.wake()),
            Command::Update(..)
            | Command::Play(..)
            | Command::StopPlaying(_)
            | Command::Join(..)
            | Command::Mix(_)
            | Command::Part(_)
            | Command::SendKey(..) => Unread::Urgent,
        };
        match thread.send(command) {
            Ok(()) if self.gathers => {
                thread.unread.set(thread.unread.get().max(urgency));
                Ok(())
            }
            Ok(()) => thread.wake(),
            // It has to read before it can be told more.
            Err(why) => thread.wake().and(Err(why)),
        }
    }

    /// Opens a leg: binds its ports, which then belong to it until it is closed.
    ///
    /// # Errors
    /// If there are no ports, or its thread is behind.
    pub fn open(&mut self, id: LegId, opening: &Opening) -> Result<LocalPorts, Refused> {
        if self.open.contains_key(&id) {
            return Err(Refused::LegExists);
        }
        let thread = self.thread_for(opening.beside);
        let Opening { local, remote, drawn, .. } = opening;
        let pair = self.ports.bind(*local, remote.mux).map_err(Refused::from)?;
        let ports =
            LocalPorts { rtp: pair.port, rtcp: if remote.mux { pair.port } else { pair.port + 1 } };
        let counted = Counted::one(&self.alive);
        let leg = Leg::new(self.clock.now(), id, *remote, drawn, pair, counted);
        self.send(thread, Command::Open(Box::new(leg)))?;
        self.open.insert(id, Entry::new(thread, remote));
        Ok(ports)
    }

    /// The thread of the leg beside it, or each in turn.
    fn thread_for(&mut self, beside: Option<LegId>) -> usize {
        if let Some(entry) = beside.and_then(|it| self.open.get(&it)) {
            return entry.thread;
        }
        self.next_thread = (self.next_thread + 1) % self.threads.len();
        self.next_thread
    }

    /// A new offer and answer agreed on something else. The same address keeps what is latched.
    ///
    /// # Errors
    /// If the leg is joined and its new codec cannot be relayed; part it first.
    pub fn update(&mut self, id: LegId, remote: &Remote) -> Result<(), Refused> {
        let entry = *self.entry(id)?;
        if let Some(peer) = entry.joined {
            relayable(remote.codec, self.entry(peer)?.codec)?;
        }
        self.send(entry.thread, Command::Update(id, *remote))?;
        let updated = Entry { joined: entry.joined, ..Entry::new(entry.thread, remote) };
        self.open.insert(id, updated);
        Ok(())
    }

    /// Plays a sound instead of what is played or relayed to the leg so far. The end of a sound that
    /// another replaces is not told.
    ///
    /// # Errors
    /// If there is no such sound in the leg's codec.
    pub fn play(
        &self,
        id: LegId,
        play: PlayId,
        clips: &Clips,
        repeat: Repeat,
    ) -> Result<(), Refused> {
        let entry = self.entry(id)?;
        clips.of(entry.codec).ok_or(Refused::NoClip(entry.codec))?;
        self.send(entry.thread, Command::Play(id, play, clips.clone(), repeat))
    }

    /// Stops what is played; what is relayed to the leg is heard again.
    ///
    /// # Errors
    /// If there is no such leg, or its thread is behind.
    pub fn stop_playing(&self, id: LegId) -> Result<(), Refused> {
        self.send(self.entry(id)?.thread, Command::StopPlaying(id))
    }

    /// Lets two legs hear each other. Each leaves the leg with which it was joined before.
    ///
    /// # Errors
    /// If their codecs cannot be relayed.
    pub fn join(&mut self, a: LegId, b: LegId) -> Result<(), Refused> {
        if a == b {
            return Err(Refused::SameLeg);
        }
        let (left, right) = (*self.entry(a)?, *self.entry(b)?);
        relayable(left.codec, right.codec)?;
        if left.thread != right.thread {
            self.move_leg(a, left.thread, right.thread)?;
        }
        self.send(right.thread, Command::Join(a, b))?;
        for leg in [a, b] {
            self.forget_join(leg);
        }
        self.note_join(a, Some(b));
        self.note_join(b, Some(a));
        Ok(())
    }

    /// Lets two legs or three hear each other by decoding what each says and mixing it for the others: a conference,
    /// or two whose codecs are not relayed. Each leaves the legs with which it was joined or mixed.
    ///
    /// # Errors
    /// If two of them are the same, or one is not there: then nothing has changed. If a thread is behind, they may
    /// hear nobody until this is tried again.
    pub fn mix(&mut self, a: LegId, b: LegId, c: Option<LegId>) -> Result<(), Refused> {
        if a == b || c == Some(a) || c == Some(b) {
            return Err(Refused::SameLeg);
        }
        let thread = self.entry(a)?.thread;
        let others = [Some(b), c].into_iter().flatten();
        for leg in others.clone() {
            self.entry(leg)?;
        }
        for leg in others {
            let from = self.entry(leg)?.thread;
            if from != thread {
                self.move_leg(leg, from, thread)?;
            }
        }
        self.send(thread, Command::Mix([Some(a), Some(b), c]))?;
        for leg in [Some(a), Some(b), c].into_iter().flatten() {
            self.forget_join(leg);
        }
        Ok(())
    }

    /// A leg changes its thread; its sockets and its stream stay the same.
    fn move_leg(&mut self, id: LegId, from: usize, to: usize) -> Result<(), Refused> {
        let (sender, receiver) = sync_channel(1);
        self.send(from, Command::HandOver(id, sender))?;
        let wait = Duration::from_micros(HAND_OVER.0);
        let leg = receiver.recv_timeout(wait).map_err(|_| Refused::Stopped)?;
        self.forget_join(id);
        // A leg that cannot arrive is closed with the command that holds it.
        if let Err(error) = self.send(to, Command::Open(leg)) {
            self.open.remove(&id);
            return Err(error);
        }
        if let Some(entry) = self.open.get_mut(&id) {
            entry.thread = to;
        }
        Ok(())
    }

    /// The leg and the one with which it is joined no longer hear each other.
    ///
    /// # Errors
    /// If there is no such leg, or its thread is behind.
    pub fn part(&mut self, id: LegId) -> Result<(), Refused> {
        self.send(self.entry(id)?.thread, Command::Part(id))?;
        self.forget_join(id);
        Ok(())
    }

    /// Sends a key to the peer, held for `length` (at least 40 ms), after those that wait.
    ///
    /// # Errors
    /// If the peer takes no keys.
    pub fn send_key(&self, id: LegId, key: Key, length: Micros) -> Result<(), Refused> {
        let entry = self.entry(id)?;
        if !entry.takes_keys {
            return Err(Refused::NoKeys);
        }
        self.send(entry.thread, Command::SendKey(id, key, length))
    }

    /// Closes a leg and frees its ports; [`Event::Closed`] follows with its figures.
    ///
    /// # Errors
    /// If there is no such leg, or its thread is behind: then the leg is still open.
    pub fn close(&mut self, id: LegId) -> Result<(), Refused> {
        self.send(self.entry(id)?.thread, Command::Close(id))?;
        self.forget_join(id);
        self.open.remove(&id);
        Ok(())
    }

    /// How many legs hold ports at this moment.
    #[must_use]
    pub fn legs(&self) -> usize {
        self.alive.load(Ordering::Relaxed)
    }

    /// What went wrong without anybody to tell it to.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            events_dropped: self.shared.events_dropped.load(Ordering::Relaxed),
            turns_skipped: self.shared.turns_skipped.load(Ordering::Relaxed),
            malformed: self.shared.malformed.load(Ordering::Relaxed),
            keys_dropped: self.shared.keys_dropped.load(Ordering::Relaxed),
            srtp_forged: self.shared.srtp_forged.load(Ordering::Relaxed),
            srtp_replayed: self.shared.srtp_replayed.load(Ordering::Relaxed),
            srtp_refused: self.shared.srtp_refused.load(Ordering::Relaxed),
        }
    }

    /// Stops the threads and waits for them: every leg says farewell and is closed.
    pub fn shutdown(mut self) {
        self.stop();
    }

    fn stop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        for thread in &self.threads {
            // Without a waker there is no thread to wake.
            let _ = thread.waker.wake();
        }
        for handle in self.threads.iter_mut().filter_map(|it| it.handle.take()) {
            // A thread that panicked has said so; the others still end.
            let _ = handle.join();
        }
        self.open.clear();
    }

    fn entry(&self, id: LegId) -> Result<&Entry, Refused> {
        self.open.get(&id).ok_or(Refused::UnknownLeg)
    }

    fn note_join(&mut self, id: LegId, with: Option<LegId>) -> Option<LegId> {
        let entry = self.open.get_mut(&id)?;
        std::mem::replace(&mut entry.joined, with)
    }

    fn forget_join(&mut self, id: LegId) {
        if let Some(peer) = self.note_join(id, None) {
            self.note_join(peer, None);
        }
    }
}

impl Drop for Media {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Thread {
    fn start(
        number: usize,
        clock: Clock,
        events: SyncSender<Event>,
        wake: Wake,
        shared: &Arc<Shared>,
    ) -> io::Result<Thread> {
        let poll = Poll::new()?;
        let waker = Waker::new(poll.registry(), WAKER)?;
        let (commands, received) = sync_channel(COMMANDS_MAX);
        let watch = Watch::new(poll)?;
        let worker = Worker::new(watch, clock, received, events, wake, Arc::clone(shared));
        let name = format!("media-{number}");
        let handle = std::thread::Builder::new().name(name).spawn(move || worker.run())?;
        let unread = Cell::new(Unread::Nothing);
        Ok(Thread { commands, waker, unread, handle: Some(handle) })
    }

    fn send(&self, command: Command) -> Result<(), Refused> {
        self.commands.try_send(command).map_err(|error| match error {
            TrySendError::Full(_) => Refused::Busy,
            TrySendError::Disconnected(_) => Refused::Stopped,
        })
    }

    fn wake(&self) -> Result<(), Refused> {
        self.waker.wake().map_err(|_| Refused::Stopped)
    }
}

impl Entry {
    const fn new(thread: usize, remote: &Remote) -> Entry {
        let takes_keys = remote.outgoing.event.is_some();
        Entry { thread, codec: remote.codec, takes_keys, joined: None }
    }
}

impl From<NoPair> for Refused {
    fn from(error: NoPair) -> Refused {
        match error {
            NoPair::Exhausted => Refused::PortsExhausted,
            NoPair::Bind(kind) => Refused::Bind(kind),
        }
    }
}

/// The same codec, or the two laws of G.711, whose bytes map to each other.
const fn relayable(a: ClipCodec, b: ClipCodec) -> Result<(), Refused> {
    match (a, b) {
        (ClipCodec::Pcma | ClipCodec::Pcmu, ClipCodec::Pcma | ClipCodec::Pcmu)
        | (ClipCodec::G722, ClipCodec::G722) => Ok(()),
        (ClipCodec::G722, ClipCodec::Pcma | ClipCodec::Pcmu)
        | (ClipCodec::Pcma | ClipCodec::Pcmu, ClipCodec::G722) => Err(Refused::Codecs(a, b)),
    }
}
