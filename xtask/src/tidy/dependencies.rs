// SPDX-License-Identifier: EUPL-1.2
//! Every crate and every npm package that we take from somebody else has a row in `docs/dependencies.md`.

use std::collections::BTreeSet;

use super::packages::{Home, Package};

/// The crates that the document's tables name in their first column, in backquotes.
pub(crate) fn listed(document: &str) -> Vec<String> {
    let first_columns =
        document.lines().filter_map(|line| line.strip_prefix('|')?.split('|').next());
    first_columns.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

/// Every direct dependency without a row.
pub(crate) fn violations(packages: &[Package], listed: &[String]) -> Vec<String> {
    let taken = taken(packages).into_iter();
    taken
        .filter(|(name, _)| !listed.iter().any(|there| there == name))
        .map(|(name, user)| format!("{user} uses {name}: no row in docs/dependencies.md"))
        .collect()
}

/// Rows of crates that nobody takes; `pages` are the packages of the pages.
pub(crate) fn unused(packages: &[Package], pages: &[String], listed: &[String]) -> Vec<String> {
    let taken = taken(packages);
    let is_taken = |name: &String| taken.iter().any(|(there, _)| there == name);
    let idle = listed.iter().filter(|&name| !is_taken(name) && !pages.contains(name));
    idle.map(|name| format!("docs/dependencies.md names `{name}`, which nothing uses")).collect()
}

/// Crates that ours take directly, for tests too, each with the one that takes it.
fn taken(packages: &[Package]) -> BTreeSet<(&str, &str)> {
    let ours = packages.iter().filter(|package| package.layer.is_some());
    ours.flat_map(|package| {
        let external = package.dependencies.iter().filter(|it| it.home == Home::Registry);
        external.map(|it| (it.name.as_str(), package.name.as_str()))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::super::packages::planted::{on, on_external, ours};
    use super::*;

    const DOCUMENT: &str = "Text with `words`.\n\n| Crate | Job |\n|---|---|\n\
                            | `jiff` | time, not `chrono` |\n| `serde`, `serde_json` | JSON |\n";

    #[test]
    fn rows_are_read_from_the_first_column() {
        assert_eq!(listed(DOCUMENT), ["jiff", "serde", "serde_json"]);
    }

    #[test]
    fn a_missing_row_is_a_violation_and_an_idle_one_a_note() {
        let hours = ours("edge/hours", vec![on_external("jiff", true), on_external("toml", true)]);
        let sim = ours("sim", vec![on("core/stdx"), on_external("serde", true)]);
        let packages = [hours, sim];
        assert_eq!(
            violations(&packages, &listed(DOCUMENT)),
            ["hours uses toml: no row in docs/dependencies.md"]
        );
        assert_eq!(
            unused(&packages, &[], &listed(DOCUMENT)),
            ["docs/dependencies.md names `serde_json`, which nothing uses"]
        );
        assert!(unused(&packages, &["serde_json".to_owned()], &listed(DOCUMENT)).is_empty());
    }
}
