// SPDX-License-Identifier: EUPL-1.2
//! Ports that nobody else uses: blocks below the system's own range, each held by a socket.
//!
//! The rule to keep: a block belongs to one value, in this process and in others; so two runs beside
//! each other never meet.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU16, Ordering};

/// The first port of the first block.
const FIRST: u16 = 10_000;

/// Ports of a block.
const SIZE: u16 = 200;

/// How many blocks there are: they end before port 20000, from where load tools and examples take theirs
/// for sound, and far before port 32768, from where the system does.
const BLOCKS: u16 = 48;

/// Ports of a block that are handed out one by one; those behind are for the server's sound.
const SINGLE: u16 = 100;

static NEXT: AtomicU16 = AtomicU16::new(0);

/// A block of ports.
#[derive(Debug)]
pub struct Ports {
    first: u16,
    next: u16,
    _held: UdpSocket,
}

impl Ports {
    /// Takes a block.
    ///
    /// # Panics
    /// If all are taken.
    #[must_use]
    pub fn take() -> Ports {
        let begin = (std::process::id() % u32::from(BLOCKS)) as u16;
        for _ in 0..BLOCKS {
            let block = (begin + NEXT.fetch_add(1, Ordering::Relaxed) % BLOCKS) % BLOCKS;
            let first = FIRST + block * SIZE;
            let held = UdpSocket::bind((Ipv4Addr::LOCALHOST, first + SIZE - 1));
            // Somebody who knows nothing of blocks may have ports in one.
            if let Ok(held) = held
                && (first..first + SIZE - 1).all(is_free)
            {
                return Ports { first, next: first, _held: held };
            }
        }
        panic!("all {BLOCKS} blocks of ports are taken");
    }

    /// One port, free for UDP and TCP.
    ///
    /// # Panics
    /// If the block is used up.
    pub fn one(&mut self) -> u16 {
        while self.next < self.first + SINGLE {
            let port = self.next;
            self.next += 1;
            if is_free(port) {
                return port;
            }
        }
        panic!("a block has no more than {SINGLE} single ports");
    }

    /// So many ports in a row; the first is even.
    ///
    /// # Panics
    /// If the block is used up.
    pub fn row(&mut self, count: u16) -> u16 {
        loop {
            let first = self.one();
            let last = first + count - 1;
            assert!(last < self.first + SINGLE, "a block has no more than {SINGLE} single ports");
            if first.is_multiple_of(2) && (first..=last).all(is_free) {
                self.next = last + 1;
                return first;
            }
        }
    }

    /// The whole block.
    #[must_use]
    pub fn all(&self) -> RangeInclusive<u16> {
        self.first..=self.first + SIZE - 1
    }

    /// The ports for the server's sound.
    #[must_use]
    pub fn sound(&self) -> RangeInclusive<u16> {
        self.first + SINGLE..=self.first + SIZE - 3
    }
}

fn is_free(port: u16) -> bool {
    UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
        && TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_and_ports_do_not_meet() {
        let (mut one, other) = (Ports::take(), Ports::take());
        assert_ne!(one.first, other.first);
        let (single, row) = (one.one(), one.row(10));
        assert!(single < row && row % 2 == 0);
        assert!(row + 9 < *one.sound().start() && one.sound().start() % 2 == 0);
    }
}
