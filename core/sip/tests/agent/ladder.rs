// SPDX-License-Identifier: EUPL-1.2
//! A conversation as text: what the peer says to the right, what we say to the left, what the user
//! hears between.
//!
//! The rule to keep: the peer's messages are literal; only what has to be repeated from ours is
//! filled in: `{to}` `{from}` `{via}` `{call}` `{cseq}` of our last message of the wanted kind.

use sip::Method;
use sip::agent::{
    CallId, CommandRefused, Config, Event, Flow, ReferInfo, RegisterId, RegistrantId, Standing,
    SubscriptionId, Transmit, UserAgent,
};
use sip::message::{Message, Name, parse_datagram};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use stdx::{Micros, Rng, Tick};

/// The header fields of ours that are printed.
const SHOWN: [&str; 14] = [
    "Reason",
    "Retry-After",
    "Allow",
    "Unsupported",
    "Min-SE",
    "Refer-To",
    "Referred-By",
    "Refer-Sub",
    "Event",
    "Subscription-State",
    "Allow-Events",
    "Accept",
    "Expires",
    "Min-Expires",
];

const BEGIN: Tick = Tick(36_000_000_000);

pub(crate) fn flow() -> Flow {
    let local = "192.0.2.1:5060".parse().expect("an address");
    Flow::udp(local, "192.0.2.99:5060".parse().expect("an address"))
}

pub(crate) struct Ladder {
    pub(crate) agent: UserAgent,
    pub(crate) now: Tick,
    pub(crate) text: String,
    pub(crate) flow: Flow,
    pub(crate) call: Option<CallId>,
    pub(crate) register: Option<RegisterId>,
    pub(crate) subscription: Option<SubscriptionId>,
    whole: bool,
    response_to: String,
    answered_to: String,
    last_rseq: u32,
    last_sent: Option<Transmit>,
    request: [String; 5],
    invite: [String; 5],
    finals: BTreeMap<(Method, u32), BTreeSet<u16>>,
}

impl Ladder {
    pub(crate) fn new(title: &str) -> Ladder {
        Ladder::with(title, Config::default())
    }

    pub(crate) fn with(title: &str, config: Config) -> Ladder {
        Ladder {
            agent: UserAgent::new(config, Rng::new(115)),
            now: BEGIN,
            text: format!("\n## {title}\n"),
            flow: flow(),
            call: None,
            register: None,
            subscription: None,
            whole: false,
            response_to: String::new(),
            answered_to: String::new(),
            last_rseq: 0,
            last_sent: None,
            request: Default::default(),
            invite: Default::default(),
            finals: BTreeMap::new(),
        }
    }

    /// Prints our messages as a whole from now on.
    pub(crate) fn whole(mut self) -> Ladder {
        self.whole = true;
        self
    }

    pub(crate) fn call(&self) -> CallId {
        self.call.expect("a call has begun")
    }

    /// The To of our last 200 to an INVITE.
    pub(crate) fn answered_to(&self) -> String {
        self.answered_to.clone()
    }

    /// The To of our last response.
    pub(crate) fn response_to(&self) -> String {
        self.response_to.clone()
    }

    /// Call-ID and From of our last INVITE.
    pub(crate) fn our_invite(&self) -> (String, String) {
        let [_, from, _, call_id, _] = self.invite.clone();
        (call_id, from)
    }

    /// With what we have answered a request of the peer finally.
    pub(crate) fn finals(&self, method: Method, cseq: u32) -> Vec<u16> {
        self.finals.get(&(method, cseq)).into_iter().flatten().copied().collect()
    }

    /// What we sent last.
    pub(crate) fn last_sent(&self) -> Transmit {
        self.last_sent.clone().expect("something was sent")
    }

    /// The RSeq of our last reliable response.
    pub(crate) fn last_rseq(&self) -> u32 {
        self.last_rseq
    }

    /// The peer says something.
    pub(crate) fn peer(&mut self, message: &str) {
        let filled = self.filled(message.trim_start());
        let first = filled.lines().next().unwrap_or_default();
        self.line(&format!("──▶ {first}{}", cseq_of(&filled)));
        self.agent.receive(self.now, self.flow, filled.as_bytes());
        self.drain();
    }

    /// A peer that the edge does not know says something.
    pub(crate) fn turned_away(&mut self, message: &str) {
        let filled = self.filled(message);
        let first = filled.lines().next().unwrap_or_default();
        self.line(&format!("──▶ {first}"));
        let Ok(Message::Request(request)) = parse_datagram(filled.as_bytes()) else { return };
        let forbidden = sip::Status::new(403).expect("a status");
        self.agent.turn_away(flow(), &request, forbidden, Vec::new());
        self.drain();
    }

