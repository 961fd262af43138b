// SPDX-License-Identifier: EUPL-1.2
//! People who press everything in any order, with pages that come and go: nothing is left behind, and nothing jams.

use super::bench::{Bench, PCMA, id};
use acd::Refusal;
use centre::{Command, Event};
use stdx::{AgentId, ContactId, LineId, Micros, Redacted, Rng};
use telephony::softphone::{CallNr, CallState, Order};

/// What the centre says to what was asked meanwhile: callers wait, ring at agent 0, and are connected.
fn decide(bench: &mut Bench) {
    for asked in std::mem::take(&mut bench.asked) {
        let contact = bench.contact;
        if let Event::CallArrived { contact, .. } = asked.event {
            bench.command(Command::Wait { contact, position: 1, told: None });
            ring(bench, contact);
        } else if let Event::Answer { agent, .. } = asked.event {
            bench.command(Command::Connect { contact, agent });
        } else if let Event::Decline { .. } | Event::Unreachable { .. } = asked.event {
            ring(bench, contact);
        } else if let Event::HangUp { .. } = asked.event {
            bench.command(Command::Release { contact });
        } else if let Event::BlindTransfer { .. } | Event::AttendedTransfer { .. } = asked.event {
            bench.decide(&asked, Command::Refuse(Refusal::UnknownAgent));
        }
    }
}

fn ring(bench: &mut Bench, contact: ContactId) {
    bench.contact = contact;
    let until = bench.now() + Micros::from_secs(30);
    bench.command(Command::Ring { agent: AgentId(0), contact, line: LineId(0), until });
}

fn any_order(rng: &mut Rng, bench: &Bench, agent: u16) -> Order {
    let calls = bench.calls(agent);
    let known = calls.get(rng.below(2) as usize).map_or(CallNr(0), |it| it.nr);
    match rng.below(14) {
        0..=2 => Order::Answer(known),
        3 => Order::Decline(known),
        4 => Order::HangUp(known),
        5 => Order::Hold(known),
        6 | 7 => Order::Resume(known),
        8 => Order::Dial(id(1 - agent)),
        9 => Order::Transfer { to: id(1 - agent) },
        10 => Order::Complete,
        11 => Order::Confer,
        12 => Order::TakeOut,
        _ => Order::Keys(known, Redacted::new("5*3".to_owned())),
    }
}

#[test]
fn whatever_is_pressed_nothing_is_left_behind() {
    let mut bench = Bench::with_pages(2, PCMA);
    let mut rng = Rng::new(115);
    for _ in 0..400 {
        if bench.caller.call.is_none() {
            let (now, exchange) = (bench.now(), bench.exchange);
            bench.caller.dial(now, exchange);
        }
        let agent = rng.below(2) as u16;
        match rng.below(40) {
            0 => bench.order(agent, Order::PageGone),
            1 => drop(bench.load(agent)),
            _ => {
                let order = any_order(&mut rng, &bench, agent);
                bench.order(agent, order);
            }
        }
        bench.pass(Micros::from_millis(rng.below(30)));
        decide(&mut bench);
    }
    assert!(!bench.running.has_ended(), "the thread is there");
    for agent in 0..2 {
        bench.order(agent, Order::Close);
    }
    bench.until("nothing is left", |it| {
        decide(it);
        let now = it.now();
        if it.caller.call.is_some() {
            it.caller.hang_up(now);
        }
        it.calls(0).is_empty() && it.calls(1).is_empty() && it.signalling.media_legs() == 0
    });
}

/// Faster than the exchange can follow: what was pressed last is what holds.
#[test]
fn the_last_of_many_presses_holds() {
    let mut bench = Bench::with_pages(1, PCMA);
    let (_, nr) = bench.talk(0);
    bench.both_hear(0);
    for held in [true, false, true, true, false, true, false, true] {
        bench.order(0, if held { Order::Hold(nr) } else { Order::Resume(nr) });
        bench.turn();
    }
    bench.until("music", |it| it.caller.hears(super::bench::MUSIC));
    let is_held = |it: &Bench| matches!(it.calls(0)[0].state, CallState::Held(_));
    assert!(is_held(&bench));
    for held in [false, true, false] {
        bench.order(0, if held { Order::Hold(nr) } else { Order::Resume(nr) });
    }
    bench.both_hear(0);
    bench.pass(Micros::from_millis(300));
    bench.both_hear(0);
}
