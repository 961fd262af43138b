// SPDX-License-Identifier: EUPL-1.2
//! A practice as a newcomer has it: real calls on this machine, by the built-in telephone and by one of
//! their own.

use super::crowd::{Account, Code, Press, Registration};
use super::*;
use crate::Lang;
use crate::clock::Clock;
use crate::config::{County, check};
use crate::service::{Decided, PASSWORDS_FILE};
use centre::{Command, Note};
use promise::Fate;
use sip::digest::Credentials;
use sip::message::{Message, parse_datagram};
use std::net::UdpSocket;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use stdx::{AgentId, Micros, Redacted, Rng, Tick};

const ME: AgentId = AgentId(0);
const PACE: f64 = 240.0;

/// Far longer than anything here takes, even on a busy machine.
const PATIENCE: Micros = Micros::from_secs(60);

/// How often something is looked at that nobody tells of.
const LOOKS: Micros = Micros::from_millis(50);

fn harburg() -> County {
    check(include_str!("../../../../examples/harburg.toml")).county.expect("it is good")
}

fn practice(county: &County) -> Practice {
    let (prompts, catalogue) = (None, Vec::new());
    let lang = Lang::De;
    let options = Options {
        county,
        prompts,
        catalogue,
        seat: ME,
        newcomer: true,
        pace: PACE,
        web: None,
        lang,
    };
    let mut practice = Practice::start(&options).expect("this machine can practise");
    let registered = |practice: &Practice| practice.snapshot().is_some_and(|it| it.registered == 5);
    until(&mut practice, registered);
    practice
}

/// Plays on until it is so.
fn until(practice: &mut Practice, is_so: impl Fn(&Practice) -> bool) {
    for _ in 0..PATIENCE.0 / LOOKS.0 {
        if is_so(practice) {
            return;
        }
        practice.watch(LOOKS, &AtomicBool::new(false), &mut |_| true);
    }
    panic!("it never was so");
}

/// Plays on until the centre orders it.
fn hears(practice: &mut Practice, wanted: impl Fn(&Command) -> bool) -> Decided {
    let mut found = None;
    practice.watch(PATIENCE, &AtomicBool::new(false), &mut |decided| {
        found = wanted(&decided.command).then_some(*decided);
        found.is_none()
    });
    found.expect("it comes in time")
}

/// Presses, as somebody would who hears it ring, until the centre orders what is wanted: its order to
/// ring is heard here before the telephone rings.
fn presses(practice: &mut Practice, press: Press, wanted: impl Fn(&Command) -> bool) -> Decided {
    for _ in 0..PATIENCE.0 / LOOKS.0 {
        practice.press(press);
        let mut found = None;
        practice.watch(LOOKS, &AtomicBool::new(false), &mut |decided| {
            found = wanted(&decided.command).then_some(*decided);
            found.is_none()
        });
        if let Some(found) = found {
            return found;
        }
    }
    panic!("it never came");
}

fn rings(command: &Command) -> bool {
    matches!(command, Command::Ring { agent, .. } if *agent == ME)
}

#[test]
fn the_newcomer_works_by_the_built_in_telephone() {
    let county = harburg();
    let mut practice = practice(&county);
    let folder = practice.seat().data.clone();
    assert!(folder.join(PASSWORDS_FILE).exists());
    practice.press(Press::Dial(Code::SignOn));
    hears(&mut practice, rings);
    let declined = |command: &Command| matches!(command, Command::Note(Note::Returned { agent, .. }) if *agent == ME);
    presses(&mut practice, Press::Decline, declined);
    practice.press(Press::Dial(Code::Ready));
    hears(&mut practice, rings);
    practice.press(Press::PickUp);
    let talks =
        |command: &Command| matches!(command, Command::Connect { agent, .. } if *agent == ME);
    let Command::Connect { contact, .. } = presses(&mut practice, Press::PickUp, talks).command
    else {
        return;
    };
    let there = practice.snapshot().expect("it answers");
    assert!(there.agents.talking > 0 && there.counters.calls > 0 && there.media_legs > 0);
    practice.press(Press::HangUp);
    let accepted = |command: &Command| matches!(command, Command::Note(Note::Ended(record)) if record.contact == contact && record.fate == Fate::Accepted);
    hears(&mut practice, accepted);
    let counted = practice.snapshot().expect("it answers").lines;
    assert!(counted.iter().any(|line| line.tally.of(Fate::Accepted) > 0));
    let ended = practice.end().expect("no thread fell ill");
    assert_eq!((ended.left.calls, ended.left.legs), (0, 0), "every leg said goodbye");
    assert!(ended.left.heard > 0, "there was sound");
    assert!(ended.outcome.tally().of(Fate::Accepted) > 0);
    assert!(!folder.exists());
}

