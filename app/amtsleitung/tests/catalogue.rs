// SPDX-License-Identifier: EUPL-1.2
//! The catalogue of services, as an operator and an agent meet it: brought in, asked for, given out; on either engine.

mod ground;

use ground::Ground;
use serde_json::Value;

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/katalog/harburg.xml");
const HARBURG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/harburg.toml");

/// The same cases on either engine.
macro_rules! on_both {
    ($($case:ident),* $(,)?) => {
        mod sqlite {
            $(#[test]
            fn $case() {
                super::$case(&crate::ground::Ground::sqlite());
            })*
        }
        mod postgres {
            $(#[test]
            fn $case() {
                if let Some(ground) = crate::ground::Ground::postgres() {
                    super::$case(&ground);
                }
            })*
        }
    };
}

on_both!(
    the_example_answers_for_each_place,
    what_goes_out_comes_in_as_the_same,
    a_bad_file_stays_out_and_changes_nothing,
    a_whole_stock_deletes_what_it_does_not_name_but_not_much_by_mistake,
    what_desks_missed_stays_until_it_is_done,
);

fn hits(ground: &Ground, words: &str, place: &str) -> Vec<Value> {
    let args = ["search", words, "--place", place, "--at", "2014-05-02T10:00", "--format", "json"];
    let ended = ground.run(&args);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{words}");
    let found: Value = serde_json::from_str(&ended.out).expect("JSON");
    found["hits"].as_array().expect("a list").clone()
}

