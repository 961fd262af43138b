// SPDX-License-Identifier: EUPL-1.2
//! Why a sound cannot be used, in words for the operator who has to mend it.

use std::io;
use std::path::PathBuf;

use super::import::Unfit;
use super::limits::{
    CHANNELS_MAX, FILE_BYTES_MAX, RATES, SECONDS_MAX, SECONDS_MIN, SECONDS_TOGETHER_MAX,
};
use super::name::PromptName;

/// What is wrong with one sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Defect {
    /// There is no such file in any folder.
    Absent,
    /// It is a folder, a pipe or a device.
    NoFile,
    /// The system does not let us read it.
    Unreadable(io::ErrorKind),
    /// More than [`FILE_BYTES_MAX`].
    TooLarge {
        /// Its size.
        bytes: u64,
    },
    /// It does not begin like a WAV file, or its parts contradict each other.
    NoWav(String),
    /// It is compressed, or its samples are of a kind that we do not know.
    Coding,
    /// It claims more sound than it has.
    Torn,
    /// None of [`RATES`].
    Rate {
        /// Samples a second.
        hz: u32,
    },
    /// More than [`CHANNELS_MAX`].
    Channels {
        /// How many it has.
        count: u16,
    },
    /// No sound in it.
    Empty,
    /// Longer than [`SECONDS_MAX`].
    TooLong {
        /// Its length, rounded up.
        seconds: u32,
    },
    /// A sample that is no number, or infinite.
    NoNumber,
    /// All sounds together would be longer than [`SECONDS_TOGETHER_MAX`].
    NoRoom,
}

impl Defect {
    /// A German sentence about the file.
    #[must_use]
    pub fn german(&self) -> String {
        match self {
            Defect::Absent => "Es gibt keine solche Datei.".into(),
            Defect::NoFile => "Das ist keine gewöhnliche Datei.".into(),
            Defect::Unreadable(kind) => format!("Die Datei lässt sich nicht lesen ({kind})."),
            Defect::TooLarge { bytes } => format!(
                "Die Datei ist {} MB groß, erlaubt sind {} MB.",
                megabytes(*bytes),
                megabytes(FILE_BYTES_MAX)
            ),
            Defect::NoWav(reason) => format!("Das ist keine gültige WAV-Datei ({reason})."),
            Defect::Coding => "Die Datei ist komprimiert oder anders kodiert als mit 8, 16, 24 \
                               oder 32 Bit PCM, 32 Bit Gleitkomma oder G.711."
                .into(),
            Defect::Torn => "Die Datei ist kürzer, als sie selbst angibt.".into(),
            Defect::Rate { hz } => {
                format!("Die Abtastrate {hz} Hz wird nicht unterstützt, nur {}.", rates("oder"))
            }
            Defect::Channels { count } => {
                format!("Die Datei hat {count} Kanäle, erlaubt sind {CHANNELS_MAX}.")
            }
            Defect::Empty => "Die Datei enthält keinen Ton.".into(),
            Defect::TooLong { seconds } => {
                format!("Die Aufnahme dauert {seconds} s, erlaubt sind {SECONDS_MAX} s.")
            }
            Defect::NoNumber => "Die Datei enthält Werte, die keine Zahlen sind.".into(),
            Defect::NoRoom => format!(
                "Alle Aufnahmen zusammen dauern länger als {} Minuten.",
                SECONDS_TOGETHER_MAX / 60
            ),
        }
    }

    /// An English sentence about the file.
    #[must_use]
    pub fn english(&self) -> String {
        match self {
            Defect::Absent => "There is no such file.".into(),
            Defect::NoFile => "This is no ordinary file.".into(),
            Defect::Unreadable(kind) => format!("The file cannot be read ({kind})."),
            Defect::TooLarge { bytes } => format!(
                "The file has {} MB, {} MB are allowed.",
                megabytes(*bytes),
                megabytes(FILE_BYTES_MAX)
            ),
            Defect::NoWav(reason) => format!("This is no valid WAV file ({reason})."),
            Defect::Coding => "The file is compressed, or coded otherwise than with 8, 16, 24 or \
                               32 bit PCM, 32 bit floating point or G.711."
                .into(),
            Defect::Torn => "The file is shorter than it says itself.".into(),
            Defect::Rate { hz } => {
                format!("The sampling rate {hz} Hz is not supported, only {}.", rates("or"))
            }
            Defect::Channels { count } => {
                format!("The file has {count} channels, {CHANNELS_MAX} are allowed.")
            }
            Defect::Empty => "There is no sound in the file.".into(),
            Defect::TooLong { seconds } => {
                format!("The recording takes {seconds} s, {SECONDS_MAX} s are allowed.")
            }
            Defect::NoNumber => "The file has values that are no numbers.".into(),
            Defect::NoRoom => format!(
                "All recordings together take more than {} minutes.",
                SECONDS_TOGETHER_MAX / 60
            ),
        }
    }
}

