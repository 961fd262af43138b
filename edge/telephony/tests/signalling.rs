// SPDX-License-Identifier: EUPL-1.2
//! The telephone side of a centre on free ports of this machine, met by peers who do the unexpected.
//!
//! The test is the centre: it hands commands in and looks at what is sent.

use acd::First;
use centre::{Command, Event, NotReached};
use sip::digest::Credentials;
use sip::number::{Digits, Number, Plan};
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;
use stdx::{AgentId, ContactId, LineId, Micros, Tick};
use telephony::media::Clips;
use telephony::signalling::{
    Answering, CallView, Carrier, Doing, EmergencyRoute, Identity, Line, Listen, NumberBlock,
    Phone, Place, Setup, Shows, Signalling, SrtpUse, Trunk, TrunkAccount,
};
use telephony::tls::Certificates;

const AGENT: AgentId = AgentId(0);
const CONTACT: ContactId = ContactId(1);
const OFFER: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
    m=audio 40000 RTP/AVP 9 8\r\n";
const PCMA: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
    m=audio 40002 RTP/AVP 8\r\n";

/// A trunk, a telephone at a fixed address, and what is between them.
struct Bench {
    signalling: Signalling,
    at: SocketAddr,
    trunk: UdpSocket,
    phone: UdpSocket,
    events: Vec<Event>,
}

fn peer() -> (UdpSocket, Listen) {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    socket.set_nonblocking(true).expect("a socket of ours");
    let address = socket.local_addr().expect("bound");
    (socket, Listen { carrier: Carrier::Udp, address })
}

fn bench() -> Bench {
    bench_with(SrtpUse::Off)
}

fn bench_with(srtp: SrtpUse) -> Bench {
    bench_at(srtp, EmergencyRoute::Unknown)
}

fn bench_at(srtp: SrtpUse, emergency: EmergencyRoute) -> Bench {
    let ((trunk, trunk_at), (phone, phone_at)) = (peer(), peer());
    Bench::start(setup_at(srtp, emergency, trunk_at, phone_at), trunk, phone)
}

fn setup_at(srtp: SrtpUse, emergency: EmergencyRoute, trunk_at: Listen, phone_at: Listen) -> Setup {
    let short = Number::Short(Digits::new(b"115").expect("digits"));
    let line = Line {
        id: "kreis".to_owned(),
        shown: "Kreis".to_owned(),
        numbers: vec![NumberBlock { first: short, last: short }],
        answering: Answering::AtOnce,
        greeting: Clips::default(),
        closed: Clips::default(),
        busy: Clips::default(),
        callback: Clips::default(),
        callback_greeting: Clips::default(),
        offer: Clips::default(),
        between: call::between::Rules::default(),
        greetings: Vec::new(),
        town_hall: None,
        tells_opening: false,
    };
    let country = Digits::of_two(b'4', b'9').expect("digits");
    let trunk_is = Trunk {
        id: "t".to_owned(),
        peers: vec![Place::At(trunk_at)],
        channels: 10,
        plan: Plan { country, area: None, stem: None },
        probe: None,
        outbound: vec![Number::E164(Digits::new(b"4940").expect("digits"))],
        extensions: Vec::new(),
        outbound_daily: 3,
        caller_id: None,
        account: None,
        identity: Identity::Asserted,
        shows: Shows::Caller,
        numbers: Vec::new(),
        srtp,
    };
    let phone_is = Phone {
        id: "k1".to_owned(),
        agent: Some(AGENT),
        at: Some(phone_at),
        secret: None,
        emergency,
        srtp,
        short: Arc::default(),
        browser: false,
    };
    Setup {
        domain: "centre.example".to_owned(),
        listen: vec![Listen {
            carrier: Carrier::Udp,
            address: "127.0.0.1:0".parse().expect("one"),
        }],
        addresses: Vec::new(),
        certificates: Certificates::default(),
        name_servers: Vec::new(),
        media_ports: 20_000..=39_999,
        media_threads: 1,
        trunks: vec![trunk_is],
        phones: vec![phone_is],
        switchboards: Vec::new(),
        partners: Vec::new(),
        lines: vec![line],
        plans: Vec::new(),
        phrases: telephony::prompts::Phrases::default(),
        music: Clips::default(),
        ringing: Clips::default(),
        done: Clips::default(),
        refused: Clips::default(),
        seed: 115,
        offers: sip::digest::Offers::Md5,
        nonce_key: [0; 32],
        token_key: stdx::Redacted::new([0; 32]),
    }
}

impl Bench {
    fn start(setup: Setup, trunk: UdpSocket, phone: UdpSocket) -> Bench {
        let signalling = Signalling::start(setup, CONTACT.0).expect("a free port");
        let at = signalling.listens()[0].address;
        Bench { signalling, at, trunk, phone, events: Vec::new() }
    }

    fn turn(&mut self, now: Tick) {
        self.signalling.wait(Some(Duration::from_millis(5)));
        self.signalling.read(now);
        while let Some(event) = self.signalling.poll_event() {
            self.events.push(event.event);
        }
        self.signalling.flush(now);
    }

    fn order(&mut self, command: Command) {
        let because = telephony::signalling::Asked::from(Event::Deadline);
        self.signalling.carry_out(Tick(0), &because, command);
        self.turn(Tick(0));
    }

    /// The next message to this peer that begins so.
    fn sent(&mut self, to_trunk: bool, begins: &str) -> Option<String> {
        let mut bytes = [0; 4_096];
        for _ in 0..50 {
            self.turn(Tick(0));
            let socket = if to_trunk { &self.trunk } else { &self.phone };
            while let Ok(length) = socket.recv(&mut bytes) {
                let text = String::from_utf8_lossy(&bytes[..length]).into_owned();
                if text.starts_with(begins) {
                    return Some(text);
                }
            }
        }
        None
    }

    fn call(&mut self, method: &str, cseq: u32, to_tag: &str, sdp: &str) {
        let (local, length) = (self.trunk.local_addr().expect("bound"), sdp.len());
        let kind = if method == "INFO" { "dtmf-relay" } else { "sdp" };
        let text = format!(
            "{method} sip:115@centre.example SIP/2.0\r\n\
             Via: SIP/2.0/UDP {local};branch=z9hG4bK{method}{cseq}\r\nMax-Forwards: 70\r\n\
             From: <sip:+4940123456@h>;tag=a\r\nTo: <sip:115@h>{to_tag}\r\nCall-ID: c\r\n\
             CSeq: {cseq} {method}\r\nContact: <sip:{local}>\r\n\
             Content-Type: application/{kind}\r\nContent-Length: {length}\r\n\r\n{sdp}"
        );
        self.trunk.send_to(text.as_bytes(), self.at).expect("sent");
        self.turn(Tick(0));
    }

    /// A call that waits and was answered, but not acknowledged yet: the tag of our answer.
    fn waiting(&mut self, sdp: &str) -> String {
        self.call("INVITE", 1, "", sdp);
        self.turn(Tick(0));
        let arrived = |event: &Event| matches!(event, Event::CallArrived { .. });
        assert!(self.events.iter().any(arrived), "{:?}", self.events);
        self.order(wait());
        tag(&self.sent(true, "SIP/2.0 200").expect("an answer"))
    }

