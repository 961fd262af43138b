// SPDX-License-Identifier: EUPL-1.2
//! Asks name servers where somebody is, on a thread of its own, because their answers take seconds if they are away.
//!
//! ```text
//!   Lookup ──▶ question ──▶ UDP, cut off: TCP ──▶ each server, twice ──▶ reply ──┐
//!     ▲                                                                         │
//!     └───────────────── until it has no question more ◀────────────────────────┘
//! ```
//!
//! A resolver with a cache stands behind every `/etc/resolv.conf`, so there is none here. What to ask is decided by
//! [`sip::location`].
//!
//! The rule to keep: an answer counts only if it comes from where the question went, with its number and its name.

use simple_dns::rdata::RData;
use simple_dns::{CLASS, Name, Packet, PacketFlag, QCLASS, QTYPE, RCODE, TYPE};
use sip::location::{Lookup, Question, Reply, Service};
use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;
use stdx::Rng;

/// Searches that wait: every peer of every trunk at once. One more is refused, and comes again.
const WAITING_MAX: usize = 512;

/// Name servers that are asked, as the resolver of the C library does.
const SERVERS_MAX: usize = 3;

/// How often each of them is asked.
const ROUNDS: usize = 2;

/// How long one may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// Datagrams that are read until the right one is there: others may have been on their way.
const STRAYS_MAX: usize = 8;

/// Bytes of an answer by datagram: we ask for no more than 512 (RFC 1035, 4.2.1), some send what fits.
const DATAGRAM_MAX: usize = 4_096;

/// Where the system keeps its name servers.
const RESOLV_CONF: &str = "/etc/resolv.conf";

/// Port of name servers (RFC 1035, 4.2).
const PORT: u16 = 53;

/// Searches on a thread of its own.
#[derive(Debug)]
pub(crate) struct Names {
    jobs: SyncSender<Lookup>,
    done: Receiver<Lookup>,
}

impl Names {
    /// Starts the thread. Without servers those of the machine are asked; `wake` is called when a search is over.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub(crate) fn start(
        servers: Vec<SocketAddr>,
        mut rng: Rng,
        wake: impl Fn() + Send + 'static,
    ) -> io::Result<Names> {
        let (jobs, asked) = sync_channel::<Lookup>(WAITING_MAX);
        let (finished, done) = sync_channel(WAITING_MAX);
        thread::Builder::new().name("names".to_owned()).spawn(move || {
            while let Ok(mut lookup) = asked.recv() {
                let servers = if servers.is_empty() { of_machine() } else { servers.clone() };
                while let Some(question) = lookup.question() {
                    lookup.reply(ask(&servers, &question, &mut rng));
                }
                // Nobody waits any more: the process ends.
                if finished.send(lookup).is_err() {
                    return;
                }
                wake();
            }
        })?;
        Ok(Names { jobs, done })
    }

    /// Begins a search; says whether there was room for it.
    pub(crate) fn look_up(&self, lookup: Lookup) -> bool {
        self.jobs.try_send(lookup).is_ok()
    }

    /// A search that is over; ask until there is none.
    pub(crate) fn poll(&self) -> Option<Lookup> {
        self.done.try_recv().ok()
    }
}

/// The servers that the machine asks; read anew each time, as others change the file.
fn of_machine() -> Vec<SocketAddr> {
    let text = std::fs::read_to_string(RESOLV_CONF).unwrap_or_default();
    let mut servers = named_servers(&text);
    if servers.is_empty() {
        servers.push(SocketAddr::from((Ipv4Addr::LOCALHOST, PORT)));
    }
    servers
}

fn named_servers(resolv_conf: &str) -> Vec<SocketAddr> {
    let address = |line: &str| {
        let rest = line.strip_prefix("nameserver")?.strip_prefix([' ', '\t'])?;
        let ip: IpAddr = rest.split_whitespace().next()?.parse().ok()?;
        Some(SocketAddr::new(ip, PORT))
    };
    resolv_conf.lines().filter_map(address).take(SERVERS_MAX).collect()
}

/// Asks one server after the other until one knows.
fn ask(servers: &[SocketAddr], question: &Question, rng: &mut Rng) -> Reply {
    for server in (0..ROUNDS).flat_map(|_| servers) {
        let id = (rng.next_u64() >> 48) as u16;
        let Some(query) = query(question, id) else { return Reply::Failed };
        let answer = by_datagram(*server, &query, question, id);
        let answer = match answer {
            Ok(Answer::CutOff) => by_stream(*server, &query, question, id),
            Ok(Answer::Whole(_)) | Err(_) => answer,
        };
        if let Ok(Answer::Whole(reply)) = answer {
            return reply;
        }
    }
    Reply::Failed
}

/// What a server said.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Whole(Reply),
    /// Not all of it has found room (RFC 1035, 4.1.1: TC).
    CutOff,
}

fn name_and_kind(question: &Question) -> (&[u8], TYPE) {
    match question {
        Question::Services(name) => (name, TYPE::SRV),
        Question::V4(name) => (name, TYPE::A),
        Question::V6(name) => (name, TYPE::AAAA),
    }
}

