// SPDX-License-Identifier: EUPL-1.2
//! Runs a program that measures, and reads what it prints: its last line is `result` and `key=value`.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// What a run of the load ended with.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Figures(BTreeMap<String, f64>, String);

impl Figures {
    /// The figure of this name.
    pub(crate) fn get(&self, name: &str) -> Result<f64, String> {
        self.0.get(name).copied().ok_or_else(|| format!("the load named no {name}: {}", self.1))
    }

    fn parse(line: &str) -> Figures {
        let pairs = line.split_whitespace().filter_map(|word| word.split_once('='));
        let numbers = pairs.filter_map(|(key, value)| Some((key.to_owned(), value.parse().ok()?)));
        Figures(numbers.collect(), line.to_owned())
    }

    /// Calls and messages that were not as they should be; a call that timed out has failed as well.
    pub(crate) fn faults(&self) -> Result<f64, String> {
        Ok(self.get("failed")? + self.get("unexpected")?)
    }

    /// Messages that went twice, in either direction, for each call.
    pub(crate) fn repeats(&self) -> Result<f64, String> {
        Ok((self.get("repeats_out")? + self.get("repeats_in")?) / self.get("begun")?.max(1.0))
    }
}

/// Runs it; shows what it prints on the way.
pub(crate) fn run(command: &mut Command) -> Result<Figures, String> {
    let line = as_typed(command);
    println!("  {line}");
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
    let mut child = child.map_err(|error| format!("cannot start {line}: {error}"))?;
    let figures = read(&mut child);
    match child.wait() {
        Ok(status) if status.success() => figures.ok_or(format!("no result: {line}")),
        Ok(status) => Err(format!("failed ({status}): {line}")),
        Err(error) => Err(format!("lost ({error}): {line}")),
    }
}

fn as_typed(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn read(child: &mut Child) -> Option<Figures> {
    let out = child.stdout.take().expect("stdout was asked to be piped");
    let mut figures = None;
    for line in BufReader::new(out).lines().map_while(Result::ok) {
        println!("    {line}");
        if let Some(result) = line.strip_prefix("result ") {
            figures = Some(Figures::parse(result));
        }
    }
    figures
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_found_by_name() {
        let line =
            "begun=200 failed=1 timeouts=0 unexpected=2 refusals=503:1 repeats_out=1 repeats_in=1";
        let figures = Figures::parse(line);
        assert_eq!(figures.faults(), Ok(3.0));
        assert_eq!(figures.repeats(), Ok(0.01));
        assert!(figures.get("cpu").is_err_and(|why| why.contains(line)));
    }

    #[test]
    fn a_call_is_shown_without_its_folder() {
        let mut command = Command::new("/somewhere/call-load");
        command.args(["rate", "--rate", "20"]);
        assert_eq!(as_typed(&command), "call-load rate --rate 20");
    }
}
