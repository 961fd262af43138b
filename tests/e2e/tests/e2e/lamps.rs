// SPDX-License-Identifier: EUPL-1.2
//! Busy lamps: a telephone watches another, and sees whether somebody rings or talks there.

use e2e::clock::SOON;
use e2e::county::County;
use e2e::runner::Case;
use e2e::server::Server;
use e2e::sipp::{Running, Sipp};
use std::collections::BTreeMap;

pub(crate) const CASES: &[Case] = &[
    ("a_lamp_follows_a_call", follows),
    ("a_lamp_is_put_out_when_the_service_ends", put_out),
    ("who_may_not_watch", may_not),
];

/// A lamp may be so late, in seconds: one, and what this machine takes when it is busy.
const LATE: f64 = 1.3;

fn county() -> County {
    County::new().agent("k1").phone("k1", "k1").agent("k2").phone("k2", "k2")
}

/// The telephone k1, at a port of its own, watches another.
fn watches(server: &Server, port: u16, whom: &str, scenario: &'static str) -> Sipp {
    let watcher = Sipp::from(port, server.sip(), whom, scenario);
    watcher.with("user", "k1").with("password", server.password("k1")).with("event", "dialog")
}

fn follows() {
    let mut county = county();
    let port = county.ports.one();
    let server = Server::start(county);
    let mut watcher = watches(&server, port, "a1", "phone_watches").start(&server);
    server.wait_until("somebody watches", SOON, |it| it.of("lamps") == 1);
    let agent = server.county.bench_phone(1);
    let mut agent = Sipp::at(agent, "agent_talks").with("ring", 2_000).start(&server);
    let caller = Sipp::from(server.county.callers, server.sip(), "115", "caller_talks");
    let mut caller = caller.with("talk", 6_000).with("extra", "").start(&server);
    caller.succeeds();
    agent.succeeds();
    watcher.succeeds();
    server.wait_until("nobody watches", SOON, |it| it.of("lamps") == 0);

    let told = documents(&watcher);
    let states: Vec<&str> = told.iter().map(|it| &it.state[..]).collect();
    assert_eq!(states, ["terminated", "early", "confirmed", "terminated", "terminated"]);
    let versions: Vec<u32> = told.iter().map(|it| it.version).collect();
    assert_eq!(versions, [0, 1, 2, 3, 4]);
    assert_eq!(told[1].direction.as_deref(), Some("recipient"));
    // Who calls is nobody's business.
    let notifies = received(&watcher, "NOTIFY ");
    assert_eq!(notifies.len(), 5);
    assert!(notifies.iter().all(|it| !it.text.contains("494171") && !it.text.contains("remote")));
    // As soon as it happens at the telephone.
    let rang = received(&agent, "INVITE ")[0].at;
    let hung_up = received(&agent, "BYE ")[0].at;
    let answered = sent(&agent, "SIP/2.0 200")[0].at;
    for (told, at) in [(&told[1], rang), (&told[2], answered), (&told[3], hung_up)] {
        let late = told.at - at;
        assert!((-0.1..LATE).contains(&late), "{} came {late} s later", told.state);
    }
    server.is_as_new();
}

/// Told, so that nobody looks at a lamp that says nothing any more; and where it makes sense to try again.
fn put_out() {
    let mut county = county();
    let port = county.ports.one();
    let server = Server::start(county);
    let last = "terminated;reason=probation;retry-after=10";
    let watcher = watches(&server, port, "k2", "phone_watches_until_told").with("last", last);
    let mut watcher = watcher.start(&server);
    server.wait_until("somebody watches", SOON, |it| it.of("lamps") == 1);
    server.process.signal("TERM");
    watcher.succeeds();
}