    /// The telephone answers with this.
    fn pick_up(&mut self, sdp: &str) {
        let until = Tick(0) + Micros::from_secs(30);
        self.order(Command::Ring { agent: AGENT, contact: CONTACT, line: LineId(0), until });
        let invite = self.sent(false, "INVITE").expect("it rings");
        self.answers(&invite, sdp);
        self.order(Command::Connect { contact: CONTACT, agent: AGENT });
    }

    fn answers(&mut self, invite: &str, sdp: &str) {
        self.answers_at(false, invite, sdp);
    }

    /// The telephone answers, or somebody behind the trunk.
    fn answers_at(&mut self, trunk: bool, invite: &str, sdp: &str) {
        let fields = invite.lines().filter(|line| {
            ["Via", "From", "Call-ID", "CSeq"].iter().any(|name| line.starts_with(name))
        });
        let fields: String = fields.map(|line| format!("{line}\r\n")).collect();
        let to = invite.lines().find(|line| line.starts_with("To:")).expect("To");
        let socket = if trunk { &self.trunk } else { &self.phone };
        let (local, length) = (socket.local_addr().expect("bound"), sdp.len());
        let text = format!(
            "SIP/2.0 200 OK\r\n{fields}{to};tag=p\r\nContact: <sip:k1@{local}>\r\n\
             Content-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n{sdp}"
        );
        socket.send_to(text.as_bytes(), self.at).expect("sent");
        self.sent(trunk, "ACK").expect("it is acknowledged");
    }

    /// The telephone asks somebody outside, in a call of its own.
    fn phone(&mut self, method: &str, cseq: u32, to_tag: &str, (kind, body): (&str, &str)) {
        let (local, length) = (self.phone.local_addr().expect("bound"), body.len());
        let text = format!(
            "{method} sip:+4940999@centre.example SIP/2.0\r\n\
             Via: SIP/2.0/UDP {local};branch=z9hG4bKp{method}{cseq}\r\nMax-Forwards: 70\r\n\
             From: <sip:k1@h>;tag=p2\r\nTo: <sip:+4940999@h>{to_tag}\r\nCall-ID: c2\r\n\
             CSeq: {cseq} {method}\r\nContact: <sip:k1@{local}>\r\n\
             Content-Type: application/{kind}\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        self.phone.send_to(text.as_bytes(), self.at).expect("sent");
        self.turn(Tick(0));
    }

    /// Caller, agent and somebody outside in one talk, brought together by keys that come in INFO; with the tags of
    /// our answers to the caller and to the telephone.
    fn three(&mut self) -> [String; 2] {
        let caller = self.waiting(PCMA);
        self.call("ACK", 1, &caller, "");
        self.pick_up(PCMA);
        self.phone("INVITE", 1, "", ("sdp", PCMA));
        let invite = self.sent(true, "INVITE").expect("the office rings");
        self.answers_at(true, &invite, PCMA);
        let asked = tag(&self.sent(false, "SIP/2.0 200").expect("an answer"));
        self.phone("ACK", 1, &asked, ("sdp", ""));
        self.phone("INFO", 2, &asked, ("dtmf-relay", "Signal=*\r\nDuration=160\r\n"));
        self.phone("INFO", 3, &asked, ("dtmf-relay", "Signal=3\r\nDuration=160\r\n"));
        [caller, asked]
    }

    /// What every call is doing.
    fn states(&self) -> Vec<Doing> {
        self.signalling.calls().iter().map(|it| it.doing).collect()
    }
}

const THREE: Doing = Doing::Call(call::State::Conference(AGENT));

#[test]
fn an_agent_who_leaves_a_talk_of_three_hands_over() {
    let mut bench = bench();
    let [caller, asked] = bench.three();
    // The telephone keeps the call in which the keys were pressed.
    let freed = bench.sent(false, "BYE").expect("the other call ends");
    assert!(!freed.contains("Call-ID: c2"), "{freed}");
    assert_eq!(bench.states(), [THREE]);
    bench.phone("BYE", 4, &asked, ("sdp", ""));
    let handed_on = Event::AttendedTransfer { agent: AGENT, to: None };
    assert_eq!(bench.events.last(), Some(&handed_on));
    assert_eq!(bench.states(), [Doing::Call(call::State::JoinedElsewhere)]);
    bench.order(Command::PutThrough { contact: CONTACT, by: AGENT, to: None });
    assert_eq!(bench.states(), [Doing::Call(call::State::JoinedElsewhere)]);
    bench.call("BYE", 2, &caller, "");
    assert!(bench.sent(true, "BYE").is_some(), "the office is hung up");
    assert_eq!(bench.states(), []);
}

/// The centre does not agree: the talk is over for all, and nobody is left on a leg.
#[test]
fn who_cannot_be_handed_over_is_hung_up() {
    let mut bench = bench();
    let [_, asked] = bench.three();
    bench.phone("BYE", 4, &asked, ("sdp", ""));
    bench.order(Command::Release { contact: CONTACT });
    let ended = [bench.sent(true, "BYE"), bench.sent(true, "BYE")];
    assert!(ended.iter().all(Option::is_some), "caller and office: {ended:?}");
    assert_eq!(bench.states(), []);
}

#[test]
fn a_caller_who_leaves_a_talk_of_three_leaves_two_behind() {
    let mut bench = bench();
    let [caller, asked] = bench.three();
    bench.call("BYE", 2, &caller, "");
    let left = |event: &Event| matches!(event, Event::CallerLeft { .. });
    assert!(bench.events.iter().any(left), "{:?}", bench.events);
    assert_eq!(bench.states(), []);
    // Their call goes on until one of them hangs up.
    bench.phone("BYE", 4, &asked, ("sdp", ""));
    assert!(bench.sent(true, "BYE").is_some(), "the office is hung up");
    let closed = (1..50).any(|turn| {
        bench.turn(Tick(turn * 100_000));
        bench.signalling.media_legs() == 0
    });
    assert!(closed, "{} legs are left", bench.signalling.media_legs());
}

/// One key alone, the wrong order, or nobody who was asked: nothing happens to the talk.
#[test]
fn other_keys_bring_nobody_together() {
    let mut bench = bench();
    let caller = bench.waiting(PCMA);
    bench.call("ACK", 1, &caller, "");
    bench.pick_up(PCMA);
    bench.phone("INVITE", 1, "", ("sdp", PCMA));
    let invite = bench.sent(true, "INVITE").expect("the office rings");
    bench.answers_at(true, &invite, PCMA);
    let asked = tag(&bench.sent(false, "SIP/2.0 200").expect("an answer"));
    bench.phone("ACK", 1, &asked, ("sdp", ""));
    for (nth, key) in ["3", "*", "1", "3", "*", "*", "#", "3"].into_iter().enumerate() {
        let body = format!("Signal={key}\r\nDuration=160\r\n");
        bench.phone("INFO", 2 + nth as u32, &asked, ("dtmf-relay", &body));
    }
    assert_eq!(bench.states(), [Doing::Call(call::State::Joined(AGENT))]);
}

fn wait() -> Command {
    Command::Wait { contact: CONTACT, position: 1, told: None }
}

/// The tag of To, as a parameter.
fn tag(response: &str) -> String {
    let to = response.lines().find(|line| line.starts_with("To:")).expect("To");
    let (_, tag) = to.split_once(";tag=").expect("a tag");
    format!(";tag={tag}")
}

#[test]
fn a_caller_who_never_says_where_it_listens_does_not_wait_for_an_agent() {
    let mut bench = bench();
    let tag = bench.waiting("");
    bench.call("ACK", 1, &tag, "");
    assert!(bench.sent(true, "BYE").is_some());
    assert!(bench.events.iter().any(|event| matches!(event, Event::CallerLeft { .. })));
    assert_eq!(bench.signalling.calls(), []);
}

#[test]
fn what_is_refused_at_a_telephone_is_counted() {
    let mut bench = bench();
    let (from, at) = (bench.phone.local_addr().expect("bound"), bench.at);
    for (code, sdp, refused) in
        [("*99", OFFER, "no_such_number"), ("*10", "", "no_session"), ("*10", "x", "no_session")]
    {
        let before = count(&bench, refused);
        let text = format!(
            "INVITE sip:{code}@centre.example SIP/2.0\r\n\
             Via: SIP/2.0/UDP {from};branch=z9hG4bK{before}{refused}\r\nMax-Forwards: 70\r\n\
             From: <sip:k1@h>;tag=a\r\nTo: <sip:{code}@h>\r\nCall-ID: {before}{refused}\r\n\
             CSeq: 1 INVITE\r\nContact: <sip:{from}>\r\nContent-Type: application/sdp\r\n\
             Content-Length: {}\r\n\r\n{sdp}",
            sdp.len()
        );
        bench.phone.send_to(text.as_bytes(), at).expect("sent");
        assert!(bench.sent(false, "SIP/2.0 4").is_some(), "{code}");
        assert_eq!(count(&bench, refused), before + 1, "{code} {sdp}");
    }
}

fn count(bench: &Bench, refused: &str) -> u64 {
    let mut all = bench.signalling.counters().refusals();
    all.find(|(why, _)| why.word() == refused).map_or(0, |(_, count)| count)
}

#[test]
fn an_offer_that_is_never_answered_does_not_end_every_later_change() {
    for answer in ["", "no description"] {
        let mut bench = bench();
        let tag = bench.waiting(OFFER);
        bench.call("ACK", 1, &tag, "");
        bench.call("INVITE", 2, &tag, "");
        assert!(bench.sent(true, "SIP/2.0 200").is_some());
        bench.call("ACK", 2, &tag, answer);
        bench.call("INVITE", 3, &tag, PCMA);
        let status = bench.sent(true, "SIP/2.0").expect("an answer");
        assert!(status.starts_with("SIP/2.0 200"), "{answer}: {status}");
    }
}

#[test]
fn a_caller_who_does_not_change_to_the_agent_s_codec_is_not_left_in_silence() {
    let mut bench = bench();
    let tag = bench.waiting(OFFER);
    bench.call("ACK", 1, &tag, "");
    bench.pick_up(PCMA);
    let change = bench.sent(true, "INVITE").expect("the caller is asked");
    let fields = change.lines().filter(|line| {
        ["Via", "From", "To", "Call-ID", "CSeq"].iter().any(|name| line.starts_with(name))
    });
    let fields: String = fields.map(|line| format!("{line}\r\n")).collect();
    let refusal = format!("SIP/2.0 488 No\r\n{fields}Content-Length: 0\r\n\r\n");
    bench.trunk.send_to(refusal.as_bytes(), bench.at).expect("sent");
    let unheard = bench.signalling.counters().media_refused;
    // They are mixed: the talk goes on, and the refusal is final.
    assert_eq!(bench.sent(true, "BYE"), None);
    assert_eq!(bench.sent(true, "INVITE"), None);
    let calls = bench.signalling.calls();
    let joined = |it: &CallView| matches!(it.doing, Doing::Call(call::State::Joined(_)));
    assert!(calls.len() == 1 && calls.iter().all(joined), "{calls:?}");
    assert_eq!(bench.signalling.counters().media_refused, unheard);
}

#[test]
fn a_caller_whose_ack_comes_late_is_asked_for_the_agent_s_codec_then() {
    let mut bench = bench();
    let tag = bench.waiting(OFFER);
    bench.pick_up(PCMA);
    assert_eq!(bench.sent(true, "INVITE"), None);
    bench.call("ACK", 1, &tag, "");
    let change = bench.sent(true, "INVITE").expect("the caller is asked");
    assert!(change.contains("RTP/AVP 8 "), "{change}");
}

/// Offers with keys: what stands behind `m=audio 40000 `, and a line of crypto.
fn offer(protocol: &str, key: u8) -> String {
    let digits = char::from(b'A' + key).to_string().repeat(40);
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
         m=audio 40000 {protocol} 8\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{digits}\r\n"
    )
}

