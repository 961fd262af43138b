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
    the_operators_own_words_are_kept_whole_or_not_at_all,
    a_table_of_offices_comes_in_row_by_row,
    a_table_that_names_every_office_deletes_the_others,
    what_editors_change_comes_back_and_nothing_else_does,
    places_are_named_by_name_postcode_and_number,
    a_closure_of_the_county_closes_its_offices,
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
    assert!(place.code == 2 && place.err.contains("Nobody here knows this place"), "{}", place.err);
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

fn the_operators_own_words_are_kept_whole_or_not_at_all(ground: &Ground) {
    import_example(ground);
    let first = |words: &str| hits(ground, words, "033530026")[0]["title"].clone();
    assert_eq!(first("Wauwaumarke"), "Marktstand auf dem Wochenmarkt", "it is guessed");
    let good =
        ground.file("own.txt", "# Unsere\nWauwaumarke;Hundesteuer (ugs.)\nPöttchen => Mülltonne\n");
    let dry = ground.said(&["knowledge", "synonyms", &good, "--dry-run"]);
    assert!(dry.contains("+ Wauwaumarke;Hundesteuer (ugs.)\n"), "{dry}");
    assert!(dry.ends_with("Dry run: new 2, same 0, deleted 0. Nothing was written.\n"), "{dry}");
    assert_eq!(ground.said(&["knowledge", "synonyms", "--list"]), "");
    let said = ground.said(&["knowledge", "synonyms", &good]);
    assert!(said.ends_with("Brought in: new 2, same 0, deleted 0.\n"), "{said}");
    let dog_tax = first("Hundesteuer ermäßigen");
    assert_eq!(first("Wauwaumarke"), dog_tax);
    let kept = ground.said(&["knowledge", "synonyms", "--list"]);
    assert_eq!(kept, "# Unsere\nWauwaumarke;Hundesteuer (ugs.)\nPöttchen => Mülltonne\n");
    // A bad line keeps all of it out, and is named with all others.
    let bad = ground.file("bad.txt", "Perso;Ausweis\nallein\nLappen;(Führerschein\n");
    let ended = ground.run(&["knowledge", "synonyms", &bad]);
    assert_eq!((ended.code, ended.out.as_str()), (1, ""));
    assert!(ended.err.contains("bad.txt:2: One word alone is no group"), "{}", ended.err);
    assert!(ended.err.contains("bad.txt:3: A bracket has no other half"), "{}", ended.err);
    assert!(ended.err.contains("2 lines are wrong"), "{}", ended.err);
    assert_eq!(ground.said(&["knowledge", "synonyms", "--list"]), kept);
    // What is listed is what can be brought in, and then nothing is new.
    let again = ground.file("again.txt", &kept);
    let said = ground.said(&["knowledge", "synonyms", &again]);
    assert_eq!(said, "Brought in: new 0, same 2, deleted 0.\n");
    // Many that would go by mistake stay.
    let many: String = (0..50).map(|n| format!("Wort{n};Ding{n}\n")).collect();
    let (many, none) = (ground.file("many.txt", &many), ground.file("none.txt", "\n"));
    assert!(ground.said(&["knowledge", "synonyms", &many]).contains("… and 12 more\n"));
    let ended = ground.run(&["knowledge", "synonyms", &none]);
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("50 of 50 groups would have been deleted"), "{}", ended.err);
    assert!(ground.said(&["knowledge", "synonyms", "--list"]).starts_with("Wort0;Ding0\n"));
    let said = ground.said(&["knowledge", "synonyms", &none, "--allow-deletions"]);
    assert!(said.ends_with("deleted 50.\n"), "{said}");
    let nowhere = ground.run(&["knowledge", "synonyms", "/nowhere/own.txt"]);
    assert!(
        nowhere.err.contains("Not brought in: there is no such folder or file."),
        "{}",
        nowhere.err
    );
}

fn unit_of(ground: &Ground, words: &str, place: &str) -> Value {
    hits(ground, words, place)[0]["units"][0].clone()
}

