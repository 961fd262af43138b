// SPDX-License-Identifier: EUPL-1.2
//! The two languages that the program speaks: German first, English complete.

/// The language of everything that is printed for people.
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
}
