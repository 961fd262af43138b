// SPDX-License-Identifier: EUPL-1.2
//! Addresses in the network as the file writes them: `tls:192.0.2.1:5061`, a domain, a range of ports.
//!
//! Rule: addresses are numbers, but for the peers of trunks: their names are looked up by the running centre, again and
//! again, and never here.

use super::county::{Carrier, Peer, SipAddress};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::RangeInclusive;

/// Ports for sound: two legs with two ports each.
const PORTS_MIN: u16 = 4;

/// The lowest port that needs no rights of its own.
const PORT_LOWEST: u16 = 1_024;

/// Characters of a host name (RFC 1035, 2.3.4).
const DOMAIN_MAX: usize = 253;

/// Characters between two dots of a host name (RFC 1035, 2.3.4).
const LABEL_MAX: usize = 63;

/// Why a text is no address for SIP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressError {
    /// It begins with none of `udp:`, `tcp:` and `tls:`.
    Carrier,
    /// Behind it stands no address in numbers.
    Form,
    /// The port is missing or 0.
    Port,
    /// An IPv4 address written as an IPv6 one.
    Mapped,
    /// Nobody has this address: it is for all or for a group.
    Nobody,
}

/// What an address is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// To listen on: all addresses of the machine are possible.
    Listen,
    /// To send to: one of somebody.
    Reach,
}

/// The two kinds of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

impl Family {
    /// The family of an address.
    #[must_use]
    pub const fn of(ip: IpAddr) -> Family {
        match ip {
            IpAddr::V4(_) => Family::V4,
            IpAddr::V6(_) => Family::V6,
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Family::V4 => "IPv4",
            Family::V6 => "IPv6",
        })
    }
}

impl Carrier {
    /// The word of the file.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Carrier::Udp => "udp",
            Carrier::Tcp => "tcp",
            Carrier::Tls => "tls",
        }
    }

    /// The port that is usual.
    #[must_use]
    pub const fn port(self) -> u16 {
        match self {
            Carrier::Udp | Carrier::Tcp => 5_060,
            Carrier::Tls => 5_061,
        }
    }

    fn of(word: &str) -> Option<Carrier> {
        [Carrier::Udp, Carrier::Tcp, Carrier::Tls].into_iter().find(|it| it.word() == word)
    }
}

impl SipAddress {
    /// Reads `udp:192.0.2.1:5060`, `tcp:[2001:db8::1]:5060` or `tls:192.0.2.1:5061`.
    ///
    /// # Errors
    /// If it is none of these, or nobody can be there.
    pub fn parse(text: &str, purpose: Use) -> Result<Self, AddressError> {
        let named = text.split_once(':').and_then(|(word, rest)| Some((Carrier::of(word)?, rest)));
        let (carrier, rest) = named.ok_or(AddressError::Carrier)?;
        let Ok(address) = rest.parse::<SocketAddr>() else {
            let lacks_port = rest.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
            return Err(if lacks_port { AddressError::Port } else { AddressError::Form });
        };
        if address.port() == 0 {
            return Err(AddressError::Port);
        }
        if is_mapped(address.ip()) {
            return Err(AddressError::Mapped);
        }
        let somebody = match purpose {
            Use::Listen => !is_group(address.ip()),
            Use::Reach => !is_group(address.ip()) && !address.ip().is_unspecified(),
        };
        if somebody { Ok(SipAddress { carrier, address }) } else { Err(AddressError::Nobody) }
    }

    /// Its family.
    #[must_use]
    pub const fn family(self) -> Family {
        Family::of(self.address.ip())
    }

    /// The same with the port `further` up, if there is one.
    #[must_use]
    pub fn further(self, further: u16) -> Option<Self> {
        let port = self.address.port().checked_add(further)?;
        let mut address = self.address;
        address.set_port(port);
        Some(SipAddress { address, ..self })
    }
}

