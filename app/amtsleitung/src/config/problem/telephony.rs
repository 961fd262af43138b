// SPDX-License-Identifier: EUPL-1.2
//! Where the centre listens, trunks, telephones and the bench.

use super::{Context, Said, Severity, quoted, say};
use crate::Lang;
use crate::config::address::{AddressError, Family, PortsError};
use crate::config::county::Carrier;
use crate::config::schema::{Kind, Table};

/// What is wrong with the telephone part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TelephonyProblem {
    /// No address for SIP.
    BadAddress {
        /// The text.
        given: String,
        /// Why.
        error: AddressError,
        /// What it was probably meant to be.
        meant: Option<String>,
    },
    /// No domain.
    BadDomain {
        /// The text.
        given: String,
        /// What it was probably meant to be.
        meant: Option<String>,
    },
    /// No range of ports for sound.
    BadPorts {
        /// The text.
        given: String,
        /// Why.
        error: PortsError,
    },
    /// No address for sound.
    BadMediaAddress(String),
    /// A second address for sound of the same family.
    SecondOfFamily {
        /// The family.
        family: Family,
        /// Where the first one stands.
        first: usize,
    },
    /// An address for all, and no address that could be named as the place for sound.
    MediaAddressMissing {
        /// The address to listen on.
        address: String,
        /// Its family.
        family: Family,
    },
    /// Two addresses to listen on that exclude each other.
    ListenTwice {
        /// The address here.
        address: String,
        /// The other one.
        other: String,
        /// Where the other one stands.
        first: usize,
    },
    /// A port to listen on among those for sound.
    ListenInMedia {
        /// The port.
        port: u16,
    },
    /// An address that cannot be reached from where we listen.
    NotListened {
        /// The address.
        address: String,
        /// What carries its messages.
        carrier: Carrier,
        /// Its family.
        family: Family,
    },
    /// A name that cannot be reached from where we listen.
    NotCarried {
        /// The name.
        address: String,
        /// What carries its messages.
        carrier: Carrier,
    },
    /// No address of a name server.
    BadNameServer {
        /// The text.
        given: String,
    },
    /// An address of ours where somebody else's is expected.
    OwnAddress {
        /// The address.
        address: String,
    },
    /// An address that is a peer of a trunk.
    AddressOfTrunk {
        /// The address.
        address: String,
        /// What carries its messages.
        carrier: Carrier,
        /// The trunk.
        trunk: String,
        /// Where it stands there.
        first: usize,
    },
    /// No country code.
    BadCountryCode {
        /// The text.
        given: String,
        /// What it was probably meant to be.
        meant: Option<String>,
    },
    /// No area code as trunks have it.
    BadAreaCode {
        /// The text.
        given: String,
        /// What it was probably meant to be.
        meant: Option<String>,
    },
    /// No stem.
    BadStem {
        /// The text.
        given: String,
        /// The country code with which it has to begin.
        code: String,
        /// What it was probably meant to be.
        meant: Option<String>,
    },
    /// No beginning of telephone numbers.
    BadBeginning {
        /// The text.
        given: String,
    },
    /// Neither a time between two questions nor none.
    BadProbe {
        /// The text.
        given: String,
        /// The shortest time.
        min: String,
        /// The longest time.
        max: String,
    },
    /// A key of an account, and nowhere to register.
    NeedsRegistrar {
        /// The key.
        key: &'static str,
    },
    /// No domain at which one could register.
    BadRegistrar {
        /// The text.
        given: String,
        /// What it was probably meant to be.
        meant: Option<String>,
    },
    /// No name that can stand in an address.
    BadUser {
        /// The text.
        given: String,
        /// How long it may be.
        max: usize,
    },
    /// A number that would be shown, and is not one of the centre's.
    NotOurNumber,
    /// Something for telephones in a county without any.
    NeedsTelephony {
        /// The table.
        table: Table,
    },
    /// Neither a trunk nor a telephone.
    NobodyCanCall,
    /// Agents who have nothing to answer with.
    AgentsWithoutPhone {
        /// How many.
        count: usize,
        /// The first of them.
        first: String,
    },
    /// No prefix for made-up agents.
    BadPrefix(String),
    /// An id that the bench may make up.
    IdOfBench {
        /// The id.
        id: String,
        /// Its list.
        kind: Kind,
        /// The bench's prefix.
        prefix: String,
    },
    /// Too few ports behind the bench's address.
    NoRoomForBench,
}