fn a_table_of_offices_comes_in_row_by_row(ground: &Ground) {
    import_example(ground);
    let before = unit_of(ground, "Personalausweis", "033530005");
    assert_eq!(before["telephone"], "040 66969302");
    // As Excel saves it in German: Windows-1252, semicolons, a line break within quotes.
    let table = "Kennung;Name;Stra\u{df}e;PLZ;Ort;Telefon;E-Mail;\u{d6}ffnungszeiten;Zimmer\r\n\
        buchholz-buergerservice;B\u{fc}rgerservice, Stadt Buchholz in der Nordheide;Rathausplatz 2;21244;Buchholz;04181 / 214-0;;Mo-Fr 08:00-12:00;1\r\n\
        ;Gr\u{fc}nfl\u{e4}chenamt;Weg 3;21244;Buchholz;04181 5;;\"nach\r\nVereinbarung\";2\r\n\
        ;Falsch;Weg 3;2124;Buchholz;04181 5;;;\r\n\
        ;Noch falscher;Weg 3;21244;Buchholz;4,17165E+09;;;\r\n\
        ;Gr\u{fc}nfl\u{e4}chenamt;;;;;;;\r\n\
        zu;wenig\r\n";
    let bytes: Vec<u8> =
        table.chars().map(|it| u8::try_from(u32::from(it)).expect("Latin")).collect();
    std::fs::write(ground.path("offices.csv"), bytes).expect("a folder of our own");
    let file = ground.path("offices.csv").to_string_lossy().into_owned();
    let dry = ground.run(&["import", &file, "--dry-run"]);
    assert_eq!(dry.code, 1);
    assert!(dry.out.contains("telefon: 040 66969302 → 04181 / 214-0"), "{}", dry.out);
    assert!(dry.out.contains("straße: Rathausplatz 1 → Rathausplatz 2"), "{}", dry.out);
    assert!(dry.out.contains("e-mail: buergerservice@buchholz.example → –"), "{}", dry.out);
    assert!(dry.out.contains("+ organisationseinheit: Grünflächenamt\n"), "{}", dry.out);
    assert!(dry.out.contains("nobody here reads the column “zimmer”"), "{}", dry.out);
    assert!(
        dry.out.ends_with("Dry run: new 1, changed 1, same 0, deleted 0. Nothing was written.\n")
    );
    for named in [
        "offices.csv:5: Not brought in: “2124” is no postcode",
        "offices.csv:6: Not brought in: “4,17165E+09” is no telephone number",
        "offices.csv:7: Not brought in: The same stands in line 3 already",
        "offices.csv:8: Not brought in: The row has more or fewer columns",
    ] {
        assert!(dry.err.contains(named), "{named}: {}", dry.err);
    }
    assert_eq!(unit_of(ground, "Personalausweis", "033530005"), before);
    let said = ground.run(&["import", &file]);
    assert!(
        said.out.ends_with("Brought in: new 1, changed 1, same 0, deleted 0.\n"),
        "{}",
        said.out
    );
    let now = unit_of(ground, "Personalausweis", "033530005");
    assert_eq!((&now["telephone"], &now["email"]), (&Value::from("04181 / 214-0"), &Value::Null));
    assert_eq!(now["address"], "Rathausplatz 2, 21244 Buchholz");
    // Who is responsible stays, and the same table again changes nothing.
    assert_eq!(now["id"], before["id"]);
    let again = ground.run(&["import", &file]);
    assert!(
        again.out.ends_with("Brought in: new 0, changed 0, same 2, deleted 0.\n"),
        "{}",
        again.out
    );
    let none = ground.file("none.csv", "a;b\n1;2\n");
    let ended = ground.run(&["import", &none]);
    assert!(ended.err.contains("names no columns that are known here"), "{}", ended.err);
    let mixed = ground.run(&["import", EXAMPLE, &none]);
    assert_eq!(mixed.code, 2);
}

