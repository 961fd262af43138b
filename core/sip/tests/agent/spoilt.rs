// SPDX-License-Identifier: EUPL-1.2
//! Messages with bytes changed, cut out and doubled, one after the other, to one agent.
//!
//! The rule to keep: nothing panics, no message gets two answers at once, and nothing is left behind.

use crate::ladder::flow;
use crate::{ANSWER, ack, caller, cancel, invite, invite_with, refusal_ack};
use sip::agent::{Config, Event, UserAgent};
use stdx::{Micros, Redacted, Rng, Tick};

const ROUNDS: u64 = 20_000;

const REFER: &str = "Contact: <sip:trunk@192.0.2.99>
Refer-To: \"Amt\" <sip:10@h;user=phone?Replaces=a%40h%3Bto-tag%3D1%3Bfrom-tag%3D2&Subject=x>
Referred-By: <sip:+4940123@trunk.example>
Content-Length: 0

";

const NOTIFY: &str = "Event: refer;id=3
Subscription-State: active;expires=60
Content-Type: message/sipfrag
Content-Length: 19

SIP/2.0 180 Ringing";

fn originals() -> Vec<String> {
    let to = "<sip:115@centre.example>";
    let offer = format!("Contact: <sip:trunk@192.0.2.99>\n{ANSWER}");
    let requests = [
        invite("1"),
        invite_with("2", "Require: 100rel\nSupported: timer\nSession-Expires: 90;refresher=uac\n"),
        invite_with("3", "Record-Route: <sip:192.0.2.98;lr>, <sip:192.0.2.97>\n"),
        ack(7),
        cancel("1"),
        refusal_ack("1"),
        caller("OPTIONS", 1, "o", to, ""),
        caller(
            "REGISTER",
            1,
            "r",
            to,
            "Contact: <sip:a1@10.0.0.5>;expires=300\nContent-Length: 0\n\n",
        ),
        caller("INVITE", 8, "h", "{to}", &offer),
        caller("UPDATE", 9, "u", "{to}", &offer),
        caller("PRACK", 8, "p", "{to}", "RAck: 1 7 INVITE\nContent-Length: 0\n\n"),
        caller("INFO", 10, "i", "{to}", "Content-Type: application/dtmf\nContent-Length: 1\n\n5"),
        caller("REFER", 12, "r", "{to}", REFER),
        caller("REFER", 14, "s", "{to}", "r: tel:+4940\nRefer-Sub: false\nContent-Length: 0\n\n"),
        caller("NOTIFY", 13, "n", "{to}", NOTIFY),
        caller("BYE", 11, "b", "{to}", ""),
    ];
    requests.map(|text| text.replace("\r\n", "\n").replace('\n', "\r\n")).into()
}

fn spoil(rng: &mut Rng, message: &mut Vec<u8>) {
    for _ in 0..rng.below(3) {
        let at = rng.below(message.len() as u64) as usize;
        let length = (rng.below(12) as usize).min(message.len() - at);
        match rng.below(4) {
            0 => message[at] = rng.below(256) as u8,
            1 => drop(message.drain(at..at + length)),
            2 => {
                let copy = message[at..at + length].to_vec();
                message.splice(at..at, copy);
            }
            _ => message[at] = b"0123456789;,:<>\"@ \r\n"[rng.below(20) as usize],
        }
        if message.is_empty() {
            return;
        }
    }
}

/// The user does one of the things that fit.
fn react(agent: &mut UserAgent, rng: &mut Rng, now: Tick, event: Event) {
    match event {
        Event::Incoming(call, _) => {
            let busy = sip::Status::new(486).expect("a status");
            let _ = match rng.below(4) {
                0 => agent.ring(now, call),
                1 => agent.refuse_call(now, call, busy, None, None),
                _ => agent.answer(now, call, b"answer".to_vec()),
            };
        }
        Event::Reinvite(call, carrier, _) => {
            let _ = agent.accept_change(now, call, carrier, Some(b"changed".to_vec()));
        }
        Event::Refer(call, _) => {
            let ringing = sip::Status::new(180).expect("a status");
            let _ = match rng.below(4) {
                0 => agent.refuse_refer(now, call, sip::Status::new(603).expect("a status")),
                1 => Ok(()),
                _ => agent.accept_refer(now, call),
            };
            let _ = agent.report_refer(now, call, ringing, rng.chance(0.5));
        }
        Event::Acked(call, _) if rng.chance(0.3) => {
            let _ = agent.refer(now, call, &Redacted::new(b"sip:partner@192.0.2.9".to_vec()), None);
        }
        Event::Acked(call, _) if rng.chance(0.3) => {
            let _ = agent.hang_up(now, call, None);
        }
        Event::Cancelled(..)
        | Event::Acked(..)
        | Event::Provisional(..)
        | Event::Answered(..)
        | Event::Refused { .. }
        | Event::Ended(..)
        | Event::Withdrawn(..)
        | Event::Changed(..)
        | Event::NotChanged(..)
        | Event::Info(..)
        | Event::Referred(..)
        | Event::Register(..)
        | Event::Subscribe(..)
        | Event::Unsubscribed(_)
        | Event::Probed(..)
        | Event::Registration(_) => {}
    }
}

#[test]
fn spoilt_messages_leave_nothing_behind() {
    let originals = originals();
    let mut rng = Rng::new(115);
    let mut agent = UserAgent::new(Config::default(), Rng::new(5));
    let (mut now, mut to) = (Tick(1_000_000), String::new());
    for round in 0..ROUNDS {
        let text = &originals[rng.below(originals.len() as u64) as usize];
        // Every twentieth part of the run speaks of another call.
        let text = text.replace("{to}", &to).replace("one@", &format!("{}@", round / 20));
        let mut message = text.into_bytes();
        spoil(&mut rng, &mut message);
        agent.receive(now, flow(), &message);
        let mut answers = 0;
        while let Some(sent) = agent.poll_transmit() {
            answers += u32::from(sent.bytes.starts_with(b"SIP/2.0"));
            let text = String::from_utf8_lossy(&sent.bytes).into_owned();
            let tagged =
                text.lines().find(|line| line.starts_with("To: ") && line.contains("tag="));
            to = tagged.map_or(to, |line| line["To: ".len()..].to_owned());
        }
        assert!(answers <= 3, "round {round}: {answers} answers to one message");
        while let Some(event) = agent.poll_event() {
            react(&mut agent, &mut rng, now, event);
        }
        now = now + Micros::from_millis(rng.below(200));
        agent.elapse(now);
        while agent.poll_transmit().is_some() {}
    }
    while let Some((at, _)) = agent.deadline() {
        now = now.max(at);
        agent.elapse(now);
        while agent.poll_transmit().is_some() || agent.poll_event().is_some() {}
    }
    assert!(agent.is_idle(), "left behind: {:?}", agent.sizes());
}