impl TelephonyProblem {
    pub(super) fn severity(&self) -> Severity {
        match self {
            TelephonyProblem::ListenInMedia { .. }
            | TelephonyProblem::NobodyCanCall
            | TelephonyProblem::AgentsWithoutPhone { .. } => Severity::Warning,
            TelephonyProblem::BadAddress { .. }
            | TelephonyProblem::BadDomain { .. }
            | TelephonyProblem::BadPorts { .. }
            | TelephonyProblem::BadMediaAddress(_)
            | TelephonyProblem::SecondOfFamily { .. }
            | TelephonyProblem::MediaAddressMissing { .. }
            | TelephonyProblem::ListenTwice { .. }
            | TelephonyProblem::NotListened { .. }
            | TelephonyProblem::NotCarried { .. }
            | TelephonyProblem::BadNameServer { .. }
            | TelephonyProblem::OwnAddress { .. }
            | TelephonyProblem::AddressOfTrunk { .. }
            | TelephonyProblem::NeedsRegistrar { .. }
            | TelephonyProblem::BadRegistrar { .. }
            | TelephonyProblem::BadUser { .. }
            | TelephonyProblem::NotOurNumber
            | TelephonyProblem::BadCountryCode { .. }
            | TelephonyProblem::BadAreaCode { .. }
            | TelephonyProblem::BadStem { .. }
            | TelephonyProblem::BadBeginning { .. }
            | TelephonyProblem::BadProbe { .. }
            | TelephonyProblem::NeedsTelephony { .. }
            | TelephonyProblem::BadPrefix(_)
            | TelephonyProblem::IdOfBench { .. }
            | TelephonyProblem::NoRoomForBench => Severity::Error,
        }
    }

    pub(super) fn said(&self, lang: Lang, context: &Context<'_>) -> Said {
        let line = |at: usize| context.lines.place(at).line;
        match self {
            TelephonyProblem::BadAddress { given, error, meant } => {
                bad_address(lang, given, *error).or_rather(meant.as_deref())
            }
            TelephonyProblem::BadDomain { given, meant } => {
                bad_domain(lang, given).or_rather(meant.as_deref())
            }
            TelephonyProblem::BadPorts { given, error } => bad_ports(lang, given, *error),
            TelephonyProblem::BadMediaAddress(given) => bad_media_address(lang, given),
            TelephonyProblem::SecondOfFamily { family, first } => {
                second_of_family(lang, *family, line(*first))
            }
            TelephonyProblem::MediaAddressMissing { address, family } => {
                media_address_missing(lang, address, *family)
            }
            TelephonyProblem::ListenTwice { address, other, first } => {
                listen_twice(lang, address, other, line(*first))
            }
            TelephonyProblem::ListenInMedia { port } => listen_in_media(lang, *port),
            TelephonyProblem::NotListened { address, carrier, family } => {
                not_listened(lang, address, *carrier, *family)
            }
            TelephonyProblem::NotCarried { address, carrier } => {
                not_carried(lang, address, *carrier)
            }
            TelephonyProblem::BadNameServer { given } => bad_name_server(lang, given),
            TelephonyProblem::OwnAddress { address } => own_address(lang, address),
            TelephonyProblem::AddressOfTrunk { address, carrier, trunk, first } => {
                address_of_trunk(lang, (address, *carrier), trunk, line(*first))
            }
            TelephonyProblem::BadCountryCode { given, meant } => {
                bad_country_code(lang, given).or_rather(meant.as_deref())
            }
            TelephonyProblem::BadAreaCode { given, meant } => {
                bad_area_code(lang, given).or_rather(meant.as_deref())
            }
            TelephonyProblem::BadStem { given, code, meant } => {
                bad_stem(lang, given, code).or_rather(meant.as_deref())
            }
            TelephonyProblem::BadBeginning { given } => bad_beginning(lang, given),
            TelephonyProblem::BadProbe { given, min, max } => bad_probe(lang, given, min, max),
            TelephonyProblem::NeedsRegistrar { key } => needs_registrar(lang, key),
            TelephonyProblem::BadRegistrar { given, meant } => {
                bad_registrar(lang, given).or_rather(meant.as_deref())
            }
            TelephonyProblem::BadUser { given, max } => bad_user(lang, given, *max),
            TelephonyProblem::NotOurNumber => not_our_number(lang),
            TelephonyProblem::NeedsTelephony { table } => needs_telephony(lang, *table),
            TelephonyProblem::NobodyCanCall => nobody_can_call(lang),
            TelephonyProblem::AgentsWithoutPhone { count, first } => {
                agents_without_phone(lang, *count, first)
            }
            TelephonyProblem::BadPrefix(given) => bad_prefix(lang, given),
            TelephonyProblem::IdOfBench { id, kind, prefix } => {
                id_of_bench(lang, id, *kind, prefix)
            }
            TelephonyProblem::NoRoomForBench => no_room_for_bench(lang),
        }
    }
}

