// SPDX-License-Identifier: EUPL-1.2
//! A call of ours that was refused for something that it lacked, and is sent again with it.
//!
//! The rule to keep: it is the same call: Call-ID, From and To stay, CSeq goes up (RFC 3261, 8.1.3.5),
//! the time to ring goes on, and the user hears of it only if it fails all the same.

use super::calls::{Stage, UserAgent};
use super::compose;
use super::outgoing::OurInvite;
use super::transport::{Purpose, Sent};
use super::words::{CallId, Event, Flow};
use crate::dialog::OutgoingInvite;
use crate::message::{Message, MessageWriter, Name, Response, parse_datagram};
use crate::transaction::TransactionId;
use crate::{Method, Status};
use alloc::format;
use alloc::vec::Vec;
use stdx::Tick;

impl UserAgent {
    /// Whether a refusal says what was missing, and the call was sent again with it.
    pub(super) fn repeated_better(
        &mut self,
        now: Tick,
        id: CallId,
        transaction: TransactionId,
        code: Status,
        response: &Response<'_>,
    ) -> bool {
        match code.code() {
            401 | 407 => self.repeated_with_credentials(now, id, transaction, response),
            422 => self.repeated_with_longer_session(now, id, transaction, response),
            _ => false,
        }
    }

    /// RFC 3261, 22.2: the same call again with the proof that was asked for.
    fn repeated_with_credentials(
        &mut self,
        now: Tick,
        id: CallId,
        transaction: TransactionId,
        response: &Response<'_>,
    ) -> bool {
        let asked = self.calls.get_mut(&id).and_then(|call| call.authentication.take());
        let Some(mut asked) = asked else { return false };
        let goes_on = asked.challenged(&response.headers, || self.draw());
        if let Some(call) = self.calls.get_mut(&id) {
            call.authentication = Some(asked);
        }
        goes_on && self.invite_again(now, id, transaction, Vec::new())
    }

    /// RFC 4028, 7.3: the same call again with the longer interval that a 422 asks for.
    fn repeated_with_longer_session(
        &mut self,
        now: Tick,
        id: CallId,
        transaction: TransactionId,
        response: &Response<'_>,
    ) -> bool {
        let Some(min_se) = response.headers.min_se().ok().flatten() else { return false };
        let Some(call) = self.calls.get(&id) else { return false };
        let Some(proposal) = call.proposal.raised(min_se) else { return false };
        let number = |number: u32| format!("{number}").into_bytes();
        let interval = (Name::SessionExpires, number(proposal.interval));
        let least = proposal.min_se.map(|min_se| (Name::MinSe, number(min_se)));
        let fields = [interval].into_iter().chain(least).collect();
        let sent = self.invite_again(now, id, transaction, fields);
        if let (true, Some(call)) = (sent, self.calls.get_mut(&id)) {
            call.proposal = proposal;
        }
        sent
    }

    /// The INVITE again, in a transaction of its own, with these fields in place of those before. The
    /// early dialogs of the one before are over with it; the time to ring goes on.
    fn invite_again(
        &mut self,
        now: Tick,
        id: CallId,
        transaction: TransactionId,
        mut fields: Vec<(Name, Vec<u8>)>,
    ) -> bool {
        let branch = self.draw_branch();
        let Some(call) = self.calls.get_mut(&id) else { return false };
        let Some(machine) = begun_again(call.stage) else { return false };
        let Some(sent) = self.transactions.payload(transaction) else { return false };
        let (flow, invite) = (sent.flow, &sent.bytes);
        if let Some(asked) = &mut call.authentication {
            let Some(answers) = asked.answers(b"INVITE", request_uri(invite)) else { return false };
            fields.extend(answers);
        }
        let Some(bytes) = with_fields(invite, &flow, &branch, &fields) else { return false };
        let ours = OurInvite::of(&bytes);
        let again = Sent::invite(flow, bytes, Purpose::OurCall(id), ours);
        let Some(transaction) = self.request(now, Method::Invite, &branch, again) else {
            return false;
        };
        let Some(call) = self.calls.get_mut(&id) else { return false };
        call.stage = Stage::Outgoing { machine, transaction };
        for early in core::mem::take(&mut call.early) {
            self.dialogs.remove(&early.dialog);
        }
        if self.end_early_change(now, id) {
            self.tell(Event::Withdrawn(id));
        }
        true
    }
}

/// The machine of a call that is sent again; none if nobody waits for it any more. Nothing has come
/// back for the new INVITE, so a CANCEL has to wait again (RFC 3261, 9.1).
fn begun_again(stage: Stage) -> Option<OutgoingInvite> {
    match stage {
        Stage::Outgoing { machine, .. } => match machine {
            OutgoingInvite::Calling { hang_up: false, ring_until }
            | OutgoingInvite::Proceeding { ring_until } => Some(OutgoingInvite::begin(ring_until)),
            OutgoingInvite::Calling { hang_up: true, .. }
            | OutgoingInvite::Cancelling { .. }
            | OutgoingInvite::Accepted
            | OutgoingInvite::Ended { .. } => None,
        },
        Stage::Incoming { .. } | Stage::Up(_) => None,
    }
}

fn request_uri(invite: &[u8]) -> &[u8] {
    match parse_datagram(invite) {
        Ok(Message::Request(request)) => request.uri.raw(),
        Ok(Message::Response(_)) | Err(_) => &[],
    }
}

/// An INVITE with another branch, the next CSeq, and other fields of these names. Call-ID, From and To
/// stay (RFC 3261, 8.1.3.5).
fn with_fields(
    invite: &[u8],
    flow: &Flow,
    branch: &[u8],
    fields: &[(Name, Vec<u8>)],
) -> Option<Vec<u8>> {
    let Ok(Message::Request(request)) = parse_datagram(invite) else { return None };
    let mut bytes = Vec::new();
    let mut writer = MessageWriter::request(&mut bytes, b"INVITE", request.uri.raw());
    writer.field(Name::Via, &compose::via(flow, branch));
    let replaced = |name| {
        let rewritten = [Name::Via, Name::ContentLength];
        rewritten.contains(&name) || fields.iter().any(|(of, _)| *of == name)
    };
    let next = request.headers.cseq.number + 1;
    for field in request.headers.fields().iter().filter(|it| !replaced(it.name)) {
        if field.name == Name::CSeq {
            writer.text(Name::CSeq, format_args!("{next} INVITE"));
        } else {
            writer.other(field.raw_name, field.raw);
        }
    }
    for (name, value) in fields {
        writer.field(*name, value);
    }
    writer.finish(request.body).ok()?;
    Some(bytes)
}
