// SPDX-License-Identifier: EUPL-1.2
//! Everything at once, on free ports: the telephone side of a centre, the thread of the browsers' telephones, pages
//! and a caller. The test is the centre, and the web server.

use super::browser::Browser;
use super::caller::Caller;
use centre::{Command, Event};
use sip::digest::Secret;
use sip::number::{Digits, Number, Plan};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use stdx::{AgentId, ContactId, LineId, Micros, Redacted, Tick};
use telephony::clip::Clip;
use telephony::media::{Clips, Clock};
use telephony::signalling::{
    Answering, Asked, Carrier, EmergencyRoute, Identity, Line, Listen, NumberBlock, Phone, Place,
    Setup, Shows, Signalling, SrtpUse, Trunk,
};
use telephony::softphone::{CallNr, CallView, Config, News, Order, Running, Softphones};
use telephony::tls::Certificates;

pub(crate) const DOMAIN: &str = "centre.example";
pub(crate) const PASSWORD: &str = "geheim";
/// The byte of which hold music is made.
pub(crate) const MUSIC: u8 = 0x33;
/// Numbers of codecs.
pub(crate) const PCMA: u8 = 8;
pub(crate) const G722: u8 = 9;

/// Far longer than anything here takes on a busy machine.
const DEADLINE: Micros = Micros::from_secs(20);

pub(crate) struct Bench {
    pub(crate) clock: Clock,
    pub(crate) signalling: Signalling,
    pub(crate) exchange: SocketAddr,
    pub(crate) softphones: Softphones,
    pub(crate) running: Running,
    news: Receiver<(String, News)>,
    pub(crate) told: Vec<(String, News)>,
    calls: BTreeMap<String, Vec<CallView>>,
    pub(crate) registered: BTreeSet<String>,
    pub(crate) pages: Vec<Browser>,
    pub(crate) caller: Caller,
    pub(crate) asked: Vec<Asked>,
    /// Who is inside.
    pub(crate) contact: ContactId,
}

pub(crate) fn clips(byte: u8) -> Clips {
    let clip = || Clip::new(vec![byte; 160 * 50]);
    Clips { pcma: clip(), pcmu: clip(), g722: clip() }
}

fn line() -> Line {
    let short = Number::Short(Digits::new(b"115").expect("digits"));
    Line {
        id: "kreis".to_owned(),
        shown: "Kreis".to_owned(),
        numbers: vec![NumberBlock { first: short, last: short }],
        answering: Answering::AtOnce,
        greeting: Clips::default(),
        closed: Clips::default(),
        busy: Clips::default(),
        callback: Clips::default(),
        callback_greeting: Clips::default(),
        offer: Clips::default(),
        between: call::between::Rules::default(),
        greetings: Vec::new(),
        town_hall: None,
        tells_opening: false,
    }
}

fn trunk(at: SocketAddr) -> Trunk {
    let country = Digits::of_two(b'4', b'9').expect("digits");
    Trunk {
        id: "t".to_owned(),
        peers: vec![Place::At(Listen { carrier: Carrier::Udp, address: at })],
        channels: 10,
        plan: Plan { country, area: None, stem: None },
        probe: None,
        outbound: vec![Number::E164(Digits::new(b"4940").expect("digits"))],
        extensions: Vec::new(),
        outbound_daily: 3,
        caller_id: None,
        account: None,
        identity: Identity::Asserted,
        shows: Shows::Caller,
        numbers: Vec::new(),
        srtp: SrtpUse::Off,
    }
}

pub(crate) fn id(agent: u16) -> String {
    format!("w{agent}")
}

fn phone(agent: u16) -> Phone {
    let (id, password) = (id(agent), Redacted::new(PASSWORD));
    Phone {
        secret: Some(Secret::of(id.as_bytes(), DOMAIN.as_bytes(), &password)),
        id,
        agent: Some(AgentId(agent)),
        at: None,
        emergency: EmergencyRoute::Unknown,
        srtp: SrtpUse::Offered,
        short: Arc::default(),
        browser: true,
    }
}

fn setup(phones: u16, trunk_at: SocketAddr) -> Setup {
    let address = "127.0.0.1:0".parse().expect("one");
    Setup {
        domain: DOMAIN.to_owned(),
        listen: vec![Listen { carrier: Carrier::Udp, address }],
        addresses: Vec::new(),
        certificates: Certificates::default(),
        name_servers: Vec::new(),
        media_ports: 23_000..=26_999,
        media_threads: 1,
        trunks: vec![trunk(trunk_at)],
        phones: (0..phones).map(phone).collect(),
        switchboards: Vec::new(),
        partners: Vec::new(),
        lines: vec![line()],
        plans: Vec::new(),
        phrases: telephony::prompts::Phrases::default(),
        music: clips(MUSIC),
        ringing: Clips::default(),
        done: Clips::default(),
        refused: Clips::default(),
        seed: 115,
        offers: sip::digest::Offers::Md5,
        nonce_key: [0; 32],
        token_key: Redacted::new([0; 32]),
    }
}