/// A telephone that a newcomer has brought along.
struct Own {
    socket: UdpSocket,
    registration: Registration,
    clock: Clock,
    rng: Rng,
}

impl Own {
    fn new(practice: &Practice) -> Own {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
        socket.connect(practice.seat().server.expect("an address")).expect("it is there");
        socket.set_read_timeout(Some(Duration::from_millis(100))).expect("a time");
        let (clock, mut rng) = (Clock::starting_at(Tick(0)), Rng::new(7));
        let file =
            std::fs::read_to_string(practice.seat().data.join(PASSWORDS_FILE)).expect("the file");
        let user = practice.seat().user.clone();
        let line = file.lines().find(|line| line.starts_with(&format!("\"{user}\"")));
        let password = line.and_then(|line| line.split('"').nth(3)).expect("the password");
        let credentials = Credentials {
            username: Redacted::new(user.clone().into_bytes()),
            password: Redacted::new(password.as_bytes().to_vec()),
        };
        // Many telephones know nothing but the server's address.
        let domain = "127.0.0.1".to_owned();
        let account = Account { id: user, domain, credentials };
        let local = socket.local_addr().expect("it is bound");
        let registration = Registration::new(Tick(0), account, local, false, &mut rng);
        Own { socket, registration, clock, rng }
    }

    /// Sends what is due and reads what comes; gives back the first request.
    fn turn(&mut self) -> Option<Vec<u8>> {
        let now = self.clock.now().mono;
        let due = self.registration.due(now, &mut self.rng);
        due.map(|bytes| self.socket.send(&bytes).expect("sent"));
        let mut input = [0; 4_096];
        let length = self.socket.recv(&mut input).ok()?;
        match parse_datagram(&input[..length]).expect("the centre writes SIP") {
            Message::Response(response) => {
                let next = self.registration.answered(now, &response, &mut self.rng);
                next.map(|bytes| self.socket.send(&bytes).expect("sent"));
                None
            }
            Message::Request(_) => Some(input[..length].to_vec()),
        }
    }
}

#[test]
fn a_telephone_of_their_own_takes_the_place_and_gives_it_back() {
    let county = harburg();
    let mut practice = practice(&county);
    let mut own = Own::new(&practice);
    let turns = PATIENCE.0 / 100_000;
    let took = (0..turns).any(|_| {
        own.turn();
        practice.own_telephone()
    });
    assert!(took, "the built-in one stands back");
    practice.press(Press::Dial(Code::SignOn));
    let invite = (0..turns).find_map(|_| own.turn()).expect("it rings here");
    assert!(invite.starts_with(b"INVITE sip:k1@127.0.0.1:"));
    own.registration.leave(own.clock.now().mono);
    let back = (0..turns).any(|_| {
        own.turn();
        !practice.own_telephone()
    });
    assert!(back, "the built-in one is back");
    until(&mut practice, |practice| practice.snapshot().is_some_and(|it| it.registered == 5));
    let ended = practice.end().expect("no thread fell ill");
    assert_eq!(ended.left.legs, 0);
}
