// SPDX-License-Identifier: EUPL-1.2
//! Why a certificate, a key or an authority cannot be used, in words for the operator who has to mend it.

use super::FILE_MAX;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// What is wrong with one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Defect {
    /// There is no such file.
    Absent,
    /// The system does not let us read it.
    Unreadable(io::ErrorKind),
    /// More than [`FILE_MAX`].
    TooLarge,
    /// No certificate in it.
    NoCertificate,
    /// No private key in it, or one of a kind that we do not know.
    NoKey,
    /// A certificate in it cannot be read.
    Broken,
    /// The key belongs to another certificate.
    Mismatched,
    /// The certificate holds no more.
    Expired,
    /// The certificate does not hold yet.
    NotYetValid,
}

/// A file, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileDefect {
    /// Which file.
    pub file: PathBuf,
    /// What is wrong.
    pub defect: Defect,
}

impl Defect {
    /// A German sentence about the file.
    #[must_use]
    pub fn german(&self) -> String {
        match self {
            Defect::Absent => "Es gibt keine solche Datei.".into(),
            Defect::Unreadable(kind) => format!("Die Datei lässt sich nicht lesen ({kind})."),
            Defect::TooLarge => {
                format!("Die Datei ist größer als {} KB, also keine solche.", FILE_MAX >> 10)
            }
            Defect::NoCertificate => {
                "Darin steht kein Zertifikat (PEM, „BEGIN CERTIFICATE“).".into()
            }
            Defect::NoKey => {
                "Darin steht kein privater Schlüssel (PEM, „BEGIN PRIVATE KEY“; RSA ab \
                              2048 Bit, P-256, P-384 oder Ed25519, ohne Passwort)."
                    .into()
            }
            Defect::Broken => "Ein Zertifikat darin ist beschädigt.".into(),
            Defect::Mismatched => "Der Schlüssel gehört zu einem anderen Zertifikat.".into(),
            Defect::Expired => "Das Zertifikat ist abgelaufen.".into(),
            Defect::NotYetValid => "Das Zertifikat gilt noch nicht.".into(),
        }
    }

    /// An English sentence about the file.
    #[must_use]
    pub fn english(&self) -> String {
        match self {
            Defect::Absent => "There is no such file.".into(),
            Defect::Unreadable(kind) => format!("The file cannot be read ({kind})."),
            Defect::TooLarge => {
                format!("The file is larger than {} KB, so it is none of these.", FILE_MAX >> 10)
            }
            Defect::NoCertificate => {
                "There is no certificate in it (PEM, “BEGIN CERTIFICATE”).".into()
            }
            Defect::NoKey => {
                "There is no private key in it (PEM, “BEGIN PRIVATE KEY”; RSA from 2048 \
                              bit on, P-256, P-384 or Ed25519, without a password)."
                    .into()
            }
            Defect::Broken => "A certificate in it is damaged.".into(),
            Defect::Mismatched => "The key belongs to another certificate.".into(),
            Defect::Expired => "The certificate has expired.".into(),
            Defect::NotYetValid => "The certificate is not valid yet.".into(),
        }
    }
}

impl FileDefect {
    /// A German sentence that names the file.
    #[must_use]
    pub fn german(&self) -> String {
        format!("{}: {}", self.file.display(), self.defect.german())
    }

    /// An English sentence that names the file.
    #[must_use]
    pub fn english(&self) -> String {
        format!("{}: {}", self.file.display(), self.defect.english())
    }
}

impl fmt::Display for FileDefect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.english())
    }
}
