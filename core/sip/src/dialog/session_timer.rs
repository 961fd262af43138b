// SPDX-License-Identifier: EUPL-1.2
//! Session timers, so that dead calls end (RFC 4028).
//!
//! ```text
//!   agreed ──▶ Ours ──half the interval: refresh──▶ Refreshing ──2xx──▶ (agreed anew)
//!                ▲            sooner again             │
//!                └──────────── refused ────────────────┘
//!   agreed ──▶ Peers ──refreshed by the peer──▶ (agreed anew)
//!      each: expiry − min(32 s, a third) ──▶ BYE
//! ```
//!
//! The rule to keep: an interval is never below 90 s, whoever asks for it, and a 422 goes only to a
//! peer that lists `timer` in Supported, for no other can understand it.

use super::{Party, Refusal};
use stdx::{Micros, Tick};

/// The least interval in seconds (RFC 4028, 4 and 5).
pub const SESSION_EXPIRES_FLOOR: u32 = 90;

/// The longest interval in seconds that we take: a day. A longer one would let a dead call live.
pub const SESSION_EXPIRES_MAX: u32 = 86_400;

/// The longest time between our BYE and the expiry (RFC 4028, 10).
const MARGIN_MAX: Micros = Micros::from_secs(32);

/// A refresh is not tried again with less time than this.
const RETRY_MIN: Micros = Micros::from_secs(1);

/// Who refreshes, by the roles in the transaction that agreed on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refresher {
    /// Who sent the request.
    Uac,
    /// Who answered it.
    Uas,
}

/// What we want.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The interval in seconds.
    pub interval: u32,
    /// The least that we take, at least [`SESSION_EXPIRES_FLOOR`].
    pub least: u32,
}

/// What a request asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Session-Expires in seconds.
    pub interval: Option<u32>,
    /// Its parameter.
    pub refresher: Option<Refresher>,
    /// Min-SE in seconds.
    pub min_se: Option<u32>,
    /// Whether Supported lists `timer`.
    pub supported: bool,
}

/// What we answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// 422 with this Min-SE.
    TooSmall {
        /// In seconds.
        min_se: u32,
    },
    /// 2xx with this Session-Expires.
    Take {
        /// In seconds.
        interval: u32,
        /// Its parameter.
        refresher: Refresher,
        /// Whether `Require: timer` goes with it.
        require: bool,
    },
}

/// What a request of ours proposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Session-Expires in seconds.
    pub interval: u32,
    /// Min-SE in seconds; once a 422 has come, in every later request (RFC 4028, 7.3).
    pub min_se: Option<u32>,
}

/// What both agree on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// How long a session lasts without a refresh.
    pub interval: Micros,
    /// Who refreshes.
    pub refresher: Party,
}

impl Policy {
    /// The answer to what a request asks for (RFC 4028, 9).
    #[must_use]
    pub fn answer(self, asked: Asked) -> Answer {
        let least = self.least.max(SESSION_EXPIRES_FLOOR);
        match asked.interval {
            Some(interval) if interval < least && asked.supported => {
                Answer::TooSmall { min_se: least }
            }
            // A peer without `timer` cannot be asked for more: its proxy's value is taken.
            Some(interval) => {
                let wanted = asked.min_se.unwrap_or(SESSION_EXPIRES_FLOOR).max(self.interval);
                take(interval.min(wanted), asked)
            }
            None => take(self.interval.max(asked.min_se.unwrap_or(0)), asked),
        }
    }

    /// What our first request proposes.
    #[must_use]
    pub fn propose(self) -> Proposal {
        let interval = bounded(self.interval);
        let min_se = Some(self.least).filter(|&least| least > SESSION_EXPIRES_FLOOR);
        Proposal { interval, min_se }
    }
}

impl Answer {
    /// What it means for us, who answer.
    #[must_use]
    pub fn agreed(self) -> Option<Agreed> {
        match self {
            Answer::TooSmall { .. } => None,
            Answer::Take { interval, refresher, .. } => {
                let refresher = match refresher {
                    Refresher::Uac => Party::Peer,
                    Refresher::Uas => Party::Us,
                };
                Some(Agreed { interval: Micros::from_secs(interval.into()), refresher })
            }
        }
    }
}

impl Proposal {
    /// After a 422 with this Min-SE (RFC 4028, 7.3). None when it makes no sense: it asks for no more
    /// than we proposed, or for more than a day.
    #[must_use]
    pub fn raised(self, min_se: u32) -> Option<Proposal> {
        if min_se <= self.interval || min_se > SESSION_EXPIRES_MAX {
            return None;
        }
        Some(Proposal { interval: min_se, min_se: Some(min_se) })
    }

