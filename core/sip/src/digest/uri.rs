// SPDX-License-Identifier: EUPL-1.2
//! Whether two addresses lead to the same place, as far as digest and registrar have to know.
//!
//! Works on bytes of unknown quality; the full comparison of RFC 3261, 19.1.4 is the messages' matter.

/// A `sip` or `sips` address in its parts.
struct Parts<'a> {
    /// With its colon; of any length, in any case.
    scheme: &'a [u8],
    user: Option<&'a [u8]>,
    host: &'a [u8],
    /// After the last colon of the host; empty if there is none.
    port: &'a [u8],
    /// From the first `;` or `?` on.
    rest: &'a [u8],
}

fn parts(uri: &[u8]) -> Option<Parts<'_>> {
    let colon = uri.iter().position(|&byte| byte == b':')?;
    let (scheme, after) = uri.split_at(colon + 1);
    if !scheme.eq_ignore_ascii_case(b"sip:") && !scheme.eq_ignore_ascii_case(b"sips:") {
        return None;
    }
    // The user part may have `;` and `?` of its own, the host cannot have `@`; a `@` in headers
    // (`?to=a@b`) is taken for the user's, on both sides alike.
    let at = after.iter().rposition(|&byte| byte == b'@');
    let (user, after) = match at {
        Some(at) => (Some(&after[..at]), &after[at + 1..]),
        None => (None, after),
    };
    let end = after.iter().position(|&byte| byte == b';' || byte == b'?').unwrap_or(after.len());
    let (authority, rest) = after.split_at(end);
    let (host, port) = host_and_port(authority);
    Some(Parts { scheme, user, host, port, rest })
}

fn host_and_port(authority: &[u8]) -> (&[u8], &[u8]) {
    let from = authority.iter().rposition(|&byte| byte == b']').unwrap_or(0);
    match authority[from..].iter().position(|&byte| byte == b':') {
        Some(colon) => (&authority[..from + colon], &authority[from + colon + 1..]),
        None => (authority, &[]),
    }
}

fn default_port(scheme: &[u8]) -> &'static [u8] {
    if scheme.eq_ignore_ascii_case(b"sips:") { b"5061" } else { b"5060" }
}

/// Whether the `uri` of an answer means the Request-URI (RFC 7616, 3.4.6).
///
/// Phones leave out parameters and the default port, and write the host in another case; user, host
/// and a port of its own must agree.
pub(crate) fn same_resource(one: &[u8], other: &[u8]) -> bool {
    if one == other {
        return true;
    }
    let (Some(one), Some(other)) = (parts(one), parts(other)) else {
        return false;
    };
    let port = |it: &Parts<'_>| match it.port.is_empty() {
        true => default_port(it.scheme).to_vec(),
        false => it.port.to_vec(),
    };
    one.scheme.eq_ignore_ascii_case(other.scheme)
        && one.user == other.user
        && one.host.eq_ignore_ascii_case(other.host)
        && port(&one) == port(&other)
}

/// Whether two contacts are one binding: scheme and host in any case, everything else byte for byte.
/// A port that is left out is not the default port (RFC 3261, 19.1.4).
pub(crate) fn same_contact(one: &[u8], other: &[u8]) -> bool {
    if one == other {
        return true;
    }
    let (Some(one), Some(other)) = (parts(one), parts(other)) else {
        return false;
    };
    one.scheme.eq_ignore_ascii_case(other.scheme)
        && one.user == other.user
        && one.host.eq_ignore_ascii_case(other.host)
        && (one.port, one.rest) == (other.port, other.rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_uri_of_an_answer_may_be_written_otherwise() {
        let same: &[(&str, &str)] = &[
            ("sip:amt.example", "sip:amt.example"),
            ("sip:amt.example", "SIP:AMT.example;transport=udp"),
            ("sip:amt.example", "sip:amt.example:5060"),
            ("sip:115@amt.example", "sip:115@amt.example;user=phone"),
            ("sips:amt.example:5061", "sips:amt.example"),
            ("sip:a@[2001:DB8::1]:5060", "sip:a@[2001:db8::1]"),
            ("sip:a;x=1@amt.example", "sip:a;x=1@amt.example?subject=x"),
            ("tel:115", "tel:115"),
        ];
        let different: &[(&str, &str)] = &[
            ("sip:amt.example", "sips:amt.example"),
            ("sip:115@amt.example", "sip:116@amt.example"),
            ("sip:115@amt.example", "sip:amt.example"),
            ("sip:Anna@amt.example", "sip:anna@amt.example"),
            ("sip:amt.example", "sip:amt.example:5070"),
            ("sip:a@[2001:db8::1]", "sip:a@[2001:db8::2]"),
            ("tel:115", "tel:116"),
            ("tel:115", "sip:115@amt.example"),
            ("", "sip:amt.example"),
            ("/dir/index.html", "/dir/index"),
        ];
        for (one, other) in same {
            assert!(same_resource(one.as_bytes(), other.as_bytes()), "{one} {other}");
            assert!(same_resource(other.as_bytes(), one.as_bytes()), "{other} {one}");
        }
        for (one, other) in different {
            assert!(!same_resource(one.as_bytes(), other.as_bytes()), "{one} {other}");
            assert!(!same_resource(other.as_bytes(), one.as_bytes()), "{other} {one}");
        }
    }

    #[test]
    fn a_contact_is_known_again_by_its_bytes_but_for_scheme_and_host() {
        assert!(same_contact(b"sip:a@Phone.example;ob", b"SIP:a@phone.example;ob"));
        assert!(!same_contact(b"sip:a@192.0.2.7", b"sip:a@192.0.2.7:5060"));
        assert!(!same_contact(b"sip:a@192.0.2.7;ob", b"sip:a@192.0.2.7"));
        assert!(!same_contact(b"sip:a@192.0.2.7", b"sip:A@192.0.2.7"));
        assert!(same_contact(b"mailto:a@b", b"mailto:a@b"));
        assert!(!same_contact(b"mailto:a@b", b"mailto:a@B"));
    }
}
