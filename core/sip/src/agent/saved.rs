// SPDX-License-Identifier: EUPL-1.2
//! A call that is up as plain data, and how another user agent goes on with it.
//!
//! ```text
//!   old: save ──▶ SavedCall: no time of any clock, no number of any table ──▶ new: restore
//!                                                                              │
//!          our 2xx without its ACK is repeated, what the peer asks is asked anew,
//!          what we wanted is tried again, a session that was being refreshed is refreshed
//! ```
//!
//! The rule to keep: transactions are not saved. What was under way in them is begun again here, under
//! numbers that the old agent cannot have used, and what the peer answers to the old ones is absorbed.
//! What either side has referred the other to is not saved either: it lives for minutes, its reports
//! are only news, and the other side has a bound for them as we have.

use super::answers::session_agreed;
use super::calls::{Call, Stage, UserAgent};
use super::compose;
use super::limits::{RESTORED_CHANGE_AFTER, RESTORED_CSEQ_LEAP};
use super::words::{CallId, CommandRefused, Flow, Raw, Transmit, Way, sealed_debug};
use crate::Method;
use crate::dialog::{
    AwaitedAck, Carrier, Dialog, DialogId, Established, Modification, OfferUnderWay, Phase,
    Proposal, Retry, SessionTimer,
};
use crate::message::{Message, Response, parse_datagram};
use crate::transaction::{Backoff, Timing, TransactionId};
use alloc::vec::Vec;
use core::fmt;
use stdx::{Micros, Redacted, Tick};

/// A call that is up, to be written down and handed to another [`UserAgent`].
#[derive(Clone, PartialEq, Eq)]
pub struct SavedCall {
    /// The dialog (RFC 3261, 12), with the numbers of the last requests either way.
    pub dialog: Dialog,
    /// The flow that its last request came by.
    pub flow: Flow,
    /// Where its requests go.
    pub way: Way,
    /// The session timer, if one was agreed on.
    pub timer: Option<SavedTimer>,
    /// What carries a refresh.
    pub refresh_by: Carrier,
    /// The session timer that we ask for.
    pub proposal: Proposal,
    /// Our last description.
    pub local_sdp: Option<Raw>,
    /// The peer's last description.
    pub remote_sdp: Option<Raw>,
    /// The number of our last INVITE that a 2xx has answered.
    pub our_cseq: u32,
    /// Our 2xx that waits for its ACK.
    pub unacknowledged: Option<SavedAnswer>,
    /// What we want the session to be, if the peer has not answered that.
    pub wanted: Option<Raw>,
    /// Re-INVITE and UPDATE of the peer that our user has not answered.
    pub asked: Vec<SavedRequest>,
}

/// A session timer as the time that is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SavedTimer {
    /// Until we refresh; none if the peer does.
    pub refresh_in: Option<Micros>,
    /// Until we hang up.
    pub end_in: Micros,
}

/// A 2xx to an INVITE.
#[derive(Clone, PartialEq, Eq)]
pub struct SavedAnswer {
    /// The number of the INVITE.
    pub invite_cseq: u32,
    /// Whether it made the dialog.
    pub is_first: bool,
    /// Until hope for its ACK ends: however often a call is saved, it is not repeated for longer.
    pub give_up_in: Micros,
    /// Whether it carries an offer, which its ACK answers.
    pub with_offer: bool,
    /// Where it goes.
    pub flow: Flow,
    /// The message.
    pub bytes: Raw,
}

/// A request of the peer.
#[derive(Clone, PartialEq, Eq)]
pub struct SavedRequest {
    /// What it came by.
    pub flow: Flow,
    /// The message.
    pub bytes: Raw,
}

sealed_debug!(SavedCall, SavedAnswer, SavedRequest);

impl SavedCall {
    /// The same call after it has lain there for a while: its timers have gone on.
    #[must_use]
    pub fn aged(mut self, by: Micros) -> SavedCall {
        let less = |time: Micros| Micros(time.0.saturating_sub(by.0));
        self.timer = self.timer.map(|timer| SavedTimer {
            refresh_in: timer.refresh_in.map(less),
            end_in: less(timer.end_in),
        });
        self.unacknowledged = self.unacknowledged.map(|sent| {
            let give_up_in = less(sent.give_up_in);
            SavedAnswer { give_up_in, ..sent }
        });
        self
    }
}

