// SPDX-License-Identifier: EUPL-1.2
//! Any datagram as a SIP message: never a panic; what was accepted is written and read again, and
//! what is answered gets a whole answer.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sip::message::{Framer, Message, Refusal, parse_datagram};

fuzz_target!(|bytes: &[u8]| {
    let source = ([127, 0, 0, 1], 5060).into();
    match parse_datagram(bytes) {
        Ok(message) => {
            let mut written = Vec::new();
            if message.write(&mut written).is_ok() {
                assert!(parse_datagram(&written).is_ok(), "we do not accept what we wrote");
            }
            if let Message::Request(request) = &message {
                let _contacts = request.headers.contacts().count();
                let _routes = request.headers.routes().count();
            }
        }
        Err(Refusal::Answer(answer)) => {
            let mut written = Vec::new();
            answer.write(&mut written, b"tag", source);
            if !written.is_empty() {
                // What was missing in the request is missing in the answer too.
                assert!(written.starts_with(b"SIP/2.0 ") && written.ends_with(b"\r\n\r\n"));
            }
        }
        Err(Refusal::Drop(_)) => {}
    }
    let mut framer = Framer::accepted();
    let mut rest = bytes;
    while !rest.is_empty() && !framer.is_closed() {
        let taken = framer.feed(rest);
        while framer.poll().is_some() {}
        if taken == 0 {
            break;
        }
        rest = &rest[taken..];
    }
});
