// SPDX-License-Identifier: EUPL-1.2
//! The user agent, seen from the wire: conversations as files, and two agents on a bad network.
//!
//! The rule to keep: every conversation goes on until all timers are over, and then nothing is left.

mod challenged;
mod early;
#[path = "../../../acd/tests/common/golden.rs"]
#[expect(dead_code, reason = "conversations are compared, not laid out in columns")]
mod golden;
mod ladder;
mod pair;
mod readable;
mod refer;
mod registering;
mod saved;
mod spoilt;
mod watching;

use ladder::{Ladder, flow};
use sip::Status;
use sip::agent::{Config, Invite, Way};
use sip::dialog::{Carrier, Policy};
use sip::digest::Credentials;
use sip::message::Name;
use sip::registrar::Transport;
use sip::transaction::Room;
use stdx::{Micros, Redacted};

fn status(code: u16) -> Status {
    Status::new(code).expect("a code in a test is a code")
}

/// An INVITE with a branch, further lines, and an offer.
fn invite_with(branch: &str, more: &str) -> String {
    format!(
        "INVITE sip:115@centre.example SIP/2.0
Via: SIP/2.0/UDP 192.0.2.99:5060;branch=z9hG4bK{branch}
Max-Forwards: 69
From: \"Erika\" <sip:+4940123@trunk.example>;tag=caller
To: <sip:115@centre.example>
Call-ID: one@trunk
CSeq: 7 INVITE
Contact: <sip:trunk@192.0.2.99>
{more}Content-Type: application/sdp
Content-Length: 5

offer"
    )
}

fn invite(branch: &str) -> String {
    invite_with(branch, "")
}

/// Any other request of the caller, in the dialog once we have answered.
fn caller(method: &str, cseq: u32, branch: &str, to: &str, rest: &str) -> String {
    let rest = if rest.is_empty() { "Content-Length: 0\n\n" } else { rest };
    format!(
        "{method} sip:amtsleitung@192.0.2.1:5060 SIP/2.0
Via: SIP/2.0/UDP 192.0.2.99:5060;branch=z9hG4bK{branch}
Max-Forwards: 69
From: \"Erika\" <sip:+4940123@trunk.example>;tag=caller
To: {to}
Call-ID: one@trunk
CSeq: {cseq} {method}
{rest}"
    )
}

fn ack(cseq: u32) -> String {
    caller("ACK", cseq, &format!("ack{cseq}"), "{to}", "")
}

/// CANCEL and the ACK to a refusal have the INVITE's branch.
fn cancel(branch: &str) -> String {
    caller("CANCEL", 7, branch, "<sip:115@centre.example>", "")
}

fn refusal_ack(branch: &str) -> String {
    caller("ACK", 7, branch, "{to}", "")
}

/// A response to our last request (`our`) or our INVITE (`inv`).
fn response(of: &str, line: &str, tag: &str, rest: &str) -> String {
    let rest = if rest.is_empty() { "Content-Length: 0\n\n" } else { rest };
    let tag = if tag.is_empty() { String::new() } else { format!(";tag={tag}") };
    format!(
        "SIP/2.0 {line}
Via: {{{of}.via}}
From: {{{of}.from}}
To: {{{of}.to}}{tag}
Call-ID: {{{of}.call}}
CSeq: {{{of}.cseq}}
{rest}"
    )
}

const ANSWER: &str = "Contact: <sip:a1@192.0.2.99:5060>
Content-Type: application/sdp
Content-Length: 6

answer";

fn answered(title: &str) -> Ladder {
    answered_by(Ladder::new(title))
}

fn answered_by(mut ladder: Ladder) -> Ladder {
    ladder.peer(&invite("1"));
    answer(&mut ladder);
    ladder.peer(&ack(7));
    ladder
}

fn answer(ladder: &mut Ladder) {
    let call = ladder.call();
    ladder.user("answer", |agent, now| agent.answer(now, call, b"answer".to_vec()));
}

