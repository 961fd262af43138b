// SPDX-License-Identifier: EUPL-1.2
//! What people typed, looked at before it goes anywhere.

use crate::lang::Lang;
use crate::limits::{CONCERN_MAX, CONCERNS_MAX, NOTE_MAX};
use crate::problem::Problem;
use crate::words::WrapUp;

/// A wrap-up within its bounds.
pub(crate) fn wrap_up(lang: Lang, mut it: WrapUp) -> Result<WrapUp, Problem> {
    let is_long = |text: &String, max| text.chars().count() > max;
    for text in it.concerns.iter_mut().chain(it.place.as_mut()) {
        *text = text.trim().to_owned();
    }
    it.concerns.retain(|concern| !concern.is_empty());
    it.place = it.place.filter(|place| !place.is_empty());
    let is_too_much = it.concerns.len() > CONCERNS_MAX
        || it.concerns.iter().chain(&it.place).any(|text| is_long(text, CONCERN_MAX))
        || is_long(&it.note, NOTE_MAX);
    if is_too_much {
        let (de, en) = (
            format!(
                "Erlaubt sind {CONCERNS_MAX} Anliegen mit je {CONCERN_MAX} Zeichen und eine Notiz mit {NOTE_MAX} Zeichen."
            ),
            format!(
                "{CONCERNS_MAX} concerns of {CONCERN_MAX} characters each and a note of {NOTE_MAX} characters are allowed."
            ),
        );
        return Err(Problem::out_of_place(lang, &de, &en));
    }
    Ok(it)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrap_up_is_trimmed_and_bounded() {
        let it = |concerns: Vec<String>, note: &str| WrapUp {
            contact: 1,
            line: String::new(),
            client: String::new(),
            ended: None,
            concerns,
            place: Some("  ".into()),
            result: None,
            note: note.into(),
        };
        let kept = wrap_up(Lang::De, it(vec![" Pass ".into(), " ".into()], "")).expect("fits");
        assert_eq!((kept.concerns, kept.place), (vec!["Pass".to_owned()], None));
        assert!(wrap_up(Lang::De, it(vec!["x".into(); CONCERNS_MAX + 1], "")).is_err());
        assert!(wrap_up(Lang::De, it(vec!["ä".repeat(CONCERN_MAX)], "")).is_ok());
        assert!(wrap_up(Lang::De, it(vec!["ä".repeat(CONCERN_MAX + 1)], "")).is_err());
        assert!(wrap_up(Lang::De, it(vec![], &"x".repeat(NOTE_MAX + 1))).is_err());
    }
}
