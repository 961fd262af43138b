// SPDX-License-Identifier: EUPL-1.2
//! The cases of the running centre: decided when they are durable, like everything else.

use super::Running;
use super::facts::What;
use super::pages::shown;
use ::case::{Acted, By, Cases, Matter, Opening, Reach, Refusal, Source};
use centre::TaskReason;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use stdx::{CaseId, ContactId, Day, LineId, Now, Redacted, Timestamp};
use store::{CaseActed, Sealed};
use web::cases::words::CaseText;
use web::cases::{Dossier, Entry, Outcome, Wanted, Whose};
use web::centre::Reply;

/// Something that was done to a case, on its way into the log.
#[derive(Debug)]
pub(super) struct CaseTold {
    /// As the log may know it.
    pub(super) sealed: CaseActed,
    /// What was written.
    pub(super) words: Redacted<Vec<u8>>,
}

/// Something that was done to a case before the start.
#[derive(Debug)]
pub struct CaseRecalled {
    /// When.
    pub at: Timestamp,
    /// What, as the log knows it.
    pub acted: CaseActed,
    /// What was written; none if its key is gone.
    pub words: Option<Redacted<Vec<u8>>>,
}

/// All cases, and everything that is known of each.
#[derive(Debug, Default)]
pub(super) struct Dossiers {
    cases: Cases,
    all: BTreeMap<CaseId, Arc<Dossier>>,
    /// The number that was given last to one on its way into the log.
    given: CaseId,
}

impl Dossiers {
    /// As the log tells them, in its order. What was refused then is refused now.
    pub(super) fn recalled(recalled: Vec<CaseRecalled>) -> Dossiers {
        let mut dossiers = Dossiers::default();
        for CaseRecalled { at, acted, words } in recalled {
            // Who asked for it then has been told.
            let _ = dossiers.decide(at, acted, words);
        }
        dossiers
    }

    /// The number of the next case.
    fn give(&mut self) -> CaseId {
        self.given = CaseId(self.given.0 + 1).max(self.cases.next());
        self.given
    }

    /// Whether it would be refused now.
    fn would_refuse(&self, id: CaseId, at: Timestamp, acted: &Acted) -> Option<Refusal> {
        let of_one = self.cases.get(id).cloned();
        match acted {
            Acted::Opened(_) => None,
            Acted::Done(act) => match of_one {
                None => Some(Refusal::Unknown),
                Some(mut case) => case.act(at, act).err(),
            },
        }
    }

    /// It is durable: it is done, or refused.
    pub(super) fn decide(
        &mut self,
        at: Timestamp,
        acted: CaseActed,
        words: Option<Redacted<Vec<u8>>>,
    ) -> Outcome {
        let CaseActed { case: id, by, acted, matter, day, .. } = acted;
        let case = self.cases.act(id, at, &acted)?.clone();
        let entry = Entry { at, by, acted, day, words };
        let fresh = || {
            Arc::new(Dossier { case: case.clone(), matter: Matter::default(), entries: Vec::new() })
        };
        let dossier = self.all.entry(id).or_insert_with(fresh);
        let it = Arc::make_mut(dossier);
        it.case = case;
        if let Some(matter) = matter {
            it.matter = matter;
        }
        it.entries.push(entry);
        Ok(Arc::clone(dossier))
    }

    /// The words of these days can be read by nobody any more.
    pub(super) fn forget(&mut self, days: &BTreeSet<Day>) {
        for dossier in self.all.values_mut() {
            if dossier.entries.iter().any(|it| days.contains(&it.day) && it.words.is_some()) {
                let entries = &mut Arc::make_mut(dossier).entries;
                entries
                    .iter_mut()
                    .filter(|it| days.contains(&it.day))
                    .for_each(|it| it.words = None);
            }
        }
    }

    /// All of them, the first first.
    pub(super) fn all(&self) -> Vec<Arc<Dossier>> {
        self.all.values().cloned().collect()
    }
}

impl Running {
    /// What would be refused is not told to the log. Nobody may wait for the answer.
    pub(super) fn want_case(&mut self, now: Now, wanted: Wanted, to: Option<Reply<Outcome>>) {
        let Wanted { case, by, acted, matter, words } = wanted;
        let refused = case.and_then(|id| self.dossiers.would_refuse(id, now.wall, &acted));
        if let Some(why) = refused {
            answer(to, Err(why));
            return;
        }
        let id = case.unwrap_or_else(|| self.dossiers.give());
        let by = match by {
            Whose::Agent(agent) => self.seat_of(agent).map_or(By::Staff, By::Seat),
            Whose::Staff => By::Staff,
            Whose::Centre => By::Centre,
        };
        let sealed = match &mut self.hiding {
            Some(hiding) => hiding.case_acted((id, by), (acted, matter), words.expose()),
            // Nobody keeps it where there is no log.
            None => {
                let words = Sealed::from_bytes(Vec::new());
                CaseActed { case: id, by, acted, matter, day: Day(0), words }
            }
        };
        self.tell(now, What::Case(Box::new(CaseTold { sealed, words }), to));
    }

