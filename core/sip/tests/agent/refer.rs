// SPDX-License-Identifier: EUPL-1.2
//! Transfers: what a REFER of the peer leads to, what a REFER of ours leads to, and which dialog a
//! Replaces means.

use super::*;
use sip::Method;
use sip::agent::{CallId, CommandRefused, DialogFound, Event, UserAgent};
use sip::dialog::Refusal;
use stdx::{Rng, Tick};

const BLIND: &str = "Contact: <sip:trunk@192.0.2.99>
Refer-To: <sip:10@centre.example>
Referred-By: <sip:+4940123@trunk.example>
Content-Length: 0

";

fn refer(cseq: u32) -> String {
    caller("REFER", cseq, &format!("refer{cseq}"), "{to}", BLIND)
}

/// A REFER with these fields only.
fn refer_with(cseq: u32, fields: &str) -> String {
    let rest = format!("{fields}Content-Length: 0\n\n");
    caller("REFER", cseq, &format!("refer{cseq}"), "{to}", &rest)
}

fn bye(cseq: u32) -> String {
    caller("BYE", cseq, "bye", "{to}", "")
}

fn accept(ladder: &mut Ladder) {
    let call = ladder.call();
    ladder.user("accept", |agent, now| agent.accept_refer(now, call));
}

fn refuse(ladder: &mut Ladder, code: u16) {
    let call = ladder.call();
    let what = format!("refuse with {code}");
    ladder.user(&what, |agent, now| agent.refuse_refer(now, call, status(code)));
}

fn report(ladder: &mut Ladder, code: u16, is_final: bool) {
    let call = ladder.call();
    let last = if is_final { ", the last" } else { "" };
    let what = format!("report {code}{last}");
    ladder.user(&what, |agent, now| agent.report_refer(now, call, status(code), is_final));
}

fn ok(ladder: &mut Ladder) {
    ladder.peer(&response("our", "200 OK", "", ""));
}

/// Where nothing is repeated.
fn over_tcp(title: &str) -> Ladder {
    let mut ladder = Ladder::new(title);
    (ladder.flow.transport, ladder.flow.connection) = (Transport::Tcp, Some(1));
    ladder
}

/// A call that is up, and a REFER in it.
fn referred(title: &str) -> Ladder {
    let mut ladder = answered(title);
    ladder.peer(&refer(8));
    ladder
}

#[test]
fn the_peer_refers() {
    let title = "# Calls that the peer has transferred. Written by tests/agent.\n";
    golden::compare("agent/refer.txt", &(title.to_owned() + &taken() + &taken_or_not()));
}

fn taken() -> String {
    let mut text = String::new();
    let mut basic = answered_by(Ladder::new("taken, and told how it goes").whole());
    basic.peer(&refer(8));
    accept(&mut basic);
    ok(&mut basic);
    basic.wait(2_000);
    report(&mut basic, 180, false);
    ok(&mut basic);
    basic.wait(3_000);
    report(&mut basic, 200, true);
    ok(&mut basic);
    report(&mut basic, 200, true);
    basic.peer(&bye(9));
    text += &basic.end();

    let mut second = referred("the second one has a number");
    accept(&mut second);
    ok(&mut second);
    report(&mut second, 486, true);
    ok(&mut second);
    let to = second.answered_to();
    second.peer(&refer(9).replace("{to}", &to));
    accept(&mut second);
    ok(&mut second);
    report(&mut second, 200, true);
    ok(&mut second);
    second.peer(&bye(10).replace("{to}", &to));
    text += &second.end();

    let mut again = referred("repetitions are absorbed");
    let to = again.answered_to();
    again.peer(&refer(8).replace("{to}", &to));
    again.wait(4_000);
    again.peer(&refer(8).replace("{to}", &to));
    accept(&mut again);
    ok(&mut again);
    again.peer(&refer(8).replace("{to}", &to));
    report(&mut again, 200, true);
    ok(&mut again);
    again.peer(&bye(9).replace("{to}", &to));
    text + &again.end()
}

