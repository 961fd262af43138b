// SPDX-License-Identifier: EUPL-1.2
//! `knowledge export-csv`: what editors change of many services, as a table. `knowledge reviews`: which services are to
//! be looked at again.

use super::fail;
use crate::commands::arguments::Arguments;
use crate::commands::new_file::NewFile;
use crate::commands::search::at;
use crate::config::problem::visible;
use crate::output;
use crate::shelf::answer::Services;
use crate::shelf::{open_there, tables, unreadable};
use hours::{Zone, parse_date};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Gives the table out.
pub(super) fn export(arguments: &Arguments, file: &str) -> Result<(), ExitCode> {
    let lang = arguments.lang;
    let data = PathBuf::from(arguments.required("data")?);
    let mut catalogue = open_there(&data, lang).map_err(|why| fail(&why))?;
    let (text, count) =
        tables::export(&mut catalogue).map_err(|error| fail(&unreadable(lang, &error)))?;
    let path = Path::new(file);
    NewFile::create(lang, path)?.write(lang, text.as_bytes())?;
    let name = visible(file);
    output::out(
        &lang
            .pick(format!("{name}: {count} Leistungen.\n"), format!("{name}: {count} services.\n")),
    );
    Ok(())
}

/// The services whose day of review has come, the oldest first, and how many have none.
pub(super) fn reviews(arguments: &Arguments) -> Result<(), ExitCode> {
    let (lang, at) = (arguments.lang, at(arguments)?);
    let data = PathBuf::from(arguments.required("data")?);
    let mut catalogue = open_there(&data, lang).map_err(|why| fail(&why))?;
    let cannot = |error| fail(&unreadable(lang, &error));
    let reviews = catalogue.reviews().map_err(cannot)?;
    let services = Services::read(&mut catalogue, lang).map_err(|why| fail(&why))?;
    let today = Zone::berlin().local(at).date();
    let (mut due, mut without) = (Vec::new(), 0_usize);
    for service in &services.all {
        let of = (service.ident.agency.clone(), service.ident.id.clone());
        match reviews.get(&of).and_then(|day| parse_date(day).ok()) {
            Some(day) if day <= today => due.push((day, service)),
            Some(_) => {}
            None => without += 1,
        }
    }
    due.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.ident.cmp(&b.1.ident)));
    let mut text = String::new();
    for (day, service) in &due {
        text.push_str(&format!("{day} | {} | {}\n", service.ident, visible(&service.title)));
    }
    let (count, all) = (due.len(), services.all.len());
    text.push_str(&lang.pick(
        format!("{count} von {all} Leistungen sind zu prüfen; {without} haben kein Prüfdatum\n"),
        format!("{count} of {all} services are to be reviewed; {without} have no review date\n"),
    ));
    output::out(&text);
    Ok(())
}
