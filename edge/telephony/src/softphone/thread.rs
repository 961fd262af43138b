// SPDX-License-Identifier: EUPL-1.2
//! The thread: waits for its sockets, for orders and for time, and hands each to the desk that it is about.
//!
//! The rule to keep: it waits for nobody but the kernel; whoever hears its news must not wait either.

use super::common::{Common, SIP, STREAMS, Slot, TCP, Tell, WAKER, WEB};
use super::desk::{Desk, status, why_ended, why_refused};
use super::limits::{
    DESKS_MAX, DRAIN_MAX, FAREWELL, SHARED_DRAIN_MAX, SHOWN_MAX, SOCKET_BUFFER, SOURCES_MAX,
};
use super::page::{Carrier, Make, read};
use super::streams::Streams;
use super::words::{Config, News, NoAnswer, Order, Why};
use crate::media::Clock;
use mio::net::{TcpListener, UdpSocket};
use mio::{Events, Interest, Poll, Token, Waker};
use sip::agent::{self, CallId, Flow, InviteInfo, UserAgent};
use sip::message::Uri;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;
use stdx::{Rng, Tick};

/// The largest datagram of SIP, and of a browser: what UDP can carry.
const DATAGRAM: usize = 65_535;

/// Free ports that are tried until one is free by UDP and by TCP.
const PORTS_TRIED: usize = 16;

/// Sockets that one wake-up names; the others come with the next.
const READY_MAX: usize = 1_024;

/// The thread of the browsers' telephones.
pub(super) struct Thread {
    poll: Poll,
    common: Common,
    sip: UdpSocket,
    orders: Receiver<(String, Order)>,
    ends: Receiver<()>,
    desks: Vec<Option<Desk>>,
    by_id: BTreeMap<String, Slot>,
    /// Which desk's page was heard from an address.
    sources: BTreeMap<SocketAddr, Slot>,
    /// Those of which not everything was read: readiness is told once.
    unread: BTreeSet<Token>,
    buffer: Vec<u8>,
}

impl Thread {
    /// Binds the sockets.
    pub(super) fn open(
        config: Config,
        tell: Tell,
        orders: Receiver<(String, Order)>,
        ends: Receiver<()>,
    ) -> io::Result<(Thread, Arc<Waker>)> {
        let poll = Poll::new()?;
        let registry = poll.registry().try_clone()?;
        let waker = Arc::new(Waker::new(&registry, WAKER)?);
        let (mut web, mut tcp) = both_bound(config.listen)?;
        let mut sip = bound(towards(config.exchange)?)?;
        registry.register(&mut web, WEB, Interest::READABLE)?;
        registry.register(&mut sip, SIP, Interest::READABLE)?;
        registry.register(&mut tcp, TCP, Interest::READABLE)?;
        let make = make(shown(&config.shown, web.local_addr()?)?)?;
        let rng = seeded(&config.seed);
        let agent =
            agent::Config { contact_user: b"softphone".to_vec(), ..agent::Config::default() };
        let common = Common {
            clock: Clock::start(),
            ua: UserAgent::new(agent, rng.split(1)),
            rng,
            make,
            web,
            streams: Streams::new(tcp),
            flow: Flow::udp(sip.local_addr()?, config.exchange),
            domain: config.domain,
            by_call: BTreeMap::new(),
            registry,
            sounds: Vec::new(),
            last_call: 0,
            tell,
        };
        let thread = Thread {
            poll,
            common,
            sip,
            orders,
            ends,
            desks: Vec::new(),
            by_id: BTreeMap::new(),
            sources: BTreeMap::new(),
            unread: BTreeSet::new(),
            buffer: vec![0; DATAGRAM],
        };
        Ok((thread, waker))
    }

    /// Where browsers send sound to.
    pub(super) fn listens(&self) -> io::Result<SocketAddr> {
        self.common.web.local_addr()
    }

