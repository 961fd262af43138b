// SPDX-License-Identifier: EUPL-1.2
//! What a contact that waits costs: memory, and the time it takes to join a queue of some length.

use crate::cost::{cpu_nanos, resident};
use centre::{Centre, Event, Via};
use std::ops::Range;
use stdx::{CallerToken, ContactId, LineId, Micros, Now, Tick, Timestamp};

/// So many wait in each centre: nearly as many as may be inside.
const WAITING: u64 = 8_000;
/// So many centres, so that pages and what else there is do not matter.
const CENTRES: usize = 16;
/// The time is measured over so many that join.
const JOINING: u64 = 1_000;
const ROUNDS: u64 = 5;

/// Prints bytes and nanoseconds.
pub(crate) fn measure() -> Result<(), String> {
    println!("waiting: {} bytes per waiting contact, with {WAITING} in one queue", bytes_each()?);
    for already in [0, WAITING / 2, WAITING - JOINING] {
        let nanos = nanos_to_join(already)?;
        println!("waiting: {nanos:.0} ns for each of {JOINING} who join {already} in one queue");
    }
    Ok(())
}

fn empty_centres() -> Vec<Centre> {
    let setup = sim::one_line(1, 1.0, 48).setup;
    vec![Centre::new(setup).expect("a plain county makes a centre"); CENTRES]
}

fn bytes_each() -> Result<u64, String> {
    let mut centres = empty_centres();
    let before = resident()?;
    for centre in &mut centres {
        join(centre, 0..WAITING);
        assert_eq!(centre.contacts_inside() as u64, WAITING, "somebody was not let in");
    }
    Ok(resident()?.saturating_sub(before) / (WAITING * CENTRES as u64))
}

/// The mean of those who join when so many wait already.
fn nanos_to_join(already: u64) -> Result<f64, String> {
    let mut nanos = 0;
    for _ in 0..ROUNDS {
        let mut centres = empty_centres();
        centres.iter_mut().for_each(|centre| join(centre, 0..already));
        let before = cpu_nanos()?;
        centres.iter_mut().for_each(|centre| join(centre, already..already + JOINING));
        nanos += cpu_nanos()? - before;
    }
    Ok(nanos as f64 / (ROUNDS * JOINING * CENTRES as u64) as f64)
}

/// Calls with these numbers come, a second apart, and nobody is there to answer.
fn join(centre: &mut Centre, numbers: Range<u64>) {
    for number in numbers {
        let mono = Tick(number * Micros::from_secs(1).0);
        let now = Now { mono, wall: Timestamp(0) + Micros(mono.0) };
        let (contact, line) = (ContactId(number + 1), LineId(0));
        let caller = Some(CallerToken::new(number));
        centre.handle(now, Event::CallArrived { contact, line, caller, via: Via::default() });
        while centre.poll().is_some() {}
    }
}