fn taken_or_not() -> String {
    let mut text = String::new();
    let mut silent = answered("Refer-Sub: false, twice in a row");
    for cseq in [8, 9] {
        silent.peer(&refer_with(cseq, "Refer-To: <sip:10@h>\nRefer-Sub: False ;x=y\n"));
        accept(&mut silent);
        report(&mut silent, 180, false);
    }
    silent.peer(&bye(10));
    text += &silent.end();

    let mut refused = referred("refused; with what cannot be said first");
    for code in [180, 200, 202, 408, 603, 603] {
        refuse(&mut refused, code);
    }
    accept(&mut refused);
    refused.peer(&bye(9));
    text += &refused.end();

    let mut nobody = referred("nobody answers it");
    nobody.wait(20_000);
    accept(&mut nobody);
    nobody.peer(&bye(9));
    text += &nobody.end();

    let mut busy = referred("another one meanwhile, and one out of order");
    let to = busy.answered_to();
    busy.peer(&refer(9).replace("{to}", &to));
    accept(&mut busy);
    busy.peer(&refer(10).replace("{to}", &to));
    ok(&mut busy);
    busy.peer(&refer(11).replace("{to}", &to));
    busy.peer(&refer(9).replace("{to}", &to).replace("refer9", "late"));
    report(&mut busy, 404, true);
    ok(&mut busy);
    busy.peer(&bye(12).replace("{to}", &to));
    text + &busy.end()
}

#[test]
fn reports_that_wait_or_get_lost() {
    let mut text = String::from("# Reports about a REFER of the peer. Written by tests/agent.\n");
    let mut queue = referred("the latest waits, and the last one is never given up");
    let to = queue.answered_to();
    accept(&mut queue);
    report(&mut queue, 180, false);
    report(&mut queue, 183, false);
    ok(&mut queue);
    report(&mut queue, 180, false);
    report(&mut queue, 200, true);
    report(&mut queue, 180, false);
    queue.wait(1_000);
    ok(&mut queue);
    ok(&mut queue);
    queue.peer(&bye(9).replace("{to}", &to));
    text += &queue.end();

    let mut gone = referred("481: nobody wants to hear it, and the call goes on");
    let to = gone.answered_to();
    accept(&mut gone);
    report(&mut gone, 200, true);
    gone.peer(&response("our", "481 Gone", "", ""));
    report(&mut gone, 200, true);
    gone.peer(&refer(9).replace("{to}", &to));
    refuse(&mut gone, 603);
    gone.peer(&bye(10).replace("{to}", &to));
    text += &gone.end();

    let mut lost = referred("no answer to a report");
    accept(&mut lost);
    report(&mut lost, 180, false);
    lost.wait(32_000);
    report(&mut lost, 200, true);
    let to = lost.answered_to();
    lost.peer(&bye(9).replace("{to}", &to));
    text += &lost.end();

    let mut long = referred("it takes too long");
    accept(&mut long);
    ok(&mut long);
    report(&mut long, 180, false);
    ok(&mut long);
    long.wait(240_000);
    ok(&mut long);
    report(&mut long, 200, true);
    let to = long.answered_to();
    long.peer(&bye(9).replace("{to}", &to));
    text += &long.end();
    golden::compare("agent/refer_reports.txt", &text);
}

#[test]
fn calls_that_end_while_a_refer_is_open() {
    let title = "# REFER and the end of its call. Written by tests/agent.\n";
    let text = title.to_owned() + &too_early_or_too_late() + &cut_off() + &replaced();
    golden::compare("agent/refer_ends.txt", &text);
}

fn too_early_or_too_late() -> String {
    let mut text = String::new();
    let mut early = Ladder::new("before the call is up, from either side");
    early.peer(&invite("1"));
    let call = early.call();
    early.user("ring", |agent, now| agent.ring(now, call));
    early.peer(&refer(8));
    answer(&mut early);
    early.peer(&ack(7));
    early.peer(&bye(9));
    let mut early = calling_by(early);
    early.peer(&response("inv", "180 Ringing", "callee", ""));
    early.peer(&from_callee("REFER", 1, "refer", "Refer-To: <sip:10@h>\n"));
    early.peer(&response("inv", "486 Busy Here", "callee", ""));
    text += &early.end();

    let mut leaving = Ladder::new("we have hung up, and wait for the ACK");
    leaving.peer(&invite("1"));
    answer(&mut leaving);
    leaving.peer(&refer(8));
    hang_up(&mut leaving);
    let to = leaving.answered_to();
    leaving.peer(&refer(9).replace("{to}", &to));
    leaving.peer(&ack(7).replace("{to}", &to));
    ok(&mut leaving);
    text + &leaving.end()
}

