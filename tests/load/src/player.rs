// SPDX-License-Identifier: EUPL-1.2
//! Plays the trunk with its callers and the agents' telephones, all in one thread.
//!
//! ```text
//!  caller (5180) ── INVITE ──▶ server ── INVITE ──▶ telephone (5170 …)
//!                ◀── 200 ────        ◀── 180, 200 ─
//!                ── ACK ────▶        ── ACK ──────▶
//!                ── BYE, after the talk ──▶ ── BYE ─▶
//! ```
//!
//! Rule: whatever does not follow this picture is counted, and never put right in silence.

use crate::compose::{Answered, Names, response, with_sound, without_body};
use crate::text::{Kind, Seen};
use load::clock::{Clock, MILLISECOND, SECOND};
use mio::net::UdpSocket;
use mio::{Events, Interest, Poll, Token};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::time::Duration;

/// Calls at once. A place is used again when it has been free the longest.
pub(crate) const PLACES: usize = 8_192;

/// RFC 3261, 17.1.1.1: T1, T2, and 64·T1.
const T1: u64 = 500 * MILLISECOND;
const T2: u64 = 4 * SECOND;
const GIVE_UP: u64 = 32 * SECOND;

/// A caller's patience until somebody answers.
const PATIENCE: u64 = 60 * SECOND;

/// Calls that begin in one turn, at most: a load that was kept from running catches up slowly.
const BURST: usize = 16;

/// Datagrams read from one socket in one turn.
const DRAIN: usize = 64;

/// The kernel's buffer of a socket; the system may give less.
const SOCKET_BUFFER: usize = 4 << 20;

/// Where sound goes that nobody wants to hear.
const DISCARD: u16 = 9;

/// How a caller's side of a call stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Caller {
    #[default]
    Free,
    Inviting {
        since: u64,
        ringing: bool,
    },
    Up,
    HangingUp {
        since: u64,
    },
    /// Hung up since then, and answered.
    Over {
        since: u64,
    },
}

/// How a telephone's side of a call stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phone {
    #[default]
    Quiet,
    Answered {
        since: u64,
    },
    Up,
    Over,
}

#[derive(Clone, Debug, Default)]
struct Place {
    round: u64,
    caller: Caller,
    phone: Phone,
    answered: Answered,
    /// The telephone's answer, until it is acknowledged.
    answer: Vec<u8>,
    line: usize,
    /// The server's ports for sound.
    to_caller: u16,
    to_phone: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    Invite { next: u64 },
    Answer { next: u64 },
    HangUp,
    Bye { next: u64 },
}

/// What happened.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) begun: u64,
    pub(crate) answered: u64,
    pub(crate) over: u64,
    /// Calls that left, well or not.
    pub(crate) gone: u64,
    /// Calls that did not come to their end as they should: refused, or nobody answered in time.
    pub(crate) failed: u64,
    /// Of the failed ones, those that nobody answered.
    pub(crate) timeouts: u64,
    /// Messages that have no place in a call as it should be.
    pub(crate) unexpected: u64,
    /// Messages that were sent again, and that came again.
    pub(crate) repeats_out: u64,
    pub(crate) repeats_in: u64,
    pub(crate) messages: u64,
    /// Refusals by code; an unexpected request counts as 0.
    pub(crate) refusals: BTreeMap<u16, u64>,
}

/// How calls are placed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) calls: u64,
    pub(crate) per_second: f64,
    /// How long callers talk; for ever if none.
    pub(crate) talk: Option<u64>,
}

/// The callers and the telephones.
pub(crate) struct Player {
    clock: Clock,
    names: Names,
    poll: Poll,
    events: Events,
    /// The trunk first, then the telephones.
    sockets: Vec<UdpSocket>,
    lines: Vec<SocketAddr>,
    /// The first port for sound, if it is sent; each call has four.
    sound: Option<u16>,
    talk: Option<u64>,
    places: Vec<Place>,
    free: VecDeque<usize>,
    timers: BinaryHeap<Reverse<(u64, usize, u64, Timer)>>,
    out: Vec<u8>,
    pub(crate) counts: Counts,
    /// From INVITE out to INVITE in, in nanoseconds.
    pub(crate) delays: Vec<u64>,
}

