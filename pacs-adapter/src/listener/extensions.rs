//! What is agreed for the service of a SOP class beyond its contexts (SOP Class Extended Negotiation, PS3.7 D.3.3.5).

use crate::services::Context;
use dicom_ul::pdu::UserVariableItem;
use dimse::{Extended, QueryClass};
use std::collections::{BTreeSet, HashMap};

/// What a requestor asks for, by SOP class.
pub(crate) struct Extensions(HashMap<String, Vec<u8>>);

impl Extensions {
    pub(crate) fn of(items: &[UserVariableItem]) -> Self {
        let extension = |item: &UserVariableItem| match item {
            UserVariableItem::SopClassExtendedNegotiationSubItem(uid, information) => {
                Some((uid.trim_matches(['\0', ' ']).to_owned(), information.clone()))
            }
            _ => None,
        };
        Self(items.iter().filter_map(extension).collect())
    }

    /// How queries of a class match.
    pub(crate) fn of_class(&self, sop_class: &str) -> Extended {
        let asked = self.0.get(sop_class).filter(|_| QueryClass::of(sop_class).is_some());
        asked.map_or(Extended::default(), |information| Extended::asked(information))
    }

    /// The answers, for the accepted classes of query and retrieval. What is not answered is as if it had not been asked.
    pub(crate) fn answer(&self, contexts: &HashMap<u8, Context>) -> Vec<UserVariableItem> {
        let accepted: BTreeSet<&str> = contexts.values().map(|context| context.abstract_syntax.as_str()).collect();
        let item = |uid: &str| {
            let information = QueryClass::of(uid)?.accepted(self.0.get(uid)?);
            Some(UserVariableItem::SopClassExtendedNegotiationSubItem(uid.to_owned(), information))
        };
        accepted.into_iter().filter_map(item).collect()
    }
}
