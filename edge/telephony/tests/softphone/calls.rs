// SPDX-License-Identifier: EUPL-1.2
//! What a browser's telephone does with calls.

use super::bench::{Bench, G722, MUSIC, PCMA, id};
use super::browser::Browser;
use centre::{Command, Event, TransferTo};
use stdx::{AgentId, ContactId, Micros, Redacted};
use telephony::signalling::Doing;
use telephony::softphone::{
    CallState, Codec, Direction, News, NotTaken, Order, TransferState, Why, destination,
};

/// The very bytes that one says are heard at the other end, in each codec: nothing is decoded on the way.
#[test]
fn caller_and_page_hear_each_other_byte_for_byte() {
    for codec in [PCMA, G722] {
        let mut bench = Bench::with_pages(1, codec);
        let (_, nr) = bench.talk(0);
        bench.both_hear(0);
        let page = &bench.pages[0];
        assert!(page.heard.iter().rev().take(3).all(|it| it.payload_type == codec), "{codec}");
        let sources: Vec<u32> = page.heard.iter().map(|it| it.ssrc).collect();
        assert!(sources.windows(2).all(|it| it[0] == it[1]), "one stream for the page");
        let view = bench.calls(0)[0].clone();
        assert_eq!((view.direction, view.state), (Direction::In, CallState::Up));
        assert_eq!(view.with.user.expose(), "+4940123456");
        bench.order(0, Order::HangUp(nr));
        bench.take_asked(|event| matches!(event, Event::HangUp { .. }));
        bench.until("it is over", |it| {
            it.has_told(0, |news| matches!(news, News::Ended { why: Why::Ours, .. }))
        });
        assert!(bench.calls(0).is_empty());
    }
}

#[test]
fn who_is_held_hears_music_and_is_taken_back() {
    let mut bench = Bench::with_pages(1, PCMA);
    let (_, nr) = bench.talk(0);
    bench.both_hear(0);
    bench.order(0, Order::Hold(nr));
    bench.until("music", |it| it.caller.hears(MUSIC));
    assert_eq!(bench.calls(0)[0].state, CallState::Held(call::handset::Holder::Person));
    bench.order(0, Order::Resume(nr));
    bench.both_hear(0);
}

#[test]
fn a_call_that_is_declined_or_given_up_is_told() {
    let mut bench = Bench::with_pages(1, PCMA);
    let contact = bench.arrive();
    let nr = bench.ring(0, contact);
    bench.order(0, Order::Decline(nr));
    bench.take_asked(|event| matches!(event, Event::Decline { .. }));
    let nr = bench.ring(0, contact);
    bench.told.clear();
    bench.command(Command::StopRinging { agent: AgentId(0), contact });
    bench.until("it is told", |it| {
        it.has_told(0, |news| matches!(news, News::Ended { why: Why::Missed, .. }))
    });
    assert!(bench.calls(0).is_empty(), "{nr:?}");
}

/// The page closes its socket: the caller hears music at once. The page is loaded anew: the talk goes on.
#[test]
fn a_page_that_is_loaded_anew_finds_its_talk() {
    let mut bench = Bench::with_pages(1, PCMA);
    bench.talk(0);
    bench.both_hear(0);
    bench.order(0, Order::PageGone);
    let gone = bench.now();
    bench.until("music", |it| it.caller.hears(MUSIC));
    let music_after = bench.now().since(gone);
    assert!(music_after < Micros::from_secs(1), "music after {music_after:?}");
    let answer = bench.load(0);
    // The page begins with the codec of its talk, and need not be told first.
    assert!(answer.contains("SAVPF 8 "), "{answer}");
    let back = bench.now();
    bench.speak_agreed(0);
    bench.both_hear(0);
    let after = bench.now().since(back);
    assert!(after < Micros::from_secs(2), "talk after {after:?}");
    assert!(!bench.has_asked(|event| matches!(event, Event::HangUp { .. })));
}

