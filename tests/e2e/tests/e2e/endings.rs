// SPDX-License-Identifier: EUPL-1.2
//! Who hangs up when: caller and agent, in every state of a call.

use e2e::clock::SOON;
use e2e::county::County;
use e2e::runner::Case;
use e2e::server::Server;
use e2e::sipp::Sipp;

pub(crate) const CASES: &[Case] = &[
    ("caller_or_agent_ends_a_talk", caller_or_agent_ends_a_talk),
    ("caller_leaves_before_anybody_answers", caller_leaves_before_anybody_answers),
    ("texts_end_with_goodbye", texts_end_with_goodbye),
];

fn caller_or_agent_ends_a_talk() {
    let server = Server::start(County::new());
    let (to, caller, phone) = (server.sip(), server.county.caller(0), server.county.bench_phone(1));

    let mut agent = Sipp::at(phone, "agent_talks").with("ring", 200).start(&server);
    Sipp::from(caller, to, "116", "caller_talks").with("talk", 300).run(&server);
    agent.succeeds();
    assert_eq!(server.is_empty().fate("116", "accepted"), 1);

    let mut agent = Sipp::at(phone, "agent_hangs_up").with("talk", 300).start(&server);
    Sipp::from(caller, to, "115", "caller_listens").run(&server);
    agent.succeeds();
    assert_eq!(server.is_as_new().fate("115", "accepted"), 1);
}

fn caller_leaves_before_anybody_answers() {
    let server = Server::start(County::new());
    let (to, caller, phone) = (server.sip(), server.county.caller(0), server.county.bench_phone(1));

    // During the greeting, which takes 600 ms.
    Sipp::from(caller, to, "115", "caller_talks").with("talk", 100).run(&server);
    assert_eq!(server.is_empty().fate("115", "abandoned"), 1);

    // While waiting with music.
    Sipp::from(caller, to, "117", "caller_talks").with("talk", 300).run(&server);
    assert_eq!(server.is_empty().fate("117", "abandoned"), 1);

    // While a telephone rings, the caller's call being answered …
    let mut agent = Sipp::at(phone, "agent_is_cancelled").start(&server);
    Sipp::from(caller, to, "115", "caller_talks").with("talk", 1_500).run(&server);
    agent.succeeds();
    assert_eq!(server.is_empty().fate("115", "abandoned"), 2);

    // … and not answered.
    let mut agent = Sipp::at(phone, "agent_is_cancelled").start(&server);
    Sipp::from(caller, to, "116", "caller_cancels").with("ring", 800).run(&server);
    agent.succeeds();
    assert_eq!(server.is_empty().fate("116", "abandoned"), 1);

    // The telephone is answered in the moment in which it is taken back.
    let mut agent = Sipp::at(phone, "agent_crosses").start(&server);
    Sipp::from(caller, to, "116", "caller_cancels").with("ring", 800).run(&server);
    agent.succeeds();
    assert_eq!(server.is_empty().fate("116", "abandoned"), 2);

    // The caller gives up in the moment in which the call is answered.
    Sipp::from(caller, to, "117", "caller_crosses").run(&server);
    let figures = server.is_as_new();
    assert_eq!(figures.fate("117", "abandoned"), 2);
    assert_eq!(figures.contacts(), 6);
}

fn texts_end_with_goodbye() {
    let server = Server::start(County::new());
    let (to, caller) = (server.sip(), server.county.caller(0));

    Sipp::from(caller, to, "118", "caller_listens").run(&server);
    Sipp::from(caller, to, "118", "caller_talks").with("talk", 100).run(&server);
    assert_eq!(server.is_empty().fate("118", "closed"), 2);

    Sipp::from(caller, to, "119", "caller_listens").run(&server);
    Sipp::from(caller, to, "119", "caller_talks").with("talk", 100).run(&server);
    server.is_empty();

    // One waits; the second hears that there is no room.
    let waiting =
        Sipp::from(server.county.caller(1), to, "120", "caller_talks").with("talk", 4_000);
    let mut waiting = waiting.start(&server);
    server.wait_until("the first waits", SOON, |it| it.of("contacts_waiting") == 1);
    Sipp::from(caller, to, "120", "caller_listens").run(&server);
    Sipp::from(caller, to, "120", "caller_talks").with("talk", 100).run(&server);
    waiting.succeeds();
    assert_eq!(server.is_empty().fate("120", "refused"), 2);

    // Who waits for too long hears the same.
    Sipp::from(caller, to, "121", "caller_listens").run(&server);
    assert_eq!(server.is_as_new().fate("121", "refused"), 1);
}
