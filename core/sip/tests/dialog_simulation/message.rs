// SPDX-License-Identifier: EUPL-1.2
//! What travels: just enough of a message for transactions and dialogs.

use sip::dialog::{RAck, Refresher};
use sip::transaction::{Fields, TopVia, TransactionKey};
use sip::{Method, Status};
use stdx::Tick;

/// The caller's endpoint; 1 and 2 are called.
pub(crate) const CALLER: usize = 0;

/// A request, or with a status the response to it.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) from: usize,
    pub(crate) call: u32,
    pub(crate) branch: u64,
    pub(crate) method: Method,
    pub(crate) cseq: u32,
    pub(crate) status: Option<Status>,
    pub(crate) from_tag: u32,
    /// 0 is none.
    pub(crate) to_tag: u32,
    pub(crate) offer: bool,
    /// Whether it only refreshes: the offer is the one that holds (RFC 4028, 7.4).
    pub(crate) refresh: bool,
    pub(crate) rseq: Option<u32>,
    pub(crate) rack: Option<RAck>,
    pub(crate) session_expires: Option<(u32, Option<Refresher>)>,
    pub(crate) min_se: Option<u32>,
}

pub(crate) fn status(code: u16) -> Status {
    Status::new(code).expect("a code in a test is a code")
}

/// Tags say whose they are: nobody else could route them.
pub(crate) fn tag(call: u32, endpoint: usize) -> u32 {
    call * 4 + u32::try_from(endpoint).expect("there are three") + 1
}

pub(crate) fn owner(tag: u32) -> usize {
    usize::try_from((tag - 1) % 4).expect("there are three")
}

pub(crate) fn bytes(number: u32) -> Vec<u8> {
    if number == 0 { Vec::new() } else { number.to_string().into_bytes() }
}

impl Message {
    pub(crate) fn response(&self, from: usize, code: u16, to_tag: u32) -> Message {
        let to_tag = if self.to_tag == 0 { to_tag } else { self.to_tag };
        let status = Some(status(code));
        let (rseq, rack, min_se) = (None, None, None);
        Message {
            from,
            status,
            to_tag,
            offer: false,
            rseq,
            rack,
            min_se,
            session_expires: None,
            ..self.clone()
        }
    }

    /// One line of a ladder.
    pub(crate) fn line(&self, now: Tick) -> String {
        let arrow = if self.from == CALLER { "────▶" } else { "◀────" };
        let status = self.status.map_or(String::new(), |status| format!("{} to ", status.code()));
        let offer = if self.offer { ", offer" } else { "" };
        let (millis, from) = (now.0 / 1_000, self.from);
        format!("{millis:>9} ms {from} {arrow} {status}{} {}{offer}", self.method, self.cseq)
    }

    pub(crate) fn server_key(&self) -> TransactionKey {
        let branch = format!("z9hG4bK{}", self.branch);
        let via = TopVia {
            branch: Some(branch.as_bytes()),
            sent_by: if self.from == CALLER { b"caller" } else { b"called" },
            whole: b"",
        };
        let fields = Fields { call_id: b"", cseq: 0, from_tag: b"", to_tag: b"", request_uri: b"" };
        TransactionKey::server(self.method, via, fields)
    }

    pub(crate) fn client_key(&self) -> TransactionKey {
        TransactionKey::client(format!("z9hG4bK{}", self.branch).as_bytes(), self.method)
    }
}
