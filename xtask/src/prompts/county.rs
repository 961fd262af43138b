// SPDX-License-Identifier: EUPL-1.2
//! What the lines and sites of a county's file say.

use toml::de::{DeTable, DeValue};

/// One announcement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Saying {
    /// The line's, plan's or site's id.
    pub(crate) whose: String,
    /// The key: `greeting`, `closed`, `busy`, `callback`; of a site `no-emergency`.
    pub(crate) occasion: String,
    /// The words.
    pub(crate) text: String,
}

/// Every announcement of every line, crisis plan and site; whether the file is right otherwise, the product checks.
pub(crate) fn sayings(file: &str) -> Result<Vec<Saying>, String> {
    let table = DeTable::parse(file).map_err(|error| error.to_string())?;
    let mut sayings = Vec::new();
    for line in each(table.get_ref(), "line") {
        let id = id(line);
        let said = line.get("announcements").and_then(|said| said.get_ref().as_table());
        for at in said.into_iter().flat_map(|said| each(said, "greetings")) {
            let text = at.get("greeting").and_then(|it| words(it.get_ref()));
            let hours = at.get("hours").and_then(|it| it.get_ref().as_str());
            let (Some(text), Some(hours)) = (text, hours) else {
                return Err(format!("{id}: no text in \"greetings\""));
            };
            let occasion = format!("greeting-{hours}");
            sayings.push(Saying { whose: id.to_owned(), occasion, text: text.to_owned() });
        }
        for (key, value) in
            said.into_iter().flatten().filter(|(key, _)| key.get_ref() != "greetings")
        {
            let text = words(value.get_ref()).ok_or_else(|| format!("{id}: no text in {key:?}"))?;
            // As the name of its file has it.
            let occasion = key.get_ref().replace('_', "-");
            sayings.push(Saying { whose: id.to_owned(), occasion, text: text.to_owned() });
        }
    }
    for plan in each(table.get_ref(), "plan") {
        let id = id(plan);
        for occasion in ["announcement", "information"] {
            let Some(said) = plan.get(occasion) else { continue };
            let text = words(said.get_ref()).ok_or_else(|| format!("{id}: no text"))?.to_owned();
            sayings.push(Saying { whose: id.to_owned(), occasion: occasion.to_owned(), text });
        }
    }
    for site in each(table.get_ref(), "site") {
        let Some(said) = site.get("no_emergency_route") else { continue };
        let id = id(site);
        let text = words(said.get_ref()).ok_or_else(|| format!("{id}: no text"))?.to_owned();
        sayings.push(Saying { whose: id.to_owned(), occasion: "no-emergency".to_owned(), text });
    }
    Ok(sayings)
}

/// Every table of an array.
fn each<'t, 'v>(
    table: &'t DeTable<'v>,
    array: &str,
) -> impl Iterator<Item = &'t DeTable<'v>> + use<'t, 'v> {
    let all = table.get(array).and_then(|all| all.get_ref().as_array());
    all.into_iter().flatten().filter_map(|one| one.get_ref().as_table())
}

fn id<'t>(table: &'t DeTable<'_>) -> &'t str {
    table.get("id").and_then(|id| id.get_ref().as_str()).unwrap_or_default()
}

/// The text alone, or that of `{ text, length }`.
fn words<'v>(value: &'v DeValue<'_>) -> Option<&'v str> {
    value.as_str().or_else(|| value.as_table()?.get("text")?.get_ref().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_an_announcement_are_read() {
        let file = "[[line]]\nid = \"a\"\n[line.announcements]\nbusy = \"Voll.\"\n\
                    greeting = { text = \"Tag.\", length = \"1s\" }\n[[line]]\nid = \"b\"\n";
        let of_a = |occasion: &str, text: &str| Saying {
            whose: "a".into(),
            occasion: occasion.into(),
            text: text.into(),
        };
        assert_eq!(sayings(file), Ok(vec![of_a("busy", "Voll."), of_a("greeting", "Tag.")]));
        assert!(sayings("[[line]]\n[line.announcements]\nbusy = 1\n").is_err());
        assert!(sayings("no toml").is_err());
        let sites =
            "[[site]]\nid = \"s\"\nno_emergency_route = \"Im Flur.\"\n[[site]]\nid = \"t\"\n";
        let (whose, occasion) = ("s".to_owned(), "no-emergency".to_owned());
        assert_eq!(
            sayings(sites),
            Ok(vec![Saying { whose, occasion, text: "Im Flur.".to_owned() }])
        );
    }
}