fn a_table_that_names_every_office_deletes_the_others(ground: &Ground) {
    import_example(ground);
    let rows = |count: usize| -> String {
        let row = |n| format!("Amt {n};04171 {n}\n");
        format!("name;telefon\n{}", (0..count).map(row).collect::<String>())
    };
    let (all, some) = (ground.file("all.csv", &rows(30)), ground.file("some.csv", &rows(29)));
    let few = ground.file("few.csv", &rows(2));
    let said = ground.said(&["import", &all, "--complete", "--feed", "haus"]);
    assert!(said.ends_with("new 30, changed 0, same 0, deleted 0.\n"), "{said}");
    let said = ground.said(&["import", &some, "--complete", "--feed", "haus"]);
    assert!(said.contains("- organisationseinheit: amt-29\n"), "{said}");
    assert!(said.ends_with("new 0, changed 0, same 29, deleted 1.\n"), "{said}");
    let ended = ground.run(&["import", &few, "--complete", "--feed", "haus"]);
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("27 of 29 offices would have been deleted"), "{}", ended.err);
    let said = ground.said(&["import", &few, "--complete", "--feed", "haus", "--allow-deletions"]);
    assert!(said.ends_with("deleted 27.\n"), "{said}");
    // The catalogue's own offices are nobody else's to delete.
    assert_eq!(unit_of(ground, "Personalausweis", "033530005")["telephone"], "040 66969302");
    // Much is not emptied by mistake.
    ground.said(&["import", &all, "--complete", "--feed", "haus"]);
    let empty: String = (0..30).map(|n| format!("Amt {n};\n")).collect();
    let empty = ground.file("empty.csv", &format!("name;telefon\n{empty}"));
    let ended = ground.run(&["import", &empty]);
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("30 of 60 fields would have been emptied"), "{}", ended.err);
}

