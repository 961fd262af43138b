// SPDX-License-Identifier: EUPL-1.2
//! One who watches, from SUBSCRIBE to the last NOTIFY (RFC 6665, 4.2), about whatever.
//!
//! ```text
//!   SUBSCRIBE ──▶ Asked ──accept: 200, NOTIFY──▶ Watching ──expires, unsubscribes, we end it: NOTIFY──▶ Over
//!                   │ refuse, nobody answers       │ ▲ │  a NOTIFY is refused, or nobody answers it
//!                   ▼                              └─┘ ▼
//!                  Over                  changes: NOTIFY Over
//! ```
//!
//! The rule to keep: one NOTIFY at a time is on its way, and the next one no sooner than a second later; what
//! changes meanwhile comes with that one, as it is by then. The last word waits for nothing.

use super::calls::status;
use super::limits::{NOTIFY_EVERY, SUBSCRIBE_ANSWER_MAX};
use crate::Status;
use crate::dialog::{Few, Refusal};
use crate::transaction::TransactionId;
use stdx::{Micros, Tick};

/// How far a subscription is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subscription {
    /// Our user has not decided.
    Asked { wish: Wish, answer_by: Tick },
    /// It is told what changes.
    Watching(Watching),
    /// Nothing of it is left.
    Over,
}

/// What a SUBSCRIBE wants: until when, in seconds; 0 to be told once, and no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) transaction: TransactionId,
    pub(super) seconds: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Watching {
    expires_at: Tick,
    /// Whether our last NOTIFY has no answer yet.
    under_way: bool,
    /// Whether there is something that was not told.
    changed: bool,
    /// Before, nothing more is told.
    quiet_until: Tick,
}

