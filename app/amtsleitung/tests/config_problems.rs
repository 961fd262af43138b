// SPDX-License-Identifier: EUPL-1.2
//! Broken configurations and what is said about them, in both languages.
//!
//! Each case changes `county.toml`: the text left of the arrow becomes the text right of it, where `‸`
//! marks the place that the message must name. If it has no such text, `telephone.toml` stands behind it.
//! Partners, switchboards and plans stand in `ways.toml`, behind both.

use amtsleitung::{Lang, config};

const COUNTY: &str = include_str!("county.toml");
const WITH_TELEPHONE: &str = concat!(include_str!("county.toml"), include_str!("telephone.toml"));
const WITH_WAYS: &str =
    concat!(include_str!("county.toml"), include_str!("telephone.toml"), include_str!("ways.toml"));

/// The county that has a text, without its telephone part if it can be.
fn county_with(text: &str) -> &'static str {
    if COUNTY.contains(text) { COUNTY } else { WITH_TELEPHONE }
}

/// The message about the county after one change: without the file's name and place, which is compared with the mark.
fn said(from: &str, to: &str, lang: Lang) -> String {
    let parts = county_with(from).split_once(from);
    said_between(parts.unwrap_or_else(|| panic!("not in the county: {from}")), from, to, lang)
}

/// The same with the ways behind it; of several such texts the last one is changed.
fn said_of_ways(from: &str, to: &str, lang: Lang) -> String {
    let parts = WITH_WAYS.rsplit_once(from);
    said_between(parts.unwrap_or_else(|| panic!("not in the ways: {from}")), from, to, lang)
}

fn said_between((before, rest): (&str, &str), from: &str, to: &str, lang: Lang) -> String {
    let marked = format!("{before}{to}{rest}");
    let (ahead, _) = marked.split_once('‸').unwrap_or_else(|| panic!("no mark: {to}"));
    let (line, start) = (ahead.matches('\n').count() + 1, ahead.rfind('\n').map_or(0, |at| at + 1));
    let column = ahead[start..].chars().count() + 1;
    let text = marked.replace('‸', "");
    let printed = config::check(&text).printed("x", lang);
    let place = format!("x:{line}:{column}: ");
    let problem = printed
        .split("\nx:")
        .map(|part| part.strip_prefix("x:").unwrap_or(part))
        .find_map(|part| format!("x:{part}").strip_prefix(&place).map(str::to_owned));
    match problem {
        Some(problem) => {
            let lines: Vec<&str> = problem.lines().take(2).collect();
            without_line_numbers(&lines.join("\n"))
        }
        None => panic!("{from:?} → {to:?}: nothing at {place}but:\n{printed}"),
    }
}

/// Other places are named by their line, which would move with every change of the county.
fn without_line_numbers(text: &str) -> String {
    let mut words = text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    for at in 1..words.len() {
        let rest = words[at].trim_start_matches(|c: char| c.is_ascii_digit()).to_owned();
        let names_a_line = words[at - 1].ends_with("Zeile") || words[at - 1].ends_with("line");
        if names_a_line && rest.len() < words[at].len() {
            words[at] = format!("N{rest}");
        }
    }
    words.join(" ")
}

#[track_caller]
fn both(from: &str, to: &str, de: &str, en: &str) {
    assert_eq!(said(from, to, Lang::De), de);
    assert_eq!(said(from, to, Lang::En), en);
}

#[track_caller]
fn both_ways(from: &str, to: &str, de: &str, en: &str) {
    assert_eq!(said_of_ways(from, to, Lang::De), de);
    assert_eq!(said_of_ways(from, to, Lang::En), en);
}

/// Only what is wrong with the ways, in both languages, without the advice.
#[track_caller]
fn wrong_ways(from: &str, to: &str, de: &str, en: &str) {
    let first = |lang| said_of_ways(from, to, lang).lines().next().map(str::to_owned);
    assert_eq!(first(Lang::De).as_deref(), Some(de));
    assert_eq!(first(Lang::En).as_deref(), Some(en));
}

/// Only what is wrong, in German, without the advice.
#[track_caller]
fn wrong(from: &str, to: &str, de: &str) {
    assert_eq!(said(from, to, Lang::De).lines().next(), Some(de));
}

#[test]
fn the_examples_have_nothing_to_complain_about() {
    for text in [
        include_str!("../../../examples/harburg.toml"),
        include_str!("../../../examples/loopback.toml"),
        COUNTY,
        WITH_TELEPHONE,
        WITH_WAYS,
    ] {
        let checked = config::check(text);
        assert_eq!(checked.printed("x.toml", Lang::De), "");
        assert!(checked.county.is_some());
    }
}

#[test]
fn what_is_no_toml() {
    both(
        "format = 1",
        "format = ‸",
        "Fehler: Text muss in Anführungszeichen stehen.\n    Erwartet: ein Text in Anführungszeichen.",
        "error: This is not valid TOML: string values must be quoted.\n    Expected: literal string.",
    );
    wrong(
        "id = \"servicezeit\"",
        "id = \"servicezeit‸\nx = 1",
        "Fehler: Der Text in Anführungszeichen endet nicht oder enthält ein unerlaubtes Zeichen.",
    );
    wrong(
        "id = \"k1\"",
        "id = \"k1\"\n‸id = \"k1\"",
        "Fehler: Dieses Feld steht schon weiter oben in derselben Tabelle.",
    );
    wrong(
        "id = \"k1\"",
        "id = \"k‸\u{0}1\"",
        "Fehler: Der Text in Anführungszeichen endet nicht oder enthält ein unerlaubtes Zeichen.",
    );
    wrong(
        "[[queue]]",
        "[[queue]‸\n",
        "Fehler: Die Überschrift der Tabelle wird nicht geschlossen.",
    );
}

#[test]
fn keys() {
    both(
        "wrap_up = \"10s\"",
        "‸wrapup = \"10s\"",
        "Fehler: In [[line]] gibt es kein Feld „wrapup“.\n    Bekannt sind: id, name, client, numbers, hours, queue, no_queue, priority, required, preferred, wrap_up, short_abandon, answer, announcements, rehearsal, from, until, stages, local_first, overflow, callback, tells_wait, tells_position, tells_every, tells_opening, town_hall_hours, received_from, only_in, welcome. Gemeint „wrap_up“?",
        "error: [[line]] has no field “wrapup”.\n    Known are: id, name, client, numbers, hours, queue, no_queue, priority, required, preferred, wrap_up, short_abandon, answer, announcements, rehearsal, from, until, stages, local_first, overflow, callback, tells_wait, tells_position, tells_every, tells_opening, town_hall_hours, received_from, only_in, welcome. Did you mean “wrap_up”?",
    );
    both(
        "[[queue]]\nid = \"buergertelefon\"\nname = \"Bürgertelefon\"",
        "‸[[queue]]\nid = \"buergertelefon\"",
        "Fehler: In [[queue]] fehlt das Feld „name“.\n    Es ist nötig; was hineingehört, steht in docs/configuration.md.",
        "error: [[queue]] lacks the field “name”.\n    It is required; docs/configuration.md says what belongs there.",
    );
    wrong(
        "[rehearsal]",
        "[‸rehearsals]",
        "Fehler: Eine Tabelle oder ein Feld „rehearsals“ gibt es nicht.",
    );
    wrong(
        "length_max = 40",
        "‸\"lengthmax\" = 40\nlength_max = 40",
        "Fehler: In [[queue]] gibt es kein Feld „lengthmax“.",
    );
}

#[test]
fn types_and_ranges() {
    both(
        "length_max = 40",
        "length_max = ‸\"40\"",
        "Fehler: Bei „length_max“ steht ein Text in Anführungszeichen.\n    Erwartet: eine ganze Zahl.",
        "error: At “length_max” stands a text in quotes.\n    Expected: a whole number.",
    );
    both(
        "length_max = 40",
        "length_max = ‸0",
        "Fehler: Der Wert „0“ bei „length_max“ ist nicht möglich.\n    Erwartet: von 1 bis 8192.",
        "error: The value “0” of “length_max” is not possible.\n    Expected: from 1 to 8192.",
    );
    both(
        "ring = \"20s\"",
        "ring = ‸\"20 Sekunden\"",
        "Fehler: „20 Sekunden“ bei „ring“ ist keine Dauer.\n    Erwartet: eine ganze Zahl und direkt dahinter ms, s, min oder h, zum Beispiel \"20s\" oder \"1min 30s\".",
        "error: “20 Sekunden” of “ring” is no duration.\n    Expected: a whole number directly followed by ms, s, min or h, for example \"20s\" or \"1min 30s\".",
    );
    wrong(
        "ring = \"20s\"",
        "ring = ‸\"500ms\"",
        "Fehler: Der Wert „500ms“ bei „ring“ ist nicht möglich.",
    );
    wrong(
        "head_start = \"15s\"",
        "head_start = ‸\"25h\"",
        "Fehler: Der Wert „25h“ bei „head_start“ ist nicht möglich.",
    );
}

#[test]
fn numbers_that_are_none() {
    wrong("share = 0.75", "share = ‸nan", "Fehler: Der Wert „nan“ bei „share“ ist nicht möglich.");
    wrong("share = 0.75", "share = ‸inf", "Fehler: Der Wert „inf“ bei „share“ ist nicht möglich.");
    wrong("share = 0.75", "share = ‸75", "Fehler: Der Wert „75“ bei „share“ ist nicht möglich.");
    wrong(
        "share = 0.75",
        "share = ‸2014-12-24",
        "Fehler: Bei „share“ steht ein Datum ohne Anführungszeichen.",
    );
    wrong(
        "length_max = 40",
        "length_max = ‸99999999999999999999999",
        "Fehler: Der Wert „99999999999999999999999“ bei „length_max“ ist nicht möglich.",
    );
    wrong("kfz = 3", "kfz = ‸10", "Fehler: Der Wert „10“ bei „kfz“ ist nicht möglich.");
    wrong(
        "priority = 1",
        "priority = ‸3",
        "Fehler: Der Wert „3“ bei „priority“ ist nicht möglich.",
    );
    wrong(
        "hours = \"servicezeit\"",
        "hours = ‸[\"servicezeit\"]",
        "Fehler: Bei „hours“ steht eine Liste [ … ].",
    );
    wrong(
        "numbers = [\"115\"]",
        "numbers = ‸\"115\"",
        "Fehler: Bei „numbers“ steht ein Text in Anführungszeichen.",
    );
    wrong(
        "numbers = [\"115\"]",
        "numbers = [‸115]",
        "Fehler: Bei „numbers“ steht eine ganze Zahl.",
    );
}

#[test]
fn a_table_where_many_are_expected() {
    wrong(
        "[[queue]]\nid = \"buergertelefon\"",
        "‸[queue]\nid = \"buergertelefon\"",
        "Fehler: Bei „queue“ steht eine Tabelle.",
    );
}

#[test]
fn ids_and_references() {
    both(
        "client = \"neu-wulmstorf\"",
        "client = ‸\"neu-wulmsdorf\"",
        "Fehler: Die Kennung „neu-wulmsdorf“ gibt es bei [[client]] nicht.\n    Bekannt sind: landkreis-harburg, neu-wulmstorf. Gemeint „neu-wulmstorf“?",
        "error: [[client]] has no id “neu-wulmsdorf”.\n    Known are: landkreis-harburg, neu-wulmstorf. Did you mean “neu-wulmstorf”?",
    );
    both(
        "id = \"k2\"",
        "id = ‸\"k1\"",
        "Fehler: Die Kennung „k1“ gibt es bei [[agent]] zweimal.\n    Zuerst steht sie in Zeile N; einer der beiden Einträge braucht eine andere.",
        "error: The id “k1” is used twice for [[agent]].\n    It stands first in line N; one of the two needs another.",
    );
    wrong("id = \"k2\"", "id = ‸\"K2\"", "Fehler: „K2“ ist keine Kennung.");
    wrong(
        "queue = \"buergertelefon\"",
        "queue = ‸\"buerger\"",
        "Fehler: Die Kennung „buerger“ gibt es bei [[queue]] nicht.",
    );
    wrong("kfz = 3", "‸kzf = 3", "Fehler: Die Kennung „kzf“ gibt es bei [[skill]] nicht.");
    wrong(
        "lines = [\"115\"]",
        "lines = [‸\"116\"]",
        "Fehler: Die Kennung „116“ gibt es bei [[line]] nicht.",
    );
    wrong(
        "hours = [\"servicezeit\"]",
        "hours = [‸\"servicezei\"]",
        "Fehler: Die Kennung „servicezei“ gibt es bei [[hours]] nicht.",
    );
    wrong(
        "holidays = \"NI\"",
        "holidays = ‸\"ND\"",
        "Fehler: „ND“ ist bei „holidays“ nicht möglich.",
    );
    wrong(
        "definition = \"115-published\"",
        "definition = ‸\"115-publish\"",
        "Fehler: „115-publish“ ist bei „definition“ nicht möglich.",
    );
    wrong("lines = [\"115\"]", "lines = [\"115\", ‸\"115\"]", "Fehler: „115“ steht zweimal da.");
    wrong("lines = [\"115\"]", "lines = ‸[]", "Fehler: Die Liste „lines“ ist leer.");
}

#[test]
fn lines_without_a_queue() {
    both(
        "[[line]]\nid = \"115\"\nname = \"Behördennummer 115\"\nclient = \"landkreis-harburg\"\nnumbers = [\"115\"]\nhours = \"servicezeit\"\nqueue = \"buergertelefon\"",
        "‸[[line]]\nid = \"115\"\nname = \"Behördennummer 115\"\nclient = \"landkreis-harburg\"\nnumbers = [\"115\"]\nhours = \"servicezeit\"",
        "Fehler: Diese Leitung hat keine Warteschlange.\n    Erwartet: queue mit der Kennung einer [[queue]], oder no_queue = true, wenn sie nur ihre Ansage abspielt.",
        "error: This line has no queue.\n    Expected: queue with the id of a [[queue]], or no_queue = true if it only plays its announcement.",
    );
    wrong(
        "priority = 1",
        "priority = 1\nno_queue = ‸true",
        "Fehler: Diese Leitung hat queue und zugleich no_queue = true.",
    );
    wrong(
        "queue = \"buergertelefon\"\npriority = 1",
        "no_queue = true\npriority = ‸1",
        "Fehler: „priority“ hat bei einer Leitung ohne Warteschlange keine Wirkung.",
    );
    wrong(
        "[[queue]]",
        "[[queue]]\nid = ‸\"leer\"\nname = \"Leer\"\nlength_max = 1\nwaiting_max = \"1min\"\n\n[[queue]]",
        "Warnung: Die Warteschlange „leer“ wird von keiner Leitung benutzt.",
    );
}

#[test]
fn numbers_and_blocks() {
    both(
        "numbers = [\"+494066969100\"]",
        "numbers = [‸\"04066969100\"]",
        "Fehler: „04066969100“ beginnt mit 0.\n    Erwartet: statt der führenden 0 die Landesvorwahl, also +49 und die Vorwahl ohne 0.",
        "error: “04066969100” begins with 0.\n    Expected: the country code instead of the leading 0, so +49 and the area code without 0.",
    );
    both(
        "numbers = [\"+494066969300\"]",
        "numbers = [‸\"+49406696921\"]",
        "Fehler: „+49406696921“ und „+494066969200..+494066969219“ („buergerservice“, Zeile N) sind beim Wählen nicht zu unterscheiden.\n    Jede Nummer darf nur einmal vorkommen, und keine darf der Anfang einer anderen sein.",
        "error: “+49406696921” and “+494066969200..+494066969219” (“buergerservice”, line N) cannot be told apart while dialling.\n    Each number may stand here once, and none may be the beginning of another.",
    );
    wrong(
        "numbers = [\"+494066969300\"]",
        "numbers = [\"+494066969300\", ‸\"+494066969300\"]",
        "Fehler: „+494066969300“ und „+494066969300“ („neu-wulmstorf“, Zeile N) sind beim Wählen nicht zu unterscheiden.",
    );
    wrong(
        "numbers = [\"+494066969300\"]",
        "numbers = [‸\"+494066969210..+494066969230\"]",
        "Fehler: „+494066969210..+494066969230“ und „+494066969200..+494066969219“ („buergerservice“, Zeile N) sind beim Wählen nicht zu unterscheiden.",
    );
    wrong(
        "numbers = [\"+494066969300\"]",
        "numbers = [‸\"+494066969300..+49406696931\"]",
        "Fehler: Anfang und Ende des Blocks „+494066969300..+49406696931“ passen nicht zusammen.",
    );
    wrong(
        "numbers = [\"+494066969300\"]",
        "numbers = [‸\"+494066969319..+494066969300\"]",
        "Fehler: Der Block „+494066969319..+494066969300“ endet vor seinem Anfang.",
    );
    wrong(
        "numbers = [\"+494066969300\"]",
        "numbers = [‸\"+494066000000..+494066999999\"]",
        "Fehler: Der Block „+494066000000..+494066999999“ ist zu groß.",
    );
    wrong(
        "numbers = [\"+494066969300\"]",
        "numbers = [‸\"+49 40 66969300\"]",
        "Fehler: „+49 40 66969300“ ist keine Rufnummer.",
    );
    wrong(
        "numbers = [\"+494066969300\"]",
        "numbers = [‸\"115\"]",
        "Fehler: „115“ und „115“ („115“, Zeile N) sind beim Wählen nicht zu unterscheiden.",
    );
}