fn bad_address(lang: Lang, given: &str, error: AddressError) -> Said {
    let given = quoted(lang, given);
    match error {
        AddressError::Carrier => say!(
            lang,
            "Bei {given} ist nicht gesagt, ob UDP, TCP oder TLS gemeint ist.",
            "Erwartet: udp:, tcp: oder tls:, dahinter Adresse und Port, zum Beispiel \
             \"udp:192.0.2.21:5060\" oder \"tls:[2001:db8::21]:5061\".",
            "{given} does not say whether UDP, TCP or TLS is meant.",
            "Expected: udp:, tcp: or tls:, then address and port, for example \
             \"udp:192.0.2.21:5060\" or \"tls:[2001:db8::21]:5061\".",
        ),
        AddressError::Form => say!(
            lang,
            "{given} ist keine Adresse.",
            "Erwartet: udp:, tcp: oder tls:, dahinter eine Adresse in Zahlen (ein Name nur bei peers) und ein \
             Port, zum Beispiel \"udp:192.0.2.21:5060\" oder \"tls:[2001:db8::21]:5061\".",
            "{given} is no address.",
            "Expected: udp:, tcp: or tls:, then an address in numbers (a name only under peers) and a port, for \
             example \"udp:192.0.2.21:5060\" or \"tls:[2001:db8::21]:5061\".",
        ),
        AddressError::Port => say!(
            lang,
            "Bei {given} fehlt der Port.",
            "Erwartet: hinter der Adresse ein Doppelpunkt und ein Port von 1 bis 65535; üblich ist \
             5060, mit TLS 5061. Eine IPv6-Adresse steht dabei in eckigen Klammern.",
            "{given} lacks the port.",
            "Expected: a colon and a port from 1 to 65535 behind the address; 5060 is usual, with \
             TLS 5061. An \
             IPv6 address stands in square brackets.",
        ),
        AddressError::Mapped => say!(
            lang,
            "{given} ist eine IPv4-Adresse in der Schreibweise von IPv6.",
            "Erwartet: die IPv4-Adresse selbst.",
            "{given} is an IPv4 address in the notation of IPv6.",
            "Expected: the IPv4 address itself.",
        ),
        AddressError::Nobody => say!(
            lang,
            "Unter {given} ist niemand Bestimmtes erreichbar.",
            "Erwartet: die Adresse eines einzelnen Geräts, keine Gruppe und kein Platzhalter.",
            "Nobody in particular is reached at {given}.",
            "Expected: the address of a single machine, no group and no placeholder.",
        ),
    }
}

