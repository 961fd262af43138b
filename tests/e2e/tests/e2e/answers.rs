// SPDX-License-Identifier: EUPL-1.2
//! The answer for the place, during a call: looked up at a desk in a real browser by keyboard alone, and compared with
//! what the command line says.

use e2e::baresip::Phone;
use e2e::browser::Browser;
use e2e::clock::{SOON, wait_for};
use e2e::county::County;
use e2e::pages::{Visitor, account};
use e2e::runner::Case;
use e2e::server::{Server, run_program};
use serde_json::{Value, json};
use std::path::Path;

pub(crate) const CASES: &[Case] = &[
    ("knowledge_is_for_those_who_answer", knowledge_is_for_those_who_answer),
    ("an_import_is_found_within_a_second", an_import_is_found),
];

/// With a browser.
pub(crate) const BUSY: &[Case] =
    &[("ten_calls_are_answered_by_keyboard_alone", ten_calls_are_answered_by_keyboard_alone)];

const EXAMPLE: &str = include_str!("../../../../examples/harburg.toml");

/// What callers ask, and where they live: the letters that are typed for the place, and its key.
const ASKED: [(&str, &str, &str); 10] = [
    ("Perso abgelaufen", "jest", "033535404"),
    ("Personalausweis verloren", "jest", "033535404"),
    ("Hund anmelden", "jest", "033535404"),
    ("Reisepass", "neu w", "033530026026"),
    ("umgezogen", "neu w", "033530026026"),
    ("Geburtsurkunde", "neu w", "033530026026"),
    ("Auto zulassen", "winsen", "033530040040"),
    ("Führungszeugnis", "winsen", "033530040040"),
    ("Gewerbe anmelden", "salz", "033535405"),
    ("heiraten", "salz", "033535405"),
];

/// A centre with the pages, an agent with a telephone in the browser, the places of the model county, and its
/// catalogue if it is to have one.
fn centre(has_catalogue: bool) -> Server {
    let mut county = County::new().agent("k1").browser("k1-web", "k1");
    county.bench = 0;
    let places = EXAMPLE.split("\n\n").filter(|table| table.starts_with("[[place]]"));
    let places: Vec<&str> = places.collect();
    assert!(places.len() >= 12, "the model county has places");
    county.file = Some(format!("{}\n{}\n", county.text(), places.join("\n\n")));
    let server = Server::start(county);
    if has_catalogue {
        bring_in(&server);
    }
    server
}

fn bring_in(server: &Server) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/katalog/harburg.xml");
    let (file, data) = (file.to_str().expect("a path").to_owned(), data(server));
    let done = run_program(&server.folder, &["import", &file, "--data", &data, "--lang", "de"]);
    assert!(done.status.success(), "{}", done.stderr);
}

fn data(server: &Server) -> String {
    server.data().to_str().expect("a path of ours").to_owned()
}

/// What the command line answers.
fn search(server: &Server, words: &str, area: &str) -> Value {
    let data = data(server);
    let words =
        ["search", words, "--place", area, "--data", &data, "--format", "json", "--lang", "de"];
    let done = run_program(&server.folder, &words);
    assert!(done.status.success(), "{}", done.stderr);
    serde_json::from_str(&done.stdout).expect("JSON")
}

fn state(visitor: &Visitor, words: &str) -> (String, usize) {
    let found = visitor.ask("GET", &format!("/api/knowledge/search?q={words}"), "").json();
    let hits = found["hits"].as_array().map_or(0, Vec::len);
    (found["state"].as_str().unwrap_or_default().to_owned(), hits)
}

