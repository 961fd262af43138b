// SPDX-License-Identifier: EUPL-1.2
//! Why a connection by TLS did not come about, for people who watch a trunk.

use rustls::{AlertDescription, CertificateError, Error};

/// What failed, by who has to mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// Nobody whom we trust has signed the peer's certificate.
    UnknownAuthority,
    /// The peer's certificate is for another name.
    WrongName,
    /// The peer's certificate has expired, or does not hold yet.
    NotValid,
    /// The peer's certificate cannot be used otherwise.
    BadCertificate,
    /// The peer does not accept our certificate.
    Refused,
    /// What the peer speaks is no TLS that we know.
    NoTls,
}

impl Fault {
    /// Every reason.
    pub const ALL: [Fault; 6] = [
        Fault::UnknownAuthority,
        Fault::WrongName,
        Fault::NotValid,
        Fault::BadCertificate,
        Fault::Refused,
        Fault::NoTls,
    ];

    /// A German clause.
    #[must_use]
    pub const fn german(self) -> &'static str {
        match self {
            Fault::UnknownAuthority => "TLS: Aussteller des Zertifikats unbekannt",
            Fault::WrongName => "TLS: Zertifikat für einen anderen Namen",
            Fault::NotValid => "TLS: Zertifikat abgelaufen oder noch nicht gültig",
            Fault::BadCertificate => "TLS: Zertifikat unbrauchbar",
            Fault::Refused => "TLS: Gegenseite lehnt unser Zertifikat ab",
            Fault::NoTls => "TLS: Gegenseite spricht kein passendes TLS",
        }
    }

    /// An English clause.
    #[must_use]
    pub const fn english(self) -> &'static str {
        match self {
            Fault::UnknownAuthority => "TLS: the certificate's issuer is unknown",
            Fault::WrongName => "TLS: the certificate is for another name",
            Fault::NotValid => "TLS: the certificate has expired or is not valid yet",
            Fault::BadCertificate => "TLS: the certificate cannot be used",
            Fault::Refused => "TLS: the peer refuses our certificate",
            Fault::NoTls => "TLS: the peer speaks no TLS that fits",
        }
    }

    /// What an error of TLS means.
    #[must_use]
    pub fn of(error: &Error) -> Fault {
        use AlertDescription as Alert;
        if let Error::InvalidCertificate(why) = error {
            return Fault::of_certificate(why);
        }
        let is_refusal = matches!(
            error,
            Error::AlertReceived(
                Alert::UnknownCA
                    | Alert::BadCertificate
                    | Alert::CertificateExpired
                    | Alert::CertificateRevoked
                    | Alert::CertificateUnknown
                    | Alert::UnsupportedCertificate
                    | Alert::CertificateRequired
            )
        );
        if is_refusal { Fault::Refused } else { Fault::NoTls }
    }

    fn of_certificate(why: &CertificateError) -> Fault {
        use CertificateError as Why;
        // A bad signature: somebody else under the name of one whom we trust.
        if matches!(why, Why::UnknownIssuer | Why::BadSignature) {
            return Fault::UnknownAuthority;
        }
        if matches!(why, Why::NotValidForName | Why::NotValidForNameContext { .. }) {
            return Fault::WrongName;
        }
        let is_out_of_time = matches!(
            why,
            Why::Expired
                | Why::ExpiredContext { .. }
                | Why::NotValidYet
                | Why::NotValidYetContext { .. }
        );
        if is_out_of_time { Fault::NotValid } else { Fault::BadCertificate }
    }
}
