// SPDX-License-Identifier: EUPL-1.2
//! Any bytes as an a=crypto line: never a panic, and what was accepted survives the way out and back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sip::sdp::Crypto;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(crypto) = Crypto::parse(bytes) {
        let again = Crypto::parse(crypto.value().as_bytes()).expect("we accept what we wrote");
        assert_eq!(again, crypto);
    }
});
