// SPDX-License-Identifier: EUPL-1.2
//! Who may sign in: a file in the data folder with a hash of each password.
//!
//! The rule to keep: a password is nowhere but in the hands of its owner; the file knows a hash that takes a core a
//! twentieth of a second (Argon2id with the parameters of RFC 9106, second recommendation, as OWASP lowers them).

use crate::limits::{ACCOUNTS_FILE_MAX, ACCOUNTS_MAX, CREDENTIAL_MAX};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use stdx::Redacted;
use toml::de::{DeArray, DeTable, DeValue};

/// The file's name in the data folder.
pub const FILE: &str = "accounts.toml";

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Works at a desk.
    Agent,
    /// Sees the wallboard and steers.
    Supervisor,
    /// Writes the knowledge.
    Editor,
    /// Reads the reports of a client.
    Reporter,
    /// Keeps accounts and configuration.
    Administrator,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 5] =
        [Role::Agent, Role::Supervisor, Role::Editor, Role::Reporter, Role::Administrator];

    /// Their words, in the same order.
    pub const WORDS: [&str; 5] = ["agent", "supervisor", "editor", "reporter", "administrator"];

    /// Its word in files and messages.
    #[must_use]
    pub const fn word(self) -> &'static str {
        Role::WORDS[self as usize]
    }

    /// The role of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// Who somebody is, and what they may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The name to sign in with.
    pub name: String,
    /// How colleagues call them.
    pub shown: String,
    /// What they may do; never empty.
    pub roles: Vec<Role>,
    /// Whose desk they work at, by the agent's id.
    pub agent: Option<String>,
    /// The clients that they may look at, by their ids; none for all.
    pub clients: Option<Vec<String>>,
}

impl Account {
    /// Whether they have this role.
    #[must_use]
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether they may look at this client.
    #[must_use]
    pub fn reaches(&self, client: &str) -> bool {
        self.clients.as_ref().is_none_or(|clients| clients.iter().any(|it| it == client))
    }
}

/// Every account with the hash of its password; one without signs nobody in.
#[derive(Clone, Debug, Default)]
pub struct Accounts {
    by_name: BTreeMap<String, (Account, Option<String>)>,
}

/// Why there are none.
#[derive(Debug)]
pub enum AccountsError {
    /// The file cannot be read or written.
    File(PathBuf, io::Error),
    /// The file cannot be understood; what is wrong, in German and English.
    Content(PathBuf, String, String),
}

impl AccountsError {
    /// For people, in German or English.
    #[must_use]
    pub fn said(&self, german: bool) -> String {
        match self {
            AccountsError::File(path, error) => format!("{}: {error}", path.display()),
            AccountsError::Content(path, de, en) => {
                format!("{}: {}", path.display(), if german { de } else { en })
            }
        }
    }
}

impl Accounts {
    /// Reads the file of this folder; there need be none.
    ///
    /// # Errors
    /// If it cannot be read or understood.
    pub fn load(folder: &Path) -> Result<Accounts, AccountsError> {
        let path = folder.join(FILE);
        let mut text = String::new();
        match File::open(&path) {
            Ok(file) => {
                let read = file.take(ACCOUNTS_FILE_MAX).read_to_string(&mut text);
                read.map_err(|error| AccountsError::File(path.clone(), error))?;
            }
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Accounts::default()),
            Err(error) => return Err(AccountsError::File(path, error)),
        }
        parse(&text).map_err(|Wrong { de, en }| AccountsError::Content(path, de, en))
    }

    /// Writes the file of this folder, the owner's alone, in one step.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn save(&self, folder: &Path) -> Result<(), AccountsError> {
        let path = folder.join(FILE);
        let failed = |error| AccountsError::File(path.clone(), error);
        let beside = folder.join(format!("{FILE}.new"));
        let open =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside);
        let mut file = open.map_err(failed)?;
        file.write_all(self.written().as_bytes()).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        fs::rename(&beside, &path).map_err(failed)
    }

    fn written(&self) -> String {
        let mut text =
            String::from("# Wer sich anmelden darf. Geändert wird mit „amtsleitung account“.\n");
        for (account, hash) in self.by_name.values() {
            let list = |items: &mut dyn Iterator<Item = &str>| {
                let items: Vec<String> = items.map(quoted).collect();
                format!("[{}]", items.join(", "))
            };
            let roles = list(&mut account.roles.iter().map(|role| role.word()));
            let _infallible = write!(
                text,
                "\n[[account]]\nname = {}\nshown = {}\nroles = {roles}\n",
                quoted(&account.name),
                quoted(&account.shown),
            );
            if let Some(agent) = &account.agent {
                let _infallible = writeln!(text, "agent = {}", quoted(agent));
            }
            if let Some(clients) = &account.clients {
                let clients = list(&mut clients.iter().map(String::as_str));
                let _infallible = writeln!(text, "clients = {clients}");
            }
            if let Some(hash) = hash {
                let _infallible = writeln!(text, "password = {}", quoted(hash));
            }
        }
        text
    }

    /// Every account, by name.
    pub fn all(&self) -> impl Iterator<Item = &Account> {
        self.by_name.values().map(|(account, _)| account)
    }

    /// The account of this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Account> {
        self.by_name.get(name).map(|(account, _)| account)
    }

    /// The hash of an account's password.
    #[must_use]
    pub fn proof(&self, name: &str) -> Option<&str> {
        self.by_name.get(name)?.1.as_deref()
    }

    /// Adds an account or replaces the one of its name, with a new password or the old one.
    pub fn put(&mut self, account: Account, hash: Option<String>) {
        let before = self.by_name.remove(&account.name).and_then(|(_, hash)| hash);
        self.by_name.insert(account.name.clone(), (account, hash.or(before)));
    }

    /// Takes an account out; says whether there was one.
    pub fn remove(&mut self, name: &str) -> bool {
        self.by_name.remove(name).is_some()
    }

    /// The account, if the password is its own. It takes as long for a name that nobody has.
    #[must_use]
    pub fn verify(&self, name: &str, password: &Redacted<String>) -> Option<Account> {
        if name.len() > CREDENTIAL_MAX || password.expose().len() > CREDENTIAL_MAX {
            return None;
        }
        let known = self.by_name.get(name);
        let hash = known.and_then(|(_, hash)| hash.as_deref()).unwrap_or(NOBODYS);
        let is_right = is_password(hash, password);
        known.filter(|(_, hash)| is_right && hash.is_some()).map(|(account, _)| account.clone())
    }
}

