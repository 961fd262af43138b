// SPDX-License-Identifier: EUPL-1.2
//! Our answers to offers (RFC 3264, 6).

use super::codec::{Format, Keys};
use super::describe::{self, Audio, Entry};
use super::negotiated::{KeyPresses, Negotiated, Payload, Remote, keys_for, text_at};
use super::session::{Kind, Origin, Session};
use super::stream::Stream;
use super::{Codec, Direction, Refusal, Terms};
use alloc::vec;
use alloc::vec::Vec;

/// An answer of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What is sent.
    pub session: Session,
    /// Which of its streams is the sound.
    pub audio: usize,
}

/// Answers an offer: the first stream of sound that we can take, with the best codec of ours that it
/// has and nothing else, under the offerer's numbers; every other stream at its place and declined.
///
/// One codec and not all in common, so that neither side changes it without the other leg knowing.
///
/// # Errors
/// No stream can be taken; the reason is that of the first stream of sound.
pub fn answer(
    offer: &Session,
    origin: Origin,
    terms: &Terms,
) -> Result<(Answer, Negotiated), Refusal> {
    let usable = Usable::first(offer, terms)?;
    let (session, direction) = describe_answer(offer, origin, terms, &usable)?;
    let payload = Payload { send: usable.payload, receive: usable.payload };
    let keys = usable.keys.map(|(number, keys)| {
        let payload = Payload { send: number, receive: number };
        KeyPresses { payload, keys }
    });
    let negotiated = Negotiated {
        at: usable.at,
        codec: usable.codec,
        payload,
        others: Vec::new(),
        keys,
        remote: usable.remote,
        direction,
        ptime_ms: usable.stream.granted_ptime_ms(),
        security: terms.capabilities.security,
        text_at: text_at(offer),
    };
    Ok((Answer { session, audio: usable.at }, negotiated))
}

fn describe_answer(
    offer: &Session,
    origin: Origin,
    terms: &Terms,
    usable: &Usable<'_>,
) -> Result<(Session, Direction), Refusal> {
    let direction = terms.direction.and(usable.stream.meant_direction().reversed());
    let audio = Audio {
        protocol: usable.stream.media().protocol_name(),
        entries: &usable.entries(),
        direction,
        rtcp_mux: usable.muxed,
    };
    let mut media: Vec<_> = offer.media().iter().map(|media| media.declined()).collect();
    media[usable.at] = describe::audio(terms, &audio);
    let session = describe::session(origin, terms, media, usable.at)?;
    Ok((session, direction))
}

/// The stream that we take, and how.
pub(super) struct Usable<'a> {
    pub(super) at: usize,
    pub(super) stream: Stream<'a>,
    codec: Codec,
    payload: u8,
    keys: Option<(u8, Keys)>,
    remote: Remote,
    muxed: bool,
}

impl<'a> Usable<'a> {
    pub(super) fn first(offer: &'a Session, terms: &Terms) -> Result<Usable<'a>, Refusal> {
        let mut refusal = None;
        for (at, stream) in offer.streams().enumerate() {
            let sounds = stream.media().kind() == Kind::Audio && !stream.media().is_declined();
            match sounds.then(|| Usable::of(at, stream, terms)) {
                Some(Ok(usable)) => return Ok(usable),
                Some(Err(why)) => refusal = refusal.or(Some(why)),
                None => {}
            }
        }
        Err(refusal.unwrap_or(Refusal::NoAudio))
    }

    fn of(at: usize, stream: Stream<'a>, terms: &Terms) -> Result<Usable<'a>, Refusal> {
        let has = &terms.capabilities;
        let security = stream.media().protocol().security().ok_or(Refusal::Transport)?;
        if security != has.security || !stream.is_keyed() {
            return Err(Refusal::Security);
        }
        let formats: Vec<(u8, Format)> = stream.formats().collect();
        let offered = |&codec: &Codec| {
            let named = formats.iter().find(|&&(_, format)| format == Format::Audio(codec));
            named.map(|&(payload, _)| (codec, payload))
        };
        let (codec, payload) = has.codecs.iter().find_map(offered).ok_or(Refusal::NoCommonCodec)?;
        let keys = if has.keys { keys_for(codec, stream, &formats) } else { None };
        let muxed = has.rtcp_mux && stream.muxes_rtcp();
        let remote = Remote::of(stream, muxed, terms.local.ip)?;
        Ok(Usable { at, stream, codec, payload, keys, remote, muxed })
    }

    fn entries(&self) -> Vec<Entry> {
        let format = Format::Audio(self.codec);
        let mut entries = vec![Entry { number: self.payload, format, keys: Keys::ALL }];
        let format = Format::Events { clock: self.codec.clock() };
        entries.extend(self.keys.map(|(number, keys)| Entry { number, format, keys }));
        entries
    }
}
