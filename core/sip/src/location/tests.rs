// SPDX-License-Identifier: EUPL-1.2

use super::*;
use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec;
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};
use stdx::Rng;

const NOW: Tick = Tick(1_000_000_000);

fn wanted(transport: Transport, port: Option<u16>) -> Wanted {
    Wanted { domain: b"tel.example".to_vec(), transport, port }
}

fn service(priority: u16, weight: u16, port: u16, target: &str) -> Service {
    Service { priority, weight, port, target: target.as_bytes().to_vec() }
}

fn ip(last: u8) -> IpAddr {
    IpAddr::from([192, 0, 2, last])
}

fn asked(lookup: &Lookup) -> String {
    let text = |name: Vec<u8>| String::from_utf8(name).expect("ASCII");
    match lookup.question() {
        None => "nothing".to_owned(),
        Some(Question::Services(name)) => format!("SRV {}", text(name)),
        Some(Question::V4(name)) => format!("A {}", text(name)),
        Some(Question::V6(name)) => format!("AAAA {}", text(name)),
    }
}

/// Asks until it is over, and says what was asked.
fn search(lookup: &mut Lookup, mut say: impl FnMut(&str) -> Reply) -> Vec<String> {
    let mut all = Vec::new();
    while lookup.question().is_some() {
        let question = asked(lookup);
        lookup.reply(say(&question));
        all.push(question);
        assert!(all.len() < 100, "it ends");
    }
    all
}

#[test]
fn the_transport_says_which_service() {
    for (transport, name) in [
        (Transport::Udp, "SRV _sip._udp.tel.example"),
        (Transport::Tcp, "SRV _sip._tcp.tel.example"),
        (Transport::Tls, "SRV _sips._tcp.tel.example"),
    ] {
        assert_eq!(asked(&Lookup::new(wanted(transport, None))), name);
    }
}

#[test]
fn services_then_their_addresses() {
    let mut lookup = Lookup::new(wanted(Transport::Tls, None));
    let services = vec![service(20, 0, 5_061, "b.example"), service(10, 0, 5_062, "a.example")];
    let all = search(&mut lookup, |question| match question {
        "SRV _sips._tcp.tel.example" => Reply::Services(services.clone(), 300),
        "A a.example" => Reply::Addresses(vec![ip(1), ip(2)], 60),
        "A b.example" => Reply::Addresses(vec![ip(3)], 600),
        _ => Reply::Nothing,
    });
    let expected = [
        "SRV _sips._tcp.tel.example",
        "A a.example",
        "AAAA a.example",
        "A b.example",
        "AAAA b.example",
    ];
    assert_eq!(all, expected);
    let mut location = Location::default();
    assert!(location.begin(NOW) && !location.begin(NOW));
    assert!(location.learn(NOW, &lookup, &mut Rng::new(1)));
    let text: Vec<String> = location.addresses().map(|it| it.to_string()).collect();
    assert_eq!(text, ["192.0.2.1:5062", "192.0.2.2:5062", "192.0.2.3:5061"]);
    // The shortest of all says when it is asked again.
    assert_eq!(location.deadline(), Some(NOW + Micros::from_secs(60)));
    assert!(!location.learn(NOW, &lookup, &mut Rng::new(1)), "the same again is no news");
    // The carrier turns its priorities round.
    let mut lookup = Lookup::new(wanted(Transport::Tls, None));
    let services = [service(5, 0, 5_061, "b.example"), service(10, 0, 5_062, "a.example")];
    search(&mut lookup, |question| match question {
        "SRV _sips._tcp.tel.example" => Reply::Services(services.to_vec(), 300),
        "A a.example" => Reply::Addresses(vec![ip(1), ip(2)], 60),
        "A b.example" => Reply::Addresses(vec![ip(3)], 600),
        _ => Reply::Nothing,
    });
    assert!(location.learn(NOW, &lookup, &mut Rng::new(1)));
    assert_eq!(location.addresses().next(), Some(SocketAddr::new(ip(3), 5_061)));
}

#[test]
fn without_services_the_name_itself() {
    let mut lookup = Lookup::new(wanted(Transport::Tls, None));
    let all = search(&mut lookup, |question| match question {
        "A tel.example" => Reply::Addresses(vec![ip(1)], 0),
        _ => Reply::Nothing,
    });
    assert_eq!(all, ["SRV _sips._tcp.tel.example", "A tel.example", "AAAA tel.example"]);
    let mut location = Location::default();
    location.learn(NOW, &lookup, &mut Rng::new(1));
    assert_eq!(location.addresses().collect::<Vec<_>>(), [SocketAddr::new(ip(1), 5_061)]);
    assert_eq!(location.deadline(), Some(NOW + HOLDS_MIN));

    // A port that is said is a port that is meant.
    let mut lookup = Lookup::new(wanted(Transport::Udp, Some(5_080)));
    let all = search(&mut lookup, |_| Reply::Addresses(vec![ip(1)], u32::MAX));
    assert_eq!(all, ["A tel.example", "AAAA tel.example"]);
    let mut location = Location::default();
    location.learn(NOW, &lookup, &mut Rng::new(1));
    assert_eq!(
        location.addresses().collect::<Vec<_>>(),
        [SocketAddr::new(ip(1), 5_080)],
        "once, though it came twice"
    );
    assert_eq!(location.deadline(), Some(NOW + HOLDS_MAX));
}

