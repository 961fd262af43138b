// SPDX-License-Identifier: EUPL-1.2
//! What others computed: RFC 3711, appendix B, and whole packets by another implementation of AES.

use super::derive::{Derivation, Label};
use super::keystream::Keystream;
use super::{Master, Mki, Progress, Receiver, Sender, Suite};
use alloc::vec::Vec;
use stdx::Redacted;

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let byte = |pair: &[u8]| {
        let digit = |at: usize| char::from(pair[at]).to_digit(16).expect("a digit");
        (digit(0) << 4 | digit(1)) as u8
    };
    digits.chunks(2).map(byte).collect()
}

fn array<const LENGTH: usize>(text: &str) -> [u8; LENGTH] {
    hex(text).try_into().expect("the length of the key")
}

/// RFC 3711 B.3, and the key of every packet below.
fn master() -> Master {
    Redacted::new(array("E1F97A0D3E018BE0D64FA32C06DE4139 0EC675AD498AFEEBB6960B3AABE6"))
}

#[test]
fn the_keystream_is_that_of_appendix_b_2() {
    let key = array("2B7E151628AED2A6ABF7158809CF4F3C");
    let salt = array("F0F1F2F3F4F5F6F7F8F9FAFBFCFD");
    let mut stream = alloc::vec![0; 0xff02 * 16];
    Keystream::new(&key, &salt).apply_from(0, &mut stream);
    let first = "E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB
        41E95B3BB0A2E8DD477901E4FCA894C0";
    let last = "EC8CDF7398607CB0F2D21675EA9EA1E4 362B7C3C6773516318A077D7FC5073AE
        6A2CC3787889374FBEB4C81B17BA6C44";
    assert!(stream.starts_with(&hex(first)));
    assert!(stream.ends_with(&hex(last)));
}

#[test]
fn session_keys_are_those_of_appendix_b_3() {
    let derivation = Derivation::new(master().expose());
    let key: [u8; 16] = derivation.key(Label::RtpEncryption);
    assert_eq!(key, array("C61E7A93744F39EE10734AFE3FF7A087"));
    let salt: [u8; 14] = derivation.key(Label::RtpSalt);
    assert_eq!(salt, array("30CBBC08863D8C85D49DB34A9AE1"));
    // The appendix prints the whole blocks that its key of 94 bytes is cut from.
    let authentication: [u8; 96] = derivation.key(Label::RtpAuthentication);
    let expected = "CEBE321F6FF7716B6FD4AB49AF256A15 6D38BAA48F0A0ACF3C34E2359E6CDBCE
        E049646C43D9327AD175578EF7227098 6371C10C9A369AC2F94A8C5FBCDDDC25
        6D6E919A48B610EF17C2041E47403576 6B68642C59BBFC2F34DB60DBDFB2DC68";
    assert_eq!(authentication, array(expected));
}

// The packets were computed with Python: AES in counter mode by OpenSSL (`cryptography` 48), HMAC-SHA1
// by `hashlib` and `hmac`, session keys by RFC 3711 §4.3 under the labels 0 to 5, counter by §4.1.1.

/// Twelve bytes of header, twenty of payload.
const PLAIN: &str = "8008123401020304CAFEBABE A0A1A2A3A4A5A6A7A8A9AAABACADAEAFB0B1B2B3";
const PLAIN_80: &str = "8008123401020304CAFEBABE 455FD544E89775D48FA6D315939B21062FA12151
    6D094ECB5DC59319D63C";
const PLAIN_32: &str = "8008123401020304CAFEBABE 455FD544E89775D48FA6D315939B21062FA12151
    6D094ECB";

/// One source, an extension of one word, five bytes of payload; rolled over sixteen times.
const EXTENDED: &str = "91088001000000A0CAFEBABE 00000007 BEDE000110AA0000 D5D5D5D5D5";
const EXTENDED_80: &str =
    "91088001000000A0CAFEBABE 00000007 BEDE000110AA0000 16F014AF56 7F6441A71234AB481371";

/// A receiver report of one block; the first packet, and the second.
const REPORT: &str = "81C90007CAFEBABE 0BADCAFE000000000000123400000003 0000000000000000";
const REPORT_0: &str = "81C90007CAFEBABE 119A40CFA3C0C7D14DB63794551F1597 2F36A2E29B8F0C69
    80000000 3378F48F3BDFAB22FC4F";
