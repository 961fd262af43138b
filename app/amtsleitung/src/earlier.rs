// SPDX-License-Identifier: EUPL-1.2
//! What is known from before this start: who is gone today, what agents said of them, and all cases.

use crate::Lang;
use crate::config::County;
use crate::data::{Data, said};
use crate::recall::Chronicle;
use crate::service::sealing::{case_words_of, words_of};
use crate::service::{CaseRecalled, person_of};
use acd::agent::State;
use centre::Centre;
use hours::{LocalTime, Zone};
use promise::ContactRecord;
use std::collections::BTreeMap;
use stdx::{AgentId, ContactId, Redacted, Timestamp};
use store::{CaseEntry, Heard, Keys, Said};
use web::hub::Recalled;
use web::words::Written;

/// What the day brought, and all cases, from the views and from behind them.
#[derive(Debug)]
pub struct Earlier {
    records: BTreeMap<ContactId, ContactRecord>,
    said: Vec<Said>,
    cases: Vec<CaseEntry>,
}

impl Earlier {
    /// As far as the views know.
    ///
    /// # Errors
    /// With a sentence for people, if they cannot be read.
    pub fn read(
        data: &mut Data,
        zone: Zone,
        wall: Timestamp,
        lang: Lang,
    ) -> Result<Earlier, String> {
        let midnight = zone.timestamp(zone.local(wall).date().to_datetime(LocalTime::midnight()));
        let failed = |error| said(&error, lang);
        let told = data.store.contacts(midnight, Timestamp(i64::MAX)).map_err(failed)?;
        let said = data.store.said(midnight, Timestamp(i64::MAX)).map_err(failed)?;
        let cases = data.store.case_entries().map_err(failed)?;
        let records = told.into_iter().map(|told| (told.record.contact, told.record)).collect();
        Ok(Earlier { records, said, cases })
    }

    /// With what was heard since the views were written.
    #[must_use]
    pub fn and(mut self, since: Heard) -> Earlier {
        self.records.extend(since.told.into_iter().map(|it| (it.record.contact, it.record)));
        self.said.extend(since.said);
        self.cases.extend(since.cases);
        self
    }

    /// What those who are still signed on said, as far as the keys still open it: for their desks.
    #[must_use]
    pub fn said(
        &self,
        (chronicle, centre): (&Chronicle, &Centre),
        county: &County,
        (keys, id): (&Keys, &str),
    ) -> Vec<(AgentId, Recalled)> {
        let person = |said: &Said| {
            let seat = said.wrapped_up.seat;
            let is_on = centre.agent(seat).is_some_and(|it| it.state != State::SignedOff);
            // Whoever took the seat later did not say it.
            let taken = chronicle.seated.get(&seat).filter(|(since, _)| *since < said.entry)?;
            let person = person_of(keys, id, &taken.1).filter(|_| is_on)?;
            let mut agents = (0..).map(AgentId).zip(&county.agents);
            agents.find(|(_, agent)| agent.id == person).map(|(agent, _)| agent)
        };
        let recalled = |said: &Said| {
            let record = self.records.get(&said.wrapped_up.contact)?;
            let recalled = Recalled {
                contact: record.contact,
                line: record.line,
                began: record.set_up_at,
                ended: record.set_up_at + record.ended_after,
                result: said.wrapped_up.resolution,
                written: Written::of_bytes(&words_of(keys, id, &said.wrapped_up)?)?,
            };
            Some((person(said)?, recalled))
        };
        self.said.iter().filter_map(recalled).collect()
    }

    /// What was done to cases, with what was written as far as the keys still open it.
    #[must_use]
    pub fn cases(&self, (keys, id): (&Keys, &str)) -> Vec<CaseRecalled> {
        let recalled = |it: &CaseEntry| CaseRecalled {
            at: it.at,
            acted: it.acted.clone(),
            words: case_words_of(keys, id, &it.acted).map(Redacted::new),
        };
        self.cases.iter().map(recalled).collect()
    }

    /// The contacts that are gone.
    #[must_use]
    pub fn into_records(self) -> Vec<ContactRecord> {
        self.records.into_values().collect()
    }
}
