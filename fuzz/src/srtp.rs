// SPDX-License-Identifier: EUPL-1.2
//! Any datagram as SRTP or SRTCP: never a panic, and never taken, for whoever made it has no key. Any
//! packet that can be protected comes back as it was.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rtp::limits::SRTP_EXTRA_MAX;
use rtp::srtp::{Mki, Receiver, Refused, Sender, Suite};
use stdx::Redacted;

fuzz_target!(|bytes: &[u8]| {
    let master = Redacted::new([7; 30]);
    for suite in [Suite::Tag80, Suite::Tag32] {
        for mki in [None, Mki::new(1, 4)] {
            let mut receiver = Receiver::new(suite, &master, mki);
            let mut datagram = bytes.to_vec();
            assert!(receiver.unprotect_rtp(&mut datagram).is_err(), "taken without a key");
            assert!(receiver.unprotect_rtcp(&mut datagram).is_err(), "taken without a key");
            assert_eq!((&datagram[..], receiver.progress().count()), (bytes, 0));
        }
        goes_there_and_back(bytes, suite, Sender::protect_rtp, Receiver::unprotect_rtp);
        goes_there_and_back(bytes, suite, Sender::protect_rtcp, Receiver::unprotect_rtcp);
    }
});

type Protect = fn(&mut Sender, &mut [u8], usize) -> Result<usize, Refused>;
type Unprotect = fn(&mut Receiver, &mut [u8]) -> Result<usize, Refused>;

fn goes_there_and_back(bytes: &[u8], suite: Suite, protect: Protect, unprotect: Unprotect) {
    let master = Redacted::new([7; 30]);
    let mut buffer = [bytes, &[0; SRTP_EXTRA_MAX]].concat();
    if let Ok(length) = protect(&mut Sender::new(suite, &master), &mut buffer, bytes.len()) {
        let mut receiver = Receiver::new(suite, &master, None);
        let length = unprotect(&mut receiver, &mut buffer[..length]).expect("it is authentic");
        assert_eq!(&buffer[..length], bytes);
    }
}
