// SPDX-License-Identifier: EUPL-1.2
//! Counts lines, and ends a piece that is too long: the parser would gather it in memory.

use std::io::{self, BufRead, Read};

/// A stream whose pieces have an end.
pub(super) struct Bounded<R> {
    inner: R,
    /// The line that is read, counted from 1.
    pub(super) line: u64,
    /// How many bytes the piece may still have.
    left: usize,
    /// Whether a piece was too long.
    pub(super) is_over: bool,
}

impl<R: BufRead> Bounded<R> {
    pub(super) fn new(inner: R) -> Bounded<R> {
        Bounded { inner, line: 1, left: 0, is_over: false }
    }

    /// The next piece may have so many bytes.
    pub(super) fn allow(&mut self, bytes: usize) {
        self.left = bytes;
    }

    /// How many of them the piece has left over.
    pub(super) fn left(&self) -> usize {
        self.left
    }
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let there = self.fill_buf()?;
        let length = there.len().min(to.len());
        to[..length].copy_from_slice(&there[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let there = self.inner.fill_buf()?;
        if self.left == 0 && !there.is_empty() {
            self.is_over = true;
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        Ok(&there[..there.len().min(self.left)])
    }

    fn consume(&mut self, length: usize) {
        if let Ok(there) = self.inner.fill_buf() {
            let taken = there.iter().take(length);
            self.line += taken.filter(|&&byte| byte == b'\n').count() as u64;
        }
        self.inner.consume(length);
        self.left = self.left.saturating_sub(length);
    }
}
