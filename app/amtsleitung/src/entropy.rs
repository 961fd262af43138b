// SPDX-License-Identifier: EUPL-1.2
//! Random bytes, from the system's generator. Nobody else in the program draws any but the telephones'
//! passwords.

use std::fs::File;
use std::io::{self, Read as _};

/// The system's generator, opened once.
#[derive(Debug)]
pub struct Entropy(File);

impl Entropy {
    /// Opens it.
    ///
    /// # Errors
    /// If the system has none.
    pub fn open() -> io::Result<Entropy> {
        File::open("/dev/urandom").map(Entropy)
    }

    /// So many bytes that nobody can guess.
    ///
    /// # Panics
    /// If the system's generator ends, which it never does.
    #[must_use]
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0
            .read_exact(&mut bytes)
            .expect("the system's generator has no end, and waits for nothing");
        bytes
    }

    /// A number below this one, each as likely as the next.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn below(&mut self, end: usize) -> usize {
        assert!(end > 0, "a number below none");
        let end = end as u128;
        // Of 2^128 so few are too many for one that no shift would ever show it.
        usize::try_from(u128::from_le_bytes(self.bytes()) % end).expect("below a usize")
    }
}
