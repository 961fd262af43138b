// SPDX-License-Identifier: EUPL-1.2
//! One media thread: waits until a socket is readable, a command comes or somebody listens.
//!
//! The rule to keep: nothing here waits for anybody but the kernel, and nothing allocates for a
//! packet.

use super::batch::{Batch, Room};
use super::clock::Clock;
use super::leg::{CLOCK_RATE, Heard, Leg, Playing, What};
use super::limits::{DRAIN_MAX, GAP_MAX, GROUP_FILLS, PHASES, ROUSE_MAX, SWEEP};
use super::mixes::{MEMBERS_MAX, Mix};
use super::outbox::{Outbox, Shared, Wake, count};
use super::pace::{Found, Pace};
use super::schedule::{Schedule, Turn};
use super::watch::{Ready, WAKER, Watch};
use super::words::{Clips, Event, LegId, PlayId, Remote, Repeat};
use crate::clip::ClipCodec;
use mio::{Events, Token};
use rtp::g711::{ALAW_TO_ULAW, ULAW_TO_ALAW};
use rtp::keys::{Key, KeyPress};
use rtp::limits::DATAGRAM_MAX;
use rtp::rtcp::Compound;
use rtp::srtp;
use rtp::{Header, Kind, Outgoing, Packet, kind, rewrite};
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender};
use std::time::Duration;
use stdx::{Micros, Tick};

/// What signalling wants of one thread.
#[derive(Debug)]
pub(super) enum Command {
    Open(Box<Leg>),
    /// The leg goes to another thread, by way of the sender.
    HandOver(LegId, SyncSender<Box<Leg>>),
    Update(LegId, Remote),
    Play(LegId, PlayId, Clips, Repeat),
    StopPlaying(LegId),
    Join(LegId, LegId),
    Mix([Option<LegId>; MEMBERS_MAX]),
    Part(LegId),
    SendKey(LegId, Key, Micros),
    Close(LegId),
}

/// The legs of one thread, found by slot (a socket's token) or by number.
#[derive(Debug, Default)]
pub(super) struct Legs {
    slots: Vec<Option<Box<Leg>>>,
    free: Vec<usize>,
    slot_of: BTreeMap<LegId, usize>,
}

impl Legs {
    pub(super) fn at(&mut self, slot: usize) -> Option<&mut Leg> {
        self.slots.get_mut(slot)?.as_deref_mut()
    }

    pub(super) fn named(&mut self, id: LegId) -> Option<(usize, &mut Leg)> {
        let slot = *self.slot_of.get(&id)?;
        Some((slot, self.at(slot)?))
    }

    fn next_free(&mut self) -> usize {
        self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            self.slots.len() - 1
        })
    }

    fn put(&mut self, slot: usize, leg: Box<Leg>) {
        self.slot_of.insert(leg.id, slot);
        self.slots[slot] = Some(leg);
    }

    fn take(&mut self, id: LegId) -> Option<Box<Leg>> {
        let slot = self.slot_of.remove(&id)?;
        self.free.push(slot);
        self.slots[slot].take()
    }

    fn all(&mut self) -> impl Iterator<Item = &mut Leg> {
        self.slots.iter_mut().flatten().map(|leg| &mut **leg)
    }
}

/// Who is served by the beat, by groups.
#[derive(Debug)]
pub(super) struct Beat {
    /// None while nobody listens.
    pub(super) schedule: Option<Schedule>,
    groups: [Vec<usize>; PHASES],
    pub(super) mixes: Vec<Mix>,
}

impl Beat {
    fn deadline(&self) -> Option<Tick> {
        self.schedule.as_ref()?.deadline(|phase| self.is_idle(phase))
    }

    /// Whether nobody is served at this turn.
    fn is_idle(&self, phase: usize) -> bool {
        self.groups[phase].is_empty() && self.mixes.iter().all(|it| it.phase != phase)
    }

    /// Gives a listener a place.
    fn take_in(&mut self, slot: usize) -> usize {
        let has_room = self.groups.iter().position(|it| it.len() < GROUP_FILLS);
        let smallest = || (0..PHASES).min_by_key(|&it| self.groups[it].len()).unwrap_or(0);
        let group = has_room.unwrap_or_else(smallest);
        self.groups[group].push(slot);
        group
    }
}

