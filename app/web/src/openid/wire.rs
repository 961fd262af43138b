// SPDX-License-Identifier: EUPL-1.2
//! Requests to whoever vouches: over TLS, bounded in time and size, never sent on to somebody else.

use crate::lang::Lang;
use crate::limits::{PROVIDER_ANSWER_MAX, PROVIDER_WITHIN};
use axum::body::Bytes;
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST};
use axum::http::uri::Scheme;
use axum::http::{HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use telephony::tls::{Authority, Fault};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls;
use tokio_rustls::rustls::pki_types::ServerName;

/// Where one may ask: by https, or by http on this very machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    uri: Uri,
    host: String,
    port: u16,
    is_secure: bool,
}

impl Endpoint {
    /// None if nobody may be asked there.
    pub(super) fn parse(text: &str) -> Option<Endpoint> {
        let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'#';
        let uri: Uri = text.bytes().all(is_plain).then(|| text.parse().ok())??;
        let authority = uri.authority()?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        let is_here =
            host == "localhost" || host.parse::<IpAddr>().is_ok_and(|it| it.is_loopback());
        let is_secure = uri.scheme() == Some(&Scheme::HTTPS);
        let is_allowed = is_secure || (uri.scheme() == Some(&Scheme::HTTP) && is_here);
        if !is_allowed || host.is_empty() || authority.as_str().contains('@') {
            return None;
        }
        let port = authority.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
        Some(Endpoint { uri, host, port, is_secure })
    }

    /// Where the one who is asked here sends us or a browser; none if nobody may be asked there. Who is asked by https
    /// leads nobody to where it is not needed.
    pub(super) fn named(&self, text: &str) -> Option<Endpoint> {
        Endpoint::parse(text).filter(|it| it.is_secure || !self.is_secure)
    }

    /// Its address with these parameters, which may have some already.
    pub(super) fn with(&self, parameters: &[(&str, &str)]) -> String {
        let separator = if self.uri.query().is_some() { '&' } else { '?' };
        format!("{}{separator}{}", self.uri, form(parameters))
    }
}

/// Names and values as forms and addresses have them.
///
/// # Panics
/// Never: pairs of texts can be written.
pub(super) fn form(parameters: &[(&str, &str)]) -> String {
    serde_urlencoded::to_string(parameters).expect("pairs of texts")
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Away {
    /// Its name leads nowhere.
    NoAddress,
    /// Nobody was reached, by what the system says.
    Unreachable(io::ErrorKind),
    /// Whoever answers cannot prove who it is.
    Tls(Fault),
    /// It took too long.
    Silent,
    /// More than [`PROVIDER_ANSWER_MAX`], or nothing that is HTTP.
    Broken,
}

impl Away {
    /// A clause for the operator.
    pub(super) fn said(self, lang: Lang) -> String {
        match self {
            Away::NoAddress => lang
                .pick(
                    "zu seinem Namen gibt es keine Adresse (DNS)",
                    "its name has no address (DNS)",
                )
                .to_owned(),
            Away::Unreachable(io::ErrorKind::ConnectionRefused) => {
                lang.pick("dort nimmt niemand an", "nobody listens there").to_owned()
            }
            Away::Unreachable(kind) => {
                format!("{} ({kind})", lang.pick("nicht erreichbar", "cannot be reached"))
            }
            Away::Tls(fault) => lang.pick(fault.german(), fault.english()).to_owned(),
            Away::Silent => {
                lang.pick("antwortet nicht in der Zeit", "does not answer in time").to_owned()
            }
            Away::Broken => lang
                .pick("antwortet zu lang oder nicht nach HTTP", "answers too much, or no HTTP")
                .to_owned(),
        }
    }
}

/// What was answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Bytes,
}

/// Asks over connections of its own.
pub(super) struct Wire {
    tls: TlsConnector,
    within: Duration,
}

impl Wire {
    pub(super) fn trusting(authority: &Authority) -> Wire {
        Wire { tls: TlsConnector::from(authority.client_config()), within: PROVIDER_WITHIN }
    }

    /// Asks for something.
    pub(super) async fn get(&self, at: &Endpoint) -> Result<Answer, Away> {
        self.ask(at, request(at, Method::GET, Bytes::new())).await
    }

    /// Sends a form, with a header that proves who we are where there is one.
    pub(super) async fn post(
        &self,
        at: &Endpoint,
        form: String,
        authorization: Option<HeaderValue>,
    ) -> Result<Answer, Away> {
        let mut request = request(at, Method::POST, Bytes::from(form));
        let headers = request.headers_mut();
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(CONTENT_TYPE, kind);
        if let Some(authorization) = authorization {
            headers.insert(AUTHORIZATION, authorization);
        }
        self.ask(at, request).await
    }

    async fn ask(&self, at: &Endpoint, request: Request<Full<Bytes>>) -> Result<Answer, Away> {
        timeout(self.within, self.asked(at, request)).await.unwrap_or(Err(Away::Silent))
    }

    async fn asked(&self, at: &Endpoint, request: Request<Full<Bytes>>) -> Result<Answer, Away> {
        let found = lookup_host((at.host.as_str(), at.port)).await;
        let found: Vec<SocketAddr> = found.map_err(|_| Away::NoAddress)?.collect();
        let stream = TcpStream::connect(&found[..]).await;
        let stream = stream.map_err(|error| Away::Unreachable(error.kind()))?;
        if !at.is_secure {
            return exchange(stream, request).await;
        }
        let name =
            ServerName::try_from(at.host.clone()).map_err(|_| Away::Tls(Fault::WrongName))?;
        let stream = self.tls.connect(name, stream).await;
        exchange(stream.map_err(|error| away(&error))?, request).await
    }
}