fn hang_up(ladder: &mut Ladder) {
    let call = ladder.call();
    let reason = Some(&b"Q.850;cause=16"[..]);
    ladder.user("hang up", |agent, now| agent.hang_up(now, call, reason));
}

fn calling(title: &str) -> Ladder {
    calling_by(Ladder::new(title))
}

fn calling_by(ladder: Ladder) -> Ladder {
    calling_with(ladder, None)
}

fn calling_with(mut ladder: Ladder, credentials: Option<Credentials>) -> Ladder {
    let invite = Invite {
        target: Redacted::new(b"sip:a1@192.0.2.99:5060".to_vec()),
        from: Redacted::new(b"\"115 Harburg\" <sip:115@centre.example>".to_vec()),
        flow: ladder.flow,
        way: Way::Routes,
        headers: vec![(Name::AlertInfo, Redacted::new(b"<urn:alert:source:internal>".to_vec()))],
        offer: b"offer".to_vec(),
        max_forwards: 70,
        ring_for: Micros::from_secs(20),
        credentials,
        routes: Vec::new(),
        contact_user: None,
    };
    let call = ladder.agent.invite(ladder.now, invite).expect("there is room");
    ladder.call = Some(call);
    ladder.user("invite", |_, _| Ok(()));
    ladder
}

#[test]
fn calls_that_come_in() {
    let mut text = String::from(
        "# Calls that come in: the peer's messages to the right, ours to the left.\n\
         # \"»\" is what the user does, \"*\" what it hears. Written by tests/agent.\n",
    );
    let mut basic = Ladder::new("the caller hangs up").whole();
    basic.peer(&invite("1"));
    basic.wait(300);
    let call = basic.call();
    basic.user("ring", |agent, now| agent.ring(now, call));
    answer(&mut basic);
    basic.peer(&ack(7));
    basic.wait(1_000);
    basic.peer(&caller("BYE", 8, "b", "{to}", ""));
    text += &basic.end();

    let mut we = answered("we hang up");
    hang_up(&mut we);
    we.peer(&response("our", "200 OK", "", ""));
    text += &we.end();

    let mut early = Ladder::new("CANCEL before the answer");
    early.peer(&invite("1"));
    let call = early.call();
    early.user("ring", |agent, now| agent.ring(now, call));
    early.peer(&caller(
        "CANCEL",
        7,
        "1",
        "<sip:115@centre.example>",
        "Reason: SIP;cause=200\nContent-Length: 0\n\n",
    ));
    early.peer(&refusal_ack("1"));
    answer(&mut early);
    text += &early.end();

    let mut late = Ladder::new("CANCEL crosses the 200");
    late.peer(&invite("1"));
    answer(&mut late);
    late.peer(&cancel("1"));
    late.peer(&ack(7));
    late.peer(&caller("BYE", 8, "b", "{to}", ""));
    text += &late.end();

    let mut busy = Ladder::new("refused, and the ACK is lost twice");
    busy.peer(&invite("1"));
    let call = busy.call();
    busy.user("refuse", |agent, now| agent.refuse_call(now, call, status(486), None, Some(30)));
    busy.wait(1_600);
    busy.peer(&invite("1"));
    busy.peer(&refusal_ack("1"));
    text += &busy.end();

    let mut again = Ladder::new("retransmissions are absorbed");
    again.peer(&invite("1"));
    again.peer(&invite("1"));
    again.wait(300);
    again.peer(&invite("1"));
    answer(&mut again);
    again.peer(&invite("1"));
    again.wait(700);
    again.peer(&ack(7));
    again.peer(&ack(7));
    again.peer(&caller("BYE", 8, "b", "{to}", ""));
    again.peer(&caller("BYE", 8, "b", "{to}", ""));
    text += &again.end();

    let mut late_ack = Ladder::new("a late ACK is swallowed, none at all ends the call");
    late_ack.peer(&invite("1"));
    answer(&mut late_ack);
    late_ack.wait(32_000);
    late_ack.peer(&ack(7));
    late_ack.peer(&response("our", "200 OK", "", ""));
    text += &late_ack.end();

    let mut leaving = Ladder::new("we hang up before the ACK");
    leaving.peer(&invite("1"));
    answer(&mut leaving);
    hang_up(&mut leaving);
    leaving.wait(600);
    leaving.peer(&ack(7));
    leaving.peer(&response("our", "481 Gone", "", ""));
    text += &leaving.end();

    let mut nobody = Ladder::with(
        "nobody answers",
        Config { ring_max: Micros::from_secs(90), ..Config::default() },
    );
    nobody.peer(&invite("1"));
    let call = nobody.call();
    nobody.user("ring", |agent, now| agent.ring(now, call));
    nobody.wait(90_000);
    nobody.peer(&refusal_ack("1"));
    text += &nobody.end();

    let mut prack = Ladder::new("the caller requires PRACK");
    prack.peer(&invite_with("1", "Require: 100rel\n"));
    let call = prack.call();
    let early = Some(b"early".to_vec());
    prack.user("183", |agent, now| agent.progress(now, call, status(183), early));
    prack.wait(600);
    answer(&mut prack);
    let rseq = prack.last_rseq();
    let rack = format!("RAck: {rseq} 7 INVITE\nContent-Length: 0\n\n");
    prack.peer(&caller("PRACK", 8, "p", "{to}", &rack));
    prack.peer(&ack(7));
    prack.peer(&caller("BYE", 9, "b", "{to}", ""));
    text += &prack.end();
    golden::compare("agent/incoming.txt", &text);
}