    /// Somebody is still owed something, and nobody talks to them: somebody comes back, if cases are kept here.
    pub(super) fn open_owed(
        &mut self,
        now: Now,
        contact: ContactId,
        line: LineId,
        reason: TaskReason,
    ) {
        let clients = self.figures.names().clients.as_ref();
        let Some(client) = clients.and_then(|it| it.get(line.index())).cloned() else { return };
        let number = self.signalling.number_of_owed(contact);
        let address = number.and_then(|number| shown(number.expose()));
        let reach = if address.is_some() { Reach::Telephone } else { Reach::None };
        let words = CaseText {
            concern: owed(reason).to_owned(),
            address: address.unwrap_or_default(),
            ..CaseText::default()
        };
        let source = Source::LostCallback(contact);
        let wanted = Wanted {
            case: None,
            by: Whose::Centre,
            acted: Acted::Opened(Opening { source, reach }),
            matter: Some(Matter { client, line: Some(line), ..Matter::default() }),
            words: Redacted::new(words.to_bytes()),
        };
        self.want_case(now, wanted, None);
    }

    /// It is durable.
    pub(super) fn decide_case(&mut self, at: Now, told: CaseTold, to: Option<Reply<Outcome>>) {
        let CaseTold { sealed, words } = told;
        let outcome = self.dossiers.decide(at.wall, sealed, Some(words));
        answer(to, outcome);
    }
}

/// Who does not wait for the answer any more gets none.
fn answer(to: Option<Reply<Outcome>>, outcome: Outcome) {
    if let Some(to) = to {
        let _ = to.send(outcome);
    }
}

/// What such a case is about.
const fn owed(reason: TaskReason) -> &'static str {
    match reason {
        TaskReason::CallbackExpired => "Rückruf versprochen, aber niemand war frei",
        TaskReason::NotReached => "Rückruf versprochen, aber niemand zu erreichen",
        TaskReason::CalledAgain => "Rückruf versprochen, selbst wieder angerufen, nicht angenommen",
        TaskReason::ReachedInVain => "Beim Rückruf erreicht, aber aufgelegt, bevor jemand da war",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::case::Act;

    fn acted(case: u64, acted: Acted, day: i32) -> CaseActed {
        let words = Sealed::from_bytes(Vec::new());
        let matter = Some(Matter { client: "winsen".into(), ..Matter::default() });
        CaseActed { case: CaseId(case), by: By::Staff, acted, matter, day: Day(day), words }
    }

    const OPENED: Acted = Acted::Opened(Opening { source: Source::Form, reach: Reach::Mail });

    fn words(text: &str) -> Option<Redacted<Vec<u8>>> {
        Some(Redacted::new(text.as_bytes().to_vec()))
    }

    #[test]
    fn numbers_are_given_once_though_the_first_is_not_durable_yet() {
        let mut dossiers = Dossiers::default();
        let given = [dossiers.give(), dossiers.give(), dossiers.give()];
        assert_eq!(given, [CaseId(1), CaseId(2), CaseId(3)]);
        // The second was lost on its way.
        for id in [1, 3] {
            dossiers.decide(Timestamp(5), acted(id, OPENED, 1), None).expect("opened");
        }
        assert_eq!(dossiers.give(), CaseId(4));
        let kept = |it: &Arc<Dossier>| CaseRecalled {
            at: it.entries[0].at,
            acted: acted(it.case.id.0, it.entries[0].acted.clone(), 1),
            words: None,
        };
        let mut again = Dossiers::recalled(dossiers.all().iter().map(kept).collect());
        assert_eq!(again.cases, dossiers.cases);
        assert_eq!(again.give(), CaseId(4));
    }

    #[test]
    fn words_of_a_day_are_forgotten_and_the_others_stay() {
        let mut dossiers = Dossiers::default();
        dossiers.decide(Timestamp(5), acted(1, OPENED, 1), words("one")).expect("opened");
        let note = acted(1, Acted::Done(Act::Note), 2);
        dossiers.decide(Timestamp(6), note, words("two")).expect("noted");
        let page = dossiers.all();
        dossiers.forget(&[Day(1)].into());
        let left: Vec<bool> =
            dossiers.all()[0].entries.iter().map(|it| it.words.is_some()).collect();
        assert_eq!(left, [false, true]);
        assert!(page[0].entries[0].words.is_some(), "who is being answered is answered");
    }

    #[test]
    fn what_is_refused_changes_nothing() {
        let mut dossiers = Dossiers::default();
        dossiers.decide(Timestamp(5), acted(1, OPENED, 1), None).expect("opened");
        let reopen = Acted::Done(Act::Reopen);
        let refused = dossiers.decide(Timestamp(6), acted(1, reopen.clone(), 1), None);
        assert_eq!(refused.map(|_| ()), Err(Refusal::NotCompleted));
        let would = |id| dossiers.would_refuse(CaseId(id), Timestamp(6), &reopen);
        assert_eq!(would(1), Some(Refusal::NotCompleted));
        assert_eq!(would(9), Some(Refusal::Unknown));
        assert_eq!(dossiers.all()[0].entries.len(), 1);
    }
}
