// SPDX-License-Identifier: EUPL-1.2
//! Pairs of UDP ports within the operator's range: RTP on the even one, RTCP on the next.
//!
//! The rule to keep: the kernel knows which ports are taken, by us or by others; nothing here
//! remembers it, so nothing here can forget to give one back.

use mio::net::UdpSocket;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;

/// Where the next search begins.
#[derive(Clone, Debug)]
pub(super) struct Ports {
    first: u16,
    pairs: u16,
    next: u16,
}

/// The sockets of one leg.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) rtp: UdpSocket,
    /// None if both share one port.
    pub(super) rtcp: Option<UdpSocket>,
    pub(super) port: u16,
}

/// Why there is no pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoPair {
    /// Each one in the range is taken.
    Exhausted,
    /// The address cannot be bound at all, or the process has no more files.
    Bind(io::ErrorKind),
}

impl Ports {
    pub(super) fn new(range: &RangeInclusive<u16>) -> Ports {
        let first = range.start().saturating_add(range.start() % 2);
        let ports = (u32::from(*range.end()) + 1).saturating_sub(u32::from(first));
        Ports { first, pairs: (ports / 2) as u16, next: 0 }
    }

    /// Binds the next free pair. Ports go round, so that a late packet of an ended call does not
    /// meet a new one at once.
    pub(super) fn bind(&mut self, local: IpAddr, mux: bool) -> Result<Pair, NoPair> {
        for _ in 0..self.pairs {
            let port = self.first + self.next * 2;
            self.next = (self.next + 1) % self.pairs;
            match bind_pair(local, port, mux) {
                Ok(pair) => return Ok(pair),
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
                Err(error) => return Err(NoPair::Bind(error.kind())),
            }
        }
        Err(NoPair::Exhausted)
    }
}

fn bind_pair(local: IpAddr, port: u16, mux: bool) -> io::Result<Pair> {
    let rtp = UdpSocket::bind(SocketAddr::new(local, port))?;
    let rtcp = if mux { None } else { Some(UdpSocket::bind(SocketAddr::new(local, port + 1))?) };
    Ok(Pair { rtp, rtcp, port })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_begin_at_even_ports_and_lie_within_the_range() {
        let of = |range| {
            let ports = Ports::new(&range);
            (ports.first, ports.pairs)
        };
        assert_eq!(of(20_000..=39_999), (20_000, 10_000));
        assert_eq!(of(20_001..=20_004), (20_002, 1));
        assert_eq!(of(20_001..=20_002), (20_002, 0));
        assert_eq!(of(65_534..=65_535), (65_534, 1));
        assert_eq!(of(65_535..=65_535), (65_535, 0));
    }
}
