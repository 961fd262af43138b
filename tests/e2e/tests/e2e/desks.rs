// SPDX-License-Identifier: EUPL-1.2
//! Desks in a real browser: who calls is heard there and hears who answers, whatever becomes of the page.

use e2e::baresip::{Baresip, PORTS, Phone};
use e2e::browser::Browser;
use e2e::certificates::Authority;
use e2e::clock::{SOON, Stopwatch, wait_for, yesterday_and_tomorrow};
use e2e::county::{County, Help};
use e2e::folder::Folder;
use e2e::pages::{Socket, Visitor, account};
use e2e::runner::Case;
use e2e::server::Server;
use e2e::sipp::Sipp;
use serde_json::{Value, json};
use std::time::Duration;

pub(crate) const CASES: &[Case] = &[
    ("pages_let_nobody_in_who_may_not", pages_let_nobody_in_who_may_not),
    ("roles_and_reach_are_kept", roles_and_reach_are_kept),
    ("sockets_take_no_nonsense", sockets_take_no_nonsense),
    ("a_desk_is_open_once", a_desk_is_open_once),
    ("the_wallboard_survives_a_crash", the_wallboard_survives_a_crash),
    ("what_is_said_of_a_call_stays", what_is_said_of_a_call_stays),
];

/// Those that keep a processor busy: a browser, or fifty desks that are told of every change.
pub(crate) const BUSY: &[Case] = &[
    ("a_browser_answers_and_comes_back", a_browser_answers_and_comes_back),
    ("a_browser_asks_and_hands_on", a_browser_asks_and_hands_on),
    ("a_browser_calls_for_help", a_browser_calls_for_help),
    ("pages_speak_tls", pages_speak_tls),
    ("fifty_desks_at_once", fifty_desks_at_once),
];

/// How long a page may take until its talk goes on, after it was loaded anew: two seconds, and what a browser takes
/// to load and to measure a tone beside another test. The two seconds alone are tested with the softphone.
const BACK_WITHIN: Duration = Duration::from_secs(2 + 8);

/// A centre with the pages, an agent k1 with a telephone in the browser, and k2 with one on the desk.
fn centre() -> (Server, u16, Browser) {
    let mut county =
        County::new().agent("k1").browser("k1-web", "k1").agent("k2").phone("k2", "k2");
    county.bench = 0;
    let port = county.ports.row(PORTS);
    let server = Server::start(county);
    let roles = ["--agent", "k1", "--roles", "agent,supervisor"];
    let password = account(&server, "anna", &roles);
    let browser = Browser::start(620);
    let url = format!("http://127.0.0.1:{}", server.county.web());
    browser.sign_in(&url, "anna", &password);
    browser.click("^Dienst beginnen");
    server.wait_until("the browser is registered", SOON, |it| it.of("telephones_registered") >= 1);
    (server, port, browser)
}

/// A caller at the trunk who says 440 Hz.
fn caller(server: &Server) -> Baresip {
    Phone::new("+4941718001", server.county.callers, 440).start(server)
}

fn ready(server: &Server, browser: &Browser) {
    browser.click("^Bereit");
    server.wait_until("ready", SOON, |it| it.agents("ready") == 1);
}

