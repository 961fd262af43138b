// SPDX-License-Identifier: EUPL-1.2
//! From a session description to bytes.
//!
//! Every value is a [`Text`](super::Text), which cannot leave its line, so nothing that came from
//! one peer can become a line for another.

use super::Lines;
use super::session::{Media, Origin, Session};
use alloc::vec::Vec;

/// The description, with CRLF.
pub(super) fn session(session: &Session) -> Vec<u8> {
    let mut out = Vec::with_capacity(length(session));
    write(session, &mut out);
    out
}

/// How many bytes it has.
pub(super) fn length(session: &Session) -> usize {
    let mut length = Length(0);
    write(session, &mut length);
    length.0
}

/// Where bytes go.
trait Out {
    fn put(&mut self, bytes: &[u8]);
}

impl Out for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// Counts them only.
struct Length(usize);

impl Out for Length {
    fn put(&mut self, bytes: &[u8]) {
        self.0 += bytes.len();
    }
}

fn write(session: &Session, out: &mut impl Out) {
    out.put(b"v=0\r\n");
    origin(&session.origin, out);
    lines(&session.lines, out);
    for stream in &session.media {
        media(stream, out);
        lines(&stream.lines, out);
    }
}

fn origin(origin: &Origin, out: &mut impl Out) {
    out.put(b"o=");
    out.put(origin.user());
    out.put(b" ");
    number(origin.id, out);
    out.put(b" ");
    number(origin.version, out);
    out.put(b" ");
    out.put(origin.address.as_bytes());
    out.put(b"\r\n");
}

fn lines(lines: &Lines, out: &mut impl Out) {
    for line in lines.iter() {
        out.put(&[line.kind(), b'=']);
        out.put(line.value());
        out.put(b"\r\n");
    }
}

fn media(media: &Media, out: &mut impl Out) {
    out.put(b"m=");
    out.put(media.kind_name());
    out.put(b" ");
    number(media.port.into(), out);
    if media.count != 1 {
        out.put(b"/");
        number(media.count.into(), out);
    }
    out.put(b" ");
    out.put(media.protocol_name());
    for format in media.formats() {
        out.put(b" ");
        out.put(format);
    }
    out.put(b"\r\n");
}

/// A number in digits, from the last one on.
fn number(mut number: u64, out: &mut impl Out) {
    let mut digits = [b'0'; 20];
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] += (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.put(&digits[start..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_digits() {
        for (value, digits) in [(0, "0"), (9, "9"), (10, "10"), (u64::MAX, "18446744073709551615")]
        {
            let mut out = Vec::new();
            number(value, &mut out);
            assert_eq!(out, digits.as_bytes());
        }
    }
}
