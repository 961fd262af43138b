// SPDX-License-Identifier: EUPL-1.2
//! Any text as opening hours: never a panic, never a hang, and an accepted rule can be expanded.
#![no_main]

use hours::{LocalDates, Rules, State, Zone, expand, parse_date};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match Rules::parse(text) {
        Ok(rules) => {
            let (from, until) = (parse_date("2014-01-01"), parse_date("2014-12-31"));
            let year = LocalDates::new(from.expect("a date"), until.expect("a date"));
            let year = year.expect("a year");
            let _expansion = expand(&rules, State::LowerSaxony, &[], year, &Zone::berlin());
        }
        Err(error) => {
            assert!(text.is_char_boundary(error.offset), "the place lies inside a character");
            assert!(!error.message_de().is_empty() && !error.message_en().is_empty());
        }
    }
});
