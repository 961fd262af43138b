// SPDX-License-Identifier: EUPL-1.2
//! What a busy lamp shows of a telephone, as `application/dialog-info+xml` (RFC 4235).
//!
//! The rule to keep: it says that somebody rings or talks, and never who: not the other party's number, not its
//! name, nor how many calls there are.

use alloc::format;
use alloc::vec::Vec;

/// What our documents are.
pub(super) const MEDIA_TYPE: &[u8] = b"application/dialog-info+xml";

/// What one telephone is doing; of several things the greatest is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lamp {
    /// Nothing.
    #[default]
    Idle,
    /// It calls somebody who has not answered.
    Calling,
    /// It rings.
    Ringing,
    /// Somebody talks at it.
    Talking,
}

impl Lamp {
    /// The state of the one dialog that stands for all of the telephone's, and who began it, where that says
    /// something (RFC 4235, 3.7.1 and 4.1.2).
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Lamp::Idle => ("terminated", ""),
            Lamp::Ringing => ("early", " direction=\"recipient\""),
            Lamp::Calling => ("early", " direction=\"initiator\""),
            Lamp::Talking => ("confirmed", ""),
        }
    }
}

/// The whole state of a telephone: `entity` is its address-of-record, `name` its name in that.
///
/// Of its dialogs there is one, which is `terminated` when there is none: so a telephone whose lamp was lit is sure
/// to put it out (RFC 4235, 3.7: a notifier may tell less than it knows).
pub(super) fn document(version: u32, entity: &[u8], name: &[u8], lamp: Lamp) -> Vec<u8> {
    let (state, direction) = lamp.words();
    let mut xml = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n\
        <dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\""
        .to_vec();
    xml.extend_from_slice(format!("{version}\" state=\"full\" entity=\"").as_bytes());
    push_escaped(&mut xml, entity);
    xml.extend_from_slice(b"\">\r\n<dialog id=\"");
    push_escaped(&mut xml, name);
    xml.extend_from_slice(format!("\"{direction}>\r\n<state>{state}</state>\r\n").as_bytes());
    xml.extend_from_slice(b"</dialog>\r\n</dialog-info>\r\n");
    xml
}

/// What XML takes for its own is escaped (XML 1.0, 2.4); what it cannot hold is left out.
fn push_escaped(xml: &mut Vec<u8>, text: &[u8]) {
    for &byte in text {
        match byte {
            b'<' => xml.extend_from_slice(b"&lt;"),
            b'>' => xml.extend_from_slice(b"&gt;"),
            b'&' => xml.extend_from_slice(b"&amp;"),
            b'"' => xml.extend_from_slice(b"&quot;"),
            b' '..=b'~' => xml.push(byte),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::String;

    fn shown(lamp: Lamp) -> String {
        String::from_utf8(document(7, b"sip:k1@centre.example", b"k1", lamp)).expect("text")
    }

    #[test]
    fn each_state_is_one_dialog() {
        assert_eq!(
            shown(Lamp::Ringing),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n\
             <dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"7\" state=\"full\" \
             entity=\"sip:k1@centre.example\">\r\n\
             <dialog id=\"k1\" direction=\"recipient\">\r\n<state>early</state>\r\n</dialog>\r\n\
             </dialog-info>\r\n"
        );
        assert!(shown(Lamp::Idle).contains("<dialog id=\"k1\">\r\n<state>terminated</state>"));
        assert!(shown(Lamp::Calling).contains("direction=\"initiator\">\r\n<state>early</state>"));
        assert!(shown(Lamp::Talking).contains("<state>confirmed</state>"));
    }

    #[test]
    fn nothing_breaks_out_of_the_document() {
        let xml = document(0, b"sip:a\"><b>&\x00\xff@c", b"<", Lamp::Idle);
        let xml = String::from_utf8(xml).expect("text");
        assert!(xml.contains("entity=\"sip:a&quot;&gt;&lt;b&gt;&amp;@c\""), "{xml}");
        assert!(xml.contains("id=\"&lt;\""), "{xml}");
    }
}
