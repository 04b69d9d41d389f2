//! Who is user and who is provider of each service (SCP/SCU Role Selection, PS3.7 D.3.3.4).

use crate::services::Context;
use dicom_ul::pdu::{RequestorRoles, UserVariableItem};
use std::collections::{HashMap, HashSet};

/// The roles that a requestor proposes for itself, by SOP class.
pub(crate) struct Roles(HashMap<String, RequestorRoles>);

impl Roles {
    pub(crate) fn of(items: &[UserVariableItem]) -> Self {
        let role = |item: &UserVariableItem| match item {
            UserVariableItem::ScuScpRoleSelectionSubItem(uid, roles) => {
                let roles = RequestorRoles { scu: roles.scu, scp: roles.scp };
                Some((uid.trim_matches(['\0', ' ']).to_owned(), roles))
            }
            _ => None,
        };
        Self(items.iter().filter_map(role).collect())
    }

    /// Whether the requestor wants to be the provider.
    pub(crate) fn takes(&self, sop_class: &str) -> bool {
        self.0.get(sop_class).is_some_and(|roles| roles.scp)
    }

    /// What is accepted: as proposed, for the classes whose instances we send. Others keep the roles they have without it.
    pub(crate) fn answer(&self, contexts: &HashMap<u8, Context>) -> Vec<UserVariableItem> {
        let accepted: HashSet<&str> =
            contexts.values().filter(|context| context.takes).map(|context| context.abstract_syntax.as_str()).collect();
        let mut accepted: Vec<&str> = accepted.into_iter().collect();
        accepted.sort_unstable();
        let item = |uid: &str| {
            let proposed = self.0.get(uid)?;
            let roles = RequestorRoles { scu: proposed.scu, scp: proposed.scp };
            Some(UserVariableItem::ScuScpRoleSelectionSubItem(uid.to_owned(), roles))
        };
        accepted.into_iter().filter_map(item).collect()
    }
}
