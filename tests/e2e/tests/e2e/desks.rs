// SPDX-License-Identifier: EUPL-1.2
//! Desks in a real browser: who calls is heard there and hears who answers, whatever becomes of the page.

use e2e::baresip::{Baresip, PORTS, Phone};
use e2e::browser::Browser;
use e2e::clock::SOON;
use e2e::county::County;
use e2e::runner::Case;
use e2e::server::{Server, run_program};
use serde_json::json;
use std::time::{Duration, Instant};

pub(crate) const CASES: &[Case] = &[
    ("a_browser_answers_and_comes_back", a_browser_answers_and_comes_back),
    ("a_browser_asks_and_hands_on", a_browser_asks_and_hands_on),
];

/// How long a page may take until its talk goes on, after it was loaded anew.
const BACK_WITHIN: Duration = Duration::from_secs(2);

/// A centre with the pages, an agent k1 with a telephone in the browser, and k2 with one on the desk.
fn centre() -> (Server, u16, Browser) {
    let mut county =
        County::new().agent("k1").browser("k1-web", "k1").agent("k2").phone("k2", "k2");
    county.bench = 0;
    let port = county.ports.row(PORTS);
    let server = Server::start(county);
    let data = server.data();
    let data = data.to_str().expect("a path of ours");
    let made = run_program(
        &server.folder,
        &["account", "add", "anna", "--data", data, "--agent", "k1", "--roles", "agent,supervisor"],
    );
    assert!(made.status.success(), "{}", made.stderr);
    let password = made.stdout.lines().find_map(|it| it.strip_prefix("Passwort: "));
    let browser = Browser::start(620);
    let url = format!("http://127.0.0.1:{}", server.county.web());
    browser.sign_in(&url, "anna", password.expect("it is shown once"));
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
    let left = Instant::now();
    browser.tell(json!({"do": "reload"}));
    browser.see("Auflegen");
    browser.hears(440.0);
    let back = left.elapsed();
    caller.hears_just(&[620]);
    assert_eq!(server.figures().agents("talking"), 1);
    assert!(back < BACK_WITHIN + SOON, "the talk went on after {back:?}");

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
