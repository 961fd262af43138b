// SPDX-License-Identifier: EUPL-1.2
//! A REFER of the peer, from its arrival to our last report about it (RFC 3515; RFC 6665).
//!
//! ```text
//!   None ──REFER──▶ Asked ──accept: 202, NOTIFY 100──▶ Reporting ──last report: NOTIFY──▶ None
//!                     │ refuse, nobody answers, the      │  ▲ │ NOTIFY refused or lost,
//!                     │ call ends: final response        └──┘ │ the call ends
//!                     ▼                                report  ▼
//!                   None                                      None
//! ```
//!
//! The rule to keep: one report at a time is on its way, so that none overtakes another; of those that
//! wait the latest is kept, and the last one is never given up for another.

use super::calls::status;
use super::limits::{REFER_ANSWER_MAX, REFER_REPORTS_MAX};
use crate::Status;
use crate::dialog::{Few, Refusal};
use crate::transaction::TransactionId;
use stdx::{Micros, Tick};

/// What is open between a transferor and us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Referral {
    /// Nothing.
    #[default]
    None,
    /// A REFER that our user has not answered.
    Asked { refer: ReferReceived, answer_by: Tick },
    /// One that was taken.
    Reporting(Subscription),
}

/// The subscription that a REFER makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Subscription {
    pub(super) refer: ReferReceived,
    /// Whether our last NOTIFY has no answer yet.
    under_way: bool,
    /// What is told as soon as it has.
    next: Option<Report>,
    /// What was told last.
    told: Status,
    expires_at: Tick,
}

/// A REFER that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ReferReceived {
    pub(super) transaction: TransactionId,
    /// Its number, which tells its reports from those of another.
    pub(super) cseq: u32,
    /// Whether its reports have to say the number, because it is not the dialog's first (RFC 3515, 2.4.6).
    pub(super) is_numbered: bool,
    /// Whether it wants reports (RFC 4488, 4).
    pub(super) wants_reports: bool,
}

/// How far it is with what the peer referred us to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Report {
    pub(super) status: Status,
    /// Why it is the last one; none if more may follow.
    pub(super) last: Option<Last>,
}

