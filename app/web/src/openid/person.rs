// SPDX-License-Identifier: EUPL-1.2
//! Who somebody is here, by what is said of them elsewhere.
//!
//! The rule to keep: roles come from groups alone, taken anew at each sign-in; a group that nobody wrote down gives
//! nothing, and whoever has no role is not let in.

use super::failure::Failure;
use super::token::Claims;
use super::{Group, Settings};
use crate::accounts::{Account, Role, is_name};
use crate::limits::{GROUPS_MAX, SHOWN_MAX};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The account of whom these claims are about.
///
/// # Errors
/// If no group of theirs gives a role, or no client is common to their roles.
pub(super) fn account(settings: &Settings, claims: &Claims) -> Result<Account, Failure> {
    let theirs = groups(claims, &settings.groups_claim);
    let given: Vec<&Group> =
        settings.groups.iter().filter(|it| theirs.contains(&it.group.as_str())).collect();
    let has = |role: &Role| given.iter().any(|it| it.roles.contains(role));
    let roles: Vec<Role> = Role::ALL.into_iter().filter(has).collect();
    if roles.is_empty() {
        return Err(Failure::NoRole);
    }
    let clients = reach(&given, &roles).ok_or(Failure::NoReach)?;
    let name = name(claims);
    Ok(Account {
        shown: shown(claims).unwrap_or_else(|| name.clone()),
        name,
        roles,
        agent: settings.agent_claim.as_ref().and_then(|claim| agent(claims, claim)),
        clients,
    })
}

/// The clients that they may look at: an account has one reach for all of its roles, so it is what each of them reaches,
/// and a second group never opens to one role what another group gives to another. None if they have none in common;
/// none within if it is all.
fn reach(given: &[&Group], roles: &[Role]) -> Option<Option<Vec<String>>> {
    let named = roles.iter().filter_map(|role| named(given, *role));
    let common = named.reduce(|one, two| one.intersection(&two).copied().collect());
    match common {
        Some(common) if common.is_empty() => None,
        Some(common) => Some(Some(common.into_iter().map(str::to_owned).collect())),
        None => Some(None),
    }
}

/// The clients that groups name for a role, all of them together. A group that names none says nothing of it; if none
/// names any, it is all.
fn named<'a>(given: &[&'a Group], role: Role) -> Option<BTreeSet<&'a str>> {
    let of_role = given.iter().filter(|it| it.roles.contains(&role));
    let mut named = of_role.filter_map(|it| it.clients.as_ref()).peekable();
    named.peek()?;
    Some(named.flatten().map(String::as_str).collect())
}

/// A claim by its name, or by the names on the way to it: `realm_access.roles`.
fn claim<'a>(claims: &'a Claims, path: &str) -> Option<&'a Value> {
    if let Some(value) = claims.get(path) {
        return Some(value);
    }
    let (first, rest) = path.split_once('.')?;
    let mut value = claims.get(first)?;
    for name in rest.split('.') {
        value = value.as_object()?.get(name)?;
    }
    Some(value)
}

fn groups<'a>(claims: &'a Claims, path: &str) -> Vec<&'a str> {
    match claim(claims, path) {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(all)) => all.iter().take(GROUPS_MAX).filter_map(Value::as_str).collect(),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => {
            Vec::new()
        }
    }
}

fn agent(claims: &Claims, path: &str) -> Option<String> {
    let text = claim(claims, path)?.as_str()?.trim();
    (!text.is_empty() && text.len() <= SHOWN_MAX).then(|| text.to_owned())
}

/// What they are called where they come from, if that is a name here too; else one that stays the same for the person.
fn name(claims: &Claims) -> String {
    let theirs = claims.get("preferred_username").and_then(Value::as_str);
    if let Some(name) = theirs.filter(|name| is_name(name)) {
        return name.to_owned();
    }
    let subject = claims.get("sub").and_then(Value::as_str).unwrap_or_default();
    let mut name = String::from("openid-");
    for byte in &Sha256::digest(subject.as_bytes())[..8] {
        let _infallible = write!(name, "{byte:02x}");
    }
    name
}