#[test]
fn what_was_known_survives_a_failure() {
    let mut lookup = Lookup::new(wanted(Transport::Udp, None));
    search(&mut lookup, |question| match question {
        "A tel.example" => Reply::Addresses(vec![ip(1)], 30),
        _ => Reply::Nothing,
    });
    let mut location = Location::default();
    location.learn(NOW, &lookup, &mut Rng::new(1));
    let later = NOW + Micros::from_secs(30);
    assert!(location.begin(later));
    for fails in [Reply::Failed, Reply::Nothing] {
        let mut lookup = Lookup::new(wanted(Transport::Udp, None));
        search(&mut lookup, |_| fails.clone());
        assert!(!location.learn(later, &lookup, &mut Rng::new(1)));
        assert_eq!(location.addresses().collect::<Vec<_>>(), [SocketAddr::new(ip(1), 5_060)]);
        assert!(location.has_failed());
        assert_eq!(location.deadline(), Some(later + AFTER_FAILURE));
    }
}

/// Two edges of a carrier, and what is said of the second one's addresses.
fn two_edges(v4: &Reply, v6: &Reply) -> Lookup {
    let mut lookup = Lookup::new(wanted(Transport::Udp, None));
    let services = [service(10, 0, 5_060, "b.example"), service(20, 0, 5_060, "a.example")];
    search(&mut lookup, |question| match question {
        "SRV _sip._udp.tel.example" => Reply::Services(services.to_vec(), 3_600),
        "A a.example" => Reply::Addresses(vec![ip(1)], 3_600),
        "A b.example" => v4.clone(),
        "AAAA b.example" => v6.clone(),
        _ => Reply::Nothing,
    });
    lookup
}

#[test]
fn an_edge_whose_address_nobody_can_say_is_kept() {
    let [edge_a, edge_b] = [1, 2].map(|last| SocketAddr::new(ip(last), 5_060));
    let whole = two_edges(&Reply::Addresses(vec![ip(2)], 3_600), &Reply::Failed);
    let mut location = Location::default();
    location.learn(NOW, &whole, &mut Rng::new(1));
    let known = |it: &Location| it.addresses().collect::<Vec<_>>();
    assert_eq!(known(&location), [edge_b, edge_a]);
    let an_hour = Some(NOW + Micros::from_mins(60));
    assert_eq!(location.deadline(), an_hour, "AAAA is missed by nobody who has A");

    for (v4, v6) in [
        (Reply::Failed, Reply::Nothing),
        (Reply::Failed, Reply::Failed),
        (Reply::Nothing, Reply::Failed),
    ] {
        let half = two_edges(&v4, &v6);
        assert!(!location.learn(NOW, &half, &mut Rng::new(1)), "nothing is other than it was");
        assert_eq!(known(&location), [edge_b, edge_a], "{v4:?} {v6:?}");
        assert_eq!(location.deadline(), Some(NOW + AFTER_FAILURE));
        assert!(!location.has_failed());
        // Nothing was known before: the other one is asked for soon.
        let mut fresh = Location::default();
        assert!(fresh.learn(NOW, &half, &mut Rng::new(1)));
        assert_eq!(known(&fresh), [edge_a]);
        assert_eq!(fresh.deadline(), Some(NOW + AFTER_FAILURE));
    }
    // Whoever can say that it is gone is believed.
    let gone = two_edges(&Reply::Nothing, &Reply::Nothing);
    assert!(location.learn(NOW, &gone, &mut Rng::new(1)));
    assert_eq!((known(&location), location.deadline()), (vec![edge_a], an_hour));
}

#[test]
fn what_is_kept_of_failing_searches_has_a_bound() {
    let mut location = Location::default();
    for last in 0..100 {
        let mut lookup = Lookup::new(wanted(Transport::Udp, None));
        search(&mut lookup, |question| match question {
            "SRV _sip._udp.tel.example" => Reply::Services(
                vec![service(10, 0, 5_060, "a.example"), service(10, 0, 5_060, "b.example")],
                60,
            ),
            "A a.example" => Reply::Addresses(vec![ip(last)], 60),
            _ => Reply::Failed,
        });
        location.learn(NOW, &lookup, &mut Rng::new(1));
        assert_eq!(location.addresses().next(), Some(SocketAddr::new(ip(last), 5_060)));
        assert!(location.addresses().count() <= ADDRESSES_MAX);
    }
}

#[test]
fn a_service_that_is_decidedly_not_there_is_not_looked_for_elsewhere() {
    let mut lookup = Lookup::new(wanted(Transport::Udp, None));
    let all = search(&mut lookup, |_| Reply::Services(vec![service(0, 0, 0, "")], 60));
    assert_eq!(all, ["SRV _sip._udp.tel.example"]);
    assert!(lookup.found(&mut Rng::new(1)).is_none());
}

#[test]
fn weights_are_shares() {
    let services = [service(1, 60, 1, "a"), service(1, 30, 1, "b"), service(1, 10, 1, "c")];
    let mut rng = Rng::new(2_782);
    let mut first = [0; 3];
    for _ in 0..10_000 {
        first[order(&services, &mut rng)[0]] += 1;
    }
    for (count, weight) in first.into_iter().zip([6_000_i32, 3_000, 1_000]) {
        assert!((count - weight).abs() < 250, "{first:?}");
    }
}

proptest! {
    #[test]
    fn every_service_has_its_turn_and_priorities_are_kept(
        seed: u64,
        services in proptest::collection::vec(
            (0..4_u16, any::<u16>()).prop_map(|(priority, weight)| service(priority, weight, 1, "a")),
            0..12,
        ),
    ) {
        let order = order(&services, &mut Rng::new(seed));
        let mut sorted = order.clone();
        sorted.sort_unstable();
        prop_assert_eq!(sorted, (0..services.len()).collect::<Vec<_>>());
        let priorities: Vec<u16> = order.iter().map(|&at| services[at].priority).collect();
        prop_assert!(priorities.is_sorted());
    }
}
