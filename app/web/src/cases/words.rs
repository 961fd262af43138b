// SPDX-License-Identifier: EUPL-1.2
//! What pages and server say to each other of cases.

use crate::knowledge::words::PlaceWord;
use crate::words::{Moment, Named};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What of a case may be of persons: it is kept sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CaseText {
    /// What it is about, in a few words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub concern: String,
    /// What was said, or written.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Who wants to be reached.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// A number or an address.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// When, and anything else about it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub wish: String,
    /// What the service is called.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub service: String,
    /// What the unit is called.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub unit: String,
}

impl CaseText {
    /// As bytes.
    ///
    /// # Panics
    /// Never: it is text.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("text can be written")
    }

    /// From its bytes; none if they are none of ours.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Option<CaseText> {
        serde_json::from_slice(bytes).ok()
    }
}

/// How the citizen wants to be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each says what it is called")]
pub enum ReachWord {
    None,
    Telephone,
    Mail,
    Letter,
}

/// A case that is to come in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCase {
    /// The agent's call that it comes from; none if somebody stood there or wrote.
    #[serde(default)]
    pub contact: Option<u64>,
    /// For which client, by its id; without one that of the call.
    #[serde(default)]
    pub client: Option<String>,
    /// What it is about, in a few words.
    pub concern: String,
    /// What was said.
    #[serde(default)]
    pub said: String,
    /// For which place, by its key.
    #[serde(default)]
    pub place: Option<String>,
    /// About which service of the catalogue.
    #[serde(default)]
    pub service: Option<Named>,
    /// How the citizen wants to be reached.
    pub reach: ReachWord,
    /// Who wants to be reached.
    #[serde(default)]
    pub name: String,
    /// A number or an address.
    #[serde(default)]
    pub address: String,
    /// When, and anything else about it.
    #[serde(default)]
    pub wish: String,
    /// Which unit has it from the beginning.
    #[serde(default)]
    pub unit: Option<Named>,
    /// Whether the citizen was told by when somebody comes back.
    #[serde(default)]
    pub told: bool,
}

/// What is to be done to a case.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum CaseAct {
    /// Something is written.
    Note {
        /// What.
        text: String,
    },
    /// This unit has it from here on.
    Forward {
        /// Which.
        unit: Named,
        /// For whom has it.
        #[serde(default)]
        text: String,
    },
    /// The unit works on it.
    TakeOver,
    /// The centre has it again.
    GiveBack {
        /// Why.
        #[serde(default)]
        text: String,
    },
    /// The clock is stopped.
    Pause {
        /// Why.
        reason: PauseReasonWord,
        /// In more words.
        #[serde(default)]
        text: String,
    },
    /// The clock goes on.
    Resume,
    /// The citizen was told by when somebody comes back.
    Tell,
    /// Somebody tried to reach the citizen, in vain.
    Try {
        /// What happened.
        attempt: AttemptWord,
        /// In more words.
        #[serde(default)]
        text: String,
    },
    /// Somebody came back to the citizen.
    Feedback {
        /// In which call of the agent's; none if it is only stated.
        #[serde(default)]
        contact: Option<u64>,
        /// What was said; by whom and when, if it is only stated.
        #[serde(default)]
        text: String,
    },
    /// It is over.
    Complete {
        /// How.
        how: CompletionWord,
        /// In more words.
        #[serde(default)]
        text: String,
    },
    /// It goes on.
    Reopen {
        /// Why.
        #[serde(default)]
        text: String,
    },
    /// It is the same matter as an older case.
    Merge {
        /// Which.
        into: u64,
    },
}

/// Why a clock is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each says what it is called")]
pub enum PauseReasonWord {
    CitizenWishes,
    PapersMissing,
    OtherAuthority,
}

/// Why nobody was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each says what it is called")]
pub enum AttemptWord {
    NoAnswer,
    Engaged,
    Mailbox,
    MailReturned,
}

/// How a case ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each says what it is called")]
pub enum CompletionWord {
    Done,
    Withdrawn,
    NotReached,
}

/// How it is proven that somebody came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each says what it is called")]
pub enum ProofWord {
    SpokenCall,
    MailAccepted,
    StatedByStaff,
}

/// How a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each says what it is called")]
pub enum StateWord {
    Open,
    Paused,
    Completed,
    Merged,
}

/// Whether feedback came in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each says what it is called")]
pub enum FeedbackWord {
    Open,
    Overdue,
    InTime,
    Late,
    NotReached,
    NotCounted,
}

/// What can be done to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each says what it is called")]
pub enum ActWord {
    Note,
    Forward,
    TakeOver,
    GiveBack,
    Pause,
    Resume,
    Tell,
    Try,
    Feedback,
    CompleteDone,
    CompleteWithdrawn,
    CompleteNotReached,
    Reopen,
    Merge,
}

/// By when feedback is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DueView {
    /// By then; null while the clock is stopped, or where the calendar does not reach so far.
    pub at: Option<Moment>,
    /// Whether the clock is stopped.
    pub stopped: bool,
}

/// A case in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct CaseRow {
    /// Its number.
    pub number: u64,
    /// When it came in.
    pub opened: Moment,
    /// For which client.
    pub client: Named,
    /// What it is about; empty after its key was destroyed.
    pub concern: String,
    /// For which place.
    pub place: Option<PlaceWord>,
    /// Which unit has it; null for the centre.
    pub unit: Option<Named>,
    /// Whether the unit has said that it works on it.
    pub taken: bool,
    /// How it stands.
    pub state: StateWord,
    /// By when feedback is, or was, due.
    pub due: DueView,
    /// Whether it came in time.
    pub feedback: FeedbackWord,
}

/// Cases.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct CaseList {
    /// This moment.
    pub now: Moment,
    /// Those that are wanted: what is due next first.
    pub cases: Vec<CaseRow>,
    /// How many more there are.
    pub more: usize,
    /// How many are open, of all that may be looked at.
    pub open: usize,
    /// How many of them are overdue.
    pub overdue: usize,
}

/// A case, and what was done to it.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct CaseView {
    /// This moment.
    pub now: Moment,
    /// As in a list.
    #[serde(flatten)]
    pub row: CaseRow,
    /// Which call it comes from, if it was one.
    pub contact: Option<u64>,
    /// On which line.
    pub line: Option<Named>,
    /// About which service.
    pub service: Option<Named>,
    /// How the citizen wants to be reached.
    pub reach: ReachWord,
    /// Who wants to be reached.
    pub name: String,
    /// A number or an address.
    pub address: String,
    /// When, and anything else about it.
    pub wish: String,
    /// What was said when it came in.
    pub said: String,
    /// By when the citizen was told that somebody comes back.
    pub told: Option<Moment>,
    /// When somebody came back first.
    pub answered: Option<Moment>,
    /// How that is proven.
    pub proof: Option<ProofWord>,
    /// In which older case it goes on.
    pub merged_into: Option<u64>,
    /// What was done, the first first.
    pub entries: Vec<EntryView>,
    /// What can be done now.
    pub can: Vec<ActWord>,
}

/// What was done to a case.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct EntryView {
    /// When.
    pub at: Moment,
    /// Whether one's own team, a unit, or the centre itself did it: team's name, or null.
    pub team: Option<String>,
    /// In a sentence.
    pub what: String,
    /// What was written; empty if nothing was, null after its key was destroyed.
    pub text: Option<String>,
}

/// By when feedback would be due for something that comes in now.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct DueNow {
    /// By when.
    pub due: DueView,
}
