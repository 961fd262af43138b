// SPDX-License-Identifier: EUPL-1.2
//! Who we are towards those who connect to us: a certificate with its chain, and its key.

use super::{Defect, FileDefect, provider, read};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys, ServerConfig};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use webpki::{EndEntityCert, KeyUsage};

/// How long before its end somebody is told that a certificate expires: long enough to order another one.
pub const EXPIRES_SOON: Duration = Duration::from_secs(14 * 24 * 3_600);

/// A certificate and its key, ready to take connections.
#[derive(Clone)]
pub struct Identity {
    pub(crate) config: Arc<ServerConfig>,
    files: [PathBuf; 2],
    /// Whether it holds for less than [`EXPIRES_SOON`].
    pub expires_soon: bool,
}

impl Identity {
    /// What takes connections by TLS.
    #[must_use]
    pub fn server_config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config)
    }

    /// Reads both files.
    ///
    /// # Errors
    /// With the file that cannot be used, and why.
    pub fn load(certificate: &Path, key: &Path) -> Result<Identity, FileDefect> {
        let of = |file: &Path| {
            let file = file.to_owned();
            move |defect| FileDefect { file, defect }
        };
        let chain = read(certificate).and_then(|bytes| chain(&bytes)).map_err(of(certificate))?;
        let secret = read(key).and_then(|bytes| secret(&bytes)).map_err(of(key))?;
        let certified = CertifiedKey::from_der(chain, secret, provider());
        let certified = certified.map_err(|error| {
            if error == Error::InconsistentKeys(InconsistentKeys::KeyMismatch) {
                of(key)(Defect::Mismatched)
            } else if matches!(error, Error::InvalidCertificate(_)) {
                of(certificate)(Defect::Broken)
            } else {
                of(key)(Defect::NoKey)
            }
        })?;
        let now = Duration::from_secs(UnixTime::now().as_secs());
        holds(&certified.cert[0], now).map_err(of(certificate))?;
        let expires_soon = holds(&certified.cert[0], now + EXPIRES_SOON).is_err();
        let builder = ServerConfig::builder_with_provider(Arc::clone(provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider has suites of TLS 1.2 and 1.3");
        let resolver = rustls::sign::SingleCertAndKey::from(certified);
        let config = builder.with_no_client_auth().with_cert_resolver(Arc::new(resolver));
        let files = [certificate.to_owned(), key.to_owned()];
        Ok(Identity { config: Arc::new(config), files, expires_soon })
    }

    /// As the files are now.
    ///
    /// # Errors
    /// With the file that cannot be used, and why.
    pub fn again(&self) -> Result<Identity, FileDefect> {
        let [certificate, key] = &self.files;
        Identity::load(certificate, key)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(…)")
    }
}

pub(super) fn chain(bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, Defect> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(bytes).collect();
    let chain = chain.map_err(|_| Defect::Broken)?;
    if chain.is_empty() { Err(Defect::NoCertificate) } else { Ok(chain) }
}

fn secret(bytes: &[u8]) -> Result<PrivateKeyDer<'static>, Defect> {
    PrivateKeyDer::from_pem_slice(bytes).map_err(|_| Defect::NoKey)
}

/// Whether a certificate holds at this time. Whoever checks a certificate looks at that first, so nobody has
/// to be trusted to learn it: every other complaint comes later, and is the peer's to make.
fn holds(certificate: &CertificateDer<'_>, at: Duration) -> Result<(), Defect> {
    let parsed = EndEntityCert::try_from(certificate).map_err(|_| Defect::Broken)?;
    let algorithms = provider().signature_verification_algorithms.all;
    let (nobody, usage) = (&[], KeyUsage::server_auth());
    let at = UnixTime::since_unix_epoch(at);
    match parsed.verify_for_usage(algorithms, nobody, &[], at, usage, None, None) {
        Err(webpki::Error::CertExpired { .. }) => Err(Defect::Expired),
        Err(webpki::Error::CertNotValidYet { .. }) => Err(Defect::NotYetValid),
        Ok(_) | Err(_) => Ok(()),
    }
}
