// SPDX-License-Identifier: EUPL-1.2
//! The two languages that the program speaks: German first, English complete.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;

/// The language of everything that people read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    /// German, the default.
    De,
    /// English.
    En,
}

impl Lang {
    /// German, unless the environment asks for English (`LC_ALL` before `LC_MESSAGES` before `LANG`).
    #[must_use]
    pub fn from_environment() -> Self {
        Lang::from_variables(|name| std::env::var(name).ok())
    }

    fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Self {
        let wanted = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .filter_map(|name| variable(name))
            .find(|value| !value.is_empty());
        match wanted {
            Some(value) if value.starts_with("en") => Lang::En,
            Some(_) | None => Lang::De,
        }
    }

    /// The language that `--lang` names.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "de" => Some(Lang::De),
            "en" => Some(Lang::En),
            _ => None,
        }
    }

    /// What a browser asks for (RFC 9110, 12.5.4): whichever of both stands first; orders by weight are rare enough
    /// to be ignored.
    #[must_use]
    pub fn asked_for(headers: &HeaderMap) -> Lang {
        let text = headers.get(ACCEPT_LANGUAGE).and_then(|it| it.to_str().ok()).unwrap_or_default();
        let first = text.split(',').find_map(|part| match part.trim().get(..2) {
            Some("de") => Some(Lang::De),
            Some("en") => Some(Lang::En),
            Some(_) | None => None,
        });
        first.unwrap_or(Lang::De)
    }

    /// One of two texts.
    #[must_use]
    pub fn pick<T>(self, de: T, en: T) -> T {
        match self {
            Lang::De => de,
            Lang::En => en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(set: &[(&str, &str)]) -> Lang {
        Lang::from_variables(|name| {
            set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn german_unless_english_is_asked_for() {
        assert_eq!(with(&[]), Lang::De);
        assert_eq!(with(&[("LANG", "C.UTF-8")]), Lang::De);
        assert_eq!(with(&[("LANG", "en_GB.UTF-8")]), Lang::En);
        assert_eq!(with(&[("LANG", "en_GB.UTF-8"), ("LC_ALL", "de_DE.UTF-8")]), Lang::De);
        assert_eq!(with(&[("LANG", "de_DE.UTF-8"), ("LC_MESSAGES", "en_US")]), Lang::En);
        assert_eq!(with(&[("LC_ALL", ""), ("LANG", "en")]), Lang::En);
    }

    #[test]
    fn german_unless_english_stands_first() {
        let asked = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, text.parse().expect("a header"));
            Lang::asked_for(&headers)
        };
        assert_eq!(asked("en-GB,en;q=0.9,de;q=0.8"), Lang::En);
        assert_eq!(asked("de-DE,en;q=0.5"), Lang::De);
        assert_eq!(asked("fr, en"), Lang::En);
        assert_eq!(asked("fr"), Lang::De);
        assert_eq!(Lang::asked_for(&HeaderMap::new()), Lang::De);
    }
}
