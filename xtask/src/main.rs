// SPDX-License-Identifier: EUPL-1.2
//! The project's own tasks, started as `cargo xtask TASK`.
//!
//! Rule: nothing in here needs more than Rust and a C and C++ compiler, but making announcements anew, and the pages,
//! which need Node.

mod bench;
mod cargo;
mod check;
mod clock;
mod figures;
mod fuzz;
mod postgres;
mod prompts;
mod run;
mod scenarios;
mod seed;
mod soak;
mod table;
mod telephony;
mod tidy;
mod ui;

use std::env;
use std::process::ExitCode;

/// What a task ends with: nothing to add, or a message that says what to do.
type Outcome = Result<(), String>;

/// Every task: how it is called, and what it does.
const TASKS: [(&str, &str); 18] = [
    ("run", "set everything up and show the centre at its main job"),
    (
        "check [--seed 0x…]",
        "format, lints, pages, tests, simulation, fuzz, tidy, docs: all that must hold",
    ),
    ("ui", "build the pages (ui/dist), if they have changed"),
    ("screenshots FOLDER", "every page in every state as a picture, light and dark, in two sizes"),
    ("tidy", "layers, no_std, long functions, licences, headers, machine paths"),
    (
        "scenarios [--bless]",
        "play the stories of tests/scenarios; --bless writes their right side anew",
    ),
    (
        "soak [--first-seed 0x…]",
        "10 million events over 200 seeds with faults, a million messages of SIP on a bad network",
    ),
    ("seed 0x…", "replay one seed of the simulation and tell its story"),
    (
        "prompts [--check]",
        "make the example's announcements and music anew; --check measures those that are there",
    ),
    ("fuzz [TARGET SECONDS]", "feed every reader with bytes that nobody thought of"),
    ("bench", "print what a year of calls costs, and its log on both engines"),
    ("bench log", "the log alone; a few minutes"),
    ("bench search", "how often the search finds what is meant, and how fast, beside two others"),
    (
        "bench search [--catalogue munich|berlin|example --queries FILE.jsonl] [--synonyms FILE]",
        "the same for a set of questions, or with an operator's synonyms",
    ),
    (
        "bench telephony [SECONDS]",
        "real calls on the loopback, beside Kamailio and rtpengine; 60 s unless said",
    ),
    ("bench telephony soak [CALLS]", "a million calls, with the memory along the way"),
    ("bench telephony sipp [RATE]", "the same calls by a tool that is not ours"),
    ("help", "print this list"),
];

fn main() -> ExitCode {
    let args: Vec<String> =
        env::args_os().skip(1).map(|arg| arg.to_string_lossy().into_owned()).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let Some(outcome) = dispatch(&words) else {
        eprintln!("There is no task \"cargo xtask {}\".\n", words.join(" "));
        eprint!("{}", list());
        return ExitCode::from(2);
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("\n{message}");
            ExitCode::FAILURE
        }
    }
}

/// Does the task that the words ask for; `None` if there is no such task.
fn dispatch(words: &[&str]) -> Option<Outcome> {
    Some(match words {
        [] | ["help" | "--help" | "-h"] => {
            print!("{}", list());
            Ok(())
        }
        ["run"] => run::run(),
        ["check"] => check::check(seed::fresh()),
        ["check", "--seed", seed] => seed::parse(seed).and_then(check::check),
        ["ui"] => ui::build(),
        ["screenshots", folder] => ui::screenshots(folder),
        ["tidy"] => tidy::tidy(),
        ["scenarios"] => scenarios::play(),
        ["scenarios", "--bless"] => scenarios::bless(),
        ["soak"] => soak::soak(seed::fresh()),
        ["soak", "--first-seed", seed] => seed::parse(seed).and_then(soak::soak),
        ["seed", seed] => seed::parse(seed).and_then(soak::replay),
        ["prompts"] => prompts::make(),
        ["prompts", "--check"] => prompts::check(),
        ["fuzz"] => fuzz::long(),
        ["fuzz", target, seconds] => fuzz::one(target, seconds),
        ["bench"] => bench::bench(),
        ["bench", "log"] => bench::log::bench(),
        ["bench", "search", words @ ..] => bench::search::bench(words),
        ["bench", "telephony"] => telephony::bench(telephony::SECONDS),
        ["bench", "telephony", "soak"] => telephony::soak(telephony::SOAK_CALLS),
        ["bench", "telephony", "soak", calls] => number(calls).and_then(telephony::soak),
        ["bench", "telephony", "sipp"] => telephony::sipp(telephony::SIPP_RATE),
        ["bench", "telephony", "sipp", rate] => number(rate).and_then(telephony::sipp),
        ["bench", "telephony", seconds] => number(seconds).and_then(telephony::bench),
        _ => return None,
    })
}

/// A number that a task takes.
fn number(word: &str) -> Result<u64, String> {
    let number = word.parse().ok().filter(|&number| number > 0);
    number.ok_or_else(|| format!("{word:?} is no whole number above 0"))
}

/// The list of tasks, one line each.
fn list() -> String {
    let mut text = String::from("Tasks of this project:\n");
    for (call, about) in TASKS {
        text.push_str(&format!("  cargo xtask {call:<28} {about}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_words_are_no_task() {
        assert!(dispatch(&["chekc"]).is_none());
        assert!(dispatch(&["check", "--sede", "0x1"]).is_none());
        assert!(dispatch(&["tidy", "now"]).is_none());
    }

    #[test]
    fn a_seed_that_is_no_number_is_an_error() {
        assert!(dispatch(&["seed", "0xnope"]).is_some_and(|outcome| outcome.is_err()));
    }

    #[test]
    fn a_load_without_a_number_is_an_error() {
        for words in [&["bench", "telephony", "x"][..], &["bench", "telephony", "soak", "0"]] {
            assert!(dispatch(words).is_some_and(|outcome| outcome.is_err()), "{words:?}");
        }
    }

    #[test]
    fn the_list_has_one_line_per_task() {
        assert_eq!(list().lines().count(), TASKS.len() + 1);
    }
}