impl Bench {
    /// So many telephones of browsers, and a caller who speaks this codec and says 0x22.
    pub(crate) fn start(phones: u16, codec: u8) -> Bench {
        let clock = Clock::start();
        let caller = Caller::new(codec, 0x22);
        let setup = setup(phones, caller.address());
        let signalling = Signalling::start(setup, 1).expect("free ports");
        let exchange = signalling.listens()[0].address;
        let (tell, news) = channel();
        let config = Config {
            listen: "127.0.0.1:0".parse().expect("one"),
            shown: Vec::new(),
            exchange,
            domain: DOMAIN.to_owned(),
            seed: [7; 32],
        };
        let heard = move |id: &str, news| drop(tell.send((id.to_owned(), news)));
        let (softphones, running) = Softphones::start(config, heard).expect("free ports");
        Bench {
            clock,
            signalling,
            exchange,
            softphones,
            running,
            news,
            told: Vec::new(),
            calls: BTreeMap::new(),
            registered: BTreeSet::new(),
            pages: Vec::new(),
            caller,
            asked: Vec::new(),
            contact: ContactId(0),
        }
    }

    /// A bench with pages that are connected and registered, of agents 0, 1, …
    pub(crate) fn with_pages(pages: u16, codec: u8) -> Bench {
        let mut bench = Bench::start(pages, codec);
        for agent in 0..pages {
            bench.open(agent);
            bench.load(agent);
        }
        bench.until("all are registered", |it| it.registered.len() == usize::from(pages));
        bench
    }

    pub(crate) fn open(&mut self, agent: u16) {
        let password = Redacted::new(PASSWORD.to_owned());
        self.order(agent, Order::Open { password });
    }

    /// A page is loaded, for the first time or anew; its offer is made and answered.
    pub(crate) fn load(&mut self, agent: u16) -> String {
        self.load_page(agent, Browser::new(&self.clock))
    }

    /// A page that speaks one codec alone is loaded.
    pub(crate) fn load_speaking(&mut self, agent: u16, codec: u8) {
        let page = Browser::speaking(&self.clock, [codec == G722, codec == PCMA, false]);
        self.load_page(agent, page);
    }

    pub(crate) fn load_page(&mut self, agent: u16, mut page: Browser) -> String {
        // As browsers do at first, it names no address (trap T22): the exchange must never hear of that.
        let unknown = page.offer.contains("m=audio 9 ") && page.offer.contains("IN IP4 0.0.0.0");
        assert!(unknown, "{}", page.offer);
        // Agent 0 says 0x10, agent 1 0x11, and so on.
        page.says = Some((PCMA, 0x10 + agent as u8));
        let answer = self.offer(agent, page.offer.clone()).expect("an answer");
        page.accept(&answer);
        match self.pages.get_mut(usize::from(agent)) {
            Some(place) => *place = page,
            None => self.pages.push(page),
        }
        self.until("connected", |it| it.pages[usize::from(agent)].connected);
        answer
    }

    pub(crate) fn offer(
        &mut self,
        agent: u16,
        sdp: String,
    ) -> Result<String, telephony::softphone::NoAnswer> {
        self.told.clear();
        self.order(agent, Order::Offer(sdp));
        self.until("an answer", |it| it.has_told(agent, |news| matches!(news, News::Answer(_))));
        let at = self.told.iter().position(|(_, news)| matches!(news, News::Answer(_)));
        let (_, news) = self.told.remove(at.expect("just found"));
        let News::Answer(answer) = news else { unreachable!("just found") };
        answer
    }

    pub(crate) fn order(&mut self, agent: u16, order: Order) {
        self.softphones.tell(&id(agent), order).expect("it is taken");
    }

    pub(crate) fn command(&mut self, command: Command) {
        let because = Asked::from(Event::Deadline);
        self.signalling.carry_out(self.clock.now(), &because, command);
        self.turn();
    }

    /// The answer to what was asked last.
    pub(crate) fn decide(&mut self, asked: &Asked, command: Command) {
        self.signalling.carry_out(self.clock.now(), asked, command);
        self.signalling.decided(self.clock.now(), asked);
        self.turn();
    }

