// SPDX-License-Identifier: EUPL-1.2
//! What is asked for on the command line.

use load::process::Family;
use std::path::PathBuf;
use store::{Place, Store};

/// More than that tells nothing new.
const TIMES_MAX: u32 = 1_000_000;

/// Everything that can be said about a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) data: PathBuf,
    pub(crate) from: PathBuf,
    pub(crate) times: u32,
    pid: Option<u32>,
}

impl Options {
    /// The task and its options.
    pub(crate) fn read(words: &[String]) -> Result<(String, Options), String> {
        let (task, rest) = words.split_first().ok_or("see the first lines of this program")?;
        let mut options = Options::default();
        let pairs = rest.chunks_exact(2);
        if let [odd] = pairs.remainder() {
            return Err(format!("{odd} has no value"));
        }
        for pair in pairs {
            options.take(&pair[0], &pair[1])?;
        }
        Ok((task.clone(), options))
    }

    fn take(&mut self, name: &str, value: &str) -> Result<(), String> {
        let number = |most: u32| match value.parse::<u32>() {
            Ok(number) if (1..=most).contains(&number) => Ok(number),
            Ok(_) | Err(_) => Err(format!("{name} {value}: a number from 1 to {most} is expected")),
        };
        match name {
            "--data" => self.data = value.into(),
            "--from" => self.from = value.into(),
            "--times" => self.times = number(TIMES_MAX)?,
            "--pid" => self.pid = Some(number(u32::MAX)?),
            _ => return Err(format!("there is no option {name}")),
        }
        Ok(())
    }

    /// The log that is written; made if there is none.
    pub(crate) fn open(&self, centre: &str) -> Result<Store, String> {
        let place = Place::of_folder(&self.data).map_err(|error| error.to_string())?;
        Store::open(&place, centre).map_err(|error| error.to_string())
    }

    /// Who pays: ourselves, and the server with the process that serves us, who is there by now.
    pub(crate) fn payers(&self) -> Result<Payers, String> {
        let server = self.pid.map(Family::of).transpose()?;
        Ok(Payers { ours: Family::of(std::process::id())?, server })
    }
}

/// Whose processor time counts.
pub(crate) struct Payers {
    ours: Family,
    server: Option<Family>,
}

impl Payers {
    /// Ours, and that of a server.
    pub(crate) fn nanos(&self) -> Result<[u64; 2], String> {
        let server = self.server.as_ref().map_or(Ok(0), Family::cpu_nanos)?;
        Ok([self.ours.cpu_nanos()?, server])
    }
}
