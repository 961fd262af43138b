// SPDX-License-Identifier: EUPL-1.2
//! The SIP sockets: datagrams and connections, read when the kernel says so.
//!
//! The rule to keep: nothing here waits for a peer. What cannot be sent at once is dropped (a datagram,
//! which SIP repeats) or kept within a bound (a stream, which is closed beyond it).

use super::limits::{
    BACKLOG_MAX, CONNECTIONS_MAX, DRAIN_MAX, HALF_MESSAGE, SOCKET_BUFFER, SWEEP, UNSENT_MAX,
};
use super::words::{Carrier, Listen};
use mio::net::{TcpListener, TcpStream, UdpSocket};
use mio::{Events, Interest, Poll, Token, Waker};
use sip::agent::{Flow, Transmit};
use sip::message::{Frame, Framer, Message, Refusal};
use sip::registrar::Transport;
use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Read, Write};
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

/// What was lost on the way, for metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NetworkCounts {
    /// Datagrams and bytes on streams that the kernel did not take.
    pub unsent: u64,
    /// Connections that were refused at the bound, or closed for what they sent or did not read.
    pub connections_closed: u64,
    /// Times at which new calls were refused because we were behind.
    pub behind: u64,
}

struct Udp {
    socket: UdpSocket,
    /// Our address as peers can reach it.
    local: SocketAddr,
}

struct Listener {
    socket: TcpListener,
    local: SocketAddr,
}

