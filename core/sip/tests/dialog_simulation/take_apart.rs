// SPDX-License-Identifier: EUPL-1.2
//! A call is taken apart into its fields and put together again, as another process would.
//!
//! The rule to keep: every pattern names every field, so that a new one cannot be forgotten here.

use sip::dialog::{
    Branch, Dialog, DialogId, Established, Forks, IncomingInvite, IncomingState, Modification,
    OutgoingInvite, ReliableProvisionals, ReliableReceiver, Unacknowledged,
};
use stdx::Redacted;

pub(crate) fn dialog(whole: Dialog) -> Dialog {
    let Dialog {
        id: DialogId { call_id, local_tag, remote_tag },
        role,
        stage,
        local_cseq,
        remote_cseq,
        local_uri,
        remote_uri,
        remote_target,
        route_set,
        secure,
    } = whole;
    let again = |uri: Redacted<Box<[u8]>>| Redacted::new(uri.expose().to_vec().into_boxed_slice());
    Dialog {
        id: DialogId { call_id, local_tag, remote_tag },
        role,
        stage,
        local_cseq,
        remote_cseq,
        local_uri: again(local_uri),
        remote_uri: again(remote_uri),
        remote_target: again(remote_target),
        route_set: route_set.iter().map(|route| route.to_vec().into_boxed_slice()).collect(),
        secure,
    }
}

pub(crate) fn established(whole: Established) -> Established {
    let Established {
        phase,
        role,
        ack,
        ack_is_first,
        our_cseq,
        their_cseq,
        modification: Modification { invite, our_update, their_update, offer },
        cancel_at,
        retry,
        tries,
        timer,
        refresh_by,
    } = whole;
    let modification = Modification { invite, our_update, their_update, offer };
    Established {
        phase,
        role,
        ack,
        ack_is_first,
        our_cseq,
        their_cseq,
        modification,
        cancel_at,
        retry,
        tries,
        timer,
        refresh_by,
    }
}

pub(crate) fn incoming(whole: IncomingInvite) -> IncomingInvite {
    let IncomingInvite { state, reliable } = whole;
    let ReliableProvisionals { invite_cseq, next_rseq, unacknowledged } = reliable;
    let unacknowledged = unacknowledged.map(again);
    let reliable = ReliableProvisionals { invite_cseq, next_rseq, unacknowledged };
    let state = match state {
        IncomingState::Proceeding { last, reliably, held, again_at, ring_until } => {
            IncomingState::Proceeding { last, reliably, held, again_at, ring_until }
        }
        IncomingState::Accepted => IncomingState::Accepted,
        IncomingState::Refused { status, by } => IncomingState::Refused { status, by },
    };
    IncomingInvite { state, reliable }
}

pub(crate) fn outgoing(whole: OutgoingInvite) -> OutgoingInvite {
    match whole {
        OutgoingInvite::Calling { hang_up, ring_until } => {
            OutgoingInvite::Calling { hang_up, ring_until }
        }
        OutgoingInvite::Proceeding { ring_until } => OutgoingInvite::Proceeding { ring_until },
        OutgoingInvite::Cancelling { by } => OutgoingInvite::Cancelling { by },
        OutgoingInvite::Accepted => OutgoingInvite::Accepted,
        OutgoingInvite::Ended { status, by } => OutgoingInvite::Ended { status, by },
    }
}

pub(crate) fn forks(whole: Forks) -> Forks {
    let Forks { branches, winner } = whole;
    let mut again = Vec::new();
    for Branch { tag, reliable: ReliableReceiver { last }, accepted } in branches {
        let tag = tag.to_vec().into_boxed_slice();
        again.push(Branch { tag, reliable: ReliableReceiver { last }, accepted });
    }
    Forks { branches: again, winner }
}

fn again(whole: Unacknowledged) -> Unacknowledged {
    let Unacknowledged { rseq, status, carries_sdp, again, give_up_at } = whole;
    Unacknowledged { rseq, status, carries_sdp, again, give_up_at }
}