fn bad_domain(lang: Lang, given: &str) -> Said {
    let given = quoted(lang, given);
    say!(
        lang,
        "{given} ist kein Name, unter dem das Servicecenter erreichbar sein kann.",
        "Erwartet: ein Rechnername aus a–z, Ziffern, Bindestrichen und Punkten wie \
         \"servicecenter.example\", oder eine IP-Adresse (IPv6 in eckigen Klammern); ohne Port.",
        "{given} is no name by which the centre can be reached.",
        "Expected: a host name of a–z, digits, hyphens and dots such as \
         \"servicecenter.example\", or an IP address (IPv6 in square brackets); without a port.",
    )
}

fn bad_ports(lang: Lang, given: &str, error: PortsError) -> Said {
    let given = quoted(lang, given);
    match error {
        PortsError::Form => say!(
            lang,
            "{given} ist kein Bereich von Ports.",
            "Erwartet: der erste und der letzte Port mit einem Bindestrich dazwischen, zum \
             Beispiel \"20000-39999\".",
            "{given} is no range of ports.",
            "Expected: the first and the last port with a hyphen between them, for example \
             \"20000-39999\".",
        ),
        PortsError::Reversed => say!(
            lang,
            "Der Bereich {given} endet vor seinem Anfang.",
            "Erwartet: zuerst der kleinere Port.",
            "The range {given} ends before it begins.",
            "Expected: the smaller port first.",
        ),
        PortsError::Odd => say!(
            lang,
            "Der Bereich {given} beginnt mit einer ungeraden Zahl.",
            "Erwartet: ein gerader erster Port; Ton belegt immer einen geraden und den nächsten.",
            "The range {given} begins with an odd number.",
            "Expected: an even first port; sound always takes an even one and the next.",
        ),
        PortsError::Low => say!(
            lang,
            "Der Bereich {given} beginnt zu niedrig.",
            "Erwartet: Ports ab 1024; darunter braucht das Programm besondere Rechte.",
            "The range {given} begins too low.",
            "Expected: ports from 1024 on; below, the program needs special rights.",
        ),
        PortsError::Few => say!(
            lang,
            "Der Bereich {given} ist zu klein.",
            "Erwartet: mindestens 4 Ports; jede Verbindung braucht zwei, jedes Gespräch also vier.",
            "The range {given} is too small.",
            "Expected: 4 ports at least; each leg takes two, so each call takes four.",
        ),
    }
}

fn bad_media_address(lang: Lang, given: &str) -> Said {
    let given = quoted(lang, given);
    say!(
        lang,
        "{given} ist keine Adresse, unter der Ton ankommen kann.",
        "Erwartet: eine IP-Adresse dieses Rechners ohne Port, zum Beispiel \"192.0.2.10\" oder \
         \"2001:db8::10\".",
        "{given} is no address at which sound can arrive.",
        "Expected: an IP address of this machine without a port, for example \"192.0.2.10\" or \
         \"2001:db8::10\".",
    )
}

fn second_of_family(lang: Lang, family: Family, line: usize) -> Said {
    say!(
        lang,
        "Eine Adresse für Ton über {family} steht schon in Zeile {line}.",
        "Erwartet: höchstens eine je Art, eine für IPv4 und eine für IPv6.",
        "An address for sound over {family} stands already in line {line}.",
        "Expected: one of each kind at most, one for IPv4 and one for IPv6.",
    )
}

fn media_address_missing(lang: Lang, address: &str, family: Family) -> Said {
    let address = quoted(lang, address);
    say!(
        lang,
        "{address} steht für alle Adressen dieses Rechners; welche davon den Ton empfängt, ist \
         nicht gesagt.",
        "Erwartet: in media_addresses eine Adresse für {family}, oder hier eine bestimmte.",
        "{address} stands for all addresses of this machine; nothing says which of them receives \
         the sound.",
        "Expected: an address for {family} in media_addresses, or a certain one here.",
    )
}

fn listen_twice(lang: Lang, address: &str, other: &str, line: usize) -> Said {
    let (address, other) = (quoted(lang, address), quoted(lang, other));
    say!(
        lang,
        "{address} und {other} (Zeile {line}) schließen einander aus.",
        "Die Adresse für alle gilt schon für jede einzelne; eine der beiden streichen oder einen \
         anderen Port nehmen.",
        "{address} and {other} (line {line}) exclude each other.",
        "The address for all covers every single one; delete one of the two or take another port.",
    )
}

