// SPDX-License-Identifier: EUPL-1.2
//! How bytes are walked over: classes of bytes, white space, quotes, lists.
//!
//! A folded line counts as white space (RFC 3261, 7.3.1), so every reader of a value sees CR and LF
//! as such. The rule to keep: a byte is looked at a bounded number of times, and every walk over
//! bytes of a peer goes through this file, where the tests count the steps.

const TOKEN: u8 = 1;
const SPACE: u8 = 2;
const HOST: u8 = 4;
const NOT_IN_URI: u8 = 8;
const SCHEME: u8 = 16;
const ENDS_VALUE: u8 = 32;
const ENDS_NAME: u8 = 64;

const CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = class(byte as u8);
        byte += 1;
    }
    table
}

const fn class(byte: u8) -> u8 {
    let name = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    let token = name || matches!(byte, b'!' | b'%' | b'*' | b'_' | b'+' | b'`' | b'\'' | b'~');
    let mut class = 0;
    if token {
        class |= TOKEN;
    }
    if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
        class |= SPACE;
    }
    // The underscore is no part of a host name, and in the field all the same.
    if name || byte == b'_' {
        class |= HOST;
    }
    if byte <= b' ' || byte == 0x7f || matches!(byte, b'<' | b'>' | b'"') {
        class |= NOT_IN_URI;
    }
    if name || byte == b'+' {
        class |= SCHEME;
    }
    if class & SPACE != 0 || matches!(byte, b';' | b',' | b'"') {
        class |= ENDS_VALUE | ENDS_NAME;
    }
    if matches!(byte, b'=' | b'<' | b'>' | b'@' | 0) {
        class |= ENDS_NAME;
    }
    class
}

fn is(byte: u8, class: u8) -> bool {
    CLASSES[usize::from(byte)] & class != 0
}

/// RFC 3261, 25.1: `token`.
pub(crate) fn is_token(byte: u8) -> bool {
    is(byte, TOKEN)
}

/// White space, line breaks of folded lines included.
pub(super) fn is_space(byte: u8) -> bool {
    is(byte, SPACE)
}

pub(super) fn is_host(byte: u8) -> bool {
    is(byte, HOST)
}

/// A byte that no URI has, whatever its scheme. What else a user part has to escape is taken as it
/// comes: `sip:*21#@pbx` is in every phone book.
pub(super) fn is_not_in_uri(byte: u8) -> bool {
    is(byte, NOT_IN_URI)
}

pub(super) fn is_scheme(byte: u8) -> bool {
    is(byte, SCHEME)
}

/// A byte behind the value of a parameter that is not quoted.
pub(super) fn ends_value(byte: u8) -> bool {
    is(byte, ENDS_VALUE)
}

/// A byte behind the name of a parameter.
pub(super) fn ends_name(byte: u8) -> bool {
    is(byte, ENDS_NAME)
}

/// Where the first byte of that kind is.
#[inline]
pub(super) fn position(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> Option<usize> {
    let found = bytes.iter().position(|&byte| wanted(byte));
    steps::count(found.map_or(bytes.len(), |at| at + 1));
    found
}

/// The same, or the end.
#[inline]
pub(super) fn position_or_end(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> usize {
    position(bytes, wanted).unwrap_or(bytes.len())
}

/// Whether there is something and all of it is of that kind.
#[inline]
pub(super) fn all(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> bool {
    !bytes.is_empty() && position(bytes, |byte| !wanted(byte)).is_none()
}

/// The two parts around the byte at this place.
#[inline]
pub(super) fn around(bytes: &[u8], at: usize) -> (&[u8], &[u8]) {
    let (before, rest) = bytes.split_at_checked(at).unwrap_or((bytes, &[]));
    (before, rest.get(1..).unwrap_or_default())
}

/// The two parts around the first white space, the second without more of it at its beginning.
pub(super) fn between_spaces(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (before, rest) = bytes.split_at(position(bytes, is_space)?);
    Some((before, trim_start(rest)))
}

#[inline]
pub(super) fn trim_start(bytes: &[u8]) -> &[u8] {
    // Most values begin with a letter.
    match bytes.first() {
        Some(&first) if is_space(first) => &bytes[position_or_end(bytes, |byte| !is_space(byte))..],
        Some(_) | None => bytes,
    }
}

#[inline]
pub(super) fn trim(bytes: &[u8]) -> &[u8] {
    let bytes = trim_start(bytes);
    let length = bytes.iter().rposition(|&byte| !is_space(byte)).map_or(0, |last| last + 1);
    steps::count(bytes.len() - length + 1);
    &bytes[..length]
}

/// Where the quoted string ends whose opening quote stands before these bytes; `\` takes the next
/// byte with it.
pub(super) fn closing_quote(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += position(bytes.get(at..)?, |byte| byte == b'"' || byte == b'\\')?;
        if bytes[at] == b'"' {
            return Some(at);
        }
        at += 2;
    }
}

/// RFC 3261, 25.1: digits only; none if there are none, or the number is too large for anything.
pub(super) fn decimal(bytes: &[u8]) -> Option<u64> {
    steps::count(bytes.len());
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| u64::from(byte - b'0'));
    let add = |sum: u64, byte: &u8| sum.checked_mul(10)?.checked_add(digit(byte)?);
    if bytes.is_empty() { None } else { bytes.iter().try_fold(0, add) }
}

/// A number in the range of its type.
pub(super) fn number<T: TryFrom<u64>>(bytes: &[u8]) -> Option<T> {
    decimal(bytes).and_then(|number| T::try_from(number).ok())
}

/// The next byte that ends a line, or is none: CR, LF or NUL.
pub(super) fn line_break(bytes: &[u8], from: usize) -> Option<usize> {
    const LANES: u64 = 0x0101_0101_0101_0101;
    let mut at = from;
    while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let word = u64::from_le_bytes(*eight);
        // A lane's high bit is set if its byte is below 14, which are few others than those three.
        let low = word.wrapping_sub(LANES * 14) & !word & (LANES << 7);
        steps::count(8);
        if low == 0 {
            at += 8;
            continue;
        }
        if let Some(inside) = eight.iter().position(|&byte| is_line_break(byte)) {
            return Some(at + inside);
        }
        at += 8;
    }
    position(bytes.get(at..)?, is_line_break).map(|inside| at + inside)
}

