// SPDX-License-Identifier: EUPL-1.2
//! The state of a desk, made of what the centre says, what things are called, and what the desk itself knows.

use crate::accounts::Account;
use crate::centre::{ContactFacts, DeskFacts};
use crate::directory::Directory;
use crate::hub::{DeskOwn, Seen};
use crate::knowledge::places;
use crate::words::{
    AfterWord, AgentView, Both, CallKind, CallState, CallView, CameBy, CodecWord, ContactView,
    Desk, Devices, Named, PauseView, PauseWord, Person, ReasonWord, SoftphoneView, StateWord,
    TransferView, TransferWord, WaitingView, moment,
};
use acd::agent::{AfterCall, NotReadyReason, Pause, State};
use stdx::limits::WRAP_UP_EXTENSIONS_MAX;
use stdx::{AgentId, Timestamp};
use telephony::softphone::{self, Direction, TransferState};

/// The state of a desk.
pub(crate) fn desk(
    directory: &Directory,
    account: &Account,
    (agent, has_browser): (AgentId, bool),
    facts: &DeskFacts,
    own: &DeskOwn,
) -> Desk {
    let of = directory.agents.get(agent.index());
    let contact = facts.contact.as_ref().and_then(|it| contact(directory, it, own.seen.as_ref()));
    let (id, name) = directory.centre.clone();
    Desk {
        now: moment(facts.now),
        centre: Named { id, name },
        person: Person {
            name: account.name.clone(),
            shown_name: account.shown.clone(),
            agent: of.map_or_else(String::new, |agent| agent.id.clone()),
            team: of.and_then(|of| directory.teams.get(of.team)).cloned().unwrap_or_default(),
        },
        agent: agent_view(facts),
        pauses: pauses(),
        devices: Devices { chosen: own.device, browser: has_browser, desk_phone: facts.desk_phone },
        softphone: softphone(own),
        calls: calls(own, contact.is_some()),
        contact,
        waiting: waiting(directory, facts),
        wrap_up: own.wrap_up.clone(),
        transfer: own.phone.transfer.and_then(|it| transfer(it, &own.handing_to)),
    }
}

fn agent_view(facts: &DeskFacts) -> AgentView {
    let after_call = match facts.agent.after_call {
        AfterCall::Ready => None,
        AfterCall::Pause(_) => Some(AfterWord::NotReady),
        AfterCall::SignOff => Some(AfterWord::SignOff),
    };
    let (state, reason, extensions_left) = match facts.agent.state {
        State::SignedOff => (StateWord::SignedOff, None, None),
        State::NotReady { reason, .. } => (StateWord::NotReady, Some(reason_of(reason)), None),
        State::Ready { .. } => (StateWord::Ready, None, None),
        State::Offered { .. } => (StateWord::Offered, None, None),
        State::Talking { .. } => (StateWord::Talking, None, None),
        State::WrapUp { extensions, .. } => {
            (StateWord::WrapUp, None, Some(WRAP_UP_EXTENSIONS_MAX.saturating_sub(extensions)))
        }
    };
    let pause = match facts.agent.state {
        State::NotReady { reason: NotReadyReason::Pause(Pause::Break), .. } => {
            Some(PauseWord::Break)
        }
        State::NotReady { reason: NotReadyReason::Pause(Pause::DeskWork), .. } => {
            Some(PauseWord::DeskWork)
        }
        State::SignedOff
        | State::NotReady { .. }
        | State::Ready { .. }
        | State::Offered { .. }
        | State::Talking { .. }
        | State::WrapUp { .. } => None,
    };
    AgentView {
        state,
        since: moment(facts.since),
        until: facts.until.map(moment),
        pause,
        reason,
        extensions_left,
        after_call,
    }
}

fn reason_of(reason: NotReadyReason) -> ReasonWord {
    match reason {
        NotReadyReason::SignedOn => ReasonWord::SignedOn,
        NotReadyReason::Pause(Pause::Break) => ReasonWord::Break,
        NotReadyReason::Pause(Pause::DeskWork) => ReasonWord::DeskWork,
        NotReadyReason::NoAnswer => ReasonWord::NoAnswer,
        NotReadyReason::Declined => ReasonWord::Declined,
        NotReadyReason::Unreachable => ReasonWord::Unreachable,
    }
}

