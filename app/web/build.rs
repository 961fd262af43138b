// SPDX-License-Identifier: EUPL-1.2
//! The built pages are part of this crate: it is built anew when they are.

fn main() {
    println!("cargo::rerun-if-changed=../../ui/dist");
}
