// SPDX-License-Identifier: EUPL-1.2
//! Sealed values: opened by their own key, where they belong, and nowhere else.

use privacy::Purpose;
use proptest::prelude::*;
use stdx::Day;
use store::{About, Key, NONCE, Sealed};

const CENTRE: &str = "harburg";
const NUMBER: &[u8] = b"e494171693100";

fn about() -> About<'static> {
    About { centre: CENTRE, day: Day(16_191), purpose: Purpose::Number, subject: 17 }
}

#[test]
fn a_value_that_was_moved_is_closed() {
    let key = Key::new([1; 32]);
    let sealed = Sealed::new(&key, &about(), [9; NONCE], NUMBER);
    assert_eq!(sealed.open(&key, &about()).as_deref(), Some(NUMBER));
    let elsewhere = [
        About { centre: "stade", ..about() },
        About { day: Day(16_192), ..about() },
        About { purpose: Purpose::Seat, ..about() },
        About { subject: 18, ..about() },
    ];
    for about in elsewhere {
        assert_eq!(sealed.open(&key, &about), None, "{about:?}");
    }
    assert_eq!(sealed.open(&Key::new([2; 32]), &about()), None, "another day's key");
}

#[test]
fn nothing_of_a_value_is_told() {
    let key = Key::new([1; 32]);
    let said = |value: &[u8]| format!("{:?}", Sealed::new(&key, &about(), [9; NONCE], value));
    assert_eq!(format!("{key:?}"), "Key(…)");
    assert_eq!(said(b"s115"), said(b"e494171693100999"), "not even how long it is");
}

proptest! {
    #[test]
    fn every_value_is_opened_as_it_was_sealed(
        value in prop::collection::vec(any::<u8>(), 0..100),
        (key, nonce) in (any::<[u8; 32]>(), any::<[u8; NONCE]>()),
    ) {
        let key = Key::new(key);
        let sealed = Sealed::new(&key, &about(), nonce, &value);
        prop_assert_eq!(sealed.open(&key, &about()), Some(value));
    }

    #[test]
    fn two_nonces_make_two_values(key in any::<[u8; 32]>(), one in any::<[u8; NONCE]>(), two in any::<[u8; NONCE]>()) {
        prop_assume!(one != two);
        let key = Key::new(key);
        let sealed = |nonce| Sealed::new(&key, &about(), nonce, NUMBER);
        prop_assert_ne!(sealed(one), sealed(two));
    }
}
