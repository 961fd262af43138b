// SPDX-License-Identifier: EUPL-1.2
//! Cases: from the call to a proven feedback, through a crash, into the report, and forgotten when it is time.

use e2e::baresip::{Baresip, PORTS, Phone};
use e2e::certificates::Authority;
use e2e::clock::{SOON, wait_for, yesterday_and_tomorrow};
use e2e::county::County;
use e2e::folder::Folder;
use e2e::pages::{Answer, Socket, Visitor};
use e2e::runner::Case;
use e2e::server::Server;
use e2e::smtp::Smtp;
use serde_json::{Value, json};

pub(crate) const CASES: &[Case] = &[
    ("a_matter_goes_from_the_call_to_its_feedback", a_matter_goes_from_the_call_to_its_feedback),
    ("cases_are_for_those_who_may", cases_are_for_those_who_may),
    ("a_case_takes_no_nonsense", a_case_takes_no_nonsense),
    ("an_office_is_told_once", an_office_is_told_once),
    ("a_letter_waits_for_its_server", a_letter_waits_for_its_server),
    ("a_letter_goes_within_tls_or_not_at_all", a_letter_goes_within_tls_or_not_at_all),
];

fn pages() -> Server {
    let mut county = County::new().agent("k1").browser("k1-web", "k1");
    county.bench = 0;
    Server::start(county)
}

fn new(concern: &str) -> Value {
    json!({"concern": concern, "client": "kreis", "reach": "mail", "address": "kroeger@example.org"})
}

fn opened(visitor: &Visitor, case: &Value) -> Value {
    let answer = visitor.ask("POST", "/api/cases", &case.to_string());
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()
}

fn acted(visitor: &Visitor, number: u64, act: &Value) -> Answer {
    visitor.ask("POST", &format!("/api/cases/{number}/acts"), &act.to_string())
}

fn done(visitor: &Visitor, number: u64, act: &Value) -> Value {
    let answer = acted(visitor, number, act);
    assert_eq!(answer.status, 200, "{act}: {answer:?}");
    answer.json()
}

fn report(server: &Server, more: &[&str]) -> String {
    let (from, to) = yesterday_and_tomorrow();
    server.ask(&[&["report", "--from", &from, "--to", &to][..], more].concat())
}

/// The agent signs on at the telephone on the desk.
fn begins(desk: &mut Socket) {
    let on = desk.asked(1, "{\"type\": \"sign_on\", \"of\": 1, \"device\": \"desk_phone\"}");
    assert_eq!(on["type"], "done", "{on}");
    assert_eq!(desk.asked(2, "{\"type\": \"ready\", \"of\": 2}")["type"], "done");
}

fn talk(server: &Server, caller: &Baresip) {
    caller.dial("115");
    server.wait_until("a talk", SOON, |it| it.agents("talking") == 1);
    caller.hang_up();
    server.wait_until("it is over", SOON, |it| it.of("contacts") == 0);
    server.wait_until("ready again", SOON, |it| it.agents("ready") == 1);
}

