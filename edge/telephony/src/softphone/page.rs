// SPDX-License-Identifier: EUPL-1.2
//! The connection with one page: ICE, DTLS and SRTP by str0m, which nothing else here knows.
//!
//! The rule to keep: what a page says is read by our own parser first; str0m sees nothing that is not one stream of
//! sound with ICE, a fingerprint and a codec of ours.

use super::common::Common;
use super::limits::{OFFER_MAX, PAGE_SILENT, PAGE_SILENT_IN_TALK, QUALITY_EVERY};
use super::words::{Codec, NoAnswer};
use crate::media::first_sequence;
use rtp::{Header, OutStream};
use sip::sdp::{Direction, Format, Kind, Media, Security, Session, Stream};
use std::net::SocketAddr;
use std::time::Instant;
use stdx::Tick;
use str0m::change::SdpOffer;
use str0m::config::DtlsCert;
use str0m::crypto::CryptoProvider;
use str0m::format::FormatParams;
use str0m::media::{Frequency, Mid, Pt};
pub(super) use str0m::net::Protocol as Carrier;
use str0m::net::{Receive, TcpType};
use str0m::rtp::{Extension, RtpPacket, RtpWrite};
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};

/// The clock of every codec of ours, and of keys beside it.
const CLOCK: u32 = 8_000;

/// The number of key presses in offers of ours; the page's own counts.
const KEYS: u8 = 101;

/// What every connection is made of.
#[derive(Clone)]
pub(super) struct Make {
    pub(super) crypto: std::sync::Arc<CryptoProvider>,
    pub(super) certificate: DtlsCert,
    /// Where browsers reach us.
    pub(super) shown: Vec<SocketAddr>,
}

/// What one page speaks, by the numbers that it gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Numbers {
    g722: Option<u8>,
    pcma: Option<u8>,
    pcmu: Option<u8>,
    pub(super) keys: Option<u8>,
}

impl Numbers {
    fn of(stream: Stream<'_>) -> Numbers {
        let number = |format| stream.formats().find(|it| it.1 == format).map(|it| it.0);
        Numbers {
            g722: number(Format::Audio(Codec::G722)),
            pcma: number(Format::Audio(Codec::Pcma)),
            pcmu: number(Format::Audio(Codec::Pcmu)),
            keys: number(Format::Events { clock: CLOCK }),
        }
    }

    /// The number of a codec; none if the page does not speak it.
    pub(super) const fn sound(&self, codec: Codec) -> Option<u8> {
        match codec {
            Codec::G722 => self.g722,
            Codec::Pcma => self.pcma,
            Codec::Pcmu => self.pcmu,
            Codec::Opus => None,
        }
    }
}

/// What a page offers, as far as we look ourselves.
struct Offered {
    /// The page's own connection: it stays while one connection is negotiated anew.
    session: u64,
    numbers: Numbers,
}

fn offered(sdp: &str) -> Result<Offered, NoAnswer> {
    if sdp.len() > OFFER_MAX {
        return Err(NoAnswer::TooLong);
    }
    let session = Session::parse(sdp.as_bytes()).map_err(|_| NoAnswer::Unreadable)?;
    let is_sound = |media: &Media| media.kind() == Kind::Audio && !media.is_declined();
    let [media] = session.media() else { return Err(NoAnswer::NoAudio) };
    let stream = session.stream(0).filter(|_| is_sound(media)).ok_or(NoAnswer::NoAudio)?;
    if stream.direction() != Direction::SendRecv || !stream.muxes_rtcp() {
        return Err(NoAnswer::NoAudio);
    }
    let is_secured = media.protocol().security() == Some(Security::Dtls);
    let says = |name| stream.value(name).is_some_and(|value| !value.is_empty());
    if !is_secured || !["ice-ufrag", "ice-pwd", "fingerprint", "mid"].into_iter().all(says) {
        return Err(NoAnswer::NoIce);
    }
    let numbers = Numbers::of(stream);
    let speaks = |codec| numbers.sound(codec).is_some();
    if !speaks(Codec::Pcma) && !speaks(Codec::G722) && !speaks(Codec::Pcmu) {
        return Err(NoAnswer::NoCodec);
    }
    Ok(Offered { session: session.origin().id(), numbers })
}

/// What happens on a connection.
pub(super) enum Happened {
    /// Sound or a key: what stands in its header, and what follows.
    Heard(Header, std::sync::Arc<[u8]>),
    /// How it went for a while.
    Quality {
        /// Of their packets.
        loss: Option<f32>,
        /// Of ours.
        loss_there: Option<f32>,
        rtt_ms: Option<u32>,
    },
}

/// The connection with one page.
pub(super) struct PageLeg {
    rtc: Rtc,
    session: u64,
    pub(super) numbers: Numbers,
    mid: Option<Mid>,
    /// What goes to the page is one stream, whichever call it comes from.
    out: OutStream,
    /// The highest number sent, counted on.
    sequence: u64,
    /// When the connection wants to be looked at.
    pub(super) due: Tick,
    pub(super) offered_at: Tick,
    /// When the page was heard the last time.
    heard_at: Tick,
    /// Whether sound has come since the page was there, so that it is to come on.
    sounds: bool,
    connected: bool,
}