fn query(question: &Question, id: u16) -> Option<Vec<u8>> {
    let (name, kind) = name_and_kind(question);
    let name = Name::new(std::str::from_utf8(name).ok()?).ok()?;
    let mut packet = Packet::new_query(id);
    packet.set_flags(PacketFlag::RECURSION_DESIRED);
    let asked = simple_dns::Question::new(name, QTYPE::TYPE(kind), QCLASS::CLASS(CLASS::IN), false);
    packet.questions.push(asked);
    packet.build_bytes_vec().ok()
}

fn by_datagram(
    server: SocketAddr,
    query: &[u8],
    question: &Question,
    id: u16,
) -> io::Result<Answer> {
    let own = match server {
        SocketAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    // A port that the system draws; connected, so that others are not heard.
    let socket = UdpSocket::bind((own, 0))?;
    socket.connect(server)?;
    socket.set_read_timeout(Some(ANSWER_WITHIN))?;
    socket.send(query)?;
    let mut bytes = [0; DATAGRAM_MAX];
    for _ in 0..STRAYS_MAX {
        let length = socket.recv(&mut bytes)?;
        if let Some(answer) = read(&bytes[..length], question, id) {
            return answer;
        }
    }
    Err(io::ErrorKind::InvalidData.into())
}

fn by_stream(server: SocketAddr, query: &[u8], question: &Question, id: u16) -> io::Result<Answer> {
    let mut stream = TcpStream::connect_timeout(&server, ANSWER_WITHIN)?;
    stream.set_read_timeout(Some(ANSWER_WITHIN))?;
    stream.set_write_timeout(Some(ANSWER_WITHIN))?;
    let length = u16::try_from(query.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    stream.write_all(&[&length.to_be_bytes()[..], query].concat())?;
    let mut length = [0; 2];
    stream.read_exact(&mut length)?;
    let mut bytes = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut bytes)?;
    read(&bytes, question, id).unwrap_or(Err(io::ErrorKind::InvalidData.into()))
}

/// Reads an answer; none if it answers something else, an error if the server cannot say.
fn read(bytes: &[u8], question: &Question, id: u16) -> Option<io::Result<Answer>> {
    let packet = Packet::parse(bytes).ok()?;
    let (name, kind) = name_and_kind(question);
    let is_ours = |asked: &simple_dns::Question<'_>| {
        asked.qname.to_string().as_bytes().eq_ignore_ascii_case(name)
            && asked.qtype == QTYPE::TYPE(kind)
    };
    let is_answer = packet.has_flags(PacketFlag::RESPONSE) && packet.id() == id;
    if !is_answer || !packet.questions.first().is_some_and(is_ours) {
        return None;
    }
    if packet.has_flags(PacketFlag::TRUNCATION) {
        return Some(Ok(Answer::CutOff));
    }
    Some(match packet.rcode() {
        RCODE::NoError | RCODE::NameError => Ok(Answer::Whole(reply(&packet, question))),
        RCODE::FormatError
        | RCODE::ServerFailure
        | RCODE::NotImplemented
        | RCODE::Refused
        | RCODE::YXDOMAIN
        | RCODE::YXRRSET
        | RCODE::NXRRSET
        | RCODE::NOTAUTH
        | RCODE::NOTZONE
        | RCODE::BADVERS
        | RCODE::Reserved => Err(io::ErrorKind::Other.into()),
    })
}

