// SPDX-License-Identifier: EUPL-1.2
//! Certificates of one test: an authority, and what it has signed.

use crate::folder::Folder;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use std::path::PathBuf;

/// Somebody who signs certificates.
#[derive(Debug)]
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The certificate.
    pub certificate: String,
    /// The key.
    pub key: String,
}

impl Authority {
    /// Somebody new.
    ///
    /// # Panics
    /// Never: nothing here comes from outside.
    #[must_use]
    pub fn new(name: &str) -> Authority {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().expect("a key");
        Authority(CertifiedIssuer::self_signed(params, key).expect("it signs itself"))
    }

    /// A certificate for this name, which holds until the end of a year.
    ///
    /// # Panics
    /// If it is no name.
    #[must_use]
    pub fn sign(&self, name: &str, until_year: i32) -> Signed {
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(until_year, 12, 31);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.0).expect("it signs").pem();
        Signed { certificate, key: key.serialize_pem() }
    }

    /// Writes what others have to trust.
    pub fn write(&self, folder: &Folder, name: &str) -> PathBuf {
        folder.write(name, self.0.pem())
    }
}

impl Signed {
    /// Writes both files.
    pub fn write(&self, folder: &Folder, name: &str) {
        folder.write(&format!("{name}.pem"), &self.certificate);
        folder.write(&format!("{name}.key"), &self.key);
    }

    /// Writes both into one file, as some programs want them.
    pub fn write_together(&self, folder: &Folder, name: &str) -> PathBuf {
        folder.write(name, format!("{}{}", self.certificate, self.key))
    }
}
