// SPDX-License-Identifier: EUPL-1.2
//! What all desks share: sockets, the user agent, the clock, what is drawn, and whom news is told.

use super::page::Make;
use super::streams::Streams;
use super::words::{CallNr, News};
use crate::media::Clock;
use mio::net::UdpSocket;
use mio::{Interest, Registry, Token};
use sip::agent::{CallId, Flow, UserAgent};
use sip::sdp::Origin;
use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use stdx::Rng;

/// Hears what the thread tells, with the telephone's id.
pub(super) type Tell = Box<dyn Fn(&str, News) + Send>;

/// Which desk, by its slot.
pub(super) type Slot = usize;

/// The token of the waker.
pub(super) const WAKER: Token = Token(0);
/// The token of the browsers' socket.
pub(super) const WEB: Token = Token(1);
/// The token of SIP.
pub(super) const SIP: Token = Token(2);
/// The token of connections that browsers open.
pub(super) const TCP: Token = Token(3);
/// The first token of a call's sound.
const FIRST_SOUND: usize = 4;
/// The first token of a connection; sounds never come so far.
pub(super) const STREAMS: usize = 1 << 20;

/// What all desks share.
pub(super) struct Common {
    pub(super) clock: Clock,
    pub(super) ua: UserAgent,
    pub(super) rng: Rng,
    pub(super) make: Make,
    /// The browsers' socket.
    pub(super) web: UdpSocket,
    /// Their connections by TCP.
    pub(super) streams: Streams,
    /// Our side of SIP and the exchange's.
    pub(super) flow: Flow,
    pub(super) domain: String,
    /// Whose a call of SIP is.
    pub(super) by_call: BTreeMap<CallId, (Slot, CallNr)>,
    pub(super) registry: Registry,
    /// Whose sound comes by which token.
    pub(super) sounds: Vec<Option<(Slot, CallNr)>>,
    /// The number of the last call.
    pub(super) last_call: u64,
    pub(super) tell: Tell,
}

impl Common {
    /// A number for a new call.
    pub(super) fn draw_call(&mut self) -> CallNr {
        self.last_call += 1;
        CallNr(self.last_call)
    }

    /// Our address towards the exchange.
    pub(super) fn ip(&self) -> IpAddr {
        self.flow.local.ip()
    }

    /// The origin of our descriptions of one call.
    pub(super) fn draw_origin(&mut self) -> Origin {
        Origin::ours(self.rng.next_u64() as u32, 1, self.ip())
    }

    /// A socket for the sound of a call.
    pub(super) fn open_sound(&mut self, slot: Slot, nr: CallNr) -> io::Result<(UdpSocket, Token)> {
        let mut socket = UdpSocket::bind(SocketAddr::new(self.ip(), 0))?;
        let free = self.sounds.iter().position(Option::is_none);
        let at = free.unwrap_or(self.sounds.len());
        let token = Token(FIRST_SOUND + at);
        self.registry.register(&mut socket, token, Interest::READABLE)?;
        match self.sounds.get_mut(at) {
            Some(place) => *place = Some((slot, nr)),
            None => self.sounds.push(Some((slot, nr))),
        }
        Ok((socket, token))
    }

    /// Gives the socket of a call back.
    pub(super) fn close_sound(&mut self, mut socket: UdpSocket, token: Token) {
        let _ = self.registry.deregister(&mut socket);
        if let Some(place) = self.sounds.get_mut(token.0 - FIRST_SOUND) {
            *place = None;
        }
    }

    /// Whose sound this is.
    pub(super) fn sound_of(&self, token: Token) -> Option<(Slot, CallNr)> {
        *self.sounds.get(token.0.checked_sub(FIRST_SOUND)?)?
    }

    /// The address by which a page at this one reaches us.
    pub(super) fn shown_to(&self, source: SocketAddr) -> Option<SocketAddr> {
        self.make.shown.iter().copied().find(|it| it.is_ipv4() == source.is_ipv4())
    }
}