fn may_not() {
    let mut county = county();
    let ports = [(); 5].map(|()| county.ports.one());
    let server = Server::start(county);
    let password = server.password("k1");
    let refused =
        |nth: usize, whom: &str, (event, expires, password): (&str, u32, &str), code: u16| {
            let watcher = Sipp::from(ports[nth], server.sip(), whom, "phone_may_not_watch");
            let watcher =
                watcher.with("user", "k1").with("password", password).with("event", event);
            watcher.with("expires", expires).with("code", code).run(&server)
        };
    // Nobody of that name; a line is no telephone; another event; for too short a time; a wrong password.
    let _nobody = refused(0, "k9", ("dialog", 300, &password), 404);
    let _line = refused(1, "115", ("dialog", 300, &password), 404);
    let other = refused(2, "k2", ("presence", 300, &password), 489);
    assert!(other.received("Allow-Events: dialog, refer"), "{}", other.messages());
    let brief = refused(3, "k2", ("dialog", 5, &password), 423);
    assert!(brief.received("Min-Expires: 60"), "{}", brief.messages());
    let _stranger = refused(4, "k2", ("dialog", 300, "guessed"), 401);
    assert_eq!(server.figures().of("lamps"), 0);
    server.is_as_new();
}

// ---- what was said ----

/// One message of a trace.
struct Said {
    /// Seconds since midnight.
    at: f64,
    text: String,
}

fn received(of: &Running, first: &str) -> Vec<Said> {
    said(of, " received [", first)
}

fn sent(of: &Running, first: &str) -> Vec<Said> {
    said(of, " sent (", first)
}

/// The messages that begin so, in their order.
fn said(of: &Running, way: &str, first: &str) -> Vec<Said> {
    let messages = of.messages();
    let parts = messages.split("----------------------------------------------- ").skip(1);
    let of_it = parts.filter_map(|part| {
        let (head, text) = part.split_once("\n\n")?;
        let at = seconds(head.lines().next()?.split_whitespace().next_back()?)?;
        let is_it = head.contains(way) && text.starts_with(first);
        is_it.then(|| Said { at, text: text.to_owned() })
    });
    of_it.collect()
}

/// Reads `17:53:34.778746`.
fn seconds(time: &str) -> Option<f64> {
    let parts = time.split(':').map(str::parse::<f64>);
    parts.collect::<Result<Vec<_>, _>>().ok()?.into_iter().reduce(|sum, part| sum * 60.0 + part)
}

/// What one NOTIFY told.
struct Told {
    at: f64,
    version: u32,
    state: String,
    direction: Option<String>,
}

/// Every document that came, read as XML.
fn documents(of: &Running) -> Vec<Told> {
    let all = received(of, "NOTIFY ").into_iter().map(|said| {
        assert!(said.text.contains("Content-Type: application/dialog-info+xml"), "{}", said.text);
        let xml = said.text.split("\r\n\r\n").nth(1).or(said.text.split("\n\n").nth(1));
        let elements = elements(xml.expect("a body"));
        let names: Vec<&str> = elements.iter().map(|it| &it.name[..]).collect();
        assert_eq!(names, ["dialog-info", "dialog", "state"]);
        let info = &elements[0].attributes;
        assert_eq!(info["xmlns"], "urn:ietf:params:xml:ns:dialog-info");
        assert_eq!(info["state"], "full");
        assert!(info["entity"].starts_with("sip:"), "{info:?}");
        Told {
            at: said.at,
            version: info["version"].parse().expect("a number"),
            state: elements[2].text.clone(),
            direction: elements[1].attributes.get("direction").cloned(),
        }
    });
    all.collect()
}

#[derive(Default)]
struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    text: String,
}

/// The elements of a small document in the order in which they begin; each has to end where it should.
fn elements(xml: &str) -> Vec<Element> {
    let (mut all, mut open): (Vec<Element>, Vec<usize>) = (Vec::new(), Vec::new());
    for part in xml.trim().split('<').skip(1) {
        let (tag, text) = part.split_once('>').expect("every tag ends");
        if tag.starts_with('?') {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            let ended = open.pop().expect("something was open");
            assert_eq!(all[ended].name, name);
            continue;
        }
        let (name, rest) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut element = Element { name: name.to_owned(), ..Element::default() };
        let mut rest = rest.trim();
        while !rest.is_empty() {
            let (key, value) = rest.split_once("=\"").expect("an attribute");
            let (value, after) = value.split_once('"').expect("it ends");
            element.attributes.insert(key.to_owned(), value.to_owned());
            rest = after.trim();
        }
        element.text = text.trim().to_owned();
        open.push(all.len());
        all.push(element);
    }
    assert!(open.is_empty() && !all.is_empty(), "{xml}");
    all
}
