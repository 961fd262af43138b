// SPDX-License-Identifier: EUPL-1.2
//! `account`: who may sign in at the pages.

use super::Command;
use super::arguments::{Arguments, BAD_FILE};
use super::prompts::{county, fail};
use crate::config::County;
use crate::config::near::nearest;
use crate::data::Data;
use crate::entropy::Entropy;
use crate::service::drawn_password;
use crate::{Lang, output};
use std::io::{Read as _, stdin};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use stdx::Redacted;
use web::accounts::{self, Account, Accounts, Role};
use web::limits::CREDENTIAL_MAX;

/// How it is called.
pub const COMMAND: Command = Command {
    name: "account",
    usage: "account add|password|remove|list [NAME] --data ORDNER",
    summary_de: "wer sich an den Seiten anmelden darf",
    summary_en: "who may sign in at the pages",
    help_de: "  add NAME         legt ein Konto an oder ändert es; ohne --password-stdin wird ein Passwort gezogen und\n                   einmal gezeigt\n  password NAME    gibt einem Konto ein neues Passwort\n  remove NAME      nimmt ein Konto weg\n  list             zeigt alle\n  --data ORDNER    der Datenordner\n  --roles LISTE    Rollen mit Komma: agent, supervisor, editor, reporter, administrator (sonst agent)\n  --agent KENNUNG  an wessen Platz das Konto arbeitet\n  --clients LISTE  welche beteiligten Kommunen es sehen darf, mit Komma (sonst alle)\n  --shown TEXT     wie Kolleginnen und Kollegen es nennen (sonst wie NAME)\n  --password-stdin liest das Passwort von der Standardeingabe\n\nWas geändert wird, gilt mit der nächsten Anmeldung; wer angemeldet war, muss es dann noch einmal tun.\n",
    help_en: "  add NAME         makes an account or changes it; without --password-stdin a password is drawn and\n                   shown once\n  password NAME    gives an account a new password\n  remove NAME      takes an account away\n  list             shows all\n  --data FOLDER    the data folder\n  --roles LIST     roles with commas: agent, supervisor, editor, reporter, administrator (otherwise agent)\n  --agent ID       at whose seat the account works\n  --clients LIST   which clients it may look at, with commas (otherwise all)\n  --shown TEXT     how colleagues call it (otherwise as NAME)\n  --password-stdin reads the password from the standard input\n\nWhat is changed holds with the next sign-in; who was signed in has to do so again then.\n",
    valued: &["data", "roles", "agent", "clients", "shown"],
    flags: &["password-stdin"],
    run,
};

/// Characters of a password that people choose: what guidelines of the BSI ask for where it is the only proof.
const PASSWORD_MIN: usize = 12;

fn run(arguments: Arguments) -> ExitCode {
    match done(&arguments) {
        Ok(text) => {
            output::out(&text);
            ExitCode::SUCCESS
        }
        Err(code) => code,
    }
}

fn done(arguments: &Arguments) -> Result<String, ExitCode> {
    let lang = arguments.lang;
    let folder = PathBuf::from(arguments.required("data")?);
    let plain: Vec<String> =
        arguments.plain.iter().map(|it| it.to_string_lossy().into_owned()).collect();
    let words: Vec<&str> = plain.iter().map(String::as_str).collect();
    let mut accounts = Accounts::load(&folder).map_err(|why| fail(&why.said(lang == Lang::De)))?;
    let said = match words[..] {
        ["list"] => return Ok(listed(&accounts, lang)),
        ["add", name] => add(arguments, &folder, &mut accounts, name)?,
        ["password", name] => {
            let account =
                accounts.named(name).cloned().ok_or_else(|| unknown(arguments, &accounts, name))?;
            let (password, said) = password(arguments)?;
            accounts.put(account, Some(hashed(&password)?));
            said
        }
        ["remove", name] => {
            if !accounts.remove(name) {
                return Err(unknown(arguments, &accounts, name));
            }
            lang.pick(format!("{name} ist weg.\n"), format!("{name} is gone.\n"))
        }
        [] => {
            let what = lang.pick("Was ist zu tun?", "What is to be done?");
            return Err(arguments.wrong_value(what, "account", Some("account list")));
        }
        [first, ..] => {
            let what =
                lang.pick("Das versteht „account“ nicht", "`account` does not understand this");
            let known = ["add", "password", "remove", "list"];
            return Err(arguments.wrong_value(what, &words.join(" "), nearest(first, known)));
        }
    };
    std::fs::create_dir_all(&folder)
        .map_err(|error| fail(&format!("{}: {}", folder.display(), output::why(lang, &error))))?;
    accounts.save(&folder).map_err(|why| fail(&why.said(lang == Lang::De)))?;
    Ok(said)
}

fn unknown(arguments: &Arguments, accounts: &Accounts, name: &str) -> ExitCode {
    let what = arguments.lang.pick("Dieses Konto gibt es nicht", "There is no such account");
    let names: Vec<&str> = accounts.all().map(|it| it.name.as_str()).collect();
    arguments.wrong_value(what, name, nearest(name, names))
}

