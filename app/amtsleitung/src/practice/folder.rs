// SPDX-License-Identifier: EUPL-1.2
//! The data folder of a practice: made for it, the user's alone, and gone with it.

use std::fs::{DirBuilder, remove_dir_all};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// A folder that is removed when it is dropped.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Makes one. `number` tells the practices of one process apart.
    ///
    /// # Errors
    /// If it cannot be made, or somebody made it before.
    pub(super) fn new(number: u64) -> io::Result<Folder> {
        let name = format!("amtsleitung-practice-{}-{number:x}", std::process::id());
        let path = std::env::temp_dir().join(name);
        // Passwords stand in it; so nobody else may have made it.
        DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Folder { path })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed lies where the system clears up by itself.
        let _left = remove_dir_all(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn it_is_the_users_alone_and_goes() {
        let folder = Folder::new(u64::MAX).expect("the temporary folder can be written");
        let path = folder.path().to_owned();
        let mode = std::fs::metadata(&path).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        assert!(Folder::new(u64::MAX).is_err(), "not one that is there already");
        std::fs::write(path.join("x"), "x").expect("our own");
        drop(folder);
        assert!(!path.exists());
    }
}