#[test]
fn emergency_numbers_are_nowhere_but_in_a_site_s_route() {
    both(
        "numbers = [\"115\"]",
        "numbers = [‸\"112\"]",
        "Fehler: In „112“ steht die Notrufnummer 112.\n    Sie darf nur im Notrufweg eines Standorts stehen ([[site]], emergency_route oder no_emergency_route). In Texten in Worten schreiben: eins eins zwei; so wird sie auch richtig vorgelesen.",
        "error: The emergency number 112 stands in “112”.\n    It may stand only in a site's emergency route ([[site]], emergency_route or no_emergency_route). In texts write it in words, “eins eins zwei”; it is then spoken correctly, too.",
    );
    for hidden in [
        "112",
        "\"0112\"",
        "\"+4940110\"",
        "\"1-1-2\"",
        "\"+49112\"",
        "\"112..119\"",
        "110",
        "\"00 110\"",
        "\"04181/112\"",
    ] {
        wrong(
            "numbers = [\"115\"]",
            &format!("numbers = [\"115\", ‸{hidden}]"),
            &format!(
                "Fehler: In „{}“ steht die Notrufnummer {}.",
                hidden.trim_matches('"'),
                if hidden.contains("112") || hidden.contains("1-1-2") { "112" } else { "110" }
            ),
        );
    }
    wrong(
        "numbers = [\"115\"]",
        "numbers = [‸\"111..115\"]",
        "Fehler: Der Block „111..115“ enthält die Notrufnummer 112 oder Nummern, die so beginnen.",
    );
}

#[test]
fn emergency_numbers_in_texts_and_sites() {
    wrong(
        "closed = \"Die Kreisverwaltung",
        "closed = ‸\"Im Notfall 112. Die Kreisverwaltung",
        "Fehler: In „Im Notfall 112. Die Kreisverwaltung erreichen Sie montags bi…“ steht die Notrufnummer 112.",
    );
    wrong("id = \"k1\"", "id = ‸\"112\"", "Fehler: In „112“ steht die Notrufnummer 112.");
    wrong(
        "id = \"k1\"",
        "id = \"k1\"\nnote = [{ deep = ‸\"110\" }]",
        "Fehler: In „110“ steht die Notrufnummer 110.",
    );
    wrong(
        "name = \"Stelle\"",
        "name = ‸\"Stelle 1 1 2\"",
        "Fehler: In „Stelle 1 1 2“ steht die Notrufnummer 112.",
    );
    wrong(
        "name = \"Rathaus Buchholz\"\nno_em",
        "name = ‸\"Rathaus, 110\"\nno_em",
        "Fehler: In „Rathaus, 110“ steht die Notrufnummer 110.",
    );
    wrong(
        "numbers = [\"110\", \"112\"], through = \"Amt der Nebenstellenanlage im Rathaus\"",
        "numbers = ‸[\"110\"], through = \"Amt\"",
        "Fehler: Der Notrufweg eines Standorts gilt für beide Notrufnummern und für keine andere.",
    );
    wrong(
        "no_emergency_route = \"Hier",
        "emergency_route = { numbers = [\"110\", \"112\"], through = \"Amt\" }\nno_emergency_route = ‸\"Hier",
        "Fehler: Dieser Standort hat emergency_route und zugleich no_emergency_route.",
    );
    wrong(
        "[[site]]\nid = \"rathaus-buchholz\"\nname = \"Rathaus Buchholz\"\nno_emergency_route = \"Hier stehen nur Arbeitsplätze im Browser; für 110 und 112 hängt ein Amtstelefon im Flur.\"",
        "‸[[site]]\nid = \"rathaus-buchholz\"\nname = \"Rathaus Buchholz\"",
        "Fehler: Für diesen Standort ist nicht gesagt, wie der Notruf hinausgeht.",
    );
}

#[test]
fn hours_shifts_and_closures() {
    let rules = "open = \"Mo-Th 07:00-18:00; Fr 07:00-15:00; PH off\"";
    wrong(
        rules,
        "open = \"‸SH Mo-Fr 09:00-12:00\"",
        "Fehler: Schulferien (SH) sind nicht hinterlegt, und „SH Mo-Fr“ hieße „Ferien oder Mo-Fr“; erwartet: die Ferien als Datum, etwa Jul 31-Sep 10.",
    );
    wrong(
        rules,
        "open = ‸\"Mo-Fr 09:00-12:00\"",
        "Warnung: Die Zeiten „Mo-Fr 09:00-12:00“ sagen nicht, was an Feiertagen gilt.",
    );
    wrong(
        rules,
        "open = ‸\"off; PH off\"",
        "Fehler: Nach diesen Zeiten ist vom 2014-01-01 bis zum 2023-12-31 nie offen.",
    );
    wrong(
        "shift = \"Mo-Th 07:00-15:00; Fr 07:00-13:00; PH off\"",
        "shift = ‸\"Mo-Th 07:00-22:00; PH off\"",
        "Fehler: Die Schicht am 2014-01-02 dauert 15 Stunden ohne Ende.",
    );
    wrong(
        "until = \"2014-12-24T24:00\"",
        "until = ‸\"2014-12-24T11:00\"",
        "Fehler: Das Ende (until) liegt nicht nach dem Anfang (from).",
    );
    wrong(
        "from = \"2014-12-24T12:00\"",
        "from = ‸\"2014-02-30T12:00\"",
        "Fehler: Den Tag „2014-02-30T12:00“ gibt es nicht.",
    );
    wrong(
        "from = \"2014-12-24T12:00\"",
        "from = ‸\"2014-03-30T02:30\"",
        "Fehler: Die Uhrzeit „2014-03-30T02:30“ gibt es nicht; die Uhren springen dann auf Sommerzeit.",
    );
    wrong(
        "from = \"2014-12-24T12:00\"",
        "from = ‸\"24.12.2014 12:00\"",
        "Fehler: „24.12.2014 12:00“ ist kein Zeitpunkt.",
    );
    wrong(
        "from = \"2014-12-24T12:00\"",
        "from = ‸2014-12-24T12:00:00",
        "Fehler: Bei „from“ steht ein Datum ohne Anführungszeichen.",
    );
    wrong(
        "[[closure]]\nhours = [\"rathaus-neu-wulmstorf\"]\nfrom = \"2014-12-24T12:00\"\nuntil = \"2014-12-24T24:00\"",
        "‸[[closure]]\nhours = [\"rathaus-neu-wulmstorf\"]\nfrom = \"2014-12-27T12:00\"\nuntil = \"2014-12-27T24:00\"",
        "Warnung: Zu dieser Zeit ist „rathaus-neu-wulmstorf“ ohnehin geschlossen.",
    );
}

#[test]
fn skills_teams_and_shifts_that_do_not_fit() {
    both(
        "required = { auskunft = 1 }",
        "required = { ‸auskunft = 6 }",
        "Fehler: Die Leitung verlangt „auskunft“ auf Stufe 6, aber niemand hat mehr als Stufe 5.\n    Höchstens 5 verlangen, oder jemandem die Stufe geben.",
        "error: The line requires “auskunft” at level 6, but nobody has more than level 5.\n    Require 5 at most, or give somebody the level.",
    );
    let skill = "[[team]]\nid = \"kreishaus\"";
    let more = format!("[[skill]]\nid = \"platt\"\nname = \"Plattdeutsch\"\n\n{skill}");
    let with = COUNTY.replacen(skill, &more, 1);
    let required = with.replacen("required = { auskunft = 1 }", "required = { platt = 1 }", 1);
    assert!(
        config::check(&required)
            .printed("x", Lang::De)
            .contains("Fehler: Die Leitung verlangt „platt“, aber niemand hat diese Fertigkeit.")
    );
    let preferred = with.replacen("preferred = [\"kfz\"]", "preferred = [\"platt\"]", 1);
    let checked = config::check(&preferred);
    assert!(
        checked
            .printed("x", Lang::De)
            .contains("Warnung: Die Leitung bevorzugt „platt“, aber niemand hat diese Fertigkeit.")
    );
    assert!(checked.county.is_some(), "a warning does not fail");
    wrong(
        "required = { auskunft = 1 }",
        "required = ‸{ neu-wulmstorf = 1, kfz = 1 }",
        "Fehler: Niemand hat alle Fertigkeiten zugleich, die diese Leitung verlangt.",
    );
    wrong(
        "preferred = [\"kfz\"]",
        "preferred = [‸\"auskunft\"]",
        "Fehler: „auskunft“ steht bei required und bei preferred.",
    );
    wrong(
        "[[agent]]",
        "[[team]]\nid = ‸\"leer\"\nname = \"Leer\"\nsite = \"rathaus-buchholz\"\n\n[[agent]]",
        "Warnung: Im Team „leer“ ist niemand.",
    );
    wrong(
        "id = \"115\"\nname = \"Behördennummer 115\"\nclient = \"landkreis-harburg\"\nnumbers = [\"115\"]\nhours = \"servicezeit\"\nqueue = \"buergertelefon\"\npriority = 1\nrequired = { auskunft = 1 }",
        "id = ‸\"115\"\nname = \"Behördennummer 115\"\nclient = \"landkreis-harburg\"\nnumbers = [\"115\"]\nhours = \"servicezeit\"\nqueue = \"buergertelefon\"\npriority = 1\nrequired = { kfz = 5 }",
        "Warnung: Die Leitung „115“ ist offen, aber niemand, der sie bedienen kann, hat Schicht: zuerst am Donnerstag, 02.01.2014, 15:00 Uhr.",
    );
}

#[test]
fn places() {
    wrong(
        "ars = \"033530005005\"",
        "ars = ‸\"03353\"",
        "Fehler: Der Regionalschlüssel „03353“ passt nicht zu kind = \"stadt\".",
    );
    wrong(
        "ars = \"033535401\"",
        "ars = ‸\"033530401\"",
        "Fehler: Der Regionalschlüssel „033530401“ passt nicht zu kind = \"samtgemeinde\".",
    );
    wrong(
        "ars = \"033535401\"",
        "ars = ‸\"0335354\"",
        "Fehler: „0335354“ ist kein Regionalschlüssel.",
    );
    wrong("ars = \"033535402\"", "ars = ‸\"033535401\"", "Fehler: „033535401“ steht zweimal da.");
    wrong(
        "postcodes = [\"21244\"]",
        "postcodes = [‸\"2124\"]",
        "Fehler: „2124“ ist keine Postleitzahl.",
    );
    wrong(
        "postcodes = [\"21244\"]",
        "postcodes = [‸21244]",
        "Fehler: Bei „postcodes“ steht eine ganze Zahl.",
    );
    wrong(
        "area_codes = [\"04174\"]",
        "area_codes = [‸\"4174\"]",
        "Fehler: „4174“ ist keine Vorwahl.",
    );
    wrong(
        "name = \"Gemeinde Neu Wulmstorf\"",
        "name = \"Gemeinde Neu Wulmstorf\"\nplace = ‸\"Neu Wulmsdorf\"",
        "Fehler: Einen Ort „Neu Wulmsdorf“ gibt es unter [[place]] nicht.",
    );
    wrong("kind = \"stadt\"", "kind = ‸\"Statd\"", "Fehler: „Statd“ ist bei „kind“ nicht möglich.");
}

#[test]
fn other_places_are_named_and_all_problems_come_in_the_order_of_the_file() {
    let text = "format = 1\n[[queue]]\nid = \"q\"\nname = \"Ä\"\nlength_max = 1\nwaiting_max = \"1min\"\n[[queue]]\nid = \"q\"\nname = \"\"\nlength_max = 1\nwaiting_max = \"x\"\n";
    assert_eq!(
        config::check(text).printed("x.toml", Lang::De),
        "x.toml:1:1: Fehler: In der Datei fehlt „line“.\n    \
         Es ist nötig; was hineingehört, steht in docs/configuration.md.\n\
         x.toml:1:1: Fehler: In der Datei fehlt „centre“.\n    \
         Es ist nötig; was hineingehört, steht in docs/configuration.md.\n\
         x.toml:3:6: Warnung: Die Warteschlange „q“ wird von keiner Leitung benutzt.\n    \
         Streichen, oder bei einer Leitung als queue eintragen.\n\
         x.toml:8:6: Fehler: Die Kennung „q“ gibt es bei [[queue]] zweimal.\n    \
         Zuerst steht sie in Zeile 3; einer der beiden Einträge braucht eine andere.\n\
         x.toml:8:6: Warnung: Die Warteschlange „q“ wird von keiner Leitung benutzt.\n    \
         Streichen, oder bei einer Leitung als queue eintragen.\n\
         x.toml:9:8: Fehler: Der Text bei „name“ ist leer.\n    \
         Erwartet: mindestens ein sichtbares Zeichen.\n\
         x.toml:11:15: Fehler: „x“ bei „waiting_max“ ist keine Dauer.\n    \
         Erwartet: eine ganze Zahl und direkt dahinter ms, s, min oder h, zum Beispiel \"20s\" oder \"1min 30s\".\n\
         5 Fehler, 2 Warnungen.\n"
    );
}

#[test]
fn no_more_than_200_problems_are_printed() {
    let text = "x = 1\n".repeat(1_000);
    let printed = config::check(&text).printed("x", Lang::De);
    assert_eq!(printed.matches("x:").count(), 200);
    assert!(printed.contains("… und "), "{printed}");
}

/// Everything that is said about the county after some changes, in German.
fn all_said(changes: &[(&str, &str)]) -> String {
    let telephone = changes.iter().find(|(from, _)| !COUNTY.contains(from));
    let mut text = telephone.map_or(COUNTY, |(from, _)| county_with(from)).to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "not in the county: {from}");
        text = text.replacen(from, to, 1);
    }
    config::check(&text).printed("x", Lang::De)
}

const RULES: &str = "open = \"Mo-Th 07:00-18:00; Fr 07:00-15:00; PH off\"";
const ROUTE: &str =
    "numbers = [\"110\", \"112\"], through = \"Amt der Nebenstellenanlage im Rathaus\"";

#[test]
fn emergency_numbers_may_stand_anywhere_in_a_site_s_route() {
    let through =
        "numbers = [\"110\", \"112\"], through = \"110 und 112 gehen unmittelbar über das Amt\"";
    assert_eq!(all_said(&[(ROUTE, through)]), "");
    let mistyped = all_said(&[(ROUTE, &ROUTE.replace("numbers", "nummbers"))]);
    assert!(mistyped.contains("In emergency_route gibt es kein Feld „nummbers“."), "{mistyped}");
    assert!(mistyped.ends_with("1 Fehler, 0 Warnungen.\n"), "{mistyped}");
    let route = format!("emergency_route = {{ {ROUTE} }}");
    let mistyped = all_said(&[(&route, &route.replace("_route", "_rout"))]);
    assert!(mistyped.contains("In [[site]] gibt es kein Feld „emergency_rout“."), "{mistyped}");
    assert!(mistyped.ends_with("1 Fehler, 0 Warnungen.\n"), "{mistyped}");
}

#[test]
fn dates_rooms_and_ids_are_no_emergency_numbers() {
    let reason = "reason = \"Heiligabend, ab 13 Uhr geschlossen.\"";
    for fine in ["1.12.2014", "11.02.2015", "1.10.", "am 11.2.", "Zimmer 1.1.2", "1-12"] {
        assert_eq!(all_said(&[(reason, &format!("reason = \"{fine}\""))]), "", "{fine}");
    }
    assert_eq!(all_said(&[("id = \"k1\"", "id = \"1101\"")]), "");
    let team = [
        (
            "id = \"rathaus-buchholz\"\nname = \"Rathaus Buchholz\"\nsite",
            "id = \"11-2\"\nname = \"Rathaus Buchholz\"\nsite",
        ),
        ("team = \"rathaus-buchholz\"", "team = \"11-2\""),
    ];
    assert_eq!(all_said(&team), "");
    let hours = RULES.replace("PH off", "Jan 1 12:00-13:00; PH off");
    assert!(!all_said(&[(RULES, &hours)]).contains("Notrufnummer"));
    for refused in
        ["Notruf112", "11 2", "1, 1, 2", "Notruf +4940112", "Tel. 040112", "¹¹²", "①①②", "١١٢"]
    {
        let said = all_said(&[(reason, &format!("reason = \"{refused}\""))]);
        assert!(said.contains("steht die Notrufnummer 112"), "{refused}: {said}");
    }
    wrong(
        "numbers = [\"115\"]",
        "numbers = [‸\"+4930110\"]",
        "Fehler: In „+4930110“ steht die Notrufnummer 110.",
    );
    let said = all_said(&[("numbers = [\"115\"]", "numbers = [\"+4930110\"]")]);
    assert!(said.ends_with("1 Fehler, 0 Warnungen.\n"), "{said}");
    wrong(
        "numbers = [\"115\"]",
        "numbers = [‸\"+4930109..+4930111\"]",
        "Fehler: Der Block „+4930109..+4930111“ enthält die Notrufnummer 110 oder Nummern, die so beginnen.",
    );
}

#[test]
fn a_wrong_centre_hides_nothing() {
    let never = ("open = \"Mo-Th 07:00-18:00; Fr 07:00-15:00; PH off\"", "open = \"off; PH off\"");
    for centre in
        [("holidays = \"NI\"", "holidays = \"ND\""), ("id = \"landkreis-harburg\"", "id = \"L H\"")]
    {
        let said = all_said(&[never, centre, ("Mo 08:30-12:30; PH off", "Mo 08:30-23:30; PH off")]);
        assert!(said.contains("nie offen"), "{said}");
        assert!(said.contains("dauert 15 Stunden"), "{said}");
        assert!(said.contains("3 Fehler"), "{said}");
    }
}

