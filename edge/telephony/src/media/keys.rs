// SPDX-License-Identifier: EUPL-1.2
//! The keys that are sent to one peer, one after the other, with a pause between them.

use super::limits::{FRAME, KEY_PAUSE, KEYS_WAITING_MAX};
use rtp::OutStream;
use rtp::keys::{KeyPacket, KeyPress, KeySender};
use std::collections::VecDeque;
use stdx::Tick;

/// The key that is sent, and those that wait.
#[derive(Debug, Default)]
pub(crate) struct KeysOut {
    sending: Option<KeySender>,
    waiting: VecDeque<KeyPress>,
    not_before: Tick,
}

impl KeysOut {
    /// Asks for a key to be sent; whether there is room.
    pub(crate) fn press(&mut self, press: KeyPress) -> bool {
        let has_room = self.waiting.len() < KEYS_WAITING_MAX;
        if has_room {
            self.waiting.push_back(press);
        }
        has_room
    }

    /// The packet that is due at `at`; none if there is none.
    pub(crate) fn due(&mut self, at: Tick, out: &OutStream, now: Tick) -> Option<KeyPacket> {
        if self.sending.is_none() && at >= self.not_before {
            let press = self.waiting.pop_front()?;
            self.sending = Some(KeySender::new(at, out.timestamp_now(now), press));
        }
        let packet = self.sending.as_mut()?.poll(at);
        if self.sending.as_ref().is_some_and(|it| it.deadline().is_none()) {
            self.sending = None;
            self.not_before = at + FRAME + KEY_PAUSE;
        }
        packet
    }

    /// When [`KeysOut::due`] is wanted, for who has no beat.
    pub(crate) fn deadline(&self) -> Option<Tick> {
        match &self.sending {
            Some(sending) => sending.deadline().map(|(at, _)| at),
            None => (!self.waiting.is_empty()).then_some(self.not_before),
        }
    }

    /// Whether a key is sent now, which takes the place of the sound.
    pub(crate) fn is_pressing(&self) -> bool {
        self.sending.is_some()
    }

    /// Whether nothing is to be sent.
    pub(crate) fn is_idle(&self) -> bool {
        self.sending.is_none() && self.waiting.is_empty()
    }
}