fn crypto(message: &str) -> Option<&str> {
    message.lines().find(|line| line.starts_with("a=crypto:"))
}

#[test]
fn who_cannot_encrypt_is_refused_where_it_is_required_and_who_must_where_it_is_off() {
    for (srtp, sdp, taken) in [
        (SrtpUse::Required, OFFER.to_owned(), false),
        (SrtpUse::Required, offer("RTP/SAVP", 1), true),
        (SrtpUse::Required, offer("RTP/AVP", 1), true),
        (SrtpUse::Off, offer("RTP/SAVP", 1), false),
        (SrtpUse::Off, offer("RTP/AVP", 1), true),
        // In clear a key protects nothing, so none is given out.
        (SrtpUse::Offered, offer("RTP/SAVP", 1), false),
        (SrtpUse::Offered, offer("RTP/AVP", 1), true),
    ] {
        let mut bench = bench_with(srtp);
        if !taken {
            bench.call("INVITE", 1, "", &sdp);
            assert!(bench.sent(true, "SIP/2.0 488").is_some(), "{srtp:?} {sdp}");
            continue;
        }
        bench.call("INVITE", 1, "", &sdp);
        bench.order(wait());
        let answer = bench.sent(true, "SIP/2.0 200").expect("an answer");
        assert_eq!(crypto(&answer).is_some(), srtp == SrtpUse::Required, "{srtp:?} {sdp}");
    }
}

#[test]
fn our_key_stays_as_long_as_theirs_and_is_new_for_everybody() {
    let mut seen = Vec::new();
    for _ in 0..2 {
        let mut bench = bench_with(SrtpUse::Required);
        bench.call("INVITE", 1, "", &offer("RTP/SAVP", 1));
        bench.order(wait());
        let answer = bench.sent(true, "SIP/2.0 200").expect("an answer");
        let (tag, first) = (tag(&answer), crypto(&answer).expect("a key").to_owned());
        bench.call("ACK", 1, &tag, "");
        let mut keys = vec![first];
        for (cseq, key) in [(2, 1), (3, 2)] {
            bench.call("INVITE", cseq, &tag, &offer("RTP/SAVP", key));
            let answer = bench.sent(true, "SIP/2.0 200").expect("an answer");
            keys.push(crypto(&answer).expect("a key").to_owned());
            bench.call("ACK", cseq, &tag, "");
        }
        assert_eq!(keys[0], keys[1], "theirs is the same");
        assert_ne!(keys[1], keys[2], "theirs is another");
        seen.extend([keys[0].clone(), keys[2].clone()]);
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 4, "the seed is the same, and no key is");
}

#[test]
fn a_telephone_is_offered_keys_if_it_has_to_encrypt_and_no_plain_answer_is_taken() {
    let mut bench = bench_with(SrtpUse::Required);
    let _tag = bench.waiting(&offer("RTP/SAVP", 1));
    let until = Tick(0) + Micros::from_secs(30);
    bench.order(Command::Ring { agent: AGENT, contact: CONTACT, line: LineId(0), until });
    let invite = bench.sent(false, "INVITE").expect("it rings");
    assert!(invite.contains("RTP/SAVP") && invite.matches("a=crypto:").count() == 2, "{invite}");
}

