// SPDX-License-Identifier: EUPL-1.2
//! Any bytes as a message of XZuFi: never a panic, never a hang, and what is read goes out and comes in again
//! as the same.
#![no_main]

use catalogue::xzufi::{Act, Writer, read};
use catalogue::{Service, Unit, safe};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some(acts) = acts(bytes) else { return };
    let mut writer = Writer::new(Vec::new(), "id", "2014-05-02", "sender").expect("memory");
    for act in &acts {
        writer.act(act).expect("memory");
        if let Act::Write(object) = act {
            let service = Service::of(object);
            assert!(!service.title.is_empty() && !Unit::of(object).name.is_empty());
            for text in &service.texts {
                let once = safe(&text.html);
                assert_eq!(safe(&once), once, "what is safe stays as it is");
            }
        }
    }
    let written = writer.end().expect("memory");
    assert_eq!(acts_or_why(&written), Ok(acts), "{}", String::from_utf8_lossy(&written));
});

fn acts(bytes: &[u8]) -> Option<Vec<Act>> {
    acts_or_why(bytes).ok()
}

fn acts_or_why(bytes: &[u8]) -> Result<Vec<Act>, String> {
    let mut acts = Vec::new();
    let read = read(bytes, &mut |act| {
        acts.push(act);
        Ok(())
    });
    match read {
        Ok(_) => Ok(acts),
        Err(problem) => {
            assert!(problem.line > 0 && !problem.why.de().is_empty());
            Err(problem.why.en())
        }
    }
}