fn a_browser_answers_and_comes_back() {
    let (server, _, browser) = centre();
    ready(&server, &browser);
    let caller = caller(&server);
    caller.dial("115");
    browser.see("Annehmen");
    browser.see("Leitung 115");
    browser.see("\\+4941718001");
    browser.press("F2");
    server.wait_until("a talk", SOON, |it| it.agents("talking") == 1);
    caller.hears(620.0);
    browser.hears(440.0);

    // On hold the caller hears music, and then the agent again.
    browser.press("F4");
    caller.hears_just(&[300]);
    browser.press("F4");
    caller.hears_just(&[620]);
    browser.hears(440.0);

    // A page that is loaded anew finds its call.
    let left = Stopwatch::start();
    browser.tell(json!({"do": "reload"}));
    browser.see("Auflegen");
    browser.hears(440.0);
    let back = left.read();
    caller.hears_just(&[620]);
    assert_eq!(server.figures().agents("talking"), 1);
    assert!(back < BACK_WITHIN, "the talk went on after {back:?}");

    // Five seconds without a network.
    browser.tell(json!({"do": "offline", "on": true}));
    browser.see("[Nn]icht verbunden|[Kk]eine Verbindung|unterbrochen");
    browser.tell(json!({"do": "offline", "on": false}));
    browser.see("Verbunden");
    caller.hears_just(&[620]);
    browser.hears(440.0);

    caller.hang_up();
    let figures = server.is_empty();
    assert_eq!(figures.fate("115", "accepted"), 1);
    // The wallboard shows exactly this call, and opens into it.
    let board = browser.fetch("/api/board");
    let lines = board["lines"].as_array().expect("lines");
    let line = lines.iter().find(|it| it["id"] == "115").expect("the line");
    assert_eq!(line["today"]["answered"], 1, "{line}");
    assert_eq!(line["today"]["counted"], 1, "{line}");
    let contacts = browser.fetch("/api/contacts?line=115&verdict=all");
    assert_eq!(contacts["contacts"].as_array().map(Vec::len), Some(1), "{contacts}");
}

fn a_browser_asks_and_hands_on() {
    let (server, port, browser) = centre();
    let mut colleague =
        Phone::new("k2", port, 700).registering(server.password("k2")).start(&server);
    colleague.is_registered();
    server.wait_until("both are registered", SOON, |it| it.of("telephones_registered") == 2);
    ready(&server, &browser);
    let caller = caller(&server);
    caller.dial("115");
    browser.see("Annehmen");
    browser.press("F2");
    browser.hears(440.0);

    // The colleague is asked; the caller hears music meanwhile.
    browser.press("F8");
    browser.write("k2");
    browser.see("1 Treffer");
    browser.press("Enter");
    browser.hears(700.0);
    colleague.hears(620.0);
    caller.hears_just(&[300]);
    // And is handed the caller.
    browser.click("^(Verbinden|Übergeben|Weitergeben)");
    colleague.hears_just(&[440]);
    caller.hears_just(&[700]);
    browser.see("Nachbearbeitung|Bereit");
    colleague.hang_up();
    let figures = server.is_empty();
    assert_eq!(figures.fate("115", "accepted"), 1);
}

/// With a caller and a colleague on the line, and with a call that rings: 112 leaves at once, and nobody is hung up.
fn a_browser_calls_for_help() {
    let mut county =
        County::new().agent("k1").browser("k1-web", "k1").agent("k2").phone("k2", "k2").outside(1);
    (county.bench, county.help) = (0, Help::ByTrunk);
    let port = county.ports.row(PORTS);
    let server = Server::start(county);
    let password = account(&server, "anna", &["--agent", "k1"]);
    let mut colleague =
        Phone::new("k2", port, 700).registering(server.password("k2")).start(&server);
    colleague.is_registered();
    let browser = Browser::start(620);
    browser.sign_in(&format!("http://127.0.0.1:{}", server.county.web()), "anna", &password);
    browser.click("^Dienst beginnen");
    server.wait_until("both are registered", SOON, |it| it.of("telephones_registered") == 2);
    ready(&server, &browser);
    let caller = caller(&server);
    caller.dial("115");
    browser.see("Annehmen");
    let outside = server.county.outside[0];
    let called = format!("INVITE sip:112@127.0.0.1:{outside} SIP/2.0");
    let calls_help = || {
        let mut there = Sipp::at(outside, "agent_hangs_up").with("talk", 1_500).start(&server);
        browser.press("F10");
        browser.click("^112 anrufen");
        there.succeeds();
        assert!(there.received(&called), "{}", there.messages());
    };
    // While it rings: the caller is offered again afterwards.
    calls_help();
    browser.see("Bereit|Annehmen");
    server.wait_until("the caller waits or rings", SOON, |it| it.of("contacts") == 1);
    browser.click("^(Bereit|Annehmen)");
    server.wait_until("a talk", SOON, |it| {
        if it.agents("talking") == 0 && it.agents("offered") == 1 {
            browser.press("F2");
        }
        it.agents("talking") == 1
    });
    browser.hears(440.0);
    browser.press("F8");
    browser.write("k2");
    browser.see("1 Treffer");
    browser.press("Enter");
    browser.hears(700.0);
    calls_help();
    // Both are still there: the caller hears music, and is taken back.
    caller.hears_just(&[300]);
    caller.hang_up();
    colleague.hang_up();
    let figures = server.is_empty();
    assert_eq!(figures.of("emergency_calls_total"), 2);
    assert_eq!(figures.fate("115", "accepted"), 1);
}

