// SPDX-License-Identifier: EUPL-1.2
//! The keys' file: whole or as it was, never guessed, and gone when it is gone.

use privacy::Purpose;
use proptest::prelude::*;
use std::fs::{self, File};
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use stdx::Day;
use store::{KEYS_FILE, Key, Keys, KeysError};

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A folder for one case, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("keys-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder for temporary files");
        Folder(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join(KEYS_FILE)
    }

    fn take(&self) -> Keys {
        Keys::take(&self.0).expect("keys")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const DAY: Day = Day(16_191);

fn fresh(byte: u8) -> [[u8; 32]; 6] {
    [0, 1, 2, 3, 4, 5].map(|it| [byte + it; 32])
}

#[test]
fn keys_are_the_owner_s_alone_and_there_again() {
    let folder = Folder::new();
    let mut keys = folder.take();
    assert!(!keys.was_there());
    keys.add(DAY, fresh(1)).expect("written");
    drop(keys);
    let mode = fs::metadata(folder.file()).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let mut keys = folder.take();
    assert!(keys.was_there());
    assert_eq!(keys.get(DAY, Purpose::Token), Some(&Key::new([1; 32])));
    // What is there is never drawn anew: something may be sealed under it.
    keys.add(DAY, fresh(9)).expect("written");
    assert_eq!(keys.get(DAY, Purpose::Seat), Some(&Key::new([3; 32])));
    assert_eq!(keys.get(DAY.tomorrow(), Purpose::Seat), None);
}

#[test]
fn two_never_have_them_at_once() {
    let folder = Folder::new();
    let keys = folder.take();
    assert!(matches!(Keys::take(&folder.0), Err(KeysError::InUse(_))));
    drop(keys);
    folder.take();
}

#[test]
fn what_is_destroyed_is_overwritten() {
    let folder = Folder::new();
    let mut keys = folder.take();
    keys.add(DAY, fresh(1)).expect("written");
    // Whoever still has the old file open sees what a disk would keep of it.
    let mut old = File::open(folder.file()).expect("there");
    keys.destroy(&[(DAY, Purpose::Number)]).expect("written");
    let mut left = Vec::new();
    old.read_to_end(&mut left).expect("readable");
    assert!(!left.is_empty() && left.iter().all(|&byte| byte == 0));
    let text = fs::read_to_string(folder.file()).expect("there");
    assert!(text.contains(&"01".repeat(32)) && !text.contains(&"02".repeat(32)));
    let left = Purpose::ALL.into_iter().filter(|it| *it != Purpose::Number).map(|it| (DAY, it));
    assert!(keys.kept().eq(left));
    let files: Vec<_> = fs::read_dir(&folder.0).expect("ours").collect();
    assert_eq!(files.len(), 1, "no copy stays behind");
}

#[test]
fn what_a_crash_left_behind_goes() {
    let folder = Folder::new();
    folder.take().add(DAY, fresh(1)).expect("written");
    let left = folder.0.join("keys.new");
    fs::write(&left, "amtsleitung keys 1\n16191 number 02").expect("ours");
    let keys = folder.take();
    assert!(!left.exists());
    assert_eq!(keys.kept().count(), Purpose::ALL.len());
}

#[test]
fn a_folder_that_cannot_be_written_changes_nothing() {
    let folder = Folder::new();
    let mut keys = folder.take();
    keys.add(DAY, fresh(1)).expect("written");
    // What stands in the way: even root cannot make a file where a folder is.
    fs::create_dir(folder.0.join("keys.new")).expect("ours");
    assert!(keys.destroy(&[(DAY, Purpose::Number)]).is_err());
    assert_eq!(keys.kept().count(), Purpose::ALL.len(), "it can be tried again");
    fs::remove_dir(folder.0.join("keys.new")).expect("ours");
    keys.destroy(&[(DAY, Purpose::Number)]).expect("written");
    assert_eq!(keys.kept().count(), Purpose::ALL.len() - 1);
}

fn torn(folder: &Path) -> Option<usize> {
    match Keys::take(folder) {
        Err(KeysError::Torn(_, line)) => Some(line),
        Ok(_) | Err(KeysError::File(..) | KeysError::InUse(_)) => None,
    }
}

#[test]
fn every_torn_file_is_refused_and_left_as_it_is() {
    let folder = Folder::new();
    folder.take().add(DAY, fresh(1)).expect("written");
    let whole = fs::read(folder.file()).expect("there");
    for length in 0..whole.len() {
        fs::write(folder.file(), &whole[..length]).expect("ours");
        assert!(torn(&folder.0).is_some(), "cut to {length} bytes");
        assert_eq!(fs::read(folder.file()).expect("there"), &whole[..length]);
    }
    fs::write(folder.file(), &whole).expect("ours");
    assert_eq!(folder.take().kept().count(), Purpose::ALL.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_altered_byte_is_found(at in 0..300_usize, to in any::<u8>()) {
        let folder = Folder::new();
        folder.take().add(DAY, fresh(1)).expect("written");
        let mut bytes = fs::read(folder.file()).expect("there");
        let at = at % bytes.len();
        prop_assume!(bytes[at] != to);
        bytes[at] = to;
        fs::write(folder.file(), &bytes).expect("ours");
        prop_assert!(torn(&folder.0).is_some());
    }

    #[test]
    fn whatever_is_added_and_destroyed_is_there_or_gone(
        days in prop::collection::vec((0..20_i32, any::<bool>(), 0..Purpose::ALL.len()), 1..12),
    ) {
        let folder = Folder::new();
        let mut keys = folder.take();
        let mut expected = std::collections::BTreeMap::new();
        for (number, (day, adds, purpose)) in (0_u8..).zip(days) {
            if adds {
                keys.add(Day(day), fresh(number)).expect("written");
                for (purpose, bytes) in Purpose::ALL.into_iter().zip(fresh(number)) {
                    expected.entry((Day(day), purpose)).or_insert(Key::new(bytes));
                }
            } else {
                let gone = (Day(day), Purpose::ALL[purpose]);
                keys.destroy(&[gone]).expect("written");
                expected.remove(&gone);
            }
        }
        drop(keys);
        let keys = folder.take();
        prop_assert!(keys.kept().eq(expected.keys().copied()));
        prop_assert!(expected.iter().all(|(&(day, purpose), key)| keys.get(day, purpose) == Some(key)));
    }
}
