// SPDX-License-Identifier: EUPL-1.2
//! Callers: when they call, how long they wait, what they want while they wait, and whether they call
//! again.

use super::elsewhere::leaves_elsewhere;
use super::{Caller, Happening, People, Phase, stream, talk_length};
use crate::chance;
use crate::spec::Behaviour;
use acd::First;
use acd::contact::Parting;
use centre::{Event, NotReached, Via};
use promise::{ContactRecord, Fate, FateReason};
use stdx::{AgentId, CallerToken, ContactId, LineId, Micros, Rng, Tick};

/// Callers who try again do so at most this often.
const REDIALS_MAX: u8 = 5;

impl People {
    /// Draws the calls of one half-hour, each at a moment of its own.
    pub(super) fn begin_slot(&mut self, now: Tick, index: usize) {
        let slot = self.spec.slots[index];
        let busy = self.busyness(slot.day);
        let weight = self.spec.shape.weight(&slot) * busy;
        let lines = self.spec.traffic.len();
        for line in 0..lines {
            if !self.spec.traffic[line].comes_in(&slot) {
                continue;
            }
            // By the line's stream, else by its place, and by the moment: whatever other lines there are,
            // the same people call.
            let own = match self.spec.traffic[line].stream {
                0 => line as u64,
                stream => stream,
            };
            let mut rng = self.seed.split(stream::ARRIVALS).split(own).split(slot.start.0 as u64);
            let calls = chance::poisson(&mut rng, self.rates[line] * weight);
            let line = LineId(u16::try_from(line).expect("lines are bounded"));
            for _ in 0..calls {
                let at = now + chance::within(&mut rng, crate::Slot::LENGTH);
                let person = rng.next_u64();
                self.plan(at, Happening::Calls { line, person });
            }
        }
        if let Some(next) = self.spec.slots.get(index + 1) {
            let at = self.tick(next.start);
            self.plan(at, Happening::Slot(index + 1));
        }
    }

    pub(super) fn busyness(&mut self, day: u32) -> f64 {
        match self.day {
            Some((known, busy)) if known == day => busy,
            Some(_) | None => {
                let mut rng = self.seed.split(stream::DAYS | u64::from(day));
                let busy = chance::factor(&mut rng, self.spec.behaviour.day_spread);
                self.day = Some((day, busy));
                busy
            }
        }
    }

    pub(super) fn call(&mut self, now: Tick, line: LineId, person: u64) -> Option<Event> {
        if self.owed[line.index()] > 0 {
            self.owed[line.index()] -= 1;
            return None;
        }
        Some(self.arrive(now, line, person, 1))
    }

    pub(super) fn call_again(
        &mut self,
        now: Tick,
        line: LineId,
        person: u64,
        calls: u8,
    ) -> Option<Event> {
        if now >= self.end {
            return None;
        }
        self.owed[line.index()] += 1;
        Some(self.arrive(now, line, person, calls))
    }

    pub(super) fn arrive(&mut self, now: Tick, line: LineId, person: u64, calls: u8) -> Event {
        self.last_contact += 1;
        let contact = ContactId(self.last_contact);
        // A stream of its own for each attempt: whatever the centre did to others before, this
        // caller is as patient and talks as long.
        let mut rng = self.seed.split(stream::CALLERS).split(person).split(u64::from(calls));
        let greeting = self.spec.setup.lines[line.index()].greeting.unwrap_or(Micros::ZERO);
        if let Some(patience) = patience(&mut rng, &self.spec.behaviour, greeting) {
            self.plan(now + patience, Happening::GivesUp(contact));
        }
        if rng.chance(self.spec.faults.cut_off_waiting) {
            let lost = chance::within(&mut rng, Micros::from_mins(2));
            self.plan(now + lost, Happening::IsCutOff(contact));
        }
        let caller = CallerToken::new(person);
        let traffic = self.spec.traffic[line.index()];
        // Drawn only where it can happen, so that other rules do not change who calls.
        let forwarded = traffic.forwarded > 0.0 && rng.chance(traffic.forwarded);
        let via = Via { trunk: traffic.trunk, forwarded };
        let phase = Phase::Waiting;
        let known = Caller { person, line, calls, phase, switchboard: None, attempt: None, rng };
        self.callers.insert(contact, known);
        Event::CallArrived { contact, line, caller: Some(caller), via }
    }

