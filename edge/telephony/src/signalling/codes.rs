// SPDX-License-Identifier: EUPL-1.2
//! Feature codes: with them a plain telephone is enough to work.
//!
//! ```text
//!   *10  sign on, ready     *12  not ready: break        *14  more time for wrap-up
//!   *11  ready              *13  not ready: desk work    *19  sign off
//! ```
//!
//! The code is dialled like a number; two short tones say that it was done, one long low one that it
//! was not. The rule to keep: who dials is the telephone's own agent, never one named by the code.

use super::door::status;
use super::exchange::Exchange;
use super::incoming::{No, user_of};
use super::leg::{Leg, Peer};
use super::limits::CODE_CALL;
use super::transfer::Waits;
use super::words::Refused;
use crate::media::{LegId, PlayId, Repeat};
use acd::agent::{Pause, State};
use centre::Event;
use sip::agent::{CallId, InviteInfo};
use stdx::{AgentId, Tick};

/// A call to a feature code.
pub(super) struct CodeCall {
    pub(super) leg: Leg,
    /// When it is hung up whatever happens.
    pub(super) until: Tick,
    /// Whether what was asked for last was refused.
    refused: bool,
}

/// What a code asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Code {
    SignOn,
    Ready,
    NotReady(Pause),
    ExtendWrapUp,
    SignOff,
}

impl Code {
    fn of(dialled: &[u8]) -> Option<Code> {
        match dialled {
            b"*10" => Some(Code::SignOn),
            b"*11" => Some(Code::Ready),
            b"*12" => Some(Code::NotReady(Pause::Break)),
            b"*13" => Some(Code::NotReady(Pause::DeskWork)),
            b"*14" => Some(Code::ExtendWrapUp),
            b"*19" => Some(Code::SignOff),
            _ => None,
        }
    }

    /// What the centre is told, given what the agent is doing.
    fn events(self, agent: AgentId, state: Option<State>) -> Vec<Event> {
        let ready = match state {
            Some(State::WrapUp { .. }) => Event::EndWrapUp { agent },
            Some(
                State::SignedOff
                | State::NotReady { .. }
                | State::Ready { .. }
                | State::Offered { .. }
                | State::Talking { .. },
            )
            | None => Event::MakeReady { agent },
        };
        match self {
            Code::SignOn if matches!(state, None | Some(State::SignedOff)) => {
                vec![Event::SignOn { agent }, ready]
            }
            Code::SignOn | Code::Ready => vec![ready],
            Code::NotReady(pause) => vec![Event::MakeNotReady { agent, pause }],
            Code::ExtendWrapUp => vec![Event::ExtendWrapUp { agent }],
            Code::SignOff => vec![Event::SignOff { agent }],
        }
    }
}

impl Exchange {
    /// Whether this dials a code and no number.
    pub(super) fn is_code(&self, info: &InviteInfo) -> bool {
        user_of(info.request_uri.expose()).is_some_and(|user| user.starts_with(b"*"))
    }

    /// A telephone of ours dialled a code.
    pub(super) fn code_dialled(
        &mut self,
        now: Tick,
        call: CallId,
        at: usize,
        info: &InviteInfo,
    ) -> Result<(), No> {
        let nobodys = No(Refused::UnknownPeer, status(403), Some("Nobody's telephone"));
        let agent = self.setup.phones[at].agent.ok_or(nobodys)?;
        let dialled = user_of(info.request_uri.expose());
        let unknown = No(Refused::NoSuchNumber, status(404), None);
        let code = dialled.as_deref().and_then(Code::of).ok_or(unknown)?;
        let leg = self.code_leg(call, at, info)?;
        let events = code.events(agent, self.states.get(&agent).copied());
        self.keep_code(call, leg, now + CODE_CALL);
        let last = events.len() - 1;
        for (nth, event) in events.into_iter().enumerate() {
            self.asked_for.push_back((event, (nth == last).then_some(Waits::Code(call))));
        }
        Ok(())
    }

    /// Opens the leg of a code's call; it is answered when the centre has decided.
    pub(super) fn code_leg(
        &mut self,
        call: CallId,
        phone: usize,
        info: &InviteInfo,
    ) -> Result<Leg, No> {
        let (mut leg, offered) = self.caller_leg(call, Peer::Phone(phone), info)?;
        // We have no use for an answer that comes with the ACK: then the tone is over.
        offered.ok_or(No(Refused::NoSession, status(488), None))?;
        let (media, rng) = (&mut self.media, &mut self.rng);
        let opened = leg.sound.open(media, rng, offered, None, &mut self.counters);
        opened.map_err(|_| No(Refused::Busy, status(503), None))?;
        Ok(leg)
    }

    /// A call of a telephone that only hears something.
    pub(super) fn keep_code(&mut self, call: CallId, leg: Leg, until: Tick) {
        self.codes.insert(call, CodeCall { leg, until, refused: false });
    }

    /// The centre refused what was asked for just now.
    pub(super) fn code_refused(&mut self, call: CallId) {
        if let Some(code) = self.codes.get_mut(&call) {
            code.refused = true;
        }
    }

    /// The centre has decided: the telephone hears how.
    pub(super) fn code_decided(&mut self, now: Tick, call: CallId) {
        let Some(code) = self.codes.get_mut(&call) else { return };
        let capabilities = code.leg.sound.capabilities();
        let Some((sdp, remote)) = code.leg.answer(capabilities) else {
            return self.end_code(now, call, true);
        };
        let id = code.leg.sound.id;
        let clips = if code.refused { &self.setup.refused } else { &self.setup.done };
        let clips = clips.clone();
        let play = PlayId(self.next_play);
        self.next_play += 1;
        let answered = self.ua.answer(now, call, sdp).is_ok();
        let heard =
            self.media.update(id, &remote).is_ok() && self.start(id, play, clips, Repeat::Once);
        if !answered || !heard {
            self.end_code(now, call, true);
        }
        self.collect(now, None);
    }

    /// The tone is over.
    pub(super) fn code_played(&mut self, now: Tick, leg: LegId) {
        let call = self.codes.iter().find(|(_, code)| code.leg.sound.id == leg);
        if let Some((&call, _)) = call {
            self.end_code(now, call, true);
        }
    }

    /// Ends a code's call; `hang_up` unless the telephone has.
    pub(super) fn end_code(&mut self, now: Tick, call: CallId, hang_up: bool) {
        let Some(code) = self.codes.remove(&call) else { return };
        self.close_sound(code.leg.sound.id);
        if hang_up {
            // Gone already is as good.
            self.hang_up(now, call, None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGENT: AgentId = AgentId(1);

    #[test]
    fn signing_on_makes_ready_and_works_twice() {
        let first = Code::SignOn.events(AGENT, None);
        assert_eq!(first, [Event::SignOn { agent: AGENT }, Event::MakeReady { agent: AGENT }]);
        let ready = State::Ready { idle_since: Tick(0) };
        assert_eq!(Code::SignOn.events(AGENT, Some(ready)), [Event::MakeReady { agent: AGENT }]);
    }

    #[test]
    fn ready_during_wrap_up_ends_it() {
        let state = State::WrapUp {
            contact: stdx::ContactId(1),
            until: Tick(1),
            length: stdx::Micros(1),
            extensions: 0,
        };
        assert_eq!(Code::Ready.events(AGENT, Some(state)), [Event::EndWrapUp { agent: AGENT }]);
    }

    #[test]
    fn other_codes_are_none() {
        for dialled in [&b"*1"[..], b"*100", b"*99", b"10", b"*10#"] {
            assert_eq!(Code::of(dialled), None);
        }
    }
}
