// SPDX-License-Identifier: EUPL-1.2
//! Who is silenced, for how long, and that nobody else is.

use proptest::prelude::*;
use sip::registrar::{
    Ask, NAMES_PER_SOURCE_MAX, Rate, Refused, SOURCES_MAX, Source, Throttle, ThrottleRules,
    Throttled,
};
use std::collections::BTreeMap;
use stdx::{Micros, Tick};

const START: Tick = Tick(3_600_000_000);
const USUAL: ThrottleRules = ThrottleRules::USUAL;

fn at(secs: u64) -> Tick {
    START + Micros::from_secs(secs)
}

fn source(number: u32) -> Source {
    Source::v4(number.to_be_bytes())
}

/// Tries a wrong password; says whether anybody looked.
fn guess(throttle: &mut Throttle, now: Tick, from: Source, name: &str) -> Result<(), Throttled> {
    throttle.admit(now, from, Ask::Verify(name.as_bytes()))?;
    throttle.failed(now, from, name.as_bytes());
    Ok(())
}

#[test]
fn a_guesser_of_one_name_is_blocked_twice_as_long_each_time() {
    let mut throttle = Throttle::new(USUAL);
    let mut looked = Vec::new();
    for secs in 0..4_000 {
        if guess(&mut throttle, at(secs), source(1), "anna").is_ok() {
            looked.push(secs);
        }
    }
    let burst: Vec<u64> = (0..11).collect();
    assert_eq!(looked[..11], burst, "ten are allowed, the eleventh is one too many");
    // While a block lasts some tries come back; each time they are used up the next block is longer.
    let gaps: Vec<_> =
        looked.windows(2).map(|two| two[1] - two[0]).filter(|gap| *gap > 1).collect();
    assert_eq!(gaps[..4], [30, 60, 120, 240]);
    assert!(gaps[4..].iter().all(|gap| *gap == 480 || *gap == 600), "{gaps:?}");
    assert_eq!(throttle.admit(at(4_000), source(2), Ask::Verify(b"anna")), Ok(()), "only there");
}

#[test]
fn who_tries_name_after_name_is_out_at_once() {
    let mut throttle = Throttle::new(USUAL);
    let names: Vec<_> = (100..130).map(|name| name.to_string()).collect();
    let looked = names.iter().filter(|name| guess(&mut throttle, at(0), source(1), name).is_ok());
    assert_eq!(looked.count(), 11);
    assert_eq!(throttle.refused(), Refused { challenges: 0, names: 0, sources: 19 });
    let anna = Ask::Verify(b"anna");
    assert_eq!(throttle.admit(at(29), source(1), anna), Err(Throttled::Source));
    assert_eq!(throttle.admit(at(30), source(1), anna), Ok(()));
    // The ten tokens that came back were owed for the eleventh name, so a twelfth begins the next block.
    let again = names.iter().rev().filter(|it| guess(&mut throttle, at(30), source(1), it).is_ok());
    assert_eq!(again.count(), 1);
    assert_eq!(throttle.admit(at(89), source(1), anna), Err(Throttled::Source));
    assert_eq!(throttle.admit(at(90), source(1), anna), Ok(()));
}

#[test]
fn a_few_phones_with_wrong_passwords_do_not_silence_their_office() {
    for every in [5, 20, 35, 120, 3_500] {
        let mut throttle = Throttle::new(USUAL);
        let office = source(1);
        for secs in (0..86_400).step_by(every) {
            for phone in ["1", "2", "3", "4", "5"] {
                let _looked = guess(&mut throttle, at(secs), office, phone);
            }
            let anna = throttle.admit(at(secs), office, Ask::Verify(b"anna"));
            assert_eq!(anna, Ok(()), "every {every} s, at {secs} s");
        }
        assert_eq!(throttle.refused().names > 0, every < 30, "every {every} s");
    }
}

#[test]
fn a_changed_password_and_a_good_word_end_a_block() {
    let mut throttle = Throttle::new(USUAL);
    let verify = Ask::Verify(b"anna");
    while guess(&mut throttle, at(0), source(1), "anna").is_ok() {}
    throttle.pardon(b"bert");
    assert_eq!(throttle.admit(at(0), source(1), verify), Err(Throttled::Name));
    throttle.pardon(b"anna");
    assert_eq!(throttle.admit(at(0), source(1), verify), Ok(()));

    for name in 0..20_u8 {
        throttle.failed(at(0), source(1), &[name]);
    }
    assert_eq!(throttle.admit(at(0), source(1), verify), Err(Throttled::Source));
    throttle.pardon_source(source(1));
    assert_eq!(throttle.admit(at(0), source(1), verify), Ok(()));
    assert_eq!(throttle.remembered(), 0);
}