fn cut_off() -> String {
    let mut text = String::new();
    let mut theirs = referred("BYE before our answer");
    theirs.peer(&bye(9));
    accept(&mut theirs);
    text += &theirs.end();

    let mut direct = referred("BYE directly behind the 202: nothing is told any more");
    accept(&mut direct);
    let to = direct.answered_to();
    direct.peer(&bye(9).replace("{to}", &to));
    report(&mut direct, 200, true);
    direct.peer(&response("our", "481 Gone", "", ""));
    text += &direct.end();

    let mut ours = referred("we hang up before our answer");
    hang_up(&mut ours);
    let to = ours.answered_to();
    ours.peer(&refer(9).replace("{to}", &to));
    ok(&mut ours);
    text += &ours.end();

    let mut told =
        answered_by(over_tcp("we hang up while the last report waits: it goes before the BYE"));
    told.peer(&refer(8));
    accept(&mut told);
    report(&mut told, 200, true);
    hang_up(&mut told);
    ok(&mut told);
    text + &told.end()
}

fn replaced() -> String {
    let mut text = String::new();
    let mut replaced = referred("another agent goes on: the number is said in any case");
    accept(&mut replaced);
    ok(&mut replaced);
    replaced.replace();
    report(&mut replaced, 200, true);
    let to = replaced.answered_to();
    replaced.peer(&refer(9).replace("{to}", &to));
    accept(&mut replaced);
    ok(&mut replaced);
    replaced.peer(&bye(10).replace("{to}", &to));
    text += &replaced.end();

    let mut unanswered =
        referred("another agent goes on: what was not answered has to be sent anew");
    unanswered.replace();
    let to = unanswered.answered_to();
    unanswered.peer(&refer(8).replace("{to}", &to));
    accept(&mut unanswered);
    unanswered.peer(&bye(9).replace("{to}", &to));
    text + &unanswered.end()
}

/// A request of whom we have called.
fn from_callee(method: &str, cseq: u32, branch: &str, fields: &str) -> String {
    format!(
        "{method} sip:amtsleitung@192.0.2.1:5060 SIP/2.0
Via: SIP/2.0/UDP 192.0.2.99:5060;branch=z9hG4bK{branch}
From: {{inv.to}};tag=callee
To: {{inv.from}}
Call-ID: {{inv.call}}
CSeq: {cseq} {method}
{fields}{}",
        if fields.contains("Content-Length") { "" } else { "Content-Length: 0\n\n" }
    )
}

/// What a REFER with these fields is answered with before our user says anything; none if it is told.
fn said_to(fields: &str) -> (Vec<u16>, String) {
    let mut ladder = answered("one REFER");
    ladder.peer(&refer_with(8, fields));
    let told = ladder.text.lines().find_map(|line| line.split_once("* Refer ")).map(|it| it.1);
    let told = told.unwrap_or_default().to_owned();
    let codes = ladder.finals(Method::Refer, 8);
    let to = ladder.answered_to();
    ladder.peer(&bye(9).replace("{to}", &to));
    ladder.run_out();
    (codes, told)
}

