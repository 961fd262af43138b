// SPDX-License-Identifier: EUPL-1.2
//! `privacy`: what an installation with this configuration keeps of persons, why, how long, who can see it, and what
//! remains technically possible. Written for data protection officers and staff councils.

use super::Command;
use super::arguments::{Arguments, BAD_FILE};
use super::files::Source;
use crate::config::County;
use crate::{Lang, output};
use std::fmt::Write as _;
use std::process::ExitCode;

/// How it is called.
pub const COMMAND: Command = Command {
    name: "privacy",
    usage: "privacy DATEI",
    summary_de: "sagt, was mit dieser Konfiguration über Menschen gespeichert wird, wozu, wie lange und für wen",
    summary_en: "says what is kept of persons with this configuration, why, how long, and who can see it",
    help_de: "Für Datenschutzbeauftragte und Personalrat: jede Art von Angaben mit Zweck, Frist und Kreis derer, die sie\nsehen, und was technisch über einen Menschen möglich bleibt. Alle Fristen stehen in [retention] der Datei.\n",
    help_en: "For data protection officers and staff councils: each kind of data with purpose, time and those who can see it, and\nwhat remains technically possible about a person. All times stand in [retention] of the file.\n",
    valued: &[],
    flags: &[],
    run,
};

/// Says it for the file that the arguments name.
#[must_use]
pub fn run(arguments: Arguments) -> ExitCode {
    match told(&arguments) {
        Ok(text) => {
            output::out(&text);
            ExitCode::SUCCESS
        }
        Err(code) => code,
    }
}

fn told(arguments: &Arguments) -> Result<String, ExitCode> {
    let lang = arguments.lang;
    let source = Source::read(lang, arguments.only_plain()?)?;
    let checked = source.check(lang)?;
    match &checked.county {
        Some(county) if !checked.report().has_errors() => Ok(text(lang, &source.name, county)),
        Some(_) | None => {
            output::err(&checked.printed(&source.name, lang));
            Err(ExitCode::from(BAD_FILE))
        }
    }
}

/// A sentence in both languages.
type Both = (&'static str, &'static str);

