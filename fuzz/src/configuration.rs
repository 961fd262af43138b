// SPDX-License-Identifier: EUPL-1.2
//! Any bytes as a county's file: never a panic, never a hang, and every problem has its place.
#![no_main]

use amtsleitung::Lang;
use amtsleitung::config;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = config::text_of(bytes) else { return };
    let checked = config::check(text);
    for lang in [Lang::De, Lang::En] {
        let printed = checked.printed("f", lang);
        assert!(checked.county.is_some() || !printed.is_empty(), "refused without a reason");
    }
});
