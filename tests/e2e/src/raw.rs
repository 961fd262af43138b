// SPDX-License-Identifier: EUPL-1.2
//! Bytes on the wire, for what no decent program would send.

use crate::clock::poll;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// A port from which anything may be sent.
#[derive(Debug)]
pub struct Raw(UdpSocket);

impl Raw {
    /// At this port of 127.0.0.1.
    ///
    /// # Panics
    /// If it is taken.
    #[must_use]
    pub fn at(port: u16) -> Raw {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).expect("the port is ours");
        socket.set_read_timeout(Some(Duration::from_millis(50))).expect("a timeout is lawful");
        Raw(socket)
    }

    /// Sends one datagram.
    pub fn send(&self, to: SocketAddr, bytes: &[u8]) {
        // One that is too long for a datagram is not sent.
        let _ = self.0.send_to(bytes, to);
    }

    /// Takes everything that has come.
    pub fn drain(&self) {
        let mut buffer = [0; 65_535];
        while self.0.recv_from(&mut buffer).is_ok() {}
    }

    /// Asks with OPTIONS, and whether there was an answer.
    #[must_use]
    pub fn is_answered(&self, to: SocketAddr) -> bool {
        let me = self.0.local_addr().expect("it is bound");
        let id = format!("alive-{}", me.port());
        let ask = options("UDP", me, to, &id);
        let mut buffer = [0; 65_535];
        poll(PATIENCE, || {
            self.send(to, ask.as_bytes());
            let (length, _) = self.0.recv_from(&mut buffer).ok()?;
            let answer = String::from_utf8_lossy(&buffer[..length]);
            (answer.starts_with("SIP/2.0 200") && answer.contains(&id)).then_some(())
        })
        .is_some()
    }
}

/// An OPTIONS, as a peer asks whether we are there.
fn options(transport: &str, from: SocketAddr, to: SocketAddr, id: &str) -> String {
    format!(
        "OPTIONS sip:{to} SIP/2.0\r\nVia: SIP/2.0/{transport} {from};branch=z9hG4bK-{id};rport\r\n\
         From: <sip:raw@{from}>;tag={id}\r\nTo: <sip:{to}>\r\nCall-ID: {id}\r\nCSeq: 1 OPTIONS\r\n\
         Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
    )
}

/// Sends bytes on a new connection, half of them first, and then whether an OPTIONS behind them, or on
/// another connection, is answered.
#[must_use]
pub fn survives_stream(to: SocketAddr, bytes: &[u8]) -> bool {
    if let Ok(mut stream) = connect(to) {
        let (first, second) = bytes.split_at(bytes.len() / 2);
        // The server may close a connection that sends nonsense before it is all there.
        let _ = stream.write_all(first).and_then(|()| stream.write_all(second));
    }
    stream_is_answered(to)
}

/// Whether an OPTIONS on a new connection is answered.
#[must_use]
pub fn stream_is_answered(to: SocketAddr) -> bool {
    let answer = || {
        let mut stream = connect(to)?;
        let me = stream.local_addr()?;
        stream.write_all(options("TCP", me, to, "alive-tcp").as_bytes())?;
        let mut buffer = [0; 4_096];
        let length = stream.read(&mut buffer)?;
        std::io::Result::Ok(buffer[..length].starts_with(b"SIP/2.0 200"))
    };
    answer().unwrap_or(false)
}

fn connect(to: SocketAddr) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&to, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(stream)
}
