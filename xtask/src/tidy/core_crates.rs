// SPDX-License-Identifier: EUPL-1.2
//! What every crate of core says at its top, and what it never takes.

use super::packages::{Dependency, Package};
use super::source;

/// With these lines the compiler itself keeps clocks, sockets, files and tricks away.
const REQUIRED: [&str; 2] = ["#![no_std]", "#![forbid(unsafe_code)]"];

/// Every crate of core that lacks a line or could serialise its types; `read` gives a file's text.
pub(crate) fn violations(
    packages: &[Package],
    read: &dyn Fn(&str) -> Option<String>,
) -> Vec<String> {
    let mut found = Vec::new();
    let core = packages.iter().filter(|package| package.layer.as_deref() == Some("core"));
    for package in core {
        for line in missing(package, read) {
            found.push(format!("{}: its lib.rs lacks `{line}`", package.name));
        }
        for dependency in package.dependencies.iter().filter(|it| serialises(it)) {
            let name = &dependency.name;
            found.push(format!("{} uses {name}: types of core are not serialised", package.name));
        }
    }
    found
}

fn missing(package: &Package, read: &dyn Fn(&str) -> Option<String>) -> Vec<&'static str> {
    let text = package.library.as_deref().and_then(read).unwrap_or_default();
    let code = source::blank(&text);
    let lacks = |line: &&str| !code.lines().any(|there| there.trim_end() == *line);
    REQUIRED.into_iter().filter(lacks).collect()
}

fn serialises(dependency: &Dependency) -> bool {
    !dependency.dev && dependency.name.starts_with("serde")
}

#[cfg(test)]
mod tests {
    use super::super::packages::planted::{on_external, ours};
    use super::*;

    #[test]
    fn both_lines_are_required_and_a_comment_is_no_line() {
        let acd = ours("core/acd", vec![]);
        let good = |_: &str| Some("//! Doc.\n#![no_std]\n#![forbid(unsafe_code)]\n".to_owned());
        assert!(violations(&[acd], &good).is_empty());
        let acd = ours("core/acd", vec![]);
        let bad = |_: &str| Some("/*\n#![no_std]\n*/\n#![forbid(unsafe_code)]\n".to_owned());
        assert_eq!(violations(&[acd], &bad), ["acd: its lib.rs lacks `#![no_std]`"]);
        let acd = ours("core/acd", vec![]);
        assert_eq!(violations(&[acd], &|_| None).len(), 2);
    }

    #[test]
    fn serde_is_found_in_core_only() {
        let good = |_: &str| Some(REQUIRED.join("\n"));
        let acd = ours("core/acd", vec![on_external("serde_core", false)]);
        let hours = ours("edge/hours", vec![on_external("serde", true)]);
        assert_eq!(
            violations(&[acd, hours], &good),
            ["acd uses serde_core: types of core are not serialised"]
        );
    }
}