    /// Runs until it is ended, or nobody can order anything any more.
    pub(super) fn run(mut self) {
        let mut events = Events::with_capacity(READY_MAX);
        let mut left_by = None;
        while left_by.is_none_or(|at| at > self.common.clock.now()) {
            let deadline = self.deadline().into_iter().chain(left_by).min();
            if self.wait(&mut events, deadline).is_err() {
                // The kernel gives no readiness any more: what is due is done, and it is asked again.
                events.clear();
            }
            let now = self.common.clock.now();
            let before = std::mem::take(&mut self.unread);
            let tokens = events.iter().map(mio::event::Event::token);
            for token in tokens.chain(before).collect::<BTreeSet<Token>>() {
                if self.ready(now, token) {
                    self.unread.insert(token);
                }
            }
            self.elapse(now);
            self.flush(now);
            if left_by.is_none() && self.ends.try_recv() == Ok(()) {
                self.say_goodbye(now);
                left_by = Some(now + FAREWELL);
            }
            if left_by.is_some() && self.has_left() {
                return;
            }
        }
    }

    fn wait(&mut self, events: &mut Events, deadline: Option<Tick>) -> io::Result<()> {
        let now = self.common.clock.now();
        let deadline = if self.unread.is_empty() { deadline } else { Some(now) };
        let left = deadline.map(|at| Duration::from_micros(at.since(now).0));
        match self.poll.poll(events, left) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
            polled => polled,
        }
    }

    fn deadline(&self) -> Option<Tick> {
        let desks = self.desks.iter().flatten().filter_map(Desk::deadline);
        let agent = self.common.ua.deadline().map(|(at, _)| at);
        desks.chain(agent).chain(self.common.streams.deadline()).min()
    }

    fn elapse(&mut self, now: Tick) {
        for at in 0..self.desks.len() {
            let Some(desk) = self.desks[at].as_mut() else { continue };
            if desk.deadline().is_some_and(|at| at <= now) {
                desk.elapse(&mut self.common, now);
            }
        }
        let Common { streams, registry, .. } = &mut self.common;
        streams.elapse(now, registry);
        if self.common.ua.deadline().is_some_and(|(at, _)| at <= now) {
            self.common.ua.elapse(now);
        }
    }

    // ---- what is ready ----

    /// Reads there; whether there may be more.
    fn ready(&mut self, now: Tick, token: Token) -> bool {
        let Common { streams, registry, .. } = &mut self.common;
        match token {
            WAKER => {
                self.take_orders(now);
                false
            }
            WEB => self.read_web(now),
            SIP => self.read_sip(now),
            TCP => streams.accept(now, registry),
            Token(STREAMS..) => self.read_stream(now, token),
            token => {
                let Some((slot, nr)) = self.common.sound_of(token) else { return false };
                let desk = self.desks[slot].as_mut();
                desk.is_some_and(|desk| desk.sound_came(&mut self.common, now, nr, DRAIN_MAX))
            }
        }
    }

    fn take_orders(&mut self, now: Tick) {
        while let Ok((id, order)) = self.orders.try_recv() {
            let desk = match &order {
                Order::Open { password } => self.open_desk(now, &id, password),
                Order::Close
                | Order::Offer(_)
                | Order::PageGone
                | Order::Answer(_)
                | Order::Decline(_)
                | Order::HangUp(_)
                | Order::Hold(_)
                | Order::Resume(_)
                | Order::Dial(_)
                | Order::Transfer { .. }
                | Order::Complete
                | Order::Confer
                | Order::TakeOut
                | Order::Keys(..) => self.by_id.get(&id).copied(),
            };
            let Some(slot) = desk else {
                self.no_desk(&id, &order);
                continue;
            };
            let is_last = matches!(order, Order::Close);
            if let Some(desk) = self.desks[slot].as_mut() {
                desk.order(&mut self.common, now, order);
            }
            if is_last {
                self.by_id.remove(&id);
                self.desks[slot] = None;
            }
        }
    }

    fn no_desk(&self, id: &str, order: &Order) {
        let news = match order {
            Order::Offer(_) | Order::Open { .. } => News::Answer(Err(NoAnswer::NoDesk)),
            // Nobody misses it.
            Order::Close | Order::PageGone => return,
            Order::Answer(_)
            | Order::Decline(_)
            | Order::HangUp(_)
            | Order::Hold(_)
            | Order::Resume(_)
            | Order::Dial(_)
            | Order::Transfer { .. }
            | Order::Complete
            | Order::Confer
            | Order::TakeOut
            | Order::Keys(..) => News::Refused(super::words::Refusal::NoSuchCall),
        };
        (self.common.tell)(id, news);
    }

    fn open_desk(
        &mut self,
        now: Tick,
        id: &str,
        password: &stdx::Redacted<String>,
    ) -> Option<Slot> {
        if let Some(&slot) = self.by_id.get(id) {
            return Some(slot);
        }
        if self.by_id.len() >= DESKS_MAX {
            return None;
        }
        let free = self.desks.iter().position(Option::is_none).unwrap_or_else(|| {
            self.desks.push(None);
            self.desks.len() - 1
        });
        self.desks[free] = Some(Desk::open(now, free, id.to_owned(), password));
        self.by_id.insert(id.to_owned(), free);
        Some(free)
    }

    // ---- the browsers ----

    fn read_web(&mut self, now: Tick) -> bool {
        let mut buffer = std::mem::take(&mut self.buffer);
        let (mut touched, mut left) = (Vec::new(), SHARED_DRAIN_MAX);
        while left > 0 {
            let Ok((length, source)) = self.common.web.recv_from(&mut buffer) else { break };
            left -= 1;
            touched.extend(self.of_page(now, (Carrier::Udp, source), &buffer[..length]));
        }
        self.buffer = buffer;
        self.look_after(now, touched);
        left == 0
    }

    /// A browser's connection has something to read, or takes more.
    fn read_stream(&mut self, now: Tick, token: Token) -> bool {
        let Common { streams, registry, .. } = &mut self.common;
        let more = streams.ready(registry, token);
        let mut touched = Vec::new();
        while let Some((source, datagram)) = self.common.streams.next(token) {
            if let Some(slot) = self.of_page(now, (Carrier::Tcp, source), &datagram) {
                self.common.streams.is_known(source);
                touched.push(slot);
            }
        }
        self.look_after(now, touched);
        more
    }

    /// One desk's packets of one turn are looked after together.
    fn look_after(&mut self, now: Tick, mut touched: Vec<Slot>) {
        touched.sort_unstable();
        touched.dedup();
        for slot in touched {
            if let Some(desk) = self.desks[slot].as_mut() {
                desk.look_after(&mut self.common, now);
            }
        }
    }

    /// Hands a datagram to the desk whose page it came from; says which. One of nobody is dropped.
    fn of_page(
        &mut self,
        now: Tick,
        (carrier, source): (Carrier, SocketAddr),
        datagram: &[u8],
    ) -> Option<Slot> {
        let here = self.common.shown_to(source)?;
        let at = self.common.clock.instant(now);
        let mut input = read(at, (carrier, source), here, datagram);
        input.as_ref()?;
        let known = self.sources.get(&source).copied();
        let is_known = known.filter(|&slot| self.takes(now, slot, &mut input));
        if is_known.is_some() {
            return is_known;
        }
        // Only by a question of ICE a page is found that was never heard from there.
        if rtp::kind(datagram) != rtp::Kind::Stun {
            return None;
        }
        let found = (0..self.desks.len()).find(|&slot| self.takes(now, slot, &mut input))?;
        if self.sources.len() >= SOURCES_MAX {
            self.sources.clear();
        }
        self.sources.insert(source, found);
        Some(found)
    }

    fn takes(&mut self, now: Tick, slot: Slot, input: &mut Option<str0m::Input<'_>>) -> bool {
        let desk = self.desks.get_mut(slot).and_then(Option::as_mut);
        desk.is_some_and(|desk| desk.receive(now, input))
    }

    // ---- the exchange ----

    fn read_sip(&mut self, now: Tick) -> bool {
        let mut buffer = std::mem::take(&mut self.buffer);
        let mut left = SHARED_DRAIN_MAX;
        while left > 0 {
            let Ok((length, source)) = self.sip.recv_from(&mut buffer) else { break };
            left -= 1;
            // Nobody else has anything to say here.
            if source == self.common.flow.remote {
                let flow = self.common.flow;
                self.common.ua.receive(now, flow, &buffer[..length]);
            }
        }
        self.buffer = buffer;
        self.hear(now);
        left == 0
    }

    /// Hears what the user agent tells.
    fn hear(&mut self, now: Tick) {
        while let Some(event) = self.common.ua.poll_event() {
            self.told(now, event);
        }
    }

    fn told(&mut self, now: Tick, event: agent::Event) {
        match event {
            agent::Event::Incoming(call, info) => self.called(now, call, &info),
            agent::Event::Cancelled(call, _) => self.over(now, call, Why::Missed),
            agent::Event::Answered(call, sdp) => {
                self.of_call(call, |desk, common, nr| {
                    desk.answered(common, now, nr, sdp.as_deref());
                });
            }
            agent::Event::Refused { call, status, by, .. } => {
                self.over(now, call, why_refused(status, by));
            }
            agent::Event::Ended(call, end) => self.over(now, call, why_ended(end)),
            agent::Event::Reinvite(call, carrier, offer) => {
                self.change_wanted(now, call, carrier, offer.as_deref());
            }
            agent::Event::Changed(call, answer) => {
                self.of_call(call, |desk, common, nr| {
                    desk.changed(common, now, nr, answer.as_deref());
                });
            }
            agent::Event::NotChanged(call, _) => {
                self.of_call(call, |desk, common, nr| desk.changed(common, now, nr, None));
            }
            agent::Event::Withdrawn(call) => {
                self.of_call(call, |desk, _, nr| desk.withdrawn(nr));
            }
            agent::Event::Referred(call, code) => {
                self.of_call(call, |desk, common, _| desk.referred(common, now, code));
            }
            agent::Event::Acked(call, _) => {
                self.of_call(call, |desk, common, _| desk.go_on(common, now));
            }
            agent::Event::Registration(id) => {
                let mut desks = self.desks.iter_mut().flatten();
                if let Some(desk) = desks.find(|desk| desk.is_registered_by(id)) {
                    desk.registered(&self.common);
                }
            }
            agent::Event::Refer(call, _) => {
                // Gave up meanwhile. So below.
                let _ = self.common.ua.refuse_refer(now, call, status(603));
            }
            agent::Event::Register(id, _) => {
                let _ = self.common.ua.reply_register(now, id, status(403), Vec::new());
            }
            agent::Event::Subscribe(id, _) => {
                let _ = self.common.ua.refuse_subscription(now, id, status(403));
            }
            agent::Event::Provisional(call, _, Some(description)) => {
                self.of_call(call, |desk, common, nr| desk.plays_early(common, nr, &description));
            }
            agent::Event::Provisional(_, _, None)
            | agent::Event::Info(..)
            | agent::Event::Unsubscribed(_)
            | agent::Event::Probed(..) => {}
        }
    }

    fn of_call<T>(
        &mut self,
        call: CallId,
        then: impl FnOnce(&mut Desk, &mut Common, super::CallNr) -> T,
    ) -> Option<T> {
        let &(slot, nr) = self.common.by_call.get(&call)?;
        let desk = self.desks.get_mut(slot)?.as_mut()?;
        Some(then(desk, &mut self.common, nr))
    }

    fn called(&mut self, now: Tick, call: CallId, info: &InviteInfo) {
        let uri = Uri::parse(info.request_uri.expose());
        let user = uri.and_then(|uri| uri.sip()?.decoded_user());
        let id = user.and_then(|user| String::from_utf8(user.into_owned()).ok());
        let slot = id.and_then(|id| self.by_id.get(&id).copied());
        match slot.and_then(|slot| self.desks[slot].as_mut()) {
            Some(desk) => desk.called(&mut self.common, now, call, info),
            None => {
                // Cancelled meanwhile.
                let _ = self.common.ua.refuse_call(now, call, status(480), None, None);
            }
        }
    }

    fn over(&mut self, now: Tick, call: CallId, why: Why) {
        self.of_call(call, |desk, common, nr| desk.over(common, now, nr, why));
    }

    fn change_wanted(
        &mut self,
        now: Tick,
        call: CallId,
        carrier: sip::dialog::Carrier,
        offer: Option<&[u8]>,
    ) {
        let answer =
            self.of_call(call, |desk, common, nr| desk.change_wanted(common, nr, offer)).flatten();
        let ua = &mut self.common.ua;
        // One that is withdrawn meanwhile was told, or will be.
        let _ = match answer {
            Some(sdp) => ua.accept_change(now, call, carrier, Some(sdp)),
            None => ua.refuse_change(now, call, carrier, status(488)),
        };
        self.of_call(call, |desk, common, _| desk.go_on(common, now));
    }

    fn flush(&mut self, now: Tick) {
        self.hear(now);
        while let Some(transmit) = self.common.ua.poll_transmit() {
            if self.sip.send_to(&transmit.bytes, transmit.flow.remote).is_err() {
                self.common.ua.transport_failed(now, &transmit);
            }
            self.hear(now);
        }
    }

    // ---- the end ----

    fn say_goodbye(&mut self, now: Tick) {
        for desk in self.desks.iter_mut().flatten() {
            desk.close(&mut self.common, now);
        }
        self.flush(now);
    }

    fn has_left(&self) -> bool {
        let (calls, ..) = self.common.ua.sizes();
        calls == 0 && self.common.ua.has_withdrawn()
    }
}

