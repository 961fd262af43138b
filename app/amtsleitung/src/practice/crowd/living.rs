// SPDX-License-Identifier: EUPL-1.2
//! The crowd's thread: waits for the sockets, lets people live, and does what they want.
//!
//! The rule to keep: it waits for its sockets and for nothing else.

use super::citizens::Citizen;
use super::desks::{Desk, status};
use super::known::Known;
use super::press::Wish;
use super::sockets::{Place, Sockets};
use super::sound::{Sound, Sounds};
use super::{Account, Left, Order, Parts};
use crate::clock::Clock;
use sim::People;
use sip::Method;
use sip::agent::{CallId, Config, Event, Flow, Transmit, UserAgent};
use sip::dialog::Carrier;
use sip::message::{Message, parse_datagram};
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError};
use std::time::Duration;
use stdx::{AgentId, ContactId, Micros, Rng, Tick};

/// Datagrams that are read before people have their turn.
const READ_MAX: usize = 256;

/// How long farewells may take.
const FAREWELL: Micros = Micros::from_secs(2);

/// The longest wait while nobody plans anything.
const IDLE: Duration = Duration::from_secs(1);

/// Whose call it is.
#[derive(Debug)]
pub(super) enum Whose {
    Citizen(ContactId),
    /// By its position.
    Desk(usize),
    Code(Box<Sound>),
}

impl Whose {
    fn sound<'a>(
        &'a mut self,
        citizens: &'a mut BTreeMap<ContactId, Citizen>,
        desks: &'a mut [Desk],
    ) -> Option<&'a mut Sound> {
        match self {
            Whose::Citizen(contact) => Some(&mut citizens.get_mut(contact)?.sound),
            Whose::Desk(at) => desks.get_mut(*at)?.sound_mut(),
            Whose::Code(sound) => Some(sound),
        }
    }
}

/// The crowd on its thread.
pub(super) struct Living {
    pub(super) people: People,
    clock: Clock,
    pub(super) sockets: Sockets,
    pub(super) server: SocketAddr,
    pub(super) ua: UserAgent,
    pub(super) sounds: Sounds,
    rng: Rng,
    pub(super) lines: Vec<Known>,
    pub(super) citizens: BTreeMap<ContactId, Citizen>,
    pub(super) by_number: BTreeMap<u64, ContactId>,
    pub(super) desks: Vec<Desk>,
    pub(super) newcomer: Option<AgentId>,
    pub(super) calls: BTreeMap<CallId, Whose>,
    /// Calls that citizens have made.
    pub(super) made: u64,
    /// Callers who are none of ours, counted.
    pub(super) strangers: u64,
    orders: Receiver<Order>,
    own_telephone: Arc<AtomicBool>,
    unread: bool,
    /// Nobody begins anything any more.
    rests: bool,
    /// When everybody has gone, whatever is left.
    until: Option<Tick>,
}

impl Living {
    /// Everybody at their telephones.
    pub(super) fn new(
        parts: Parts<'_>,
        orders: Receiver<Order>,
        own_telephone: Arc<AtomicBool>,
    ) -> io::Result<Living> {
        let Parts { people, clock, sockets, server, county, desks, newcomer, .. } = parts;
        let mut rng = Rng::new(parts.seed);
        let waker = sockets.waker();
        // A waker that fails has no loop to wake any more.
        let wake = move || drop(waker.wake());
        let sounds = Sounds::start(parts.media_ports, rng.split(rng.clone().next_u64()), wake)?;
        let now = clock.now().mono;
        let desk = |(at, (agent, account)): (usize, (AgentId, Account))| {
            let local = sockets.address(Place(at + 1));
            let makes_way = newcomer == Some(agent);
            Desk::new(now, agent, account, local, makes_way, &mut rng)
        };
        let desks = desks.into_iter().enumerate().map(desk).collect();
        let ua = UserAgent::new(Config::default(), Rng::new(rng.next_u64()));
        Ok(Living {
            people,
            clock,
            sockets,
            server,
            ua,
            sounds,
            lines: county.lines.iter().map(|line| Known::of(county, line)).collect(),
            citizens: BTreeMap::new(),
            by_number: BTreeMap::new(),
            desks,
            newcomer,
            calls: BTreeMap::new(),
            made: 0,
            strangers: 0,
            orders,
            own_telephone,
            unread: false,
            rests: false,
            until: None,
            rng,
        })
    }

