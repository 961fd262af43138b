// SPDX-License-Identifier: EUPL-1.2
//! What protects one leg's packets on their way: outside this module nothing knows that they were encrypted.
//!
//! The rule to keep: a leg with keys sends nothing in clear and takes nothing in clear. Whatever cannot be
//! protected or proved is dropped and counted.

use super::words::{Srtp, SrtpKey};
use rtp::srtp::{Receiver, Refused, Sender};

/// The contexts of a leg, one for each direction (RFC 3711, 3.2).
#[derive(Debug)]
pub(super) struct Protection {
    keys: Srtp,
    send: Sender,
    receive: Receiver,
}

/// What an agreement means for the stream that goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    /// It goes on.
    Same,
    /// It goes on under another source: who hears it knows nothing of its roll-over counter, which a new source
    /// begins at 0 (RFC 3711, 3.3.1).
    Another,
}

impl Protection {
    /// The first contexts under these keys.
    pub(super) fn new(keys: &Srtp) -> Box<Protection> {
        let (send, receive) = (sender(&keys.send), receiver(&keys.receive));
        Box::new(Protection { keys: *keys, send, receive })
    }

    /// What is in force after an agreement. A direction whose key stays goes on as it is, so that no index is
    /// used twice and nothing that came is taken again; with another key a new context begins.
    pub(super) fn agreed(
        before: Option<Box<Protection>>,
        now: Option<&Srtp>,
    ) -> (Option<Box<Protection>>, Stream) {
        match (before, now) {
            (None, None) => (None, Stream::Same),
            (Some(_), None) => (None, Stream::Same),
            (None, Some(keys)) => (Some(Protection::new(keys)), Stream::Another),
            (Some(before), Some(keys)) if before.keys == *keys => (Some(before), Stream::Same),
            (Some(before), Some(keys)) => {
                let Protection { keys: old, send, receive } = *before;
                let send = if old.send == keys.send { send } else { sender(&keys.send) };
                let same = old.receive == keys.receive;
                let receive = if same { receive } else { receiver(&keys.receive) };
                (Some(Box::new(Protection { keys: *keys, send, receive })), Stream::Another)
            }
        }
    }

    pub(super) fn protect_rtp(&mut self, room: &mut [u8], length: usize) -> Result<usize, Refused> {
        self.send.protect_rtp(room, length)
    }

    pub(super) fn protect_rtcp(
        &mut self,
        room: &mut [u8],
        length: usize,
    ) -> Result<usize, Refused> {
        self.send.protect_rtcp(room, length)
    }

    pub(super) fn open_rtp(&mut self, datagram: &mut [u8]) -> Result<usize, Refused> {
        self.receive.unprotect_rtp(datagram)
    }

    pub(super) fn open_rtcp(&mut self, datagram: &mut [u8]) -> Result<usize, Refused> {
        self.receive.unprotect_rtcp(datagram)
    }
}

fn sender(key: &SrtpKey) -> Sender {
    Sender::new(key.suite, &key.master)
}

fn receiver(key: &SrtpKey) -> Receiver {
    Receiver::new(key.suite, &key.master, key.mki)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtp::srtp::{MASTER_BYTES, Suite};
    use rtp::{Header, Outgoing};
    use stdx::Redacted;

    fn key(byte: u8) -> SrtpKey {
        let master = Redacted::new([byte; MASTER_BYTES]);
        SrtpKey { suite: Suite::Tag80, master, mki: None }
    }

    fn packet(sequence: u16) -> ([u8; 64], usize) {
        let mut room = [0; 64];
        let header =
            Header { marker: false, payload_type: 8, sequence, timestamp: 160, ssrc: 0x1234 };
        let length = Outgoing::new(header, &[0xd5; 20]).write(&mut room).expect("it fits");
        (room, length)
    }

    #[test]
    fn a_key_that_stays_keeps_its_context_and_another_begins_anew() {
        let ours = Srtp { send: key(1), receive: key(2) };
        let mut theirs = Protection::new(&Srtp { send: key(2), receive: key(1) });
        let mut it = Protection::new(&ours);
        let (mut room, length) = packet(7);
        let sealed = theirs.protect_rtp(&mut room, length).expect("protected");
        let mut again = room;
        assert_eq!(it.open_rtp(&mut room[..sealed]), Ok(length));
        let (kept, stream) = Protection::agreed(Some(it), Some(&ours));
        assert_eq!(stream, Stream::Same);
        let mut it = kept.expect("still protected");
        assert_eq!(it.open_rtp(&mut again[..sealed]), Err(Refused::Replayed));
        // They have another key: what came under the old one proves nothing any more.
        let changed = Srtp { receive: key(3), ..ours };
        let (changed, stream) = Protection::agreed(Some(it), Some(&changed));
        assert_eq!(stream, Stream::Another, "they know nothing of our roll-over counter");
        let mut it = changed.expect("still protected");
        assert_eq!(it.open_rtp(&mut again[..sealed]), Err(Refused::Forged));
        // Our own context went on: no index is used twice.
        let (mut room, length) = packet(9);
        assert!(it.protect_rtp(&mut room, length).is_ok());
        let (_, stream) = Protection::agreed(Some(it), None);
        assert_eq!(stream, Stream::Same);
    }

    #[test]
    fn nothing_in_clear_is_taken() {
        let mut it = Protection::new(&Srtp { send: key(1), receive: key(2) });
        let (mut room, length) = packet(7);
        assert_eq!(it.open_rtp(&mut room[..length]), Err(Refused::Forged));
        assert!(!format!("{it:?}").contains("[1, 1"), "no key is shown");
    }
}