/// The network is gone: nothing comes from the page any more. Its socket says nothing.
#[test]
fn a_page_without_a_network_leaves_its_caller_with_music() {
    let mut bench = Bench::with_pages(1, PCMA);
    bench.talk(0);
    bench.both_hear(0);
    let page = bench.pages.remove(0);
    bench.until("music", |it| it.caller.hears(MUSIC));
    // It comes back as if nothing had been.
    bench.pages.push(page);
    bench.both_hear(0);
}

/// A change of network: ICE starts anew on the same connection, and the talk is not held for it.
#[test]
fn ice_starts_anew_in_a_talk() {
    let mut bench = Bench::with_pages(1, PCMA);
    bench.talk(0);
    bench.both_hear(0);
    let offer = bench.pages[0].restart_ice();
    let answer = bench.offer(0, offer).expect("an answer");
    bench.pages[0].accept(&answer);
    bench.pass(Micros::from_millis(300));
    bench.both_hear(0);
    assert!(!bench.has_told(0, |news| matches!(news, News::PageConnected(_))));
}

#[test]
fn keys_are_heard_at_the_other_end() {
    let mut bench = Bench::with_pages(1, PCMA);
    let (_, nr) = bench.talk(0);
    bench.both_hear(0);
    bench.order(0, Order::Keys(nr, Redacted::new("12#".to_owned())));
    bench.until("the keys", |it| it.caller.keys.len() >= 3);
    assert_eq!(bench.caller.keys, [1, 2, 11]);
    bench.both_hear(0);
}

/// A talk, and beside it a colleague who was asked and answered.
fn asked(codec: u8) -> (Bench, ContactId) {
    let mut bench = Bench::with_pages(2, codec);
    let (contact, _) = bench.talk(0);
    bench.both_hear(0);
    bench.order(0, Order::Dial(destination::telephone(&id(1)).expect("an id")));
    bench.until("the colleague's rings", |it| !it.calls(1).is_empty());
    let nr = bench.calls(1)[0].nr;
    bench.until("the caller hears music", |it| it.caller.hears(MUSIC));
    bench.order(1, Order::Answer(nr));
    bench.speak_agreed(0);
    bench.speak_agreed(1);
    bench.until("both colleagues hear each other", |it| {
        it.pages[0].hears(0x11) && it.pages[1].hears(0x10)
    });
    assert!(bench.caller.hears(MUSIC));
    (bench, contact)
}

#[test]
fn a_colleague_is_asked_while_the_caller_waits_and_takes_over() {
    for codec in [PCMA, G722] {
        let (mut bench, contact) = asked(codec);
        let free = acd::agent::State::Ready { idle_since: bench.now() };
        bench.signalling.learn_state(AgentId(1), free);
        bench.order(0, Order::Complete);
        let attended = |event: &Event| matches!(event, Event::AttendedTransfer { .. });
        let asked = bench.take_asked(attended);
        let to = Some(AgentId(1));
        assert_eq!(asked.event, Event::AttendedTransfer { agent: AgentId(0), to });
        bench.decide(&asked, Command::PutThrough { contact, by: AgentId(0), to });
        bench.speak_agreed(1);
        // Who was asked speaks the caller's codec already: nothing has to be decoded.
        bench.both_hear(1);
        bench.until("the first is free", |it| it.calls(0).is_empty());
        let done = |news: &News| matches!(news, News::Transfer(TransferState::Done));
        assert!(bench.has_told(0, done), "{:?}", bench.told);
    }
}

/// RFC 3960: an office plays something before it answers. The page hears it, byte for byte; the office hears nobody
/// until it has answered.
#[test]
fn what_an_office_plays_before_it_answers_is_heard_in_the_page() {
    for codec in [PCMA, G722] {
        let mut bench = Bench::with_pages(1, codec);
        bench.caller.plays = true;
        bench.order(0, Order::Dial(destination::number("040 123456").expect("a number")));
        bench.until("the page hears the office", |it| it.pages[0].hears(0x22));
        let dialled = &bench.calls(0)[0];
        assert_eq!((dialled.state, dialled.heard), (CallState::Dialling, false));
        bench.pass(Micros::from_millis(500));
        assert!(bench.caller.heard.is_empty(), "{} packets", bench.caller.heard.len());
        let now = bench.now();
        bench.caller.answer(now);
        bench.speak_agreed(0);
        bench.both_hear(0);
        let now = bench.now();
        bench.caller.hang_up(now);
        bench.until("the telephone is free", |it| it.calls(0).is_empty());
    }
}

