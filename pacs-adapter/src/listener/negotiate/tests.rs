use super::*;
use dicom_ul::pdu::{Pdu, read_pdu, write_pdu};
use proptest::prelude::*;

const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
const FIND: &str = "1.2.840.10008.5.1.4.1.2.2.1";
const WORKLIST: &str = "1.2.840.10008.5.1.4.31";
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
        request(&[(1, CT, &[EXPLICIT, IMPLICIT]), (3, WORKLIST, &[IMPLICIT]), (5, CT, &[]), (1, CT, &[IMPLICIT])]);
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
fn two_titles_are_told_apart() {
    let config = |called_ae| Config { called_ae, region_ae_title: AeTitle::parse("REGION").ok(), ..Config::default() };
    let called = |title: &str, called_ae| {
        let request = AssociationRQ { called_ae_title: title.to_owned(), ..request(&[(1, FIND, &[IMPLICIT])]) };
        negotiate(&request, &config(called_ae)).ok().map(|agreed| agreed.called)
    };
    assert_eq!(called("REGION  ", CalledAe::Strict), Some(Called::Region));
    assert_eq!(called("PACSADAPTER", CalledAe::Strict), Some(Called::Hospital));
    assert_eq!(called("OTHER", CalledAe::Strict), None);
    assert_eq!(called("OTHER", CalledAe::Any), Some(Called::Hospital));
}

#[test]
fn who_takes_instances_says_so() {
    use dicom_ul::pdu::RequestorRoles;
    let role =
        |uid: &str, scu, scp| UserVariableItem::ScuScpRoleSelectionSubItem(uid.to_owned(), RequestorRoles { scu, scp });
    let mut asked =
        request(&[(1, CT, &[IMPLICIT, EXPLICIT]), (3, FIND, &[IMPLICIT]), (5, "1.2.840.10008.1.1", &[IMPLICIT])]);
    asked.user_variables.extend([role(CT, false, true), role(FIND, true, true), role("1.2.3", true, true)]);
    let agreed = negotiate(&asked, &Config::default()).ok().unwrap();
    assert!(agreed.contexts[&1].takes && !agreed.contexts[&3].takes && !agreed.contexts[&5].takes);
    assert_eq!(agreed.contexts[&1].transfer_syntax, EXPLICIT);
    let is_role = |item: &&UserVariableItem| matches!(item, UserVariableItem::ScuScpRoleSelectionSubItem(..));
    let roles: Vec<_> = agreed.answer.user_variables.iter().filter(is_role).collect();
    assert_eq!(roles, [&role(CT, false, true)]);
    let written = write_pdu(&mut Vec::new(), &Pdu::AssociationAC(agreed.answer));
    assert!(written.is_ok());
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
