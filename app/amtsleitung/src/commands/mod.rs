// SPDX-License-Identifier: EUPL-1.2
//! The commands: each a module with `run`; this one finds which is meant and how it was asked.

pub mod account;
pub mod apply;
pub mod arguments;
pub mod ask;
pub mod check;
pub mod directory;
pub mod erase;
pub mod export;
pub mod files;
pub mod import;
pub mod knowledge;
mod new_file;
mod place;
pub mod plan;
pub mod practice;
pub mod privacy;
mod progress;
pub mod prompts;
pub mod replay;
pub mod report;
pub mod search;
pub mod serve;
pub mod simulate;
pub mod when;
mod when_ways;

use crate::config::near::nearest;
use crate::{Lang, output};
use arguments::{Arguments, WRONG_USAGE};
use std::ffi::OsString;
use std::process::ExitCode;

/// A command as it appears in the help.
#[derive(Debug)]
pub struct Command {
    /// What is typed.
    pub name: &'static str,
    /// How it is called, without the program's name.
    pub usage: &'static str,
    /// What it does, in one German line.
    pub summary_de: &'static str,
    /// What it does, in one English line.
    pub summary_en: &'static str,
    /// What else the help says, in German.
    pub help_de: &'static str,
    /// What else the help says, in English.
    pub help_en: &'static str,
    /// The options that take a value, without `--`.
    pub valued: &'static [&'static str],
    /// The options that take none, without `--`.
    pub flags: &'static [&'static str],
    /// Does it.
    pub run: fn(Arguments) -> ExitCode,
}

/// Every command.
pub const COMMANDS: [&Command; 22] = [
    &check::COMMAND,
    &when::COMMAND,
    &simulate::COMMAND,
    &plan::COMMAND,
    &apply::COMMAND,
    &prompts::COMMAND,
    &directory::COMMAND,
    &account::COMMAND,
    &import::COMMAND,
    &export::COMMAND,
    &search::COMMAND,
    &knowledge::COMMAND,
    &report::COMMAND,
    &replay::COMMAND,
    &practice::COMMAND,
    &serve::COMMAND,
    &ask::STATUS,
    &ask::CALLS,
    &ask::TRACE,
    &ask::STEER,
    &erase::COMMAND,
    &privacy::COMMAND,
];

/// Runs the program with its arguments, the program's name left out.
#[must_use]
pub fn run(args: Vec<OsString>) -> ExitCode {
    let (lang, mut args) = match arguments::take_lang(args) {
        Ok(taken) => taken,
        Err(code) => return code,
    };
    let named = args.iter().position(|arg| COMMANDS.iter().any(|command| arg == command.name));
    let Some(position) = named else { return without_command(lang, &args) };
    let name = args.remove(position);
    match COMMANDS.into_iter().find(|command| name == command.name) {
        Some(command) => match Arguments::parse(lang, command, args) {
            Ok(arguments) => (command.run)(arguments),
            Err(code) => code,
        },
        None => without_command(lang, &args),
    }
}

fn without_command(lang: Lang, args: &[OsString]) -> ExitCode {
    let Some(first) = args.first().map(|arg| arg.to_string_lossy()) else {
        output::out(&help(lang));
        return ExitCode::SUCCESS;
    };
    match first.as_ref() {
        "--help" | "-h" | "help" => {
            output::out(&help(lang));
            ExitCode::SUCCESS
        }
        "--version" | "-V" => {
            output::out(concat!("amtsleitung ", env!("CARGO_PKG_VERSION"), "\n"));
            ExitCode::SUCCESS
        }
        unknown => {
            let option = unknown.strip_prefix("--");
            let known = COMMANDS.iter().map(|command| command.name);
            let meant = match option {
                Some(option) => {
                    nearest(option, ["help", "version", "lang"]).map(|o| format!("--{o}"))
                }
                None => nearest(unknown, known).map(str::to_owned),
            };
            let what = if unknown.starts_with('-') {
                lang.pick(
                    "Diese Option gibt es nicht oder nicht ohne Befehl",
                    "There is no such option without a command",
                )
            } else {
                lang.pick("Diesen Befehl gibt es nicht", "There is no such command")
            };
            arguments::complain(lang, what, unknown, meant.as_deref(), None);
            ExitCode::from(WRONG_USAGE)
        }
    }
}

fn help(lang: Lang) -> String {
    let mut text = String::from(lang.pick(
        "Amtsleitung – das virtuelle Telefon-Servicecenter\n\
            \n\
            Aufruf: amtsleitung BEFEHL …\n\
            \n\
            Befehle:\n",
        "Amtsleitung – the virtual telephone service centre\n\
            \n\
            Usage: amtsleitung COMMAND …\n\
            \n\
            Commands:\n",
    ));
    for command in COMMANDS {
        let summary = lang.pick(command.summary_de, command.summary_en);
        let usage = arguments::usage(lang, command);
        text.push_str(&format!("  {usage}\n      {summary}\n"));
    }
    text.push_str(lang.pick(
        "\n\
            Überall möglich:\n\
            \x20 --lang de|en   Sprache der Meldungen (sonst deutsch, oder wie LC_ALL, LC_MESSAGES, LANG)\n\
            \x20 --help         Hilfe, auch zu einem Befehl\n\
            \x20 --version      Fassung des Programms\n",
        "\n\
            Everywhere:\n\
            \x20 --lang de|en   language of messages (otherwise German, or as LC_ALL, LC_MESSAGES, LANG say)\n\
            \x20 --help         help, also for a command\n\
            \x20 --version      the program's version\n",
    ));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_in_the_help() {
        for lang in [Lang::De, Lang::En] {
            let help = help(lang);
            assert!(COMMANDS.iter().all(|command| help.contains(&arguments::usage(lang, command))));
        }
    }
}
