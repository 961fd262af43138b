// SPDX-License-Identifier: EUPL-1.2
//! Where media goes: an address, or a name that somebody else has to resolve.

use super::text::{Text, cut, words};
use core::net::IpAddr;

/// The longest name of a host (RFC 1035, 2.3.4).
const NAME_BYTES_MAX: usize = 253;

/// A host of an o=, c= or a=rtcp line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Host {
    /// An address.
    Ip(IpAddr),
    /// A name as it was written; the core resolves nothing.
    Name(Text),
}

impl Host {
    /// Reads `IN IP4 address`, `IN IP6 address` or a name in the address's place (RFC 8866, 5.7).
    /// None for another network, and for what is neither an address nor a name.
    #[must_use]
    pub fn of(line: &[u8]) -> Option<Host> {
        let mut words = words(line);
        let (net, family, address) = (words.next()?, words.next()?, words.next()?);
        let internet = net.eq_ignore_ascii_case(b"IN");
        let known = family.eq_ignore_ascii_case(b"IP4") || family.eq_ignore_ascii_case(b"IP6");
        // Behind the slash stand the life time and count of multicast addresses.
        let (address, _) = cut(address, b'/');
        if internet && known { Host::of_address(address) } else { None }
    }

    /// What the address says counts, not the family before it: some phones write IP4 always.
    fn of_address(address: &[u8]) -> Option<Host> {
        let text = core::str::from_utf8(address).ok()?;
        if let Ok(ip) = text.parse() {
            return Some(Host::Ip(ip));
        }
        let letters =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        // A top-level domain has a letter; `010.1.2.3` and `1.2.3` are addresses gone wrong.
        let last = text.trim_end_matches('.').rsplit('.').next()?;
        let named = last.bytes().any(|byte| byte.is_ascii_alphabetic());
        let fits = named && address.len() <= NAME_BYTES_MAX && address.iter().all(letters);
        if fits { Text::new(address).map(Host::Name) } else { None }
    }

    /// Whether it is 0.0.0.0 or ::, "do not send to me" (RFC 3264, 8.4).
    #[must_use]
    pub fn is_unspecified(&self) -> bool {
        match self {
            Host::Ip(ip) => ip.to_canonical().is_unspecified(),
            Host::Name(_) => false,
        }
    }

    /// Whether an address of this family can send there. Of a name it is not known; to 0.0.0.0
    /// nothing is sent.
    #[must_use]
    pub fn is_reachable_from(&self, ours: IpAddr) -> bool {
        match self {
            Host::Ip(ip) => {
                let same_family = ip.to_canonical().is_ipv4() == ours.to_canonical().is_ipv4();
                same_family || self.is_unspecified()
            }
            Host::Name(_) => true,
        }
    }

    /// Whether a call may send there: not to a group, not to everybody.
    #[must_use]
    pub fn is_single(&self) -> bool {
        match self {
            Host::Ip(ip) => match ip.to_canonical() {
                IpAddr::V4(ip) => !ip.is_multicast() && !ip.is_broadcast(),
                IpAddr::V6(ip) => !ip.is_multicast(),
            },
            Host::Name(_) => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    fn read(line: &str) -> alloc::string::String {
        match Host::of(line.as_bytes()) {
            Some(Host::Ip(ip)) => format!("{ip}"),
            Some(Host::Name(name)) => format!("name {name:?}"),
            None => "none".into(),
        }
    }

    #[test]
    fn hosts_are_addresses_names_or_nothing() {
        for (line, expected) in [
            ("IN IP4 192.0.2.1", "192.0.2.1"),
            ("in ip4  192.0.2.1 ", "192.0.2.1"),
            ("IN IP6 2001:db8::1", "2001:db8::1"),
            ("IN IP4 2001:db8::1", "2001:db8::1"),
            ("IN IP4 media.example.de", "name \"media.example.de\""),
            ("IN IP4 media", "name \"media\""),
            ("IN IP4 224.2.1.1/127/3", "224.2.1.1"),
            ("IN IP4 010.1.2.3", "none"),
            ("IN IP4 256.1.2.3", "none"),
            ("IN IP4 1.2.3", "none"),
            ("IN IP6 fe80::1%eth0", "none"),
            ("IN IP4 a/../b", "name \"a\""),
            ("IN IP4 a$b", "none"),
            ("IN IP7 X", "none"),
            ("ATM NSAP 47.0091", "none"),
            ("IN IP4", "none"),
        ] {
            assert_eq!(read(line), expected, "{line}");
        }
    }

    #[test]
    fn groups_and_everybody_are_no_single_host() {
        for line in ["IN IP4 224.2.1.1/127", "IN IP4 255.255.255.255", "IN IP6 ff02::1"] {
            assert!(Host::of(line.as_bytes()).is_some_and(|host| !host.is_single()), "{line}");
        }
        let mapped = Host::of(b"IN IP6 ::ffff:224.0.0.1");
        assert!(mapped.is_some_and(|host| !host.is_single()));
        let mapped = Host::of(b"IN IP6 ::ffff:0.0.0.0");
        assert!(mapped.is_some_and(|host| host.is_unspecified()));
    }
}
