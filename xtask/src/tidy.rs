// SPDX-License-Identifier: EUPL-1.2
//! What no compiler checks: layers, licences, headers, paths of a machine, long functions.
//!
//! Every violation is printed before the task fails, once.

mod core_crates;
mod dependencies;
mod files;
mod functions;
mod layers;
mod licences;
mod packages;
mod pages;
mod purity;
mod source;

use std::fs;

use crate::Outcome;
use crate::cargo::{self, root};
use files::File;
use packages::Graph;

/// Checks everything; notes do not fail, violations do.
pub(crate) fn tidy() -> Outcome {
    let graph = Graph::from_metadata(&cargo::metadata()?)?;
    let files = files::ours(&root())?;
    let listed = dependencies::listed(&read("docs/dependencies.md")?);
    let pages = pages::Lock::parse(&read("ui/package.json")?, &read("ui/package-lock.json")?)?;
    for note in notes(&graph, &files, &pages, &listed) {
        println!("{note}");
    }
    let mut violations = violations(&graph, &files, &listed);
    violations.extend(pages.violations(&listed));
    for violation in &violations {
        println!("violation: {violation}");
    }
    println!(
        "{} packages, {} files, {} violations",
        graph.packages.len(),
        files.len(),
        violations.len()
    );
    if violations.is_empty() {
        return Ok(());
    }
    Err("The tree is not tidy. To repeat:\n  cargo xtask tidy".to_owned())
}

fn violations(graph: &Graph, files: &[File], listed: &[String]) -> Vec<String> {
    let mut found = layers::violations(&graph.packages);
    found.extend(core_crates::violations(&graph.packages, &source_of_library));
    found.extend(licences::violations(&graph.packages));
    found.extend(dependencies::violations(&graph.packages, listed));
    found.extend(files::violations(files));
    found.extend(purity::violations(files));
    found
}

fn notes(graph: &Graph, files: &[File], pages: &pages::Lock, listed: &[String]) -> Vec<String> {
    let mut notes = functions::report(files);
    notes.extend(dependencies::unused(&graph.packages, &pages.direct, listed));
    notes
}

fn read(path: &str) -> Result<String, String> {
    fs::read_to_string(root().join(path)).map_err(|error| format!("cannot read {path}: {error}"))
}

fn source_of_library(path: &str) -> Option<String> {
    fs::read_to_string(path).ok()
}