#[test]
fn calls_within_a_call() {
    let mut text = String::from("# What happens in a call that is up. Written by tests/agent.\n");
    let offer =
        "Contact: <sip:trunk@192.0.2.99>\nContent-Type: application/sdp\nContent-Length: 4\n\nhold";

    let mut hold = answered("the caller holds, and takes it back");
    hold.peer(&caller("INVITE", 8, "h", "{to}", offer));
    let call = hold.call();
    hold.user("accept", |agent, now| {
        agent.accept_change(now, call, Carrier::Invite, Some(b"held".to_vec()))
    });
    hold.peer(&ack(8));
    hold.peer(&caller("INVITE", 9, "i", "{to}", offer));
    hold.peer(&ack(9));
    hold.peer(&caller("BYE", 10, "b", "{to}", ""));
    text += &hold.end();

    let mut withdrawn = answered("the caller withdraws its re-INVITE");
    withdrawn.peer(&caller("INVITE", 8, "h", "{to}", offer));
    withdrawn.peer(&caller("CANCEL", 8, "h", "{to}", ""));
    withdrawn.peer(&caller("ACK", 8, "h", "{to}", ""));
    withdrawn.peer(&caller("BYE", 9, "b", "{to}", ""));
    text += &withdrawn.end();

    let mut refused = answered("a change is refused");
    refused.peer(&caller("UPDATE", 8, "u", "{to}", offer));
    let call = refused.call();
    refused
        .user("refuse", |agent, now| agent.refuse_change(now, call, Carrier::Update, status(488)));
    refused.peer(&caller("BYE", 9, "b", "{to}", ""));
    text += &refused.end();

    let mut no_offer = answered("the caller asks us for an offer");
    no_offer.peer(&caller(
        "INVITE",
        8,
        "h",
        "{to}",
        "Contact: <sip:trunk@192.0.2.96>\nContent-Length: 0\n\n",
    ));
    let call = no_offer.call();
    no_offer.user("offer", |agent, now| {
        agent.accept_change(now, call, Carrier::Invite, Some(b"offer".to_vec()))
    });
    no_offer.peer(&caller(
        "ACK",
        8,
        "a",
        "{to}",
        "Content-Type: application/sdp\nContent-Length: 6\n\nanswer",
    ));
    hang_up(&mut no_offer);
    no_offer.peer(&response("our", "200 OK", "", ""));
    text += &no_offer.end();

    let mut ours = answered("we hold; glare, then it works");
    let call = ours.call();
    ours.user("reinvite", |agent, now| agent.reinvite(now, call, b"hold".to_vec()));
    ours.peer(&caller("INVITE", 8, "h", "{to}", offer));
    ours.peer(&caller("ACK", 8, "h", "{to}", ""));
    ours.peer(&response("inv", "491 Request Pending", "", ""));
    ours.wait(2_100);
    ours.peer(&response("inv", "100 Trying", "", ""));
    ours.peer(&response("inv", "200 OK", "", ANSWER));
    ours.peer(&response("inv", "200 OK", "", ANSWER));
    ours.peer(&caller("BYE", 9, "b", "{to}", ""));
    text += &ours.end();

    let mut dtmf = answered("INFO, OPTIONS, UPDATE without an offer, a request out of order");
    let relay = "Content-Type: application/dtmf-relay\nContent-Length: 8\n\nSignal=5";
    dtmf.peer(&caller("INFO", 8, "i", "{to}", relay));
    dtmf.peer(&caller("INFO", 9, "j", "{to}", "Content-Type: text/plain\nContent-Length: 2\n\nhi"));
    dtmf.peer(&caller("OPTIONS", 10, "o", "{to}", ""));
    dtmf.peer(&caller(
        "UPDATE",
        11,
        "u",
        "{to}",
        "Session-Expires: 1800\nSupported: timer\nContent-Length: 0\n\n",
    ));
    dtmf.peer(&caller("INFO", 8, "k", "{to}", relay));
    dtmf.peer(&caller(
        "UPDATE",
        12,
        "v",
        "{to}",
        "Session-Expires: 60\nSupported: timer\nContent-Length: 0\n\n",
    ));
    dtmf.peer(&caller("BYE", 13, "b", "{to}", ""));
    text += &dtmf.end();

    let mut crossing =
        answered("what crosses our BYE is answered, and the user hears nothing of it");
    hang_up(&mut crossing);
    crossing.peer(&caller("INFO", 8, "i", "{to}", relay));
    crossing.peer(&caller("INVITE", 9, "h", "{to}", offer));
    crossing.peer(&caller("ACK", 9, "h", "{to}", ""));
    crossing.peer(&caller("BYE", 10, "b", "{to}", ""));
    crossing.peer(&response("our", "200 OK", "", ""));
    text += &crossing.end();

    let mut refresh = answered("we refresh; the peer does not know the call any more");
    refresh.wait(900_000);
    refresh.peer(&response("inv", "481 Gone", "", ""));
    refresh.peer(&response("our", "481 Gone", "", ""));
    text += &refresh.end();
    golden::compare("agent/within.txt", &text);
}

