// SPDX-License-Identifier: EUPL-1.2
//! What a REGISTER does to the bindings, as rows that can be read beside RFC 3261, 10.3.

use sip::digest::{
    Answer, Challenge, Challenger, Credentials, Offers, Request, Secret, Session, Verdict, scheme,
};
use sip::registrar::{
    AddressOfRecord, Ask, BINDINGS_PER_RECORD_MAX, Binding, Change, ContactAddress, Contacts, Flow,
    PATH_MAX, Quality, RECORDS_MAX, Refusal, Register, Registrar, Rules, Source, TEXT_MAX,
    Throttle, ThrottleRules, Transport,
};
use stdx::{Micros, Redacted, Tick};

const START: Tick = Tick(3_600_000_000);

fn at(secs: u64) -> Tick {
    START + Micros::from_secs(secs)
}

fn record(name: &str) -> AddressOfRecord {
    AddressOfRecord::new(format!("sip:{name}@amt.example").as_bytes())
}

fn flow(port: u16) -> Flow {
    let source = Source::v4([192, 0, 2, 7]);
    Flow { transport: Transport::Udp, source, port, connection: None }
}

fn rules() -> Rules {
    Rules::new(60, 3_600, 7_200).expect("in order")
}

fn registrar() -> Registrar {
    Registrar::new(rules(), ["anna", "bert"].map(record))
}

/// A REGISTER in the short form of the tables: `call cseq [expires] contact[;expires] …`.
///
/// `*` is all; `-` in the place of the header's Expires is none.
#[derive(Clone, Copy)]
struct Row<'a>(&'a str);

fn number(text: &str) -> Option<u32> {
    (text != "-").then(|| text.parse().expect("a number"))
}

fn send(registrar: &mut Registrar, now: Tick, row: Row<'_>) -> Result<Vec<Change>, Refusal> {
    let mut words = row.0.split(' ');
    let mut word = || words.next().expect("call, cseq and expires");
    let (call, cseq, expires) = (word(), word(), word());
    let contacts: Vec<_> = words.clone().filter(|it| *it != "*").map(contact).collect();
    let anna = record("anna");
    let contacts = match (words.clone().next(), words.any(|it| it == "*")) {
        (None, _) => Contacts::Fetch,
        (Some(_), true) => Contacts::All,
        (Some(_), false) => Contacts::These(&contacts),
    };
    registrar.register(
        now,
        &Register {
            record: &anna,
            account: &anna,
            call_id: call.as_bytes(),
            cseq: cseq.parse().expect("a number"),
            expires: number(expires),
            contacts,
            path: &[],
            flow: flow(5060),
        },
    )
}

/// `a;600;q500`
fn contact(text: &str) -> ContactAddress<'_> {
    let mut parts = text.split(';');
    let uri = parts.next().expect("an address").as_bytes();
    let mut contact =
        ContactAddress { uri, expires: None, quality: None, instance: None, reg_id: None };
    for part in parts {
        match part.strip_prefix('q') {
            Some(q) => contact.quality = Quality::from_thousandths(q.parse().expect("a number")),
            None => contact.expires = number(part),
        }
    }
    contact
}

fn name(binding: &Binding) -> String {
    String::from_utf8_lossy(binding.contact.expose()).into_owned()
}

/// The bindings as the 200 lists them: `a 3600, b 60`.
fn listed(registrar: &Registrar, now: Tick) -> String {
    let anna = record("anna");
    let targets = registrar.targets(now, &anna).into_iter();
    let words: Vec<_> = targets.map(|it| format!("{} {}", name(it), it.expires_in(now))).collect();
    words.join(", ")
}