#[test]
fn closures_without_an_end() {
    let until = "until = \"2014-12-24T24:00\"";
    for far in ["2999-12-31T24:00", "9999-12-31T24:00", "9999-12-31T12:00"] {
        let said = all_said(&[(until, &format!("until = \"{far}\""))]);
        assert!(!said.contains("Wirkung") && said.contains("0 Fehler, 1 Warnung"), "{far}: {said}");
    }
    let from = "from = \"2014-12-24T12:00\"";
    let begins = |from_text: &'static str| {
        all_said(&[(from, from_text), (until, "until = \"2999-12-31T24:00\"")])
    };
    let said = begins("from = \"1995-01-01T00:00\"");
    assert!(
        said.contains("Nach diesen Zeiten ist vom 1995-01-01 bis zum 2004-12-31 nie offen."),
        "{said}"
    );
    let said = begins("from = \"2014-01-01T00:00\"");
    assert!(
        said.contains(
            "Warnung: Vom 2014-01-01 bis zum 2023-12-31 fallen alle diese Zeiten in Schließungen."
        ),
        "{said}"
    );
    wrong(
        "[[closure]]\nhours = [\"rathaus-neu-wulmstorf\"]\nfrom = \"2014-12-24T12:00\"\nuntil = \"2014-12-24T24:00\"",
        "[[closure]]\nhours = [\"rathaus-neu-wulmstorf\"]\nfrom = ‸\"2214-12-24T12:00\"\nuntil = \"2214-12-24T24:00\"",
        "Warnung: Diese Schließung liegt außerhalb der Jahre, für die das Programm Feiertage kennt.",
    );
}

#[test]
fn rules_that_do_not_mean_what_they_seem_to() {
    let open = |rules: &str, said: &str| {
        wrong(RULES, &format!("open = ‸\"{rules}\""), said);
    };
    open(
        "PH off; Mo-Fr 08:00-18:00",
        "Warnung: Die Regel für Feiertage (PH) hat keine Wirkung: eine spätere Regel ersetzt sie.",
    );
    open(
        "Mo-Fr 08:00-08:00; PH off",
        "Warnung: „08:00-08:00“ dauert 24 Stunden, bis zum nächsten Tag.",
    );
    open(
        "Mo-Fr 08:00-12:00; Th 14:00-18:00; PH off",
        "Warnung: Für Donnerstag ersetzt eine spätere Regel die früheren Zeiten, statt sie zu ergänzen.",
    );
    wrong(
        "shift = \"Mo 08:30-12:30; PH off\"",
        "shift = ‸\"PH off; Mo 08:30-12:30\"",
        "Warnung: Die Regel für Feiertage (PH) hat keine Wirkung: eine spätere Regel ersetzt sie.",
    );
    wrong(
        RULES,
        "open = \"Mo ‸- Fr 8-12 Uhr; PH off\"",
        "Fehler: diese Schreibweise ist nicht bekannt; erwartet: Mo-Fr 08:00-12:00; PH off.",
    );
    assert_eq!(all_said(&[(RULES, &RULES.replace("PH off", "PH off; "))]), "");
    // The second Tuesday is never a holiday, but the rule stands where it should.
    let second = all_said(&[(RULES, "open = \"Tu[2] 09:00-12:00; PH off\"")]);
    assert!(!second.contains("(PH)"), "{second}");
}

#[test]
fn what_only_follows_from_another_error_is_not_said() {
    let said = all_said(&[("[[hours]]", "[[hours]")]);
    assert!(said.ends_with("1 Fehler, 0 Warnungen.\n"), "{said}");
    for header in ["agent", "line", "queue", "skill", "team"] {
        let said = all_said(&[(&format!("[[{header}]]"), &format!("[[{header}]"))]);
        for echo in ["Warnung:", "keine Kennung", "gibt es bei", "steht eine Tabelle", "niemand"] {
            assert!(!said.contains(echo), "{header}: {said}");
        }
    }
    let broken = COUNTY.replace("[[agent]]", "[[agent]");
    let said = config::check(&broken).printed("x", Lang::De);
    assert!(!said.contains("Warnung:") && !said.contains("niemand"), "{said}");
    let said = all_said(&[("[centre]", "[centre")]);
    assert!(!said.contains("fehlt „centre“"), "{said}");
    let said = all_said(&[("id = \"kfz\"", "id = \"auskunft\"")]);
    assert!(said.contains("Bekannt sind: auskunft, neu-wulmstorf."), "{said}");
    let said = all_said(&[("length_max = 40", "lenght_max = 40")]);
    assert!(said.ends_with("1 Fehler, 0 Warnungen.\n"), "{said}");
}

#[test]
fn more_that_does_not_fit() {
    wrong(
        "[[team]]",
        "[[skill]]\nid = ‸\"platt\"\nname = \"Plattdeutsch\"\n\n[[team]]",
        "Warnung: Die Fertigkeit „platt“ hat niemand.",
    );
    wrong(
        "id = \"buergerservice\"",
        "id = ‸\"total\"",
        "Fehler: Die Kennung „total“ ist vergeben: Berichte nennen so die Summe aller Leitungen.",
    );
    let short = ("waiting_max = \"15min\"", "waiting_max = \"5s\"");
    let said = all_said(&[short]);
    assert_eq!(
        said.matches(
            "Fehler: Die Begrüßung dauert 5s; in „buergertelefon“ wartet niemand länger als 5s."
        )
        .count(),
        2,
        "{said}"
    );
    assert!(said.ends_with("2 Fehler, 0 Warnungen.\n"), "{said}");
}

const LISTEN: &str = "listen = [\"udp:127.0.0.1:5060\", \"tcp:127.0.0.1:5060\"]";
const PEERS: &str = "peers = [\"udp:192.0.2.21:5060\", \"udp:192.0.2.22:5060\"]";
const AT: &str = "at = \"udp:192.0.2.40:5060\"";

#[test]
fn where_the_centre_listens() {
    both(
        LISTEN,
        "listen = [‸\"127.0.0.1:5060\"]",
        "Fehler: Bei „127.0.0.1:5060“ ist nicht gesagt, ob UDP, TCP oder TLS gemeint ist.\n    Erwartet: udp:, tcp: oder tls:, dahinter Adresse und Port, zum Beispiel \"udp:192.0.2.21:5060\" oder \"tls:[2001:db8::21]:5061\". Gemeint „udp:127.0.0.1:5060“?",
        "error: “127.0.0.1:5060” does not say whether UDP, TCP or TLS is meant.\n    Expected: udp:, tcp: or tls:, then address and port, for example \"udp:192.0.2.21:5060\" or \"tls:[2001:db8::21]:5061\". Did you mean “udp:127.0.0.1:5060”?",
    );
    both(
        LISTEN,
        "listen = [‸\"udp:0.0.0.0:5060\"]",
        "Fehler: „udp:0.0.0.0:5060“ steht für alle Adressen dieses Rechners; welche davon den Ton empfängt, ist nicht gesagt.\n    Erwartet: in media_addresses eine Adresse für IPv4, oder hier eine bestimmte.",
        "error: “udp:0.0.0.0:5060” stands for all addresses of this machine; nothing says which of them receives the sound.\n    Expected: an address for IPv4 in media_addresses, or a certain one here.",
    );
    both(
        LISTEN,
        "listen = [\"udp:127.0.0.1:5060\", \"tcp:127.0.0.1:5060\", ‸\"tcp:0.0.0.0:5060\"]\nmedia_addresses = [\"192.0.2.10\"]",
        "Fehler: „tcp:0.0.0.0:5060“ und „tcp:127.0.0.1:5060“ (Zeile N) schließen einander aus.\n    Die Adresse für alle gilt schon für jede einzelne; eine der beiden streichen oder einen anderen Port nehmen.",
        "error: “tcp:0.0.0.0:5060” and “tcp:127.0.0.1:5060” (line N) exclude each other.\n    The address for all covers every single one; delete one of the two or take another port.",
    );
    wrong(LISTEN, "listen = ‸[]", "Fehler: Die Liste „listen“ ist leer.");
    let twice = "listen = [\"tcp:[::1]:5060\", ‸\"tcp:[0:0::1]:5060\"]";
    wrong(LISTEN, twice, "Fehler: „tcp:[0:0::1]:5060“ steht zweimal da.");
    let many: Vec<String> = (1..=12).map(|port| format!("\"udp:127.0.0.1:{port}\"")).collect();
    let many = format!("listen = [{}, ‸\"udp:127.0.0.1:13\"]", many.join(", "));
    wrong(LISTEN, &many, "Fehler: Von „listen“ gibt es hier zu viele Einträge.");
    for (given, said) in [
        ("udp:127.0.0.1", "Fehler: Bei „udp:127.0.0.1“ fehlt der Port."),
        ("udp:127.0.0.1:0", "Fehler: Bei „udp:127.0.0.1:0“ fehlt der Port."),
        ("udp:amt.example:5060", "Fehler: „udp:amt.example:5060“ ist keine Adresse."),
        (
            "udp:[::ffff:127.0.0.1]:5060",
            "Fehler: „udp:[::ffff:127.0.0.1]:5060“ ist eine IPv4-Adresse in der Schreibweise von IPv6.",
        ),
        (
            "udp:224.0.0.1:5060",
            "Fehler: Unter „udp:224.0.0.1:5060“ ist niemand Bestimmtes erreichbar.",
        ),
    ] {
        wrong(LISTEN, &format!("listen = [‸\"{given}\"]"), said);
    }
}

#[test]
fn names_and_ports_of_the_centre() {
    both(
        "domain = \"servicecenter.example\"",
        "domain = ‸\"Servicecenter.example\"",
        "Fehler: „Servicecenter.example“ ist kein Name, unter dem das Servicecenter erreichbar sein kann.\n    Erwartet: ein Rechnername aus a–z, Ziffern, Bindestrichen und Punkten wie \"servicecenter.example\", oder eine IP-Adresse (IPv6 in eckigen Klammern); ohne Port. Gemeint „servicecenter.example“?",
        "error: “Servicecenter.example” is no name by which the centre can be reached.\n    Expected: a host name of a–z, digits, hyphens and dots such as \"servicecenter.example\", or an IP address (IPv6 in square brackets); without a port. Did you mean “servicecenter.example”?",
    );
    let ports = |given: &str, said: &str| {
        wrong("media_ports = \"20000-39999\"", &format!("media_ports = ‸\"{given}\""), said);
    };
    ports("20000", "Fehler: „20000“ ist kein Bereich von Ports.");
    ports("39998-20000", "Fehler: Der Bereich „39998-20000“ endet vor seinem Anfang.");
    ports("20001-39999", "Fehler: Der Bereich „20001-39999“ beginnt mit einer ungeraden Zahl.");
    ports("1000-39999", "Fehler: Der Bereich „1000-39999“ beginnt zu niedrig.");
    ports("20000-20002", "Fehler: Der Bereich „20000-20002“ ist zu klein.");
    wrong(
        "media_ports = \"20000-39999\"",
        "media_ports = \"20000-39999\"\ndigest = ‸\"sha256\"",
        "Fehler: „sha256“ ist bei „digest“ nicht möglich.",
    );
    let media = |given: &str, said: &str| {
        let to = format!("{LISTEN}\nmedia_addresses = [{given}]");
        wrong(LISTEN, &to, said);
    };
    media("‸\"0.0.0.0\"", "Fehler: „0.0.0.0“ ist keine Adresse, unter der Ton ankommen kann.");
    media(
        "\"192.0.2.10\", ‸\"192.0.2.11\"",
        "Fehler: Eine Adresse für Ton über IPv4 steht schon in Zeile N.",
    );
    wrong(
        LISTEN,
        "listen = [‸\"udp:127.0.0.1:20002\", \"tcp:127.0.0.1:20004\"]",
        "Warnung: Der Port 20002 liegt im Bereich media_ports, der für Ton bestimmt ist.",
    );
    let all = "listen = [\"udp:0.0.0.0:5060\", \"tcp:[::]:5060\", \"tcp:192.0.2.9:5061\"]\nmedia_addresses = [\"2001:db8::1\", \"192.0.2.112\"]";
    assert_eq!(all_said(&[(LISTEN, all)]), "");
    for domain in ["192.0.2.110", "[2001:db8::1]", "zentrale"] {
        let to = format!("domain = \"{domain}\"");
        assert_eq!(all_said(&[("domain = \"servicecenter.example\"", &to)]), "", "{domain}");
    }
}

const TLS: &str = "listen = [\"udp:127.0.0.1:5060\", \"tcp:127.0.0.1:5060\", \"tls:127.0.0.1:5061\"]\ncertificate = \"tls/centre.pem\"\nkey = \"tls/centre.key\"";

#[test]
fn who_the_centre_is_by_tls() {
    assert_eq!(all_said(&[(LISTEN, TLS)]), "");
    both(
        LISTEN,
        "listen = [\"udp:127.0.0.1:5060\", \"tcp:127.0.0.1:5060\", \"tls:127.0.0.1:5061\"]\ncertificate = ‸\"c.pem\"",
        "Fehler: Das Servicecenter hört über TLS, aber key fehlt.\n    Bei [telephony] die Dateien eintragen: certificate (Zertifikat mit Zwischenzertifikaten, PEM) und key (sein privater Schlüssel, PEM).",
        "error: The centre listens over TLS, but key is missing.\n    Enter the files in [telephony]: certificate (with those between it and its authority, PEM) and key (its private key, PEM).",
    );
    both(
        LISTEN,
        &format!("{LISTEN}\nkey = ‸\"c.key\""),
        "Fehler: certificate fehlt; Zertifikat und Schlüssel gehören zusammen.\n    Beide eintragen, oder keines von beiden.",
        "error: certificate is missing; a certificate and its key belong together.\n    Enter both, or none of them.",
    );
    both(
        LISTEN,
        &format!("{LISTEN}\nkey = \"c.key\"\ncertificate = ‸\"c.pem\""),
        "Warnung: certificate hat keine Wirkung: über TLS hört das Servicecenter nirgends.\n    Bei listen eine Adresse eintragen, die mit tls: beginnt, zum Beispiel \"tls:0.0.0.0:5061\".",
        "warning: certificate has no effect: the centre listens nowhere over TLS.\n    Enter an address under listen that begins with tls:, for example \"tls:0.0.0.0:5061\".",
    );
    both(
        LISTEN,
        &TLS.replace("\"tls/centre.pem\"", "‸\"\""),
        "Fehler: „“ ist kein Dateiname.\n    Erwartet: der Name einer Datei im Datenordner, zum Beispiel \"tls/zertifikat.pem\", oder ein ganzer Pfad.",
        "error: “” is no name of a file.\n    Expected: the name of a file in the data folder, for example \"tls/certificate.pem\", or a whole path.",
    );
    // A telephone would have to prove a name, and none has a certificate for one.
    let at = "at = \"tls:192.0.2.40:5061\"";
    let said = all_said(&[(LISTEN, TLS), (AT, at)]);
    assert!(said.contains("Fehler: „tls:192.0.2.40:5061“: Über TLS ist kein Telefon"), "{said}");
}

#[test]
fn what_a_trunk_proves_by_tls() {
    let peers = "peers = [\"tls:192.0.2.21:5061\"]";
    let with = |more: &str| all_said(&[(LISTEN, TLS), (PEERS, &format!("{peers}\n{more}"))]);
    assert_eq!(with("tls_name = \"sip.carrier.example\"\nauthority = \"carrier.pem\""), "");
    assert_eq!(with("tls_name = \"192.0.2.21\""), "");
    for (more, said) in [
        ("", "Fehler: Niemand sagt, welchen Namen das Zertifikat dieses Trunks haben muss."),
        (
            "tls_name = \"sip:Carrier.example.\"",
            "Fehler: „sip:Carrier.example.“ ist kein Name, wie er in Zertifikaten steht.",
        ),
        ("tls_name = \"[2001:db8::1]\"", "Fehler: „[2001:db8::1]“ ist kein Name, wie er"),
    ] {
        let found = with(more);
        assert!(found.contains(said), "{found}");
    }
    both(
        PEERS,
        &format!("{PEERS}\ntls_name = ‸\"sip.carrier.example\""),
        "Warnung: tls_name hat keine Wirkung: zu diesem Trunk führt keine Adresse über TLS.\n    Bei peers eine Adresse eintragen, die mit tls: beginnt, oder tls_name streichen.",
        "warning: tls_name has no effect: no address of this trunk is reached over TLS.\n    Enter an address under peers that begins with tls:, or delete tls_name.",
    );
    // Where nobody listens by TLS, nobody is reached by it.
    let said = all_said(&[(PEERS, &format!("{peers}\ntls_name = \"a.example\""))]);
    assert!(said.contains("über TLS und IPv4 hört das Servicecenter nirgends"), "{said}");
}

/// An account at the first trunk of the file.
const ACCOUNT: &str = "registrar = \"tel.example.net\"\nuser = \"+494171693000\"";

#[test]
fn trunks_that_register() {
    let with = |more: &str| all_said(&[(PEERS, &format!("{PEERS}\n{more}"))]);
    let all = "login = \"551@tel.example.net\"\nregistered_for = \"5min\"\nbulk = true\n\
               identity = \"preferred\"\nshows = \"caller\"\nnumbers = [\"+494171693000..+494171693999\"]";
    assert_eq!(with(&format!("{ACCOUNT}\n{all}")), "");
    both(
        PEERS,
        &format!("{PEERS}\nuser = ‸\"+494171693000\""),
        "Fehler: user hat ohne registrar keine Wirkung: das Servicecenter meldet sich über diesen Trunk nirgends an.\n    registrar eintragen, die Domain, bei der es sich anmeldet, zum Beispiel \"tel.example.net\".",
        "error: user has no effect without registrar: over this trunk the centre registers nowhere.\n    Enter registrar, the domain at which it registers, for example \"tel.example.net\".",
    );
    for (more, said) in [
        ("registrar = \"tel.example.net\"", "In [[trunk]] fehlt das Feld „user“"),
        ("registrar = \"sip:Tel.example.net\"\nuser = \"a\"", "ist keine Domain, bei der sich"),
        (
            "registrar = \"a.example\"\nuser = \"a b\"",
            "kann kein Benutzername bei einem Registrar sein",
        ),
        (
            "registrar = \"a.example\"\nuser = \"\"",
            "kann kein Benutzername bei einem Registrar sein",
        ),
        (
            "registrar = \"a.example\"\nuser = \"a@b\"",
            "kann kein Benutzername bei einem Registrar sein",
        ),
        ("registrar = \"a.example\"\nuser = \"a\"\nregistered_for = \"5s\"", "registered_for"),
        ("identity = \"network\"", "identity"),
        ("shows = \"all\"", "shows"),
    ] {
        let found = with(more);
        assert!(found.contains(said), "{more}: {found}");
    }
}

