// SPDX-License-Identifier: EUPL-1.2
//! `/healthz` and `/metrics` for the machines that watch the centre, on loopback.
//!
//! The rule to keep: nothing here holds a number or a name of anybody; agents are counted, never named.

use super::control::reply;
use super::{Ask, Inbox, Snapshot, trunks};
use promise::Fate;
use std::fmt::Write as _;
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use store::Gap;

/// Bytes of a request; a scraper's has 300.
const REQUEST_MAX: usize = 4_096;

/// Header fields of a request.
const FIELDS_MAX: usize = 32;

/// How long a client on this machine may take for each part of its request, and to read the answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// Parts in which a request may come: one, and for an odd client some more.
const PARTS_MAX: usize = 8;

/// Clients at once: more than machines that watch. Further ones are hung up on.
const CLIENTS_MAX: usize = 64;

/// How long nobody is let in after the system gave no file.
const NO_FILES: Duration = Duration::from_millis(100);

/// Answers until the process ends. Says where it listens.
///
/// # Errors
/// If the address cannot be bound.
pub(crate) fn serve(at: SocketAddr, inbox: Inbox) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(at)?;
    let bound = listener.local_addr()?;
    thread::Builder::new().name("http".to_owned()).spawn(move || {
        let clients = Arc::<()>::default();
        loop {
            match listener.accept() {
                Ok((stream, _)) => answer_beside(stream, &inbox, &clients),
                // Without files there is nobody to answer until one is given back.
                Err(_) => thread::park_timeout(NO_FILES),
            }
        }
    })?;
    Ok(bound)
}

/// Answers on a thread of its own: who asks nothing, or does not read, keeps nobody else waiting.
fn answer_beside(stream: TcpStream, inbox: &Inbox, clients: &Arc<()>) {
    if Arc::strong_count(clients) > CLIENTS_MAX {
        return;
    }
    let (inbox, client) = (inbox.clone(), Arc::clone(clients));
    let answers = move || {
        // Who hangs up before the answer needs none.
        let _ = answer(stream, &inbox);
        drop(client);
    };
    // A system without threads answers nobody; calls go on.
    let _ = thread::Builder::new().name("http-client".to_owned()).spawn(answers);
}

fn answer(mut stream: TcpStream, inbox: &Inbox) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let (status, body) = match path(&mut stream)?.as_deref() {
        Some("/healthz") => healthz(inbox),
        Some("/metrics") => match reply(inbox, Ask::Snapshot) {
            Some(snapshot) => ("200 OK", metrics(&snapshot)),
            None => ("503 Service Unavailable", "no answer\n".to_owned()),
        },
        Some(_) => ("404 Not Found", "/healthz, /metrics\n".to_owned()),
        None => ("400 Bad Request", "GET\n".to_owned()),
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

/// The path of a GET; none for anything else.
fn path(stream: &mut TcpStream) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    let mut part = [0; 1_024];
    for _ in 0..=PARTS_MAX {
        let mut fields = [httparse::EMPTY_HEADER; FIELDS_MAX];
        let mut request = httparse::Request::new(&mut fields);
        match request.parse(&bytes) {
            Ok(httparse::Status::Complete(_)) => {
                let path = request.path.filter(|_| request.method == Some("GET"));
                let path = path.and_then(|path| path.split('?').next());
                return Ok(path.map(str::to_owned));
            }
            Ok(httparse::Status::Partial) if bytes.len() < REQUEST_MAX => {}
            Ok(httparse::Status::Partial) | Err(_) => return Ok(None),
        }
        match stream.read(&mut part)? {
            0 => return Ok(None),
            length => bytes.extend_from_slice(&part[..length]),
        }
    }
    Ok(None)
}

