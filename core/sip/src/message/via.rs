// SPDX-License-Identifier: EUPL-1.2
//! Via: one hop of the way back (RFC 3261, 20.42; RFC 3581; IPv6 as in RFC 5118).

use alloc::vec::Vec;
use core::fmt::Write as _;
use core::net::{IpAddr, SocketAddr};

use super::host::{Host, address, port};
use super::params::Params;
use super::scan::is_space;
use super::scan::{all, around, is_token, number, position, position_or_end, trim, trim_start};
use super::text::push_unfolded;
use super::write::Text;

/// What a branch of RFC 3261 begins with (8.1.1.7).
const MAGIC: &[u8] = b"z9hG4bK";

/// One Via value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Via<'a> {
    /// `SIP` and `2.0`, or what was written instead.
    pub protocol: (&'a [u8], &'a [u8]),
    /// `UDP`, `TCP`, `TLS`, `WS`, `WSS`, or another token.
    pub transport: &'a [u8],
    /// Who sent it: the host of sent-by.
    pub host: Host<'a>,
    /// The port of sent-by, if it is written.
    pub port: Option<u16>,
    /// All parameters.
    pub params: Params<'a>,
}

super::sealed_debug!(Via);

/// The parameter `rport` (RFC 3581).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rport {
    /// Without a value: please answer to the port that this came from.
    Asked,
    /// The port that the request came from.
    Port(u16),
}

impl<'a> Via<'a> {
    /// Reads one Via value and nothing else.
    #[must_use]
    pub fn parse(value: &'a [u8]) -> Option<Via<'a>> {
        let (via, complete) = Via::parse_prefix(value)?;
        complete.then_some(via)
    }

    /// Reads a Via of which at least the hop itself is well-formed, and says whether the parameters
    /// are: enough to send an answer that says what is wrong.
    pub(super) fn parse_prefix(value: &'a [u8]) -> Option<(Via<'a>, bool)> {
        let (name, rest) = split_token(value, |byte| byte == b'/')?;
        let (version, rest) = split_token(rest, |byte| byte == b'/')?;
        let rest = trim_start(rest);
        let (transport, rest) = rest.split_at(position_or_end(rest, is_space));
        if !all(transport, is_token) {
            return None;
        }
        let (host, rest) = Host::split(trim_start(rest))?;
        let (port, rest) = split_spaced_port(trim_start(rest))?;
        let (params, complete) = Params::parse_prefix(rest);
        Some((Via { protocol: (name, version), transport, host, port, params }, complete))
    }

    /// The transaction's name at this hop; with RFC 2543 there is none.
    #[must_use]
    pub fn branch(&self) -> Option<&'a [u8]> {
        self.params.get("branch").filter(|branch| !branch.is_empty())
    }

    /// The branch if it is unique, as those of RFC 3261 are: the magic beginning and something
    /// after it (RFC 3261, 17.2.3; RFC 4475, 3.2.1).
    #[must_use]
    pub fn unique_branch(&self) -> Option<&'a [u8]> {
        let branch = self.branch()?;
        let (magic, rest) = branch.split_at_checked(MAGIC.len())?;
        (magic.eq_ignore_ascii_case(MAGIC) && !rest.is_empty()).then_some(branch)
    }

    /// The address that the request came from, if its receiver found another than sent-by.
    #[must_use]
    pub fn received(&self) -> Option<IpAddr> {
        self.params.get("received").and_then(address)
    }

    /// The port that the request came from, or the wish to know it (RFC 3581).
    #[must_use]
    pub fn rport(&self) -> Option<Rport> {
        match self.params.get("rport")? {
            b"" => Some(Rport::Asked),
            port => number(port).map(Rport::Port),
        }
    }

    /// How many hops a multicast may live.
    #[must_use]
    pub fn ttl(&self) -> Option<u8> {
        self.params.get("ttl").and_then(number)
    }

    /// Where to send the answer instead of sent-by.
    #[must_use]
    pub fn maddr(&self) -> Option<Host<'a>> {
        self.params.get("maddr").and_then(Host::parse)
    }

    /// Writes the value, with what its receiver adds: where it really came from (RFC 3261, 18.2.1;
    /// RFC 3581, 4). What the peer itself claimed about that is left out then.
    pub(super) fn push_to(&self, out: &mut Vec<u8>, source: Option<SocketAddr>) {
        let (name, version) = self.protocol;
        for part in [name, b"/", version, b"/", self.transport, b" "] {
            out.extend_from_slice(part);
        }
        self.host.push_to(out);
        if let Some(port) = self.port {
            push(out, format_args!(":{port}"));
        }
        for param in self.params.iter() {
            if source.is_some() && says_source(param.name) {
                continue;
            }
            out.push(b';');
            out.extend_from_slice(param.name);
            if let Some(value) = param.value {
                out.push(b'=');
                push_unfolded(out, value);
            }
        }
        if let Some(source) = source {
            self.push_source(out, source);
        }
    }

    fn push_source(&self, out: &mut Vec<u8>, source: SocketAddr) {
        let address = source.ip().to_canonical();
        let asked = self.params.has("rport");
        if asked || self.host.address() != Some(address) {
            push(out, format_args!(";received={address}"));
        }
        if asked {
            push(out, format_args!(";rport={}", source.port()));
        }
    }
}

