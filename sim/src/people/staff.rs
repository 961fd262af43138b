// SPDX-License-Identifier: EUPL-1.2
//! The agents: when they come and go, how they answer, and what they do after a call.

use super::{Happening, People, Phase};
use crate::chance;
use acd::agent::{self, NotReadyReason, Pause};
use centre::Event;
use stdx::{AgentId, ContactId, Micros, Tick};

/// How often an agent looks whether somebody still waits after closing time.
const LOOKS_AGAIN: Micros = Micros::from_secs(30);
/// How long an agent stays after the shift for those who still wait.
const STAYS_FOR: Micros = Micros::from_mins(30);
/// A break (§ 4 ArbZG) and the shift from which on it is due.
const BREAK: Micros = Micros::from_mins(30);
const SHIFT_WITH_BREAK: Micros = Micros::from_mins(6 * 60);

impl People {
    pub(super) fn plan_shifts(&mut self) {
        let begins: Vec<_> = (0u16..)
            .map(AgentId)
            .zip(&self.spec.shifts)
            .flat_map(|(agent, shifts)| {
                let numbered = shifts.iter().enumerate();
                numbered.map(move |(shift, interval)| (agent, shift, interval.from))
            })
            .filter(|&(_, _, from)| from >= self.origin)
            .collect();
        for (agent, shift, from) in begins {
            self.plan(self.tick(from), Happening::ShiftBegins { agent, shift });
        }
    }

    pub(super) fn begin_shift(&mut self, now: Tick, agent: AgentId, shift: usize) -> Event {
        if self.newcomer == Some(agent) {
            return Event::SignOn { agent };
        }
        let interval = self.spec.shifts[agent.index()][shift];
        let breaks = self.spec.behaviour.breaks;
        let until = self.tick(interval.until);
        let colleague = &mut self.colleagues[agent.index()];
        colleague.at_work = Some(shift);
        let settling = if breaks { Micros::from_mins(1) } else { Micros::ZERO };
        let ready_at = now + chance::within(&mut colleague.rng, settling);
        let length = until.since(now);
        let late = chance::within(&mut colleague.rng, Micros::from_mins(60));
        self.plan(ready_at, Happening::Says(Event::MakeReady { agent }));
        self.plan(until, Happening::ShiftEnds { agent, shift });
        if breaks && length >= SHIFT_WITH_BREAK {
            let begins = now + Micros(length.0 / 2) + late;
            let pause = Event::MakeNotReady { agent, pause: Pause::Break };
            self.plan(begins, Happening::Says(pause));
            self.plan(begins + BREAK, Happening::Says(Event::MakeReady { agent }));
        }
        Event::SignOn { agent }
    }

    /// Goes home, unless somebody still waits: those waiting at closing time are served.
    pub(super) fn end_shift(&mut self, now: Tick, agent: AgentId, shift: usize) -> Option<Event> {
        let until = self.tick(self.spec.shifts[agent.index()][shift].until);
        let somebody_waits = self.callers.values().any(|caller| caller.phase == Phase::Waiting);
        if somebody_waits && now < until + STAYS_FOR {
            self.plan(now + LOOKS_AGAIN, Happening::ShiftEnds { agent, shift });
            return None;
        }
        let colleague = &mut self.colleagues[agent.index()];
        if colleague.at_work == Some(shift) {
            colleague.at_work = None;
        }
        Some(Event::SignOff { agent })
    }

    pub(super) fn rings(&self, agent: AgentId, contact: ContactId) -> bool {
        self.colleagues[agent.index()].rings_for == Some(contact)
    }

    pub(super) fn hear_ringing(&mut self, now: Tick, agent: AgentId, contact: ContactId) {
        let behaviour = self.spec.behaviour;
        self.colleagues[agent.index()].rings_for = Some(contact);
        let dead = self.spec.faults.dead_telephone;
        if dead > 0.0 && self.faults.chance(dead) {
            return self.plan(now, Happening::CannotBeReached { agent, contact });
        }
        let rng = &mut self.colleagues[agent.index()].rng;
        if rng.chance(behaviour.no_answer) {
            return;
        }
        let after = match behaviour.pick_up {
            Micros::ZERO => Micros::ZERO,
            mean => chance::exponential(rng, mean),
        };
        let declines = rng.chance(behaviour.decline);
        let what = if declines {
            Happening::Declines { agent, contact }
        } else {
            Happening::PicksUp { agent, contact }
        };
        self.plan(now + after, what);
    }

    pub(super) fn change(&mut self, now: Tick, agent: AgentId, state: agent::State) {
        match state {
            agent::State::WrapUp { length, extensions: 0, .. } => {
                self.begin_wrap_up(now, agent, length);
            }
            agent::State::NotReady { reason: NotReadyReason::NoAnswer, .. } => {
                let rng = &mut self.colleagues[agent.index()].rng;
                let back = now + chance::exponential(rng, Micros::from_secs(60));
                self.plan(back, Happening::Says(Event::MakeReady { agent }));
            }
            // Signed off by the centre in the middle of a shift: signs on again.
            agent::State::SignedOff if self.colleagues[agent.index()].at_work.is_some() => {
                self.plan(now, Happening::Says(Event::SignOn { agent }));
                self.plan(now, Happening::Says(Event::MakeReady { agent }));
            }
            agent::State::WrapUp { .. }
            | agent::State::NotReady { .. }
            | agent::State::SignedOff
            | agent::State::Ready { .. }
            | agent::State::Offered { .. }
            | agent::State::Talking { .. } => {}
        }
    }

    pub(super) fn begin_wrap_up(&mut self, now: Tick, agent: AgentId, length: Micros) {
        let behaviour = self.spec.behaviour;
        let rng = &mut self.colleagues[agent.index()].rng;
        let at = now + chance::within(rng, length);
        if rng.chance(behaviour.wrap_up_ended) {
            self.plan(at, Happening::Says(Event::EndWrapUp { agent }));
        } else if rng.chance(behaviour.wrap_up_extended) {
            self.plan(at, Happening::Says(Event::ExtendWrapUp { agent }));
        }
    }
}