fn listen_in_media(lang: Lang, port: u16) -> Said {
    say!(
        lang,
        "Der Port {port} liegt im Bereich media_ports, der für Ton bestimmt ist.",
        "Einen Port außerhalb nehmen oder den Bereich verschieben.",
        "The port {port} lies among media_ports, which are meant for sound.",
        "Take a port outside, or move the range.",
    )
}

fn not_listened(lang: Lang, address: &str, carrier: Carrier, family: Family) -> Said {
    let (address, carrier) = (quoted(lang, address), carrier.word());
    let carrier_name = carrier.to_uppercase();
    say!(
        lang,
        "{address} ist nicht zu erreichen: über {carrier_name} und {family} hört das Servicecenter \
         nirgends.",
        "Bei [telephony] unter listen eine Adresse für {family} eintragen, die mit {carrier}: \
         beginnt, oder hier eine andere.",
        "{address} cannot be reached: the centre listens nowhere over {carrier_name} and {family}.",
        "Enter an address for {family} that begins with {carrier}: under listen of [telephony], or \
         another one here.",
    )
}

fn not_carried(lang: Lang, address: &str, carrier: Carrier) -> Said {
    let (address, carrier) = (quoted(lang, address), carrier.word());
    let carrier_name = carrier.to_uppercase();
    say!(
        lang,
        "{address} ist nicht zu erreichen: über {carrier_name} hört das Servicecenter nirgends.",
        "Bei [telephony] unter listen eine Adresse eintragen, die mit {carrier}: beginnt, oder hier eine andere.",
        "{address} cannot be reached: the centre listens nowhere over {carrier_name}.",
        "Enter an address that begins with {carrier}: under listen of [telephony], or another one here.",
    )
}

fn bad_name_server(lang: Lang, given: &str) -> Said {
    let given = quoted(lang, given);
    say!(
        lang,
        "{given} ist keine Adresse eines Nameservers.",
        "Erwartet: eine IP-Adresse, zum Beispiel \"192.0.2.53\", mit Port nur, wenn es nicht 53 ist: \
         \"192.0.2.53:5353\"; ohne den Schlüssel gelten die Nameserver dieses Rechners.",
        "{given} is no address of a name server.",
        "Expected: an IP address, for example \"192.0.2.53\", with a port only if it is not 53: \
         \"192.0.2.53:5353\"; without the key the name servers of this machine hold.",
    )
}

fn own_address(lang: Lang, address: &str) -> Said {
    let address = quoted(lang, address);
    say!(
        lang,
        "Unter {address} hört das Servicecenter selbst.",
        "Erwartet: die Adresse der anderen Seite.",
        "At {address} the centre itself listens.",
        "Expected: the address of the other side.",
    )
}

fn address_of_trunk(
    lang: Lang,
    (address, carrier): (&str, Carrier),
    trunk: &str,
    line: usize,
) -> Said {
    let (address, trunk) = (quoted(lang, address), quoted(lang, trunk));
    match carrier {
        Carrier::Udp => say!(
            lang,
            "{address} gehört schon zum Trunk {trunk} (Zeile {line}).",
            "Erwartet: eine andere Adresse; an ihr erkennt das Servicecenter, wer anruft.",
            "{address} belongs already to the trunk {trunk} (line {line}).",
            "Expected: another address; by it the centre knows who calls.",
        ),
        Carrier::Tcp | Carrier::Tls => say!(
            lang,
            "{address} gehört schon zum Trunk {trunk} (Zeile {line}).",
            "Erwartet: eine andere IP-Adresse; an ihr erkennt das Servicecenter, wer anruft, denn \
             der Port wechselt mit jeder Verbindung.",
            "{address} belongs already to the trunk {trunk} (line {line}).",
            "Expected: another IP address; by it the centre knows who calls, because the port \
             changes with every connection.",
        ),
    }
}