#[test]
fn who_calls_for_help_is_taken_encrypted_or_not() {
    for (srtp, sdp) in [
        (SrtpUse::Required, OFFER.to_owned()),
        (SrtpUse::Off, offer("RTP/SAVP", 1)),
        (SrtpUse::Offered, offer("RTP/SAVP", 1)),
    ] {
        let mut bench = bench_at(srtp, EmergencyRoute::Trunk(0));
        let from = bench.phone.local_addr().expect("bound");
        let text = format!(
            "INVITE sip:112@centre.example SIP/2.0\r\n\
             Via: SIP/2.0/UDP {from};branch=z9hG4bKhelp\r\nMax-Forwards: 70\r\n\
             From: <sip:k1@h>;tag=a\r\nTo: <sip:112@h>\r\nCall-ID: help\r\nCSeq: 1 INVITE\r\n\
             Contact: <sip:{from}>\r\nContent-Type: application/sdp\r\n\
             Content-Length: {}\r\n\r\n{sdp}",
            sdp.len()
        );
        bench.phone.send_to(text.as_bytes(), bench.at).expect("sent");
        let out = bench.sent(true, "INVITE sip:112@").expect("help is called");
        assert_eq!(out.contains("RTP/SAVP"), srtp == SrtpUse::Required, "{out}");
    }
}

/// The value of a header field.
fn value<'m>(message: &'m str, name: &str) -> &'m str {
    let line = message.lines().find(|line| line.starts_with(name)).expect("the field");
    line.split_once(':').expect("a colon").1.trim()
}

impl Bench {
    fn acknowledges(&mut self, nth: u32, tag: &str) {
        let from = self.phone.local_addr().expect("bound");
        let text = format!(
            "ACK sip:k1@centre.example SIP/2.0\r\n\
             Via: SIP/2.0/UDP {from};branch=z9hG4bKa{nth}\r\nMax-Forwards: 70\r\n\
             From: <sip:k1@h>;tag=r\r\nTo: <sip:k1@h>{tag}\r\nCall-ID: r{nth}\r\n\
             CSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n"
        );
        self.phone.send_to(text.as_bytes(), self.at).expect("sent");
    }

    /// The agent's telephone calls anew, to take the place of this dialog: how that is answered.
    fn replaces(&mut self, nth: u32, replaces: &str) -> String {
        let (from, length) = (self.phone.local_addr().expect("bound"), PCMA.len());
        let text = format!(
            "INVITE sip:k1@centre.example SIP/2.0\r\n\
             Via: SIP/2.0/UDP {from};branch=z9hG4bKr{nth}\r\nMax-Forwards: 70\r\n\
             From: <sip:k1@h>;tag=r\r\nTo: <sip:k1@h>\r\nCall-ID: r{nth}\r\n\
             CSeq: 1 INVITE\r\nContact: <sip:{from}>\r\nRequire: replaces\r\n\
             Replaces: {replaces}\r\nContent-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n{PCMA}"
        );
        self.phone.send_to(text.as_bytes(), self.at).expect("sent");
        for _ in 0..2 {
            let said = self.sent(false, "SIP/2.0").expect("an answer");
            if said.starts_with("SIP/2.0 200") {
                self.acknowledges(nth, &tag(&said));
            }
            if !said.starts_with("SIP/2.0 100") {
                return said.split(' ').nth(1).unwrap_or_default().to_owned();
            }
        }
        String::new()
    }
}

/// RFC 3891, 3: unknown 481, early only though it is up 486, over 603; and the agent's own talk goes on.
#[test]
fn another_telephone_takes_the_place_of_the_first() {
    let mut bench = bench();
    let caller = bench.waiting(PCMA);
    bench.call("ACK", 1, &caller, "");
    let until = Tick(0) + Micros::from_secs(30);
    bench.order(Command::Ring { agent: AGENT, contact: CONTACT, line: LineId(0), until });
    let invite = bench.sent(false, "INVITE").expect("it rings");
    let (call_id, from) = (value(&invite, "Call-ID").to_owned(), value(&invite, "From").to_owned());
    let ours = from.split_once("tag=").expect("a tag").1.to_owned();
    // Nobody has what only rings.
    let names = format!("{call_id};to-tag={ours};from-tag=p");
    let early = bench.replaces(1, &names);
    assert!(early == "481" || early == "603", "{early}");
    bench.answers(&invite, PCMA);
    bench.order(Command::Connect { contact: CONTACT, agent: AGENT });

    assert_eq!(bench.replaces(2, "nobody;to-tag=1;from-tag=2"), "481");
    assert_eq!(bench.replaces(3, &format!("{call_id};to-tag=x;from-tag=p")), "481", "another tag");
    assert_eq!(bench.replaces(4, &format!("{names};early-only")), "486");
    assert_eq!(bench.replaces(5, "no value"), "400");
    let theirs = format!("c;to-tag={};from-tag=a", caller.trim_start_matches(";tag="));
    assert_eq!(bench.replaces(6, &theirs), "603", "the caller's leg is nobody's here");

    assert_eq!(bench.replaces(7, &names), "200");
    assert!(bench.sent(false, "BYE").is_some(), "the first telephone is free");
    assert_eq!(bench.signalling.calls().len(), 1, "the talk goes on");
    // A port is closed by its own thread.
    let closed = (0..50).any(|_| {
        bench.turn(Tick(0));
        bench.signalling.media_legs() == 2
    });
    assert!(closed, "the first telephone's ports are closed");
    assert!(
        !bench.events.iter().any(|it| matches!(it, Event::HangUp { .. })),
        "{:?}",
        bench.events
    );
    bench.call("BYE", 2, &caller, "");
    assert!(bench.sent(false, "BYE").is_some(), "the second telephone is free too");
    assert_eq!(bench.replaces(8, &names), "603", "over");
}

// ---- call-backs ----

/// Whose telephone answers or refuses.
enum Whose {
    Agent,
    Citizen,
}

impl Bench {
    /// A caller who asks by key and is promised a call-back; no leg is left.
    fn promised(&mut self) {
        let tag = self.waiting(PCMA);
        self.call("ACK", 1, &tag, "");
        self.call("INFO", 2, &tag, "Signal=1\r\nDuration=160\r\n");
        self.sent(true, "SIP/2.0 200").expect("INFO is answered");
        assert!(self.has_told(&Event::CallbackWanted { contact: CONTACT }));
        self.order(Command::PromiseCallback { contact: CONTACT, line: LineId(0) });
        self.sent(true, "BYE").expect("no text is there to be played");
        self.nothing_is_left();
    }

    fn has_told(&self, event: &Event) -> bool {
        self.events.contains(event)
    }

    fn ring_back(&mut self) -> String {
        let until = Tick(0) + Micros::from_secs(30);
        self.order(Command::Ring { agent: AGENT, contact: CONTACT, line: LineId(0), until });
        self.sent(false, "INVITE").expect("the agent's telephone rings")
    }

