// SPDX-License-Identifier: EUPL-1.2
//! A county becomes the one that is practised with: open at any time, on this machine, and nobody
//! outside is called or rung for it.
//!
//! The rule to keep: whoever practises with the file of a real county disturbs nobody. Its exchanges are
//! replaced by the practice's own, and its telephones ring only if they register here.

use super::crowd::CITIZENS_MAX;
use crate::config::County;
use crate::config::county::{
    Carrier, Identity, LISTEN_MAX, PasswordDigest, Peer, Phone, Shows, SipAddress, SrtpUse,
    Telephony, Treatment, Trunk, Web,
};
use hours::Rules;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::ops::RangeInclusive;
use stdx::{AgentId, Redacted};
use web::Demo;
use web::accounts::{Account, Role};

/// The domain of a county whose file has no telephone part.
const DOMAIN: &str = "practice.invalid";

/// Its ports for sound.
const MEDIA_PORTS: RangeInclusive<u16> = 20_000..=39_999;

/// A free port of this machine.
const ANY_PORT: SipAddress = SipAddress {
    carrier: Carrier::Udp,
    address: SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
};

/// The county that is practised with; `exchange` is where the citizens' calls come from.
pub(super) fn town(county: &County, exchange: SocketAddr) -> County {
    let mut town = county.clone();
    let always = Rules::parse("24/7").expect("the shortest of all rules can be read");
    town.hours.iter_mut().for_each(|hours| hours.rules = always.clone());
    town.closures.clear();
    town.bench = None;
    town.web = None;
    town.telephony = Some(telephony(county.telephony.as_ref()));
    town.trunks = vec![trunk(county, exchange)];
    leave_exchanges(&mut town);
    // What never leaves this machine needs no protection, and the crowd's telephones have none.
    for phone in &mut town.phones {
        (phone.at, phone.srtp, phone.browser) = (None, SrtpUse::Off, false);
    }
    let agents = (0..).map(AgentId).zip(&county.agents);
    let without =
        agents.filter(|(agent, _)| !town.phones.iter().any(|it| it.agent == Some(*agent)));
    let phones: Vec<Phone> = without.map(|(agent, it)| phone(county, agent, &it.id)).collect();
    town.phones.extend(phones);
    town
}

/// The pages of a practice, with a telephone in the newcomer's browser beside the one at the terminal.
pub(super) fn open_pages(town: &mut County, seat: AgentId, at: SocketAddr) {
    let Some(agent) = town.agents.get(seat.index()).map(|agent| agent.id.clone()) else { return };
    let browser = phone(town, seat, &format!("{agent}-browser"));
    town.phones.push(Phone { browser: true, ..browser });
    town.web = Some(Web {
        listen: at,
        address: None,
        certificate: None,
        sound: SocketAddr::new(at.ip(), 0),
        sound_addresses: Vec::new(),
        openid: None,
    });
}

/// The account with which a newcomer signs in. It is no secret: only this machine reaches the pages.
pub(super) fn demo(town: &County, seat: AgentId) -> Demo {
    let agent = town.agents.get(seat.index()).map(|agent| agent.id.clone());
    let account = Account {
        name: DEMO.to_owned(),
        shown: DEMO.to_owned(),
        roles: vec![Role::Agent, Role::Supervisor],
        agent,
        clients: None,
    };
    Demo { account, password: Redacted::new(DEMO_PASSWORD.to_owned()) }
}

/// The name of the newcomer's account.
pub const DEMO: &str = "uebung";
/// Its password.
pub const DEMO_PASSWORD: &str = "115";

/// Nothing leads over an exchange of the file any more, nor to anybody outside.
fn leave_exchanges(town: &mut County) {
    town.partners.iter_mut().for_each(|partner| partner.trunk = None);
    town.switchboards.iter_mut().for_each(|switchboard| switchboard.trunk = None);
    for line in &mut town.lines {
        if let Some(rehearsal) = &mut line.rehearsal {
            rehearsal.trunk = None;
        }
        if let Treatment::Queue(service) = &mut line.treatment {
            service.ways.local_first = None;
            service.ways.overflow = None;
            service.ways.callback = None;
        }
    }
}

/// A telephone for somebody who has none in the file.
fn phone(county: &County, agent: AgentId, id: &str) -> Phone {
    let taken = |id: &str| county.phones.iter().any(|phone| phone.id == id);
    let mut id = id.to_owned();
    while taken(&id) {
        id.push_str("-practice");
    }
    let team = county.agents.get(agent.index()).map(|agent| agent.team);
    let site = team.and_then(|team| county.teams.get(team.index())).map_or(0, |team| team.site);
    Phone {
        name: id.clone(),
        id,
        site,
        agent: Some(agent),
        at: None,
        srtp: SrtpUse::Off,
        browser: false,
    }
}