#[test]
fn what_can_be_read_is_told() {
    for (fields, told) in [
        ("Refer-To: <sip:10@h>\n", "to sip:10@h"),
        ("Refer-To: sip:10@h;x=y\n", "to sip:10@h"),
        ("r: \"Amt, 2. Stock\" <sip:10@h;user=phone>;x=y\n", "to sip:10@h;user=phone"),
        ("Refer-To: <tel:+4941711234>\n", "to tel:+4941711234"),
        ("Refer-To: <sips:10@h;method=INVITE>\n", "to sips:10@h;method=INVITE"),
        (
            "Refer-To: <sip:10@h?Replaces=a%40h%3Bto-tag%3D1%3Bfrom-tag%3D2>\n",
            "to sip:10@h in place of a@h to 1 from 2",
        ),
        (
            "Refer-To: <sip:10@h?x=y&rePl%61ces=a%3bfrom-tag%3d2%3bto-tag%3d1%3bearly-only>\n",
            "to sip:10@h in place of a to 1 from 2, if early",
        ),
        // Some telephones escape only what no URI may have.
        (
            "Refer-To: <sip:10@h?Replaces=a;to-tag=1;from-tag=2>\n",
            "to sip:10@h in place of a to 1 from 2",
        ),
        ("Refer-To: <sip:10@h?Subject=a%0d%0aX%3A%20y&Route=%3Csip%3Ax%3E>\n", "to sip:10@h"),
        ("Refer-To: <sip:%0d%0a@h>\n", "to sip:%0d%0a@h"),
        (
            "Refer-To: <sip:10@h>\nb: \"A\" <sip:a@h>;cid=\"1@h\"\n",
            "to sip:10@h by \"A\" <sip:a@h>;cid=\"1@h\"",
        ),
        ("Refer-To: <sip:10@h>\nRefer-Sub: true\n", "to sip:10@h"),
        ("Refer-To: <sip:10@h>\nRefer-Sub: false\n", "to sip:10@h, without reports"),
        (
            "Refer-To: <sip:10@h>\nRequire: norefersub\nRefer-Sub: false\n",
            "to sip:10@h, without reports",
        ),
    ] {
        let (codes, text) = said_to(fields);
        assert_eq!(text, told, "{fields}");
        // The BYE ends it.
        assert_eq!(codes, [] as [u16; 0], "{fields}");
    }
    let long = format!("Refer-To: <sip:10@h>\nReferred-By: <sip:{}@h>\n", "x".repeat(1_100));
    assert_eq!(said_to(&long).1, "to sip:10@h", "a Referred-By that is too long is left out");
    let body = "Refer-To: <sip:10@h>\nContent-Type: text/plain\nContent-Length: 2\n\nhi";
    let mut ladder = answered("with a body");
    ladder.peer(&caller("REFER", 8, "r", "{to}", body));
    assert!(ladder.text.contains("* Refer to sip:10@h"), "{}", ladder.text);
}

#[test]
fn what_cannot_be_read_or_done_is_refused_at_once() {
    let long_tag = "x".repeat(513);
    let long_user = "x".repeat(2_048);
    for (code, fields) in [
        (400, ""),
        (400, "Refer-To:\n"),
        (400, "Refer-To: <>\n"),
        (400, "Refer-To: 10\n"),
        (400, "Refer-To: <sip:10@h>, <sip:11@h>\n"),
        (400, "Refer-To: <sip:10@h>\nRefer-To: <sip:11@h>\n"),
        (400, "Refer-To: <sip:10@h>\nr: <sip:10@h>\n"),
        (400, "Refer-To: sip:10@h?Replaces=a%3Bto-tag%3D1%3Bfrom-tag%3D2\n"),
        (400, "Refer-To: <tel:anna>\n"),
        (400, "Refer-To: <sip:10@h?Replaces=>\n"),
        (400, "Refer-To: <sip:10@h?Replaces=a>\n"),
        (400, "Refer-To: <sip:10@h?Replaces=a%3Bto-tag%3D1>\n"),
        (400, "Refer-To: <sip:10@h?Replaces=a%3Bto-tag%3D%3Bfrom-tag%3D2>\n"),
        (400, "Refer-To: <sip:10@h?Replaces=%zz%%3>\n"),
        (400, "Refer-To: <sip:10@h?Replaces=a%252540h%253Bto-tag%253D1>\n"),
        (
            400,
            "Refer-To: <sip:10@h?Replaces=a%3Bto-tag%3D1%3Bfrom-tag%3D2&Replaces=b%3Bto-tag%3D1\
             %3Bfrom-tag%3D2>\n",
        ),
        (
            400,
            "Refer-To: <sip:10@h?Replaces=a%3Bto-tag%3D1%3Bfrom-tag%3D2&%52eplaces=b%3Bto-tag%3D1\
             %3Bfrom-tag%3D2>\n",
        ),
        (400, "Refer-To: <sip:10@h?Replaces=a%0d%0aX%3Ay%3Bto-tag%3D1%3Bfrom-tag%3D2>\n"),
        (400, "Refer-To: <sip:10@h?Replaces=a%3Bto-tag%3D1%0D%0A%3Bfrom-tag%3D2>\n"),
        (400, "Refer-To: <sip:10@h?Replaces=a%3Bto-tag%3D1%00%3Bfrom-tag%3D2>\n"),
        (400, "Refer-To: <sip:10@h?Replaces=a%3Bto-tag%3D%221%22%3Bfrom-tag%3D2>\n"),
        (400, "Refer-To: <sip:10@h?Replaces=a%20b%3Bto-tag%3D1%3Bfrom-tag%3D2>\n"),
        (416, "Refer-To: <http://www.example.org>\n"),
        (416, "Refer-To: <mailto:a@h>\n"),
        (501, "Refer-To: <sip:10@h;method=BYE>\n"),
        (501, "Refer-To: <sip:10@h;Method=dance>\n"),
        (420, "Refer-To: <sip:10@h>\nRequire: explicitsub\n"),
    ] {
        assert_eq!(said_to(fields), (vec![code], String::new()), "{fields}");
    }
    let replaces = |call_id: &str, to: &str, from: &str| {
        let value = format!("{call_id}%3Bto-tag%3D{to}%3Bfrom-tag%3D{from}");
        said_to(&format!("Refer-To: <sip:10@h?Replaces={value}>\n")).0
    };
    assert_eq!(replaces(&long_tag, "1", "2"), [400]);
    assert_eq!(replaces("a", &long_tag, "2"), [400]);
    assert_eq!(replaces("a", "1", &long_tag), [400]);
    assert_eq!(replaces("a", &long_tag[1..], "2"), [] as [u16; 0]);
    assert_eq!(said_to(&format!("Refer-To: <sip:{long_user}@h>\n")).0, [400]);
}