/// Why nothing more is told (RFC 6665, 4.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ceasing {
    /// It has expired, or was ended by who watches.
    Timeout,
    /// Whom it is about does not exist any more: it need not be tried again.
    NoResource,
    /// We are leaving: it may be tried again [a while](super::limits::PROBATION) later.
    Probation,
    /// A newer one of the same watcher shows the same: it need not be tried again.
    Superseded,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SubscriptionEvent {
    /// Our user lets it watch.
    Accept,
    /// Our user does not.
    Refuse(Status),
    /// Another SUBSCRIBE of its dialog came.
    Refresh(Wish),
    /// There is something to tell.
    Changed,
    /// The final response to a NOTIFY came; 408 if none did.
    Notified(Status),
    /// A deadline has come.
    Timeout,
    /// Our user ends it.
    Cease(Ceasing),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SubscriptionEffect {
    /// Not possible; nothing changed.
    Refused(Refusal),
    /// Answer a SUBSCRIBE; a success with the seconds that are granted.
    Answer(Wish, Status),
    /// Tell how it is now, and how long the subscription lasts.
    Notify(Micros),
    /// The same for the last time.
    Last(Ceasing),
}

type Effects = Few<SubscriptionEffect>;
type Step = (Subscription, Effects);

const OK: Status = status(200);
const SERVER_ERROR: Status = status(500);
const TIMEOUT: Status = status(408);

impl Subscription {
    /// A SUBSCRIBE outside of any dialog was taken in.
    pub(super) fn asked(now: Tick, wish: Wish) -> Subscription {
        Subscription::Asked { wish, answer_by: now + SUBSCRIBE_ANSWER_MAX }
    }

    /// What becomes of it, and what has to be done about it.
    pub(super) fn next(self, now: Tick, event: SubscriptionEvent) -> Step {
        match self {
            Subscription::Asked { wish, answer_by } => self.next_asked(now, event, wish, answer_by),
            Subscription::Watching(watching) => watching.next(now, event),
            Subscription::Over => match event {
                SubscriptionEvent::Refresh(wish) => {
                    let gone = SubscriptionEffect::Answer(wish, status(481));
                    (self, Effects::one(gone))
                }
                SubscriptionEvent::Notified(_) => (self, Effects::NONE),
                SubscriptionEvent::Accept
                | SubscriptionEvent::Refuse(_)
                | SubscriptionEvent::Changed
                | SubscriptionEvent::Timeout
                | SubscriptionEvent::Cease(_) => self.refuse(Refusal::Over),
            },
        }
    }

    /// When it wants a [`SubscriptionEvent::Timeout`], and why.
    pub(super) fn deadline(&self) -> Option<(Tick, &'static str)> {
        match *self {
            Subscription::Asked { answer_by, .. } => {
                Some((answer_by, "a SUBSCRIBE without an answer"))
            }
            Subscription::Watching(it) if it.changed && !it.under_way => {
                Some((it.quiet_until.min(it.expires_at), "a change that was not told"))
            }
            Subscription::Watching(it) => Some((it.expires_at, "a subscription")),
            Subscription::Over => None,
        }
    }

    fn next_asked(self, now: Tick, event: SubscriptionEvent, wish: Wish, answer_by: Tick) -> Step {
        let answer = |status| Effects::one(SubscriptionEffect::Answer(wish, status));
        match event {
            SubscriptionEvent::Accept => {
                let quiet_until = now + NOTIFY_EVERY;
                let expires_at = now + Micros::from_secs(wish.seconds.into());
                let begun = Watching { expires_at, under_way: true, changed: false, quiet_until };
                let (after, told) = begun.tell(now, wish.seconds);
                (after, answer(OK).and_all(told))
            }
            // RFC 4320, 4.2: 408 is never sent to a request that is no INVITE.
            SubscriptionEvent::Refuse(status)
                if status.is_provisional() || status.is_success() || status == TIMEOUT =>
            {
                self.refuse(Refusal::WrongStatus)
            }
            SubscriptionEvent::Refuse(status) => (Subscription::Over, answer(status)),
            // Nobody knows our tag yet, so nobody can send this.
            SubscriptionEvent::Refresh(another) => {
                let early = SubscriptionEffect::Answer(another, SERVER_ERROR);
                (self, Effects::one(early))
            }
            SubscriptionEvent::Changed => self.refuse(Refusal::NothingUnderWay),
            SubscriptionEvent::Notified(_) => (self, Effects::NONE),
            SubscriptionEvent::Timeout if answer_by <= now => {
                (Subscription::Over, answer(SERVER_ERROR))
            }
            SubscriptionEvent::Timeout => self.refuse(Refusal::NotDue),
            SubscriptionEvent::Cease(_) => (Subscription::Over, answer(status(503))),
        }
    }

    fn refuse(self, why: Refusal) -> Step {
        (self, Effects::one(SubscriptionEffect::Refused(why)))
    }
}

impl Watching {
    fn next(self, now: Tick, event: SubscriptionEvent) -> Step {
        let stays = Subscription::Watching(self);
        match event {
            SubscriptionEvent::Accept | SubscriptionEvent::Refuse(_) => {
                stays.refuse(Refusal::NothingUnderWay)
            }
            // RFC 6665, 4.2.1.2: each SUBSCRIBE is followed by a NOTIFY, as soon as the one before has its answer.
            SubscriptionEvent::Refresh(wish) => {
                let expires_at = now + Micros::from_secs(wish.seconds.into());
                let quiet_until = now + NOTIFY_EVERY;
                let longer = Watching { expires_at, ..self };
                let answer = Effects::one(SubscriptionEffect::Answer(wish, OK));
                if self.under_way && wish.seconds > 0 {
                    return (Subscription::Watching(Watching { changed: true, ..longer }), answer);
                }
                let told = Watching { under_way: true, changed: false, quiet_until, ..longer };
                let (after, told) = told.tell(now, wish.seconds);
                (after, answer.and_all(told))
            }
            SubscriptionEvent::Changed => Watching { changed: true, ..self }.tell_change(now),
            // RFC 6665, 4.2.2: who does not take a NOTIFY does not watch any more.
            SubscriptionEvent::Notified(status) if !status.is_success() => {
                (Subscription::Over, Effects::NONE)
            }
            SubscriptionEvent::Notified(_) => {
                Watching { under_way: false, ..self }.tell_change(now)
            }
            SubscriptionEvent::Timeout if self.expires_at <= now => {
                let last = SubscriptionEffect::Last(Ceasing::Timeout);
                (Subscription::Over, Effects::one(last))
            }
            SubscriptionEvent::Timeout if self.may_tell(now) => self.tell_change(now),
            SubscriptionEvent::Timeout => stays.refuse(Refusal::NotDue),
            SubscriptionEvent::Cease(why) => {
                (Subscription::Over, Effects::one(SubscriptionEffect::Last(why)))
            }
        }
    }

    fn may_tell(&self, now: Tick) -> bool {
        self.changed && !self.under_way && self.quiet_until <= now
    }

    fn tell_change(self, now: Tick) -> Step {
        if !self.may_tell(now) {
            return (Subscription::Watching(self), Effects::NONE);
        }
        let quiet_until = now + NOTIFY_EVERY;
        let told = Watching { under_way: true, changed: false, quiet_until, ..self };
        let left = SubscriptionEffect::Notify(self.expires_at.since(now));
        (Subscription::Watching(told), Effects::one(left))
    }

    /// The NOTIFY that belongs to a SUBSCRIBE; for 0 seconds it is the last one.
    fn tell(self, now: Tick, seconds: u32) -> Step {
        if seconds == 0 {
            let last = SubscriptionEffect::Last(Ceasing::Timeout);
            return (Subscription::Over, Effects::one(last));
        }
        let left = SubscriptionEffect::Notify(self.expires_at.since(now));
        (Subscription::Watching(self), Effects::one(left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Method;
    use crate::transaction::{Room, Timing, TransactionKey, Transactions, Transport};
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;

    const NOW: Tick = Tick(1_000_000);
    const LATER: Tick = Tick(3_000_000);
    const AT_LAST: Tick = Tick(400_000_000);
    const TABLE: &str = include_str!("../../tests/agent/subscription.txt");

    fn wish(seconds: u32) -> Wish {
        let mut all = Transactions::new(Timing::DEFAULT, Room::DEFAULT);
        let key = TransactionKey::client(b"z9hG4bK1", Method::Options);
        let (transaction, _) =
            all.begin(NOW, Method::Options, key, Transport::Reliable, ()).expect("there is room");
        Wish { transaction, seconds }
    }

    fn states() -> [(&'static str, Subscription); 7] {
        let next = |state: Subscription, event| state.next(NOW, event).0;
        let ok = SubscriptionEvent::Notified(status(200));
        let asked = Subscription::asked(NOW, wish(300));
        let told = next(asked, SubscriptionEvent::Accept);
        let waits = next(told, SubscriptionEvent::Changed);
        let quiet = next(told, ok);
        [
            ("asked", asked),
            ("asked once", Subscription::asked(NOW, wish(0))),
            ("told", told),
            ("told, changed", waits),
            ("quiet", quiet),
            ("quiet, changed", next(quiet, SubscriptionEvent::Changed)),
            ("over", Subscription::Over),
        ]
    }

    fn events() -> [(&'static str, Tick, SubscriptionEvent); 15] {
        let notified = |code| SubscriptionEvent::Notified(status(code));
        [
            ("accept", NOW, SubscriptionEvent::Accept),
            ("refuse 404", NOW, SubscriptionEvent::Refuse(status(404))),
            ("refuse 200", NOW, SubscriptionEvent::Refuse(status(200))),
            ("refuse 408", NOW, SubscriptionEvent::Refuse(status(408))),
            ("again", NOW, SubscriptionEvent::Refresh(wish(600))),
            ("unsubscribe", NOW, SubscriptionEvent::Refresh(wish(0))),
            ("changes", NOW, SubscriptionEvent::Changed),
            ("changes later", LATER, SubscriptionEvent::Changed),
            ("200", NOW, notified(200)),
            ("200 later", LATER, notified(200)),
            ("481", NOW, notified(481)),
            ("too early", NOW, SubscriptionEvent::Timeout),
            ("a moment later", LATER, SubscriptionEvent::Timeout),
            ("expired", AT_LAST, SubscriptionEvent::Timeout),
            ("we leave", NOW, SubscriptionEvent::Cease(Ceasing::Probation)),
        ]
    }

    fn shown(effect: SubscriptionEffect) -> String {
        match effect {
            SubscriptionEffect::Refused(why) => format!("{why:?}"),
            SubscriptionEffect::Answer(wish, code) => {
                format!("{} for {} s", code.code(), wish.seconds)
            }
            SubscriptionEffect::Notify(left) => format!("NOTIFY, {} s left", left.as_secs()),
            SubscriptionEffect::Last(why) => format!("last NOTIFY, {why:?}"),
        }
    }

    fn in_words(state: Subscription) -> String {
        match state {
            Subscription::Asked { .. } => "asked".into(),
            Subscription::Watching(it) => {
                let way = if it.under_way { "told" } else { "quiet" };
                let changed = if it.changed { ", changed" } else { "" };
                format!("{way}{changed}, until {}", it.expires_at.0 / 1_000_000)
            }
            Subscription::Over => "over".into(),
        }
    }

    #[test]
    fn every_event_in_every_state() {
        let mut table = String::from("state | event | next state | what is done\n");
        for (from, state) in states() {
            for (what, now, event) in events() {
                let (to, effects) = state.next(now, event);
                let effects: Vec<String> = effects.into_iter().map(shown).collect();
                let to = if to == state { "-".into() } else { in_words(to) };
                table += format!("{from} | {what} | {to} | {}", effects.join("; ")).trim_end();
                table.push('\n');
            }
        }
        assert!(table == TABLE, "tests/agent/subscription.txt is not what is decided:\n{table}");
    }

    /// Whatever comes in whatever order: no second NOTIFY before the first has its answer, none within a second but
    /// for a SUBSCRIBE, what changed is told in the end, and nothing follows the last one.
    #[test]
    fn in_any_order_everything_is_told_and_nothing_twice() {
        let mut rng = stdx::Rng::new(115);
        for round in 0..5_000 {
            let mut state = Subscription::asked(NOW, wish(300));
            let (mut now, mut open, mut owed, mut is_over) = (NOW, 0, false, false);
            for _ in 0..40 {
                now = now + Micros::from_millis(rng.below(1_500));
                let event = match rng.below(8) {
                    0 => SubscriptionEvent::Accept,
                    1 => SubscriptionEvent::Refresh(wish([0, 60, 600][rng.below(3) as usize])),
                    2 | 3 => SubscriptionEvent::Changed,
                    4 | 5 if open > 0 => SubscriptionEvent::Notified(status(200)),
                    6 if rng.below(20) == 0 => SubscriptionEvent::Cease(Ceasing::NoResource),
                    _ => SubscriptionEvent::Timeout,
                };
                let was_watching = matches!(state, Subscription::Watching(_));
                let (after, effects) = state.next(now, event);
                open -= i32::from(matches!(event, SubscriptionEvent::Notified(_)));
                owed |= was_watching && event == SubscriptionEvent::Changed;
                for effect in effects {
                    match effect {
                        SubscriptionEffect::Notify(_) => {
                            assert!(!is_over && open == 0, "round {round}: {event:?}");
                            open += 1;
                            owed = false;
                        }
                        SubscriptionEffect::Last(_) => {
                            assert!(!is_over, "round {round}: {event:?}");
                            (is_over, owed) = (true, false);
                        }
                        SubscriptionEffect::Refused(_) | SubscriptionEffect::Answer(..) => {}
                    }
                }
                is_over |= after == Subscription::Over;
                let waits = open > 0 || after.deadline().is_some();
                assert!(is_over || !owed || waits, "round {round}: nobody tells it");
                state = after;
            }
        }
    }
}
