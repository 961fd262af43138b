// SPDX-License-Identifier: EUPL-1.2
//! Letters over SMTP (RFC 5321), one at a time, within TLS: what the server said to each.
//!
//! The rule to keep: nothing is tried again here. Whoever sends knows what was accepted, and what may be tried later.

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::transport::smtp::{Error, SmtpTransport};
use lettre::{Address, Transport as _};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use stdx::{Redacted, Timestamp};

/// How long one step of a delivery may take; a server that looks for spam takes its time (RFC 5321, 4.5.3.2 allows
/// minutes, and nobody waits for us).
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How a certificate begins (RFC 7468, 5.1): a file without one would silently trust nobody.
const CERTIFICATE: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// How the way to the server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// It begins in clear and must change to TLS before anything is said (RFC 3207).
    StartTls,
    /// TLS from the first byte on (RFC 8314).
    Implicit,
    /// In clear: within one machine.
    Off,
}

/// A mail server that takes our letters.
#[derive(Clone, Debug)]
pub struct Server {
    /// Its name, which its certificate has to have.
    pub name: String,
    /// Its port.
    pub port: u16,
    /// How the way is protected.
    pub protection: Protection,
    /// Who signs its certificate, as PEM; none for those whom the machine trusts.
    pub authority: Option<Vec<u8>>,
    /// User and password; none if it asks for none.
    pub login: Option<(String, Redacted<String>)>,
}

/// A letter in plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Without angle brackets; the same letter always has the same one, so that who gets it twice can tell.
    pub message_id: String,
    /// From whom.
    pub from: String,
    /// To whom.
    pub to: String,
    /// What about.
    pub subject: String,
    /// What it says.
    pub text: String,
}

/// What has become of a letter. The server's words are for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server has taken it over.
    Accepted,
    /// It will never be taken: a refusal for good, or no letter at all.
    Refused(String),
    /// Not now.
    Later(String),
}

/// Why nothing can be sent at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CannotSend(pub String);

/// Hands letters in at one server.
#[derive(Debug)]
pub struct Sender(SmtpTransport);

impl Sender {
    /// For this server; nothing is said to it yet.
    ///
    /// # Errors
    /// If the authority is no certificate.
    pub fn new(server: &Server) -> Result<Sender, CannotSend> {
        let text = |error: Error| CannotSend(error.to_string());
        let mut tls = TlsParameters::builder(server.name.clone());
        if let Some(pem) = &server.authority {
            if !pem.windows(CERTIFICATE.len()).any(|it| it == CERTIFICATE) {
                return Err(CannotSend("no certificate is in it".to_owned()));
            }
            let authority = Certificate::from_pem(pem).map_err(text)?;
            tls = tls.certificate_store(CertificateStore::None).add_root_certificate(authority);
        }
        let tls = match server.protection {
            Protection::StartTls => Tls::Required(tls.build().map_err(text)?),
            Protection::Implicit => Tls::Wrapper(tls.build().map_err(text)?),
            Protection::Off => Tls::None,
        };
        let mut transport = SmtpTransport::builder_dangerous(server.name.clone())
            .port(server.port)
            .tls(tls)
            .timeout(Some(PATIENCE));
        if let Some((user, password)) = &server.login {
            let login = Credentials::new(user.clone(), password.expose().clone());
            transport = transport.credentials(login);
        }
        Ok(Sender(transport.build()))
    }

    /// Hands one in; `at` is when it was written.
    #[must_use]
    pub fn send(&self, letter: &Letter, at: Timestamp) -> Outcome {
        let message = match message(letter, at) {
            Ok(message) => message,
            Err(why) => return Outcome::Refused(why),
        };
        match self.0.send(&message) {
            Ok(_) => Outcome::Accepted,
            Err(error) if error.is_permanent() => Outcome::Refused(error.to_string()),
            Err(error) => Outcome::Later(said(&error)),
        }
    }
}

/// The error with what led to it.
fn said(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}

/// Whether this is an address that a letter can go to.
#[must_use]
pub fn is_address(text: &str) -> bool {
    text.is_ascii() && text.parse::<Address>().is_ok()
}

/// Says of itself that a machine wrote it (RFC 3834), so that nobody on holiday answers it.
fn message(letter: &Letter, at: Timestamp) -> Result<Message, String> {
    let mailbox = |text: &str| text.parse::<Mailbox>().map_err(|error| format!("{text}: {error}"));
    let micros = u64::try_from(at.0).map_err(|_| "before 1970".to_owned())?;
    let date: SystemTime = UNIX_EPOCH + Duration::from_micros(micros);
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    Message::builder()
        .message_id(Some(format!("<{}>", letter.message_id)))
        .date(date)
        .from(mailbox(&letter.from)?)
        .to(mailbox(&letter.to)?)
        .subject(letter.subject.clone())
        .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
        .header(ContentType::TEXT_PLAIN)
        .body(letter.text.clone())
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        Letter {
            message_id: "case.1.2@kreis.example".into(),
            from: "Servicecenter <115@kreis.example>".into(),
            to: "bauhof@kreis.example".into(),
            subject: "Vorgang 1: fällig am Montag".into(),
            text: "Grüße\naus dem Servicecenter\n.\n".into(),
        }
    }

    #[test]
    fn a_letter_says_when_it_was_written_and_that_a_machine_wrote_it() {
        let bytes = message(&letter(), Timestamp::from_secs(1_400_000_000)).expect("a letter");
        let text = String::from_utf8(bytes.formatted()).expect("ASCII");
        for line in [
            "Message-ID: <case.1.2@kreis.example>\r\n",
            "Date: Tue, 13 May 2014 16:53:20 +0000\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "To: bauhof@kreis.example\r\n",
        ] {
            assert!(text.contains(line), "{line}{text}");
        }
        assert!(text.is_ascii(), "what is no ASCII is encoded: {text}");
    }

    #[test]
    fn what_is_no_letter_is_refused_and_no_header_comes_in() {
        let server = Server {
            name: "127.0.0.1".into(),
            port: 9,
            protection: Protection::Off,
            authority: None,
            login: None,
        };
        let sender = Sender::new(&server).expect("nothing is wrong with it");
        let nobody = Letter { to: "nobody".into(), ..letter() };
        assert!(matches!(sender.send(&nobody, Timestamp(0)), Outcome::Refused(_)));
        let more = Letter { subject: "a\r\nBcc: all@kreis.example".into(), ..letter() };
        let message = message(&more, Timestamp(0)).expect("a letter");
        let text = String::from_utf8(message.formatted()).expect("ASCII");
        assert!(!text.contains("\nBcc:"), "{text}");
        assert!(is_address("a@b.example") && !is_address("a b@c") && !is_address("a@b\r\n"));
        let wrong = Server { authority: Some(b"no certificate".to_vec()), ..server };
        assert!(Sender::new(&wrong).is_err());
    }
}