#[test]
fn calls_that_we_make() {
    let mut text = String::from("# Calls that we make. Written by tests/agent.\n");
    let mut basic = calling_by(Ladder::new("answered, and we hang up").whole());
    basic.peer(&response("inv", "100 Trying", "", ""));
    basic.peer(&response("inv", "180 Ringing", "callee", ""));
    basic.peer(&response("inv", "200 OK", "callee", ANSWER));
    hang_up(&mut basic);
    basic.peer(&response("our", "200 OK", "", ""));
    text += &basic.end();

    let mut they = calling("answered, the 200 is repeated, they hang up");
    they.peer(&response("inv", "200 OK", "callee", ANSWER));
    they.peer(&response("inv", "200 OK", "callee", ANSWER));
    they.peer(
        "BYE sip:amtsleitung@192.0.2.1:5060 SIP/2.0
Via: SIP/2.0/UDP 192.0.2.99:5060;branch=z9hG4bKb
From: {inv.to};tag=callee
To: {inv.from}
Call-ID: {inv.call}
CSeq: 1 BYE
Content-Length: 0

",
    );
    they.peer(&response("inv", "200 OK", "callee", ANSWER));
    text += &they.end();

    let mut busy = calling("refused");
    let retry = "Retry-After: 30\nContent-Length: 0\n\n";
    busy.peer(&response("inv", "486 Busy Here", "callee", retry));
    busy.peer(&response("inv", "486 Busy Here", "callee", retry));
    text += &busy.end();

    let mut cancelled = calling("cancelled while it rings");
    cancelled.peer(&response("inv", "180 Ringing", "callee", ""));
    hang_up(&mut cancelled);
    cancelled.peer(&response("our", "200 OK", "callee", ""));
    cancelled.peer(&response("inv", "487 Request Terminated", "callee", ""));
    text += &cancelled.end();

    let mut at_once = calling("cancelled before anything came back");
    hang_up(&mut at_once);
    at_once.peer(&response("inv", "100 Trying", "", ""));
    at_once.peer(&response("our", "200 OK", "callee", ""));
    at_once.peer(&response("inv", "487 Request Terminated", "callee", ""));
    text += &at_once.end();

    let mut crossing = calling("a 200 crosses the CANCEL");
    crossing.peer(&response("inv", "180 Ringing", "callee", ""));
    hang_up(&mut crossing);
    crossing.peer(&response("inv", "200 OK", "callee", ANSWER));
    crossing.peer(&response("inv", "200 OK", "callee", ANSWER));
    text += &crossing.end();

    let mut rings = calling("nobody answers");
    rings.peer(&response("inv", "180 Ringing", "callee", ""));
    rings.wait(20_000);
    rings.peer(&response("inv", "487 Request Terminated", "callee", ""));
    text += &rings.end();

    text += &calling("nobody is there").end();

    let mut forked = calling("two telephones answer");
    forked.peer(&response("inv", "180 Ringing", "left", ""));
    forked.peer(&response("inv", "180 Ringing", "right", ""));
    forked.peer(&response("inv", "200 OK", "right", ANSWER));
    forked.peer(&response("inv", "200 OK", "left", ANSWER));
    forked.peer(&response("our", "200 OK", "", ""));
    forked.peer(&response("inv", "200 OK", "left", ANSWER));
    hang_up(&mut forked);
    forked.peer(&response("our", "200 OK", "", ""));
    text += &forked.end();

    let mut reliable = calling("a reliable 183, and a route");
    let rest = "Require: 100rel\nRSeq: 17\nRecord-Route: <sip:192.0.2.98;lr>\n".to_owned() + ANSWER;
    reliable.peer(&response("inv", "183 Session Progress", "callee", &rest));
    reliable.peer(&response("inv", "183 Session Progress", "callee", &rest));
    reliable.peer(&response("our", "200 OK", "", ""));
    let rest = "Record-Route: <sip:192.0.2.98;lr>\n".to_owned() + ANSWER;
    reliable.peer(&response("inv", "200 OK", "callee", &rest));
    hang_up(&mut reliable);
    reliable.peer(&response("our", "200 OK", "", ""));
    text += &reliable.end();

    let mut longer = calling("422: the same again with a longer session");
    let min = "Min-SE: 3600\nContent-Length: 0\n\n";
    longer.peer(&response("inv", "422 Session Interval Too Small", "x", min));
    longer.peer(&response("inv", "486 Busy Here", "callee", ""));
    text += &longer.end();
    golden::compare("agent/outgoing.txt", &text);
}