fn bad_country_code(lang: Lang, given: &str) -> Said {
    let given = quoted(lang, given);
    say!(
        lang,
        "{given} ist keine Landesvorwahl.",
        "Erwartet: eine bis drei Ziffern, vorn weder + noch 0, zum Beispiel \"49\".",
        "{given} is no country code.",
        "Expected: one to three digits, beginning neither with + nor with 0, for example \"49\".",
    )
}

fn bad_area_code(lang: Lang, given: &str) -> Said {
    let given = quoted(lang, given);
    say!(
        lang,
        "{given} ist keine Vorwahl, wie ein Trunk sie braucht.",
        "Erwartet: eine bis fünf Ziffern ohne die 0 am Anfang, zum Beispiel \"4171\".",
        "{given} is no area code as a trunk needs it.",
        "Expected: one to five digits without the 0 at the beginning, for example \"4171\".",
    )
}

fn bad_stem(lang: Lang, given: &str, code: &str) -> Said {
    let given = quoted(lang, given);
    say!(
        lang,
        "{given} ist kein Anfang einer Rufnummer.",
        "Erwartet: +{code} und die Nummer ohne die Nebenstelle, zusammen 4 bis 14 Ziffern ohne \
         Leerzeichen, zum Beispiel \"+494066969\".",
        "{given} is no beginning of a telephone number.",
        "Expected: +{code} and the number without the extension, together 4 to 14 digits without \
         blanks, for example \"+494066969\".",
    )
}

fn bad_beginning(lang: Lang, given: &str) -> Said {
    let given = quoted(lang, given);
    say!(
        lang,
        "{given} ist kein Anfang von Rufnummern.",
        "Erwartet: + und die Nummer mit Landesvorwahl oder ihr Anfang, zum Beispiel \"+4941716930\"; \
         ohne + die Nebenstellen hinter diesem Trunk, zum Beispiel \"12\" für alle, die mit 12 beginnen.",
        "{given} is no beginning of telephone numbers.",
        "Expected: + and the number with its country code or its beginning, for example \"+4941716930\"; \
         without + the extensions behind this trunk, for example \"12\" for all that begin with 12.",
    )
}

fn bad_probe(lang: Lang, given: &str, min: &str, max: &str) -> Said {
    let given = quoted(lang, given);
    say!(
        lang,
        "{given} bei „probe“ ist nicht möglich.",
        "Erwartet: eine Dauer von {min} bis {max}, zum Beispiel \"30s\", oder \"off\", wenn nie \
         nachgefragt werden soll.",
        "{given} is not possible for “probe”.",
        "Expected: a duration from {min} to {max}, for example \"30s\", or \"off\" if it shall \
         never be asked.",
    )
}

fn needs_registrar(lang: Lang, key: &str) -> Said {
    say!(
        lang,
        "{key} hat ohne registrar keine Wirkung: das Servicecenter meldet sich über diesen Trunk nirgends an.",
        "registrar eintragen, die Domain, bei der es sich anmeldet, zum Beispiel \"tel.example.net\".",
        "{key} has no effect without registrar: over this trunk the centre registers nowhere.",
        "Enter registrar, the domain at which it registers, for example \"tel.example.net\".",
    )
}

fn bad_registrar(lang: Lang, given: &str) -> Said {
    let given = quoted(lang, given);
    say!(
        lang,
        "{given} ist keine Domain, bei der sich das Servicecenter anmelden könnte.",
        "Erwartet: die Domain des Anbieters in Kleinbuchstaben, ohne sip: und ohne Port, zum Beispiel \"tel.example.net\".",
        "{given} is no domain at which the centre could register.",
        "Expected: the carrier's domain in lower case, without sip: and without a port, for example \"tel.example.net\".",
    )
}

fn bad_user(lang: Lang, given: &str, max: usize) -> Said {
    let given = quoted(lang, given);
    say!(
        lang,
        "{given} kann kein Benutzername bei einem Registrar sein.",
        "Erwartet: 1 bis {max} Buchstaben, Ziffern oder Zeichen wie + - . _, zum Beispiel \
         \"+494171693000\"; das Passwort gehört in die Datei trunk-passwords.toml im Datenordner.",
        "{given} can be no user name at a registrar.",
        "Expected: 1 to {max} letters, digits or characters such as + - . _, for example \
         \"+494171693000\"; the password belongs into the file trunk-passwords.toml in the data folder.",
    )
}