fn import_example(ground: &Ground) {
    let ended = ground.run(&["import", EXAMPLE]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{}", ended.out);
    assert!(
        ended.out.contains("Brought in: new 454, changed 0, same 0, deleted 0."),
        "{}",
        ended.out
    );
}

fn the_example_answers_for_each_place(ground: &Ground) {
    let empty = ground.run(&["search", "Perso"]);
    assert_eq!(empty.code, 1);
    assert!(empty.err.contains("There is no catalogue yet"), "{}", empty.err);
    import_example(ground);
    for (place, unit) in [
        ("033530026026", "Bürgerservice, Gemeinde Neu Wulmstorf"),
        ("033535401007", "Bürgerservice, Samtgemeinde Elbmarsch"),
        ("033535405", "Bürgerservice, Samtgemeinde Salzhausen"),
    ] {
        let first = &hits(ground, "Perso verloren", place)[0];
        assert_eq!(first["title"], "Personalausweis verloren melden");
        assert_eq!(first["units"][0]["name"], unit);
        let aloud = first["aloud"].as_str().expect("sentences");
        assert!(aloud.contains(&format!("Zuständig ist {unit}, ")), "{aloud}");
        assert_eq!(first["units"][0]["open"], true, "a Friday at ten");
    }
    // The county for cars, and a town of its own for building.
    assert_eq!(
        hits(ground, "Auto anmelden", "033530026")[0]["units"][0]["name"],
        "Zulassungsstelle, Landkreis Harburg"
    );
    assert_eq!(
        hits(ground, "Baugenehmigung", "033530005")[0]["units"][0]["name"],
        "Bauamt, Stadt Buchholz in der Nordheide"
    );
    assert_eq!(
        hits(ground, "Baugenehmigung", "033530026")[0]["units"][0]["name"],
        "Bauamt, Landkreis Harburg"
    );
    // A municipality that kept a service to itself.
    let grave = |place| hits(ground, "Urnengrab", place)[0]["units"][0]["name"].clone();
    assert_eq!(grave("033535402036"), "Friedhofsverwaltung, Gemeinde Undeloh");
    assert_eq!(grave("033535402002"), "Bauhof, Samtgemeinde Hanstedt");
    let text =
        ground.run(&["search", "Urnengrab", "--place", "033535402", "--at", "2014-05-02T13:00"]);
    assert!(text.out.contains("Different in: 033535402036"), "{}", text.out);
    assert!(text.out.contains("Closed, opens 2014-05-05 07:00"), "{}", text.out);
    // Elsewhere nobody is responsible, and the reason is told.
    let elsewhere = &hits(ground, "Urnengrab", "020000000000")[0];
    assert_eq!(elsewhere["why_none"], "Zuständigkeiten gibt es nur für andere Orte.");
    let told = ground.run(&["knowledge", "coverage", "--config", HARBURG, "--gaps"]);
    assert_eq!(told.code, 0, "{}", told.err);
    assert!(
        told.out.contains("Neu Wulmstorf: 207 of 321 services answered\n  114 × There is no text."),
        "{}",
        told.out
    );
    let one = ground.run(&["knowledge", "coverage", "--place", "033530026"]);
    assert!(
        one.out.contains(
            "| Personalausweis beantragen | Bürgerservice, Gemeinde Neu Wulmstorf | 040 66969"
        ),
        "{}",
        one.out
    );
}

fn what_goes_out_comes_in_as_the_same(ground: &Ground) {
    import_example(ground);
    let again = ground.run(&["import", EXAMPLE]);
    assert!(again.out.contains("new 0, changed 0, same 454, deleted 0"), "{}", again.out);
    let out = ground.path("out.xml");
    let out = out.to_str().expect("plain letters");
    let ended = ground.run(&["export", out]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    assert!(ended.out.contains("454 objects"), "{}", ended.out);
    let twice = ground.run(&["export", out]);
    assert_eq!(twice.code, 1);
    assert!(twice.err.contains("This file exists already"), "{}", twice.err);
    let back = ground.run(&["import", out]);
    assert!(back.out.contains("new 0, changed 0, same 454, deleted 0"), "{}", back.out);
}

/// A message that writes services with these ids and names.
fn message(services: &[(&str, &str)]) -> String {
    let service = |(id, name): &(&str, &str)| {
        format!(
            "<x:schreibe><x:leistung><x:id schemeAgencyID=\"T\">{id}</x:id><x:modulText><x:inhalt>{name}</x:inhalt>\
             <x:leikaTextmodul><code>03</code></x:leikaTextmodul></x:modulText></x:leistung></x:schreibe>\n"
        )
    };
    let inner: String = services.iter().map(service).collect();
    format!(
        "<x:m xmlns:x=\"http://xoev.de/schemata/xzufi/2_2_0\" xzufiVersion=\"2.2\">\n{inner}</x:m>\n"
    )
}

fn a_bad_file_stays_out_and_changes_nothing(ground: &Ground) {
    let good = ground.file("good.xml", &message(&[("1", "Angeln")]));
    let bad = message(&[("1", "Segeln"), ("2", "Surfen")])
        .replace("</x:m>", "<x:schreibe><x:leistung/></x:schreibe></x:m>");
    let bad = ground.file("bad.xml", &bad);
    let ended = ground.run(&["import", &good, &bad]);
    assert_eq!(ended.code, 1);
    assert!(
        ended.out.contains("+ leistung: Angeln\nBrought in: new 1, changed 0"),
        "{}",
        ended.out
    );
    assert!(
        ended.err.contains("bad.xml:4: Not brought in: This object lacks its id: leistung."),
        "{}",
        ended.err
    );
    // What looks alike may be found; what was not brought in is not.
    assert!(hits(ground, "Segeln", "03").iter().all(|it| it["title"] == "Angeln"));
    assert_eq!(hits(ground, "angel", "03")[0]["title"], "Angeln");
    let missing = ground.run(&["import", "nowhere.xml"]);
    assert!(
        missing.code == 1 && missing.err.contains("nowhere.xml:1: Not brought in"),
        "{}",
        missing.err
    );
    let nothing = ground.run(&["import"]);
    assert_eq!(nothing.code, 2);
    let place = ground.run(&["search", "Angeln", "--place", "0335x"]);
    assert!(place.code == 2 && place.err.contains("digits only"), "{}", place.err);
}

fn a_whole_stock_deletes_what_it_does_not_name_but_not_much_by_mistake(ground: &Ground) {
    let names: Vec<String> = (1..=60).map(|id| id.to_string()).collect();
    let all: Vec<(&str, &str)> = names.iter().map(|id| (id.as_str(), "Leistung")).collect();
    ground.file("a.xml", &message(&all));
    let index = ground.file("index.txt", "a.xml\n");
    let own = ground.file("own.xml", &message(&[("own", "Eigenes")]));
    assert_eq!(ground.run(&["import", &own, "--feed", "kreis"]).code, 0);
    assert_eq!(ground.run(&["import", &index]).code, 0);
    // Two fewer are an ordinary day; first looked at, then done.
    ground.file("a.xml", &message(&all[2..]));
    let dry = ground.run(&["import", &index, "--dry-run"]);
    assert!(
        dry.out.contains(
            "- leistung: 1\n- leistung: 2\nDry run: new 0, changed 0, same 58, deleted 2."
        ),
        "{}",
        dry.out
    );
    let done = ground.run(&["import", &index]);
    assert!(done.out.contains("Brought in: new 0, changed 0, same 58, deleted 2."), "{}", done.out);
    // Half of it is hardly meant.
    ground.file("a.xml", &message(&all[30..]));
    let kept = ground.run(&["import", &index]);
    assert_eq!(kept.code, 1);
    assert!(kept.err.contains("Not deleted: 28 of 58 objects"), "{}", kept.err);
    let meant = ground.run(&["import", &index, "--allow-deletions"]);
    assert!(meant.code == 0 && meant.out.contains("deleted 28"), "{}", meant.out);
    assert_eq!(hits(ground, "Eigenes", "03").len(), 1, "another feed's stays");
    // A bad file, an empty index, a file that is not there: nothing is deleted.
    ground.file("b.xml", "<x");
    ground.file("index.txt", "b.xml\n");
    let bad = ground.run(&["import", &index, "--allow-deletions"]);
    assert!(bad.code == 1 && bad.out.contains("deleted 0"), "{}", bad.out);
    for (list, why) in [("", "names no file"), ("../a.xml", "outside"), ("c.xml", "there is none")]
    {
        ground.file("index.txt", list);
        let refused = ground.run(&["import", &index, "--allow-deletions"]);
        assert!(refused.code == 1 && refused.err.contains(why), "{}", refused.err);
    }
    assert_eq!(hits(ground, "Leistung", "03").len(), 5);
}

/// What a desk writes into the tables.
fn missed(ground: &Ground, kind: &str, words: &str, service: &str, area: &str) {
    let folder = ground.path("data");
    std::fs::create_dir_all(&folder).expect("a folder of our own");
    let place = store::catalogue_place(&folder).expect("a folder that can be read");
    let mut catalogue = store::Catalogue::open(&place).expect("a catalogue");
    let (agency, id) = if service.is_empty() { ("", "") } else { ("X900001", service) };
    let task = store::Task {
        number: 0,
        at: 1_399_021_200_000_000,
        kind: kind.to_owned(),
        words: words.to_owned(),
        service: (agency.to_owned(), id.to_owned()),
        area: area.to_owned(),
    };
    assert!(catalogue.add_task(&task).expect("written").is_some());
}

fn what_desks_missed_stays_until_it_is_done(ground: &Ground) {
    let tasks = || ground.run(&["knowledge", "tasks"]);
    missed(ground, "not_found", "Wanderschein\u{202e}", "", "033535404");
    assert!(tasks().out.contains("not found | 033535404 | – | Wanderschein"), "{}", tasks().out);
    assert!(!tasks().out.contains('\u{202e}'), "nothing turns the line around");
    import_example(ground);
    missed(ground, "wrong", "Das Foto macht jetzt das Amt", "1001", "");
    let two = tasks();
    assert_eq!((two.code, two.err.as_str()), (0, ""));
    let last = two.out.lines().nth(1).expect("two tasks");
    let expected = "2 | 2014-05-02 11:00 | wrong | – | Personalausweis beantragen | Das Foto macht jetzt das Amt";
    assert_eq!(last, expected);
    assert!(two.out.ends_with("2 tasks\n"), "{}", two.out);
    let done = ground.run(&["knowledge", "done", "1"]);
    assert_eq!((done.code, done.out.as_str()), (0, "Task 1 is done.\n"));
    let again = ground.run(&["knowledge", "done", "1"]);
    assert!(again.code == 1 && again.err.contains("There is no task 1"), "{}", again.err);
    assert!(tasks().out.starts_with("2 | "), "{}", tasks().out);
    for wrong in
        [&["knowledge", "done"][..], &["knowledge", "done", "x"], &["knowledge", "tasks", "1"]]
    {
        assert_eq!(ground.run(wrong).code, 2, "{wrong:?}");
    }
}
