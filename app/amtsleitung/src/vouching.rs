// SPDX-License-Identifier: EUPL-1.2
//! Who vouches for people at the pages, as the county's file and the files beside it say.
//!
//! The rule to keep: the secret is in a file of its own; it stands neither in the configuration, which the log keeps, nor
//! in any line.

use crate::Lang;
use crate::config::county::{OpenId, OpenIdGroup};
use crate::output;
use crate::service::Log;
use crate::service::log::Level;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use stdx::Redacted;
use telephony::tls::Authority;
use web::openid::{Group, Settings, Voucher, Weight};

/// Bytes of the secret's file: providers draw 32 to 64 letters.
const SECRET_MAX: u64 = 4 << 10;

/// Who vouches, with the secret and the authority that stand in files below the data folder.
///
/// # Errors
/// With a sentence for people about the file that cannot be used.
pub fn voucher(openid: &OpenId, data: &Path, log: &Log, lang: Lang) -> Result<Voucher, String> {
    let secret = openid.client_secret.as_ref().map(|file| secret(&data.join(file), lang));
    let authority = openid.authority.as_ref().map(|file| data.join(file));
    let authority = Authority::load(authority.as_deref()).map_err(|defect| {
        let said = lang.pick(defect.german(), defect.english());
        format!("[web.openid] {said}")
    })?;
    let log = log.clone();
    let tell = move |weight: Weight, line: &str| {
        let level = match weight {
            Weight::Warning => Level::Warning,
            Weight::Notice => Level::Notice,
        };
        log.say(level, line);
    };
    Ok(Voucher {
        settings: settings(openid, secret.transpose()?),
        authority,
        tell: Box::new(tell),
        lang,
    })
}

fn settings(openid: &OpenId, secret: Option<Redacted<String>>) -> Settings {
    let group = |it: &OpenIdGroup| Group {
        group: it.group.clone(),
        roles: it.roles.clone(),
        clients: it.clients.clone(),
    };
    Settings {
        name: openid.name.clone(),
        issuer: openid.issuer.clone(),
        client_id: openid.client_id.clone(),
        secret,
        scopes: openid.scopes.clone(),
        groups_claim: openid.groups_claim.clone(),
        agent_claim: openid.agent_claim.clone(),
        groups: openid.groups.iter().map(group).collect(),
        only_administrators: openid.only_administrators,
    }
}

/// One line of text.
fn secret(path: &Path, lang: Lang) -> Result<Redacted<String>, String> {
    let said = |why: String| format!("[web.openid] client_secret: {}: {why}", path.display());
    let mut text = String::new();
    let read =
        File::open(path).and_then(|file| file.take(SECRET_MAX + 1).read_to_string(&mut text));
    let length = read.map_err(|error| said(output::why(lang, &error)))?;
    let secret = text.trim();
    let is_fit = length as u64 <= SECRET_MAX && !secret.is_empty() && !secret.contains('\n');
    if !is_fit {
        let why = lang.pick(
            "Erwartet: eine Zeile mit dem Geheimnis des Clients und sonst nichts.",
            "Expected: one line with the secret of the client and nothing else.",
        );
        return Err(said(why.to_owned()));
    }
    Ok(Redacted::new(secret.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_one_line() {
        let folder =
            std::env::temp_dir().join(format!("amtsleitung-secret-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("secret");
        let read = |text: &str| {
            std::fs::write(&path, text).expect("a file");
            secret(&path, Lang::De)
        };
        assert_eq!(read(" geheim 1 \r\n").expect("a secret").expose(), "geheim 1");
        for bad in ["", " \n", "a\nb", &"x".repeat(5_000)] {
            let why = read(bad).expect_err("no secret");
            assert!(why.contains("eine Zeile"), "{why}");
        }
        std::fs::remove_dir_all(&folder).expect("it is ours");
        assert!(secret(&path, Lang::En).expect_err("it is gone").contains("client_secret"));
    }
}
