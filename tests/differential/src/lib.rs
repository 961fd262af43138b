// SPDX-License-Identifier: EUPL-1.2
//! Holds nothing: the tests compare our SIP parser with one that others wrote.