/// Hands calls over as the county's first exchange does, with whole numbers.
fn trunk(county: &County, exchange: SocketAddr) -> Trunk {
    let country = county.trunks.first().map_or("49", |trunk| &trunk.country_code);
    Trunk {
        id: "practice".to_owned(),
        name: "Übung".to_owned(),
        site: 0,
        peers: vec![Peer::At(SipAddress { carrier: Carrier::Udp, address: exchange })],
        channels: CITIZENS_MAX,
        country_code: country.to_owned(),
        area_code: None,
        stem: None,
        probe: None,
        outbound: Vec::new(),
        extensions: Vec::new(),
        directory: None,
        outbound_daily: 0,
        caller_id: None,
        account: None,
        identity: Identity::Asserted,
        shows: Shows::Caller,
        numbers: Vec::new(),
        srtp: SrtpUse::Off,
        proof: None,
    }
}

/// Listens where the file says, as far as this machine has the address and the port is free; and where
/// the crowd can reach it in any case.
fn telephony(of_file: Option<&Telephony>) -> Telephony {
    let mut telephony = of_file.cloned().unwrap_or_else(|| Telephony {
        domain: DOMAIN.to_owned(),
        listen: Vec::new(),
        certificate: None,
        media_ports: MEDIA_PORTS,
        media_addresses: Vec::new(),
        name_servers: Vec::new(),
        digest: PasswordDigest::Md5,
    });
    telephony.listen.retain(is_free);
    telephony.certificate = None;
    let reached = |at: &SipAddress| at.carrier == Carrier::Udp && is_for_the_crowd(at.address);
    if !telephony.listen.iter().any(reached) {
        telephony.listen.truncate(LISTEN_MAX - 1);
        telephony.listen.push(ANY_PORT);
    }
    telephony
}

/// Whether the crowd, which never leaves this machine, can call there by datagrams.
pub(super) fn is_for_the_crowd(at: SocketAddr) -> bool {
    at.is_ipv4() && at.ip().is_loopback()
}

fn is_free(at: &SipAddress) -> bool {
    match at.carrier {
        Carrier::Udp => UdpSocket::bind(at.address).is_ok(),
        Carrier::Tcp => TcpListener::bind(at.address).is_ok(),
        // A practice has nobody's certificate to show.
        Carrier::Tls => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::check;

    fn harburg() -> County {
        check(include_str!("../../../../examples/harburg.toml")).county.expect("it is good")
    }

    fn exchange() -> SocketAddr {
        "127.0.0.1:5999".parse().expect("an address")
    }

    #[test]
    fn nobody_outside_is_called_or_rung() {
        let mut county = harburg();
        county.phones[0].at = county.trunks[0].peers[0].address();
        county.phones[1].srtp = SrtpUse::Required;
        let town = town(&county, exchange());
        let peers: Vec<SocketAddr> = town
            .trunks
            .iter()
            .flat_map(|it| &it.peers)
            .filter_map(|it| Some(it.address()?.address))
            .collect();
        assert_eq!(peers, [exchange()]);
        let is_plain = |phone: &Phone| phone.at.is_none() && phone.srtp == SrtpUse::Off;
        assert!(town.phones.iter().all(is_plain));
        assert!(town.closures.is_empty() && town.bench.is_none());
        let day = hours::parse_date("2014-05-02").expect("a day");
        let dates = hours::LocalDates::new(day, day).expect("one day");
        let setup = crate::rehearsal::setup(&town, dates).expect("it opens once");
        assert_eq!(setup.check(), Ok(()), "the county's own exchanges are not missed");
        assert!(setup.lines.iter().all(|line| line.local.is_none() && line.overflow.is_none()));
    }

    #[test]
    fn a_taken_port_is_replaced_by_a_free_one() {
        let taken = UdpSocket::bind("127.0.0.1:0").expect("a free port");
        let mut county = harburg();
        let address = taken.local_addr().expect("it is bound");
        let at = SipAddress { carrier: Carrier::Udp, address };
        if let Some(telephony) = &mut county.telephony {
            telephony.listen = vec![at];
        }
        let listen = |county: &County| town(county, exchange()).telephony.expect("there").listen;
        assert_eq!(listen(&county), [ANY_PORT]);
        drop(taken);
        assert_eq!(listen(&county), [at]);
        county.telephony = None;
        assert_eq!(listen(&county), [ANY_PORT]);
    }

    #[test]
    fn everybody_has_a_telephone() {
        let mut county = harburg();
        county.phones.retain(|phone| phone.id == "k2");
        county.phones[0].agent = Some(AgentId(0));
        let town = town(&county, exchange());
        assert_eq!(town.phones.len(), town.agents.len());
        let k2 = town.phones.iter().find(|phone| phone.agent == Some(AgentId(1)));
        assert_eq!(k2.map(|phone| phone.id.as_str()), Some("k2-practice"));
    }
}
