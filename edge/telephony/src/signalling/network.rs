// SPDX-License-Identifier: EUPL-1.2
//! The SIP sockets: datagrams and connections, read when the kernel says so.
//!
//! The rule to keep: nothing here waits for a peer. What cannot be sent at once is dropped (a datagram,
//! which SIP repeats) or kept within a bound (a stream, which is closed beyond it).

use super::limits::{
    BACKLOG_MAX, CONNECTIONS_MAX, DRAIN_MAX, HALF_MESSAGE, HANDSHAKES_MAX, HANDSHAKES_WITHIN,
    SOCKET_BUFFER, STREAM_PART, STREAM_READS_MAX, SWEEP, UNSENT_MAX,
};
use super::stream::{Read, Stream};
use super::words::{Carrier, Listen};
use crate::tls::{Certificates, Fault, Identity, Reach};
use mio::net::{TcpListener, TcpStream, UdpSocket};
use mio::{Events, Interest, Poll, Token, Waker};
use sip::agent::{Flow, Transmit};
use sip::message::{Frame, Framer, Message, Refusal};
use sip::registrar::Transport;
use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use stdx::Tick;

/// The token of the waker; listening sockets come first, connections from [`FIRST_CONNECTION`] on.
const WAKER: Token = Token(usize::MAX);

/// Connections have their number as token, from here on.
const FIRST_CONNECTION: u64 = 1_024;

/// The largest datagram that UDP carries.
const DATAGRAM_MAX: usize = 65_535;

/// Sockets that one wait names.
const READY_MAX: usize = 512;

/// What came by a flow.
pub(super) enum Input<'a> {
    /// One datagram.
    Datagram(&'a [u8]),
    /// One message of a stream.
    Message(&'a Message<'a>),
    /// Something on a stream that cannot be accepted.
    Refused(&'a Refusal<'a>),
}

/// Takes what came by a flow, and says whether its sender is known.
pub(super) type Take<'a> = dyn FnMut(Flow, &Input<'_>) -> bool + 'a;

/// What was lost on the way, for metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NetworkCounts {
    /// Datagrams and bytes on streams that the kernel did not take.
    pub unsent: u64,
    /// Connections that were refused at the bound, or closed for what they sent or did not read.
    pub connections_closed: u64,
    /// Times at which new calls were refused because we were behind.
    pub behind: u64,
    /// Connections by TLS that did not come about, or were refused at their bound.
    pub handshakes_failed: u64,
}

struct Udp {
    socket: UdpSocket,
    /// Our address as peers can reach it.
    local: SocketAddr,
}

struct Listener {
    socket: TcpListener,
    local: SocketAddr,
    carrier: Carrier,
}

struct Connection {
    stream: Stream,
    framer: Framer,
    flow: Flow,
    unsent: Vec<u8>,
    /// What waits for a connection that we open; who sent it hears if it fails.
    opening: Vec<Transmit>,
    /// Whether it has come about.
    is_open: bool,
    /// Whether we have opened it.
    is_ours: bool,
    /// Whether its peer is known: a trunk, a telephone that proved who it is, or called by us.
    known: bool,
    /// Since when it has owed us a whole message, or a stranger to say who it is.
    owes_since: Option<Tick>,
    broken: bool,
}

/// How many connections by TLS are taken, against [`HANDSHAKES_MAX`].
#[derive(Default)]
struct Handshakes {
    since: Tick,
    taken: u32,
}

impl Handshakes {
    fn has_room(&mut self, now: Tick) -> bool {
        if now.since(self.since) >= HANDSHAKES_WITHIN {
            *self = Handshakes { since: now, taken: 0 };
        }
        self.taken += 1;
        self.taken <= HANDSHAKES_MAX
    }
}

