// SPDX-License-Identifier: EUPL-1.2
//! Pages whose network lets no UDP out: the same datagrams, each with its length before it, on a TCP connection that the
//! browser opens (RFC 6544; framing by RFC 4571, 2).
//!
//! The rule to keep: a connection is worth nothing until a desk has known a question on it, and nobody's slowness is
//! paid for with memory.

use super::common::STREAMS;
use super::limits::{ACCEPTED_MAX, FRAME_MAX, STRANGER, STREAM_READS_MAX, STREAMS_MAX, UNSENT_MAX};
use mio::event::Source;
use mio::net::{TcpListener, TcpStream};
use mio::{Interest, Registry, Token};
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use stdx::Tick;

/// Bytes of the length before each datagram.
const LENGTH: usize = 2;

/// One connection.
struct Stream {
    socket: TcpStream,
    source: SocketAddr,
    since: Tick,
    /// Whether a desk has known a question on it.
    is_known: bool,
    /// What came and is no whole datagram yet.
    unread: Vec<u8>,
    /// What could not be sent yet.
    unsent: Vec<u8>,
}

/// All connections.
pub(super) struct Streams {
    listener: TcpListener,
    slots: Vec<Option<Stream>>,
    by_source: BTreeMap<SocketAddr, usize>,
}

impl Streams {
    /// Takes connections by this socket from now on.
    pub(super) fn new(listener: TcpListener) -> Streams {
        Streams { listener, slots: Vec::new(), by_source: BTreeMap::new() }
    }

    /// Takes those that wait; whether there may be more.
    pub(super) fn accept(&mut self, now: Tick, registry: &Registry) -> bool {
        for _ in 0..ACCEPTED_MAX {
            let Ok((socket, source)) = self.listener.accept() else { return false };
            // One that cannot be kept is closed, and its browser tries again.
            let _ = self.keep(now, registry, socket, source);
        }
        true
    }

    fn keep(
        &mut self,
        now: Tick,
        registry: &Registry,
        mut socket: TcpStream,
        source: SocketAddr,
    ) -> io::Result<()> {
        if self.by_source.len() >= STREAMS_MAX && !self.close_a_stranger(registry) {
            return Ok(());
        }
        socket.set_nodelay(true)?;
        let free = self.slots.iter().position(Option::is_none).unwrap_or(self.slots.len());
        let token = Token(STREAMS + free);
        registry.register(&mut socket, token, Interest::READABLE | Interest::WRITABLE)?;
        let (is_known, unread, unsent) = (false, Vec::new(), Vec::new());
        let stream = Some(Stream { socket, source, since: now, is_known, unread, unsent });
        match self.slots.get_mut(free) {
            Some(place) => *place = stream,
            None => self.slots.push(stream),
        }
        self.by_source.insert(source, free);
        Ok(())
    }

    /// The oldest connection on which nobody was known makes room; whether there was one.
    fn close_a_stranger(&mut self, registry: &Registry) -> bool {
        let strangers = self.slots.iter().enumerate().filter_map(|(at, stream)| {
            let stream = stream.as_ref().filter(|stream| !stream.is_known)?;
            Some((stream.since, at))
        });
        let oldest = strangers.min();
        if let Some((_, at)) = oldest {
            self.close(registry, at);
        }
        oldest.is_some()
    }

    fn close(&mut self, registry: &Registry, at: usize) {
        let Some(mut stream) = self.slots.get_mut(at).and_then(Option::take) else { return };
        let _ = stream.socket.deregister(registry);
        self.by_source.remove(&stream.source);
    }

    /// Reads what has come on a connection, and sends what waits; whether there may be more to read. One that ends, or
    /// says what cannot be, is closed.
    pub(super) fn ready(&mut self, registry: &Registry, token: Token) -> bool {
        let at = token.0 - STREAMS;
        let Some(stream) = self.slots.get_mut(at).and_then(Option::as_mut) else { return false };
        match stream.flush().and_then(|()| stream.fill()) {
            Ok(more) => more,
            Err(_) => {
                self.close(registry, at);
                false
            }
        }
    }

    /// The next whole datagram of a connection, and whose it is.
    pub(super) fn next(&mut self, token: Token) -> Option<(SocketAddr, Vec<u8>)> {
        let stream = self.slots.get_mut(token.0.checked_sub(STREAMS)?)?.as_mut()?;
        let (length, rest) = stream.unread.split_first_chunk::<LENGTH>()?;
        let length = usize::from(u16::from_be_bytes(*length));
        let datagram = rest.get(..length)?.to_vec();
        stream.unread.drain(..LENGTH + length);
        Some((stream.source, datagram))
    }

    /// A desk knows who is there.
    pub(super) fn is_known(&mut self, source: SocketAddr) {
        let at = self.by_source.get(&source).copied();
        if let Some(stream) = at.and_then(|at| self.slots[at].as_mut()) {
            stream.is_known = true;
        }
    }

    /// Sends a datagram to who is there. What a connection does not take in time is lost, as on a network.
    pub(super) fn send(&mut self, to: SocketAddr, datagram: &[u8]) {
        let at = self.by_source.get(&to).copied();
        let Some(stream) = at.and_then(|at| self.slots[at].as_mut()) else { return };
        let Ok(length) = u16::try_from(datagram.len()) else { return };
        if stream.unsent.len() + LENGTH + datagram.len() > UNSENT_MAX {
            return;
        }
        stream.unsent.extend(length.to_be_bytes());
        stream.unsent.extend(datagram);
        // One that fails is closed when it is ready again, which it is at once.
        let _ = stream.flush();
    }

    /// When [`Streams::elapse`] is wanted.
    pub(super) fn deadline(&self) -> Option<Tick> {
        let strangers = self.slots.iter().flatten().filter(|stream| !stream.is_known);
        strangers.map(|stream| stream.since + STRANGER).min()
    }

    /// Closes connections on which nobody was known in time.
    pub(super) fn elapse(&mut self, now: Tick, registry: &Registry) {
        for at in 0..self.slots.len() {
            let stream = self.slots[at].as_ref();
            if stream.is_some_and(|it| !it.is_known && it.since + STRANGER <= now) {
                self.close(registry, at);
            }
        }
    }
}

impl Stream {
    /// Reads; whether there may be more.
    fn fill(&mut self) -> io::Result<bool> {
        let mut part = [0; LENGTH + FRAME_MAX];
        for _ in 0..STREAM_READS_MAX {
            match self.socket.read(&mut part) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(length) => self.unread.extend(&part[..length]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
            if !self.is_sound() {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
        Ok(true)
    }

    /// Whether the datagram that comes next can be one of ours.
    fn is_sound(&self) -> bool {
        let length = self.unread.first_chunk::<LENGTH>();
        length.is_none_or(|length| usize::from(u16::from_be_bytes(*length)) <= FRAME_MAX)
    }

    fn flush(&mut self) -> io::Result<()> {
        while !self.unsent.is_empty() {
            match self.socket.write(&self.unsent) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(length) => drop(self.unsent.drain(..length)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
