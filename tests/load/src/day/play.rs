// SPDX-License-Identifier: EUPL-1.2
//! All ends in one thread: what came, what is due, and what each does next.

use super::dialog::{Body, Dialog, Role, State, Within};
use super::nonsense::{self, ONE_OF};
use super::plan::{Called, Caller, Then, To};
use crate::compose::{response, without_body};
use crate::player::{bind, here};
use crate::text::{Kind, Seen};
use load::clock::{Clock, MILLISECOND, SECOND};
use mio::net::UdpSocket;
use mio::{Events, Interest, Poll, Token};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::net::SocketAddr;
use std::time::Duration;
use stdx::Rng;

/// RFC 3261, 17.1.1.1: T1, T2, and how often a request is repeated within 64·T1.
const T1: u64 = 500 * MILLISECOND;
const T2: u64 = 4 * SECOND;
const ATTEMPTS: u32 = 10;

/// Longer than any plan takes: whoever is still up then was forgotten.
const FORGOTTEN: u64 = 90 * SECOND;

/// How long an end remembers a call, so that it can answer what is repeated.
const REMEMBERED: u64 = 33 * SECOND;

/// How long an agent holds, and asks.
const A_MOMENT: u64 = 200 * MILLISECOND;

/// The socket of the callers, of strangers, of those outside, and the first of the telephones.
const CALLERS: usize = 0;
const STRANGERS: usize = 1;
const OUTSIDE: usize = 2;
const PHONES: usize = 3;

/// Where everybody is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seats {
    pub(crate) server: u16,
    pub(crate) callers: u16,
    pub(crate) outside: u16,
    pub(crate) phones: u16,
    /// Over how many ports the telephones are spread, and how many agents there are.
    pub(crate) spread: u16,
    pub(crate) agents: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    /// The plan goes on.
    Goes,
    /// Somebody hangs up or gives up.
    Leaves,
    /// A request is repeated.
    Repeats,
    /// An answer is repeated.
    AnswersAgain,
    /// It was up for too long, or is forgotten.
    Ends,
}

/// What happened, by name.
pub(crate) type Counts = BTreeMap<&'static str, u64>;

/// All ends of all calls.
pub(crate) struct Scene {
    clock: Clock,
    rng: Rng,
    run: u32,
    seats: Seats,
    poll: Poll,
    events: Events,
    sockets: Vec<UdpSocket>,
    places: Vec<SocketAddr>,
    server: SocketAddr,
    dialogs: BTreeMap<String, Dialog>,
    timers: BinaryHeap<Reverse<(u64, String, u64, Due)>>,
    next: u64,
    sent: u64,
    pub(crate) counts: Counts,
}

impl Scene {
    /// Binds every end.
    pub(crate) fn open(seats: Seats, run: u32, seed: u64) -> Result<Scene, String> {
        let poll = Poll::new().map_err(|error| error.to_string())?;
        let phones = (0..seats.spread).map(|nth| here(seats.phones + nth));
        let others = [seats.callers, seats.callers + 1, seats.outside].map(here);
        let places: Vec<SocketAddr> = others.into_iter().chain(phones).collect();
        let mut sockets = Vec::new();
        for (nth, &at) in places.iter().enumerate() {
            let mut socket = bind(at).map_err(|error| format!("{at}: {error}"))?;
            let registered = poll.registry().register(&mut socket, Token(nth), Interest::READABLE);
            registered.map_err(|error| error.to_string())?;
            sockets.push(socket);
        }
        Ok(Scene {
            clock: Clock::start(),
            rng: Rng::new(seed),
            run,
            seats,
            poll,
            events: Events::with_capacity(64),
            sockets,
            places,
            server: here(seats.server),
            dialogs: BTreeMap::new(),
            timers: BinaryHeap::new(),
            next: 0,
            sent: 0,
            counts: Counts::new(),
        })
    }

    fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    /// Callers come at this rate for so long; then everybody ends what they are at.
    pub(crate) fn play(
        &mut self,
        per_second: u64,
        seconds: u64,
        mut watch: impl FnMut(&Scene, u64),
    ) {
        let all = per_second * seconds;
        for nth in 0..all {
            let due = nth * SECOND / per_second;
            while self.clock.nanos() < due {
                self.turn(due);
            }
            self.somebody_calls();
            watch(self, nth);
        }
        let late = self.clock.nanos() + FORGOTTEN + REMEMBERED;
        while !self.dialogs.is_empty() && self.clock.nanos() < late {
            self.turn(late);
        }
        let left = self.dialogs.len() as u64;
        self.counts.insert("left", left);
    }

    fn somebody_calls(&mut self) {
        let (caller, number) = Caller::draw(&mut self.rng);
        let user = format!("+4941{:09}", self.next);
        self.calls(Role::Caller(caller), (CALLERS, user), number, None);
        self.count("callers");
    }

    fn calls(
        &mut self,
        role: Role,
        (socket, user): (usize, String),
        number: &str,
        beside: Option<String>,
    ) -> String {
        self.next += 1;
        let id = format!("day-{}-{}", self.run, self.next);
        let from = (socket, user, self.places[socket]);
        let mut dialog = Dialog::call(id.clone(), role, from, (number, self.server));
        dialog.beside = beside;
        self.dialogs.insert(id.clone(), dialog);
        self.sends_request(&id);
        self.due(&id, FORGOTTEN, Due::Ends);
        id
    }

    // ---- the wire ----

    fn turn(&mut self, until: u64) {
        let timer = self.timers.peek().map_or(until, |Reverse((when, ..))| *when);
        let wait = until.min(timer).saturating_sub(self.clock.nanos());
        // An interrupted wait names no sockets; timers have their turn all the same.
        let _ = self.poll.poll(&mut self.events, Some(Duration::from_nanos(wait.min(SECOND))));
        let ready: Vec<usize> = self.events.iter().map(|event| event.token().0).collect();
        ready.into_iter().for_each(|socket| self.read(socket));
        self.fire();
    }

    fn read(&mut self, socket: usize) {
        let mut buffer = vec![0; 65_535];
        loop {
            match self.sockets[socket].recv_from(&mut buffer) {
                Ok((length, _)) => {
                    self.count("messages_in");
                    let bytes = &buffer[..length];
                    match Seen::of(bytes) {
                        Some(seen) => self.take(socket, &seen, bytes),
                        None => self.count("unreadable"),
                    }
                }
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return,
                // What an earlier message met on its way (ICMP); others stand behind it.
                Err(_) => {}
            }
        }
    }

    fn send(&mut self, socket: usize, bytes: &[u8]) {
        // One that is not taken is repeated, as SIP does.
        let _ = self.sockets[socket].send_to(bytes, self.server);
        self.sent += 1;
        self.count("messages_out");
        if self.sent.is_multiple_of(ONE_OF) {
            let (nonsense, is_strange) = nonsense::draw(&mut self.rng, bytes, self.sent);
            let from = if is_strange { STRANGERS } else { CALLERS };
            let _ = self.sockets[from].send_to(&nonsense, self.server);
            self.count("nonsense");
        }
    }

    fn sends(&mut self, id: &str, bytes: &[u8]) {
        if let Some(dialog) = self.dialogs.get(id) {
            self.send(dialog.socket, bytes);
        }
    }

    /// Sends the request that was written, and repeats it until it is answered.
    fn sends_request(&mut self, id: &str) {
        let Some(dialog) = self.dialogs.get_mut(id) else { return };
        dialog.repeat = T1;
        let bytes = dialog.sent.clone();
        self.sends(id, &bytes);
        self.due(id, T1, Due::Repeats);
    }

    /// Writes and sends a request within a call.
    fn asks(&mut self, id: &str, method: &'static str, body: Body<'_>) {
        if let Some(dialog) = self.dialogs.get_mut(id) {
            let at = self.places[dialog.socket];
            dialog.request(at, method, body);
            self.sends_request(id);
        }
    }

    fn hangs_up(&mut self, id: &str) {
        self.becomes(id, State::HangingUp);
        self.asks(id, "BYE", Body::None);
    }

    fn acknowledges(&mut self, id: &str) {
        if let Some(dialog) = self.dialogs.get(id) {
            let ack = dialog.message(self.places[dialog.socket], "ACK", Body::None);
            self.sends(id, &ack);
        }
    }