/// The port of browsers, by UDP and by TCP.
fn both_bound(at: SocketAddr) -> io::Result<(UdpSocket, TcpListener)> {
    // A free port of the one may be taken for the other; one that is named has to be free for both.
    for _ in 1..PORTS_TRIED {
        let web = bound(at)?;
        match listening(web.local_addr()?) {
            Err(_) if at.port() == 0 => {}
            tcp => return Ok((web, tcp?)),
        }
    }
    let web = bound(at)?;
    let tcp = listening(web.local_addr()?)?;
    Ok((web, tcp))
}

fn listening(at: SocketAddr) -> io::Result<TcpListener> {
    let kind = socket2::Type::STREAM;
    let socket = socket2::Socket::new(socket2::Domain::for_address(at), kind, None)?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&at.into())?;
    socket.listen(128)?;
    Ok(TcpListener::from_std(socket.into()))
}

/// A socket without waiting, with as much of a buffer as the system allows; less only means that a burst loses more.
fn bound(at: SocketAddr) -> io::Result<UdpSocket> {
    let kind = socket2::Type::DGRAM;
    let socket = socket2::Socket::new(socket2::Domain::for_address(at), kind, None)?;
    let _ = socket.set_recv_buffer_size(SOCKET_BUFFER);
    let _ = socket.set_send_buffer_size(SOCKET_BUFFER);
    socket.set_nonblocking(true)?;
    socket.bind(&at.into())?;
    Ok(UdpSocket::from_std(socket.into()))
}

