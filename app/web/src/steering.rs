// SPDX-License-Identifier: EUPL-1.2
//! What a supervisor may do at the wallboard. Each act has a reason, is decided by the centre, and is told to the
//! operator.

use crate::accounts::{Account, Role};
use crate::centre::{Question, Steering};
use crate::directory::Directory;
use crate::hub::Hub;
use crate::lang::Lang;
use crate::limits::REASON_MAX;
use crate::problem::Problem;
use crate::words::{ReasonGiven, Steered};
use centre::SteeringReason;
use stdx::{ContactId, LineId, Micros, PlanId};

/// Whoever steers.
pub(crate) struct Supervisor<'a> {
    hub: &'a Hub,
    account: &'a Account,
    lang: Lang,
}

impl<'a> Supervisor<'a> {
    /// Refused to everybody who is none.
    pub(crate) fn new(
        hub: &'a Hub,
        account: &'a Account,
        lang: Lang,
    ) -> Result<Supervisor<'a>, Problem> {
        match account.is(Role::Supervisor) {
            true => Ok(Supervisor { hub, account, lang }),
            false => Err(Problem::not_allowed(lang)),
        }
    }

    /// The line of this id, if it is within reach.
    fn line(&self, directory: &Directory, id: &str) -> Result<LineId, Problem> {
        let position = directory.lines.iter().position(|line| line.id == id);
        let line = position.and_then(|it| u16::try_from(it).ok()).map(LineId);
        let line = line.ok_or_else(|| Problem::not_found(self.lang))?;
        self.reach(directory, line).map(|()| line)
    }

    fn reach(&self, directory: &Directory, line: LineId) -> Result<(), Problem> {
        match directory.client_of(line) {
            Some(client) if self.account.reaches(&client.id) => Ok(()),
            Some(_) | None => Err(Problem::not_allowed(self.lang)),
        }
    }

    async fn steer(&self, steering: Steering, reason: Option<&str>) -> Result<Steered, Problem> {
        let reason = reason.map(|reason| self.written(reason)).transpose()?;
        let asked = self.hub.ask(|reply| Question::Steer(steering, reason.clone(), reply)).await;
        let outcome = asked.map_err(|why| Problem::not_asked(self.lang, why))?;
        let position = outcome.map_err(|why| Problem::refused(self.lang, why))?;
        Ok(Steered { position })
    }

    /// A reason as it goes into the operator's log.
    fn written(&self, reason: &str) -> Result<String, Problem> {
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > REASON_MAX {
            let (de, en) = (
                format!("Bitte einen Grund angeben, mit höchstens {REASON_MAX} Zeichen."),
                format!("Please give a reason, of {REASON_MAX} characters at the most."),
            );
            return Err(Problem::out_of_place(self.lang, &de, &en));
        }
        Ok(reason.to_owned())
    }

    /// Closes a line for so long.
    pub(crate) async fn close_line(
        &self,
        id: &str,
        minutes: u64,
        reason: &str,
    ) -> Result<Steered, Problem> {
        let line = self.line(&self.hub.directory(), id)?;
        // Longer than an act may last is refused by the centre; what does not fit even less so.
        let lasts = Micros(minutes.saturating_mul(Micros::from_mins(1).0));
        self.steer(Steering::Close(line, lasts), Some(reason)).await
    }

    /// Takes the closing back.
    pub(crate) async fn open_line(&self, id: &str) -> Result<Steered, Problem> {
        let line = self.line(&self.hub.directory(), id)?;
        self.steer(Steering::Open(line), None).await
    }

    /// The crisis plan of this id. A plan touches lines of several clients: whoever reaches some only may not.
    fn plan(&self, id: &str) -> Result<PlanId, Problem> {
        if self.account.clients.is_some() {
            return Err(Problem::not_allowed(self.lang));
        }
        let position = self.hub.directory().plans.iter().position(|plan| plan.id == id);
        let plan = position.and_then(|it| u16::try_from(it).ok()).map(PlanId);
        plan.ok_or_else(|| Problem::not_found(self.lang))
    }

    /// Starts a crisis plan.
    pub(crate) async fn start_plan(&self, id: &str, reason: &str) -> Result<Steered, Problem> {
        self.steer(Steering::StartPlan(self.plan(id)?), Some(reason)).await
    }

    /// Ends it before its time.
    pub(crate) async fn end_plan(&self, id: &str) -> Result<Steered, Problem> {
        self.steer(Steering::EndPlan(self.plan(id)?), None).await
    }

    /// The contact, if it waits on a line within reach.
    async fn contact(&self, number: u64) -> Result<ContactId, Problem> {
        let asked = self.hub.ask(Question::Board).await;
        let facts = asked.map_err(|why| Problem::not_asked(self.lang, why))?;
        let waits = facts.waiting.iter().find(|it| it.contact == ContactId(number));
        let waits = waits.ok_or_else(|| Problem::refused(self.lang, acd::Refusal::NotWaiting))?;
        self.reach(&self.hub.directory(), waits.line).map(|()| waits.contact)
    }

    /// Puts a caller at the front.
    pub(crate) async fn pull(&self, number: u64, reason: ReasonGiven) -> Result<Steered, Problem> {
        let contact = self.contact(number).await?;
        self.steer(Steering::Pull(contact, reason_of(reason)), None).await
    }

    /// Lets the people of another line answer a caller.
    pub(crate) async fn move_to(
        &self,
        number: u64,
        line: &str,
        reason: ReasonGiven,
    ) -> Result<Steered, Problem> {
        let contact = self.contact(number).await?;
        let line = self.line(&self.hub.directory(), line)?;
        self.steer(Steering::Move(contact, line, reason_of(reason)), None).await
    }

    /// Takes back what was done to a caller.
    pub(crate) async fn undo(&self, number: u64) -> Result<Steered, Problem> {
        let contact = self.contact(number).await?;
        self.steer(Steering::Undo(contact), None).await
    }
}

fn reason_of(reason: ReasonGiven) -> SteeringReason {
    match reason {
        ReasonGiven::Distress => SteeringReason::Distress,
        ReasonGiven::WaitedLong => SteeringReason::WaitedLong,
        ReasonGiven::WrongLine => SteeringReason::WrongLine,
        ReasonGiven::Load => SteeringReason::Load,
    }
}
