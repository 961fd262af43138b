// SPDX-License-Identifier: EUPL-1.2
//! As whom the centre registers over a trunk, and which numbers it shows there.
//!
//! Rule: a number that is shown is one of the centre's own (§ 120 TKG); a password never stands in the file.

use super::ways::one_number;
use crate::config::address::{is_domain, nearest_domain};
use crate::config::county::{Account, Identity, Line, Shows, Trunk};
use crate::config::number::Numbers;
use crate::config::problem::{Problem, TelephonyProblem};
use crate::config::reader::{DurationRule, Fields, Reader, start};
use stdx::Micros;

/// The longest user part or name: what fits into a header many times over.
const USER_MAX: usize = 64;

/// For how long a registration is asked if the file does not say: long enough for a night without a network of
/// the carrier's, short enough to notice that it has forgotten us.
const REGISTERED_FOR: Micros = Micros::from_mins(10);

/// A minute is the least that most registrars take, a day the most.
const REGISTERED: DurationRule = DurationRule {
    min: Micros::from_secs(60),
    max: Micros::from_mins(24 * 60),
    default: Some(REGISTERED_FOR),
};

/// Keys that mean nothing without `registrar`.
const OF_ACCOUNT: [&str; 4] = ["user", "login", "registered_for", "bulk"];

/// As whom the centre registers; nobody without `registrar`.
pub(super) fn account(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Option<Account> {
    let user = name(reader, fields, "user");
    let login = name(reader, fields, "login");
    let registered_for = reader.duration(fields, "registered_for", REGISTERED);
    let bulk = reader.flag(fields, "bulk");
    if fields.get("registrar").is_none() {
        if !fields.mistypes("registrar") {
            for key in OF_ACCOUNT.into_iter().filter(|key| fields.get(key).is_some()) {
                let problem = TelephonyProblem::NeedsRegistrar { key };
                reader.note(fields.place(key), Problem::Telephony(problem));
            }
        }
        return None;
    }
    let registrar = registrar(reader, fields);
    reader.required(fields, "user");
    let (registrar, user) = (registrar?, user?);
    let login = login.unwrap_or_else(|| user.clone());
    Some(Account { registrar, user, login, registered_for, bulk })
}

fn registrar(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Option<String> {
    let value = fields.get("registrar")?;
    let text = reader.string("registrar", value)?;
    if is_domain(text) {
        return Some(text.to_owned());
    }
    let (given, meant) = (text.to_owned(), nearest_domain(text));
    let problem = TelephonyProblem::BadRegistrar { given, meant };
    reader.note(start(value), Problem::Telephony(problem));
    None
}

/// A name that can stand in an address as it is (RFC 3261, 25.1: `unreserved`, `user-unreserved`).
fn name(reader: &mut Reader<'_>, fields: &Fields<'_, '_>, key: &'static str) -> Option<String> {
    let value = fields.get(key)?;
    let text = reader.string(key, value)?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!~*'()&=+$".contains(&byte);
    // A name for a password may have an @, and never stands in an address.
    let fits = text.bytes().all(|byte| is_plain(byte) || key == "login" && byte == b'@');
    if text.is_empty() || text.len() > USER_MAX || !fits {
        let problem = TelephonyProblem::BadUser { given: text.to_owned(), max: USER_MAX };
        reader.note(start(value), Problem::Telephony(problem));
        return None;
    }
    Some(text.to_owned())
}

pub(super) fn identity(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Identity {
    let word =
        fields.get("identity").and_then(|_| reader.word(fields, "identity", &Identity::WORDS));
    word.and_then(|word| Identity::ALL.get(word)).copied().unwrap_or_default()
}

/// Who registers is shown its own numbers unless the file says otherwise: many carriers refuse others.
pub(super) fn shows(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    account: Option<&Account>,
) -> Shows {
    let word = fields.get("shows").and_then(|_| reader.word(fields, "shows", &Shows::WORDS));
    let usual = if account.is_some() { Shows::Own } else { Shows::Caller };
    word.and_then(|word| Shows::ALL.get(word)).copied().unwrap_or(usual)
}

/// The numbers that the carrier knows as the centre's.
pub(super) fn numbers(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Vec<Numbers> {
    let texts = reader.optional_texts(fields, "numbers");
    texts.into_iter().filter_map(|text| Some(reader.numbers(text)?.value)).collect()
}

/// The number that calls of telephones show.
pub(super) fn caller_id(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Option<Numbers> {
    one_number(reader, fields, "caller_id")
}

/// Notes numbers that would be shown and belong to nobody here.
pub(super) fn check_shown(
    reader: &mut Reader<'_>,
    tables: &[Fields<'_, '_>],
    trunks: &[Trunk],
    lines: &[Line],
) {
    let of_lines = lines.iter().flat_map(|line| &line.numbers);
    let own: Vec<Numbers> =
        of_lines.chain(trunks.iter().flat_map(|trunk| &trunk.numbers)).copied().collect();
    for (fields, trunk) in tables.iter().zip(trunks) {
        let Some(shown) = trunk.caller_id else { continue };
        let of_account = trunk.account.as_ref().and_then(|it| Numbers::parse(&it.user).ok());
        if !own.iter().copied().chain(of_account).any(|own| own.contains(shown)) {
            let problem = Problem::Telephony(TelephonyProblem::NotOurNumber);
            reader.note(fields.place("caller_id"), problem);
        }
    }
}