#[test]
fn outside_of_a_dialog_there_is_nothing_to_transfer() {
    let mut ladder = Ladder::new("no dialog");
    for to in ["<sip:115@centre.example>", "<sip:115@centre.example>;tag=never"] {
        for method in ["REFER", "NOTIFY"] {
            ladder.peer(&caller(method, 7, &format!("{method}{}", to.len()), to, BLIND));
        }
    }
    assert_eq!(ladder.text.matches("◀── SIP/2.0 481 ").count(), 4, "{}", ladder.text);
    ladder.run_out();
}

/// An agent with a call that is up, and the To of the caller's requests.
fn agent_in_a_call() -> (UserAgent, CallId, String) {
    let mut agent = UserAgent::new(Config::default(), Rng::new(1));
    agent.receive(Tick(0), flow(), invite("1").replace('\n', "\r\n").as_bytes());
    let Some(Event::Incoming(call, _)) = agent.poll_event() else { panic!("no call") };
    agent.answer(Tick(0), call, b"answer".to_vec()).expect("it can be answered");
    let ok = std::iter::from_fn(|| agent.poll_transmit()).last().expect("a 200");
    let ok = String::from_utf8(ok.bytes).expect("text");
    let to = ok.lines().find_map(|line| line.strip_prefix("To: ")).expect("it has a To");
    (agent, call, to.to_owned())
}

#[test]
fn nothing_of_a_refer_is_printed() {
    let (mut agent, call, to) = agent_in_a_call();
    let fields = "Refer-To: <sip:10@h?Replaces=a%3Bto-tag%3D1%3Bfrom-tag%3D2>\n";
    let refer = refer_with(8, fields).replace("{to}", &to).replace('\n', "\r\n");
    agent.receive(Tick(0), flow(), refer.as_bytes());
    let Some(Event::Refer(at, info)) = agent.poll_event() else { panic!("no REFER") };
    assert_eq!(at, call);
    assert_eq!(format!("{:?}", Event::Refer(at, info.clone())), "Refer(0)");
    assert_eq!(format!("{info:?}"), "ReferInfo(…)");
    assert_eq!(format!("{:?}", info.replaces), "Some(ReplacesInfo(…))");
    assert_eq!((info.flow, Event::Refer(at, info).call()), (flow(), Some(at)));
}

/// What is put into the middle of a Refer-To.
const ODD: [&str; 24] = [
    "%0d%0a",
    "%0D",
    "%00",
    "%",
    "%%",
    "%2",
    "%zz",
    "%25",
    "%3B",
    "%3D",
    "%22",
    "%40",
    "%20",
    "?",
    "&",
    "=",
    ";",
    "<",
    ">",
    "\"",
    "&Replaces=b",
    "%26Replaces%3D",
    "@",
    "\r\n ",
];

