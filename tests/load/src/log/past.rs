// SPDX-License-Identifier: EUPL-1.2
//! What lies on the disk: read again, and counted.

use crate::options::Options;
use amtsleitung::recall::{CannotRecall, Recalled, recall, recall_up_to};
use centre::Centre;
use load::clock::{Clock, SECOND};
use store::{Place, Sequence, Store};

fn open(options: &Options) -> Result<Store, String> {
    let place = Place::of_folder(&options.data).map_err(|error| error.to_string())?;
    let store = Store::open_any(&place).map_err(|error| error.to_string())?;
    store.ok_or_else(|| "--data names no data folder with a log".to_owned())
}

/// Prints how long the log takes to become the centre again.
pub(crate) fn replay(options: &Options) -> Result<(), String> {
    let mut store = open(options)?;
    let clock = Clock::start();
    let forget = &mut |_: &mut Store, it: &mut Recalled| {
        if let Some(views) = &mut it.chronicle.views {
            drop(views.take());
        }
        Ok(())
    };
    let alone = recall_up_to(&mut store, Sequence::MAX, forget).map_err(said)?;
    let alone_seconds = clock.nanos() as f64 / SECOND as f64;
    store.drop_views().map_err(|error| error.to_string())?;
    let clock = Clock::start();
    let again = recall(&mut store).map_err(said)?;
    let seconds = clock.nanos() as f64 / SECOND as f64;
    let entries = again.chronicle.entries as f64;
    let is_same =
        again.centre.as_ref().map(Centre::save) == alone.centre.as_ref().map(Centre::save);
    println!(
        "result entries={entries} seconds={alone_seconds:.2} entries_per_second={:.0} \
         seconds_with_views={seconds:.2} is_same={}",
        entries / alone_seconds,
        u8::from(is_same)
    );
    Ok(())
}

fn said(why: CannotRecall) -> String {
    why.into_error().to_string()
}

/// Prints bytes of a call.
pub(crate) fn size(options: &Options) -> Result<(), String> {
    let mut store = open(options)?;
    let failed = |error: store::Error| error.to_string();
    let size = store.size().map_err(failed)?;
    let contacts = store.digest().map_err(failed)?.contacts;
    let each = |bytes: u64| bytes as f64 / contacts.max(1) as f64;
    println!(
        "result calls={contacts} log_bytes_per_call={:.0} views_bytes_per_call={:.0} \
         indexes_bytes_per_call={:.0}",
        each(size.log),
        each(size.views),
        each(size.indexes)
    );
    Ok(())
}