impl Player {
    /// Binds the trunk and the telephones.
    pub(crate) fn open(
        clock: Clock,
        names: Names,
        phones: &[SocketAddr],
        sound: Option<u16>,
    ) -> Result<Player, String> {
        let poll = Poll::new().map_err(|error| error.to_string())?;
        let lines: Vec<SocketAddr> =
            [names.trunk].into_iter().chain(phones.iter().copied()).collect();
        let mut sockets = Vec::new();
        for (number, &at) in lines.iter().enumerate() {
            let mut socket = bind(at).map_err(|error| format!("{at}: {error}"))?;
            let readable = Interest::READABLE;
            let registered = poll.registry().register(&mut socket, Token(number), readable);
            registered.map_err(|error| error.to_string())?;
            sockets.push(socket);
        }
        Ok(Player {
            clock,
            names,
            poll,
            events: Events::with_capacity(64),
            sockets,
            lines,
            sound,
            talk: None,
            places: vec![Place::default(); PLACES],
            free: (0..PLACES).collect(),
            timers: BinaryHeap::with_capacity(4 * PLACES),
            out: Vec::with_capacity(2_048),
            counts: Counts::default(),
            delays: Vec::with_capacity(1 << 16),
        })
    }

    /// Forgets what was counted.
    pub(crate) fn forget(&mut self) {
        self.counts = Counts::default();
        self.delays.clear();
    }

    /// Places calls as planned, until the last is over, or up if it talks for ever. `watch` is told
    /// after every turn.
    pub(crate) fn place(&mut self, plan: &Plan, mut watch: impl FnMut(&Player)) {
        self.talk = plan.talk;
        let began = self.clock.nanos();
        let due = |number: u64| began + (number as f64 / plan.per_second * 1e9) as u64;
        let mut number = 0;
        while number < plan.calls || !self.is_settled() {
            let now = self.clock.nanos();
            for _ in 0..BURST {
                if number >= plan.calls || due(number) > now || !self.begin() {
                    break;
                }
                number += 1;
            }
            let next = (number < plan.calls).then(|| due(number));
            self.turn(next);
            watch(self);
        }
    }

    /// Hangs up every call that is up, at this rate.
    pub(crate) fn hang_up_all(&mut self, per_second: f64) {
        let now = self.clock.nanos();
        let up = (0..PLACES).filter(|&at| self.places[at].caller == Caller::Up);
        for (nth, at) in up.collect::<Vec<_>>().into_iter().enumerate() {
            let when = now + (nth as f64 / per_second * 1e9) as u64;
            self.timer(when, at, Timer::HangUp);
        }
        self.talk = Some(0);
        while !self.is_settled() {
            self.turn(None);
        }
    }

    /// Answers what comes, and does nothing else, for so long.
    pub(crate) fn linger(&mut self, nanos: u64) {
        let until = self.clock.nanos() + nanos;
        while self.clock.nanos() < until {
            self.turn(Some(until));
        }
    }

    /// Where the sound of each call that is up comes from and goes to: own port, the server's port.
    pub(crate) fn sound_paths(&self) -> Vec<(u16, u16)> {
        let mut paths = Vec::new();
        for (at, place) in self.places.iter().enumerate() {
            if place.caller != Caller::Up {
                continue;
            }
            paths.push((self.own_port(at, false), place.to_caller));
            if place.phone == Phone::Up {
                paths.push((self.own_port(at, true), place.to_phone));
            }
        }
        paths
    }

    /// Whether no call is on its way up or down.
    fn is_settled(&self) -> bool {
        let up = self.counts.answered - self.counts.over;
        let inside = (PLACES - self.free.len()) as u64;
        if self.talk.is_some() { inside == 0 } else { inside == up && self.all_acknowledged() }
    }

    fn all_acknowledged(&self) -> bool {
        !self.places.iter().any(|place| matches!(place.phone, Phone::Answered { .. }))
    }