#[test]
fn trunks_that_are_known_by_name() {
    let with = |peers: &str| all_said(&[(PEERS, &format!("peers = {peers}"))]);
    for good in ["udp:tel.example.net", "tcp:sip-1.tel.example.net:5070"] {
        assert_eq!(with(&format!("[{good:?}, \"udp:192.0.2.21:5060\"]")), "", "{good}");
    }
    assert_eq!(
        all_said(&[(
            LISTEN,
            &format!("{LISTEN}\nname_servers = [\"192.0.2.53\", \"[::1]:5353\"]")
        )]),
        ""
    );
    both(
        PEERS,
        "peers = [‸\"tls:tel.example.net\"]\ntls_name = \"tel.example.net\"",
        "Fehler: „tls:tel.example.net“ ist nicht zu erreichen: über TLS hört das Servicecenter nirgends.\n    Bei [telephony] unter listen eine Adresse eintragen, die mit tls: beginnt, oder hier eine andere.",
        "error: “tls:tel.example.net” cannot be reached: the centre listens nowhere over TLS.\n    Enter an address that begins with tls: under listen of [telephony], or another one here.",
    );
    for (peers, said) in [
        ("[\"udp:tel.example.net\", \"udp:tel.example.net\"]", "steht zweimal da"),
        ("[\"udp:tel.example.net:0\"]", "fehlt der Port"),
        ("[\"udp:tel.example.net:70000\"]", "fehlt der Port"),
        ("[\"udp:Tel.example.net\"]", "ist keine Adresse"),
        ("[\"udp:anlage\"]", "ist keine Adresse"),
        ("[\"tel.example.net\"]", "nicht gesagt, ob UDP, TCP oder TLS"),
    ] {
        let found = with(peers);
        assert!(found.contains(said), "{peers}: {found}");
    }
    // Keys would go in clear to a name as to an address.
    let found = with("[\"udp:tel.example.net\"]\nsrtp = \"required\"");
    assert!(found.contains("udp:tel.example.net"), "{found}");
    for server in ["dns.example", "0.0.0.0", "192.0.2.53:0"] {
        let found = all_said(&[(LISTEN, &format!("{LISTEN}\nname_servers = [{server:?}]"))]);
        assert!(found.contains("ist keine Adresse eines Nameservers"), "{found}");
    }
}

#[test]
fn accounts_at_one_carrier_share_its_addresses_and_others_do_not() {
    let second = "peers = [\"tcp:192.0.2.31:5060\"]";
    let shared = |one: &str, two: &str| {
        let one = format!("peers = [\"udp:192.0.2.21:5060\"]\n{one}");
        all_said(&[(PEERS, &one), (second, &format!("peers = [\"udp:192.0.2.21:5060\"]\n{two}"))])
    };
    let other = ACCOUNT.replace("3000", "4000");
    assert_eq!(shared(ACCOUNT, &other), "");
    for (one, two) in [(ACCOUNT, ""), ("", ACCOUNT), (ACCOUNT, &format!("{other}\nbulk = true"))] {
        let found = shared(one, two);
        assert!(found.contains("gehört schon zum Trunk"), "{found}");
    }
}

#[test]
fn only_numbers_of_the_centre_are_shown() {
    let with = |more: &str| all_said(&[(PEERS, &format!("{PEERS}\n{more}"))]);
    both(
        PEERS,
        &format!("{PEERS}\ncaller_id = ‸\"+4930227\""),
        "Fehler: Diese Rufnummer ist keine des Servicecenters; wer sie anzeigt, gibt sich als jemand anders aus.\n    Erwartet: eine Nummer einer [[line]], oder eine, die bei numbers eines Trunks steht: dort stehen die Rufnummern, die der Anbieter dem Servicecenter zugeteilt hat (§ 120 TKG).",
        "error: This number is none of the centre's; who shows it passes for somebody else.\n    Expected: a number of a [[line]], or one that stands under numbers of a trunk: there stand the numbers that the carrier has assigned to the centre (§ 120 TKG).",
    );
    assert_eq!(with("caller_id = \"+4930227\"\nnumbers = [\"+4930200..+4930299\"]"), "");
    assert_eq!(with(&format!("{ACCOUNT}\ncaller_id = \"+494171693000\"")), "");
}

#[test]
fn sound_is_encrypted_where_nobody_reads_its_keys() {
    let tls = "peers = [\"tls:192.0.2.21:5061\"]\ntls_name = \"a.example\"\nsrtp = \"required\"";
    assert_eq!(all_said(&[(LISTEN, TLS), (PEERS, tls)]), "");
    for word in ["off", "offered"] {
        let tls = tls.replace("required", word);
        assert_eq!(all_said(&[(LISTEN, TLS), (PEERS, &tls)]), "", "{word}");
    }
    both(
        PEERS,
        &format!("{PEERS}\nsrtp = ‸\"required\""),
        "Fehler: srtp = \"required\": Die Schlüssel gingen offen über „udp:192.0.2.21:5060“.\n    Die Schlüssel für den Ton stehen in den SIP-Nachrichten; geschützt ist er nur mit TLS. Erwartet: eine Adresse mit tls:, oder srtp = \"off\".",
        "error: srtp = \"required\": the keys would go in clear over “udp:192.0.2.21:5060”.\n    The keys of the sound stand in SIP's messages; it is protected with TLS only. Expected: an address with tls:, or srtp = \"off\".",
    );
    both(
        PEERS,
        &format!("{PEERS}\nsrtp = ‸\"offered\""),
        "Warnung: srtp = \"offered\" hat keine Wirkung: Ohne TLS werden nie Schlüssel angeboten.\n    Eine Adresse mit tls: eintragen, oder srtp streichen.",
        "warning: srtp = \"offered\" has no effect: without TLS no keys are ever offered.\n    Enter an address with tls:, or delete srtp.",
    );
    wrong(
        PEERS,
        &format!("{PEERS}\nsrtp = ‸\"always\""),
        "Fehler: „always“ ist bei „srtp“ nicht möglich.",
    );
    // Something on this machine may carry TLS for us.
    let here = "peers = [\"udp:127.0.0.9:5060\"]\nsrtp = \"required\"";
    assert_eq!(all_said(&[(PEERS, here)]), "");
    wrong(
        AT,
        &format!("{AT}\nsrtp = ‸\"required\""),
        "Fehler: srtp = \"required\": Die Schlüssel gingen offen über „udp:192.0.2.40:5060“.",
    );
    // A telephone that registers chooses its way itself.
    let (own, required) = ("id = \"k1\"\nname = \"Telefon K1\"", "\nsrtp = \"required\"");
    let own_required = format!("{own}{required}");
    assert_eq!(all_said(&[(own, &own_required), (LISTEN, TLS)]), "");
    let outside = "listen = [\"udp:192.0.2.9:5060\", \"tcp:192.0.2.9:5060\"]";
    let said = all_said(&[(own, &own_required), (LISTEN, outside)]);
    assert!(
        said.contains("Fehler: srtp = \"required\": Dieses Telefon kann sich nirgends"),
        "{said}"
    );
}

#[test]
fn trunks_and_their_addresses() {
    both(
        PEERS,
        "peers = [‸\"udp:[2001:db8::21]:5060\"]",
        "Fehler: „udp:[2001:db8::21]:5060“ ist nicht zu erreichen: über UDP und IPv6 hört das Servicecenter nirgends.\n    Bei [telephony] unter listen eine Adresse für IPv6 eintragen, die mit udp: beginnt, oder hier eine andere.",
        "error: “udp:[2001:db8::21]:5060” cannot be reached: the centre listens nowhere over UDP and IPv6.\n    Enter an address for IPv6 that begins with udp: under listen of [telephony], or another one here.",
    );
    both(
        "peers = [\"tcp:192.0.2.31:5060\"]",
        "peers = [‸\"udp:192.0.2.22:5060\"]",
        "Fehler: „udp:192.0.2.22:5060“ gehört schon zum Trunk „amt-kreishaus“ (Zeile N).\n    Erwartet: eine andere Adresse; an ihr erkennt das Servicecenter, wer anruft.",
        "error: “udp:192.0.2.22:5060” belongs already to the trunk “amt-kreishaus” (line N).\n    Expected: another address; by it the centre knows who calls.",
    );
    both(
        PEERS,
        "peers = [‸\"udp:127.0.0.1:5060\"]",
        "Fehler: Unter „udp:127.0.0.1:5060“ hört das Servicecenter selbst.\n    Erwartet: die Adresse der anderen Seite.",
        "error: At “udp:127.0.0.1:5060” the centre itself listens.\n    Expected: the address of the other side.",
    );
    wrong(
        PEERS,
        "peers = [‸\"udp:0.0.0.0:5060\"]",
        "Fehler: Unter „udp:0.0.0.0:5060“ ist niemand Bestimmtes erreichbar.",
    );
    wrong(
        PEERS,
        "peers = [\"udp:192.0.2.21:5060\", ‸\"udp:192.0.2.21:05060\"]",
        "Fehler: „udp:192.0.2.21:05060“ steht zweimal da.",
    );
    wrong(
        "channels = 30",
        "channels = ‸4001",
        "Fehler: Der Wert „4001“ bei „channels“ ist nicht möglich.",
    );
    wrong(
        "id = \"amt-rathaus\"",
        "id = ‸\"amt-kreishaus\"",
        "Fehler: Die Kennung „amt-kreishaus“ gibt es bei [[trunk]] zweimal.",
    );
    both(
        "probe = \"30s\"",
        "probe = ‸\"never\"",
        "Fehler: „never“ bei „probe“ ist nicht möglich.\n    Erwartet: eine Dauer von 5s bis 10min, zum Beispiel \"30s\", oder \"off\", wenn nie nachgefragt werden soll.",
        "error: “never” is not possible for “probe”.\n    Expected: a duration from 5s to 10min, for example \"30s\", or \"off\" if it shall never be asked.",
    );
    wrong("probe = \"30s\"", "probe = ‸\"4s\"", "Fehler: „4s“ bei „probe“ ist nicht möglich.");
    // An address that looks like an emergency number is none.
    assert_eq!(
        all_said(&[(PEERS, "peers = [\"udp:192.0.2.112:110\", \"tcp:110.112.0.1:112\"]")]),
        ""
    );
}

#[test]
fn over_tcp_a_trunk_is_known_by_its_host() {
    both(
        "peers = [\"tcp:192.0.2.31:5060\"]",
        "peers = [\"tcp:192.0.2.31:5060\"]\n[[trunk]]\nid = \"amt-zwei\"\nname = \"Amt zwei\"\nsite = \"kreishaus-winsen\"\npeers = [‸\"tcp:192.0.2.31:5070\"]",
        "Fehler: „tcp:192.0.2.31:5070“ gehört schon zum Trunk „amt-rathaus“ (Zeile N).\n    Erwartet: eine andere IP-Adresse; an ihr erkennt das Servicecenter, wer anruft, denn der Port wechselt mit jeder Verbindung.",
        "error: “tcp:192.0.2.31:5070” belongs already to the trunk “amt-rathaus” (line N).\n    Expected: another IP address; by it the centre knows who calls, because the port changes with every connection.",
    );
    let two_ports = "peers = [\"tcp:192.0.2.31:5060\", \"tcp:192.0.2.31:5070\"]";
    assert_eq!(all_said(&[("peers = [\"tcp:192.0.2.31:5060\"]", two_ports)]), "");
    let udp = "peers = [\"udp:192.0.2.21:5070\"]";
    assert_eq!(all_said(&[("peers = [\"tcp:192.0.2.31:5060\"]", udp)]), "", "another port");
}

#[test]
fn numbers_of_trunks() {
    both(
        "country_code = \"49\"",
        "country_code = ‸\"+49\"",
        "Fehler: „+49“ ist keine Landesvorwahl.\n    Erwartet: eine bis drei Ziffern, vorn weder + noch 0, zum Beispiel \"49\". Gemeint „49“?",
        "error: “+49” is no country code.\n    Expected: one to three digits, beginning neither with + nor with 0, for example \"49\". Did you mean “49”?",
    );
    wrong(
        "country_code = \"49\"",
        "country_code = ‸49",
        "Fehler: Bei „country_code“ steht eine ganze Zahl.",
    );
    both(
        "area_code = \"4171\"",
        "area_code = ‸\"04171\"",
        "Fehler: „04171“ ist keine Vorwahl, wie ein Trunk sie braucht.\n    Erwartet: eine bis fünf Ziffern ohne die 0 am Anfang, zum Beispiel \"4171\". Gemeint „4171“?",
        "error: “04171” is no area code as a trunk needs it.\n    Expected: one to five digits without the 0 at the beginning, for example \"4171\". Did you mean “4171”?",
    );
    both(
        "stem = \"+494066969\"",
        "stem = ‸\"040 66969-\"",
        "Fehler: „040 66969-“ ist kein Anfang einer Rufnummer.\n    Erwartet: +49 und die Nummer ohne die Nebenstelle, zusammen 4 bis 14 Ziffern ohne Leerzeichen, zum Beispiel \"+494066969\". Gemeint „+494066969“?",
        "error: “040 66969-” is no beginning of a telephone number.\n    Expected: +49 and the number without the extension, together 4 to 14 digits without blanks, for example \"+494066969\". Did you mean “+494066969”?",
    );
    for (given, meant) in [
        ("494066969", "Gemeint „+494066969“?"),
        ("0049 40/66969", "Gemeint „+494066969“?"),
        ("+434066969", ""),
        ("+49", ""),
        ("+494066969123456", ""),
        ("+4940 x", ""),
    ] {
        let said = all_said(&[("stem = \"+494066969\"", &format!("stem = \"{given}\""))]);
        assert!(said.contains(&format!("„{given}“ ist kein Anfang einer Rufnummer.")), "{said}");
        assert!(said.contains(meant) && said.contains("Gemeint") != meant.is_empty(), "{said}");
    }
}

#[test]
fn emergency_numbers_and_the_telephone_part() {
    both(
        "stem = \"+494066969\"",
        "stem = ‸\"+494171\"",
        "Fehler: Mit stem = „+494171“ könnte aus einer kurzen Nummer ein Notruf werden.\n    Der Notruf läuft nie über dieses Servicecenter; erwartet: der ganze gemeinsame Anfang der eigenen Nummern.",
        "error: With stem = “+494171” a short number could become an emergency call.\n    Emergency calls never pass through this centre; expected: the whole common beginning of your own numbers.",
    );
    both(
        "site = \"kreishaus-winsen\"\nat =",
        "site = \"kreishaus-winsen\"\n[[phone]]\nid = ‸\"1-101\"\nsite = \"kreishaus-winsen\"\nat =",
        "Fehler: Wer „1-101“ wählt, wählt die Notrufnummer 110 oder etwas, das so beginnt.\n    Der Notruf läuft nie über dieses Servicecenter; dem Telefon eine andere Kennung geben.",
        "error: Whoever dials “1-101” dials the emergency number 110 or something that begins with it.\n    Emergency calls never pass through this centre; give the telephone another id.",
    );
    for (from, to, said) in [
        (
            "stem = \"+494066969\"",
            "stem = \"+4940112\"",
            "In „+4940112“ steht die Notrufnummer 112.",
        ),
        ("stem = \"+494066969\"", "stem = \"+494011\"", "Mit stem = „+494011“"),
        ("stem = \"+494066969\"", "stem = \"+4912345\"", ""),
        ("area_code = \"4171\"", "area_code = \"112\"", "In „112“ steht die Notrufnummer 112."),
        ("area_code = \"4171\"", "area_code = 110", "In „110“ steht die Notrufnummer 110."),
        ("area_code = \"4171\"", "area_code = \"11\"", "Mit area_code = „11“"),
        ("area_code = \"4171\"", "area_code = \"1125\"", "Mit area_code = „1125“"),
        ("id = \"flur\"", "id = \"112\"", "In „112“ steht die Notrufnummer 112."),
        ("id = \"flur\"", "id = \"0112\"", "Wer „0112“ wählt"),
        ("id = \"flur\"", "id = \"04171110\"", "Wer „04171110“ wählt"),
        ("id = \"flur\"", "id = \"k112\"", ""),
        ("id = \"flur\"", "id = \"2112\"", ""),
        ("name = \"Telefon K1\"", "name = \"Telefon 112\"", "In „Telefon 112“ steht"),
        ("domain = \"servicecenter.example\"", "domain = \"112\"", "In „112“ steht"),
    ] {
        let all = all_said(&[(from, to)]);
        if said.is_empty() {
            assert_eq!(all, "", "{to}");
        } else {
            assert!(all.contains(said) && all.contains("1 Fehler, 0 Warnungen."), "{to}: {all}");
        }
    }
    // A line's number behind the area code of a trunk.
    let line = ("numbers = [\"+494066969300\"]", "numbers = [\"+498291112\"]");
    let code = ("area_code = \"4171\"", "area_code = \"8291\"");
    let longer = ("numbers = [\"+494066969300\"]", "numbers = [\"+4982911129\"]");
    assert!(all_said(&[line]).contains("steht die Notrufnummer 112"));
    assert_eq!(all_said(&[longer]), "");
    assert!(all_said(&[longer, code]).contains("steht die Notrufnummer 112"));
}

