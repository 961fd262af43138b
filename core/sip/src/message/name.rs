// SPDX-License-Identifier: EUPL-1.2
//! Names of header fields, their compact forms, and how often each may stand in a message.

/// A header field's name. One that we do not know is [`Name::Other`] here and keeps its own name at
/// its place in the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are the RFCs'")]
pub enum Name {
    Accept,
    AcceptContact,
    AcceptEncoding,
    AcceptLanguage,
    AlertInfo,
    Allow,
    AllowEvents,
    AuthenticationInfo,
    Authorization,
    CallId,
    CallInfo,
    Contact,
    ContentDisposition,
    ContentEncoding,
    ContentLanguage,
    ContentLength,
    ContentType,
    CSeq,
    Date,
    Diversion,
    Event,
    Expires,
    From,
    Geolocation,
    HistoryInfo,
    Identity,
    InReplyTo,
    InfoPackage,
    Join,
    MaxForwards,
    MimeVersion,
    MinExpires,
    MinSe,
    Organization,
    PAccessNetworkInfo,
    PAssertedIdentity,
    PCalledPartyId,
    PChargingVector,
    PEarlyMedia,
    PPreferredIdentity,
    Path,
    Priority,
    Privacy,
    ProxyAuthenticate,
    ProxyAuthorization,
    ProxyRequire,
    RAck,
    Reason,
    RecordRoute,
    RecvInfo,
    ReferSub,
    ReferTo,
    ReferredBy,
    RejectContact,
    RemotePartyId,
    Replaces,
    RequestDisposition,
    Require,
    RetryAfter,
    Route,
    RSeq,
    Server,
    ServiceRoute,
    SessionExpires,
    SessionId,
    SipETag,
    SipIfMatch,
    Subject,
    SubscriptionState,
    Supported,
    TargetDialog,
    Timestamp,
    To,
    Unsupported,
    UserAgent,
    UserToUser,
    Via,
    Warning,
    WwwAuthenticate,
    /// Any other token.
    Other,
}

/// What the parser checks before a message is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// The list of hops; all of them, and at least one.
    Via,
    /// Exactly once.
    From,
    /// Exactly once.
    To,
    /// Exactly once.
    CallId,
    /// Exactly once.
    CSeq,
    /// At most once; many old devices do not send it.
    MaxForwards,
    /// As often as it likes, if it says the same.
    ContentLength,
    /// A list of addresses, or `*`.
    Contact,
    /// A list of addresses.
    Route,
    /// At most once; two of them would leave us to guess.
    Once,
    /// Read when somebody asks.
    Free,
}

