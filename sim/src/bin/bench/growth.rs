// SPDX-License-Identifier: EUPL-1.2
//! How the time grows with the calls, the agents and the lines; nothing of what is played is kept.

use crate::cost::cpu_nanos;
use centre::{Command, Note};
use sim::{LineTraffic, Spec, many_days};
use stdx::Micros;

const SEED: u64 = 115;
/// Short ones are played so often that this many calls come together.
const CALLS_AT_LEAST: f64 = 5e5;
/// Who has waited so long on average hangs up.
const PATIENCE: Micros = Micros::from_secs(180);
/// Agents of the county with ever more days, and its load in erlang: 2,500 calls a day.
const FEW_AGENTS: u16 = 16;
const FEW_AGENTS_LOAD: f64 = 12.5;
/// Load of the others for each agent, in erlang.
const LOAD_PER_AGENT: f64 = 0.8;
/// Days of the others: 960 calls for each agent.
const DAYS: u32 = 6;
/// Agents of the county with ever more lines, each of which they all serve.
const AGENTS_OF_LINES: u16 = 200;

/// What was played and what it took.
#[derive(Default)]
struct Cost {
    calls: u64,
    events: u64,
    nanos: u64,
}

/// Prints a row for each size.
pub(crate) fn measure() -> Result<(), String> {
    with_calls()?;
    with_agents()?;
    with_lines()
}

fn with_calls() -> Result<(), String> {
    let mut first = None;
    for days in [4, 40, 400, 4_000] {
        let spec = many_days(FEW_AGENTS, FEW_AGENTS_LOAD, days);
        let (cost, times) = (play(&spec)?, times(&spec));
        let per_call = cost.nanos as f64 / cost.calls as f64;
        println!(
            "growth: {days} days, {} calls, {} events: {per_call:.0} ns a call, {:.2} × the first row's",
            cost.calls / times,
            cost.events / times,
            per_call / *first.get_or_insert(per_call)
        );
    }
    Ok(())
}

fn with_agents() -> Result<(), String> {
    let mut first = None;
    for agents in [20, 200, 2_000] {
        let cost = play(&many_days(agents, LOAD_PER_AGENT * f64::from(agents), DAYS))?;
        println!("growth: {agents} agents: {}", row(&cost, &mut first));
    }
    Ok(())
}

fn with_lines() -> Result<(), String> {
    let mut first = None;
    let agents = AGENTS_OF_LINES;
    let one_line = many_days(agents, LOAD_PER_AGENT * f64::from(agents), DAYS);
    for lines in [1, 20, 200] {
        let cost = play(&spread(&one_line, lines))?;
        println!("growth: {agents} agents, {lines} lines: {}", row(&cost, &mut first));
    }
    Ok(())
}

/// The same calls over so many lines.
fn spread(one_line: &Spec, lines: usize) -> Spec {
    let mut spec = one_line.clone();
    let LineTraffic { calls, talk, .. } = spec.traffic[0];
    spec.setup.lines = vec![spec.setup.lines[0].clone(); lines];
    spec.traffic = vec![LineTraffic::plain(calls / lines as f64, talk); lines];
    spec
}

fn row(cost: &Cost, first: &mut Option<f64>) -> String {
    let per_event = cost.nanos as f64 / cost.events as f64;
    let times = per_event / *first.get_or_insert(per_event);
    format!("{per_event:.0} ns an event, {times:.2} × the first row's")
}

/// How often a county is played.
fn times(spec: &Spec) -> u64 {
    let calls: f64 = spec.traffic.iter().map(|line| line.calls).sum();
    (CALLS_AT_LEAST / calls).ceil() as u64
}

fn play(spec: &Spec) -> Result<Cost, String> {
    let mut spec = spec.clone();
    spec.behaviour.patience = Some(PATIENCE);
    let mut cost = Cost::default();
    let before = cpu_nanos()?;
    for seed in (SEED..).take(times(&spec) as usize) {
        let played = sim::play_and_tell(&spec, seed, &mut |_, command| {
            cost.calls += u64::from(matches!(command, Command::Note(Note::Ended(_))));
        });
        cost.events += played.expect("a plain county makes a centre");
    }
    cost.nanos = cpu_nanos()? - before;
    Ok(cost)
}