pub(super) struct Worker {
    watch: Watch,
    pub(super) clock: Clock,
    commands: Receiver<Command>,
    outbox: Outbox,
    pub(super) legs: Legs,
    pub(super) beat: Beat,
    pace: Pace,
    sweep_at: Tick,
    /// Sockets that were not read to the end.
    unread: Vec<Token>,
    batch: Batch,
    /// What this turn found.
    found: Found,
}

impl Worker {
    pub(super) fn new(
        watch: Watch,
        clock: Clock,
        commands: Receiver<Command>,
        events: SyncSender<Event>,
        wake: Wake,
        shared: Arc<Shared>,
    ) -> Worker {
        Worker {
            watch,
            clock,
            commands,
            outbox: Outbox::new(events, shared, wake),
            legs: Legs::default(),
            beat: Beat { schedule: None, groups: Default::default(), mixes: Vec::new() },
            pace: Pace::default(),
            sweep_at: clock.now(),
            unread: Vec::new(),
            batch: Batch::new(),
            found: Found::default(),
        }
    }

    /// Until it is told to stop. Then every leg says farewell and its sockets close.
    pub(super) fn run(mut self) {
        let mut ready = Ready::new();
        while !self.outbox.shared.stop.load(Ordering::Acquire) {
            self.watch.wait(&mut ready, self.timeout());
            // Before reading, so that a packet that comes after a command meets what it ordered. A
            // slot that changed its leg here is read once in vain.
            self.carry_out_commands();
            self.read(&mut ready);
            self.serve_listeners();
            self.sweep();
            self.outbox.wake();
        }
        let now = self.clock.now();
        self.legs.all().for_each(|leg| leg.say_goodbye(now));
    }

    /// How long nothing is to be done; none for as long as nothing comes.
    fn timeout(&self) -> Option<Duration> {
        if !self.unread.is_empty() {
            return Some(Duration::ZERO);
        }
        let beat = self.beat.deadline();
        let sweep = (!self.legs.slot_of.is_empty()).then_some(self.sweep_at);
        let next = [beat, sweep].into_iter().flatten().min()?;
        let wait = next.since(self.clock.now());
        let wait = if self.watch.quiet > 0 { wait.min(GAP_MAX) } else { wait };
        Some(Duration::from_micros(wait.0))
    }

    // ---- reading ----

    fn read(&mut self, ready: &mut Ready) {
        let now = self.clock.now();
        for token in std::mem::take(&mut self.unread) {
            self.found.datagrams += self.drain(token, now);
        }
        for token in tokens(&ready.waking) {
            let datagrams = self.drain(token, now);
            self.found.add_waking(token, datagrams);
        }
        self.watch.look(ready);
        for token in tokens(&ready.waiting) {
            let datagrams = self.drain(token, now);
            self.found.add_waiting(token, datagrams);
        }
        self.send_batch();
        self.keep_pace(now);
    }

    fn send_batch(&mut self) {
        let Worker { batch, legs, .. } = self;
        batch.empty(|slot, room, length, payload| {
            if let Some(leg) = legs.at(slot) {
                leg.send(room, length, payload);
            }
        });
    }

    /// Who wakes the thread from now on.
    fn keep_pace(&mut self, now: Tick) {
        let idle = self.found.datagrams == 0 && self.pace.gap(now) >= GAP_MAX;
        let change = self.pace.turn(now, &self.found);
        self.found.clear();
        if let Some(slot) = change.rouse {
            self.set_quiet(slot, false);
        }
        if let Some(slot) = change.quieten {
            self.set_quiet(slot, true);
        }
        if idle && self.watch.quiet > 0 {
            self.rouse_some();
        }
    }

    /// Nothing comes any more, so nobody is to be waited for.
    fn rouse_some(&mut self) {
        let slots = self.legs.slots.iter().enumerate();
        let quiet = slots.filter(|(_, leg)| leg.as_ref().is_some_and(|it| it.quiet));
        let quiet: Vec<usize> = quiet.map(|(slot, _)| slot).take(ROUSE_MAX).collect();
        quiet.into_iter().for_each(|slot| self.set_quiet(slot, false));
    }

    fn set_quiet(&mut self, slot: usize, quiet: bool) {
        let Some(leg) = self.legs.at(slot) else { return };
        let id = leg.id;
        if let Err(error) = self.watch.change(leg, slot, quiet) {
            self.part(id);
            self.remove(id);
            self.outbox.tell(Event::Failed { leg: id, kind: error.kind() });
        }
    }