    pub(crate) fn turn(&mut self) {
        self.signalling.wait(Some(Duration::from_millis(2)));
        let now = self.clock.now();
        self.signalling.read(now);
        while let Some(asked) = self.signalling.poll_event() {
            self.asked.push(asked);
        }
        self.signalling.flush(now);
        for page in &mut self.pages {
            page.turn(&self.clock);
        }
        self.caller.turn(now);
        while let Ok((id, news)) = self.news.try_recv() {
            if let News::Calls(calls) = &news {
                self.calls.insert(id.clone(), calls.clone());
            }
            if let News::Registered(true) = &news {
                self.registered.insert(id.clone());
            }
            self.told.push((id, news));
        }
    }

    #[track_caller]
    pub(crate) fn until(&mut self, what: &str, mut is_so: impl FnMut(&mut Bench) -> bool) {
        let end = self.clock.now() + DEADLINE;
        while !is_so(self) {
            self.turn();
            let told = &self.told[self.told.len().saturating_sub(20)..];
            let asked = &self.asked;
            assert!(self.clock.now() < end, "never: {what}; told {told:?}; asked {asked:?}");
        }
    }

    /// Lets time pass in which nothing is expected.
    pub(crate) fn pass(&mut self, time: Micros) {
        let end = self.clock.now() + time;
        while self.clock.now() < end {
            self.turn();
        }
    }

    pub(crate) fn has_told(&self, agent: u16, is_it: impl Fn(&News) -> bool) -> bool {
        let id = id(agent);
        self.told.iter().any(|(of, news)| *of == id && is_it(news))
    }

    pub(crate) fn calls(&self, agent: u16) -> &[CallView] {
        self.calls.get(&id(agent)).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn has_asked(&self, is_it: impl Fn(&Event) -> bool) -> bool {
        self.asked.iter().any(|asked| is_it(&asked.event))
    }

    /// Waits until the centre is asked for something, and takes it.
    #[track_caller]
    pub(crate) fn take_asked(&mut self, is_it: impl Fn(&Event) -> bool) -> Asked {
        self.until("it is asked", |it| it.has_asked(&is_it));
        let at = self.asked.iter().position(|asked| is_it(&asked.event)).expect("just found");
        self.asked.remove(at)
    }

    /// The caller calls and waits.
    pub(crate) fn arrive(&mut self) -> ContactId {
        self.caller.dial(self.clock.now(), self.exchange);
        let asked = self.take_asked(|event| matches!(event, Event::CallArrived { .. }));
        let Event::CallArrived { contact, .. } = asked.event else { unreachable!("just asked") };
        self.command(Command::Wait { contact, position: 1, told: None });
        self.until("the caller hears music", |it| it.caller.hears(MUSIC));
        contact
    }

    pub(crate) fn ring(&mut self, agent: u16, contact: ContactId) -> CallNr {
        let until = self.clock.now() + Micros::from_secs(30);
        let line = LineId(0);
        self.command(Command::Ring { agent: AgentId(agent), contact, line, until });
        self.until("it rings", |it| !it.calls(agent).is_empty());
        self.calls(agent).last().expect("just seen").nr
    }

    /// The caller talks to an agent.
    pub(crate) fn talk(&mut self, agent: u16) -> (ContactId, CallNr) {
        let contact = self.arrive();
        let nr = self.ring(agent, contact);
        self.pick_up(agent, contact, nr);
        (contact, nr)
    }

    pub(crate) fn pick_up(&mut self, agent: u16, contact: ContactId, nr: CallNr) {
        self.order(agent, Order::Answer(nr));
        self.take_asked(|event| matches!(event, Event::Answer { .. }));
        self.command(Command::Connect { contact, agent: AgentId(agent) });
        self.speak_agreed(agent);
    }

    /// The page speaks the codec that it is told.
    pub(crate) fn speak_agreed(&mut self, agent: u16) {
        self.until("a codec is told", |it| {
            it.calls(agent).iter().any(|it| it.heard && it.codec.is_some())
        });
        let codec = self.calls(agent).iter().find(|it| it.heard).and_then(|it| it.codec);
        let number = match codec {
            Some(telephony::softphone::Codec::G722) => G722,
            Some(telephony::softphone::Codec::Pcma) => PCMA,
            other => panic!("{other:?}"),
        };
        let page = &mut self.pages[usize::from(agent)];
        page.says = page.says.map(|(_, byte)| (number, byte));
    }

    #[track_caller]
    pub(crate) fn both_hear(&mut self, agent: u16) {
        let byte = 0x10 + agent as u8;
        self.until("both hear each other", |it| {
            it.caller.hears(byte) && it.pages[usize::from(agent)].hears(0x22)
        });
    }

    pub(crate) fn now(&self) -> Tick {
        self.clock.now()
    }
}