    /// The user does something.
    pub(crate) fn user(
        &mut self,
        what: &str,
        act: impl FnOnce(&mut UserAgent, Tick) -> Result<(), CommandRefused>,
    ) {
        let result = act(&mut self.agent, self.now);
        let refused = result.err().map(|why| format!(": {why:?}")).unwrap_or_default();
        self.line(&format!("  » {what}{refused}"));
        self.drain();
    }

    /// Another agent goes on with the call; the one before is gone, and what it had sent may be lost.
    pub(crate) fn replace(&mut self) {
        let saved = self.agent.save(self.now, self.call()).expect("the call is up");
        self.agent = UserAgent::new(Config::default(), Rng::new(116));
        self.line("  » another agent goes on");
        let call = self.agent.restore(self.now, saved).expect("there is room");
        self.call = Some(call);
        self.drain();
    }

    /// Time passes, with all that becomes due.
    pub(crate) fn wait(&mut self, millis: u64) {
        let until = self.now + Micros::from_millis(millis);
        while let Some((at, why)) = self.agent.deadline().filter(|(at, _)| *at <= until) {
            self.now = self.now.max(at);
            self.agent.elapse(self.now);
            self.drain_because(why);
        }
        self.now = until;
    }

    /// All timers fire; then nothing may be left.
    pub(crate) fn end(mut self) -> String {
        self.run_out();
        self.text
    }

    pub(crate) fn run_out(&mut self) {
        self.wait(7_200_000);
        let sizes = self.agent.sizes();
        let _ = writeln!(self.text, "   left: {sizes:?}");
        assert!(self.agent.is_idle(), "something is left:\n{}", self.text);
    }

    fn filled(&self, message: &str) -> String {
        let mut text = message.replace("\r\n", "\n").replace('\n', "\r\n");
        text = text.replace("{to}", &self.response_to);
        for (prefix, source) in [("our", &self.request), ("inv", &self.invite)] {
            for (name, value) in ["via", "from", "to", "call", "cseq"].iter().zip(source) {
                text = text.replace(&format!("{{{prefix}.{name}}}"), value);
            }
        }
        text
    }

    fn drain(&mut self) {
        self.drain_because("");
    }

    fn drain_because(&mut self, why: &str) {
        let mut why = if why.is_empty() { String::new() } else { format!("  ({why})") };
        loop {
            if let Some(sent) = self.agent.poll_transmit() {
                self.last_sent = Some(sent.clone());
                self.sent(&sent.bytes, &std::mem::take(&mut why), sent.flow);
            } else if let Some(event) = self.agent.poll_event() {
                self.heard(&event);
            } else {
                break;
            }
        }
    }

    fn sent(&mut self, bytes: &[u8], why: &str, to: Flow) {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let first = text.lines().next().unwrap_or_default();
        let way =
            if to.remote == flow().remote { String::new() } else { format!(" to {}", to.remote) };
        self.line(&format!("◀── {first}{}{way}{why}", cseq_of(&text)));
        for name in SHOWN {
            let found = text.lines().find(|line| line.starts_with(&format!("{name}:")));
            if let Some(found) = found.filter(|_| {
                !self.whole && !["INVITE", "REGISTER"].iter().any(|it| first.contains(it))
            }) {
                let _ = writeln!(self.text, "                 {found}");
            }
        }
        let shows = |line: &&str| line.starts_with("<dialog") || line.starts_with("<state");
        for shown in text.lines().filter(shows).filter(|_| !self.whole) {
            let _ = writeln!(self.text, "                 {shown}");
        }
        let reported = text.lines().find(|line| line.starts_with("SIP/2.0"));
        if let Some(reported) = reported.filter(|_| !self.whole && first.starts_with("NOTIFY")) {
            let _ = writeln!(self.text, "                 {reported}");
        }
        let proofs = ["Authorization:", "Proxy-Authorization:"];
        let is_proof = |line: &&str| proofs.iter().any(|name| line.starts_with(name));
        for proof in text.lines().filter(is_proof).filter(|_| !self.whole) {
            let _ = writeln!(self.text, "                 {proof}");
        }
        if self.whole {
            for line in text.lines().skip(1) {
                let _ = writeln!(self.text, "{}", format!("              {line}").trim_end());
            }
        }
        self.remember(bytes);
    }