fn pages() -> Server {
    let mut county =
        County::new().agent("k1").browser("k1-web", "k1").agent("k2").browser("k2-web", "k2");
    county.bench = 0;
    Server::start(county)
}

fn pages_let_nobody_in_who_may_not() {
    let server = pages();
    let stranger = Visitor::of(&server);
    for path in
        ["/api/session", "/api/board", "/api/directory?q=k", "/api/contacts", "/api/wrap-ups/mine"]
    {
        let answer = stranger.ask("GET", path, "");
        assert_eq!(answer.status, 401, "{path}");
        assert!(answer.head.contains("application/problem+json"), "{}", answer.head);
        assert_eq!(answer.json()["status"], 401, "{path}");
    }
    for path in ["/api/desk", "/api/board/live"] {
        assert_eq!(stranger.socket(path).err(), Some(401), "{path}");
    }
    assert_eq!(stranger.ask("GET", "/api/nothing", "").status, 404);
    for path in ["/api/lines/115/close", "/api/plans/x/start", "/api/contacts/1/pull"] {
        assert_eq!(stranger.ask("POST", path, "{}").status, 401, "{path}");
    }
    // What every answer tells a browser.
    let page = stranger.ask("GET", "/", "");
    for words in ["default-src 'self'", "frame-ancestors 'none'", "nosniff", "no-referrer"] {
        assert!(page.head.contains(words), "{words}: {}", page.head);
    }

    let anna = Visitor::with_account(&server, "anna", &["--agent", "k1"]);
    let cookie = anna.cookie.clone().expect("a session");
    assert_eq!(anna.ask("GET", "/api/session", "").json()["agent"], "k1");
    // Forged cookies.
    let (name, token) = cookie.split_once('=').expect("a cookie");
    let other = if token.starts_with('0') { '1' } else { '0' };
    for forged in [
        format!("{name}={other}{}", &token[1..]),
        format!("{name}="),
        format!("{name}={}", &token[1..]),
        format!("__Host-{name}={token}"),
        format!("{name}={}", token.repeat(2)),
    ] {
        let forger = Visitor { cookie: Some(forged.clone()), ..anna.clone() };
        assert_eq!(forger.ask("GET", "/api/session", "").status, 401, "{forged}");
        assert_eq!(forger.socket("/api/desk").err(), Some(401), "{forged}");
    }
    // Another site in the same browser: the cookie alone is not enough.
    for origin in ["http://evil.example", "null", "http://127.0.0.1:1"] {
        let other = Visitor { origin: origin.to_owned(), ..anna.clone() };
        assert_eq!(other.ask("DELETE", "/api/session", "").status, 403, "{origin}");
        assert_eq!(other.socket("/api/desk").err(), Some(403), "{origin}");
        assert_eq!(other.sign_in("anna", "x").status, 403, "{origin}");
    }
    // Signing out ends the session and its sockets.
    let mut socket = anna.socket("/api/desk").expect("a desk");
    assert!(socket.hear(|it| it["type"] == "desk").is_some());
    assert_eq!(anna.ask("DELETE", "/api/session", "").status, 200);
    assert!(socket.hear(|it| it["type"] == "bye").is_some());
    assert_eq!(anna.ask("GET", "/api/session", "").status, 401);

    // Whoever guesses has to wait, whoever else comes from there too.
    for _ in 0..10 {
        assert_eq!(stranger.sign_in("anna", "falsch").status, 401);
    }
    let waits = stranger.sign_in("anna", "falsch");
    assert_eq!(waits.status, 429);
    assert!(waits.head.to_lowercase().contains("retry-after: "), "{}", waits.head);
    // Bad requests are told apart from wrong passwords.
    for body in ["", "{", "{\"name\": 1}", "[]", "{\"name\": \"a\", \"password\": \"b\", \"c\": 1}"]
    {
        assert_eq!(stranger.ask("POST", "/api/session", body).status, 400, "{body}");
    }
    let long = "x".repeat(100_000);
    assert_eq!(stranger.ask("POST", "/api/session", &long).status, 413);
}

