// SPDX-License-Identifier: EUPL-1.2
//! The npm packages of the pages: each has a row and a licence that we allow, and none an address of a registry.

use serde_json::Value;

use super::licences;

/// What `ui/package.json` and its lock file say.
pub(crate) struct Lock {
    /// The packages that the pages take directly.
    pub(crate) direct: Vec<String>,
    locked: Vec<Locked>,
}

struct Locked {
    /// Below `ui/`, such as `node_modules/svelte`.
    path: String,
    licence: Option<String>,
    /// Where npm found it, if the file says so.
    address: Option<String>,
}

impl Lock {
    /// Reads both files.
    pub(crate) fn parse(package: &str, lock: &str) -> Result<Lock, String> {
        let package: Value =
            serde_json::from_str(package).map_err(|error| format!("ui/package.json: {error}"))?;
        let lock: Value =
            serde_json::from_str(lock).map_err(|error| format!("ui/package-lock.json: {error}"))?;
        let direct = ["dependencies", "devDependencies"].into_iter();
        let direct = direct.filter_map(|kind| package[kind].as_object());
        let direct = direct.flat_map(|taken| taken.keys().cloned()).collect();
        let locked =
            lock["packages"].as_object().ok_or("ui/package-lock.json names no packages")?;
        let locked = locked.iter().filter(|(path, _)| !path.is_empty());
        let locked = locked.map(|(path, value)| Locked {
            path: path.clone(),
            licence: value["license"].as_str().map(str::to_owned),
            address: value["resolved"].as_str().map(str::to_owned),
        });
        Ok(Lock { direct, locked: locked.collect() })
    }

    /// Packages without a row, under a licence that we may not ship, or bound to an address.
    pub(crate) fn violations(&self, listed: &[String]) -> Vec<String> {
        let rowless = self.direct.iter().filter(|&name| !listed.contains(name));
        let rowless = rowless
            .map(|name| format!("ui/package.json takes {name}: no row in docs/dependencies.md"));
        rowless.chain(self.locked.iter().filter_map(Locked::violation)).collect()
    }
}

impl Locked {
    fn violation(&self) -> Option<String> {
        if self.address.is_some() {
            return Some(format!("ui/package-lock.json: {} names a registry", self.path));
        }
        match self.licence.as_deref().map(licences::is_allowed) {
            Some(Ok(true)) => None,
            Some(Ok(false) | Err(_)) => Some(format!(
                "ui/package-lock.json: {} has the licence {}, which is not allowed",
                self.path,
                self.licence.as_deref().unwrap_or_default()
            )),
            None => Some(format!("ui/package-lock.json: {} states no licence", self.path)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_needs_a_row_a_licence_and_no_address() {
        let package = r#"{ "devDependencies": { "svelte": "5", "@kern-ux/native": "2" } }"#;
        let lock = r#"{ "packages": {
            "": { "license": "none of anybody's business" },
            "node_modules/svelte": { "license": "MIT" },
            "node_modules/free": { "license": "GPL-3.0-only" },
            "node_modules/silent": {},
            "node_modules/bound": { "license": "MIT", "resolved": "https://registry.example/bound.tgz" }
        } }"#;
        let lock = Lock::parse(package, lock).expect("both are JSON");
        assert_eq!(
            lock.violations(&["svelte".to_owned()]),
            [
                "ui/package.json takes @kern-ux/native: no row in docs/dependencies.md",
                "ui/package-lock.json: node_modules/bound names a registry",
                "ui/package-lock.json: node_modules/free has the licence GPL-3.0-only, which is not allowed",
                "ui/package-lock.json: node_modules/silent states no licence",
            ]
        );
        assert!(Lock::parse("{}", "{}").is_err());
    }
}
