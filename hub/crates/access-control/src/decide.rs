//! The one decision about access.

use crate::{
    error::Denied,
    permit::{Action, ActionKind, Object, Permit},
};
use imaging_domain::{Principal, Role};

/// May this principal do `A` to the object? Deny by default; every door asks here and nowhere else.
///
/// The first policy: an enrolled site and a machine of the region see the region's studies, a site moves only its own
/// feed, a user does what the role says, a device in the hospital's network may store, and nobody else anything.
///
/// # Errors
/// [`Denied`] names the kind of action, never the object.
///
/// ```
/// use access_control::{Object, Search, View, decide};
/// use imaging_domain::Principal;
/// assert!(decide::<Search>(&Principal::Hub, Object::Region).is_ok());
/// assert!(decide::<View>(&Principal::Anonymous, Object::Region).is_err());
/// ```
pub fn decide<A: Action>(principal: &Principal, object: Object<'_>) -> Result<Permit<A>, Denied> {
    if allowed(principal, A::KIND, object) { Ok(Permit::new(principal.clone())) } else { Err(Denied(A::KIND)) }
}

fn allowed(principal: &Principal, action: ActionKind, object: Object<'_>) -> bool {
    use ActionKind::{Feed, Manage, Overview, ReadAudit, Search, Store, View};
    match (principal, action) {
        (Principal::Service(_), _) => true,
        (Principal::Site(site), Feed) => object == Object::Site(site),
        (Principal::Site(_) | Principal::Hub, Search | View) => true,
        (Principal::Machine(_), Search | View | Overview) => true,
        (Principal::LocalPeer { .. }, Store) => true,
        (Principal::User { role: Role::Radiologist, .. }, Search | View | Overview) => true,
        (Principal::User { role: Role::Operator, .. }, Overview | Manage) => true,
        (Principal::User { role: Role::Auditor, .. }, Overview | ReadAudit) => true,
        _ => false,
    }
}