fn roles_and_reach_are_kept() {
    let server = pages();
    let agent = Visitor::with_account(&server, "anna", &["--agent", "k1"]);
    let editor = Visitor::with_account(&server, "edith", &["--roles", "editor"]);
    let elsewhere = Visitor::with_account(
        &server,
        "otto",
        &["--roles", "supervisor,reporter", "--clients", ","],
    );
    let supervisor = Visitor::with_account(&server, "leitung", &["--roles", "supervisor"]);
    let close = "{\"minutes\": 5, \"reason\": \"Wasserschaden\"}";
    for (who, closes, looks, opens) in [
        (&agent, 403, 200, 403),
        (&editor, 403, 403, 403),
        (&elsewhere, 403, 200, 200),
        (&supervisor, 200, 200, 200),
    ] {
        assert_eq!(who.ask("POST", "/api/lines/115/close", close).status, closes, "{who:?}");
        assert_eq!(who.ask("GET", "/api/board", "").status, looks, "{who:?}");
        assert_eq!(who.ask("GET", "/api/contacts", "").status, opens, "{who:?}");
    }
    // Nobody without a desk has one, and whoever reaches other clients sees nothing of this one.
    for who in [&editor, &supervisor, &elsewhere] {
        assert_eq!(who.socket("/api/desk").err(), Some(403), "{who:?}");
    }
    assert_eq!(elsewhere.ask("GET", "/api/board", "").json()["lines"], json!([]));
    assert_eq!(elsewhere.ask("POST", "/api/plans/x/start", "{\"reason\": \"x\"}").status, 403);
    // The line is closed, with its reason in the log of the service and without a name.
    let board = supervisor.ask("GET", "/api/board", "").json();
    let lines = board["lines"].as_array().expect("lines");
    let line = lines.iter().find(|it| it["id"] == "115").expect("the line");
    assert_eq!((&line["open"], line["closed_until"].is_string()), (&json!(false), true), "{line}");
    let said = wait_for("the reason in the log of the service", SOON, || {
        Some(server.process.stderr()).filter(|it| it.contains("Wasserschaden"))
    });
    assert!(!said.contains("leitung"), "the log names an account: {said}");
    assert_eq!(
        supervisor
            .ask("POST", "/api/lines/115/close", "{\"minutes\": 5, \"reason\": \" \"}")
            .status,
        409
    );
    assert_eq!(
        supervisor
            .ask("POST", "/api/lines/115/close", "{\"minutes\": 99999999, \"reason\": \"x\"}")
            .status,
        409
    );
    assert_eq!(supervisor.ask("POST", "/api/lines/nein/close", close).status, 404);
    assert_eq!(supervisor.ask("POST", "/api/lines/115/open", "").status, 200);
    assert_eq!(supervisor.ask("POST", "/api/contacts/1/undo", "").status, 409);
}