/// Whatever is told of a Refer-To can be called, and written into an INVITE on one line.
#[test]
fn nothing_that_could_end_a_line_is_told() {
    let (mut agent, call, to) = agent_in_a_call();
    let (mut rng, mut told, mut replaced) = (Rng::new(7), 0, 0);
    for cseq in 8..8_000 {
        let mut value =
            "\"Amt\" <sip:10@h;x=y?a=b&Replaces=a%40h%3Bto-tag%3D1%3Bfrom-tag%3D2>".to_owned();
        for _ in 0..rng.below(3) {
            let at = rng.below(value.len() as u64) as usize;
            value.insert_str(at, ODD[rng.below(ODD.len() as u64) as usize]);
        }
        let fields = format!("Refer-To: {value}\r\n");
        let refer = refer_with(cseq, &fields).replace("{to}", &to);
        let refer = refer.replace("\r\n", "\n").replace('\n', "\r\n");
        agent.receive(Tick(0), flow(), refer.as_bytes());
        let Some(Event::Refer(_, info)) = agent.poll_event() else { continue };
        let plain = |bytes: &[u8]| !bytes.iter().any(u8::is_ascii_control);
        let refer_to = info.refer_to.expose();
        assert!(plain(refer_to) && !refer_to.contains(&b'>'), "{value}");
        assert!(sip::message::Uri::parse(refer_to).is_some(), "{value}");
        told += 1;
        if let Some(it) = &info.replaces {
            assert!(
                [it.call_id.expose(), &it.to_tag, &it.from_tag].into_iter().all(|it| plain(it))
            );
            replaced += 1;
        }
        agent.refuse_refer(Tick(0), call, status(603)).expect("it was asked");
        while agent.poll_transmit().is_some() {}
    }
    assert!(told > 2_000 && replaced > 1_000, "{told} told, {replaced} with Replaces");
}

fn we_refer(ladder: &mut Ladder, to: &str) {
    let call = ladder.call();
    let to = Redacted::new(to.as_bytes().to_vec());
    let by = Redacted::new(b"<sip:115@centre.example>".to_vec());
    ladder.user("refer", |agent, now| agent.refer(now, call, &to, Some(&by)));
}

/// A NOTIFY of the caller about our REFER.
fn notify(cseq: u32, event: &str, state: &str, body: &str) -> String {
    let kind = if body.is_empty() { "" } else { "Content-Type: message/sipfrag;version=2.0\n" };
    let length = body.len();
    let rest = format!(
        "Event: {event}\nSubscription-State: {state}\n{kind}Content-Length: {length}\n\n{body}"
    );
    caller("NOTIFY", cseq, &format!("notify{cseq}"), "{to}", &rest)
}

/// A call that is up, in which we refer the peer to a partner.
fn we_referred(title: &str) -> (Ladder, String) {
    let mut ladder = answered(title);
    let to = ladder.answered_to();
    we_refer(&mut ladder, "sip:partner@192.0.2.9;user=phone");
    (ladder, to)
}

const ACTIVE: &str = "active;expires=60";
const LAST: &str = "terminated;reason=noresource";

#[test]
fn we_refer_and_hear_how_it_goes() {
    let title = "# Calls that we send on by REFER. Written by tests/agent.\n";
    golden::compare("agent/refer_ours.txt", &(title.to_owned() + &reported() + &not_reported()));
}

fn reported() -> String {
    let mut text = String::new();
    let (mut basic, to) = we_referred("the partner answers");
    we_refer(&mut basic, "tel:+494171115");
    basic.peer(&response("our", "202 Accepted", "", ""));
    for (cseq, line) in [(8, "SIP/2.0 100 Trying"), (9, "SIP/2.0 180 Ringing")] {
        basic.peer(&notify(cseq, "refer", ACTIVE, line).replace("{to}", &to));
    }
    basic.peer(&notify(10, "refer", LAST, "SIP/2.0 200 OK").replace("{to}", &to));
    basic.peer(&notify(11, "refer", LAST, "SIP/2.0 200 OK").replace("{to}", &to));
    we_refer(&mut basic, "tel:+494171115");
    basic.peer(&response("our", "403 Forbidden", "", ""));
    basic.peer(&bye(12).replace("{to}", &to));
    text += &basic.end();

    let (mut quick, to) = we_referred("the report is quicker than the 202");
    quick.peer(&notify(8, "refer", ACTIVE, "SIP/2.0 100 Trying").replace("{to}", &to));
    quick.peer(&notify(9, "refer", LAST, "SIP/2.0 486 Busy Here").replace("{to}", &to));
    quick.peer(&response("our", "202 Accepted", "", ""));
    quick.peer(&bye(10).replace("{to}", &to));
    text += &quick.end();

    let (mut odd, to) = we_referred("reports that are none");
    odd.peer(&response("our", "200 OK", "", ""));
    odd.peer(&notify(8, "message-summary", ACTIVE, "").replace("{to}", &to));
    odd.peer(&notify(9, "refer;id=1", ACTIVE, "SIP/2.0 200 OK").replace("{to}", &to));
    odd.peer(&notify(10, "refer", ACTIVE, "SIP/3.0 200 OK").replace("{to}", &to));
    odd.peer(&notify(11, "refer", ACTIVE, "SIP/2.0 20").replace("{to}", &to));
    let plain = notify(12, "refer", ACTIVE, "200").replace("message/sipfrag", "text/plain");
    odd.peer(&plain.replace("{to}", &to));
    odd.peer(&notify(13, "refer", ACTIVE, "").replace("{to}", &to));
    odd.peer(&notify(14, "refer", LAST, "").replace("{to}", &to));
    odd.peer(&bye(15).replace("{to}", &to));
    text + &odd.end()
}

