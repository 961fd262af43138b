// SPDX-License-Identifier: EUPL-1.2
//! The registrar beside the simplest model that can be right, over random requests.

use proptest::prelude::*;
use sip::registrar::{
    AddressOfRecord, BINDINGS_PER_RECORD_MAX, Binding, Change, ContactAddress, Contacts, Flow,
    Refusal, Register, Registrar, Rules, Source, Transport,
};
use stdx::{Micros, Tick};

const MIN: u32 = 60;
const DEFAULT: u32 = 600;
const MAX: u32 = 1_200;

fn rules() -> Rules {
    Rules::new(MIN, DEFAULT, MAX).expect("in order")
}

fn record(number: u8) -> AddressOfRecord {
    AddressOfRecord::new(&[number])
}

/// Two are known, the third is not.
fn known() -> [AddressOfRecord; 2] {
    [record(0), record(1)]
}

#[derive(Clone, Debug)]
enum Step {
    Register {
        record: u8,
        account: u8,
        call: u8,
        cseq: u32,
        expires: Option<u32>,
        /// None is `*`.
        contacts: Option<Vec<(u8, Option<u32>)>>,
    },
    Wait(u64),
    Elapse,
    SaveAndRestore,
}

fn expires() -> impl Strategy<Value = Option<u32>> {
    prop_oneof![
        3 => Just(None),
        2 => Just(Some(0)),
        1 => Just(Some(MIN - 1)),
        4 => (MIN..MAX + 100).prop_map(Some),
        1 => Just(Some(u32::MAX)),
    ]
}

fn register() -> impl Strategy<Value = Step> {
    let contacts = prop_oneof![
        1 => Just(None),
        8 => prop::collection::vec((0_u8..14, expires()), 0..10).prop_map(Some),
    ];
    let who =
        prop_oneof![8 => Just((0, 0)), 4 => Just((1, 1)), 1 => Just((2, 2)), 1 => Just((0, 1))];
    (who, 0_u8..3, 1_u32..40, expires(), contacts).prop_map(
        |((record, account), call, cseq, expires, contacts)| Step::Register {
            record,
            account,
            call,
            cseq,
            expires,
            contacts,
        },
    )
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        10 => register(),
        4 => (0_u64..400).prop_map(Step::Wait),
        2 => Just(Step::Elapse),
        1 => Just(Step::SaveAndRestore),
    ];
    prop::collection::vec(step, 1..60)
}

/// One binding of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    record: u8,
    contact: u8,
    call: u8,
    cseq: u32,
    refreshed_at: u64,
    expires_at: u64,
}

/// All bindings in one list, in the order in which they were refreshed.
#[derive(Clone, Default)]
struct Model(Vec<Row>);

impl Model {
    fn living(&self, record: u8, now: u64) -> Vec<Row> {
        let rows = self.0.iter().copied();
        rows.filter(|row| row.record == record && row.expires_at > now).collect()
    }

    /// The status of the response.
    fn register(&mut self, now: u64, step: &Step) -> u16 {
        let Step::Register { record, account, call, cseq, expires, contacts } = step else {
            unreachable!("only asked about requests");
        };
        if record != account {
            return 403;
        }
        if *record > 1 {
            return 404;
        }
        let living = self.living(*record, now);
        let late = |row: &Row| row.call == *call && row.cseq >= *cseq;
        let Some(contacts) = contacts else {
            return match expires {
                Some(0) if living.iter().any(late) => 500,
                Some(0) => {
                    self.0.retain(|row| row.record != *record);
                    200
                }
                _ => 400,
            };
        };
        if contacts.len() > BINDINGS_PER_RECORD_MAX {
            return 403;
        }
        let mut status = 200;
        for (nth, (contact, _)) in contacts.iter().enumerate() {
            if status == 200 && contacts[..nth].iter().any(|(other, _)| other == contact) {
                status = 400;
            }
            if status == 200 && living.iter().any(|row| row.contact == *contact && late(row)) {
                status = 500;
            }
        }
        let granted = |own: &Option<u32>| own.or(*expires).unwrap_or(DEFAULT);
        if status == 200 && contacts.iter().any(|(_, own)| (1..MIN).contains(&granted(own))) {
            status = 423;
        }
        if status == 200 {
            self.set(now, *record, (*call, *cseq), contacts, granted);
        }
        status
    }

    fn set(
        &mut self,
        now: u64,
        record: u8,
        (call, cseq): (u8, u32),
        contacts: &[(u8, Option<u32>)],
        granted: impl Fn(&Option<u32>) -> u32,
    ) {
        let was_there: Vec<_> = self.living(record, now).iter().map(|row| row.contact).collect();
        let named = |row: &Row| contacts.iter().any(|(contact, _)| row.contact == *contact);
        self.0.retain(|row| row.record != record || row.expires_at > now && !named(row));
        let lasting = contacts.iter().filter(|(_, own)| granted(own) > 0);
        let (old, new): (Vec<_>, Vec<_>) =
            lasting.partition(|(contact, _)| was_there.contains(contact));
        for &(contact, ref own) in old.into_iter().chain(new) {
            let seconds = u64::from(granted(own).min(MAX));
            let (refreshed_at, expires_at) = (now, now + seconds * 1_000_000);
            self.0.push(Row { record, contact, call, cseq, refreshed_at, expires_at });
        }
        while self.0.iter().filter(|row| row.record == record).count() > BINDINGS_PER_RECORD_MAX {
            let oldest = self.0.iter().position(|row| row.record == record).expect("some");
            self.0.remove(oldest);
        }
    }
}

