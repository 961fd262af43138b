// SPDX-License-Identifier: EUPL-1.2
//! What stands behind the command: options in any order, and what to say when one is wrong.

use super::Command;
use crate::config::near::nearest;
use crate::config::problem::quoted;
use crate::{Lang, output};
use lexopt::Arg;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::process::ExitCode;

/// The exit code of wrong usage.
pub const WRONG_USAGE: u8 = 2;

/// The exit code of a file that cannot be used.
pub const BAD_FILE: u8 = 1;

/// The arguments of a command, compared with what it knows.
#[derive(Debug)]
pub struct Arguments {
    /// The language to speak.
    pub lang: Lang,
    /// The command.
    pub command: &'static Command,
    values: BTreeMap<&'static str, OsString>,
    flags: Vec<&'static str>,
    /// What is no option, in order.
    pub plain: Vec<OsString>,
}

/// Takes `--lang` out, wherever it stands.
///
/// # Errors
/// With the exit code, after saying why, if the language is unknown.
pub fn take_lang(args: Vec<OsString>) -> Result<(Lang, Vec<OsString>), ExitCode> {
    let mut lang = Lang::from_environment();
    let mut rest = Vec::new();
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        let named = match arg.to_str() {
            Some("--") => {
                rest.push(arg);
                rest.extend(args);
                break;
            }
            Some("--lang") => args.next().unwrap_or_default(),
            Some(text) => match text.strip_prefix("--lang=") {
                Some(named) => named.into(),
                None => {
                    rest.push(arg);
                    continue;
                }
            },
            None => {
                rest.push(arg);
                continue;
            }
        };
        let named = named.to_string_lossy();
        let Some(known) = Lang::named(&named) else {
            let what = lang.pick(
                "Diese Sprache gibt es nicht (möglich: de, en)",
                "There is no such language (possible: de, en)",
            );
            complain(lang, what, &named, nearest(&named, ["de", "en"]), None);
            return Err(ExitCode::from(WRONG_USAGE));
        };
        lang = known;
    }
    Ok((lang, rest))
}

/// Says what is wrong with an argument, and where help is.
pub fn complain(
    lang: Lang,
    what: &str,
    argument: &str,
    meant: Option<&str>,
    command: Option<&Command>,
) {
    let argument = quoted(lang, argument);
    let meant = match meant {
        Some(meant) => {
            lang.pick(format!(" Gemeint „{meant}“?"), format!(" Did you mean “{meant}”?"))
        }
        None => String::new(),
    };
    let error = lang.pick("Fehler", "error");
    output::err(&format!("{error}: {what}: {argument}.{meant}\n{}", hint(lang, command)));
}

fn hint(lang: Lang, command: Option<&Command>) -> String {
    let command = command.map_or_else(String::new, |command| format!("{} ", command.name));
    lang.pick(
        format!("Hilfe: amtsleitung {command}--help\n"),
        format!("Help: amtsleitung {command}--help\n"),
    )
}

impl Arguments {
    /// Sorts the arguments of `command` into options and the rest; prints its help if asked to.
    ///
    /// # Errors
    /// With the exit code, after saying why, if an option is unknown or lacks its value; also after
    /// the help.
    pub fn parse(
        lang: Lang,
        command: &'static Command,
        args: Vec<OsString>,
    ) -> Result<Self, ExitCode> {
        let mut found = Arguments {
            lang,
            command,
            values: BTreeMap::new(),
            flags: Vec::new(),
            plain: Vec::new(),
        };
        let mut parser = lexopt::Parser::from_args(args);
        loop {
            // Owned, because the parser is asked again for the option's value.
            let name = match parser.next() {
                Ok(None) => return Ok(found),
                Ok(Some(Arg::Value(value))) => {
                    found.plain.push(value);
                    continue;
                }
                Ok(Some(Arg::Long("help") | Arg::Short('h'))) => {
                    output::out(&found.help());
                    return Err(ExitCode::SUCCESS);
                }
                Ok(Some(Arg::Long(name))) => name.to_owned(),
                Ok(Some(Arg::Short(short))) => return Err(found.unknown(&format!("-{short}"))),
                Err(error) => return Err(found.wrong(&error.to_string())),
            };
            if let Some(known) = command.valued.iter().find(|known| **known == name) {
                let Ok(value) = parser.value() else { return Err(found.without_value(known)) };
                found.values.insert(known, value);
            } else if let Some(known) = command.flags.iter().find(|known| **known == name) {
                found.flags.push(known);
            } else {
                return Err(found.unknown(&format!("--{name}")));
            }
        }
    }

