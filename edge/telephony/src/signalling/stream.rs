// SPDX-License-Identifier: EUPL-1.2
//! One connection's bytes: as they are, or within TLS.
//!
//! ```text
//!   kernel ──▶ read_tls ──▶ rustls ──▶ reader ──▶ framer
//!   kernel ◀── write_tls ◀─ rustls ◀── writer ◀── unsent
//! ```
//!
//! The rule to keep: within TLS nothing piles up here. What is to be sent stays with the connection, which has
//! a bound, until the part before it has gone to the kernel.

use super::limits::TLS_PART;
use crate::tls::{Fault, Identity, Reach};
use mio::net::TcpStream;
use rustls::{ClientConnection, Connection, ServerConnection};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::sync::Arc;

/// A connection's stream.
pub(super) struct Stream {
    /// The kernel's.
    pub(super) tcp: TcpStream,
    tls: Option<Box<Connection>>,
    /// Why TLS has failed, if it has.
    pub(super) fault: Option<Fault>,
}

/// What one look at a stream found.
pub(super) enum Read {
    /// So many bytes.
    Bytes(usize),
    /// Something of TLS's own; look again.
    Nothing,
    /// Nothing more at this moment.
    Later,
    /// The end, or a failure.
    End,
}

impl Stream {
    /// Without TLS.
    pub(super) fn plain(tcp: TcpStream) -> Stream {
        Stream { tcp, tls: None, fault: None }
    }

    /// With TLS, taken from a peer. None if rustls has no room for it.
    pub(super) fn taken(tcp: TcpStream, identity: &Identity) -> Option<Stream> {
        let tls = ServerConnection::new(Arc::clone(&identity.config)).ok()?;
        Some(Stream { tcp, tls: Some(Box::new(tls.into())), fault: None })
    }

    /// With TLS, opened by us.
    pub(super) fn opened(tcp: TcpStream, reach: &Reach) -> Option<Stream> {
        let tls = ClientConnection::new(reach.config(), reach.name.clone()).ok()?;
        Some(Stream { tcp, tls: Some(Box::new(tls.into())), fault: None })
    }

    /// Whether the peer still has to prove who it is, or we have.
    pub(super) fn is_shaking_hands(&self) -> bool {
        self.tls.as_ref().is_some_and(|tls| tls.is_handshaking())
    }

    /// Reads once.
    pub(super) fn read(&mut self, into: &mut [u8]) -> Read {
        let Some(tls) = &mut self.tls else { return found(self.tcp.read(into)) };
        match tls.reader().read(into) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            // A peer that cuts the connection without a farewell: a message that it cut too is seen to be so.
            end_or_bytes => return found(end_or_bytes),
        }
        match tls.read_tls(&mut self.tcp) {
            // The reader tells the end, behind what came before it.
            Ok(0) if !tls.is_handshaking() => {}
            Ok(0) => {
                self.fault = Some(Fault::NoTls);
                return Read::End;
            }
            Ok(_) => {}
            not_read => {
                if not_read.as_ref().is_err_and(is_cut) && tls.is_handshaking() {
                    self.fault = Some(Fault::NoTls);
                }
                return found(not_read);
            }
        }
        if let Err(error) = tls.process_new_packets() {
            self.fault = Some(Fault::of(&error));
            // The alert that says why; nobody has to read it.
            let _ = tls.write_tls(&mut self.tcp);
            return Read::End;
        }
        Read::Nothing
    }

    /// Writes once; says how many of these bytes need not be kept any more. None is told by an error:
    /// [`ErrorKind::WouldBlock`] until the kernel, or the peer's part of the handshake, goes on.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(tls) = &mut self.tls else { return self.tcp.write(bytes) };
        while tls.wants_write() {
            match tls.write_tls(&mut self.tcp) {
                Ok(0) => return Ok(0),
                Ok(_) => {}
                Err(error) => {
                    if is_cut(&error) && tls.is_handshaking() {
                        self.fault = Some(Fault::NoTls);
                    }
                    return Err(error);
                }
            }
        }
        if tls.is_handshaking() {
            return Err(ErrorKind::WouldBlock.into());
        }
        let part = bytes.get(..TLS_PART).unwrap_or(bytes);
        let taken = tls.writer().write(part)?;
        match tls.write_tls(&mut self.tcp) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(taken),
            Err(error) => Err(error),
            Ok(_) => Ok(taken),
        }
    }

    /// Whether something of TLS's own waits to be written.
    pub(super) fn has_own(&self) -> bool {
        self.tls.as_ref().is_some_and(|tls| tls.wants_write())
    }

    /// Takes leave, if the kernel takes it at once.
    pub(super) fn say_goodbye(&mut self) {
        if let Some(tls) = &mut self.tls {
            tls.send_close_notify();
            let _ = tls.write_tls(&mut self.tcp);
        }
    }
}

/// Whether a peer that was there has cut the connection: in the middle of a handshake it cannot go on with it.
fn is_cut(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe)
}

fn found(read: io::Result<usize>) -> Read {
    match read {
        Ok(0) => Read::End,
        Ok(length) => Read::Bytes(length),
        Err(error) if error.kind() == ErrorKind::WouldBlock => Read::Later,
        Err(error) if error.kind() == ErrorKind::Interrupted => Read::Nothing,
        Err(_) => Read::End,
    }
}
