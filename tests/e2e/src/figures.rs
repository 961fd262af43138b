// SPDX-License-Identifier: EUPL-1.2
//! What `/metrics` says, read as a machine that watches the centre would.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// The figures at one moment, by name and labels as they are written.
#[derive(Clone, Default)]
pub struct Figures(BTreeMap<String, u64>);

impl fmt::Debug for Figures {
    /// What is not zero.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.iter().filter(|(_, value)| **value > 0)).finish()
    }
}

impl Figures {
    /// Asks for them; none if nobody answers.
    #[must_use]
    pub fn ask(at: SocketAddr) -> Option<Figures> {
        let text = get(at, "/metrics")?;
        let rows = text.lines().filter(|line| !line.starts_with('#'));
        let values = rows.filter_map(|row| {
            let (name, value) = row.rsplit_once(' ')?;
            let name = name.strip_prefix("amtsleitung_")?;
            Some((name.to_owned(), value.parse().ok()?))
        });
        let figures: BTreeMap<String, u64> = values.collect();
        (!figures.is_empty()).then_some(Figures(figures))
    }

    /// One figure; 0 if it is not there.
    #[must_use]
    pub fn of(&self, name: &str) -> u64 {
        self.0.get(name).copied().unwrap_or(0)
    }

    /// Contacts of a line with this fate.
    #[must_use]
    pub fn fate(&self, line: &str, fate: &str) -> u64 {
        self.of(&format!("contacts_total{{line=\"{line}\",fate=\"{fate}\"}}"))
    }

    /// Contacts of all lines that are over.
    #[must_use]
    pub fn contacts(&self) -> u64 {
        let of_contacts = self.0.iter().filter(|(name, _)| name.starts_with("contacts_total{"));
        of_contacts.map(|(_, value)| value).sum()
    }

    /// What was refused for this reason.
    #[must_use]
    pub fn refused(&self, reason: &str) -> u64 {
        self.of(&format!("refused_total{{reason=\"{reason}\"}}"))
    }

    /// Agents in this state.
    #[must_use]
    pub fn agents(&self, state: &str) -> u64 {
        self.of(&format!("agents{{state=\"{state}\"}}"))
    }
}

/// Asks a path over HTTP; none if nobody answers with 200.
///
/// See [`answer`] for what is said otherwise.
#[must_use]
pub fn get(at: SocketAddr, path: &str) -> Option<String> {
    let answer = answer(at, path)?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    head.starts_with("HTTP/1.1 200").then(|| body.to_owned())
}

/// Asks a path over HTTP, and gives all that is said; none if nobody answers.
#[must_use]
pub fn answer(at: SocketAddr, path: &str) -> Option<String> {
    let patience = Duration::from_secs(5);
    let mut stream = TcpStream::connect_timeout(&at, patience).ok()?;
    stream.set_read_timeout(Some(patience)).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}
