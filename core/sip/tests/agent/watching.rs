// SPDX-License-Identifier: EUPL-1.2
//! Telephones that watch others: what a SUBSCRIBE leads to, and when they are told.

use super::*;
use sip::agent::limits::SUBSCRIPTIONS_MAX;
use sip::agent::{Ceasing, Event, Lamp, UserAgent, Watched};
use sip::message::{Message, parse_datagram};
use stdx::{Rng, Tick};

/// A SUBSCRIBE with these fields, in its dialog once we have answered.
fn subscribe_with(cseq: u32, to: &str, fields: &str) -> String {
    format!(
        "SUBSCRIBE sip:k2@centre.example SIP/2.0
Via: SIP/2.0/UDP 192.0.2.99:5060;branch=z9hG4bKs{cseq}
Max-Forwards: 70
From: <sip:k1@centre.example>;tag=watcher
To: <sip:k2@centre.example>{to}
Call-ID: lamp@k1
CSeq: {cseq} SUBSCRIBE
{fields}Content-Length: 0

"
    )
}

const USUAL: &str = "Contact: <sip:k1@192.0.2.99>
Event: dialog
Accept: application/dialog-info+xml
";

fn subscribe(cseq: u32, expires: u32) -> String {
    subscribe_with(cseq, "", &format!("{USUAL}Expires: {expires}\n"))
}

/// In the dialog that the 200 to the first one made.
fn again(to: &str, cseq: u32, expires: u32) -> String {
    let tag = to.split_once(";tag=").map_or("", |(_, tag)| tag);
    subscribe_with(cseq, &format!(";tag={tag}"), &format!("{USUAL}Expires: {expires}\n"))
}

fn watched(lamp: Lamp) -> Watched {
    Watched { entity: b"sip:k2@centre.example".to_vec(), name: b"k2".to_vec(), lamp }
}

fn accept(ladder: &mut Ladder, lamp: Lamp) {
    let id = ladder.subscription.expect("somebody subscribes");
    ladder.user("accept", |agent, now| agent.accept_subscription(now, id, watched(lamp)));
}

fn show(ladder: &mut Ladder, lamp: Lamp) {
    let id = ladder.subscription.expect("somebody subscribes");
    ladder.user(&format!("{lamp:?}"), |agent, now| agent.show(now, id, lamp));
}

fn ok(ladder: &mut Ladder) {
    ladder.peer(&response("our", "200 OK", "", ""));
}

/// Somebody watches, and has taken the first NOTIFY; with the To of the dialog.
fn watching(title: &str) -> (Ladder, String) {
    let mut ladder = Ladder::new(title);
    // Where nothing is repeated.
    (ladder.flow.transport, ladder.flow.connection) = (Transport::Tcp, Some(1));
    ladder.peer(&subscribe(1, 300));
    accept(&mut ladder, Lamp::Idle);
    let to = ladder.response_to();
    ok(&mut ladder);
    (ladder, to)
}

#[test]
fn a_telephone_is_watched() {
    let title = "# Telephones that watch others. Written by tests/agent.\n";
    golden::compare("agent/watching.txt", &(title.to_owned() + &told() + &ended() + &refused()));
}

fn told() -> String {
    let mut text = String::new();
    let mut basic = Ladder::new("rings, talks, is free again").whole();
    basic.peer(&subscribe(1, 300));
    accept(&mut basic, Lamp::Idle);
    let to = basic.response_to();
    ok(&mut basic);
    basic.wait(5_000);
    show(&mut basic, Lamp::Ringing);
    ok(&mut basic);
    basic.wait(5_000);
    basic.peer(&again(&to, 2, 0));
    ok(&mut basic);
    text += &basic.end();

    let (mut fast, _) = watching("what changes within a second comes together");
    show(&mut fast, Lamp::Ringing);
    show(&mut fast, Lamp::Talking);
    fast.wait(1_500);
    ok(&mut fast);
    show(&mut fast, Lamp::Idle);
    fast.wait(2_000);
    ok(&mut fast);
    text += &fast.end();

    let (mut slow, _) = watching("no second NOTIFY before the first has its answer");
    slow.wait(2_000);
    show(&mut slow, Lamp::Ringing);
    slow.wait(1_200);
    show(&mut slow, Lamp::Talking);
    slow.wait(1_200);
    ok(&mut slow);
    ok(&mut slow);
    text += &slow.end();

    let (mut refreshed, to) = watching("refreshed, with another Contact");
    refreshed.wait(200_000);
    let tag = to.split_once(";tag=").map_or("", |(_, tag)| tag).to_owned();
    let fields = "Contact: <sip:k1@192.0.2.98>\nEvent: dialog\n";
    refreshed.peer(&subscribe_with(2, &format!(";tag={tag}"), fields));
    ok(&mut refreshed);
    refreshed.wait(200_000);
    show(&mut refreshed, Lamp::Calling);
    ok(&mut refreshed);
    text + &refreshed.end()
}

