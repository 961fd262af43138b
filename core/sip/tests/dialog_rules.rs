// SPDX-License-Identifier: EUPL-1.2
//! Rules of dialogs that are no table: making them, forks, order, session timers, times of glare.

use proptest::prelude::*;
use sip::dialog::{
    Agreed, Asked, Carrier, Dialog, DialogId, Dialogs, Established, EstablishedEffect,
    EstablishedEvent, FORKS_MAX, ForkEffect, Forks, InsertRefused, InviteReceived, InviteSent,
    Party, PeerSaid, Phase, Policy, Proposal, Refresher, ReliableReceiver, RequestRefused, Role,
    SESSION_EXPIRES_FLOOR, SessionTimer, Stage, TimerAnswer, glare_wait, retry_after,
};
use sip::transaction::Timing;
use sip::{Method, Status};
use stdx::{Micros, Tick};

const T: Timing = Timing::DEFAULT;
const ROUTES: &[&[u8]] = &[b"<sip:p1;lr>", b"<sip:p2;lr>"];

fn received() -> InviteReceived<'static> {
    InviteReceived {
        call_id: b"c",
        from_tag: b"f",
        from_uri: b"sip:citizen@example.de",
        to_uri: b"sip:115@example.de",
        contact: b"sip:citizen@192.0.2.1",
        cseq: 7,
        record_route: ROUTES,
        secure: false,
    }
}

fn sent() -> InviteSent<'static> {
    InviteSent {
        call_id: b"c",
        from_tag: b"f",
        from_uri: b"sip:115@example.de",
        to_uri: b"sip:agent@example.de",
        request_uri: b"sip:agent@192.0.2.9",
        cseq: 7,
        secure: true,
    }
}