fn not_our_number(lang: Lang) -> Said {
    say!(
        lang,
        "Diese Rufnummer ist keine des Servicecenters; wer sie anzeigt, gibt sich als jemand anders aus.",
        "Erwartet: eine Nummer einer [[line]], oder eine, die bei numbers eines Trunks steht: dort stehen die \
         Rufnummern, die der Anbieter dem Servicecenter zugeteilt hat (§ 120 TKG).",
        "This number is none of the centre's; who shows it passes for somebody else.",
        "Expected: a number of a [[line]], or one that stands under numbers of a trunk: there stand the numbers \
         that the carrier has assigned to the centre (§ 120 TKG).",
    )
}

fn needs_telephony(lang: Lang, table: Table) -> Said {
    let table = table.header();
    say!(
        lang,
        "{table} hat ohne [telephony] keine Wirkung.",
        "Erwartet: eine Tabelle [telephony] mit domain und listen, also wo das Servicecenter zu \
         erreichen ist.",
        "{table} has no effect without [telephony].",
        "Expected: a table [telephony] with domain and listen, which say where the centre is \
         reached.",
    )
}

fn nobody_can_call(lang: Lang) -> Said {
    say!(
        lang,
        "Hier kann niemand anrufen: es gibt weder einen Trunk noch ein Telefon.",
        "Eintragen, woher Anrufe kommen ([[trunk]]) und wo sie klingeln ([[phone]]).",
        "Nobody can call here: there is neither a trunk nor a telephone.",
        "Enter where calls come from ([[trunk]]) and where they ring ([[phone]]).",
    )
}

fn agents_without_phone(lang: Lang, count: usize, first: &str) -> Said {
    let first = quoted(lang, first);
    let (de, en) = match count {
        1 => (format!("{first} hat kein Telefon."), format!("{first} has no telephone.")),
        _ => (
            format!("{count} Personen haben kein Telefon, als Erste {first}."),
            format!("{count} agents have no telephone, the first is {first}."),
        ),
    };
    Said::new(
        lang,
        (de, "Bei einem [[phone]] als agent eintragen; so bekämen sie keinen Anruf.".to_owned()),
        (en, "Enter them as agent of a [[phone]]; as it is, they would get no call.".to_owned()),
    )
}

fn bad_prefix(lang: Lang, given: &str) -> Said {
    let given = quoted(lang, given);
    say!(
        lang,
        "{given} ist kein Anfang für erdachte Kennungen.",
        "Erwartet: 1 bis 8 Kleinbuchstaben a–z, zum Beispiel \"a\".",
        "{given} is no beginning for made-up ids.",
        "Expected: 1 to 8 lower-case letters a–z, for example \"a\".",
    )
}

fn id_of_bench(lang: Lang, id: &str, kind: Kind, prefix: &str) -> Said {
    let (id, prefix) = (quoted(lang, id), quoted(lang, prefix));
    let table = kind.table().header();
    say!(
        lang,
        "Die Kennung {id} bei {table} kann auch zur [bench] gehören: sie beginnt mit {prefix}, \
         dahinter steht eine Zahl.",
        "Erwartet: eine andere Kennung, oder bei [bench] ein anderer prefix.",
        "The id {id} of {table} may also belong to the [bench]: it begins with {prefix}, followed \
         by a number.",
        "Expected: another id, or another prefix of [bench].",
    )
}

fn no_room_for_bench(lang: Lang) -> Said {
    say!(
        lang,
        "Hinter diesem Port sind zu wenige Ports für die Telefone der [bench].",
        "Erwartet: höchstens 65526; auch die neun Ports danach gehören ihr.",
        "Behind this port there are too few for the telephones of the [bench].",
        "Expected: 65526 at most; the nine ports after it belong to the bench, too.",
    )
}