fn ten_calls_are_answered_by_keyboard_alone() {
    let server = centre(true);
    let password = account(&server, "anna", &["--agent", "k1"]);
    let browser = Browser::start(620);
    let url = format!("http://127.0.0.1:{}", server.county.web());
    browser.sign_in(&url, "anna", &password);
    browser.click("^Dienst beginnen");
    server.wait_until("the browser is registered", SOON, |it| it.of("telephones_registered") >= 1);
    browser.press("Control+KeyB");
    server.wait_until("ready", SOON, |it| it.agents("ready") == 1);
    let caller = Phone::new("+4941718001", server.county.callers, 440).start(&server);
    caller.dial("115");
    browser.see("Annehmen");
    browser.press("F2");
    server.wait_until("a talk", SOON, |it| it.agents("talking") == 1);
    // The caller's area code is a hint, and no more.
    browser.see("Vorwahl 04171: Winsen \\(Luhe\\)\\?");

    for (words, place, area) in ASKED {
        let hit = &search(&server, words, area)["hits"][0];
        let unit = &hit["units"][0];
        let (title, name) = (text(&hit["title"]), text(&unit["name"]));
        browser.press("Shift+F3");
        browser.write(place);
        browser.press("Enter");
        browser.press("F3");
        browser.write(words);
        browser.press("Enter");
        let shown = wait_for(&format!("{title}: {name}"), SOON, || {
            let shown = read(&browser, "article");
            (shown.contains(&title) && shown.contains(&name)).then_some(shown)
        });
        assert_eq!(read(&browser, "article h3"), title, "{words}");
        assert_eq!(read(&browser, "article blockquote"), text(&hit["aloud"]), "{words}");
        assert!(shown.contains(&text(&unit["telephone"])), "{words}: {shown}");
        assert!(shown.contains(&text(&unit["address"])), "{words}: {shown}");
        let opening =
            if unit["open"] == json!(true) { "Offen bis" } else { "Geschlossen, öffnet" };
        assert!(shown.contains(opening), "{words}: {shown}");
    }

    // What was not there goes to the editors, by keyboard too.
    browser.press("F3");
    browser.write("Wanderschein für Bienen");
    browser.see("Nichts gefunden|[0-9]+ (besten )?Treffer");
    browser.tell(json!({"do": "focus", "button": "^Nicht gefunden oder falsch"}));
    browser.press("Enter");
    browser.write("Wanderschein für Bienen");
    browser.press("Tab");
    browser.press("Enter");
    browser.see("Die Redaktion hat es als Aufgabe 1");
    let data = data(&server);
    let tasks =
        run_program(&server.folder, &["knowledge", "tasks", "--data", &data, "--lang", "de"]);
    assert!(tasks.stdout.contains("Wanderschein für Bienen"), "{}", tasks.stdout);
    let done = run_program(&server.folder, &["knowledge", "done", "1", "--data", &data]);
    assert!(done.status.success(), "{}", done.stderr);

    caller.hang_up();
    // Five concerns and the place of the first that was confirmed.
    let wrap_up = wait_for("the wrap-up with what was looked up", SOON, || {
        let mine = browser.fetch("/api/wrap-ups/mine");
        let first = mine["wrap_ups"][0].clone();
        (first["concerns"].as_array().map(Vec::len) == Some(5)).then_some(first)
    });
    assert_eq!(wrap_up["place"], "Jesteburg", "{wrap_up}");
    server.is_empty();
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn read(browser: &Browser, selector: &str) -> String {
    text(&browser.tell(json!({"do": "read", "selector": selector})))
}

fn knowledge_is_for_those_who_answer() {
    let server = centre(true);
    let stranger = Visitor::of(&server);
    let paths = [
        "/api/knowledge/search?q=perso",
        "/api/knowledge/services/1001?agency=X900001&place=033535404",
        "/api/knowledge/places?q=jes",
    ];
    for path in paths {
        assert_eq!(stranger.ask("GET", path, "").status, 401, "{path}");
    }
    let editor = Visitor::with_account(&server, "edith", &["--roles", "editor"]);
    let reporter = Visitor::with_account(&server, "rita", &["--roles", "reporter"]);
    wait_for("the catalogue is read", SOON, || {
        (state(&editor, "perso").0 == "ready").then_some(())
    });
    for path in paths {
        assert_eq!(editor.ask("GET", path, "").status, 200, "{path}");
        assert_eq!(reporter.ask("GET", path, "").status, 403, "{path}");
    }
    let answer = editor.ask("GET", paths[1], "").json();
    assert!(text(&answer["units"][0]["name"]).contains("Jesteburg"), "{answer}");
    assert_eq!(answer["place"]["name"], "Jesteburg", "{answer}");
    // Bad questions are refused in words, and nothing is lost.
    for (path, status) in [
        ("/api/knowledge/services/1001?agency=X900001&place=Jesteburg", 400),
        ("/api/knowledge/services/9999999", 404),
        ("/api/knowledge/services/%2e%2e%2f", 404),
        ("/api/knowledge/search?q=perso&place=x", 400),
    ] {
        let answer = editor.ask("GET", path, "");
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.head.contains("application/problem+json"), "{path}: {}", answer.head);
    }
    assert_eq!(state(&editor, ""), ("ready".to_owned(), 0));
    assert_eq!(state(&editor, &"x".repeat(4_000)).0, "ready");
    for (body, status) in [
        ("{}", 400),
        ("{\"kind\": \"other\", \"words\": \"x\", \"service\": null, \"place\": null}", 400),
        ("{\"kind\": \"wrong\", \"words\": \" \", \"service\": null, \"place\": null}", 409),
        ("{\"kind\": \"wrong\", \"words\": \"x\", \"service\": null, \"place\": \"Ort\"}", 400),
        ("{\"kind\": \"wrong\", \"words\": \"x\", \"service\": null, \"place\": null}", 201),
    ] {
        assert_eq!(editor.ask("POST", "/api/knowledge/tasks", body).status, status, "{body}");
    }
    assert_eq!(reporter.ask("POST", "/api/knowledge/tasks", "{}").status, 403);
}

fn an_import_is_found() {
    let server = centre(false);
    let anna = Visitor::with_account(&server, "anna", &["--agent", "k1"]);
    assert_eq!(state(&anna, "perso"), ("empty".to_owned(), 0));
    bring_in(&server);
    wait_for("what was brought in", SOON, || {
        let (state, hits) = state(&anna, "perso");
        (state == "ready" && hits > 0).then_some(())
    });
    // An edit of one service.
    let edited = include_str!("../../../../examples/katalog/harburg.xml");
    let edited = edited
        .replace("Einen Personalausweis beantragen Sie persönlich", "Der Ausweis kommt heute");
    server.folder.write("neu.xml", edited);
    let (file, data) = (server.folder.join("neu.xml"), data(&server));
    let file = file.to_str().expect("a path of ours");
    let done = run_program(&server.folder, &["import", file, "--data", &data]);
    assert!(done.status.success(), "{}", done.stderr);
    wait_for("the edit", SOON, || {
        let path = "/api/knowledge/services/1001?agency=X900001&place=033535404";
        let answer = anna.ask("GET", path, "").json();
        text(&answer["aloud"]).starts_with("Der Ausweis kommt heute").then_some(())
    });
}