fn not_reported() -> String {
    let mut text = String::new();
    let (mut silent, to) = we_referred("reports stop");
    silent.peer(&response("our", "202 Accepted", "", ""));
    silent.wait(100_000);
    silent.peer(&notify(8, "refer", ACTIVE, "SIP/2.0 180 Ringing").replace("{to}", &to));
    silent.wait(200_000);
    silent.peer(&bye(9).replace("{to}", &to));
    text += &silent.end();

    let mut lost = answered_by(over_tcp("no answer: the call goes on"));
    let to = lost.answered_to();
    we_refer(&mut lost, "sip:partner@192.0.2.9");
    lost.wait(32_000);
    lost.peer(&bye(8).replace("{to}", &to));
    text += &lost.end();

    let (mut gone, _) = we_referred("481: the call is over");
    gone.peer(&response("our", "481 Gone", "", ""));
    ok(&mut gone);
    text += &gone.end();

    let (mut ended, to) = we_referred("the call ends first");
    ended.peer(&response("our", "202 Accepted", "", ""));
    ended.peer(&bye(8).replace("{to}", &to));
    we_refer(&mut ended, "sip:partner@192.0.2.9");
    text + &ended.end()
}

#[test]
fn what_we_cannot_refer_to_or_not_now() {
    let refer = |ladder: &mut Ladder, to: &str, by: Option<&str>| {
        let (call, now) = (ladder.call(), ladder.now);
        let raw = |text: &str| Redacted::new(text.as_bytes().to_vec());
        ladder.agent.refer(now, call, &raw(to), by.map(raw).as_ref())
    };
    let not_now = |why| Err(CommandRefused::NotNow(why));
    let mut ladder = Ladder::new("step by step");
    ladder.peer(&invite("1"));
    assert_eq!(refer(&mut ladder, "sip:a@h", None), not_now(Refusal::NothingUnderWay));
    answer(&mut ladder);
    // Our REFER could overtake the 200.
    assert_eq!(refer(&mut ladder, "sip:a@h", None), not_now(Refusal::ChangeUnderWay));
    let to = ladder.answered_to();
    ladder.peer(&ack(7));
    for bad in ["", "10", "sip:a b@h", "sip:a@h\r\nX: y", "http://h", "sip:a@h>,<sip:b@h"] {
        assert_eq!(refer(&mut ladder, bad, None), Err(CommandRefused::Unwritable), "{bad}");
    }
    let long = format!("sip:{}@h", "x".repeat(2_048));
    assert_eq!(refer(&mut ladder, &long, None), Err(CommandRefused::Unwritable));
    for bad in ["", "<sip:a@h>\r\nX: y", "<sip:a@h>\r\n ;x=y", "\"\\\0\" <sip:a@h>"] {
        let refused = refer(&mut ladder, "sip:a@h", Some(bad));
        assert_eq!(refused, Err(CommandRefused::Unwritable), "{}", bad.escape_debug());
    }
    assert_eq!(refer(&mut ladder, "sip:a@h?Replaces=x%3Bto-tag%3D1", None), Ok(()));
    assert_eq!(refer(&mut ladder, "sip:a@h", None), not_now(Refusal::ChangeUnderWay));
    hang_up(&mut ladder);
    assert_eq!(refer(&mut ladder, "sip:a@h", None), not_now(Refusal::Over));
    ladder.peer(&bye(8).replace("{to}", &to));
    ladder.run_out();
    assert_eq!(refer(&mut ladder, "sip:a@h", None), Err(CommandRefused::NoSuchCall));
}

