// SPDX-License-Identifier: EUPL-1.2
//! Messages out of a stream: TCP, TLS (RFC 3261, 18.3; keep-alive: RFC 5626, 3.5.1).
//!
//! ```text
//!   feed(bytes) ──▶ [ rest of a message | whole messages | beginning of one ]
//!   poll() ──▶ Message, Refused, Ping, Pong … until None; then feed again
//! ```
//!
//! The rule to keep: after a fault that leaves the end of a message in doubt nothing more is read,
//! and the stream is closed.

use alloc::vec::Vec;
use core::mem;

use super::fault::{Fault, Refusal};
use super::limits::{HEAD_MAX, MESSAGE_MAX};
use super::lines::{Line, Lines};
use super::name::Name;
use super::parse::{Framing, Message, parse, refuse, set_length};
use super::scan::position;

/// Beyond this an empty buffer gives its memory back: most streams are silent most of the time.
const KEPT_CAPACITY: usize = 4 * 1024;

/// Who opened the stream; that side sends pings, the other answers with pongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opener {
    Peer,
    Us,
}

/// Finds messages in a stream.
pub struct Framer {
    opener: Opener,
    buffer: Vec<u8>,
    /// Where the bytes begin that were not handed out yet.
    begin: usize,
    /// How many bytes the last poll handed out.
    handed_out: usize,
    /// How many bytes from `begin` on hold no end of a header.
    searched: usize,
    /// The length of the message at `begin`, once its header is whole.
    length: Option<usize>,
    closed: bool,
}

/// What was found in a stream.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "lives for one call; a box would cost more")]
pub enum Frame<'a> {
    /// An accepted message.
    Message(Message<'a>),
    /// One that is not.
    Refused {
        /// What becomes of it.
        refusal: Refusal<'a>,
        /// Whether the stream has to be closed after the answer, if there is one.
        close: bool,
    },
    /// CRLF CRLF from who opened the stream; answer with CRLF.
    Ping,
    /// CRLF in answer to our ping.
    Pong,
}

/// What stands at the beginning of the buffer.
enum Found {
    Nothing,
    LineBreak,
    Ping,
    Pong,
    Message(usize),
    Broken(Fault),
}

impl Framer {
    /// For a stream that a peer opened.
    #[must_use]
    pub const fn accepted() -> Framer {
        Framer::new(Opener::Peer)
    }

    /// For a stream that we opened.
    #[must_use]
    pub const fn opened() -> Framer {
        Framer::new(Opener::Us)
    }

    const fn new(opener: Opener) -> Framer {
        Framer {
            opener,
            buffer: Vec::new(),
            begin: 0,
            handed_out: 0,
            searched: 0,
            length: None,
            closed: false,
        }
    }

    /// Takes bytes and says how many: never more than one message fits. Poll until nothing comes,
    /// then feed the rest; with that it always goes on.
    pub fn feed(&mut self, bytes: &[u8]) -> usize {
        self.begin += mem::take(&mut self.handed_out);
        if self.closed {
            self.buffer = Vec::new();
            self.begin = 0;
            return bytes.len();
        }
        self.buffer.drain(..self.begin);
        self.begin = 0;
        if self.buffer.is_empty() && KEPT_CAPACITY < self.buffer.capacity() {
            self.buffer = Vec::new();
        }
        let taken = bytes.len().min(MESSAGE_MAX - self.buffer.len());
        self.buffer.extend_from_slice(&bytes[..taken]);
        taken
    }

