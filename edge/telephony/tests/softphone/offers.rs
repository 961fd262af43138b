// SPDX-License-Identifier: EUPL-1.2
//! What a page can offer that leads to nothing, and what comes from strangers.

use super::bench::{Bench, PCMA};
use super::browser::Browser;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpStream, UdpSocket};
use stdx::Micros;
use telephony::softphone::limits::OFFER_MAX;
use telephony::softphone::{News, NoAnswer, Order};

#[test]
fn an_offer_that_cannot_be_taken_is_refused_with_the_reason() {
    let mut bench = Bench::start(1, PCMA);
    bench.open(0);
    let good = Browser::new(&bench.clock).offer;
    let without = |begins: &str| -> String {
        let kept = good.split_inclusive("\r\n").filter(|line| !line.starts_with(begins));
        kept.collect()
    };
    let twice = {
        let at = good.find("m=audio").expect("sound");
        format!("{good}{}", good[at..].replace("a=mid:", "a=mid:2"))
    };
    let cases = [
        ("garbage", "x".repeat(100), NoAnswer::Unreadable),
        ("nothing", String::new(), NoAnswer::Unreadable),
        ("huge", format!("{good}a=x:{}", "y".repeat(OFFER_MAX)), NoAnswer::TooLong),
        ("no sound", good.replace("m=audio", "m=video"), NoAnswer::NoAudio),
        ("declined", good.replacen("m=audio 9", "m=audio 0", 1), NoAnswer::NoAudio),
        ("two streams", twice, NoAnswer::NoAudio),
        ("only heard", good.replace("a=sendrecv", "a=recvonly"), NoAnswer::NoAudio),
        ("no ICE", without("a=ice-"), NoAnswer::NoIce),
        ("no fingerprint", without("a=fingerprint"), NoAnswer::NoIce),
        ("in clear", good.replace("UDP/TLS/RTP/SAVPF", "RTP/AVP"), NoAnswer::NoIce),
        ("no codec", without("a=rtpmap").replace(" 9 8 0 126", " 111"), NoAnswer::NoCodec),
    ];
    for (what, sdp, why) in cases {
        assert_eq!(bench.offer(0, sdp), Err(why), "{what}: {good}");
    }
    let answer = bench.offer(0, good).expect("the good one is taken after all that");
    assert!(answer.contains("a=ice-lite"), "{answer}");
    assert!(answer.contains("a=candidate:"), "{answer}");
}

#[test]
fn an_offer_for_no_desk_is_refused() {
    let mut bench = Bench::start(1, PCMA);
    let sdp = Browser::new(&bench.clock).offer;
    assert_eq!(bench.offer(0, sdp), Err(NoAnswer::NoDesk));
    bench.order(0, Order::Close);
    bench.order(0, Order::PageGone);
}

/// What comes from nobody known is dropped, whatever it is; the talk goes on.
#[test]
fn strangers_are_not_heard() {
    let mut bench = Bench::with_pages(1, PCMA);
    bench.talk(0);
    bench.both_hear(0);
    let stranger = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let to = bench.softphones.listens();
    // A binding request with a name that nobody has (RFC 8489, 5), DTLS, RTP, RTCP, garbage, nothing.
    let mut question = vec![0, 1, 0, 12, 0x21, 0x12, 0xa4, 0x42];
    question.extend([7; 12]);
    question.extend([0, 6, 0, 8]);
    question.extend(b"ab:cdefg");
    let mut rtp = vec![0x80, 8, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4];
    rtp.extend([0x55; 160]);
    let all = [question, vec![22, 254, 253, 0, 0], rtp, vec![0x80, 200, 0, 6], vec![1], vec![]];
    for datagram in all.iter().cycle().take(600) {
        stranger.send_to(datagram, to).expect("sent");
    }
    bench.pass(Micros::from_millis(200));
    bench.both_hear(0);
    assert!(bench.pages[0].heard.iter().all(|it| it.payload != [0x55; 160]));
    stranger.set_nonblocking(true).expect("a socket of ours");
    assert!(stranger.recv(&mut [0; 100]).is_err(), "nobody answers");
}

/// The page is told which codec to send; what it sends in another one is not heard, and counted.
#[test]
fn another_codec_than_agreed_is_dropped_and_counted() {
    let mut bench = Bench::with_pages(1, PCMA);
    bench.talk(0);
    bench.both_hear(0);
    bench.pages[0].says = Some((super::bench::G722, 0x44));
    bench.pass(Micros::from_millis(200));
    bench.caller.heard.clear();
    bench.until("it is counted", |it| {
        it.has_told(0, |news| matches!(news, News::Quality(it) if it.wrong_codec > 0))
    });
    assert!(bench.caller.heard.iter().all(|it| it[..] != [0x44; 160]));
}

/// Connections of strangers: one that says nothing, one that says what cannot be, and one that says what could be and
/// means nobody. Each is closed, and none is heard.
#[test]
fn strangers_connections_are_closed() {
    let mut bench = Bench::with_pages(1, PCMA);
    bench.talk(0);
    let to = bench.softphones.listens();
    let said: [&[u8]; 4] = [b"", &[0xff; 64], b"\x00\x03abc", b"GET / HTTP/1.1\r\n\r\n"];
    let mut strangers: Vec<TcpStream> = said
        .iter()
        .map(|said| {
            let mut stream = TcpStream::connect(to).expect("somebody listens");
            stream.set_nonblocking(true).expect("a socket of ours");
            stream.write_all(said).expect("it is taken");
            stream
        })
        .collect();
    bench.until("all are closed", |_| {
        let is_closed = |stream: &mut TcpStream| match stream.read(&mut [0; 100]) {
            Ok(length) => length == 0,
            Err(error) => error.kind() != ErrorKind::WouldBlock,
        };
        strangers.retain_mut(|stream| !is_closed(stream));
        strangers.is_empty()
    });
    bench.both_hear(0);
}
