// SPDX-License-Identifier: EUPL-1.2
//! Plays every story in tests/scenarios and compares it with itself.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::{env, fs};

/// How many stories there are at least; a story that got lost must not pass unseen.
const STORIES_MIN: usize = 70;

fn stories() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/scenarios");
    let entries = fs::read_dir(&folder).expect("tests/scenarios lies beside sim");
    let mut stories: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt"))
        .collect();
    stories.sort();
    stories
}

#[test]
fn every_story_goes_as_it_is_told() {
    let bless = env::var_os("AMTSLEITUNG_BLESS").is_some();
    let stories = stories();
    let mut wrong = Vec::new();
    for path in &stories {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let told = fs::read_to_string(path).expect("a readable story");
        let played = match sim::scenario::play(&told) {
            Ok(played) => played,
            Err(why) => {
                wrong.push(format!("{name}: {why}"));
                continue;
            }
        };
        if played == told {
            continue;
        }
        if bless {
            fs::write(path, &played).expect("a writable story");
            println!("{name}: written anew");
        } else {
            wrong.push(format!("{name}:\n{}", difference(&told, &played)));
        }
    }
    println!("{} stories played", stories.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(stories.len() >= STORIES_MIN, "only {} stories", stories.len());
}

fn difference(told: &str, played: &str) -> String {
    let lines = told.lines().count().max(played.lines().count());
    let line = |text: &str, i| text.lines().nth(i).unwrap_or("").to_owned();
    let pairs = (0..lines).map(|i| (i + 1, line(told, i), line(played, i)));
    let differing = pairs.filter(|(_, told, played)| told != played);
    let shown = differing.map(|(i, told, played)| format!("{i:4} - {told}\n     + {played}\n"));
    shown.collect()
}

/// The rows of the mission that stories have to show; M6 comes with the knowledge part.
const ROWS: [&str; 12] =
    ["M1", "M2", "M3", "M4", "M5", "M7", "M8", "M9", "M10", "M11", "M12", "M13"];

/// What stands in backquotes.
fn quoted(text: &str) -> BTreeSet<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_row_of_the_mission_is_shown_by_stories() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/mission.md");
    let page = fs::read_to_string(path).expect("docs/mission.md lies beside sim");
    let (_, basics) = page.split_once("\n## Grundregeln / basics\n").expect("the last heading");
    assert!(!basics.contains("\n#"), "the basics are the last heading");
    for row in ROWS {
        let shown = page.lines().find(|line| line.starts_with(&format!("| {row} |")));
        let stories = quoted(shown.unwrap_or_else(|| panic!("{row} has no line")));
        assert!(!stories.is_empty(), "{row} names no story");
    }
    let paths = stories();
    let there: BTreeSet<_> =
        paths.iter().filter_map(|path| path.file_stem().and_then(|name| name.to_str())).collect();
    let named = quoted(&page);
    let missing: Vec<_> = named.difference(&there).collect();
    assert!(missing.is_empty(), "named, but not there: {missing:?}");
    let forgotten: Vec<_> = there.difference(&named).collect();
    assert!(forgotten.is_empty(), "there, but named in no row nor under the basics: {forgotten:?}");
}
