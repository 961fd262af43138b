// SPDX-License-Identifier: EUPL-1.2
//! What becomes of a wait that was told, for every way in which a contact can end.

use promise::{ContactRecord, Fate, FateReason, Told, ToldRecord, ToldWait, told};
use stdx::{ContactId, LineId, Micros, Timestamp};

/// Told 60 to 120 s, unless nothing was told.
fn contact(fate: Fate, reason: FateReason, answered: Option<u64>, ended: u64) -> ContactRecord {
    ContactRecord {
        contact: ContactId(1),
        line: LineId(0),
        follows: None,
        set_up_at: Timestamp(0),
        queued_after: Some(Micros::from_secs(5)),
        answered_after: answered.map(Micros::from_secs),
        ended_after: Micros::from_secs(ended),
        team: None,
        told: Some(ToldWait { from: Micros::from_secs(60), until: Micros::from_secs(120) }),
        fate,
        reason,
    }
}

#[test]
fn each_end_of_a_wait_is_judged_as_the_table_says() {
    use Fate::*;
    use FateReason::*;
    use Told::*;
    let table = [
        ((Accepted, TalkEnded, Some(59), 200), Sooner),
        ((Accepted, TalkEnded, Some(60), 200), Right),
        ((Accepted, TalkCutOff, Some(120), 200), Right),
        ((Accepted, TalkEnded, Some(121), 200), Later),
        ((Overflowed, PartnerAnswered, Some(90), 200), Right),
        ((Overflowed, PartnerAnswered, Some(130), 200), Later),
        ((Abandoned, HungUp, None, 100), Open),
        ((Abandoned, HungUp, None, 121), Later),
        ((CalledBack, CallbackReached, Some(900), 1_000), Open),
        ((Refused, WaitedTooLong, None, 600), Later),
        ((Refused, NobodyLeft, None, 90), Later),
    ];
    let mut records = Vec::new();
    for ((fate, reason, answered, ended), expected) in table {
        let record = contact(fate, reason, answered, ended);
        assert_eq!(told(&record), expected, "{record:?}");
        records.push(record);
    }
    let sum: ToldRecord = records.iter().collect();
    assert_eq!((sum.right, sum.sooner, sum.later), (3, 1, 5));
    assert_eq!(sum.share(), Some(3.0 / 9.0));
    let untold = ContactRecord { told: None, ..records[0] };
    assert_eq!(told(&untold), Open);
    assert_eq!([untold].iter().collect::<ToldRecord>().share(), None);
}
