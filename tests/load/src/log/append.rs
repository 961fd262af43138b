// SPDX-License-Identifier: EUPL-1.2
//! One fact at a time, as in a centre where little happens, beside a small row on the bare disk.
//!
//! The rule to keep: they take turns, so that both find the disk as it is at that moment.

use crate::CENTRE;
use crate::options::{Options, Payers};
use centre::{Event, Via};
use load::bare::Bare;
use load::clock::{Clock, MILLISECOND};
use load::stats::Spread;
use std::thread;
use std::time::Duration;
use stdx::{ContactId, LineId, Micros, Tick, Timestamp};
use store::{Fact, Link, Sequence, Writer};

/// Between two rows, so that every thread and the disk have come to rest, and so that rows are fewer than those
/// that the log's pace holds back.
const REST: u64 = 12 * MILLISECOND;

/// Rows before measuring begins.
const WARM_UP: u32 = 50;

struct Log {
    writer: Writer,
    told: Tick,
    nanos: Vec<u64>,
}

/// Prints how long it takes and what it costs.
pub(crate) fn measure(options: &Options) -> Result<(), String> {
    let mut bare = Bare::open(&options.data)?;
    let mut log = Log::open(options)?;
    let payers = options.payers()?;
    in_turn(&mut bare, &mut log, WARM_UP)?;
    bare.nanos.clear();
    log.nanos.clear();
    in_turn(&mut bare, &mut log, options.times)?;
    let (floor, ours) = (Spread::of(&mut bare.nanos), Spread::of(&mut log.nanos));
    let bare_paid = paid(&payers, options.times, || bare.write())?;
    let log_paid = paid(&payers, options.times, || log.append())?;
    let each = |nanos: u64| nanos as f64 / f64::from(options.times) / MILLISECOND as f64;
    println!(
        "result bare_median_ms={:.3} bare_p99_ms={:.3} append_median_ms={:.3} append_p99_ms={:.3} \
         bare_cpu_ms={:.4} append_cpu_ms={:.4} server_cpu_ms={:.4}",
        floor.median,
        floor.p99,
        ours.median,
        ours.p99,
        each(bare_paid[0]),
        each(log_paid[0]),
        each(log_paid[1]),
    );
    Ok(())
}

fn in_turn(bare: &mut Bare, log: &mut Log, times: u32) -> Result<(), String> {
    for _ in 0..times {
        rest();
        bare.write()?;
        rest();
        log.append()?;
    }
    Ok(())
}

/// What so many of them cost, rests included: they cost the same in both.
fn paid(
    payers: &Payers,
    times: u32,
    mut act: impl FnMut() -> Result<(), String>,
) -> Result<[u64; 2], String> {
    let before = payers.nanos()?;
    for _ in 0..times {
        rest();
        act()?;
    }
    let after = payers.nanos()?;
    Ok([after[0] - before[0], after[1] - before[1]])
}

fn rest() {
    Clock::start().rest_until(REST);
}

impl Log {
    fn open(options: &Options) -> Result<Log, String> {
        let store = options.open(CENTRE)?;
        let us = thread::current();
        let writer = Writer::start(store, Link::first(CENTRE), 1, move || us.unpark());
        let writer = writer.map_err(|error| error.to_string())?;
        Ok(Log { writer, told: Tick(0), nanos: Vec::new() })
    }

    /// Tells that a call came in, which waits for nothing else, and waits until that is durable.
    fn append(&mut self) -> Result<(), String> {
        self.told = self.told + Micros::from_secs(1);
        let contact = ContactId(100_000 + self.told.0 / 1_000_000);
        let (line, caller, via) = (LineId(0), None, Via::default());
        let fact = Fact::Happened(Event::CallArrived { contact, line, caller, via });
        let clock = Clock::start();
        let at = (self.told, Timestamp(0) + Micros(self.told.0));
        let sequence = self.writer.tell(at, fact).ok_or("the spool is full")?;
        wait_for(&self.writer, sequence)?;
        self.nanos.push(clock.nanos());
        Ok(())
    }
}

/// Waits until it is durable.
pub(crate) fn wait_for(writer: &Writer, sequence: Sequence) -> Result<(), String> {
    while writer.durable() < sequence {
        if let Some(trouble) = writer.trouble() {
            return Err(format!("{trouble:?}"));
        }
        thread::park_timeout(Duration::from_secs(1));
    }
    Ok(())
}