fn what_editors_change_comes_back_and_nothing_else_does(ground: &Ground) {
    import_example(ground);
    let out = ground.path("services.csv").to_string_lossy().into_owned();
    assert!(ground.said(&["knowledge", "export-csv", &out]).ends_with(": 321 services.\n"));
    let text = std::fs::read_to_string(&out).expect("it was written");
    assert!(text.starts_with(
        "\u{feff}kennung;titel;umgangssprachlich;kosten;dauer;frist;prüfdatum;stand\r\n"
    ));
    let said = ground.said(&["import", &out]);
    assert_eq!(said, "Brought in: new 0, changed 0, same 321, deleted 0.\n");
    let before = ground.path("before.xml").to_string_lossy().into_owned();
    ground.said(&["export", &before]);
    // One editor changes a fee, a name and a day, in an office program that writes days in its own way.
    let row =
        text.lines().find(|line| line.starts_with("X900001:1001;")).expect("the identity card");
    let edited = row
        .replace(
            "37,00 Euro, unter 24 Jahren 22,80 Euro",
            "\"46,00 Euro\n- unter 24 Jahren 27,60 Euro\"",
        )
        .replace("Perso; Ausweis", "Perso; Plastikkärtchen; Ausweis")
        .replace("Wochen;;;", "Wochen;;02.05.2014;");
    assert_ne!(row, edited);
    let head = text.lines().next().expect("a head");
    let table = ground.file("edited.csv", &format!("{head}\n{edited}\n"));
    let dry = ground.said(&["import", &table, "--dry-run"]);
    assert!(dry.contains("→ 46,00 Euro / - unter 24 Jahren 27,60 Euro"), "{dry}");
    assert!(dry.contains("prüfdatum: – → 2014-05-02"), "{dry}");
    assert!(ground.said(&["import", &table]).ends_with("new 0, changed 1, same 0, deleted 0.\n"));
    assert!(ground.said(&["import", &table]).ends_with("new 0, changed 0, same 1, deleted 0.\n"));
    assert_eq!(
        hits(ground, "Plastikkärtchen", "033530005")[0]["costs"],
        "46,00 Euro\n- unter 24 Jahren 27,60 Euro"
    );
    let due = |at: &str| ground.said(&["knowledge", "reviews", "--at", at]);
    assert!(
        due("2014-05-02T08:00")
            .starts_with("2014-05-02 | X900001:1001 | Personalausweis beantragen\n")
    );
    assert!(
        due("2014-05-01T08:00").starts_with("0 of 321 services are to be reviewed; 320 have no")
    );
    // Another editor's old table would take that back.
    let stale = row.replace("Zwei bis drei Wochen", "Vier Wochen");
    let stale =
        ground.file("stale.csv", &format!("{head}\n{stale}\nX900001:7777;Gibt es nicht;;;;;;\n"));
    let ended = ground.run(&["import", &stale]);
    assert_eq!(ended.code, 1);
    assert!(
        ended.err.contains("stale.csv:2: Not brought in: The service was changed since"),
        "{}",
        ended.err
    );
    assert!(
        ended.err.contains("stale.csv:3: Not brought in: There is no service “X900001:7777”"),
        "{}",
        ended.err
    );
    // Only what was changed is another in the catalogue.
    let after = ground.path("after.xml").to_string_lossy().into_owned();
    ground.said(&["export", &after]);
    let lines = |path: &str| -> std::collections::BTreeSet<String> {
        let text = std::fs::read_to_string(path).expect("it was written");
        let is_head =
            |line: &&str| line.contains("nachrichtUUID") || line.contains("erstelltDatumZeit");
        text.lines().filter(|line| !is_head(line)).map(str::to_owned).collect()
    };
    let (before, after) = (lines(&before), lines(&after));
    let gone: Vec<&String> = before.difference(&after).collect();
    assert_eq!(gone.len(), 1, "{gone:?}");
    assert!(gone[0].contains("37,00 Euro"), "{gone:?}");
    // What would be a formula is none, and comes back as it was.
    let formula = edited.replace("Zwei bis drei Wochen", "\"=HYPERLINK(1)\"");
    let formula = ground.file(
        "formula.csv",
        &format!(
            "{}\n{}\n",
            head.replace(";stand", ""),
            formula.rsplit_once(';').expect("a state").0
        ),
    );
    ground.said(&["import", &formula]);
    let out = ground.path("again.csv").to_string_lossy().into_owned();
    ground.said(&["knowledge", "export-csv", &out]);
    let text = std::fs::read_to_string(&out).expect("it was written");
    assert!(text.contains(";'=HYPERLINK(1);"), "no formula");
    assert!(ground.said(&["import", &out]).ends_with("new 0, changed 0, same 321, deleted 0.\n"));
    // Titles and costs do not vanish by mistake.
    let costs = text.lines().skip(1).filter(|line| line.starts_with("X900001:1"));
    let emptied: String =
        costs.map(|line| format!("{};x;;\n", line.split(';').next().unwrap_or_default())).collect();
    let emptied = ground.file("emptied.csv", &format!("kennung;titel;kosten;dauer\n{emptied}"));
    let ended = ground.run(&["import", &emptied]);
    assert!(ended.err.contains("fields would have been emptied"), "{}", ended.err);
}

fn a_closure_of_the_county_closes_its_offices(ground: &Ground) {
    let closure = "[[closure]]\nplaces = [\"Neu Wulmstorf\"]\nfrom = \"2014-05-02T00:00\"\nuntil = \"2014-05-03T00:00\"\nreason = \"Brückentag\"\n\n[[client]]";
    let county = ground::harburg().replacen("[[client]]", closure, 1);
    ground.simulate(&county, "2014-05-02", "2014-05-02", &[]);
    import_example(ground);
    // Places of the county's file have names without a register.
    let open = |place: &str| unit_of(ground, "Personalausweis", place)["open"].clone();
    assert_eq!(
        (open("Neu Wulmstorf"), open("Rosengarten")),
        (Value::from(false), Value::from(true))
    );
    let args = ["search", "Personalausweis", "--place", "21629", "--at", "2014-05-02T10:00"];
    let text = ground.said(&args);
    assert!(text.contains("Closed, opens 2014-05-05 08:00"), "{text}");
}

/// As GV100AD has it: kind, day, key, association, name, and the postcode of the seat.
fn fixed(kind: &str, key: &str, association: &str, name: &str, postcode: &str) -> String {
    let line = format!("{kind}20250331{key:<8}{association:<4}{name:<50}");
    format!("{line:<165}{postcode:<55}\n")
}