    /// Reads until nothing is left: the kernel tells of new datagrams only. Says how many came.
    fn drain(&mut self, token: Token, now: Tick) -> u32 {
        let slot = token.0 / 2;
        for datagrams in 0..DRAIN_MAX {
            let Some(leg) = self.legs.at(slot) else { return datagrams };
            let socket = if token.0.is_multiple_of(2) { Some(&leg.rtp) } else { leg.rtcp.as_ref() };
            let Some(socket) = socket else { return datagrams };
            match socket.recv_from(self.batch.room()) {
                Ok((length, from)) => self.datagram(slot, length, from, now),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return datagrams,
                // What an earlier packet of ours met on its way (ICMP); the datagrams stand behind it.
                Err(_) => {}
            }
        }
        self.unread.push(token);
        DRAIN_MAX
    }

    fn datagram(&mut self, slot: usize, length: usize, from: SocketAddr, now: Tick) {
        let datagram = &mut self.batch.room()[..length];
        let kind = kind(datagram);
        let Some(leg) = self.legs.at(slot) else { return };
        let opened = match kind {
            Kind::Rtp => leg.open_rtp(datagram),
            Kind::Rtcp => leg.open_rtcp(datagram),
            Kind::Stun | Kind::Zrtp | Kind::Dtls | Kind::TurnChannel | Kind::Other => Ok(length),
        };
        let length = match opened {
            Ok(length) => length,
            Err(why) => return count_refused(&self.outbox.shared, why),
        };
        let done = match kind {
            Kind::Rtp => self.rtp(slot, length, from, now),
            Kind::Rtcp => self.rtcp(slot, length, from, now),
            Kind::Stun | Kind::Zrtp | Kind::Dtls | Kind::TurnChannel | Kind::Other => None,
        };
        if done.is_none() {
            count(&self.outbox.shared.malformed);
        }
    }

    fn rtp(&mut self, slot: usize, length: usize, from: SocketAddr, now: Tick) -> Option<()> {
        let room = self.batch.room();
        let packet = Packet::parse(&room[..length]).ok()?;
        let leg = self.legs.at(slot)?;
        let heard = leg.hear(now, from, &packet);
        tell_heard(&self.outbox, leg.id, from, heard);
        if heard.what == What::Nothing {
            return Some(());
        }
        let pressed = match heard.what {
            What::Key => leg.key_heard(&packet),
            What::Sound | What::Noise | What::Nothing => None,
        };
        if let Some(key) = pressed {
            self.outbox.tell(Event::Key { leg: leg.id, key });
        }
        if leg.is_mixed() {
            let mut payload = [0; DATAGRAM_MAX];
            let payload = &mut payload[..packet.payload.len()];
            payload.copy_from_slice(packet.payload);
            let header = packet.header;
            self.hear_in_mix(slot, (&header, payload), heard.what, pressed);
            return Some(());
        }
        let what = if leg.remote.we_receive { heard.what } else { What::Noise };
        let (codec, peer) = (leg.remote.codec, leg.peer);
        let (header, payload) = (packet.header, packet.payload.len());
        let Some(slot) = peer else { return Some(()) };
        let Some(peer) = self.legs.at(slot) else { return Some(()) };
        let Some(header) = peer.relayed(now, &header, what) else { return Some(()) };
        let length = match law_map(codec, peer.remote.codec).filter(|_| what == What::Sound) {
            None => rewrite(&mut room[..length], &header).ok().map(|()| length),
            Some(map) => map_law(room, length, header, map),
        };
        if length.is_some_and(|length| self.batch.keep(slot, length, payload)) {
            self.send_batch();
        }
        Some(())
    }

    fn rtcp(&mut self, slot: usize, length: usize, from: SocketAddr, now: Tick) -> Option<()> {
        let compound = Compound::parse(&self.batch.room()[..length]).ok()?;
        let leg = self.legs.at(slot)?;
        let Some(left) = leg.hear_reports(now, from, &compound) else { return Some(()) };
        self.outbox.tell(Event::Reported { leg: leg.id, figures: leg.figures() });
        if left {
            self.outbox.tell(Event::PeerLeft { leg: leg.id });
        }
        Some(())
    }

