//! Who asks for a step to be canceled, as its performer is told (Requesting AE, PS3.4 table CC.2.4-1).

use crate::{dicomweb::request::Asker, error::Error};
use imaging_domain::{AeTitle, Principal};

/// The application entity title under which somebody asks for a step to be canceled: `requester`, or what its principal is called.
pub(super) fn requester(asker: &Asker) -> Result<AeTitle, Error> {
    let named = ::dicomweb::named_parameter(&asker.query, "requester")?;
    let own = match &asker.who {
        Principal::Machine(name) | Principal::SiteMachine { name, .. } | Principal::User { name, .. } => name.clone(),
        who => who.to_string(),
    };
    let title: String = own.chars().filter(|c| c.is_ascii_graphic() && *c != '\\').take(16).collect();
    let title = named.unwrap_or(if title.is_empty() { "UNKNOWN".to_owned() } else { title });
    Ok(AeTitle::parse(&title)?)
}