fn places_are_named_by_name_postcode_and_number(ground: &Ground) {
    import_example(ground);
    let unknown = ground.run(&["search", "Perso", "--place", "Jesteburg"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("Nobody here knows this place"), "{}", unknown.err);
    let register = [
        fixed("10", "03", "", "Niedersachsen", ""),
        fixed("40", "03353", "", "Harburg", ""),
        fixed("50", "03353", "5404", "Jesteburg", ""),
        fixed("60", "03353004", "5404", "Bendestorf", "21227"),
        fixed("60", "03353020", "5404", "Jesteburg", "21266"),
        fixed("60", "03353026", "0026", "Neu Wulmstorf", "21629"),
        fixed("60", "03353026", "0026", "Neu Wulmstorf", "21629"),
        fixed("60", "0335X026", "0026", "Kaputt", "21629"),
        fixed("60", "01062076", "5207", "Steinburg", ""),
        fixed("40", "01061", "", "Steinburg", ""),
    ];
    let register = ground.file("GV100AD.txt", &register.concat());
    let postcodes = ground.file("plz.csv", "osm_id,ags,ort,plz\n1,03353020,Jesteburg,21266\n2,3353026,Neu Wulmstorf,21630\n3,09162000,München,80331\n");
    let early = ground.run(&["knowledge", "places", &postcodes]);
    assert!(early.err.contains("The register of municipalities first"), "{}", early.err);
    let ended = ground.run(&["knowledge", "places", &register, &postcodes]);
    assert_eq!(ended.code, 1);
    assert!(ended.out.contains("Places: new 8, same 0, deleted 0.\n"), "{}", ended.out);
    assert!(
        ended.out.contains("Postcodes of places: new 2, same 0, deleted 0.\n"),
        "{}",
        ended.out
    );
    assert!(
        ended.err.contains("GV100AD.txt:7: Left out: 033530026 stands further up already."),
        "{}",
        ended.err
    );
    assert!(
        ended.err.contains("GV100AD.txt:8: Left out: “0335X0026026” is no key of a place."),
        "{}",
        ended.err
    );
    assert!(
        ended.err.contains("plz.csv:4: Left out: “09162000” is not in the register"),
        "{}",
        ended.err
    );
    let listed = ground.said(&["knowledge", "places", "--list"]);
    assert!(listed.contains("033530026 | Neu Wulmstorf | 21629 21630\n"), "{listed}");
    let unit = |place: &str| unit_of(ground, "Personalausweis", place)["name"].clone();
    for (place, name) in [
        ("Jesteburg", "Bürgerservice, Samtgemeinde Jesteburg"),
        ("bendestorf", "Bürgerservice, Samtgemeinde Jesteburg"),
        ("Samtgemeinde Jesteburg", "Bürgerservice, Samtgemeinde Jesteburg"),
        ("Neu Wulmstorf", "Bürgerservice, Gemeinde Neu Wulmstorf"),
        ("21630", "Bürgerservice, Gemeinde Neu Wulmstorf"),
        ("03353026", "Bürgerservice, Gemeinde Neu Wulmstorf"),
        ("033530026026", "Bürgerservice, Gemeinde Neu Wulmstorf"),
    ] {
        assert_eq!(unit(place), name, "{place}");
    }
    let several = ground.run(&["search", "Perso", "--place", "Steinburg"]);
    assert_eq!(several.code, 2);
    assert!(several.err.contains("(01061 Steinburg, 010625207076 Steinburg)"), "{}", several.err);
    let table = "Satzart;Textkennzeichen;Land;RB;Kreis;VB;Gem;Gemeindename\n;;;;;;;\n10;;3;;;;;Niedersachsen\n60;64;3;3;53;26;26;\"Neu Wulmstorf, Stadt\"\n";
    let table = ground.file("quarterly.csv", table);
    let said = ground.said(&["knowledge", "places", &table, "--dry-run"]);
    assert!(
        said.ends_with("Dry run: Places: new 1, same 1, deleted 7. Nothing was written.\n"),
        "{said}"
    );
    let none = ground.file("none.txt", "kein Verzeichnis\n");
    let ended = ground.run(&["knowledge", "places", &none]);
    assert!(ended.err.contains("neither the register of municipalities"), "{}", ended.err);
}
