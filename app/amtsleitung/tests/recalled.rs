// SPDX-License-Identifier: EUPL-1.2
//! Whatever county is played, with every way and fault: its log leads to the same state, and its views say
//! what was counted while it was played.

use amtsleitung::Lang;
use amtsleitung::data::{Data, NewLog};
use centre::Centre;
use promise::{ContactRecord, WorkTime};
use sim::{Outcome, any_county, play_and_hear};
use std::env;
use std::fs;
use std::path::PathBuf;
use stdx::Timestamp;
use store::{Configured, Day, Gap, Store, Told};

const SEEDS: u64 = 24;

/// A folder that goes with the value.
struct Folder(PathBuf);

impl Folder {
    fn new(seed: u64) -> Folder {
        let name = format!("recalled-{}-{seed}", std::process::id());
        Folder(env::temp_dir().join(name))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn whatever_is_played_the_log_says_the_same() {
    for seed in 0..SEEDS {
        let folder = Folder::new(seed);
        let spec = any_county(seed);
        let configured =
            Configured { text: String::new(), ids: [].into(), setup: spec.setup.clone() };
        let begins = spec.slots.first().map_or(Timestamp(0), |slot| slot.start);
        let log = NewLog::create(&folder.0, "any", begins, configured, Lang::En);
        let mut log = log.unwrap_or_else(|why| panic!("seed {seed}: {why}"));
        let mut centre = Centre::new(spec.setup.clone()).expect("a good county");
        let mut hear = |now, event| {
            log.tell(now, event);
            centre.handle(now, event);
            while centre.poll().is_some() {}
        };
        let outcome = play_and_hear(&spec, seed, &mut |_| {}, &mut hear).expect("a good county");
        log.finish(Lang::En).unwrap_or_else(|why| panic!("seed {seed}: {why}"));
        let data = Data::open(&folder.0, Lang::En).expect("readable").expect("a log");
        let Data { mut store, recalled } = data;
        assert_eq!(recalled.centre.map(|it| it.save()), Some(centre.save()), "seed {seed}");
        let views = recalled.chronicle.views.expect("something was agreed");
        assert!(views.is_empty_of_stories(), "seed {seed}: who is gone has no story open");
        is_counted_alike(&mut store, &outcome, seed);
    }
}

fn is_counted_alike(store: &mut Store, outcome: &Outcome, seed: u64) {
    let told = store.contacts(Timestamp(i64::MIN), Timestamp(i64::MAX)).expect("readable");
    let mut records: Vec<ContactRecord> = outcome.records.clone();
    records.sort_by_key(|record| record.contact);
    let there: Vec<ContactRecord> = told.iter().map(|Told { record, .. }| *record).collect();
    assert_eq!(there, records, "seed {seed}");
    let days = store.days(i64::MIN, i64::MAX).expect("readable");
    let sum = |of: fn(&Day) -> u64| days.iter().map(of).sum::<u64>();
    let longest = days.iter().map(|day| day.longest_queue).max().unwrap_or(0);
    let counted = (sum(|day| day.tasks), sum(|day| day.untold), longest);
    let played = (outcome.tasks, outcome.untold, outcome.longest_queue as u64);
    assert_eq!(counted, played, "seed {seed}");
    assert!(days.iter().all(|day| day.lost == Gap::default()));
    for (team, work) in outcome.work.iter().enumerate() {
        let mut all = WorkTime::default();
        let of_team = days.iter().filter_map(|day| day.teams.get(team));
        of_team.for_each(|(work, _)| all.merge(work));
        assert_eq!(all, *work, "seed {seed}, team {team}");
    }
}