impl Unfit {
    /// A German sentence about the recording, and what to do.
    #[must_use]
    pub fn german(&self) -> String {
        match self {
            Unfit::Defect(defect) => defect.german(),
            Unfit::TooShort { seconds } => format!(
                "Die Aufnahme dauert nur {} s; mindestens {} s sind nötig.",
                with_comma(*seconds),
                with_comma(SECONDS_MIN)
            ),
            Unfit::Silent => "Auf der Aufnahme ist nur Stille. War das Mikrofon an?".into(),
            Unfit::TooQuiet { lufs } => format!(
                "Die Aufnahme ist mit {} LUFS so leise, dass beim Anheben vor allem Rauschen zu hören \
                 wäre. Näher am Mikrofon noch einmal aufnehmen.",
                with_comma(*lufs)
            ),
            Unfit::Clipped { share } => format!(
                "Die Aufnahme ist übersteuert ({} % der Werte am Anschlag). Leiser ausgesteuert noch \
                 einmal aufnehmen.",
                with_comma(share * 100.0)
            ),
        }
    }

    /// An English sentence about the recording, and what to do.
    #[must_use]
    pub fn english(&self) -> String {
        match self {
            Unfit::Defect(defect) => defect.english(),
            Unfit::TooShort { seconds } => {
                format!("The recording takes only {seconds:.1} s; {SECONDS_MIN:.1} s are needed.")
            }
            Unfit::Silent => {
                "There is nothing but silence on the recording. Was the microphone on?".into()
            }
            Unfit::TooQuiet { lufs } => format!(
                "With {lufs:.1} LUFS the recording is so quiet that raising it would raise noise \
                 above all. Record it again, closer to the microphone."
            ),
            Unfit::Clipped { share } => format!(
                "The recording is clipped ({:.1} % of its values at full scale). Record it again at \
                 a lower level.",
                share * 100.0
            ),
        }
    }
}

/// With one digit after a German comma, and a minus that is no hyphen.
fn with_comma(number: f64) -> String {
    format!("{number:.1}").replace('.', ",").replace('-', "−")
}

fn megabytes(bytes: u64) -> u64 {
    bytes.div_ceil(1_000_000)
}

fn rates(or: &str) -> String {
    let all: Vec<String> = RATES.iter().map(u32::to_string).collect();
    let (last, others) = all.split_last().expect("RATES is not empty");
    format!("{} {or} {last} Hz", others.join(", "))
}

/// A sound that is replaced by a tone, for the message at start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// What it is called.
    pub name: PromptName,
    /// The file that is defective; where there is none, the files that were looked for.
    pub files: Vec<PathBuf>,
    /// What is wrong.
    pub defect: Defect,
}

impl Missing {
    /// What is missing, why, and what callers hear instead, in German.
    #[must_use]
    pub fn german(&self) -> String {
        format!(
            "Ton „{}“ ({}): {} Anrufende hören stattdessen einen Signalton.",
            self.name,
            self.places(" oder "),
            self.defect.german()
        )
    }

    /// What is missing, why, and what callers hear instead, in English.
    #[must_use]
    pub fn english(&self) -> String {
        format!(
            "Sound \"{}\" ({}): {} Callers hear a tone instead.",
            self.name,
            self.places(" or "),
            self.defect.english()
        )
    }

    fn places(&self, or: &str) -> String {
        let places: Vec<String> = self.files.iter().map(|it| it.display().to_string()).collect();
        places.join(or)
    }
}