/// The address of ours from which the exchange is reached, with any port.
fn towards(exchange: SocketAddr) -> io::Result<SocketAddr> {
    let any: SocketAddr = if exchange.is_ipv4() {
        (std::net::Ipv4Addr::UNSPECIFIED, 0).into()
    } else {
        (std::net::Ipv6Addr::UNSPECIFIED, 0).into()
    };
    let probe = std::net::UdpSocket::bind(any)?;
    probe.connect(exchange)?;
    Ok(SocketAddr::new(probe.local_addr()?.ip(), 0))
}

/// What browsers are told, with the port that was taken.
fn shown(wanted: &[SocketAddr], taken: SocketAddr) -> io::Result<Vec<SocketAddr>> {
    let wanted = if wanted.is_empty() { std::slice::from_ref(&taken) } else { wanted };
    let with_port = |at: &SocketAddr| {
        SocketAddr::new(at.ip(), if at.port() == 0 { taken.port() } else { at.port() })
    };
    let shown: Vec<SocketAddr> = wanted.iter().map(with_port).collect();
    let is_one = |at: &SocketAddr| str0m::Candidate::host(*at, "udp").is_ok();
    if shown.len() > SHOWN_MAX || !shown.iter().all(is_one) {
        let why = "no address that browsers can be shown, or too many";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    }
    Ok(shown)
}

/// One certificate for all connections: pages are sent its fingerprint by a channel that is secured otherwise.
fn make(shown: Vec<SocketAddr>) -> io::Result<Make> {
    let crypto = Arc::new(str0m::crypto::from_feature_flags());
    let certificate = crypto.dtls_provider.generate_certificate();
    let certificate = certificate.ok_or_else(|| io::Error::other("no certificate for DTLS"))?;
    Ok(Make { crypto, certificate, shown })
}

fn seeded(seed: &[u8; 32]) -> Rng {
    let (words, _) = seed.as_chunks::<8>();
    Rng::new(
        words.iter().fold(0, |mixed, word| Rng::new(mixed ^ u64::from_le_bytes(*word)).next_u64()),
    )
}
