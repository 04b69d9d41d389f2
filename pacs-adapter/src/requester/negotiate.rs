//! What is proposed to a peer, and what became of it (PS3.8 7.1, as the requesting side).

use super::error::Error;
use crate::{
    services::Context,
    upper_layer::{IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION},
};
use dicom_ul::pdu::{
    AssociationAC, AssociationRQ, PresentationContextProposed, PresentationContextResultReason, RequestorRoles,
    UserVariableItem,
};
use dimse::{APPLICATION_CONTEXT, MAX_CONTEXTS, MIN_PDU};
use imaging_domain::{AeTitle, transfer_syntax};
use std::collections::BTreeMap;

/// The longest PDU that is sent, and that the peer may send, in bytes.
pub(crate) const MAX_PDU: u32 = 256 * 1024;

/// Who is the user and who the provider of a proposed SOP class (PS3.7 D.3.3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Roles {
    /// We use what the peer provides, which is the case when nothing is said.
    User,
    /// The peer uses what we provide: storage of what C-GET brings.
    Provider,
}

/// One presentation context to be proposed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Proposed {
    /// Abstract syntax UID.
    pub abstract_syntax: String,
    /// Transfer syntax UIDs, the best first.
    pub transfer_syntaxes: Vec<String>,
    /// Who provides it.
    pub roles: Roles,
}

impl Proposed {
    /// A class that the peer provides.
    pub fn new<'a>(abstract_syntax: &str, transfer_syntaxes: impl IntoIterator<Item = &'a str>) -> Self {
        let transfer_syntaxes = transfer_syntaxes.into_iter().map(str::to_owned).collect();
        Self { abstract_syntax: abstract_syntax.to_owned(), transfer_syntaxes, roles: Roles::User }
    }

    /// A class whose messages carry no images: explicit or implicit little endian, as the peer likes.
    pub fn plain(abstract_syntax: &str) -> Self {
        Self::new(abstract_syntax, [transfer_syntax::EXPLICIT_LITTLE, transfer_syntax::IMPLICIT_LITTLE])
    }
}

/// The contexts for instances of these SOP classes and transfer syntaxes: one of its own for each pair, so that the peer
/// says of each whether it takes it; then one for each class in plain little endian, for what must be made over.
pub fn storage_contexts<'a>(stored: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<Proposed> {
    let mut contexts: Vec<Proposed> = Vec::new();
    let mut classes: Vec<&str> = Vec::new();
    for (class, syntax) in stored {
        let context = Proposed::new(class, [syntax]);
        if !contexts.contains(&context) {
            contexts.push(context);
        }
        if !classes.contains(&class) {
            classes.push(class);
        }
    }
    contexts.extend(classes.into_iter().map(Proposed::plain));
    contexts
}

pub(super) fn request(calling: &AeTitle, called: &AeTitle, proposed: &[Proposed]) -> Result<AssociationRQ, Error> {
    if proposed.len() > MAX_CONTEXTS {
        return Err(Error::TooManyContexts);
    }
    let contexts = proposed.iter().zip((1..=u8::MAX).step_by(2)).map(|(context, id)| PresentationContextProposed {
        id,
        abstract_syntax: context.abstract_syntax.clone(),
        transfer_syntaxes: context.transfer_syntaxes.clone(),
    });
    let mut user_variables = vec![
        UserVariableItem::MaxLength(MAX_PDU),
        UserVariableItem::ImplementationClassUID(IMPLEMENTATION_CLASS_UID.to_owned()),
        UserVariableItem::ImplementationVersionName(IMPLEMENTATION_VERSION.to_owned()),
    ];
    let mut named: Vec<&str> = Vec::new();
    for context in proposed.iter().filter(|context| context.roles == Roles::Provider) {
        // one item for each class, however many contexts it has
        if !named.contains(&context.abstract_syntax.as_str()) {
            named.push(&context.abstract_syntax);
            let roles = RequestorRoles { scu: false, scp: true };
            user_variables.push(UserVariableItem::ScuScpRoleSelectionSubItem(context.abstract_syntax.clone(), roles));
        }
    }
    Ok(AssociationRQ {
        protocol_version: 1,
        calling_ae_title: calling.to_string(),
        called_ae_title: called.to_string(),
        application_context_name: APPLICATION_CONTEXT.to_owned(),
        presentation_contexts: contexts.collect(),
        user_variables,
    })
}