/// What happened: `+a ~b -c ^d !e` for added, refreshed, removed, displaced, expired.
fn outcome(result: &Result<Vec<Change>, Refusal>) -> String {
    let changes = match result {
        Ok(changes) => changes,
        Err(refusal) => return format!("{} {refusal:?}", refusal.status().code()),
    };
    let word = |change: &Change| {
        let sign = match change {
            Change::Added(_) => '+',
            Change::Refreshed(_) => '~',
            Change::Removed(_) => '-',
            Change::Displaced(_) => '^',
            Change::Expired(_) => '!',
            Change::Withdrawn(_) => '#',
        };
        format!("{sign}{}", name(change.binding()))
    };
    changes.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// One row each: the request, its outcome, and what is listed after it. Ten seconds lie between rows.
fn check(rows: &[(&str, &str, &str)]) {
    let mut registrar = registrar();
    for (nth, &(row, expected, list)) in rows.iter().enumerate() {
        let now = at(10 * nth as u64);
        let result = send(&mut registrar, now, Row(row));
        assert_eq!(outcome(&result), expected, "row {nth}: {row}");
        assert_eq!(listed(&registrar, now), list, "row {nth}: {row}");
    }
}

#[test]
fn a_device_comes_stays_and_goes() {
    check(&[
        ("c 1 -", "", ""),
        ("c 2 - a", "+a", "a 3600"),
        ("c 3 600 a", "~a", "a 600"),
        ("c 4 600 a;300", "~a", "a 300"),
        ("c 5 -", "", "a 290"),
        ("c 6 0 a;300", "~a", "a 300"),
        ("c 7 - a;0", "-a", ""),
        ("c 8 - a;0", "", ""),
        ("c 9 0 a", "", ""),
    ]);
}

#[test]
fn durations_are_bounded_on_both_sides() {
    check(&[
        ("c 1 59 a", "423 IntervalTooBrief { min_expires: 60 }", ""),
        ("c 2 - a;1", "423 IntervalTooBrief { min_expires: 60 }", ""),
        ("c 3 60 a", "+a", "a 60"),
        ("c 4 7201 a", "~a", "a 7200"),
        ("c 5 4294967295 a", "~a", "a 7200"),
        ("c 6 - a", "~a", "a 3600"),
        // What was there stays as it was.
        ("c 7 30 a", "423 IntervalTooBrief { min_expires: 60 }", "a 3590"),
    ]);
    assert_eq!(Rules::new(0, 60, 60), None);
    assert_eq!(Rules::new(61, 60, 60), None);
    assert_eq!(Rules::new(60, 61, 60), None);
    assert_eq!(Rules::new(3_601, 7_200, 7_200), None, "more than an hour may not be insisted on");
}

#[test]
fn several_contacts_live_side_by_side_the_preferred_first() {
    check(&[
        ("c 1 600 a;q500 b c;300;q900", "+a +b +c", "b 600, c 300, a 600"),
        ("d 1 600 e;q500", "+e", "b 590, c 290, e 600, a 590"),
        ("c 2 600 a;q500 b;0 f", "-b ~a +f", "f 600, c 280, a 600, e 590"),
        ("d 9 0 *", "-c -e -a -f", ""),
    ]);
}

#[test]
fn a_request_that_was_overtaken_changes_nothing() {
    check(&[
        ("c 5 - a b", "+a +b", "a 3600, b 3600"),
        ("c 5 - a", "500 OutOfOrder", "a 3590, b 3590"),
        ("c 4 - a;0", "500 OutOfOrder", "a 3580, b 3580"),
        ("c 4 0 *", "500 OutOfOrder", "a 3570, b 3570"),
        ("c 4 -", "", "a 3560, b 3560"),
        // All or nothing: one contact is in order, the other is not.
        ("d 1 - b", "~b", "b 3600, a 3550"),
        ("d 1 - x a b", "500 OutOfOrder", "b 3590, a 3540"),
        // Another Call-ID cannot be compared, so it is the later one.
        ("e 1 - a", "~a", "a 3600, b 3580"),
        ("e 1 0 *", "500 OutOfOrder", "a 3590, b 3570"),
        ("e 2 0 *", "-b -a", ""),
        // Nothing is remembered of what is gone.
        ("e 1 - a", "+a", "a 3600"),
    ]);
}

#[test]
fn all_means_all_and_only_with_zero() {
    check(&[
        ("c 1 0 *", "", ""),
        ("c 2 - a", "+a", "a 3600"),
        ("c 3 - *", "400 AllButNotZero", "a 3590"),
        ("c 4 60 *", "400 AllButNotZero", "a 3580"),
        ("c 5 0 *", "-a", ""),
    ]);
}

#[test]
fn a_request_is_carried_out_whole_or_not_at_all() {
    check(&[
        ("c 1 - a b", "+a +b", "a 3600, b 3600"),
        ("c 2 - a;0 b;5 x", "423 IntervalTooBrief { min_expires: 60 }", "a 3590, b 3590"),
        ("c 3 - x x", "400 ContactTwice", "a 3580, b 3580"),
        ("c 4 - sip:x@Phone SIP:x@phone", "400 ContactTwice", "a 3570, b 3570"),
        ("c 5 - 1 2 3 4 5 6 7 8 9", "403 TooManyContacts", "a 3560, b 3560"),
    ]);
    assert_eq!(BINDINGS_PER_RECORD_MAX, 8, "the row above and the test below count on it");
}

#[test]
fn at_the_bound_the_contact_refreshed_longest_ago_gives_way() {
    check(&[
        ("c 1 7200 1", "+1", "1 7200"),
        (
            "c 2 600 2 3 4 5 6 7 8",
            "+2 +3 +4 +5 +6 +7 +8",
            "2 600, 3 600, 4 600, 5 600, 6 600, 7 600, 8 600, 1 7190",
        ),
        ("c 3 600 9", "^1 +9", "9 600, 2 590, 3 590, 4 590, 5 590, 6 590, 7 590, 8 590"),
        ("c 4 600 2;0 a", "-2 +a", "a 600, 9 590, 3 580, 4 580, 5 580, 6 580, 7 580, 8 580"),
        // None of the request's own gives way.
        (
            "c 5 600 b 3 4 5 6 7 8 9",
            "~3 ~4 ~5 ~6 ~7 ~8 ~9 ^a +b",
            "3 600, 4 600, 5 600, 6 600, 7 600, 8 600, 9 600, b 600",
        ),
    ]);
}

#[test]
fn even_two_full_requests_at_once_find_room() {
    let mut registrar = registrar();
    let full = send(&mut registrar, START, Row("c 1 - 1 2 3 4 5 6 7 8"));
    assert_eq!(outcome(&full), "+1 +2 +3 +4 +5 +6 +7 +8");
    let other = send(&mut registrar, START, Row("c 1 - a b c d e f g h"));
    assert_eq!(outcome(&other), "^1 +a ^2 +b ^3 +c ^4 +d ^5 +e ^6 +f ^7 +g ^8 +h");
}

#[test]
fn bindings_end_when_their_time_is_over() {
    let mut registrar = registrar();
    assert_eq!(registrar.deadline(), None);
    assert!(send(&mut registrar, START, Row("c 1 60 a b;120 c;90")).is_ok());
    assert_eq!(registrar.deadline(), Some((at(60), "a binding expires")));
    assert_eq!(outcome(&Ok(registrar.elapse(at(59)))), "");
    assert_eq!(listed(&registrar, Tick(at(60).0 - 1)), "a 1, b 61, c 31", "rounded up");
    assert_eq!(listed(&registrar, at(60)), "b 60, c 30", "gone before anybody cleans up");
    assert_eq!(outcome(&Ok(registrar.elapse(at(60)))), "!a");
    assert_eq!(registrar.deadline(), Some((at(90), "a binding expires")));
    // A request meets an expired binding: it is ended first, and its Call-ID does not matter.
    assert_eq!(outcome(&send(&mut registrar, at(100), Row("c 1 60 c"))), "!c +c");
    // A refused request changes nothing, not even that.
    let refused = send(&mut registrar, at(200), Row("c 1 5 x"));
    assert_eq!(outcome(&refused), "423 IntervalTooBrief { min_expires: 60 }");
    assert_eq!(outcome(&Ok(registrar.elapse(at(200)))), "!b !c");
    assert_eq!(registrar.deadline(), None);
}

#[test]
fn nobody_registers_for_another_and_nobody_learns_who_exists() {
    let mut registrar = registrar();
    let mut register = |record: &AddressOfRecord, account: &AddressOfRecord| {
        let contacts = [contact("a")];
        let (call_id, cseq, expires, flow) = (&b"c"[..], 1, None, flow(5060));
        let contacts = Contacts::These(&contacts);
        let request =
            Register { record, account, call_id, cseq, expires, contacts, path: &[], flow };
        outcome(&registrar.register(START, &request))
    };
    assert_eq!(register(&record("bert"), &record("anna")), "403 NotYours");
    assert_eq!(register(&record("nobody"), &record("anna")), "403 NotYours");
    assert_eq!(register(&record("nobody"), &record("nobody")), "404 UnknownRecord");
    assert_eq!(register(&record("bert"), &record("bert")), "+a");
}

#[test]
fn long_texts_are_refused() {
    let mut registrar = registrar();
    let long = "x".repeat(TEXT_MAX + 1);
    for row in [format!("{long} 1 - a"), format!("c 1 - {long}")] {
        assert_eq!(outcome(&send(&mut registrar, START, Row(&row))), "400 TooLong");
    }
    let row = format!("{0} 1 - {0}", &long[1..]);
    assert!(send(&mut registrar, START, Row(&row)).is_ok());
}

#[test]
fn a_binding_keeps_the_way_its_request_came_by() {
    let mut registrar = registrar();
    let anna = record("anna");
    let uuid = &b"\"<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF>\""[..];
    let behind_nat = ContactAddress {
        uri: b"sip:anna@10.0.0.5:5060",
        expires: None,
        quality: None,
        instance: Some(uuid),
        reg_id: Some(1),
    };
    let mut register = |cseq, flow| {
        let contacts = Contacts::These(core::slice::from_ref(&behind_nat));
        let (call_id, expires) = (&b"c"[..], None);
        let request = Register {
            record: &anna,
            account: &anna,
            call_id,
            cseq,
            expires,
            contacts,
            path: &[],
            flow,
        };
        assert!(registrar.register(START, &request).is_ok());
        registrar.targets(START, &anna)[0].clone()
    };
    let first = register(1, flow(40_001));
    assert_eq!(first.flow, flow(40_001));
    assert_eq!(first.instance.map(|it| it.expose().clone()), Some(uuid.to_vec()));
    assert_eq!(first.reg_id, Some(1));
    // The NAT gave it another port: calls follow.
    let tls = Flow { transport: Transport::Tls, connection: Some(9), ..flow(40_002) };
    assert_eq!(register(2, tls).flow, tls);
}

#[test]
fn bindings_are_saved_and_restored() {
    let mut before = registrar();
    assert!(send(&mut before, at(0), Row("c 1 600 a;q500 b;300")).is_ok());
    assert!(send(&mut before, at(10), Row("c 2 600 a;q500 x")).is_ok());
    let saved: Vec<_> = before.save().cloned().collect();
    let known = ["anna", "bert"].map(record);
    let (mut after, unfit) = Registrar::restore(rules(), known.clone(), saved.clone());
    assert_eq!(unfit, []);
    assert_eq!(after.save().cloned().collect::<Vec<_>>(), saved);
    assert_eq!(after.deadline(), before.deadline());
    for row in ["c 2 - a", "c 3 - a b;0 y", "c 4 0 *"] {
        assert_eq!(
            outcome(&send(&mut after, at(20), Row(row))),
            outcome(&send(&mut before, at(20), Row(row))),
        );
        assert_eq!(listed(&after, at(20)), listed(&before, at(20)));
    }

    // What does not fit any more is handed back.
    let (empty, unfit) = Registrar::restore(rules(), [record("bert")], saved.clone());
    assert_eq!((empty.save().count(), unfit.len()), (0, 3));
    let twice = saved.iter().chain(&saved).cloned();
    assert_eq!(Registrar::restore(rules(), known.clone(), twice).1.len(), 3);
    let many = (0..20).map(|nth| Binding {
        contact: Redacted::new(format!("sip:{nth}").into_bytes()),
        ..saved[0].clone()
    });
    let (full, unfit) = Registrar::restore(rules(), known, many);
    assert_eq!(full.save().count(), BINDINGS_PER_RECORD_MAX);
    assert_eq!(unfit.len(), 20 - BINDINGS_PER_RECORD_MAX);
}

#[test]
fn who_leaves_the_configuration_loses_the_bindings() {
    let mut registrar = registrar();
    assert!(send(&mut registrar, START, Row("c 1 - a b")).is_ok());
    assert_eq!(outcome(&Ok(registrar.set_known(["anna", "carl"].map(record)))), "");
    assert_eq!(outcome(&Ok(registrar.set_known([record("carl")]))), "#a #b");
    assert_eq!(registrar.deadline(), None);
    assert_eq!(outcome(&send(&mut registrar, START, Row("c 2 - a"))), "404 UnknownRecord");
    let many = (0..=RECORDS_MAX).map(|nth| record(&format!("{nth:05}")));
    assert!(registrar.set_known(many).is_empty());
    assert!(registrar.knows(&record("08191")) && !registrar.knows(&record("08192")));
}

#[test]
fn nothing_personal_is_printed() {
    let mut registrar = registrar();
    let row = "call-of-anna@192.0.2.7 1 - sip:anna@192.0.2.7";
    let changes = send(&mut registrar, START, Row(row)).expect("in order");
    let printed = format!("{changes:?} {registrar:?}");
    for secret in ["anna", "97, 110, 110, 97", "192"] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
}

/// All parts together: a phone comes, is challenged, answers, is registered; a guesser is silenced.
#[test]
fn a_phone_registers_and_a_guesser_is_silenced() {
    let mut throttle = Throttle::new(ThrottleRules::USUAL);
    let mut challenger =
        Challenger::new(b"amt", [7; 32], Offers::Both, Micros::from_secs(300)).expect("writable");
    let mut registrar = registrar();
    let known = Secret::of(b"anna", b"amt", &Redacted::new("richtig"));
    let uri = b"sip:amt.example";
    let mut attempt = |secs: u64, source: Source, password: &str| {
        let now = at(secs);
        throttle.admit(now, source, Ask::Challenge).map_err(|_| 0_u16)?;
        let offer = challenger.challenges(now, secs, Some(source), false).remove(0);
        let (name, params) = scheme(&offer);
        let challenge = Challenge::read(name, params).expect("our own");
        let credentials = Credentials {
            username: Redacted::new(b"anna".to_vec()),
            password: Redacted::new(password.as_bytes().to_vec()),
        };
        let mut session = Session::new(challenge, b"x");
        let value = session.answer(&credentials, b"REGISTER", uri).expect("writable");
        let (name, params) = scheme(&value);
        let answer = Answer::read(name, params).expect("our own");
        throttle.admit(now, source, Ask::Verify(answer.username())).map_err(|_| 0_u16)?;
        let request = Request { method: b"REGISTER", uri };
        let verdict = challenger.verify(now, Some(source), request, &answer, Some(&known));
        if verdict == Verdict::Denied {
            throttle.failed(now, source, answer.username());
        }
        if let Some(status) = verdict.status() {
            return Err(status.code());
        }
        let row = format!("c {} - a", secs + 1);
        send(&mut registrar, now, Row(&row)).map_err(|refusal| refusal.status().code())
    };
    let phone = Source::v4([192, 0, 2, 7]);
    let guesser = Source::v4([203, 0, 113, 9]);
    assert_eq!(outcome(&Ok(attempt(0, phone, "richtig").expect("right"))), "+a");
    let guesses: Vec<_> = (1..=15).map(|secs| attempt(secs, guesser, "falsch").err()).collect();
    assert_eq!(guesses[..11], [Some(401); 11]);
    assert_eq!(guesses[11..], [Some(0); 4], "silence, even to the right password");
    assert_eq!(attempt(16, guesser, "richtig"), Err(0));
    assert_eq!(outcome(&Ok(attempt(17, phone, "richtig").expect("right"))), "~a");
    assert_eq!(throttle.refused().names, 5);
}

#[test]
fn the_proxies_on_the_way_are_kept_with_the_contact() {
    let mut registrar = registrar();
    let anna = record("anna");
    let edge = |nth: usize| Redacted::new(format!("<sip:edge{nth};lr>").into_bytes());
    let mut register = |cseq, path: &[Redacted<Vec<u8>>]| {
        let contacts = [contact("a")];
        let contacts = Contacts::These(&contacts);
        let (call_id, expires, flow) = (&b"c"[..], None, flow(5060));
        let (record, account) = (&anna, &anna);
        let request = Register { record, account, call_id, cseq, expires, contacts, path, flow };
        registrar.register(START, &request)?;
        Ok::<_, Refusal>(registrar.targets(START, &anna)[0].path.clone())
    };
    let two = [edge(1), edge(2)];
    assert_eq!(register(1, &two), Ok(two.to_vec()));
    // It has moved: the way of the last REGISTER holds.
    assert_eq!(register(2, &[]), Ok(Vec::new()));
    let many: Vec<_> = (0..=PATH_MAX).map(edge).collect();
    assert_eq!(register(3, &many), Err(Refusal::TooLong));
    let long = [Redacted::new(vec![b'x'; TEXT_MAX + 1])];
    assert_eq!(register(4, &long), Err(Refusal::TooLong));
}
