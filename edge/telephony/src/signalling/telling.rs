// SPDX-License-Identifier: EUPL-1.2
//! Place, time and offers, told between the music to who waits.
//!
//! ```text
//!   Wait ─▶ Between: what is due? ─▶ Due ─▶ the centre: what is true now? ─▶ sentences ─▶ Event::Tell
//! ```
//!
//! The rule to keep: what cannot be said whole is not said, and the caller hears music.

use super::callback::may_be_called_back;
use super::exchange::Exchange;
use super::leg::Peer;
use call::between::{Between, Due};
use call::{Event, LegState, Phrase, Sound, spoken};
use centre::Telling;
use stdx::{ContactId, Tick};

use crate::media::Clips;

/// Something is due to be told to a caller; whoever has the centre says what is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToTell {
    /// To whom.
    pub contact: ContactId,
    /// What is due.
    pub due: Due,
}

impl Exchange {
    /// A wait with music begins: what is to be told, and when, follows from the line.
    pub(super) fn begin_telling(&mut self, now: Tick, contact: ContactId) {
        self.stop_telling(contact);
        let Some(it) = self.conversations.get_mut(&contact) else { return };
        if it.call.caller.state() == LegState::Ringing {
            return;
        }
        let between = Between::begins(self.setup.lines[it.line.index()].between, now);
        it.between = Some(between);
        self.tellings.extend(between.deadline().map(|at| (at, contact)));
    }

    /// Nothing more is told to this caller.
    pub(super) fn stop_telling(&mut self, contact: ContactId) {
        let it = self.conversations.get_mut(&contact).and_then(|it| it.between.take());
        if let Some(at) = it.and_then(|it| it.deadline()) {
            self.tellings.remove(&(at, contact));
        }
    }

    /// Who is to be told something by now. Who does not wait any more is told nothing again.
    pub(super) fn find_due(&mut self, now: Tick) {
        while let Some(&(at, contact)) = self.tellings.first().filter(|(at, _)| *at <= now) {
            self.tellings.remove(&(at, contact));
            let Some(it) = self.conversations.get_mut(&contact) else { continue };
            let waits = match it.call.state() {
                call::State::Alone | call::State::Ringing(_) => true,
                call::State::Arrived
                | call::State::PickedUp(_)
                | call::State::Joined(_)
                | call::State::JoinedElsewhere
                | call::State::Conference(_)
                | call::State::Leaving
                | call::State::Over => false,
            };
            let Some(between) = it.between.as_mut().filter(|_| waits) else { continue };
            let due = between.due(now);
            self.tellings.extend(between.deadline().map(|at| (at, contact)));
            self.to_tell.push_back(ToTell { contact, due });
        }
    }

    /// Tells a caller what is true now, as far as the line says it.
    pub(super) fn tell(&mut self, now: Tick, to_tell: ToTell, telling: Telling) {
        let ToTell { contact, due } = to_tell;
        let Some(it) = self.conversations.get(&contact) else { return };
        let line = &self.setup.lines[it.line.index()];
        let said = (due.first || due.again).then(|| sentences(line.between, telling));
        let said = said.and_then(|said| self.setup.phrases.joined(&said));
        let offers = due.offer && telling.callback && self.can_be_called_back(contact);
        let offer = offers.then(|| line.offer.clone()).filter(Clips::has_sound);
        let town_hall = line.town_hall_at(&self.moment).filter(|_| due.first).cloned();
        let parts: Vec<Clips> = town_hall.into_iter().chain(said).chain(offer).collect();
        let Some(message) = Clips::joined(&parts) else { return };
        if let Some(it) = self.conversations.get_mut(&contact) {
            it.message = message;
        }
        self.apply(now, contact, Event::Tell(Sound::Message));
    }

    /// Whether the caller has a number that we call.
    fn can_be_called_back(&self, contact: ContactId) -> bool {
        self.conversations.get(&contact).is_some_and(|it| {
            let is_trunk = matches!(it.caller.peer, Peer::Trunk(_));
            is_trunk && may_be_called_back(&self.plan_of(it.caller.peer), *it.number.expose())
        })
    }
}

fn sentences(rules: call::between::Rules, telling: Telling) -> Vec<Phrase> {
    let place = if rules.position { spoken::place(telling.position) } else { Vec::new() };
    let wait = telling.wait.filter(|_| rules.wait);
    let wait = wait.map(|(from, until)| spoken::wait(from, until)).unwrap_or_default();
    [place, wait].concat()
}