struct Connection {
    stream: TcpStream,
    framer: Framer,
    flow: Flow,
    unsent: Vec<u8>,
    /// What waits for a connection that we open; who sent it hears if it fails.
    opening: Vec<Transmit>,
    /// Since when it has owed us a whole message.
    owes_since: Option<Tick>,
    broken: bool,
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
            backlog: 0,
            sweep_at: Tick(0),
            counts: NetworkCounts::default(),
        };
        for at in listen {
            let bound = match at.carrier {
                Carrier::Udp => network.bind_udp(at.address, reachable),
                Carrier::Tcp => network.bind_tcp(at.address, reachable),
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

    fn bind_tcp(&mut self, at: SocketAddr, reachable: &[IpAddr]) -> io::Result<()> {
        let socket = unbound(at, socket2::Type::STREAM)?;
        socket.listen(128)?;
        let mut socket = TcpListener::from_std(socket.into());
        let local = local_address(socket.local_addr()?, reachable);
        let token = Token(self.listeners.len() * 2 + 1);
        self.poll.registry().register(&mut socket, token, Interest::READABLE)?;
        self.listeners.push(Listener { socket, local });
        Ok(())
    }

    /// Wakes a wait from another thread.
    pub(super) fn waker(&self) -> Arc<Waker> {
        Arc::clone(&self.waker)
    }

    /// Where we listen, as peers can reach us.
    pub(super) fn locals(&self) -> impl Iterator<Item = (Transport, SocketAddr)> {
        let udp = self.udp.iter().map(|it| (Transport::Udp, it.local));
        udp.chain(self.listeners.iter().map(|it| (Transport::Tcp, it.local)))
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

    /// Reads what has come, and hands each message on.
    pub(super) fn read(&mut self, now: Tick, take: &mut dyn FnMut(Flow, &Input<'_>)) {
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

    fn read_datagrams(&mut self, token: Token, take: &mut dyn FnMut(Flow, &Input<'_>)) {
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
        let local = listener.local;
        while let Ok((stream, remote)) = self.listeners[token.0 / 2].socket.accept() {
            if self.connections.len() >= CONNECTIONS_MAX {
                self.counts.connections_closed += 1;
                continue;
            }
            self.take_connection(now, stream, Framer::accepted(), local, canonical(remote));
        }
    }

    fn take_connection(
        &mut self,
        now: Tick,
        mut stream: TcpStream,
        framer: Framer,
        local: SocketAddr,
        remote: SocketAddr,
    ) -> Option<u64> {
        let id = self.next_connection;
        self.next_connection += 1;
        let interest = Interest::READABLE | Interest::WRITABLE;
        self.poll.registry().register(&mut stream, Token(id as usize), interest).ok()?;
        // Without it an answer may wait for 40 ms; a stream works all the same.
        let _ = stream.set_nodelay(true);
        let flow = Flow { transport: Transport::Tcp, local, remote, connection: Some(id) };
        let (unsent, opening) = (Vec::new(), Vec::new());
        let owes_since = Some(now);
        let connection =
            Connection { stream, framer, flow, unsent, opening, owes_since, broken: false };
        self.connections.insert(id, connection);
        Some(id)
    }

    fn read_connection(&mut self, now: Tick, id: u64, take: &mut dyn FnMut(Flow, &Input<'_>)) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        connection.write();
        let mut open = true;
        for turn in 0..=DRAIN_MAX {
            if turn == DRAIN_MAX {
                self.unread.push(Token(id as usize));
                break;
            }
            match connection.stream.read(&mut self.input) {
                Ok(0) => open = false,
                Ok(length) => {
                    connection.feed(&self.input[..length], take);
                    continue;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(_) => open = false,
            }
            break;
        }
        if connection.framer.is_within_message() {
            connection.owes_since = connection.owes_since.or(Some(now));
        }
        if !open || connection.broken {
            self.close(id);
        }
    }

    fn close(&mut self, id: u64) {
        if let Some(mut connection) = self.connections.remove(&id) {
            self.failed.append(&mut connection.opening);
            // What is not watched any more is what we want.
            let _ = self.poll.registry().deregister(&mut connection.stream);
            self.counts.connections_closed += u64::from(connection.broken);
        }
    }

    /// Closes connections that hold back the rest of a message.
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
            self.counts.connections_closed += 1;
            self.close(id);
        }
    }

    /// Sends one message, or drops it if that is not possible now. Says whether its sender need not
    /// wait for an answer: a connection that cannot be had brings none.
    pub(super) fn send(&mut self, now: Tick, transmit: &Transmit) -> bool {
        let Transmit { flow, bytes } = transmit;
        let sent = match flow.transport {
            Transport::Udp => self.send_datagram(flow, bytes),
            Transport::Tcp => self.send_on_stream(now, transmit),
            Transport::Tls | Transport::WebSocket => false,
        };
        self.counts.unsent += u64::from(!sent);
        !sent && flow.transport == Transport::Tcp
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
        if connection.unsent.len() + bytes.len() > UNSENT_MAX {
            connection.broken = true;
            return false;
        }
        connection.unsent.extend_from_slice(bytes);
        connection.write();
        if !connection.unsent.is_empty() {
            connection.opening.push(transmit.clone());
        }
        true
    }

    /// The connection to this peer; a new one if there is none.
    fn connection_to(&mut self, now: Tick, flow: &Flow) -> Option<u64> {
        let known = self.connections.iter().find(|(_, it)| it.flow.remote == flow.remote);
        if let Some((&id, _)) = known {
            return Some(id);
        }
        if self.connections.len() >= CONNECTIONS_MAX {
            return None;
        }
        let stream = TcpStream::connect(flow.remote).ok()?;
        let id = self.take_connection(now, stream, Framer::opened(), flow.local, flow.remote)?;
        // We owe the first message, not the peer.
        self.connections.get_mut(&id)?.owes_since = None;
        Some(id)
    }
}

impl Connection {
    fn feed(&mut self, mut bytes: &[u8], take: &mut dyn FnMut(Flow, &Input<'_>)) {
        while !bytes.is_empty() {
            bytes = &bytes[self.framer.feed(bytes)..];
            while let Some(frame) = self.framer.poll() {
                match frame {
                    Frame::Message(message) => {
                        take(self.flow, &Input::Message(&message));
                        self.owes_since = None;
                    }
                    Frame::Refused { refusal, close } => {
                        take(self.flow, &Input::Refused(&refusal));
                        self.broken |= close;
                        self.owes_since = None;
                    }
                    // RFC 5626, 3.5.1: a ping is answered with one CRLF.
                    Frame::Ping => self.unsent.extend_from_slice(b"\r\n"),
                    Frame::Pong => {}
                }
            }
        }
        self.write();
    }

    /// Writes what waits, as far as the kernel takes it.
    fn write(&mut self) {
        self.write_unsent();
        if self.unsent.is_empty() {
            self.opening.clear();
        }
    }

    fn write_unsent(&mut self) {
        while !self.unsent.is_empty() {
            match self.stream.write(&self.unsent) {
                Ok(0) => return,
                Ok(written) => drop(self.unsent.drain(..written)),
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