    fn own_port(&self, at: usize, phone: bool) -> u16 {
        let Some(first) = self.sound else { return DISCARD };
        let offset = at * 4 + if phone { 2 } else { 0 };
        u16::try_from(offset).ok().and_then(|it| first.checked_add(it)).unwrap_or(DISCARD)
    }

    fn number(&self, at: usize) -> u64 {
        self.places[at].round * PLACES as u64 + at as u64
    }

    fn timer(&mut self, when: u64, at: usize, what: Timer) {
        self.timers.push(Reverse((when, at, self.places[at].round, what)));
    }

    /// A new call; none if there is no place.
    fn begin(&mut self) -> bool {
        let Some(at) = self.free.pop_front() else { return false };
        let place = &mut self.places[at];
        place.round += 1;
        place.phone = Phone::Quiet;
        (place.to_caller, place.to_phone) = (0, 0);
        self.counts.begun += 1;
        let (number, port) = (self.number(at), self.own_port(at, false));
        self.names.invite(&mut self.out, number, port);
        let now = self.clock.nanos();
        self.places[at].caller = Caller::Inviting { since: now, ringing: false };
        self.send(0, self.names.server);
        self.timer(now + T1, at, Timer::Invite { next: 2 * T1 });
        true
    }

    /// Waits for what comes first, and does what is due.
    fn turn(&mut self, next: Option<u64>) {
        let timer = self.timers.peek().map(|Reverse((when, ..))| *when);
        let now = self.clock.nanos();
        let until = [next, timer].into_iter().flatten().min().unwrap_or(now + SECOND);
        let wait = Duration::from_nanos(until.saturating_sub(now).min(SECOND));
        // An interrupted wait names no sockets; timers have their turn all the same.
        if self.poll.poll(&mut self.events, Some(wait)).is_err() {
            return;
        }
        let ready: u64 = self.events.iter().fold(0, |ready, event| ready | 1 << event.token().0);
        for line in 0..self.sockets.len() {
            if ready & (1 << line) != 0 {
                self.read(line);
            }
        }
        self.fire();
    }

    fn read(&mut self, line: usize) {
        let mut buffer = [0; 4_096];
        // Readiness is told once: it is read until nothing is left, with the timers in between.
        loop {
            for _ in 0..DRAIN {
                let (length, from) = match self.sockets[line].recv_from(&mut buffer) {
                    Ok(came) => came,
                    Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                    // What an earlier message met on its way (ICMP); others stand behind it.
                    Err(_) => continue,
                };
                let now = self.clock.nanos();
                self.counts.messages += 1;
                match Seen::of(&buffer[..length]) {
                    Some(seen) => self.take(now, line, from, &seen),
                    None => self.counts.unexpected += 1,
                }
            }
            self.fire();
        }
    }

    fn take(&mut self, now: u64, line: usize, from: SocketAddr, seen: &Seen<'_>) {
        let number = seen.call().unwrap_or(u64::MAX);
        let at = (number % PLACES as u64) as usize;
        let known = self.places[at].round == number / PLACES as u64;
        match (seen.kind, line) {
            (Kind::Response(code), 0) if known => self.caller_hears(now, at, code, seen),
            // A repeated answer to a call whose place has another one by now.
            (Kind::Response(_), 0) => self.counts.repeats_in += 1,
            (Kind::Request(b"INVITE"), 1..) if known => self.rings(now, at, line, from, seen),
            (Kind::Request(b"ACK"), 1..) => {
                if known && matches!(self.places[at].phone, Phone::Answered { .. }) {
                    self.places[at].phone = Phone::Up;
                } else {
                    self.counts.repeats_in += 1;
                }
            }
            (Kind::Request(b"BYE"), 1..) => self.phone_hung_up(at, known, line, from, seen),
            (Kind::Request(_) | Kind::Response(_), _) => self.surprise(line, from, seen),
        }
    }

    /// Something that has no place in a call as it should be; a request is answered all the same.
    fn surprise(&mut self, line: usize, from: SocketAddr, seen: &Seen<'_>) {
        self.counts.unexpected += 1;
        *self.counts.refusals.entry(0).or_default() += 1;
        if matches!(seen.kind, Kind::Request(method) if method != b"ACK") {
            response(&mut self.out, seen, "200 OK", None);
            without_body(&mut self.out);
            self.send(line, from);
        }
    }

