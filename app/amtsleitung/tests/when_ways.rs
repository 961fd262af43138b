// SPDX-License-Identifier: EUPL-1.2
//! `amtsleitung when` tells the ways of a call in the example county: own switchboard, partner, dates.

use std::path::Path;
use std::process::Command;

fn when(lang: &str, line: &str, at: &str) -> String {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/harburg.toml");
    let output = Command::new(env!("CARGO_BIN_EXE_amtsleitung"))
        .args(["--lang", lang, "when"])
        .arg(example)
        .args(["--line", line, "--at", at])
        .output()
        .expect("the program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn on_friday_afternoon_oldenburg_takes_115_and_nothing_else() {
    let to_oldenburg = "Nach dem Kalender nimmt jeden Anruf an: ServiceCenter der Stadt Oldenburg. \
                        Bis: Freitag, 07.03.2014, 18:00 Uhr.\n";
    for minute in ["15:00", "17:59"] {
        let said = when("de", "115", &format!("2014-03-07T{minute}"));
        assert!(said.ends_with(to_oldenburg), "{said}");
    }
    for (line, at) in [
        ("115", "2014-03-07T14:59"),
        ("115", "2014-03-07T18:00"),
        ("115", "2014-03-06T15:30"),
        ("115", "2014-04-18T15:30"),
        ("kreis-zentrale", "2014-03-07T15:30"),
        ("salzhausen", "2014-03-07T15:30"),
    ] {
        let said = when("de", line, at);
        assert!(!said.contains("Nach dem Kalender"), "{line} at {at}: {said}");
    }
    let english = when("en", "115", "2014-03-07T15:30");
    assert!(english.contains("By the calendar every call is taken by: ServiceCenter"), "{english}");
}

#[test]
fn salzhausen_s_own_switchboard_goes_first_while_it_is_staffed() {
    let staffed = when("de", "salzhausen", "2014-03-06T10:30");
    let first = "Zuerst klingelt es höchstens 15s bei: Vermittlung Salzhausen.\n";
    let greeting = "Wer anruft, hört (4s): „Guten Tag, Sie sind mit der Samtgemeinde Salzhausen";
    assert!(staffed.find(first).unwrap() < staffed.find(greeting).unwrap(), "{staffed}");
    assert!(
        staffed.contains("Sind alle belegt, hilft nach 25s: ServiceCenter der Stadt Oldenburg.\n")
    );
    let empty = when("de", "salzhausen", "2014-03-06T12:30");
    assert!(
        empty.contains("Zu dieser Zeit nicht besetzt ist: Vermittlung Salzhausen.\n"),
        "{empty}"
    );
    let english = when("en", "salzhausen", "2014-03-06T10:30");
    assert!(
        english.contains("First it rings, 15s at most, at: Vermittlung Salzhausen.\n"),
        "{english}"
    );
}

#[test]
fn jesteburg_is_not_in_service_before_may_and_then_a_holiday_comes_first() {
    let before = when("de", "jesteburg", "2014-04-30T10:00");
    assert!(before.ends_with("Noch nicht in Betrieb: erst ab 2014-05-01.\n"), "{before}");
    let holiday = when("de", "jesteburg", "2014-05-01T10:00");
    assert!(holiday.contains("Geschlossen, weil Feiertag ist"), "{holiday}");
    let first = when("de", "jesteburg", "2014-05-02T10:00");
    assert!(first.contains("Offen."), "{first}");
    assert!(when("en", "jesteburg", "2014-04-30T10:00").contains("only from 2014-05-01 on"));
}