fn sockets_take_no_nonsense() {
    let server = pages();
    let anna = Visitor::with_account(&server, "anna", &["--agent", "k1"]);
    let away = server.figures().agents("signed_off");
    for nonsense in [
        "",
        "{}",
        "null",
        "[]",
        "{\"type\": \"rule\"}",
        "{\"type\": \"answer\", \"contact\": -1}",
        "ü",
    ] {
        let mut socket = anna.socket("/api/desk").expect("a desk");
        socket.say(nonsense);
        assert_eq!(socket.hear(|it| it["type"] == "done"), None, "{nonsense}");
    }
    let mut socket = anna.socket("/api/desk").expect("a desk");
    // What makes no sense now is refused in words, and the socket stays.
    let refused = socket.asked(1, "{\"type\": \"answer\", \"of\": 1, \"contact\": 7}");
    assert_eq!(refused["type"], "refused", "{refused}");
    let refused = socket.asked(2, "{\"type\": \"dial\", \"of\": 2, \"number\": \"k2-web\"}");
    assert_eq!(refused["type"], "refused", "not signed on with a browser: {refused}");
    assert_eq!(
        socket.asked(3, "{\"type\": \"sign_on\", \"of\": 3, \"device\": \"browser\"}")["type"],
        "done"
    );
    let refused = socket.asked(4, "{\"type\": \"offer\", \"of\": 4, \"sdp\": \"v=0\"}");
    assert_eq!(refused["type"], "done", "the answer comes from the telephone: {refused}");
    let refused = socket.hear(|it| it["type"] == "refused" && it["of"] == 4).expect("no sound");
    assert!(refused["problem"]["detail"].is_string(), "{refused}");
    let refused =
        socket.asked(5, "{\"type\": \"wrap_up\", \"of\": 5, \"wrap_up\": {\"contact\": 99}}");
    assert_eq!(refused["type"], "refused", "somebody else's call: {refused}");
    assert_eq!(socket.asked(6, "{\"type\": \"sign_off\", \"of\": 6}")["type"], "done");
    // More than people can press.
    for of in 7..1_000 {
        socket.say_if_open(&format!("{{\"type\": \"ping\", \"of\": {of}}}"));
    }
    assert_eq!(socket.hear(|it| it["of"] == 999), None, "the socket was closed");
    assert_eq!(server.figures().agents("signed_off"), away, "all this has changed nothing");
}

fn a_desk_is_open_once() {
    let server = pages();
    let anna = Visitor::with_account(&server, "anna", &["--agent", "k1"]);
    let mut first = anna.socket("/api/desk").expect("a desk");
    assert!(first.hear(|it| it["type"] == "desk").is_some());
    let mut second = anna.socket("/api/desk").expect("a desk");
    assert!(second.hear(|it| it["type"] == "elsewhere").expect("told")["since"].is_string());
    second.say("{\"type\": \"take_over\", \"of\": 1}");
    assert!(second.hear(|it| it["type"] == "desk").is_some());
    assert!(first.hear(|it| it["type"] == "taken_over").is_some());
    assert_eq!(first.hear(|_| true), None, "it is closed");
}

fn pages_speak_tls() {
    let mut county = County::new().agent("k1").browser("k1-web", "k1");
    county.bench = 0;
    let url = format!("https://localhost:{}", county.web());
    county.web_more =
        format!("address = \"{url}\"\ncertificate = \"web.pem\"\nkey = \"web.key\"\n");
    let folder = Folder::new();
    Authority::new("Amt").sign("localhost", 2090).write(&folder, "data/web");
    let server = Server::start_in(folder, county);
    let password = account(&server, "anna", &["--agent", "k1"]);
    let browser = Browser::start(620);
    browser.sign_in(&url, "anna", &password);
    // The session and the socket hold by TLS, and the microphone is handed out.
    browser.click("^Dienst beginnen");
    server.wait_until("registered", SOON, |it| it.of("telephones_registered") == 1);
    ready(&server, &browser);
    let caller = caller(&server);
    caller.dial("115");
    browser.see("Annehmen");
    browser.press("F2");
    caller.hears(620.0);
    browser.hears(440.0);
    caller.hang_up();
    assert_eq!(server.is_empty().fate("115", "accepted"), 1);
    // Who does not speak TLS is not answered in clear.
    let plain = Visitor::of(&server);
    assert!(plain.tries("/api/sign-in").is_none(), "an answer in clear");
}