/// A row of the table below: the name, how it is written, its compact form.
type Row = (Name, &'static str, Option<u8>, Rule);

/// In the alphabet's order, which is the order of [`Name`].
const NAMED: [Row; 79] = [
    (Name::Accept, "Accept", None, Rule::Free),
    (Name::AcceptContact, "Accept-Contact", Some(b'a'), Rule::Free),
    (Name::AcceptEncoding, "Accept-Encoding", None, Rule::Free),
    (Name::AcceptLanguage, "Accept-Language", None, Rule::Free),
    (Name::AlertInfo, "Alert-Info", None, Rule::Free),
    (Name::Allow, "Allow", None, Rule::Free),
    (Name::AllowEvents, "Allow-Events", Some(b'u'), Rule::Free),
    (Name::AuthenticationInfo, "Authentication-Info", None, Rule::Free),
    (Name::Authorization, "Authorization", None, Rule::Free),
    (Name::CallId, "Call-ID", Some(b'i'), Rule::CallId),
    (Name::CallInfo, "Call-Info", None, Rule::Free),
    (Name::Contact, "Contact", Some(b'm'), Rule::Contact),
    (Name::ContentDisposition, "Content-Disposition", None, Rule::Once),
    (Name::ContentEncoding, "Content-Encoding", Some(b'e'), Rule::Free),
    (Name::ContentLanguage, "Content-Language", None, Rule::Free),
    (Name::ContentLength, "Content-Length", Some(b'l'), Rule::ContentLength),
    (Name::ContentType, "Content-Type", Some(b'c'), Rule::Once),
    (Name::CSeq, "CSeq", None, Rule::CSeq),
    (Name::Date, "Date", None, Rule::Free),
    (Name::Diversion, "Diversion", None, Rule::Free),
    (Name::Event, "Event", Some(b'o'), Rule::Once),
    (Name::Expires, "Expires", None, Rule::Once),
    (Name::From, "From", Some(b'f'), Rule::From),
    (Name::Geolocation, "Geolocation", None, Rule::Free),
    (Name::HistoryInfo, "History-Info", None, Rule::Free),
    (Name::Identity, "Identity", Some(b'y'), Rule::Free),
    (Name::InReplyTo, "In-Reply-To", None, Rule::Free),
    (Name::InfoPackage, "Info-Package", None, Rule::Once),
    (Name::Join, "Join", None, Rule::Once),
    (Name::MaxForwards, "Max-Forwards", None, Rule::MaxForwards),
    (Name::MimeVersion, "MIME-Version", None, Rule::Free),
    (Name::MinExpires, "Min-Expires", None, Rule::Once),
    (Name::MinSe, "Min-SE", None, Rule::Once),
    (Name::Organization, "Organization", None, Rule::Free),
    (Name::PAccessNetworkInfo, "P-Access-Network-Info", None, Rule::Free),
    (Name::PAssertedIdentity, "P-Asserted-Identity", None, Rule::Free),
    (Name::PCalledPartyId, "P-Called-Party-ID", None, Rule::Free),
    (Name::PChargingVector, "P-Charging-Vector", None, Rule::Free),
    (Name::PEarlyMedia, "P-Early-Media", None, Rule::Free),
    (Name::PPreferredIdentity, "P-Preferred-Identity", None, Rule::Free),
    (Name::Path, "Path", None, Rule::Free),
    (Name::Priority, "Priority", None, Rule::Free),
    (Name::Privacy, "Privacy", None, Rule::Free),
    (Name::ProxyAuthenticate, "Proxy-Authenticate", None, Rule::Free),
    (Name::ProxyAuthorization, "Proxy-Authorization", None, Rule::Free),
    (Name::ProxyRequire, "Proxy-Require", None, Rule::Free),
    (Name::RAck, "RAck", None, Rule::Once),
    (Name::Reason, "Reason", None, Rule::Free),
    (Name::RecordRoute, "Record-Route", None, Rule::Route),
    (Name::RecvInfo, "Recv-Info", None, Rule::Free),
    (Name::ReferSub, "Refer-Sub", None, Rule::Once),
    (Name::ReferTo, "Refer-To", Some(b'r'), Rule::Once),
    (Name::ReferredBy, "Referred-By", Some(b'b'), Rule::Once),
    (Name::RejectContact, "Reject-Contact", Some(b'j'), Rule::Free),
    (Name::RemotePartyId, "Remote-Party-ID", None, Rule::Free),
    (Name::Replaces, "Replaces", None, Rule::Once),
    (Name::RequestDisposition, "Request-Disposition", Some(b'd'), Rule::Free),
    (Name::Require, "Require", None, Rule::Free),
    (Name::RetryAfter, "Retry-After", None, Rule::Once),
    (Name::Route, "Route", None, Rule::Route),
    (Name::RSeq, "RSeq", None, Rule::Once),
    (Name::Server, "Server", None, Rule::Free),
    (Name::ServiceRoute, "Service-Route", None, Rule::Free),
    (Name::SessionExpires, "Session-Expires", Some(b'x'), Rule::Once),
    (Name::SessionId, "Session-ID", None, Rule::Free),
    (Name::SipETag, "SIP-ETag", None, Rule::Once),
    (Name::SipIfMatch, "SIP-If-Match", None, Rule::Once),
    (Name::Subject, "Subject", Some(b's'), Rule::Free),
    (Name::SubscriptionState, "Subscription-State", None, Rule::Once),
    (Name::Supported, "Supported", Some(b'k'), Rule::Free),
    (Name::TargetDialog, "Target-Dialog", None, Rule::Once),
    (Name::Timestamp, "Timestamp", None, Rule::Free),
    (Name::To, "To", Some(b't'), Rule::To),
    (Name::Unsupported, "Unsupported", None, Rule::Free),
    (Name::UserAgent, "User-Agent", None, Rule::Free),
    (Name::UserToUser, "User-to-User", None, Rule::Free),
    (Name::Via, "Via", Some(b'v'), Rule::Via),
    (Name::Warning, "Warning", None, Rule::Free),
    (Name::WwwAuthenticate, "WWW-Authenticate", None, Rule::Free),
];

// The parser remembers in a word of 128 bits which names it has seen.
const _: () = assert!(NAMED.len() < 128);

/// Where the names of each letter begin in [`NAMED`], and where the last letter's end.
const LETTERS: [u8; 27] = letters();

const fn letters() -> [u8; 27] {
    let mut starts = [NAMED.len() as u8; 27];
    let mut row = NAMED.len();
    while row > 0 {
        row -= 1;
        let letter = NAMED[row].1.as_bytes()[0].to_ascii_lowercase() - b'a';
        starts[letter as usize] = row as u8;
    }
    let mut letter = 26;
    while letter > 0 {
        letter -= 1;
        if starts[letter] as usize == NAMED.len() {
            starts[letter] = starts[letter + 1];
        }
    }
    starts
}

impl Name {
    /// The name behind these bytes, in any case, in full or compact (RFC 3261, 7.3.1 and 7.3.3).
    #[must_use]
    pub fn of(bytes: &[u8]) -> Name {
        let row = match bytes {
            [compact] => {
                let compact = Some(compact.to_ascii_lowercase());
                NAMED.iter().find(|row| row.2 == compact)
            }
            [first, ..] => {
                let same = |row: &&Row| row.1.as_bytes().eq_ignore_ascii_case(bytes);
                with_letter(*first).iter().find(same)
            }
            [] => None,
        };
        row.map_or(Name::Other, |row| row.0)
    }

    /// How it is written; for [`Name::Other`] a text that is no header field's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.row().map_or("(other)", |row| row.1)
    }

    pub(super) fn rule(self) -> Rule {
        self.row().map_or(Rule::Free, |row| row.3)
    }

    fn row(self) -> Option<&'static Row> {
        NAMED.get(self as usize)
    }
}

