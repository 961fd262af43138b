// SPDX-License-Identifier: EUPL-1.2
//! Our answers to offers (RFC 3264, 6).

use super::codec::{Format, Keys};
use super::describe::{self, Audio, Entry};
use super::negotiated::{KeyPresses, Negotiated, Payload, Remote, keys_for, text_at};
use super::session::{Kind, Origin, Security, Session};
use super::stream::Stream;
use super::{Codec, Direction, Refusal, SrtpKeys, Terms};
use alloc::vec;
use alloc::vec::Vec;
use core::slice;

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
    again(offer, origin, terms, None)
}

/// Answers an offer in a session that may have begun, with these keys in force.
pub(super) fn again(
    offer: &Session,
    origin: Origin,
    terms: &Terms,
    in_force: Option<&SrtpKeys>,
) -> Result<(Answer, Negotiated), Refusal> {
    let usable = Usable::first(offer, terms, in_force)?;
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
        security: usable.security,
        srtp: usable.srtp,
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
        cryptos: usable.srtp.as_ref().map_or(&[], |srtp| slice::from_ref(&srtp.send)),
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
    security: Security,
    srtp: Option<SrtpKeys>,
}

impl<'a> Usable<'a> {
    /// The first that can be taken; if some of them are encrypted and the leg can be, the first of these.
    pub(super) fn first(
        offer: &'a Session,
        terms: &Terms,
        in_force: Option<&SrtpKeys>,
    ) -> Result<Usable<'a>, Refusal> {
        let (mut plain, mut refusal) = (None, None);
        for (at, stream) in offer.streams().enumerate() {
            let sounds = stream.media().kind() == Kind::Audio && !stream.media().is_declined();
            match sounds.then(|| Usable::of(at, stream, terms, in_force)) {
                Some(Ok(usable)) if usable.srtp.is_some() => return Ok(usable),
                Some(Ok(usable)) => plain = plain.or(Some(usable)),
                Some(Err(why)) => refusal = refusal.or(Some(why)),
                None => {}
            }
        }
        plain.ok_or(refusal.unwrap_or(Refusal::NoAudio))
    }

    fn of(
        at: usize,
        stream: Stream<'a>,
        terms: &Terms,
        in_force: Option<&SrtpKeys>,
    ) -> Result<Usable<'a>, Refusal> {
        let has = &terms.capabilities;
        let written = stream.media().protocol().security().ok_or(Refusal::Transport)?;
        let srtp = has.protection.taken(stream, in_force)?;
        let security = if srtp.is_some() { Security::Sdes } else { written };
        let formats: Vec<(u8, Format)> = stream.formats().collect();
        let offered = |&codec: &Codec| {
            let named = formats.iter().find(|&&(_, format)| format == Format::Audio(codec));
            named.map(|&(payload, _)| (codec, payload))
        };
        let (codec, payload) = has.codecs.iter().find_map(offered).ok_or(Refusal::NoCommonCodec)?;
        let keys = if has.keys { keys_for(codec, stream, &formats) } else { None };
        let muxed = has.rtcp_mux && stream.muxes_rtcp();
        let remote = Remote::of(stream, muxed, terms.local.ip)?;
        Ok(Usable { at, stream, codec, payload, keys, remote, muxed, security, srtp })
    }

    fn entries(&self) -> Vec<Entry> {
        let format = Format::Audio(self.codec);
        let mut entries = vec![Entry { number: self.payload, format, keys: Keys::ALL }];
        let format = Format::Events { clock: self.codec.clock() };
        entries.extend(self.keys.map(|(number, keys)| Entry { number, format, keys }));
        entries
    }
}
