// SPDX-License-Identifier: EUPL-1.2
//! Who is responsible for what and where, taken out of the objects that say it.
//!
//! A transfer object says it of one unit, a unit says it of itself; a service and an area make a row each.

use super::object::{Ident, Kind, Object};
use super::problem::Why;
use crate::{Element, moment};
use knowledge::{AreaKey, Role, Validity};

/// One service, one area, one unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// For what.
    pub service: Ident,
    /// Where.
    pub area: AreaKey,
    /// As what.
    pub role: Role,
    /// Who.
    pub unit: Ident,
    /// When.
    pub validity: Validity,
}

/// Everything that an object says about responsibility; of most kinds nothing.
///
/// # Errors
/// If what it says cannot be looked up: no service, or an area that has no key.
pub fn rows(object: &Object) -> Result<Vec<Row>, Why> {
    match object.kind {
        Kind::Responsibility => of_transfer(object),
        Kind::Unit => {
            let said = object.element.all("zustaendigkeit");
            let rows = said.map(|element| of_element(element, &object.ident));
            rows.collect::<Result<Vec<_>, _>>().map(|rows| rows.concat())
        }
        Kind::Service | Kind::Specialisation | Kind::OnlineService | Kind::Other(_) => {
            Ok(Vec::new())
        }
    }
}

/// The scheme of ids of responsibilities that are not a unit's.
const OF_UNITS: &str = "ZustaendigkeitOrganisationseinheit";

fn of_transfer(object: &Object) -> Result<Vec<Row>, Why> {
    let element = &object.element;
    let Some(said) = element.first("zustaendigkeit") else { return Err(Why::NoService) };
    // Online services and forms have responsibilities too; they are no unit that one can call.
    let scheme = said.first("id").and_then(|id| id.attribute("schemeID"));
    if scheme.is_some_and(|scheme| scheme.starts_with("Zustaendigkeit") && scheme != OF_UNITS) {
        return Ok(Vec::new());
    }
    let unit = element.first("uebergeordnetesObjektID").and_then(Ident::of);
    let unit = unit.ok_or_else(|| Why::NoId("uebergeordnetesObjektID".to_owned()))?;
    of_element(said, &unit)
}

fn of_element(said: &Element, unit: &Ident) -> Result<Vec<Row>, Why> {
    let services: Vec<Ident> = said.all("leistungID").filter_map(Ident::of).collect();
    if services.is_empty() {
        return Err(Why::NoService);
    }
    let areas = said.all("gebietID").map(area).collect::<Result<Vec<_>, _>>()?;
    let areas = if areas.is_empty() { vec![AreaKey::GERMANY] } else { areas };
    let (role, validity) = (role(said), validity(said));
    let rows = services.iter().flat_map(|service| {
        let row = |area: &AreaKey| Row {
            service: service.clone(),
            area: *area,
            role,
            unit: unit.clone(),
            validity,
        };
        areas.iter().map(row).collect::<Vec<_>>()
    });
    Ok(rows.collect())
}

fn area(element: &Element) -> Result<AreaKey, Why> {
    let text = element.content();
    AreaKey::parse(text.trim()).map_err(|_| Why::Area(text.trim().to_owned()))
}

/// The role by its name, because the list of codes is not public; else by its code.
fn role(said: &Element) -> Role {
    let name = said.text_at(&["rolle", "name"]).unwrap_or_default().to_lowercase();
    if name.contains("ansprechpunkt") {
        return Role::ContactPoint;
    }
    let code = said.text_at(&["rolle", "code"]).and_then(|code| code.parse().ok());
    match code {
        Some(code) if !name.contains("zuständig") && !name.is_empty() => Role::Other(code),
        Some(_) | None => Role::Responsible,
    }
}

fn validity(said: &Element) -> Validity {
    let at = |end: &str| said.text_at(&["gueltigkeit", end]).and_then(|text| moment(&text));
    Validity { from: at("beginn"), until: at("ende") }
}