    // ---- the caller ----

    fn caller_hears(&mut self, now: u64, at: usize, code: u16, seen: &Seen<'_>) {
        let state = self.places[at].caller;
        match (state, code, seen.method()) {
            (Caller::Inviting { since, .. }, 100 | 180 | 183, b"INVITE") => {
                self.places[at].caller = Caller::Inviting { since, ringing: true };
            }
            (Caller::Inviting { .. }, 200, b"INVITE") => self.call_is_up(now, at, seen),
            (Caller::Inviting { .. }, 300.., b"INVITE") => self.call_is_refused(at, code, seen),
            (Caller::HangingUp { since }, 200, b"BYE") => {
                self.places[at].caller = Caller::Over { since };
                self.close(at);
            }
            // It came again: our ACK was lost, or crossed it.
            (Caller::Up | Caller::HangingUp { .. }, 200, b"INVITE") => {
                self.counts.repeats_in += 1;
                self.acknowledge(at);
            }
            (Caller::Over { .. } | Caller::Free, 200.., _) | (Caller::Up, 100..=199, b"INVITE") => {
                self.counts.repeats_in += 1;
            }
            _ => {
                self.counts.unexpected += 1;
                *self.counts.refusals.entry(code).or_default() += 1;
            }
        }
    }

    fn call_is_up(&mut self, now: u64, at: usize, seen: &Seen<'_>) {
        self.counts.answered += 1;
        let place = &mut self.places[at];
        place.answered.learn(seen);
        place.to_caller = seen.sound_port().unwrap_or(0);
        place.caller = Caller::Up;
        self.acknowledge(at);
        if let Some(talk) = self.talk {
            self.timer(now + talk, at, Timer::HangUp);
        }
    }

    fn acknowledge(&mut self, at: usize) {
        let number = self.number(at);
        self.names.ack(&mut self.out, number, &self.places[at].answered);
        self.send(0, self.names.server);
    }

    fn call_is_refused(&mut self, at: usize, code: u16, seen: &Seen<'_>) {
        let number = self.number(at);
        self.names.ack_of_refusal(&mut self.out, number, seen.to);
        self.send(0, self.names.server);
        *self.counts.refusals.entry(code).or_default() += 1;
        self.fail(at);
    }

    fn hang_up(&mut self, now: u64, at: usize) {
        let number = self.number(at);
        self.places[at].caller = Caller::HangingUp { since: now };
        self.names.bye(&mut self.out, number, &self.places[at].answered);
        self.send(0, self.names.server);
        self.timer(now + T1, at, Timer::Bye { next: 2 * T1 });
    }

    fn fail(&mut self, at: usize) {
        self.counts.failed += 1;
        self.leave(at);
    }

    /// The call is over when both sides have hung up.
    fn close(&mut self, at: usize) {
        let place = &self.places[at];
        let there = matches!(place.phone, Phone::Over | Phone::Quiet);
        if matches!(place.caller, Caller::Over { .. }) && there {
            self.counts.over += 1;
            self.leave(at);
        }
    }

    fn leave(&mut self, at: usize) {
        self.counts.gone += 1;
        self.places[at].caller = Caller::Free;
        self.free.push_back(at);
    }

    // ---- the telephone ----

    fn rings(&mut self, now: u64, at: usize, line: usize, from: SocketAddr, seen: &Seen<'_>) {
        let number = self.number(at);
        let place = &mut self.places[at];
        match (place.phone, place.caller) {
            (Phone::Quiet, Caller::Inviting { since, .. }) => self.delays.push(now - since),
            (Phone::Quiet, Caller::Up) => {}
            (Phone::Quiet, Caller::Free | Caller::HangingUp { .. } | Caller::Over { .. }) => {
                return self.surprise(line, from, seen);
            }
            (Phone::Answered { .. } | Phone::Up | Phone::Over, _) => {
                self.counts.repeats_in += 1;
                return;
            }
        }
        place.line = line;
        place.phone = Phone::Answered { since: now };
        place.to_phone = seen.sound_port().unwrap_or(0);
        let us = Some((number, self.lines[line]));
        response(&mut self.out, seen, "180 Ringing", us);
        without_body(&mut self.out);
        self.send(line, from);
        let port = self.own_port(at, true);
        response(&mut self.out, seen, "200 OK", us);
        with_sound(&mut self.out, port);
        self.send(line, from);
        let answer = &mut self.places[at].answer;
        answer.clear();
        answer.extend_from_slice(&self.out);
        self.timer(now + T1, at, Timer::Answer { next: 2 * T1 });
    }

