// SPDX-License-Identifier: EUPL-1.2
//! Plays every story in tests/scenarios and compares it with itself.

use std::path::PathBuf;
use std::{env, fs};

/// How many stories there are at least; a story that got lost must not pass unseen.
const STORIES_MIN: usize = 15;

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