    // ---- time ----

    fn due(&mut self, id: &str, after: u64, what: Due) {
        if let Some(dialog) = self.dialogs.get(id) {
            let when = self.clock.nanos() + after;
            self.timers.push(Reverse((when, id.to_owned(), dialog.round, what)));
        }
    }

    fn becomes(&mut self, id: &str, state: State) {
        if let Some(dialog) = self.dialogs.get_mut(id) {
            dialog.state = state;
            dialog.round += 1;
            let over = matches!(state, State::Over);
            self.due(id, if over { REMEMBERED } else { FORGOTTEN }, Due::Ends);
        }
    }

    fn fire(&mut self) {
        while let Some(Reverse((when, ..))) = self.timers.peek() {
            if *when > self.clock.nanos() {
                return;
            }
            let Some(Reverse((_, id, round, what))) = self.timers.pop() else { return };
            let Some(dialog) = self.dialogs.get(&id) else { continue };
            // Requests are repeated whatever became of the call meanwhile.
            if dialog.round == round || what == Due::Repeats {
                self.is_due(&id, what);
            }
        }
    }

    fn is_due(&mut self, id: &str, what: Due) {
        match what {
            Due::Goes => self.goes_on(id),
            Due::Leaves => self.leaves(id),
            Due::Repeats => self.repeats(id),
            Due::AnswersAgain => self.answers_again(id),
            Due::Ends => {
                let dialog = self.dialogs.remove(id);
                if let Some(dialog) = dialog.filter(|it| it.state != State::Over) {
                    eprintln!(
                        "forgotten: {:?} {:?} {:?}",
                        dialog.role, dialog.state, dialog.within
                    );
                    self.count("forgotten");
                }
            }
        }
    }

    fn repeats(&mut self, id: &str) {
        let Some(dialog) = self.dialogs.get_mut(id) else { return };
        if dialog.awaits.is_none() || dialog.is_there {
            return;
        }
        dialog.attempts += 1;
        if dialog.attempts > ATTEMPTS {
            eprintln!("unanswered: {:?} {:?} {:?}", dialog.role, dialog.state, dialog.awaits);
            dialog.awaits = None;
            self.count("unanswered");
            self.becomes(id, State::Over);
            return;
        }
        dialog.repeat = (dialog.repeat * 2).min(T2);
        let (bytes, next) = (dialog.sent.clone(), dialog.repeat);
        self.count("repeated");
        self.sends(id, &bytes);
        self.due(id, next, Due::Repeats);
    }

    fn answers_again(&mut self, id: &str) {
        let Some(dialog) = self.dialogs.get(id) else { return };
        let bytes = dialog.answer.clone();
        self.count("answered_again");
        self.sends(id, &bytes);
        self.due(id, T2, Due::AnswersAgain);
    }

    // ---- plans ----

    /// A caller has had enough, or an agent.
    fn leaves(&mut self, id: &str) {
        let Some(dialog) = self.dialogs.get(id) else { return };
        match dialog.state {
            State::Up => self.hangs_up(id),
            State::Calling => {
                let cancel = dialog.of_invite("CANCEL", None);
                self.becomes(id, State::GivingUp);
                self.sends(id, &cancel);
            }
            State::GivingUp | State::Ringing | State::Answered | State::HangingUp | State::Over => {
            }
        }
    }

    fn goes_on(&mut self, id: &str) {
        let Some(dialog) = self.dialogs.get(id) else { return };
        match (dialog.state, dialog.role) {
            (State::Ringing, Role::Called(Called::Answers(..))) => self.answers(id, "200 OK"),
            (State::Ringing, Role::Called(Called::Refuses)) => self.answers(id, "486 Busy Here"),
            (State::Up, Role::Caller(Caller::Holds(_))) => self.holds(id),
            (State::Up, Role::Called(Called::Answers(_, then))) => self.acts(id, then),
            (State::Up, Role::Asks(_)) => self.connects(id),
            _ => {}
        }
    }