/// Whether a parameter is for the receiver to write.
fn says_source(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"received") || name.eq_ignore_ascii_case(b"rport")
}

/// Writing into memory does not fail.
fn push(out: &mut Vec<u8>, text: core::fmt::Arguments<'_>) {
    let _ = Text(out).write_fmt(text);
}

/// The token before this separator, and what stands behind the separator.
fn split_token(bytes: &[u8], separates: impl Fn(u8) -> bool) -> Option<(&[u8], &[u8])> {
    let (token, rest) = around(bytes, position(bytes, separates)?);
    let token = trim(token);
    all(token, is_token).then_some((token, rest))
}

/// `:port`, white space allowed around the colon (RFC 3261, 25.1: `COLON`).
fn split_spaced_port(bytes: &[u8]) -> Option<(Option<u16>, &[u8])> {
    bytes.strip_prefix(b":").map_or(Some((None, bytes)), |rest| port(trim_start(rest)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    fn via(text: &str) -> Via<'_> {
        Via::parse(text.as_bytes()).unwrap_or_else(|| panic!("{text}"))
    }

    fn with_source(text: &str, source: &str) -> String {
        let mut out = Vec::new();
        via(text).push_to(&mut out, Some(source.parse().unwrap()));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_via_has_all_its_parts_however_it_is_spaced() {
        let via =
            via("SIP  /   2.0\r\n /UDP\r\n    192.0.2.2 : 5062 ;ttl=16; branch =\r\n z9hG4bKa;\
             rport;maddr=h");
        assert_eq!(via.protocol, (&b"SIP"[..], &b"2.0"[..]));
        assert_eq!(via.transport, b"UDP");
        assert_eq!(via.host.address(), Some("192.0.2.2".parse().unwrap()));
        assert_eq!(via.port, Some(5062));
        assert_eq!(via.unique_branch(), Some(&b"z9hG4bKa"[..]));
        assert_eq!(via.rport(), Some(Rport::Asked));
        assert_eq!(via.ttl(), Some(16));
        assert!(via.maddr() == Some(Host::Name(b"h")));
    }

    #[test]
    fn what_a_receiver_added_is_read_with_brackets_and_without() {
        let both = [
            "SIP/2.0/TCP [2001:db8::9]:5060;received=2001:db8::1;rport=5061",
            "SIP/2.0/TCP [2001:db8::9]:5060;received=[2001:db8::1];rport=5061",
        ];
        for text in both {
            assert_eq!(via(text).received(), Some("2001:db8::1".parse().unwrap()));
            assert_eq!(via(text).rport(), Some(Rport::Port(5061)));
        }
        assert_eq!(via("SIP/2.0/UDP h;rport=x;received=y").rport(), None);
    }

    #[test]
    fn a_branch_that_is_only_the_magic_is_not_unique() {
        assert_eq!(via("SIP/2.0/UDP h;branch=z9hG4bK").unique_branch(), None);
        assert_eq!(via("SIP/2.0/UDP h;branch=390skdjuw").unique_branch(), None);
        assert_eq!(via("SIP/2.0/UDP h;branch=z9").unique_branch(), None);
        assert_eq!(via("SIP/2.0/UDP h").branch(), None);
    }

    #[test]
    fn bad_vias_are_refused() {
        for bad in [
            "",
            "SIP/2.0/UDP",
            "SIP/2.0 h",
            "SIP/2.0/UDP ",
            "/2.0/UDP h",
            "SIP/2.0/U(P h",
            "SIP/2.0/UDP h:",
            "SIP/2.0/UDP h:0",
            "SIP/2.0/UDP h x",
            "SIP/2.0/UDP h;;",
            "SIP/2.0/UDP ::1",
        ] {
            assert!(Via::parse(bad.as_bytes()).is_none(), "{bad}");
        }
    }

    #[test]
    fn the_receiver_says_where_it_came_from_and_nobody_else() {
        let told = with_source(
            "SIP/2.0/UDP 192.0.2.1;received=203.0.113.9;branch=z9hG4bK1",
            "192.0.2.1:5062",
        );
        assert_eq!(told, "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1");
        let told = with_source("SIP/2.0/UDP pbx:5070;branch=z9hG4bK1", "192.0.2.1:5062");
        assert_eq!(told, "SIP/2.0/UDP pbx:5070;branch=z9hG4bK1;received=192.0.2.1");
        let told = with_source("SIP/2.0/UDP [::1];rport;branch=z9hG4bK1", "[2001:db8::1]:5062");
        assert_eq!(told, "SIP/2.0/UDP [::1];branch=z9hG4bK1;received=2001:db8::1;rport=5062");
        let told = with_source("SIP/2.0/UDP 192.0.2.1;rport=9", "[::ffff:192.0.2.1]:5062");
        assert_eq!(told, "SIP/2.0/UDP 192.0.2.1;received=192.0.2.1;rport=5062");
    }
}