fn a_matter_goes_from_the_call_to_its_feedback() {
    let mut county =
        County::new().agent("k2").phone("k2", "k2").agent("k1").browser("k1-web", "k1");
    county.bench = 0;
    let port = county.ports.row(PORTS);
    let mut server = Server::start(county);
    let mut phone = Phone::new("k2", port, 700).registering(server.password("k2")).start(&server);
    phone.is_registered();
    let anna = Visitor::with_account(&server, "anna", &["--agent", "k2"]);
    let mut desk = anna.socket("/api/desk").expect("a desk");
    begins(&mut desk);
    let caller = Phone::new("+4941718001", server.county.callers, 440).start(&server);
    talk(&server, &caller);
    talk(&server, &caller);

    let case = opened(
        &anna,
        &json!({"contact": 1, "concern": "Sperrmüll Kröger", "said": "steht seit Freitag", "place": "033535404020",
            "service": {"id": "s1", "name": "Sperrmüll"}, "reach": "telephone", "name": "Kröger",
            "address": "04183 4711", "wish": "nachmittags", "unit": {"id": "abfall", "name": "Abfallwirtschaft"}, "told": true}),
    );
    assert_eq!(case["number"], 1, "{case}");
    assert_eq!((&case["client"]["id"], &case["line"]["id"]), (&json!("kreis"), &json!("115")));
    assert_eq!(case["unit"], json!({"id": "abfall", "name": "Abfallwirtschaft"}));
    assert!(case["due"]["at"].is_string() && case["told"] == case["due"]["at"], "{case}");
    let due = anna.ask("GET", "/api/cases/due", "").json();
    assert!(due["due"]["at"].as_str() >= case["due"]["at"].as_str(), "{due}");
    done(&anna, 1, &json!({"act": "take_over"}));
    done(&anna, 1, &json!({"act": "try", "attempt": "mailbox"}));
    // The call in which the matter came in proves nothing, and neither does one before.
    for before in [1, 2] {
        let wrong = acted(&anna, 1, &json!({"act": "feedback", "contact": before}));
        assert_eq!(wrong.status, 409, "{wrong:?}");
    }
    let early = acted(&anna, 1, &json!({"act": "complete", "how": "done"}));
    assert_eq!(early.status, 409, "{early:?}");
    talk(&server, &caller);
    done(&anna, 1, &json!({"act": "feedback", "contact": 3, "text": "Abholung am Montag"}));
    let before = done(&anna, 1, &json!({"act": "complete", "how": "done"}));
    assert_eq!((&before["state"], &before["proof"]), (&json!("completed"), &json!("spoken_call")));
    assert_eq!(before["feedback"], "in_time", "{before}");
    opened(&anna, &json!({"contact": 1, "concern": "Laterne", "reach": "none"}));

    server.start_again();
    let anna = Visitor::with_account(&server, "berta", &["--agent", "k2"]);
    let mut after = anna.ask("GET", "/api/cases/1", "").json();
    after["now"] = before["now"].clone();
    assert_eq!(after, before, "a crash changes nothing");
    assert_eq!(after["entries"][5]["text"], "Abholung am Montag", "{after}");
    assert_eq!(opened(&anna, &new("dritter"))["number"], 3);
    let found = anna.ask("GET", "/api/cases?show=all&q=kroeger%20abfall", "").json();
    assert_eq!(found["cases"].as_array().map(Vec::len), Some(1), "{found}");

    let figures: Value =
        serde_json::from_str(&report(&server, &["--format", "json"])).expect("JSON");
    let feedback = &figures["feedback"];
    assert_eq!(
        (&feedback["cases"], &feedback["agreed"]),
        (&json!(3), &json!("feedback-next-service-day"))
    );
    for id in ["feedback-next-service-day", "feedback-24-hours", "feedback-24-service-hours"] {
        let it = &feedback["definitions"][id];
        assert_eq!((&it["numerator"], &it["denominator"]), (&json!(1), &json!(1)), "{it}");
        assert_eq!(it["in_time"]["spoken_call"], 1, "{it}");
        assert_eq!((&it["open"], &it["unreachable"]), (&json!(1), &json!(1)), "{it}");
    }
    let explained = report(&server, &["--explain", "feedback"]);
    assert!(explained.contains("in time, in a call"), "{explained}");
    let elsewhere = report(&server, &["--line", "116", "--format", "json"]);
    let elsewhere: Value = serde_json::from_str(&elsewhere).expect("JSON");
    assert_eq!(elsewhere["feedback"]["cases"], 0);
    assert!(server.ask(&["replay"]).contains("Views: the same"));

    for file in std::fs::read_dir(server.data()).expect("a folder").flatten() {
        let bytes = std::fs::read(file.path()).unwrap_or_default();
        for word in ["Kröger", "nachmittags", "Abholung", "04183"] {
            let is_there = bytes.windows(word.len()).any(|it| it == word.as_bytes());
            assert!(!is_there, "{word} stands in {}", file.path().display());
        }
    }
}

fn cases_are_for_those_who_may() {
    let server = pages();
    let agent = Visitor::with_account(&server, "anna", &["--agent", "k1"]);
    let editor = Visitor::with_account(&server, "edith", &["--roles", "editor"]);
    let reporter = Visitor::with_account(&server, "rita", &["--roles", "reporter"]);
    let elsewhere =
        Visitor::with_account(&server, "otto", &["--roles", "supervisor", "--clients", ","]);
    let supervisor = Visitor::with_account(&server, "leitung", &["--roles", "supervisor"]);
    let nobody = Visitor::of(&server);
    opened(&agent, &new("Hund"));
    opened(&supervisor, &new("Katze"));
    let note = json!({"act": "note", "text": "x"});
    let [open_case, note] = [new("x"), note].map(|it| it.to_string());
    for (who, lists, opens, looks, acts) in [
        (&nobody, 401, 401, 401, 401),
        (&editor, 403, 403, 403, 403),
        (&reporter, 403, 403, 403, 403),
        (&elsewhere, 200, 409, 404, 404),
        (&supervisor, 200, 201, 200, 200),
    ] {
        assert_eq!(who.ask("GET", "/api/cases", "").status, lists, "{who:?}");
        assert_eq!(who.ask("POST", "/api/cases", &open_case).status, opens, "{who:?}");
        assert_eq!(who.ask("GET", "/api/cases/1", "").status, looks, "{who:?}");
        assert_eq!(who.ask("POST", "/api/cases/1/acts", &note).status, acts, "{who:?}");
    }
    let none = elsewhere.ask("GET", "/api/cases?show=all", "").json();
    assert_eq!((&none["cases"], &none["open"]), (&json!([]), &json!(0)));
    let stranger = Visitor { origin: "http://example.org".to_owned(), ..agent.clone() };
    assert_eq!(stranger.ask("POST", "/api/cases", &open_case).status, 403);
    // Never a person, always the team.
    let whole = supervisor.ask("GET", "/api/cases/1", "").body;
    assert!(!whole.contains("anna") && !whole.contains("k1"), "{whole}");

    // What is erased is gone from the running service as well, and stays counted.
    let said = server.ask(&["erase", "--before", "2100-01-01"]);
    assert!(!said.is_empty());
    let list = supervisor.ask("GET", "/api/cases", "").json();
    assert_eq!(list["open"], 3, "what is in use today stays: {list}");
    assert_eq!(list["cases"][0]["concern"], "Hund", "{list}");
}

