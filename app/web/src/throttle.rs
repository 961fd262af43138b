// SPDX-License-Identifier: EUPL-1.2
//! Whoever guesses passwords has to wait.

use crate::limits::{ATTEMPTS, ATTEMPTS_FOR, ATTEMPTS_KEPT};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use stdx::{Micros, Timestamp};

/// Attempts that failed, by the name that was tried and by the address that they came from.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    failed: BTreeMap<Who, (u32, Timestamp)>,
}

/// Who has tried.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Who {
    /// Somebody by this name.
    Name(String),
    /// Somebody from here.
    From(IpAddr),
}

impl Who {
    /// Whoever has one address of IPv6 has all of its network.
    pub(crate) fn from(address: IpAddr) -> Who {
        Who::From(match address {
            IpAddr::V4(_) => address,
            IpAddr::V6(it) => match it.to_ipv4_mapped() {
                Some(it) => IpAddr::V4(it),
                None => {
                    let [a, b, c, d, ..] = it.segments();
                    IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
                }
            },
        })
    }
}

impl Throttle {
    /// Whether these may try, or how long they have to wait.
    pub(crate) fn may(&mut self, now: Timestamp, who: &[Who]) -> Result<(), Micros> {
        self.failed.retain(|_, (_, until)| *until > now);
        let waits = who.iter().filter_map(|who| {
            let (count, until) = self.failed.get(who)?;
            (*count >= ATTEMPTS).then(|| until.since(now))
        });
        waits.max().map_or(Ok(()), Err)
    }

    /// How long these have to wait; none if they may try. Attempts at the same time all count before they are
    /// checked: take one with [`Throttle::begin`], and give it back with [`Throttle::give_back`] if it was no failure.
    pub(crate) fn begin(&mut self, now: Timestamp, who: &[Who]) -> Result<(), Micros> {
        self.may(now, who)?;
        if self.failed.len() + who.len() > ATTEMPTS_KEPT {
            return Err(ATTEMPTS_FOR);
        }
        for who in who {
            let (count, until) = self.failed.entry(who.clone()).or_insert((0, now));
            *count += 1;
            *until = now + ATTEMPTS_FOR;
        }
        Ok(())
    }

    /// The attempt was no failure: it does not count. What came before it from there, does.
    pub(crate) fn give_back(&mut self, who: &[Who]) {
        for who in who {
            if let Some((count, _)) = self.failed.get_mut(who) {
                *count = count.saturating_sub(1);
            }
        }
        self.failed.retain(|_, (count, _)| *count > 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(name: &str, last: u8) -> [Who; 2] {
        [Who::Name(name.into()), Who::from(IpAddr::from([192, 0, 2, last]))]
    }

    #[test]
    fn after_some_attempts_name_and_address_wait() {
        let mut throttle = Throttle::default();
        let now = Timestamp(0);
        for _ in 0..ATTEMPTS {
            assert_eq!(throttle.begin(now, &who("anna", 1)), Ok(()));
        }
        assert_eq!(throttle.begin(now, &who("anna", 2)), Err(ATTEMPTS_FOR), "the name waits");
        assert_eq!(throttle.begin(now, &who("otto", 1)), Err(ATTEMPTS_FOR), "the address waits");
        assert_eq!(throttle.begin(now, &who("otto", 2)), Ok(()), "others do not");
        assert_eq!(throttle.begin(now + ATTEMPTS_FOR, &who("anna", 1)), Ok(()), "it is forgotten");
    }

    #[test]
    fn what_was_right_does_not_count_and_hides_nothing() {
        let mut throttle = Throttle::default();
        for _ in 0..3 * ATTEMPTS {
            assert_eq!(throttle.begin(Timestamp(0), &who("anna", 1)), Ok(()));
            throttle.give_back(&who("anna", 1));
        }
        // Whoever has an account cannot try others' behind it.
        for nth in 0..ATTEMPTS {
            assert_eq!(throttle.begin(Timestamp(0), &who(&format!("n{nth}"), 1)), Ok(()));
        }
        assert_eq!(throttle.begin(Timestamp(0), &who("anna", 1)), Err(ATTEMPTS_FOR));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut throttle = Throttle::default();
        let mut refused = 0;
        for number in 0..2 * ATTEMPTS_KEPT {
            let one = [Who::Name(format!("n{number}"))];
            refused += usize::from(throttle.begin(Timestamp(0), &one).is_err());
        }
        assert_eq!(refused, ATTEMPTS_KEPT);
        assert!(throttle.failed.len() <= ATTEMPTS_KEPT);
    }

    #[test]
    fn a_network_of_ipv6_is_one() {
        let one = Who::from("2001:db8::1".parse().expect("an address"));
        assert_eq!(one, Who::from("2001:db8::ffff:2".parse().expect("an address")));
        let mapped = Who::from("::ffff:192.0.2.1".parse().expect("an address"));
        assert_eq!(mapped, Who::from(IpAddr::from([192, 0, 2, 1])));
    }
}