    fn answers(&mut self, id: &str, first: &str) {
        let Some(dialog) = self.dialogs.get_mut(id) else { return };
        let at = self.places[dialog.socket];
        dialog.answers(at, first);
        let bytes = dialog.answer.clone();
        self.becomes(id, State::Answered);
        self.sends(id, &bytes);
        self.due(id, T1, Due::AnswersAgain);
    }

    fn acts(&mut self, id: &str, then: Then) {
        let within = self.dialogs.get(id).map(|it| it.within);
        match (then, within) {
            (Then::Holds, _) | (Then::Asks(_), Some(Within::Nothing)) => self.holds(id),
            (Then::HandsOn(to), Some(Within::Nothing)) => {
                let to = format!("<sip:{}@{}>", to.user(), self.server);
                self.refers(id, &to);
            }
            (Then::Listens | Then::HangsUp(_) | Then::HandsOn(_) | Then::Asks(_), _) => {}
        }
    }

    /// Holds, or comes back.
    fn holds(&mut self, id: &str) {
        let Some(dialog) = self.dialogs.get_mut(id) else { return };
        let (next, direction) = match dialog.within {
            Within::Nothing => (Within::Holding, "sendonly"),
            Within::Holding => (Within::Resuming, "sendrecv"),
            Within::Resuming | Within::Referring => return,
        };
        dialog.within = next;
        self.count("holds");
        self.asks(id, "INVITE", Body::Sound(direction));
    }

    fn refers(&mut self, id: &str, to: &str) {
        if let Some(dialog) = self.dialogs.get_mut(id) {
            dialog.within = Within::Referring;
            self.count("refers");
            self.asks(id, "REFER", Body::Refers(to));
        }
    }

    /// The caller is on hold: somebody is asked.
    fn begins_to_ask(&mut self, id: &str, to: To) {
        let Some(dialog) = self.dialogs.get(id) else { return };
        let from = (dialog.socket, dialog.user.clone());
        let asked = self.calls(Role::Asks(to), from, &to.user(), Some(id.to_owned()));
        if let Some(dialog) = self.dialogs.get_mut(id) {
            dialog.beside = Some(asked);
        }
        self.count("consultations");
    }

    /// Whoever was asked will take over.
    fn connects(&mut self, id: &str) {
        let Some(asks) = self.dialogs.get(id) else { return };
        let (Role::Asks(to), Some(held)) = (asks.role, asks.beside.clone()) else { return };
        let to = asks.replaced(self.server, &to.user());
        match self.dialogs.get(&held).map(|it| it.state) {
            Some(State::Up) => self.refers(&held, &to),
            Some(_) | None => self.leaves(id),
        }
    }

    /// The other call of an agent is over: whoever is asked alone is left, whoever is held is spoken to again.
    fn beside_is_over(&mut self, id: &str) {
        let beside = self.dialogs.get(id).and_then(|it| it.beside.clone());
        let Some(other) = beside.and_then(|it| self.dialogs.get(&it).cloned()) else { return };
        match (other.role, other.within) {
            (Role::Asks(_), _) => self.leaves(&other.id),
            (Role::Called(_), Within::Holding) if other.state == State::Up => self.holds(&other.id),
            (Role::Called(_) | Role::Caller(_), _) => {}
        }
    }

    // ---- what came ----

    fn take(&mut self, socket: usize, seen: &Seen<'_>, bytes: &[u8]) {
        let id = String::from_utf8_lossy(seen.call_id).into_owned();
        match seen.kind {
            Kind::Response(code) => self.heard(&id, code, seen),
            Kind::Request(b"ACK") => self.acknowledged(&id),
            Kind::Request(method) => {
                let is_new = method == b"INVITE" && !self.dialogs.contains_key(&id);
                if is_new {
                    self.rings(socket, seen, bytes);
                } else {
                    self.asked(&id, socket, method, seen);
                }
            }
        }
    }

