// SPDX-License-Identifier: EUPL-1.2
//! The passwords of telephones: a file in the data folder, drawn where there is none yet.
//!
//! They stand there in the clear, because somebody has to type them into a telephone; the file is the
//! owner's alone, and passwords never stand in the configuration, which is under version control.

use crate::entropy::Entropy;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use stdx::Redacted;
use toml::de::{DeTable, DeValue};

/// The file's name in the data folder.
pub const FILE: &str = "telephone-passwords.toml";

/// Bytes of the file: 8,192 telephones with 60 bytes each, and comments.
const FILE_MAX: u64 = 1 << 20;

/// Characters of a drawn password: 32 letters and digits to choose from give 100 bits.
const LENGTH: usize = 20;

/// Without those that are mistaken for others on a telephone's display.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// The password of each telephone.
#[derive(Clone, Debug, Default)]
pub struct Passwords {
    by_phone: BTreeMap<String, Redacted<String>>,
    /// How many were drawn now.
    pub drawn: usize,
}

/// Why there are none.
#[derive(Debug)]
pub enum PasswordsError {
    /// The file cannot be read or written.
    File(PathBuf, io::Error),
    /// The file cannot be understood; what and where.
    Content(PathBuf, String),
}

impl fmt::Display for PasswordsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PasswordsError::File(path, error) => write!(f, "{}: {error}", path.display()),
            PasswordsError::Content(path, what) => write!(f, "{}: {what}", path.display()),
        }
    }
}

impl Passwords {
    /// Reads the file of this folder, and draws and adds what these telephones lack.
    ///
    /// # Errors
    /// If the file cannot be read, understood or written.
    pub fn load(folder: &Path, phones: &[&str]) -> Result<Passwords, PasswordsError> {
        let path = folder.join(FILE);
        let failed = |error| PasswordsError::File(path.clone(), error);
        let mut passwords = Passwords { by_phone: read(&path)?, drawn: 0 };
        let lacking: Vec<&&str> =
            phones.iter().filter(|phone| !passwords.by_phone.contains_key(**phone)).collect();
        if lacking.is_empty() {
            return Ok(passwords);
        }
        let mut entropy = Entropy::open().map_err(failed)?;
        let mut added = String::new();
        for phone in lacking {
            let password = drawn_password(&mut entropy);
            let _infallible = writeln!(added, "\"{phone}\" = \"{password}\"");
            passwords.by_phone.insert((*phone).to_owned(), Redacted::new(password));
            passwords.drawn += 1;
        }
        append(&path, &added).map_err(failed)?;
        Ok(passwords)
    }

    /// Those of the telephones in browsers, which nobody types and no file keeps.
    pub fn add(&mut self, phone: &str, password: Redacted<String>) {
        self.by_phone.insert(phone.to_owned(), password);
    }

    /// The password of a telephone.
    #[must_use]
    pub fn of(&self, phone: &str) -> Option<&Redacted<String>> {
        self.by_phone.get(phone)
    }
}

/// The file with the passwords of trunks in the data folder; whoever runs the centre writes it.
pub const TRUNKS_FILE: &str = "trunk-passwords.toml";

/// The passwords with which the centre registers over its trunks.
#[derive(Clone, Debug, Default)]
pub struct TrunkPasswords {
    by_trunk: BTreeMap<String, Redacted<String>>,
    /// Whether others than its owner may read the file.
    pub others_read: bool,
}

impl TrunkPasswords {
    /// Reads the file of this folder; there need be none.
    ///
    /// # Errors
    /// If the file cannot be read or understood.
    pub fn load(folder: &Path) -> Result<TrunkPasswords, PasswordsError> {
        let path = folder.join(TRUNKS_FILE);
        let by_trunk = read(&path)?;
        let others_read = path.metadata().is_ok_and(|it| it.permissions().mode() & 0o077 != 0);
        Ok(TrunkPasswords { by_trunk, others_read })
    }

    /// The password of a trunk.
    #[must_use]
    pub fn of(&self, trunk: &str) -> Option<&Redacted<String>> {
        self.by_trunk.get(trunk)
    }
}

