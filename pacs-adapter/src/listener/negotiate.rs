//! The answer to an association request (PS3.8 7.1), as a function of the request.

use super::config::{CalledAe, Config};
use crate::{
    services::Context,
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
    let called = AeTitle::parse(&request.called_ae_title);
    if config.called_ae == CalledAe::Strict && called.as_ref() != Ok(&config.ae_title) {
        return Err(user(User::CalledAETitleNotRecognized));
    }
    let calling = AeTitle::parse(&request.calling_ae_title).map_err(|_| user(User::CallingAETitleNotRecognized))?;
    if request.presentation_contexts.len() > MAX_CONTEXTS {
        return Err(user(User::NoReasonGiven));
    }
    let (results, contexts) = decide(&request.presentation_contexts, config);
    let answer = AssociationAC {
        protocol_version: 1,
        calling_ae_title: calling.to_string(),
        // Reserved and not tested by the peer (PS3.8 9.3.3); a title of sixteen spaces cannot be written.
        called_ae_title: called.as_ref().unwrap_or(&config.ae_title).to_string(),
        application_context_name: APPLICATION_CONTEXT.to_owned(),
        presentation_contexts: results,
        user_variables: vec![
            UserVariableItem::MaxLength(config.max_pdu()),
            UserVariableItem::ImplementationClassUID(IMPLEMENTATION_CLASS_UID.to_owned()),
            UserVariableItem::ImplementationVersionName(IMPLEMENTATION_VERSION.to_owned()),
        ],
    };
    Ok(Agreed { answer, calling, contexts, peer_max_pdu: peer_max_pdu(request) })
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
) -> (Vec<PresentationContextResult>, HashMap<u8, Context>) {
    use PresentationContextResultReason as Reason;
    let policy = config.policy();
    let mut contexts = HashMap::new();
    let mut results = Vec::with_capacity(proposed.len());
    for context in proposed {
        let decision = policy.decide(&context.abstract_syntax, &context.transfer_syntaxes);
        let (reason, transfer_syntax) = match decision {
            _ if contexts.contains_key(&context.id) => (Reason::NoReason, None),
            Decision::Accept(uid) => (Reason::Acceptance, Some(uid)),
            Decision::AbstractSyntaxNotSupported => (Reason::AbstractSyntaxNotSupported, None),
            Decision::TransferSyntaxesNotSupported => (Reason::TransferSyntaxesNotSupported, None),
        };
        if let Some(uid) = transfer_syntax {
            let abstract_syntax = context.abstract_syntax.trim_matches(['\0', ' ']).to_owned();
            contexts.insert(context.id, Context { abstract_syntax, transfer_syntax: uid.to_owned() });
        }
        // In a refusal the syntax has no meaning (PS3.8 9.3.3.2), but readers such as dicom-ul require it.
        let transfer_syntax = transfer_syntax.unwrap_or(imaging_domain::transfer_syntax::IMPLICIT_LITTLE).to_owned();
        results.push(PresentationContextResult { id: context.id, reason, transfer_syntax });
    }
    (results, contexts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dicom_ul::pdu::{Pdu, read_pdu, write_pdu};
    use proptest::prelude::*;

    const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
    const FIND: &str = "1.2.840.10008.5.1.4.1.2.2.1";
    const IMPLICIT: &str = "1.2.840.10008.1.2";
    const EXPLICIT: &str = "1.2.840.10008.1.2.1";

    fn request(contexts: &[(u8, &str, &[&str])]) -> AssociationRQ {
        let context = |&(id, abstract_syntax, syntaxes): &(u8, &str, &[&str])| PresentationContextProposed {
            id,
            abstract_syntax: abstract_syntax.to_owned(),
            transfer_syntaxes: syntaxes.iter().map(|&uid| uid.to_owned()).collect(),
        };
        AssociationRQ {
            protocol_version: 1,
            calling_ae_title: "MODALITY".to_owned(),
            called_ae_title: "ANY".to_owned(),
            application_context_name: APPLICATION_CONTEXT.to_owned(),
            presentation_contexts: contexts.iter().map(context).collect(),
            user_variables: vec![UserVariableItem::MaxLength(16_384)],
        }
    }

    #[test]
    fn each_context_has_its_own_answer() {
        let request =
            request(&[(1, CT, &[EXPLICIT, IMPLICIT]), (3, FIND, &[IMPLICIT]), (5, CT, &[]), (1, CT, &[IMPLICIT])]);
        let agreed = negotiate(&request, &Config::default()).ok().unwrap();
        let results: Vec<_> = agreed.answer.presentation_contexts.iter().map(|it| (it.id, it.reason.clone())).collect();
        use PresentationContextResultReason as Reason;
        assert_eq!(
            results,
            [
                (1, Reason::Acceptance),
                (3, Reason::AbstractSyntaxNotSupported),
                (5, Reason::TransferSyntaxesNotSupported),
                (1, Reason::NoReason),
            ]
        );
        assert_eq!(agreed.contexts.len(), 1);
        assert_eq!(agreed.contexts[&1].transfer_syntax, EXPLICIT);
        assert_eq!(agreed.peer_max_pdu, 16_384);
    }

    #[test]
    fn requests_we_cannot_serve_are_rejected() {
        let good = || request(&[(1, CT, &[IMPLICIT])]);
        for request in [
            AssociationRQ { protocol_version: 2, ..good() },
            AssociationRQ { application_context_name: "1.2.3".to_owned(), ..good() },
            AssociationRQ { calling_ae_title: "A\\B".to_owned(), ..good() },
            AssociationRQ { presentation_contexts: vec![good().presentation_contexts[0].clone(); 129], ..good() },
        ] {
            let rejection = negotiate(&request, &Config::default()).err().unwrap();
            assert_eq!(rejection.result, AssociationRJResult::Permanent);
        }
        assert_eq!(busy().result, AssociationRJResult::Transient);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5000))]
        #[test]
        fn changed_requests_are_answered_in_writing_or_refused(
            changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
            length in any::<prop::sample::Index>(),
            is_cut in any::<bool>(),
        ) {
            let mut bytes = Vec::new();
            let whole = request(&[(1, CT, &[EXPLICIT, IMPLICIT]), (3, FIND, &[IMPLICIT])]);
            write_pdu(&mut bytes, &Pdu::AssociationRQ(whole)).unwrap();
            if is_cut {
                bytes.truncate(6 + length.index(bytes.len() - 6));
            }
            for (at, to) in changes {
                let at = at.index(bytes.len());
                bytes[at] = to;
            }
            let body = (bytes.len() - 6) as u32;
            bytes[0] = 1;
            bytes[2..6].copy_from_slice(&body.to_be_bytes());
            let read = read_pdu(bytes::Bytes::from(bytes), 1 << 18, false);
            if let Ok(Some(Pdu::AssociationRQ(request))) = read {
                let answer = negotiate(&request, &Config::default())
                    .map_or_else(Pdu::AssociationRJ, |agreed| Pdu::AssociationAC(agreed.answer));
                prop_assert!(write_pdu(&mut Vec::new(), &answer).is_ok());
            }
        }
    }
}
