// SPDX-License-Identifier: EUPL-1.2
//! Changes of a session that is not up yet: the peer's UPDATE in an early dialog (RFC 3311), whichever
//! side called; and the time that our user has for an answer, in a call that is up as well.
//!
//! ```text
//!   INVITE ──▶ reliable 1xx with the answer ──▶ UPDATE with an offer: Reinvite ──▶ 200, 488, 504
//!                └─ UPDATE before: 500 (we were called), 491 (we called) ─┘
//! ```
//!
//! The rule to keep: whatever the peer asks is answered, also if our user never does, and also if the
//! early dialog ends before: a transaction without an answer would be held for ever.

use super::calls::{Call, Stage, UserAgent, status};
use super::compose::{self, ALLOW, Draft};
use super::limits::CHANGE_ANSWER_MAX;
use super::words::{CallId, CommandRefused, Event};
use crate::Status;
use crate::dialog::{
    Carrier, Decision, DialogId, IncomingState, Modification, OfferUnderWay, OutgoingInvite,
    Refusal, retry_after,
};
use crate::message::{Message, Name, Request, parse_datagram};
use crate::transaction::TransactionId;
use alloc::format;
use alloc::vec::Vec;
use stdx::Tick;

/// A dialog of a call that is not up yet.
pub(super) struct Early {
    pub(super) dialog: DialogId,
    /// Who may change the session in it.
    pub(super) change: Modification,
    /// Our description and theirs as the last UPDATE left them.
    pub(super) changed: Option<(Vec<u8>, Vec<u8>)>,
}

impl Early {
    pub(super) fn begin(dialog: DialogId, change: Modification) -> Early {
        Early { dialog, change, changed: None }
    }

    /// A reliable provisional response went with a description: the answer, if the INVITE had an offer.
    pub(super) fn described(&mut self) {
        match self.change.offer {
            OfferUnderWay::Ours(Carrier::Invite) | OfferUnderWay::Theirs(Carrier::Invite) => {
                self.change = self.change.answered_early();
            }
            OfferUnderWay::None
            | OfferUnderWay::Ours(Carrier::Update)
            | OfferUnderWay::Theirs(Carrier::Update)
            | OfferUnderWay::Owed(_) => {}
        }
    }
}

impl Stage {
    /// Whether the call may still come about, so that its session is worth a change.
    pub(super) fn is_hopeful(&self) -> bool {
        match self {
            Stage::Incoming { machine, .. } => match machine.state {
                IncomingState::Proceeding { .. } => true,
                IncomingState::Accepted | IncomingState::Refused { .. } => false,
            },
            Stage::Outgoing { machine, .. } => match machine {
                OutgoingInvite::Calling { hang_up, .. } => !hang_up,
                OutgoingInvite::Proceeding { .. } => true,
                OutgoingInvite::Cancelling { .. }
                | OutgoingInvite::Accepted
                | OutgoingInvite::Ended { .. } => false,
            },
            Stage::Up(_) => true,
        }
    }
}

impl Call {
    pub(super) fn early(&mut self, dialog: &DialogId) -> Option<&mut Early> {
        self.early.iter_mut().find(|early| early.dialog == *dialog)
    }

    /// When our user's time for an answer is over, and why.
    pub(super) fn answer_due(&self) -> Option<(Tick, &'static str)> {
        let asked = self.their_invite.is_some() || self.their_update.is_some();
        self.answer_by.filter(|_| asked).map(|at| (at, "a change without an answer"))
    }

    /// What becomes of an UPDATE that brings an offer, or of a re-INVITE (RFC 3311, 5.2; RFC 3261,
    /// 14.2); none if the call is as good as over. One at a time, in whichever branch.
    fn decide_early(
        &mut self,
        dialog: &DialogId,
        carrier: Carrier,
        with_offer: bool,
    ) -> Option<Decision> {
        let (is_hopeful, is_asked) = (self.stage.is_hopeful(), self.their_update.is_some());
        let early = self.early(dialog).filter(|_| is_hopeful)?;
        let (taken, decision) = early.change.incoming(carrier, with_offer);
        Some(match (decision, carrier) {
            (Decision::Pending, _) => Decision::Pending,
            (Decision::RetryAfter, _) | (Decision::Take, Carrier::Invite) => Decision::RetryAfter,
            (Decision::Take, Carrier::Update) if is_asked => Decision::RetryAfter,
            (Decision::Take, Carrier::Update) => {
                // Without an offer it is answered at once.
                early.change = if with_offer { taken } else { early.change };
                Decision::Take
            }
        })
    }
}

impl UserAgent {
    /// A re-INVITE or UPDATE came in a dialog that is not confirmed.
    pub(super) fn change_asked_early(
        &mut self,
        now: Tick,
        id: CallId,
        transaction: TransactionId,
        (carrier, dialog): (Carrier, &DialogId),
        request: &Request<'_>,
    ) {
        let (sdp, _) = compose::sdp(&request.headers, request.body);
        let seconds = retry_after(self.rng.next_u64());
        let Some(call) = self.calls.get_mut(&id) else { return };
        let (code, draft) = match call.decide_early(dialog, carrier, sdp.is_some()) {
            None => (487, Draft::default()),
            Some(Decision::Pending) => (491, Draft::default()),
            Some(Decision::RetryAfter) => {
                (500, Draft::default().with(Name::RetryAfter, format!("{seconds}")))
            }
            Some(Decision::Take) => {
                if let Some((dialog, _)) = self.dialogs.get_mut(dialog) {
                    dialog.refresh_target(compose::contact_uri(&request.headers));
                }
                return self.ask_early(now, id, transaction, sdp);
            }
        };
        self.respond(now, transaction, status(code), &draft);
    }