fn ended() -> String {
    let mut text = String::new();
    let mut once = Ladder::new("only asked once, with an id");
    once.peer(&subscribe_with(
        1,
        "",
        &format!("{USUAL}Expires: 0\n").replace("dialog\n", "dialog;id=7\n"),
    ));
    accept(&mut once, Lamp::Talking);
    ok(&mut once);
    text += &once.end();

    let (expired, _) = watching("expires");
    text += &expired.end();

    let (mut gone, _) = watching("does not know the subscription any more");
    gone.wait(2_000);
    show(&mut gone, Lamp::Ringing);
    gone.peer(&response("our", "481 Gone", "", ""));
    show(&mut gone, Lamp::Talking);
    text += &gone.end();

    let (mut dead, _) = watching("answers no more");
    dead.wait(2_000);
    show(&mut dead, Lamp::Ringing);
    text += &dead.end();

    let (mut we, _) = watching("we leave, with a NOTIFY under way");
    let id = we.subscription.expect("somebody subscribes");
    we.wait(2_000);
    show(&mut we, Lamp::Ringing);
    we.user("leave", |agent, now| agent.cease(now, id, Ceasing::Probation));
    ok(&mut we);
    text + &we.end()
}

fn refused() -> String {
    let mut text = String::new();
    let contact = "Contact: <sip:k1@192.0.2.99>\n";
    for (title, fields) in [
        ("another event", format!("{contact}Event: presence\n")),
        ("no event", contact.to_owned()),
        ("no Contact", "Event: dialog\n".to_owned()),
        (
            "takes another document",
            format!("{contact}Event: dialog\nAccept: application/pidf+xml\n"),
        ),
        ("for too short", format!("{USUAL}Expires: 59\n")),
        ("an id that cannot be written", format!("{contact}Event: dialog;id=a b\n")),
    ] {
        let mut ladder = Ladder::new(title);
        ladder.peer(&subscribe_with(1, "", &fields));
        text += &ladder.end();
    }
    let mut stale = Ladder::new("a refresh of what nobody knows");
    stale.peer(&again("<sip:k2@centre.example>;tag=old", 2, 300));
    text += &stale.end();

    let mut nobody = Ladder::new("no such telephone");
    nobody.peer(&subscribe(1, 300));
    let id = nobody.subscription.expect("somebody subscribes");
    nobody.user("refuse", |agent, now| agent.refuse_subscription(now, id, status(404)));
    text += &nobody.end();

    let mut unanswered = Ladder::new("the user does not answer");
    unanswered.peer(&subscribe(1, 300));
    text += &unanswered.end();

    let (mut disordered, to) = watching("out of order, and something else in its dialog");
    disordered.peer(&again(&to, 1, 300).replace("branch=z9hG4bKs1", "branch=z9hG4bKs9"));
    disordered.peer(&again(&to, 3, 300).replace("SUBSCRIBE", "INFO"));
    text += &disordered.end();

    let mut draining = Ladder::new("while we leave");
    draining.agent.drain(true);
    draining.peer(&subscribe(1, 300));
    text + &draining.end()
}

/// One more than there is room for is asked to come back, and nothing is kept of it.
#[test]
fn at_the_bound_nobody_more_may_watch() {
    let mut agent = UserAgent::new(Config::default(), Rng::new(115));
    let now = Tick(1_000_000);
    for number in 0..=SUBSCRIPTIONS_MAX {
        let request = subscribe(1, 300)
            .replace("lamp@k1", &format!("lamp{number}@k1"))
            .replace("z9hG4bKs1", &format!("z9hG4bK{number}"))
            .replace('\n', "\r\n");
        agent.receive(now, flow(), request.as_bytes());
        while let Some(event) = agent.poll_event() {
            if let Event::Subscribe(id, _) = event {
                agent.accept_subscription(now, id, watched(Lamp::Idle)).expect("it waits");
            }
        }
    }
    assert_eq!(agent.subscriptions(), SUBSCRIPTIONS_MAX);
    let sent: Vec<_> = std::iter::from_fn(|| agent.poll_transmit()).collect();
    let last = String::from_utf8_lossy(&sent.last().expect("an answer").bytes).into_owned();
    assert!(last.starts_with("SIP/2.0 503") && last.contains("Retry-After: 10"), "{last}");
}

