// SPDX-License-Identifier: EUPL-1.2
//! Every bound of the announcements, with its calculation.

/// The longest sound, in seconds: five minutes, as long as an announcement may be in a county's file.
/// What is longer is refused; music repeats itself anyway.
pub const SECONDS_MAX: u32 = 300;

/// All sounds of a centre together, in seconds: an hour. In three codecs of 8,000 bytes a second
/// each this is 86 MB; a county's are two minutes and 3 MB. What comes after it is refused.
pub const SECONDS_TOGETHER_MAX: u32 = 3_600;

/// Bytes of a file: [`SECONDS_MAX`] in stereo at 48,000 Hz with 24 bits, 86.4 MB, and some for what
/// editors write beside the sound. A larger file is refused without being read.
pub const FILE_BYTES_MAX: u64 = 90_000_000;

/// Samples a second in which we keep sound until it is encoded: what G.722 takes.
pub const RATE: u32 = 16_000;

/// Samples a second that files may have. Each gives a small ratio to [`RATE`]: the largest, for
/// 11,025 Hz, needs a filter of 41,000 taps.
pub const RATES: [u32; 9] = [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000];

/// Channels that files may have: one, or two that are mixed.
pub const CHANNELS_MAX: u16 = 2;

/// Characters of a name: an id of a county's file, which is far shorter, and what it is for.
pub const NAME_MAX: usize = 80;