/// All SIP sockets.
pub(super) struct Network {
    poll: Poll,
    events: Events,
    waker: Arc<Waker>,
    udp: Vec<Udp>,
    listeners: Vec<Listener>,
    connections: BTreeMap<u64, Connection>,
    next_connection: u64,
    input: Vec<u8>,
    unread: Vec<Token>,
    /// What waited for connections that did not come about.
    pub(super) failed: Vec<Transmit>,
    /// Connections that we had opened, and that are gone since somebody asked.
    pub(super) lost: Vec<Flow>,
    /// Who we are to those who connect by TLS.
    identity: Option<Identity>,
    /// What those have to prove to whom we connect by TLS.
    reaches: BTreeMap<SocketAddr, Reach>,
    /// Why the last connection by TLS to an address failed, if it did.
    faults: BTreeMap<SocketAddr, Fault>,
    handshakes: Handshakes,
    /// Datagrams since a socket was last found empty.
    backlog: usize,
    sweep_at: Tick,
    pub(super) counts: NetworkCounts,
}

impl Network {
    /// Binds every address. `reachable` are our addresses for those that listen on all.
    ///
    /// # Errors
    /// With the address that cannot be bound.
    pub(super) fn open(
        listen: &[Listen],
        reachable: &[IpAddr],
    ) -> Result<Network, (SocketAddr, io::Error)> {
        let unspecified = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
        let poll = Poll::new().map_err(|error| (unspecified, error))?;
        let waker = Waker::new(poll.registry(), WAKER).map_err(|error| (unspecified, error))?;
        let mut network = Network {
            poll,
            events: Events::with_capacity(READY_MAX),
            waker: Arc::new(waker),
            udp: Vec::new(),
            listeners: Vec::new(),
            connections: BTreeMap::new(),
            next_connection: FIRST_CONNECTION,
            input: vec![0; DATAGRAM_MAX],
            unread: Vec::new(),
            failed: Vec::new(),
            lost: Vec::new(),
            identity: None,
            reaches: BTreeMap::new(),
            faults: BTreeMap::new(),
            handshakes: Handshakes::default(),
            backlog: 0,
            sweep_at: Tick(0),
            counts: NetworkCounts::default(),
        };
        for at in listen {
            let bound = match at.carrier {
                Carrier::Udp => network.bind_udp(at.address, reachable),
                Carrier::Tcp | Carrier::Tls => network.bind_stream(*at, reachable),
            };
            bound.map_err(|error| (at.address, error))?;
        }
        Ok(network)
    }

    fn bind_udp(&mut self, at: SocketAddr, reachable: &[IpAddr]) -> io::Result<()> {
        let mut socket = UdpSocket::from_std(unbound(at, socket2::Type::DGRAM)?.into());
        let local = local_address(socket.local_addr()?, reachable);
        let token = Token(self.udp.len() * 2);
        self.poll.registry().register(&mut socket, token, Interest::READABLE)?;
        self.udp.push(Udp { socket, local });
        Ok(())
    }

    fn bind_stream(&mut self, at: Listen, reachable: &[IpAddr]) -> io::Result<()> {
        let Listen { carrier, address } = at;
        let socket = unbound(address, socket2::Type::STREAM)?;
        socket.listen(128)?;
        let mut socket = TcpListener::from_std(socket.into());
        let local = local_address(socket.local_addr()?, reachable);
        let token = Token(self.listeners.len() * 2 + 1);
        self.poll.registry().register(&mut socket, token, Interest::READABLE)?;
        self.listeners.push(Listener { socket, local, carrier });
        Ok(())
    }

    /// Who we are, and what the peers of each trunk have to prove, from the next connection on.
    pub(super) fn certify(&mut self, certificates: &Certificates, peers: &[Vec<Listen>]) {
        self.identity.clone_from(&certificates.identity);
        let trunks = certificates.reaches.iter().zip(peers);
        let proved = trunks.filter_map(|(reach, peers)| Some((reach.as_ref()?, peers)));
        let peers = proved.flat_map(|(reach, peers)| peers.iter().map(move |peer| (peer, reach)));
        let secure = peers.filter(|(peer, _)| peer.carrier == Carrier::Tls);
        self.reaches = secure.map(|(peer, reach)| (peer.address, reach.clone())).collect();
        self.faults.retain(|at, _| self.reaches.contains_key(at));
    }