fn is_line_break(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n' | 0)
}

/// The values of a list: between commas that stand neither in quotes nor in `<>` (RFC 3261, 7.3.1).
///
/// What is not closed reaches to the end; its reader finds the fault.
#[derive(Clone, Copy)]
pub(super) struct List<'a> {
    rest: Option<&'a [u8]>,
}

impl<'a> List<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> List<'a> {
        List { rest: Some(bytes) }
    }
}

impl<'a> Iterator for List<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest?;
        let Some(at) = comma(rest) else {
            self.rest = None;
            return Some(trim(rest));
        };
        let (value, after) = around(rest, at);
        self.rest = Some(after);
        Some(trim(value))
    }
}

/// The first comma outside of quotes and brackets.
fn comma(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let found = at + position(&bytes[at..], |byte| matches!(byte, b',' | b'"' | b'<'))?;
        let inside = &bytes[found + 1..];
        at = match bytes[found] {
            b',' => return Some(found),
            b'"' => found + 2 + closing_quote(inside)?,
            _ => found + 2 + position(inside, |byte| byte == b'>')?,
        };
    }
}

/// Counts in tests how often a byte was looked at; costs nothing elsewhere.
pub(super) mod steps {
    #[cfg(not(test))]
    #[inline(always)]
    pub(in crate::message) fn count(_: usize) {}

    #[cfg(test)]
    pub(in crate::message) use counted::{count, taken_by};

    #[cfg(test)]
    mod counted {
        extern crate std;
        use core::cell::Cell;

        std::thread_local! {
            static STEPS: Cell<usize> = const { Cell::new(0) };
        }

        pub(in crate::message) fn count(steps: usize) {
            STEPS.with(|sum| sum.set(sum.get() + steps));
        }

        /// The steps that this takes.
        pub(in crate::message) fn taken_by(act: impl FnOnce()) -> usize {
            let before = STEPS.with(Cell::get);
            act();
            STEPS.with(Cell::get) - before
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;

    fn list(text: &str) -> Vec<&str> {
        List::new(text.as_bytes()).map(|item| core::str::from_utf8(item).unwrap()).collect()
    }

    #[test]
    fn a_list_is_split_at_commas_outside_of_quotes_and_brackets() {
        assert_eq!(list("a, b ,c"), ["a", "b", "c"]);
        assert_eq!(
            list(r#""a,\",b" <sip:x,y>;q="1,2", <sip:z>"#),
            [r#""a,\",b" <sip:x,y>;q="1,2""#, "<sip:z>"]
        );
        assert_eq!(list(r#"a, "b, c"#), ["a", r#""b, c"#]);
        assert_eq!(list("a, <b, c"), ["a", "<b, c"]);
        assert_eq!(list(",,"), ["", "", ""]);
        assert_eq!(list(""), [""]);
    }

    #[test]
    fn a_line_break_is_found_wherever_it_stands() {
        for length in 0..40 {
            for at in 0..length {
                for byte in [b'\r', b'\n', 0] {
                    let mut bytes = vec![b'\t'; length];
                    bytes[at] = byte;
                    assert_eq!(line_break(&bytes, 0), Some(at));
                    assert_eq!(line_break(&bytes, at + 1), None);
                }
            }
            assert_eq!(line_break(&vec![0x80; length], 0), None);
        }
    }

    #[test]
    fn numbers_have_digits_only_and_a_range() {
        assert_eq!(decimal(b"0068"), Some(68));
        assert_eq!(decimal(b"18446744073709551615"), Some(u64::MAX));
        assert_eq!(decimal(b"18446744073709551616"), None);
        for bad in [&b""[..], b"-1", b"+1", b"1 ", b"0x1", b"1e3"] {
            assert_eq!(decimal(bad), None);
        }
        assert_eq!(number::<u8>(b"256"), None);
    }

    #[test]
    fn white_space_includes_folds() {
        assert_eq!(trim(b" \r\n\ta b\r\n "), b"a b");
        assert_eq!(trim(b" \t "), b"");
        assert_eq!(closing_quote(br#"a\"b" c"#), Some(4));
        assert_eq!(closing_quote(br#"a\"#), None);
    }
}