/// The hash of a password that nobody knows, with the same cost as all others.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$\
                       K1Y5LiPp4VjzLbqmOXZ9m1R0Q7b3f0m8b9kM5v1tq0w";

fn is_password(hash: &str, password: &Redacted<String>) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| hasher().verify_password(password.expose().as_bytes(), &hash).is_ok())
}

/// 19 MiB, two passes.
fn hasher() -> Argon2<'static> {
    let params = Params::new(19_456, 2, 1, None).expect("these are within the bounds of Argon2");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// The hash of a password with 16 random bytes.
///
/// # Panics
/// Never: the parameters are fixed.
#[must_use]
pub fn hash(password: &Redacted<String>, salt: &[u8; 16]) -> String {
    let hash = hasher().hash_password_with_salt(password.expose().as_bytes(), salt);
    hash.expect("fixed parameters, and a salt of 16 bytes").to_string()
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            letter if letter.is_control() => {
                let _infallible = write!(quoted, "\\u{:04X}", u32::from(letter));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// What is wrong with the file.
struct Wrong {
    de: String,
    en: String,
}

impl Wrong {
    fn new(de: impl fmt::Display, en: impl fmt::Display) -> Wrong {
        Wrong { de: de.to_string(), en: en.to_string() }
    }
}

fn parse(text: &str) -> Result<Accounts, Wrong> {
    let root = DeTable::parse(text).map_err(|error| {
        let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
        Wrong::new(
            format!("Zeile {line}: {}", error.message()),
            format!("line {line}: {}", error.message()),
        )
    })?;
    let Some(list) = root.get_ref().get("account") else {
        return Ok(Accounts::default());
    };
    let DeValue::Array(list) = list.get_ref() else {
        return Err(Wrong::new("Erwartet: [[account]]", "expected: [[account]]"));
    };
    if list.len() > ACCOUNTS_MAX {
        let (de, en) =
            ("Konten sind es zu viele; erlaubt sind", "accounts are too many; allowed are");
        return Err(Wrong::new(
            format!("{} {de} {ACCOUNTS_MAX}", list.len()),
            format!("{} {en} {ACCOUNTS_MAX}", list.len()),
        ));
    }
    let mut accounts = Accounts::default();
    for entry in list.iter() {
        let DeValue::Table(fields) = entry.get_ref() else {
            return Err(Wrong::new("Erwartet: [[account]]", "expected: [[account]]"));
        };
        let (account, hash) = account(fields)?;
        let name = account.name.clone();
        if accounts.by_name.insert(name.clone(), (account, hash)).is_some() {
            return Err(Wrong::new(
                format!("Das Konto {name} gibt es zweimal"),
                format!("there are two accounts {name}"),
            ));
        }
    }
    Ok(accounts)
}

fn account(fields: &DeTable<'_>) -> Result<(Account, Option<String>), Wrong> {
    let name = text(fields, "name")?.filter(|name| is_name(name));
    let name = name.ok_or_else(|| {
        Wrong::new(
            "Einem Konto fehlt ein brauchbarer Name (name)",
            "an account lacks a usable name",
        )
    })?;
    let of = |wrong: Wrong| {
        Wrong::new(format!("Konto {name}: {}", wrong.de), format!("account {name}: {}", wrong.en))
    };
    let words = list(fields, "roles").map_err(of)?.unwrap_or_default();
    let unknown = |word: &String| {
        of(Wrong::new(format!("Rolle „{word}“ gibt es nicht"), format!("no role `{word}`")))
    };
    let roles: Result<Vec<Role>, Wrong> =
        words.iter().map(|word| Role::of(word).ok_or_else(|| unknown(word))).collect();
    let roles = roles?;
    if roles.is_empty() {
        return Err(of(Wrong::new("Es fehlt eine Rolle (roles)", "roles are missing")));
    }
    let account = Account {
        shown: text(fields, "shown").map_err(of)?.unwrap_or_else(|| name.clone()),
        roles,
        agent: text(fields, "agent").map_err(of)?,
        clients: list(fields, "clients").map_err(of)?,
        name: name.clone(),
    };
    let hash = text(fields, "password").map_err(of)?;
    if hash.as_ref().is_some_and(|hash| PasswordHash::new(hash).is_err()) {
        return Err(of(Wrong::new(
            "password ist kein Hash; „amtsleitung account password“ setzt eines",
            "password is no hash; `amtsleitung account password` sets one",
        )));
    }
    Ok((account, hash))
}

/// Whether somebody can sign in by this name: 1 to 64 letters, digits, dots, hyphens, underscores and at signs.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let is_fit = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_' | '@');
    (1..=64).contains(&name.chars().count()) && name.chars().all(is_fit)
}

fn text(fields: &DeTable<'_>, key: &str) -> Result<Option<String>, Wrong> {
    match fields.get(key).map(|value| value.get_ref()) {
        None => Ok(None),
        Some(DeValue::String(text)) => Ok(Some(text.to_string())),
        Some(
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_)
            | DeValue::Table(_),
        ) => Err(Wrong::new(format!("{key} ist kein Text"), format!("{key} is no text"))),
    }
}