impl Peer {
    /// Reads an address as [`SipAddress::parse`] does, or `tls:tel.example.net`, or `udp:tel.example.net:5060`.
    ///
    /// # Errors
    /// If it is neither.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let error = match SipAddress::parse(text, Use::Reach) {
            Ok(address) => return Ok(Peer::At(address)),
            Err(error) => error,
        };
        let named = text.split_once(':').and_then(|(word, rest)| Some((Carrier::of(word)?, rest)));
        let Some((carrier, rest)) = named else { return Err(error) };
        let (domain, port) = match rest.rsplit_once(':') {
            Some((domain, port)) => (domain, Some(port)),
            None => (rest, None),
        };
        let is_name = is_domain(domain) && domain.contains('.') && !domain.starts_with('[');
        if !is_name || domain.parse::<Ipv4Addr>().is_ok() {
            return Err(error);
        }
        let read = |port: &str| {
            let is_plain = port.bytes().all(|byte| byte.is_ascii_digit());
            port.parse::<u16>().ok().filter(|&port| is_plain && port > 0)
        };
        let domain = domain.to_owned();
        match port.map(read) {
            Some(None) => Err(AddressError::Port),
            Some(port) => Ok(Peer::Named { carrier, domain, port }),
            None => Ok(Peer::Named { carrier, domain, port: None }),
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Peer::At(address) => address.fmt(f),
            Peer::Named { carrier, domain, port: None } => write!(f, "{}:{domain}", carrier.word()),
            Peer::Named { carrier, domain, port: Some(port) } => {
                write!(f, "{}:{domain}:{port}", carrier.word())
            }
        }
    }
}

/// Reads the address of a name server: `192.0.2.53`, with a port if it is not 53.
#[must_use]
pub fn name_server(text: &str) -> Option<SocketAddr> {
    let address: SocketAddr =
        text.parse().or_else(|_| text.parse().map(|ip| SocketAddr::new(ip, 53))).ok()?;
    let is_somebody = !address.ip().is_unspecified() && !is_group(address.ip());
    (is_somebody && address.port() > 0).then_some(address)
}

impl fmt::Display for SipAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.carrier.word(), self.address)
    }
}

/// What a text that is no address was probably meant to be.
#[must_use]
pub fn nearest_address(given: &str, purpose: Use) -> Option<String> {
    let plain = given.trim().to_lowercase().replace("//", "");
    let (carrier, plain) = match plain.strip_prefix("sips:") {
        Some(plain) => (Carrier::Tls, plain),
        None => (Carrier::Udp, plain.strip_prefix("sip:").unwrap_or(&plain)),
    };
    let named = plain.split_once(':').and_then(|(word, rest)| Some((Carrier::of(word)?, rest)));
    let (carrier, rest) = named.unwrap_or((carrier, plain));
    let (carrier, port) = (carrier.word(), carrier.port());
    let rest = rest.trim();
    let meant = match rest.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(IpAddr::V6(ip)) => format!("{carrier}:[{ip}]:{port}"),
        Ok(IpAddr::V4(ip)) => format!("{carrier}:{ip}:{port}"),
        Err(_) => match rest.parse::<SocketAddr>() {
            Ok(at) => format!("{carrier}:{}", SocketAddr::new(at.ip().to_canonical(), at.port())),
            Err(_) => return None,
        },
    };
    (meant != given && SipAddress::parse(&meant, purpose).is_ok()).then_some(meant)
}

fn is_mapped(ip: IpAddr) -> bool {
    ip.to_canonical() != ip
}

fn is_group(ip: IpAddr) -> bool {
    ip.is_multicast() || ip == IpAddr::V4(Ipv4Addr::BROADCAST)
}

/// Reads an address at which sound can be received.
#[must_use]
pub fn media_address(text: &str) -> Option<IpAddr> {
    let ip = text.parse::<IpAddr>().ok()?;
    (!ip.is_unspecified() && !is_group(ip) && !is_mapped(ip)).then_some(ip)
}

