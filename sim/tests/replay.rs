// SPDX-License-Identifier: EUPL-1.2
//! The same events at the same times lead the centre to the same commands, whoever sends them.

use centre::{Centre, Command};
use stdx::{ContactId, LineId};

#[test]
fn a_recording_replayed_gives_the_same_records() {
    for seed in 0..20 {
        let spec = sim::any_county(seed);
        let mut events = Vec::new();
        let outcome = sim::play_and_hear(&spec, seed, &mut |_| {}, &mut |now, event| {
            events.push((now, event));
        })
        .unwrap();
        let mut centre = Centre::new(spec.setup).unwrap();
        let mut records = Vec::new();
        for (now, event) in events {
            centre.handle(now, event);
            while let Some(command) = centre.poll() {
                if let Command::Note(centre::Note::Ended(record)) = command {
                    records.push(record);
                }
            }
        }
        assert_eq!(records, outcome.records, "seed {seed}");
    }
}

#[test]
fn the_same_seed_gives_the_same_year_and_another_seed_another() {
    let spec = sim::any_county(3);
    let play = |seed| sim::play(&spec, seed, &mut |_| {}).unwrap().records;
    assert_eq!(play(115), play(115));
    assert_ne!(play(115), play(116));
}

#[test]
fn callers_are_the_same_whatever_the_centre_does_with_them() {
    // Fewer agents change who is answered, not who calls when for the first time.
    let spec = sim::any_county(11);
    let mut fewer = spec.clone();
    fewer.shifts.iter_mut().skip(1).for_each(Vec::clear);
    let arrivals = |spec: &sim::Spec| {
        let mut spec = spec.clone();
        spec.behaviour.redial = 0.0;
        spec.behaviour.impatient = 0.0;
        spec.faults = sim::Faults::NONE;
        let outcome = sim::play(&spec, 115, &mut |_| {}).unwrap();
        let mut arrivals: Vec<(ContactId, LineId, i64)> = outcome
            .records
            .iter()
            .map(|record| (record.contact, record.line, record.set_up_at.0))
            .collect();
        arrivals.sort();
        arrivals
    };
    assert_eq!(arrivals(&spec), arrivals(&fewer));
}