fn list(fields: &DeTable<'_>, key: &str) -> Result<Option<Vec<String>>, Wrong> {
    let wrong = || {
        Wrong::new(
            format!("{key} ist keine Liste von Texten"),
            format!("{key} is no list of texts"),
        )
    };
    match fields.get(key).map(|value| value.get_ref()) {
        None => Ok(None),
        Some(DeValue::Array(items)) => texts(items).map(Some).ok_or_else(wrong),
        Some(
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::String(_)
            | DeValue::Table(_),
        ) => Err(wrong()),
    }
}

fn texts(items: &DeArray<'_>) -> Option<Vec<String>> {
    let text = |item: &toml::Spanned<DeValue<'_>>| item.get_ref().as_str().map(str::to_owned);
    items.iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Redacted<String> {
        Redacted::new(text.to_owned())
    }

    fn anna() -> Account {
        Account {
            name: "anna".into(),
            shown: "Anna \"B.\"".into(),
            roles: vec![Role::Agent, Role::Supervisor],
            agent: Some("k1".into()),
            clients: Some(vec!["winsen".into()]),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut accounts = Accounts::default();
        accounts.put(anna(), Some(hash(&secret("geheim"), &[7; 16])));
        let read = parse(&accounts.written()).unwrap_or_else(|wrong| panic!("{}", wrong.en));
        assert_eq!(read.all().collect::<Vec<_>>(), [&anna()]);
        assert_eq!(read.verify("anna", &secret("geheim")), Some(anna()));
        assert_eq!(read.verify("anna", &secret("geheim ")), None);
        assert_eq!(read.verify("otto", &secret("geheim")), None);
        assert_eq!(read.verify("anna", &secret(&"x".repeat(10_000))), None);
    }

    #[test]
    fn an_account_without_a_password_lets_nobody_in() {
        let mut accounts = Accounts::default();
        accounts.put(anna(), None);
        assert_eq!(accounts.verify("anna", &secret("")), None);
        assert!(PasswordHash::new(NOBODYS).is_ok(), "it costs what the others cost");
    }

    #[test]
    fn a_change_keeps_the_password() {
        let mut accounts = Accounts::default();
        accounts.put(anna(), Some(hash(&secret("geheim"), &[7; 16])));
        accounts.put(Account { roles: vec![Role::Editor], ..anna() }, None);
        let found = accounts.verify("anna", &secret("geheim")).expect("the same password");
        assert!(found.is(Role::Editor) && !found.is(Role::Agent));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let said = |text: &str| parse(text).map(|_| ()).map_err(|wrong| wrong.en).unwrap_err();
        assert!(said("[[account]]\nname = 1").contains("name is no text"));
        assert!(said("[[account]]\nname = \"a b\"").contains("usable name"));
        assert!(said("[[account]]\nname = \"a\"").contains("roles are missing"));
        assert!(said("[[account]]\nname = \"a\"\nroles = [\"boss\"]").contains("no role `boss`"));
        let twice = "[[account]]\nname = \"a\"\nroles = [\"agent\"]\n".repeat(2);
        assert!(said(&twice).contains("two accounts a"));
        let clear = "[[account]]\nname = \"a\"\nroles = [\"agent\"]\npassword = \"geheim\"\n";
        assert!(said(clear).contains("no hash"));
        assert!(said("[[account]\n").contains("line 1"));
    }
}
