// SPDX-License-Identifier: EUPL-1.2
//! The emergency numbers, which never pass through this centre.

use super::{Said, quoted, say};
use crate::Lang;

/// What is wrong with the emergency numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Emergency {
    /// 110 or 112 stands in a value.
    Mentioned {
        /// Which of the two.
        number: &'static str,
        /// The value.
        value: String,
    },
    /// A block of numbers contains or begins like one of them.
    InBlock {
        /// Which of the two.
        number: &'static str,
        /// The block.
        value: String,
    },
    /// Something that completes numbers, and could complete one to an emergency number.
    Completed {
        /// The field.
        key: &'static str,
        /// Its value.
        value: String,
    },
    /// A telephone's id that whoever dials begins, or ends, like an emergency number.
    Dialled {
        /// Which of the two.
        number: &'static str,
        /// The id.
        value: String,
    },
    /// A site says neither how emergency calls leave nor that they cannot.
    NoRoute,
    /// A site says both.
    TwoRoutes,
    /// A route is for both numbers and no other.
    RouteNumbers,
}

impl Emergency {
    pub(super) fn said(&self, lang: Lang) -> Said {
        match self {
            Emergency::Mentioned { number, value } => mentioned(lang, number, value),
            Emergency::InBlock { number, value } => {
                let value = quoted(lang, value);
                say!(
                    lang,
                    "Der Block {value} enthält die Notrufnummer {number} oder Nummern, die so \
                     beginnen.",
                    "Der Notruf läuft nie über dieses Servicecenter; den Block so teilen, dass er \
                     ausgespart bleibt.",
                    "The block {value} contains the emergency number {number} or numbers that \
                     begin with it.",
                    "Emergency calls never pass through this centre; split the block so that they \
                     are left out.",
                )
            }
            Emergency::Completed { key, value } => completed(lang, key, value),
            Emergency::Dialled { number, value } => dialled(lang, number, value),
            Emergency::NoRoute => say!(
                lang,
                "Für diesen Standort ist nicht gesagt, wie der Notruf hinausgeht.",
                "Erwartet: emergency_route mit den Nummern und dem Weg, oder no_emergency_route \
                 mit einem Satz, wo das nächste Telefon für den Notruf steht.",
                "Nothing says how emergency calls leave this site.",
                "Expected: emergency_route with the numbers and the way, or no_emergency_route \
                 with a sentence that says where the nearest telephone for emergency calls is.",
            ),
            Emergency::TwoRoutes => say!(
                lang,
                "Dieser Standort hat emergency_route und zugleich no_emergency_route.",
                "Nur eines kann stimmen; das andere streichen.",
                "This site has emergency_route and no_emergency_route at once.",
                "Only one can be true; delete the other.",
            ),
            Emergency::RouteNumbers => say!(
                lang,
                "Der Notrufweg eines Standorts gilt für beide Notrufnummern und für keine andere.",
                "Erwartet: numbers = [\"110\", \"112\"].",
                "A site's emergency route is for both emergency numbers and for no other.",
                "Expected: numbers = [\"110\", \"112\"].",
            ),
        }
    }
}

fn mentioned(lang: Lang, number: &str, value: &str) -> Said {
    let value = quoted(lang, value);
    let words = match number {
        "110" => "eins eins null",
        _ => "eins eins zwei",
    };
    say!(
        lang,
        "In {value} steht die Notrufnummer {number}.",
        "Sie darf nur im Notrufweg eines Standorts stehen ([[site]], emergency_route oder \
         no_emergency_route). In Texten in Worten schreiben: {words}; so wird sie auch richtig \
         vorgelesen.",
        "The emergency number {number} stands in {value}.",
        "It may stand only in a site's emergency route ([[site]], emergency_route or \
         no_emergency_route). In texts write it in words, “{words}”; it is then spoken correctly, \
         too.",
    )
}

fn completed(lang: Lang, key: &str, value: &str) -> Said {
    let value = quoted(lang, value);
    say!(
        lang,
        "Mit {key} = {value} könnte aus einer kurzen Nummer ein Notruf werden.",
        "Der Notruf läuft nie über dieses Servicecenter; erwartet: der ganze gemeinsame Anfang der \
         eigenen Nummern.",
        "With {key} = {value} a short number could become an emergency call.",
        "Emergency calls never pass through this centre; expected: the whole common beginning of \
         your own numbers.",
    )
}

fn dialled(lang: Lang, number: &str, value: &str) -> Said {
    let value = quoted(lang, value);
    say!(
        lang,
        "Wer {value} wählt, wählt die Notrufnummer {number} oder etwas, das so beginnt.",
        "Der Notruf läuft nie über dieses Servicecenter; dem Telefon eine andere Kennung geben.",
        "Whoever dials {value} dials the emergency number {number} or something that begins with it.",
        "Emergency calls never pass through this centre; give the telephone another id.",
    )
}
