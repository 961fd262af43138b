// SPDX-License-Identifier: EUPL-1.2
//! Whether a request comes from our own pages.
//!
//! The rule to keep: nothing changes, and no socket opens, for a request that a browser made for another site. The
//! cookie is never sent with such a request (SameSite=Strict), its `Origin` is another one (RFC 6454), and it cannot
//! carry the header that our pages add, which another site would have to ask for (Fetch Standard, 3.2.2).

use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};
use std::net::IpAddr;

/// The header that our pages add to every request that changes something.
pub(crate) const OURS: &str = "x-amtsleitung";

/// Where browsers reach us, as they write it: `https://115.example.org`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    /// The one that the configuration names.
    Named(String),
    /// Whatever host they ask, by plain HTTP: on this very machine.
    Loopback,
}

impl Address {
    /// Whether browsers reach us by TLS.
    pub(crate) fn is_secure(&self) -> bool {
        match self {
            Address::Named(origin) => origin.starts_with("https:"),
            Address::Loopback => false,
        }
    }

    /// Who asks. A proxy on this machine, which alone makes our address another one, says for whom (the last entry of
    /// X-Forwarded-For is its own).
    pub(crate) fn client(&self, from: IpAddr, headers: &HeaderMap) -> IpAddr {
        let named = matches!(self, Address::Named(_)) && from.is_loopback();
        let last = headers.get_all("x-forwarded-for").iter().next_back();
        let last = last.and_then(|it| it.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
        if named { last.unwrap_or(from) } else { from }
    }

    /// Whether the request comes from a page of ours.
    pub(crate) fn is_origin_of(&self, headers: &HeaderMap) -> bool {
        let text =
            |name| headers.get(name).and_then(|it: &axum::http::HeaderValue| it.to_str().ok());
        let Some(origin) = text(ORIGIN) else { return false };
        match self {
            Address::Named(ours) => origin.eq_ignore_ascii_case(ours),
            Address::Loopback => text(HOST).is_some_and(|host| {
                is_loopback(host) && origin.eq_ignore_ascii_case(&format!("http://{host}"))
            }),
        }
    }
}

/// Whether a host is this machine: a name that somebody else made lead here (DNS rebinding) is none of ours.
fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        Some(_) | None => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    let is_address = name.parse::<IpAddr>().is_ok_and(|it| it.is_loopback());
    is_address || name.eq_ignore_ascii_case("localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(host: &str, origin: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().expect("a header"));
        if let Some(origin) = origin {
            headers.insert(ORIGIN, origin.parse().expect("a header"));
        }
        headers
    }

    #[test]
    fn only_our_own_address_is_ours() {
        let ours = Address::Named("https://115.example.org".into());
        let of = |origin| ours.is_origin_of(&headers("115.example.org", origin));
        assert!(of(Some("https://115.example.org")) && of(Some("HTTPS://115.EXAMPLE.ORG")));
        for other in ["http://115.example.org", "https://115.example.org.evil.example", "null", ""]
        {
            assert!(!of(Some(other)), "{other}");
        }
        assert!(
            !of(None),
            "a browser always says where a request comes from that changes something"
        );
    }

    #[test]
    fn a_proxy_on_this_machine_says_who_asks() {
        let ours = Address::Named("https://115.example.org".into());
        let here: IpAddr = [127, 0, 0, 1].into();
        let away: IpAddr = [192, 0, 2, 7].into();
        let mut told = headers("115.example.org", None);
        // What stands before the last entry, whoever asks may have written.
        told.insert("x-forwarded-for", "198.51.100.1, 192.0.2.7".parse().expect("a header"));
        assert_eq!(ours.client(here, &told), away);
        assert_eq!(ours.client([203, 0, 113, 9].into(), &told), IpAddr::from([203, 0, 113, 9]));
        assert_eq!(Address::Loopback.client(here, &told), here, "there is no proxy");
        assert_eq!(ours.client(here, &headers("115.example.org", None)), here);
    }

    #[test]
    fn on_this_machine_the_host_is_this_machine() {
        let of = |host, origin| Address::Loopback.is_origin_of(&headers(host, Some(origin)));
        assert!(of("127.0.0.1:8115", "http://127.0.0.1:8115"));
        assert!(of("localhost:8115", "http://localhost:8115"));
        assert!(of("[::1]:8115", "http://[::1]:8115"));
        assert!(!of("evil.example:8115", "http://evil.example:8115"), "rebinding");
        assert!(!of("127.0.0.1:8115", "http://127.0.0.1:9000"));
        assert!(!of("127.0.0.1:8115", "https://127.0.0.1:8115"));
    }
}