/// Who gave up before a crash, and who was cut off by it, stand on the wallboard of the day.
fn the_wallboard_survives_a_crash() {
    let mut server = pages();
    let waits = |server: &Server, count: u64| {
        server.wait_until("callers inside", SOON, |it| it.of("contacts") == count);
    };
    let first = caller(&server);
    first.dial("117");
    waits(&server, 1);
    first.hang_up();
    waits(&server, 0);
    first.dial("117");
    waits(&server, 1);
    // Music is heard only after the arrival is durable: from here on a crash must not forget it.
    first.hears(300.0);
    server.start_again();
    let visitor = Visitor::with_account(&server, "leitung", &["--roles", "supervisor"]);
    let board = visitor.ask("GET", "/api/board", "").json();
    let lines = board["lines"].as_array().expect("lines");
    let line = lines.iter().find(|it| it["id"] == "117").expect("the line");
    assert_eq!(line["today"]["offered"], 2, "{line}");
    assert_eq!(line["today"]["abandoned"], 2, "{line}");
    let contacts = visitor.ask("GET", "/api/contacts?line=117", "").json();
    assert_eq!(contacts["contacts"].as_array().map(Vec::len), Some(2), "{contacts}");
}

/// An agent at a desk telephone says what came of a call, corrects it, and after a crash it is all there: at the desk,
/// and in the report. What was written stands nowhere in clear.
fn what_is_said_of_a_call_stays() {
    let mut county =
        County::new().agent("k2").phone("k2", "k2").agent("k1").browser("k1-web", "k1");
    county.bench = 0;
    let port = county.ports.row(PORTS);
    let mut server = Server::start(county);
    let mut phone = Phone::new("k2", port, 700).registering(server.password("k2")).start(&server);
    phone.is_registered();
    let anna = Visitor::with_account(&server, "anna", &["--agent", "k2"]);
    let mut desk = anna.socket("/api/desk").expect("a desk");
    let on = desk.asked(1, "{\"type\": \"sign_on\", \"of\": 1, \"device\": \"desk_phone\"}");
    assert_eq!(on["type"], "done", "{on}");
    assert_eq!(desk.asked(2, "{\"type\": \"ready\", \"of\": 2}")["type"], "done");
    let caller = caller(&server);
    for _ in 1..=2 {
        caller.dial("115");
        server.wait_until("a talk", SOON, |it| it.agents("talking") == 1);
        caller.hang_up();
        server.wait_until("it is over", SOON, |it| it.of("contacts") == 0);
        server.wait_until("ready again", SOON, |it| it.agents("ready") == 1);
    }
    let said = json!({"contact": 1, "concerns": ["Sperrmüll Kröger"], "place": "Jesteburg",
        "result": "to_be_answered", "note": "ruft Freitag an"});
    let wraps_up = json!({"type": "wrap_up", "of": 20, "wrap_up": said}).to_string();
    assert_eq!(desk.asked(20, &wraps_up)["type"], "done");
    // Whoever had another call has nothing to say of this one.
    let otto = Visitor::with_account(&server, "otto", &["--agent", "k1"]);
    assert_eq!(otto.ask("PUT", "/api/wrap-ups/1", &said.to_string()).status, 404);
    let mut corrected = said.clone();
    corrected["result"] = json!("settled");
    assert_eq!(anna.ask("PUT", "/api/wrap-ups/1", &corrected.to_string()).status, 200);
    let misdial = json!({"contact": 2, "result": "misdial"}).to_string();
    assert_eq!(anna.ask("PUT", "/api/wrap-ups/2", &misdial).status, 200);
    let before = anna.ask("GET", "/api/wrap-ups/mine", "").json();
    assert_eq!(before["wrap_ups"].as_array().map(Vec::len), Some(2), "{before}");

    server.start_again();
    let anna = Visitor { origin: Visitor::of(&server).origin, ..anna };
    let anna = Visitor { cookie: None, ..anna };
    assert_eq!(
        anna.ask("GET", "/api/wrap-ups/mine", "").status,
        401,
        "sessions end with the service"
    );
    let anna = Visitor::with_account(&server, "berta", &["--agent", "k2"]);
    let after = anna.ask("GET", "/api/wrap-ups/mine", "").json();
    assert_eq!(after["wrap_ups"], before["wrap_ups"]);
    assert_eq!(after["wrap_ups"][1]["note"], "ruft Freitag an", "{after}");

    let (from, to) = yesterday_and_tomorrow();
    let report = server.ask(&["report", "--from", &from, "--to", &to, "--format", "json"]);
    let report: Value = serde_json::from_str(&report).expect("JSON");
    let total = &report["total"];
    let expected = json!({"settled": 1, "transferred": 0, "to_be_answered": 0, "misdial": 1, "abusive": 0, "unsaid": 0});
    assert_eq!(total["resolutions"], expected, "{total}");
    let first = &total["first_contact_resolution"];
    assert_eq!((&first["numerator"], &first["denominator"]), (&json!(1), &json!(1)), "{first}");
    let explained = server.ask(&[
        "report",
        "--from",
        &from,
        "--to",
        &to,
        "--explain",
        "first_contact_resolution",
    ]);
    assert!(
        explained.contains("settled in the first talk") && explained.contains("a misdial"),
        "{explained}"
    );
    let replayed = server.ask(&["replay"]);
    assert!(replayed.contains("Views: the same"), "{replayed}");
    for file in std::fs::read_dir(server.data()).expect("a folder").flatten() {
        let bytes = std::fs::read(file.path()).unwrap_or_default();
        for word in ["Kröger", "ruft Freitag"] {
            let is_there = bytes.windows(word.len()).any(|it| it == word.as_bytes());
            assert!(!is_there, "{word} stands in {}", file.path().display());
        }
    }
}