    /// Why we have no connection by TLS to this address, if the last one failed.
    pub(super) fn fault_of(&self, at: &SocketAddr) -> Option<Fault> {
        self.faults.get(at).copied()
    }

    /// Wakes a wait from another thread.
    pub(super) fn waker(&self) -> Arc<Waker> {
        Arc::clone(&self.waker)
    }

    /// Where we listen, as peers can reach us.
    pub(super) fn locals(&self) -> impl Iterator<Item = (Transport, SocketAddr)> {
        let udp = self.udp.iter().map(|it| (Transport::Udp, it.local));
        udp.chain(self.listeners.iter().map(|it| (it.carrier.transport(), it.local)))
    }

    /// The same in the words of the setup.
    pub(super) fn listens(&self) -> impl Iterator<Item = Listen> {
        let listen = |carrier, address| Listen { carrier, address };
        let udp = self.udp.iter().map(move |it| listen(Carrier::Udp, it.local));
        udp.chain(self.listeners.iter().map(move |it| listen(it.carrier, it.local)))
    }

    /// A flow of ours to an address: by a socket of the same family.
    pub(super) fn flow_to(&self, carrier: Carrier, remote: SocketAddr) -> Option<Flow> {
        let transport = carrier.transport();
        let family = remote.is_ipv4();
        let mut locals = self.locals();
        let same =
            |&(of, local): &(Transport, SocketAddr)| of == transport && local.is_ipv4() == family;
        let (_, local) = locals.find(same)?;
        Some(Flow { transport, local, remote, connection: None })
    }

    /// Waits until something comes, somebody wakes us, or the time is over.
    pub(super) fn wait(&mut self, timeout: Option<Duration>) {
        let timeout = if self.unread.is_empty() { timeout } else { Some(Duration::ZERO) };
        // An interrupted wait names no sockets; timers still have their turn.
        if self.poll.poll(&mut self.events, timeout).is_err() {
            self.events.clear();
        }
    }

    /// Reads what has come, and hands each message on. `take` says whether its sender is known.
    pub(super) fn read(&mut self, now: Tick, take: &mut Take<'_>) {
        let ready = self.events.iter().map(|event| event.token()).filter(|&token| token != WAKER);
        let mut ready: Vec<Token> = ready.collect();
        ready.append(&mut self.unread);
        ready.sort_unstable();
        ready.dedup();
        self.events.clear();
        if ready.is_empty() {
            self.backlog = 0;
        }
        for token in ready {
            match token.0 as u64 >= FIRST_CONNECTION {
                true => self.read_connection(now, token.0 as u64, take),
                false if token.0.is_multiple_of(2) => self.read_datagrams(token, take),
                false => self.accept(now, token),
            }
        }
        self.sweep(now);
    }

    /// Whether so much has piled up that new calls have to be refused.
    pub(super) fn is_behind(&self) -> bool {
        self.backlog >= BACKLOG_MAX
    }

    fn read_datagrams(&mut self, token: Token, take: &mut Take<'_>) {
        let Some(udp) = self.udp.get(token.0 / 2) else { return };
        for _ in 0..DRAIN_MAX {
            match udp.socket.recv_from(&mut self.input) {
                Ok((length, remote)) => {
                    self.backlog += 1;
                    let flow = Flow::udp(udp.local, canonical(remote));
                    take(flow, &Input::Datagram(&self.input[..length]));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.backlog = 0;
                    return;
                }
                // What an earlier message of ours met on its way (ICMP); others stand behind it.
                Err(_) => {}
            }
        }
        self.unread.push(token);
    }

    fn accept(&mut self, now: Tick, token: Token) {
        let Some(listener) = self.listeners.get(token.0 / 2) else { return };
        let (local, carrier) = (listener.local, listener.carrier);
        let transport = carrier.transport();
        while let Ok((tcp, remote)) = self.listeners[token.0 / 2].socket.accept() {
            if self.connections.len() >= CONNECTIONS_MAX && !self.close_a_stranger() {
                self.counts.connections_closed += 1;
                continue;
            }
            let remote = canonical(remote);
            let Some(stream) = self.accepted(now, carrier, tcp) else { continue };
            let flow = Flow { transport, local, remote, connection: None };
            self.take_connection(now, stream, Framer::accepted(), flow);
        }
    }