    /// Lives until everybody has gone.
    pub(super) fn run(mut self) -> Left {
        loop {
            let timeout = self.timeout();
            self.sockets.wait(timeout);
            let now = self.clock.now().mono;
            self.read(now);
            self.sounds.listen();
            self.elapse(now);
            self.live(now);
            let resting = self.take_orders(now);
            self.hear(now);
            self.flush();
            drop(resting);
            let is_over = |until| until <= now || self.ua.sizes().0 == 0;
            if self.until.is_some_and(is_over) {
                return self.leave();
            }
        }
    }

    fn leave(self) -> Left {
        let calls = self.ua.sizes().0;
        let heard = self.sounds.heard;
        let open = self.calls.len();
        self.sounds.end();
        Left { calls, legs: open, heard }
    }

    fn timeout(&self) -> Duration {
        if self.unread {
            return Duration::ZERO;
        }
        let people = self.people.next_at().filter(|_| !self.rests);
        let ua = self.ua.deadline().map(|(at, _)| at);
        let desks = self.desks.iter().map(Desk::deadline).filter(|_| !self.rests).min();
        let next = [people, ua, desks, self.until].into_iter().flatten().min();
        next.map_or(IDLE, |at| self.clock.until(at)).min(IDLE)
    }

    /// Reads what the centre sent.
    fn read(&mut self, now: Tick) {
        let Living { sockets, ua, desks, rng, .. } = self;
        let mut registrations = Vec::new();
        self.unread = true;
        for _ in 0..READ_MAX {
            let Some((flow, bytes)) = sockets.next(self.server) else {
                self.unread = false;
                break;
            };
            match parse_datagram(bytes) {
                Ok(Message::Response(response))
                    if response.headers.cseq.method == Method::Register =>
                {
                    let desk = desks.iter_mut().find(|desk| desk.local() == flow.local);
                    let next = desk.and_then(|desk| desk.registered(now, &response, rng));
                    registrations.extend(next.map(|bytes| Transmit { flow, bytes }));
                }
                Ok(message) => ua.receive_message(now, flow, &message),
                Err(refusal) => ua.receive_refusal(flow, &refusal),
            }
        }
        registrations.iter().for_each(|transmit| self.sockets.send(transmit));
        let stands_back = self.desks.iter().any(Desk::stands_back);
        self.own_telephone.store(stands_back, Ordering::Release);
    }

    /// Lets the timers that are due fire.
    fn elapse(&mut self, now: Tick) {
        self.ua.elapse(now);
        if self.rests {
            return;
        }
        for desk in &mut self.desks {
            if let Some(bytes) = desk.register(now, &mut self.rng) {
                let flow = Flow::udp(desk.local(), self.server);
                self.sockets.send(&Transmit { flow, bytes });
            }
        }
    }

    /// Lets people do what is due.
    fn live(&mut self, now: Tick) {
        self.hear(now);
        self.sign_on(now);
        while !self.rests
            && let Some(event) = self.people.act(now)
        {
            match Wish::of(event) {
                Some(Wish::Call { contact, line, person }) => self.call(now, contact, line, person),
                Some(Wish::Leave(contact)) => self.hang_up_citizen(now, contact),
                Some(Wish::AtDesk(agent, press, contact)) => {
                    self.wish_at_desk(now, agent, press, contact);
                }
                None => {}
            }
        }
    }