#[test]
fn what_is_refused() {
    let mut text = String::from("# What is refused, and keeps nothing. Written by tests/agent.\n");
    let mut odd = Ladder::new("garbage, bad versions, unknown methods and extensions");
    odd.peer("\r\n\r\n");
    odd.peer("GET / HTTP/1.1\nHost: centre\n\n");
    odd.peer(
        &invite("v").replace(
            "INVITE sip:115@centre.example SIP/2.0",
            "INVITE sip:115@centre.example SIP/7.0",
        ),
    );
    odd.peer(&invite("l").replace("Content-Length: 5", "Content-Length: 5000"));
    odd.peer(&invite("f").replace("CSeq: 7 INVITE\n", ""));
    odd.peer(&invite("c").replace("Contact: <sip:trunk@192.0.2.99>\n", ""));
    odd.peer(&caller("DANCE", 7, "d", "<sip:115@centre.example>", ""));
    odd.peer(&caller("REFER", 7, "r", "<sip:115@centre.example>", ""));
    odd.peer(&invite("s").replace("INVITE sip:115@centre.example", "INVITE fax:115"));
    odd.peer(&invite_with("q", "Require: timer, quantum, 100rel\nRequire: warp\n"));
    odd.peer(&invite_with("t", "Session-Expires: 60\nSupported: timer\n"));
    odd.peer(&caller("BYE", 7, "b", "<sip:115@centre.example>;tag=never", ""));
    odd.peer(&caller("INFO", 7, "i", "<sip:115@centre.example>", ""));
    odd.peer(&caller("ACK", 7, "a", "<sip:115@centre.example>;tag=never", ""));
    odd.peer(&cancel("never"));
    odd.peer(
        &response("our", "200 OK", "", "").replace("{our.via}", "SIP/2.0/UDP a;branch=z9hG4bKx"),
    );
    text += &odd.end();

    let mut merged = Ladder::new("the same call on two ways");
    merged.peer(&invite("1"));
    merged.peer(&invite("2"));
    let call = merged.call();
    merged.user("refuse", |agent, now| agent.refuse_call(now, call, status(404), None, None));
    merged.peer(&refusal_ack("1"));
    text += &merged.end();

    let mut options = Ladder::new("OPTIONS, then draining: a call that is up stays up");
    options.peer(&caller("OPTIONS", 1, "o", "<sip:centre.example>", ""));
    options = answered_by(options);
    options.agent.drain(true);
    options.peer(&caller("OPTIONS", 2, "p", "<sip:centre.example>", ""));
    options.peer(&invite("9").replace("one@trunk", "two@trunk"));
    options.peer(&caller("BYE", 8, "b", "{to}", "").replace("{to}", &options.answered_to()));
    text += &options.end();

    let bound = Config { calls: Room { fresh: 1, all: 2 }, ..Config::default() };
    let mut full = answered_by(Ladder::with("a call too many", bound));
    let to = full.answered_to();
    full.peer(&invite("9").replace("one@trunk", "two@trunk"));
    full.peer(&caller("BYE", 8, "b", &to, ""));
    text += &full.end();

    let mut stranger = Ladder::new("a stranger is turned away, once");
    stranger.turned_away(&invite("1"));
    stranger.turned_away(&refusal_ack("1"));
    text += &stranger.end();

    let room = Config { room: Room { fresh: 0, all: 1 }, ..Config::default() };
    let mut crowded = Ladder::with("a transaction too many", room);
    crowded.peer(&invite("1"));
    text += &crowded.end();
    golden::compare("agent/refused.txt", &text);
}