#[test]
fn telephones_and_their_addresses() {
    wrong(
        AT,
        "at = ‸\"udp:192.0.2.21:5060\"",
        "Fehler: „udp:192.0.2.21:5060“ gehört schon zum Trunk „amt-kreishaus“ (Zeile N).",
    );
    wrong(
        AT,
        "at = ‸\"tcp:127.0.0.1:5060\"",
        "Fehler: Unter „tcp:127.0.0.1:5060“ hört das Servicecenter selbst.",
    );
    wrong(
        AT,
        "at = ‸\"flur.example\"",
        "Fehler: Bei „flur.example“ ist nicht gesagt, ob UDP, TCP oder TLS gemeint ist.",
    );
    wrong(
        "name = \"Telefon K2\"\nsite = \"kreishaus-winsen\"\nagent = \"k2\"",
        "name = \"Telefon K2\"\nsite = \"kreishaus-winsen\"\nagent = ‸\"k22\"",
        "Fehler: Die Kennung „k22“ gibt es bei [[agent]] nicht.",
    );
    wrong(
        "id = \"flur\"",
        "id = ‸\"k1\"",
        "Fehler: Die Kennung „k1“ gibt es bei [[phone]] zweimal.",
    );
    let county = config::check(WITH_TELEPHONE).county.expect("it is good");
    let names: Vec<&str> = county.phones.iter().map(|phone| phone.name.as_str()).collect();
    assert_eq!((names[0], names[9]), ("Telefon K1", "flur"), "the id is the name of who has none");
}

#[test]
fn a_telephone_part_that_is_not_whole() {
    let whole = "[telephony]\ndomain = \"servicecenter.example\"\nlisten = [\"udp:127.0.0.1:5060\", \"tcp:127.0.0.1:5060\"]\nmedia_ports = \"20000-39999\"\n\n[[trunk]]";
    both(
        whole,
        "‸[[trunk]]",
        "Fehler: [[trunk]] hat ohne [telephony] keine Wirkung.\n    Erwartet: eine Tabelle [telephony] mit domain und listen, also wo das Servicecenter zu erreichen ist.",
        "error: [[trunk]] has no effect without [telephony].\n    Expected: a table [telephony] with domain and listen, which say where the centre is reached.",
    );
    let said = all_said(&[(whole, "[[trunk]]")]);
    assert!(said.contains("[[phone]] hat ohne [telephony] keine Wirkung."), "{said}");
    assert!(said.ends_with("2 Fehler, 0 Warnungen.\n"), "each table once: {said}");
    for header in ["[telephony", "[telefony]", "[[telephony]]"] {
        let said = all_said(&[("[telephony]", header)]);
        assert!(!said.contains("keine Wirkung") && said.contains("Fehler: "), "{header}: {said}");
    }
    both(
        "[rehearsal]",
        "‸[telephony]\ndomain = \"a\"\nlisten = [\"udp:127.0.0.1:5060\"]\n\n[rehearsal]",
        "Warnung: Hier kann niemand anrufen: es gibt weder einen Trunk noch ein Telefon.\n    Eintragen, woher Anrufe kommen ([[trunk]]) und wo sie klingeln ([[phone]]).",
        "warning: Nobody can call here: there is neither a trunk nor a telephone.\n    Enter where calls come from ([[trunk]]) and where they ring ([[phone]]).",
    );
    both(
        "[[agent]]\nid = \"k1\"",
        "[telephony]\ndomain = \"a\"\nlisten = [\"udp:127.0.0.1:5060\"]\n\n[[agent]]\nid = ‸\"k1\"",
        "Warnung: 9 Personen haben kein Telefon, als Erste „k1“.\n    Bei einem [[phone]] als agent eintragen; so bekämen sie keinen Anruf.",
        "warning: 9 agents have no telephone, the first is “k1”.\n    Enter them as agent of a [[phone]]; as it is, they would get no call.",
    );
    let phone = "site = \"rathaus-buchholz\"\nagent = \"b1\"";
    let said = all_said(&[(phone, "site = \"rathaus-buchholz\"")]);
    assert!(said.contains("Warnung: „b1“ hat kein Telefon.\n"), "{said}");
    for slip in [
        "site = \"rathaus-buchholz\"\nagnet = \"b1\"",
        "site = \"rathaus-buchholz\"\nagent = \"b2\"",
    ] {
        let said = all_said(&[(phone, slip)]);
        assert!(said.ends_with("1 Fehler, 0 Warnungen.\n"), "{said}");
    }
    for header in ["trunk", "phone"] {
        let said = all_said(&[(&format!("[[{header}]]"), &format!("[[{header}]"))]);
        for echo in ["Warnung:", "gibt es bei", "steht eine Tabelle", "niemand"] {
            assert!(!said.contains(echo), "{header}: {said}");
        }
    }
}

/// A bench for the telephone part, with one text in it changed.
fn with_bench(from: &str, to: &str) -> String {
    let bench = "[bench]\nprefix = \"a\"\ncount = 60\nteam = \"kreishaus\"\nskills = { auskunft = 5 }\nphones_at = \"udp:127.0.0.1:5170\"\n\n[[trunk]]";
    assert!(bench.contains(from), "not in the bench: {from}");
    bench.replacen(from, to, 1)
}

#[test]
fn the_bench() {
    let bench = |from: &str, to: &str, said: &str| wrong("[[trunk]]", &with_bench(from, to), said);
    assert_eq!(all_said(&[("[[trunk]]", &with_bench("60", "4000"))]), "");
    both(
        "[[trunk]]",
        &with_bench("prefix = \"a\"", "prefix = ‸\"A\""),
        "Fehler: „A“ ist kein Anfang für erdachte Kennungen.\n    Erwartet: 1 bis 8 Kleinbuchstaben a–z, zum Beispiel \"a\".",
        "error: “A” is no beginning for made-up ids.\n    Expected: 1 to 8 lower-case letters a–z, for example \"a\".",
    );
    bench("60", "‸4001", "Fehler: Der Wert „4001“ bei „count“ ist nicht möglich.");
    bench(
        "\"kreishaus\"",
        "‸\"kreishau\"",
        "Fehler: Die Kennung „kreishau“ gibt es bei [[team]] nicht.",
    );
    bench(
        "auskunft = 5",
        "auskunft = ‸10",
        "Fehler: Der Wert „10“ bei „auskunft“ ist nicht möglich.",
    );
    bench(
        "\"udp:127.0.0.1:5170\"",
        "‸\"udp:127.0.0.1:5051\"",
        "Fehler: Unter „udp:127.0.0.1:5060“ hört das Servicecenter selbst.",
    );
    bench(
        "\"udp:127.0.0.1:5170\"",
        "‸\"udp:192.0.2.22:5060\"",
        "Fehler: „udp:192.0.2.22:5060“ gehört schon zum Trunk „amt-kreishaus“ (Zeile N).",
    );
    bench(
        "\"udp:127.0.0.1:5170\"",
        "‸\"udp:127.0.0.1:65527\"",
        "Fehler: Hinter diesem Port sind zu wenige Ports für die Telefone der [bench].",
    );
    let said = all_said(&[("[[trunk]]", &with_bench("\"a\"", "\"k\""))]);
    for (kind, id) in [("agent", "k1"), ("phone", "k1")] {
        let taken = format!("Die Kennung „{id}“ bei [[{kind}]] kann auch zur [bench] gehören");
        assert!(said.contains(&taken), "{said}");
    }
    assert!(said.ends_with("2 Fehler, 0 Warnungen.\n"), "{said}");
    let many: String = (0..97)
        .map(|n| format!("[[agent]]\nid = \"x{n}\"\nteam = \"kreishaus\"\nskills = {{}}\nshift = \"Mo 08:00-12:00; PH off\"\n"))
        .collect();
    let said = all_said(&[("[[trunk]]", &(many + &with_bench("60", "4000")))]);
    assert!(said.contains("Von „agent + bench“ gibt es hier zu viele Einträge."), "{said}");
}

#[test]
fn the_bench_serves_lines_and_fills_teams() {
    // A line that only the bench can serve, in a team that only the bench fills.
    let skill = (
        "[[team]]",
        "[[skill]]\nid = \"platt\"\nname = \"Plattdeutsch\"\n\n[[team]]\nid = \"leer\"\nname = \"Leer\"\nsite = \"rathaus-buchholz\"\n\n[[team]]",
    );
    let line = ("required = { auskunft = 1 }", "required = { platt = 2 }");
    let bench = with_bench("skills = { auskunft = 5 }", "skills = { platt = 2 }");
    let bench = bench.replace("\"kreishaus\"", "\"leer\"");
    assert_eq!(all_said(&[("[[trunk]]", &bench), skill, line]), "");
    // At a level that not even the bench has.
    let higher = ("required = { auskunft = 1 }", "required = { platt = 3 }");
    let said = all_said(&[("[[trunk]]", &bench), skill, higher]);
    assert!(said.contains("niemand hat mehr als Stufe 2."), "{said}");
    // A bench that cannot be read may have every skill.
    let broken = bench.replace("prefix = \"a\"", "prefix = \"1\"");
    let said = all_said(&[("[[trunk]]", &broken), skill, line]);
    assert!(said.ends_with("1 Fehler, 0 Warnungen.\n"), "{said}");
}

#[test]
fn lines_that_ring_until_somebody_answers() {
    let line = "numbers = [\"+494066969300\"]";
    both(
        line,
        &format!("{line}\nanswer = ‸\"with-agents\""),
        "Fehler: „with-agents“ ist bei „answer“ nicht möglich.\n    Möglich sind: at-once, with-agent. Gemeint „with-agent“?",
        "error: “with-agents” is not possible for “answer”.\n    Possible are: at-once, with-agent. Did you mean “with-agent”?",
    );
    let greeting = "greeting = { text = \"Guten Tag, Sie sind mit der Gemeinde";
    let with = COUNTY.replacen(line, &format!("{line}\nanswer = \"with-agent\""), 1);
    let printed = config::check(&with).printed("x", Lang::De);
    assert!(printed.contains("Fehler: Diese Begrüßung würde nie gehört: mit answer = \"with-agent\" hört man den Freiton, bis jemand abnimmt.\n    greeting streichen, oder answer = \"at-once\".\n"), "{printed}");
    let printed = config::check(&with).printed("x", Lang::En);
    assert!(printed.contains("error: This greeting would never be heard: with answer = \"with-agent\" callers hear the ringing tone until somebody answers.\n    Delete greeting, or write answer = \"at-once\".\n"), "{printed}");
    let without: String = with.split_inclusive('\n').filter(|l| !l.starts_with(greeting)).collect();
    let county = config::check(&without).county.expect("it is good");
    use amtsleitung::config::Answering;
    let answering = |line: usize| county.lines[line].service().map(|service| service.answering);
    assert_eq!((answering(0), answering(3)), (Some(Answering::AtOnce), Some(Answering::WithAgent)));
    wrong(
        "queue = \"buergertelefon\"\npriority = 1",
        "no_queue = true\nanswer = ‸\"at-once\"",
        "Fehler: „answer“ hat bei einer Leitung ohne Warteschlange keine Wirkung.",
    );
}

/// The part of the documentation under each heading, by the heading's text.
fn documented(heading: &str) -> String {
    let document = include_str!("../../../docs/configuration.md");
    let part = document.split("\n## ").find(|part| part.starts_with(heading));
    part.unwrap_or_else(|| panic!("docs/configuration.md has no section {heading}")).to_owned()
}

#[test]
fn cases() {
    let county = |text: &str| config::check(&COUNTY.replacen("[rehearsal]", text, 1)).county;
    let kept = |text: &str| county(text).expect("it is good").cases;
    assert_eq!(kept("[rehearsal]"), None);
    let with = |more: &str| format!("[cases]\nhours = \"servicezeit\"\n{more}\n[rehearsal]");
    let ids = ["next-service-day", "24-hours", "24-service-hours"]
        .map(|clock| kept(&with(&format!("clock = \"{clock}\"\n"))).expect("cases").definition.id);
    assert_eq!(ids, promise::FEEDBACK_DEFINITIONS.map(|it| it.id));
    assert_eq!(kept(&with("")).expect("cases").definition.id, "feedback-next-service-day");
    both(
        "[rehearsal]",
        &with("clock = ‸\"24-stunden\"\n"),
        "Fehler: „24-stunden“ ist bei „clock“ nicht möglich.\n    Möglich sind: next-service-day, 24-hours, 24-service-hours.",
        "error: “24-stunden” is not possible for “clock”.\n    Possible are: next-service-day, 24-hours, 24-service-hours.",
    );
    wrong(
        "[rehearsal]",
        "‸[cases]\nclock = \"24-hours\"\n\n[rehearsal]",
        "Fehler: In [cases] fehlt das Feld „hours“.",
    );
    wrong(
        "[rehearsal]",
        "[cases]\nhours = ‸\"servicezeiten\"\n\n[rehearsal]",
        "Fehler: Die Kennung „servicezeiten“ gibt es bei [[hours]] nicht.",
    );
}

/// Friday at two of the example county, by each clock, from its own hours and holidays.
#[test]
fn friday_at_two_in_the_example_county() {
    let text = include_str!("../../../examples/harburg.toml");
    let county = config::check(text).county.expect("the example is good");
    let date = |text| hours::parse_date(text).expect("a date");
    let dates = hours::LocalDates::new(date("2014-01-01"), date("2015-12-31")).expect("two years");
    let calendar = county.feedback(dates).expect("it keeps cases");
    let zone = county.zone();
    let at = |text| zone.timestamp(hours::parse_datetime(text).expect("a moment"));
    let due = |opened| {
        promise::FEEDBACK_DEFINITIONS.map(|definition| {
            let feedback = web::cases::Feedback { definition, ..calendar.clone() };
            match feedback.due(at(opened)) {
                promise::Due::At(at) => zone.format(at),
                promise::Due::Stopped | promise::Due::BeyondHorizon => "?".to_owned(),
            }
        })
    };
    assert_eq!(
        due("2014-05-09T14:00"),
        ["2014-05-12 14:00", "2014-05-10 14:00", "2014-05-14 08:00"]
    );
    // The Thursday before May 1st, and Christmas with its closure at one o'clock.
    assert_eq!(
        due("2014-04-30T14:00"),
        ["2014-05-02 14:00", "2014-05-01 14:00", "2014-05-06 08:00"]
    );
    assert_eq!(
        due("2014-12-23T14:00"),
        ["2014-12-24 14:00", "2014-12-24 14:00", "2014-12-30 10:00"]
    );
    // In the night to 30 March the clock jumps.
    assert_eq!(
        due("2014-03-28T14:00"),
        ["2014-03-31 14:00", "2014-03-29 14:00", "2014-04-02 08:00"]
    );
    assert_eq!(
        due("2014-03-29T14:00"),
        ["2014-03-31 14:00", "2014-03-30 15:00", "2014-04-02 09:00"]
    );
}

#[test]
fn retention() {
    let table = |key: &str, value: &str| format!("[retention]\n{key} = {value}\n\n[rehearsal]");
    let county = |text: &str| config::check(&COUNTY.replacen("[rehearsal]", text, 1)).county;
    let kept = |text: &str| county(text).expect("it is good").retention;
    let usual = privacy::Retention::USUAL;
    assert_eq!(kept("[rehearsal]"), usual);
    assert_eq!(kept("[retention]\n\n[rehearsal]"), usual);
    let numbers = kept(&table("numbers_days", "110")).numbers;
    assert_eq!(numbers, 110, "a hundred and ten days are no emergency");
    assert_eq!(kept(&table("tokens_days", "31")).tokens, 31);
    assert_eq!(kept(&table("seats_days", "1")).seats, 1);
    assert_eq!(kept(&table("notes_days", "0")).notes, 0);
    assert_eq!(kept(&table("cases_days", "1096")).cases, 1_096);
    both(
        "[rehearsal]",
        &table("numbers_days", "‸367"),
        "Fehler: Der Wert „367“ bei „numbers_days“ ist nicht möglich.\n    Erwartet: von 0 bis 366.",
        "error: The value “367” of “numbers_days” is not possible.\n    Expected: from 0 to 366.",
    );
    for (key, value) in
        [("tokens_days", "32"), ("seats_days", "0"), ("notes_days", "367"), ("cases_days", "6")]
    {
        let said = format!("Fehler: Der Wert „{value}“ bei „{key}“ ist nicht möglich.");
        wrong("[rehearsal]", &table(key, &format!("‸{value}")), &said);
    }
    wrong(
        "[rehearsal]",
        &table("‸number_days", "30"),
        "Fehler: In [retention] gibt es kein Feld „number_days“.",
    );
}

