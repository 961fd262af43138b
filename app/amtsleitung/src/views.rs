// SPDX-License-Identifier: EUPL-1.2
//! What happened becomes views for reports: contacts with their stories, and local days.

use account::{Outcome, Stories};
use centre::{Command, Setup};
use hours::{LocalDate, Zone};
use std::collections::BTreeMap;
use std::mem;
use stdx::{Now, Tick};
use store::{CaseEntry, Day, Gap, Heard, Said, Told};

/// The first day that has a number: 0.
const EPOCH: LocalDate = LocalDate::constant(1970, 1, 1);

/// A local day's number in the views.
#[must_use]
pub fn number_of(day: LocalDate) -> i64 {
    day.duration_since(EPOCH).as_hours() / 24
}

/// What has been heard since the views were last written.
#[derive(Clone, Debug)]
pub struct Views {
    zone: Zone,
    /// The present day's.
    pub(crate) outcome: Outcome,
    /// Of those who are inside.
    pub(crate) stories: Stories,
    /// Who is gone since.
    told: Vec<Told>,
    /// What agents said since.
    said: Vec<Said>,
    /// What was done to cases since.
    cases: Vec<CaseEntry>,
    /// Days that were changed since.
    days: BTreeMap<i64, Day>,
    /// The present day.
    day: Option<LocalDate>,
    lost: Gap,
    last: Tick,
}

impl Views {
    /// Nothing has been heard yet of a centre with this setup.
    #[must_use]
    pub fn new(setup: &Setup) -> Views {
        let mut stories = Stories::default();
        stories.agree(setup);
        Views::go_on(Outcome::new(setup), stories, None, Gap::default())
    }

    /// Goes on where a snapshot was taken at this time.
    #[must_use]
    pub fn go_on(outcome: Outcome, stories: Stories, at: Option<Now>, lost: Gap) -> Views {
        let zone = Zone::berlin();
        Views {
            day: at.map(|at| zone.local(at.wall).date()),
            last: at.map_or(Tick(0), |at| at.mono),
            zone,
            outcome,
            stories,
            told: Vec::new(),
            said: Vec::new(),
            cases: Vec::new(),
            days: BTreeMap::new(),
            lost,
        }
    }

    /// From here on this was agreed.
    pub fn agree(&mut self, setup: &Setup) {
        self.outcome.agree(setup);
        self.stories.agree(setup);
    }

    /// Time goes on: days that are over by now are closed at their midnight. A calendar that is set back
    /// opens no day again.
    pub fn pass(&mut self, now: Now) {
        let today = self.zone.local(now.wall).date();
        while let Some(day) = self.day
            && day < today
        {
            let next = day.tomorrow().unwrap_or(today);
            let midnight = self.zone.timestamp(next.at(0, 0, 0, 0));
            let at = now.mono.saturating_sub(now.wall.since(midnight)).max(self.last);
            self.close(day, at);
            self.day = Some(next);
        }
        self.day = self.day.or(Some(today));
        self.last = now.mono;
    }

    /// Hears what the centre orders.
    pub fn hear(&mut self, now: Tick, command: &Command) {
        self.outcome.note(now, command);
        if let Some(story) = self.stories.note(now, command) {
            let record = self.outcome.records.pop().expect("who has a story's end has a record");
            self.told.push(Told { record, story });
        }
    }

    /// An agent said what came of a talk.
    pub fn say(&mut self, said: Said) {
        self.said.push(said);
    }

    /// Something was done to a case.
    pub fn act(&mut self, entry: CaseEntry) {
        self.cases.push(entry);
    }

    /// Something could not be written down.
    pub fn lose(&mut self, gap: Gap) {
        self.lost.refused_calls += gap.refused_calls;
        self.lost.others += gap.others;
    }

    fn close(&mut self, day: LocalDate, at: Tick) {
        let outcome = self.outcome.cut(at);
        let brought = brought(day, &outcome, mem::take(&mut self.lost));
        self.days.insert(brought.day, brought);
    }

    /// Whether nobody is inside whose story goes on.
    #[must_use]
    pub fn is_empty_of_stories(&self) -> bool {
        self.stories.open.is_empty()
    }

    /// How many contacts, words about them, and acts on cases wait to be written.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.told.len() + self.said.len() + self.cases.len()
    }

    /// What is to be written now, the present day as far as it has come.
    #[must_use]
    pub fn take(&mut self) -> Heard {
        let mut days: Vec<Day> = mem::take(&mut self.days).into_values().collect();
        if let Some(day) = self.day {
            let mut so_far = self.outcome.clone();
            days.push(brought(day, &so_far.cut(self.last), self.lost));
        }
        let (told, said) = (mem::take(&mut self.told), mem::take(&mut self.said));
        Heard { told, said, cases: mem::take(&mut self.cases), days }
    }

    /// What could not be written down on the present day.
    #[must_use]
    pub fn lost(&self) -> Gap {
        self.lost
    }
}

fn brought(day: LocalDate, outcome: &Outcome, lost: Gap) -> Day {
    let teams = outcome.work.iter().copied().zip(outcome.there_by_team());
    Day {
        day: number_of(day),
        teams: teams.collect(),
        tasks: outcome.tasks,
        untold: outcome.untold,
        longest_queue: outcome.longest_queue as u64,
        lost,
    }
}
