// SPDX-License-Identifier: EUPL-1.2
//! Which tables a configuration has, which keys each knows, and which lists carry ids.

/// A kind of table, named as it stands in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(
    missing_docs,
    reason = "each is the table of its name; docs/configuration.md describes them"
)]
pub enum Table {
    Root,
    Centre,
    Hours,
    Closure,
    Client,
    Place,
    Site,
    EmergencyRoute,
    Skill,
    Team,
    Agent,
    Queue,
    Line,
    Announcements,
    Announcement,
    LineRehearsal,
    Target,
    Rehearsal,
    Telephony,
    Trunk,
    Phone,
    Bench,
    Partner,
    PartnerRehearsal,
    Switchboard,
    SwitchboardRehearsal,
    Plan,
    Stage,
    LocalFirst,
    Overflow,
    Callback,
    Retention,
}

impl Table {
    /// Every kind of table.
    pub const ALL: [Table; 32] = [
        Table::Root,
        Table::Centre,
        Table::Hours,
        Table::Closure,
        Table::Client,
        Table::Place,
        Table::Site,
        Table::EmergencyRoute,
        Table::Skill,
        Table::Team,
        Table::Agent,
        Table::Queue,
        Table::Line,
        Table::Announcements,
        Table::Announcement,
        Table::LineRehearsal,
        Table::Target,
        Table::Rehearsal,
        Table::Telephony,
        Table::Trunk,
        Table::Phone,
        Table::Bench,
        Table::Partner,
        Table::PartnerRehearsal,
        Table::Switchboard,
        Table::SwitchboardRehearsal,
        Table::Plan,
        Table::Stage,
        Table::LocalFirst,
        Table::Overflow,
        Table::Callback,
        Table::Retention,
    ];

