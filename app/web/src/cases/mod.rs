// SPDX-License-Identifier: EUPL-1.2
//! Cases at the pages: what is known of one, what somebody wants to do, and by when feedback is due.

pub(crate) mod routes;
mod view;
pub mod words;

use case::{Acted, By, Case, Matter, Refusal};
use promise::{Due, FeedbackDefinition, FeedbackVerdict, Service, judge_case};
use std::sync::Arc;
use stdx::{AgentId, CaseId, Day, Redacted, Timestamp};

/// Everything that is known of a case.
#[derive(Clone, Debug)]
pub struct Dossier {
    /// How it stands.
    pub case: Case,
    /// What it is about.
    pub matter: Matter,
    /// What was done to it, its opening first.
    pub entries: Vec<Entry>,
}

/// What was done to a case.
#[derive(Clone, Debug)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: By,
    /// What.
    pub acted: Acted,
    /// Under the key of which day the words are sealed.
    pub day: Day,
    /// What was written, as [`words::CaseText`] spells it; none after its key was destroyed.
    pub words: Option<Redacted<Vec<u8>>>,
}

/// Who wants to do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// This agent.
    Agent(AgentId),
    /// Somebody who is no agent.
    Staff,
    /// The centre itself.
    Centre,
}

/// What somebody wants to do.
#[derive(Debug)]
pub struct Wanted {
    /// To which case; none lets a new one come in.
    pub case: Option<CaseId>,
    /// Who.
    pub by: Whose,
    /// What.
    pub acted: Acted,
    /// What the case is about from then on; none if that is as before.
    pub matter: Option<Matter>,
    /// What is written, as [`words::CaseText`] spells it.
    pub words: Redacted<Vec<u8>>,
}

/// What has become of it: the case as it is then.
pub type Outcome = Result<Arc<Dossier>, Refusal>;

/// By when feedback is due: the definition, and the calendar by which it is reckoned.
#[derive(Clone, Debug)]
pub struct Feedback {
    /// The definition.
    pub definition: FeedbackDefinition,
    /// When somebody is there.
    pub open: calendar::Timetable,
    /// What the clock on the wall shows.
    pub wall: calendar::WallClock,
}

impl Feedback {
    /// What is due for something that comes in at this moment.
    #[must_use]
    pub fn due(&self, opened: Timestamp) -> Due {
        promise::due(self.definition.clock, opened, &[], self.service())
    }

    /// What a case means at this moment, and by when feedback is or was due.
    #[must_use]
    pub fn judge(&self, case: &Case, now: Timestamp) -> (FeedbackVerdict, Due) {
        judge_case(&self.definition, &record(case), self.service(), now)
    }

    fn service(&self) -> Service<'_> {
        Service { open: &self.open, wall: &self.wall }
    }
}

/// A case as the promise sees it.
#[must_use]
pub fn record(it: &Case) -> promise::CaseRecord {
    let proof = |proof| match proof {
        case::Proof::SpokenCall(_) => promise::Proof::SpokenCall,
        case::Proof::MailAccepted => promise::Proof::MailAccepted,
        case::Proof::StatedByStaff => promise::Proof::StatedByStaff,
    };
    let pause = |it: &case::Pause| promise::Pause { from: it.from, until: it.until };
    let ended = match it.state {
        case::State::Open | case::State::Paused(_) => None,
        case::State::Completed { at, how } => match how {
            // Without a way to reach the citizen: the case counts as such.
            case::Completion::Done => None,
            case::Completion::Withdrawn => Some(promise::Ended::Withdrawn(at)),
            case::Completion::NotReached => Some(promise::Ended::NotReached(at)),
        },
        case::State::Merged { at, .. } => Some(promise::Ended::Merged(at)),
    };
    promise::CaseRecord {
        case: it.id,
        opened: it.opened_at,
        pauses: it.pauses.iter().map(pause).collect(),
        is_reachable: it.opening.reach != case::Reach::None,
        feedback: it
            .feedback
            .map(|it| promise::FeedbackGiven { at: it.at, proof: proof(it.proof) }),
        ended,
    }
}
