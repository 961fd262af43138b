// SPDX-License-Identifier: EUPL-1.2
//! Any bytes as a session description: never a panic, and what was accepted survives the way out
//! and back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sip::sdp::Session;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(session) = Session::parse(bytes) {
        let again = Session::parse(&session.to_bytes()).expect("we accept what we wrote");
        assert_eq!(again, session);
        let _streams = session.streams().count();
    }
});