    fn rings(&mut self, socket: usize, seen: &Seen<'_>, bytes: &[u8]) {
        let is_agent =
            socket >= PHONES && bytes.windows(4).any(|it| it == b"116:" || it == b"115:");
        let called = if is_agent || socket >= PHONES && self.rng.chance(0.5) {
            Called::draw(&mut self.rng, self.seats.agents)
        } else {
            Called::draw_outside(&mut self.rng)
        };
        let dialog = Dialog::called(Role::Called(called), seen, bytes, socket);
        let id = dialog.id.clone();
        self.dialogs.insert(id.clone(), dialog);
        self.count(if socket == OUTSIDE { "rang_outside" } else { "rang" });
        self.due(&id, FORGOTTEN, Due::Ends);
        if let Some(dialog) = self.dialogs.get_mut(&id) {
            let at = self.places[dialog.socket];
            dialog.answers(at, "180 Ringing");
            let bytes = std::mem::take(&mut dialog.answer);
            self.sends(&id, &bytes);
        }
        match called {
            Called::Answers(after, _) => self.due(&id, after, Due::Goes),
            Called::Refuses => self.due(&id, A_MOMENT, Due::Goes),
            Called::IsAway => {}
        }
    }

    fn acknowledged(&mut self, id: &str) {
        let Some(dialog) = self.dialogs.get(id) else { return };
        if dialog.state != State::Answered {
            return;
        }
        let Some(then) = dialog.then() else { return self.becomes(id, State::Over) };
        self.becomes(id, State::Up);
        match then {
            Then::HangsUp(after) => self.due(id, after, Due::Leaves),
            Then::Holds | Then::HandsOn(_) | Then::Asks(_) => self.due(id, A_MOMENT, Due::Goes),
            Then::Listens => {}
        }
    }

    /// A request within a call.
    fn asked(&mut self, id: &str, socket: usize, method: &[u8], seen: &Seen<'_>) {
        let mut out = Vec::new();
        let is_known = self.dialogs.contains_key(id);
        if method == b"INVITE" {
            // Repeated before we answered, or a re-INVITE, which we never get in such a day.
            let state = self.dialogs.get(id).map(|it| it.state);
            if !matches!(state, Some(State::Ringing | State::Answered | State::Over)) {
                self.count("reinvited");
            }
            return;
        }
        let first = if is_known || method == b"OPTIONS" { "200 OK" } else { "481 Unknown" };
        response(&mut out, seen, first, None);
        without_body(&mut out);
        self.send(socket, &out);
        match method {
            b"BYE" => self.was_left(id),
            b"CANCEL" => self.was_cancelled(id),
            b"NOTIFY" => self.reported(id, seen),
            _ => {}
        }
    }

    fn was_left(&mut self, id: &str) {
        let Some(dialog) = self.dialogs.get_mut(id) else { return };
        let (state, role) = (dialog.state, dialog.role);
        dialog.awaits = None;
        if state == State::Over {
            return;
        }
        match role {
            Role::Caller(_) => self.count("callers_left"),
            Role::Called(_) | Role::Asks(_) => {}
        }
        self.becomes(id, State::Over);
        self.beside_is_over(id);
    }

    fn was_cancelled(&mut self, id: &str) {
        let state = self.dialogs.get(id).map(|it| it.state);
        if state == Some(State::Ringing) {
            self.answers(id, "487 Request Terminated");
            if let Some(dialog) = self.dialogs.get_mut(id) {
                dialog.role = Role::Called(Called::Refuses);
            }
        }
    }

    /// How a REFER went on: the body is the first line of an answer (RFC 3515, 2.4.5).
    fn reported(&mut self, id: &str, seen: &Seen<'_>) {
        let text = String::from_utf8_lossy(seen.body);
        let code = text.split(' ').nth(1).and_then(|it| it.parse::<u16>().ok()).unwrap_or(0);
        match code {
            200..=299 => self.count("handed_on"),
            300.. => {
                self.count("not_handed_on");
                self.stays(id);
            }
            _ => {}
        }
    }

    /// The caller stays with the agent.
    fn stays(&mut self, id: &str) {
        let Some(dialog) = self.dialogs.get_mut(id) else { return };
        let was_asking = matches!(dialog.then(), Some(Then::Asks(_)));
        let beside = dialog.beside.clone();
        dialog.within = if was_asking { Within::Holding } else { Within::Resuming };
        if let Some(beside) = beside {
            self.leaves(&beside);
        }
        if was_asking {
            self.holds(id);
        }
    }

