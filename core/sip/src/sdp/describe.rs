// SPDX-License-Identifier: EUPL-1.2
//! Our own descriptions, as short as they can be.

use super::codec::{Codec, Format, Keys};
use super::limits::{PTIME_MAX_MS, PTIME_MIN_MS};
use super::session::{Media, Origin, Session, address_of};
use super::text::Text;
use super::{Crypto, Direction, Line, Lines, Refusal, Terms};
use alloc::format;
use alloc::vec::Vec;

/// One format of our stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) number: u8,
    pub(super) format: Format,
    /// For key presses only.
    pub(super) keys: Keys,
}

/// What our stream says besides the terms.
pub(super) struct Audio<'a> {
    pub(super) protocol: &'a [u8],
    pub(super) entries: &'a [Entry],
    pub(super) direction: Direction,
    pub(super) rtcp_mux: bool,
    pub(super) cryptos: &'a [Crypto],
}

/// Our description around these streams; the sound is the one at this place, and must have its key.
pub(super) fn session(
    origin: Origin,
    terms: &Terms,
    media: Vec<Media>,
    at: usize,
) -> Result<Session, Refusal> {
    let mut lines = Lines::default();
    lines.add(Line::new(b's', Text::from("-")));
    lines.add(Line::new(b'c', address_of(terms.local.ip)));
    lines.add(Line::new(b't', Text::from("0 0")));
    let session = Session::new(origin, lines, media).map_err(|_| Refusal::TooLarge)?;
    let keyed = session.stream(at).is_some_and(|stream| stream.is_keyed());
    if keyed { Ok(session) } else { Err(Refusal::Security) }
}

/// Our stream of sound.
pub(super) fn audio(terms: &Terms, audio: &Audio<'_>) -> Media {
    let numbers = audio.entries.iter().map(|entry| text(&format!("{}", entry.number)));
    let mut lines = Lines::default();
    audio.entries.iter().for_each(|entry| describe_entry(entry, &mut lines));
    let ptime_ms = terms.capabilities.ptime_ms.clamp(PTIME_MIN_MS, PTIME_MAX_MS);
    attribute(&mut lines, &format!("ptime:{ptime_ms}"));
    let local = &terms.local;
    if local.rtp.checked_add(1) != Some(local.rtcp) {
        attribute(&mut lines, &format!("rtcp:{}", local.rtcp));
    }
    if audio.rtcp_mux {
        attribute(&mut lines, "rtcp-mux");
    }
    attribute(&mut lines, audio.direction.name());
    audio.cryptos.iter().for_each(|crypto| lines.add(crypto.line()));
    local.attributes.iter().cloned().for_each(|line| lines.add(line));
    Media {
        kind: Text::from("audio"),
        port: local.rtp.get(),
        count: 1,
        protocol: Text::new(audio.protocol).expect("a protocol is of ours or was read from a line"),
        formats: numbers.collect(),
        lines,
    }
}

/// a=rtpmap also for static numbers: RFC 8866 asks for nothing more, some phones do.
fn describe_entry(entry: &Entry, lines: &mut Lines) {
    let Entry { number, format, keys } = *entry;
    attribute(lines, &format!("rtpmap:{number} {}", format.encoding()));
    match format {
        Format::Events { .. } => attribute(lines, &format!("fmtp:{number} {keys}")),
        Format::Audio(Codec::Opus) => attribute(lines, &format!("fmtp:{number} useinbandfec=1")),
        Format::Audio(Codec::G722 | Codec::Pcma | Codec::Pcmu) => {}
    }
}

fn attribute(lines: &mut Lines, value: &str) {
    lines.add(Line::new(b'a', text(value)));
}

fn text(value: &str) -> Text {
    Text::new(value.as_bytes()).expect("numbers and names of ours are one line")
}