    pub(super) fn waits(&self, contact: ContactId) -> bool {
        self.callers.get(&contact).is_some_and(|caller| caller.phase == Phase::Waiting)
    }

    /// The wait begins: some would rather be called back, some want to know what is going on.
    pub(super) fn begin_wait(&mut self, now: Tick, contact: ContactId, told: bool) {
        let behaviour = self.spec.behaviour;
        let Some(caller) = self.callers.get_mut(&contact) else { return };
        let offers = self.spec.setup.lines[caller.line.index()].callback.is_some();
        let soon = Micros::from_secs(5);
        if told && offers && caller.rng.chance(behaviour.call_back) {
            self.plan(now + soon, Happening::WantsCallback(contact));
        } else if behaviour.asks_information > 0.0 && caller.rng.chance(behaviour.asks_information)
        {
            self.plan(now + soon, Happening::WantsInformation(contact));
        }
    }

    pub(super) fn be_promised(&mut self, now: Tick, contact: ContactId) {
        let impatient = self.spec.behaviour.impatient;
        let Some(caller) = self.callers.get_mut(&contact) else { return };
        caller.phase = Phase::Promised;
        if impatient > 0.0 && caller.calls < REDIALS_MAX && caller.rng.chance(impatient) {
            let at = now + chance::exponential(&mut caller.rng, Micros::from_mins(15));
            let (line, person, calls) = (caller.line, caller.person, caller.calls + 1);
            self.plan(at, Happening::CallsAgain { line, person, calls });
        }
    }

    pub(super) fn be_called_back(&mut self, now: Tick, contact: ContactId) {
        let reached = self.spec.behaviour.reached;
        let Some(caller) = self.callers.get_mut(&contact) else { return };
        caller.phase = Phase::CalledBack;
        let (event, mean) = if caller.rng.chance(reached) {
            (Event::CallbackReached { contact }, Micros::from_secs(8))
        } else {
            (
                Event::CallbackNotReached { contact, why: NotReached::NoAnswer },
                Micros::from_secs(20),
            )
        };
        let at = now + chance::exponential(&mut caller.rng, mean);
        self.plan(at, Happening::CallbackEnds { contact, event });
    }

    /// The telephone of one who is called back was answered or not, if it still rings.
    pub(super) fn end_callback(
        &mut self,
        now: Tick,
        contact: ContactId,
        event: Event,
    ) -> Option<Event> {
        let behaviour = self.spec.behaviour;
        let caller = self.callers.get_mut(&contact)?;
        if caller.phase != Phase::CalledBack {
            return None;
        }
        let callback = self.spec.setup.lines[caller.line.index()].callback;
        let waits = callback.is_some_and(|rules| rules.first == First::Caller);
        if !waits || event != (Event::CallbackReached { contact }) {
            // Reached, a talk begins at once; not reached, the promise goes on.
            caller.phase = Phase::Promised;
            return Some(event);
        }
        caller.phase = Phase::Waiting;
        let patience = behaviour.patience.map(|mean| chance::exponential(&mut caller.rng, mean));
        if let Some(patience) = patience {
            self.plan(now + patience, Happening::GivesUp(contact));
        }
        Some(event)
    }

    /// Gives up or is cut off, if still waiting.
    pub(super) fn leave(&mut self, contact: ContactId, parting: Parting) -> Option<Event> {
        let caller = self.callers.get(&contact)?;
        (caller.phase == Phase::Waiting).then_some(Event::CallerLeft { contact, parting })
    }