    fn call_back(&mut self) -> String {
        let until = Tick(0) + Micros::from_secs(30);
        let (contact, agent) = (CONTACT, AGENT);
        let (line, first) = (LineId(0), First::Agent);
        self.order(Command::CallBack { contact, agent, line, until, first });
        self.sent(true, "INVITE").expect("the citizen's telephone rings")
    }

    fn call_first(&mut self) -> String {
        let (contact, agent) = (CONTACT, AGENT);
        let (line, first, until) = (LineId(0), First::Caller, Tick(0) + Micros::from_secs(30));
        self.order(Command::CallBack { contact, agent, line, until, first });
        self.sent(true, "INVITE").expect("the citizen's telephone rings")
    }

    /// The agent has answered, and the citizen's telephone rings: both INVITEs.
    fn calling(&mut self) -> [String; 2] {
        self.promised();
        let agent = self.ring_back();
        self.respond(&Whose::Agent, &agent, "200 OK", PCMA);
        assert!(self.has_told(&Event::Answer { agent: AGENT, contact: CONTACT }));
        let citizen = self.call_back();
        [agent, citizen]
    }

    fn respond(&mut self, whose: &Whose, invite: &str, status: &str, sdp: &str) {
        self.respond_as("p", whose, invite, (status, sdp));
    }

    /// The same by one of several telephones to which the call was forked: each has a tag of its own.
    fn respond_as(&mut self, tag: &str, whose: &Whose, invite: &str, (status, sdp): (&str, &str)) {
        let socket = match whose {
            Whose::Agent => &self.phone,
            Whose::Citizen => &self.trunk,
        };
        let names = ["Via", "From", "Call-ID", "CSeq"];
        let fields = invite.lines().filter(|line| names.iter().any(|name| line.starts_with(name)));
        let fields: String = fields.map(|line| format!("{line}\r\n")).collect();
        let to = invite.lines().find(|line| line.starts_with("To:")).expect("To");
        let (local, length) = (socket.local_addr().expect("bound"), sdp.len());
        let text = format!(
            "SIP/2.0 {status}\r\n{fields}{to};tag={tag}\r\nContact: <sip:k1@{local}>\r\n\
             Content-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n{sdp}"
        );
        socket.send_to(text.as_bytes(), self.at).expect("sent");
        self.turn(Tick(0));
        self.turn(Tick(0));
    }

    /// A BYE of somebody whom we called.
    fn hangs_up(&mut self, whose: &Whose, invite: &str) {
        let socket = match whose {
            Whose::Agent => &self.phone,
            Whose::Citizen => &self.trunk,
        };
        let value = |name: &str| {
            let line = invite.lines().find(|line| line.starts_with(name)).expect("a field");
            line.split_once(": ").expect("a value").1.to_owned()
        };
        let local = socket.local_addr().expect("bound");
        let text = format!(
            "BYE sip:centre@{at} SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bKbye{port}\r\n\
             Max-Forwards: 70\r\nFrom: {to};tag=p\r\nTo: {from}\r\nCall-ID: {call}\r\n\
             CSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n",
            at = self.at,
            port = local.port(),
            to = value("To:"),
            from = value("From:"),
            call = value("Call-ID:"),
        );
        socket.send_to(text.as_bytes(), self.at).expect("sent");
        self.turn(Tick(0));
        self.turn(Tick(0));
    }

    fn nothing_is_left(&mut self) {
        // Media threads close ports in their own time, and are woken for that a little later.
        for _ in 0..50 {
            self.turn(Tick(0) + telephony::media::limits::PATIENCE);
            if self.signalling.media_legs() == 0 {
                break;
            }
        }
        let (calls, legs) = (self.signalling.calls().len(), self.signalling.media_legs());
        assert_eq!((calls, legs, self.signalling.trunks()[0].calls), (0, 0, 0));
    }
}

#[test]
fn both_hear_each_other_after_a_call_back() {
    let mut bench = bench();
    let [agent, citizen] = bench.calling();
    assert!(agent.contains("Rückruf: Kreis") && agent.contains("+4940123456"), "{agent}");
    assert!(citizen.starts_with("INVITE sip:+4940123456@"), "{citizen}");
    assert!(citizen.contains("P-Asserted-Identity: <sip:115@"), "{citizen}");
    bench.respond(&Whose::Citizen, &citizen, "200 OK", PCMA);
    assert!(bench.has_told(&Event::CallbackReached { contact: CONTACT }));
    bench.order(Command::Connect { contact: CONTACT, agent: AGENT });
    let calls = bench.signalling.calls();
    let joined = telephony::signalling::Doing::Call(call::State::Joined(AGENT));
    assert_eq!(calls.iter().map(|it| it.doing).collect::<Vec<_>>(), [joined]);
    bench.hangs_up(&Whose::Agent, &agent);
    assert!(bench.has_told(&Event::HangUp { agent: AGENT }));
    bench.order(Command::Release { contact: CONTACT });
    assert!(bench.sent(true, "BYE").is_some());
    bench.nothing_is_left();
}

/// The citizen's telephone rings first, and no agent's; who answers is on the line, and the agent's rings.
#[test]
fn who_is_called_first_waits_for_the_agent() {
    let mut bench = bench();
    bench.promised();
    let citizen = bench.call_first();
    assert!(bench.sent(false, "INVITE").is_none(), "no agent's telephone rings yet");
    bench.respond(&Whose::Citizen, &citizen, "200 OK", PCMA);
    assert!(bench.has_told(&Event::CallbackReached { contact: CONTACT }));
    let alone = telephony::signalling::Doing::Call(call::State::Alone);
    let calls = bench.signalling.calls();
    assert_eq!(calls.iter().map(|it| it.doing).collect::<Vec<_>>(), [alone]);
    let until = Tick(0) + Micros::from_secs(30);
    bench.order(Command::Ring { agent: AGENT, contact: CONTACT, line: LineId(0), until });
    let agent = bench.sent(false, "INVITE").expect("the agent's telephone rings");
    bench.respond(&Whose::Agent, &agent, "200 OK", PCMA);
    assert!(bench.has_told(&Event::Answer { agent: AGENT, contact: CONTACT }));
    bench.order(Command::Connect { contact: CONTACT, agent: AGENT });
    bench.hangs_up(&Whose::Citizen, &citizen);
    let parting = acd::contact::Parting::HungUp;
    assert!(bench.has_told(&Event::CallerLeft { contact: CONTACT, parting }));
    assert!(bench.sent(false, "BYE").is_some());
    bench.nothing_is_left();
}

/// Busy, stopped while it rings, and stopped in the moment of the answer: no leg is left, and the promise stands.
#[test]
fn who_is_called_first_and_not_reached_leaves_nothing() {
    let mut bench = bench();
    bench.promised();
    let citizen = bench.call_first();
    bench.respond(&Whose::Citizen, &citizen, "486 Busy Here", "");
    let (contact, why) = (CONTACT, NotReached::Busy);
    assert!(bench.has_told(&Event::CallbackNotReached { contact, why }));
    bench.nothing_is_left();

    let citizen = bench.call_first();
    bench.respond(&Whose::Citizen, &citizen, "180 Ringing", "");
    bench.order(Command::StopCallback { contact: CONTACT });
    assert!(bench.sent(true, "CANCEL").is_some());
    bench.respond(&Whose::Citizen, &citizen, "487 Request Terminated", "");
    bench.nothing_is_left();

    let citizen = bench.call_first();
    bench.respond(&Whose::Citizen, &citizen, "200 OK", PCMA);
    bench.order(Command::StopCallback { contact: CONTACT });
    assert!(bench.sent(true, "BYE").is_some());
    bench.nothing_is_left();
    // The promise is still known: the agent's telephone rings for a call-back.
    assert!(bench.ring_back().contains("Rückruf: Kreis"));
}