#[test]
fn where_the_pages_are() {
    let trunk = "[[trunk]]\nid = \"amt-kreishaus\"";
    let web = |lines: &str| format!("[web]\n{lines}\n\n{trunk}");
    let good = "listen = \"127.0.0.1:8115\"\nsound = \"127.0.0.1:8116\"";
    assert_eq!(all_said(&[(trunk, &web(good))]), "");
    let public = "listen = \"0.0.0.0:443\"\naddress = \"https://115.county.example\"\n\
                  certificate = \"tls/web.pem\"\nkey = \"tls/web.key\"\nsound = \"0.0.0.0:8116\"\n\
                  sound_addresses = [\"192.0.2.7\", \"2001:db8::7\"]";
    assert_eq!(all_said(&[(trunk, &web(public))]), "");
    let said = [
        ("listen = ‸\"8115\"\nsound = \"127.0.0.1:8116\"", "„8115“ ist keine Adresse mit Port."),
        (
            "listen = ‸\"127.0.0.1:0\"\nsound = \"127.0.0.1:8116\"",
            "„127.0.0.1:0“ ist keine Adresse mit Port.",
        ),
        (
            "listen = ‸\"0.0.0.0:8115\"\nsound = \"127.0.0.1:8116\"",
            "Die Seiten sind nicht nur auf diesem Rechner zu erreichen, aber address fehlt.",
        ),
        (
            "listen = \"127.0.0.1:8115\"\nsound = ‸\"0.0.0.0:8116\"",
            "Auf den Ton wird unter allen Adressen gewartet, aber sound_addresses fehlt.",
        ),
        (
            "listen = \"127.0.0.1:8115\"\nsound = ‸\"127.0.0.1:8115\"",
            "Auf Seiten und Ton wird an derselben Stelle gewartet.",
        ),
        (
            "listen = \"127.0.0.1:8115\"\naddress = ‸\"http://a\"\nsound = \"127.0.0.1:8116\"",
            "„http://a“ ist nicht, was ein Browser als Adresse zeigt.",
        ),
        (
            "listen = \"127.0.0.1:8115\"\naddress = ‸\"https://a/\"\nsound = \"127.0.0.1:8116\"",
            "„https://a/“ ist nicht, was ein Browser als Adresse zeigt.",
        ),
        (
            "listen = \"127.0.0.1:8115\"\ncertificate = ‸\"a\"\nsound = \"127.0.0.1:8116\"",
            "key fehlt; Zertifikat und Schlüssel gehören zusammen.",
        ),
        (
            "listen = \"127.0.0.1:8115\"\nsound = \"127.0.0.1:8116\"\nsound_addresses = [‸\"a\"]",
            "„a“ ist keine Adresse eines Rechners.",
        ),
        (
            "listen = \"127.0.0.1:8115\"\nsound = \"127.0.0.1:8116\"\n‸port = 1",
            "In [web] gibt es kein Feld „port“.",
        ),
    ];
    for (lines, words) in said {
        wrong(trunk, &web(lines), &format!("Fehler: {words}"));
    }
}

/// Where the pages are.
const PAGES: &str = "[web]\nlisten = \"127.0.0.1:8115\"\nsound = \"127.0.0.1:8116\"";

/// Who vouches for people there, and one group.
const VOUCHER: [&str; 2] = [
    "name = \"dem Landkreis\"\nissuer = \"https://sso.example/realms/kreis\"\nclient_id = \"amt\"",
    "[[web.openid.groups]]\ngroup = \"/telefon\"\nroles = [\"agent\"]",
];

/// Both before the next table.
fn vouched_for(openid: &str, next: &str) -> String {
    format!("{PAGES}\n\n[web.openid]\n{openid}\n\n{next}")
}

#[test]
fn who_vouches_for_people() {
    let trunk = "[[trunk]]\nid = \"amt-kreishaus\"";
    let [head, group] = VOUCHER;
    let good = format!("{head}\n\n{group}");
    assert_eq!(all_said(&[(trunk, &vouched_for(&good, trunk))]), "");
    let text = COUNTY.replacen("[rehearsal]", &vouched_for(&good, "[rehearsal]"), 1);
    let web_of = config::check(&text).county.expect("it is good").web;
    let openid = web_of.and_then(|web| web.openid).expect("it is there");
    assert_eq!(
        (openid.groups_claim.as_str(), openid.scopes),
        ("groups", vec!["profile".to_owned()])
    );
    assert!(!openid.only_administrators && openid.client_secret.is_none());
    let whole = format!(
        "{head}\nclient_secret = \"openid-secret\"\nauthority = \"kreis.pem\"\nscopes = [\"openid\", \"roles\"]\n\
         groups_claim = \"realm_access.roles\"\nagent_claim = \"desk\"\naccounts = \"administrators\"\n\n\
         {group}\nclients = [\"landkreis-harburg\"]"
    );
    assert_eq!(all_said(&[(trunk, &vouched_for(&whole, trunk))]), "");
}

#[test]
fn who_cannot_vouch_for_people() {
    let trunk = "[[trunk]]\nid = \"amt-kreishaus\"";
    let [head, group] = VOUCHER;
    let good = format!("{head}\n\n{group}");
    let of = |from: &str, to: &str| vouched_for(&good.replacen(from, to, 1), trunk);
    let issuer = "issuer = \"https://sso.example/realms/kreis\"";
    let wrongs = [
        (
            of(issuer, "issuer = ‸\"http://sso.example\""),
            "„http://sso.example“ ist keine Adresse eines Anbieters von OpenID Connect.",
        ),
        (
            of(issuer, "issuer = ‸\"https://sso.example/?a=1\""),
            "„https://sso.example/?a=1“ ist keine Adresse eines Anbieters von OpenID Connect.",
        ),
        (of("\"agent\"", "‸\"agentin\""), "„agentin“ ist bei „roles“ nicht möglich."),
        (of("[\"agent\"]", "‸[]"), "Die Liste „roles“ ist leer."),
        (
            of(group, &format!("{group}\nclients = [‸\"niemand\"]")),
            "Die Kennung „niemand“ gibt es bei [[client]] nicht.",
        ),
        (
            of(group, &format!("{group}\n‸client = \"x\"")),
            "In [[web.openid.groups]] gibt es kein Feld „client“.",
        ),
        (of("client_id", "scopes = [‸\"a b\"]\nclient_id"), "„a b“ ist kein Scope."),
        (
            of("client_id", "accounts = ‸\"none\"\nclient_id"),
            "„none“ ist bei „accounts“ nicht möglich.",
        ),
        (
            of("client_id", "‸client_secret_file = \"x\"\nclient_id"),
            "In [web.openid] gibt es kein Feld „client_secret_file“.",
        ),
    ];
    for (text, words) in wrongs {
        wrong(trunk, &text, &format!("Fehler: {words}"));
    }
    let without = format!("{PAGES}\n\n‸[web.openid]\n{head}\n\n{trunk}");
    let said = said(trunk, &without, Lang::De);
    assert!(said.starts_with("Fehler: In [web.openid] fehlt das Feld „groups“."), "{said}");
}

#[test]
fn telephones_in_browsers() {
    let trunk = "[[trunk]]\nid = \"amt-kreishaus\"";
    let web = format!("[web]\nlisten = \"127.0.0.1:8115\"\nsound = \"127.0.0.1:8116\"\n\n{trunk}");
    let phone = |lines: &str| {
        format!("[[phone]]\nid = \"im-browser\"\nsite = \"kreishaus-winsen\"\n{lines}\n\n{web}")
    };
    assert_eq!(all_said(&[(trunk, &phone("agent = \"k1\"\nbrowser = true"))]), "");
    let said = [
        ("browser = ‸true", "Dieses Telefon im Browser gehört niemandem."),
        (
            "agent = \"k1\"\nat = \"udp:192.0.2.99:5060\"\nbrowser = ‸true",
            "Ein Telefon im Browser hat keine eigene Adresse.",
        ),
        ("agent = \"k1\"\nbrowser = ‸\"ja\"", "Bei „browser“ steht ein Text in Anführungszeichen."),
    ];
    for (lines, words) in said {
        wrong(trunk, &phone(lines), &format!("Fehler: {words}"));
    }
    let alone = format!(
        "[[phone]]\nid = \"im-browser\"\nsite = \"kreishaus-winsen\"\nagent = \"k1\"\nbrowser = ‸true\n\n{trunk}"
    );
    wrong(trunk, &alone, "Fehler: Ein Telefon im Browser braucht die Seiten, aber [web] fehlt.");
    let second = format!(
        "[[phone]]\nid = \"noch-eines\"\nsite = \"kreishaus-winsen\"\nagent = \"k1\"\nbrowser = ‸true\n\n{}",
        phone("agent = \"k1\"\nbrowser = true")
    );
    let (first, rest) = second.split_once("\n\n").expect("two telephones");
    let (first, rest) =
        (first.replace('‸', ""), rest.replacen("browser = true", "browser = ‸true", 1));
    wrong(
        trunk,
        &format!("{first}\n\n{rest}"),
        "Fehler: Dieser Platz hat schon ein Telefon im Browser: Zeile N.",
    );
}

#[test]
fn every_key_is_documented_under_its_table() {
    use amtsleitung::config::schema::Table;
    for table in Table::ALL {
        let section = match table {
            Table::Root => documented("Top level"),
            Table::EmergencyRoute => documented("`[[site]]`"),
            Table::Announcements
            | Table::Announcement
            | Table::GreetingAt
            | Table::LineRehearsal
            | Table::Stage
            | Table::LocalFirst
            | Table::Overflow
            | Table::Callback => documented("`[[line]]`"),
            Table::PartnerRehearsal => documented("`[[partner]]`"),
            Table::SwitchboardRehearsal => documented("`[[switchboard]]`"),
            Table::Centre
            | Table::Hours
            | Table::Closure
            | Table::Client
            | Table::Place
            | Table::Site
            | Table::Skill
            | Table::Team
            | Table::Agent
            | Table::Queue
            | Table::Line
            | Table::Target
            | Table::Telephony
            | Table::Web
            | Table::Trunk
            | Table::Phone
            | Table::Bench
            | Table::Partner
            | Table::Switchboard
            | Table::Plan
            | Table::Rehearsal
            | Table::OpenId
            | Table::Retention
            | Table::Cases
            | Table::Mail => documented(&format!("`{}`", table.header())),
            Table::Office => documented("`[mail]`"),
            Table::OpenIdGroup => documented("`[web.openid]`"),
        };
        for key in table.keys() {
            assert!(section.contains(&format!("`{key}`")), "{key} of {table:?} is not documented");
        }
    }
}

/// Everything that is said about the ways after some changes, in German.
fn all_said_of_ways(changes: &[(&str, &str)]) -> String {
    let mut text = WITH_WAYS.to_owned();
    for (from, to) in changes {
        let (before, rest) =
            text.rsplit_once(from).unwrap_or_else(|| panic!("not in the ways: {from}"));
        text = format!("{before}{to}{rest}");
    }
    config::check(&text).printed("x", Lang::De)
}

const STAGES: &str = "stages = [{ teams = [\"rathaus-neu-wulmstorf\"] }, { after = \"20s\" }]";
const LOCAL: &str = "local_first = { switchboard = \"salzhausen\", ring = \"15s\" }";
const CAUSES: &str = "waited = \"25s\"\npredicted = \"2min\"\nhours = \"freitag\"\nnobody_signed_on = true\nclosed = true\n";
const PLAN_LINES: &str = "lines = [\"115\", \"salzhausen\"]\nannouncement";
const PLAN_TEXT: &str =
    "announcement = { text = \"Wegen des Unwetters rufen viele Menschen an.\", length = \"4s\" }";
const FROM: &str = "from = \"2014-05-01\"";
const UNTIL: &str = "until = \"2020-12-31\"";

#[test]
fn ways_that_lead_to_nobody() {
    both_ways(
        "partner = \"oldenburg\"",
        "partner = ‸\"olenburg\"",
        "Fehler: Die Kennung „olenburg“ gibt es bei [[partner]] nicht.\n    Bekannt sind: oldenburg. Gemeint „oldenburg“?",
        "error: [[partner]] has no id “olenburg”.\n    Known are: oldenburg. Did you mean “oldenburg”?",
    );
    both_ways(
        "switchboard = \"salzhausen\"",
        "switchboard = ‸\"x\"",
        "Fehler: Die Kennung „x“ gibt es bei [[switchboard]] nicht.\n    Bekannt sind: salzhausen.",
        "error: [[switchboard]] has no id “x”.\n    Known are: salzhausen.",
    );
    both_ways(
        "only_in = \"unwetter\"",
        "only_in = ‸\"unwetta\"",
        "Fehler: Die Kennung „unwetta“ gibt es bei [[plan]] nicht.\n    Bekannt sind: unwetter. Gemeint „unwetter“?",
        "error: [[plan]] has no id “unwetta”.\n    Known are: unwetter. Did you mean “unwetter”?",
    );
    for (from, to, kind) in [
        ("received_from = \"oldenburg\"", "received_from = ‸\"y\"", "partner"),
        ("hours = \"partner\"", "hours = ‸\"y\"", "hours"),
        ("hours = \"vermittlung\"", "hours = ‸\"y\"", "hours"),
        ("hours = \"freitag\"", "hours = ‸\"y\"", "hours"),
        ("trunk = \"amt-kreishaus\"", "trunk = ‸\"y\"", "trunk"),
        ("trunk = \"amt-rathaus\"\n\n[switchboard", "trunk = ‸\"y\"\n\n[switchboard", "trunk"),
        ("trunk = \"amt-rathaus\"\nforwarded", "trunk = ‸\"y\"\nforwarded", "trunk"),
        ("teams = [\"rathaus-neu-wulmstorf\"]", "teams = [‸\"y\"]", "team"),
        ("helpers = [\"n2\"", "helpers = [‸\"y\"", "agent"),
        (PLAN_LINES, "lines = [‸\"y\"]\nannouncement", "line"),
    ] {
        wrong_ways(
            from,
            to,
            &format!("Fehler: Die Kennung „y“ gibt es bei [[{kind}]] nicht."),
            &format!("error: [[{kind}]] has no id “y”."),
        );
    }
    for header in ["partner", "switchboard", "plan"] {
        // Of a header with a slip in it nothing follows.
        for slip in [format!("[[{header}]"), format!("[[{header}s]]"), format!("[{header}]")] {
            let said = all_said_of_ways(&[(&format!("[[{header}]]"), &slip)]);
            assert!(said.ends_with("1 Fehler, 0 Warnungen.\n"), "{slip}: {said}");
        }
    }
}

#[test]
fn what_a_way_needs() {
    both_ways(
        "[[partner]]\nid = \"oldenburg\"\nname = \"ServiceCenter Oldenburg\"\nhours = \"partner\"\ncapacity = 2\n",
        "‸[[partner]]\nid = \"oldenburg\"\nname = \"ServiceCenter Oldenburg\"\nhours = \"partner\"\n",
        "Fehler: In [[partner]] fehlt das Feld „capacity“.\n    Es ist nötig; was hineingehört, steht in docs/configuration.md.",
        "error: [[partner]] lacks the field “capacity”.\n    It is required; docs/configuration.md says what belongs there.",
    );
    for (from, to, table, key) in [
        (
            "[[partner]]\nid = \"oldenburg\"\nname = \"ServiceCenter Oldenburg\"",
            "‸[[partner]]\nid = \"oldenburg\"",
            "[[partner]]",
            "name",
        ),
        (
            "[[partner]]\nid = \"oldenburg\"\nname = \"ServiceCenter Oldenburg\"\nhours = \"partner\"",
            "‸[[partner]]\nid = \"oldenburg\"\nname = \"ServiceCenter Oldenburg\"",
            "[[partner]]",
            "hours",
        ),
        (
            "[[switchboard]]\nid = \"salzhausen\"\nname = \"Vermittlung Salzhausen\"\nhours = \"vermittlung\"",
            "‸[[switchboard]]\nid = \"salzhausen\"\nname = \"Vermittlung Salzhausen\"",
            "[[switchboard]]",
            "hours",
        ),
        (
            LOCAL,
            "local_first = ‸{ switchboard = \"salzhausen\" }",
            "local_first = { switchboard, ring }",
            "ring",
        ),
        (
            LOCAL,
            "local_first = ‸{ ring = \"15s\" }",
            "local_first = { switchboard, ring }",
            "switchboard",
        ),
        (
            "[line.overflow]\npartner = \"oldenburg\"",
            "‸[line.overflow]",
            "[line.overflow]",
            "partner",
        ),
        (PLAN_TEXT, "announcement = ‸{ length = \"4s\" }", "{ text, length }", "text"),
        (
            "[[target]]\ndefinition = \"feedback\"\nlines = [\"salzhausen\"]\nwithin = \"24h\"",
            "‸[[target]]\ndefinition = \"feedback\"\nlines = [\"salzhausen\"]",
            "[[target]]",
            "within",
        ),
    ] {
        let de = format!("Fehler: In {table} fehlt das Feld „{key}“.");
        wrong_ways(from, to, &de, &format!("error: {table} lacks the field “{key}”."));
    }
    let plan =
        "[[plan]]\nid = \"unwetter\"\nname = \"Unwetter\"\nlines = [\"115\", \"salzhausen\"]\n";
    let (without, _) = plan.split_once("lines").expect("it has lines");
    wrong_ways(
        plan,
        &format!("‸{without}"),
        "Fehler: In [[plan]] fehlt das Feld „lines“.",
        "error: [[plan]] lacks the field “lines”.",
    );
    let said = all_said_of_ways(&[("lasts = \"8h\"", "")]);
    assert!(said.contains("In [[plan]] fehlt das Feld „lasts“."), "{said}");
    wrong_ways(
        PLAN_LINES,
        "lines = ‸[]\nannouncement",
        "Fehler: Die Liste „lines“ ist leer.",
        "error: The list “lines” is empty.",
    );
    wrong_ways(
        "helpers = [\"n2\", \"b1\"]",
        "helpers = [\"n2\", ‸\"n2\"]",
        "Fehler: „n2“ steht zweimal da.",
        "error: “n2” stands here twice.",
    );
    wrong_ways(
        "[[plan]]\nid = \"unwetter\"",
        "[[plan]]\nid = \"unwetter\"\nname = \"Sturm\"\nlines = [\"115\"]\nlasts = \"1h\"\n[[plan]]\nid = ‸\"unwetter\"",
        "Fehler: Die Kennung „unwetter“ gibt es bei [[plan]] zweimal.",
        "error: The id “unwetter” is used twice for [[plan]].",
    );
}

