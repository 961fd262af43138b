// SPDX-License-Identifier: EUPL-1.2
//! Every bound on a message, with its calculation. At each bound the message is refused as a whole.
//!
//! Lengths hold for the message as it came and as we would write it, so that what was accepted can
//! always be written.

/// The largest message, its body included: what a UDP datagram can carry over IPv6 (65,535 bytes
/// less the header of UDP). A stream gives no more, so that both sides of the server can say the
/// same. At the bound: 513.
pub const MESSAGE_MAX: usize = 65_527;

/// All header fields of one message together. The largest seen in the field are INVITEs of
/// carriers with signed identity and History-Info, 8 to 10 KB; times three, rounded up. At the
/// bound: 400.
pub const HEAD_MAX: usize = 32 * 1024;

/// One line, folds included. A signed identity (RFC 8224) has about 1 KB with its certificate's
/// address, a Record-Route list through many proxies 3 KB. At the bound: 400.
pub const LINE_MAX: usize = 8 * 1024;

/// A Request-URI. Routes in a user part and long parameters of `longreq` (RFC 4475) stay below
/// 1 KB. At the bound: 414.
pub const REQUEST_URI_MAX: usize = 2 * 1024;

/// Header fields in one message. An INVITE has 12 to 25, and every proxy on its way adds a Via and
/// a Record-Route: Max-Forwards begins at 70, so 70 of each may come in good faith. At the bound:
/// 400.
pub const FIELDS_MAX: usize = 256;

/// Values of one list (Via, Route, Record-Route, Contact) over all its lines: as many hops as
/// Max-Forwards allows from 70 on, nearly doubled. At the bound: 400.
pub const VALUES_MAX: usize = 128;

/// Parameters of one value or one URI. A Contact of a mobile network has about 20. Looking for one
/// parameter walks over all, so this also keeps a comparison of two URIs small. At the bound the
/// value is malformed.
pub const PARAMS_MAX: usize = 64;

/// Call-ID, a tag, a branch. They name what we keep while a call is up; 512 covers `longreq` and
/// proxies that store their state in them. At the bound: 400.
pub const IDENTIFIER_MAX: usize = 512;

/// A host name: RFC 1035, 2.3.4.
pub const HOST_MAX: usize = 255;