fn contact_uri(contact: u8) -> Vec<u8> {
    format!("sip:phone@192.0.2.{contact}").into_bytes()
}

fn send(registrar: &mut Registrar, now: Tick, step: &Step) -> Result<Vec<Change>, Refusal> {
    let Step::Register { record: to, account, call, cseq, expires, contacts } = step else {
        unreachable!("only asked to send requests");
    };
    let uris: Vec<_> =
        contacts.iter().flatten().map(|(contact, _)| contact_uri(*contact)).collect();
    let list: Vec<_> = contacts
        .iter()
        .flatten()
        .zip(&uris)
        .map(|((_, expires), uri)| ContactAddress {
            uri,
            expires: *expires,
            quality: None,
            instance: None,
            reg_id: None,
        })
        .collect();
    let contacts = match contacts {
        None => Contacts::All,
        Some(named) if named.is_empty() => Contacts::Fetch,
        Some(_) => Contacts::These(&list),
    };
    let source = Source::v4([192, 0, 2, 1]);
    let flow = Flow { transport: Transport::Udp, source, port: 5060, connection: None };
    let (record, account) = (record(*to), record(*account));
    let (call_id, cseq, expires) = (&[*call][..], *cseq, *expires);
    let request = Register {
        record: &record,
        account: &account,
        call_id,
        cseq,
        expires,
        contacts,
        path: &[],
        flow,
    };
    registrar.register(now, &request)
}

fn row(binding: &Binding) -> Row {
    let uri = String::from_utf8(binding.contact.expose().clone()).expect("ASCII");
    let contact = uri.rsplit('.').next().and_then(|it| it.parse().ok()).expect("a number");
    Row {
        record: binding.record.as_bytes()[0],
        contact,
        call: binding.call_id.expose()[0],
        cseq: binding.cseq,
        refreshed_at: binding.refreshed_at.0,
        expires_at: binding.expires_at.0,
    }
}

/// The bindings that follow from what was there and the changes that were told.
fn follow(told: &mut Vec<Row>, changes: &[Change]) {
    for change in changes {
        let it = row(change.binding());
        let same = |other: &Row| (other.record, other.contact) == (it.record, it.contact);
        let was = told.iter().position(same);
        match change {
            Change::Added(_) => assert_eq!(was, None, "added what was there: {it:?}"),
            Change::Refreshed(_)
            | Change::Removed(_)
            | Change::Displaced(_)
            | Change::Expired(_)
            | Change::Withdrawn(_) => {
                told.remove(was.expect("only what was there can change"));
            }
        }
        match change {
            Change::Added(_) | Change::Refreshed(_) => told.push(it),
            Change::Removed(_)
            | Change::Displaced(_)
            | Change::Expired(_)
            | Change::Withdrawn(_) => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..Default::default() })]

    #[test]
    fn the_registrar_does_what_the_model_does(steps in steps()) {
        let mut registrar = Registrar::new(rules(), known());
        let mut model = Model::default();
        let mut told: Vec<Row> = Vec::new();
        let mut now = Tick(1_000_000);
        for step in &steps {
            match step {
                Step::Wait(secs) => now = now + Micros::from_secs(*secs),
                Step::Elapse => {
                    let changes = registrar.elapse(now);
                    let expired = |it: &Change| it.binding().expires_at <= now;
                    prop_assert!(changes.iter().all(expired));
                    follow(&mut told, &changes);
                    prop_assert!(registrar.deadline().is_none_or(|(at, _)| at > now));
                }
                Step::SaveAndRestore => {
                    let saved: Vec<_> = registrar.save().cloned().collect();
                    let (restored, unfit) = Registrar::restore(rules(), known(), saved);
                    prop_assert_eq!(unfit, []);
                    prop_assert!(restored.save().eq(registrar.save()));
                    prop_assert_eq!(restored.deadline(), registrar.deadline());
                    registrar = restored;
                }
                Step::Register { .. } => {
                    let before: Vec<_> = registrar.save().cloned().collect();
                    let result = send(&mut registrar, now, step);
                    let status = result.as_ref().map_or_else(|it| it.status().code(), |_| 200);
                    prop_assert_eq!(status, model.register(now.0, step));
                    match result {
                        Ok(changes) => follow(&mut told, &changes),
                        Err(_) => prop_assert!(registrar.save().eq(&before), "all or nothing"),
                    }
                }
            }
            for number in 0..3 {
                let mut ours: Vec<_> =
                    registrar.targets(now, &record(number)).into_iter().map(row).collect();
                let mut theirs = model.living(number, now.0);
                ours.sort_unstable();
                theirs.sort_unstable();
                prop_assert_eq!(&ours, &theirs);
                prop_assert!(ours.len() <= BINDINGS_PER_RECORD_MAX);
            }
            let mut held: Vec<_> = registrar.save().map(row).collect();
            let first = held.iter().map(|row| row.expires_at).min();
            prop_assert_eq!(registrar.deadline().map(|(at, _)| at.0), first);
            held.sort_unstable();
            told.sort_unstable();
            prop_assert_eq!(&held, &told, "whoever listens to the changes knows all bindings");
        }
    }
}
