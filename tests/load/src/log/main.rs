// SPDX-License-Identifier: EUPL-1.2
//! Facts for load tests: tells them to a log as the program does, and prints what that takes beside the bare
//! disk.
//!
//! ```text
//!  log-load append --data FOLDER --times N    one fact at a time and a small row on the bare disk, in turn
//!  log-load year   --data FOLDER --from LOG   every fact of the log in the folder LOG, as fast as they are
//!                                             taken, decided when they are durable
//!  log-load replay --data FOLDER              the log becomes the centre again, without views and with them
//!  log-load size   --data FOLDER              bytes of a call
//! ```
//!
//! FOLDER is a data folder; its file `database` names a server, if it is to be one. With `--pid PID` the
//! processor time of that server counts. Each task ends with one line of `key=value` that begins with
//! `result`.
//!
//! Rule: it prints, and leaves the judgement to who started it.
#![forbid(unsafe_code)]

mod append;
mod options;
mod past;
mod year;

use options::Options;
use std::process::ExitCode;

/// The program's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Whose log it is: that of the model county, from which the facts come.
const CENTRE: &str = "landkreis-harburg";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let done = Options::read(&words).and_then(|(task, options)| match task.as_str() {
        "append" => append::measure(&options),
        "year" => year::measure(&options),
        "replay" => past::replay(&options),
        "size" => past::size(&options),
        other => Err(format!("there is no task {other}")),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("log-load: {message}");
            ExitCode::FAILURE
        }
    }
}