#[test]
fn an_hour_after_its_end_a_block_is_forgotten() {
    let mut throttle = Throttle::new(USUAL);
    for round in 0..3 {
        let now = at(round * 7_200);
        let looked = (0..20).filter(|_| guess(&mut throttle, now, source(1), "anna").is_ok());
        assert_eq!(looked.count(), 11, "round {round}");
        let blocked = |secs: u64| {
            let now = now + Micros::from_secs(secs);
            throttle.clone().admit(now, source(1), Ask::Verify(b"anna")).is_err()
        };
        assert!(blocked(29) && !blocked(30), "the first block again in round {round}");
    }
}

#[test]
fn challenges_are_limited_without_a_penalty() {
    let mut throttle = Throttle::new(USUAL);
    let ask = |throttle: &mut Throttle, now| throttle.admit(now, source(1), Ask::Challenge).is_ok();
    assert_eq!((0..1_000).filter(|_| ask(&mut throttle, at(0))).count(), 400);
    assert_eq!((0..1_000).filter(|_| ask(&mut throttle, at(1))).count(), 5);
    assert_eq!((0..1_000).filter(|_| ask(&mut throttle, at(81))).count(), 400);
    assert_eq!(throttle.refused().challenges, 600 + 995 + 600);
    assert_eq!(throttle.admit(at(81), source(1), Ask::Verify(b"anna")), Ok(()));
}

#[test]
fn an_ipv6_network_is_one_source() {
    let mut throttle = Throttle::new(USUAL);
    let address = |host: u8| {
        let mut bytes = [0x20; 16];
        bytes[15] = host;
        Source(bytes)
    };
    let looked = (0..50).filter(|host| guess(&mut throttle, at(0), address(*host), "anna").is_ok());
    assert_eq!(looked.count(), 11);
    assert_eq!(throttle.remembered(), 1);
}

#[test]
fn a_flood_of_sources_is_bounded_and_does_not_free_a_guesser() {
    let mut throttle = Throttle::new(USUAL);
    while guess(&mut throttle, at(0), source(0), "anna").is_ok() {}
    for number in 1..=SOURCES_MAX as u32 * 3 {
        throttle.failed(at(1), source(number), b"x");
        assert_eq!(throttle.admit(at(1), source(number), Ask::Challenge), Ok(()));
    }
    assert_eq!(throttle.remembered(), 2 * SOURCES_MAX);
    let verify = Ask::Verify(b"anna");
    assert_eq!(throttle.admit(at(1), source(0), verify), Err(Throttled::Name));
    // In time everybody is forgotten.
    assert_eq!(throttle.admit(at(10_000), source(0), Ask::Challenge), Ok(()));
    throttle.failed(at(10_000), source(0), b"x");
    assert_eq!(throttle.remembered(), 2);
}

#[test]
fn names_of_one_source_are_bounded() {
    let loose = Rate { burst: 1_000_000, every: Micros::from_millis(1) };
    let mut throttle = Throttle::new(ThrottleRules { source: loose, ..USUAL });
    while guess(&mut throttle, at(0), source(1), "anna").is_ok() {}
    for number in 0..NAMES_PER_SOURCE_MAX * 10 {
        throttle.failed(at(1), source(1), number.to_string().as_bytes());
    }
    let verify = Ask::Verify(b"anna");
    assert_eq!(
        throttle.admit(at(1), source(1), verify),
        Err(Throttled::Name),
        "it is blocked longest"
    );
}

/// Small numbers, so that random sequences reach every bound.
const TIGHT: ThrottleRules = ThrottleRules {
    challenges: Rate { burst: 3, every: Micros::from_secs(2) },
    name: Rate { burst: 3, every: Micros::from_secs(10) },
    source: Rate { burst: 12, every: Micros::from_secs(2) },
    new_name: 3,
    block: Micros::from_secs(10),
    block_max: Micros::from_secs(100),
    forgive: Micros::from_secs(60),
};

