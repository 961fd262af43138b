// SPDX-License-Identifier: EUPL-1.2
//! A temporary folder that goes with its value.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A small disk of our own, mounted at a folder until it is dropped.
#[derive(Debug)]
pub struct Disk(PathBuf);

impl Disk {
    /// Mounts one of so many MiB; none for who may not.
    ///
    /// # Panics
    /// If root cannot.
    #[must_use]
    pub fn mount(at: PathBuf, mebibytes: u32) -> Option<Disk> {
        fs::create_dir_all(&at).expect("a folder of our own");
        if !is_root() {
            println!("not root: no disk can be mounted, nothing tried");
            return None;
        }
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={mebibytes}m"), "tmpfs"]).arg(&at);
        assert!(mount.status().is_ok_and(|it| it.success()), "{mount:?}");
        Some(Disk(at))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Somebody may still have a file open.
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

/// Whether we may do everything.
#[must_use]
pub fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|it| it.uid() == 0)
}

/// A folder of our own.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Makes one. The path is short, because a socket in it may have only 107 bytes.
    ///
    /// # Panics
    /// If the temporary folder of the system cannot be written.
    #[must_use]
    pub fn new() -> Folder {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("e2e-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).expect("a temporary folder can be made");
        Folder(path)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// A file or folder in it.
    #[must_use]
    pub fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a file in it.
    ///
    /// # Panics
    /// If that is not possible.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).expect("a folder of our own");
        }
        fs::write(&path, content).expect("a file in a folder of our own");
        path
    }
}

impl Default for Folder {
    fn default() -> Folder {
        Folder::new()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What a failed test leaves is for looking at, if somebody asks for it.
        if !(thread::panicking() && std::env::var_os("E2E_KEEP").is_some()) {
            let _gone_is_as_good = fs::remove_dir_all(&self.0);
        }
    }
}
