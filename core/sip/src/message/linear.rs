// SPDX-License-Identifier: EUPL-1.2
//! Reading takes steps in proportion to the length, whatever a peer puts in: counted, not timed.
//!
//! Every walk over bytes goes through `scan`, which counts in tests how often it looks at one.
#![cfg(test)]

extern crate std;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use std::println;

use super::fields::Headers;
use super::scan::steps::taken_by;
use super::{Address, Auth, Framer, Name, Uri, Via, parse_datagram};

/// How often a byte may be looked at while a message is read: as a part of a line, of a list, of a
/// value, of a parameter, and once more where the fault of a list is found at its end.
const STEPS_PER_BYTE: usize = 12;

/// What a peer could repeat in the hope that we walk over it again and again.
const PIECES: [&str; 22] = [
    ",",
    ";",
    "\"",
    "\\",
    "\\\"",
    "\",\"",
    "<",
    ">",
    "<,",
    "<>",
    "<>,",
    "\r\n ",
    " ",
    "\t",
    "%41",
    "=",
    ";a",
    ";a=\"\"",
    "<sip:h>,",
    "SIP/2.0/UDP h,",
    "a,",
    "(",
];

const NAMES: [&str; 14] = [
    "Via",
    "From",
    "To",
    "Call-ID",
    "CSeq",
    "Contact",
    "Route",
    "Record-Route",
    "Content-Length",
    "Max-Forwards",
    "Supported",
    "P-Asserted-Identity",
    "Authorization",
    "X-Y",
];

/// A request with one more field, whose value is repeated over as many lines as fit.
fn request(name: &str, piece: &str, length: usize) -> String {
    let line = piece.repeat(length.min(7_000) / piece.len());
    let lines = format!("{name}: {line}\r\n").repeat(1.max(length / 7_000));
    format!(
        "OPTIONS sip:h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\n\
         To: <sip:h>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n{lines}\r\n"
    )
}

fn read_everything(bytes: &[u8]) {
    match parse_datagram(bytes) {
        Ok(message) => touch(message.headers()),
        Err(refusal) => assert!(refusal.fault().is_some()),
    }
}

/// Every list once.
fn touch(headers: &Headers<'_>) {
    let _ = headers.vias().count() + headers.contacts().count() + headers.routes().count();
    let _ = headers.addresses(Name::PAssertedIdentity).count();
    let _ = headers.tokens(Name::Supported).count();
    headers.auth(Name::Authorization).for_each(|auth| assert!(auth.get("x").is_none()));
    headers.fields().iter().for_each(|field| drop(field.value()));
}

#[test]
fn a_message_twice_as_long_takes_twice_the_steps() {
    let mut most = (0, String::new());
    for name in NAMES {
        for piece in PIECES {
            for length in [1_000, 3_500, 7_000, 14_000, 28_000] {
                let text = request(name, piece, length);
                let steps = taken_by(|| read_everything(text.as_bytes()));
                let what = format!("{name}: {piece:?} over {} bytes: {steps} steps", text.len());
                assert!(steps <= STEPS_PER_BYTE * text.len(), "{what}");
                most = most.max((steps * 100 / text.len(), what));
            }
        }
    }
    println!("{} steps per 100 bytes at most: {}", most.0, most.1);
}

#[test]
fn a_datagram_full_of_anything_takes_steps_in_proportion() {
    for piece in PIECES.iter().chain(&["\r\n", "\r", "\n", "\0", "a: b\r\n", "a\r\n", "x"]) {
        for length in [16_000, 32_000, 64_000] {
            let noise = piece.repeat(length / piece.len());
            let head = "INVITE sip:h SIP/2.0\r\n";
            for text in [noise.clone(), format!("{head}{noise}"), format!("{head}{noise}\r\n\r\n")]
            {
                let steps = taken_by(|| drop(parse_datagram(text.as_bytes())));
                assert!(steps <= STEPS_PER_BYTE * text.len(), "{piece:?} {length}: {steps}");
            }
        }
    }
}

#[test]
fn a_single_value_takes_steps_in_proportion() {
    for piece in PIECES {
        for length in [16_000, 32_000, 64_000] {
            let noise = piece.repeat(length / piece.len());
            for head in
                ["", "\"", "<sip:", "sip:a@h;", "SIP/2.0/UDP h;", "Digest a=", "sip:h?", "tel:"]
            {
                let text = format!("{head}{noise}");
                let bytes = text.as_bytes();
                let steps = taken_by(|| {
                    let _ = Address::parse(bytes).map(|it| it.display_text().is_some());
                    let _ = Via::parse(bytes).map(|it| it.unique_branch().is_some());
                    let _ = Uri::parse(bytes).map(|it| it.equivalent(&it));
                    let _ = Auth::parse(bytes).map(|it| it.params().count());
                });
                assert!(
                    steps <= 4 * STEPS_PER_BYTE * text.len(),
                    "{head}{piece:?} {length}: {steps}"
                );
            }
        }
    }
}

#[test]
fn a_stream_that_comes_in_drops_is_not_searched_again_and_again() {
    let text = request("X-Y", "a", 7_000);
    let whole = taken_by(|| drain(text.as_bytes(), usize::MAX));
    let drops = taken_by(|| drain(text.as_bytes(), 1));
    assert!(drops <= 8 * whole, "{whole} at once, {drops} in drops");
}

/// Pipelined messages and pings, in pieces of this size.
fn drain(bytes: &[u8], piece: usize) {
    let stream: Vec<u8> = [bytes, b"\r\n\r\n", bytes].concat();
    let mut framer = Framer::accepted();
    for mut rest in stream.chunks(piece.min(stream.len())) {
        while !rest.is_empty() {
            rest = &rest[framer.feed(rest)..];
            while framer.poll().is_some() {}
        }
    }
}
