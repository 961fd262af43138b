// SPDX-License-Identifier: EUPL-1.2
//! One case.

use crate::act::{Act, Attempt, Completion, Opening, PauseReason, Proof, Reach, Refusal};
use alloc::string::String;
use alloc::vec::Vec;
use stdx::{CaseId, Timestamp};

/// How often one clock is stopped: once a week for a quarter of a year. Then somebody has to end the case.
pub const PAUSES_MAX: usize = 16;

/// Acts of one case: ten a week for a year. Then only what brings it to its end is done.
pub const ACTS_MAX: u16 = 500;

/// Who has a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// The centre.
    Centre,
    /// A unit, by its id in the catalogue.
    Unit {
        /// Which.
        unit: String,
        /// Whether it has said that it works on it.
        has_taken: bool,
        /// What has become of the notice that it has the case.
        notice: Notice,
    },
}

/// What has become of a notice to a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// It has to be sent.
    Due,
    /// The unit's mail server has it.
    Accepted,
    /// It cannot reach the unit by mail.
    Refused,
}

/// How a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Somebody works on it, or has to.
    Open,
    /// Its clock is stopped; the last of its pauses says since when.
    Paused(PauseReason),
    /// It is over.
    Completed {
        /// Since when.
        at: Timestamp,
        /// How.
        how: Completion,
    },
    /// It goes on elsewhere, for ever.
    Merged {
        /// Since when.
        at: Timestamp,
        /// In which older case.
        into: CaseId,
    },
}

/// A time for which its clock was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// Since when.
    pub from: Timestamp,
    /// Until when; none while it lasts.
    pub until: Option<Timestamp>,
    /// Why.
    pub reason: PauseReason,
}

/// Somebody came back to the citizen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feedback {
    /// When.
    pub at: Timestamp,
    /// How it is proven.
    pub proof: Proof,
}

/// A case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its number.
    pub id: CaseId,
    /// When it came in.
    pub opened_at: Timestamp,
    /// How it began.
    pub opening: Opening,
    /// Who has it.
    pub holder: Holder,
    /// How it stands.
    pub state: State,
    /// For which times its clock was stopped, sorted and apart.
    pub pauses: Vec<Pause>,
    /// The first feedback; a case that is opened again keeps it.
    pub feedback: Option<Feedback>,
    /// What the citizen was told last: by when somebody comes back.
    pub told: Option<Timestamp>,
    /// How often it was tried in vain to reach the citizen.
    pub attempts: u16,
    /// How often it was opened again.
    pub reopened: u16,
    /// How many acts there were, its opening not among them.
    pub acts: u16,
    /// When the last of them was.
    pub acted_at: Timestamp,
}

impl Case {
    /// A case that comes in.
    #[must_use]
    pub const fn open(id: CaseId, at: Timestamp, opening: Opening) -> Case {
        Case {
            id,
            opened_at: at,
            opening,
            holder: Holder::Centre,
            state: State::Open,
            pauses: Vec::new(),
            feedback: None,
            told: None,
            attempts: 0,
            reopened: 0,
            acts: 0,
            acted_at: at,
        }
    }

    /// Whether somebody has to do something about it, now or when its clock goes on.
    #[must_use]
    pub const fn is_going_on(&self) -> bool {
        match self.state {
            State::Open | State::Paused(_) => true,
            State::Completed { .. } | State::Merged { .. } => false,
        }
    }

    /// Whether feedback is still owed.
    #[must_use]
    pub fn owes_feedback(&self) -> bool {
        let is_reachable = self.opening.reach != Reach::None;
        self.is_going_on() && is_reachable && self.feedback.is_none()
    }

    /// Does something to it. A clock that was set back does not bring an act before the one that came before it.
    ///
    /// # Errors
    /// If that cannot be done: then nothing has changed.
    ///
    /// # Panics
    /// If it would be damaged.
    pub fn act(&mut self, at: Timestamp, act: &Act) -> Result<(), Refusal> {
        if at < self.opened_at {
            return Err(Refusal::BeforeItsTime);
        }
        let at = at.max(self.acted_at);
        let has_room = self.acts < ACTS_MAX || act.brings_to_an_end();
        match self.state {
            State::Merged { .. } => return Err(Refusal::Merged),
            State::Open | State::Paused(_) | State::Completed { .. } if !has_room => {
                return Err(Refusal::TooMany);
            }
            State::Open | State::Paused(_) => self.act_on_open(at, act)?,
            State::Completed { .. } => self.act_on_completed(act)?,
        }
        self.acts = self.acts.saturating_add(1);
        self.acted_at = at;
        self.assert_sound();
        Ok(())
    }