/// The contexts that the peer accepted, by id. One that it was not asked for, or in a transfer syntax that was not
/// proposed, is none.
pub(super) fn accepted(proposed: &[Proposed], answer: &AssociationAC) -> BTreeMap<u8, Context> {
    let mut contexts = BTreeMap::new();
    for result in &answer.presentation_contexts {
        let asked = (result.id % 2 == 1).then(|| proposed.get(usize::from(result.id / 2))).flatten();
        let syntax = result.transfer_syntax.trim_matches(['\0', ' ']);
        if let (PresentationContextResultReason::Acceptance, Some(asked)) = (&result.reason, asked)
            && asked.transfer_syntaxes.iter().any(|known| known == syntax)
        {
            let abstract_syntax = asked.abstract_syntax.clone();
            let (takes, extended) = (asked.roles == Roles::User, dimse::Extended::default());
            let context = Context { abstract_syntax, transfer_syntax: syntax.to_owned(), takes, extended };
            contexts.insert(result.id, context);
        }
    }
    contexts
}

/// The longest PDU that may be sent to the peer, in bytes.
pub(super) fn max_pdu(answer: &AssociationAC) -> usize {
    let lengths = answer.user_variables.iter().filter_map(|item| match item {
        UserVariableItem::MaxLength(length) if *length > 0 => Some(*length as usize),
        _ => None,
    });
    lengths.min().unwrap_or(MAX_PDU as usize).clamp(MIN_PDU, MAX_PDU as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dicom_ul::pdu::PresentationContextResult;

    const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
    const JPEG: &str = "1.2.840.10008.1.2.4.50";

    #[test]
    fn each_pair_has_a_context_and_each_class_a_plain_one() {
        let contexts = storage_contexts([(CT, JPEG), (CT, "1.2.840.10008.1.2.1"), (CT, JPEG)]);
        assert_eq!(contexts.len(), 3);
        assert_eq!(contexts[2], Proposed::plain(CT));
    }

    #[test]
    fn what_was_not_proposed_is_not_accepted() {
        let ae = AeTitle::parse("A").unwrap();
        let proposed = [Proposed::new(CT, [JPEG]), Proposed { roles: Roles::Provider, ..Proposed::plain(CT) }];
        let asked = request(&ae, &ae, &proposed).unwrap();
        assert_eq!(asked.presentation_contexts.iter().map(|context| context.id).collect::<Vec<_>>(), [1, 3]);
        let roles = |item: &UserVariableItem| matches!(item, UserVariableItem::ScuScpRoleSelectionSubItem(..));
        assert_eq!(asked.user_variables.iter().filter(|item| roles(item)).count(), 1);
        let result = |id, syntax: &str| PresentationContextResult {
            id,
            reason: PresentationContextResultReason::Acceptance,
            transfer_syntax: syntax.to_owned(),
        };
        let answer = AssociationAC {
            protocol_version: 1,
            calling_ae_title: String::new(),
            called_ae_title: String::new(),
            application_context_name: String::new(),
            presentation_contexts: vec![
                result(1, "1.2.3"),
                result(2, JPEG),
                result(3, "1.2.840.10008.1.2\0"),
                result(5, JPEG),
            ],
            user_variables: vec![UserVariableItem::MaxLength(7)],
        };
        assert_eq!(accepted(&proposed, &answer).into_keys().collect::<Vec<_>>(), [3]);
        assert_eq!(max_pdu(&answer), MIN_PDU);
        let many = vec![Proposed::plain(CT); 129];
        assert!(matches!(request(&ae, &ae, &many), Err(Error::TooManyContexts)));
    }
}
