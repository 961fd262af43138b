// SPDX-License-Identifier: EUPL-1.2
//! Whether a package's licence lets us ship it under the EUPL-1.2.

use super::packages::Package;

/// Licences that may flow into a work under the EUPL-1.2. GPL and AGPL would turn the whole work
/// into theirs; LGPL asks for a way to relink that a static binary does not offer.
const ALLOWED: [&str; 13] = [
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "EUPL-1.2",
    "ISC",
    "MIT",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Our own licence.
const OURS: &str = "EUPL-1.2";

/// Every package that may not be used, and every one of ours under another licence.
pub(crate) fn violations(packages: &[Package]) -> Vec<String> {
    packages.iter().filter_map(violation).collect()
}

fn violation(package: &Package) -> Option<String> {
    let name = format!("{} {}", package.name, package.version);
    let Some(licence) = &package.licence else {
        return Some(format!("{name}: states no licence"));
    };
    if package.layer.is_some() {
        return (licence != OURS).then(|| format!("{name}: our licence is {OURS}, not {licence}"));
    }
    match is_allowed(licence) {
        Ok(true) => None,
        Ok(false) => Some(format!("{name}: the licence {licence} is not allowed")),
        Err(reason) => {
            Some(format!("{name}: the licence \"{licence}\" is not understood: {reason}"))
        }
    }
}

/// Whether an SPDX expression leaves us a choice that is allowed.
pub(crate) fn is_allowed(expression: &str) -> Result<bool, String> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " / ");
    let mut words = Words { words: spaced.split_whitespace().collect(), at: 0 };
    let allowed = words.either()?;
    match words.peek() {
        None => Ok(allowed),
        Some(word) => Err(format!("\"{word}\" was not expected")),
    }
}

/// The words of an expression; `WITH` binds closest, then `AND`, then `OR`.
struct Words<'a> {
    words: Vec<&'a str>,
    at: usize,
}

impl<'a> Words<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.words.get(self.at).copied()
    }

    fn next(&mut self) -> Result<&'a str, String> {
        let word = self.peek().ok_or("it ends too early")?;
        self.at += 1;
        Ok(word)
    }

    fn take(&mut self, wanted: &str) -> bool {
        let there = self.peek().is_some_and(|word| word.eq_ignore_ascii_case(wanted));
        self.at += usize::from(there);
        there
    }

    /// `A OR B`, and `A/B` of old manifests.
    fn either(&mut self) -> Result<bool, String> {
        let mut allowed = self.both()?;
        while self.take("OR") || self.take("/") {
            allowed |= self.both()?;
        }
        Ok(allowed)
    }

    fn both(&mut self) -> Result<bool, String> {
        let mut allowed = self.single()?;
        while self.take("AND") {
            allowed &= self.single()?;
        }
        Ok(allowed)
    }

    /// A licence, perhaps with an exception, which only ever permits more; or a group.
    fn single(&mut self) -> Result<bool, String> {
        if self.take("(") {
            let allowed = self.either()?;
            return if self.take(")") { Ok(allowed) } else { Err("a \")\" is missing".to_owned()) };
        }
        let allowed = ALLOWED.contains(&self.name()?);
        if self.take("WITH") {
            self.name()?;
        }
        Ok(allowed)
    }

    fn name(&mut self) -> Result<&'a str, String> {
        let word = self.next()?;
        match word.to_ascii_uppercase().as_str() {
            "(" | ")" | "/" | "AND" | "OR" | "WITH" => {
                Err(format!("\"{word}\" stands where a licence should"))
            }
            _ => Ok(word),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::packages::planted::{external, ours};
    use super::*;

    #[test]
    fn one_allowed_choice_is_enough() {
        for licence in [
            "MIT",
            "MIT OR GPL-3.0-only",
            "GPL-3.0-only OR MIT",
            "MIT/Apache-2.0",
            "Apache-2.0 / MIT",
            "Apache-2.0 WITH LLVM-exception",
            "Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "MIT OR Apache-2.0 AND GPL-2.0-only",
            "((MIT))",
            "mit-0 or MIT",
        ] {
            assert_eq!(is_allowed(licence), Ok(true), "{licence}");
        }
    }

    #[test]
    fn every_part_of_a_conjunction_counts() {
        for licence in [
            "GPL-3.0-only",
            "AGPL-3.0-or-later",
            "LGPL-2.1-only",
            "MIT AND GPL-2.0-only",
            "(MIT OR Apache-2.0) AND OpenSSL",
            "GPL-2.0-only WITH Classpath-exception-2.0",
            "(MIT OR Apache-2.0 AND ISC) AND AGPL-3.0-only",
            "GPL-2.0/AGPL-3.0",
            "MIT+",
        ] {
            assert_eq!(is_allowed(licence), Ok(false), "{licence}");
        }
    }

    #[test]
    fn torn_expressions_are_not_understood() {
        for licence in
            ["", "MIT OR", "OR MIT", "(MIT", "MIT)", "MIT ISC", "MIT WITH", "()", "MIT//ISC"]
        {
            assert!(is_allowed(licence).is_err(), "{licence}");
        }
    }

    #[test]
    fn planted_violations_are_found() {
        let mut odd = ours("core/odd", vec![]);
        odd.licence = Some("MIT".to_owned());
        let packages = [
            odd,
            ours("core/acd", vec![]),
            external("good", Some("MIT OR Apache-2.0")),
            external("silent", None),
            external("bad", Some("GPL-3.0-only")),
            external("torn", Some("MIT OR")),
        ];
        assert_eq!(
            violations(&packages),
            [
                "odd 0.1.0: our licence is EUPL-1.2, not MIT",
                "silent 1.0.0: states no licence",
                "bad 1.0.0: the licence GPL-3.0-only is not allowed",
                "torn 1.0.0: the licence \"MIT OR\" is not understood: it ends too early",
            ]
        );
    }
}
