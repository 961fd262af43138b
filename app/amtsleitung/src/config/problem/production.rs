// SPDX-License-Identifier: EUPL-1.2
//! What may be tried out and rehearsed, but must not meet the public.

use super::{Said, Severity, quoted, say};
use crate::Lang;
use telephony::prompts::Defect;
use telephony::tls::FileDefect;

/// What must not go public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProductionProblem {
    /// A machine's voice on a public line.
    Synthetic {
        /// The sound's name.
        name: String,
        /// The file.
        file: String,
    },
    /// A sound of a public line that cannot be used.
    BrokenSound {
        /// The sound's name.
        name: String,
        /// The file.
        file: String,
        /// What is wrong with it.
        defect: Defect,
    },
    /// A sound of a public line that is not there.
    MissingSound {
        /// The sound's name.
        name: String,
    },
    /// Pieces of sentences that callers must not hear, or not at all.
    Pieces {
        /// How many.
        count: usize,
        /// The name of the first.
        first: String,
    },
    /// Sounds that lie beside the configuration alone.
    OnlyBesideFile {
        /// How many.
        count: usize,
        /// The name of the first.
        first: String,
    },
    /// Made-up agents.
    Bench,
    /// Nothing says where the centre is reached.
    NoTelephony,
    /// A number that is kept free for films and examples.
    ExampleNumber {
        /// The number.
        number: String,
    },
    /// An address that is kept free for examples.
    ExampleAddress {
        /// The address.
        address: String,
    },
    /// A name that is kept free for examples and tests.
    ExampleDomain {
        /// The name.
        domain: String,
    },
    /// A certificate, its key or an authority that cannot be used.
    Certificate(FileDefect),
    /// Every address to listen on is this machine's for itself.
    OnlyThisMachine,
}

impl ProductionProblem {
    pub(super) fn severity(&self) -> Severity {
        match self {
            ProductionProblem::Synthetic { .. }
            | ProductionProblem::BrokenSound { .. }
            | ProductionProblem::MissingSound { .. }
            | ProductionProblem::Pieces { .. }
            | ProductionProblem::Bench
            | ProductionProblem::NoTelephony
            | ProductionProblem::Certificate(_)
            | ProductionProblem::ExampleNumber { .. }
            | ProductionProblem::ExampleAddress { .. }
            | ProductionProblem::ExampleDomain { .. } => Severity::Error,
            // A proxy on the same machine may stand before it; who starts with --config hears them.
            ProductionProblem::OnlyThisMachine | ProductionProblem::OnlyBesideFile { .. } => {
                Severity::Warning
            }
        }
    }

    pub(super) fn said(&self, lang: Lang) -> Said {
        match self {
            ProductionProblem::Synthetic { name, file } => synthetic(lang, name, file),
            ProductionProblem::BrokenSound { name, file, defect } => {
                broken(lang, (name, file), defect)
            }
            ProductionProblem::MissingSound { name } => missing(lang, name),
            ProductionProblem::Pieces { count, first } => pieces(lang, *count, first),
            ProductionProblem::OnlyBesideFile { count, first } => {
                only_beside_file(lang, *count, first)
            }
            ProductionProblem::Bench => bench(lang),
            ProductionProblem::NoTelephony => no_telephony(lang),
            ProductionProblem::ExampleNumber { number } => example_number(lang, number),
            ProductionProblem::ExampleAddress { address } => example_address(lang, address),
            ProductionProblem::ExampleDomain { domain } => example_domain(lang, domain),
            ProductionProblem::Certificate(defect) => certificate(lang, defect),
            ProductionProblem::OnlyThisMachine => only_this_machine(lang),
        }
    }
}

fn synthetic(lang: Lang, name: &str, file: &str) -> Said {
    let sound = quoted(lang, name);
    say!(
        lang,
        "Die Ansage {sound} ist von einer Maschine gesprochen ({file}).",
        "Selbst aufnehmen und einspielen: amtsleitung prompts import DATEI --as {name} --data ORDNER",
        "The announcement {sound} is spoken by a machine ({file}).",
        "Record it and bring it in: amtsleitung prompts import FILE --as {name} --data FOLDER",
    )
}

fn broken(lang: Lang, (name, file): (&str, &str), defect: &Defect) -> Said {
    let (de, en) = (defect.german(), defect.english());
    let sound = quoted(lang, name);
    say!(
        lang,
        "Der Ton {sound} ist defekt, Anrufende hören einen Signalton ({file}). {de}",
        "Die Datei ersetzen: amtsleitung prompts import DATEI --as {name} --data ORDNER --replace",
        "The sound {sound} is broken, callers hear a tone ({file}). {en}",
        "Replace the file: amtsleitung prompts import FILE --as {name} --data FOLDER --replace",
    )
}