    /// The stream of somebody who came to us.
    fn accepted(&mut self, now: Tick, carrier: Carrier, tcp: TcpStream) -> Option<Stream> {
        match carrier {
            Carrier::Udp | Carrier::Tcp => Some(Stream::plain(tcp)),
            Carrier::Tls => {
                let identity = self.identity.as_ref().filter(|_| self.handshakes.has_room(now));
                let stream = identity.and_then(|identity| Stream::taken(tcp, identity));
                self.counts.handshakes_failed += u64::from(stream.is_none());
                stream
            }
        }
    }

    /// At the bound the stranger who came first makes room: whoever takes every connection would keep
    /// telephones and trunks out otherwise. Those who are known stay.
    fn close_a_stranger(&mut self) -> bool {
        let stranger = self.connections.iter().find(|(_, it)| !it.known).map(|(&id, _)| id);
        if let Some(id) = stranger {
            self.counts.connections_closed += 1;
            self.close(id);
        }
        stranger.is_some()
    }

    fn take_connection(
        &mut self,
        now: Tick,
        mut stream: Stream,
        framer: Framer,
        flow: Flow,
    ) -> Option<u64> {
        let id = self.next_connection;
        self.next_connection += 1;
        let interest = Interest::READABLE | Interest::WRITABLE;
        self.poll.registry().register(&mut stream.tcp, Token(id as usize), interest).ok()?;
        // Without it an answer may wait for 40 ms; a stream works all the same.
        let _ = stream.tcp.set_nodelay(true);
        let flow = Flow { connection: Some(id), ..flow };
        let (unsent, opening) = (Vec::new(), Vec::new());
        let connection = Connection {
            stream,
            framer,
            flow,
            unsent,
            opening,
            is_open: true,
            is_ours: false,
            known: false,
            owes_since: Some(now),
            broken: false,
        };
        self.connections.insert(id, connection);
        Some(id)
    }

    fn read_connection(&mut self, now: Tick, id: u64, take: &mut Take<'_>) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        connection.write();
        let (mut open, mut whole) = (true, false);
        for turn in 0..=STREAM_READS_MAX {
            if turn == STREAM_READS_MAX || connection.broken {
                self.unread.push(Token(id as usize));
                break;
            }
            match connection.stream.read(&mut self.input[..STREAM_PART]) {
                Read::Bytes(length) => {
                    whole |= connection.feed(&self.input[..length], take);
                    continue;
                }
                Read::Nothing => continue,
                Read::Later => {}
                Read::End => open = false,
            }
            break;
        }
        // The next part of a handshake.
        connection.write();
        if connection.is_open && !self.faults.is_empty() {
            self.faults.remove(&connection.flow.remote);
        }
        let owes = connection.framer.is_within_message() || connection.stream.is_shaking_hands();
        connection.owes_since = match (connection.known, owes) {
            (true, false) => None,
            // The one before came whole meanwhile.
            (true, true) if whole => Some(now),
            (true, true) | (false, _) => connection.owes_since.or(Some(now)),
        };
        if !open || connection.broken {
            self.close(id);
        }
    }

    fn close(&mut self, id: u64) {
        if let Some(mut connection) = self.connections.remove(&id) {
            self.failed.append(&mut connection.opening);
            self.note_handshake(&connection);
            self.lost.extend(connection.is_ours.then_some(connection.flow));
            connection.stream.say_goodbye();
            // What is not watched any more is what we want.
            let _ = self.poll.registry().deregister(&mut connection.stream.tcp);
            self.counts.connections_closed += u64::from(connection.broken);
        }
    }