    fn phone_hung_up(
        &mut self,
        at: usize,
        known: bool,
        line: usize,
        from: SocketAddr,
        seen: &Seen<'_>,
    ) {
        response(&mut self.out, seen, "200 OK", None);
        without_body(&mut self.out);
        self.send(line, from);
        match (known, self.places[at].phone) {
            (true, Phone::Answered { .. } | Phone::Up) => {
                self.places[at].phone = Phone::Over;
                self.close(at);
            }
            (true, Phone::Quiet | Phone::Over) | (false, _) => self.counts.repeats_in += 1,
        }
    }

    // ---- time ----

    fn fire(&mut self) {
        loop {
            let now = self.clock.nanos();
            match self.timers.peek() {
                Some(Reverse((when, ..))) if *when <= now => {}
                Some(_) | None => return,
            }
            if let Some(Reverse((_, at, round, what))) = self.timers.pop()
                && self.places[at].round == round
            {
                self.due(now, at, what);
            }
        }
    }

    fn due(&mut self, now: u64, at: usize, what: Timer) {
        let place = &self.places[at];
        match (what, place.caller, place.phone) {
            (Timer::Invite { next }, Caller::Inviting { since, ringing }, _) => {
                self.still_inviting(now, at, since, ringing, next);
            }
            (Timer::HangUp, Caller::Up, _) => self.hang_up(now, at),
            (Timer::Bye { next }, Caller::HangingUp { since }, _) => {
                if now - since >= GIVE_UP {
                    return self.time_out(at);
                }
                let number = self.number(at);
                self.names.bye(&mut self.out, number, &self.places[at].answered);
                self.send_again(0, self.names.server);
                self.timer(now + next, at, Timer::Bye { next: (next * 2).min(T2) });
            }
            // The caller is gone, and nobody told the telephone.
            (Timer::Bye { next }, Caller::Over { since }, Phone::Answered { .. } | Phone::Up) => {
                if now - since >= GIVE_UP {
                    return self.time_out(at);
                }
                self.timer(now + next, at, Timer::Bye { next });
            }
            (Timer::Answer { next }, _, Phone::Answered { since }) => {
                if now - since >= GIVE_UP {
                    return self.time_out(at);
                }
                let line = place.line;
                self.out.clear();
                self.out.extend_from_slice(&self.places[at].answer);
                self.send_again(line, self.names.server);
                self.timer(now + next, at, Timer::Answer { next: (next * 2).min(T2) });
            }
            (
                Timer::Invite { .. } | Timer::HangUp | Timer::Bye { .. } | Timer::Answer { .. },
                ..,
            ) => {}
        }
    }

    fn still_inviting(&mut self, now: u64, at: usize, since: u64, ringing: bool, next: u64) {
        let patience = if ringing { PATIENCE } else { GIVE_UP };
        if now - since >= patience {
            return self.time_out(at);
        }
        if !ringing {
            let (number, port) = (self.number(at), self.own_port(at, false));
            self.names.invite(&mut self.out, number, port);
            self.send_again(0, self.names.server);
        }
        let then = if ringing { SECOND } else { next };
        self.timer(now + then, at, Timer::Invite { next: next * 2 });
    }

    fn time_out(&mut self, at: usize) {
        self.counts.timeouts += 1;
        if matches!(
            self.places[at].caller,
            Caller::HangingUp { .. } | Caller::Over { .. } | Caller::Up
        ) {
            // It counted as answered: it is over now, though not as it should be.
            self.counts.over += 1;
        }
        self.fail(at);
    }

