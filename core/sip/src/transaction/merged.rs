// SPDX-License-Identifier: EUPL-1.2
//! A request that reached us twice on different ways (RFC 3261, 8.2.2.2): the second gets 482.
//!
//! The rule to keep: only a request without a tag in To can be merged; one in a dialog cannot.

use crate::Method;
use alloc::boxed::Box;

/// What a request keeps on every way that it takes. Made only for one without a To tag that is
/// neither ACK nor CANCEL.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MergeKey {
    call_id: Box<[u8]>,
    from_tag: Box<[u8]>,
    cseq: u32,
    method: Method,
}

impl MergeKey {
    /// The key of a request; none for one that cannot be merged.
    #[must_use]
    pub fn of(
        method: Method,
        call_id: &[u8],
        from_tag: &[u8],
        to_tag: Option<&[u8]>,
        cseq: u32,
    ) -> Option<MergeKey> {
        match (method, to_tag) {
            (Method::Ack | Method::Cancel, _) | (_, Some(_)) => None,
            (_, None) => {
                let (call_id, from_tag) = (call_id.into(), from_tag.into());
                Some(MergeKey { call_id, from_tag, cseq, method })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_opens_something_can_be_merged() {
        let key = |method, to_tag| MergeKey::of(method, b"c", b"f", to_tag, 1);
        assert!(key(Method::Invite, None).is_some());
        assert!(key(Method::Options, None).is_some());
        assert_eq!(key(Method::Invite, Some(b"t")), None);
        assert_eq!(key(Method::Ack, None), None);
        assert_eq!(key(Method::Cancel, None), None);
    }
}
