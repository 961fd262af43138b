// SPDX-License-Identifier: EUPL-1.2
//! SIP within TLS between two of our networks: who proves what, and what becomes of those who do not.

use super::limits::{HALF_MESSAGE, HANDSHAKES_MAX, SWEEP, UNSENT_MAX};
use super::network::{Input, Network};
use super::words::{Carrier, Listen};
use crate::tls::{Authority, Certificates, Defect, Fault, Identity};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use sip::agent::{Flow, Transmit};
use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;
use stdx::Tick;

const OPTIONS: &[u8] = b"OPTIONS sip:h SIP/2.0\r\nVia: SIP/2.0/TLS h;branch=z9hG4bK1\r\n\
    From: <sip:a@h>;tag=1\r\nTo: <sip:h>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nl: 0\r\n\r\n";

/// A folder with an authority, and what it has signed.
struct Signed {
    folder: PathBuf,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Signed {
    fn new(test: &str) -> Signed {
        let folder = std::env::temp_dir().join(format!("tls-{test}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a place for files");
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("an authority");
        fs::write(folder.join("ca.pem"), issuer.pem()).expect("written");
        Signed { folder, issuer }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The files of a certificate for a name, signed by the authority.
    fn sign(&self, name: &str, until_year: i32) -> [PathBuf; 2] {
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(until_year, 1, 1);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("signed");
        let files = ["pem", "key"].map(|end| self.file(&format!("{name}-{until_year}.{end}")));
        fs::write(&files[0], certificate.pem()).expect("written");
        fs::write(&files[1], key.serialize_pem()).expect("written");
        files
    }

    fn identity(&self, name: &str) -> Identity {
        let [certificate, key] = self.sign(name, 2_100);
        Identity::load(&certificate, &key).expect("it is good")
    }
}

impl Drop for Signed {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A network that listens by TLS, and where.
fn listening(identity: Option<Identity>) -> (Network, SocketAddr) {
    let any = "127.0.0.1:0".parse().expect("an address");
    let listen = [Listen { carrier: Carrier::Tls, address: any }];
    let mut network = Network::open(&listen, &[]).expect("a free port");
    network.certify(&Certificates { identity, reaches: Vec::new() }, &[]);
    let (_, at) = network.locals().next().expect("it listens");
    (network, at)
}

/// Lets ours trust this authority for the peer, which has to prove the name.
fn reaching(network: &mut Network, peer: SocketAddr, authority: &Path, name: &str) {
    let authority = Authority::load(Some(authority)).expect("it is good");
    let reaches = vec![authority.reach(name)];
    let at = Listen { carrier: Carrier::Tls, address: peer };
    let identity = None;
    network.certify(&Certificates { identity, reaches }, &[vec![at]]);
}

fn flow(network: &Network, to: SocketAddr) -> Flow {
    network.flow_to(Carrier::Tls, to).expect("we listen by TLS")
}

/// Both have their turns until both are idle; how many messages each has got.
fn talk(one: &mut Network, other: &mut Network) -> [usize; 2] {
    let mut got = [0, 0];
    for _ in 0..20 {
        for (network, got) in [&mut *one, &mut *other].into_iter().zip(&mut got) {
            network.wait(Some(Duration::from_millis(10)));
            network.read(Tick(0), &mut |_, input| {
                *got += usize::from(matches!(input, Input::Message(_)));
                true
            });
        }
    }
    got
}

#[test]
fn messages_go_both_ways_and_however_long_they_are() {
    let signed = Signed::new("both");
    let (mut theirs, at) = listening(Some(signed.identity("trunk.example")));
    let (mut ours, _) = listening(None);
    reaching(&mut ours, at, &signed.file("ca.pem"), "trunk.example");
    let flow = flow(&ours, at);
    assert!(!ours.send(Tick(0), &Transmit { flow, bytes: OPTIONS.to_vec() }));
    let mut back = None;
    for _ in 0..20 {
        ours.wait(Some(Duration::from_millis(10)));
        ours.read(Tick(0), &mut |_, _| true);
        theirs.wait(Some(Duration::from_millis(10)));
        theirs.read(Tick(0), &mut |flow, input| {
            assert!(matches!(input, Input::Message(_)));
            back = Some(flow);
            true
        });
    }
    let back = back.expect("it has come");
    let many = OPTIONS.repeat(UNSENT_MAX / 2 / OPTIONS.len());
    assert!(!theirs.send(Tick(0), &Transmit { flow: back, bytes: many.clone() }));
    assert_eq!(talk(&mut ours, &mut theirs), [many.len() / OPTIONS.len(), 0]);
    assert_eq!(ours.fault_of(&at), None);
}

#[test]
fn who_cannot_prove_who_it_is_is_not_spoken_to_and_the_reason_is_known() {
    let (signed, other) = (Signed::new("proof"), Signed::new("other"));
    let [certificate, key] = signed.sign("late.example", 2_021);
    let refused = Identity::load(&certificate, &key).expect_err("it has expired");
    assert_eq!((refused.defect, refused.file), (Defect::Expired, certificate));
    let (mut theirs, at) = listening(Some(signed.identity("trunk.example")));
    for (authority, name, fault) in [
        (&other, "trunk.example", Some(Fault::UnknownAuthority)),
        (&signed, "another.example", Some(Fault::WrongName)),
        (&signed, "trunk.example", None),
    ] {
        let (mut ours, _) = listening(None);
        reaching(&mut ours, at, &authority.file("ca.pem"), name);
        let flow = flow(&ours, at);
        assert!(!ours.send(Tick(0), &Transmit { flow, bytes: OPTIONS.to_vec() }));
        let got = talk(&mut ours, &mut theirs);
        assert_eq!(ours.fault_of(&at), fault);
        assert_eq!(ours.failed.len(), usize::from(fault.is_some()), "who sent it hears of it");
        assert_eq!(got[1], usize::from(fault.is_none()), "nothing is said to a stranger");
    }
}

#[test]
fn nobody_is_sent_by_tls_without_anything_to_prove() {
    let signed = Signed::new("nothing");
    let (_theirs, at) = listening(Some(signed.identity("trunk.example")));
    let (mut ours, _) = listening(None);
    let flow = flow(&ours, at);
    assert!(ours.send(Tick(0), &Transmit { flow, bytes: OPTIONS.to_vec() }));
}

#[test]
fn who_speaks_no_tls_is_let_go() {
    let signed = Signed::new("plain");
    let (mut ours, at) = listening(Some(signed.identity("centre.example")));
    let mut peer = TcpStream::connect(at).expect("it listens");
    std::io::Write::write_all(&mut peer, OPTIONS).expect("it is open");
    for _ in 0..5 {
        ours.wait(Some(Duration::from_millis(10)));
        ours.read(Tick(0), &mut |_, _| panic!("nothing was said"));
    }
    assert_eq!(ours.counts.handshakes_failed, 1);
    // And who says nothing at all, after its time.
    let _silent = TcpStream::connect(at).expect("it listens");
    for now in [Tick(0), Tick(0) + HALF_MESSAGE + SWEEP] {
        ours.wait(Some(Duration::from_millis(10)));
        ours.read(now, &mut |_, _| panic!("nothing was said"));
    }
    assert_eq!(ours.counts.handshakes_failed, 2);
}

#[test]
fn a_peer_that_is_no_tls_server_makes_the_trunk_ill() {
    let signed = Signed::new("deaf");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let at = listener.local_addr().expect("bound");
    let (mut ours, _) = listening(None);
    reaching(&mut ours, at, &signed.file("ca.pem"), "trunk.example");
    let flow = flow(&ours, at);
    assert!(!ours.send(Tick(0), &Transmit { flow, bytes: OPTIONS.to_vec() }));
    let (peer, _) = listener.accept().expect("we come");
    std::io::Write::write_all(&mut &peer, b"SIP/2.0 400 Bad Request\r\n\r\n").expect("open");
    for _ in 0..5 {
        ours.wait(Some(Duration::from_millis(10)));
        ours.read(Tick(0), &mut |_, _| true);
    }
    assert_eq!(ours.fault_of(&at), Some(Fault::NoTls));
    assert_eq!(ours.failed.len(), 1);
}

#[test]
fn strangers_get_a_share_of_our_time_and_no_more() {
    let signed = Signed::new("flood");
    let (mut ours, at) = listening(Some(signed.identity("centre.example")));
    let mut held = Vec::new();
    for _ in 0..=HANDSHAKES_MAX {
        held.push(TcpStream::connect(at).expect("it listens"));
        ours.wait(Some(Duration::ZERO));
        ours.read(Tick(0), &mut |_, _| false);
    }
    assert_eq!(ours.counts.handshakes_failed, 1);
    held.push(TcpStream::connect(at).expect("it listens"));
    ours.wait(Some(Duration::from_millis(10)));
    ours.read(Tick(2_000_000), &mut |_, _| false);
    assert_eq!(ours.counts.handshakes_failed, 1, "a second later others come in");
}

#[test]
fn files_that_do_not_fit_are_named_with_their_fault() {
    let signed = Signed::new("files");
    let [certificate, key] = signed.sign("a.example", 2_100);
    let [_, other] = signed.sign("b.example", 2_100);
    let nothing = signed.file("nothing.pem");
    let empty = signed.file("empty.pem");
    fs::write(&empty, "").expect("written");
    for (files, file, defect) in [
        ([&nothing, &key], &nothing, Defect::Absent),
        ([&certificate, &nothing], &nothing, Defect::Absent),
        ([&empty, &key], &empty, Defect::NoCertificate),
        ([&certificate, &empty], &empty, Defect::NoKey),
        ([&certificate, &certificate], &certificate, Defect::NoKey),
        ([&certificate, &other], &other, Defect::Mismatched),
    ] {
        let found = Identity::load(files[0], files[1]).expect_err("it does not fit");
        assert_eq!((&found.file, &found.defect), (file, &defect));
        assert!(!found.german().is_empty() && found.english() == found.to_string());
    }
    let found = Authority::load(Some(&key)).expect_err("no authority");
    assert_eq!(found.defect, Defect::NoCertificate);
    // A file that was mended is taken up; one that was broken leaves everything as it was.
    let identity = Identity::load(&certificate, &key).expect("it is good");
    let kept = Certificates { identity: Some(identity), reaches: Vec::new() };
    assert!(kept.again().1.is_empty());
    fs::write(&key, "").expect("written");
    let (again, defects) = kept.again();
    assert_eq!(defects.first().map(|it| &it.defect), Some(&Defect::NoKey));
    assert!(again.identity.is_some());
}

#[test]
fn a_reason_does_not_outlive_what_it_was_about() {
    let signed = Signed::new("stale");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let at = listener.local_addr().expect("bound");
    let (mut ours, _) = listening(None);
    reaching(&mut ours, at, &signed.file("ca.pem"), "trunk.example");
    let flow = flow(&ours, at);
    let transmit = Transmit { flow, bytes: OPTIONS.to_vec() };
    assert!(!ours.send(Tick(0), &transmit));
    let turn = |ours: &mut Network| {
        for _ in 0..5 {
            ours.wait(Some(Duration::from_millis(10)));
            ours.read(Tick(0), &mut |_, _| true);
        }
    };
    drop(listener.accept().expect("we come"));
    turn(&mut ours);
    assert_eq!(ours.fault_of(&at), Some(Fault::NoTls), "it hangs up at our first word");
    drop(listener);
    // Nobody listens there any more: that is no fault of TLS.
    let _ = ours.send(Tick(0), &transmit);
    turn(&mut ours);
    assert_eq!(ours.fault_of(&at), None);
}