fn tag(party: &str) -> String {
    party.split_once(";tag=").expect("it has a tag").1.to_owned()
}

/// RFC 5589, 7: the transferor holds one call and asks with another, both with us. To the target of
/// the INVITE the dialog's own tag is the to-tag: ours, whoever has called.
#[test]
fn a_dialog_is_found_by_the_replaces_of_its_other_side_whoever_has_called() {
    let mut ladder = Ladder::new("a telephone has called us");
    ladder.peer(&invite("1"));
    let call = ladder.call();
    ladder.user("ring", |agent, now| agent.ring(now, call));
    let ours = tag(&ladder.response_to());
    let find = |ladder: &Ladder, call_id: &str, to: &str, from: &str| {
        ladder.agent.find_dialog(call_id.as_bytes(), to.as_bytes(), from.as_bytes())
    };
    let rings = DialogFound { call, is_up: false, is_ours: false };
    assert_eq!(find(&ladder, "one@trunk", &ours, "caller"), Some(rings));
    answer(&mut ladder);
    ladder.peer(&ack(7));
    let up = DialogFound { is_up: true, ..rings };
    assert_eq!(find(&ladder, "one@trunk", &ours, "caller"), Some(up));
    for (call_id, to, from) in [
        ("one@trunk", "caller", &ours[..]),
        ("ONE@trunk", &ours, "caller"),
        ("one@trunk", &ours, "CALLER"),
        ("one@trunk", &ours, ""),
        ("one@trunk", &ours, "0"),
        ("one@trunk", "0", "caller"),
    ] {
        assert_eq!(find(&ladder, call_id, to, from), None, "{call_id} {to} {from}");
    }
    // What comes in the Refer-To of another call leads there as it stands.
    let of_theirs = format!("one%40trunk%3Bto-tag%3D{ours}%3Bfrom-tag%3Dcaller");
    let shown = said_to(&format!("Refer-To: <sip:10@h?Replaces={of_theirs}>\n")).1;
    assert_eq!(shown, format!("to sip:10@h in place of one@trunk to {ours} from caller"));
    hang_up(&mut ladder);
    assert_eq!(find(&ladder, "one@trunk", &ours, "caller"), None, "it ends");

    let mut ladder = calling("we have called a telephone");
    let call = ladder.call();
    ladder.peer(&response("inv", "180 Ringing", "left", ""));
    ladder.peer(&response("inv", "180 Ringing", "right", ""));
    let (call_id, ours) = ladder.our_invite();
    let ours = tag(&ours);
    let rings = DialogFound { call, is_up: false, is_ours: true };
    assert_eq!(find(&ladder, &call_id, &ours, "left"), Some(rings));
    assert_eq!(find(&ladder, &call_id, &ours, "right"), Some(rings));
    ladder.peer(&response("inv", "200 OK", "right", ANSWER));
    let up = DialogFound { is_up: true, ..rings };
    assert_eq!(find(&ladder, &call_id, &ours, "right"), Some(up));
    assert_eq!(find(&ladder, &call_id, &ours, "left"), None, "that branch has lost");
    assert_eq!(find(&ladder, &call_id, "right", &ours), None, "tags are not exchanged");

    let mut ladder = calling("taken back while it rings");
    ladder.peer(&response("inv", "180 Ringing", "left", ""));
    hang_up(&mut ladder);
    let (call_id, ours) = ladder.our_invite();
    assert_eq!(find(&ladder, &call_id, &tag(&ours), "left"), None);
}

/// RFC 3891, 3: a peer older than RFC 3261 has no tag, which a Replaces writes as 0.
#[test]
fn a_dialog_without_a_tag_is_found_by_0() {
    for (from, found) in [("", true), (";tag=0", true), (";tag=1", false)] {
        let mut ladder = Ladder::new("an old caller");
        ladder.peer(&invite("1").replace(";tag=caller", from));
        answer(&mut ladder);
        let ours = tag(&ladder.answered_to());
        let there = ladder.agent.find_dialog(b"one@trunk", ours.as_bytes(), b"0");
        assert_eq!(there.is_some(), found, "{from}");
    }
}
