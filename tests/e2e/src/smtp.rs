// SPDX-License-Identifier: EUPL-1.2
//! aiosmtpd as an office's mail server: what it takes lies in a folder, a file for each letter (Maildir).

use crate::clock::{SOON, wait_for};
use crate::folder::Folder;
use crate::process::Process;
use std::fs;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;

/// A running mail server.
#[derive(Debug)]
pub struct Smtp {
    process: Process,
    letters: PathBuf,
}

impl Smtp {
    /// Starts one at this port, with more options; waits until it answers.
    ///
    /// # Panics
    /// If it does not come up.
    #[must_use]
    #[track_caller]
    pub fn start(folder: &Folder, port: u16, options: &[&str]) -> Smtp {
        let letters = folder.join("letters");
        let mut command =
            Command::new(crate::programs::find("aiosmtpd").expect("it was looked for"));
        command.args(["-n", "-c", "aiosmtpd.handlers.Mailbox", "-l"]);
        command.arg(format!("127.0.0.1:{port}")).args(options).arg(&letters);
        let process = Process::start(folder.path(), &format!("smtp-{port}"), &mut command);
        let mut smtp = Smtp { process, letters };
        wait_for("the mail server answers", SOON, || {
            assert!(smtp.process.ended().is_none(), "aiosmtpd: {}", smtp.process.stderr());
            TcpStream::connect(("127.0.0.1", port)).ok()
        });
        smtp
    }

    /// The letters that it has taken, as they came.
    #[must_use]
    pub fn letters(&self) -> Vec<String> {
        let Ok(files) = fs::read_dir(self.letters.join("new")) else { return Vec::new() };
        let mut paths: Vec<PathBuf> = files.flatten().map(|it| it.path()).collect();
        paths.sort();
        let text = |path| fs::read(path).map(|it| String::from_utf8_lossy(&it).into_owned());
        paths.into_iter().filter_map(|path| text(path).ok()).collect()
    }
}