/// Whether a text is the host part of an address-of-record: a host name in lower case, an IPv4
/// address, or an IPv6 address in brackets.
#[must_use]
pub fn is_domain(text: &str) -> bool {
    if let Some(inner) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        // One way of writing it only: hosts are compared as texts.
        return inner.parse::<Ipv6Addr>().is_ok_and(|ip| {
            ip.to_string() == inner && !ip.is_unspecified() && !is_mapped(IpAddr::V6(ip))
        });
    }
    if let Ok(ip) = text.parse::<Ipv4Addr>() {
        return !ip.is_unspecified() && !is_group(IpAddr::V4(ip));
    }
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_label = |label: &str| {
        (1..=LABEL_MAX).contains(&label.len())
            && label.bytes().all(is_inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    // The last label begins with a letter (RFC 3261, 25.1: toplabel); else it looks like an address.
    let top = text.rsplit('.').next().unwrap_or("");
    text.len() <= DOMAIN_MAX
        && text.split('.').all(is_label)
        && top.starts_with(|first: char| first.is_ascii_lowercase())
}

/// What a text that is no domain was probably meant to be.
#[must_use]
pub fn nearest_domain(given: &str) -> Option<String> {
    let plain = given.trim().to_lowercase().replace("//", "");
    let plain = ["sip:", "http:", "https:"]
        .iter()
        .find_map(|scheme| plain.strip_prefix(scheme))
        .unwrap_or(&plain)
        .trim_end_matches(['.', '/']);
    let meant = match plain.trim_matches(['[', ']']).parse::<Ipv6Addr>() {
        Ok(ip) => format!("[{ip}]"),
        Err(_) => plain.to_owned(),
    };
    (meant != given && is_domain(&meant)).then_some(meant)
}

/// Why a text is no range of ports for sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortsError {
    /// Not two ports with a hyphen between them.
    Form,
    /// The first is larger than the last.
    Reversed,
    /// The first is odd.
    Odd,
    /// The first is below 1024.
    Low,
    /// Fewer than four.
    Few,
}