fn a_case_takes_no_nonsense() {
    let server = pages();
    let anna = Visitor::with_account(&server, "anna", &["--agent", "k1"]);
    let with = |key: &str, value: Value| {
        let mut case = new("Hund");
        case[key] = value;
        case
    };
    for (case, status) in [
        (with("concern", json!("  ")), 409),
        (with("concern", json!("x".repeat(121))), 409),
        (with("said", json!("x".repeat(2_001))), 409),
        (with("address", json!("")), 409),
        (with("client", json!("mond")), 409),
        (with("contact", json!(99)), 409),
        (with("place", json!("Jesteburg")), 400),
        (with("reach", json!("brieftaube")), 400),
        (with("unit", json!({"id": "", "name": "x"})), 400),
        (with("wrong", json!(1)), 400),
        (json!([]), 400),
    ] {
        let answer = anna.ask("POST", "/api/cases", &case.to_string());
        assert_eq!(answer.status, status, "{case}: {answer:?}");
    }
    assert_eq!(anna.ask("GET", "/api/cases?show=all", "").json()["cases"], json!([]));
    assert_eq!(anna.ask("GET", "/api/cases?show=nonsense", "").status, 404);
    opened(&anna, &new("Hund"));
    opened(&anna, &new("Hund noch einmal"));
    for (act, status) in [
        (json!({"act": "fly"}), 400),
        (json!({"act": "note", "text": " "}), 409),
        (json!({"act": "take_over"}), 409),
        (json!({"act": "resume"}), 409),
        (json!({"act": "reopen"}), 409),
        (json!({"act": "feedback"}), 409),
        (json!({"act": "feedback", "contact": 7}), 409),
        (json!({"act": "complete", "how": "not_reached"}), 409),
        (json!({"act": "merge", "into": 9}), 404),
        (json!({"act": "merge", "into": 1}), 409),
        (json!({"act": "note", "text": "x", "more": 1}), 400),
    ] {
        let answer = acted(&anna, 1, &act);
        assert_eq!(answer.status, status, "{act}: {answer:?}");
    }
    assert_eq!(acted(&anna, 99, &json!({"act": "take_over"})).status, 404);
    let paused = done(&anna, 1, &json!({"act": "pause", "reason": "papers_missing"}));
    assert_eq!((&paused["state"], &paused["due"]["stopped"]), (&json!("paused"), &json!(true)));
    assert_eq!(acted(&anna, 1, &json!({"act": "tell"})).status, 409);
    done(&anna, 1, &json!({"act": "resume"}));
    let merged = done(&anna, 2, &json!({"act": "merge", "into": 1}));
    assert_eq!((&merged["merged_into"], &merged["can"]), (&json!(1), &json!([])));
    let stated = json!({"act": "feedback", "text": "Herr Alt hat am 3.5. um 10 Uhr zurückgerufen"});
    assert_eq!(done(&anna, 1, &stated)["proof"], "stated_by_staff");
}

/// A centre whose letters go to this port.
fn with_mail(port: u16, county: County, more: &str) -> County {
    let mail = format!(
        "[mail]\nserver = \"{more}:{port}\"\nfrom = \"115@kreis.example\"\n\
         offices = [{{ unit = \"abfall\", mail = \"abfall@kreis.example\" }}]\n"
    );
    County { web_more: mail, bench: 0, ..county }
}

fn in_clear(port: u16, county: County) -> County {
    let county = with_mail(port, county, "127.0.0.1");
    County { web_more: county.web_more + "protection = \"off\"\n", ..county }
}

fn forwarded(visitor: &Visitor, unit: &str) -> u64 {
    let case = opened(visitor, &new("Hund Kröger"));
    let number = case["number"].as_u64().expect("a number");
    let forward =
        json!({"act": "forward", "unit": {"id": unit, "name": "Abfall"}, "text": "geheim"});
    done(visitor, number, &forward);
    number
}

