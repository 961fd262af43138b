// SPDX-License-Identifier: EUPL-1.2
//! Those who mean no good or do not know better: malformed messages, scanners, guessers of passwords.

use e2e::baresip::{PORTS, Phone};
use e2e::clock::SOON;
use e2e::county::County;
use e2e::process::run;
use e2e::raw::{Raw, stream_is_answered, survives_stream};
use e2e::runner::Case;
use e2e::server::Server;
use e2e::sipp::Sipp;
use std::env;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

pub(crate) const CASES: &[Case] = &[
    ("scanners_and_guessers_are_throttled", scanners_and_guessers_are_throttled),
    ("malformed_messages_change_nothing", malformed_messages_change_nothing),
];

/// The torture messages of RFC 4475, if there are any on this machine.
fn torture() -> Vec<(String, Vec<u8>)> {
    let shared = env::var_os("AMTSLEITUNG_SHARED").map(PathBuf::from);
    let places = ["sip-torture-rfc4475", "data/sip-torture-rfc4475"];
    let folder = shared.and_then(|shared| {
        places.map(|place| shared.join(place)).into_iter().find(|it| it.is_dir())
    });
    let Some(folder) = folder else {
        println!(
            "AMTSLEITUNG_SHARED names no sip-torture-rfc4475: only our own messages are sent."
        );
        return Vec::new();
    };
    let files = std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|it| it.path());
    let files = files.filter(|path| path.extension().is_some_and(|it| it == "dat"));
    let mut messages: Vec<(String, Vec<u8>)> = files
        .filter_map(|path| Some((path.display().to_string(), std::fs::read(&path).ok()?)))
        .collect();
    messages.sort();
    messages
}

/// What else does not belong on the wire.
fn own_messages(to: SocketAddr) -> Vec<(String, Vec<u8>)> {
    let call = |headers: &str, body: &str| {
        format!(
            "INVITE sip:117@{to} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKx;rport\r\n\
             From: <sip:1@127.0.0.1>;tag=x\r\nTo: <sip:117@{to}>\r\nCall-ID: own\r\nCSeq: 1 INVITE\r\n\
             {headers}\r\n{body}"
        )
    };
    let many = "X-Y: z\r\n".repeat(5_000);
    let nested = format!("Contact: <sip:{}@x>\r\n", "a".repeat(60_000));
    let texts = [
        ("nothing", String::new()),
        ("line breaks", "\r\n\r\n\r\n".to_owned()),
        ("half a line", "INVITE sip:".to_owned()),
        ("no headers", format!("INVITE sip:117@{to} SIP/2.0\r\n\r\n")),
        ("a length that lies", call("Content-Length: 99999\r\n", "v=0\r\n")),
        ("a negative length", call("Content-Length: -1\r\n", "")),
        ("many headers", call(&many, "")),
        ("a long header", call(&nested, "")),
        (
            "broken SDP",
            call("Content-Type: application/sdp\r\nContent-Length: 9\r\n", "v=0\r\nm=a\r\n"),
        ),
        ("another protocol", "GET / HTTP/1.1\r\nHost: x\r\n\r\n".to_owned()),
    ];
    let texts = texts.into_iter().map(|(name, text)| (name.to_owned(), text.into_bytes()));
    let bytes = [("zeros", vec![0; 1_200]), ("ones", vec![0xff; 65_000])];
    texts.chain(bytes.map(|(name, bytes)| (name.to_owned(), bytes))).collect()
}

fn malformed_messages_change_nothing() {
    let mut county = County::new();
    county.listens.push(format!("tcp:127.0.0.1:{}", county.sip));
    county.peers.push("tcp:127.0.0.1:9".to_owned());
    let (stranger, trunk) = (county.ports.one(), county.caller(1));
    let server = Server::start(county);
    let to = server.sip();
    let messages: Vec<(String, Vec<u8>)> = torture().into_iter().chain(own_messages(to)).collect();
    println!("{} malformed messages, each from three places", messages.len());
    for port in [trunk, stranger] {
        let raw = Raw::at(port);
        for (name, message) in &messages {
            raw.send(to, message);
            assert!(raw.is_answered(to), "after {name} from port {port}");
        }
        raw.drain();
    }
    for (name, message) in &messages {
        assert!(survives_stream(to, message), "after {name} on a stream");
    }
    assert!(server.figures().refused("malformed") >= 5);

    // Calls go on.
    let phone = server.county.bench_phone(1);
    let mut agent = Sipp::at(phone, "agent_talks").with("ring", 100).start(&server);
    let call = Sipp::from(server.county.caller(0), to, "116", "caller_talks").with("talk", 300);
    call.run(&server);
    agent.succeeds();
    assert!(stream_is_answered(to));
    assert_eq!(server.is_as_new().fate("116", "accepted"), 1);
}

fn scanners_and_guessers_are_throttled() {
    let mut county = County::new().agent("k1").phone("k1", "k1");
    county.bench = 0;
    let port = county.ports.row(PORTS);
    let server = Server::start(county);
    // The throttle counts by address; so the telephone has another one than those who mean no good.
    let phone = Phone { ip: Ipv4Addr::new(127, 0, 0, 2), ..Phone::new("k1", port, 620) };
    let mut phone = phone.registering(server.password("k1")).start(&server);
    phone.is_registered();
    phone.dial("*10");
    server.wait_until("the agent is ready", SOON, |it| it.agents("ready") == 1);

    let sip = server.county.sip.to_string();
    let attack = |program: &str, args: &[&str]| {
        let long = Duration::from_secs(60);
        run(server.folder.path(), program, program, args, long)
    };
    let map = attack("svmap", &["-p", &sip, "127.0.0.1"]);
    assert!(map.stdout.contains(&sip), "it is found, as everybody who answers is: {}", map.stdout);
    let words: String = (0..120).map(|it| format!("password{it}\n")).collect();
    let words = server.folder.write("words", words).display().to_string();
    let crack = attack("svcrack", &["-u", "k1", "-d", &words, "-p", &sip, "127.0.0.1"]);
    assert!(!format!("{}{}", crack.stdout, crack.stderr).contains(&server.password("k1")));
    let names = server.folder.write("names", "k1\nk2\nnobody\n100\n101\n").display().to_string();
    let war = attack("svwar", &["-d", &names, "-m", "REGISTER", "-p", &sip, "127.0.0.1"]);
    // It gives up, because a name that exists is answered as one that does not.
    assert!(war.stderr.contains("an unknown extension"), "{}{}", war.stdout, war.stderr);
    assert!(!war.stdout.contains("k1"), "{}", war.stdout);
    let target = format!("sip:nobody@127.0.0.1:{sip}");
    attack("sipsak", &["-F", "-e", "800", "-s", &target]);
    let figures = server.figures();
    assert!(figures.refused("challenged") > 0 && figures.refused("wrong_password") > 0);
    assert!(figures.refused("throttled") > 0);

    // The telephone dials, rings and talks all the same.
    phone.dial("*12");
    server.wait_until("a break", SOON, |it| it.agents("not_ready") == 1);
    phone.dial("*11");
    server.wait_until("the agent is ready again", SOON, |it| it.agents("ready") == 1);
    let caller = Phone::new("+4941718001", server.county.callers, 440).start(&server);
    caller.dial("116");
    server.wait_until("they talk", SOON, |it| it.agents("talking") == 1);
    caller.hang_up();
    assert_eq!(server.is_as_new().fate("116", "accepted"), 1);
}
