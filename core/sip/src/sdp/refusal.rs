// SPDX-License-Identifier: EUPL-1.2
//! Why an offer, an answer, or the moment for one was not accepted.

use crate::Status;
use core::fmt;

/// Why nothing was agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// No sound is offered, or it is offered as declined.
    NoAudio,
    /// The sound does not travel in RTP over UDP.
    Transport,
    /// The sound is protected in another way than this leg can, or its keys are missing.
    Security,
    /// No codec in common.
    NoCommonCodec,
    /// Nowhere to send: no c= line, an unknown network, a group, IPv6 seen from IPv4.
    Address,
    /// What we would have to say is beyond the limits.
    TooLarge,
    /// The answer has other streams than our offer.
    AnswerShape,
    /// The answer declines the sound.
    AudioDeclined,
    /// An offer of ours has no answer yet.
    OurOfferPending,
    /// An offer of theirs has no answer yet.
    TheirOfferPending,
    /// There is no offer that this could answer, repeat or undo.
    NoOffer,
}

impl Refusal {
    /// The status of the response, if the cause came in a request. An answer in a response or in an
    /// ACK cannot be refused; a call without an agreement is ended.
    #[must_use]
    pub fn status(self) -> Status {
        let code = match self {
            Refusal::NoAudio
            | Refusal::Transport
            | Refusal::Security
            | Refusal::NoCommonCodec
            | Refusal::Address
            | Refusal::AnswerShape
            | Refusal::AudioDeclined => 488,
            // RFC 3261, 14.2 and RFC 3311, 5.2.
            Refusal::OurOfferPending => 491,
            Refusal::TheirOfferPending | Refusal::NoOffer | Refusal::TooLarge => 500,
        };
        Status::new(code).expect("each is a status")
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refusal::NoAudio => "no sound offered",
            Refusal::Transport => "sound not over RTP and UDP",
            Refusal::Security => "other protection of RTP than this leg has",
            Refusal::NoCommonCodec => "no codec in common",
            Refusal::Address => "no usable address for media",
            Refusal::TooLarge => "our description is beyond the limits",
            Refusal::AnswerShape => "answer with other streams than the offer",
            Refusal::AudioDeclined => "answer declines the sound",
            Refusal::OurOfferPending => "our offer has no answer yet",
            Refusal::TheirOfferPending => "their offer has no answer yet",
            Refusal::NoOffer => "no offer to answer, repeat or undo",
        })
    }
}