    /// What the 2xx means for us, who asked. Without Session-Expires the peer knows no timers, and nobody
    /// has to refresh (RFC 4028, 7.2); we do, alone: that is how we notice that it is gone.
    #[must_use]
    pub fn agreed(self, answer: Option<(u32, Option<Refresher>)>) -> Agreed {
        let (interval, refresher) = match answer {
            Some((interval, Some(Refresher::Uas))) => (interval, Party::Peer),
            Some((interval, Some(Refresher::Uac) | None)) => (interval, Party::Us),
            None => (self.interval, Party::Us),
        };
        Agreed { interval: Micros::from_secs(bounded(interval).into()), refresher }
    }
}

fn take(interval: u32, asked: Asked) -> Answer {
    // RFC 4028, table 2.
    let refresher = match (asked.supported, asked.refresher) {
        (false, _) | (true, Some(Refresher::Uas)) => Refresher::Uas,
        (true, Some(Refresher::Uac) | None) => Refresher::Uac,
    };
    let require = refresher == Refresher::Uac;
    Answer::Take { interval: bounded(interval), refresher, require }
}

fn bounded(interval: u32) -> u32 {
    interval.clamp(SESSION_EXPIRES_FLOOR, SESSION_EXPIRES_MAX)
}

/// The timer of one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SessionTimer {
    /// Nothing was agreed.
    Off,
    /// We refresh.
    Ours {
        /// When.
        refresh_at: Tick,
        /// When we hang up.
        end_at: Tick,
    },
    /// Our refresh is under way.
    Refreshing {
        /// When we hang up.
        end_at: Tick,
    },
    /// The peer refreshes.
    Peers {
        /// When we hang up.
        end_at: Tick,
    },
}

/// What can happen to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimerEvent {
    /// A 2xx to a refresh went either way.
    Agreed(Agreed),
    /// Our refresh was refused, or could not be sent now.
    RefreshFailed,
    /// A deadline has come.
    Timeout,
}

/// What has to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimerEffect {
    /// Nothing.
    None,
    /// Send a refresh.
    Refresh,
    /// Send BYE.
    Expired,
    /// Not now.
    Refused(Refusal),
}

impl SessionTimer {
    /// What becomes of it.
    #[must_use]
    pub fn next(self, now: Tick, event: TimerEvent) -> (SessionTimer, TimerEffect) {
        match event {
            TimerEvent::Agreed(agreed) => (SessionTimer::agreed(now, agreed), TimerEffect::None),
            TimerEvent::RefreshFailed => match self {
                SessionTimer::Refreshing { end_at } => (retry(now, end_at), TimerEffect::None),
                SessionTimer::Off | SessionTimer::Ours { .. } | SessionTimer::Peers { .. } => {
                    (self, TimerEffect::Refused(Refusal::NothingUnderWay))
                }
            },
            TimerEvent::Timeout => match self {
                SessionTimer::Ours { end_at, .. }
                | SessionTimer::Refreshing { end_at }
                | SessionTimer::Peers { end_at }
                    if end_at <= now =>
                {
                    (SessionTimer::Off, TimerEffect::Expired)
                }
                SessionTimer::Ours { refresh_at, end_at } if refresh_at <= now => {
                    (SessionTimer::Refreshing { end_at }, TimerEffect::Refresh)
                }
                SessionTimer::Off
                | SessionTimer::Ours { .. }
                | SessionTimer::Refreshing { .. }
                | SessionTimer::Peers { .. } => (self, TimerEffect::Refused(Refusal::NotDue)),
            },
        }
    }

    /// Begins, or begins anew.
    #[must_use]
    pub fn agreed(now: Tick, agreed: Agreed) -> SessionTimer {
        let Agreed { interval, refresher } = agreed;
        let margin = Micros(interval.0 / 3).min(MARGIN_MAX);
        let end_at = (now + interval).saturating_sub(margin);
        match refresher {
            Party::Us => SessionTimer::Ours { refresh_at: now + Micros(interval.0 / 2), end_at },
            Party::Peer => SessionTimer::Peers { end_at },
        }
    }

    /// When it wants a [`TimerEvent::Timeout`], and why.
    #[must_use]
    pub fn deadline(&self) -> Option<(Tick, &'static str)> {
        match *self {
            SessionTimer::Off => None,
            SessionTimer::Ours { refresh_at, end_at } if refresh_at < end_at => {
                Some((refresh_at, "session refresh"))
            }
            SessionTimer::Ours { end_at, .. }
            | SessionTimer::Refreshing { end_at }
            | SessionTimer::Peers { end_at } => Some((end_at, "session expired")),
        }
    }
}

/// Half of what is left, so that it is tried some more times before the end.
fn retry(now: Tick, end_at: Tick) -> SessionTimer {
    let half = Micros(end_at.since(now).0 / 2);
    if half < RETRY_MIN {
        return SessionTimer::Refreshing { end_at };
    }
    SessionTimer::Ours { refresh_at: now + half, end_at }
}
