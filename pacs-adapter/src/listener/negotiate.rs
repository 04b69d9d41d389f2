//! The answer to an association request (PS3.8 7.1), as a function of the request.

use super::{
    config::{CalledAe, Config},
    extensions::Extensions,
    roles::Roles,
};
use crate::{
    services::{Called, Context},
    upper_layer::{IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION},
};
use dicom_ul::pdu::{
    AssociationAC, AssociationRJ, AssociationRJResult, AssociationRJServiceProviderASCEReason,
    AssociationRJServiceProviderPresentationReason, AssociationRJServiceUserReason, AssociationRJSource, AssociationRQ,
    PresentationContextProposed, PresentationContextResult, PresentationContextResultReason, UserVariableItem,
};
use dimse::{APPLICATION_CONTEXT, Decision, MAX_CONTEXTS};
use imaging_domain::AeTitle;
use std::collections::HashMap;

/// An association as agreed.
pub(crate) struct Agreed {
    pub(crate) answer: AssociationAC,
    pub(crate) calling: AeTitle,
    pub(crate) called: Called,
    pub(crate) contexts: HashMap<u8, Context>,
    /// The longest PDU the peer takes, in bytes; 0 when it does not say.
    pub(crate) peer_max_pdu: u32,
}

pub(crate) fn negotiate(request: &AssociationRQ, config: &Config) -> Result<Agreed, AssociationRJ> {
    use AssociationRJServiceUserReason as User;
    if request.protocol_version & 1 == 0 {
        let reason = AssociationRJServiceProviderASCEReason::ProtocolVersionNotSupported;
        return Err(permanent(AssociationRJSource::ServiceProviderASCE(reason)));
    }
    let user = |reason| permanent(AssociationRJSource::ServiceUser(reason));
    if request.application_context_name.trim_end_matches(['\0', ' ']) != APPLICATION_CONTEXT {
        return Err(user(User::ApplicationContextNameNotSupported));
    }
    let title = AeTitle::parse(&request.called_ae_title).ok();
    let called = called(title.as_ref(), config).ok_or_else(|| user(User::CalledAETitleNotRecognized))?;
    let calling = AeTitle::parse(&request.calling_ae_title).map_err(|_| user(User::CallingAETitleNotRecognized))?;
    if request.presentation_contexts.len() > MAX_CONTEXTS {
        return Err(user(User::NoReasonGiven));
    }
    let (roles, extensions) = (Roles::of(&request.user_variables), Extensions::of(&request.user_variables));
    let (results, contexts) = decide(&request.presentation_contexts, config, (&roles, &extensions));
    let mut user_variables = vec![
        UserVariableItem::MaxLength(config.max_pdu()),
        UserVariableItem::ImplementationClassUID(IMPLEMENTATION_CLASS_UID.to_owned()),
        UserVariableItem::ImplementationVersionName(IMPLEMENTATION_VERSION.to_owned()),
    ];
    user_variables.extend(roles.answer(&contexts));
    user_variables.extend(extensions.answer(&contexts));
    let answer = AssociationAC {
        protocol_version: 1,
        calling_ae_title: calling.to_string(),
        // Reserved and not tested by the peer (PS3.8 9.3.3); a title of sixteen spaces cannot be written.
        called_ae_title: title.as_ref().unwrap_or(&config.ae_title).to_string(),
        application_context_name: APPLICATION_CONTEXT.to_owned(),
        presentation_contexts: results,
        user_variables,
    };
    Ok(Agreed { answer, calling, called, contexts, peer_max_pdu: peer_max_pdu(request) })
}

/// Whom a title means; `None` when it is nobody here.
fn called(title: Option<&AeTitle>, config: &Config) -> Option<Called> {
    if title.is_some() && title == config.region_ae_title.as_ref() {
        return Some(Called::Region);
    }
    (config.called_ae == CalledAe::Any || title == Some(&config.ae_title)).then_some(Called::Hospital)
}

/// The answer when there is no room: the peer may come back (PS3.8 table 9-21).
pub(crate) fn busy() -> AssociationRJ {
    let reason = AssociationRJServiceProviderPresentationReason::LocalLimitExceeded;
    AssociationRJ {
        result: AssociationRJResult::Transient,
        source: AssociationRJSource::ServiceProviderPresentation(reason),
    }
}

/// The answer to a caller that nobody allowed (PS3.8 table 9-21).
pub(crate) fn unknown_caller() -> AssociationRJ {
    permanent(AssociationRJSource::ServiceUser(AssociationRJServiceUserReason::CallingAETitleNotRecognized))
}

fn permanent(source: AssociationRJSource) -> AssociationRJ {
    AssociationRJ { result: AssociationRJResult::Permanent, source }
}

fn peer_max_pdu(request: &AssociationRQ) -> u32 {
    let max_length = |item: &UserVariableItem| match item {
        UserVariableItem::MaxLength(length) => Some(*length),
        _ => None,
    };
    request.user_variables.iter().find_map(max_length).unwrap_or(0)
}

/// A second context of an id is refused, because its fragments could not be told from those of the first.
fn decide(
    proposed: &[PresentationContextProposed],
    config: &Config,
    (roles, extensions): (&Roles, &Extensions),
) -> (Vec<PresentationContextResult>, HashMap<u8, Context>) {
    use PresentationContextResultReason as Reason;
    let policy = config.policy();
    let mut contexts = HashMap::new();
    let mut results = Vec::with_capacity(proposed.len());
    for context in proposed {
        let abstract_syntax = context.abstract_syntax.trim_matches(['\0', ' ']);
        let takes = roles.takes(abstract_syntax) && policy.stores(abstract_syntax);
        let decision = if takes {
            policy.decide_to_send(abstract_syntax, &context.transfer_syntaxes)
        } else {
            policy.decide(abstract_syntax, &context.transfer_syntaxes)
        };
        let (reason, transfer_syntax) = match decision {
            _ if contexts.contains_key(&context.id) => (Reason::NoReason, None),
            Decision::Accept(uid) => (Reason::Acceptance, Some(uid)),
            Decision::AbstractSyntaxNotSupported => (Reason::AbstractSyntaxNotSupported, None),
            Decision::TransferSyntaxesNotSupported => (Reason::TransferSyntaxesNotSupported, None),
        };
        if let Some(uid) = transfer_syntax {
            let (abstract_syntax, transfer_syntax) = (abstract_syntax.to_owned(), uid.to_owned());
            let extended = extensions.of_class(&abstract_syntax);
            contexts.insert(context.id, Context { abstract_syntax, transfer_syntax, takes, extended });
        }
        // In a refusal the syntax has no meaning (PS3.8 9.3.3.2), but readers such as dicom-ul require it.
        let transfer_syntax = transfer_syntax.unwrap_or(imaging_domain::transfer_syntax::IMPLICIT_LITTLE).to_owned();
        results.push(PresentationContextResult { id: context.id, reason, transfer_syntax });
    }
    (results, contexts)
}

#[cfg(test)]
mod tests;
