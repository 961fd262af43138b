// SPDX-License-Identifier: EUPL-1.2
//! The certificates that a county names, as they lie on the disk.

use crate::Lang;
use crate::config::County;
use crate::config::county::Trunk;
use std::path::Path;
use telephony::tls::{Authority, Certificates, EXPIRES_SOON, FileDefect, Identity, Reach};

/// Which of a county's files a defect is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose<'c> {
    /// The centre's own certificate.
    Centre,
    /// The authority of this trunk.
    Trunk(&'c str),
}

/// Reads what the county names; file names are taken below the data folder, if there is one.
///
/// # Errors
/// With each file that cannot be used.
pub fn load<'c>(
    county: &'c County,
    data: &Path,
) -> Result<Certificates, Vec<(Whose<'c>, FileDefect)>> {
    let mut defects = Vec::new();
    let files = county.telephony.as_ref().and_then(|it| it.certificate.as_ref());
    let identity = files.map(|it| Identity::load(&data.join(&it.certificate), &data.join(&it.key)));
    let identity = noted(identity, Whose::Centre, &mut defects);
    let reach = |trunk: &'c Trunk| {
        let of_trunk = trunk.proof.as_ref().and_then(|proof| {
            let file = proof.authority.as_ref().map(|file| data.join(file));
            let authority = Authority::load(file.as_deref());
            authority.map(|it| it.reach(&proof.name)).transpose()
        });
        noted(of_trunk, Whose::Trunk(&trunk.id), &mut defects)
    };
    let reaches: Vec<Option<Reach>> = county.trunks.iter().map(reach).collect();
    if defects.is_empty() { Ok(Certificates { identity, reaches }) } else { Err(defects) }
}

fn noted<'c, T>(
    read: Option<Result<T, FileDefect>>,
    whose: Whose<'c>,
    defects: &mut Vec<(Whose<'c>, FileDefect)>,
) -> Option<T> {
    match read? {
        Ok(value) => Some(value),
        Err(defect) => {
            defects.push((whose, defect));
            None
        }
    }
}

/// What stands in the way of a start, in sentences.
#[must_use]
pub fn said(defects: &[(Whose<'_>, FileDefect)], lang: Lang) -> String {
    let said = |(whose, defect): &(Whose<'_>, FileDefect)| match whose {
        Whose::Centre => lang.pick(
            format!("[telephony] {}", defect.german()),
            format!("[telephony] {}", defect.english()),
        ),
        Whose::Trunk(id) => lang.pick(
            format!("[[trunk]] {id}: {}", defect.german()),
            format!("[[trunk]] {id}: {}", defect.english()),
        ),
    };
    defects.iter().map(said).collect::<Vec<_>>().join("\n")
}

/// That the centre's certificate has to be renewed, if it has.
#[must_use]
pub fn expires_soon(certificates: &Certificates, lang: Lang) -> Option<String> {
    let days = EXPIRES_SOON.as_secs() / (24 * 3_600);
    certificates.identity.as_ref().filter(|it| it.expires_soon)?;
    Some(lang.pick(
        format!("Das Zertifikat des Servicecenters läuft in weniger als {days} Tagen ab; die Dateien erneuern und dem Dienst SIGHUP senden."),
        format!("The centre's certificate expires in less than {days} days; renew the files and send SIGHUP to the service."),
    ))
}