/// Well if the decisions answer, the log keeps up, and at least one trunk can be used of those of which that is
/// known.
fn healthz(inbox: &Inbox) -> (&'static str, String) {
    let Some(snapshot) = reply(inbox, Ask::Snapshot) else {
        return ("503 Service Unavailable", "the decisions do not answer\n".to_owned());
    };
    if snapshot.log.is_stalled {
        return ("503 Service Unavailable", "the log stalls\n".to_owned());
    }
    let known: Vec<bool> = snapshot.trunks.iter().filter_map(trunks::is_usable).collect();
    let why = trunks::unregistered(&snapshot.trunks);
    if !known.is_empty() && known.iter().all(|&usable| !usable) {
        let what = if why.is_empty() { "no trunk answers\n" } else { "no trunk can be used\n" };
        return ("503 Service Unavailable", format!("{what}{why}"));
    }
    ("200 OK", format!("ok\n{why}"))
}

/// The text format of Prometheus.
fn metrics(it: &Snapshot) -> String {
    let mut text = String::new();
    let mut gauge = |name: &str, help: &str, value: u64| {
        let _ = writeln!(
            text,
            "# HELP amtsleitung_{name} {help}\n# TYPE amtsleitung_{name} gauge\namtsleitung_{name} {value}"
        );
    };
    gauge("uptime_seconds", "Since the start.", it.uptime.as_secs());
    gauge("contacts", "Contacts inside.", it.contacts as u64);
    gauge("contacts_waiting", "Contacts that wait for an agent.", it.waiting as u64);
    gauge("telephones_registered", "Telephones that are registered.", it.registered as u64);
    gauge("lamps", "Busy lamps that telephones watch.", it.lamps as u64);
    let (legs, dialogs, transactions) = it.sizes;
    gauge("sip_legs", "SIP calls of the user agent.", legs as u64);
    gauge("sip_dialogs", "SIP dialogs.", dialogs as u64);
    gauge("sip_transactions", "SIP transactions.", transactions as u64);
    gauge("media_legs", "Legs that hold media ports.", it.media_legs as u64);
    gauge("log_stalled", "Whether nothing is decided.", u64::from(it.log.is_stalled));
    gauge("log_facts_waiting", "Facts that wait for the disk.", it.log.waiting);
    text.push_str(&agents(it));
    text.push_str(&of_trunks(it));
    text.push_str(&contacts(it));
    text.push_str(&counters(it));
    text
}

fn agents(it: &Snapshot) -> String {
    let agents = it.agents;
    let states = [
        ("signed_off", agents.signed_off),
        ("not_ready", agents.not_ready),
        ("ready", agents.ready),
        ("offered", agents.offered),
        ("talking", agents.talking),
        ("wrap_up", agents.wrap_up),
    ];
    let rows = states.map(|(state, count)| (format!("state=\"{state}\""), count));
    family("agents", "gauge", "Agents by what they are doing.", &rows)
}

fn of_trunks(it: &Snapshot) -> String {
    let calls: Vec<(String, u64)> = it
        .trunks
        .iter()
        .map(|trunk| (format!("trunk=\"{}\"", trunk.id), u64::from(trunk.calls)))
        .collect();
    let up: Vec<(String, u64)> = it
        .trunks
        .iter()
        .filter_map(|trunk| Some((format!("trunk=\"{}\"", trunk.id), u64::from(trunk.answers?))))
        .collect();
    let mut text = family("trunk_calls", "gauge", "Calls of each trunk.", &calls);
    text.push_str(&family("trunk_up", "gauge", "Whether the trunk answers OPTIONS.", &up));
    let registered: Vec<(String, u64)> = it
        .trunks
        .iter()
        .filter_map(|trunk| {
            let is_registered = trunk.registration?.is_registered;
            Some((format!("trunk=\"{}\"", trunk.id), u64::from(is_registered)))
        })
        .collect();
    let help = "Whether the centre is registered over the trunk.";
    text.push_str(&family("trunk_registered", "gauge", help, &registered));
    text
}

