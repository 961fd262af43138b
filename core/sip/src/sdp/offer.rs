// SPDX-License-Identifier: EUPL-1.2
//! Our offers, and the answers to them (RFC 3264, 5 and 7).

use super::codec::Format;
use super::describe::{self, Audio, Entry};
use super::negotiated::{KeyPresses, Negotiated, Payload, Remote, keys_for, text_at};
use super::session::{Media, Origin, Session};
use super::stream::Stream;
use super::{Capabilities, Codec, Host, Keys, Numbers, Refusal, Terms};
use alloc::vec::Vec;
use core::net::IpAddr;

/// An offer of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What is sent.
    pub session: Session,
    /// Which of its streams is the sound.
    pub audio: usize,
}

impl Offer {
    /// The first offer of a session.
    ///
    /// # Errors
    /// No codec to offer, no key for a protected stream, or more lines from the edge than a
    /// description takes.
    pub fn first(origin: Origin, terms: &Terms) -> Result<Offer, Refusal> {
        Offer::again(origin, terms, &mut Numbers::default(), None)
    }

    /// An offer in a session that may have begun: every stream stays at its place, those that are
    /// not ours declined (RFC 3264, 8).
    pub(super) fn again(
        origin: Origin,
        terms: &Terms,
        numbers: &mut Numbers,
        before: Option<(&Session, usize)>,
    ) -> Result<Offer, Refusal> {
        let entries = entries(&terms.capabilities, numbers);
        if !entries.iter().any(|entry| matches!(entry.format, Format::Audio(_))) {
            return Err(Refusal::NoCommonCodec);
        }
        // Within a session the other side has shown which profile it takes, AVP or AVPF.
        let mut media: Vec<Media> = before.map_or(Vec::new(), |(ours, _)| ours.media.clone());
        let at = before.map_or(0, |(_, at)| at);
        let same = media.get(at).filter(|media| same_security(media, &terms.capabilities));
        let protocol = match same {
            Some(media) => media.protocol_name().to_vec(),
            None => terms.capabilities.security.protocol().as_bytes().to_vec(),
        };
        let rtcp_mux = terms.capabilities.rtcp_mux;
        let audio =
            Audio { protocol: &protocol, entries: &entries, direction: terms.direction, rtcp_mux };
        let audio = describe::audio(terms, &audio);
        match media.get_mut(at) {
            Some(place) => *place = audio,
            None => media.push(audio),
        }
        Ok(Offer { session: describe::session(origin, terms, media, at)?, audio: at })
    }
}

fn same_security(media: &Media, capabilities: &Capabilities) -> bool {
    media.protocol().security() == Some(capabilities.security)
}

/// Each codec once, and key presses on each of their clocks.
fn entries(capabilities: &Capabilities, numbers: &mut Numbers) -> Vec<Entry> {
    let codecs = capabilities.codecs.iter().map(|&codec| Format::Audio(codec));
    let clocks = capabilities.codecs.iter().filter(|_| capabilities.keys);
    let events = clocks.map(|codec| Format::Events { clock: codec.clock() });
    let mut entries: Vec<Entry> = Vec::new();
    for format in codecs.chain(events) {
        let again = entries.iter().any(|entry| entry.format == format);
        if let Some(number) = numbers.number(format).filter(|_| !again) {
            entries.push(Entry { number, format, keys: Keys::ALL });
        }
    }
    entries
}

/// Reads the answer to an offer of ours.
///
/// Our direction is what we offered as far as the answer allows it: an answer that allows more than
/// we offered, as some phones write it when they are put on hold, changes nothing.
///
/// # Errors
/// The answer has other streams, declines the sound, protects it otherwise, or names no codec that
/// we offered.
pub fn accept_answer(offer: &Offer, answer: &Session) -> Result<Negotiated, Refusal> {
    let kinds = |session: &Session| session.media().iter().map(Media::kind).collect::<Vec<_>>();
    let (Some(ours), Some(theirs)) =
        (offer.session.stream(offer.audio), answer.stream(offer.audio))
    else {
        return Err(Refusal::AnswerShape);
    };
    if kinds(&offer.session) != kinds(answer) {
        return Err(Refusal::AnswerShape);
    }
    if theirs.media().is_declined() {
        return Err(Refusal::AudioDeclined);
    }
    agree(offer.audio, ours, theirs)
        .map(|negotiated| Negotiated { text_at: text_at(answer), ..negotiated })
}

fn agree(at: usize, ours: Stream<'_>, theirs: Stream<'_>) -> Result<Negotiated, Refusal> {
    let security = theirs.media().protocol().security().ok_or(Refusal::Transport)?;
    if ours.media().protocol().security() != Some(security) || !theirs.is_keyed() {
        return Err(Refusal::Security);
    }
    let our_formats: Vec<(u8, Format)> = ours.formats().collect();
    let their_formats: Vec<(u8, Format)> = theirs.formats().collect();
    let mut codecs = common_codecs(&our_formats, &their_formats).into_iter();
    let (codec, payload) = codecs.next().ok_or(Refusal::NoCommonCodec)?;
    let our_keys = keys_for(codec, ours, &our_formats);
    let their_keys = keys_for(codec, theirs, &their_formats);
    let muxed = ours.muxes_rtcp() && theirs.muxes_rtcp();
    Ok(Negotiated {
        at,
        codec,
        payload,
        others: codecs.collect(),
        keys: our_keys.zip(their_keys).map(common_keys),
        remote: Remote::of(theirs, muxed, address(ours).ok_or(Refusal::Address)?)?,
        direction: ours.direction().and(theirs.meant_direction().reversed()),
        ptime_ms: theirs.granted_ptime_ms(),
        security,
        text_at: None,
    })
}

fn address(stream: Stream<'_>) -> Option<IpAddr> {
    match stream.host()? {
        Host::Ip(ip) => Some(ip),
        Host::Name(_) => None,
    }
}

/// The codecs of the answer that we offered, in the order of the answer. Numbers may differ: each
/// side names those that it wants to receive.
fn common_codecs(ours: &[(u8, Format)], theirs: &[(u8, Format)]) -> Vec<(Codec, Payload)> {
    let mut common: Vec<(Codec, Payload)> = Vec::new();
    for &(send, format) in theirs {
        let receive = ours.iter().find(|&&(_, offered)| offered == format);
        if let (Format::Audio(codec), Some(&(receive, _))) = (format, receive)
            && common.iter().all(|&(known, _)| known != codec)
        {
            common.push((codec, Payload { send, receive }));
        }
    }
    common
}

fn common_keys(((receive, ours), (send, theirs)): ((u8, Keys), (u8, Keys))) -> KeyPresses {
    KeyPresses { payload: Payload { send, receive }, keys: ours.and(theirs) }
}