#[test]
fn types_of_ways() {
    both_ways(
        STAGES,
        "stages = [‸\"rathaus-neu-wulmstorf\"]",
        "Fehler: Bei „stages“ steht ein Text in Anführungszeichen.\n    Erwartet: eine Liste von Tabellen [{ … }].",
        "error: At “stages” stands a text in quotes.\n    Expected: a list of tables [{ … }].",
    );
    for (from, key, given, de, en) in [
        (
            LOCAL,
            "local_first",
            "\"salzhausen\"",
            "ein Text in Anführungszeichen",
            "a text in quotes",
        ),
        (
            "tells_wait = true",
            "tells_wait",
            "\"ja\"",
            "ein Text in Anführungszeichen",
            "a text in quotes",
        ),
        ("nobody_signed_on = true", "nobody_signed_on", "1", "eine ganze Zahl", "a whole number"),
        ("waited = \"25s\"", "waited", "25", "eine ganze Zahl", "a whole number"),
        ("reach = \"second-leg\"", "reach", "true", "true oder false", "true or false"),
        ("capacity = 2", "capacity", "2.5", "eine Zahl", "a number"),
        ("lasts = \"8h\"", "lasts", "8", "eine ganze Zahl", "a whole number"),
        (
            "received_from = \"oldenburg\"",
            "received_from",
            "[]",
            "eine Liste [ … ]",
            "a list [ … ]",
        ),
        (
            "helpers = [\"n2\", \"b1\"]",
            "helpers",
            "\"n2\"",
            "ein Text in Anführungszeichen",
            "a text in quotes",
        ),
        (PLAN_TEXT, "announcement", "5", "eine ganze Zahl", "a whole number"),
        (FROM, "from", "2014-05-01", "ein Datum ohne Anführungszeichen", "a date without quotes"),
        (
            "decline = 0.003",
            "reached",
            "\"alle\"",
            "ein Text in Anführungszeichen",
            "a text in quotes",
        ),
        (
            "area_codes = [\"04174\"]",
            "area_codes = [\"04174\"]\nfederation_115",
            "true",
            "true oder false",
            "true or false",
        ),
    ] {
        let name = key.rsplit('\n').next().unwrap_or(key);
        wrong_ways(
            from,
            &format!("{key} = ‸{given}"),
            &format!("Fehler: Bei „{name}“ steht {de}."),
            &format!("error: At “{name}” stands {en}."),
        );
    }
    wrong_ways(
        "[line.overflow]",
        "‸[[line.overflow]]",
        "Fehler: Bei „overflow“ steht eine Liste [ … ].",
        "error: At “overflow” stands a list [ … ].",
    );
}

#[test]
fn ranges_of_ways() {
    both_ways(
        "lasts = \"8h\"",
        "lasts = ‸\"169h\"",
        "Fehler: Der Wert „169h“ bei „lasts“ ist nicht möglich.\n    Erwartet: von 1min bis 168h.",
        "error: The value “169h” of “lasts” is not possible.\n    Expected: from 1min to 168h.",
    );
    both_ways(
        "dialled_per_year = 6580",
        "dialled_per_year = ‸3399",
        "Fehler: Der Wert „3399“ bei „dialled_per_year“ ist nicht möglich.\n    Erwartet: von 3400 bis 100000000.",
        "error: The value “3399” of “dialled_per_year” is not possible.\n    Expected: from 3400 to 100000000.",
    );
    both_ways(
        "reach = \"second-leg\"",
        "reach = ‸\"second leg\"",
        "Fehler: „second leg“ ist bei „reach“ nicht möglich.\n    Möglich sind: second-leg, deflect. Gemeint „second-leg“?",
        "error: “second leg” is not possible for “reach”.\n    Possible are: second-leg, deflect. Did you mean “second-leg”?",
    );
    for (from, key, given) in [
        ("capacity = 2", "capacity", "0"),
        ("capacity = 2", "capacity", "8193"),
        ("pause = \"15s\"", "pause", "0s"),
        ("refuses = 0.05", "refuses", "5"),
        ("silent = 0.01", "silent", "-0.1"),
        ("telephones = 1", "telephones", "101"),
        ("comes_back = 0.02", "comes_back", "2"),
        ("talk = \"60s\"", "talk", "0s"),
        ("length_max = 25", "length_max", "0"),
        ("waiting_max = \"6min\"", "waiting_max", "0s"),
        ("waited = \"25s\"", "waited", "25h"),
        ("predicted = \"2min\"", "predicted", "25h"),
        ("attempts = 3", "attempts", "6"),
        ("attempts = 3", "attempts", "0"),
        ("retry_after = \"10min\"", "retry_after", "0s"),
        ("expires_after = \"3h\"", "expires_after", "59s"),
        ("ring = \"30s\"", "ring", "4s"),
        ("ring = \"30s\"", "ring", "6min"),
        ("forwarded = 0.1", "forwarded", "1.1"),
        ("within = \"24h\"", "within", "25h"),
        ("decline = 0.003", "call_back", "2"),
        ("decline = 0.003", "asks_information", "-1"),
        ("decline = 0.003", "first_contact", "1.5"),
    ] {
        let written = if given.ends_with(['s', 'h', 'n']) {
            format!("\"{given}\"")
        } else {
            given.to_owned()
        };
        wrong_ways(
            from,
            &format!("{key} = ‸{written}"),
            &format!("Fehler: Der Wert „{given}“ bei „{key}“ ist nicht möglich."),
            &format!("error: The value “{given}” of “{key}” is not possible."),
        );
    }
}

#[test]
fn emergency_numbers_in_the_texts_of_ways() {
    for (from, to) in [
        ("information = \"Die", "information = ‸\"Im Notfall 112. Die"),
        ("{ text = \"Wegen", "{ text = ‸\"Wählen Sie 112. Wegen"),
        ("name = \"Unwetter\"", "name = ‸\"Unwetter 112\""),
        ("name = \"ServiceCenter Oldenburg\"", "name = ‸\"Oldenburg 112\""),
        ("name = \"Vermittlung Salzhausen\"", "name = ‸\"Salzhausen 112\""),
        ("id = \"unwetter\"", "id = ‸\"112\""),
        (FROM, "from = ‸\"112\""),
        ("waited = \"25s\"", "waited = ‸\"112\""),
        (
            "area_codes = [\"04174\"]",
            "area_codes = [\"04174\"]\nfederation_115 = ‸\"Servicecenter, Notruf 112\"",
        ),
    ] {
        let (de, en) = (said_of_ways(from, to, Lang::De), said_of_ways(from, to, Lang::En));
        assert!(de.contains("steht die Notrufnummer 112."), "{de}");
        assert!(en.starts_with("error: The emergency number 112 stands in "), "{en}");
    }
}

#[test]
fn days_in_force() {
    both_ways(
        UNTIL,
        "until = ‸\"2014-04-30\"",
        "Fehler: Der letzte Tag (until) liegt vor dem ersten (from).\n    Beide Tage gehören dazu; für einen einzigen Tag stehen sie gleich.",
        "error: The last day (until) lies before the first (from).\n    Both days are included; for a single day they are the same.",
    );
    assert_eq!(all_said_of_ways(&[(UNTIL, "until = \"2014-05-01\"")]), "", "a single day");
    both_ways(
        FROM,
        "from = ‸\"2014-02-30\"",
        "Fehler: „2014-02-30“ ist kein Tag, den das Programm kennt.\n    Erwartet: ein Tag von 1995 bis 2199, zum Beispiel \"2014-05-01\".",
        "error: “2014-02-30” is no day that the program knows.\n    Expected: a day from 1995 to 2199, for example \"2014-05-01\".",
    );
    for given in ["1.5.2014", "2014-05-01T00:00", "9999-05-01", "1994-12-31", "", "2014-5-1"] {
        let de = format!("Fehler: „{given}“ ist kein Tag, den das Programm kennt.");
        let en = format!("error: “{given}” is no day that the program knows.");
        wrong_ways(FROM, &format!("from = ‸\"{given}\""), &de, &en);
    }
    both_ways(
        "from = \"2014-05-01\"\nuntil = \"2020-12-31\"",
        "from = ‸\"2114-05-01\"",
        "Warnung: Dieser Eintrag gilt an keinem der geprüften Tage, 2014-01-01 bis 2023-12-31.\n    Das Datum prüfen; was vorbei ist, kann gestrichen werden.",
        "warning: This entry holds on none of the checked days, 2014-01-01 to 2023-12-31.\n    Check the date; what is over can be deleted.",
    );
    wrong_ways(
        "id = \"k6\"\nteam",
        "id = \"k6\"\nuntil = ‸\"2013-12-31\"\nteam",
        "Warnung: Dieser Eintrag gilt an keinem der geprüften Tage, 2014-01-01 bis 2023-12-31.",
        "warning: This entry holds on none of the checked days, 2014-01-01 to 2023-12-31.",
    );
}

#[test]
fn who_is_there_depends_on_the_day() {
    let leaves = [("id = \"k1\"\nteam", "id = \"k1\"\nuntil = \"2014-06-30\"\nteam")];
    let said = all_said_of_ways(&leaves);
    assert!(said.contains("Die Leitung „115“ ist offen, aber niemand, der sie bedienen kann, hat Schicht: zuerst am Dienstag, 01.07.2014, 07:00 Uhr."), "{said}");
    assert!(said.ends_with("0 Fehler, 5 Warnungen.\n"), "not where the partner helps: {said}");
    // A line that is in service only while everybody is there.
    let alone = ("nobody_signed_on = true\n", "");
    let said = all_said_of_ways(&[leaves[0], alone]);
    assert!(said.contains("Die Leitung „salzhausen“ ist offen"), "{said}");
    let said = all_said_of_ways(&[leaves[0], alone, (UNTIL, "until = \"2014-06-30\"")]);
    assert!(!said.contains("Die Leitung „salzhausen“ ist offen"), "{said}");
    // Who comes in May is not there in January.
    let comes = ("id = \"k1\"\nteam", "id = \"k1\"\nfrom = \"2014-05-01\"\nteam");
    let said = all_said_of_ways(&[comes]);
    assert!(said.contains("zuerst am Donnerstag, 02.01.2014, 07:00 Uhr."), "{said}");
    assert!(!said.contains("„krisentelefon“ ist offen"), "it opens with its plan: {said}");
}

#[test]
fn stages_in_their_order() {
    both_ways(
        STAGES,
        "stages = [{ after = ‸\"3s\" }]",
        "Fehler: Die erste Stufe muss gleich beginnen.\n    after streichen oder \"0s\" schreiben.",
        "error: The first stage must begin at once.\n    Delete after, or write \"0s\".",
    );
    both_ways(
        STAGES,
        "stages = [{ teams = [\"rathaus-neu-wulmstorf\"] }, ‸{ teams = [\"kreishaus\"] }]",
        "Fehler: Diese Stufe beginnt nicht nach der vorigen.\n    Erwartet: Stufen in der Reihenfolge ihrer Zeiten, jede später als die vorige.",
        "error: This stage does not begin after the one before.\n    Expected: stages in the order of their times, each later than the one before.",
    );
    both_ways(
        STAGES,
        "stages = [{}, { after = \"1s\" }, { after = \"2s\" }, { after = \"3s\" }, ‸{ after = \"4s\" }]",
        "Fehler: Von „stages“ gibt es hier zu viele Einträge.\n    Erwartet: höchstens 4; die weiteren wurden nicht geprüft.",
        "error: There are too many entries of “stages” here.\n    Expected: 4 at most; those beyond were not checked.",
    );
    both_ways(
        STAGES,
        "stages = [{}, ‸{ after = \"1s\", teams = [\"kreishaus\"] }]",
        "Warnung: In dieser Stufe kommt niemand hinzu, der die Leitung bedienen kann.\n    Andere Teams eintragen, oder die Stufe streichen.",
        "warning: This stage adds nobody who can serve the line.\n    Enter other teams, or delete the stage.",
    );
    both_ways(
        "required = { auskunft = 1 }\ntells_wait = true\nstages = [{",
        "required = { kfz = 1 }\ntells_wait = true\nstages = [‸{",
        "Warnung: In dieser Stufe kann niemand die Leitung bedienen.\n    Andere Teams eintragen, oder die Stufe streichen.",
        "warning: Nobody in this stage can serve the line.\n    Enter other teams, or delete the stage.",
    );
    both_ways(
        "{ after = \"20s\" }",
        "‸{ after = \"15min\" }",
        "Warnung: „after“ = 15min kommt nie: in „buergertelefon“ wartet niemand länger als 15min.\n    Eine kürzere Zeit eintragen, oder bei der Warteschlange waiting_max erhöhen.",
        "warning: “after” = 15min never comes: nobody waits longer than 15min in “buergertelefon”.\n    Enter a shorter time, or raise waiting_max of the queue.",
    );
    let said = all_said_of_ways(&[("{ after = \"20s\" }", "{ after = \"15min\" }")]);
    assert!(said.ends_with("0 Fehler, 1 Warnung.\n"), "not that the partner is earlier: {said}");
    let said = all_said_of_ways(&[("{ after = \"20s\" }", "{ after = \"25h\" }")]);
    assert!(said.ends_with("1 Fehler, 0 Warnungen.\n"), "not that it comes too early: {said}");
    for fine in ["stages = []", "stages = [{}]", "stages = [{ teams = [\"kreishaus\"] }]"] {
        assert_eq!(all_said_of_ways(&[(STAGES, fine)]), "", "{fine}");
    }
}

#[test]
fn overflow_with_and_without_a_cause() {
    both_ways(
        &format!("[line.overflow]\npartner = \"oldenburg\"\nreach = \"second-leg\"\n{CAUSES}"),
        "‸[line.overflow]\npartner = \"oldenburg\"\nclosed = false\n",
        "Fehler: Dieser Überlauf träte nie ein: er nennt keinen Anlass.\n    Erwartet: waited, predicted, hours, nobody_signed_on, closed oder no_channel.",
        "error: This overflow would never happen: it names no cause.\n    Expected: waited, predicted, hours, nobody_signed_on, closed or no_channel.",
    );
    let said = all_said_of_ways(&[(CAUSES, "waitd = \"25s\"\n")]);
    assert!(
        said.contains("Gemeint „waited“?") && said.ends_with("1 Fehler, 0 Warnungen.\n"),
        "{said}"
    );
    for cause in CAUSES.lines() {
        assert_eq!(all_said_of_ways(&[(CAUSES, &format!("{cause}\n"))]), "", "{cause}");
    }
    both_ways(
        "closed = true",
        "no_channel = ‸true",
        "Fehler: Ohne freien Kanal gibt es auch keine zweite Verbindung zum Partner.\n    no_channel nur zusammen mit reach = \"deflect\".",
        "error: Without a free channel there is no second leg to the partner either.\n    no_channel only together with reach = \"deflect\".",
    );
    let deflect = ("reach = \"second-leg\"", "reach = \"deflect\"");
    assert_eq!(all_said_of_ways(&[deflect, ("closed = true", "no_channel = true")]), "");
    both_ways(
        "received_from = \"oldenburg\"",
        "received_from = \"oldenburg\"\noverflow = ‸{ partner = \"oldenburg\", closed = true }",
        "Fehler: Was ein Partner herüberreicht, wird an keinen weitergereicht.\n    overflow oder received_from streichen; sonst könnten Anrufe zwischen zwei Servicecentern kreisen.",
        "error: What a partner hands over is passed on to none.\n    Delete overflow or received_from; otherwise calls could go round between two centres.",
    );
}

#[test]
fn overflow_that_does_not_fit() {
    both_ways(
        "waited = \"25s\"",
        "waited = ‸\"19s\"",
        "Warnung: Der Partner würde nach 19s gefragt, bevor nach 20s alle eigenen Stufen gefragt sind.\n    waited später wählen als das after der letzten Stufe.",
        "warning: The partner would be asked after 19s, before all own stages are asked after 20s.\n    Choose waited later than after of the last stage.",
    );
    assert_eq!(all_said_of_ways(&[("waited = \"25s\"", "waited = \"20s\"")]), "");
    both_ways(
        "waited = \"25s\"",
        "waited = ‸\"15min\"",
        "Warnung: „waited“ = 15min kommt nie: in „buergertelefon“ wartet niemand länger als 15min.\n    Eine kürzere Zeit eintragen, oder bei der Warteschlange waiting_max erhöhen.",
        "warning: “waited” = 15min never comes: nobody waits longer than 15min in “buergertelefon”.\n    Enter a shorter time, or raise waiting_max of the queue.",
    );
    both_ways(
        CAUSES,
        "hours = ‸\"nachts\"\n\n[[hours]]\nid = \"nachts\"\nname = \"Nachts\"\nopen = \"Mo-Fr 18:00-22:00; PH off\"\n",
        "Warnung: Während „nachts“ offen ist, nimmt der Partner „oldenburg“ nie Anrufe an.\n    Die Zeiten hier und bei [[partner]] aufeinander abstimmen; so ginge kein Anruf zu ihm.",
        "warning: While “nachts” is open, the partner “oldenburg” never takes calls.\n    Make the hours here and those of [[partner]] agree; as it is, no call would go there.",
    );
    both_ways(
        "[[partner]]\n",
        "[[partner]]\nid = ‸\"stade\"\nname = \"Stade\"\nhours = \"partner\"\ncapacity = 1\n\n[[partner]]\n",
        "Warnung: Zum Partner „stade“ führt von keiner Leitung ein Weg, und keine nimmt seine Anrufe an.\n    Streichen, oder bei einer Leitung unter overflow oder received_from eintragen.",
        "warning: No line leads to the partner “stade”, and none takes its calls.\n    Delete it, or enter it under overflow or received_from of a line.",
    );
}