    fn send_again(&mut self, line: usize, to: SocketAddr) {
        self.counts.repeats_out += 1;
        self.send(line, to);
    }

    /// Sends what is in the buffer. What the kernel does not take is lost, as on a network.
    fn send(&mut self, line: usize, to: SocketAddr) {
        self.counts.messages += 1;
        let _ = self.sockets[line].send_to(&self.out, to);
    }
}

pub(crate) fn bind(at: SocketAddr) -> io::Result<UdpSocket> {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::DGRAM, None)?;
    // The system may allow less; then more is lost, and counted.
    let _ = socket.set_recv_buffer_size(SOCKET_BUFFER);
    socket.set_nonblocking(true)?;
    socket.bind(&at.into())?;
    Ok(UdpSocket::from_std(socket.into()))
}

/// An address of this machine.
pub(crate) const fn here(port: u16) -> SocketAddr {
    SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::response;
    use std::net::UdpSocket as Blocking;
    use std::thread;

    /// A port that was free a moment ago.
    fn port() -> u16 {
        let socket = Blocking::bind(here(0)).expect("a free port");
        socket.local_addr().expect("it is bound").port()
    }

    fn open(server: u16, phones: &[u16]) -> Player {
        let trunk = port();
        let names =
            Names { run: 1, trunk: here(trunk), server: here(server), number: "116".to_owned() };
        let phones: Vec<SocketAddr> = phones.iter().map(|&port| here(port)).collect();
        Player::open(Clock::start(), names, &phones, Some(10_000)).expect("the ports are free")
    }

    fn plan(calls: u64, talk: Option<u64>) -> Plan {
        Plan { calls, per_second: 1_000.0, talk }
    }

    #[test]
    fn callers_reach_telephones_without_anybody_between() {
        let (first, second) = (port(), port());
        let mut player = open(first, &[first, second]);
        player.place(&plan(50, Some(MILLISECOND)), |_| {});
        let counts = &player.counts;
        assert_eq!((counts.begun, counts.answered, counts.over), (50, 50, 50));
        assert_eq!((counts.failed, counts.timeouts, counts.unexpected), (0, 0, 0), "{counts:?}");
        // INVITE, 180, 200, ACK, BYE, 200: each sent once and received once.
        assert_eq!(counts.messages, 50 * 12);
        assert_eq!(player.delays.len(), 50);
    }

    #[test]
    fn calls_stay_up_until_they_are_hung_up() {
        let phone = port();
        let mut player = open(phone, &[phone]);
        player.place(&plan(3, None), |_| {});
        let paths = player.sound_paths();
        // Without a server each side is told the other's own port.
        assert_eq!(paths[..2], [(10_000, 10_002), (10_002, 10_000)]);
        assert_eq!(paths.len(), 6);
        player.hang_up_all(1_000.0);
        assert_eq!((player.counts.over, player.counts.failed), (3, 0));
        assert!(player.sound_paths().is_empty());
    }

    /// A server that loses the first message and refuses the second.
    fn refuse(server: &Blocking) -> io::Result<()> {
        let (mut buffer, mut out) = ([0; 2_048], Vec::new());
        for turn in 0..3 {
            let (length, from) = server.recv_from(&mut buffer)?;
            let Some(seen) = Seen::of(&buffer[..length]) else { continue };
            if turn == 1 {
                response(&mut out, &seen, "503 Service Unavailable", None);
                without_body(&mut out);
                server.send_to(&out, from)?;
            }
        }
        Ok(())
    }

    #[test]
    fn what_is_lost_or_refused_is_counted() {
        let server = Blocking::bind(here(0)).expect("a free port");
        let port = server.local_addr().expect("it is bound").port();
        let server = thread::spawn(move || refuse(&server));
        let mut player = open(port, &[]);
        player.place(&plan(1, Some(0)), |_| {});
        let counts = &player.counts;
        assert_eq!((counts.failed, counts.unexpected, counts.repeats_out), (1, 0, 1), "{counts:?}");
        assert_eq!(counts.refusals.get(&503), Some(&1));
        // The third message is the ACK.
        assert!(server.join().is_ok_and(|done| done.is_ok()));
    }
}
