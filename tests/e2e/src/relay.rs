// SPDX-License-Identifier: EUPL-1.2
//! A network that loses, doubles and reorders datagrams between two ends, from a seed.

use crate::clock::Deadline;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use stdx::Rng;

/// How long a datagram that is overtaken is held back at most.
const HELD: Duration = Duration::from_millis(40);

/// What the network does, each with its probability.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    /// A datagram is lost.
    pub loses: f64,
    /// It comes twice.
    pub doubles: f64,
    /// It is overtaken by the next.
    pub reorders: f64,
}

/// A relay between a peer and the server.
#[derive(Debug)]
pub struct Relay {
    stop: Arc<AtomicBool>,
    lost: Arc<AtomicU64>,
    threads: Vec<JoinHandle<()>>,
}

impl Relay {
    /// Relays between the peer's port, which sends to `towards_peer`, and the server's, which knows the
    /// peer as `towards_server`.
    ///
    /// # Panics
    /// If a port is taken.
    #[must_use]
    pub fn start(
        (peer, towards_peer): (u16, u16),
        (server, towards_server): (u16, u16),
        weather: Weather,
        seed: u64,
    ) -> Relay {
        let stop = Arc::new(AtomicBool::new(false));
        let lost = Arc::new(AtomicU64::new(0));
        let (near, far) = (bound(towards_peer), bound(towards_server));
        let rng = Rng::new(seed);
        let ways = [(&near, &far, server), (&far, &near, peer)];
        let threads = ways.into_iter().enumerate().map(|(nth, (from, by, to))| {
            let way = Way {
                from: from.try_clone().expect("a socket can be shared"),
                by: by.try_clone().expect("a socket can be shared"),
                to: SocketAddr::from((Ipv4Addr::LOCALHOST, to)),
                weather,
                rng: rng.split(nth as u64),
                lost: Arc::clone(&lost),
            };
            let stop = Arc::clone(&stop);
            thread::spawn(move || way.run(&stop))
        });
        let threads = threads.collect();
        Relay { stop, lost, threads }
    }

    /// Datagrams that were lost so far.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            // One that has panicked has nothing to give back.
            let _ = thread.join();
        }
    }
}

struct Way {
    from: UdpSocket,
    by: UdpSocket,
    to: SocketAddr,
    weather: Weather,
    rng: Rng,
    lost: Arc<AtomicU64>,
}

impl Way {
    fn run(mut self, stop: &AtomicBool) {
        let mut buffer = [0; 65_535];
        let mut held: Option<(Vec<u8>, Deadline)> = None;
        while !stop.load(Ordering::Relaxed) {
            if let Ok((length, _)) = self.from.recv_from(&mut buffer) {
                let datagram = &buffer[..length];
                if self.rng.chance(self.weather.loses) {
                    self.lost.fetch_add(1, Ordering::Relaxed);
                } else if held.is_none() && self.rng.chance(self.weather.reorders) {
                    held = Some((datagram.to_vec(), Deadline::after(HELD)));
                    continue;
                } else {
                    self.send(datagram);
                }
            }
            if let Some((datagram, _)) = held.take_if(|(_, until)| until.is_over()) {
                self.send(&datagram);
            }
        }
    }

    fn send(&mut self, datagram: &[u8]) {
        let times = if self.rng.chance(self.weather.doubles) { 2 } else { 1 };
        for _ in 0..times {
            // What nobody takes is lost, as everything here may be.
            let _ = self.by.send_to(datagram, self.to);
        }
    }
}

fn bound(port: u16) -> UdpSocket {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).expect("the port is ours");
    socket.set_read_timeout(Some(HELD / 4)).expect("a timeout is lawful");
    socket
}
