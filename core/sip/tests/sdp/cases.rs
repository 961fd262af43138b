// SPDX-License-Identifier: EUPL-1.2
//! Offers as phones, carriers and browsers send them, and what we answer; and answers to an offer of
//! ours.

use crate::common::{agreed, bytes, host, origin, play, rtcp, shown, terms_of};
use sip::sdp::{Offer, Refusal, Session, Stream, accept_answer, answer};
use std::fmt::Write;

/// How many cases there are at least; a case that got lost must not pass unseen.
const OFFERS_MIN: usize = 100;
const ANSWERS_MIN: usize = 25;

#[test]
fn offers_are_read_and_answered_as_the_table_says() {
    let count = play("offers.txt", |given| match Session::parse(&bytes(given)) {
        Ok(offer) => view(&offer) + &answered(&offer, given),
        Err(fault) => format!("{} {fault}\n", fault.status().code()),
    });
    assert!(count >= OFFERS_MIN, "only {count} cases");
}

fn answered(offer: &Session, given: &str) -> String {
    match answer(offer, origin(), &terms_of(given)) {
        Ok((answer, negotiated)) => streams_as_sent(&answer.session) + &agreed(&negotiated),
        Err(refusal) => refused(refusal),
    }
}

fn refused(refusal: Refusal) -> String {
    format!("{} {refusal}\n", refusal.status().code())
}

#[test]
fn answers_are_read_as_the_table_says() {
    let count = play("answers.txt", |given| {
        let offer = Offer::first(origin(), &terms_of(given)).expect("an offer");
        let answer = Session::parse(&bytes(given)).expect("a description");
        match accept_answer(&offer, &answer) {
            Ok(negotiated) => agreed(&negotiated),
            Err(refusal) => refused(refusal),
        }
    });
    assert!(count >= ANSWERS_MIN, "only {count} cases");
}

/// A description as rows.
fn view(session: &Session) -> String {
    let mut text = String::new();
    for stream in session.streams() {
        let media = stream.media();
        let (kind, protocol) = (shown(media.kind_name()), shown(media.protocol_name()));
        write!(text, "{kind} {} {protocol}", media.port()).expect("memory");
        let direction = format!("{:?}", stream.direction()).to_lowercase();
        let meant = format!("{:?}", stream.meant_direction()).to_lowercase();
        write!(text, " | {direction}").expect("memory");
        if meant != direction {
            write!(text, " meant {meant}").expect("memory");
        }
        writeln!(text, " | {}", place(stream)).expect("memory");
        if media.protocol().security().is_some() {
            writeln!(text, "  {}", formats(stream)).expect("memory");
        }
    }
    text
}

fn place(stream: Stream<'_>) -> String {
    let rtcp = if stream.muxes_rtcp() { "mux".to_owned() } else { rtcp(&stream.rtcp()) };
    let ptime = stream.ptime_ms().map_or("-".to_owned(), |ms| ms.to_string());
    let host = stream.host().map_or("nowhere".to_owned(), |it| host(&it));
    format!("{host} rtcp {rtcp} | ptime {ptime}")
}

fn formats(stream: Stream<'_>) -> String {
    let formats = stream.encodings().map(|(payload, encoding)| {
        let encoding = encoding.map_or("?".to_owned(), |it| {
            let channels =
                if it.channels == 1 { String::new() } else { format!("/{}", it.channels) };
            format!("{}/{}{channels}", shown(it.name), it.clock)
        });
        let fmtp = stream.fmtp(payload).map_or(String::new(), |it| format!(" ({})", shown(it)));
        format!("{payload} {encoding}{fmtp}")
    });
    formats.collect::<Vec<_>>().join(", ")
}

/// The streams of a description of ours, as they are sent.
fn streams_as_sent(session: &Session) -> String {
    let text = String::from_utf8(session.to_bytes()).expect("ours is ASCII");
    let streams = text.find("m=").map_or("", |start| &text[start..]);
    streams.lines().map(|line| format!("  {line}\n")).collect()
}