    /// Does what the desk orders. What comes back is dropped when all of it is sent.
    fn take_orders(&mut self, now: Tick) -> Vec<SyncSender<()>> {
        let mut resting = Vec::new();
        loop {
            match self.orders.try_recv() {
                Ok(Order::Press(press)) => {
                    if let Some(agent) = self.newcomer {
                        self.press(now, agent, press, None);
                    }
                }
                Ok(Order::Speaks(nth)) => {
                    if let (Some(agent), Some(contact)) = (self.newcomer, self.nth_caller(nth)) {
                        self.begin_talk(now, contact, agent);
                    }
                }
                Ok(Order::Rest(rests)) => {
                    self.rests = true;
                    resting.push(rests);
                }
                Ok(Order::End) | Err(TryRecvError::Disconnected) => {
                    self.say_goodbye(now);
                    return resting;
                }
                Err(TryRecvError::Empty) => return resting,
            }
        }
    }

    fn say_goodbye(&mut self, now: Tick) {
        if self.until.is_some() {
            return;
        }
        self.rests = true;
        self.until = Some(now + FAREWELL);
        self.ua.drain(true);
        for call in self.calls.keys() {
            // Gone already is as good.
            let _ = self.ua.hang_up(now, *call, None);
        }
    }

    /// What the user agent tells.
    fn hear(&mut self, now: Tick) {
        while let Some(event) = self.ua.poll_event() {
            self.heard(now, event);
        }
    }

    fn heard(&mut self, now: Tick, event: Event) {
        match event {
            Event::Incoming(call, info) => self.rings(now, call, &info),
            Event::Answered(call, sdp) => self.answered(now, call, sdp.as_deref()),
            Event::Acked(call, _) => self.acked(now, call),
            Event::Cancelled(call, _) | Event::Refused { call, .. } | Event::Ended(call, _) => {
                self.over(now, call);
            }
            Event::Reinvite(call, carrier, offer) => {
                self.change_wanted(now, call, carrier, offer.as_deref());
            }
            Event::Register(id, _) => {
                // Nobody registers with us; a transaction that is over was answered before.
                let _ = self.ua.reply_register(now, id, status(403), Vec::new());
            }
            Event::Refer(call, _) => {
                let _ = self.ua.refuse_refer(now, call, status(603));
            }
            Event::Provisional(..)
            | Event::Withdrawn(_)
            | Event::Changed(..)
            | Event::NotChanged(..)
            | Event::Info(..)
            | Event::Referred(..)
            | Event::Subscribe(..)
            | Event::Unsubscribed(_)
            | Event::Probed(..)
            | Event::Registration(_) => {}
        }
    }

    /// A call of ours was answered.
    fn answered(&mut self, now: Tick, call: CallId, sdp: Option<&[u8]>) {
        let Living { calls, citizens, desks, sounds, .. } = self;
        let sound = calls.get_mut(&call).and_then(|whose| whose.sound(citizens, desks));
        if let (Some(sound), Some(sdp)) = (sound, sdp)
            && sounds.accept(sound, sdp)
        {
            return sounds.speak(sound);
        }
        // Nothing can be heard: then it is no call.
        let _ = self.ua.hang_up(now, call, None);
    }

    /// The centre wants another session.
    fn change_wanted(&mut self, now: Tick, call: CallId, carrier: Carrier, offer: Option<&[u8]>) {
        let Living { calls, citizens, desks, sounds, .. } = self;
        let sound = calls.get_mut(&call).and_then(|whose| whose.sound(citizens, desks));
        // It was withdrawn or the call ended: its event has come or comes.
        let _ = match sound.and_then(|sound| sounds.change(sound, offer)) {
            Some(sdp) => self.ua.accept_change(now, call, carrier, Some(sdp)),
            None => self.ua.refuse_change(now, call, carrier, status(488)),
        };
    }

    /// A call is over, whoever ended it.
    fn over(&mut self, now: Tick, call: CallId) {
        match self.calls.remove(&call) {
            Some(Whose::Citizen(contact)) => self.citizen_over(now, contact),
            Some(Whose::Desk(at)) => self.desk_over(now, at),
            Some(Whose::Code(sound)) => self.sounds.close(*sound),
            None => {}
        }
    }

    fn flush(&mut self) {
        while let Some(transmit) = self.ua.poll_transmit() {
            self.sockets.send(&transmit);
        }
    }
}