    /// Asks the user, unless there is nothing new: no offer, or the one that is in force.
    fn ask_early(
        &mut self,
        now: Tick,
        id: CallId,
        transaction: TransactionId,
        sdp: Option<Vec<u8>>,
    ) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        if sdp.is_none() {
            let draft = self.change_draft(id);
            self.respond(now, transaction, status(200), &draft);
            return;
        }
        call.their_update = Some(transaction);
        call.answer_by = Some(now + CHANGE_ANSWER_MAX);
        let ours = call.local_sdp.clone().filter(|_| sdp == call.remote_sdp);
        if ours.is_some() {
            // It was asked just now, so it can be answered.
            let _ = self.answer_early(now, id, Carrier::Update, status(200), ours);
        } else {
            self.reschedule(id);
            self.tell(Event::Reinvite(id, Carrier::Update, sdp));
        }
    }

    /// Our user answers an UPDATE before the call is up.
    pub(super) fn answer_early(
        &mut self,
        now: Tick,
        id: CallId,
        carrier: Carrier,
        code: Status,
        sdp: Option<Vec<u8>>,
    ) -> Result<(), CommandRefused> {
        if code.is_provisional() {
            return Err(CommandRefused::NotNow(Refusal::WrongStatus));
        }
        let call = self.calls.get(&id).ok_or(CommandRefused::NoSuchCall)?;
        let nothing = CommandRefused::NotNow(Refusal::NothingUnderWay);
        let asked = call.their_update.filter(|_| carrier == Carrier::Update).ok_or(nothing)?;
        let sent = self.transactions.payload(asked).ok_or(nothing)?;
        let Ok(Message::Request(request)) = parse_datagram(&sent.request) else {
            return Err(nothing);
        };
        let dialog = dialog_of(&request);
        let theirs = compose::sdp(&request.headers, request.body).0;
        let mut draft = if code.is_success() { self.change_draft(id) } else { Draft::default() };
        draft.sdp = sdp.filter(|_| code.is_success());
        if let Some(call) = self.calls.get_mut(&id) {
            call.their_update = None;
            call.settle_early(&dialog, code, draft.sdp.clone().zip(theirs));
        }
        self.respond(now, asked, code, &draft);
        self.reschedule(id);
        Ok(())
    }

    /// What a 2xx to a change says besides its description.
    fn change_draft(&self, id: CallId) -> Draft {
        let draft = Draft::default().with(Name::Allow, ALLOW);
        match self.calls.get(&id) {
            Some(call) => {
                let contact = call.contact(&self.config.contact_user);
                draft.with(Name::Contact, contact)
            }
            None => draft,
        }
    }

    /// An early dialog is over: what was asked in it gets the answer of a pending request (RFC 3261,
    /// 15.1.2). Whether something was.
    pub(super) fn end_early_change(&mut self, now: Tick, id: CallId) -> bool {
        let asked = self.calls.get_mut(&id).and_then(|call| call.their_update.take());
        if let Some(asked) = asked {
            self.respond(now, asked, status(487), &Draft::default());
        }
        asked.is_some()
    }

    /// Our user had time enough. The session stays as it was, and the peer goes on: 488 to a re-INVITE,
    /// 504 to an UPDATE, which has to be answered promptly (RFC 3261, 14.2; RFC 3311, 5.2).
    pub(super) fn change_unanswered(&mut self, now: Tick, id: CallId) {
        for (carrier, code) in [(Carrier::Invite, 488), (Carrier::Update, 504)] {
            let asked = self.calls.get_mut(&id).and_then(|call| *call.theirs(carrier));
            let Some(asked) = asked else { continue };
            if self.refuse_change(now, id, carrier, status(code)).is_ok() {
                self.tell(Event::Withdrawn(id));
                continue;
            }
            // The call ends: nobody has to hear of it but the peer.
            self.respond(now, asked, status(code), &Draft::default());
            if let Some(call) = self.calls.get_mut(&id) {
                *call.theirs(carrier) = None;
            }
        }
        self.reschedule(id);
    }
}

impl Call {
    fn settle_early(&mut self, dialog: &DialogId, code: Status, both: Option<(Vec<u8>, Vec<u8>)>) {
        let we_were_called = matches!(self.stage, Stage::Incoming { .. });
        if let (true, Some((ours, theirs))) = (we_were_called, &both) {
            (self.local_sdp, self.remote_sdp) = (Some(ours.clone()), Some(theirs.clone()));
        }
        let Some(early) = self.early(dialog) else { return };
        // It was asked, so it can be answered.
        if let Ok(settled) = early.change.answer_theirs(Carrier::Update, code.is_success()) {
            early.change = settled;
        }
        early.changed = both.or(early.changed.take());
    }

    /// Whether an UPDATE has changed the session before the call is up.
    pub(super) fn is_changed_early(&self) -> bool {
        self.early.iter().any(|early| early.changed.is_some())
    }
}

fn dialog_of(request: &Request<'_>) -> DialogId {
    let headers = &request.headers;
    let (from, to) = (headers.from.tag(), headers.to.tag());
    DialogId::of_request(headers.call_id, from.unwrap_or_default(), to.unwrap_or_default())
}