    // ---- commands ----

    fn carry_out_commands(&mut self) {
        while let Ok(command) = self.commands.try_recv() {
            self.carry_out(command);
        }
    }

    /// A command for a leg that is gone (it failed) is without effect: its end was told.
    fn carry_out(&mut self, command: Command) {
        let now = self.clock.now();
        match command {
            Command::Open(leg) => self.open(leg),
            Command::HandOver(id, to) => self.hand_over(id, &to),
            Command::Update(id, remote) => {
                if let Some((_, leg)) = self.legs.named(id) {
                    leg.update(now, remote);
                }
            }
            Command::Play(id, play, clips, repeat) => {
                self.on_beat(id, |leg| leg.playing = Some(Playing::new(play, clips, repeat)));
            }
            Command::StopPlaying(id) => {
                if let Some((_, leg)) = self.legs.named(id) {
                    leg.playing = None;
                }
            }
            Command::Join(a, b) => self.join(a, b),
            Command::Mix(legs) => self.mix(legs),
            Command::Part(id) => self.part(id),
            Command::SendKey(id, key, length) => self.send_key(id, key, length),
            Command::Close(id) => self.close(id, now),
        }
    }

    fn open(&mut self, mut leg: Box<Leg>) {
        let slot = self.legs.next_free();
        match self.watch.add(&mut leg, slot) {
            Ok(()) => {
                // What came before the kernel was told to watch is read now.
                self.unread.push(Token(slot * 2));
                let (id, needs_beat) = (leg.id, leg.needs_beat());
                self.legs.put(slot, leg);
                if needs_beat {
                    self.on_beat(id, |_| {});
                }
            }
            Err(error) => {
                self.legs.free.push(slot);
                self.outbox.tell(Event::Failed { leg: leg.id, kind: error.kind() });
            }
        }
    }

    fn hand_over(&mut self, id: LegId, to: &SyncSender<Box<Leg>>) {
        self.part(id);
        let Some(leg) = self.remove(id) else { return };
        // Whoever asked waits for it; if he gave up, the leg ends here and its sockets close.
        let _ = to.try_send(leg);
    }

    /// Takes a leg out, so that the kernel no longer tells of it.
    fn remove(&mut self, id: LegId) -> Option<Box<Leg>> {
        let slot = *self.legs.slot_of.get(&id)?;
        let mut leg = self.legs.take(id)?;
        self.watch.remove(&mut leg);
        if let Some(group) = leg.group.take() {
            self.beat.groups[group].retain(|&it| it != slot);
        }
        self.unread.retain(|token| token.0 / 2 != slot);
        Some(leg)
    }

    fn close(&mut self, id: LegId, now: Tick) {
        self.part(id);
        let Some(mut leg) = self.remove(id) else { return };
        leg.say_goodbye(now);
        let figures = leg.figures();
        drop(leg);
        self.outbox.tell(Event::Closed { leg: id, figures });
    }

    fn join(&mut self, a: LegId, b: LegId) {
        self.part(a);
        self.part(b);
        let both = self.legs.slot_of.get(&a).copied().zip(self.legs.slot_of.get(&b).copied());
        let Some((slot_a, slot_b)) = both else { return };
        for (slot, peer) in [(slot_a, slot_b), (slot_b, slot_a)] {
            if let Some(leg) = self.legs.at(slot) {
                leg.peer = Some(peer);
            }
        }
    }

    pub(super) fn part(&mut self, id: LegId) {
        if let Some(slot) = self.legs.slot_of.get(&id).copied() {
            self.leave_mix(slot);
        }
        let peer = self.legs.named(id).and_then(|(_, leg)| leg.peer.take());
        if let Some(peer) = peer.and_then(|slot| self.legs.at(slot)) {
            peer.peer = None;
        }
    }

    pub(super) fn send_key(&mut self, id: LegId, key: Key, length: Micros) {
        let press = KeyPress { key, volume: KEY_VOLUME, length, clock_rate: CLOCK_RATE };
        let mut has_room = true;
        self.on_beat(id, |leg| has_room = leg.press(press));
        if !has_room {
            count(&self.outbox.shared.keys_dropped);
        }
    }

    // ---- listeners ----