/// Nobody is called who would find nobody.
#[test]
fn nobody_is_called_first_for_an_agent_without_a_telephone() {
    let mut bench = bench();
    bench.promised();
    let (contact, agent) = (CONTACT, AgentId(7));
    let (line, first, until) = (LineId(0), First::Caller, Tick(0) + Micros::from_secs(30));
    bench.order(Command::CallBack { contact, agent, line, until, first });
    assert!(bench.sent(true, "INVITE").is_none());
    assert!(bench.has_told(&Event::Unreachable { agent, contact }));
    bench.nothing_is_left();
}

#[test]
fn a_call_back_that_is_turned_down_leaves_nothing() {
    let mut bench = bench();
    bench.promised();
    let agent = bench.ring_back();
    bench.respond(&Whose::Agent, &agent, "486 Busy Here", "");
    assert!(bench.has_told(&Event::Decline { agent: AGENT, contact: CONTACT }));
    bench.nothing_is_left();
    // Another time it is taken back while it rings, and the answer crosses.
    let agent = bench.ring_back();
    bench.order(Command::StopRinging { agent: AGENT, contact: CONTACT });
    bench.respond(&Whose::Agent, &agent, "200 OK", PCMA);
    assert!(bench.sent(false, "BYE").is_some(), "who answers too late is hung up");
    bench.nothing_is_left();
}

#[test]
fn a_citizen_who_is_busy_frees_the_agent() {
    let mut bench = bench();
    let [_, citizen] = bench.calling();
    bench.respond(&Whose::Citizen, &citizen, "486 Busy Here", "");
    let (contact, why) = (CONTACT, NotReached::Busy);
    assert!(bench.has_told(&Event::CallbackNotReached { contact, why }));
    assert!(bench.sent(false, "BYE").is_some());
    bench.nothing_is_left();
}

#[test]
fn an_agent_who_hangs_up_takes_the_citizen_s_call_back() {
    let mut bench = bench();
    let [agent, citizen] = bench.calling();
    bench.respond(&Whose::Citizen, &citizen, "180 Ringing", "");
    bench.hangs_up(&Whose::Agent, &agent);
    assert!(bench.has_told(&Event::HangUp { agent: AGENT }));
    assert!(bench.sent(true, "CANCEL").is_some());
    // The answer crosses: nobody is left to talk to.
    bench.respond(&Whose::Citizen, &citizen, "200 OK", PCMA);
    assert!(bench.sent(true, "BYE").is_some());
    assert!(!bench.has_told(&Event::CallbackReached { contact: CONTACT }));
    bench.nothing_is_left();
}

#[test]
fn a_citizen_who_hangs_up_before_both_are_connected_is_told_of_a_talk() {
    let mut bench = bench();
    let [_, citizen] = bench.calling();
    bench.respond(&Whose::Citizen, &citizen, "200 OK", PCMA);
    bench.hangs_up(&Whose::Citizen, &citizen);
    let parting = acd::contact::Parting::HungUp;
    assert!(bench.has_told(&Event::CallerLeft { contact: CONTACT, parting }));
    assert!(bench.sent(false, "BYE").is_some());
    bench.order(Command::Connect { contact: CONTACT, agent: AGENT });
    bench.nothing_is_left();
}

#[test]
fn a_call_back_that_is_stopped_ends_on_both_sides() {
    let mut bench = bench();
    let [_, citizen] = bench.calling();
    bench.respond(&Whose::Citizen, &citizen, "200 OK", PCMA);
    bench.order(Command::StopCallback { contact: CONTACT });
    assert!(bench.sent(true, "BYE").is_some());
    assert!(bench.sent(false, "BYE").is_some());
    bench.nothing_is_left();
}

#[test]
fn a_day_s_call_backs_are_counted_with_the_calls_that_leave() {
    let mut bench = bench();
    bench.promised();
    let until = Tick(0) + Micros::from_secs(30);
    // The bench's trunk lets three leave.
    for left in [3, 2, 1, 0] {
        let agent = bench.ring_back();
        bench.respond(&Whose::Agent, &agent, "200 OK", PCMA);
        let (contact, agent) = (CONTACT, AGENT);
        let (line, first) = (LineId(0), First::Agent);
        bench.order(Command::CallBack { contact, agent, line, until, first });
        assert_eq!(bench.sent(true, "INVITE").is_some(), left > 0, "{left} left");
        bench.order(Command::StopCallback { contact });
    }
    let (contact, why) = (CONTACT, NotReached::Unreachable);
    assert!(bench.has_told(&Event::CallbackNotReached { contact, why }));
}

// ---- what is heard before the answer ----

impl Bench {
    /// The telephone dials an office outside; the INVITE that leaves.
    fn dials_outside(&mut self, more: &str) -> String {
        self.dials_with(more, PCMA)
    }

    fn dials_with(&mut self, more: &str, sdp: &str) -> String {
        let (from, length) = (self.phone.local_addr().expect("bound"), sdp.len());
        let text = format!(
            "INVITE sip:+4940123456@centre.example SIP/2.0\r\n\
             Via: SIP/2.0/UDP {from};branch=z9hG4bKearly\r\nMax-Forwards: 70\r\n\
             From: <sip:k1@h>;tag=e\r\nTo: <sip:+4940123456@h>\r\nCall-ID: early\r\n\
             CSeq: 1 INVITE\r\nContact: <sip:{from}>\r\n{more}\
             Content-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n{sdp}"
        );
        self.phone.send_to(text.as_bytes(), self.at).expect("sent");
        self.sent(true, "INVITE").expect("the office's telephone rings")
    }

    /// All of these say their byte to where this description wants it, until `hears` has heard this one, and
    /// nothing else, five times in a row.
    fn until_heard(&mut self, speaking: &mut [Sound], to: &str, hears: &Sound, byte: u8) {
        let mut in_a_row = 0;
        for _ in 0..500 {
            speaking.iter_mut().for_each(|it| it.say(to));
            self.turn(Tick(0));
            // Others carry the sound.
            std::thread::park_timeout(Duration::from_millis(5));
            for payload in hears.heard() {
                in_a_row = if payload == [byte; 160] { in_a_row + 1 } else { 0 };
            }
            if in_a_row >= 5 {
                return;
            }
        }
        panic!("{byte:#x} is not heard");
    }
}

/// A port for sound at which one codec is spoken: one byte, again and again.
struct Sound {
    socket: UdpSocket,
    codec: u8,
    byte: u8,
    sequence: u16,
}

impl Sound {
    fn new(codec: u8, byte: u8) -> Sound {
        let (socket, _) = peer();
        Sound { socket, codec, byte, sequence: 0 }
    }

    fn sdp(&self) -> String {
        let port = self.socket.local_addr().expect("bound").port();
        PCMA.replace("40002 RTP/AVP 8", &format!("{port} RTP/AVP {}", self.codec))
    }

