// SPDX-License-Identifier: EUPL-1.2
//! The key under which callers are known again without their number, in a file of its own.
//!
//! The rule to keep: it outlives the process, so that who was cut off by a restart and calls again finds
//! the old place, and it is never written into the log.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// The file's name in the data folder.
const FILE: &str = "caller-key";

/// The folder's key; drawn if there is none yet, or no whole one.
///
/// # Errors
/// If it can be neither read nor written.
pub(crate) fn load(folder: &Path) -> io::Result<[u8; 32]> {
    let path = folder.join(FILE);
    match fs::read(&path) {
        Ok(bytes) => {
            if let Ok(key) = bytes.try_into() {
                return Ok(key);
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let mut key = [0; 32];
    File::open("/dev/urandom")?.read_exact(&mut key)?;
    let mut file =
        OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(&key)?;
    file.sync_all()?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_key_stays_the_same_and_a_torn_one_is_drawn_anew() {
        let folder = std::env::temp_dir().join(format!("caller-key-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let key = load(&folder).unwrap();
        assert_eq!(load(&folder).unwrap(), key);
        let mode = fs::metadata(folder.join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::write(folder.join(FILE), &key[..7]).unwrap();
        let other = load(&folder).unwrap();
        assert_ne!(other, key);
        assert_eq!(load(&folder).unwrap(), other);
        fs::remove_dir_all(&folder).unwrap();
    }
}