/// What the case says of its letter, once it says anything.
fn said_of_letter(visitor: &Visitor, number: u64) -> String {
    wait_for("a word about the letter", 2 * SOON, || {
        let case = visitor.ask("GET", &format!("/api/cases/{number}"), "").json();
        let entries = case["entries"].as_array()?.clone();
        let of_letter = |it: &&Value| it["what"].as_str().is_some_and(|it| it.contains("E-Mail"));
        let found = entries.iter().rev().find(of_letter)?.clone();
        found["what"].as_str().map(str::to_owned)
    })
}

fn an_office_is_told_once() {
    let mut county = County::new().agent("k1").browser("k1-web", "k1");
    let port = county.ports.one();
    let mut server = Server::start(in_clear(port, county));
    let smtp = Smtp::start(&server.folder, port, &[]);
    let anna = Visitor::with_account(&server, "anna", &["--agent", "k1"]);
    let number = forwarded(&anna, "abfall");
    assert_eq!(said_of_letter(&anna, number), "E-Mail an die Fachstelle zugestellt");
    let letters = smtp.letters();
    assert_eq!(letters.len(), 1, "{letters:?}");
    for line in ["To: abfall@kreis.example", "From: 115@kreis.example", "Auto-Submitted: auto-gen"]
    {
        assert!(letters[0].contains(line), "{line}: {}", letters[0]);
    }
    assert!(letters[0].contains(&format!("/vorgaenge/{number}")), "{}", letters[0]);
    for word in ["Hund", "geheim", "example.org", "anna"] {
        assert!(!letters[0].contains(word), "{word} left the centre: {}", letters[0]);
    }
    // After a crash what was sent is not sent again, and what nobody can be sent is said.
    server.start_again();
    let anna = Visitor::with_account(&server, "berta", &["--agent", "k1"]);
    let next = forwarded(&anna, "abfall");
    assert_eq!(said_of_letter(&anna, next), "E-Mail an die Fachstelle zugestellt");
    let letters = smtp.letters();
    assert_eq!(letters.len(), 2, "{letters:?}");
}

fn a_letter_waits_for_its_server() {
    let mut county = County::new().agent("k1").browser("k1-web", "k1");
    let port = county.ports.one();
    let mut server = Server::start(in_clear(port, county));
    let anna = Visitor::with_account(&server, "anna", &["--agent", "k1"]);
    let number = forwarded(&anna, "abfall");
    wait_for("nobody takes it", SOON, || {
        server.process.stderr().contains(&format!("mail case={number} later")).then_some(())
    });
    // It outlives a crash, and arrives when the server is there.
    server.start_again();
    let smtp = Smtp::start(&server.folder, port, &[]);
    let anna = Visitor::with_account(&server, "berta", &["--agent", "k1"]);
    assert_eq!(said_of_letter(&anna, number), "E-Mail an die Fachstelle zugestellt");
    assert_eq!(smtp.letters().len(), 1);
    assert!(!server.process.stderr().contains("abfall@"), "no address in the log of the service");
}

fn a_letter_goes_within_tls_or_not_at_all() {
    let mut county = County::new().agent("k1").browser("k1-web", "k1");
    let (port, other) = (county.ports.one(), county.ports.one());
    let folder = Folder::new();
    let authority = Authority::new("Kreis");
    authority.sign("localhost", 2035).write(&folder, "mail");
    let pem = authority.write(&folder, "authority.pem");
    let county = with_mail(port, county, "localhost");
    let trusts = format!("authority = \"{}\"\n", pem.display());
    let server = Server::start(County { web_more: county.web_more + &trusts, ..county });
    let cert = folder.join("mail.pem").display().to_string();
    let key = folder.join("mail.key").display().to_string();
    let smtp = Smtp::start(&server.folder, port, &["--tlscert", &cert, "--tlskey", &key]);
    let anna = Visitor::with_account(&server, "anna", &["--agent", "k1"]);
    let number = forwarded(&anna, "abfall");
    assert_eq!(said_of_letter(&anna, number), "E-Mail an die Fachstelle zugestellt");
    assert_eq!(smtp.letters().len(), 1);

    // A server that does not change to TLS gets nothing.
    let clear = County::new().agent("k1").browser("k1-web", "k1");
    let plain = Server::start(with_mail(other, clear, "localhost"));
    let smtp = Smtp::start(&plain.folder, other, &[]);
    let anna = Visitor::with_account(&plain, "anna", &["--agent", "k1"]);
    let number = forwarded(&anna, "abfall");
    wait_for("it is not said in clear", SOON, || {
        plain.process.stderr().contains(&format!("mail case={number} later")).then_some(())
    });
    assert_eq!(smtp.letters(), Vec::<String>::new());
}