fn add(
    arguments: &Arguments,
    folder: &Path,
    accounts: &mut Accounts,
    name: &str,
) -> Result<String, ExitCode> {
    let lang = arguments.lang;
    if !accounts::is_name(name) {
        let what = lang.pick(
            "Erwartet: 1 bis 64 Buchstaben, Ziffern, Punkte, Binde- und Unterstriche oder @",
            "Expected: 1 to 64 letters, digits, dots, hyphens, underscores or at signs",
        );
        return Err(arguments.wrong_value(what, name, None));
    }
    let county = known_county(arguments, folder)?;
    let before = accounts.named(name).cloned();
    let roles = match (arguments.value("roles"), &before) {
        (Some(text), _) => roles(arguments, &text)?,
        (None, Some(before)) => before.roles.clone(),
        (None, None) => vec![Role::Agent],
    };
    let agent = arguments.value("agent").or_else(|| before.as_ref()?.agent.clone());
    let clients = arguments.value("clients").map(|text| list(&text));
    let clients = clients.or_else(|| before.as_ref()?.clients.clone());
    if let Some(county) = &county {
        let agents = county.agents.iter().map(|it| it.id.as_str());
        check(arguments, "--agent", agent.iter(), agents)?;
        let known = county.clients.iter().map(|it| it.id.as_str());
        check(arguments, "--clients", clients.iter().flatten(), known)?;
    }
    let shown = arguments.value("shown").or_else(|| Some(before.as_ref()?.shown.clone()));
    let account = Account {
        name: name.to_owned(),
        shown: shown.unwrap_or_else(|| name.to_owned()),
        roles,
        agent,
        clients,
    };
    // Whoever has a password keeps it, unless another one is given.
    let keeps = before.is_some() && !arguments.flag("password-stdin");
    let (hash, said) = match keeps {
        true => {
            (None, lang.pick(format!("{name} ist geändert.\n"), format!("{name} is changed.\n")))
        }
        false => {
            let (password, said) = password(arguments)?;
            (Some(hashed(&password)?), said)
        }
    };
    accounts.put(account, hash);
    Ok(said)
}

/// The county of the folder; none if nothing was agreed there yet.
fn known_county(arguments: &Arguments, folder: &Path) -> Result<Option<County>, ExitCode> {
    match Data::open(folder, arguments.lang) {
        Ok(Some(data)) if data.recalled.chronicle.configured.is_some() => {
            drop(data);
            county(arguments, None, Some(folder)).map(Some)
        }
        Ok(_) | Err(_) => Ok(None),
    }
}

fn check<'a>(
    arguments: &Arguments,
    option: &str,
    given: impl Iterator<Item = &'a String>,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Result<(), ExitCode> {
    for id in given {
        if !known.clone().any(|it| it == id) {
            let what = arguments.lang.pick("Das gibt es nicht", "There is no such thing");
            return Err(arguments.wrong_value(what, &format!("{option} {id}"), nearest(id, known)));
        }
    }
    Ok(())
}

fn roles(arguments: &Arguments, text: &str) -> Result<Vec<Role>, ExitCode> {
    let role = |word: &String| {
        Role::of(word).ok_or_else(|| {
            let what = arguments.lang.pick("Diese Rolle gibt es nicht", "There is no such role");
            let known = Role::ALL.map(Role::word);
            arguments.wrong_value(what, &format!("--roles {word}"), nearest(word, known))
        })
    };
    list(text).iter().map(role).collect()
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

/// The password, and what is said of it.
fn password(arguments: &Arguments) -> Result<(Redacted<String>, String), ExitCode> {
    let lang = arguments.lang;
    if !arguments.flag("password-stdin") {
        let mut entropy = Entropy::open().map_err(|error| fail(&output::why(lang, &error)))?;
        let drawn = drawn_password(&mut entropy);
        let said = lang.pick(
            format!("Passwort: {drawn}\nEs wird nicht noch einmal gezeigt.\n"),
            format!("Password: {drawn}\nIt is not shown again.\n"),
        );
        return Ok((Redacted::new(drawn), said));
    }
    let mut text = String::new();
    let read = stdin().take(CREDENTIAL_MAX as u64 + 2).read_to_string(&mut text);
    read.map_err(|error| fail(&output::why(lang, &error)))?;
    let text = text.trim_end_matches(['\r', '\n']).to_owned();
    if text.chars().count() < PASSWORD_MIN || text.len() > CREDENTIAL_MAX {
        output::err(&lang.pick(
            format!("Ein Passwort hat {PASSWORD_MIN} bis {CREDENTIAL_MAX} Zeichen.\n"),
            format!("A password has {PASSWORD_MIN} to {CREDENTIAL_MAX} characters.\n"),
        ));
        return Err(ExitCode::from(BAD_FILE));
    }
    let said = lang.pick("Das Passwort ist gesetzt.\n", "The password is set.\n");
    Ok((Redacted::new(text), said.to_owned()))
}

fn hashed(password: &Redacted<String>) -> Result<String, ExitCode> {
    let mut entropy = Entropy::open().map_err(|error| fail(&error.to_string()))?;
    Ok(accounts::hash(password, &entropy.bytes()))
}

fn listed(accounts: &Accounts, lang: Lang) -> String {
    let mut text = String::new();
    for it in accounts.all() {
        let roles: Vec<&str> = it.roles.iter().map(|role| role.word()).collect();
        let agent = it.agent.as_ref().map_or(String::new(), |agent| {
            lang.pick(format!("  Platz {agent}"), format!("  seat {agent}"))
        });
        let clients = it.clients.as_ref().map_or(String::new(), |clients| {
            let clients = clients.join(", ");
            lang.pick(format!("  nur {clients}"), format!("  only {clients}"))
        });
        text.push_str(&format!("{:<20}  {}{agent}{clients}\n", it.name, roles.join(", ")));
    }
    if text.is_empty() {
        text.push_str(lang.pick("Es gibt noch keine Konten.\n", "There are no accounts yet.\n"));
    }
    text
}