/// One page speaks G.711 alone, the other one G.722 alone: they hear each other decoded, and not each other's bytes.
#[test]
fn colleagues_without_a_codec_in_common_hear_each_other() {
    let mut bench = Bench::start(2, PCMA);
    for (agent, codec) in [(0, PCMA), (1, G722)] {
        bench.open(agent);
        bench.load_speaking(agent, codec);
    }
    bench.until("both are registered", |it| it.registered.len() == 2);
    bench.order(0, Order::Dial(id(1)));
    bench.until("it rings", |it| !it.calls(1).is_empty());
    let nr = bench.calls(1)[0].nr;
    bench.order(1, Order::Answer(nr));
    bench.speak_agreed(0);
    bench.speak_agreed(1);
    let codecs = [0, 1].map(|agent| bench.calls(agent)[0].codec);
    assert_eq!(codecs, [Some(Codec::Pcma), Some(Codec::G722)]);
    bench.until("both hear", |it| it.pages.iter().all(|page| page.heard.len() > 50));
    assert!(!bench.pages[0].hears(0x11), "decoded on the way");
}

#[test]
fn a_caller_is_handed_on_unasked() {
    let mut bench = Bench::with_pages(2, PCMA);
    let (contact, _) = bench.talk(0);
    bench.both_hear(0);
    bench.order(0, Order::Transfer { to: id(1) });
    let asked = bench.take_asked(|event| matches!(event, Event::BlindTransfer { .. }));
    let to = TransferTo::Agent(AgentId(1));
    assert_eq!(asked.event, Event::BlindTransfer { agent: AgentId(0), to });
    bench.decide(&asked, Command::LetGo { contact, agent: AgentId(0) });
    bench.until("the first is free", |it| it.calls(0).is_empty());
    let nr = bench.ring(1, contact);
    bench.pick_up(1, contact, nr);
    bench.both_hear(1);
}

#[test]
fn a_caller_is_handed_on_to_a_line_by_its_number() {
    let mut bench = Bench::with_pages(1, PCMA);
    bench.talk(0);
    let to = destination::number("115").expect("a number");
    bench.order(0, Order::Transfer { to });
    let asked = bench.take_asked(|event| matches!(event, Event::BlindTransfer { .. }));
    let to = TransferTo::Line(stdx::LineId(0));
    assert_eq!(asked.event, Event::BlindTransfer { agent: AgentId(0), to });
}

#[test]
fn who_cannot_be_handed_on_stays() {
    let mut bench = Bench::with_pages(1, PCMA);
    bench.talk(0);
    bench.both_hear(0);
    bench.order(0, Order::Transfer { to: "0999999".to_owned() });
    let failed = |news: &News| matches!(news, News::Transfer(TransferState::Failed(404)));
    bench.until("it failed", |it| it.has_told(0, failed));
    bench.both_hear(0);
    bench.order(0, Order::Transfer { to: "a b\r\n".to_owned() });
    bench.until("it is refused", |it| it.has_told(0, |news| matches!(news, News::Refused(_))));
}

#[test]
fn three_talk_and_one_is_taken_out_again() {
    let (mut bench, _) = asked(PCMA);
    bench.order(0, Order::Confer);
    bench.until("three talk", |it| {
        let calls = it.calls(0);
        calls.len() == 1 && calls[0].three
    });
    let states: Vec<Doing> = bench.signalling.calls().iter().map(|it| it.doing).collect();
    assert_eq!(states, [Doing::Call(call::State::Conference(AgentId(0)))]);
    // What the others say is mixed, so it is not theirs byte for byte; it is not music.
    bench.until("no music", |it| !it.caller.hears(MUSIC) && !it.caller.heard.is_empty());
    bench.order(0, Order::TakeOut);
    bench.until("the colleague is out", |it| it.calls(1).is_empty());
    bench.both_hear(0);
}

