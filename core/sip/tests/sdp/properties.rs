// SPDX-License-Identifier: EUPL-1.2
//! What holds for every description, however it came about.

use crate::common::{origin, own, terms};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use sip::sdp::{
    Capabilities, Codec, Direction, Negotiated, Negotiation, Offer, Protection, Refusal, Security,
    Session, State, Suite, Terms, accept_answer, answer, common, limits,
};

/// Descriptions as they come: mostly right, each part wrong now and then.
fn offers() -> impl Strategy<Value = Vec<u8>> {
    let head = select(vec![
        "c=IN IP4 192.0.2.10\r\nt=0 0\r\n",
        "c=IN IP4 0.0.0.0\r\nt=0 0\r\na=sendrecv\r\n",
        "c=IN IP4 media.example.de\r\nb=AS:80\r\nt=0 0\r\na=sendonly\r\n",
        "c=IN IP6 2001:db8::1\r\nt=0 0\r\n",
        "c=IN IP4 224.1.1.1/3\r\n",
        "t=0 0\r\na=inactive\r\nx=1\r\n",
    ]);
    (head, vec(streams(), 0..5)).prop_map(|(head, streams)| {
        let head = format!("v=0\r\no=- 7 1 IN IP4 192.0.2.10\r\ns=-\r\n{head}");
        (head + &streams.concat()).into_bytes()
    })
}

fn streams() -> impl Strategy<Value = String> {
    let kind = select(vec!["audio", "audio", "audio", "video", "text", "image", "smell"]);
    let port = select(vec![0u16, 9, 30_000, 30_000, 65_535]);
    let protocol = select(vec!["RTP/AVP", "RTP/AVP", "RTP/AVPF", "RTP/SAVP", "TCP/RTP/AVP"]);
    let formats = vec(select(vec!["0", "8", "9", "13", "18", "96", "97", "101", "300", "x"]), 0..7);
    let attributes = vec(select(ATTRIBUTES.to_vec()), 0..8);
    (kind, port, protocol, formats, attributes).prop_map(
        |(kind, port, protocol, formats, attributes)| {
            let formats = formats.join(" ");
            let attributes: String = attributes.iter().map(|line| format!("{line}\r\n")).collect();
            format!("m={kind} {port} {protocol} {formats}\r\n{attributes}")
        },
    )
}

const ATTRIBUTES: [&str; 24] = [
    "a=rtpmap:8 PCMA/8000",
    "a=rtpmap:8 PCMU/8000",
    "a=rtpmap:96 telephone-event/8000",
    "a=rtpmap:96 opus/48000/2",
    "a=rtpmap:97 telephone-event/48000",
    "a=rtpmap:101 telephone-event/8000",
    "a=fmtp:101 0-11,66",
    "a=fmtp:96 0-15",
    "a=sendonly",
    "a=recvonly",
    "a=inactive",
    "a=sendrecv",
    "a=ptime:30",
    "a=ptime:abc",
    "a=maxptime:10",
    "a=rtcp:30099 IN IP4 192.0.2.11",
    "a=rtcp-mux",
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x",
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR|1:4",
    "a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj",
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj KDR=1",
    "c=IN IP4 0.0.0.0",
    "c=IN IP4 192.0.2.44",
    "b=TIAS:x",
];

fn codecs() -> impl Strategy<Value = Vec<Codec>> {
    vec(select(Codec::ALL.to_vec()), 1..5)
}

fn all_terms() -> impl Strategy<Value = Terms> {
    let direction = select(Direction::ALL.to_vec());
    (codecs(), direction, any::<bool>(), any::<bool>(), protections()).prop_map(
        |(codecs, direction, rtcp_mux, keys, protection)| {
            let mut terms = terms(&codecs);
            terms.capabilities = Capabilities { rtcp_mux, keys, protection, ..terms.capabilities };
            terms.direction = direction;
            terms
        },
    )
}