fn read(path: &Path) -> Result<BTreeMap<String, Redacted<String>>, PasswordsError> {
    let mut text = String::new();
    match File::open(path) {
        Ok(file) => file
            .take(FILE_MAX + 1)
            .read_to_string(&mut text)
            .map_err(|error| PasswordsError::File(path.to_owned(), error))?,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(PasswordsError::File(path.to_owned(), error)),
    };
    let wrong = |what: String| PasswordsError::Content(path.to_owned(), what);
    // What is cut off would be drawn anew, and stand there twice.
    if text.len() as u64 > FILE_MAX {
        return Err(wrong(format!("> {FILE_MAX} bytes")));
    }
    let table = DeTable::parse(&text).map_err(|error| wrong(error.to_string()))?;
    let mut by_id = BTreeMap::new();
    for (id, value) in table.get_ref() {
        let id = id.get_ref().to_string();
        match value.get_ref() {
            // Without a password everybody would be this telephone, or we nobody.
            DeValue::String(password) if !password.is_empty() => {
                by_id.insert(id, Redacted::new(password.to_string()));
            }
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => return Err(wrong(format!("{id} = \"…\"?"))),
        }
    }
    Ok(by_id)
}

/// A password that nobody can guess and everybody can type.
#[must_use]
pub fn drawn_password(entropy: &mut Entropy) -> String {
    let bytes: [u8; LENGTH] = entropy.bytes();
    bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect()
}

fn append(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder =
            std::env::temp_dir().join(format!("amtsleitung-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder of our own");
        folder
    }

    #[test]
    fn what_is_lacking_is_drawn_once_and_is_the_owners_alone() {
        let folder = folder("passwords");
        let first = Passwords::load(&folder, &["k1", "k2"]).expect("drawn");
        assert_eq!(first.drawn, 2);
        let again = Passwords::load(&folder, &["k1", "k2", "k3"]).expect("read");
        assert_eq!(again.drawn, 1);
        assert_eq!(first.of("k1"), again.of("k1"));
        assert_ne!(first.of("k1"), first.of("k2"));
        assert_eq!(first.of("k1").map(|it| it.expose().len()), Some(LENGTH));
        let mode = std::fs::metadata(folder.join(FILE)).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::remove_dir_all(&folder).expect("our own");
    }

    #[test]
    fn passwords_of_trunks_are_read_and_who_else_reads_them_is_known() {
        let folder = folder("trunk-passwords");
        let none = TrunkPasswords::load(&folder).expect("there need be none");
        assert!(none.of("telekom").is_none() && !none.others_read);
        let path = folder.join(TRUNKS_FILE);
        std::fs::write(&path, "\"telekom\" = \"geheim\"\n").expect("our own");
        for (mode, others_read) in [(0o600, false), (0o640, true)] {
            let mode = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(&path, mode).expect("our own");
            let read = TrunkPasswords::load(&folder).expect("it can be read");
            assert_eq!(read.of("telekom").map(|it| &it.expose()[..]), Some("geheim"));
            assert_eq!(read.others_read, others_read);
        }
        std::fs::write(&path, "telekom = \"\"\n").expect("our own");
        assert!(TrunkPasswords::load(&folder).is_err());
        std::fs::remove_dir_all(&folder).expect("our own");
    }

    #[test]
    fn a_broken_file_is_said_and_left_as_it_is() {
        let folder = folder("broken-passwords");
        let endless = "#\n".repeat(600_000);
        let twice = "k1 = \"a\"\nk1 = \"b\"\n";
        for broken in ["k1 = 5\n", "k1 \"x\"\n", twice, "k1 = \"\"\n", &endless] {
            std::fs::write(folder.join(FILE), broken).expect("our own");
            assert!(Passwords::load(&folder, &["k2"]).is_err(), "{broken:.20}");
            let left = std::fs::read_to_string(folder.join(FILE)).expect("there");
            assert_eq!(left, broken);
        }
        std::fs::remove_dir_all(&folder).expect("our own");
    }
}
