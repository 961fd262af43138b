// SPDX-License-Identifier: EUPL-1.2
//! Our own registration at somebody else's registrar: when to ask whom, and whether we can be called.
//!
//! ```text
//!                    ┌─────────── refresh ───────────┐
//!                    ▼                               │
//!   Waiting ──▶ Asking ── granted ──────────────▶ Resting
//!      ▲           │ │ ▲                             │
//!      │           │ └─┘ password, longer time       │ leave
//!      │           │     next peer: silent, 5xx      ▼
//!      └── pause ──┘                              Leaving ──▶ Left
//! ```
//!
//! RFC 3261, 10.2; the pauses are those of RFC 5626, 4.5, drawn from the generator that is handed in. What the
//! requests look like is the user agent's. Peers are numbered in the order in which they are to be tried.
//!
//! The rule to keep: while a registration holds, a failure to refresh it ends nothing; and a registrar that has
//! said no is not asked again soon, because the next answer may be that we are locked out. Nor is one that closes
//! its connection as soon as it has answered.

pub mod limits;

use crate::Status;
use limits::{
    ANSWER_WITHIN, EXPIRES_MAX, EXPIRES_MIN, LOST_AGAIN_AFTER, PAUSE_BASE, PAUSE_MAX,
    PAUSE_REFUSED, ROUNDS_MAX,
};
use stdx::{Micros, Rng, Tick};

/// Why a registration is not there, or could not be refreshed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// Nobody has answered yet.
    NotYet,
    /// No peer is known: its name has no address.
    NoPeer,
    /// No peer has answered.
    Silent,
    /// Every peer has said that it cannot: the last one's word.
    Unavailable(Status),
    /// Name or password is wrong.
    WrongPassword,
    /// The registrar wants a proof that we cannot give.
    NoProof,
    /// The registrar has said no.
    Refused(Status),
}

/// A registration that the registrar has granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// At which peer.
    pub peer: usize,
    /// Until when, if it is not refreshed.
    pub until: Tick,
}

/// What a peer said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// We are registered for so many seconds.
    Granted(u32),
    /// Proved again, it may be taken.
    Asks,
    /// So many seconds are the least (423).
    TooBrief(u32),
    /// Name or password is wrong.
    WrongPassword,
    /// It wants a proof that we cannot give.
    NoProof,
    /// No.
    Refused(Status),
    /// It cannot at this moment; it can again after so many seconds, if it says so.
    Unavailable(Status, Option<u32>),
    /// Nothing: there is no way to it.
    Silent,
}

/// What happens to a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The time of [`Registrant::deadline`] has come.
    Due,
    /// The peer that is asked has said this.
    Said(Said),
    /// The peers are others: so many, and at which place that one is at which we are registered, if it is
    /// still among them.
    Peers {
        /// How many there are.
        count: usize,
        /// Where the one is that holds our registration.
        holder: Option<usize>,
    },
    /// The connection is gone by which we are called.
    Lost,
    /// We want to be registered no longer.
    Leave,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Ask this peer to register us for so many seconds; 0 ends a registration.
    Ask {
        /// Which.
        peer: usize,
        /// For how long.
        expires: u32,
    },
    /// Nothing.
    Wait,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Until then nobody is asked; none until a peer is known.
    Waiting { until: Option<Tick> },
    /// A peer is asked: which, the how-manieth in this round, how often, until when, and the longest that one of
    /// them wants to be left alone.
    Asking { peer: usize, tried: usize, rounds: u8, until: Tick, leave_alone: u32 },
    /// Registered since then, and to be refreshed then.
    Resting { since: Tick, refresh_at: Tick },
    /// The farewell is under way.
    Leaving { peer: usize, rounds: u8, until: Tick },
    /// Over.
    Left,
}

/// One registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registrant {
    /// Seconds to ask for.
    expires: u32,
    peers: usize,
    /// Rounds through all peers in a row that have failed.
    failures: u32,
    held: Option<Held>,
    trouble: Option<Trouble>,
    /// Who was asked last.
    asked: usize,
    state: State,
}