/// Keys of one suite or both, in either order, new ones each time.
fn protections() -> impl Strategy<Value = Protection> {
    let key = (select(Suite::ALL.to_vec()), any::<[u8; 16]>()).prop_map(|(suite, drawn)| {
        let mut key = own(suite, drawn[0]);
        let mut master = *key.master.expose();
        master[..16].copy_from_slice(&drawn);
        key.master = stdx::Redacted::new(master);
        key
    });
    prop_oneof![
        Just(Protection::Plain),
        vec(key.clone(), 1..3).prop_map(Protection::Preferred),
        vec(key, 1..3).prop_map(Protection::Required),
    ]
}

/// Changes some bytes; cuts or doubles a piece.
fn mutate(bytes: &mut Vec<u8>, changes: &[(Index, u8)], piece: (Index, Index, u8)) {
    for (at, byte) in changes {
        if !bytes.is_empty() {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
    }
    let (from, to, what) = piece;
    let (from, to) = (from.index(bytes.len() + 1), to.index(bytes.len() + 1));
    let range = from.min(to)..from.max(to);
    match what % 4 {
        0 => drop(bytes.drain(range)),
        1 => bytes.extend_from_within(range),
        _ => {}
    }
}

/// Whatever is read is within the limits and is written as it is read.
fn check_read(bytes: &[u8]) -> Result<(), TestCaseError> {
    let Ok(session) = Session::parse(bytes) else {
        return Ok(());
    };
    let written = session.to_bytes();
    prop_assert!(written.len() <= limits::BYTES_MAX);
    prop_assert_eq!(Session::parse(&written), Ok(session.clone()));
    for stream in session.streams() {
        let _: (_, _, _) = (stream.meant_direction(), stream.rtcp(), stream.is_keyed());
        let ptime = stream.granted_ptime_ms();
        prop_assert!((limits::PTIME_MIN_MS..=limits::PTIME_MAX_MS).contains(&ptime));
        prop_assert!(ptime.is_multiple_of(10));
        for (payload, _) in stream.encodings() {
            let _ = stream.keys(payload);
        }
    }
    Ok(())
}

/// What RFC 3264 asks of an answer.
fn check_answer(offer: &Session, terms: &Terms) -> Result<(), TestCaseError> {
    let Ok((answer, negotiated)) = answer(offer, origin(), terms) else {
        return Ok(());
    };
    let session = &answer.session;
    prop_assert_eq!(Session::parse(&session.to_bytes()), Ok(session.clone()));
    prop_assert_eq!(session.media().len(), offer.media().len());
    for (at, (ours, theirs)) in session.media().iter().zip(offer.media()).enumerate() {
        prop_assert_eq!(ours.kind_name().to_ascii_lowercase(), theirs.kind_name());
        prop_assert_eq!(ours.protocol_name(), theirs.protocol_name());
        prop_assert_eq!(ours.is_declined(), at != answer.audio);
        prop_assert!(ours.formats().next().is_some());
    }
    let ours = session.stream(answer.audio).expect("the sound");
    let theirs = offer.stream(answer.audio).expect("the sound");
    prop_assert!(!theirs.media().is_declined());
    check_protection(&negotiated, terms)?;
    prop_assert_eq!(ours.cryptos().collect::<Vec<_>>(), sent(&negotiated));
    prop_assert!(ours.media().formats().all(|has| theirs.media().formats().any(|it| it == has)));
    check_directions(&negotiated, ours.direction(), theirs.meant_direction(), terms.direction)
}

/// The line that an answer has: ours if there are keys.
fn sent(negotiated: &Negotiated) -> Vec<sip::sdp::Crypto> {
    negotiated.srtp.iter().map(|srtp| srtp.send).collect()
}

/// What must be encrypted is, what must be plain is, and keys are there if and only if they are used.
fn check_protection(negotiated: &Negotiated, terms: &Terms) -> Result<(), TestCaseError> {
    let encrypted = negotiated.security == Security::Sdes;
    prop_assert_eq!(encrypted, negotiated.srtp.is_some());
    match &terms.capabilities.protection {
        Protection::Required(_) => prop_assert!(encrypted),
        Protection::Plain => prop_assert!(!encrypted),
        Protection::Preferred(_) | Protection::Dtls => {}
    }
    Ok(())
}

fn check_directions(
    negotiated: &Negotiated,
    ours: Direction,
    theirs: Direction,
    wanted: Direction,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(negotiated.direction, ours);
    prop_assert!(!ours.sends() || theirs.receives() && wanted.sends());
    prop_assert!(!ours.receives() || theirs.sends() && wanted.receives());
    // And nothing that both want is lost.
    prop_assert_eq!(ours.sends(), theirs.receives() && wanted.sends());
    prop_assert_eq!(ours.receives(), theirs.sends() && wanted.receives());
    Ok(())
}

/// Both sides of an exchange understand the same.
fn check_mirrored(a: &Negotiated, b: &Negotiated) -> Result<(), TestCaseError> {
    prop_assert_eq!(a.codec, b.codec);
    prop_assert_eq!(a.at, b.at);
    prop_assert_eq!(a.payload.send, b.payload.receive);
    prop_assert_eq!(a.payload.receive, b.payload.send);
    prop_assert_eq!(a.direction, b.direction.reversed());
    prop_assert_eq!(a.keys.map(|it| it.payload.send), b.keys.map(|it| it.payload.receive));
    prop_assert_eq!(a.keys.map(|it| it.keys), b.keys.map(|it| it.keys));
    prop_assert_eq!(a.security, b.security);
    prop_assert_eq!(a.srtp.map(|it| it.send), b.srtp.map(|it| it.receive));
    prop_assert_eq!(a.srtp.map(|it| it.receive), b.srtp.map(|it| it.send));
    Ok(())
}

/// Where both sides go on with the suite that they had, both go on with their keys.
fn check_kept(
    before: Option<sip::sdp::SrtpKeys>,
    one: &Negotiated,
    other: &Negotiated,
) -> Result<(), TestCaseError> {
    if let (Some(before), Some(one), Some(other)) = (before, one.srtp, other.srtp)
        && before.send.suite == one.send.suite
    {
        prop_assert_eq!(before.send.master, one.send.master);
        prop_assert_eq!(before.receive.master, other.send.master);
    }
    Ok(())
}

/// One of two sides speaks.
fn exchange(
    one: &mut Negotiation,
    other: &mut Negotiation,
    terms: (&Terms, &Terms),
) -> Result<(), TestCaseError> {
    let version = |side: &Negotiation| side.sent.as_ref().map(|sent| sent.origin().version());
    let before = (version(one), one.sent.clone());
    let other_before = other.clone();
    let keys_before = one.negotiated().and_then(|it| it.srtp);
    let offer = one.offer(terms.0).expect("a codec to offer").session.clone();
    let changed = before.1.as_ref() != one.sent.as_ref();
    prop_assert_eq!(version(one), before.0.map_or(Some(1), |it| Some(it + u64::from(changed))));
    let offer = Session::parse(&offer.to_bytes()).expect("ours is read");
    other.take_offer(offer).expect("nothing is pending");
    match other.answer(terms.1) {
        Ok((answer, _)) => {
            let answer = Session::parse(&answer.session.to_bytes()).expect("ours is read");
            if let Err(why) = one.accept_answer(answer) {
                // Keys were offered under a profile that can do without, and not taken.
                prop_assert_eq!(why, Refusal::Security);
                let must = matches!(terms.0.capabilities.protection, Protection::Required(_));
                prop_assert!(must && keys_before.is_some());
                prop_assert_eq!(other.negotiated().map(|it| it.security), Some(Security::Plain));
                *other = other_before;
                return Ok(());
            }
            let agreed = |side: &Negotiation| side.negotiated().cloned().expect("agreed");
            check_mirrored(&agreed(one), &agreed(other))?;
            check_protection(&agreed(one), terms.0)?;
            check_protection(&agreed(other), terms.1)?;
            check_kept(keys_before, &agreed(one), &agreed(other))?;
        }
        Err(why) => {
            prop_assert!(matches!(why, Refusal::NoCommonCodec | Refusal::Security), "{why}");
            one.rollback().expect("an offer is pending");
            other.rollback().expect("an offer is pending");
        }
    }
    prop_assert_eq!((&one.state, &other.state), (&State::Stable, &State::Stable));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..Default::default() })]

    #[test]
    fn random_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..600)) {
        check_read(&bytes)?;
    }

    #[test]
    fn random_lines_are_read_or_refused(
        lines in vec("[vosctmab x]=[0-9a-zA-Z/:. -]{0,24}", 0..20)
    ) {
        check_read(format!("v=0\no=- 1 1 IN IP4 1.2.3.4\n{}", lines.join("\n")).as_bytes())?;
    }

    #[test]
    fn mutated_offers_are_read_or_refused(
        mut bytes in offers(),
        changes in vec((any::<Index>(), any::<u8>()), 0..6),
        piece in any::<(Index, Index, u8)>(),
        terms in all_terms(),
    ) {
        mutate(&mut bytes, &changes, piece);
        check_read(&bytes)?;
        if let Ok(offer) = Session::parse(&bytes) {
            let _ = answer(&offer, origin(), &terms).is_ok();
            let ours = Offer::first(origin(), &terms).expect("a codec to offer");
            let _ = accept_answer(&ours, &offer).is_ok();
        }
    }

    #[test]
    fn answers_have_the_streams_of_the_offer_and_obey_its_directions(
        bytes in offers(),
        terms in all_terms(),
    ) {
        check_read(&bytes)?;
        let offer = Session::parse(&bytes).expect("every part can be read");
        check_answer(&offer, &terms)?;
    }

    #[test]
    fn any_row_of_exchanges_ends_with_both_sides_of_one_mind(
        turns in vec((any::<bool>(), all_terms(), all_terms()), 1..6)
    ) {
        let (mut a, mut b) = (Negotiation::new(origin()), Negotiation::new(origin()));
        for (a_speaks, for_a, for_b) in &turns {
            if *a_speaks {
                exchange(&mut a, &mut b, (for_a, for_b))?;
            } else {
                exchange(&mut b, &mut a, (for_b, for_a))?;
            }
        }
        prop_assert!(a.numbers.0.len() <= 128 && b.numbers.0.len() <= 128);
    }

    #[test]
    fn whatever_foreign_offers_come_ours_keep_their_streams_and_numbers(
        offers in vec(offers(), 1..5),
        terms in all_terms(),
    ) {
        let mut negotiation = Negotiation::new(origin());
        for bytes in offers {
            negotiation.take_offer(Session::parse(&bytes).expect("readable")).expect("stable");
            if negotiation.answer(&terms).is_err() {
                negotiation.rollback().expect("an offer is pending");
            }
            let streams = negotiation.agreed.as_ref().map_or(1, |it| it.theirs.media().len());
            let offer = negotiation.offer(&terms).expect("a codec to offer").session.clone();
            prop_assert_eq!(offer.media().len(), streams);
            prop_assert_eq!(Session::parse(&offer.to_bytes()), Ok(offer));
            negotiation.rollback().expect("an offer is pending");
        }
        let numbers = &negotiation.numbers.0;
        let again = |at: usize| numbers[..at].iter().any(|(number, _)| *number == numbers[at].0);
        prop_assert!(!(0..numbers.len()).any(again));
    }

    #[test]
    fn the_relay_finds_what_both_legs_take(bytes in offers(), a in all_terms(), b in codecs()) {
        let offer = Session::parse(&bytes).expect("every part can be read");
        let leg_b = Capabilities::new(&b);
        for codec in common(&offer, &a, &leg_b) {
            prop_assert!(b.contains(&codec));
            let mut terms = a.clone();
            terms.capabilities = terms.capabilities.preferring(codec);
            let (_, negotiated) = answer(&offer, origin(), &terms).expect("a codec in common");
            prop_assert_eq!(negotiated.codec, codec);
        }
    }
}
