// SPDX-License-Identifier: EUPL-1.2
//! From bytes to a session description.

use super::limits::{ATTRIBUTES_MAX, BYTES_MAX, FORMATS_MAX, LINES_MAX, MEDIA_MAX};
use super::session::{Media, Origin, Session};
use super::text::{Text, cut, last_word, number, trimmed, words};
use super::{Fault, Line, Lines, Rule};
use alloc::vec::Vec;

pub(super) fn session(bytes: &[u8]) -> Result<Session, Fault> {
    if bytes.len() > BYTES_MAX {
        return Err(Fault { line: 0, rule: Rule::TooLong });
    }
    let mut reading = Reading::default();
    for (number, line) in (1..).zip(bytes.split(|&byte| byte == b'\n')) {
        let line = without_carriage_returns(line);
        if !trimmed(line).is_empty() {
            reading.line(line).map_err(|rule| Fault { line: number, rule })?;
        }
    }
    reading.finish().map_err(|rule| Fault { line: 0, rule })
}

fn without_carriage_returns(line: &[u8]) -> &[u8] {
    let end = line.iter().rposition(|&byte| byte != b'\r').map_or(0, |last| last + 1);
    &line[..end]
}

/// What has been read so far.
#[derive(Default)]
struct Reading {
    version: bool,
    origin: Option<Origin>,
    lines: Lines,
    media: Vec<Media>,
    count: usize,
}

impl Reading {
    fn line(&mut self, line: &[u8]) -> Result<(), Rule> {
        let [kind, b'=', value @ ..] = line else {
            return Err(Rule::NotALine);
        };
        self.count += 1;
        if self.count > LINES_MAX {
            return Err(Rule::TooManyLines);
        }
        let value = Text::new(value).ok_or(Rule::ControlByte)?;
        match kind {
            b'v' => self.version(value.as_bytes()),
            b'o' => self.origin(value.as_bytes()),
            b'm' => self.media(value.as_bytes()),
            letter if letter.is_ascii_alphabetic() => self.other(*letter, value),
            _ => Err(Rule::NotALine),
        }
    }

    fn version(&mut self, value: &[u8]) -> Result<(), Rule> {
        if self.version {
            return Err(Rule::SecondDescription);
        }
        self.version = trimmed(value) == b"0";
        if self.version { Ok(()) } else { Err(Rule::Version) }
    }

    fn origin(&mut self, value: &[u8]) -> Result<(), Rule> {
        if self.origin.is_some() {
            return Err(Rule::SecondDescription);
        }
        self.origin = Some(origin(value)?);
        Ok(())
    }

    fn media(&mut self, value: &[u8]) -> Result<(), Rule> {
        if self.media.len() == MEDIA_MAX {
            return Err(Rule::TooManyMedia);
        }
        self.media.push(media(value)?);
        Ok(())
    }

    fn other(&mut self, letter: u8, value: Text) -> Result<(), Rule> {
        match letter {
            b'c' if words(value.as_bytes()).count() < 3 => return Err(Rule::Connection),
            b'a' => check_numbers(trimmed(value.as_bytes()))?,
            _ => {}
        }
        let lines = self.media.last_mut().map_or(&mut self.lines, |media| &mut media.lines);
        lines.add(Line::new(letter, value));
        if lines.unordered() > ATTRIBUTES_MAX { Err(Rule::TooManyAttributes) } else { Ok(()) }
    }

    /// RFC 8866, 5 asks for v=, o=, s= and t=. Without the first two it is not a description;
    /// nobody needs the others.
    fn finish(mut self) -> Result<Session, Rule> {
        if !self.version {
            return Err(Rule::Version);
        }
        let origin = self.origin.ok_or(Rule::Origin)?;
        for (letter, filling) in [(b's', "-"), (b't', "0 0")] {
            if self.lines.of_kind(letter).next().is_none() {
                self.lines.add(Line::new(letter, Text::from(filling)));
            }
        }
        Session::new(origin, self.lines, self.media)
    }
}

/// Read from its end: some phones put a name with spaces, or nothing, before the numbers.
fn origin(value: &[u8]) -> Result<Origin, Rule> {
    let mut rest = value;
    let mut last = || {
        let (before, word) = last_word(rest)?;
        rest = before;
        Some(word)
    };
    let (address, family, net) = (last(), last(), last());
    let (version, id) = (last(), last());
    let address = [net, family, address].map(|word| word.ok_or(Rule::Origin));
    let [net, family, address] = address;
    let address = [net?, family?, address?].join(&b' ');
    let (id, version) = (id.ok_or(Rule::Origin)?, version.ok_or(Rule::Origin)?);
    let user = match trimmed(rest) {
        b"" => b"-",
        user => user,
    };
    Ok(Origin {
        user: Text::new(user).ok_or(Rule::ControlByte)?,
        id: number(id)?,
        version: number(version)?,
        address: Text::new(&address).ok_or(Rule::ControlByte)?,
    })
}

fn media(value: &[u8]) -> Result<Media, Rule> {
    let mut words = words(value);
    let mut word = || words.next().and_then(Text::new).ok_or(Rule::Media);
    let (kind, ports, protocol) = (word()?, word()?, word()?);
    let (port, count) = cut(ports.as_bytes(), b'/');
    let formats = words.take(FORMATS_MAX + 1).filter_map(Text::new).collect();
    let (port, count) = (number(port)?, count.map_or(Ok(1), number)?);
    let media = Media { kind, port, count, protocol, formats, lines: Lines::default() };
    media.check().map(|()| media)
}

/// Numbers that we would act on must fit their type. What is no number at all is kept unread.
fn check_numbers(attribute: &[u8]) -> Result<(), Rule> {
    let (name, value) = cut(attribute, b':');
    let mut words = words(value.unwrap_or_default());
    let first = words.next().unwrap_or_default();
    match name.to_ascii_lowercase().as_slice() {
        b"ptime" | b"maxptime" | b"rtcp" => fits::<u16>(first),
        b"rtpmap" => {
            let clock = words.next().and_then(|encoding| cut(encoding, b'/').1).unwrap_or_default();
            fits::<u8>(first).and_then(|()| fits::<u32>(cut(clock, b'/').0))
        }
        _ => Ok(()),
    }
}

fn fits<T: TryFrom<u64>>(word: &[u8]) -> Result<(), Rule> {
    match number::<T>(word) {
        Err(Rule::NumberTooLarge) => Err(Rule::NumberTooLarge),
        Ok(_) | Err(_) => Ok(()),
    }
}