    /// The value of an option.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<String> {
        self.values.get(name).map(|value| value.to_string_lossy().into_owned())
    }

    /// The value of an option that the command cannot do without.
    ///
    /// # Errors
    /// With the exit code, after saying so, if it is missing.
    pub fn required(&self, name: &str) -> Result<String, ExitCode> {
        self.value(name).ok_or_else(|| {
            let what = self.lang.pick("Diese Option fehlt", "This option is missing");
            self.wrong_value(what, &format!("--{name}"), None)
        })
    }

    /// An address of this machine with its port, or what is usual; none for `off`.
    ///
    /// # Errors
    /// With the exit code, after saying so, if it is neither.
    pub fn loopback(&self, name: &str, usual: &str) -> Result<Option<SocketAddr>, ExitCode> {
        let text = self.value(name).unwrap_or_else(|| usual.to_owned());
        if text == "off" {
            return Ok(None);
        }
        match text.parse::<SocketAddr>() {
            Ok(address) if address.ip().is_loopback() => Ok(Some(address)),
            Ok(_) | Err(_) => {
                let what = self.lang.pick(
                    "Hier wird eine Adresse dieses Rechners mit Port erwartet, etwa 127.0.0.1:9115, oder off",
                    "An address of this machine with a port is expected here, such as 127.0.0.1:9115, or off",
                );
                Err(self.wrong_value(what, &format!("--{name} {text}"), None))
            }
        }
    }

    /// Whether an option without a value was given.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        self.flags.contains(&name)
    }

    /// The one argument that is no option.
    ///
    /// # Errors
    /// With the exit code, after saying so, if there is none or more than one.
    pub fn only_plain(&self) -> Result<&OsString, ExitCode> {
        match self.plain.as_slice() {
            [one] => Ok(one),
            [] => Err(self.wrong(self.lang.pick("Es fehlt die Datei", "The file is missing"))),
            [_, second, ..] => {
                let what =
                    self.lang.pick("Das ist ein Argument zu viel", "This is one argument too many");
                Err(self.wrong_value(what, &second.to_string_lossy(), None))
            }
        }
    }

    /// Says what is wrong with a value.
    #[must_use]
    pub fn wrong_value(&self, what: &str, value: &str, meant: Option<&str>) -> ExitCode {
        complain(self.lang, what, value, meant, Some(self.command));
        ExitCode::from(WRONG_USAGE)
    }

    fn wrong(&self, what: &str) -> ExitCode {
        let error = self.lang.pick("Fehler", "error");
        output::err(&format!("{error}: {what}.\n{}", hint(self.lang, Some(self.command))));
        ExitCode::from(WRONG_USAGE)
    }

    fn unknown(&self, option: &str) -> ExitCode {
        let known = self.command.valued.iter().chain(self.command.flags).copied();
        let meant = nearest(option.trim_start_matches('-'), known.chain(["help", "lang"]));
        let what = self.lang.pick("Diese Option gibt es nicht", "There is no such option");
        self.wrong_value(what, option, meant.map(|meant| format!("--{meant}")).as_deref())
    }

    fn without_value(&self, option: &str) -> ExitCode {
        let what = self.lang.pick("Dieser Option fehlt der Wert", "This option lacks its value");
        self.wrong_value(what, &format!("--{option}"), None)
    }

    fn help(&self) -> String {
        let Command { summary_de, summary_en, help_de, help_en, .. } = self.command;
        let usage = usage(self.lang, self.command);
        self.lang.pick(
            format!("{summary_de}\n\nAufruf: amtsleitung {usage}\n\n{help_de}"),
            format!("{summary_en}\n\nUsage: amtsleitung {usage}\n\n{help_en}"),
        )
    }
}

/// How a command is called: what stands in capitals is in the reader's language.
#[must_use]
pub fn usage(lang: Lang, command: &Command) -> String {
    const CAPITALS: [(&str, &str); 13] = [
        ("DATEI", "FILE"),
        ("KENNUNG", "ID"),
        ("ZEITPUNKT", "MOMENT"),
        ("MONAT", "MONTH"),
        ("ADRESSE", "ADDRESS"),
        ("TAG", "DAY"),
        ("ZAHL", "NUMBER"),
        ("ALT NEU", "OLD NEW"),
        ("ORDNER", "FOLDER"),
        ("ANRUF", "CALL"),
        ("WAS", "WHAT"),
        ("GEBIET", "AREA"),
        ("QUELLE", "SOURCE"),
    ];
    let in_english = |usage: String, (de, en): (&str, &str)| usage.replace(de, en);
    lang.pick(
        command.usage.to_owned(),
        CAPITALS.into_iter().fold(command.usage.to_owned(), in_english),
    )
}