impl PageLeg {
    /// A connection for this offer, and the answer, which names the codec of the call that is up first.
    pub(super) fn answer(
        common: &mut Common,
        now: Tick,
        (sdp, spoken): (&str, Option<Codec>),
    ) -> Result<(PageLeg, String), NoAnswer> {
        let Offered { session, numbers } = offered(sdp)?;
        let rtc = connection(&common.make, common.clock.instant(now));
        let rng = &mut common.rng;
        let sequence = first_sequence(rng.next_u64());
        let out = OutStream::new(0, CLOCK, sequence, rng.next_u64() as u32);
        let mut leg = PageLeg {
            rtc,
            session,
            numbers,
            mid: None,
            out,
            sequence: sequence.into(),
            due: now,
            offered_at: now,
            heard_at: now,
            sounds: false,
            connected: false,
        };
        let answer = leg.accept(sdp, spoken.and_then(|codec| numbers.sound(codec)))?;
        Ok((leg, answer))
    }

    /// Whether this offer is about this connection.
    pub(super) fn is_of(&self, sdp: &str) -> bool {
        offered(sdp).is_ok_and(|it| it.session == self.session) && self.rtc.is_alive()
    }

    /// Answers a further offer on this connection.
    pub(super) fn renew(
        &mut self,
        now: Tick,
        (sdp, spoken): (&str, Option<Codec>),
    ) -> Result<String, NoAnswer> {
        let Offered { numbers, .. } = offered(sdp)?;
        let answer = self.accept(sdp, spoken.and_then(|codec| numbers.sound(codec)))?;
        (self.numbers, self.due) = (numbers, now);
        Ok(answer)
    }

    fn accept(&mut self, sdp: &str, spoken: Option<u8>) -> Result<String, NoAnswer> {
        let offer = SdpOffer::from_sdp_string(sdp).map_err(|_| NoAnswer::Unreadable)?;
        let answer = self.rtc.sdp_api().accept_offer(offer);
        let answer = answer.map_err(|_| NoAnswer::Unreadable)?.to_sdp_string();
        Ok(match spoken {
            Some(number) => named_first(&answer, number),
            None => answer,
        })
    }

    /// Whether sound flows.
    pub(super) fn is_connected(&self) -> bool {
        self.connected && self.rtc.is_alive()
    }

    /// When the page counts as away, if nothing comes until then.
    pub(super) fn silent_at(&self, is_in_talk: bool) -> Tick {
        let is_to_sound = is_in_talk && self.sounds;
        self.heard_at + if is_to_sound { PAGE_SILENT_IN_TALK } else { PAGE_SILENT }
    }

    /// The page is away: what comes next from it need not be sound.
    pub(super) fn expect_no_sound(&mut self) {
        self.sounds = false;
    }

    /// Whether it can still come to something.
    pub(super) fn is_alive(&self) -> bool {
        self.rtc.is_alive()
    }

    /// Whether this datagram is of this page.
    pub(super) fn accepts(&self, input: &Input<'_>) -> bool {
        self.rtc.accepts(input)
    }

    /// Takes a datagram in. What cannot be taken is dropped; an error ends the connection.
    pub(super) fn receive(&mut self, now: Tick, input: Input<'_>) {
        self.heard_at = now;
        self.take(input, now);
    }

    /// Lets its timers fire.
    pub(super) fn elapse(&mut self, now: Tick, at: Instant) {
        self.take(Input::Timeout(at), now);
    }

    fn take(&mut self, input: Input<'_>, now: Tick) {
        if self.rtc.handle_input(input).is_err() {
            self.rtc.disconnect();
        }
        self.due = now;
    }

    /// What happens next; none when all is told, and everything sent.
    pub(super) fn next(&mut self, common: &mut Common, now: Tick) -> Option<Happened> {
        if self.due > now {
            return None;
        }
        loop {
            match self.rtc.poll_output() {
                Ok(Output::Transmit(datagram)) => match datagram.proto {
                    Carrier::Tcp => common.streams.send(datagram.destination, &datagram.contents),
                    Carrier::Udp | Carrier::SslTcp | Carrier::Tls => {
                        // Full buffers lose packets as networks do.
                        let _ = common.web.send_to(&datagram.contents, datagram.destination);
                    }
                },
                Ok(Output::Timeout(at)) => {
                    let at = common.clock.tick(at);
                    if at > now || !self.rtc.is_alive() {
                        self.due = at;
                        return None;
                    }
                    self.elapse(now, common.clock.instant(now));
                }
                Ok(Output::Event(event)) => {
                    if let Some(happened) = self.happened(event) {
                        return Some(happened);
                    }
                }
                Err(_) => self.rtc.disconnect(),
            }
        }
    }

