// SPDX-License-Identifier: EUPL-1.2
//! What core must not reach for, whatever the compiler would let pass: `no_std` alone keeps nobody
//! from writing `extern crate std`.
//!
//! Looked for in the code of core outside its tests, which stand last in a file or in `tests/`.

use super::files::File;
use super::source;

/// What leads out of core, and why it is not wanted there.
const OUT: [(&str, &str); 4] = [
    ("extern crate std", "core has no std: no clock, no file, no thread, no printing"),
    ("std::", "core has no std: no clock, no file, no thread, no printing"),
    ("clippy::disallowed_", "core makes no exception from the forbidden methods and types"),
    ("unsafe", "core has no unsafe code"),
];

/// Every place in core that reaches out.
pub(crate) fn violations(files: &[File]) -> Vec<String> {
    files.iter().filter(|file| is_core(&file.path)).flat_map(reaches_out).collect()
}

fn is_core(path: &str) -> bool {
    path.starts_with("core/") && path.contains("/src/") && path.ends_with(".rs")
}

fn reaches_out(file: &File) -> Vec<String> {
    let code = source::blank(&file.text);
    let mut found = Vec::new();
    for (number, line) in (1..).zip(code.lines()) {
        if ["#[cfg(test)]", "#![cfg(test)]"].iter().any(|mark| line.trim_start().starts_with(mark))
        {
            break;
        }
        for (word, why) in OUT {
            if holds(line, word) {
                found.push(format!("{}:{number}: `{word}`: {why}", file.path));
            }
        }
    }
    found
}

/// Whether a word stands in a line, not as the end of a longer one; `unsafe_code` is a lint's name.
fn holds(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let longer = word.ends_with('e') && after.is_some_and(source::in_name);
        !before.is_some_and(source::in_name) && !longer
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn core(text: &str) -> Vec<String> {
        violations(&[File { path: "core/acd/src/agent.rs".to_owned(), text: text.to_owned() }])
    }

    #[test]
    fn every_way_out_is_found() {
        assert_eq!(core("extern crate std;\n").len(), 1);
        assert_eq!(core("fn f() { std::fs::read(x); }\n").len(), 1);
        assert_eq!(core("use std::time::Instant;\n").len(), 1);
        assert_eq!(core("#[expect(clippy::disallowed_methods, reason = \"\")]\n").len(), 1);
        assert_eq!(core("unsafe { }\n").len(), 1);
    }

    #[test]
    fn what_only_looks_like_it_passes() {
        let innocent =
            "#![forbid(unsafe_code)]\nuse stdx::Tick;\n// std::fs\nlet s = \"std::fs\";\n";
        assert!(core(innocent).is_empty(), "{:?}", core(innocent));
        assert!(core("#[cfg(test)]\nmod tests { extern crate std; }\n").is_empty());
        let sim = File { path: "sim/src/run.rs".to_owned(), text: "use std::fs;".to_owned() };
        assert!(violations(&[sim]).is_empty());
    }
}
