// SPDX-License-Identifier: EUPL-1.2
//! Telephone numbers: short ones like `115`, E.164 ones like `+494066969100`, and blocks of either.

/// Digits of the longest number (E.164).
const DIGITS_MAX: usize = 15;

/// Digits of the shortest E.164 number worth writing: country, area, one more.
const E164_DIGITS_MIN: usize = 7;

/// Digits of a short number such as `115` or `116117`.
const SHORT_DIGITS: core::ops::RangeInclusive<usize> = 3..=6;

/// Numbers in one block: what a county leases at once, and a slip of a digit is found.
pub const BLOCK_MAX: u64 = 10_000;

/// How a number is dialled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Plan {
    /// As it stands, without any prefix.
    Short,
    /// Worldwide, written with `+`.
    E164,
}

/// One number or a block of neighbours with equally many digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// How they are dialled.
    pub plan: Plan,
    /// How many digits each has.
    pub digits: u8,
    /// The first.
    pub first: u64,
    /// The last; the same as the first for a single number.
    pub last: u64,
}

/// Why a text is no number or block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberError {
    /// Neither a short number nor E.164.
    Form,
    /// Looks national: begins with 0.
    National,
    /// The two ends of a block have different lengths or kinds.
    Uneven,
    /// The block's end comes before its beginning.
    Reversed,
    /// More than [`BLOCK_MAX`] numbers.
    TooMany,
}

impl Numbers {
    /// Reads `115`, `+494066969100` or `+494066969200..+494066969219`.
    ///
    /// # Errors
    /// If it is none of these.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        let (plan, digits, first) = single(first)?;
        let (last_plan, last_digits, last) = single(last)?;
        if plan != last_plan || digits != last_digits {
            return Err(NumberError::Uneven);
        }
        if last < first {
            return Err(NumberError::Reversed);
        }
        if last - first >= BLOCK_MAX {
            return Err(NumberError::TooMany);
        }
        Ok(Numbers { plan, digits, first, last })
    }

    /// Whether these are among ours, be it with an extension's digits behind.
    #[must_use]
    pub fn contains(self, other: Numbers) -> bool {
        let ((plan, from, until), (other_plan, first, last)) = (self.reach(), other.reach());
        plan == other_plan && from <= first && last <= until
    }

    /// How many numbers these are.
    #[must_use]
    pub const fn count(self) -> u64 {
        self.last - self.first + 1
    }

    /// Everything that begins with one of these numbers, as an interval of 15-digit numbers: two
    /// sets of numbers can be told apart while they are dialled if these intervals do not meet.
    #[must_use]
    pub fn reach(self) -> (Plan, u64, u64) {
        let unit = 10_u64.pow(u32::try_from(DIGITS_MAX).unwrap_or(0) - u32::from(self.digits));
        (self.plan, self.first * unit, (self.last + 1) * unit - 1)
    }

    /// Whether a number among these begins with `digits` once its first `skipped` digits are left out.
    #[must_use]
    pub fn any_begins(self, skipped: u32, digits: u64, digits_count: u32) -> bool {
        let total = u32::from(self.digits);
        let Some(rest) = total.checked_sub(skipped + digits_count) else { return false };
        let unit = 10_u64.pow(rest);
        let circle = 10_u64.pow(digits_count);
        let (first, last) = (self.first / unit, self.last / unit);
        let ahead = (digits + circle - first % circle) % circle;
        first + ahead <= last
    }
}

impl core::fmt::Display for Numbers {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let plus = match self.plan {
            Plan::Short => "",
            Plan::E164 => "+",
        };
        let width = usize::from(self.digits);
        write!(f, "{plus}{:0width$}", self.first)?;
        if self.first != self.last {
            write!(f, "..{plus}{:0width$}", self.last)?;
        }
        Ok(())
    }
}

fn single(text: &str) -> Result<(Plan, u8, u64), NumberError> {
    let (plan, digits) = match text.strip_prefix('+') {
        Some(digits) => (Plan::E164, digits),
        None => (Plan::Short, text),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NumberError::Form);
    }
    if digits.starts_with('0') {
        return Err(NumberError::National);
    }
    let fits = match plan {
        Plan::Short => SHORT_DIGITS.contains(&digits.len()) && digits.starts_with('1'),
        Plan::E164 => (E164_DIGITS_MIN..=DIGITS_MAX).contains(&digits.len()),
    };
    match digits.parse() {
        Ok(number) if fits => Ok((plan, digits.len() as u8, number)),
        Ok(_) | Err(_) => Err(NumberError::Form),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_and_written() {
        for text in ["115", "116117", "+494066969100", "+494066969200..+494066969219"] {
            assert_eq!(Numbers::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Numbers::parse("+494066969200..+494066969219").unwrap().count(), 20);
    }

    #[test]
    fn other_things_are_refused() {
        let cases = [
            ("", NumberError::Form),
            ("15", NumberError::Form),
            ("215", NumberError::Form),
            ("1 15", NumberError::Form),
            ("+49 40 1", NumberError::Form),
            ("+123456", NumberError::Form),
            ("+1234567890123456", NumberError::Form),
            ("04066969100", NumberError::National),
            ("+04066969100", NumberError::National),
            ("+4940669691..+49406696920", NumberError::Uneven),
            ("115..+49406696920", NumberError::Uneven),
            ("+494066969219..+494066969200", NumberError::Reversed),
            ("+494066900000..+494066910000", NumberError::TooMany),
            ("115..", NumberError::Form),
            ("115..115..115", NumberError::Form),
            ("١١٥", NumberError::Form),
        ];
        for (text, error) in cases {
            assert_eq!(Numbers::parse(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn a_prefix_reaches_into_longer_numbers() {
        let (_, from, until) = Numbers::parse("+4940669692").unwrap().reach();
        let (_, longer, _) = Numbers::parse("+494066969219").unwrap().reach();
        let (_, beside, _) = Numbers::parse("+494066969319").unwrap().reach();
        assert!(from <= longer && longer <= until);
        assert!(beside > until);
    }

    #[test]
    fn a_block_is_seen_through() {
        assert!(Numbers::parse("109..115").unwrap().any_begins(0, 112, 3));
        assert!(!Numbers::parse("113..119").unwrap().any_begins(0, 112, 3));
        assert!(Numbers::parse("+4940109999..+4940110001").unwrap().any_begins(4, 110, 3));
    }
}