    fn act_on_completed(&mut self, act: &Act) -> Result<(), Refusal> {
        match act {
            Act::Reopen => {
                self.state = State::Open;
                self.reopened += 1;
                Ok(())
            }
            Act::Note => Ok(()),
            Act::Forward { .. }
            | Act::TakeOver
            | Act::Return
            | Act::Pause(_)
            | Act::Resume
            | Act::Tell(_)
            | Act::Try(_)
            | Act::GiveFeedback(_)
            | Act::Complete(_)
            | Act::NoticeAccepted
            | Act::NoticeRefused
            | Act::Merge { .. } => Err(Refusal::Completed),
        }
    }

    fn act_on_open(&mut self, at: Timestamp, act: &Act) -> Result<(), Refusal> {
        match act {
            Act::Note => Ok(()),
            Act::Forward { unit } => self.forward(unit),
            Act::TakeOver => self.take_over(),
            Act::Return => self.give_back(),
            Act::Pause(reason) => self.pause(at, *reason),
            Act::Resume => self.resume(at),
            Act::Tell(by) => self.tell(*by),
            Act::Try(attempt) => self.note_attempt(*attempt),
            Act::GiveFeedback(proof) => {
                self.give_feedback(at, *proof);
                Ok(())
            }
            Act::Complete(how) => self.complete(at, *how),
            Act::Merge { into } => self.merge(at, *into),
            Act::Reopen => Err(Refusal::NotCompleted),
            Act::NoticeAccepted => self.end_notice(Notice::Accepted),
            Act::NoticeRefused => self.end_notice(Notice::Refused),
        }
    }

    fn end_notice(&mut self, becomes: Notice) -> Result<(), Refusal> {
        match &mut self.holder {
            Holder::Centre => Err(Refusal::AtCentre),
            Holder::Unit { notice: notice @ Notice::Due, .. } => {
                *notice = becomes;
                Ok(())
            }
            Holder::Unit { notice: Notice::Accepted | Notice::Refused, .. } => {
                Err(Refusal::NoNotice)
            }
        }
    }

    fn forward(&mut self, to: &str) -> Result<(), Refusal> {
        match &self.holder {
            Holder::Unit { unit, .. } if unit == to => Err(Refusal::AlreadyThere),
            Holder::Centre | Holder::Unit { .. } => {
                let notice = Notice::Due;
                self.holder = Holder::Unit { unit: to.into(), has_taken: false, notice };
                Ok(())
            }
        }
    }

    fn take_over(&mut self) -> Result<(), Refusal> {
        match &mut self.holder {
            Holder::Centre => Err(Refusal::AtCentre),
            Holder::Unit { has_taken: true, .. } => Err(Refusal::AlreadyThere),
            Holder::Unit { has_taken, .. } => {
                *has_taken = true;
                Ok(())
            }
        }
    }

    fn give_back(&mut self) -> Result<(), Refusal> {
        match &self.holder {
            Holder::Centre => Err(Refusal::AtCentre),
            Holder::Unit { .. } => {
                self.holder = Holder::Centre;
                Ok(())
            }
        }
    }

    fn pause(&mut self, at: Timestamp, reason: PauseReason) -> Result<(), Refusal> {
        match self.state {
            State::Paused(_) => Err(Refusal::Paused),
            State::Open if self.pauses.len() >= PAUSES_MAX => Err(Refusal::TooMany),
            State::Open if self.feedback.is_some() => Err(Refusal::WithFeedback),
            State::Open => {
                self.pauses.push(Pause { from: at, until: None, reason });
                self.state = State::Paused(reason);
                Ok(())
            }
            State::Completed { .. } | State::Merged { .. } => Err(Refusal::Completed),
        }
    }

