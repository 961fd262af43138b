// SPDX-License-Identifier: EUPL-1.2
//! Byte offsets into lines and columns as an editor counts them.

/// Where the lines of a text begin.
#[derive(Clone, Debug)]
pub struct Lines<'s> {
    text: &'s str,
    starts: Vec<usize>,
}

/// A place as people name it: both numbers begin at 1, columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

impl<'s> Lines<'s> {
    /// Finds the lines of `text`.
    #[must_use]
    pub fn new(text: &'s str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
        Lines { text, starts }
    }

    /// The number of lines that hold anything.
    #[must_use]
    pub fn count(&self) -> usize {
        match self.starts.last() {
            Some(&last) if last == self.text.len() && last > 0 => self.starts.len() - 1,
            Some(_) | None => self.starts.len(),
        }
    }

    /// The line (from 0) that byte `at` is in.
    #[must_use]
    pub fn line_of(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at).saturating_sub(1)
    }

    /// Line and column of byte `at`; what lies behind the text is its end.
    #[must_use]
    pub fn place(&self, at: usize) -> LineColumn {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        let line = self.line_of(at);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let before = self.text.get(start..at).unwrap_or("");
        LineColumn { line: line + 1, column: before.chars().count() + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let lines = Lines::new("a\r\näöü=1\n");
        let at = |at| {
            let place = lines.place(at);
            (place.line, place.column)
        };
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(3), (2, 1));
        assert_eq!(at(4), (2, 1), "inside a character");
        assert_eq!(at(9), (2, 4));
        assert_eq!(at(999), (3, 1));
        assert_eq!(lines.count(), 2);
        assert_eq!(Lines::new("").count(), 1);
    }
}
