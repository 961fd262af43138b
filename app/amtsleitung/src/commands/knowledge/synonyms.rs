// SPDX-License-Identifier: EUPL-1.2
//! `knowledge synonyms`: the operator's own synonyms, brought in and listed.

use super::{catalogue_to_write, fail};
use crate::commands::arguments::Arguments;
use crate::commands::files::text_of;
use crate::config::problem::visible;
use crate::shelf::replaced::Replaced;
use crate::shelf::synonyms::{kept, replace};
use crate::shelf::unreadable;
use crate::{Lang, output};
use catalogue::search::{BYTES_MAX, Groups, WORDS_MAX};
use std::path::Path;
use std::process::ExitCode;

/// Lines that are named at once.
const NAMED_MAX: usize = 20;

/// Lists what is kept, as it came.
pub(super) fn list(arguments: &Arguments) -> Result<(), ExitCode> {
    let lang = arguments.lang;
    let mut catalogue = catalogue_to_write(arguments)?;
    let text = kept(&mut catalogue).map_err(|error| fail(&unreadable(lang, &error)))?;
    output::out(&text);
    Ok(())
}

/// Replaces what is kept by a file.
pub(super) fn bring_in(arguments: &Arguments, file: &str) -> Result<(), ExitCode> {
    let lang = arguments.lang;
    let (text, groups) = read(lang, file)?;
    let mut catalogue = catalogue_to_write(arguments)?;
    let (is_dry, may_delete) = (arguments.flag("dry-run"), arguments.flag("allow-deletions"));
    let difference = replace(&mut catalogue, (&text, &groups), is_dry, may_delete);
    let difference = difference.map_err(|error| fail(&unreadable(lang, &error)))?;
    output::out(&told(lang, &difference, is_dry));
    if groups.passed() > 0 {
        let count = groups.passed();
        output::out(&lang.pick(
            format!(
                "Hinweis: {count} Namen mit mehr als {WORDS_MAX} Wörtern werden nicht gesucht.\n"
            ),
            format!("Note: {count} names of more than {WORDS_MAX} words are not looked for.\n"),
        ));
    }
    if difference.is_kept {
        let Replaced { gone, same, .. } = difference;
        let all = gone + same;
        return Err(fail(&lang.pick(
            format!("Nicht ersetzt: {gone} von {all} Gruppen wären gelöscht worden. Ist das gewollt: --allow-deletions."),
            format!("Not replaced: {gone} of {all} groups would have been deleted. If this is meant: --allow-deletions."),
        )));
    }
    Ok(())
}

fn read(lang: Lang, file: &str) -> Result<(String, Groups), ExitCode> {
    let name = visible(file);
    let text = text_of(lang, Path::new(file), BYTES_MAX as u64)?;
    match Groups::read(&text) {
        Ok(groups) => Ok((text, groups)),
        Err(bad) => {
            for (line, why) in bad.iter().take(NAMED_MAX) {
                let why = lang.pick(why.de(), why.en());
                output::err(&format!("{name}:{line}: {why}.\n"));
            }
            let count = bad.len();
            Err(fail(&lang.pick(
                format!("{name}: Nicht eingespielt: {count} Zeilen sind fehlerhaft; es gilt, was vorher galt."),
                format!("{name}: Not brought in: {count} lines are wrong; what was kept before still holds."),
            )))
        }
    }
}

fn told(lang: Lang, difference: &Replaced, is_dry: bool) -> String {
    let Replaced { new, same, gone, .. } = difference;
    let mut text = difference.list(lang);
    text.push_str(&match is_dry || difference.is_kept {
        true => lang.pick(
            format!(
                "Probelauf: neu {new}, gleich {same}, gelöscht {gone}. Nichts wurde geschrieben.\n"
            ),
            format!("Dry run: new {new}, same {same}, deleted {gone}. Nothing was written.\n"),
        ),
        false => lang.pick(
            format!("Eingespielt: neu {new}, gleich {same}, gelöscht {gone}.\n"),
            format!("Brought in: new {new}, same {same}, deleted {gone}.\n"),
        ),
    });
    text
}
