// SPDX-License-Identifier: EUPL-1.2
//! Who may use whom: `core → core`, `edge → core`, `sim → core`, `app → core, edge, sim`, and the program the pages.

use super::packages::{Dependency, Home, Package};

/// For each layer, the layers that it may use.
const LAYERS: [(&str, &[&str]); 6] = [
    ("core", &["core"]),
    ("edge", &["core"]),
    ("sim", &["core"]),
    // The program uses the pages; the other way would be a circle, which cargo refuses.
    ("app", &["core", "edge", "sim", "app"]),
    ("tests", &["core", "edge", "app"]),
    ("xtask", &[]),
];

/// Layers that not even the tests of core may use.
const NEVER_IN_TESTS_OF_CORE: [&str; 2] = ["edge", "app"];

/// The finer order inside core: a crate uses only crates of lower rows, never of its own.
const ROWS_OF_CORE: [&[&str]; 5] = [
    &["stdx"],
    &["calendar", "sip", "rtp"],
    &["acd", "call", "case", "knowledge", "promise", "privacy"],
    &["centre"],
    &["account"],
];

/// Crates that decide about people, not about protocols …
const WITHOUT_PROTOCOLS: [&str; 5] = ["acd", "case", "knowledge", "promise", "privacy"];

/// … and the protocols that they never see.
const PROTOCOLS: [&str; 2] = ["sip", "rtp"];

/// Every dependency that points the wrong way.
pub(crate) fn violations(packages: &[Package]) -> Vec<String> {
    let mut found = Vec::new();
    for package in packages {
        let Some(layer) = &package.layer else { continue };
        if !LAYERS.iter().any(|(name, _)| name == layer) {
            found.push(format!("{}: \"{layer}\" is no layer", package.name));
            continue;
        }
        if layer == "core" && row(&package.name).is_none() {
            found.push(format!("{}: has no row in the order of core (xtask)", package.name));
        }
        for dependency in &package.dependencies {
            let reason = match layer.as_str() {
                "core" => wrong_in_core(&package.name, dependency),
                _ => wrong_direction(layer, dependency),
            };
            if let Some(reason) = reason {
                found.push(format!("{} uses {}: {reason}", package.name, dependency.name));
            }
        }
    }
    found
}

fn wrong_direction(layer: &str, dependency: &Dependency) -> Option<String> {
    let allowed = LAYERS.iter().find(|(name, _)| *name == layer).map_or(&[][..], |(_, uses)| uses);
    match &dependency.home {
        Home::Elsewhere => Some("a path outside of the workspace".to_owned()),
        Home::Registry => None,
        // The simulator is a second main: it must not grow into the first, not even in its tests.
        Home::Layer(other) if dependency.dev => (layer == "sim" && other == "app")
            .then(|| "not even tests of sim may use app".to_owned()),
        Home::Layer(other) if allowed.contains(&other.as_str()) => None,
        Home::Layer(other) => Some(format!("{layer} must not use {other}")),
    }
}

fn wrong_in_core(name: &str, dependency: &Dependency) -> Option<String> {
    match &dependency.home {
        Home::Layer(other) if dependency.dev => NEVER_IN_TESTS_OF_CORE
            .contains(&other.as_str())
            .then(|| format!("not even tests of core may use {other}")),
        Home::Layer(other) if other == "core" => wrong_row(name, &dependency.name),
        Home::Registry if dependency.dev || !dependency.default_features => None,
        Home::Registry => Some("core takes other crates without default features".to_owned()),
        Home::Layer(_) | Home::Elsewhere => wrong_direction("core", dependency),
    }
}

fn wrong_row(user: &str, used: &str) -> Option<String> {
    if WITHOUT_PROTOCOLS.contains(&user) && PROTOCOLS.contains(&used) {
        return Some(format!("{user} knows nothing of protocols"));
    }
    // A crate without a row is reported by itself.
    let (user_row, used_row) = (row(user)?, row(used)?);
    match used_row.cmp(&user_row) {
        std::cmp::Ordering::Less => None,
        std::cmp::Ordering::Equal => Some("siblings of core never use each other".to_owned()),
        std::cmp::Ordering::Greater => Some("it stands above in the order of core".to_owned()),
    }
}

fn row(name: &str) -> Option<usize> {
    ROWS_OF_CORE.iter().position(|row| row.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::super::packages::planted::{on, on_external, on_in_tests, ours};
    use super::*;

    #[track_caller]
    fn check(package: Package, expected: &[&str]) {
        assert_eq!(violations(&[package]), expected);
    }

    #[test]
    fn the_tree_as_planned_is_in_order() {
        let centre =
            ours("core/centre", vec![on("core/acd"), on("core/calendar"), on("core/stdx")]);
        let hours = ours("edge/hours", vec![on("core/calendar"), on_external("jiff", true)]);
        let app = ours("app/amtsleitung", vec![on("sim"), on("edge/hours"), on("core/centre")]);
        let xtask = ours("xtask", vec![on_external("serde_json", true)]);
        assert!(violations(&[centre, hours, app, xtask]).is_empty());
    }

    #[test]
    fn every_wrong_direction_is_found() {
        check(
            ours("core/acd", vec![on("edge/hours")]),
            &["acd uses hours: core must not use edge"],
        );
        check(
            ours("edge/hours", vec![on("edge/store")]),
            &["hours uses store: edge must not use edge"],
        );
        check(ours("sim", vec![on("edge/hours")]), &["sim uses hours: sim must not use edge"]);
        check(ours("xtask", vec![on("core/stdx")]), &["xtask uses stdx: xtask must not use core"]);
        check(ours("misc/odds", vec![]), &["odds: \"misc\" is no layer"]);
    }

    #[test]
    fn inside_core_the_order_is_finer() {
        check(
            ours("core/acd", vec![on("core/promise")]),
            &["acd uses promise: siblings of core never use each other"],
        );
        check(
            ours("core/stdx", vec![on("core/calendar")]),
            &["stdx uses calendar: it stands above in the order of core"],
        );
        check(
            ours("core/case", vec![on("core/sip")]),
            &["case uses sip: case knows nothing of protocols"],
        );
        check(ours("core/call", vec![on("core/sip"), on("core/stdx")]), &[]);
        check(ours("core/odds", vec![]), &["odds: has no row in the order of core (xtask)"]);
    }

    #[test]
    fn tests_may_use_more_but_not_everything() {
        check(ours("edge/hours", vec![on_in_tests("app/amtsleitung")]), &[]);
        check(ours("core/acd", vec![on_in_tests("sim"), on_in_tests("core/promise")]), &[]);
        check(
            ours("core/acd", vec![on_in_tests("edge/hours")]),
            &["acd uses hours: not even tests of core may use edge"],
        );
    }

    #[test]
    fn core_takes_other_crates_without_default_features() {
        check(ours("core/acd", vec![on_external("jiff", false)]), &[]);
        check(
            ours("core/acd", vec![on_external("jiff", true)]),
            &["acd uses jiff: core takes other crates without default features"],
        );
    }

    #[test]
    fn paths_out_of_the_workspace_are_found() {
        check(ours("sim", vec![on("../elsewhere/odds")]), &["sim uses odds: sim must not use .."]);
        let mut far = on("core/stdx");
        far["path"] = serde_json::json!("/y/stdx");
        check(ours("sim", vec![far]), &["sim uses stdx: a path outside of the workspace"]);
    }
}
