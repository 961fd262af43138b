// SPDX-License-Identifier: EUPL-1.2
//! Whom we trust when we connect: an authority, and the name that it has to have signed (RFC 5922, 7.2).

use super::identity::chain;
use super::{Defect, FileDefect, provider, read};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use std::env;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where systems keep the authorities that they trust: Debian, Fedora, SUSE, Alpine. The first that is there
/// counts.
const PLATFORM: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Names the file of [`PLATFORM`] otherwise, as OpenSSL has it.
const PLATFORM_VARIABLE: &str = "SSL_CERT_FILE";

/// Those whose signature under a certificate counts.
#[derive(Clone)]
pub struct Authority {
    config: Arc<ClientConfig>,
    /// None for those of the machine.
    file: Option<PathBuf>,
}

impl Authority {
    /// Reads the certificates of a file; those of the machine, if none is named.
    ///
    /// # Errors
    /// With the file that cannot be used, and why.
    pub fn load(file: Option<&Path>) -> Result<Authority, FileDefect> {
        let path = file.map_or_else(of_the_machine, Path::to_owned);
        match read(&path).and_then(|bytes| trusting(&bytes)) {
            Ok(config) => Ok(Authority { config, file: file.map(Path::to_owned) }),
            Err(defect) => Err(FileDefect { file: path, defect }),
        }
    }

    /// What opens connections by TLS to somebody whose name is known then.
    #[must_use]
    pub fn client_config(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.config)
    }

    /// Somebody who has to prove this name, a host name or an address; none if it is neither.
    #[must_use]
    pub fn reach(&self, name: &str) -> Option<Reach> {
        let name = ServerName::try_from(name.to_owned()).ok()?;
        Some(Reach { authority: self.clone(), name })
    }
}

/// Trusts whom these certificates name.
fn trusting(bytes: &[u8]) -> Result<Arc<ClientConfig>, Defect> {
    let mut roots = RootCertStore::empty();
    // Of the machine's some may be of a form that is not taken any more; of an own file one at least is.
    let (taken, _) = roots.add_parsable_certificates(chain(bytes)?);
    if taken == 0 {
        return Err(Defect::Broken);
    }
    let builder = ClientConfig::builder_with_provider(Arc::clone(provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider has suites of TLS 1.2 and 1.3");
    Ok(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
}

fn of_the_machine() -> PathBuf {
    if let Some(file) = env::var_os(PLATFORM_VARIABLE).filter(|it| !it.is_empty()) {
        return file.into();
    }
    let there = PLATFORM.iter().find(|file| Path::new(file).exists());
    there.unwrap_or(&PLATFORM[0]).into()
}

/// Whom we connect to, and what he has to prove.
#[derive(Clone)]
pub struct Reach {
    authority: Authority,
    pub(crate) name: ServerName<'static>,
}

impl Reach {
    pub(crate) fn config(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.authority.config)
    }

    /// As the files are now.
    ///
    /// # Errors
    /// With the file that cannot be used, and why.
    pub fn again(&self) -> Result<Reach, FileDefect> {
        let authority = Authority::load(self.authority.file.as_deref())?;
        Ok(Reach { authority, name: self.name.clone() })
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authority(…)")
    }
}

impl fmt::Debug for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reach({:?})", self.name)
    }
}