    fn say(&mut self, to: &str) {
        self.sequence += 1;
        let (payload_type, sequence) = (self.codec, self.sequence);
        let (timestamp, ssrc) = (u32::from(sequence) * 160, u32::from(self.byte));
        let header = rtp::Header { marker: false, payload_type, sequence, timestamp, ssrc };
        let mut datagram = [0; 1_500];
        let length = rtp::Outgoing::new(header, &[self.byte; 160]).write(&mut datagram);
        let to = SocketAddr::from(([127, 0, 0, 1], port_of(to)));
        self.socket.send_to(&datagram[..length.expect("it fits")], to).expect("sent");
    }

    fn heard(&self) -> Vec<Vec<u8>> {
        let mut datagram = [0; 1_500];
        let mut heard = Vec::new();
        while let Ok(length) = self.socket.recv(&mut datagram) {
            let packet = rtp::Packet::parse(&datagram[..length]).expect("RTP");
            assert_eq!(packet.header.payload_type, self.codec);
            heard.push(packet.payload.to_vec());
        }
        heard
    }
}

/// The port in the description of a message.
fn port_of(message: &str) -> u16 {
    let (_, media) = message.split_once("m=audio ").expect("sound");
    media.split(' ').next().expect("a port").parse().expect("a number")
}

fn body(message: &str) -> &str {
    message.split_once("\r\n\r\n").expect("an end of the head").1
}

/// RFC 3960, RFC 5009: who dialled hears it before the answer, and the answer says what was said then.
#[test]
fn what_an_office_plays_before_it_answers_is_handed_on() {
    let mut bench = bench();
    let office = bench.dials_outside("P-Early-Media: supported\r\n");
    assert!(office.contains("P-Early-Media: supported"), "{office}");
    bench.respond(&Whose::Citizen, &office, "183 Session Progress", PCMA);
    let early = bench.sent(false, "SIP/2.0 183").expect("handed on");
    assert!(early.contains("P-Early-Media: sendonly"), "{early}");
    // Another description changes what is heard, and nothing that was said.
    bench.respond(&Whose::Citizen, &office, "183 Session Progress", PCMA);
    assert!(bench.sent(false, "SIP/2.0 183").is_none(), "said once");
    bench.respond(&Whose::Citizen, &office, "200 OK", PCMA);
    let answer = bench.sent(false, "SIP/2.0 200").expect("answered");
    assert_eq!(body(&answer), body(&early));
}

/// The call was forked: one telephone plays, rings on, and another one begins to play; a third one answers and speaks
/// another codec. Who dialled hears the last one each time, and is heard nowhere until the answer.
#[test]
fn the_last_one_that_plays_is_heard_and_the_answer_may_differ() {
    let mut bench = bench();
    let mut caller = Sound::new(8, 0x55);
    let (first, second, third) = (Sound::new(8, 0x11), Sound::new(8, 0x22), Sound::new(0, 0x33));
    let office = bench.dials_with("", &caller.sdp());
    let (out, citizen) = (office.clone(), Whose::Citizen);
    bench.respond_as("a", &citizen, &office, ("183 Session Progress", &first.sdp()));
    let early = bench.sent(false, "SIP/2.0 183").expect("handed on");
    let mut speaking = [first, second, third];
    bench.until_heard(&mut speaking[..1], &out, &caller, 0x11);
    bench.respond_as("a", &citizen, &office, ("180 Ringing", ""));
    bench.until_heard(&mut speaking[..1], &out, &caller, 0x11);
    bench.respond_as("b", &citizen, &office, ("183 Session Progress", &speaking[1].sdp()));
    bench.until_heard(&mut speaking[..2], &out, &caller, 0x22);
    caller.say(&early);
    bench.turn(Tick(0));
    assert!(speaking.iter().all(|it| it.heard().is_empty()), "heard before the answer");
    bench.respond_as("c", &citizen, &office, ("200 OK", &speaking[2].sdp()));
    let answer = bench.sent(false, "SIP/2.0 200").expect("answered");
    assert_eq!(body(&answer), body(&early));
    let spoken = rtp::g711::ULAW_TO_ALAW[0x33];
    bench.until_heard(&mut speaking, &out, &caller, spoken);
    let heard = rtp::g711::ALAW_TO_ULAW[0x55];
    let [.., third] = &speaking;
    bench.until_heard(std::slice::from_mut(&mut caller), &early, third, heard);
}

/// The leg that played is turned down: who dialled is told, and nothing is left.
#[test]
fn who_was_heard_before_the_answer_may_turn_the_call_down() {
    let mut bench = bench();
    let office = bench.dials_outside("");
    bench.respond(&Whose::Citizen, &office, "183 Session Progress", PCMA);
    let early = bench.sent(false, "SIP/2.0 183").expect("handed on");
    assert!(!early.contains("P-Early-Media"), "{early}");
    bench.respond(&Whose::Citizen, &office, "486 Busy Here", "");
    assert!(bench.sent(false, "SIP/2.0 486").is_some());
    bench.nothing_is_left();
}

/// In the moment between the answer and the centre's word the agent hangs up. The centre takes the two for talking by
/// then; the caller has heard nobody, and waits on.
#[test]
fn whom_an_agent_leaves_before_both_are_connected_waits_on() {
    let mut bench = bench();
    let caller = bench.waiting(PCMA);
    bench.call("ACK", 1, &caller, "");
    let until = Tick(0) + Micros::from_secs(30);
    bench.order(Command::Ring { agent: AGENT, contact: CONTACT, line: LineId(0), until });
    let invite = bench.sent(false, "INVITE").expect("it rings");
    bench.respond(&Whose::Agent, &invite, "200 OK", PCMA);
    assert!(bench.has_told(&Event::Answer { agent: AGENT, contact: CONTACT }));
    bench.hangs_up(&Whose::Agent, &invite);
    let to = centre::TransferTo::Line(LineId(0));
    let waits_on = Event::BlindTransfer { agent: AGENT, to };
    assert!(bench.has_told(&waits_on), "{:?}", bench.events);
    bench.order(Command::Connect { contact: CONTACT, agent: AGENT });
    bench.order(Command::LetGo { contact: CONTACT, agent: AGENT });
    bench.order(Command::WaitAgain { contact: CONTACT, position: 1 });
    assert_eq!(bench.sent(true, "BYE"), None);
    bench.order(Command::Release { contact: CONTACT });
    assert!(bench.sent(true, "BYE").is_some());
    bench.nothing_is_left();
}

/// After a transfer that worked the next agent's hang-up is a goodbye, whatever the REFER before it was about.
#[test]
fn whoever_takes_over_says_goodbye_by_hanging_up() {
    let mut bench = bench();
    let caller = bench.waiting(PCMA);
    bench.call("ACK", 1, &caller, "");
    let invite = bench.ring_back();
    bench.respond(&Whose::Agent, &invite, "200 OK", PCMA);
    bench.order(Command::Connect { contact: CONTACT, agent: AGENT });
    bench.refers(&invite, "sip:115@centre.example");
    let to = centre::TransferTo::Line(LineId(0));
    assert!(bench.has_told(&Event::BlindTransfer { agent: AGENT, to }), "{:?}", bench.events);
    bench.order(Command::LetGo { contact: CONTACT, agent: AGENT });
    assert!(bench.sent(false, "BYE").is_some(), "the agent is let go");
    bench.order(Command::WaitAgain { contact: CONTACT, position: 1 });

    bench.events.clear();
    let invite = bench.ring_back();
    bench.respond(&Whose::Agent, &invite, "200 OK", PCMA);
    bench.order(Command::Connect { contact: CONTACT, agent: AGENT });
    bench.hangs_up(&Whose::Agent, &invite);
    assert!(bench.has_told(&Event::HangUp { agent: AGENT }), "{:?}", bench.events);
    assert!(!bench.has_told(&Event::BlindTransfer { agent: AGENT, to }), "{:?}", bench.events);
}

