// SPDX-License-Identifier: EUPL-1.2
//! Asks rtpengine to relay calls, by its ng protocol: a cookie, then a bencoded dictionary, over UDP.

use crate::player::here;
use crate::text::between;
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// The control port of a running rtpengine.
pub(crate) struct Control {
    socket: UdpSocket,
    cookie: u32,
}

impl Control {
    /// Asks whether somebody is there.
    pub(crate) fn connect(at: SocketAddr) -> Result<Control, String> {
        let text = |error: std::io::Error| format!("{at}: {error}");
        let socket = UdpSocket::bind(here(0)).map_err(text)?;
        socket.connect(at).map_err(text)?;
        socket.set_read_timeout(Some(PATIENCE)).map_err(text)?;
        let mut control = Control { socket, cookie: 0 };
        control.ask(&[("command", "ping")], "pong")?;
        Ok(control)
    }

    /// Relays a call between two ports of ours; the ports to which each of them has to send.
    pub(crate) fn relay(&mut self, call: u16, a: u16, b: u16) -> Result<(u16, u16), String> {
        let call_id = format!("load-{call}");
        let (from, to) = (format!("a{call}"), format!("b{call}"));
        // Keys of a dictionary stand in order.
        let offer = [
            ("ICE", "remove"),
            ("call-id", &call_id),
            ("command", "offer"),
            ("from-tag", &from),
            ("sdp", &sdp(a)),
        ];
        let to_b = self.ask(&offer, "ok")?;
        let answer = [
            ("ICE", "remove"),
            ("call-id", &call_id),
            ("command", "answer"),
            ("from-tag", &from),
            ("sdp", &sdp(b)),
            ("to-tag", &to),
        ];
        let to_a = self.ask(&answer, "ok")?;
        let port = |reply: &[u8]| {
            let digits = between(reply, b"m=audio ", b' ')?;
            std::str::from_utf8(digits).ok()?.parse::<u16>().ok()
        };
        port(&to_a).zip(port(&to_b)).ok_or_else(|| "rtpengine named no port".to_owned())
    }

    fn ask(&mut self, words: &[(&str, &str)], result: &str) -> Result<Vec<u8>, String> {
        self.cookie += 1;
        let (cookie, question) = (self.cookie, dictionary(words));
        let text = |error: std::io::Error| format!("rtpengine does not answer: {error}");
        self.socket.send(format!("{cookie} {question}").as_bytes()).map_err(text)?;
        let mut buffer = [0; 8_192];
        let length = self.socket.recv(&mut buffer).map_err(text)?;
        let reply = buffer[..length].to_vec();
        let expected = format!("6:result{}:{result}", result.len());
        let is_good = reply.windows(expected.len()).any(|it| it == expected.as_bytes());
        let shown = || format!("rtpengine said {}", String::from_utf8_lossy(&reply));
        if is_good { Ok(reply) } else { Err(shown()) }
    }
}

fn dictionary(words: &[(&str, &str)]) -> String {
    let string = |text: &str| format!("{}:{text}", text.len());
    let pairs = words.iter().map(|(key, value)| string(key) + &string(value));
    format!("d{}e", pairs.collect::<String>())
}

fn sdp(port: u16) -> String {
    format!(
        "v=0\r\no=load 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
         m=audio {port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=ptime:20\r\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dictionary_is_bencoded() {
        assert_eq!(dictionary(&[("command", "ping")]), "d7:command4:pinge");
    }

    #[test]
    fn nobody_there_is_an_error() {
        let free = UdpSocket::bind(here(0)).and_then(|it| it.local_addr()).expect("a free port");
        assert!(Control::connect(free).is_err());
    }
}
