// SPDX-License-Identifier: EUPL-1.2
//! Ten times the calls are ten times the work, and more agents make no call dearer. What the work
//! costs in nanoseconds is printed by `cargo xtask bench`.
//!
//! Work is counted where it can be. Where only time can be measured it is the processor time of this
//! thread, the least of some rounds, and the bound lies far from both what is measured and what growth
//! with the square would bring: a busy machine fails nothing.

use centre::{Command, Note};
use sim::{Spec, many_days};
use std::fs;
use stdx::Micros;

const SEED: u64 = 115;
/// Small counties are played so often that time can be measured.
const CALLS_A_ROUND: u64 = 100_000;
const ROUNDS: usize = 2;
/// Agents and load, in erlang, of the county with ever more days: 2,500 calls a day.
const AGENTS: u16 = 16;
const LOAD: f64 = 12.5;
/// Load for each agent of the county with ever more agents.
const LOAD_PER_AGENT: f64 = 0.8;

/// What was done in a rehearsal.
#[derive(Clone, Copy, Default)]
struct Work {
    calls: u64,
    events: u64,
    commands: u64,
}

impl Work {
    fn of(spec: &Spec) -> Work {
        let mut work = Work::default();
        let events = sim::play_and_tell(spec, SEED, &mut |_, command| {
            work.commands += 1;
            work.calls += u64::from(matches!(command, Command::Note(Note::Ended(_))));
        });
        work.events = events.expect("a plain county makes a centre");
        work
    }

    fn events_a_call(self) -> f64 {
        self.events as f64 / self.calls as f64
    }

    fn commands_a_call(self) -> f64 {
        self.commands as f64 / self.calls as f64
    }
}

/// Processor time of this thread so far (Linux), counted in the kernel's ticks of some milliseconds; 0
/// where nobody says.
fn cpu_nanos() -> u64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|it| it.parse().ok()).unwrap_or(0)
}

fn days(days: u32) -> Spec {
    impatient(many_days(AGENTS, LOAD, days))
}

fn agents(agents: u16) -> Spec {
    impatient(many_days(agents, LOAD_PER_AGENT * f64::from(agents), 1))
}

/// Callers hang up at some time, so that no queue outgrows the agents.
fn impatient(mut spec: Spec) -> Spec {
    spec.behaviour.patience = Some(Micros::from_secs(180));
    spec
}

/// Processor time for a call, in nanoseconds, the least of some rounds.
fn nanos_a_call(spec: &Spec) -> f64 {
    let round = || {
        let (before, mut calls) = (cpu_nanos(), 0);
        while calls < CALLS_A_ROUND {
            calls += Work::of(spec).calls;
        }
        (cpu_nanos() - before) as f64 / calls as f64
    };
    (0..ROUNDS).map(|_| round()).fold(f64::INFINITY, f64::min)
}

/// How many times as dear a call of the larger county is; none if this system does not say.
fn dearer(small: &Spec, large: &Spec) -> Option<f64> {
    let (small, large) = (nanos_a_call(small), nanos_a_call(large));
    println!("{small:.0} ns a call, {large:.0} ns in the larger one");
    if small == 0.0 {
        println!("nobody says how much processor time was used: not compared");
        return None;
    }
    Some(large / small)
}

#[test]
fn more_days_make_no_call_more_work() {
    let few = Work::of(&days(4));
    for many in [40, 160] {
        let work = Work::of(&days(many));
        let more = work.calls as f64 / few.calls as f64;
        assert!((more / f64::from(many / 4) - 1.0).abs() < 0.05, "{more} times the calls");
        let (events, commands) = (work.events_a_call(), work.commands_a_call());
        println!("{many} days: {} calls, {events:.3} events, {commands:.3} commands", work.calls);
        assert!((events / few.events_a_call() - 1.0).abs() < 0.05, "{events} events a call");
        assert!(
            (commands / few.commands_a_call() - 1.0).abs() < 0.05,
            "{commands} commands a call"
        );
    }
}

#[test]
fn more_agents_make_no_call_more_work() {
    let few = Work::of(&agents(20));
    for many in [200, 2_000] {
        let work = Work::of(&agents(many));
        let (events, commands) = (work.events_a_call(), work.commands_a_call());
        println!("{many} agents: {} calls, {events:.3} events, {commands:.3} commands", work.calls);
        assert!(events < 1.1 * few.events_a_call(), "{events} events a call");
        assert!(commands < 1.1 * few.commands_a_call(), "{commands} commands a call");
    }
}

#[test]
fn forty_times_the_days_take_forty_times_as_long() {
    // Measured: 1.1. Growth with the square would make it 40.
    let times = dearer(&days(4), &days(160));
    assert!(times.is_none_or(|it| it < 5.0), "a call is {times:?} times as dear");
}

#[test]
fn a_hundred_times_the_agents_make_no_call_much_dearer() {
    // Measured: 1.9, from deeper trees and more memory. One walk over all callers whenever somebody acts
    // makes it 11.
    let times = dearer(&agents(20), &agents(2_000));
    assert!(times.is_none_or(|it| it < 5.0), "a call is {times:?} times as dear");
}