/// What stands in an answer; records of other kinds, as CNAME, have led there.
fn reply(packet: &Packet<'_>, question: &Question) -> Reply {
    let (mut services, mut addresses, mut holds) = (Vec::new(), Vec::new(), u32::MAX);
    for record in &packet.answers {
        match (question, &record.rdata) {
            (Question::Services(_), RData::SRV(srv)) => services.push(Service {
                priority: srv.priority,
                weight: srv.weight,
                port: srv.port,
                target: srv.target.to_string().to_ascii_lowercase().into_bytes(),
            }),
            (Question::V4(_), RData::A(a)) => {
                addresses.push(IpAddr::V4(Ipv4Addr::from_bits(a.address)));
            }
            (Question::V6(_), RData::AAAA(aaaa)) => {
                addresses.push(IpAddr::V6(Ipv6Addr::from_bits(aaaa.address)).to_canonical());
            }
            _ => continue,
        }
        holds = holds.min(record.ttl);
    }
    match (services.is_empty(), addresses.is_empty()) {
        (false, _) => Reply::Services(services, holds),
        (true, false) => Reply::Addresses(addresses, holds),
        (true, true) => Reply::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, prop_assert, proptest};
    use simple_dns::ResourceRecord;
    use simple_dns::rdata::{A, CNAME, SRV};

    const NAME: &str = "_sips._tcp.tel.example";

    fn services() -> Question {
        Question::Services(NAME.into())
    }

    /// The answer to a question, with these records.
    fn answer(question: &Question, id: u16, records: Vec<RData<'static>>) -> Packet<'static> {
        let (name, kind) = name_and_kind(question);
        let name = std::str::from_utf8(name).expect("ASCII").to_owned();
        let name = Name::new(&name).expect("a name").into_owned();
        let mut packet = Packet::new_reply(id);
        let asked = QTYPE::TYPE(kind);
        let class = QCLASS::CLASS(CLASS::IN);
        packet.questions.push(simple_dns::Question::new(name.clone(), asked, class, false));
        let record = |data| ResourceRecord::new(name.clone(), CLASS::IN, 60, data);
        packet.answers = records.into_iter().map(record).collect();
        packet
    }

    fn read_packet(packet: &Packet<'_>, question: &Question, id: u16) -> Option<Answer> {
        let bytes = packet.build_bytes_vec_compressed().expect("it can be written");
        read(&bytes, question, id)?.ok()
    }

    fn srv(port: u16, target: &'static str) -> RData<'static> {
        let target = Name::new(target).expect("a name");
        RData::SRV(SRV { priority: 1, weight: 2, port, target })
    }

    #[test]
    fn services_and_addresses_are_read_and_nothing_else() {
        let packet = answer(&services(), 7, vec![srv(5_061, "Edge.tel.example"), srv(1, ".")]);
        let service = |port, target: &str| Service {
            priority: 1,
            weight: 2,
            port,
            target: target.as_bytes().to_vec(),
        };
        let expected = vec![service(5_061, "edge.tel.example"), service(1, "")];
        let whole = Answer::Whole(Reply::Services(expected, 60));
        assert_eq!(read_packet(&packet, &services(), 7), Some(whole));

        let host = Question::V4(b"edge.tel.example".to_vec());
        let other = RData::CNAME(CNAME(Name::new("b.tel.example").expect("a name")));
        let address = u32::from(Ipv4Addr::new(192, 0, 2, 1));
        let packet = answer(&host, 7, vec![other, RData::A(A { address })]);
        let expected = vec![IpAddr::from([192, 0, 2, 1])];
        let whole = Answer::Whole(Reply::Addresses(expected, 60));
        assert_eq!(read_packet(&packet, &host, 7), Some(whole));
    }

    #[test]
    fn what_answers_another_question_is_not_heard() {
        let good = answer(&services(), 7, vec![srv(1, "a.example")]);
        assert!(read_packet(&good, &services(), 7).is_some());
        assert!(read_packet(&good, &services(), 8).is_none(), "another number");
        assert!(read_packet(&good, &Question::V4(NAME.into()), 7).is_none(), "another kind");
        assert!(read_packet(&good, &Question::Services(b"a.b".to_vec()), 7).is_none());
        let asked = query(&services(), 7).expect("it can be written");
        assert!(read(&asked, &services(), 7).is_none(), "our own question");
    }

    #[test]
    fn what_is_cut_off_or_not_known_is_told_apart() {
        let mut packet = answer(&services(), 7, Vec::new());
        assert_eq!(read_packet(&packet, &services(), 7), Some(Answer::Whole(Reply::Nothing)));
        *packet.rcode_mut() = RCODE::NameError;
        assert_eq!(read_packet(&packet, &services(), 7), Some(Answer::Whole(Reply::Nothing)));
        *packet.rcode_mut() = RCODE::ServerFailure;
        assert_eq!(read_packet(&packet, &services(), 7), None);
        *packet.rcode_mut() = RCODE::NoError;
        packet.set_flags(PacketFlag::TRUNCATION);
        assert_eq!(read_packet(&packet, &services(), 7), Some(Answer::CutOff));
    }

    #[test]
    fn the_machines_servers_are_read() {
        let text = "# nameserver 192.0.2.1\nsearch example\nnameserver 192.0.2.2 # here\n\
                    nameserver\t2001:db8::1\nnameservers 192.0.2.3\nnameserver nonsense\n";
        let found: Vec<String> = named_servers(text).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["192.0.2.2:53", "[2001:db8::1]:53"]);
    }

    proptest! {
        /// Whatever comes from the network: it is read or not, and nothing breaks.
        #[test]
        fn any_bytes_are_read(bytes: Vec<u8>) {
            let _ = read(&bytes, &services(), 7);
        }

        /// An answer with some bytes spoilt.
        #[test]
        fn spoilt_answers_are_read(
            spoilt in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
            cut in any::<prop::sample::Index>(),
        ) {
            let good = answer(&services(), 7, vec![srv(1, "edge.tel.example"), srv(2, "b.tel.example")]);
            let mut bytes = good.build_bytes_vec_compressed().expect("it can be written");
            for (at, byte) in spoilt {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            bytes.truncate(1 + cut.index(bytes.len()));
            let answer = read(&bytes, &services(), 7);
            let is_bounded = match answer {
                Some(Ok(Answer::Whole(Reply::Services(services, _)))) => services.len() <= 100,
                Some(Ok(Answer::Whole(_) | Answer::CutOff) | Err(_)) | None => true,
            };
            prop_assert!(is_bounded);
        }
    }

    use proptest::prelude::prop;
}
