// SPDX-License-Identifier: EUPL-1.2
//! Knowledge at the desk: looked up while somebody calls, answered for the place where they live.
//!
//! ```text
//!   page ── GET search, services, places ─▶ routes ─▶ Shelf (of the app, on a thread of its own)
//!     └──── POST tasks ───────────────────────┘          └─▶ Told ─▶ view ─▶ words
//! ```
//!
//! The rule to keep: what is told was decided before it comes here. A place is proposed, and confirmed by a person.

pub(crate) mod places;
pub(crate) mod routes;
mod view;
pub mod words;

use crate::centre::{NotAsked, Reply};
use ::knowledge::{AreaKey, Closure, Told};
use stdx::Timestamp;

pub(crate) use places::named as place_named;
pub use view::why_none;

/// What is asked of the catalogue.
#[derive(Debug)]
pub enum Asked {
    /// Which services fit these words, which somebody is still typing? At most so many.
    Search {
        /// The words.
        words: String,
        /// Where the caller lives, if that is known.
        place: Option<AreaKey>,
        /// The most that are wanted.
        limit: usize,
        /// Where the answer goes.
        to: Reply<Searched>,
    },
    /// What is told about this service, at this place and moment?
    Tell {
        /// The office that has given the id, and the id.
        service: (String, String),
        /// Where the caller lives, if that is known.
        place: Option<AreaKey>,
        /// The moment.
        at: Timestamp,
        /// When offices are closed beside their hours.
        closures: Vec<Closure>,
        /// Where the answer goes.
        to: Reply<Answered>,
    },
    /// Put this on the editors' list.
    Note(Missed, Reply<Noted>),
}

/// How the catalogue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It can be asked.
    Ready,
    /// It is being read for the first time.
    Reading,
    /// There is none.
    Empty,
    /// It cannot be read.
    Broken,
}

/// A service that fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The office that has given the id; may be empty.
    pub agency: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: String,
    /// Another name that people know it by.
    pub also: Option<String>,
}

/// What was found, the best first; nothing unless the catalogue is ready.
pub type Searched = (State, Vec<Hit>);

/// The answer; none if there is no such service, or not any more.
pub type Answered = Option<Told>;

/// What was asked for and is not in the catalogue, or wrong in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    /// When.
    pub at: Timestamp,
    /// Which of both.
    pub kind: MissedKind,
    /// In the caller's words, or the agent's.
    pub words: String,
    /// The service that it is about.
    pub service: Option<(String, String)>,
    /// The place that it is about.
    pub place: Option<AreaKey>,
}

/// What is the matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissedKind {
    /// Nothing was found.
    NotFound,
    /// Something is wrong or out of date.
    Wrong,
}

impl MissedKind {
    /// Both.
    pub const ALL: [MissedKind; 2] = [MissedKind::NotFound, MissedKind::Wrong];

    /// As it is written.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            MissedKind::NotFound => "not_found",
            MissedKind::Wrong => "wrong",
        }
    }
}

/// What became of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noted {
    /// It is on the list, with this number.
    Kept(i64),
    /// The list is full.
    Full,
    /// It could not be written now.
    Failed,
}

/// The catalogue of the running program.
pub trait Shelf: Send + Sync + 'static {
    /// Asks something, without waiting for the answer.
    ///
    /// # Errors
    /// If it cannot be asked now.
    fn ask(&self, asked: Asked) -> Result<(), NotAsked>;
}