/// Reads a range of ports for sound, such as `20000-39999`.
///
/// # Errors
/// If it is none.
pub fn media_ports(text: &str) -> Result<RangeInclusive<u16>, PortsError> {
    let port = |digits: &str| match digits.parse::<u16>() {
        Ok(port) if digits.bytes().all(|byte| byte.is_ascii_digit()) => Ok(port),
        Ok(_) | Err(_) => Err(PortsError::Form),
    };
    let (first, last) = text.split_once('-').ok_or(PortsError::Form)?;
    let (first, last) = (port(first)?, port(last)?);
    let count = last.checked_sub(first).ok_or(PortsError::Reversed)?;
    if first < PORT_LOWEST {
        Err(PortsError::Low)
    } else if first % 2 != 0 {
        // RTP has the even ports, RTCP the odd ones behind them (RFC 3550, 11).
        Err(PortsError::Odd)
    } else if count < PORTS_MIN - 1 {
        Err(PortsError::Few)
    } else {
        Ok(first..=last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_written() {
        for text in ["udp:192.0.2.1:5060", "tcp:[2001:db8::1]:5060", "tls:127.0.0.1:1"] {
            assert_eq!(SipAddress::parse(text, Use::Reach).unwrap().to_string(), text);
        }
        for text in ["udp:0.0.0.0:5060", "tcp:[::]:65535"] {
            assert_eq!(SipAddress::parse(text, Use::Listen).unwrap().to_string(), text);
            assert_eq!(SipAddress::parse(text, Use::Reach), Err(AddressError::Nobody));
        }
        let last = SipAddress::parse("udp:192.0.2.1:65535", Use::Reach).unwrap();
        assert_eq!((last.further(0), last.further(1)), (Some(last), None));
    }

    #[test]
    fn other_things_are_no_addresses() {
        let cases = [
            ("", AddressError::Carrier, None),
            ("udp:", AddressError::Form, None),
            ("192.0.2.1", AddressError::Carrier, Some("udp:192.0.2.1:5060")),
            ("192.0.2.1:5061", AddressError::Carrier, Some("udp:192.0.2.1:5061")),
            ("ws:192.0.2.1:5061", AddressError::Carrier, None),
            ("tls:192.0.2.1", AddressError::Port, Some("tls:192.0.2.1:5061")),
            ("sips:192.0.2.1", AddressError::Carrier, Some("tls:192.0.2.1:5061")),
            ("UDP:192.0.2.1:5060", AddressError::Carrier, Some("udp:192.0.2.1:5060")),
            ("sip:192.0.2.1:5060", AddressError::Carrier, Some("udp:192.0.2.1:5060")),
            ("tcp://192.0.2.1:5060", AddressError::Form, Some("tcp:192.0.2.1:5060")),
            ("udp:192.0.2.1", AddressError::Port, Some("udp:192.0.2.1:5060")),
            ("udp:192.0.2.1:0", AddressError::Port, None),
            ("udp:192.0.2.1:65536", AddressError::Form, None),
            ("udp:192.0.2.256:5060", AddressError::Form, None),
            ("udp:amt.example:5060", AddressError::Form, None),
            ("udp:2001:db8::1", AddressError::Port, Some("udp:[2001:db8::1]:5060")),
            ("udp:[::1]", AddressError::Port, Some("udp:[::1]:5060")),
            ("udp:[::ffff:192.0.2.1]:5060", AddressError::Mapped, Some("udp:192.0.2.1:5060")),
            ("udp:224.0.1.75:5060", AddressError::Nobody, None),
            ("udp:255.255.255.255:5060", AddressError::Nobody, None),
            ("udp:[ff02::1]:5060", AddressError::Nobody, None),
            ("udp:١٢٧.0.0.1:5060", AddressError::Form, None),
        ];
        for (text, error, meant) in cases {
            assert_eq!(SipAddress::parse(text, Use::Reach), Err(error), "{text:?}");
            assert_eq!(nearest_address(text, Use::Reach).as_deref(), meant, "{text:?}");
        }
    }

    #[test]
    fn domains_are_told_from_other_texts() {
        let longest = format!("{0}.{0}.{0}.{1}", "a".repeat(63), "a".repeat(61));
        let good = ["servicecenter.example", "a", "xn--mnchen-3ya.example", "192.0.2.1", "[::1]"];
        for text in good.into_iter().chain([longest.as_str()]) {
            assert!(is_domain(text), "{text:?}");
        }
        for (text, meant) in [
            ("", None),
            (".", None),
            ("Servicecenter.example", Some("servicecenter.example")),
            ("servicecenter.example.", Some("servicecenter.example")),
            ("sip:servicecenter.example", Some("servicecenter.example")),
            ("::1", Some("[::1]")),
            ("[0:0:0:0:0:0:0:1]", Some("[::1]")),
            ("[::ffff:192.0.2.1]", None),
            ("0.0.0.0", None),
            ("192.0.2.1:5060", None),
            ("192.0.2", None),
            ("a..b", None),
            ("-a.b", None),
            ("a-.b", None),
            ("a_b.example", None),
            ("münchen.example", None),
            (&format!("{longest}a"), None),
            (&"a".repeat(64), None),
        ] {
            assert!(!is_domain(text), "{text:?}");
            assert_eq!(nearest_domain(text).as_deref(), meant, "{text:?}");
        }
    }

    #[test]
    fn ports_are_a_range() {
        assert_eq!(media_ports("20000-39999"), Ok(20_000..=39_999));
        assert_eq!(media_ports("1024-1027"), Ok(1_024..=1_027));
        assert_eq!(media_ports("65532-65535"), Ok(65_532..=65_535));
        for (text, error) in [
            ("", PortsError::Form),
            ("20000", PortsError::Form),
            ("20000 - 39999", PortsError::Form),
            ("+20000-39999", PortsError::Form),
            ("20000-65536", PortsError::Form),
            ("20000-", PortsError::Form),
            ("39998-20000", PortsError::Reversed),
            ("20001-39999", PortsError::Odd),
            ("1022-39999", PortsError::Low),
            ("20000-20002", PortsError::Few),
        ] {
            assert_eq!(media_ports(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn sound_needs_an_address_of_somebody() {
        assert!(media_address("192.0.2.10").is_some() && media_address("2001:db8::10").is_some());
        for text in ["", "0.0.0.0", "::", "::ffff:192.0.2.1", "224.0.0.1", "[::1]", "a.example"] {
            assert_eq!(media_address(text), None, "{text:?}");
        }
    }
}
