// SPDX-License-Identifier: EUPL-1.2
//! Calls cargo and other programs in the root of the workspace, and says how to repeat what failed.

use std::env;
use std::fmt;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use serde_json::Value;

use crate::Outcome;

/// The variable that makes the scenarios write their right side anew.
pub(crate) const BLESS: &str = "AMTSLEITUNG_BLESS";

/// The folder that holds the workspace.
///
/// Cargo names it at run time: two copies of the tree may share a target folder, and then the path
/// that was compiled in may be the other's.
pub(crate) fn root() -> PathBuf {
    let manifest = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest.parent().map(Path::to_owned).expect("xtask/ lies in the workspace's root")
}

/// One call of cargo: its arguments and what it adds to the environment.
pub(crate) struct Cargo {
    args: Vec<String>,
    envs: Vec<(&'static str, String)>,
}

impl Cargo {
    /// A call with the words of `line`, none of which contains a space.
    pub(crate) fn new(line: &str) -> Self {
        Cargo { args: line.split_whitespace().map(str::to_owned).collect(), envs: Vec::new() }
    }

    /// With one more word, which may contain spaces.
    pub(crate) fn arg(mut self, word: &str) -> Self {
        self.args.push(word.to_owned());
        self
    }

    /// With `name=value` in its environment.
    pub(crate) fn env(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.envs.push((name, value.into()));
        self
    }

    /// Runs it; what it prints goes to the terminal.
    pub(crate) fn run(&self) -> Outcome {
        self.expect(self.command().status())
    }

    /// Runs it; hands every line of its standard output to `see`.
    pub(crate) fn run_with(&self, mut see: impl FnMut(&str)) -> Outcome {
        let mut child = self
            .command()
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot start `{self}`: {error}"))?;
        let stdout = child.stdout.take().expect("stdout was asked to be piped");
        let mut reader = BufReader::new(stdout);
        let mut line = Vec::new();
        // By bytes: a test may print anything.
        while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            see(String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']));
            line.clear();
        }
        self.expect(child.wait())
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(&self.args).current_dir(root()).env_remove(BLESS);
        command.envs(self.envs.iter().map(|(name, value)| (name, value)));
        command
    }

    fn expect(&self, status: std::io::Result<ExitStatus>) -> Outcome {
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => Err(format!("Failed. To repeat:\n  {self}")),
            Err(error) => Err(format!("cannot start `{self}`: {error}")),
        }
    }
}

/// As one would type it in a shell.
impl fmt::Display for Cargo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.envs {
            let quote = if value.contains(' ') { "\"" } else { "" };
            write!(f, "{name}={quote}{value}{quote} ")?;
        }
        write!(f, "cargo {}", self.args.join(" "))
    }
}

/// Builds the product in release and returns the path of its program.
pub(crate) fn build_product() -> Result<PathBuf, String> {
    build("amtsleitung", "amtsleitung")
}

/// Builds a package in release and returns the path of one of its programs.
pub(crate) fn build(package: &str, name: &str) -> Result<PathBuf, String> {
    let call = format!("build --release -p {package} --message-format=json-render-diagnostics");
    let mut program = None;
    Cargo::new(&call).run_with(|line| {
        if let Ok(message) = serde_json::from_str::<Value>(line)
            && message["target"]["name"] == name
            && let Some(path) = message["executable"].as_str()
        {
            program = Some(PathBuf::from(path));
        }
    })?;
    program.ok_or_else(|| format!("`cargo {call}` named no program"))
}

/// What `cargo metadata` says about this workspace on this machine's platform.
pub(crate) fn metadata() -> Result<Value, String> {
    let call = format!("metadata --format-version 1 --filter-platform {}", host()?);
    let cargo = Cargo::new(&call);
    let mut text = String::new();
    cargo.run_with(|line| text.push_str(line))?;
    serde_json::from_str(&text).map_err(|error| format!("`{cargo}` printed no JSON: {error}"))
}

/// The platform that rustc builds for, such as `x86_64-unknown-linux-gnu`.
pub(crate) fn host() -> Result<String, String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .arg("-vV")
        .output()
        .map_err(|error| format!("cannot start `rustc -vV`: {error}"))?;
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .find_map(|line| line.strip_prefix("host: ").map(str::to_owned))
        .ok_or_else(|| "`rustc -vV` named no host".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_shown_as_one_would_type_it() {
        let call = Cargo::new("doc --no-deps").env("RUSTDOCFLAGS", "-D warnings");
        assert_eq!(call.to_string(), "RUSTDOCFLAGS=\"-D warnings\" cargo doc --no-deps");
    }

    #[test]
    fn the_root_holds_the_workspace() {
        assert!(root().join("xtask/Cargo.toml").is_file());
    }
}