fn away(error: &io::Error) -> Away {
    let by_tls = error.get_ref().and_then(|it| it.downcast_ref::<rustls::Error>());
    by_tls.map_or(Away::Unreachable(error.kind()), |it| Away::Tls(Fault::of(it)))
}

/// # Panics
/// Never: the address was taken apart before.
fn request(at: &Endpoint, method: Method, body: Bytes) -> Request<Full<Bytes>> {
    let path = at.uri.path_and_query().map_or("/", |it| it.as_str());
    let host = at.uri.authority().map_or("", |it| it.as_str());
    Request::builder()
        .method(method)
        .uri(path)
        .header(HOST, host)
        .header(ACCEPT, "application/json")
        .body(Full::new(body))
        .expect("parts of an address")
}

async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> Result<Answer, Away>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) =
        handshake(TokioIo::new(stream)).await.map_err(|_| Away::Broken)?;
    // It ends with the sender, or when the other side ends it.
    let connection = tokio::spawn(connection);
    let answer = read(sender.send_request(request).await).await;
    connection.abort();
    answer
}

async fn read(answer: hyper::Result<hyper::Response<Incoming>>) -> Result<Answer, Away> {
    let answer = answer.map_err(|_| Away::Broken)?;
    let status = answer.status();
    let body = Limited::new(answer.into_body(), PROVIDER_ANSWER_MAX).collect().await;
    Ok(Answer { status, body: body.map_err(|_| Away::Broken)?.to_bytes() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::sync::Arc;
    use std::thread;

    #[test]
    fn only_https_or_this_machine_is_asked() {
        for good in [
            "https://sso.example/realms/kreis",
            "https://sso.example:8443",
            "http://127.0.0.1:3000/x",
            "http://[::1]:3000",
            "http://localhost:3000",
        ] {
            assert!(Endpoint::parse(good).is_some(), "{good}");
        }
        for bad in [
            "http://sso.example/",
            "http://127.0.0.1.example/",
            "ftp://sso.example/",
            "https://user@sso.example/",
            "https://sso.example/#x",
            "https://sso.example/ä b",
            "/path",
            "",
            "https://",
        ] {
            assert!(Endpoint::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn nobody_is_led_away_from_https() {
        let far = Endpoint::parse("https://sso.example").expect("an address");
        assert!(far.named("https://login.example/token").is_some());
        assert!(far.named("http://127.0.0.1:5115/").is_none(), "not to this machine either");
        let here = Endpoint::parse("http://127.0.0.1:3000").expect("an address");
        assert!(here.named("http://127.0.0.1:3000/token").is_some());
        assert!(here.named("http://sso.example/token").is_none());
    }

    #[test]
    fn parameters_are_escaped_and_added() {
        let plain = Endpoint::parse("https://sso.example/auth").expect("an address");
        assert_eq!(plain.with(&[("a", "b&c d")]), "https://sso.example/auth?a=b%26c+d");
        let some = Endpoint::parse("https://sso.example/auth?tenant=1").expect("an address");
        assert_eq!(some.with(&[("a", "ü")]), "https://sso.example/auth?tenant=1&a=%C3%BC");
    }

    /// Somebody who answers one request with these bytes.
    fn answering(bytes: Vec<u8>) -> Endpoint {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let at = listener.local_addr().expect("an address");
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("somebody");
            let mut asked = [0; 1_024];
            let _some = stream.read(&mut asked).expect("a request");
            // Whoever has read enough hangs up.
            let _ = stream.write_all(&bytes);
        });
        Endpoint::parse(&format!("http://{at}/x")).expect("an address")
    }

    fn wire() -> Wire {
        // Nobody is asked by TLS here.
        let nobody = rustls::RootCertStore::empty();
        let provider = Arc::clone(telephony::tls::provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(nobody)
            .with_no_client_auth();
        let within = Duration::from_millis(500);
        Wire { tls: TlsConnector::from(Arc::new(config)), within }
    }

    #[tokio::test]
    async fn answers_are_bounded_and_http() {
        let head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
        let fine = answering([head.clone(), b"{}".to_vec()].concat());
        let answer = wire().get(&fine).await.expect("an answer");
        assert_eq!((answer.status, &answer.body[..]), (StatusCode::OK, &b"{}"[..]));
        let long = answering([head, vec![b' '; PROVIDER_ANSWER_MAX + 1]].concat());
        assert_eq!(wire().get(&long).await.err(), Some(Away::Broken));
        let strange = answering(b"SSH-2.0-x\r\n".to_vec());
        assert_eq!(wire().get(&strange).await.err(), Some(Away::Broken));
    }

    #[tokio::test]
    async fn who_is_away_is_told_apart_from_who_is_silent() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let at = listener.local_addr().expect("an address");
        let endpoint = Endpoint::parse(&format!("http://{at}")).expect("an address");
        assert_eq!(wire().get(&endpoint).await.err(), Some(Away::Silent));
        drop(listener);
        let refused = Away::Unreachable(io::ErrorKind::ConnectionRefused);
        assert_eq!(wire().get(&endpoint).await.err(), Some(refused));
        // RFC 6761, 6.4: a name that nobody ever has.
        let nameless = Endpoint::parse("https://sso.invalid").expect("an address");
        let patient = Wire { within: Duration::from_secs(20), ..wire() };
        assert_eq!(patient.get(&nameless).await.err(), Some(Away::NoAddress));
    }
}