fn contacts(it: &Snapshot) -> String {
    let mut rows = Vec::new();
    let mut in_time = Vec::new();
    for line in &it.lines {
        for fate in Fate::ALL {
            let labels = format!("line=\"{}\",fate=\"{}\"", line.name, fate.key());
            rows.push((labels, line.tally.of(fate)));
        }
        in_time.push((format!("line=\"{}\"", line.name), line.tally.accepted_in_time()));
    }
    let mut text =
        family("contacts_total", "counter", "Contacts that ended, by line and fate.", &rows);
    let help = "Contacts that were accepted within 30 seconds.";
    text.push_str(&family("contacts_in_time_total", "counter", help, &in_time));
    text
}

fn srtp_refused(it: &Snapshot) -> String {
    let rows = [
        ("reason=\"forged\"".to_owned(), it.media.srtp_forged),
        ("reason=\"replayed\"".to_owned(), it.media.srtp_replayed),
        ("reason=\"other\"".to_owned(), it.media.srtp_refused),
    ];
    let help = "Packets of encrypted sound that were not taken.";
    family("srtp_refused_total", "counter", help, &rows)
}

fn counters(it: &Snapshot) -> String {
    let single = |name, help, value| family(name, "counter", help, &[(String::new(), value)]);
    let refusals: Vec<(String, u64)> = it
        .counters
        .refusals()
        .map(|(why, count)| (format!("reason=\"{}\"", why.word()), count))
        .collect();
    let (events, refused) = it.events;
    [
        single("sip_received_total", "SIP messages that came.", it.counters.received),
        single("sip_sent_total", "SIP messages that were sent.", it.counters.sent),
        single("sip_unsent_total", "SIP messages that the kernel did not take.", it.network.unsent),
        single("sip_behind_total", "Turns in which new calls were refused.", it.network.behind),
        single(
            "sip_connections_closed_total",
            "Connections that were closed for what they did.",
            it.network.connections_closed,
        ),
        single(
            "sip_handshakes_failed_total",
            "Connections by TLS that did not come about.",
            it.network.handshakes_failed,
        ),
        single("calls_total", "Calls that were told to the centre.", it.counters.calls),
        single(
            "emergency_calls_total",
            "Calls to emergency services that left by the route of their site.",
            it.counters.emergencies,
        ),
        single(
            "outbound_refused_total",
            "Calls of telephones of the centre that a trunk's daily limit kept back.",
            it.counters.outbound_refused,
        ),
        single(
            "passed_on_total",
            "Calls that were put through to the exchange behind which their number lies.",
            it.counters.passed_on,
        ),
        single("rings_total", "Telephones that were made to ring.", it.counters.rings),
        single("media_refused_total", "Orders that media refused.", it.counters.media_refused),
        single("media_malformed_total", "Datagrams that are no media.", it.media.malformed),
        srtp_refused(it),
        single("media_turns_skipped_total", "Turns of listeners left out.", it.media.turns_skipped),
        single(
            "media_events_dropped_total",
            "Figures and keys that media told and nobody read.",
            it.media.events_dropped,
        ),
        single("events_total", "Events that were decided.", events),
        single("events_refused_total", "Events that made no sense.", refused),
        family("log_facts_lost_total", "counter", "Facts that found no room.", &lost(it.log.lost)),
        family("refused_total", "counter", "What was refused, by reason.", &refusals),
    ]
    .concat()
}

fn lost(gap: Gap) -> [(String, u64); 2] {
    let Gap { refused_calls, others } = gap;
    [("refused_call", refused_calls), ("other", others)]
        .map(|(kind, count)| (format!("kind=\"{kind}\""), count))
}

fn family(name: &str, kind: &str, help: &str, rows: &[(String, u64)]) -> String {
    let mut text = format!("# HELP amtsleitung_{name} {help}\n# TYPE amtsleitung_{name} {kind}\n");
    for (labels, value) in rows {
        let labels = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
        let _ = writeln!(text, "amtsleitung_{name}{labels} {value}");
    }
    text
}