impl Bench {
    /// The agent's telephone, which we called by this INVITE, hands the caller on.
    fn refers(&mut self, invite: &str, to: &str) {
        let local = self.phone.local_addr().expect("bound");
        let text = format!(
            "REFER sip:centre@{at} SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bKrefer\r\n\
             Max-Forwards: 70\r\nFrom: {from};tag=p\r\nTo: {ours}\r\nCall-ID: {call}\r\n\
             CSeq: 1 REFER\r\nContact: <sip:k1@{local}>\r\nRefer-To: <{to}>\r\nContent-Length: 0\r\n\r\n",
            at = self.at,
            from = value(invite, "To"),
            ours = value(invite, "From"),
            call = value(invite, "Call-ID"),
        );
        self.phone.send_to(text.as_bytes(), self.at).expect("sent");
        assert!(self.sent(false, "SIP/2.0 202").is_some(), "the REFER is taken");
    }
}

fn account(password: &[u8]) -> TrunkAccount {
    let username = stdx::Redacted::new(b"harburg".to_vec());
    let password = stdx::Redacted::new(password.to_vec());
    TrunkAccount {
        registrar: "tel.example".to_owned(),
        user: "+494171693000".to_owned(),
        credentials: Some(Credentials { username, password }),
        expires: 600,
        bulk: false,
    }
}

impl Bench {
    /// The registrar grants a REGISTER.
    fn grants(&mut self, register: &str) {
        let fields = register.lines().filter(|line| {
            let names = ["Via", "From", "To", "Call-ID", "CSeq", "Contact", "Expires"];
            names.iter().any(|name| line.starts_with(name))
        });
        let fields: String = fields.map(|line| format!("{line}\r\n")).collect();
        let text = format!("SIP/2.0 200 OK\r\n{fields}Content-Length: 0\r\n\r\n");
        self.trunk.send_to(text.as_bytes(), self.at).expect("sent");
        self.turn(Tick(0));
    }

    fn is_registered(&self, trunk: usize) -> bool {
        self.signalling.trunks()[trunk].registration.is_some_and(|it| it.is_registered)
    }
}

/// The registrar may hear a farewell after the REGISTER that follows it, and both have one Contact: so there is none.
#[test]
fn an_account_that_changes_says_no_farewell_to_what_stays() {
    let ((trunk, trunk_at), (phone, phone_at)) = (peer(), peer());
    let mut setup = setup_at(SrtpUse::Off, EmergencyRoute::Unknown, trunk_at, phone_at);
    let other = Trunk { id: "other".to_owned(), peers: Vec::new(), ..setup.trunks[0].clone() };
    setup.trunks.insert(0, other);
    setup.trunks[1].account = Some(account(b"old"));
    let mut bench = Bench::start(setup.clone(), trunk, phone);
    let first = bench.sent(true, "REGISTER").expect("it registers");
    bench.grants(&first);
    assert!(bench.is_registered(1));

    // Another password: it registers anew, and says nothing else.
    setup.trunks[1].account = Some(account(b"new"));
    bench.signalling.adopt(setup.clone());
    let second = bench.sent(true, "REGISTER").expect("it registers anew");
    assert_eq!(value(&second, "Expires"), "600", "{second}");
    assert_ne!(value(&second, "Call-ID"), value(&first, "Call-ID"));
    bench.grants(&second);
    assert_eq!(bench.sent(true, "REGISTER"), None);
    assert!(bench.is_registered(1));

    // The trunk before it goes: the registration stays, at another place.
    setup.trunks.remove(0);
    bench.signalling.adopt(setup.clone());
    assert_eq!(bench.sent(true, "REGISTER"), None);
    assert!(bench.is_registered(0));

    // Another number: the one before takes its leave.
    let user = "+494171693999".to_owned();
    setup.trunks[0].account = Some(TrunkAccount { user, ..account(b"new") });
    bench.signalling.adopt(setup);
    let said: Vec<String> = (0..2).filter_map(|_| bench.sent(true, "REGISTER")).collect();
    let farewells = said.iter().filter(|it| value(it, "Expires") == "0");
    assert_eq!((said.len(), farewells.count()), (2, 1), "{said:?}");
}

impl Bench {
    /// The telephone watches another: how that is answered, and which one ends by it.
    fn watches(&mut self, nth: usize, whom: &str) -> (String, Option<String>) {
        let from = self.phone.local_addr().expect("bound");
        let text = format!(
            "SUBSCRIBE sip:{whom}@centre.example SIP/2.0\r\n\
             Via: SIP/2.0/UDP {from};branch=z9hG4bKw{nth}\r\nMax-Forwards: 70\r\n\
             From: <sip:k1@h>;tag=w\r\nTo: <sip:{whom}@h>\r\nCall-ID: w{nth}x\r\n\
             CSeq: 1 SUBSCRIBE\r\nContact: <sip:k1@{from}>\r\nEvent: dialog\r\n\
             Accept: application/dialog-info+xml\r\nExpires: 3600\r\nContent-Length: 0\r\n\r\n"
        );
        self.phone.send_to(text.as_bytes(), self.at).expect("sent");
        let mut ended = None;
        loop {
            let said = self.sent(false, "").expect("an answer");
            if said.starts_with("SIP/2.0") {
                return (said.split(' ').nth(1).unwrap_or_default().to_owned(), ended);
            }
            if value(&said, "Subscription-State") == "terminated;reason=rejected" {
                assert_eq!(ended.replace(value(&said, "Call-ID").to_owned()), None);
            }
        }
    }
}

/// A console that starts anew forgets what it watched, and we do not hear of that.
#[test]
fn a_console_that_starts_anew_has_its_lamps_again() {
    const BOUND: usize = 64;
    let ((trunk, trunk_at), (phone, phone_at)) = (peer(), peer());
    let mut setup = setup_at(SrtpUse::Off, EmergencyRoute::Unknown, trunk_at, phone_at);
    for nth in 2..=42 {
        let more =
            Phone { id: format!("k{nth}"), at: None, agent: None, ..setup.phones[0].clone() };
        setup.phones.push(more);
    }
    let mut bench = Bench::start(setup, trunk, phone);
    let key = |nth: usize| format!("k{}", 2 + nth % 40);
    for nth in 0..BOUND {
        assert_eq!(bench.watches(nth, &key(nth)), ("200".to_owned(), None));
    }
    assert_eq!(bench.signalling.lamps(), BOUND);
    // The rest of the second start, and a third one: of each key the oldest ends.
    for nth in BOUND..3 * 40 {
        // 24 keys came twice before the bound; of the others the one before is the only one.
        let oldest = if (80..104).contains(&nth) { nth - 80 } else { nth - 40 };
        let expected = ("200".to_owned(), Some(format!("w{oldest}x")));
        assert_eq!(bench.watches(nth, &key(nth)), expected);
        assert_eq!(bench.signalling.lamps(), BOUND);
    }
    // A key that shows something else has no older one.
    assert_eq!(bench.watches(3 * 40, "k42"), ("503".to_owned(), None));
    assert_eq!(bench.signalling.lamps(), BOUND);
}
