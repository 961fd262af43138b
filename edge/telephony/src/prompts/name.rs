// SPDX-License-Identifier: EUPL-1.2
//! What a sound is called, and in which files it may lie.

use std::fmt;

use super::limits::NAME_MAX;

/// The occasions on which a line says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Occasion {
    /// Before the caller waits.
    Greeting,
    /// Outside of the line's hours.
    Closed,
    /// When nobody more may wait.
    Busy,
    /// When a call-back is promised.
    Callback,
    /// When a call-back reaches somebody before an agent is there.
    CallbackGreeting,
    /// When one is offered to who waits.
    CallbackOffer,
    /// To who waits while the client's own town hall is closed.
    TownHallClosed,
}

impl Occasion {
    /// As in the key of `[line.announcements]`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Occasion::CallbackGreeting => "callback_greeting",
            Occasion::CallbackOffer => "callback_offer",
            Occasion::TownHallClosed => "town_hall_closed",
            Occasion::Greeting | Occasion::Closed | Occasion::Busy | Occasion::Callback => {
                self.word()
            }
        }
    }

    /// As in the name of its file.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Occasion::Greeting => "greeting",
            Occasion::Closed => "closed",
            Occasion::Busy => "busy",
            Occasion::Callback => "callback",
            Occasion::CallbackGreeting => "callback-greeting",
            Occasion::CallbackOffer => "callback-offer",
            Occasion::TownHallClosed => "town-hall-closed",
        }
    }
}

/// The name of one sound: lower-case letters, digits and hyphens, so that it can never lead out of
/// a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PromptName {
    own: String,
    /// The name that all lines share.
    shared: Option<&'static str>,
}

impl PromptName {
    /// A name for one file; none if it has other characters, none at all, or too many.
    #[must_use]
    pub fn new(name: &str) -> Option<PromptName> {
        let fits = !name.is_empty() && name.len() <= NAME_MAX;
        let plain = name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        (fits && plain).then(|| PromptName { own: name.to_owned(), shared: None })
    }

    /// What the line with this id says: `115-busy`, or where there is no such file `busy`.
    #[must_use]
    pub fn of_line(line: &str, occasion: Occasion) -> Option<PromptName> {
        let name = PromptName::new(&format!("{line}-{}", occasion.word()))?;
        Some(PromptName { shared: Some(occasion.word()), ..name })
    }

    /// What those who wait hear: `music`.
    #[must_use]
    pub fn music() -> PromptName {
        PromptName { own: "music".to_owned(), shared: None }
    }

    /// The names under which it may lie, the line's own first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        [Some(self.own.as_str()), self.shared].into_iter().flatten()
    }

    /// The files that may hold it, the line's own first.
    #[must_use]
    pub fn files(&self) -> Vec<String> {
        self.names().map(|name| format!("{name}.wav")).collect()
    }
}

impl fmt::Display for PromptName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.own)
    }
}
