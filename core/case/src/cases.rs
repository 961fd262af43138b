// SPDX-License-Identifier: EUPL-1.2
//! All cases of a centre.

use crate::act::{Act, Opening, Refusal};
use crate::matter::Case;
use alloc::collections::BTreeMap;
use stdx::{CaseId, Timestamp, limits::CASES_MAX};

/// Something that was done, as the log tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Acted {
    /// A case came in.
    Opened(Opening),
    /// Something was done to one.
    Done(Act),
}

/// All cases, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cases {
    cases: BTreeMap<CaseId, Case>,
}

impl Cases {
    /// From cases that were kept; none if one of them is damaged, two have one number, or there are too many.
    #[must_use]
    pub fn of(kept: impl IntoIterator<Item = Case>) -> Option<Cases> {
        let mut cases = BTreeMap::new();
        for case in kept {
            let is_new = case.is_sound() && cases.insert(case.id, case).is_none();
            if !is_new || cases.len() > CASES_MAX {
                return None;
            }
        }
        Some(Cases { cases })
    }

    /// The number of the next case.
    #[must_use]
    pub fn next(&self) -> CaseId {
        CaseId(self.cases.last_key_value().map_or(0, |(id, _)| id.0) + 1)
    }

    /// The case of this number.
    #[must_use]
    pub fn get(&self, id: CaseId) -> Option<&Case> {
        self.cases.get(&id)
    }

    /// Every case, in the order in which they came in.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Case> {
        self.cases.values()
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.cases.len()
    }

    /// Does something to a case, or lets one come in.
    ///
    /// # Errors
    /// If that cannot be done: then nothing has changed.
    pub fn act(&mut self, id: CaseId, at: Timestamp, acted: &Acted) -> Result<&Case, Refusal> {
        match acted {
            Acted::Opened(opening) => self.open(id, at, *opening),
            Acted::Done(act) => self.go_on(id, at, act),
        }
    }

    fn open(&mut self, id: CaseId, at: Timestamp, opening: Opening) -> Result<&Case, Refusal> {
        // One whose opening was lost leaves a gap.
        if id < self.next() {
            return Err(Refusal::Unknown);
        }
        if self.cases.len() >= CASES_MAX {
            return Err(Refusal::Full);
        }
        Ok(self.cases.entry(id).or_insert(Case::open(id, at, opening)))
    }

    fn go_on(&mut self, id: CaseId, at: Timestamp, act: &Act) -> Result<&Case, Refusal> {
        if let Act::Merge { into } = act {
            let goes_on = self.cases.get(into).ok_or(Refusal::Unknown)?.is_going_on();
            if !goes_on {
                return Err(Refusal::NotOlder);
            }
        }
        let case = self.cases.get_mut(&id).ok_or(Refusal::Unknown)?;
        case.act(at, act)?;
        Ok(case)
    }
}
