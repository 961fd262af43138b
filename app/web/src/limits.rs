// SPDX-License-Identifier: EUPL-1.2
//! Every bound of the pages, with its calculation and what happens at it.

use std::time::Duration;
use stdx::Micros;

/// Sessions at once: every agent of the largest centre at two browsers, and some more. At the limit the one that was
/// idle longest ends.
pub const SESSIONS_MAX: usize = 4_096;

/// How long a session lasts without being used: a long meeting.
pub const SESSION_IDLE: Micros = Micros::from_mins(120);

/// How long a session lasts: the longest shift, and some time before and after it.
pub const SESSION_LASTS: Micros = Micros::from_mins(16 * 60);

/// Accounts in the file: the largest centre, its editors and its supervisors. More are refused when the file is read.
pub const ACCOUNTS_MAX: usize = 10_000;

/// Bytes of the accounts' file: 10,000 accounts with 400 bytes each.
pub const ACCOUNTS_FILE_MAX: u64 = 4 << 20;

/// Bytes of a name or a password that somebody signs in with. Longer ones are wrong without being looked at.
pub const CREDENTIAL_MAX: usize = 256;

/// Attempts to sign in that fail for one name, or come from one address, before it has to wait.
pub const ATTEMPTS: u32 = 10;

/// How long such an attempt is remembered.
pub const ATTEMPTS_FOR: Micros = Micros::from_mins(5);

/// Names and addresses whose attempts are remembered; beyond them nobody signs in until the oldest are forgotten.
pub const ATTEMPTS_KEPT: usize = 10_000;

/// Passwords that are checked at the same time: each takes a core for a twentieth of a second and 19 MiB.
pub const CHECKS_AT_ONCE: usize = 2;

/// Bytes of the body of a request: a wrap-up with its note.
pub const BODY_MAX: usize = 16 << 10;

/// Bytes of a message of a desk: an offer of a browser has 4 to 10 KiB.
pub const MESSAGE_MAX: usize = 64 << 10;

/// Messages of one desk in a second, on average, and at once: somebody who types digits fast, and a page that comes
/// back. Beyond them the socket is closed.
pub const MESSAGES_A_SECOND: u32 = 20;
/// See [`MESSAGES_A_SECOND`].
pub const MESSAGES_AT_ONCE: u32 = 60;

/// How long a desk waits for the centre's answer. The log may be slow; then people are told.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// How often a desk is told its state at the most: more than eyes can follow.
pub const DESK_EVERY: Duration = Duration::from_millis(40);

/// How often a desk is told it at least, so that a lost connection is noticed.
pub const DESK_AT_LEAST: Duration = Duration::from_secs(10);

/// How often a wallboard is told its state at the most.
pub const BOARD_EVERY: Duration = Duration::from_millis(500);

/// How often a wallboard is told it at least.
pub const BOARD_AT_LEAST: Duration = Duration::from_secs(5);

/// How long a page may take to read what it is told, before its socket is closed.
pub const SEND_WITHIN: Duration = Duration::from_secs(10);

/// How long the page of a desk may say nothing: it says something every five seconds.
pub const PAGE_SILENT: Duration = Duration::from_secs(15);

/// Wallboards at once: three in each of a hundred offices.
pub const BOARDS_MAX: usize = 300;

/// Connections at once: desks, wallboards, and what browsers open besides. Further ones are closed.
pub const CONNECTIONS_MAX: usize = 4_096;

/// Connections from one address, but for this machine, where a proxy may speak for all: forty browsers behind one
/// address. Further ones are closed.
pub const CONNECTIONS_OF_ONE: usize = 256;

/// How long a connection may take to prove who it is by TLS, and until its first word.
pub const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);

/// Entries that a search of the directory shows.
pub const ENTRIES_SHOWN: usize = 50;

/// Characters of what is looked up; what is typed beyond them changes nothing.
pub const LOOKED_UP_MAX: usize = 200;

/// Services that a search shows: more than anybody reads while somebody speaks.
pub const SERVICES_SHOWN: usize = 20;

/// Characters of what editors are told.
pub const TASK_WORDS_MAX: usize = 300;

/// Characters of the reason for an act.
pub const REASON_MAX: usize = 200;

/// Concerns of one wrap-up.
pub const CONCERNS_MAX: usize = 5;

/// Characters of a concern, and of a place.
pub const CONCERN_MAX: usize = 120;

/// Characters of a note.
pub const NOTE_MAX: usize = 500;

/// Characters of what was said of a case, and of what is written later: two pages of a letter.
pub const CASE_TEXT_MAX: usize = 2_000;

/// Characters of a name, an address, or a wish in a case, and of ids and names of what it is about.
pub const CASE_FIELD_MAX: usize = 200;

/// Cases that a list shows: more than anybody works off in a day. Of more it is said how many.
pub const CASES_SHOWN: usize = 200;

/// Wrap-ups that are kept for whoever wrote them: a long shift with a call every two minutes.
pub const WRAP_UPS_KEPT: usize = 400;

/// Digits of a number that is dialled or keys that are sent at once.
pub const KEYS_MAX: usize = 40;

/// How long a sign-in at somebody who vouches may take: a password, a second factor that has to be looked for.
pub const SIGN_IN_LASTS: Micros = Micros::from_mins(10);

/// How far the clocks of whoever vouches and ours may be apart.
pub const CLOCK_LEEWAY: Micros = Micros::from_mins(1);

/// How long one request to whoever vouches may take, from its name to the last byte. Browsers wait for ten seconds.
pub const PROVIDER_WITHIN: Duration = Duration::from_secs(5);

/// Bytes of an answer of theirs: keys with their certificates take 50 KiB. A longer one is no answer.
pub const PROVIDER_ANSWER_MAX: usize = 256 << 10;

/// Keys of theirs that are kept: two generations of every algorithm. Further ones are left out.
pub const PROVIDER_KEYS_MAX: usize = 32;

/// How long their keys are believed in: one that was taken back is not accepted for longer.
pub const KEYS_HOLD: Micros = Micros::from_mins(60);

/// How often keys are looked for anew because one is unknown, at the most; whoever signs with it has to wait.
pub const KEYS_AGAIN: Micros = Micros::from_secs(30);

/// How long nobody asks anew who did not answer.
pub const PROVIDER_AGAIN: Micros = Micros::from_secs(5);

/// Sign-ins that are asked after at the same time; further ones are told to try again.
pub const EXCHANGES_AT_ONCE: usize = 64;

/// Lines of refused sign-ins for the operator within [`REFUSALS_FOR`]; further ones are left out, so that nobody can
/// fill the log who never signs in.
pub const REFUSALS_TOLD: u32 = 30;

/// How long those lines count.
pub const REFUSALS_FOR: Micros = Micros::from_mins(1);

/// Bytes of a proof: a person in some hundred groups. A longer one is refused.
pub const ID_TOKEN_MAX: usize = 64 << 10;

/// Bytes of a proof that is shown again to sign out: servers take addresses of 8 KiB. A longer one is not shown.
pub const ID_TOKEN_SHOWN_MAX: usize = 4 << 10;

/// Bytes of what a browser brings back: codes are shorter than 2 KiB.
pub const RETURNED_MAX: usize = 8 << 10;

/// Groups of a person that are looked at; further ones give no role.
pub const GROUPS_MAX: usize = 2_000;

/// Characters of a person's name that are shown.
pub const SHOWN_MAX: usize = 120;