    /// Whoever watches a trunk has to know why there is no connection.
    fn note_handshake(&mut self, connection: &Connection) {
        let at = connection.flow.remote;
        let fault = connection.stream.fault;
        match fault.filter(|_| self.reaches.contains_key(&at)) {
            Some(fault) => drop(self.faults.insert(at, fault)),
            // It failed for something else this time.
            None if !connection.is_open => drop(self.faults.remove(&at)),
            None => {}
        }
        let has_failed = fault.is_some() || connection.stream.is_shaking_hands();
        self.counts.handshakes_failed += u64::from(has_failed);
    }

    /// Closes connections that hold back the rest of a message, and those of strangers.
    fn sweep(&mut self, now: Tick) {
        if now < self.sweep_at {
            return;
        }
        self.sweep_at = now + SWEEP;
        let late = |connection: &Connection| {
            connection.broken
                || connection.owes_since.is_some_and(|since| now.since(since) > HALF_MESSAGE)
        };
        let late: Vec<u64> =
            self.connections.iter().filter(|(_, it)| late(it)).map(|(&id, _)| id).collect();
        for id in late {
            if let Some(connection) = self.connections.get_mut(&id) {
                connection.broken = true;
            }
            self.close(id);
        }
    }

    /// Sends one message, or drops it if that is not possible now. Says whether its sender need not
    /// wait for an answer: a connection that cannot be had brings none.
    pub(super) fn send(&mut self, now: Tick, transmit: &Transmit) -> bool {
        let Transmit { flow, bytes } = transmit;
        let sent = match flow.transport {
            Transport::Udp => self.send_datagram(flow, bytes),
            Transport::Tcp | Transport::Tls => self.send_on_stream(now, transmit),
            Transport::WebSocket => false,
        };
        self.counts.unsent += u64::from(!sent);
        !sent && flow.transport != Transport::Udp
    }

    fn send_datagram(&self, flow: &Flow, bytes: &[u8]) -> bool {
        let udp = self.udp.iter().find(|udp| udp.local == flow.local);
        udp.is_some_and(|udp| udp.socket.send_to(bytes, flow.remote).is_ok())
    }

    fn send_on_stream(&mut self, now: Tick, transmit: &Transmit) -> bool {
        let Transmit { flow, bytes } = transmit;
        let id = match flow.connection {
            Some(id) => Some(id),
            None => self.connection_to(now, flow),
        };
        let Some(connection) = id.and_then(|id| self.connections.get_mut(&id)) else {
            return false;
        };
        if !connection.put(bytes) {
            return false;
        }
        connection.write();
        if !connection.is_open {
            connection.opening.push(transmit.clone());
        }
        true
    }

    /// The connection to this peer; a new one if there is none.
    fn connection_to(&mut self, now: Tick, flow: &Flow) -> Option<u64> {
        let leads_there =
            |it: &Connection| it.flow.remote == flow.remote && it.flow.transport == flow.transport;
        let known = self.connections.iter().find(|(_, it)| leads_there(it));
        if let Some((&id, _)) = known {
            return Some(id);
        }
        if self.connections.len() >= CONNECTIONS_MAX {
            return None;
        }
        let Some(stream) = self.connect(flow) else {
            // Whatever it was before, this time it is the network.
            self.faults.remove(&flow.remote);
            return None;
        };
        let id = self.take_connection(now, stream, Framer::opened(), *flow)?;
        let connection = self.connections.get_mut(&id)?;
        // We owe the first message, not the peer; but its part of a handshake it owes.
        let owes = connection.stream.is_shaking_hands();
        connection.owes_since = connection.owes_since.filter(|_| owes);
        (connection.is_open, connection.known) = (false, true);
        connection.is_ours = true;
        Some(id)
    }

    /// A stream to this peer. Nobody is sent by TLS who has nothing to prove.
    fn connect(&self, flow: &Flow) -> Option<Stream> {
        let connect = || TcpStream::connect(flow.remote).ok();
        match flow.transport {
            Transport::Tcp => connect().map(Stream::plain),
            Transport::Tls => {
                let reach = self.reaches.get(&flow.remote)?;
                Stream::opened(connect()?, reach)
            }
            Transport::Udp | Transport::WebSocket => None,
        }
    }
}

