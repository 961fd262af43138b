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

/// The shortest recording that is taken, in seconds: one word. Loudness is measured over 0.4 s.
pub const SECONDS_MIN: f64 = 0.5;

/// The loudness to which speech is brought, in LUFS: what broadcasters of spoken words for small
/// loudspeakers use. The announcements of the example have it too.
pub const SPEECH_LUFS: f64 = -16.0;

/// The loudness to which music is brought, in LUFS: those who wait want to do something else meanwhile.
pub const MUSIC_LUFS: f64 = -22.0;

/// By how much a recording is raised at most, in dB: speech into a telephone at arm's length has
/// −40 LUFS; what is quieter is mostly the room's noise.
pub const GAIN_DB_MAX: f64 = 30.0;

/// What never gets louder than this, in dB of full scale, is no recording of anything.
pub const SILENT_DBFS: f64 = -60.0;

/// The share of samples cut off at full scale that is borne, one in a thousand: a few clicks. Words
/// that were recorded too loud have ten times as many.
pub const CLIPPED_SHARE_MAX: f64 = 0.001;

/// What is quieter than this over 20 ms, in dB of full scale at [`SPEECH_LUFS`], is the room and no
/// speech: rooms have −60 to −50, the last letters of words −40.
pub const PAUSE_DBFS: f64 = -46.0;

/// Silence at an end, in seconds, from which on most of it is taken off.
pub const END_LONGEST: f64 = 1.0;

/// Seconds of silence that stay before the first word: the first packets of a call get lost easily.
pub const START_KEPT: f64 = 0.2;

/// Seconds of silence that stay after the last word.
pub const END_KEPT: f64 = 0.3;

/// A pause inside, in seconds, that somebody should listen to: callers think that the line is dead.
pub const PAUSE_NOTED: f64 = 3.0;
