// SPDX-License-Identifier: EUPL-1.2
//! Writes a message of XZuFi 2.2 that [`super::read`] reads back as the same objects.

use super::object::{Act, class};
use crate::Element;
use crate::element::{escaped, line, spaces};
use std::io::{self, Write};

/// What names the message; the receiver looks at `xzufiVersion`.
const ROOT: &str = "xzufi:transfer.leistungsverzeichnis";

/// A message that is being written.
pub struct Writer<W: Write> {
    to: W,
}

impl<W: Write> Writer<W> {
    /// Begins a message. `id` is its UUID, `at` when it was made, as XML writes it, `sender` who sends it.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn new(mut to: W, id: &str, at: &str, sender: &str) -> io::Result<Writer<W>> {
        let version = env!("CARGO_PKG_VERSION");
        let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        text.push_str(&format!(
            "<{ROOT}{} produktbezeichnung=\"Amtsleitung\" produkthersteller=\"Amtsleitung\" produktversion=\"{version}\" xzufiVersion=\"2.2\">",
            spaces()
        ));
        let head = Element::new("nachrichtenkopf")
            .child(Element::new("nachrichtUUID").text(id))
            .child(Element::new("erstelltDatumZeit").text(at))
            .child(Element::new("sender").child(Element::new("name").text(sender)));
        line(&mut text, 1);
        head.write(&mut text, Some(1), false);
        to.write_all(text.as_bytes())?;
        Ok(Writer { to })
    }

    /// Writes one act.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn act(&mut self, act: &Act) -> io::Result<()> {
        let mut text = String::new();
        line(&mut text, 1);
        match act {
            Act::Write(object) => {
                text.push_str("<xzufi:schreibe>");
                line(&mut text, 2);
                object.element.write(&mut text, Some(2), false);
                line(&mut text, 1);
                text.push_str("</xzufi:schreibe>");
            }
            Act::Delete(kind, ident) => {
                let (class, id) = (escaped(&class(kind), true), escaped(&ident.id, false));
                let agency = match ident.agency.as_str() {
                    "" => String::new(),
                    agency => format!(" schemeAgencyID=\"{}\"", escaped(agency, true)),
                };
                text.push_str(&format!(
                    "<xzufi:loesche klasse=\"{class}\"><xzufi:id{agency}>{id}</xzufi:id></xzufi:loesche>"
                ));
            }
        }
        self.to.write_all(text.as_bytes())
    }

    /// Ends the message.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn end(mut self) -> io::Result<W> {
        self.to.write_all(format!("\n</{ROOT}>\n").as_bytes())?;
        self.to.flush()?;
        Ok(self.to)
    }
}