impl Registrant {
    /// One that asks for so many seconds ([`EXPIRES_MAX`] at most) as soon as a peer is known.
    #[must_use]
    pub fn new(expires: u32) -> Registrant {
        Registrant {
            expires: expires.clamp(EXPIRES_MIN, EXPIRES_MAX),
            peers: 0,
            failures: 0,
            held: None,
            trouble: Some(Trouble::NoPeer),
            asked: 0,
            state: State::Waiting { until: None },
        }
    }

    /// The registration that holds.
    #[must_use]
    pub fn held(&self) -> Option<Held> {
        self.held
    }

    /// Why there is none, or why it could not be refreshed.
    #[must_use]
    pub fn trouble(&self) -> Option<Trouble> {
        self.trouble
    }

    /// Whether it is registered, and nobody is asked at this moment.
    #[must_use]
    pub fn is_resting(&self) -> bool {
        match self.state {
            State::Resting { .. } => true,
            State::Waiting { .. } | State::Asking { .. } | State::Leaving { .. } | State::Left => {
                false
            }
        }
    }

    /// Whether nobody is asked at this moment because nobody has granted it: what is asked next is a new round.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        match self.state {
            State::Waiting { .. } => true,
            State::Resting { .. } | State::Asking { .. } | State::Leaving { .. } | State::Left => {
                false
            }
        }
    }

    /// Whether nothing more comes of it.
    #[must_use]
    pub fn has_left(&self) -> bool {
        self.state == State::Left
    }

    /// When [`Event::Due`] is wanted.
    #[must_use]
    pub fn deadline(&self) -> Option<Tick> {
        let next = match self.state {
            State::Waiting { until } => until,
            State::Asking { until, .. } | State::Leaving { until, .. } => Some(until),
            State::Resting { refresh_at, .. } => Some(refresh_at),
            State::Left => None,
        };
        let held = self.held.map(|held| held.until);
        next.into_iter().chain(held).min()
    }

    /// What becomes of it, and what is to be done.
    pub fn next(&mut self, now: Tick, event: Event, rng: &mut Rng) -> Action {
        if self.held.is_some_and(|held| held.until <= now) {
            self.held = None;
            self.trouble.get_or_insert(Trouble::Silent);
        }
        let action = match event {
            Event::Due => self.due(now, rng),
            Event::Said(said) => self.said(now, said, rng),
            Event::Peers { count, holder } => self.peers(now, count, holder),
            Event::Lost => self.lost(now),
            Event::Leave => self.leave(now),
        };
        assert!(
            self.trouble.is_some() || self.held.is_some() || self.has_left(),
            "who is not registered knows why"
        );
        action
    }

    fn due(&mut self, now: Tick, rng: &mut Rng) -> Action {
        match self.state {
            State::Waiting { until: Some(until) } if until <= now => self.begin(now),
            State::Resting { refresh_at, .. } if refresh_at <= now => self.begin(now),
            State::Asking { until, .. } if until <= now => self.said(now, Said::Silent, rng),
            State::Leaving { until, .. } if until <= now => self.end(),
            State::Waiting { .. }
            | State::Resting { .. }
            | State::Asking { .. }
            | State::Leaving { .. }
            | State::Left => Action::Wait,
        }
    }

    /// A new round: where we are registered, or the first one.
    fn begin(&mut self, now: Tick) -> Action {
        if self.peers == 0 {
            self.state = State::Waiting { until: None };
            self.trouble = Some(Trouble::NoPeer);
            return Action::Wait;
        }
        if self.trouble == Some(Trouble::NoPeer) {
            self.trouble = Some(Trouble::NotYet);
        }
        let peer = self.held.map_or(0, |held| held.peer);
        self.ask(now, State::Asking { peer, tried: 1, rounds: 1, until: now, leave_alone: 0 })
    }

    /// Asks, as the state says.
    fn ask(&mut self, now: Tick, state: State) -> Action {
        let until = now + ANSWER_WITHIN;
        self.state = match state {
            State::Asking { peer, tried, rounds, leave_alone, .. } => {
                State::Asking { peer, tried, rounds, until, leave_alone }
            }
            State::Leaving { peer, rounds, .. } => State::Leaving { peer, rounds, until },
            State::Waiting { .. } | State::Resting { .. } | State::Left => state,
        };
        let (peer, expires) = match self.state {
            State::Asking { peer, .. } => (peer, self.expires),
            State::Leaving { peer, .. } => (peer, 0),
            State::Waiting { .. } | State::Resting { .. } | State::Left => return Action::Wait,
        };
        self.asked = peer;
        Action::Ask { peer, expires }
    }

    fn said(&mut self, now: Tick, said: Said, rng: &mut Rng) -> Action {
        match self.state {
            State::Asking { peer, tried, rounds, leave_alone, .. } => {
                let again = |rounds| State::Asking { peer, tried, rounds, until: now, leave_alone };
                match said {
                    Said::Granted(seconds) => self.granted(now, peer, seconds, rng),
                    Said::Asks if rounds < ROUNDS_MAX => self.ask(now, again(rounds + 1)),
                    Said::TooBrief(least)
                        if rounds < ROUNDS_MAX && self.expires < least && least <= EXPIRES_MAX =>
                    {
                        self.expires = least;
                        self.ask(now, again(rounds + 1))
                    }
                    Said::Asks | Said::NoProof => self.refused(now, Trouble::NoProof),
                    Said::TooBrief(_) => self.refused(now, Trouble::Refused(INTERVAL_TOO_BRIEF)),
                    Said::WrongPassword => self.refused(now, Trouble::WrongPassword),
                    Said::Refused(status) => self.refused(now, Trouble::Refused(status)),
                    Said::Unavailable(status, after) => {
                        let leave_alone = leave_alone.max(after.unwrap_or(0));
                        let next = State::Asking { peer, tried, rounds, until: now, leave_alone };
                        self.next_peer(now, next, Trouble::Unavailable(status), rng)
                    }
                    Said::Silent => self.next_peer(now, again(rounds), Trouble::Silent, rng),
                }
            }
            State::Leaving { peer, rounds, .. } => match said {
                Said::Asks if rounds < ROUNDS_MAX => {
                    self.ask(now, State::Leaving { peer, rounds: rounds + 1, until: now })
                }
                Said::Asks
                | Said::Granted(_)
                | Said::TooBrief(_)
                | Said::WrongPassword
                | Said::NoProof
                | Said::Refused(_)
                | Said::Unavailable(..)
                | Said::Silent => self.end(),
            },
            // Somebody answers who was given up: who is registered is registered.
            State::Waiting { .. } => match said {
                Said::Granted(seconds) => self.granted(now, self.asked, seconds, rng),
                Said::Asks
                | Said::TooBrief(_)
                | Said::WrongPassword
                | Said::NoProof
                | Said::Refused(_)
                | Said::Unavailable(..)
                | Said::Silent => Action::Wait,
            },
            State::Resting { .. } | State::Left => Action::Wait,
        }
    }

    /// Refreshed when three to four fifths of the time are over: early enough for two peers more, and not all trunks
    /// of a carrier at once.
    fn granted(&mut self, now: Tick, peer: usize, seconds: u32, rng: &mut Rng) -> Action {
        let seconds = u64::from(seconds.clamp(EXPIRES_MIN, EXPIRES_MAX));
        let length = Micros::from_secs(seconds);
        self.held = Some(Held { peer, until: now + length });
        self.trouble = None;
        self.failures = 0;
        let fifth = length.0 / 5;
        let refresh_at = now + Micros(3 * fifth + rng.below(fifth));
        self.state = State::Resting { since: now, refresh_at };
        Action::Wait
    }

    fn refused(&mut self, now: Tick, why: Trouble) -> Action {
        self.trouble = Some(why);
        self.state = State::Waiting { until: Some(now + PAUSE_REFUSED) };
        Action::Wait
    }

    /// The next peer, or when all of them have failed a pause (RFC 5626, 4.5).
    fn next_peer(&mut self, now: Tick, asked: State, why: Trouble, rng: &mut Rng) -> Action {
        let State::Asking { peer, tried, leave_alone, .. } = asked else { return Action::Wait };
        if tried < self.peers {
            let peer = (peer + 1) % self.peers;
            let next = State::Asking { peer, tried: tried + 1, rounds: 1, until: now, leave_alone };
            return self.ask(now, next);
        }
        self.trouble = Some(why);
        self.failures = self.failures.saturating_add(1);
        let longest = PAUSE_BASE.0.saturating_mul(1 << self.failures.min(16)).min(PAUSE_MAX.0);
        let pause = Micros(longest / 2 + rng.below(longest / 2));
        let wanted = Micros::from_secs(u64::from(leave_alone)).min(PAUSE_REFUSED);
        self.state = State::Waiting { until: Some(now + pause.max(wanted)) };
        Action::Wait
    }

    fn peers(&mut self, now: Tick, count: usize, holder: Option<usize>) -> Action {
        self.peers = count;
        self.asked = if self.asked < count { self.asked } else { 0 };
        let is_moved = match (self.held.as_mut(), holder) {
            (Some(held), Some(peer)) => {
                held.peer = peer;
                false
            }
            // It is not among the peers any more: another one shall know us.
            (Some(held), None) => {
                held.peer = 0;
                true
            }
            (None, _) => false,
        };
        match self.state {
            State::Waiting { until } if until.is_none() || is_moved => self.begin(now),
            State::Resting { .. } if is_moved => self.begin(now),
            State::Asking { peer, tried, rounds, until, leave_alone } => {
                // The answer that is awaited still counts; whom to ask next is another question.
                let peer = if peer < count { peer } else { 0 };
                self.state = State::Asking { peer, tried, rounds, until, leave_alone };
                Action::Wait
            }
            State::Waiting { .. } | State::Resting { .. } | State::Leaving { .. } | State::Left => {
                Action::Wait
            }
        }
    }

    /// Whoever calls us has no way any more: a new one is made at once, or after a pause if this one was made
    /// just now.
    fn lost(&mut self, now: Tick) -> Action {
        match self.state {
            State::Resting { since, .. } => {
                let earliest = since + LOST_AGAIN_AFTER;
                let action = if now < earliest {
                    self.state = State::Waiting { until: Some(earliest) };
                    Action::Wait
                } else {
                    self.begin(now)
                };
                self.held = None;
                self.trouble = Some(Trouble::NotYet);
                action
            }
            State::Waiting { .. } | State::Asking { .. } => {
                if self.held.take().is_some() {
                    self.trouble.get_or_insert(Trouble::NotYet);
                }
                Action::Wait
            }
            State::Leaving { .. } | State::Left => Action::Wait,
        }
    }

    fn leave(&mut self, now: Tick) -> Action {
        let peer = match self.state {
            State::Asking { peer, .. } => Some(peer),
            State::Waiting { .. } | State::Resting { .. } => self.held.map(|held| held.peer),
            State::Leaving { .. } | State::Left => return Action::Wait,
        };
        match peer {
            Some(peer) => self.ask(now, State::Leaving { peer, rounds: 1, until: now }),
            None => self.end(),
        }
    }

    fn end(&mut self) -> Action {
        self.held = None;
        self.state = State::Left;
        Action::Wait
    }
}

const INTERVAL_TOO_BRIEF: Status = match Status::new(423) {
    Some(status) => status,
    None => unreachable!(),
};

#[cfg(test)]
mod tests;
