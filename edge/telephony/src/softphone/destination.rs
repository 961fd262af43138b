// SPDX-License-Identifier: EUPL-1.2
//! Whom a handset can dial, or hand a caller to: the user part of an address, as our signalling reads it from a desk
//! telephone's REFER or INVITE.
//!
//! | To | By |
//! |---|---|
//! | an agent of ours | the id of one of the agent's telephones ([`telephone`]) |
//! | the queue of a line | a number of the line ([`number`]) |
//! | a partner's centre | the partner's number ([`number`]) |
//! | an office, anybody outside | the number as it is dialled ([`number`]), within what the trunks let out |

use super::limits::DESTINATION_MAX;

/// A telephone of the county's file, by its id; with it the agent who sits there. None if no id looks like this.
#[must_use]
pub fn telephone(id: &str) -> Option<String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    is_destination(id, is_plain).then(|| id.to_owned())
}

/// A number as a person writes it: spaces and what groups digits are left out. None if no number looks like this.
#[must_use]
pub fn number(written: &str) -> Option<String> {
    let dialled: String = written.chars().filter(|it| !" /-().\u{a0}".contains(*it)).collect();
    let plus_first = dialled.rfind('+').is_none_or(|at| at == 0);
    let is_key = |byte: u8| byte.is_ascii_digit() || b"+*#".contains(&byte);
    (plus_first && is_destination(&dialled, is_key)).then_some(dialled)
}

/// Whether this can be dialled at all: either of the two above.
pub(super) fn is_dialled(user: &str) -> bool {
    let is_either = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.+*#".contains(&byte);
    is_destination(user, is_either)
}

fn is_destination(user: &str, is_one: impl Fn(u8) -> bool) -> bool {
    !user.is_empty() && user.len() <= DESTINATION_MAX && user.bytes().all(is_one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        assert_eq!(number("04171 / 693-0").as_deref(), Some("041716930"));
        assert_eq!(number("+49 (4171) 693 0").as_deref(), Some("+4941716930"));
        assert_eq!(number("*10").as_deref(), Some("*10"));
        for wrong in ["", " ", "49+4171", "k1", "1;x", "sip:115@h", "1\r\n", &"1".repeat(65)] {
            assert_eq!(number(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn telephones_are_named_by_their_ids() {
        assert_eq!(telephone("kreis-1").as_deref(), Some("kreis-1"));
        for wrong in ["", "a b", "a@b", "a?Replaces=b", "ü", "a%3B"] {
            assert_eq!(telephone(wrong), None, "{wrong}");
        }
    }
}