/// How long something is kept.
enum Kept {
    /// So many days after its own, by this key of `[retention]`.
    Days(u16, &'static str),
    /// Until something happens.
    Until(Both),
}

/// A kind of data.
struct Kind {
    what: Both,
    why: Both,
    kept: Kept,
    who: Both,
}

/// Everything, as a page of text.
#[must_use]
pub fn text(lang: Lang, file: &str, county: &County) -> String {
    let pick = |both: Both| lang.pick(both.0, both.1);
    let mut text = format!("{}\n", county.centre.name);
    let _infallible = writeln!(
        text,
        "{}\n{} {file}.\n",
        pick((
            "Was diese Anlage über Menschen speichert",
            "What this installation keeps of persons"
        )),
        pick((
            "Für Datenschutzbeauftragte und Personalrat. Nach der Konfiguration",
            "For data protection officers and staff councils. By the configuration",
        )),
    );
    let parts = [
        (("Anrufende", "Callers"), of_callers(county)),
        (("Beschäftigte", "Staff"), of_staff(county)),
    ];
    for (title, kinds) in parts {
        let _infallible = writeln!(text, "{}\n", pick(title));
        kinds.iter().for_each(|kind| text.push_str(&kind.told(lang)));
    }
    for (title, sentences) in [
        (
            (
                "Was über einen Menschen technisch möglich bleibt",
                "What remains technically possible about a person",
            ),
            possible(county),
        ),
        (("Was es hier nicht gibt", "What does not exist here"), absent()),
    ] {
        let _infallible = writeln!(text, "{}\n", pick(title));
        for sentence in sentences {
            let _infallible = writeln!(text, "  - {}", pick(sentence));
        }
        text.push('\n');
    }
    text.push_str(pick((
        "Auskunft und Löschung: Die Aufzeichnung kennt Anrufende nur unter Rufnummern, die versiegelt sind.\n\
         „amtsleitung erase --before TAG“ vernichtet alles, was an den Tagen davor von Menschen bekannt war, sofort\n\
         und in jeder Kopie der Aufzeichnung; gezählt bleibt, was geschah.\n",
        "Information and erasure: the log knows callers by sealed numbers alone.\n\
         `amtsleitung erase --before DAY` destroys all that was known of persons on the days before, at once and in every\n\
         copy of the log; what happened stays counted.\n",
    )));
    text
}

impl Kind {
    fn told(&self, lang: Lang) -> String {
        let pick = |both: Both| lang.pick(both.0, both.1);
        let kept = match self.kept {
            Kept::Days(0, key) => lang.pick(
                format!("bis der Tag vorbei ist ({key} = 0); dann ist der Schlüssel vernichtet"),
                format!("until the day is over ({key} = 0); then the key is destroyed"),
            ),
            Kept::Days(days, key) => lang.pick(
                format!("{days} Tage nach dem Tag ({key}); dann ist der Schlüssel vernichtet, in jeder Kopie"),
                format!("{days} days after the day ({key}); then the key is destroyed, in every copy"),
            ),
            Kept::Until(until) => pick(until).to_owned(),
        };
        let labels = lang.pick(["wozu", "wie lange", "für wen"], ["why", "how long", "for whom"]);
        let mut text = format!("  {}\n", pick(self.what));
        for (label, said) in labels.into_iter().zip([pick(self.why), &kept, pick(self.who)]) {
            let _infallible = writeln!(text, "    {label:<10} {said}");
        }
        text.push('\n');
        text
    }
}

fn of_callers(county: &County) -> Vec<Kind> {
    let keeps = &county.retention;
    let mut kinds = vec![
        Kind {
            what: ("Rufnummer, wenn sie nicht unterdrückt ist", "Number, if it is not withheld"),
            why: (
                "zurückrufen zu können, und eine Beschwerde ihrem Anruf zuzuordnen",
                "to be able to call back, and to find the call that a complaint is about",
            ),
            kept: Kept::Days(keeps.numbers, "numbers_days"),
            who: (
                "wer das Gespräch führt, solange es dauert; danach nur, wer Datenordner und Schlüssel hat (Betrieb)",
                "whoever has the talk, while it lasts; afterwards whoever has data folder and keys (operators)",
            ),
        },
        Kind {
            what: (
                "Anruferkennung: ein Pseudonym, das sich nur innerhalb eines Tages gleicht",
                "Caller token: a pseudonym that is the same within one day only",
            ),
            why: (
                "wer abbricht und gleich wieder anruft, behält seinen Platz; ein Rückruf gilt einmal",
                "who is cut off and calls again keeps the place; a call-back is promised once",
            ),
            kept: Kept::Days(keeps.tokens, "tokens_days"),
            who: ("niemand am Bildschirm", "nobody at a screen"),
        },
        Kind {
            what: (
                "Verlauf jedes Anrufs: Leitung, Zeiten, Team, Ergebnis – ohne Nummer und Namen",
                "Story of each call: line, times, team, result – without number or name",
            ),
            why: ("die Zusage nachweisen und abrechnen", "to prove the promise, and to bill"),
            kept: Kept::Until((
                "unbegrenzt; ohne die Schlüssel führt kein Weg zu einem Menschen",
                "without limit; without the keys no way leads to a person",
            )),
            who: (
                "Leitung und Berichtswesen, im Bereich ihres Kontos",
                "supervisors and reporters, within the reach of their accounts",
            ),
        },
        Kind {
            what: (
                "Nummern und Adressen laufender Gespräche (Datei „legs“)",
                "Numbers and addresses of calls that are up (file `legs`)",
            ),
            why: ("nach einem Neustart aufräumen zu können", "to clean up after a restart"),
            kept: Kept::Until((
                "bis zum Ende des nächsten Tages, versiegelt",
                "until the next day is over, sealed",
            )),
            who: ("niemand am Bildschirm", "nobody at a screen"),
        },
    ];
    if county.web.is_some() {
        kinds.push(Kind {
            what: (
                "Was Telefonberatung zu einem Gespräch schreibt: Anliegen, Ort, Notiz",
                "What agents write of a talk: concerns, place, note",
            ),
            why: ("das Gespräch nachzubearbeiten", "to wrap the talk up"),
            kept: Kept::Days(keeps.notes, "notes_days"),
            who: (
                "nur, wer es schrieb, bis zur Abmeldung",
                "whoever wrote it alone, until they sign off",
            ),
        });
        kinds.push(Kind {
            what: (
                "Hinweise an die Redaktion mit den Worten der Anfrage (im Katalog)",
                "Tasks of the editors with the words of the question (in the catalogue)",
            ),
            why: ("fehlende und falsche Auskünfte zu verbessern", "to mend what is missing or wrong"),
            kept: Kept::Until((
                "bis die Redaktion sie erledigt (knowledge done); unversiegelt, deshalb ohne Namen zu schreiben",
                "until the editors are done with them (knowledge done); not sealed, so written without names",
            )),
            who: ("die Redaktion", "the editors"),
        });
    }
    if county.cases.is_some() {
        kinds.push(Kind {
            what: (
                "Vorgänge: Name, Nummer oder Adresse, Anliegen, was dazu geschrieben wird",
                "Cases: name, number or address, matter, and what is written of it",
            ),
            why: (
                "der Person eine Rückmeldung zu geben, und sie nachzuweisen",
                "to come back to the person, and to prove it",
            ),
            kept: Kept::Days(keeps.cases, "cases_days"),
            who: (
                "Telefonberatung und Leitung, im Bereich ihres Kontos",
                "agents and supervisors, within the reach of their accounts",
            ),
        });
    }
    if !county.partners.is_empty() {
        kinds.push(Kind {
            what: (
                "Anrufe, die ein Partner annimmt: Nummer und Leitung gehen mit dem Anruf dorthin",
                "Calls that a partner answers: number and line go there with the call",
            ),
            why: ("damit die Person dort gehört wird", "so that the person is heard there"),
            kept: Kept::Until((
                "dort, nach der Vereinbarung mit dem Partner",
                "there, by the agreement with the partner",
            )),
            who: (
                "der Partner, der selbst Verantwortlicher ist",
                "the partner, who is a controller of its own",
            ),
        });
    }
    kinds
}

fn of_staff(county: &County) -> Vec<Kind> {
    let mut kinds = vec![
        Kind {
            what: (
                "Wer an einem Tag welchen Platz hatte (die Aufzeichnung kennt sonst nur Plätze)",
                "Who had which seat on a day (the log knows seats alone otherwise)",
            ),
            why: (
                "nach einem Neustart alle an ihrem Platz wiederzufinden",
                "to find everybody at their seat after a restart",
            ),
            kept: Kept::Days(county.retention.seats, "seats_days"),
            who: ("niemand am Bildschirm", "nobody at a screen"),
        },
        Kind {
            what: (
                "Arbeitszeiten (bereit, im Gespräch, Nachbearbeitung) als Summe je Team und Monat",
                "Working times (ready, talking, wrap-up) as a sum for each team and month",
            ),
            why: ("die Besetzung zu planen", "to plan how many are needed"),
            kept: Kept::Until((
                "unbegrenzt; zu kleine Gruppen werden zusammengefasst, bis niemand einzeln zu erkennen ist",
                "without limit; groups that are too small are merged until nobody stands alone",
            )),
            who: (
                "Leitung und Berichtswesen, für ganze, vergangene Monate",
                "supervisors and reporters, for whole months that are over",
            ),
        },
        Kind {
            what: (
                "Kennung, Team, Fähigkeiten und Schicht in der Konfiguration",
                "Id, team, skills and shift in the configuration",
            ),
            why: ("Anrufe zu verteilen", "to distribute calls"),
            kept: Kept::Until((
                "solange es in der Datei steht; frühere Fassungen bleiben in der Aufzeichnung – Kennungen ohne Namen wählen",
                "while it stands in the file; earlier versions stay in the log – choose ids without names",
            )),
            who: ("wer die Konfiguration pflegt", "whoever keeps the configuration"),
        },
        Kind {
            what: ("Adressen angemeldeter Telefone", "Addresses of registered telephones"),
            why: ("sie anrufen zu können", "to be able to call them"),
            kept: Kept::Until(("bis die Anmeldung abläuft", "until the registration expires")),
            who: ("der Betrieb", "operators"),
        },
    ];
    if county.web.is_some() {
        kinds.push(Kind {
            what: (
                "Konten der Seiten: Name, Rollen, Bereich, Passwort als Prüfwert (argon2)",
                "Accounts of the pages: name, roles, reach, password as a hash (argon2)",
            ),
            why: (
                "die Seiten nur Berechtigten zu zeigen",
                "to show the pages to those who may see them",
            ),
            kept: Kept::Until((
                "bis das Konto entfernt wird; Sitzungen nur im Speicher, höchstens 16 Stunden",
                "until the account is removed; sessions in memory alone, 16 hours at most",
            )),
            who: ("der Betrieb", "operators"),
        });
    }
    kinds
}

fn possible(county: &County) -> Vec<Both> {
    let mut possible = vec![
        (
            "Wer Datenordner und Schlüsseldatei zugleich hat, kann bis zum Ende der Fristen Rufnummern lesen und Plätze Personen zuordnen. Schlüssel gehören deshalb in keine Sicherung.",
            "Whoever has data folder and key file together can read numbers and tell whose seats they were until the times are over. So keys belong into no back-up.",
        ),
        (
            "Wer als Einzige oder Einziger eines Teams mit denselben Fähigkeiten und Zeiten arbeitet, ist auch an einem Platz zu erkennen.",
            "Whoever is the only one of a team with the same skills and times can be recognised by the seat.",
        ),
        (
            "Wer den Rechner beherrscht, kann mit anderen Programmen Netzverkehr mitschneiden; verschlüsselte Leitungen (srtp, tls) begrenzen das.",
            "Whoever controls the machine can record its network with other programs; encrypted lines (srtp, tls) limit that.",
        ),
    ];
    if county.web.is_some() {
        possible.push((
            "Die Wandtafel zeigt jetzt und nur als Gruppen, wie viele bereit sind oder sprechen; wer im Raum sitzt, kann daraus schließen.",
            "The wallboard shows now, and as groups alone, how many are ready or talk; who sits in the room can draw conclusions.",
        ));
    }
    if county.cases.is_some() {
        possible.push((
            "Zu einem Vorgang steht, welches Team ihn wann bearbeitet hat, nie welche Person; wer allein im Dienst war, ist so zu erkennen.",
            "A case says which team worked on it when, never which person; whoever was alone on duty can be recognised by that.",
        ));
    }
    possible
}

fn absent() -> Vec<Both> {
    vec![
        (
            "keine Aufzeichnung von Gesprächen, kein Mithören, kein Flüstern",
            "no recording of talks, no listening in, no whispering",
        ),
        (
            "keine Auswertung einzelner Beschäftigter, in keinem Bericht und auf keiner Seite",
            "no figures of single persons, in no report and on no page",
        ),
        (
            "keine früheren Anrufe einer Nummer am Bildschirm: Eine Nummer ist kein Mensch",
            "no earlier calls of a number at a screen: a number is not a person",
        ),
        (
            "keine Verbindung zu Dritten: keine Messdienste, keine Schriften oder Skripte von anderswo",
            "no connection to third parties: no telemetry, no fonts or scripts from elsewhere",
        ),
        (
            "keine Rufnummern und Namen in den Meldungen des Dienstes",
            "no numbers and names in the lines of the service's log",
        ),
    ]
}