/// Fifty desks are signed on, ready, and told of every change.
fn fifty_desks_at_once() {
    const DESKS: usize = 50;
    let ids: Vec<(&'static str, &'static str)> =
        (1..=DESKS).map(|it| (&*format!("k{it}").leak(), &*format!("k{it}-web").leak())).collect();
    let mut county = County::new();
    county.bench = 0;
    for (agent, phone) in &ids {
        county = county.agent(agent).browser(phone, agent);
    }
    let server = Server::start(county);
    let mut sockets: Vec<Socket> = ids
        .iter()
        .map(|(agent, _)| {
            let visitor = Visitor::with_account(&server, agent, &["--agent", agent]);
            visitor.socket("/api/desk").expect("a desk")
        })
        .collect();
    for socket in &mut sockets {
        let on = socket.asked(1, "{\"type\": \"sign_on\", \"of\": 1, \"device\": \"browser\"}");
        assert_eq!(on["type"], "done", "{on}");
        let ready = socket.asked(2, "{\"type\": \"ready\", \"of\": 2}");
        assert_eq!(ready["type"], "done", "{ready}");
    }
    server.wait_until("all are ready", SOON, |it| it.agents("ready") == DESKS as u64);
    // Each desk shows what the centre says of it.
    for socket in &mut sockets {
        assert!(socket.hear(|it| it["desk"]["agent"]["state"] == "ready").is_some());
    }
    for socket in &mut sockets {
        let off = socket.asked(3, "{\"type\": \"sign_off\", \"of\": 3}");
        assert_eq!(off["type"], "done", "{off}");
    }
    server.wait_until("all are away", SOON, |it| it.agents("ready") == 0);
    for socket in &mut sockets {
        assert!(socket.hear(|it| it["desk"]["agent"]["state"] == "signed_off").is_some());
    }
}