    /// Gives a leg something to do and a place in the beat.
    fn on_beat(&mut self, id: LegId, what: impl FnOnce(&mut Leg)) {
        let now = self.clock.now();
        let Some((slot, leg)) = self.legs.named(id) else { return };
        what(leg);
        if leg.group.is_none() {
            leg.group = Some(self.beat.take_in(slot));
        }
        self.beat.schedule.get_or_insert_with(|| Schedule::new(now));
    }

    fn serve_listeners(&mut self) {
        let Some(mut schedule) = self.beat.schedule.take() else { return };
        let now = self.clock.now();
        let skipped = schedule.skipped();
        while let Some(turn) = schedule.due(now) {
            self.serve_group(turn, now);
            self.serve_mixes(turn.phase, now);
        }
        let skipped = schedule.skipped() - skipped;
        self.outbox.shared.turns_skipped.fetch_add(skipped, Ordering::Relaxed);
        if (0..PHASES).any(|phase| !self.beat.is_idle(phase)) {
            self.beat.schedule = Some(schedule);
        }
    }

    fn serve_group(&mut self, turn: Turn, now: Tick) {
        let Worker { beat, legs, outbox, .. } = self;
        beat.groups[turn.phase].retain(|&slot| {
            let Some(leg) = legs.at(slot) else { return false };
            if let Some(play) = leg.beat(turn.at, now) {
                outbox.tell(Event::PlayedOut { leg: leg.id, play });
            }
            leg.group = leg.group.filter(|_| leg.needs_beat());
            leg.group.is_some()
        });
    }

    /// Reports and silence.
    fn sweep(&mut self) {
        let now = self.clock.now();
        if now < self.sweep_at {
            return;
        }
        self.sweep_at = now + SWEEP;
        for leg in self.legs.all() {
            leg.report(now);
            if leg.falls_silent(now) {
                self.outbox.tell(Event::Silent { leg: leg.id });
            }
        }
    }
}

/// How loud keys are, in dB below 0 dBm0: what telephones send.
const KEY_VOLUME: u8 = 10;

fn tell_heard(outbox: &Outbox, leg: LegId, from: SocketAddr, heard: Heard) {
    if heard.latched {
        outbox.tell(Event::Latched { leg, from });
    }
    if heard.again {
        outbox.tell(Event::SoundAgain { leg });
    }
}

/// A packet of a protected leg that is not taken.
fn count_refused(shared: &Shared, why: srtp::Refused) {
    count(match why {
        srtp::Refused::Forged | srtp::Refused::InClear => &shared.srtp_forged,
        srtp::Refused::Replayed | srtp::Refused::TooOld => &shared.srtp_replayed,
        srtp::Refused::NotRtp(_)
        | srtp::Refused::NotRtcp
        | srtp::Refused::TooLong
        | srtp::Refused::TooShort
        | srtp::Refused::NoRoom
        | srtp::Refused::OtherKey
        | srtp::Refused::Exhausted
        | srtp::Refused::TooManySources => &shared.srtp_refused,
    });
}

/// The map of one law to the other; none if the codecs are alike.
const fn law_map(from: ClipCodec, to: ClipCodec) -> Option<&'static [u8; 256]> {
    match (from, to) {
        (ClipCodec::Pcma, ClipCodec::Pcmu) => Some(&ALAW_TO_ULAW),
        (ClipCodec::Pcmu, ClipCodec::Pcma) => Some(&ULAW_TO_ALAW),
        (
            ClipCodec::Pcma | ClipCodec::Pcmu | ClipCodec::G722,
            ClipCodec::Pcma | ClipCodec::Pcmu | ClipCodec::G722,
        ) => None,
    }
}

/// Every byte of one law has its byte of the other. Says how long the datagram is then.
fn map_law(room: &mut Room, length: usize, header: Header, map: &[u8; 256]) -> Option<usize> {
    let packet = Packet::parse(&room[..length]).ok()?;
    let mut payload = [0; DATAGRAM_MAX];
    let payload = &mut payload[..packet.payload.len()];
    for (to, from) in payload.iter_mut().zip(packet.payload) {
        *to = map[usize::from(*from)];
    }
    Outgoing::new(header, payload).write(room).ok()
}

/// The sockets that the kernel named.
fn tokens(events: &Events) -> impl Iterator<Item = Token> {
    events.iter().map(mio::event::Event::token).filter(|&it| it != WAKER)
}
