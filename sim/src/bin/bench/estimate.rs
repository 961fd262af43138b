// SPDX-License-Identifier: EUPL-1.2
//! What it costs to tell a caller the wait, by agents who talk and callers who stand ahead.

use crate::cost::cpu_nanos;
use centre::{Centre, Command, Event, Via};
use stdx::{AgentId, ContactId, LineId, Micros, Now, Tick, Timestamp};

/// Agents and callers ahead: a county, a big city, the most that is played forward.
const SITUATIONS: [(u16, u64); 3] = [(10, 40), (200, 300), (2_000, 400)];
/// So often each is asked.
const ASKED: u32 = 200;
/// What one may cost, in milliseconds.
const GOAL: f64 = 0.5;

/// Prints milliseconds.
pub(crate) fn measure() -> Result<(), String> {
    for (agents, ahead) in SITUATIONS {
        let (centre, last) = busy(agents, ahead);
        let before = cpu_nanos()?;
        for _ in 0..ASKED {
            let told = std::hint::black_box(&centre).estimate(last);
            assert!(told.is_some(), "with agents there, somebody is told");
        }
        let millis = (cpu_nanos()? - before) as f64 / f64::from(ASKED) / 1e6;
        println!(
            "estimate: {millis:.3} ms for one, with {agents} agents in talks and {ahead} callers ahead (goal {GOAL})"
        );
    }
    Ok(())
}

/// Everybody talks, and so many wait; the one who came last.
fn busy(agents: u16, ahead: u64) -> (Centre, ContactId) {
    let setup = sim::one_line(agents, 1.0, 48).setup;
    let mut centre = Centre::new(setup).expect("a plain county makes a centre");
    let mut now = Tick(0);
    let mut tell = |centre: &mut Centre, event| {
        now = now + Micros::from_millis(100);
        centre.handle(Now { mono: now, wall: Timestamp(0) + Micros(now.0) }, event);
        let mut rings = None;
        while let Some(command) = centre.poll() {
            if let Command::Ring { agent, contact, .. } = command {
                rings = Some(Event::Answer { agent, contact });
            }
        }
        rings
    };
    for agent in (0..agents).map(AgentId) {
        tell(&mut centre, Event::SignOn { agent });
        tell(&mut centre, Event::MakeReady { agent });
    }
    let calls = u64::from(agents) + ahead + 1;
    for contact in (1..=calls).map(ContactId) {
        let (line, caller, via) = (LineId(0), None, Via::default());
        let rings = tell(&mut centre, Event::CallArrived { contact, line, caller, via });
        if let Some(answer) = rings {
            tell(&mut centre, answer);
        }
    }
    (centre, ContactId(calls))
}
