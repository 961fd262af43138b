// SPDX-License-Identifier: EUPL-1.2
//! Hosts and ports as URIs and Vias write them (RFC 3261, 25.1; IPv6 references).

use alloc::vec::Vec;
use core::fmt::Write as _;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::limits::HOST_MAX;
use super::scan::{around, is_host, number, position, position_or_end};
use super::write::Text;

/// A host: a name or an address.
#[derive(Clone, Copy, Eq)]
pub enum Host<'a> {
    /// A domain name as it was written.
    Name(&'a [u8]),
    /// An IPv4 address.
    V4(Ipv4Addr),
    /// An IPv6 reference, without its brackets.
    V6(Ipv6Addr),
}

super::sealed_debug!(Host);

/// Names are the same in any case (RFC 3261, 19.1.4).
impl PartialEq for Host<'_> {
    fn eq(&self, other: &Host<'_>) -> bool {
        match (self, other) {
            (Host::Name(one), Host::Name(two)) => one.eq_ignore_ascii_case(two),
            (Host::V4(one), Host::V4(two)) => one == two,
            (Host::V6(one), Host::V6(two)) => one == two,
            (Host::Name(_) | Host::V4(_) | Host::V6(_), _) => false,
        }
    }
}

impl<'a> Host<'a> {
    /// Reads a host and nothing else: `pbx.example.de`, `192.0.2.1`, `[2001:db8::1]`.
    #[must_use]
    pub fn parse(bytes: &'a [u8]) -> Option<Host<'a>> {
        Host::split(bytes).filter(|(_, rest)| rest.is_empty()).map(|(host, _)| host)
    }

    /// The address, if it is one.
    #[must_use]
    pub fn address(self) -> Option<IpAddr> {
        match self {
            Host::Name(_) => None,
            Host::V4(address) => Some(IpAddr::V4(address)),
            Host::V6(address) => Some(IpAddr::V6(address)),
        }
    }

    /// Reads a host at the beginning; the second part is what follows.
    pub(super) fn split(bytes: &'a [u8]) -> Option<(Host<'a>, &'a [u8])> {
        if let Some(inside) = bytes.strip_prefix(b"[") {
            let (address, rest) = around(inside, position(inside, |byte| byte == b']')?);
            let address = core::str::from_utf8(address).ok()?.parse().ok()?;
            return Some((Host::V6(address), rest));
        }
        let (name, rest) = bytes.split_at(position_or_end(bytes, |byte| !is_host(byte)));
        Some((Host::name_or_v4(name)?, rest))
    }

    fn name_or_v4(name: &'a [u8]) -> Option<Host<'a>> {
        if position(name, |byte| byte != b'.' && !byte.is_ascii_digit()).is_none() {
            // The last label of a name begins with a letter, so this can only be an address.
            return v4(name).map(Host::V4);
        }
        let labels = name.first() != Some(&b'.') && !name.windows(2).any(|two| two == b"..");
        (labels && name.len() <= HOST_MAX).then_some(Host::Name(name))
    }

    pub(super) fn push_to(self, out: &mut Vec<u8>) {
        // Writing into memory does not fail.
        let _ = match self {
            Host::Name(name) => {
                out.extend_from_slice(name);
                Ok(())
            }
            Host::V4(address) => write!(Text(out), "{address}"),
            Host::V6(address) => write!(Text(out), "[{address}]"),
        };
    }
}

/// Four numbers without leading zeros: what `Ipv4Addr` reads, at a fifth of the cost. Most hosts are of
/// this kind, and a message has ten of them.
fn v4(text: &[u8]) -> Option<Ipv4Addr> {
    let mut octets = [0; 4];
    let mut parts = text.split(|&byte| byte == b'.');
    for octet in &mut octets {
        *octet = match *parts.next()? {
            [digit] => digit - b'0',
            [first @ b'1'..=b'9', second] => (first - b'0') * 10 + second - b'0',
            [first @ b'1'..=b'2', second, third] => {
                let [first, second, third] = [first, second, third].map(|it| u16::from(it - b'0'));
                u8::try_from(first * 100 + second * 10 + third).ok()?
            }
            _ => return None,
        };
    }
    parts.next().is_none().then(|| Ipv4Addr::from(octets))
}

/// Reads `:port` at the beginning, if it is there.
pub(super) fn split_port(bytes: &[u8]) -> Option<(Option<u16>, &[u8])> {
    bytes.strip_prefix(b":").map_or(Some((None, bytes)), port)
}

/// Reads what stands behind the colon; port 0 is nobody's.
pub(super) fn port(bytes: &[u8]) -> Option<(Option<u16>, &[u8])> {
    let (digits, rest) = bytes.split_at(position_or_end(bytes, |byte| !byte.is_ascii_digit()));
    let port = number(digits).filter(|&port: &u16| port != 0)?;
    Some((Some(port), rest))
}

/// An address as `received` has it: IPv6 with brackets or without (RFC 5118, 4.5).
pub(super) fn address(bytes: &[u8]) -> Option<IpAddr> {
    let inside = bytes.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]"));
    core::str::from_utf8(inside.unwrap_or(bytes)).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_the_standard_library_reads_them() {
        let parts = [
            "", "0", "00", "01", "9", "10", "99", "100", "199", "200", "249", "255", "256", "299",
            "300", "1234",
        ];
        for first in parts {
            for last in parts {
                for text in [
                    alloc::format!("{first}.0.12.{last}"),
                    alloc::format!("1.{first}.{last}"),
                    alloc::format!("1.2.{first}.{last}.5"),
                    alloc::format!("1.2.3.4{first}."),
                ] {
                    assert_eq!(v4(text.as_bytes()), text.parse().ok(), "{text}");
                }
            }
        }
    }

    #[test]
    fn names_and_addresses_are_told_apart() {
        assert!(Host::parse(b"PBX.example.de") == Some(Host::Name(b"pbx.EXAMPLE.de")));
        assert!(Host::parse(b"sip_1.example.") == Some(Host::Name(b"sip_1.example.")));
        assert!(Host::parse(b"192.0.2.1") == Some(Host::V4(Ipv4Addr::new(192, 0, 2, 1))));
        assert!(Host::parse(b"[::1]") == Some(Host::V6(Ipv6Addr::LOCALHOST)));
        assert!(Host::parse(b"3com.example").is_some());
    }

    #[test]
    fn what_is_neither_is_refused() {
        let long = [b'a'; HOST_MAX + 1];
        let bad: [&[u8]; 14] = [
            b"",
            b".",
            b".a",
            b"a..b",
            b"192.0.2.256",
            b"192.0.2",
            b"010.0.0.1",
            b"[::1",
            b"::1",
            b"[1.2.3.4]",
            b"[fe80::1%eth0]",
            b"[]",
            b"m\xfcnchen.example",
            &long,
        ];
        for host in bad {
            assert!(Host::parse(host).is_none(), "{}", host.escape_ascii());
        }
    }

    #[test]
    fn ports_are_from_1_to_65535() {
        assert_eq!(split_port(b":5060;x"), Some((Some(5060), &b";x"[..])));
        assert_eq!(split_port(b";x"), Some((None, &b";x"[..])));
        for bad in [&b":"[..], b":0", b":65536", b":x", b":-1"] {
            assert_eq!(split_port(bad), None);
        }
    }
}
