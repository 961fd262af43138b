// SPDX-License-Identifier: EUPL-1.2
//! The files of the repository: the line that states their licence, and no path of a machine.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::source::in_name;

/// The line that states a file's licence.
const HEADER: &str = "SPDX-License-Identifier: EUPL-1.2";

/// Endings of the files that must state it, besides every script that begins with `#!`.
const ENDINGS: [&str; 8] = [".rs", ".toml", ".sh", ".ts", ".js", ".svelte", ".css", ".html"];

/// Beginnings of paths that exist on one machine only. Put together here, so that this file has none.
const MACHINE_PATHS: [&str; 3] =
    [concat!("/", "work", "/"), concat!("/", "root", "/"), concat!("/", "home", "/")];

/// Folders that are made, not written.
const MADE: [&str; 5] = [".git", "target", "node_modules", "dist", "build"];

/// One text file of the repository.
pub(crate) struct File {
    /// Below the root, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// All text files that are or would be committed, by path.
pub(crate) fn ours(root: &Path) -> Result<Vec<File>, String> {
    let mut paths = match git_files(root) {
        Some(paths) => paths,
        None => walk(root)?,
    };
    paths.sort();
    paths.dedup();
    let read = |path: String| Some(File { text: fs::read_to_string(root.join(&path)).ok()?, path });
    let files: Vec<File> = paths.into_iter().filter_map(read).collect();
    if files.is_empty() { Err("No file was found.".to_owned()) } else { Ok(files) }
}

/// What git tracks, and what it would if asked to; `None` without git or outside of a repository.
fn git_files(root: &Path) -> Option<Vec<String>> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .ok()?;
    let text =
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned());
    text.map(|text| text.split_terminator('\0').map(str::to_owned).collect())
}

/// Every file below `root`, for a copy of the tree without git.
fn walk(root: &Path) -> Result<Vec<String>, String> {
    let mut folders = vec![root.to_owned()];
    let mut paths = Vec::new();
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder)
            .map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let kind = entry.file_type().map_err(|error| error.to_string())?;
            let made = MADE.contains(&name.as_str()) || name.starts_with("target-");
            if kind.is_dir() && !made {
                folders.push(entry.path());
            } else if kind.is_file()
                && let Ok(path) = entry.path().strip_prefix(root)
            {
                paths.push(path.to_string_lossy().into_owned());
            }
        }
    }
    Ok(paths)
}

/// Every file without its header, and every line with a path of a machine.
pub(crate) fn violations(files: &[File]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files {
        if needs_header(file) && !file.text.lines().take(2).any(|line| line.contains(HEADER)) {
            found.push(format!("{}:1 lacks \"{HEADER}\"", file.path));
        }
        for (number, line) in file.text.lines().enumerate() {
            if let Some(path) = machine_path(line) {
                found.push(format!(
                    "{}:{} names the path of a machine: {path}",
                    file.path,
                    number + 1
                ));
            }
        }
    }
    found
}

fn needs_header(file: &File) -> bool {
    let script = file.text.starts_with("#!/") || file.text.starts_with("#! /");
    script || ENDINGS.iter().any(|ending| file.path.ends_with(ending))
}

/// A path of a machine in the line. `a/home/b` is none: it goes on from something.
fn machine_path(line: &str) -> Option<&'static str> {
    let begins = |at: usize| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| in_name(c) || ".-}*~".contains(c))
    };
    MACHINE_PATHS.into_iter().find(|path| line.match_indices(path).any(|(at, _)| begins(at)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cargo::root;

    fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn headers_stand_in_the_first_or_second_line() {
        let header = format!("// {HEADER}\n");
        let files = [
            file("first.rs", &header),
            file("second.sh", &format!("#!/bin/sh\n# {HEADER}\n")),
            file("third.rs", &format!("\n\n{header}")),
            file("none.toml", "[package]\n"),
            file(".ci/run", "#!/bin/sh\n"),
            file("notes.md", "# Notes\n"),
            file("Cargo.lock", "version = 4\n"),
        ];
        let found = violations(&files);
        let paths: Vec<&str> = found.iter().filter_map(|it| it.split(':').next()).collect();
        assert_eq!(paths, ["third.rs", "none.toml", ".ci/run"]);
    }

    #[test]
    fn paths_of_a_machine_are_found() {
        for path in MACHINE_PATHS {
            assert_eq!(machine_path(&format!("see {path}x")), Some(path));
            assert_eq!(machine_path(&format!("{path}x")), Some(path));
            assert_eq!(machine_path(&format!("file://{path}x")), Some(path));
            assert_eq!(machine_path(&format!("`{path}`")), Some(path));
            assert_eq!(machine_path(&format!("https://example.org{path}x")), None);
            assert_eq!(machine_path(&format!("..{path}x")), None);
        }
        let found = violations(&[file("a.md", &format!("one\ntwo {}\n", MACHINE_PATHS[0]))]);
        assert_eq!(found, [format!("a.md:2 names the path of a machine: {}", MACHINE_PATHS[0])]);
    }

    #[test]
    fn without_git_the_tree_is_walked() {
        let paths = walk(&root()).expect("the root can be read");
        assert!(paths.iter().any(|path| path == "xtask/src/tidy/files.rs"));
        assert!(!paths.iter().any(|path| path.starts_with("target/") || path.starts_with(".git/")));
    }
}