    fn remember(&mut self, bytes: &[u8]) {
        // An answer to a message without a CSeq has none either.
        let Ok(message) = parse_datagram(bytes) else { return };
        let headers = message.headers();
        let value = |name| {
            let raw = headers.first(name).map(|field| field.value().into_owned());
            String::from_utf8(raw.unwrap_or_default()).expect("ASCII")
        };
        match &message {
            Message::Response(response) => {
                self.response_to = value(Name::To);
                if response.status.is_final() {
                    let asked = (headers.cseq.method, headers.cseq.number);
                    self.finals.entry(asked).or_default().insert(response.status.code());
                }
                if response.status.code() == 200 && headers.cseq.method == sip::Method::Invite {
                    self.answered_to = value(Name::To);
                }
                if let Ok(Some(rseq)) = headers.rseq() {
                    self.last_rseq = rseq;
                }
            }
            Message::Request(request) => {
                let names = [Name::Via, Name::From, Name::To, Name::CallId, Name::CSeq];
                self.request = names.map(value);
                if request.method == sip::Method::Invite {
                    self.invite = names.map(value);
                }
            }
        }
    }

    fn heard(&mut self, event: &Event) {
        let text = match event {
            Event::Incoming(call, info) => {
                self.call = Some(*call);
                let uri = String::from_utf8_lossy(info.request_uri.expose()).into_owned();
                let offer = if info.offer.is_some() { "an offer" } else { "no offer" };
                format!("Incoming {uri}, {offer}, {:?} hops left", info.max_forwards)
            }
            Event::Register(register, info) => {
                self.register = Some(*register);
                let record = String::from_utf8_lossy(info.record.expose()).into_owned();
                format!(
                    "Register {record}, {} contacts, expires {:?}",
                    info.contacts.len(),
                    info.expires
                )
            }
            Event::Cancelled(_, reason) => format!("Cancelled {}", shown(reason)),
            Event::Acked(_, sdp) => format!("Acked {}", shown(sdp)),
            Event::Provisional(_, status, sdp) => {
                format!("Provisional {} {}", status.code(), shown(sdp))
            }
            Event::Answered(_, sdp) => format!("Answered {}", shown(sdp)),
            Event::Refused { status, by, retry_after, .. } => {
                format!("Refused {} by {by:?}, retry after {retry_after:?}", status.code())
            }
            Event::Ended(_, end) => format!("Ended {end:?}"),
            Event::Reinvite(_, carrier, sdp) => format!("Reinvite by {carrier:?} {}", shown(sdp)),
            Event::Withdrawn(_) => "Withdrawn".to_owned(),
            Event::Changed(_, sdp) => format!("Changed {}", shown(sdp)),
            Event::NotChanged(_, status) => format!("NotChanged {}", status.code()),
            Event::Info(_, body) => format!("Info {:?}", String::from_utf8_lossy(body)),
            Event::Refer(_, info) => refer_shown(info),
            Event::Referred(_, status) => format!("Referred {}", status.code()),
            Event::Subscribe(subscription, info) => {
                self.subscription = Some(*subscription);
                format!("Subscribe to {}", String::from_utf8_lossy(info.request_uri.expose()))
            }
            Event::Unsubscribed(_) => "Unsubscribed".to_owned(),
            Event::Probed(_, status) => format!("Probed {}", status.code()),
            Event::Registration(id) => self.standing_shown(*id),
        };
        self.line(&format!("    * {}", text.trim_end()));
    }

    fn standing_shown(&self, id: RegistrantId) -> String {
        match self.agent.standing(id) {
            None => "Registration over".to_owned(),
            Some(Standing { until, trouble }) => {
                let until = until.map_or("no".to_owned(), |at| {
                    format!("for {} s", at.since(self.now).as_secs())
                });
                format!("Registration: {until}, trouble {trouble:?}")
            }
        }
    }

    fn line(&mut self, text: &str) {
        let at = self.now.since(BEGIN).0;
        let _ = writeln!(self.text, "{:5}.{:03} {text}", at / 1_000_000, at / 1_000 % 1_000);
    }
}

fn refer_shown(info: &ReferInfo) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut shown = format!("Refer to {}", text(info.refer_to.expose()));
    if let Some(replaces) = &info.replaces {
        let [to, from] = [&replaces.to_tag, &replaces.from_tag].map(|tag| text(tag));
        let early = if replaces.early_only { ", if early" } else { "" };
        let call_id = text(replaces.call_id.expose());
        shown += &format!(" in place of {call_id} to {to} from {from}{early}");
    }
    if let Some(by) = &info.referred_by {
        shown += &format!(" by {}", text(by.expose()));
    }
    if info.wants_reports { shown } else { shown + ", without reports" }
}

fn shown(body: &Option<Vec<u8>>) -> String {
    body.as_deref().map(|body| format!("{:?}", String::from_utf8_lossy(body))).unwrap_or_default()
}

/// The CSeq of a response, whose first line does not say what it answers.
fn cseq_of(message: &str) -> String {
    let cseq = message.lines().find_map(|line| line.strip_prefix("CSeq: "));
    match cseq.filter(|_| message.starts_with("SIP/2.0")) {
        Some(cseq) => format!(" [{}]", cseq.split(' ').next_back().unwrap_or_default()),
        None => String::new(),
    }
}
