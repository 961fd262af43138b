// SPDX-License-Identifier: EUPL-1.2
//! The pieces from which whatever is told to who waits is joined, with their German words: the one place where they
//! stand.
//!
//! The task that makes the example's sounds compiles this very file too.

/// A piece of a sentence, recorded once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phrase {
    /// Who is first.
    Next,
    /// Who is second.
    OneAhead,
    /// Before a number of callers.
    Ahead,
    /// Behind it.
    Callers,
    /// Before every wait.
    Wait,
    /// The shortest wait.
    UnderAMinute,
    /// Before the most that it may be.
    UpTo,
    /// Between the least and the most.
    To,
    /// Before a number that is a lower bound.
    MoreThan,
    /// Before a number that is both.
    About,
    /// One minute, with its article.
    OneMinute,
    /// Behind every other number of minutes.
    Minutes,
    /// Before the day on which it opens again.
    Open,
    /// This day.
    Today,
    /// The next one.
    Tomorrow,
    /// A day of this week, 0 for Monday.
    On(u8),
    /// Before the time of day.
    From,
    /// Behind the hour.
    Clock,
    /// Behind the time.
    Again,
    /// A number, as it stands before a noun in the plural: one of [`NUMBERS`].
    Number(u8),
}

impl Phrase {
    /// The name of its sound, `say-minutes` for one.
    ///
    /// # Panics
    /// If it is a number that is none of [`NUMBERS`].
    #[must_use]
    pub fn name(self) -> &'static str {
        self.entry().1
    }

    /// What it says.
    ///
    /// # Panics
    /// If it is a number that is none of [`NUMBERS`].
    #[must_use]
    pub fn words(self) -> &'static str {
        self.entry().2
    }

    /// Whether a sentence ends with it, and is followed by a breath.
    ///
    /// # Panics
    /// If it is a number that is none of [`NUMBERS`].
    #[must_use]
    pub fn ends_sentence(self) -> bool {
        self.words().ends_with('.')
    }

    fn entry(self) -> (Phrase, &'static str, &'static str) {
        *PHRASES.iter().find(|(it, ..)| *it == self).expect("only recorded numbers are said")
    }
}

/// Numbers that are recorded: of callers, of minutes and of the clock.
pub const NUMBERS: [u8; 36] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 25, 30,
    35, 40, 45, 50, 55, 60, 70, 80, 90, 100,
];

/// Every piece, the name of its sound, and its words.
pub const PHRASES: [(Phrase, &str, &str); 61] = [
    (Phrase::Next, "say-next", "Sie sind als Nächstes an der Reihe."),
    (Phrase::OneAhead, "say-one-ahead", "Vor Ihnen wartet noch eine Person."),
    (Phrase::Ahead, "say-ahead", "Vor Ihnen warten"),
    (Phrase::Callers, "say-callers", "Anrufende."),
    (Phrase::Wait, "say-wait", "Die Wartezeit beträgt voraussichtlich"),
    (Phrase::UnderAMinute, "say-under-a-minute", "weniger als eine Minute."),
    (Phrase::UpTo, "say-up-to", "bis zu"),
    (Phrase::To, "say-to", "bis"),
    (Phrase::MoreThan, "say-more-than", "mehr als"),
    (Phrase::About, "say-about", "etwa"),
    (Phrase::OneMinute, "say-one-minute", "eine Minute."),
    (Phrase::Minutes, "say-minutes", "Minuten."),
    (Phrase::Number(1), "say-1", "ein"),
    (Phrase::Number(2), "say-2", "zwei"),
    (Phrase::Number(3), "say-3", "drei"),
    (Phrase::Number(4), "say-4", "vier"),
    (Phrase::Number(5), "say-5", "fünf"),
    (Phrase::Number(6), "say-6", "sechs"),
    (Phrase::Number(7), "say-7", "sieben"),
    (Phrase::Number(8), "say-8", "acht"),
    (Phrase::Number(9), "say-9", "neun"),
    (Phrase::Number(10), "say-10", "zehn"),
    (Phrase::Number(11), "say-11", "elf"),
    (Phrase::Number(12), "say-12", "zwölf"),
    (Phrase::Number(13), "say-13", "dreizehn"),
    (Phrase::Number(14), "say-14", "vierzehn"),
    (Phrase::Number(15), "say-15", "fünfzehn"),
    (Phrase::Number(16), "say-16", "sechzehn"),
    (Phrase::Number(17), "say-17", "siebzehn"),
    (Phrase::Number(18), "say-18", "achtzehn"),
    (Phrase::Number(19), "say-19", "neunzehn"),
    (Phrase::Number(20), "say-20", "zwanzig"),
    (Phrase::Number(25), "say-25", "fünfundzwanzig"),
    (Phrase::Number(30), "say-30", "dreißig"),
    (Phrase::Number(40), "say-40", "vierzig"),
    (Phrase::Number(50), "say-50", "fünfzig"),
    (Phrase::Number(60), "say-60", "sechzig"),
    (Phrase::Number(70), "say-70", "siebzig"),
    (Phrase::Number(80), "say-80", "achtzig"),
    (Phrase::Number(90), "say-90", "neunzig"),
    (Phrase::Number(100), "say-100", "hundert"),
    (Phrase::Open, "say-open", "Wir sind"),
    (Phrase::Today, "say-today", "heute"),
    (Phrase::Tomorrow, "say-tomorrow", "morgen"),
    (Phrase::On(0), "say-on-monday", "am Montag"),
    (Phrase::On(1), "say-on-tuesday", "am Dienstag"),
    (Phrase::On(2), "say-on-wednesday", "am Mittwoch"),
    (Phrase::On(3), "say-on-thursday", "am Donnerstag"),
    (Phrase::On(4), "say-on-friday", "am Freitag"),
    (Phrase::On(5), "say-on-saturday", "am Samstag"),
    (Phrase::On(6), "say-on-sunday", "am Sonntag"),
    (Phrase::From, "say-from", "ab"),
    (Phrase::Clock, "say-clock", "Uhr"),
    (Phrase::Again, "say-again", "wieder für Sie da."),
    (Phrase::Number(0), "say-0", "null"),
    (Phrase::Number(21), "say-21", "einundzwanzig"),
    (Phrase::Number(22), "say-22", "zweiundzwanzig"),
    (Phrase::Number(23), "say-23", "dreiundzwanzig"),
    (Phrase::Number(35), "say-35", "fünfunddreißig"),
    (Phrase::Number(45), "say-45", "fünfundvierzig"),
    (Phrase::Number(55), "say-55", "fünfundfünfzig"),
];
