// SPDX-License-Identifier: EUPL-1.2
//! What can be done to a case, and why something cannot.

use alloc::string::String;
use stdx::{AgentId, CaseId, ContactId, LineId, PartnerId, Timestamp};

/// Where a case comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A talk.
    Call(ContactId),
    /// A call that came while nobody was there.
    Message(ContactId),
    /// A call-back that was promised and could not be kept.
    LostCallback(ContactId),
    /// A relay service for sign language.
    Relay,
    /// A form on a web page.
    Form,
    /// A partner centre.
    Partner(PartnerId),
    /// Somebody who stood there or wrote.
    Elsewhere,
}

/// How the citizen wants to be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Not at all: somebody reported something, or left no way.
    None,
    /// By a call.
    Telephone,
    /// By electronic mail.
    Mail,
    /// By a letter.
    Letter,
}

/// How a case begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Where it comes from.
    pub source: Source,
    /// How the citizen wants to be reached.
    pub reach: Reach,
}

/// Why a clock is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PauseReason {
    /// The citizen wants to be reached later.
    CitizenWishes,
    /// The citizen sends something that is needed.
    PapersMissing,
    /// An authority that has promised nothing has to say something first.
    OtherAuthority,
}

/// An attempt to reach the citizen that is no feedback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// It rang, and nobody answered.
    NoAnswer,
    /// The citizen's telephone was busy.
    Engaged,
    /// A mailbox answered; nothing of the matter was left there.
    Mailbox,
    /// A mail came back.
    MailReturned,
}

/// How it is proven that somebody came back to the citizen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A talk that we know of as this contact.
    SpokenCall(ContactId),
    /// A mail that the receiving server has accepted.
    MailAccepted,
    /// Somebody of the staff says so.
    StatedByStaff,
}

/// How a case ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completion {
    /// The matter is settled.
    Done,
    /// The citizen wants nothing any more.
    Withdrawn,
    /// Nobody was reached.
    NotReached,
}

/// What somebody does to a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Something was written.
    Note,
    /// This unit has it from here on, by its id in the catalogue.
    Forward {
        /// The unit.
        unit: String,
    },
    /// The unit says that it works on it.
    TakeOver,
    /// The unit gives it back to the centre: it asks something, or it is not its own.
    Return,
    /// The clock is stopped.
    Pause(PauseReason),
    /// The clock goes on.
    Resume,
    /// The citizen was told that somebody comes back by then.
    Tell(Timestamp),
    /// Somebody tried to reach the citizen, in vain.
    Try(Attempt),
    /// Somebody came back to the citizen.
    GiveFeedback(Proof),
    /// It is over.
    Complete(Completion),
    /// It goes on.
    Reopen,
    /// It is the same matter as an older case, and goes on there.
    Merge {
        /// The older one.
        into: CaseId,
    },
    /// The unit's mail server has accepted the notice that it has the case.
    NoticeAccepted,
    /// The notice cannot reach the unit by mail: refused for good, or without an address.
    NoticeRefused,
}

impl Act {
    /// Whether a case may come to its end by it.
    pub(crate) const fn brings_to_an_end(&self) -> bool {
        match self {
            Act::GiveFeedback(_) | Act::Complete(_) | Act::Merge { .. } => true,
            Act::Note
            | Act::Forward { .. }
            | Act::TakeOver
            | Act::Return
            | Act::Pause(_)
            | Act::Resume
            | Act::Tell(_)
            | Act::Try(_)
            | Act::Reopen
            | Act::NoticeAccepted
            | Act::NoticeRefused => false,
        }
    }
}

/// Who did something, as far as a log may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// An agent, by seat.
    Seat(AgentId),
    /// Somebody who is signed in and has no seat.
    Staff,
    /// The unit that has it.
    Unit,
    /// The centre itself.
    Centre,
}

/// What a case is about, without anything of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matter {
    /// For which client, by its id in the configuration.
    pub client: String,
    /// On which line it came; none if not by a call.
    pub line: Option<LineId>,
    /// For which place, by its key.
    pub place: Option<String>,
    /// About which service, by its id in the catalogue.
    pub service: Option<String>,
}

/// Why something cannot be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such case.
    Unknown,
    /// It was done before the case came in.
    BeforeItsTime,
    /// It is over; it has to be opened again first.
    Completed,
    /// It goes on in an older case.
    Merged,
    /// It is not over.
    NotCompleted,
    /// Its clock is stopped already.
    Paused,
    /// Its clock runs.
    NotPaused,
    /// The centre has it, not a unit.
    AtCentre,
    /// This unit has it already.
    AlreadyThere,
    /// No notice is on its way.
    NoNotice,
    /// The citizen left no way to be reached.
    NotReachable,
    /// Nobody has come back to the citizen.
    WithoutFeedback,
    /// Somebody has come back to the citizen.
    WithFeedback,
    /// Nobody has tried.
    NotTried,
    /// A case goes on only in an older one, that goes on itself.
    NotOlder,
    /// It has been done too often.
    TooMany,
    /// There are as many cases as there may be.
    Full,
}