impl SavedTimer {
    fn of(now: Tick, timer: SessionTimer) -> Option<SavedTimer> {
        let left = |at| left(now, at);
        match timer {
            SessionTimer::Off => None,
            SessionTimer::Ours { refresh_at, end_at } => {
                Some(SavedTimer { refresh_in: Some(left(refresh_at)), end_in: left(end_at) })
            }
            // Nobody hears the answer to the refresh that is under way.
            SessionTimer::Refreshing { end_at } => {
                Some(SavedTimer { refresh_in: Some(Micros::ZERO), end_in: left(end_at) })
            }
            SessionTimer::Peers { end_at } => {
                Some(SavedTimer { refresh_in: None, end_in: left(end_at) })
            }
        }
    }

    fn running(self, now: Tick) -> SessionTimer {
        let end_at = now + self.end_in;
        match self.refresh_in {
            Some(refresh_in) => SessionTimer::Ours { refresh_at: now + refresh_in, end_at },
            None => SessionTimer::Peers { end_at },
        }
    }
}

impl UserAgent {
    /// A call that is up as plain data; none if it is not, or not any more. It goes on here all the
    /// same: whoever restores it elsewhere must not ask this agent again.
    #[must_use]
    pub fn save(&self, now: Tick, id: CallId) -> Option<SavedCall> {
        let call = self.calls.get(&id)?;
        let Stage::Up(up) = call.stage else { return None };
        if up.phase != Phase::Up {
            return None;
        }
        let (dialog, _) = self.dialogs.get(call.dialog.as_ref()?)?;
        let asked = [call.their_invite, call.their_update].into_iter().flatten();
        let raw = |bytes: &Vec<u8>| Redacted::new(bytes.clone());
        Some(SavedCall {
            dialog: dialog.clone(),
            flow: call.flow,
            way: call.way,
            timer: SavedTimer::of(now, up.timer),
            refresh_by: up.refresh_by,
            proposal: call.proposal,
            local_sdp: call.local_sdp.as_ref().map(raw),
            remote_sdp: call.remote_sdp.as_ref().map(raw),
            our_cseq: up.our_cseq,
            unacknowledged: call.unacknowledged(now, &up),
            wanted: call.wanted.as_ref().map(raw),
            asked: asked.filter_map(|asked| self.saved_request(asked)).collect(),
        })
    }

    fn saved_request(&self, asked: TransactionId) -> Option<SavedRequest> {
        let sent = self.transactions.payload(asked)?;
        let flow = Flow { remote: sent.source, ..sent.flow };
        Some(SavedRequest { flow, bytes: Redacted::new(sent.request.clone()) })
    }

    /// Goes on with a call that another agent has saved, in this process or in one before. What the
    /// peer had asked is told anew, as [`super::Event::Reinvite`].
    ///
    /// # Errors
    /// Without room, or if the call is here already.
    pub fn restore(&mut self, now: Tick, saved: SavedCall) -> Result<CallId, CommandRefused> {
        if self.calls.len() >= self.config.calls.all {
            return Err(CommandRefused::NoRoom);
        }
        let up = saved.established(now, self.config.timing);
        let mut dialog = saved.dialog;
        dialog.local_cseq = dialog.local_cseq.saturating_add(RESTORED_CSEQ_LEAP);
        let (key, heard) = (dialog.id.clone(), dialog.remote_cseq);
        let id = self.begin_call(saved.flow, saved.way, Stage::Up(up));
        if self.dialogs.insert(dialog, id).is_err() {
            self.forget_call(id);
            return Err(CommandRefused::NoRoom);
        }
        let bytes = |raw: Raw| raw.expose().clone();
        if let Some(call) = self.calls.get_mut(&id) {
            call.dialog = Some(key.clone());
            // The agent before may have been: a number is lawful in any case (RFC 3515, 2.4.6).
            call.was_referred = true;
            call.local_sdp = saved.local_sdp.map(bytes);
            call.remote_sdp = saved.remote_sdp.map(bytes);
            call.wanted = saved.wanted.map(bytes);
            call.proposal = saved.proposal;
            call.repeated = saved
                .unacknowledged
                .map(|sent| Transmit { flow: sent.flow, bytes: bytes(sent.bytes) });
        }
        self.reschedule(id);
        self.ask_again(now, &key, &saved.asked);
        if let Some((dialog, _)) = self.dialogs.get_mut(&key) {
            dialog.remote_cseq = heard;
        }
        Ok(id)
    }

