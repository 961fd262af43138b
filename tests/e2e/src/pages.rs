// SPDX-License-Identifier: EUPL-1.2
//! The pages as somebody asks them who is no browser: requests by hand, sockets with any words.

use crate::clock::SOON;
use crate::server::{Server, run_program};
use serde_json::Value;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use tungstenite::client::IntoClientRequest as _;
use tungstenite::http::HeaderValue;
use tungstenite::{Message, WebSocket};

/// What the server answered.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The head, as it came.
    pub head: String,
    /// The body.
    pub body: String,
}

impl Answer {
    /// The body as JSON; null if it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// The session that was begun, as a cookie is sent.
    #[must_use]
    pub fn cookie(&self) -> Option<String> {
        let line = self.head.lines().find(|it| it.to_lowercase().starts_with("set-cookie:"))?;
        Some(line.split_once(':')?.1.split(';').next()?.trim().to_owned())
    }
}

/// Somebody who asks the pages.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Where the pages are.
    pub at: SocketAddr,
    /// What is sent as a cookie.
    pub cookie: Option<String>,
    /// What is sent as the origin of what changes something.
    pub origin: String,
}

impl Visitor {
    /// Somebody who is not signed in.
    #[must_use]
    pub fn of(server: &Server) -> Visitor {
        let at = SocketAddr::from(([127, 0, 0, 1], server.county.web()));
        Visitor { at, cookie: None, origin: format!("http://{at}") }
    }

    /// Asks something.
    ///
    /// # Panics
    /// If nobody answers.
    #[must_use]
    pub fn ask(&self, method: &str, path: &str, body: &str) -> Answer {
        let mut stream = TcpStream::connect_timeout(&self.at, SOON).expect("the pages listen");
        stream.set_read_timeout(Some(SOON)).expect("a socket takes a time");
        let cookie = self.cookie.as_ref().map_or(String::new(), |it| format!("Cookie: {it}\r\n"));
        let ours = match method {
            "GET" => String::new(),
            _ => format!("Origin: {}\r\nX-Amtsleitung: 1\r\n", self.origin),
        };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{cookie}{ours}\
             Content-Length: {}\r\n\r\n{body}",
            self.at,
            body.len()
        );
        stream.write_all(request.as_bytes()).expect("the pages read");
        let mut said = String::new();
        stream.read_to_string(&mut said).expect("the pages answer");
        let (head, body) = said.split_once("\r\n\r\n").expect("HTTP");
        let status = head.split(' ').nth(1).and_then(|it| it.parse().ok()).expect("a status");
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    /// What is said in clear to who asks in clear; none if nothing that is HTTP.
    #[must_use]
    pub fn tries(&self, path: &str) -> Option<String> {
        crate::figures::answer(self.at, path).filter(|it| it.starts_with("HTTP/1.1 200"))
    }

    /// Signs in with an account that is made for it.
    ///
    /// # Panics
    /// If that does not work.
    #[must_use]
    pub fn with_account(server: &Server, name: &str, options: &[&str]) -> Visitor {
        let password = account(server, name, options);
        let mut visitor = Visitor::of(server);
        let answer = visitor.sign_in(name, &password);
        assert_eq!(answer.status, 200, "{answer:?}");
        visitor.cookie = answer.cookie();
        visitor
    }

    /// Tries to sign in.
    #[must_use]
    pub fn sign_in(&self, name: &str, password: &str) -> Answer {
        let credentials = serde_json::json!({"name": name, "password": password});
        self.ask("POST", "/api/session", &credentials.to_string())
    }

    /// Opens a socket; what the server says instead, if it does not let it.
    ///
    /// # Errors
    /// With the status.
    ///
    /// # Panics
    /// If nobody answers.
    pub fn socket(&self, path: &str) -> Result<Socket, u16> {
        let stream = TcpStream::connect_timeout(&self.at, SOON).expect("the pages listen");
        stream.set_read_timeout(Some(SOON)).expect("a socket takes a time");
        let request = format!("ws://{}{path}", self.at).into_client_request();
        let mut request = request.expect("an address of ours");
        let value = |text: &str| HeaderValue::from_str(text).expect("visible letters");
        request.headers_mut().insert("Origin", value(&self.origin));
        if let Some(cookie) = &self.cookie {
            request.headers_mut().insert("Cookie", value(cookie));
        }
        match tungstenite::client(request, stream) {
            Ok((socket, _)) => Ok(Socket(socket)),
            Err(tungstenite::HandshakeError::Failure(tungstenite::Error::Http(answer))) => {
                Err(answer.status().as_u16())
            }
            Err(error) => panic!("the pages do not answer: {error}"),
        }
    }
}

/// A page's socket.
#[derive(Debug)]
pub struct Socket(WebSocket<TcpStream>);

impl Socket {
    /// Says something.
    ///
    /// # Panics
    /// If the socket is closed.
    pub fn say(&mut self, text: &str) {
        self.0.send(Message::text(text)).expect("the socket is open");
    }

    /// Says something to a socket that may be closed.
    pub fn say_if_open(&mut self, text: &str) {
        // One that is closed hears nothing.
        let _ = self.0.send(Message::text(text));
    }

    /// The next message that is this; none if the socket is closed before.
    pub fn hear(&mut self, is_it: impl Fn(&Value) -> bool) -> Option<Value> {
        while let Ok(message) = self.0.read() {
            let Message::Text(text) = message else { continue };
            let said: Value = serde_json::from_str(&text).expect("JSON");
            if is_it(&said) {
                return Some(said);
            }
        }
        None
    }

    /// The answer to a request.
    ///
    /// # Panics
    /// If there is none.
    pub fn asked(&mut self, of: u64, request: &str) -> Value {
        self.say(request);
        let answer = self.hear(|it| it["of"] == of);
        answer.unwrap_or_else(|| panic!("no answer to {request}"))
    }
}

/// Makes an account; its password.
///
/// # Panics
/// If that does not work.
#[must_use]
pub fn account(server: &Server, name: &str, options: &[&str]) -> String {
    let data = server.data();
    let data = data.to_str().expect("a path of ours");
    let words = ["account", "add", name, "--data", data, "--lang", "de"];
    let made = run_program(&server.folder, &[&words[..], options].concat());
    assert!(made.status.success(), "{}", made.stderr);
    let password = made.stdout.lines().find_map(|it| it.strip_prefix("Passwort: "));
    password.expect("it is shown once").to_owned()
}
