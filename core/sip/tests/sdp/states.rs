// SPDX-License-Identifier: EUPL-1.2
//! Offers and answers of one dialog in turn: every event in every state, and whole stories of hold,
//! resume, failure and refresh.

use crate::common::{agreed, bytes, origin, play, terms_of, usual};
use sip::sdp::{Negotiation, Refusal, Session, State};

const STORIES_MIN: usize = 20;

fn session(text: &str) -> Session {
    Session::parse(&bytes(text)).expect("a description")
}

fn state(negotiation: &Negotiation) -> &'static str {
    match negotiation.state {
        State::Stable => "Stable",
        State::HaveLocalOffer(_) => "HaveLocalOffer",
        State::HaveRemoteOffer(_) => "HaveRemoteOffer",
    }
}

/// What a description of ours says in one row.
fn said(ours: &Session) -> String {
    let streams = ours.streams().map(|stream| {
        let media = stream.media();
        let words = [media.kind_name(), media.protocol_name()].map(|word| word.escape_ascii());
        let formats = media.formats().map(|format| format.escape_ascii().to_string());
        let formats = formats.collect::<Vec<_>>().join(" ");
        let head = format!("{} {} {} {formats}", words[0], media.port(), words[1]);
        let direction = format!("{:?}", stream.direction()).to_lowercase();
        let keys: String = stream
            .cryptos()
            .map(|line| format!(" {} {:?} {}", line.tag, line.suite, line.master.expose()[0]))
            .collect();
        if media.is_declined() { head } else { format!("{head} {direction}{keys}") }
    });
    let streams = streams.collect::<Vec<_>>().join(" / ");
    format!("v{} {streams}", ours.origin().version())
}

fn outcome<T>(result: Result<T, Refusal>, show: impl Fn(T) -> String) -> String {
    match result {
        Ok(value) => show(value),
        Err(refusal) => format!("{} {refusal}", refusal.status().code()),
    }
}

/// Carries out one step of a story: `offer …`, `repeat`, `preview …`, `accept …`, `take …`,
/// `answer …`, `rollback`. Behind offer and answer stand our terms, behind the others an m= line and
/// attributes, divided by `;`.
fn step(negotiation: &mut Negotiation, step: &str) -> String {
    let (event, rest) = step.split_once(' ').unwrap_or((step, ""));
    let terms = || terms_of(&format!("> {rest}"));
    let described = || {
        let lines: String = rest.split(';').map(|line| format!("{}\n", line.trim())).collect();
        session(&format!("@\n{}", if rest.is_empty() { "" } else { &lines }))
    };
    let row = |negotiated: &sip::sdp::Negotiated| agreed(negotiated).trim_end().to_owned();
    match event {
        "offer" => outcome(negotiation.offer(&terms()), |offer| said(&offer.session)),
        "repeat" => outcome(negotiation.repeat(), |offer| said(&offer.session)),
        "preview" => outcome(negotiation.preview(&described()), |it| row(&it)),
        "accept" => outcome(negotiation.accept_answer(described()), row),
        "take" => outcome(negotiation.take_offer(described()), |()| "taken".to_owned()),
        "answer" => outcome(negotiation.answer(&terms()), |(answer, negotiated)| {
            format!("{}; {}", said(&answer.session), row(negotiated))
        }),
        "rollback" => outcome(negotiation.rollback(), |()| "forgotten".to_owned()),
        _ => panic!("no such step: {step}"),
    }
}

#[test]
fn stories_go_as_they_are_told() {
    let count = play("stories.txt", |given| {
        let mut negotiation = Negotiation::new(origin());
        let rows = given.lines().filter(|line| !line.is_empty()).map(|line| {
            let result = step(&mut negotiation, line);
            format!("{:<16} {result}\n", state(&negotiation))
        });
        rows.collect()
    });
    assert!(count >= STORIES_MIN, "only {count} stories");
}

#[test]
fn every_event_in_every_state_is_decided() {
    play("states.txt", |given| {
        let mut before = Negotiation::new(origin());
        for line in given.lines().filter_map(|line| line.strip_prefix("> ")) {
            step(&mut before, line);
        }
        let events = given.lines().filter(|line| !line.starts_with('>') && !line.is_empty());
        let rows = events.map(|event| {
            let mut negotiation = before.clone();
            let result = step(&mut negotiation, event);
            let kept = if negotiation.agreed == before.agreed { "" } else { " (new)" };
            format!("{event}\n  -> {}{kept}: {result}\n", state(&negotiation))
        });
        rows.collect()
    });
}

/// A dialog is continued by another process from what it saved: fields, and descriptions as bytes.
#[test]
fn a_saved_negotiation_goes_on() {
    let mut before = Negotiation::new(origin());
    before.offer(&usual()).expect("an offer");
    before.accept_answer(session("@\nm=audio 30000 RTP/AVP 8\na=sendonly")).expect("agreed");
    let again = |session: &Session| Session::parse(&session.to_bytes()).expect("ours is read");
    let mut after = before.clone();
    after.sent = before.sent.as_ref().map(again);
    if let Some(agreed) = &mut after.agreed {
        agreed.ours = again(&agreed.ours);
        agreed.theirs = again(&agreed.theirs);
    }
    assert_eq!(after, before);
    assert_eq!(after.offer(&usual()).cloned(), before.offer(&usual()).cloned());
}

/// What the other side reads is one session with one id.
#[test]
fn the_session_keeps_its_id_and_its_head() {
    let mut negotiation = Negotiation::new(origin());
    let first = negotiation.offer(&usual()).expect("an offer").session.to_bytes();
    let head = "v=0\r\no=- 4711 1 IN IP4 198.51.100.5\r\ns=-\r\nc=IN IP4 198.51.100.5\r\nt=0 0\r\n";
    assert!(first.starts_with(head.as_bytes()), "{}", first.escape_ascii());
    negotiation.accept_answer(session("@\nm=audio 30000 RTP/AVP 8")).expect("agreed");
    let second = negotiation.offer(&terms_of("> inactive")).expect("an offer").session.to_bytes();
    let head = head.replace("4711 1", "4711 2");
    assert!(second.starts_with(head.as_bytes()), "{}", second.escape_ascii());
}
