// SPDX-License-Identifier: EUPL-1.2
//! A real browser at a desk: Chromium, told what to do line by line by a small program in Node
//! (`tests/e2e/browser/drive.mjs`), with a file as its microphone.

use crate::clock::{SOON, wait_for};
use crate::folder::Folder;
use crate::process::Process;
use crate::tone;
use serde_json::{Value, json};
use std::cell::Cell;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command};
use std::time::Duration;

/// How long the browser may take for what it is told: its own patience, and some time to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// How far a tone may be from where it was, for the windows of the spectrum: in Hz.
const NEAR: f64 = 12.0;

/// A browser with one page.
#[derive(Debug)]
pub struct Browser {
    process: Process,
    keys: ChildStdin,
    told: Cell<u64>,
    _folder: Folder,
}

impl Browser {
    /// Starts one whose microphone hears a tone.
    ///
    /// # Panics
    /// If it cannot be started.
    #[must_use]
    pub fn start(hertz: u32) -> Browser {
        let folder = Folder::new();
        folder.write("microphone.wav", tone::wav(hertz, 10_000));
        let ours = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut command = Command::new("node");
        command.arg(ours.join("browser/drive.mjs"));
        command.arg(modules()).arg(folder.join("microphone.wav"));
        let (process, keys) = Process::start_with_keys(folder.path(), "browser", &mut command);
        Browser { process, keys, told: Cell::new(0), _folder: folder }
    }

    /// Tells it something and waits for the answer.
    ///
    /// # Panics
    /// If it cannot be done; with what the page said.
    pub fn tell(&self, mut what: Value) -> Value {
        let of = self.told.get() + 1;
        self.told.set(of);
        what["of"] = json!(of);
        let mut keys = &self.keys;
        writeln!(keys, "{what}").expect("the browser reads");
        let answer = wait_for(&format!("the browser's answer to {what}"), PATIENCE, || {
            let said = self.process.stdout();
            let answers = said.lines().filter_map(|it| serde_json::from_str::<Value>(it).ok());
            answers.into_iter().find(|it| it["of"] == json!(of))
        });
        if let Some(error) = answer["error"].as_str() {
            panic!("{what}: {error}\n{}", self.process.stderr());
        }
        answer["value"].clone()
    }

    /// Signs in at a server's pages.
    pub fn sign_in(&self, url: &str, name: &str, password: &str) {
        self.tell(json!({"do": "open", "url": url}));
        self.tell(json!({"do": "type", "field": "^Name", "text": name}));
        self.tell(json!({"do": "type", "field": "^(Kennwort|Passwort)", "text": password}));
        self.press("Enter");
        self.see("Guten Tag|Arbeitsplatz");
    }

    /// Presses a button by the beginning of its name.
    pub fn click(&self, button: &str) {
        self.tell(json!({"do": "click", "button": button}));
    }

    /// Presses keys.
    pub fn press(&self, keys: &str) {
        self.tell(json!({"do": "press", "keys": keys}));
    }

    /// Writes where the cursor is.
    pub fn write(&self, text: &str) {
        self.tell(json!({"do": "write", "text": text}));
    }

    /// Waits for a text.
    pub fn see(&self, text: &str) {
        self.tell(json!({"do": "see", "text": text}));
    }

    /// Waits until the loudest tone that comes from the server is this one.
    ///
    /// # Panics
    /// If it does not come.
    pub fn hears(&self, hertz: f64) {
        let mut last = 0.0;
        let found = crate::clock::poll(SOON, || {
            last = self.tell(json!({"do": "hears"})).as_f64().unwrap_or_default();
            ((last - hertz).abs() < NEAR).then_some(())
        });
        assert!(found.is_some(), "the browser hears {last} Hz and not {hertz}");
    }

    /// What a page of the server says, asked by the page.
    #[must_use]
    pub fn fetch(&self, path: &str) -> Value {
        let text = self.tell(json!({"do": "fetch", "path": path}));
        serde_json::from_str(text.as_str().unwrap_or_default()).expect("JSON")
    }
}

/// Where the packages of the pages are.
#[must_use]
pub fn modules() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/node_modules")
}

/// Says what is missing for a browser; none if everything is there.
#[must_use]
pub fn missing() -> Option<String> {
    if ["playwright-core", "oidc-provider"].iter().any(|it| !modules().join(it).is_dir()) {
        return Some(
            "The tests in a browser need the packages of the pages: cargo xtask ui".to_owned(),
        );
    }
    let lacks = ["node", "chromium"].into_iter().find(|it| crate::programs::find(it).is_none())?;
    Some(format!(
        "The tests in a browser need {lacks}. Install: apt-get install nodejs npm chromium"
    ))
}
