// SPDX-License-Identifier: EUPL-1.2
//! The operator's own synonyms, kept beside the catalogue: replaced whole or not at all.

use super::replaced::Replaced;
use catalogue::search::{Groups, Synonyms};
use std::collections::BTreeSet;
use store::{Catalogue, Error};

/// What they are called among the texts of the catalogue.
const NAME: &str = "synonyms";

/// The text that is kept; empty if there is none.
///
/// # Errors
/// If the tables cannot be read.
pub fn kept(catalogue: &mut Catalogue) -> Result<String, Error> {
    catalogue.text(NAME)
}

/// Replaces what is kept by these groups, which `text` is; or only says what would change.
///
/// # Errors
/// If the tables cannot be read or written: then what was kept still is.
pub fn replace(
    catalogue: &mut Catalogue,
    (text, groups): (&str, &Groups),
    is_dry: bool,
    may_delete: bool,
) -> Result<Replaced, Error> {
    let before = groups_of(&kept(catalogue)?);
    let old: BTreeSet<&str> = before.lines().iter().map(String::as_str).collect();
    let new: BTreeSet<&str> = groups.lines().iter().map(String::as_str).collect();
    let difference = Replaced::of(&old, &new, may_delete);
    if !is_dry && !difference.is_kept {
        catalogue.keep_text(NAME, text)?;
    }
    Ok(difference)
}

/// Our own synonyms with those of this text.
pub(super) fn with_own(text: &str) -> Synonyms {
    let mut synonyms = Synonyms::own();
    synonyms.add(&groups_of(text));
    synonyms
}

/// What was kept was good when it was; a program with other bounds goes on without it.
fn groups_of(text: &str) -> Groups {
    Groups::read(text).unwrap_or_default()
}
