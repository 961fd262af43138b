// SPDX-License-Identifier: EUPL-1.2
//! What somebody can do at a telephone, and which of a person's wishes it stands for.

use acd::agent::Pause;
use centre::Event;
use stdx::{AgentId, ContactId};

/// A feature code, as the centre's telephones have them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::practice) enum Code {
    /// Sign on, ready.
    SignOn,
    /// Ready; ends wrap-up.
    Ready,
    /// Not ready.
    NotReady(Pause),
    /// More time for wrap-up.
    MoreTime,
    /// Sign off.
    SignOff,
}

impl Code {
    /// What is dialled.
    pub(super) const fn dialled(self) -> &'static str {
        match self {
            Code::SignOn => "*10",
            Code::Ready => "*11",
            Code::NotReady(Pause::Break) => "*12",
            Code::NotReady(Pause::DeskWork) => "*13",
            Code::MoreTime => "*14",
            Code::SignOff => "*19",
        }
    }
}

/// What somebody does at a telephone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::practice) enum Press {
    /// Dials a code.
    Dial(Code),
    /// Picks up.
    PickUp,
    /// Turns a ringing call down.
    Decline,
    /// Hangs up.
    HangUp,
}

/// What somebody wants, as far as a telephone can do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// A citizen calls.
    Call { contact: ContactId, line: stdx::LineId, person: u64 },
    /// A citizen hangs up.
    Leave(ContactId),
    /// A colleague does something; for this contact only, if one is named.
    AtDesk(AgentId, Press, Option<ContactId>),
}

impl Wish {
    /// What a made-up person's event means for the telephones. None for what no telephone tells.
    pub(super) fn of(event: Event) -> Option<Wish> {
        let dial = |agent, code| Some(Wish::AtDesk(agent, Press::Dial(code), None));
        match event {
            Event::CallArrived { contact, line, caller, .. } => {
                let person = caller.map_or(contact.0, |token| *token.0.expose());
                Some(Wish::Call { contact, line, person })
            }
            // Who is cut off is as gone as who hangs up; the practice has no faults.
            Event::CallerLeft { contact, .. } => Some(Wish::Leave(contact)),
            Event::SignOn { agent } => dial(agent, Code::SignOn),
            Event::SignOff { agent } => dial(agent, Code::SignOff),
            Event::MakeReady { agent } | Event::EndWrapUp { agent } => dial(agent, Code::Ready),
            Event::MakeNotReady { agent, pause } => dial(agent, Code::NotReady(pause)),
            Event::ExtendWrapUp { agent } => dial(agent, Code::MoreTime),
            Event::Answer { agent, contact } => {
                Some(Wish::AtDesk(agent, Press::PickUp, Some(contact)))
            }
            Event::Decline { agent, contact } => {
                Some(Wish::AtDesk(agent, Press::Decline, Some(contact)))
            }
            Event::HangUp { agent } => Some(Wish::AtDesk(agent, Press::HangUp, None)),
            Event::AnnouncementOver { .. }
            | Event::TalkAlive { .. }
            | Event::Unreachable { .. }
            | Event::CallRefused { .. }
            | Event::SwitchboardAnswered { .. }
            | Event::SwitchboardFailed { .. }
            | Event::SwitchboardStaffed { .. }
            | Event::PartnerAnswered { .. }
            | Event::PartnerFailed { .. }
            | Event::Deflected { .. }
            | Event::OtherLeft { .. }
            | Event::BlindTransfer { .. }
            | Event::AttendedTransfer { .. }
            | Event::OfficeAnswered { .. }
            | Event::OfficeFailed { .. }
            | Event::CallbackWanted { .. }
            | Event::CallbackReached { .. }
            | Event::CallbackFailed { .. }
            | Event::CallbackNotReached { .. }
            | Event::InformationWanted { .. }
            | Event::PullForward { .. }
            | Event::MoveToLine { .. }
            | Event::UndoSteering { .. }
            | Event::SendHome { .. }
            | Event::SetSkill { .. }
            | Event::CloseLine { .. }
            | Event::OpenLine { .. }
            | Event::StartPlan { .. }
            | Event::EndPlan { .. }
            | Event::Deadline => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_become_what_telephones_do() {
        let agent = AgentId(3);
        let dialled = |event| match Wish::of(event) {
            Some(Wish::AtDesk(of, Press::Dial(code), None)) if of == agent => code.dialled(),
            Some(_) | None => "",
        };
        assert_eq!(dialled(Event::SignOn { agent }), "*10");
        assert_eq!(dialled(Event::MakeReady { agent }), "*11");
        assert_eq!(dialled(Event::EndWrapUp { agent }), "*11");
        assert_eq!(dialled(Event::MakeNotReady { agent, pause: Pause::Break }), "*12");
        assert_eq!(dialled(Event::MakeNotReady { agent, pause: Pause::DeskWork }), "*13");
        assert_eq!(dialled(Event::ExtendWrapUp { agent }), "*14");
        assert_eq!(dialled(Event::SignOff { agent }), "*19");
        let contact = ContactId(5);
        let picks_up = Wish::AtDesk(agent, Press::PickUp, Some(contact));
        assert_eq!(Wish::of(Event::Answer { agent, contact }), Some(picks_up));
        assert_eq!(Wish::of(Event::Deadline), None);
    }
}