    /// Takes what the peer had asked as if it came now: its own number is new again.
    fn ask_again(&mut self, now: Tick, dialog: &DialogId, asked: &[SavedRequest]) {
        for SavedRequest { flow, bytes } in asked {
            let Ok(Message::Request(request)) = parse_datagram(bytes.expose()) else { continue };
            if let Some((dialog, _)) = self.dialogs.get_mut(dialog) {
                dialog.remote_cseq = request.headers.cseq.number.checked_sub(1);
            }
            self.requested(now, *flow, &request);
        }
    }

    /// A 2xx to an INVITE of ours that no transaction knows: of the agent that had the call before, or
    /// repeated for longer than 64·T1. It gets its ACK (RFC 3261, 13.2.2.4), or the peer would hang up;
    /// and it agrees on the session that we wanted and on its timer.
    pub(super) fn stray_success(&mut self, now: Tick, response: &Response<'_>) {
        let headers = &response.headers;
        if !response.status.is_success() || headers.cseq.method != Method::Invite {
            return;
        }
        let (from, to) = (headers.from.tag(), headers.to.tag());
        let (from, to) = (from.unwrap_or_default(), to.unwrap_or_default());
        let dialog = DialogId::of_response(headers.call_id, from, to);
        let Some((dialog, id)) = self.dialogs.get_mut(&dialog) else { return };
        let (id, cseq) = (*id, headers.cseq.number);
        let Some(call) = self.calls.get_mut(&id) else { return };
        let news = match call.stage {
            Stage::Up(up) if up.phase == Phase::Up && up.our_cseq < cseq => Some(up),
            Stage::Up(_) | Stage::Incoming { .. } | Stage::Outgoing { .. } => None,
        };
        if let Some(up) = news {
            dialog.refresh_target(compose::contact_uri(headers));
            let timer = SessionTimer::agreed(now, session_agreed(call.proposal, headers));
            call.stage = Stage::Up(Established { our_cseq: cseq, retry: None, timer, ..up });
            self.changed(id, compose::answer_sdp(response));
            self.reschedule(id);
        }
        self.send_ack(id, cseq);
    }
}

fn left(now: Tick, at: Tick) -> Micros {
    if at > now { at.since(now) } else { Micros::ZERO }
}

impl Call {
    fn unacknowledged(&self, now: Tick, up: &Established) -> Option<SavedAnswer> {
        let (invite_cseq, give_up_at) = match up.ack? {
            AwaitedAck::Repeating { invite_cseq, give_up_at, .. } => (invite_cseq, give_up_at),
            AwaitedAck::Acknowledged | AwaitedAck::GivenUp => return None,
        };
        let sent = self.repeated.as_ref()?;
        Some(SavedAnswer {
            invite_cseq,
            is_first: up.ack_is_first,
            give_up_in: left(now, give_up_at),
            with_offer: up.modification.offer == OfferUnderWay::Ours(Carrier::Invite),
            flow: sent.flow,
            bytes: Redacted::new(sent.bytes.clone()),
        })
    }
}

impl SavedCall {
    fn established(&self, now: Tick, timing: Timing) -> Established {
        let timer = self.timer.map_or(SessionTimer::Off, |timer| timer.running(now));
        let mut up = Established::as_client(self.our_cseq, timer, self.refresh_by);
        up.role = self.dialog.role;
        if let Some(sent) = &self.unacknowledged {
            up.ack = Some(AwaitedAck::Repeating {
                invite_cseq: sent.invite_cseq,
                again: Backoff::starting(now, timing.t1),
                give_up_at: now + sent.give_up_in,
            });
            up.ack_is_first = sent.is_first;
            if sent.with_offer {
                let offer = OfferUnderWay::Ours(Carrier::Invite);
                up.modification = Modification { offer, ..Modification::SETTLED };
            }
        }
        let at = now + RESTORED_CHANGE_AFTER;
        let again = Retry { at, carrier: Carrier::Invite, with_offer: true, tries: 0 };
        up.retry = self.wanted.as_ref().map(|_| again);
        up
    }
}