    /// An answer to a request of ours.
    fn heard(&mut self, id: &str, code: u16, seen: &Seen<'_>) {
        let Some(dialog) = self.dialogs.get_mut(id) else { return };
        let method = seen.method();
        if dialog.awaits.is_none_or(|it| it.as_bytes() != method) {
            // The 200 of an INVITE comes again until it is acknowledged.
            if method == b"INVITE" && code == 200 {
                self.acknowledges(id);
            }
            return;
        }
        if code < 200 {
            // The server has it, and answers in its own time.
            dialog.is_there = true;
            return self.rings_there(id, code);
        }
        dialog.awaits = None;
        match (method, dialog.state) {
            (b"INVITE", State::Calling | State::GivingUp) => self.called_back(id, code, seen),
            (b"INVITE", _) => self.changed(id, code, seen),
            (b"REFER", _) if code >= 300 => {
                self.count("not_handed_on");
                self.stays(id);
            }
            (b"BYE", _) => {
                self.becomes(id, State::Over);
                self.count("hung_up");
                self.beside_is_over(id);
            }
            _ => {}
        }
    }

    fn rings_there(&mut self, id: &str, code: u16) {
        let Some(dialog) = self.dialogs.get(id) else { return };
        if let (Role::Caller(Caller::GivesUp(after)), 180, State::Calling) =
            (dialog.role, code, dialog.state)
        {
            self.due(id, after, Due::Leaves);
        }
    }

    /// Our call was answered, or not.
    fn called_back(&mut self, id: &str, code: u16, seen: &Seen<'_>) {
        let Some(dialog) = self.dialogs.get_mut(id) else { return };
        let (state, role) = (dialog.state, dialog.role);
        if code >= 300 {
            let ack = dialog.of_invite("ACK", Some(seen.to));
            self.sends(id, &ack);
            self.becomes(id, State::Over);
            return self.was_refused(id, code, state, role);
        }
        dialog.learn(seen);
        self.acknowledges(id);
        self.becomes(id, State::Up);
        match role {
            // CANCEL and 200 have crossed.
            _ if state == State::GivingUp => self.hangs_up(id),
            Role::Caller(Caller::Talks(after) | Caller::Waits(after) | Caller::GivesUp(after)) => {
                self.due(id, after, Due::Leaves);
            }
            Role::Caller(Caller::Holds(after)) => {
                self.due(id, A_MOMENT, Due::Goes);
                self.due(id, SECOND + after, Due::Leaves);
            }
            Role::Asks(_) => self.due(id, A_MOMENT, Due::Goes),
            Role::Called(_) => {}
        }
    }

    fn was_refused(&mut self, id: &str, code: u16, state: State, role: Role) {
        match (role, state, code) {
            (Role::Caller(_), State::GivingUp, 487) => self.count("gave_up"),
            (Role::Caller(_), _, 503) => self.count("not_now"),
            (Role::Caller(_), _, _) => {
                eprintln!("refused: {role:?} {code}");
                self.count("callers_refused");
            }
            (Role::Asks(_), _, _) => {
                self.count("nobody_to_ask");
                self.beside_is_over(id);
            }
            (Role::Called(_), _, _) => {}
        }
    }

    /// A hold, or its end, was agreed.
    fn changed(&mut self, id: &str, code: u16, seen: &Seen<'_>) {
        let Some(dialog) = self.dialogs.get_mut(id) else { return };
        if code >= 300 {
            let ack = dialog.of_invite("ACK", Some(seen.to));
            self.sends(id, &ack);
            // The other side changed it at the same time, or has gone.
            self.count(if matches!(code, 491 | 481) { "crossed" } else { "holds_refused" });
            return;
        }
        let (then, within, role) = (dialog.then(), dialog.within, dialog.role);
        self.acknowledges(id);
        match (then, within, role) {
            (Some(Then::Asks(to)), Within::Holding, _) => self.begins_to_ask(id, to),
            (_, Within::Holding, Role::Caller(_)) | (Some(Then::Holds), Within::Holding, _) => {
                self.due(id, A_MOMENT, Due::Goes);
            }
            (_, Within::Nothing | Within::Holding | Within::Resuming | Within::Referring, _) => {}
        }
    }
}