#[test]
fn devices_and_probes() {
    let mut text = String::from("# Registrations and probes. Written by tests/agent.\n");
    let mut device = Ladder::new("a device registers from behind a NAT");
    device.peer(
        "REGISTER sip:centre.example SIP/2.0
Via: SIP/2.0/UDP 10.0.0.5:5062;branch=z9hG4bKr;rport
From: <sip:a1@centre.example>;tag=d
To: <sip:a1@centre.example>
Call-ID: device
CSeq: 1 REGISTER
Contact: <sip:a1@10.0.0.5:5062>;expires=300
Content-Length: 0

",
    );
    let register = device.register.expect("it was heard");
    device.user("401", |agent, now| {
        let challenge =
            vec![(Name::WwwAuthenticate, b"Digest realm=\"centre\", nonce=\"n\"".to_vec())];
        agent.reply_register(now, register, status(401), challenge)
    });
    text += &device.end();

    let mut probe = Ladder::new("we probe: an answer, and none");
    for answer in [true, false] {
        probe.user("options", |agent, now| {
            agent.options(now, flow(), b"sip:192.0.2.99").map(|_| ())
        });
        if answer {
            probe.peer(&response("our", "200 OK", "x", ""));
        }
    }
    text += &probe.end();

    let mut stream = Ladder::new("over TCP nothing is repeated but the 2xx");
    stream.flow.transport = Transport::Tcp;
    stream.flow.connection = Some(1);
    stream.peer(&invite("1"));
    answer(&mut stream);
    stream.wait(600);
    stream.peer(&ack(7));
    stream = calling_by(stream);
    stream.peer(&response("inv", "486 Busy Here", "callee", ""));
    stream.peer(&caller("BYE", 8, "b", &stream.answered_to(), ""));
    text += &stream.end();

    let mut moved = Ladder::new("a telephone behind a NAT that gives it another port");
    let behind = |text: String| text.replace("192.0.2.99:5060", "10.0.0.5:5060;rport");
    moved.flow.remote = "192.0.2.99:40001".parse().expect("an address");
    moved.peer(&behind(invite("1")));
    answer(&mut moved);
    moved.peer(&behind(ack(7)));
    moved.flow.remote = "192.0.2.99:40002".parse().expect("an address");
    let dtmf = "Content-Type: application/dtmf\nContent-Length: 1\n\n5";
    moved.peer(&behind(caller("INFO", 8, "i", "{to}", dtmf)));
    hang_up(&mut moved);
    moved.peer(&response("our", "200 OK", "", ""));
    text += &moved.end();

    let mut lost = calling("the connection is gone");
    let transmit = lost.last_sent();
    lost.user("it cannot be sent", |agent, now| {
        agent.transport_failed(now, &transmit);
        Ok(())
    });
    text += &lost.end();

    let mut last = answered("while draining, who is in still reaches somebody");
    last.agent.drain(true);
    last = calling_by(last);
    last.peer(&response("inv", "486 Busy Here", "callee", ""));
    last.peer(&caller("BYE", 8, "b", &last.answered_to(), ""));
    text += &last.end();

    let short = Policy { interval: 600, least: 300 };
    let mut session = calling_by(Ladder::with(
        "the peer refreshes no more",
        Config { session: short, ..Config::default() },
    ));
    let rest = "Session-Expires: 600;refresher=uas\nRequire: timer\n".to_owned() + ANSWER;
    session.peer(&response("inv", "200 OK", "callee", &rest));
    session.wait(568_000);
    session.peer(&response("our", "200 OK", "", ""));
    text += &session.end();
    golden::compare("agent/devices.txt", &text);
}

/// Whoever asks sends its calls elsewhere; who calls all the same is the user's to refuse, or to take.
#[test]
fn probes_are_declined_and_calls_are_not() {
    let options = caller("OPTIONS", 1, "o", "<sip:115@centre.example>", "");
    let mut ladder = Ladder::new("probes");
    for declines in [false, true, false] {
        ladder.agent.decline_probes(declines);
        ladder.peer(&options);
        let sent = String::from_utf8(ladder.last_sent().bytes).expect("ASCII");
        let first = if declines { "SIP/2.0 503 " } else { "SIP/2.0 200 " };
        assert!(sent.starts_with(first), "{sent}");
        assert_eq!(sent.contains("Retry-After:"), declines);
    }
    ladder.agent.decline_probes(true);
    ladder.peer(&invite("1"));
    assert!(ladder.call.is_some(), "the user hears of it");
    hang_up(&mut ladder);
    ladder.peer(&refusal_ack("1"));
    ladder.end();
}
