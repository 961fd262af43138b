// SPDX-License-Identifier: EUPL-1.2
//! Every bound of session descriptions, with its calculation. A description beyond one is refused
//! with the [`Rule`](super::Rule) that it breaks.

/// Bytes of a description, as received and as written. A carrier's offer has fewer than 2,000, a
/// browser's offer of sound, picture and data with its candidates about 8,000; doubled.
pub const BYTES_MAX: usize = 16_384;

/// Lines of a description. A browser's offer of three streams has about 250; doubled.
pub const LINES_MAX: usize = 512;

/// Streams (m= lines). A conference phone offers five (two pictures, slides, floor control);
/// tripled.
pub const MEDIA_MAX: usize = 16;

/// Attributes and unknown lines of the session or of one stream. A browser's picture has about 120;
/// doubled.
pub const ATTRIBUTES_MAX: usize = 256;

/// Formats of one stream. A browser's picture has about 30; an RTP stream cannot use more than the
/// 96 numbers that are not reserved (RFC 3551, 6).
pub const FORMATS_MAX: usize = 64;

/// Bytes of one word of an m= line. The longest in use, `webrtc-datachannel`, has 18. With
/// [`MEDIA_MAX`] it also bounds what an answer repeats of an offer: 16 × (3 × 64 + 8) = 3,200 bytes.
pub const WORD_BYTES_MAX: usize = 64;

/// The packet length where nobody asks for another, in milliseconds (RFC 3551, 4.5).
pub const PTIME_DEFAULT_MS: u8 = 20;

/// The shortest packet length that is granted; below it headers outweigh the sound eight to one.
pub const PTIME_MIN_MS: u8 = 10;

/// The longest packet length that is granted: 480 bytes of G.711 or G.722. A longer packet that
/// gets lost takes a syllable with it.
pub const PTIME_MAX_MS: u8 = 60;

/// The highest tag of an a=crypto line: nine digits (RFC 4568, 9.1).
pub const CRYPTO_TAG_MAX: u32 = 999_999_999;

/// Packets that a key may be used for: the most that any key can be (RFC 4568, 6.1; RFC 3711, 9.2).
pub const LIFETIME_MAX: u64 = 1 << 48;

/// Bytes of a master key identifier in each packet (RFC 4568, 6.1).
pub const MKI_BYTES_MAX: u8 = 128;
