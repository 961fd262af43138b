// SPDX-License-Identifier: EUPL-1.2
//! Legs that hear each other decoded: three in a conference, or two whose codecs are not relayed.
//!
//! ```text
//!  datagram ─▶ voice: frames at 16 kHz ─┐
//!  datagram ─▶ voice ───────────────────┼─▶ every 20 ms the mixer ─▶ each voice in its codec ─▶ its leg's stream
//!  datagram ─▶ voice ───────────────────┘
//! ```
//!
//! The rule to keep: nobody hears itself, and whoever holds is not heard – a telephone on hold may play music of
//! its own.

use super::leg::What;
use super::limits::{KEY_IN_MIX, MIXES_FILL, PHASES};
use super::schedule::Schedule;
use super::words::LegId;
use super::worker::Worker;
use rtp::keys::Key;
use rtp::{Header, Hears, Mixer, WIDE};
use stdx::Tick;

/// Who is in a mix, at most.
pub(super) const MEMBERS_MAX: usize = 3;

const EVERYBODY: Hears = [[true; MEMBERS_MAX]; MEMBERS_MAX];

/// One mix of a thread.
#[derive(Debug)]
pub(super) struct Mix {
    /// The slots of its legs.
    members: [Option<usize>; MEMBERS_MAX],
    mixer: Mixer,
    /// When it has its turn in the beat.
    pub(super) phase: usize,
}

impl Mix {
    fn others(&self, slot: usize) -> impl Iterator<Item = usize> {
        self.members.into_iter().flatten().filter(move |&it| it != slot)
    }

    fn has(&self, slot: usize) -> bool {
        self.members.contains(&Some(slot))
    }
}

impl Worker {
    /// These legs hear each other from now on; whomever they heard before they hear no longer.
    pub(super) fn mix(&mut self, ids: [Option<LegId>; MEMBERS_MAX]) {
        for id in ids.into_iter().flatten() {
            self.part(id);
        }
        let members = ids.map(|id| {
            let (slot, leg) = self.legs.named(id?)?;
            leg.begin_to_mix();
            Some(slot)
        });
        let phase = self.phase_for_mix();
        self.beat.mixes.push(Mix { members, mixer: Mixer::default(), phase });
        let now = self.clock.now();
        self.beat.schedule.get_or_insert_with(|| Schedule::new(now));
    }

    /// The first turn that has room, or the one with the fewest.
    fn phase_for_mix(&self) -> usize {
        let count = |phase| self.beat.mixes.iter().filter(|it| it.phase == phase).count();
        let has_room = (0..PHASES).find(|&phase| count(phase) < MIXES_FILL);
        has_room.or_else(|| (0..PHASES).min_by_key(|&phase| count(phase))).unwrap_or(0)
    }

    /// A leg leaves its mix, if it is in one. Whoever stays alone leaves it too.
    pub(super) fn leave_mix(&mut self, slot: usize) {
        let Some(at) = self.beat.mixes.iter().position(|it| it.has(slot)) else { return };
        let mix = &mut self.beat.mixes[at];
        mix.members.iter_mut().filter(|it| **it == Some(slot)).for_each(|it| *it = None);
        let stay: Vec<usize> = mix.others(slot).collect();
        let ends = stay.len() < 2;
        for slot in stay.into_iter().filter(|_| ends).chain([slot]) {
            if let Some(leg) = self.legs.at(slot) {
                leg.end_mixing();
            }
        }
        if ends {
            self.beat.mixes.swap_remove(at);
        }
    }

    /// Something came on a leg that is mixed: sound for the mix, or a key for all others.
    pub(super) fn hear_in_mix(
        &mut self,
        slot: usize,
        (header, payload): (&Header, &[u8]),
        what: What,
        pressed: Option<Key>,
    ) {
        if what == What::Sound
            && let Some(leg) = self.legs.at(slot)
        {
            leg.say_in_mix(header, payload);
        }
        let Some(key) = pressed else { return };
        let mix = self.beat.mixes.iter().find(|it| it.has(slot));
        let others: Vec<usize> = mix.into_iter().flat_map(|it| it.others(slot)).collect();
        for slot in others {
            if let Some(id) = self.legs.at(slot).filter(|it| it.takes_keys()).map(|it| it.id) {
                self.send_key(id, key, KEY_IN_MIX);
            }
        }
    }

    /// The turn of one mix.
    pub(super) fn serve_mixes(&mut self, phase: usize, now: Tick) {
        let Worker { beat, legs, .. } = self;
        for mix in beat.mixes.iter_mut().filter(|it| it.phase == phase) {
            let mut said = [[0; WIDE]; MEMBERS_MAX];
            for (slot, said) in mix.members.iter().zip(&mut said) {
                if let Some(leg) = slot.and_then(|slot| legs.at(slot)) {
                    leg.give_to_mix(said);
                }
            }
            let mut heard = [[0; WIDE]; MEMBERS_MAX];
            let [a, b, c] = &mut heard;
            mix.mixer.mix([&said[0], &said[1], &said[2]], &EVERYBODY, [a, b, c]);
            for (slot, heard) in mix.members.iter().zip(&heard) {
                if let Some(leg) = slot.and_then(|slot| legs.at(slot)) {
                    leg.take_from_mix(now, heard);
                }
            }
        }
    }
}
