// SPDX-License-Identifier: EUPL-1.2
//! The packages of the resolved graph, as far as the rules look at them.

use std::path::Path;

use serde_json::Value;

/// Every package that is built or used in tests on this machine's platform.
pub(crate) struct Graph {
    /// Ours first, each group by name.
    pub(crate) packages: Vec<Package>,
}

/// One package.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) licence: Option<String>,
    /// The first folder below the root of the workspace; `None` for a package of somebody else.
    pub(crate) layer: Option<String>,
    /// The path of the library's first file.
    pub(crate) library: Option<String>,
    pub(crate) dependencies: Vec<Dependency>,
}

/// One package's wish for another.
#[derive(Debug)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// Only for tests, examples and benchmarks.
    pub(crate) dev: bool,
    pub(crate) default_features: bool,
    pub(crate) home: Home,
}

/// Where a dependency lives.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Home {
    /// In this layer of the workspace.
    Layer(String),
    /// In a folder outside of the workspace.
    Elsewhere,
    /// In a registry.
    Registry,
}

impl Graph {
    /// Reads what `cargo metadata` prints.
    pub(crate) fn from_metadata(metadata: &Value) -> Result<Graph, String> {
        let root = metadata["workspace_root"].as_str().ok_or("metadata names no root")?;
        let nodes = metadata["resolve"]["nodes"].as_array().ok_or("metadata has no graph")?;
        let used = |package: &&Value| nodes.iter().any(|node| node["id"] == package["id"]);
        let mut packages: Vec<Package> = list(&metadata["packages"])
            .filter(used)
            .map(|package| Package::from_metadata(package, root))
            .collect();
        packages.sort_by(|a, b| {
            (a.layer.is_none(), &a.name, &a.version).cmp(&(b.layer.is_none(), &b.name, &b.version))
        });
        Ok(Graph { packages })
    }
}

impl Package {
    fn from_metadata(package: &Value, root: &str) -> Package {
        let is_library = |target: &&Value| list(&target["kind"]).any(|kind| kind == "lib");
        let manifest = text(&package["manifest_path"]);
        Package {
            name: text(&package["name"]),
            version: text(&package["version"]),
            licence: package["license"].as_str().map(str::to_owned),
            layer: package["source"].is_null().then(|| {
                layer(&manifest, root).unwrap_or_else(|| "outside of the workspace".to_owned())
            }),
            library: list(&package["targets"])
                .find(is_library)
                .map(|target| text(&target["src_path"])),
            dependencies: list(&package["dependencies"])
                .map(|dependency| Dependency::from_metadata(dependency, root))
                .collect(),
        }
    }
}

impl Dependency {
    fn from_metadata(dependency: &Value, root: &str) -> Dependency {
        let home = match dependency["path"].as_str() {
            None => Home::Registry,
            Some(path) => layer(path, root).map_or(Home::Elsewhere, Home::Layer),
        };
        Dependency {
            name: text(&dependency["name"]),
            dev: dependency["kind"] == "dev",
            default_features: dependency["uses_default_features"] != false,
            home,
        }
    }
}

/// The first folder of `path` below `root`.
fn layer(path: &str, root: &str) -> Option<String> {
    let below = Path::new(path).strip_prefix(root).ok()?;
    below.components().next().map(|first| first.as_os_str().to_string_lossy().into_owned())
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
pub(crate) mod planted {
    //! A small workspace for the tests of the rules, in the form that `cargo metadata` prints.

    use serde_json::json;

    use super::*;

    /// A package of ours in `folder`, with dependencies made by the functions below.
    pub(crate) fn ours(folder: &str, dependencies: Vec<Value>) -> Package {
        let name = folder.rsplit('/').next().expect("a folder has a name");
        let package = json!({
            "name": name, "version": "0.1.0", "license": "EUPL-1.2", "source": null,
            "manifest_path": format!("/x/{folder}/Cargo.toml"),
            "targets": [{ "kind": ["lib"], "src_path": format!("/x/{folder}/src/lib.rs") }],
            "dependencies": dependencies,
        });
        Package::from_metadata(&package, "/x")
    }

    /// A package of somebody else.
    pub(crate) fn external(name: &str, licence: Option<&str>) -> Package {
        let package = json!({
            "name": name, "version": "1.0.0", "license": licence, "source": "registry",
            "manifest_path": format!("/registry/{name}/Cargo.toml"),
        });
        Package::from_metadata(&package, "/x")
    }

    /// Uses the package in `folder`.
    pub(crate) fn on(folder: &str) -> Value {
        let name = folder.rsplit('/').next();
        json!({ "name": name, "kind": null, "path": format!("/x/{folder}"), "uses_default_features": false })
    }

    /// Uses the package in `folder` in tests.
    pub(crate) fn on_in_tests(folder: &str) -> Value {
        let mut dependency = on(folder);
        dependency["kind"] = json!("dev");
        dependency
    }

    /// Uses a package of somebody else.
    pub(crate) fn on_external(name: &str, default_features: bool) -> Value {
        json!({ "name": name, "kind": null, "uses_default_features": default_features })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_layer_is_the_first_folder() {
        assert_eq!(layer("/x/core/acd/Cargo.toml", "/x").as_deref(), Some("core"));
        assert_eq!(layer("/x/sim", "/x").as_deref(), Some("sim"));
        assert_eq!(layer("/y/sim", "/x"), None);
        assert_eq!(layer("/xy/sim", "/x"), None);
    }

    #[test]
    fn packages_outside_of_the_graph_are_left_out() {
        let metadata = json!({
            "workspace_root": "/x",
            "packages": [
                { "id": "b", "name": "b", "source": "registry" },
                { "id": "windows", "name": "windows", "source": "registry" },
                { "id": "sim", "name": "sim", "source": null, "manifest_path": "/x/sim/Cargo.toml" },
            ],
            "resolve": { "nodes": [{ "id": "b" }, { "id": "sim" }] },
        });
        let graph = Graph::from_metadata(&metadata).expect("it is complete");
        let names: Vec<&str> = graph.packages.iter().map(|package| package.name.as_str()).collect();
        assert_eq!(names, ["sim", "b"]);
    }
}