const REPORT_1: &str = "81C90007CAFEBABE D12E620E4F2C1216155329DE52DC0E00 7E44132AC1142D27
    80000001 81A16F558E5C5F59BF4F";

fn protected(
    plain: &str,
    protect: impl FnOnce(&mut [u8], usize) -> Result<usize, super::Refused>,
) -> Vec<u8> {
    let mut buffer = hex(plain);
    let length = buffer.len();
    buffer.resize(length + crate::limits::SRTP_EXTRA_MAX, 0);
    let length = protect(&mut buffer, length).expect("the packet is protected");
    buffer.truncate(length);
    buffer
}

#[test]
fn packets_are_those_that_others_make() {
    for (suite, expected) in [(Suite::Tag80, PLAIN_80), (Suite::Tag32, PLAIN_32)] {
        let mut sender = Sender::new(suite, &master());
        let made = protected(PLAIN, |buffer, length| sender.protect_rtp(buffer, length));
        assert_eq!(made, hex(expected));
    }
    let before = Progress { ssrc: 0xcafe_babe, rtp: Some(0x10_8000), rtcp: None };
    let mut sender = Sender::new(Suite::Tag80, &master()).after(&[before]).expect("one source");
    let made = protected(EXTENDED, |buffer, length| sender.protect_rtp(buffer, length));
    assert_eq!(made, hex(EXTENDED_80));
}

#[test]
fn reports_are_those_that_others_make() {
    for suite in [Suite::Tag80, Suite::Tag32] {
        let mut sender = Sender::new(suite, &master());
        for expected in [REPORT_0, REPORT_1] {
            let made = protected(REPORT, |buffer, length| sender.protect_rtcp(buffer, length));
            assert_eq!(made, hex(expected));
        }
    }
}

#[test]
fn packets_of_others_are_read() {
    let before = Progress { ssrc: 0xcafe_babe, rtp: Some(0x10_8000), rtcp: None };
    for (suite, theirs, plain, progress) in [
        (Suite::Tag80, PLAIN_80, PLAIN, &[][..]),
        (Suite::Tag32, PLAIN_32, PLAIN, &[]),
        (Suite::Tag80, EXTENDED_80, EXTENDED, &[before]),
    ] {
        let receiver = Receiver::new(suite, &master(), None);
        let mut receiver = receiver.after(progress).expect("one source");
        let mut datagram = hex(theirs);
        let length = receiver.unprotect_rtp(&mut datagram).expect("it is authentic");
        assert_eq!(datagram[..length], hex(plain));
    }
    let mut receiver = Receiver::new(Suite::Tag32, &master(), None);
    for theirs in [REPORT_1, REPORT_0] {
        let mut datagram = hex(theirs);
        let length = receiver.unprotect_rtcp(&mut datagram).expect("it is authentic");
        assert_eq!(datagram[..length], hex(REPORT));
    }
}

/// The identifier stands before the tag, and the tag is not over it (RFC 3711 §3.1).
#[test]
fn a_master_key_identifier_is_looked_at_and_taken_away() {
    let mki = Mki::new(0x0102, 3).expect("three bytes hold it");
    let mut receiver = Receiver::new(Suite::Tag32, &master(), Some(mki));
    let with = |mki: &[u8]| {
        let mut datagram = hex(PLAIN_32);
        let tag = datagram.split_off(datagram.len() - 4);
        [&datagram, mki, &tag].concat()
    };
    let refused = receiver.unprotect_rtp(&mut with(&[0, 1, 3]));
    assert_eq!(refused, Err(super::Refused::OtherKey));
    let mut datagram = with(&[0, 1, 2]);
    let length = receiver.unprotect_rtp(&mut datagram).expect("it is authentic");
    assert_eq!(datagram[..length], hex(PLAIN));
    assert_eq!((Mki::new(256, 1), Mki::new(0, 0), Mki::new(0, 129)), (None, None, None));
    assert!(Mki::new(255, 1).is_some() && Mki::new(u64::MAX, 128).is_some());
}
