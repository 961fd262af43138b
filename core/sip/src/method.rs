// SPDX-License-Identifier: EUPL-1.2
//! Request methods.

use core::fmt;

/// A request's method. One that we do not know keeps its name at its place in the message and is
/// [`Method::Unknown`] here; the answer to it is 405 with `Allow`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are the RFCs'")]
pub enum Method {
    Invite,
    Ack,
    Bye,
    Cancel,
    Options,
    Register,
    /// RFC 3262.
    Prack,
    /// RFC 3311.
    Update,
    /// RFC 6086.
    Info,
    /// RFC 3515.
    Refer,
    /// RFC 6665.
    Subscribe,
    /// RFC 6665.
    Notify,
    /// RFC 3428.
    Message,
    /// RFC 3903.
    Publish,
    /// Any other token.
    Unknown,
}

impl Method {
    /// Every method that has a name here, with it. Methods are case-sensitive (RFC 3261, 7.1).
    pub const NAMED: [(Method, &'static str); 14] = [
        (Method::Invite, "INVITE"),
        (Method::Ack, "ACK"),
        (Method::Bye, "BYE"),
        (Method::Cancel, "CANCEL"),
        (Method::Options, "OPTIONS"),
        (Method::Register, "REGISTER"),
        (Method::Prack, "PRACK"),
        (Method::Update, "UPDATE"),
        (Method::Info, "INFO"),
        (Method::Refer, "REFER"),
        (Method::Subscribe, "SUBSCRIBE"),
        (Method::Notify, "NOTIFY"),
        (Method::Message, "MESSAGE"),
        (Method::Publish, "PUBLISH"),
    ];

    /// The method of this name.
    #[must_use]
    pub fn of(name: &[u8]) -> Method {
        let named = Method::NAMED.iter().find(|(_, known)| known.as_bytes() == name);
        named.map_or(Method::Unknown, |&(method, _)| method)
    }

    /// The name; none for one that we do not know.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        Method::NAMED.iter().find(|(known, _)| *known == self).map(|&(_, name)| name)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name().unwrap_or("(unknown)"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_there_and_back_and_case_matters() {
        for (method, name) in Method::NAMED {
            assert_eq!(Method::of(name.as_bytes()), method);
            assert_eq!(method.name(), Some(name));
        }
        assert_eq!(Method::of(b"invite"), Method::Unknown);
        assert_eq!(Method::of(b"!interesting-Method0123456789_*+`.%indeed'~"), Method::Unknown);
    }
}