fn with_letter(letter: u8) -> &'static [Row] {
    let index = usize::from(letter.to_ascii_lowercase().wrapping_sub(b'a'));
    let start = LETTERS.get(index).copied().map(usize::from);
    let end = LETTERS.get(index + 1).copied().map(usize::from);
    start.zip(end).and_then(|(start, end)| NAMED.get(start..end)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    #[test]
    fn the_table_has_the_order_of_the_names() {
        for (index, &(name, text, ..)) in NAMED.iter().enumerate() {
            assert_eq!(name as usize, index, "{text}");
            assert_eq!(name.as_str(), text);
        }
        assert_eq!(Name::Other as usize, NAMED.len());
        let lower = NAMED.map(|row| row.1.to_ascii_lowercase());
        assert!(lower.is_sorted());
    }

    #[test]
    fn every_name_is_found_in_any_case_and_in_its_compact_form() {
        for (name, text, compact, _) in NAMED {
            assert_eq!(Name::of(text.as_bytes()), name);
            assert_eq!(Name::of(text.to_ascii_lowercase().as_bytes()), name);
            assert_eq!(Name::of(text.to_ascii_uppercase().as_bytes()), name);
            if let Some(compact) = compact {
                assert_eq!(Name::of(&[compact]), name);
                assert_eq!(Name::of(&[compact.to_ascii_uppercase()]), name);
            }
        }
    }

    #[test]
    fn other_names_are_other() {
        let long: String = core::iter::repeat_n('v', 999).collect();
        for text in ["", "n", "z", "-", "Vi", "Viaa", "X-Via", "{ia", "@", "[ia", "\u{e4}", &long] {
            assert_eq!(Name::of(text.as_bytes()), Name::Other, "{text}");
        }
    }
}