#[test]
fn assumptions_that_do_not_fit() {
    both_ways(
        "refuses = 0.05\nsilent = 0.01",
        "refuses = 0.6\nsilent = ‸0.6",
        "Fehler: „refuses“ und „silent“ sind zusammen mehr als alle Anrufe.\n    Erwartet: zwei Anteile, die zusammen höchstens 1 ergeben.",
        "error: “refuses” and “silent” are more than all calls together.\n    Expected: two shares that are at most 1 together.",
    );
    both_ways(
        "silent = 0.05\ncomes_back = 0.02",
        "silent = 0.7\ncomes_back = ‸0.7",
        "Fehler: „silent“ und „comes_back“ sind zusammen mehr als alle Anrufe.\n    Erwartet: zwei Anteile, die zusammen höchstens 1 ergeben.",
        "error: “silent” and “comes_back” are more than all calls together.\n    Expected: two shares that are at most 1 together.",
    );
    both_ways(
        "calls_per_year = 3400",
        "calls_per_year = ‸0",
        "Warnung: Die Vermittlung soll alle Anrufe selbst annehmen: calls_per_year ist 0. Geprobt wird die Leitung dann nicht.\n    Eintragen, wie viele Anrufe im Jahr das Servicecenter erreichen.",
        "warning: The switchboard is to answer every call itself: calls_per_year is 0. Then the line is not rehearsed.\n    Enter how many calls a year reach the centre.",
    );
}

#[test]
fn a_second_leg_needs_a_second_channel() {
    let said = |reach: &str| {
        let text = WITH_WAYS
            .replacen("reach = \"second-leg\"", &format!("reach = \"{reach}\""), 1)
            .replacen(
                "trunk = \"amt-rathaus\"\nforwarded",
                "trunk = \"amt-kreishaus\"\nforwarded",
                1,
            );
        let (before, rest) = text.split_once("id = \"amt-kreishaus\"").expect("the trunk");
        let rest = rest.replacen("channels = 30", "channels = 1", 1);
        assert!(rest.contains("channels = 1\n"), "{rest}");
        config::check(&format!("{before}id = \"amt-kreishaus\"{rest}")).printed("x", Lang::De)
    };
    let help = "Über „amt-kreishaus“ kommt der Anruf und führt der Weg zum Partner „oldenburg“, und der Trunk hat nur einen Kanal: Hilfe kommt so nie.";
    assert!(said("second-leg").contains(help), "{}", said("second-leg"));
    assert!(!said("deflect").contains("einen Kanal"), "{}", said("deflect"));
}

#[test]
fn switchboards_that_do_not_fit() {
    both_ways(
        "[[switchboard]]\n",
        "[[switchboard]]\nid = ‸\"hanstedt\"\nname = \"Hanstedt\"\nhours = \"vermittlung\"\n\n[[switchboard]]\n",
        "Warnung: Die Vermittlung „hanstedt“ geht bei keiner Leitung vor.\n    Streichen, oder bei einer Leitung unter local_first eintragen.",
        "warning: The switchboard “hanstedt” goes first on no line.\n    Delete it, or enter it under local_first of a line.",
    );
    both_ways(
        "queue = \"buergertelefon\"\nrequired = { auskunft = 1 }\nreceived_from",
        "rehearsal = { calls_per_year = 1, talk = \"1min\", dialled_per_year = ‸2 }\nqueue = \"buergertelefon\"\nrequired = { auskunft = 1 }\nreceived_from",
        "Warnung: „dialled_per_year“ hat nur bei einer Leitung mit local_first einen Sinn.\n    Streichen, oder die Vermittlung unter local_first eintragen.",
        "warning: “dialled_per_year” makes sense only on a line with local_first.\n    Delete it, or enter the switchboard under local_first.",
    );
    let said = all_said_of_ways(&[(LOCAL, "")]);
    for key in ["dialled_per_year", "forwarded"] {
        assert!(
            said.contains(&format!("„{key}“ hat nur bei einer Leitung mit local_first")),
            "{said}"
        );
    }
    // The queue of this line alone, in which nobody waits longer than the switchboard rings.
    let queue =
        "[[queue]]\nid = \"kurz\"\nname = \"Kurz\"\nlength_max = 9\nwaiting_max = \"19s\"\n\n";
    both_ways(
        "from = \"2014-05-01\"\nuntil = \"2020-12-31\"\nqueue = \"buergertelefon\"\nrequired = { auskunft = 1 }\ntells_wait = true\nstages = [{ teams = [\"rathaus-neu-wulmstorf\"] }, { after = \"20s\" }]\nlocal_first = { switchboard = \"salzhausen\", ring = \"15s\" }\n\n[line.announcements]\n",
        &format!(
            "queue = \"kurz\"\nrequired = {{ auskunft = 1 }}\ntells_wait = true\nlocal_first = {{ switchboard = \"salzhausen\", ring = ‸\"15s\" }}\n\n{queue}[line.announcements]\ngreeting = {{ text = \"Guten Tag.\", length = \"4s\" }}\n"
        ),
        "Fehler: Klingeln in der Vermittlung und Begrüßung dauern zusammen 19s; in „kurz“ wartet niemand länger als 19s.\n    ring verkürzen, oder bei der Warteschlange waiting_max erhöhen; so würde abgewiesen, wer dort niemanden erreicht.",
        "error: Ringing at the switchboard and the greeting take 19s together; nobody waits longer than 19s in “kurz”.\n    Shorten ring, or raise waiting_max of the queue; as it is, whoever reaches nobody there would be sent away.",
    );
}

#[test]
fn numbers_to_be_called_that_lead_nowhere() {
    let number = "number = \"+492214710900\"";
    both_ways(
        number,
        "number = ‸\"+492214710900..+492214710909\"",
        "Fehler: Angerufen wird eine einzelne Nummer, kein Block.\n    Die Nummer der Zentrale dort eintragen.",
        "error: One number is called, not a block.\n    Enter the number of the switchboard there.",
    );
    both_ways(
        "number = \"+492214710900\"\ntrunk = \"amt-kreishaus\"",
        "number = ‸\"+492214710900\"",
        "Fehler: Über welchen Trunk soll diese Nummer angerufen werden?\n    trunk eintragen. Ohne number wird nur geprobt.",
        "error: Over which trunk is this number to be called?\n    Enter trunk. Without number it is only rehearsed.",
    );
    // Also with an extension's digits behind a number of ours.
    both_ways(
        number,
        "number = ‸\"+49406696940012\"",
        "Fehler: Diese Nummer ist eine der Leitung „salzhausen“: der Anruf käme zu uns zurück.\n    Die Nummer eintragen, unter der nur dort jemand abnimmt, etwa eine Durchwahl.",
        "error: This number is one of the line “salzhausen”: the call would come back to us.\n    Enter a number that is answered there alone, such as an extension.",
    );
}

#[test]
fn call_backs_and_told_waits_that_do_not_fit() {
    both_ways(
        "[line.callback]\nattempts = 3\nretry_after = \"10min\"",
        "[line.callback]\nattempts = 3\nretry_after = ‸\"3h\"",
        "Warnung: Ein zweiter Versuch käme zu spät: der Rückruf verfällt schon nach 3h.\n    retry_after kürzer als expires_after wählen, oder attempts = 1.",
        "warning: A second attempt would come too late: the call-back expires after 3h.\n    Choose retry_after shorter than expires_after, or attempts = 1.",
    );
    let once = "attempts = 1\nretry_after = \"3h\"";
    assert_eq!(all_said_of_ways(&[("attempts = 3\nretry_after = \"10min\"", once)]), "");
    both_ways(
        "callback = \"Wir rufen Sie zurück.\"",
        "callback = \"Wir rufen Sie zurück.\"\ntown_hall_closed = ‸\"Das Rathaus hat zu.\"",
        "Fehler: Diese Ansage hört niemand: es steht nicht da, wann das Rathaus geöffnet hat.\n    town_hall_hours eintragen, oder den Text streichen.",
        "error: Nobody hears this announcement: when the town hall is open is not said.\n    Enter town_hall_hours, or delete the text.",
    );
    wrong_ways(
        "callback = \"Wir rufen Sie zurück.\"",
        "callback = \"Wir rufen Sie zurück.\"\ngreetings = [‸{ hours = \"vermittlung\" }]",
        "Fehler: In greetings = [{ hours, greeting }] fehlt das Feld „greeting“.",
        "error: greetings = [{ hours, greeting }] lacks the field “greeting”.",
    );
    both_ways(
        "callback = \"Wir rufen Sie zurück.\"",
        "callback = \"Wir rufen Sie zurück.\"\ncallback_offer = ‸\"Drücken Sie die Eins.\"",
        "Fehler: Diese Ansage hört niemand: es steht nicht da, wann der Rückruf angeboten wird.\n    In [line.callback] offer_after eintragen, zum Beispiel \"60s\", oder den Text streichen.",
        "error: Nobody hears this announcement: when the call-back is offered is not said.\n    Enter offer_after in [line.callback], \"60s\" for example, or delete the text.",
    );
    both_ways(
        "callback = \"Wir rufen Sie zurück.\"",
        "callback = \"Wir rufen Sie zurück.\"\ncallback_greeting = ‸\"Hier ist der Kreis.\"",
        "Fehler: Diese Ansage hört niemand: beim Rückruf klingelt zuerst die Beraterin.\n    In [line.callback] first = \"caller\" eintragen, oder den Text streichen.",
        "error: Nobody hears this announcement: a call-back rings at the agent's first.\n    Enter first = \"caller\" in [line.callback], or delete the text.",
    );
    let first = "attempts = 3\nfirst = \"caller\"\nretry_after = \"10min\"";
    let said = all_said_of_ways(&[("attempts = 3\nretry_after = \"10min\"", first)]);
    assert!(said.contains("fehlt das Feld „callback_greeting“"), "{said}");
    let nobody = "attempts = 3\nfirst = \"nobody\"\nretry_after = \"10min\"";
    let said = all_said_of_ways(&[("attempts = 3\nretry_after = \"10min\"", nobody)]);
    assert!(said.contains("agent") && said.contains("caller"), "{said}");
    both_ways(
        "tells_wait = true\n",
        "tells_every = ‸\"60s\"\n",
        "Fehler: tells_every wiederholt nichts: die Leitung sagt weder Platz noch Wartezeit.\n    tells_wait = true oder tells_position = true eintragen, oder tells_every streichen.",
        "error: tells_every repeats nothing: the line tells neither place nor wait.\n    Enter tells_wait = true or tells_position = true, or delete tells_every.",
    );
    both_ways(
        "received_from = \"oldenburg\"",
        "received_from = \"oldenburg\"\ncallback = ‸{}",
        "Warnung: In einer Probe bittet hier niemand um Rückruf: danach fragt nur, wem die Wartezeit angesagt wird.\n    tells_wait = true eintragen.",
        "warning: In a rehearsal nobody asks for a call-back here: only who is told the wait does.\n    Enter tells_wait = true.",
    );
    both_ways(
        "tells_wait = true",
        "answer = \"with-agent\"\ntells_wait = ‸true",
        "Fehler: „tells_wait“ ist hier nicht möglich: mit answer = \"with-agent\" hört man den Freiton, bis jemand abnimmt.\n    tells_wait streichen, oder answer = \"at-once\".",
        "error: “tells_wait” is not possible here: with answer = \"with-agent\" callers hear the ringing tone until somebody answers.\n    Delete tells_wait, or write answer = \"at-once\".",
    );
    wrong_ways(
        "received_from = \"oldenburg\"",
        "received_from = \"oldenburg\"\nanswer = \"with-agent\"\ncallback = ‸{}",
        "Fehler: „callback“ ist hier nicht möglich: mit answer = \"with-agent\" hört man den Freiton, bis jemand abnimmt.",
        "error: “callback” is not possible here: with answer = \"with-agent\" callers hear the ringing tone until somebody answers.",
    );
}

#[test]
fn plans_that_do_not_fit() {
    both_ways(
        "[[plan]]\n",
        "[[plan]]\nid = ‸\"leer\"\nname = \"Leer\"\nlines = [\"115\"]\nlasts = \"1h\"\n\n[[plan]]\n",
        "Warnung: Dieser Plan ändert nichts.\n    Erwartet: announcement, information, length_max, waiting_max, helpers, oder eine Leitung mit only_in.",
        "warning: This plan changes nothing.\n    Expected: announcement, information, length_max, waiting_max, helpers, or a line with only_in.",
    );
    let plan = "announcement = { text = \"Wegen des Unwetters rufen viele Menschen an.\", length = \"4s\" }\ninformation = \"Die Schulen bleiben heute geschlossen.\"\nlength_max = 25\nwaiting_max = \"6min\"\nhelpers = [\"n2\", \"b1\"]\n";
    assert_eq!(all_said_of_ways(&[(plan, "")]), "", "it opens a line");
    both_ways(
        PLAN_LINES,
        "lines = [\"115\", ‸\"ansage\"]\nannouncement",
        "Warnung: Für „ansage“ hat der Plan keine Wirkung: die Leitung hat keine Warteschlange.\n    Hier streichen.",
        "warning: The plan has no effect on “ansage”: the line has no queue.\n    Delete it here.",
    );
    both_ways(
        "waiting_max = \"6min\"",
        "waiting_max = ‸\"9s\"",
        "Fehler: Bei „115“ dauert im Plan alles vor dem Warten 9s; länger als 9s wartet dann niemand.\n    Die Ansage kürzen oder waiting_max erhöhen; so würden Anrufe abgewiesen, ohne zu warten.",
        "error: On “115” everything before the wait takes 9s in this plan; nobody waits longer than 9s then.\n    Shorten the announcement, or raise waiting_max; as it is, calls would be sent away without a wait.",
    );
    let said = all_said_of_ways(&[("waiting_max = \"6min\"", "waiting_max = \"20s\"")]);
    assert_eq!(said, "", "a second is left in Salzhausen, eleven on 115");
    let limit = |from: &str, key: &str, given: &str| {
        both_ways(
            from,
            &format!("{key} = ‸{given}"),
            &format!(
                "Warnung: „{key}“ hat keine Wirkung: keine Warteschlange des Plans hat eine höhere Grenze.\n    Streichen, oder niedriger wählen als bei [[queue]]."
            ),
            &format!(
                "warning: “{key}” has no effect: no queue of the plan has a higher limit.\n    Delete it, or choose it lower than that of [[queue]]."
            ),
        );
    };
    limit("length_max = 25", "length_max", "40");
    limit("waiting_max = \"6min\"", "waiting_max", "\"15min\"");
    // The line that opens with the plan asks for no skill; without it a helper has to have those of 115.
    let only = ("only_in = \"unwetter\"", "required = { kfz = 1 }\nonly_in = \"unwetter\"");
    let skilled = (
        "id = \"k6\"\nteam = \"kreishaus\"\nskills = { auskunft = 3 }",
        "id = \"k6\"\nteam = \"kreishaus\"\nskills = {}",
    );
    let helper = ("helpers = [\"n2\", \"b1\"]", "helpers = [\"n2\", \"k6\"]");
    let said = all_said_of_ways(&[only, skilled, helper]);
    assert!(said.contains("Warnung: „k6“ kann keine Leitung dieses Plans bedienen.\n    Hier streichen, oder die verlangten Fertigkeiten unter skills eintragen.\n"), "{said}");
    assert!(said.ends_with("0 Fehler, 1 Warnung.\n"), "{said}");
    assert_eq!(all_said_of_ways(&[skilled, helper]), "");
}

#[test]
fn ways_of_a_line_without_a_queue() {
    for (key, value) in [
        ("stages", "[]"),
        ("local_first", "{}"),
        ("overflow", "{}"),
        ("callback", "{}"),
        ("tells_wait", "true"),
        ("received_from", "\"oldenburg\""),
        ("only_in", "\"unwetter\""),
    ] {
        both_ways(
            "no_queue = true",
            &format!("no_queue = true\n{key} = ‸{value}"),
            &format!(
                "Fehler: „{key}“ hat bei einer Leitung ohne Warteschlange keine Wirkung.\n    Streichen, oder eine queue angeben; mit no_queue = true wird nur greeting (offen) oder closed (geschlossen) abgespielt."
            ),
            &format!(
                "error: “{key}” has no effect on a line without a queue.\n    Delete it, or name a queue; with no_queue = true only greeting (open) or closed (closed) is played."
            ),
        );
    }
    let days = "no_queue = true\nfrom = \"2014-05-01\"";
    assert_eq!(all_said_of_ways(&[("no_queue = true", days)]), "", "it may begin on a day");
}

#[test]
fn targets_with_and_without_a_time() {
    both_ways(
        "share = 0.9\n",
        "share = 0.9\nwithin = ‸\"30s\"\n",
        "Fehler: Zu dieser Formel gehört keine Zeit.\n    within streichen.",
        "error: No time belongs to this definition.\n    Delete within.",
    );
    both_ways(
        "definition = \"reachability\"",
        "definition = ‸\"reachable\"",
        "Fehler: „reachable“ ist bei „definition“ nicht möglich.\n    Möglich sind: 115-published, centre-abandons-count, centre-abandons-ignored, reachability, first-contact, feedback.",
        "error: “reachable” is not possible for “definition”.\n    Possible are: 115-published, centre-abandons-count, centre-abandons-ignored, reachability, first-contact, feedback.",
    );
    let said = all_said_of_ways(&[("definition = \"reachability\"", "definition = \"reachable\"")]);
    assert!(said.ends_with("1 Fehler, 0 Warnungen.\n"), "{said}");
    both_ways(
        "lines = [\"salzhausen\"]\nwithin",
        "lines = [\"salzhausen\"]\nshare = 1.0\nwithin = \"1h\"\n\n[[target]]\ndefinition = \"feedback\"\nlines = [‸\"salzhausen\"]\nwithin",
        "Fehler: Für die Leitung „salzhausen“ steht das Ziel nach dieser Formel schon in Zeile N.\n    Je Formel und Leitung gilt ein Ziel.",
        "error: The target by this definition for the line “salzhausen” stands already in line N.\n    One target holds for each definition and line.",
    );
}
