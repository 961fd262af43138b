// SPDX-License-Identifier: EUPL-1.2
//! What is asked for on the command line.

use std::path::PathBuf;

/// Numbers beyond which a run would not be a measurement any more.
const RATE_MAX: u64 = 10_000;
const SECONDS_MAX: u64 = 3_600;
const CALLS_MAX: u64 = 10_000_000;

/// Everything that can be said about a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) to: u16,
    pub(crate) trunk: u16,
    pub(crate) phones: u16,
    pub(crate) spread: u16,
    pub(crate) number: String,
    pub(crate) pid: Option<u32>,
    pub(crate) rate: u64,
    pub(crate) calls: u64,
    pub(crate) seconds: u64,
    pub(crate) talk_ms: u64,
    pub(crate) drain: u64,
    pub(crate) data: PathBuf,
    pub(crate) outside: u16,
    pub(crate) seed: u64,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            to: 5_160,
            trunk: 5_180,
            phones: 5_170,
            spread: 1,
            number: "116".to_owned(),
            pid: None,
            rate: 100,
            calls: 100,
            seconds: 10,
            talk_ms: 1_000,
            drain: 0,
            data: std::env::temp_dir(),
            outside: 5_190,
            seed: 115,
        }
    }
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
        let number = |most: u64| match value.parse::<u64>() {
            Ok(number) if (1..=most).contains(&number) => Ok(number),
            Ok(_) | Err(_) => Err(format!("{name} {value}: a number from 1 to {most} is expected")),
        };
        let port = || value.parse::<u16>().map_err(|error| format!("{name} {value}: {error}"));
        match name {
            "--to" => self.to = port()?,
            "--trunk" => self.trunk = port()?,
            "--phones" => self.phones = port()?,
            "--spread" => self.spread = number(10)? as u16,
            "--number" => self.number = value.to_owned(),
            "--pid" => self.pid = Some(number(u64::from(u32::MAX))? as u32),
            "--rate" => self.rate = number(RATE_MAX)?,
            "--calls" => self.calls = number(CALLS_MAX)?,
            "--seconds" => self.seconds = number(SECONDS_MAX)?,
            "--talk" => self.talk_ms = number(SECONDS_MAX * 1_000)?,
            "--data" => self.data = value.into(),
            "--outside" => self.outside = port()?,
            "--seed" => self.seed = number(u64::MAX)?,
            "--drain" => self.drain = number(SECONDS_MAX)?,
            _ => return Err(format!("there is no option {name}")),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<(String, Options), String> {
        Options::read(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn options_are_read() {
        let (task, options) = read("rate --rate 300 --pid 7 --number 117").expect("it is right");
        let expected =
            Options { rate: 300, pid: Some(7), number: "117".into(), ..Options::default() };
        assert_eq!((task.as_str(), options), ("rate", expected));
    }

    #[test]
    fn what_is_wrong_is_refused() {
        for line in
            ["", "rate --rate", "rate --rate 0", "rate --rate x", "rate --to 70000", "rate --x 1"]
        {
            assert!(read(line).is_err(), "{line}");
        }
    }
}