/// Why no report follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Last {
    /// All is told.
    Told,
    /// It took too long.
    Expired,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReferralEvent {
    /// A REFER came, and can be read.
    Asked(ReferReceived),
    /// The user takes it.
    Accept,
    /// The user refuses it.
    Refuse(Status),
    /// The user says how far it is.
    Report(Status, Option<Last>),
    /// The final response to a report about this REFER came; 408 if none did.
    Notified { cseq: u32, status: Status },
    /// A deadline has come.
    Timeout,
    /// The call is over or is being ended.
    CallEnds,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReferralEffect {
    /// Not possible; nothing changed.
    Refused(Refusal),
    /// Ask the user.
    Ask,
    /// Answer a REFER.
    Answer(ReferReceived, Status),
    /// Send a report, with the time that the subscription has left.
    Notify(ReferReceived, Report, Micros),
}

type Effects = Few<ReferralEffect>;
type Step = (Referral, Effects);

const TRYING: Status = status(100);
const ACCEPTED: Status = status(202);
const TIMEOUT: Status = status(408);
const TERMINATED: Status = status(487);
const PENDING: Status = status(491);
const SERVER_ERROR: Status = status(500);

impl Referral {
    /// What becomes of it, and what has to be done about it.
    pub(super) fn next(self, now: Tick, event: ReferralEvent) -> Step {
        match self {
            Referral::None => self.next_none(now, event),
            Referral::Asked { refer, answer_by } => self.next_asked(now, event, refer, answer_by),
            Referral::Reporting(subscription) => subscription.next(now, event),
        }
    }

    /// When it wants a [`ReferralEvent::Timeout`], and why. None once the last report waits, because
    /// the NOTIFY before it has timer F.
    pub(super) fn deadline(&self) -> Option<(Tick, &'static str)> {
        match *self {
            Referral::None => None,
            Referral::Asked { answer_by, .. } => Some((answer_by, "a REFER without an answer")),
            Referral::Reporting(subscription) if subscription.ends() => None,
            Referral::Reporting(Subscription { expires_at, .. }) => {
                Some((expires_at, "reports of a REFER"))
            }
        }
    }

    fn next_none(self, now: Tick, event: ReferralEvent) -> Step {
        match event {
            ReferralEvent::Asked(refer) => {
                let asked = Referral::Asked { refer, answer_by: now + REFER_ANSWER_MAX };
                (asked, Effects::one(ReferralEffect::Ask))
            }
            ReferralEvent::Accept | ReferralEvent::Refuse(_) | ReferralEvent::Report(..) => {
                self.refuse(Refusal::NothingUnderWay)
            }
            ReferralEvent::Notified { .. } | ReferralEvent::CallEnds => (self, Effects::NONE),
            ReferralEvent::Timeout => self.refuse(Refusal::NotDue),
        }
    }

    fn next_asked(
        self,
        now: Tick,
        event: ReferralEvent,
        refer: ReferReceived,
        answer_by: Tick,
    ) -> Step {
        match event {
            ReferralEvent::Asked(another) => (self, refused(another, PENDING)),
            ReferralEvent::Accept => accepted(now, refer),
            // RFC 4320, 4.2: 408 is never sent to a request that is no INVITE.
            ReferralEvent::Refuse(status)
                if status.is_provisional() || status.is_success() || status == TIMEOUT =>
            {
                self.refuse(Refusal::WrongStatus)
            }
            ReferralEvent::Refuse(status) => (Referral::None, refused(refer, status)),
            ReferralEvent::Report(..) => self.refuse(Refusal::NothingUnderWay),
            ReferralEvent::Notified { .. } => (self, Effects::NONE),
            ReferralEvent::Timeout if answer_by <= now => {
                (Referral::None, refused(refer, SERVER_ERROR))
            }
            ReferralEvent::Timeout => self.refuse(Refusal::NotDue),
            // RFC 3261, 15.1.2: what is pending when the BYE comes.
            ReferralEvent::CallEnds => (Referral::None, refused(refer, TERMINATED)),
        }
    }

    fn refuse(self, why: Refusal) -> Step {
        (self, Effects::one(ReferralEffect::Refused(why)))
    }
}

impl Subscription {
    fn next(self, now: Tick, event: ReferralEvent) -> Step {
        let stays = Referral::Reporting(self);
        match event {
            ReferralEvent::Asked(another) => (stays, refused(another, PENDING)),
            ReferralEvent::Accept | ReferralEvent::Refuse(_) => {
                stays.refuse(Refusal::NothingUnderWay)
            }
            ReferralEvent::Report(..) if self.ends() => stays.refuse(Refusal::AlreadyFinal),
            ReferralEvent::Report(status, last) => self.say(now, Report { status, last }),
            ReferralEvent::Notified { cseq, .. } if cseq != self.refer.cseq => {
                (stays, Effects::NONE)
            }
            // RFC 6665, 4.2.2: who does not take a report does not wait for another.
            ReferralEvent::Notified { status, .. } if !status.is_success() => {
                (Referral::None, Effects::NONE)
            }
            ReferralEvent::Notified { .. } => {
                let idle = Subscription { under_way: false, next: None, ..self };
                match self.next {
                    Some(report) => idle.say(now, report),
                    None => (Referral::Reporting(idle), Effects::NONE),
                }
            }
            ReferralEvent::Timeout if self.expires_at <= now && !self.ends() => {
                let status = self.next.map_or(self.told, |report| report.status);
                self.say(now, Report { status, last: Some(Last::Expired) })
            }
            ReferralEvent::Timeout => stays.refuse(Refusal::NotDue),
            // The last report does not wait any longer: behind the BYE it would find nobody.
            ReferralEvent::CallEnds => {
                let last = self.next.filter(|report| report.last.is_some());
                let send = last.map(|report| self.notify(now, report));
                (Referral::None, Effects::NONE.and_maybe(send))
            }
        }
    }

    /// Sends a report, or keeps it until the one before has its answer.
    fn say(self, now: Tick, report: Report) -> Step {
        if self.under_way {
            let waits = Subscription { next: Some(report), ..self };
            return (Referral::Reporting(waits), Effects::NONE);
        }
        let sent = Subscription { under_way: true, told: report.status, ..self };
        let after = match report.last {
            Some(Last::Told | Last::Expired) => Referral::None,
            None => Referral::Reporting(sent),
        };
        (after, Effects::one(self.notify(now, report)))
    }

    fn notify(&self, now: Tick, report: Report) -> ReferralEffect {
        ReferralEffect::Notify(self.refer, report, self.expires_at.since(now))
    }

    /// Whether the last report waits to be sent.
    fn ends(&self) -> bool {
        self.next.is_some_and(|report| report.last.is_some())
    }
}

/// RFC 3515, 2.4.4: a REFER that is taken is reported on at once.
fn accepted(now: Tick, refer: ReferReceived) -> Step {
    let answer = Effects::one(ReferralEffect::Answer(refer, ACCEPTED));
    if !refer.wants_reports {
        return (Referral::None, answer);
    }
    let begun = Subscription {
        refer,
        under_way: false,
        next: None,
        told: TRYING,
        expires_at: now + REFER_REPORTS_MAX,
    };
    let (reporting, report) = begun.say(now, Report { status: TRYING, last: None });
    (reporting, answer.and_all(report))
}

fn refused(refer: ReferReceived, status: Status) -> Effects {
    Effects::one(ReferralEffect::Answer(refer, status))
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
    const LATER: Tick = Tick(1_000_000_000);
    const TABLE: &str = include_str!("../../tests/agent/referral.txt");

    fn transaction() -> TransactionId {
        let mut all = Transactions::new(Timing::DEFAULT, Room::DEFAULT);
        let key = TransactionKey::client(b"z9hG4bK1", Method::Options);
        all.begin(NOW, Method::Options, key, Transport::Reliable, ()).expect("there is room").0
    }

    fn refer(cseq: u32, wants_reports: bool) -> ReferReceived {
        let transaction = transaction();
        ReferReceived { transaction, cseq, is_numbered: false, wants_reports }
    }

    /// Every state, by the way there.
    fn states() -> [(&'static str, Referral); 7] {
        let next = |state: Referral, event| state.next(NOW, event).0;
        let report = |code, last| ReferralEvent::Report(status(code), last);
        let notified = ReferralEvent::Notified { cseq: 8, status: status(200) };
        let asked = next(Referral::None, ReferralEvent::Asked(refer(8, true)));
        let quietly = next(Referral::None, ReferralEvent::Asked(refer(8, false)));
        let told = next(asked, ReferralEvent::Accept);
        let idle = next(told, notified);
        let waiting = next(told, report(180, None));
        let ending = next(waiting, report(200, Some(Last::Told)));
        [
            ("nothing", Referral::None),
            ("asked", asked),
            ("asked quietly", quietly),
            ("told", told),
            ("idle", idle),
            ("waiting", waiting),
            ("ending", ending),
        ]
    }

    fn events() -> [(&'static str, Tick, ReferralEvent); 13] {
        let notified = |cseq, code| ReferralEvent::Notified { cseq, status: status(code) };
        [
            ("REFER", NOW, ReferralEvent::Asked(refer(9, true))),
            ("accept", NOW, ReferralEvent::Accept),
            ("refuse 603", NOW, ReferralEvent::Refuse(status(603))),
            ("refuse 200", NOW, ReferralEvent::Refuse(status(200))),
            ("refuse 408", NOW, ReferralEvent::Refuse(status(408))),
            ("report 183", NOW, ReferralEvent::Report(status(183), None)),
            ("last 486", NOW, ReferralEvent::Report(status(486), Some(Last::Told))),
            ("200", NOW, notified(8, 200)),
            ("481", NOW, notified(8, 481)),
            ("481 to another", NOW, notified(7, 481)),
            ("too early", NOW, ReferralEvent::Timeout),
            ("due", LATER, ReferralEvent::Timeout),
            ("the call ends", NOW, ReferralEvent::CallEnds),
        ]
    }

    fn shown(report: Report) -> String {
        let last = match report.last {
            Some(Last::Told) => ", the last",
            Some(Last::Expired) => ", too late",
            None => "",
        };
        format!("NOTIFY {}{last}", report.status.code())
    }

    fn shown_effect(effect: ReferralEffect) -> String {
        match effect {
            ReferralEffect::Refused(why) => format!("{why:?}"),
            ReferralEffect::Ask => "ask".into(),
            ReferralEffect::Answer(refer, status) => {
                format!("{} to REFER {}", status.code(), refer.cseq)
            }
            ReferralEffect::Notify(_, report, _) => shown(report),
        }
    }

    fn shown_state(state: Referral) -> String {
        match state {
            Referral::None => "nothing".into(),
            Referral::Asked { refer, .. } => format!("asked {}", refer.cseq),
            Referral::Reporting(Subscription { under_way, next, .. }) => {
                let way = if under_way { "told" } else { "idle" };
                next.map_or(way.into(), |report| format!("{way}, then {}", shown(report)))
            }
        }
    }

    #[test]
    fn every_event_in_every_state() {
        let mut table = String::from("state | event | next state | what is done\n");
        for (from, state) in states() {
            for (what, now, event) in events() {
                let (to, effects) = state.next(now, event);
                let effects: Vec<String> = effects.into_iter().map(shown_effect).collect();
                let stays = to == state;
                let to = if stays { "-".into() } else { shown_state(to) };
                table += format!("{from} | {what} | {to} | {}", effects.join("; ")).trim_end();
                table.push('\n');
            }
        }
        assert!(table == TABLE, "tests/agent/referral.txt is not what is decided:\n{table}");
    }

    #[test]
    fn what_waits_for_nobody_has_no_deadline() {
        let due = states().map(|(name, state)| (name, state.deadline().map(|(_, why)| why)));
        let (answer, reports) = (Some("a REFER without an answer"), Some("reports of a REFER"));
        assert_eq!(
            due,
            [
                ("nothing", None),
                ("asked", answer),
                ("asked quietly", answer),
                ("told", reports),
                ("idle", reports),
                ("waiting", reports),
                // Timer F of the NOTIFY before ends it.
                ("ending", None),
            ]
        );
    }
}