    pub(super) fn begin_talk(&mut self, now: Tick, contact: ContactId, agent: AgentId) {
        let faults = self.spec.faults;
        self.colleagues[agent.index()].rings_for = None;
        let Some(caller) = self.callers.get_mut(&contact) else { return };
        caller.phase = Phase::Talking(agent);
        let talk = talk_length(&mut caller.rng, self.spec.traffic[caller.line.index()].talk);
        let cut_off = caller.rng.chance(faults.cut_off_talking);
        let until = if cut_off { chance::within(&mut caller.rng, talk) } else { talk };
        let left = Event::CallerLeft { contact, parting: Parting::CutOff };
        let what = if cut_off { Happening::Says(left) } else { Happening::HangsUp(contact) };
        self.plan(now + until, what);
    }

    /// The talk is over, whoever hangs up first; if all goes well, the centre is told.
    pub(super) fn hang_up(&mut self, contact: ContactId) -> Option<Event> {
        let hang_up_lost = self.spec.faults.hang_up_lost;
        let caller = self.callers.get_mut(&contact)?;
        let agent = match caller.phase {
            Phase::Talking(agent) => agent,
            Phase::Elsewhere => return Some(leaves_elsewhere(contact, &mut caller.rng)),
            Phase::Waiting | Phase::Promised | Phase::CalledBack | Phase::SilentlyGone => {
                return None;
            }
        };
        if caller.rng.chance(hang_up_lost) {
            caller.phase = Phase::SilentlyGone;
            return None;
        }
        let by_agent = caller.rng.chance(0.3) && self.newcomer != Some(agent);
        Some(if by_agent {
            Event::HangUp { agent }
        } else {
            Event::CallerLeft { contact, parting: Parting::HungUp }
        })
    }

    pub(super) fn confirm_alive(&mut self, now: Tick, contact: ContactId) {
        match self.callers.get(&contact).map(|caller| caller.phase) {
            Some(Phase::Talking(_) | Phase::Elsewhere) => {
                self.plan(now, Happening::Says(Event::TalkAlive { contact }));
            }
            Some(Phase::Waiting | Phase::Promised | Phase::CalledBack | Phase::SilentlyGone)
            | None => {}
        }
    }

    pub(super) fn end_contact(&mut self, now: Tick, record: &ContactRecord) {
        let Some(mut caller) = self.callers.remove(&record.contact) else { return };
        if let (Phase::Elsewhere, Some(switchboard)) = (caller.phase, caller.switchboard) {
            self.local_talks[switchboard.index()] -= 1;
        }
        if caller.calls >= REDIALS_MAX {
            return;
        }
        let again = match record.fate {
            // Who would not wait for the call-back has called again already; who knows now need not.
            Fate::Abandoned
                if matches!(record.reason, FateReason::CalledAgain | FateReason::LeftInformed) =>
            {
                0.0
            }
            Fate::Abandoned | Fate::Refused => self.spec.behaviour.redial,
            Fate::Accepted
            | Fate::ShortAbandoned
            | Fate::Overflowed
            | Fate::CalledBack
            | Fate::Closed
            | Fate::Local => 0.0,
        };
        let cut_off = matches!(record.reason, FateReason::CutOff | FateReason::TalkCutOff);
        let pause = if cut_off { Micros::from_secs(20) } else { Micros::from_mins(5) };
        // Who was cut off calls again nearly always, if people call again at all.
        let again = if cut_off && self.spec.behaviour.redial > 0.0 { 0.9 } else { again };
        if caller.rng.chance(again) {
            let at = now + chance::exponential(&mut caller.rng, pause);
            let Caller { line, person, calls, .. } = caller;
            self.plan(at, Happening::CallsAgain { line, person, calls: calls + 1 });
        }
    }
}

/// From call set-up; patience with waiting begins when the greeting is over.
fn patience(rng: &mut Rng, behaviour: &Behaviour, greeting: Micros) -> Option<Micros> {
    let misdialled = rng.chance(behaviour.misdialled);
    let soon = Micros::from_secs(1) + chance::within(rng, Micros::from_secs(4));
    let patience = behaviour.patience.map(|mean| greeting + chance::exponential(rng, mean));
    if misdialled { Some(soon) } else { patience }
}
