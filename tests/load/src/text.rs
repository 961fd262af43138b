// SPDX-License-Identifier: EUPL-1.2
//! Reads as much of a SIP message as a load tool needs, without keeping anything.
//!
//! Rule: it does not use the parser of the program that it loads, so that both cannot be wrong together.

/// Record-Route fields that a message may have.
const ROUTES_MAX: usize = 4;

/// Via fields that a message may have.
const VIAS_MAX: usize = 4;

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind<'a> {
    /// A request with its method.
    Request(&'a [u8]),
    /// A response with its code.
    Response(u16),
}

/// The parts of a message; a missing one is empty.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen<'a> {
    pub(crate) kind: Kind<'a>,
    pub(crate) vias: [&'a [u8]; VIAS_MAX],
    pub(crate) routes: [&'a [u8]; ROUTES_MAX],
    pub(crate) from: &'a [u8],
    pub(crate) to: &'a [u8],
    pub(crate) call_id: &'a [u8],
    pub(crate) cseq: &'a [u8],
    pub(crate) contact: &'a [u8],
    pub(crate) body: &'a [u8],
}

impl<'a> Seen<'a> {
    /// Reads a datagram; `None` if it is no message.
    pub(crate) fn of(datagram: &'a [u8]) -> Option<Seen<'a>> {
        let (first, mut rest) = line(datagram)?;
        let mut seen = Seen {
            kind: kind(first)?,
            vias: [b""; VIAS_MAX],
            routes: [b""; ROUTES_MAX],
            from: b"",
            to: b"",
            call_id: b"",
            cseq: b"",
            contact: b"",
            body: b"",
        };
        loop {
            let (field, after) = line(rest)?;
            rest = after;
            if field.is_empty() {
                seen.body = rest;
                return Some(seen);
            }
            seen.take(field)?;
        }
    }

    fn take(&mut self, field: &'a [u8]) -> Option<()> {
        let colon = field.iter().position(|&byte| byte == b':')?;
        let (name, value) = (field[..colon].trim_ascii(), field[colon + 1..].trim_ascii());
        let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        match () {
            () if is("Via") || is("v") => push(&mut self.vias, value),
            () if is("Record-Route") => push(&mut self.routes, value),
            () if is("From") || is("f") => self.from = value,
            () if is("To") || is("t") => self.to = value,
            () if is("Call-ID") || is("i") => self.call_id = value,
            () if is("CSeq") => self.cseq = value,
            () if is("Contact") || is("m") => self.contact = value,
            () => {}
        }
        Some(())
    }

    /// The method that a response is about, or the request's own.
    pub(crate) fn method(&self) -> &'a [u8] {
        self.cseq.split(|&byte| byte == b' ').next_back().unwrap_or(b"")
    }

    /// The user whom a request's To names.
    pub(crate) fn user(&self) -> String {
        String::from_utf8_lossy(between(self.to, b"sip:", b'@').unwrap_or(b"")).into_owned()
    }

    /// The last nine digits of the caller's number: which call this is about.
    pub(crate) fn call(&self) -> Option<u64> {
        let user = between(self.from, b"sip:", b'@')?;
        let digits = user.get(user.len().checked_sub(9)?..)?;
        std::str::from_utf8(digits).ok()?.parse().ok()
    }

    /// Where the sound goes: the port of the first `m=audio`.
    pub(crate) fn sound_port(&self) -> Option<u16> {
        let port = between(self.body, b"m=audio ", b' ')?;
        std::str::from_utf8(port).ok()?.parse().ok()
    }

    /// The URI of the Contact.
    pub(crate) fn target(&self) -> &'a [u8] {
        between(self.contact, b"<", b'>').unwrap_or(self.contact)
    }
}

/// One line without its end, and what follows it.
fn line(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = text.iter().position(|&byte| byte == b'\n')?;
    let line = &text[..end];
    Some((line.strip_suffix(b"\r").unwrap_or(line), &text[end + 1..]))
}

fn kind(first: &[u8]) -> Option<Kind<'_>> {
    if let Some(rest) = first.strip_prefix(b"SIP/2.0 ") {
        let code = std::str::from_utf8(rest.get(..3)?).ok()?;
        return Some(Kind::Response(code.parse().ok()?));
    }
    first
        .ends_with(b" SIP/2.0")
        .then(|| Kind::Request(first.split(|&byte| byte == b' ').next().unwrap_or(b"")))
}

/// Further fields than there is room for are not needed.
fn push<'a>(places: &mut [&'a [u8]], value: &'a [u8]) {
    if let Some(free) = places.iter_mut().find(|it| it.is_empty()) {
        *free = value;
    }
}

/// What stands between a mark and the next such byte.
pub(crate) fn between<'a>(text: &'a [u8], mark: &[u8], end: u8) -> Option<&'a [u8]> {
    let at = text.windows(mark.len()).position(|window| window == mark)? + mark.len();
    let rest = &text[at..];
    let end = rest.iter().position(|&byte| byte == end)?;
    Some(&rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &[u8] = b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a;branch=1\r\nv: b\r\n\
        Record-Route: <sip:p;lr>\r\nFROM: <sip:+4941000000017@x>;tag=c\r\nTo: <sip:116@y>;tag=s\r\n\
        Call-ID: 1-17\r\nCSeq: 1 INVITE\r\nContact: <sip:116@127.0.0.1:5160;x=y>\r\n\r\n\
        v=0\r\nm=audio 20002 RTP/AVP 8\r\n";

    #[test]
    fn an_answer_is_understood() {
        let seen = Seen::of(ANSWER).expect("it is a message");
        assert_eq!(seen.kind, Kind::Response(200));
        assert_eq!(seen.method(), b"INVITE");
        assert_eq!(seen.call(), Some(17));
        assert_eq!(seen.sound_port(), Some(20_002));
        assert_eq!(seen.target(), b"sip:116@127.0.0.1:5160;x=y");
        assert_eq!((seen.vias[1], seen.routes[0]), (&b"b"[..], &b"<sip:p;lr>"[..]));
    }

    #[test]
    fn what_is_no_message_is_nothing() {
        for text in
            [&b""[..], b"\r\n\r\n", b"OPTIONS sip:a HTTP/1.1\r\n\r\n", b"SIP/2.0 2x0 OK\r\n\r\n"]
        {
            assert!(Seen::of(text).is_none());
        }
        let request =
            Seen::of(b"BYE sip:a SIP/2.0\r\nFrom: <sip:12@x>\r\n\r\n").expect("it is one");
        assert_eq!((request.kind, request.call()), (Kind::Request(b"BYE"), None));
    }
}
