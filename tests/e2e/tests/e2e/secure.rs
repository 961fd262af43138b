// SPDX-License-Identifier: EUPL-1.2
//! SIP within TLS and sound within SRTP, beside legs that have neither.

use e2e::baresip::{Baresip, PORTS, Phone, Tls};
use e2e::capture::Capture;
use e2e::certificates::Authority;
use e2e::clock::{SOON, wait_for};
use e2e::county::County;
use e2e::folder::Folder;
use e2e::runner::Case;
use e2e::server::{Server, run_program, serve};
use e2e::sipp::Sipp;
use std::net::{Ipv4Addr, SocketAddr};

pub(crate) const CASES: &[Case] = &[
    ("a_protected_telephone_and_a_caller_in_clear", protected_telephone),
    ("a_protected_trunk_and_a_telephone_in_clear", protected_trunk),
    ("a_trunk_has_to_prove_who_it_is", trunk_proves_itself),
    ("keys_that_one_side_only_wants", keys_of_one_side),
    ("certificates_that_do_not_fit", certificates_that_do_not_fit),
];

/// The name of the centre in its certificate.
const CENTRE: &str = "127.0.0.1";

/// A key as a description carries it.
const KEY: &str = "      a=crypto:1 AES_CM_128_HMAC_SHA1_80 \
                   inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj\n";

/// Lets the centre listen by TLS with a certificate; where.
pub(crate) fn listen_by_tls(county: &mut County) -> SocketAddr {
    let at = SocketAddr::from((Ipv4Addr::LOCALHOST, county.ports.one()));
    county.listens.push(format!("tls:{at}"));
    county.telephony = "certificate = \"tls/centre.pem\"\nkey = \"tls/centre.key\"\n".to_owned();
    at
}

/// A folder with the centre's certificate, where it looks for it.
pub(crate) fn folder_with(authority: &Authority) -> Folder {
    let folder = Folder::new();
    authority.sign(CENTRE, 2_100).write(&folder, "data/tls/centre");
    authority.write(&folder, "data/tls/authority.pem");
    folder
}

/// What a telephone needs to speak TLS.
pub(crate) fn tls(authority: &Authority, folder: &Folder, name: &str, server: SocketAddr) -> Tls {
    let signed = authority.sign(name, 2_100);
    Tls {
        certificate: signed.write_together(folder, &format!("{name}-both.pem")),
        authority: authority.write(folder, "authority.pem"),
        server,
    }
}

/// Signs the one agent on.
fn ready(server: &Server, phone: Phone) -> Baresip {
    let mut phone = phone.registering(server.password("k1")).start(server);
    phone.is_registered();
    server.wait_until("registered", SOON, |it| it.of("telephones_registered") == 1);
    phone.dial("*10");
    server.wait_until("the agent is ready", SOON, |it| it.agents("ready") == 1);
    server.wait_until("the code's call is over", SOON, |it| it.of("media_legs") == 0);
    phone
}

/// How many packets of sound a peer has sent in clear, how many have come to another one, and in how many of
/// these stands what was in one of those.
fn sound(capture: Capture, server: &Server, (from, to): (u16, u16)) -> [usize; 3] {
    let row = |end: &str, first: u16, last: u16| {
        format!("udp.{end}port >= {first} && udp.{end}port <= {last}")
    };
    let ours = |end: &str| {
        let sound = server.county.ports.sound();
        row(end, *sound.start(), *sound.end())
    };
    let said = format!("{} && {}", row("src", from, from + PORTS - 1), ours("dst"));
    let heard = format!("{} && {}", ours("src"), row("dst", to, to + PORTS - 1));
    let both = capture.datagrams(server, &[&said, &heard]);
    let payloads = |all: &[String]| -> Vec<String> {
        // 160 bytes of sound behind the twelve of the header, in hex; reports are shorter.
        all.iter().filter_map(|it| it.get(24..24 + 320)).map(str::to_owned).collect()
    };
    let (said, heard) = (payloads(&both[0]), payloads(&both[1]));
    let same = heard.iter().filter(|it| said.contains(it)).count();
    [said.len(), heard.len(), same]
}

