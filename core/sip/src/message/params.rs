// SPDX-License-Identifier: EUPL-1.2
//! Parameters of header fields: `;name=value;name="quoted; value"` (RFC 3261, 25.1).

use alloc::borrow::Cow;

use super::limits::PARAMS_MAX;
use super::scan::{closing_quote, ends_name, ends_value, position_or_end, trim, trim_start};
use super::text::unquote;

/// Parameters that were found well-formed when their header field was read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Params<'a> {
    raw: &'a [u8],
}

/// One parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Param<'a> {
    /// Its name as written.
    pub name: &'a [u8],
    /// Its value as written, quotes included; none if there is no `=`.
    pub value: Option<&'a [u8]>,
}

super::sealed_debug!(Params, Param);

impl<'a> Param<'a> {
    /// The value without quotes and escapes; empty if there is none.
    #[must_use]
    pub fn text(&self) -> Cow<'a, [u8]> {
        unquote(self.value.unwrap_or_default())
    }
}

impl<'a> Params<'a> {
    /// Reads parameters to the end; none if one is malformed. A single `;` at the end is taken.
    pub(super) fn parse(raw: &'a [u8]) -> Option<Params<'a>> {
        let (params, complete) = Params::parse_prefix(raw);
        complete.then_some(params)
    }

    /// The well-formed parameters at the beginning, and whether they are all.
    pub(super) fn parse_prefix(raw: &'a [u8]) -> (Params<'a>, bool) {
        let mut rest = raw;
        for _ in 0..=PARAMS_MAX {
            match split(rest) {
                Next::Param(_, after) => rest = after,
                Next::End => return (Params { raw }, true),
                Next::Malformed => break,
            }
        }
        (Params { raw: raw.get(..raw.len() - rest.len()).unwrap_or_default() }, false)
    }

    /// All parameters in their order.
    pub fn iter(&self) -> impl Iterator<Item = Param<'a>> + use<'a> {
        let mut rest = self.raw;
        core::iter::from_fn(move || match split(rest) {
            Next::Param(param, after) => {
                rest = after;
                Some(param)
            }
            Next::End | Next::Malformed => None,
        })
    }

    /// The first parameter of this name, in any case.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<Param<'a>> {
        self.iter().find(|param| param.name.eq_ignore_ascii_case(name.as_bytes()))
    }

    /// The value of a parameter as written, quotes included; empty if it has none.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a [u8]> {
        self.find(name).map(|param| param.value.unwrap_or_default())
    }

    /// Whether there is a parameter of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }
}

enum Next<'a> {
    Param(Param<'a>, &'a [u8]),
    End,
    Malformed,
}

/// The parameter at the beginning and what follows it.
fn split(bytes: &[u8]) -> Next<'_> {
    let bytes = trim_start(bytes);
    let Some((&first, rest)) = bytes.split_first() else { return Next::End };
    if first != b';' {
        return Next::Malformed;
    }
    let rest = trim_start(rest);
    if rest.is_empty() {
        return Next::End;
    }
    let (name, after) = rest.split_at(position_or_end(rest, ends_name));
    let after = trim_start(after);
    let (value, after) = match after.strip_prefix(b"=") {
        None => (None, after),
        Some(after) => match split_value(trim_start(after)) {
            Some((value, after)) => (Some(value), trim_start(after)),
            None => return Next::Malformed,
        },
    };
    let ended = after.first().is_none_or(|&next| next == b';');
    if name.is_empty() || !ended {
        return Next::Malformed;
    }
    Next::Param(Param { name, value }, after)
}

/// The value at the beginning: a quoted string, or anything without separators. It may be empty,
/// which some devices send for parameters that they do not fill.
fn split_value(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = match bytes.strip_prefix(b"\"") {
        Some(inside) => closing_quote(inside)? + 2,
        None => position_or_end(bytes, ends_value),
    };
    Some(bytes.split_at(end))
}

/// A value and the parameters behind it: `value;name=value`.
pub(super) fn split_params(bytes: &[u8]) -> Option<(&[u8], Params<'_>)> {
    let at = position_or_end(bytes, |byte| byte == b';');
    let (value, params) = bytes.split_at(at);
    Some((trim(value), Params::parse(params)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn read(text: &str) -> Option<Vec<(&str, Option<&str>)>> {
        let utf8 = |bytes| core::str::from_utf8(bytes).unwrap();
        let params = Params::parse(text.as_bytes())?;
        Some(params.iter().map(|param| (utf8(param.name), param.value.map(utf8))).collect())
    }

    #[test]
    fn parameters_are_read_with_all_the_white_space_that_is_allowed() {
        assert_eq!(read(""), Some(Vec::new()));
        assert_eq!(read(";lr"), Some(Vec::from([("lr", None)])));
        let wide = " ;\r\n  tag = 98asjd8 ; a;b=\"x;\\\"y\" ;c= [::1]:5060";
        let expected = [
            ("tag", Some("98asjd8")),
            ("a", None),
            ("b", Some("\"x;\\\"y\"")),
            ("c", Some("[::1]:5060")),
        ];
        assert_eq!(read(wide), Some(Vec::from(expected)));
    }

    #[test]
    fn sloppy_ends_are_taken_and_faults_are_not() {
        assert_eq!(read(";a=1;"), Some(Vec::from([("a", Some("1"))])));
        assert_eq!(read(";a="), Some(Vec::from([("a", Some(""))])));
        for bad in
            ["a", ";;a", ";a;;", ";=b", ";a b", ";a=b c", ";a=\"b", ";a=\"b\"c", ";a,b", ";<a>"]
        {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_good_beginning_of_a_bad_list_can_be_had() {
        let (params, complete) = Params::parse_prefix(b";branch=1;rport;;x");
        assert!(!complete && params.has("RPORT") && !params.has("x"));
        assert_eq!(params.get("branch"), Some(&b"1"[..]));
    }

    #[test]
    fn there_is_a_limit() {
        assert!(read(&";a".repeat(PARAMS_MAX)).is_some());
        assert!(read(&";a".repeat(PARAMS_MAX + 1)).is_none());
    }
}
