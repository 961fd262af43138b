// SPDX-License-Identifier: EUPL-1.2
//! Runs the load and reads what it prints.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::servers::{Folder, Server, installed};
use crate::cargo::root;
use crate::figures::{self, Figures};

/// The program that makes the load.
pub(super) struct Load(pub(super) PathBuf);

impl Load {
    /// Runs a task against a server, with the words of `line`; shows what it prints on the way.
    pub(super) fn run(&self, line: &str, server: Option<&Server>) -> Result<Figures, String> {
        let mut command = Command::new(&self.0);
        command.args(line.split_whitespace());
        if let Some(server) = server {
            command.args(["--pid", &server.pid().to_string()]);
        }
        figures::run(&mut command)
    }
}

/// What sipp counted at both ends.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sipp {
    pub(super) good: u64,
    pub(super) failed: u64,
    pub(super) repeats: u64,
}

/// The same calls by sipp; `None` if it is not installed.
pub(super) fn sipp(rate: u64, seconds: u64, folder: &Folder) -> Result<Option<Sipp>, String> {
    let Some(program) = installed("sipp") else { return Ok(None) };
    let mut telephones = Ended(started(&program, folder, "telephone", "5170", &[])?);
    let calls = (rate * seconds).to_string();
    let (rate, seconds) = (rate.to_string(), (seconds + 60).to_string());
    let limits = ["-r", &rate, "-m", &calls, "-d", "1000", "-l", "3500", "-timeout", &seconds];
    let mut callers = Ended(started(&program, folder, "caller", "5180", &limits)?);
    // Its code says whether all calls were good; the figures say it better.
    callers.0.wait().map_err(|error| error.to_string())?;
    telephones.end();
    let stat =
        |name: &str| fs::read_to_string(folder.file(name)).map_err(|error| error.to_string());
    counted(&stat("caller.csv")?)
        .ok_or_else(|| "sipp's figures are not understood".to_owned())
        .map(Some)
}

/// A child that never outlives us.
struct Ended(Child);

impl Ended {
    fn end(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        self.end();
    }
}

fn started(
    program: &Path,
    folder: &Folder,
    role: &str,
    port: &str,
    more: &[&str],
) -> Result<Child, String> {
    let scenario = root().join(format!("tests/load/sipp/{role}.xml"));
    let screen = File::create(folder.file(&format!("{role}.out"))).map_err(|it| it.to_string())?;
    let mut command = Command::new(program);
    command.arg("-sf").arg(scenario).args(["-i", "127.0.0.1", "-p", port, "-nostdin"]).args(more);
    command.args(["-trace_stat", "-fd", "5", "-stf"]).arg(folder.file(&format!("{role}.csv")));
    command.arg("127.0.0.1:5160").current_dir(folder.file("")).stdin(Stdio::null());
    command.stdout(screen).stderr(Stdio::null());
    command.spawn().map_err(|error| format!("cannot start sipp: {error}"))
}

/// The last line of its table under the heads of the first.
fn counted(table: &str) -> Option<Sipp> {
    let mut lines = table.lines();
    let heads: Vec<&str> = lines.next()?.split(';').collect();
    let values: Vec<&str> = lines.next_back()?.split(';').collect();
    let value = |name: &str| {
        let at = heads.iter().position(|head| *head == name)?;
        values.get(at)?.parse().ok()
    };
    Some(Sipp {
        good: value("SuccessfulCall(C)")?,
        failed: value("FailedCall(C)")?,
        repeats: value("Retransmissions(C)")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_sipp_is_understood() {
        let table = "A;SuccessfulCall(C);FailedCall(C);Retransmissions(C);\n1;2;3;4;\n9;80;0;1;\n";
        assert_eq!(counted(table), Some(Sipp { good: 80, failed: 0, repeats: 1 }));
        assert_eq!(counted(""), None);
    }
}
