// SPDX-License-Identifier: EUPL-1.2
//! The program as a person at a terminal meets it: what it prints, and how it ends.

use std::io::Read as _;
use std::process::{Command, Stdio};

const COUNTY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/county.toml");

struct Ended {
    code: i32,
    out: String,
    err: String,
}

fn amtsleitung(args: &[&str]) -> Ended {
    let output = program(args).output().expect("the program starts");
    Ended {
        code: output.status.code().expect("it ends by itself"),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_amtsleitung"));
    command.args(args).env_remove("LC_ALL").env_remove("LC_MESSAGES").env_remove("LANG");
    command
}

/// A file of its own for one test.
fn file(name: &str, bytes: &[u8]) -> String {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, bytes).expect("the temporary folder can be written");
    path.to_str().expect("UTF-8").to_owned()
}

#[test]
fn a_good_file_is_summed_up() {
    let ended = amtsleitung(&["check", COUNTY]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    assert_eq!(
        ended.out.replace(COUNTY, "county.toml"),
        "county.toml ist in Ordnung: Servicecenter Landkreis Harburg.\n  \
         4 Leitungen mit 23 Nummern, 1 Warteschlange\n  \
         9 Personen in 3 Teams, 3 Standorte\n  \
         2 Öffnungszeiten und 3 Schließungen, geprüft vom 2014-01-01 bis zum 2023-12-31 mit den Feiertagen von Niedersachsen\n"
    );
    let ended = amtsleitung(&["--lang", "en", "check", COUNTY]);
    assert!(
        ended.out.contains("is good: Servicecenter Landkreis Harburg.\n  4 lines with 23 numbers")
    );
}

#[test]
fn the_telephone_part_is_summed_up() {
    let loopback = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/loopback.toml");
    let ended = amtsleitung(&["check", loopback]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    let telephones = "\n  1 Trunk mit 4000 Kanälen, 0 Telefone, dazu 60 erdachte im Prüfstand, erreichbar unter udp:127.0.0.1:5160\n";
    assert!(ended.out.ends_with(telephones), "{}", ended.out);
    let harburg = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/harburg.toml");
    let ended = amtsleitung(&["--lang", "en", "check", harburg]);
    let telephones = "\n  4 trunks with 52 channels, 9 telephones, reached at udp:127.0.0.1:5060, tcp:127.0.0.1:5060\n";
    assert!(ended.out.ends_with(telephones), "{}", ended.out);
    let at = ["--line", "116", "--at", "2026-12-24T12:05"];
    let ended = amtsleitung(&[&["when", loopback][..], &at].concat());
    let rings = "Wer anruft, hört den Freiton, bis jemand abnimmt.\n";
    assert!(ended.out.contains(rings), "{}", ended.out);
}

#[test]
fn the_ways_beside_the_queue_are_summed_up() {
    let ways = concat!(
        include_str!("county.toml"),
        include_str!("telephone.toml"),
        include_str!("ways.toml")
    );
    let two = ways.replacen("id = \"k6\"\n", "id = \"k6\"\nfrom = \"2014-05-01\"\n", 1);
    let path = file("ways.toml", two.as_bytes());
    let ended = amtsleitung(&["check", &path]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    let told = "\n  1 Partner, 1 Vermittlung, 1 Krisenplan\n  mit erstem oder letztem Tag: 1 Leitung, 1 Person\n  2 Trunks";
    assert!(ended.out.contains(told), "{}", ended.out);
    let harburg = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/harburg.toml");
    let ended = amtsleitung(&["--lang", "en", "check", harburg]);
    let told = "\n  1 partner, 2 switchboards, 1 crisis plan\n  with a first or last day: 3 lines\n  4 trunks";
    assert!(ended.out.contains(told), "{}", ended.out);
}

#[test]
fn a_rehearsal_is_a_page_for_a_supervisor() {
    let harburg = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/harburg.toml");
    let days = ["simulate", "--config", harburg, "--from", "2014-01-07", "--to", "2014-01-08"];
    let german = amtsleitung(&days);
    assert_eq!(german.code, 0, "{}", german.err);
    let first = german.out.lines().nth(3).expect("the first table has a heading");
    assert!(first.starts_with("Anrufe  ") && first.ends_with("vor Ort"), "{}", german.out);
    // Jesteburg begins in May, and Oldenburg's calls are not rehearsed.
    assert!(
        german
            .out
            .contains("\nOhne Anruf: Zentrale der Samtgemeinde Jesteburg, Hilfe für Oldenburg\n")
    );
    for once in ["Jesteburg", "Oldenburg", "Erstkontakt (Annahme)", "Rückmeldung (nicht geprobt)"]
    {
        assert_eq!(german.out.matches(once).count(), 1, "{once}: {}", german.out);
    }
    let county = ["simulate", "--config", COUNTY, "--from", "2014-01-07", "--to", "2014-01-08"];
    let english = amtsleitung(&[&county[..], &["--lang", "en"]].concat());
    for absent in ["local", "overflow", "call-back", "first contact", "feedback", "Without a call"]
    {
        assert!(!english.out.contains(absent), "{absent}: {}", english.out);
    }
    assert!(english.out.contains("\nBehördennummer 115\n  115-published/1 "), "{}", english.out);
}

#[test]
fn errors_end_with_1_and_a_count() {
    let path = file("broken.toml", "format = 2\n".as_bytes());
    let ended = amtsleitung(&["check", &path]);
    assert_eq!(ended.code, 1);
    assert!(ended.out.ends_with("3 Fehler, 0 Warnungen.\n"), "{}", ended.out);
    let english = amtsleitung(&["check", "--lang=en", &path]);
    assert!(english.out.contains(
        ":1:10: error: This program does not know format 2.\n    Expected: format = 1.\n"
    ));
    assert!(english.out.ends_with("3 errors, 0 warnings.\n"));
}

#[test]
fn files_that_cannot_be_read() {
    let folder = env!("CARGO_TARGET_TMPDIR");
    let bad = file("bad.toml", b"format = 1\nid = \"\xc3\xa4\xff\"\n");
    let large = file("large.toml", &vec![b'\n'; (1 << 20) + 1]);
    for (path, why) in [
        ("/nowhere/x.toml", "Diese Datei gibt es nicht."),
        (folder, "Das ist ein Ordner, keine Datei."),
        ("/dev/null", "Das ist keine gewöhnliche Datei, sondern etwa eine Pipe oder ein Gerät."),
    ] {
        let ended = amtsleitung(&["check", path]);
        assert_eq!(ended.code, 1, "{path}");
        assert_eq!(ended.err, format!("{path}: Fehler: {why}\n"));
    }
    for (path, place, why) in [
        (
            &bad,
            "2:8",
            "Dieses Zeichen ist kein UTF-8. Die Datei im Texteditor als UTF-8 speichern.",
        ),
        (&large, "1:1", "Die Datei ist zu groß. Erwartet: höchstens 1048576 Bytes."),
    ] {
        let ended = amtsleitung(&["check", path]);
        assert_eq!(ended.code, 1, "{path}");
        assert_eq!(ended.err, format!("{path}:{place}: Fehler: {why}\n"));
    }
}

#[test]
fn wrong_usage_ends_with_2() {
    for (args, said) in [
        (
            &["chek"][..],
            "Fehler: Diesen Befehl gibt es nicht: „chek“. Gemeint „check“?\nHilfe: amtsleitung --help\n",
        ),
        (&["check"], "Fehler: Es fehlt die Datei.\nHilfe: amtsleitung check --help\n"),
        (
            &["check", "a", "b"],
            "Fehler: Das ist ein Argument zu viel: „b“.\nHilfe: amtsleitung check --help\n",
        ),
        (
            &["check", "--langg", "de"],
            "Fehler: Diese Option gibt es nicht: „--langg“. Gemeint „--lang“?\nHilfe: amtsleitung check --help\n",
        ),
        (
            &["when", "x", "--lin", "115"],
            "Fehler: Diese Option gibt es nicht: „--lin“. Gemeint „--line“?\nHilfe: amtsleitung when --help\n",
        ),
        (
            &["when", "x", "--line"],
            "Fehler: Dieser Option fehlt der Wert: „--line“.\nHilfe: amtsleitung when --help\n",
        ),
        (
            &["when", COUNTY, "--line", "115"],
            "Fehler: Diese Option fehlt: „--at“.\nHilfe: amtsleitung when --help\n",
        ),
        (
            &["--versio"],
            "Fehler: Diese Option gibt es nicht oder nicht ohne Befehl: „--versio“. Gemeint „--version“?\nHilfe: amtsleitung --help\n",
        ),
        (
            &["--lang", "fr"],
            "Fehler: Diese Sprache gibt es nicht (möglich: de, en): „fr“.\nHilfe: amtsleitung --help\n",
        ),
    ] {
        let ended = amtsleitung(args);
        assert_eq!((ended.code, ended.err.as_str(), ended.out.as_str()), (2, said, ""), "{args:?}");
    }
}

#[test]
fn help_and_version() {
    for args in [&[][..], &["--help"], &["-h"]] {
        let ended = amtsleitung(args);
        assert_eq!(ended.code, 0);
        assert!(ended.out.starts_with("Amtsleitung – das virtuelle Telefon-Servicecenter\n"));
    }
    let english = program(&[]).env("LANG", "en_GB.UTF-8").output().expect("the program starts");
    assert!(english.stdout.starts_with("Amtsleitung – the virtual telephone".as_bytes()));
    assert_eq!(
        amtsleitung(&["--version"]).out,
        concat!("amtsleitung ", env!("CARGO_PKG_VERSION"), "\n")
    );
    let help = amtsleitung(&["when", "--help"]);
    assert_eq!(help.code, 0);
    assert!(help.out.contains("--at ZEITPUNKT"));
}

#[test]
fn a_reader_who_goes_away_is_no_error() {
    let path = file("long.toml", "x = [\n".repeat(5_000).as_bytes());
    let mut child = program(&["check", &path])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let mut err = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut err).expect("UTF-8");
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
    assert_eq!(err, "");
}

#[test]
fn a_full_disk_is_said_and_fails() {
    let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") else { return };
    let output = program(&["check", COUNTY]).stdout(full).output().expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(said, "Fehler: Die Ausgabe lässt sich nicht schreiben: der Datenträger ist voll\n");
}

fn when(lang: &str, line: &str, at: &str) -> String {
    let ended = amtsleitung(&["when", "--at", at, COUNTY, "--lang", lang, "--line", line]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    ended.out
}

#[test]
fn christmas_eve_in_neu_wulmstorf() {
    assert_eq!(
        when("de", "neu-wulmstorf", "2014-12-24T12:05"),
        "Mittwoch, 24.12.2014, 12:05 Uhr\n\
         Zentrale der Gemeinde Neu Wulmstorf (neu-wulmstorf)\n\
         \n\
         Geschlossen: Das Rathaus schließt an Heiligabend um 12 Uhr.\n\
         Wer anruft, hört (12s): „Das Rathaus Neu Wulmstorf ist zurzeit geschlossen. Sie erreichen uns montags bis donnerstags von sieben bis achtzehn Uhr und freitags von sieben bis fünfzehn Uhr.“\n\
         Öffnet das nächste Mal: Montag, 29.12.2014, 07:00 Uhr.\n"
    );
    assert_eq!(
        when("de", "neu-wulmstorf", "2014-12-24T11:59"),
        "Mittwoch, 24.12.2014, 11:59 Uhr\n\
         Zentrale der Gemeinde Neu Wulmstorf (neu-wulmstorf)\n\
         \n\
         Offen. Schließt das nächste Mal: Mittwoch, 24.12.2014, 12:00 Uhr.\n\
         Wer anruft, hört (4s): „Guten Tag, Sie sind mit der Gemeinde Neu Wulmstorf verbunden.“\n\
         Ist niemand frei, wartet man in der Warteschlange „Bürgertelefon“, höchstens 15min.\n\
         Danach, oder wenn dort schon 40 warten, heißt es: „Im Moment sind alle Plätze belegt. Bitte rufen Sie in einigen Minuten noch einmal an.“\n\
         Nach Plan im Dienst und für diese Leitung befähigt: 7\n  \
         Servicecenter im Kreishaus: 5\n  \
         Rathaus Neu Wulmstorf: 1\n  \
         Rathaus Buchholz: 1\n"
    );
}

#[test]
fn holidays_and_evenings() {
    let unity = when("en", "115", "2014-10-03T11:05");
    assert!(unity.contains(
        "Closed for a public holiday: Day of German Unity (Tag der Deutschen Einheit).\n"
    ));
    assert!(unity.contains("Opens next: Monday, 6 October 2014, 07:00.\n"));
    let evening = when("en", "115", "2014-03-31T18:00");
    assert!(evening.contains("Closed, outside the opening hours.\n"));
    assert!(evening.contains("Opens next: Tuesday, 1 April 2014, 07:00.\n"));
    let morning = when("en", "kreis-zentrale", "2014-03-31T07:00");
    assert!(morning.contains("Open. Closes next: Monday, 31 March 2014, 18:00.\n"));
    assert!(morning.contains(
        "By plan, on shift and able to serve this line: 1\n  Servicecenter im Kreishaus: 1\n"
    ));
}

#[test]
fn questions_that_cannot_be_answered() {
    for (line, at, said) in [
        (
            "neu-wulmsdorf",
            "2014-12-24T12:05",
            "Fehler: Diese Leitung gibt es nicht (bekannt: 115, kreis-zentrale, buergerservice, neu-wulmstorf): „neu-wulmsdorf“. Gemeint „neu-wulmstorf“?\n",
        ),
        (
            "115",
            "24.12.2014",
            "Fehler: Das ist kein Zeitpunkt (erwartet: Datum und Uhrzeit wie 2014-12-24T12:05): „24.12.2014“.\n",
        ),
        ("115", "2014-02-30T12:05", "Fehler: Diesen Tag gibt es nicht: „2014-02-30T12:05“.\n"),
        (
            "115",
            "2014-03-30T02:30",
            "Fehler: Diese Uhrzeit gibt es an diesem Tag nicht (die Uhren springen auf Sommerzeit): „2014-03-30T02:30“.\n",
        ),
        (
            "115",
            "1800-03-30T02:30",
            "Fehler: Für dieses Jahr kennt das Programm keine Feiertage: „1800-03-30T02:30“.\n",
        ),
    ] {
        let ended = amtsleitung(&["when", COUNTY, "--line", line, "--at", at]);
        assert_eq!(ended.code, 2);
        assert_eq!(ended.err, format!("{said}Hilfe: amtsleitung when --help\n"));
    }
    let path = file("refused.toml", b"format = 1\n");
    let ended = amtsleitung(&["when", &path, "--line", "115", "--at", "2014-12-24T12:05"]);
    assert_eq!((ended.code, ended.out.as_str()), (1, ""));
    assert!(ended.err.contains("Fehler: In der Datei fehlt „centre“."), "{}", ended.err);
}

/// Opening a pipe waits for somebody who writes; the check must not.
#[cfg(unix)]
#[test]
fn a_pipe_without_a_writer_is_refused_at_once() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("pipe.toml");
    if !path.exists() {
        let made = Command::new("mkfifo").arg(&path).status().expect("mkfifo can be started");
        assert!(made.success());
    }
    let ended = amtsleitung(&["--lang", "en", "check", path.to_str().expect("UTF-8")]);
    assert_eq!(ended.code, 1);
    assert!(
        ended
            .err
            .ends_with("error: This is no regular file, but a pipe or a device, for example.\n")
    );
}

/// What `when` says about the line 115 if its hours are these.
fn with_hours(name: &str, open: &str, at: &str) -> String {
    let county = include_str!("county.toml").replacen(
        "open = \"Mo-Th 07:00-18:00; Fr 07:00-15:00; PH off\"",
        &format!("open = \"{open}\""),
        1,
    );
    let path = file(name, county.as_bytes());
    let ended = amtsleitung(&["when", &path, "--lang", "en", "--line", "115", "--at", at]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    ended.out
}

#[test]
fn no_change_is_invented() {
    let always = with_hours("always.toml", "24/7", "2015-06-02T12:05");
    assert!(
        always.contains("Open, without an end (looked ahead to the end of 2199).\n"),
        "{always}"
    );
    let far = "2030 Mo-Fr 08:00-16:00; PH off";
    let opens = with_hours("far.toml", far, "2015-06-02T12:05");
    assert!(opens.contains("Opens next: Wednesday, 2 January 2030, 08:00.\n"), "{opens}");
    let over = with_hours("over.toml", far, "2031-06-02T12:05");
    assert!(over.contains("Does not open again (looked ahead to the end of 2199).\n"), "{over}");
    let until = with_hours("until.toml", "2000-2029", "2015-06-02T12:05");
    assert!(until.contains("Open. Closes next: Tuesday, 1 January 2030, 00:00.\n"), "{until}");
}

/// The service itself, real telephone calls, and nothing is left behind.
#[test]
fn a_practice_without_a_terminal() {
    let harburg = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/harburg.toml");
    // Not in the target folder: the path of a socket has room for a hundred bytes only.
    let temporary = std::env::temp_dir().join(format!("amtsleitung-test-{}", std::process::id()));
    std::fs::create_dir_all(&temporary).expect("the temporary folder can be written");
    let args = ["practice", "--config", harburg, "--pace", "200", "--seconds", "15"];
    let output = program(&args).env("TMPDIR", &temporary).output().expect("the program starts");
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!((output.status.code(), err.as_ref()), (Some(0), ""));
    assert!(out.starts_with("Übung ohne Terminal: 15 Sekunden, alle Plätze erdacht.\n"), "{out}");
    for happened in ["ruft an: Bürgerservice", "wartet auf Platz", "klingelt bei", " spricht\n"] {
        assert!(out.contains(happened), "{happened}: {out}");
    }
    assert!(out.contains("\nÜbung beendet; "), "{out}");
    let left = std::fs::read_dir(&temporary).expect("it is there").count();
    assert_eq!(left, 0, "the data folder is gone");
    std::fs::remove_dir(&temporary).expect("it is empty");
    let ended = amtsleitung(&["practice", "--config", harburg, "--seconds", "0"]);
    assert_eq!(ended.code, 2);
    assert!(ended.err.starts_with("Fehler: Hier wird eine ganze Zahl von 1 bis 86400 erwartet"));
}

#[test]
fn what_is_kept_of_persons_follows_the_file() {
    let harburg = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/harburg.toml");
    let said = amtsleitung(&["privacy", harburg]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert!(said.out.contains("Datenschutzbeauftragte und Personalrat"), "{}", said.out);
    assert!(said.out.contains("30 Tage nach dem Tag (numbers_days)"), "{}", said.out);
    assert!(said.out.contains("bis der Tag vorbei ist (tokens_days = 0)"), "{}", said.out);
    assert!(said.out.contains("183 Tage nach dem Tag (cases_days)"), "{}", said.out);
    // Without cases, and with other times.
    let text = std::fs::read_to_string(harburg).expect("the example");
    let cases = text.find("[cases]").expect("cases");
    let end = cases + text[cases..].find("\n\n").expect("an empty line");
    let retention = "\n[retention]\nnumbers_days = 0\nseats_days = 7\n";
    let text = format!("{}{}{retention}", &text[..cases], &text[end..]);
    let path = file("privacy.toml", text.as_bytes());
    let said = amtsleitung(&["--lang", "en", "privacy", &path]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert!(said.out.contains("until the day is over (numbers_days = 0)"), "{}", said.out);
    assert!(said.out.contains("7 days after the day (seats_days)"), "{}", said.out);
    assert!(!said.out.contains("cases_days"), "{}", said.out);
    let wrong = file("no-privacy.toml", b"format = 1\n");
    let said = amtsleitung(&["privacy", &wrong]);
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    assert!(said.err.contains("Fehler"), "{}", said.err);
    assert_eq!(amtsleitung(&["privacy"]).code, 2);
}

#[test]
fn the_handbooks_name_commands_and_options_that_exist() {
    let handbooks = [
        include_str!("../../../docs/de/telefonberatung.md"),
        include_str!("../../../docs/de/teamleitung.md"),
        include_str!("../../../docs/operation.md"),
    ];
    let mut named = 0;
    for line in handbooks.iter().flat_map(|text| text.lines()).map(str::trim) {
        let Some(words) = line.strip_prefix("amtsleitung ") else { continue };
        // What stands behind a command is said of it.
        let words = words.split(" #").next().unwrap_or_default();
        let mut words = words.split_whitespace().skip_while(|word| word.starts_with("--lang"));
        let name = words.next().expect("a command");
        let command = amtsleitung::commands::COMMANDS.iter().find(|it| it.name == name);
        let command = command.unwrap_or_else(|| panic!("there is no such command: {line}"));
        for option in words.filter_map(|word| word.strip_prefix("--")) {
            let option = option.split('=').next().unwrap_or_default();
            let is_known = command.valued.contains(&option) || command.flags.contains(&option);
            assert!(is_known, "there is no --{option}: {line}");
        }
        named += 1;
    }
    assert!(named > 20, "only {named} commands were found");
}