    /// The keys that may stand in it.
    #[must_use]
    pub const fn keys(self) -> &'static [&'static str] {
        match self {
            Table::Root => &[
                "format",
                "centre",
                "hours",
                "closure",
                "client",
                "place",
                "site",
                "skill",
                "team",
                "agent",
                "queue",
                "line",
                "target",
                "rehearsal",
                "telephony",
                "trunk",
                "phone",
                "bench",
                "partner",
                "switchboard",
                "plan",
                "retention",
            ],
            Table::Centre => &[
                "id",
                "name",
                "time_zone",
                "holidays",
                "head_start",
                "no_answer_pause",
                "decline_pause",
                "place_kept",
            ],
            Table::Hours => &["id", "name", "open"],
            Table::Closure => &["hours", "from", "until", "reason"],
            Table::Client | Table::Skill => &["id", "name"],
            Table::Place => &["name", "kind", "ars", "postcodes", "area_codes", "federation_115"],
            Table::Site => &["id", "name", "emergency_route", "no_emergency_route"],
            Table::EmergencyRoute => &["numbers", "through"],
            Table::Team => &["id", "name", "site"],
            Table::Agent => &["id", "team", "skills", "shift", "from", "until"],
            Table::Queue => &["id", "name", "ring", "length_max", "waiting_max"],
            Table::Line => &[
                "id",
                "name",
                "client",
                "numbers",
                "hours",
                "queue",
                "no_queue",
                "priority",
                "required",
                "preferred",
                "wrap_up",
                "short_abandon",
                "answer",
                "announcements",
                "rehearsal",
                "from",
                "until",
                "stages",
                "local_first",
                "overflow",
                "callback",
                "tells_wait",
                "received_from",
                "only_in",
            ],
            Table::Announcements => &["greeting", "closed", "busy"],
            Table::Announcement => &["text", "length"],
            Table::LineRehearsal => {
                &["calls_per_year", "dialled_per_year", "talk", "trunk", "forwarded"]
            }
            Table::Target => &["definition", "lines", "within", "share"],
            Table::Rehearsal => &[
                "talk_spread",
                "patience",
                "redial",
                "pick_up",
                "no_answer",
                "decline",
                "call_back",
                "reached",
                "asks_information",
                "first_contact",
            ],
            Table::Telephony => &["domain", "listen", "media_ports", "media_addresses", "digest"],
            Table::Trunk => &[
                "id",
                "name",
                "site",
                "peers",
                "channels",
                "country_code",
                "area_code",
                "stem",
                "probe",
            ],
            Table::Phone => &["id", "name", "site", "agent", "at"],
            Table::Bench => &["prefix", "count", "team", "skills", "phones_at"],
            Table::Partner => {
                &["id", "name", "hours", "capacity", "ring", "pause", "trunk", "rehearsal"]
            }
            Table::PartnerRehearsal => &["answers_in", "refuses", "silent"],
            Table::Switchboard => &["id", "name", "hours", "trunk", "rehearsal"],
            Table::SwitchboardRehearsal => {
                &["telephones", "answers_in", "silent", "comes_back", "talk"]
            }
            Table::Plan => &[
                "id",
                "name",
                "lines",
                "announcement",
                "information",
                "length_max",
                "waiting_max",
                "helpers",
                "lasts",
            ],
            Table::Stage => &["teams", "after"],
            Table::LocalFirst => &["switchboard", "ring"],
            Table::Overflow => &[
                "partner",
                "reach",
                "waited",
                "predicted",
                "hours",
                "nobody_signed_on",
                "closed",
                "no_channel",
            ],
            Table::Callback => &["attempts", "retry_after", "expires_after", "ring"],
            Table::Retention => &["numbers_days", "tokens_days", "seats_days"],
        }
    }

    /// How the table is written in the file.
    #[must_use]
    pub const fn header(self) -> &'static str {
        match self {
            Table::Root => "",
            Table::Centre => "[centre]",
            Table::Hours => "[[hours]]",
            Table::Closure => "[[closure]]",
            Table::Client => "[[client]]",
            Table::Place => "[[place]]",
            Table::Site => "[[site]]",
            Table::EmergencyRoute => "emergency_route",
            Table::Skill => "[[skill]]",
            Table::Team => "[[team]]",
            Table::Agent => "[[agent]]",
            Table::Queue => "[[queue]]",
            Table::Line => "[[line]]",
            Table::Announcements => "[line.announcements]",
            Table::Announcement => "{ text, length }",
            Table::LineRehearsal => "[line.rehearsal]",
            Table::Target => "[[target]]",
            Table::Rehearsal => "[rehearsal]",
            Table::Telephony => "[telephony]",
            Table::Trunk => "[[trunk]]",
            Table::Phone => "[[phone]]",
            Table::Bench => "[bench]",
            Table::Partner => "[[partner]]",
            Table::PartnerRehearsal => "[partner.rehearsal]",
            Table::Switchboard => "[[switchboard]]",
            Table::SwitchboardRehearsal => "[switchboard.rehearsal]",
            Table::Plan => "[[plan]]",
            Table::Stage => "stages = [{ teams, after }]",
            Table::LocalFirst => "local_first = { switchboard, ring }",
            Table::Overflow => "[line.overflow]",
            Table::Callback => "[line.callback]",
            Table::Retention => "[retention]",
        }
    }
}

/// A list whose entries have an id that others refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is the list of its name")]
pub enum Kind {
    Hours,
    Client,
    Site,
    Skill,
    Team,
    Agent,
    Queue,
    Line,
    Trunk,
    Phone,
    Partner,
    Switchboard,
    Plan,
}

impl Kind {
    /// Every kind, in the order in which they are read.
    pub const ALL: [Kind; 13] = [
        Kind::Hours,
        Kind::Client,
        Kind::Site,
        Kind::Skill,
        Kind::Team,
        Kind::Agent,
        Kind::Queue,
        Kind::Line,
        Kind::Trunk,
        Kind::Phone,
        Kind::Partner,
        Kind::Switchboard,
        Kind::Plan,
    ];

    /// The table of one entry.
    #[must_use]
    pub const fn table(self) -> Table {
        match self {
            Kind::Hours => Table::Hours,
            Kind::Client => Table::Client,
            Kind::Site => Table::Site,
            Kind::Skill => Table::Skill,
            Kind::Team => Table::Team,
            Kind::Agent => Table::Agent,
            Kind::Queue => Table::Queue,
            Kind::Line => Table::Line,
            Kind::Trunk => Table::Trunk,
            Kind::Phone => Table::Phone,
            Kind::Partner => Table::Partner,
            Kind::Switchboard => Table::Switchboard,
            Kind::Plan => Table::Plan,
        }
    }
}
