// SPDX-License-Identifier: EUPL-1.2
//! Where a request came from.

use core::fmt;

/// An IP address as 16 bytes, IPv4 mapped into IPv6 (RFC 4291, 2.5.5.2). Prints as `…`: it may lead
/// to a person.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source(pub [u8; 16]);

const V4_MAPPED: [u8; 12] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

impl Source {
    /// An IPv4 address.
    #[must_use]
    pub fn v4(address: [u8; 4]) -> Source {
        let mut bytes = [0; 16];
        bytes[..12].copy_from_slice(&V4_MAPPED);
        bytes[12..].copy_from_slice(&address);
        Source(bytes)
    }

    /// Those who can change their address at will count as one: a single IPv4 address, but the whole
    /// /64 of an IPv6 address, because that is what one subscriber is given (RFC 6177).
    #[must_use]
    pub fn subscriber(self) -> Source {
        if self.0[..12] == V4_MAPPED {
            return self;
        }
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.0[..8]);
        Source(bytes)
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv4_address_is_one_subscriber_and_an_ipv6_network_is_one() {
        let phone = Source::v4([192, 0, 2, 7]);
        assert_eq!(phone.subscriber(), phone);
        let mut here = [0x20; 16];
        let mut there = here;
        here[15] = 1;
        there[8] = 9;
        assert_eq!(Source(here).subscriber(), Source(there).subscriber());
        there[7] = 9;
        assert_ne!(Source(here).subscriber(), Source(there).subscriber());
    }
}