impl Connection {
    /// Reads messages; says whether one came to its end.
    fn feed(&mut self, mut bytes: &[u8], take: &mut Take<'_>) -> bool {
        let (mut pings, mut whole) = (0, false);
        while !bytes.is_empty() {
            bytes = &bytes[self.framer.feed(bytes)..];
            while let Some(frame) = self.framer.poll() {
                match frame {
                    Frame::Message(message) => {
                        whole = true;
                        self.known |= take(self.flow, &Input::Message(&message));
                    }
                    Frame::Refused { refusal, close } => {
                        take(self.flow, &Input::Refused(&refusal));
                        self.broken |= close;
                    }
                    Frame::Ping => pings += 1,
                    Frame::Pong => {}
                }
            }
        }
        // RFC 5626, 3.5.1: a ping is answered with one CRLF.
        self.put(&b"\r\n".repeat(pings));
        self.write();
        whole
    }

    /// Lets bytes wait to be written; says whether there was room. A peer that does not read what it
    /// asks for loses its connection.
    fn put(&mut self, bytes: &[u8]) -> bool {
        self.broken |= self.unsent.len() + bytes.len() > UNSENT_MAX;
        if !self.broken {
            self.unsent.extend_from_slice(bytes);
        }
        !self.broken
    }

    /// Writes what waits, as far as the kernel takes it.
    fn write(&mut self) {
        self.write_unsent();
        if self.is_open {
            self.opening = Vec::new();
        }
    }

    fn write_unsent(&mut self) {
        while !self.broken && (!self.unsent.is_empty() || self.stream.has_own()) {
            match self.stream.write(&self.unsent) {
                Ok(0) => return,
                Ok(written) => {
                    self.unsent.drain(..written);
                    self.is_open = true;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // Not connected yet, or the peer does not read: the kernel tells when it goes on.
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::NotConnected) =>
                {
                    return;
                }
                Err(_) => {
                    self.broken = true;
                    return;
                }
            }
        }
    }
}

/// A bound socket that does not block; IPv6 sockets take IPv6 only, so that both families can be
/// listened on with the same port.
fn unbound(at: SocketAddr, kind: socket2::Type) -> io::Result<socket2::Socket> {
    let socket = socket2::Socket::new(socket2::Domain::for_address(at), kind, None)?;
    if at.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    if kind == socket2::Type::STREAM {
        socket.set_reuse_address(true)?;
    } else {
        // As much as the system allows; less only means that a burst loses more.
        let _ = socket.set_recv_buffer_size(SOCKET_BUFFER);
        let _ = socket.set_send_buffer_size(SOCKET_BUFFER);
    }
    socket.set_nonblocking(true)?;
    socket.bind(&at.into())?;
    Ok(socket)
}

/// The address that we name to peers: the one that is bound, or where that is all of them, ours.
fn local_address(bound: SocketAddr, reachable: &[IpAddr]) -> SocketAddr {
    if !bound.ip().is_unspecified() {
        return bound;
    }
    let family = bound.is_ipv4();
    let own = reachable.iter().copied().find(|ip| ip.is_ipv4() == family);
    let fallback = match family {
        true => IpAddr::V4(Ipv4Addr::LOCALHOST),
        false => IpAddr::V6(Ipv6Addr::LOCALHOST),
    };
    SocketAddr::new(own.unwrap_or(fallback), bound.port())
}