/// Of the caller who was brought together, the page hears what is mixed: both others at once.
#[test]
fn a_page_that_leaves_a_talk_of_three_lets_the_others_talk() {
    let (mut bench, _) = asked(PCMA);
    bench.order(0, Order::Confer);
    bench.until("three talk", |it| it.calls(0).first().is_some_and(|it| it.three));
    bench.order(0, Order::PageGone);
    bench.until("the colleague hears the caller", |it| {
        it.caller.heard.back().is_some_and(|it| it.iter().any(|&byte| byte != MUSIC))
            && it.pages[1].heard.len() > 10
    });
    bench.pass(Micros::from_millis(500));
    assert!(!bench.caller.hears(MUSIC), "the caller talks to the colleague");
    assert_eq!(bench.calls(1).len(), 1);
}

#[test]
fn the_caller_hangs_up_and_the_telephone_is_free() {
    let mut bench = Bench::with_pages(1, PCMA);
    bench.talk(0);
    bench.both_hear(0);
    let now = bench.now();
    bench.caller.hang_up(now);
    bench.until("it is over", |it| {
        it.has_told(0, |news| matches!(news, News::Ended { why: Why::Theirs, .. }))
    });
    assert!(bench.calls(0).is_empty());
}

/// The desk is closed: nothing is left, and the exchange cannot reach it.
#[test]
fn a_desk_that_is_closed_leaves_nothing_behind() {
    let mut bench = Bench::with_pages(1, PCMA);
    bench.talk(0);
    bench.order(0, Order::Close);
    bench.take_asked(|event| matches!(event, Event::HangUp { .. }));
    bench.until("it is not registered", |it| {
        it.has_told(0, |news| matches!(news, News::Registered(false)))
    });
}

/// Every farewell is said while somebody is there to hear it.
#[test]
fn the_end_hangs_up_and_takes_its_leave() {
    let mut bench = Bench::with_pages(2, PCMA);
    bench.talk(0);
    bench.both_hear(0);
    bench.running.say_goodbye();
    bench.until("it has ended", |it| it.running.has_ended());
    bench.take_asked(|event| matches!(event, Event::HangUp { .. }));
    for agent in 0..2 {
        assert!(bench.has_told(agent, |news| matches!(news, News::Registered(false))), "{agent}");
    }
    let refused = bench.softphones.tell(&id(0), Order::PageGone);
    assert_eq!(refused, Err(NotTaken::Ended));
}

/// Half a hundred desks at once: each is registered, and each hears its own call and no other.
#[test]
fn fifty_desks_at_once() {
    const DESKS: u16 = 50;
    let mut bench = Bench::with_pages(DESKS, PCMA);
    for from in (0..DESKS).step_by(10) {
        let to = from + 5;
        bench.order(from, Order::Dial(id(to)));
        bench.until("it rings", |it| !it.calls(to).is_empty());
        let nr = bench.calls(to)[0].nr;
        bench.order(to, Order::Answer(nr));
        bench.speak_agreed(from);
        bench.speak_agreed(to);
    }
    bench.until("each hears the other", |it| {
        (0..DESKS).step_by(10).all(|from| {
            let (here, there) = (&it.pages[usize::from(from)], &it.pages[usize::from(from) + 5]);
            here.hears(0x10 + from as u8 + 5) && there.hears(0x10 + from as u8)
        })
    });
    let quiet = bench.pages.iter().enumerate().filter(|(at, _)| at % 5 != 0);
    assert!(quiet.into_iter().all(|(_, page)| page.heard.is_empty()));
}

/// A network that lets no UDP out: the same by TCP, each datagram with its length before it.
#[test]
fn a_page_speaks_by_tcp() {
    let mut bench = Bench::start(1, PCMA);
    bench.open(0);
    let page = Browser::by_tcp(&bench.clock, bench.softphones.listens());
    let answer = bench.load_page(0, page);
    assert!(answer.contains("tcptype passive"), "{answer}");
    bench.until("it is registered", |it| it.registered.len() == 1);
    bench.talk(0);
    bench.both_hear(0);
}
