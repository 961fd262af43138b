// SPDX-License-Identifier: EUPL-1.2
//! TLS for SIP: who we are, whom we trust, and why a connection did not come about.
//!
//! ```text
//!   certificate, key ──▶ Identity ──▶ connections that we take
//!   authority, name ───▶ Reach ─────▶ connections that we open
//! ```
//!
//! TLS 1.2 and 1.3 with forward secrecy alone, as BSI TR-02102-2 wants it: the provider has nothing else.
//! Certificates are checked against the machine's clock, inside rustls; no decision sees that clock.
//!
//! The rule to keep: whatever needs cryptography takes it from [`provider`]. A program in which two are linked
//! panics at the first connection that does not say which.

mod defect;
mod fault;
mod identity;
mod reach;

pub use defect::{Defect, FileDefect};
pub use fault::Fault;
pub use identity::{EXPIRES_SOON, Identity};
pub use reach::{Authority, Reach};

use rustls::crypto::{CryptoProvider, ring};
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// Bytes of a file with certificates or a key: the public authorities of a whole machine take 220 KiB.
pub const FILE_MAX: u64 = 1 << 20;

/// What stands in the files: who we are, and by the trunks' positions what their peers have to prove.
#[derive(Clone, Debug, Default)]
pub struct Certificates {
    /// Who we are; none if nobody connects to us by TLS.
    pub identity: Option<Identity>,
    /// What peers have to prove; none of trunks without TLS.
    pub reaches: Vec<Option<Reach>>,
}

impl Certificates {
    /// As the files are now. What cannot be used is told, and stays as it was.
    #[must_use]
    pub fn again(&self) -> (Certificates, Vec<FileDefect>) {
        let mut defects = Vec::new();
        let identity = self.identity.as_ref().map(|it| kept(it, it.again(), &mut defects));
        let again = |it: &Option<Reach>| it.as_ref().map(|it| kept(it, it.again(), &mut defects));
        let reaches = self.reaches.iter().map(again).collect();
        (Certificates { identity, reaches }, defects)
    }
}

fn kept<T: Clone>(before: &T, now: Result<T, FileDefect>, defects: &mut Vec<FileDefect>) -> T {
    now.unwrap_or_else(|defect| {
        defects.push(defect);
        before.clone()
    })
}

/// The one provider of cryptography.
#[must_use]
pub fn provider() -> &'static Arc<CryptoProvider> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    PROVIDER.get_or_init(|| Arc::new(ring::default_provider()))
}

/// Makes our provider that of the whole process, for connections that do not say which.
pub fn install() {
    // Somebody who came first has said so already; ours are made with `provider` all the same.
    let _ = ring::default_provider().install_default();
}

/// So many bytes that nobody can guess, from the system's generator; none if it has failed.
#[must_use]
pub fn unguessable<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    provider().secure_random.fill(&mut bytes).ok().map(|()| bytes)
}

/// The bytes of a small file.
fn read(path: &Path) -> Result<Vec<u8>, Defect> {
    let failed = |error: std::io::Error| {
        let kind = error.kind();
        if kind == ErrorKind::NotFound { Defect::Absent } else { Defect::Unreadable(kind) }
    };
    let file = File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(FILE_MAX + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > FILE_MAX { Err(Defect::TooLarge) } else { Ok(bytes) }
}
