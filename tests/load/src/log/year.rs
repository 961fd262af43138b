// SPDX-License-Identifier: EUPL-1.2
//! All that happened in a year, told as fast as it is taken, with who calls and who sits where sealed before
//! it; decided when it is durable.

use crate::append::wait_for;
use crate::options::Options;
use amtsleitung::entropy::Entropy;
use centre::{Centre, Event};
use load::clock::{Clock, MILLISECOND, SECOND};
use privacy::Purpose;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use stdx::{AgentId, ContactId, Day, Micros, Now, Tick, Timestamp};
use store::{
    About, Caller, Entry, Fact, Key, Link, Place, SPOOL_FOR_REFUSED, Sealed, Seated, Sequence,
    Store, Writer,
};

/// A number with its kind, as long as most are.
const NUMBER: &[u8] = b"p4941719876543";

/// An agent's id in the county's file.
const PERSON: &[u8] = b"mueller-anna";

const DAY: i64 = Micros::from_mins(24 * 60).0.cast_signed();

/// Prints what it takes.
pub(crate) fn measure(options: &Options) -> Result<(), String> {
    let mut year = Year::read(options)?;
    let store = options.open(&year.centre)?;
    let payers = options.payers()?;
    let rows = Arc::new(AtomicU64::new(0));
    let (us, counted) = (thread::current(), Arc::clone(&rows));
    let wake = move || {
        counted.fetch_add(1, Ordering::Relaxed);
        us.unpark();
    };
    let writer = Writer::start(store, Link::first(&year.centre), 1, wake);
    let mut telling = Telling {
        writer: writer.map_err(|error| error.to_string())?,
        decided: None,
        waiting: VecDeque::new(),
        sealing: Sealing {
            centre: year.centre.clone(),
            entropy: entropy()?,
            key: Key::new([1; 32]),
        },
    };
    let (clock, before) = (Clock::start(), payers.nanos()?);
    for entry in year.entries.drain(..) {
        telling.tell(entry)?;
    }
    telling.end()?;
    let (wall, after) = (clock.nanos() as f64, payers.nanos()?);
    let (events, calls) = (year.events as f64, year.calls as f64);
    let [ours, server] = [0, 1].map(|who| (after[who] - before[who]) as f64);
    println!(
        "result events={events} calls={calls} rows={} seconds={:.2} events_per_second={:.0} \
         events_per_call={:.2} cpu_ms_per_call={:.4} server_cpu_ms_per_call={:.4}",
        rows.load(Ordering::Relaxed),
        wall / SECOND as f64,
        events * SECOND as f64 / wall,
        events / calls,
        ours / calls / MILLISECOND as f64,
        server / calls / MILLISECOND as f64,
    );
    Ok(())
}

fn entropy() -> Result<Entropy, String> {
    Entropy::open().map_err(|error| error.to_string())
}

/// What happened.
struct Year {
    centre: String,
    entries: Vec<Entry>,
    events: u64,
    calls: u64,
}

impl Year {
    fn read(options: &Options) -> Result<Year, String> {
        let place = Place::of_folder(&options.from).map_err(|error| error.to_string())?;
        let store = Store::open_any(&place).map_err(|error| error.to_string())?;
        let mut store = store.ok_or("--from names no data folder with a log")?;
        let centre = store.centre().to_owned();
        let mut entries = Vec::new();
        let read = store.read_from(Link::first(&centre), &mut |entry| entries.push(entry));
        let (_, damage) = read.map_err(|error| error.to_string())?;
        if let Some(damage) = damage {
            return Err(format!("{damage:?}"));
        }
        let count = |is: &dyn Fn(&Fact) -> bool| entries.iter().filter(|it| is(&it.fact)).count();
        let events = count(&|it| matches!(it, Fact::Happened(_))) as u64;
        let arrived = |it: &Fact| matches!(it, Fact::Happened(Event::CallArrived { .. }));
        let calls = count(&arrived) as u64;
        Ok(Year { centre, entries, events, calls })
    }
}

/// Tells, and decides.
struct Telling {
    writer: Writer,
    decided: Option<Centre>,
    waiting: VecDeque<(Sequence, Now, Event)>,
    sealing: Sealing,
}

impl Telling {
    fn tell(&mut self, entry: Entry) -> Result<(), String> {
        while self.writer.in_flight() >= SPOOL_FOR_REFUSED / 2 {
            let oldest = self.waiting.front().map_or(0, |it| it.0);
            wait_for(&self.writer, oldest)?;
            self.decide();
        }
        let at = (entry.tick, entry.wall);
        match &entry.fact {
            Fact::Configured(agreed) => {
                let centre = Centre::new(agreed.setup.clone());
                self.decided = Some(centre.map_err(|why| format!("{why:?}"))?);
            }
            &Fact::Happened(event) => return self.happen(at, event),
            Fact::Begun(_)
            | Fact::Lost(_)
            | Fact::Poisoned(_)
            | Fact::Caller(_)
            | Fact::Seated(_)
            | Fact::WrappedUp(_)
            | Fact::CaseActed(_) => {}
        }
        let told = self.writer.tell(at, entry.fact);
        told.map(drop).ok_or_else(|| "the spool is full".to_owned())
    }

    fn happen(&mut self, at: (Tick, Timestamp), event: Event) -> Result<(), String> {
        let before = self.sealing.before(at.1, event);
        let told = self.writer.tell_with(at, before, Fact::Happened(event));
        let sequence = told.ok_or("the spool is full")?;
        self.waiting.push_back((sequence, Now { mono: at.0, wall: at.1 }, event));
        self.decide();
        Ok(())
    }

    /// Decides what is durable.
    fn decide(&mut self) {
        let Some(centre) = &mut self.decided else { return };
        let durable = self.writer.durable();
        while let Some((_, now, event)) = self.waiting.pop_front_if(|it| it.0 <= durable) {
            centre.handle(now, event);
            while centre.poll().is_some() {}
        }
    }

    fn end(mut self) -> Result<(), String> {
        while let Some(&(last, ..)) = self.waiting.back() {
            wait_for(&self.writer, last)?;
            self.decide();
        }
        match self.writer.close() {
            0 => Ok(()),
            left => Err(format!("{left} facts were not written")),
        }
    }
}

/// Seals as the program does.
struct Sealing {
    centre: String,
    entropy: Entropy,
    key: Key,
}

impl Sealing {
    /// What stands before an event.
    fn before(&mut self, wall: Timestamp, event: Event) -> Vec<Fact> {
        let day = Day((wall.0 / DAY) as i32);
        if let Event::CallArrived { contact, .. } = event {
            vec![self.caller(day, contact)]
        } else if let Event::SignOn { agent } = event {
            vec![self.seated(day, agent)]
        } else {
            Vec::new()
        }
    }

    fn caller(&mut self, day: Day, contact: ContactId) -> Fact {
        let number = self.sealed(day, Purpose::Number, contact.0, NUMBER);
        Fact::Caller(Caller { contact, day, number })
    }

    fn seated(&mut self, day: Day, seat: AgentId) -> Fact {
        let person = self.sealed(day, Purpose::Seat, u64::from(seat.0), PERSON);
        Fact::Seated(Seated { seat, day, person })
    }

    fn sealed(&mut self, day: Day, purpose: Purpose, subject: u64, value: &[u8]) -> Sealed {
        let about = About { centre: &self.centre, day, purpose, subject };
        Sealed::new(&self.key, &about, self.entropy.bytes(), value)
    }
}