fn protected_telephone() {
    let authority = Authority::new("Amt fuer Zertifikate");
    let mut county = County::new().agent("k1").phone("k1", "k1");
    county.bench = 0;
    county.each_phone = "srtp = \"required\"\n".to_owned();
    let (port, at) = (county.ports.row(PORTS), listen_by_tls(&mut county));
    let server = Server::start_in(folder_with(&authority), county);
    let tls = tls(&authority, &server.folder, "k1", at);
    let phone =
        Phone { tls: Some(tls), encrypts: Some("srtp-mand"), ..Phone::new("k1", port, 620) };
    let agent = ready(&server, phone);
    let capture = Capture::start(&server);
    let mut caller = Phone::new("+4941718001", server.county.callers, 440).start(&server);
    caller.dial("115");
    // The greeting, then the agent: one in clear, the other not.
    caller.hears(600.0);
    caller.hears(620.0);
    agent.hears(440.0);
    // Keys as named events pass through as well.
    agent.press("9");
    caller.wait_for_words("received event: '9'");
    // Held and taken back: new descriptions, the same keys.
    agent.press("/hold\n");
    caller.hears(300.0);
    agent.press("/resume\n");
    server.wait_until("they talk", SOON, |it| it.agents("talking") == 1);
    // What is refused afterwards is baresip's farewell in RTCP, which it sends in clear.
    let refused =
        |reason| server.figures().of(&format!("srtp_refused_total{{reason=\"{reason}\"}}"));
    assert_eq!(["forged", "replayed"].map(refused), [0, 0]);
    agent.hang_up();
    assert_eq!(server.is_empty().fate("115", "accepted"), 1);
    let [said, heard, same] = sound(capture, &server, (server.county.callers, port));
    assert!(said >= 50 && heard >= 25, "{said} {heard}");
    assert_eq!(same, 0, "nothing of what the caller said goes to the telephone in clear");
    server.is_as_new();
}

fn protected_trunk() {
    let authority = Authority::new("Amt fuer Zertifikate");
    let mut county = County::new().agent("k1").phone("k1", "k1");
    county.bench = 0;
    let (port, at) = (county.ports.row(PORTS), listen_by_tls(&mut county));
    county.peers.push("tls:127.0.0.1:9".to_owned());
    county.trunk = "tls_name = \"127.0.0.1\"\nauthority = \"tls/authority.pem\"\n".to_owned();
    let server = Server::start_in(folder_with(&authority), county);
    let agent = ready(&server, Phone::new("k1", port, 620));
    let capture = Capture::start(&server);
    let caller = |encrypts| {
        let tls = Some(tls(&authority, &server.folder, "trunk", at));
        let phone = Phone::new("+4941718001", server.county.callers, 440);
        Phone { tls, encrypts, ..phone }.start(&server)
    };
    // One that must, one that would like to, and one that cannot.
    for (calls, encrypts) in [(1, Some("srtp-mand")), (2, Some("srtp")), (3, None)] {
        agent.forget();
        let caller = caller(encrypts);
        caller.dial("116");
        caller.hears(620.0);
        agent.hears(440.0);
        caller.hang_up();
        assert_eq!(server.is_empty().fate("116", "accepted"), calls);
    }
    let [said, heard, same] = sound(capture, &server, (port, server.county.callers));
    assert!(said >= 75 && heard >= 75, "{said} {heard}");
    // In clear to the last one alone: about a third.
    assert!(same > 0 && same < heard / 2, "{same} of {heard}");
    server.is_as_new();
}

/// baresip as the other end of a trunk; it answers OPTIONS.
fn trunk_proves_itself() {
    let (authority, other) = (Authority::new("Amt fuer Zertifikate"), Authority::new("Fremde"));
    for (name, signer, said) in [
        ("trunk.example", &authority, "trunk amt: answers"),
        (
            "trunk.example",
            &other,
            "DOES NOT ANSWER, 0/50 (TLS: the certificate's issuer is unknown)",
        ),
        ("other.example", &authority, "DOES NOT ANSWER, 0/50 (TLS: the certificate is for another"),
    ] {
        let mut county = County::new();
        let (at, port) = (listen_by_tls(&mut county), county.callers);
        // baresip speaks TLS at the port behind its own.
        county.trunk =
            "tls_name = \"trunk.example\"\nauthority = \"tls/authority.pem\"\n".to_owned();
        county.only_peer = Some(format!("tls:127.0.0.1:{}", port + 1));
        county.probe = "5s";
        let folder = folder_with(&authority);
        let signed = signer.sign(name, 2_100).write_together(&folder, "trunk.pem");
        let tls = Tls { certificate: signed, authority: folder.join("authority.pem"), server: at };
        authority.write(&folder, "authority.pem");
        let server = Server::start_in(folder, county);
        let _peer = Phone { tls: Some(tls), ..Phone::new("trunk", port, 440) }.start(&server);
        wait_for(said, SOON * 2, || server.ask(&["status"]).contains(said).then_some(()));
        let is_well = said.ends_with("trunk amt: answers");
        server.wait_until("the same in the figures", SOON, |it| {
            (it.of("trunk_up{trunk=\"amt\"}") == 1) == is_well
        });
        assert_eq!(server.health().is_ok(), is_well);
    }
}

