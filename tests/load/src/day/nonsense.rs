// SPDX-License-Identifier: EUPL-1.2
//! What no decent program sends. None of it may touch a call that is up: its Call-IDs are its own.

use stdx::Rng;

/// Of so many messages one is nonsense.
pub(crate) const ONE_OF: u64 = 100;

/// The longest piece of mere bytes.
const BYTES_MAX: u64 = 900;

/// Nonsense, and whether it comes from a stranger instead of the trunk.
pub(crate) fn draw(rng: &mut Rng, last: &[u8], number: u64) -> (Vec<u8>, bool) {
    match rng.below(6) {
        0 => ((0..rng.below(BYTES_MAX)).map(|_| rng.below(256) as u8).collect(), false),
        1 => (cut(rng, &renamed(last, number)), rng.chance(0.5)),
        2 => (bent(rng, renamed(last, number)), true),
        3 => (unknown("BYE", number).into_bytes(), false),
        4 => (unknown("REFER", number).into_bytes(), false),
        _ => (unknown("INVITE", number).into_bytes(), true),
    }
}

/// A message of a call that there is not, without what its method asks for.
fn unknown(method: &str, number: u64) -> String {
    format!(
        "{method} sip:116@127.0.0.1:5160 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5181;branch=z9hG4bKn{number}\r\n\
         From: <sip:nobody@127.0.0.1>;tag=n{number}\r\nTo: <sip:116@127.0.0.1>;tag=none\r\n\
         Call-ID: nonsense-{number}\r\nCSeq: 7 {method}\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
    )
}

/// The same message of another call.
fn renamed(message: &[u8], number: u64) -> Vec<u8> {
    let text = String::from_utf8_lossy(message);
    text.replace("Call-ID: ", &format!("Call-ID: nonsense-{number}-"))
        .replace("branch=z9hG4bK", &format!("branch=z9hG4bKn{number}"))
        .into_bytes()
}

/// Without its end: never a whole message, so that it begins nothing.
fn cut(rng: &mut Rng, message: &[u8]) -> Vec<u8> {
    let head = message.windows(4).position(|it| it == b"\r\n\r\n").unwrap_or(message.len());
    message[..rng.below(head.max(1) as u64) as usize].to_vec()
}

/// With some bytes turned.
fn bent(rng: &mut Rng, mut message: Vec<u8>) -> Vec<u8> {
    for _ in 0..=rng.below(8) {
        let at = rng.below(message.len().max(1) as u64) as usize;
        if let Some(byte) = message.get_mut(at) {
            *byte = rng.below(256) as u8;
        }
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_names_a_call_that_is_up() {
        let real = b"BYE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP c;branch=z9hG4bKr1-day-1-2\r\n\
            Call-ID: day-1-2\r\nCSeq: 2 BYE\r\n\r\n";
        let mut rng = Rng::new(115);
        for number in 0..10_000 {
            let (bytes, _) = draw(&mut rng, real, number);
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains("Call-ID: day-1-2\r\n"), "{text}");
        }
    }
}