/// Whatever comes in whatever order: documents are numbered without a gap, who watches is told once that it is over,
/// and in the end nothing is left.
#[test]
fn in_any_order_documents_are_numbered_and_nothing_is_left() {
    let rng = Rng::new(4_235);
    for round in 0..300 {
        let mut any = Anybody::new(rng.split(round));
        any.says(&subscribe(1, 300));
        any.settles(round);
        for cseq in 2..60 {
            any.now = any.now + Micros::from_millis(any.rng.below(900));
            any.agent.elapse(any.now);
            match any.rng.below(6) {
                0 => {
                    let expires = [0, 60, 600][any.rng.below(3) as usize];
                    any.says(&again(&any.to.clone(), cseq, expires));
                }
                1..=3 => any.changes(),
                _ => {}
            }
            any.settles(round);
        }
        let expected: Vec<u32> = (0..any.versions.len() as u32).collect();
        assert_eq!(any.versions, expected, "round {round}");
        for _ in 0..2_000 {
            any.now = any.now + Micros::from_secs(2);
            any.agent.elapse(any.now);
            any.settles(round);
        }
        assert!(any.agent.is_idle() && any.is_over, "round {round}: something is left");
    }
}

/// One who watches, and may answer or not.
struct Anybody {
    agent: UserAgent,
    rng: Rng,
    now: Tick,
    id: Option<sip::agent::SubscriptionId>,
    is_over: bool,
    to: String,
    versions: Vec<u32>,
}

impl Anybody {
    fn new(rng: Rng) -> Anybody {
        let agent = UserAgent::new(Config::default(), rng.split(1));
        let (now, versions) = (Tick(1_000_000), Vec::new());
        Anybody { agent, rng, now, id: None, is_over: false, to: String::new(), versions }
    }

    fn says(&mut self, message: &str) {
        self.agent.receive(self.now, flow(), message.replace('\n', "\r\n").as_bytes());
    }

    fn changes(&mut self) {
        let lamps = [Lamp::Idle, Lamp::Ringing, Lamp::Calling, Lamp::Talking];
        let lamp = lamps[self.rng.below(4) as usize];
        let shown = self.id.map(|id| self.agent.show(self.now, id, lamp));
        assert!(shown.is_none_or(|it| it.is_ok() != self.is_over));
    }

    fn settles(&mut self, round: u64) {
        loop {
            if let Some(event) = self.agent.poll_event() {
                self.hears(round, &event);
            } else if let Some(sent) = self.agent.poll_transmit() {
                self.receives(&sent.bytes);
            } else {
                break;
            }
        }
    }

    fn hears(&mut self, round: u64, event: &Event) {
        if let Event::Subscribe(id, _) = event {
            self.id = Some(*id);
            let taken = self.agent.accept_subscription(self.now, *id, watched(Lamp::Idle));
            return taken.expect("it waits");
        }
        assert_eq!(Some(event), self.id.map(Event::Unsubscribed).as_ref(), "round {round}");
        assert!(!self.is_over, "round {round}: said twice");
        self.is_over = true;
    }

    fn receives(&mut self, bytes: &[u8]) {
        match parse_datagram(bytes).expect("ours can be read") {
            Message::Response(response) if self.to.is_empty() => {
                let to = response.headers.first(Name::To).expect("a To").value().into_owned();
                self.to = String::from_utf8(to).expect("ASCII");
            }
            Message::Response(_) => {}
            Message::Request(request) => {
                let text = String::from_utf8_lossy(request.body).into_owned();
                let version = text.split(" version=\"").nth(2).or(text.split(" version=\"").nth(1));
                let version = version.and_then(|it| it.split('"').next()?.parse().ok());
                // A NOTIFY that is repeated has the number that it had.
                self.versions.extend(version.filter(|it| !self.versions.contains(it)));
                if self.rng.below(10) > 0 {
                    let answer = answer_to(&request);
                    self.agent.receive(self.now, flow(), answer.as_bytes());
                }
            }
        }
    }
}

fn answer_to(request: &sip::message::Request<'_>) -> String {
    let line = |name: Name| {
        let value = request.headers.first(name).map(|it| it.value().into_owned());
        format!("{}: {}\r\n", name.as_str(), String::from_utf8_lossy(&value.unwrap_or_default()))
    };
    let names = [Name::Via, Name::From, Name::To, Name::CallId, Name::CSeq];
    format!("SIP/2.0 200 OK\r\n{}Content-Length: 0\r\n\r\n", names.map(line).concat())
}