fn keys_of_one_side() {
    // It must encrypt, and we do not.
    let server = Server::start(County::new());
    let (to, caller) = (server.sip(), server.county.caller(0));
    let refused = |server: &Server, to| {
        Sipp::from(server.county.caller(0), to, "117", "caller_refused")
            .with("hops", 70)
            .with("code", 488)
    };
    refused(&server, to).with("profile", "RTP/SAVP").with("crypto", KEY).run(&server);
    // It would like to: without TLS in clear, and no key of ours is given out.
    let call = Sipp::from(caller, to, "117", "caller_talks").with("talk", 300);
    let call = call.with("crypto", KEY).run(&server);
    assert!(!call.received("a=crypto"), "{}", call.messages());
    assert_eq!(server.is_empty().refused("encryption"), 1);
    drop(server);

    // We must, and it does not.
    let mut county = County::new();
    county.trunk = "srtp = \"required\"\n".to_owned();
    let server = Server::start(county);
    let to = server.sip();
    refused(&server, to).run(&server);
    let caller = server.county.caller(0);
    let call = Sipp::from(caller, to, "117", "caller_talks").with("talk", 300);
    let call = call.with("profile", "RTP/SAVP").with("crypto", KEY).run(&server);
    assert!(call.received("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"), "{}", call.messages());
    assert_eq!(server.is_as_new().refused("encryption"), 1);
}

fn certificates_that_do_not_fit() {
    let authority = Authority::new("Amt fuer Zertifikate");
    let mut county = County::new();
    let _at = listen_by_tls(&mut county);
    let folder = folder_with(&authority);
    folder.write("county.toml", county.text());
    let (good, late) = (authority.sign(CENTRE, 2_100), authority.sign(CENTRE, 2_020));
    let [file, data] = ["county.toml", "data"].map(|it| folder.join(it).display().to_string());
    let check = ["--lang", "en", "check", &file, "--production", "--data", &data];
    let refusals = [
        (Some(&late.certificate), Some(&late.key), "centre.pem", "The certificate has expired."),
        (Some(&good.certificate), Some(&late.key), "centre.key", "another certificate."),
        (Some(&good.key), Some(&good.key), "centre.pem", "There is no certificate in it"),
        (Some(&good.certificate), None, "centre.key", "There is no such file."),
    ];
    for (certificate, key, file, said) in refusals {
        for (end, text) in [("pem", certificate), ("key", key)] {
            let path = folder.join(&format!("data/tls/centre.{end}"));
            match text {
                Some(text) => std::fs::write(path, text).expect("written"),
                None => std::fs::remove_file(path).expect("removed"),
            }
        }
        let checked = run_program(&folder, &check);
        let told = format!("{}{}", checked.stdout, checked.stderr);
        assert!(told.contains(file) && told.contains(said), "{told}");
        let started = serve(&folder, "off", 1).output().expect("the program can be started");
        let says = String::from_utf8_lossy(&started.stderr).into_owned();
        assert!(!started.status.success(), "{says}");
        assert!(
            says.contains("[telephony]") && says.contains(file) && says.contains(said),
            "{says}"
        );
    }
    // One that is renewed is taken up at SIGHUP; one that is broken leaves the old one in force.
    good.write(&folder, "data/tls/centre");
    let server = Server::start_in(folder, county);
    let hears = |words: &str| {
        server.process.signal("HUP");
        let said = || server.process.stderr();
        wait_for(words, SOON, || said().contains(words).then_some(()));
    };
    hears("Certificates read anew.");
    server.folder.write("data/tls/centre.pem", &late.certificate);
    hears("The key belongs to another certificate.");
    assert!(server.health().is_ok());
}
