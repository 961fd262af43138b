// SPDX-License-Identifier: EUPL-1.2
//! Our offers, and the answers to them (RFC 3264, 5 and 7).

use super::codec::Format;
use super::describe::{self, Audio, Entry};
use super::negotiated::{KeyPresses, Negotiated, Payload, Remote, keys_for, text_at};
use super::protection::answered;
use super::session::{Media, Origin, Security, Session};
use super::stream::Stream;
use super::{
    Agreed, Capabilities, Codec, Crypto, Host, Keys, Numbers, Protection, Refusal, SrtpKeys, Terms,
};
use alloc::vec::Vec;
use core::net::IpAddr;

/// An offer of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What is sent.
    pub session: Session,
    /// Which of its streams is the sound.
    pub audio: usize,
    /// Whether an answer without keys is refused, also where the protocol would allow it.
    pub must_encrypt: bool,
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
        before: Option<&Agreed>,
    ) -> Result<Offer, Refusal> {
        let entries = entries(&terms.capabilities, numbers);
        if !entries.iter().any(|entry| matches!(entry.format, Format::Audio(_))) {
            return Err(Refusal::NoCommonCodec);
        }
        // Within a session the other side has shown which profile it takes, AVP or AVPF.
        let mut media: Vec<Media> = before.map_or(Vec::new(), |before| before.ours.media.clone());
        let at = before.map_or(0, |before| before.negotiated.at);
        let protection = &terms.capabilities.protection;
        let encrypted = before.is_some_and(|before| before.negotiated.srtp.is_some());
        let same = media.get(at).filter(|media| protection.keeps(media.protocol(), encrypted));
        let protocol = match same {
            Some(media) => media.protocol_name().to_vec(),
            None => protection.protocol().as_bytes().to_vec(),
        };
        let audio = describe::audio(
            terms,
            &Audio {
                protocol: &protocol,
                entries: &entries,
                direction: terms.direction,
                rtcp_mux: terms.capabilities.rtcp_mux,
                cryptos: &cryptos(protection, before),
            },
        );
        match media.get_mut(at) {
            Some(place) => *place = audio,
            None => media.push(audio),
        }
        let session = describe::session(origin, terms, media, at)?;
        Ok(Offer { session, audio: at, must_encrypt: protection.must_encrypt() })
    }
}

fn cryptos(protection: &Protection, before: Option<&Agreed>) -> Vec<Crypto> {
    let in_force = before.and_then(|before| before.negotiated.srtp);
    let ours = before.and_then(|before| before.ours.stream(before.negotiated.at));
    protection.offered(ours, in_force.map(|srtp| srtp.send.suite))
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
    let negotiated = agree(offer.audio, ours, theirs)?;
    if offer.must_encrypt && negotiated.security == Security::Plain {
        return Err(Refusal::Security);
    }
    Ok(Negotiated { text_at: text_at(answer), ..negotiated })
}

fn agree(at: usize, ours: Stream<'_>, theirs: Stream<'_>) -> Result<Negotiated, Refusal> {
    let written = theirs.media().protocol().security().ok_or(Refusal::Transport)?;
    if ours.media().protocol().security() != Some(written) || !theirs.is_keyed() {
        return Err(Refusal::Security);
    }
    let (security, srtp) = protected(written, ours, theirs)?;
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
        srtp,
        text_at: None,
    })
}

/// How RTP is protected under this protocol, and the keys.
fn protected(
    written: Security,
    ours: Stream<'_>,
    theirs: Stream<'_>,
) -> Result<(Security, Option<SrtpKeys>), Refusal> {
    match written {
        Security::Dtls => Ok((Security::Dtls, None)),
        Security::Plain | Security::Sdes => match answered(ours, theirs)? {
            Some(srtp) => Ok((Security::Sdes, Some(srtp))),
            None if written == Security::Plain => Ok((Security::Plain, None)),
            None => Err(Refusal::Security),
        },
    }
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