#[derive(Clone, Debug)]
enum Step {
    Challenge(u32),
    Guess(u32, u8),
    Right(u32, u8),
    Wait(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (1_u32..4).prop_map(Step::Challenge),
        8 => (1_u32..4, 0_u8..6).prop_map(|(from, name)| Step::Guess(from, name)),
        1 => (1_u32..4, 0_u8..6).prop_map(|(from, name)| Step::Right(from, name)),
        3 => (0_u64..15_000_000).prop_map(Step::Wait),
        1 => (0_u64..200_000_000).prop_map(Step::Wait),
    ];
    prop::collection::vec(step, 1..200)
}

/// Whether within any time no more happened than the rate allows, with `over` beyond it.
fn keeps(rate: Rate, times: &[Tick], over: u64) -> bool {
    (0..times.len()).all(|first| {
        times[first..].iter().zip(1_u64..).all(|(now, count)| {
            let regained = now.since(times[first]).0 / rate.every.0;
            count <= u64::from(rate.burst) + regained + over
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..Default::default() })]

    /// Whatever is tried, no more is looked at than the rates allow; the one that goes beyond is the
    /// one that begins the block.
    #[test]
    fn the_rates_are_never_exceeded(steps in steps()) {
        let mut throttle = Throttle::new(TIGHT);
        let mut now = START;
        let mut challenges: BTreeMap<u32, Vec<Tick>> = BTreeMap::new();
        let mut names: BTreeMap<(u32, u8), Vec<Tick>> = BTreeMap::new();
        let mut sources: BTreeMap<u32, Vec<Tick>> = BTreeMap::new();
        for step in steps {
            match step {
                Step::Wait(micros) => now = now + Micros(micros),
                Step::Challenge(from) => {
                    if throttle.admit(now, source(from), Ask::Challenge).is_ok() {
                        challenges.entry(from).or_default().push(now);
                    }
                }
                Step::Guess(from, name) => {
                    if guess(&mut throttle, now, source(from), &name.to_string()).is_ok() {
                        names.entry((from, name)).or_default().push(now);
                        sources.entry(from).or_default().push(now);
                    }
                }
                Step::Right(from, name) => {
                    let name = name.to_string();
                    let _looked = throttle.admit(now, source(from), Ask::Verify(name.as_bytes()));
                }
            }
        }
        for times in challenges.values() {
            prop_assert!(keeps(TIGHT.challenges, times, 0), "challenges {times:?}");
        }
        for times in names.values() {
            prop_assert!(keeps(TIGHT.name, times, 1), "a name {times:?}");
        }
        for times in sources.values() {
            prop_assert!(keeps(TIGHT.source, times, 1), "a source {times:?}");
        }
    }

    /// A source that keeps below the rates is never refused, whatever all others do.
    #[test]
    fn who_behaves_is_never_refused(
        steps in steps(),
        pauses in prop::collection::vec(0_u64..5_000_000, 1..200),
        flood in any::<bool>(),
    ) {
        let mut throttle = Throttle::new(TIGHT);
        let mut now = START;
        let me = source(99);
        let mut pauses = pauses.iter().cycle();
        let mut asked: Option<Tick> = None;
        let mut failed: Option<Tick> = None;
        for (step, nth) in steps.into_iter().zip(1000_u32..) {
            match step {
                Step::Wait(micros) => now = now + Micros(micros),
                Step::Challenge(from) => {
                    let _looked = throttle.admit(now, source(from), Ask::Challenge);
                }
                Step::Guess(from, name) => {
                    let from = if flood { nth * 8 + from } else { from };
                    let _looked = guess(&mut throttle, now, source(from), &name.to_string());
                }
                Step::Right(from, name) => {
                    let _looked = throttle.admit(now, source(from), Ask::Verify(&[name]));
                }
            }
            now = now + Micros(*pauses.next().expect("a cycle has no end"));
            prop_assert_eq!(throttle.admit(now, me, Ask::Verify(b"me")), Ok(()));
            prop_assert_eq!(throttle.admit(now, me, Ask::Verify(b"my other phone")), Ok(()));
            if asked.is_none_or(|last| now.since(last) >= TIGHT.challenges.every) {
                prop_assert_eq!(throttle.admit(now, me, Ask::Challenge), Ok(()));
                asked = Some(now);
            }
            // A typing mistake now and then is no guessing.
            if failed.is_none_or(|last| now.since(last) >= TIGHT.name.every) {
                throttle.failed(now, me, b"me");
                failed = Some(now);
            }
        }
    }
}