    fn resume(&mut self, at: Timestamp) -> Result<(), Refusal> {
        match self.state {
            State::Paused(_) => {
                self.end_pause(at);
                Ok(())
            }
            State::Open => Err(Refusal::NotPaused),
            State::Completed { .. } | State::Merged { .. } => Err(Refusal::Completed),
        }
    }

    /// If its clock is stopped, it goes on.
    fn end_pause(&mut self, at: Timestamp) {
        if let Some(last) = self.pauses.last_mut().filter(|it| it.until.is_none()) {
            last.until = Some(at);
        }
        self.state = State::Open;
    }

    fn tell(&mut self, by: Timestamp) -> Result<(), Refusal> {
        if self.opening.reach == Reach::None {
            return Err(Refusal::NotReachable);
        }
        if by <= self.opened_at {
            return Err(Refusal::BeforeItsTime);
        }
        self.told = Some(by);
        Ok(())
    }

    fn note_attempt(&mut self, attempt: Attempt) -> Result<(), Refusal> {
        match (self.opening.reach, attempt) {
            (Reach::None, _) => Err(Refusal::NotReachable),
            (
                Reach::Telephone | Reach::Mail | Reach::Letter,
                Attempt::NoAnswer | Attempt::Engaged | Attempt::Mailbox | Attempt::MailReturned,
            ) => {
                self.attempts = self.attempts.saturating_add(1);
                Ok(())
            }
        }
    }

    /// The first one counts, whatever follows.
    fn give_feedback(&mut self, at: Timestamp, proof: Proof) {
        self.feedback.get_or_insert(Feedback { at, proof });
        self.end_pause(at);
    }

    fn complete(&mut self, at: Timestamp, how: Completion) -> Result<(), Refusal> {
        let can_reach = self.opening.reach != Reach::None;
        match how {
            Completion::Done if can_reach && self.feedback.is_none() => {
                return Err(Refusal::WithoutFeedback);
            }
            Completion::NotReached if self.feedback.is_some() => return Err(Refusal::WithFeedback),
            Completion::NotReached if self.attempts == 0 => return Err(Refusal::NotTried),
            Completion::Done | Completion::Withdrawn | Completion::NotReached => {}
        }
        self.end_pause(at);
        self.state = State::Completed { at, how };
        Ok(())
    }

    fn merge(&mut self, at: Timestamp, into: CaseId) -> Result<(), Refusal> {
        if self.id <= into {
            return Err(Refusal::NotOlder);
        }
        if self.feedback.is_some() {
            return Err(Refusal::WithFeedback);
        }
        self.end_pause(at);
        self.state = State::Merged { at, into };
        Ok(())
    }

    /// # Panics
    /// If it is damaged.
    fn assert_sound(&self) {
        assert!(self.is_sound(), "damaged: {self:?}");
    }

    /// Whether nothing contradicts anything else in it.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let is_after = |at: Timestamp| self.opened_at <= at && at <= self.acted_at;
        let lasts = self.pauses.last().is_some_and(|it| it.until.is_none());
        let is_paused = matches!(self.state, State::Paused(_));
        let are_apart = self
            .pauses
            .windows(2)
            .all(|two| two[0].until.is_some_and(|until| until <= two[1].from));
        let are_forward = self.pauses.iter().all(|it| {
            is_after(it.from) && it.until.is_none_or(|until| it.from <= until && is_after(until))
        });
        let has_end = match self.state {
            State::Open | State::Paused(_) => true,
            State::Completed { at, how } => {
                is_after(at)
                    && match how {
                        Completion::Done => {
                            self.feedback.is_some() || self.opening.reach == Reach::None
                        }
                        Completion::NotReached => self.feedback.is_none() && self.attempts > 0,
                        Completion::Withdrawn => true,
                    }
            }
            State::Merged { at, into } => is_after(at) && into < self.id && self.feedback.is_none(),
        };
        lasts == is_paused
            && are_apart
            && are_forward
            && has_end
            && self.pauses.len() <= PAUSES_MAX
            && self.feedback.is_none_or(|it| is_after(it.at))
            && self.told.is_none_or(|by| self.opened_at < by)
    }
}
