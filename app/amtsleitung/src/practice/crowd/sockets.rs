// SPDX-License-Identifier: EUPL-1.2
//! The crowd's sockets: one for the citizens' exchange, one for each telephone at a desk, all of them
//! for this machine only.

use mio::net::UdpSocket;
use mio::{Events, Interest, Poll, Token, Waker};
use sip::agent::{Flow, Transmit};
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::sound::HERE;

const WAKER: Token = Token(usize::MAX);

/// Sockets that one wait names: every desk of a practice.
const READY_MAX: usize = 64;

/// The largest datagram.
const DATAGRAM_MAX: usize = 65_535;

/// Which socket; the first one is the exchange's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::practice) struct Place(pub(super) usize);

/// The citizens' exchange.
pub(in crate::practice) const EXCHANGE: Place = Place(0);

/// All of them.
pub(in crate::practice) struct Sockets {
    poll: Poll,
    events: Events,
    waker: Arc<Waker>,
    sockets: Vec<(SocketAddr, UdpSocket)>,
    input: Vec<u8>,
}

impl Sockets {
    /// Binds the exchange's and those of so many telephones.
    pub(in crate::practice) fn open(telephones: usize) -> io::Result<Sockets> {
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKER)?);
        let mut sockets = Vec::new();
        for at in 0..=telephones {
            let mut socket = UdpSocket::bind(SocketAddr::new(HERE, 0))?;
            poll.registry().register(&mut socket, Token(at), Interest::READABLE)?;
            sockets.push((socket.local_addr()?, socket));
        }
        let events = Events::with_capacity(READY_MAX);
        Ok(Sockets { poll, events, waker, sockets, input: vec![0; DATAGRAM_MAX] })
    }

    pub(super) fn waker(&self) -> Arc<Waker> {
        Arc::clone(&self.waker)
    }

    /// Where one of them is.
    pub(in crate::practice) fn address(&self, place: Place) -> SocketAddr {
        self.sockets[place.0].0
    }

    /// Whose address of ours this is.
    pub(super) fn place(&self, local: SocketAddr) -> Option<Place> {
        self.sockets.iter().position(|(address, _)| *address == local).map(Place)
    }

    /// Waits until something comes, somebody wakes us, or the time is over.
    pub(super) fn wait(&mut self, timeout: Duration) {
        // An interrupted wait names no sockets; all of them are read in any case.
        if self.poll.poll(&mut self.events, Some(timeout)).is_err() {
            self.events.clear();
        }
    }

    /// The next datagram from the server, and by which way it came. What others send is no call.
    pub(super) fn next(&mut self, server: SocketAddr) -> Option<(Flow, &[u8])> {
        for (local, socket) in &self.sockets {
            loop {
                match socket.recv_from(&mut self.input) {
                    Ok((length, from)) if from == server => {
                        return Some((Flow::udp(*local, from), &self.input[..length]));
                    }
                    Ok(_) => {}
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    // What an earlier message of ours met on its way; others stand behind it.
                    Err(_) => {}
                }
            }
        }
        None
    }

    /// Sends a message; one that is lost is sent again by who sent it.
    pub(super) fn send(&self, transmit: &Transmit) {
        let Transmit { flow, bytes } = transmit;
        if let Some(place) = self.place(flow.local) {
            let _ = self.sockets[place.0].1.send_to(bytes, flow.remote);
        }
    }
}