fn pauses() -> Vec<PauseView> {
    let both = |de: &str, en: &str| Both { de: de.to_owned(), en: en.to_owned() };
    vec![
        PauseView { id: PauseWord::Break, name: both("Pause", "Break") },
        PauseView { id: PauseWord::DeskWork, name: both("Andere Arbeit", "Desk work") },
    ]
}

fn softphone(own: &DeskOwn) -> SoftphoneView {
    let heard = own.phone.calls.iter().map(|(call, _)| call).find(|call| call.heard);
    SoftphoneView {
        connected: own.phone.connected,
        registered: own.phone.registered,
        codec: heard.and_then(|call| call.codec).map(codec),
        quality: own.phone.quality,
    }
}

fn codec(codec: softphone::Codec) -> CodecWord {
    match codec {
        softphone::Codec::G722 => CodecWord::G722,
        softphone::Codec::Pcma => CodecWord::Pcma,
        softphone::Codec::Pcmu => CodecWord::Pcmu,
        softphone::Codec::Opus => CodecWord::Opus,
    }
}

fn state_of(call: &softphone::CallView) -> CallState {
    match call.state {
        softphone::CallState::Ringing => CallState::Ringing,
        softphone::CallState::Dialling => CallState::Dialling,
        softphone::CallState::Up if call.three => CallState::Conference,
        softphone::CallState::Up => CallState::Up,
        softphone::CallState::Held(_) => CallState::Held,
    }
}

/// A call that came is a caller's, if the centre says that there is one; one that the agent made beside it is made to
/// ask somebody.
fn calls(own: &DeskOwn, has_contact: bool) -> Vec<CallView> {
    let is_callers = |call: &softphone::CallView| has_contact && call.direction == Direction::In;
    let has_caller = own.phone.calls.iter().any(|(call, _)| is_callers(call));
    let view = |(call, since): &(softphone::CallView, Timestamp)| CallView {
        call: call.nr.0,
        kind: match (is_callers(call), has_caller) {
            (true, _) => CallKind::Caller,
            (false, true) => CallKind::Consult,
            (false, false) => CallKind::Own,
        },
        state: state_of(call),
        with: with(&call.with),
        since: moment(*since),
    };
    own.phone.calls.iter().map(view).collect()
}

/// Name and number, as far as they are known.
fn with(with: &softphone::With) -> String {
    let (name, user) = (with.name.expose(), with.user.expose());
    match (name.is_empty(), user.is_empty()) {
        (true, _) => user.clone(),
        (false, true) => name.clone(),
        (false, false) => format!("{name} ({user})"),
    }
}

/// The contact; what the centre does not know of one that is gone was seen when it rang.
fn contact(directory: &Directory, it: &ContactFacts, seen: Option<&Seen>) -> Option<ContactView> {
    let seen = seen.filter(|seen| seen.contact == it.contact);
    let id = it.line.or(seen.map(|seen| seen.line))?;
    let line = directory.line(id)?;
    let number = it.number.as_ref().map(|number| number.expose().clone());
    Some(ContactView {
        id: it.contact.0,
        line: directory.named_line(id)?,
        client: directory.client_of(id)?,
        greeting: line.greeting.clone(),
        tone: u32::try_from(line.client).unwrap_or_default(),
        arrived: moment(it.arrived.or(seen.map(|seen| seen.began))?),
        number: number.clone(),
        places: places::proposed(directory, id, number.as_deref()),
        came_by: if it.is_callback { CameBy::CallBack } else { CameBy::Direct },
    })
}

fn waiting(directory: &Directory, facts: &DeskFacts) -> Vec<WaitingView> {
    let view = |it: &crate::centre::WaitingFacts| {
        Some(WaitingView {
            line: directory.named_line(it.line)?,
            count: it.count,
            longest_since: it.longest_since.map(moment),
        })
    };
    facts.waiting.iter().filter_map(view).collect()
}

fn transfer(state: TransferState, to: &str) -> Option<TransferView> {
    let to = to.to_owned();
    match state {
        TransferState::Trying => Some(TransferView { state: TransferWord::Trying, to }),
        TransferState::Failed(_) => Some(TransferView { state: TransferWord::Failed, to }),
        TransferState::Done => None,
    }
}