    /// The next that is complete.
    pub fn poll(&mut self) -> Option<Frame<'_>> {
        loop {
            self.begin += mem::take(&mut self.handed_out);
            if self.closed {
                return None;
            }
            match self.find() {
                Found::Nothing => return None,
                Found::LineBreak => self.hand_out(2),
                Found::Ping => {
                    self.hand_out(4);
                    return Some(Frame::Ping);
                }
                Found::Pong => {
                    self.hand_out(2);
                    return Some(Frame::Pong);
                }
                Found::Message(length) => {
                    self.hand_out(length);
                    let message = &self.buffer[self.begin..self.begin + length];
                    return Some(match parse(message, Framing::Stream) {
                        Ok(message) => Frame::Message(message),
                        Err(refusal) => {
                            let close = refusal.fault().is_none_or(Fault::breaks_stream);
                            self.closed = close;
                            Frame::Refused { refusal, close }
                        }
                    });
                }
                Found::Broken(fault) => {
                    self.closed = true;
                    let refusal = refuse(&self.buffer[self.begin..], fault);
                    return Some(Frame::Refused { refusal, close: true });
                }
            }
        }
    }

    /// Whether a fault has ended the stream; bytes are thrown away from then on.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whether a message has begun and not ended; the edge closes a stream that stays so for long.
    #[must_use]
    pub fn is_within_message(&self) -> bool {
        self.begin + self.handed_out < self.buffer.len()
    }

    fn hand_out(&mut self, length: usize) {
        self.handed_out = length;
        self.searched = 0;
        self.length = None;
    }

    fn find(&mut self) -> Found {
        let rest = &self.buffer[self.begin..];
        match (rest, self.opener) {
            ([] | [b'\r'], _) | ([b'\r', b'\n'] | [b'\r', b'\n', b'\r'], Opener::Peer) => {
                return Found::Nothing;
            }
            ([b'\r', b'\n', b'\r', b'\n', ..], Opener::Peer) => return Found::Ping,
            ([b'\r', b'\n', ..], Opener::Peer) => return Found::LineBreak,
            ([b'\r', b'\n', ..], Opener::Us) => return Found::Pong,
            _ => {}
        }
        let length = match self.length {
            Some(length) => length,
            None => match self.find_length() {
                Ok(Some(length)) => length,
                Ok(None) => return Found::Nothing,
                Err(fault) => return Found::Broken(fault),
            },
        };
        self.length = Some(length);
        if length <= self.buffer.len() - self.begin {
            Found::Message(length)
        } else {
            Found::Nothing
        }
    }

    /// The length of the message, once its header is whole.
    fn find_length(&mut self) -> Result<Option<usize>, Fault> {
        let rest = &self.buffer[self.begin..];
        let Some(head) = head_length(rest, self.searched) else {
            self.searched = rest.len().saturating_sub(3);
            return if rest.len() < HEAD_MAX { Ok(None) } else { Err(Fault::HeadTooLong) };
        };
        if HEAD_MAX < head {
            return Err(Fault::HeadTooLong);
        }
        let body = content_length(&rest[..head])?;
        match head.checked_add(body) {
            Some(length) if length <= MESSAGE_MAX => Ok(Some(length)),
            Some(_) | None => Err(Fault::TooLarge),
        }
    }
}

/// The length of everything before the body.
fn head_length(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += position(bytes.get(at..)?, |byte| byte == b'\r')?;
        if bytes[at..].starts_with(b"\r\n\r\n") {
            return Some(at + 4);
        }
        at += 1;
    }
}