fn shown(claims: &Claims) -> Option<String> {
    let name = claims.get("name")?.as_str()?;
    let visible: String = name.chars().filter(|it| !it.is_control()).take(SHOWN_MAX).collect();
    let name = visible.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn group(group: &str, roles: &[Role], clients: Option<&[&str]>) -> Group {
        let clients = clients.map(|all| all.iter().map(|it| (*it).to_owned()).collect());
        Group { group: group.to_owned(), roles: roles.to_vec(), clients }
    }

    fn settings(groups_claim: &str) -> Settings {
        Settings {
            name: "Landkreis".into(),
            issuer: "https://sso.example".into(),
            client_id: "amtsleitung".into(),
            secret: None,
            scopes: Vec::new(),
            groups_claim: groups_claim.into(),
            agent_claim: Some("desk".into()),
            groups: vec![
                group("/telefon/beratung", &[Role::Agent], None),
                group("/telefon/leitung", &[Role::Supervisor, Role::Agent], None),
                group("/jesteburg", &[Role::Reporter], Some(&["jesteburg"])),
                group("/winsen", &[Role::Reporter], Some(&["winsen", "jesteburg"])),
            ],
            only_administrators: false,
        }
    }

    fn of(claims: Value) -> Result<Account, Failure> {
        let Value::Object(claims) = claims else { panic!("claims are an object") };
        account(&settings("groups"), &claims)
    }

    #[test]
    fn roles_come_from_groups() {
        let anna =
            of(json!({"sub": "1", "preferred_username": "anna", "name": " Anna\u{7} Meyer ",
            "groups": ["/telefon/leitung", "/elsewhere"], "desk": "k1"}));
        let anna = anna.expect("she has a role");
        assert_eq!((anna.name.as_str(), anna.shown.as_str()), ("anna", "Anna Meyer"));
        assert_eq!(anna.roles, [Role::Agent, Role::Supervisor]);
        assert_eq!((anna.agent.as_deref(), anna.clients), (Some("k1"), None));
    }

    #[test]
    fn whoever_has_no_known_group_is_nobody() {
        for groups in [
            json!([]),
            json!(null),
            json!("/TELEFON/beratung"),
            json!(["/telefon", "/telefon/beratung/"]),
            json!({"/telefon/beratung": true}),
            json!([["/telefon/beratung"], 7]),
            json!("/telefon/beratung,/telefon/leitung"),
        ] {
            let nobody = of(json!({"sub": "1", "groups": groups.clone()}));
            assert_eq!(nobody, Err(Failure::NoRole), "{groups}");
        }
        assert_eq!(of(json!({"sub": "1"})), Err(Failure::NoRole));
        // What the person says of themselves gives no role either.
        assert_eq!(of(json!({"sub": "1", "roles": ["administrator"]})), Err(Failure::NoRole));
    }

    #[test]
    fn a_second_group_never_widens_the_reach_of_the_first() {
        let reach =
            |groups: Value| of(json!({"sub": "1", "groups": groups})).expect("a role").clients;
        assert_eq!(reach(json!(["/telefon/beratung"])), None, "all");
        assert_eq!(reach(json!(["/jesteburg"])), Some(vec!["jesteburg".into()]));
        let both = reach(json!(["/telefon/beratung", "/jesteburg"]));
        assert_eq!(both, Some(vec!["jesteburg".into()]));
        let two = reach(json!(["/winsen", "/jesteburg"]));
        assert_eq!(two, Some(vec!["jesteburg".into(), "winsen".into()]));
    }

    #[test]
    fn a_role_reaches_no_client_of_another_role() {
        let both = reach_of(&[
            group("a", &[Role::Supervisor], Some(&["kreis", "winsen"])),
            group("b", &[Role::Reporter], Some(&["winsen", "jesteburg"])),
        ]);
        assert_eq!(both, Some(Some(vec!["winsen".to_owned()])));
        let apart = [
            group("a", &[Role::Supervisor], Some(&["kreis"])),
            group("b", &[Role::Reporter], Some(&["winsen"])),
        ];
        assert_eq!(reach_of(&apart), None, "nobody supervises Winsen by reading its figures");
        let same = [
            group("a", &[Role::Reporter], None),
            group("b", &[Role::Reporter], Some(&["winsen"])),
            group("c", &[Role::Reporter], Some(&["kreis"])),
        ];
        assert_eq!(reach_of(&same), Some(Some(vec!["kreis".to_owned(), "winsen".to_owned()])));
    }

    fn reach_of(groups: &[Group]) -> Option<Option<Vec<String>>> {
        let given: Vec<&Group> = groups.iter().collect();
        let has = |role: &Role| given.iter().any(|it| it.roles.contains(role));
        let roles: Vec<Role> = Role::ALL.into_iter().filter(has).collect();
        reach(&given, &roles)
    }

    #[test]
    fn groups_may_lie_deeper() {
        let Value::Object(claims) = json!({
            "sub": "1", "realm_access": {"roles": ["/telefon/beratung"]},
            "https://kreis.example/groups": "/telefon/beratung",
        }) else {
            panic!("an object")
        };
        for path in ["realm_access.roles", "https://kreis.example/groups"] {
            assert!(account(&settings(path), &claims).is_ok(), "{path}");
        }
        for path in ["realm_access", "realm_access.roles.x", "realm_access..roles", ""] {
            assert!(account(&settings(path), &claims).is_err(), "{path}");
        }
    }

    #[test]
    fn a_name_that_is_none_here_gives_way_to_one_that_stays() {
        let named = |claims: Value| of(claims).expect("a role").name;
        let base = |name: &str, sub: &str| json!({"sub": sub, "preferred_username": name, "groups": "/jesteburg"});
        assert_eq!(named(base("anna.meyer@kreis.example", "1")), "anna.meyer@kreis.example");
        let one = named(base("Anna Meyer", "1"));
        assert!(is_name(&one) && one.starts_with("openid-"));
        assert_eq!(one, named(base("<b>", "1")));
        assert_ne!(one, named(base("<b>", "2")));
    }
}
