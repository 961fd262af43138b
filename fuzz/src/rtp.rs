// SPDX-License-Identifier: EUPL-1.2
//! Any datagram as RTP or RTCP: never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rtp::Packet;
use rtp::rtcp::Compound;

fuzz_target!(|bytes: &[u8]| {
    let _kind = rtp::kind(bytes);
    if let Ok(packet) = Packet::parse(bytes) {
        assert!(packet.payload.len() <= bytes.len());
    }
    if let Ok(compound) = Compound::parse(bytes) {
        let _packets = compound.packets().count();
    }
});