/// What the header says about the body's length; its other faults are found later.
fn content_length(head: &[u8]) -> Result<usize, Fault> {
    let mut length = None;
    let mut lines = Lines::new(head, 0);
    loop {
        match lines.next() {
            Line::Field(field) if field.name == Name::ContentLength => {
                set_length(&mut length, field.raw)?;
            }
            Line::Field(_) | Line::Bad(_) => {}
            Line::End(_) | Line::Cut => return length.ok_or(Fault::LengthMissing),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::{String, ToString};

    fn request(cseq: u32, length: &str, body: &str) -> String {
        format!(
            "MESSAGE sip:115@h SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK{cseq}\r\n\
             From: <sip:a@h>;tag=1\r\nTo: <sip:115@h>\r\nCall-ID: 1\r\nCSeq: {cseq} MESSAGE\r\n\
             {length}\r\n{body}"
        )
    }

    /// What comes out if the stream arrives in pieces of this size.
    fn frames(mut framer: Framer, bytes: &[u8], piece: usize) -> Vec<String> {
        let mut out = Vec::new();
        for mut rest in bytes.chunks(piece) {
            while !rest.is_empty() {
                let taken = framer.feed(rest);
                assert_ne!(taken, 0, "a full buffer always gives something");
                rest = &rest[taken..];
                while let Some(frame) = framer.poll() {
                    out.push(in_words(&frame));
                }
            }
        }
        out
    }

    fn in_words(frame: &Frame<'_>) -> String {
        match frame {
            Frame::Message(message) => {
                let cseq = message.headers().cseq.number;
                format!("{cseq} {}", message.body().escape_ascii())
            }
            Frame::Refused { refusal, close } => {
                let fault =
                    refusal.fault().map_or("not SIP".to_string(), |fault| fault.to_string());
                format!("{fault}{}", if *close { ", close" } else { "" })
            }
            Frame::Ping => "ping".to_string(),
            Frame::Pong => "pong".to_string(),
        }
    }

    #[test]
    fn messages_come_out_whole_however_they_arrive() {
        let stream = [
            "\r\n",
            &request(1, "Content-Length: 4\r\n", "\r\n\r\n"),
            &request(2, "l: 0\r\n", ""),
            "\r\n\r\n",
            &request(3, "CONTENT-LENGTH  : \r\n 03\r\nl: 3\r\n", "abc"),
            "\r\n\r\n\r\n\r\n",
        ]
        .concat();
        for piece in [1, 2, 3, 7, 100, 1000] {
            let out = frames(Framer::accepted(), stream.as_bytes(), piece);
            assert_eq!(out, ["1 \\r\\n\\r\\n", "2 ", "ping", "3 abc", "ping", "ping"], "{piece}");
        }
    }

    #[test]
    fn who_opened_the_stream_gets_pongs() {
        let stream = ["\r\n", &request(1, "l: 1\r\n", "x"), "\r\n\r\n"].concat();
        for piece in [1, 2, 1000] {
            let out = frames(Framer::opened(), stream.as_bytes(), piece);
            assert_eq!(out, ["pong", "1 x", "pong", "pong"]);
        }
    }

    #[test]
    fn a_length_in_doubt_closes_the_stream() {
        let next = request(2, "l: 0\r\n", "");
        for (length, fault) in [
            ("", "Missing Content-Length, close"),
            ("l: 1\r\nContent-Length: 2\r\n", "Two Different Content-Lengths, close"),
            ("l: -1\r\n", "Malformed Content-Length, close"),
            ("l: 1 2\r\n", "Malformed Content-Length, close"),
            ("l: 99999999999999999999\r\n", "Malformed Content-Length, close"),
            ("l: 18446744073709551615\r\n", "Message Too Large, close"),
            ("l: 70000\r\n", "Message Too Large, close"),
            ("X\r\nl: 0\r\n", "Header Line Without Colon, close"),
            ("X: a\nl: 9\r\nl: 0\r\n", "CR or LF Outside of CRLF, close"),
        ] {
            let stream = request(1, length, "") + &next;
            for piece in [1, 1000] {
                assert_eq!(frames(Framer::accepted(), stream.as_bytes(), piece), [fault]);
            }
        }
    }

    #[test]
    fn other_faults_leave_the_stream_open() {
        let stream = request(1, "l: 1\r\nMax-Forwards: x\r\n", "b") + &request(2, "l: 0\r\n", "");
        let out = frames(Framer::accepted(), stream.as_bytes(), 1000);
        assert_eq!(out, ["Malformed Max-Forwards", "2 "]);
    }

    #[test]
    fn what_is_not_sip_and_what_never_ends_closes_the_stream() {
        let web = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n";
        assert_eq!(frames(Framer::accepted(), web, 1000), ["not SIP, close"]);
        let endless = request(1, &"X: y\r\n".repeat(HEAD_MAX), "");
        assert_eq!(frames(Framer::accepted(), endless.as_bytes(), 999), ["Header Too Long, close"]);
        let noise = [b'x'; 3 * MESSAGE_MAX];
        assert_eq!(frames(Framer::accepted(), &noise, MESSAGE_MAX * 2), ["not SIP, close"]);
    }

    #[test]
    fn the_largest_message_fits_and_the_buffer_stays_small() {
        let head = request(1, "Content-Length: 00000\r\n", "").len() + 1;
        let body = "b".repeat(MESSAGE_MAX - head);
        let largest = request(1, &format!("Content-Length:  {:05}\r\n", body.len()), &body);
        assert_eq!(largest.len(), MESSAGE_MAX);
        let mut framer = Framer::accepted();
        let stream = largest.repeat(2);
        assert_eq!(framer.feed(stream.as_bytes()), MESSAGE_MAX);
        assert!(matches!(framer.poll(), Some(Frame::Message(_))));
        assert!(framer.poll().is_none());
        assert!(!framer.is_within_message());
        assert_eq!(framer.feed(b"x"), 1);
        assert!(framer.is_within_message() && framer.buffer.capacity() <= KEPT_CAPACITY);
    }

    #[test]
    fn the_answer_to_a_broken_stream_can_be_sent() {
        let mut framer = Framer::accepted();
        framer.feed(request(7, "", "").as_bytes());
        let Some(Frame::Refused { refusal: Refusal::Answer(answer), close: true }) = framer.poll()
        else {
            panic!()
        };
        let mut out = Vec::new();
        answer.write(&mut out, b"t", "192.0.2.1:5060".parse().unwrap());
        let text = String::from_utf8(out).unwrap();
        assert!(text.starts_with("SIP/2.0 400 Missing Content-Length\r\nVia: "), "{text}");
        assert!(framer.poll().is_none() && framer.is_closed());
    }
}