fn canonical(remote: SocketAddr) -> SocketAddr {
    SocketAddr::new(remote.ip().to_canonical(), remote.port())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read as _, Write as _};

    const OPTIONS: &[u8] = b"OPTIONS sip:h SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\n\
        From: <sip:a@h>;tag=1\r\nTo: <sip:h>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nl: 0\r\n\r\n";

    fn network() -> (Network, SocketAddr) {
        let any = "127.0.0.1:0".parse().expect("an address");
        let listen = [Listen { carrier: Carrier::Tcp, address: any }];
        let network = Network::open(&listen, &[]).expect("a free port");
        let (_, at) = network.locals().next().expect("it listens");
        (network, at)
    }

    fn turn(network: &mut Network, now: Tick, known: bool) {
        network.wait(Some(Duration::from_millis(20)));
        network.read(now, &mut |_, _| known);
    }

    #[test]
    fn who_pings_and_does_not_read_loses_its_connection_not_our_memory() {
        let (mut network, at) = network();
        let mut peer = std::net::TcpStream::connect(at).expect("it listens");
        peer.set_nonblocking(true).expect("a socket of ours");
        let pings = b"\r\n\r\n".repeat(64 << 10);
        // 256 MiB are far more than kernels keep for a peer that does not read.
        let mut sent = 0_usize;
        while sent < 256 << 20 && network.counts.connections_closed == 0 {
            sent += peer.write(&pings).unwrap_or(0);
            network.wait(Some(Duration::ZERO));
            network.read(Tick(0), &mut |_, _| false);
            let waits = network.connections.values().map(|it| it.unsent.len()).max();
            assert!(waits.unwrap_or(0) <= UNSENT_MAX);
        }
        assert_eq!(network.counts.connections_closed, 1);
        assert!(network.connections.is_empty());
    }

    #[test]
    fn strangers_stay_for_half_a_minute_and_those_who_are_known_as_long_as_they_like() {
        for known in [false, true] {
            let (mut network, at) = network();
            let mut peer = std::net::TcpStream::connect(at).expect("it listens");
            turn(&mut network, Tick(0), known);
            peer.write_all(OPTIONS).expect("it is open");
            peer.write_all(b"\r\n\r\n").expect("it is open");
            turn(&mut network, Tick(0), known);
            let later = Tick(0) + HALF_MESSAGE + SWEEP;
            turn(&mut network, later, known);
            assert_eq!(network.connections.len(), usize::from(known));
        }
    }

    #[test]
    fn a_stranger_makes_room_for_the_next_one_and_a_telephone_does_not() {
        let (mut network, at) = network();
        let mut telephone = std::net::TcpStream::connect(at).expect("it listens");
        turn(&mut network, Tick(0), true);
        telephone.write_all(OPTIONS).expect("it is open");
        turn(&mut network, Tick(0), true);
        let _stranger = std::net::TcpStream::connect(at).expect("it listens");
        turn(&mut network, Tick(0), false);
        assert_eq!(network.connections.len(), 2);
        assert!(network.close_a_stranger());
        assert!(!network.close_a_stranger());
        assert_eq!(network.connections.len(), 1);
    }

    #[test]
    fn what_waits_for_a_connection_of_ours_is_told_if_it_fails_and_nothing_else_is_kept() {
        let (mut network, at) = network();
        let mut peer = std::net::TcpStream::connect(at).expect("it listens");
        turn(&mut network, Tick(0), true);
        let flow = network.connections.values().next().expect("it is accepted").flow;
        // A peer that reads slowly: something always waits, and more comes.
        let bytes = vec![b'x'; 60 << 10];
        let mut part = vec![0; 60 << 10];
        let mut sent = 0;
        while sent < 8 << 20 {
            let waits = network.connections.values().next().map_or(0, |it| it.unsent.len());
            if waits < 128 << 10 {
                sent += bytes.len();
                assert!(!network.send(Tick(0), &Transmit { flow, bytes: bytes.clone() }));
            } else {
                peer.read_exact(&mut part).expect("it is open");
                network.wait(Some(Duration::ZERO));
                network.read(Tick(0), &mut |_, _| true);
            }
            assert!(network.connections.values().all(|it| it.opening.is_empty()));
        }
        // Nobody listens there any more.
        let gone = std::net::TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr());
        let flow = Flow { remote: gone.expect("a free port"), connection: None, ..flow };
        let transmit = Transmit { flow, bytes: OPTIONS.to_vec() };
        let at_once = network.send(Tick(0), &transmit);
        turn(&mut network, Tick(0), true);
        assert!(at_once || network.failed.iter().any(|it| it.flow.remote == flow.remote));
    }
}