fn missing(lang: Lang, name: &str) -> Said {
    let sound = quoted(lang, name);
    say!(
        lang,
        "Der Ton {sound} fehlt, Anrufende hören einen Signalton.",
        "Aufnehmen und einspielen: amtsleitung prompts import DATEI --as {name} --data ORDNER",
        "The sound {sound} is missing, callers hear a tone.",
        "Record it and bring it in: amtsleitung prompts import FILE --as {name} --data FOLDER",
    )
}

fn pieces(lang: Lang, count: usize, first: &str) -> Said {
    let first = quoted(lang, first);
    say!(
        lang,
        "Von den Stücken für Platz, Wartezeit und Öffnung fehlen {count}, sind defekt oder von einer Maschine gesprochen; das erste ist {first}.",
        "Was zu sprechen ist, zeigt: amtsleitung prompts list --data ORDNER",
        "Of the pieces of place, wait and opening {count} are missing, broken or spoken by a machine; the first is {first}.",
        "What has to be spoken is shown by: amtsleitung prompts list --data FOLDER",
    )
}

fn only_beside_file(lang: Lang, count: usize, first: &str) -> Said {
    let first = quoted(lang, first);
    say!(
        lang,
        "{count} Töne liegen nur neben der Konfiguration, der erste ist {first}; „serve --data“ ohne --config findet sie nicht.",
        "Mit „amtsleitung prompts import“ in den Datenordner einspielen, oder immer mit --config starten.",
        "{count} sounds lie beside the configuration alone, the first is {first}; `serve --data` without --config does not find them.",
        "Bring them into the data folder with `amtsleitung prompts import`, or always start with --config.",
    )
}

fn bench(lang: Lang) -> Said {
    say!(
        lang,
        "Mit einem Prüfstand nehmen erdachte Beraterinnen und Berater Anrufe an.",
        "Den Abschnitt [bench] entfernen.",
        "With a bench made-up agents take calls.",
        "Remove the section [bench].",
    )
}

fn no_telephony(lang: Lang) -> Said {
    say!(
        lang,
        "Diese Datei sagt nicht, wo das Servicecenter zu erreichen ist.",
        "Erwartet: [telephony] mit Trunks und Telefonen, siehe docs/configuration.md.",
        "This file does not say where the centre is reached.",
        "Expected: [telephony] with trunks and telephones, see docs/configuration.md.",
    )
}

fn example_number(lang: Lang, number: &str) -> Said {
    say!(
        lang,
        "Die Rufnummer {number} ist für Filme und Beispiele freigehalten; niemand kann sie anrufen.",
        "Erwartet: die eigene Rufnummer.",
        "The number {number} is kept free for films and examples; nobody can call it.",
        "Expected: a number of your own.",
    )
}

fn example_address(lang: Lang, address: &str) -> Said {
    say!(
        lang,
        "Die Adresse {address} ist für Beispiele freigehalten; niemand hat sie.",
        "Erwartet: eine Adresse des eigenen Netzes.",
        "The address {address} is kept free for examples; nobody has it.",
        "Expected: an address of your own network.",
    )
}

fn example_domain(lang: Lang, domain: &str) -> Said {
    let domain = quoted(lang, domain);
    say!(
        lang,
        "Der Name {domain} ist für Beispiele und Tests freigehalten.",
        "Erwartet: der Name, unter dem sich die Telefone anmelden.",
        "The name {domain} is kept free for examples and tests.",
        "Expected: the name with which the telephones register.",
    )
}

fn certificate(lang: Lang, defect: &FileDefect) -> Said {
    let (de, en) = (defect.defect.german(), defect.defect.english());
    let file = quoted(lang, &defect.file.display().to_string());
    say!(
        lang,
        "{file} lässt sich für TLS nicht verwenden. {de}",
        "Ersetzen; gesucht wird im Datenordner (--data), wenn kein ganzer Pfad dasteht.",
        "{file} cannot be used for TLS. {en}",
        "Replace it; it is looked for in the data folder (--data), if it is no whole path.",
    )
}

fn only_this_machine(lang: Lang) -> Said {
    say!(
        lang,
        "Unter diesen Adressen erreicht das Servicecenter nur dieser Rechner selbst.",
        "Erwartet: die Adresse dieses Rechners im Netz der Telefone, wenn nichts davorsteht.",
        "At these addresses only this machine itself reaches the centre.",
        "Expected: this machine's address in the network of the telephones, if nothing stands before it.",
    )
}