    fn happened(&mut self, event: Event) -> Option<Happened> {
        #[expect(clippy::wildcard_enum_match_arm, reason = "of another crate, which grows")]
        match event {
            Event::Connected => {
                self.connected = true;
                None
            }
            Event::MediaAdded(media) => {
                self.mid = Some(media.mid);
                None
            }
            Event::RtpPacket(packet) => {
                self.sounds = true;
                Some(Happened::Heard(header(&packet), packet.payload))
            }
            Event::PeerStats(stats) => Some(Happened::Quality {
                loss: stats.ingress_loss_fraction,
                loss_there: stats.egress_loss_fraction,
                rtt_ms: stats.rtt.and_then(|rtt| u32::try_from(rtt.as_millis()).ok()),
            }),
            _ => None,
        }
    }

    /// Sends a packet of a call to the page, under this number.
    pub(super) fn send(
        &mut self,
        common: &Common,
        now: Tick,
        (header, number): (&Header, u8),
        payload: &[u8],
    ) {
        let Ok(out) = self.out.relay(now, header, number) else { return };
        let Some(mid) = self.mid.filter(|_| self.connected) else { return };
        let ahead = out.sequence.wrapping_sub(self.sequence as u16) as i16;
        let sequence = self.sequence.saturating_add_signed(ahead.into());
        self.sequence = self.sequence.max(sequence);
        let at = common.clock.instant(now);
        let pt = Pt::new_with_value(out.payload_type);
        let packet = RtpWrite::new(pt, sequence.into(), out.timestamp, at, payload);
        if let Some(stream) = self.rtc.direct_api().stream_tx_by_mid(mid, None) {
            stream.write_rtp(packet.marker(out.marker));
            self.elapse(now, at);
        }
    }

    /// Says goodbye to the page, so that it need not find out.
    pub(super) fn close(mut self, common: &mut Common, now: Tick) {
        let _ = self.rtc.close();
        self.due = now;
        while self.next(common, now).is_some() {}
    }
}

/// The description with this number as the first of its stream: a browser that is not told otherwise sends that
/// (RFC 8829, 5.3.1).
fn named_first(sdp: &str, number: u8) -> String {
    let number = number.to_string();
    let line = |line: &str| -> String {
        let words: Vec<&str> = line.trim_end().split(' ').collect();
        if !line.starts_with("m=") || !words.iter().skip(3).any(|word| *word == number) {
            return line.to_owned();
        }
        let (media, formats) = words.split_at(3);
        let others = formats.iter().filter(|word| **word != number);
        let all: Vec<&str> =
            media.iter().chain([&number.as_str()]).chain(others).copied().collect();
        format!("{}\r\n", all.join(" "))
    };
    sdp.split_inclusive('\n').map(line).collect()
}

fn header(packet: &RtpPacket) -> Header {
    let it = &packet.header;
    Header {
        marker: it.marker,
        payload_type: *it.payload_type,
        sequence: it.sequence_number,
        timestamp: it.timestamp,
        ssrc: *it.ssrc,
    }
}

fn connection(make: &Make, at: Instant) -> Rtc {
    let mut config = RtcConfig::new()
        .set_crypto_provider(std::sync::Arc::clone(&make.crypto))
        .set_dtls_cert(make.certificate.clone())
        .set_ice_lite(true)
        .set_rtp_mode(true)
        .clear_codecs()
        .enable_g722(true, false)
        .enable_pcma(true, false)
        .enable_pcmu(true, false)
        // Feedback of transport is for who adapts what is sent, which a telephone's codec cannot.
        .clear_extension_map()
        .set_extension(1, Extension::RtpMid)
        .set_stats_interval(Some(QUALITY_EVERY));
    let keys = str0m::format::Codec::Tele;
    let format = FormatParams::default();
    config.codec_config().add_config(KEYS.into(), None, keys, Frequency::EIGHT_KHZ, None, format);
    let mut rtc = config.build(at);
    for &shown in &make.shown {
        // Those that cannot be candidates were turned away at the start.
        let _ = Candidate::host(shown, "udp").map(|it| rtc.add_local_candidate(it).is_some());
        let tcp = Candidate::builder().tcp().host(shown).tcptype(TcpType::Passive).build();
        let _ = tcp.map(|it| rtc.add_local_candidate(it).is_some());
    }
    rtc
}

/// A datagram in str0m's words; none if it is none of those that share a port with sound.
pub(super) fn read<'a>(
    at: Instant,
    (carrier, source): (Carrier, SocketAddr),
    here: SocketAddr,
    datagram: &'a [u8],
) -> Option<Input<'a>> {
    let received = Receive::new(carrier, source, here, datagram).ok()?;
    Some(Input::Receive(at, received))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codec_of_the_call_is_named_first() {
        let sdp = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 9 8 0 126\r\na=rtpmap:8 PCMA/8000\r\n";
        let first = named_first(sdp, 8);
        assert_eq!(first, sdp.replace("9 8 0 126", "8 9 0 126"));
        assert_eq!(named_first(sdp, 9), sdp);
        // The port is none of the formats.
        assert_eq!(named_first(&sdp.replace(" 9 8", " 8"), 9), sdp.replace(" 9 8", " 8"));
    }
}
