// SPDX-License-Identifier: EUPL-1.2
//! Three parties in one talk: each hears the others and never itself.

/// Who hears whom: `hears[listener][speaker]`. Nobody hears itself, whatever stands there.
///
/// A supervisor who listens in hears both and is heard by none; who whispers is heard by the agent.
pub type Hears = [[bool; 3]; 3];

/// Mixes one frame: `out[n]` becomes the sum of all that party `n` hears, cut off at the loudest
/// that 16 bits hold.
///
/// A party that sends nothing at the moment is an empty slice; every sample that is missing is
/// silence.
pub fn mix(frames: [&[i16]; 3], hears: &Hears, out: [&mut [i16]; 3]) {
    for (listener, out) in out.into_iter().enumerate() {
        for (at, sample) in out.iter_mut().enumerate() {
            let mut sum = 0_i32;
            for (speaker, frame) in frames.iter().enumerate() {
                if speaker != listener && hears[listener][speaker] {
                    sum += i32::from(frame.get(at).copied().unwrap_or(0));
                }
            }
            *sample = clip(sum);
        }
    }
}

/// The nearest sample.
const fn clip(sum: i32) -> i16 {
    if sum > i16::MAX as i32 {
        i16::MAX
    } else if sum < i16::MIN as i32 {
        i16::MIN
    } else {
        sum as i16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Hears = [[true; 3]; 3];

    fn mixed(frames: [&[i16]; 3], hears: &Hears) -> [[i16; 2]; 3] {
        let [mut a, mut b, mut c] = [[99_i16; 2]; 3];
        mix(frames, hears, [&mut a, &mut b, &mut c]);
        [a, b, c]
    }

    #[test]
    fn each_hears_the_others_and_not_itself() {
        let out = mixed([&[1, 2], &[10, 20], &[100, 200]], &ALL);
        assert_eq!(out, [[110, 220], [101, 202], [11, 22]]);
    }

    #[test]
    fn too_loud_is_cut_off_and_does_not_wrap() {
        let (loud, low) = (i16::MAX, i16::MIN);
        let out = mixed([&[loud, low], &[loud, low], &[loud, low]], &ALL);
        assert_eq!(out, [[loud, low]; 3]);
    }

    #[test]
    fn who_listens_in_is_not_heard_and_who_whispers_only_by_the_agent() {
        let [caller, agent] = [[false, true, false], [true, false, false]];
        let listening: Hears = [caller, agent, [true, true, false]];
        let frames: [&[i16]; 3] = [&[1, 1], &[10, 10], &[100, 100]];
        assert_eq!(mixed(frames, &listening), [[10, 10], [1, 1], [11, 11]]);
        let whispering: Hears = [caller, [true, false, true], [true, true, false]];
        assert_eq!(mixed(frames, &whispering), [[10, 10], [101, 101], [11, 11]]);
    }

    #[test]
    fn what_is_missing_is_silence() {
        let out = mixed([&[], &[10], &[100, 200]], &ALL);
        assert_eq!(out, [[110, 200], [100, 200], [10, 0]]);
    }
}