fn said(contact: Option<&'static [u8]>) -> PeerSaid<'static> {
    PeerSaid { to_tag: b"t", contact, record_route: ROUTES }
}

#[test]
fn the_two_sides_of_a_dialog_know_each_other_and_the_same_way() {
    let called = Dialog::incoming(&received(), b"t", 0);
    let caller = Dialog::outgoing(&sent(), &said(None), Stage::Early);
    assert_eq!(called.id, DialogId::of_request(b"c", b"f", b"t"));
    assert_eq!(caller.id, DialogId::of_response(b"c", b"f", b"t"));
    assert_eq!(
        (&called.id.local_tag, &called.id.remote_tag),
        (&caller.id.remote_tag, &caller.id.local_tag)
    );
    // RFC 3261, 12.1.1 and 12.1.2: in order for the called side, reversed for the caller.
    assert!(called.route_set.iter().eq(caller.route_set.iter().rev()));
    assert_eq!((called.role, caller.role), (Role::UserAgentServer, Role::UserAgentClient));
    assert!(caller.secure && !called.secure);
    assert_eq!(&**caller.remote_target.expose(), b"sip:agent@192.0.2.9");
}

#[test]
fn a_2xx_sets_the_route_of_an_early_dialog_anew_and_only_then() {
    let mut dialog = Dialog::outgoing(&sent(), &said(None), Stage::Early);
    let other = PeerSaid { record_route: &[b"<sip:p3;lr>"], ..said(Some(b"sip:x@192.0.2.2")) };
    dialog.confirm_by(&other);
    assert_eq!(dialog.stage, Stage::Confirmed);
    assert_eq!(dialog.route_set, [b"<sip:p3;lr>".to_vec().into_boxed_slice()]);
    assert_eq!(&**dialog.remote_target.expose(), b"sip:x@192.0.2.2");
    dialog.confirm_by(&said(Some(b"sip:y@192.0.2.3")));
    assert_eq!(dialog.route_set.len(), 1);
    dialog.refresh_target(Some(b"sip:z@192.0.2.4"));
    dialog.refresh_target(None);
    assert_eq!(&**dialog.remote_target.expose(), b"sip:z@192.0.2.4");
}

#[test]
fn a_strict_router_gets_itself_as_request_uri_and_the_target_last() {
    let dialog = Dialog::incoming(&received(), b"t", 0);
    let loose = dialog.targets(true);
    assert_eq!((loose.request_uri, &loose.routes[..]), (&b"sip:citizen@192.0.2.1"[..], ROUTES));
    let strict = dialog.targets(false);
    assert_eq!(strict.request_uri, ROUTES[0]);
    assert_eq!(strict.routes, [ROUTES[1], b"sip:citizen@192.0.2.1"]);
    let direct = InviteReceived { record_route: &[], ..received() };
    let direct = Dialog::incoming(&direct, b"t", 0);
    assert_eq!(direct.targets(false), direct.targets(true));
}

/// T11, second half, and RFC 3261, 12.2.2.
#[test]
fn requests_come_in_order_and_only_into_dialogs_that_exist() {
    let mut dialogs = Dialogs::new(1);
    let dialog = Dialog::incoming(&received(), b"t", 41);
    let id = dialog.id.clone();
    assert_eq!(dialogs.insert(dialog.clone(), ()), Ok(()));
    assert_eq!(dialogs.insert(dialog, ()), Err(InsertRefused::Known));
    let other = Dialog::incoming(&received(), b"u", 41);
    assert_eq!(dialogs.insert(other.clone(), ()), Err(InsertRefused::Full));
    let mut admit = |id: &DialogId, method, cseq| dialogs.admit(id, method, cseq).map(|_| ());
    assert_eq!(admit(&other.id, Method::Bye, 8), Err(RequestRefused::NoSuchDialog));
    assert_eq!(admit(&id, Method::Ack, 7), Ok(()));
    assert_eq!(admit(&id, Method::Info, 7), Err(RequestRefused::OutOfOrder));
    assert_eq!(admit(&id, Method::Info, 6), Err(RequestRefused::OutOfOrder));
    assert_eq!(admit(&id, Method::Options, 20), Ok(()));
    assert_eq!(admit(&id, Method::Bye, 19), Err(RequestRefused::OutOfOrder));
    assert_eq!(RequestRefused::OutOfOrder.code(), 500);
    assert_eq!(RequestRefused::NoSuchDialog.code(), 481);
    let (mut dialog, ()) = dialogs.remove(&id).expect("it was kept");
    assert_eq!((dialog.next_cseq(), dialog.next_cseq()), (42, 43));
    assert!(dialogs.is_empty());
}

#[test]
fn a_printed_dialog_names_nobody() {
    let printed = format!("{:?}", Dialog::incoming(&received(), b"t", 0));
    // The bytes of "citizen", as a list of numbers would show them.
    assert!(
        !printed.contains("citizen") && !printed.contains("99, 105, 116, 105, 122"),
        "{printed}"
    );
}

#[test]
fn the_first_2xx_of_a_forked_invite_is_the_call() {
    let mut forks = Forks::default();
    assert_eq!(forks.provisional(b"a", None), ForkEffect::NewEarly { prack: false });
    assert_eq!(forks.provisional(b"b", Some(5)), ForkEffect::NewEarly { prack: true });
    assert_eq!(forks.provisional(b"b", Some(5)), ForkEffect::Absorbed);
    assert_eq!(forks.provisional(b"b", Some(7)), ForkEffect::Absorbed);
    assert_eq!(forks.provisional(b"b", Some(6)), ForkEffect::KnownEarly { prack: true });
    assert_eq!(forks.provisional(b"a", None), ForkEffect::KnownEarly { prack: false });
    assert_eq!(forks.provisional(b"", None), ForkEffect::Absorbed);
    assert_eq!(forks.success(b"b"), ForkEffect::Won);
    assert_eq!(forks.success(b"b"), ForkEffect::AckAgain);
    assert_eq!(forks.provisional(b"b", None), ForkEffect::Absorbed);
    assert_eq!(forks.success(b"c"), ForkEffect::AckAndBye);
    assert_eq!(forks.success(b"c"), ForkEffect::AckAgain);
    assert_eq!(forks.never_accepted().collect::<Vec<_>>(), [b"a"]);
}

#[test]
fn more_forks_than_a_person_has_telephones_are_not_remembered() {
    let mut forks = Forks::default();
    for tag in 0..20_u8 {
        let expected = if usize::from(tag) < FORKS_MAX {
            ForkEffect::NewEarly { prack: false }
        } else {
            ForkEffect::Absorbed
        };
        assert_eq!(forks.provisional(&[tag + 1], None), expected);
    }
    assert_eq!(forks.success(b"late"), ForkEffect::Won);
    for tag in 100..140_u8 {
        assert_eq!(forks.success(&[tag]), ForkEffect::AckAndBye);
    }
    assert_eq!(forks.branches.len(), FORKS_MAX);
    assert_eq!(forks.success(b"late"), ForkEffect::AckAgain, "the call is never forgotten");
}

#[test]
fn reliable_responses_are_taken_in_order_and_once() {
    let (first, taken) = ReliableReceiver::default().take(9);
    assert!(taken);
    assert!(!first.take(9).1 && !first.take(11).1 && !first.take(8).1);
    assert!(first.take(10).1);
    assert!(!ReliableReceiver { last: Some(u32::MAX) }.take(0).1);
}

const POLICY: Policy = Policy { interval: 1_800, least: 120 };

fn asked(interval: Option<u32>, supported: bool) -> Asked {
    Asked { interval, refresher: None, min_se: None, supported }
}

/// T10.
#[test]
fn a_422_goes_only_to_a_peer_that_lists_timer() {
    let refused = TimerAnswer::TooSmall { min_se: 120 };
    assert_eq!(POLICY.answer(asked(Some(119), true)), refused);
    assert_eq!(refused.agreed(), None);
    let (refresher, require) = (Refresher::Uas, false);
    let taken = |interval| TimerAnswer::Take { interval, refresher, require };
    assert_eq!(POLICY.answer(asked(Some(119), false)), taken(119));
    assert_eq!(POLICY.answer(asked(Some(10), false)), taken(90));
    let careless = Policy { least: 10, ..POLICY };
    assert_eq!(careless.answer(asked(Some(89), true)), TimerAnswer::TooSmall { min_se: 90 });
}

#[test]
fn the_refresher_is_that_of_table_2() {
    for (supported, refresher, expected) in [
        (false, None, Refresher::Uas),
        (false, Some(Refresher::Uac), Refresher::Uas),
        (true, None, Refresher::Uac),
        (true, Some(Refresher::Uac), Refresher::Uac),
        (true, Some(Refresher::Uas), Refresher::Uas),
    ] {
        let answer = POLICY.answer(Asked { refresher, ..asked(Some(600), supported) });
        let require = expected == Refresher::Uac;
        let taken = TimerAnswer::Take { interval: 600, refresher: expected, require };
        assert_eq!(answer, taken);
        let ours = if expected == Refresher::Uas { Party::Us } else { Party::Peer };
        let interval = Micros::from_secs(600);
        assert_eq!(answer.agreed(), Some(Agreed { interval, refresher: ours }));
    }
}

#[test]
fn a_client_raises_its_interval_once_asked_to_and_not_for_ever() {
    let first = POLICY.propose();
    assert_eq!(first, Proposal { interval: 1_800, min_se: Some(120) });
    let raised = first.raised(3_600).expect("an hour is sensible");
    assert_eq!(raised, Proposal { interval: 3_600, min_se: Some(3_600) });
    assert_eq!(raised.raised(3_600), None);
    assert_eq!(raised.raised(86_401), None);
    let agreed = |answer| raised.agreed(answer).refresher;
    assert_eq!(agreed(None), Party::Us);
    assert_eq!(agreed(Some((3_600, Some(Refresher::Uas)))), Party::Peer);
    assert_eq!(agreed(Some((3_600, Some(Refresher::Uac)))), Party::Us);
    assert_eq!(raised.agreed(None).interval, Micros::from_secs(3_600));
}

proptest! {
    #[test]
    fn an_agreed_interval_is_sane_whatever_is_asked(
        interval in prop::option::of(any::<u32>()),
        min_se in prop::option::of(any::<u32>()),
        supported in any::<bool>(),
        least in 0..5_000_u32,
    ) {
        let asked = Asked { interval, refresher: None, min_se, supported };
        match (Policy { interval: 1_800, least }).answer(asked) {
            TimerAnswer::TooSmall { min_se } => {
                prop_assert!(supported && interval.is_some_and(|interval| interval < min_se));
            }
            TimerAnswer::Take { interval: taken, .. } => {
                prop_assert!(taken >= SESSION_EXPIRES_FLOOR);
                // RFC 4028, 9: never increased, but to the lawful least.
                let most = interval.map_or(u32::MAX, |interval| interval.max(90));
                prop_assert!(taken <= most);
            }
        }
    }

    #[test]
    fn glare_waits_lie_in_the_ranges_of_14_1(draw in any::<u64>()) {
        let owner = glare_wait(Role::UserAgentClient, draw).0;
        prop_assert!((2_100_000..=4_000_000).contains(&owner) && owner.is_multiple_of(10_000));
        let other = glare_wait(Role::UserAgentServer, draw).0;
        prop_assert!(other <= 2_000_000 && other.is_multiple_of(10_000));
        prop_assert!(retry_after(draw) <= 10);
    }

    /// Whatever happens in whatever order: one end, no timer that refuses itself, and once it is
    /// over everything of the peer's is still answered.
    #[test]
    fn a_call_that_is_up_ends_at_most_once(
        called in any::<bool>(),
        steps in prop::collection::vec((0..16_u8, any::<bool>(), any::<u64>(), 0..9_000_u64), 0..120),
    ) {
        let timer = SessionTimer::agreed(
            Tick(0),
            Agreed { interval: Micros::from_secs(90), refresher: Party::Us },
        );
        let mut call = if called {
            Established::as_server(Tick(0), 1, true, timer, Carrier::Invite, T)
        } else {
            Established::as_client(1, timer, Carrier::Update)
        };
        let (mut now, mut ends) = (Tick(0), 0);
        for (kind, flag, draw, millis) in steps {
            now = now + Micros::from_millis(millis);
            while let Some((at, _)) = call.deadline().filter(|(at, _)| *at <= now) {
                let (next, effects) = call.next(at.max(now), EstablishedEvent::Timeout, T);
                prop_assert_ne!(next, call, "a timer that is due does something");
                ends += count_ends(effects);
                call = next;
            }
            let (next, effects) = call.next(now, event(kind, flag, draw), T);
            ends += count_ends(effects);
            prop_assert_eq!(ends, u32::from(next.phase == Phase::Ending || next.phase == Phase::Ended));
            call = next;
        }
    }
}

fn count_ends(effects: impl IntoIterator<Item = EstablishedEffect>) -> u32 {
    let ends = effects.into_iter().filter(|effect| matches!(effect, EstablishedEffect::Ended(_)));
    u32::try_from(ends.count()).expect("there are four effects at most")
}

fn event(kind: u8, flag: bool, draw: u64) -> EstablishedEvent {
    let carrier = if flag { Carrier::Invite } else { Carrier::Update };
    let cseq = u32::try_from(draw % 12).expect("it is small");
    let with_offer = !draw.is_multiple_of(3);
    let status = |code| Status::new(code).expect("a code in a test is a code");
    let answered = |code| EstablishedEvent::Answered {
        carrier,
        cseq,
        status: status(code),
        agreed: None,
        draw,
    };
    let answer = |code| EstablishedEvent::Answer { carrier, status: status(code), agreed: None };
    match kind {
        0 => EstablishedEvent::HangUp,
        1 | 2 => EstablishedEvent::Modify { carrier, with_offer },
        3 | 4 => EstablishedEvent::Request { carrier, cseq, with_offer, draw },
        5 => answer(200),
        6 => answer(488),
        7 => answered(200),
        8 => answered(491),
        9 => answered(488),
        10 => answered(if draw.is_multiple_of(7) { 481 } else { 500 }),
        11 | 12 => EstablishedEvent::Ack { cseq },
        13 => {
            EstablishedEvent::OtherAnswered(status(if draw.is_multiple_of(9) { 408 } else { 200 }))
        }
        14 if draw.is_multiple_of(5) => EstablishedEvent::Bye,
        14 => EstablishedEvent::Cancel,
        _ => EstablishedEvent::ByeAnswered,
    }
}
