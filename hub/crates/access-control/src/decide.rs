//! The one decision about access.

use crate::{
    error::Denied,
    permit::{Action, ActionKind, Object, Permit},
};
use imaging_domain::{Allowed, Principal, Role, SiteId, SopClassUid};

/// May this principal do `A` to the object? Deny by default; every door asks here and nowhere else.
///
/// The first policy: an enrolled site and a machine of the region see the region's studies, a site moves only its own
/// feed, a user does what the role says, a device in the hospital's network may store there and see what is there, and nobody else
/// anything. At a
/// site that the hub holds itself its own certificates store anything, technicians too, and radiologists what a reading
/// makes: reports, segmentations, measurements, presentation states. Whether there is such a site is not decided here.
/// Hospitals, machines, radiologists and technicians put work on the region's worklist and take it on; whose a step is that was
/// taken on, its Transaction UID says (PS3.4 CC.1.1).
///
/// The holder of a study link sees the link's studies and nothing else: searches are narrowed to them by the permit
/// ([`Permit::only_studies`]), and files may be taken away only where the link says so. Who sees patients' images may share
/// them by a link, a hospital those it holds; which those are is the use case's to find out. No link makes a link. A gate may
/// nothing at all: what it passes on is asked by the holders of links.
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
    use ActionKind::{Export, Feed, Manage, Overview, ReadAudit, Search, Share, Store, View, Work};
    match (principal, action) {
        (Principal::Service(_), _) => true,
        (Principal::Site(site), Feed) => object == Object::Site(site),
        (Principal::Site(_), Share) => true,
        (Principal::Site(_) | Principal::Machine(_) | Principal::SiteMachine { .. }, Work) => object == Object::Region,
        (Principal::User { role: Role::Radiologist | Role::Technician, .. }, Work) => object == Object::Region,
        (Principal::Site(_) | Principal::Hub, Search | View | Export) => true,
        (Principal::Machine(_), Search | View | Export | Overview) => true,
        (Principal::SiteMachine { .. }, Search | View | Export) => true,
        (Principal::SiteMachine { site, .. } | Principal::Site(site), Store) => at(object) == Some(site),
        (Principal::LocalPeer { .. }, Store | Search | View | Export) => true,
        (
            Principal::User { role: Role::Radiologist | Role::Technician, .. },
            Search | View | Export | Overview | Share,
        ) => true,
        (Principal::User { role: Role::Technician, .. }, Store) => at(object).is_some(),
        (Principal::User { role: Role::Radiologist, .. }, Store) => match object {
            Object::Instance { class, .. } => class.is_some_and(is_made_by_reading),
            other => at(other).is_some(),
        },
        (Principal::LinkHolder { studies, .. }, Search | View) => match object {
            Object::Region => action == Search,
            Object::Study(study) => studies.contains(study),
            Object::Site(_) | Object::Instance { .. } => false,
        },
        (Principal::LinkHolder { studies, allowed: Allowed::Download, .. }, Export) => {
            matches!(object, Object::Study(study) if studies.contains(study))
        }
        (Principal::User { role: Role::Operator, .. }, Overview | Manage) => true,
        (Principal::User { role: Role::Auditor, .. }, Overview | ReadAudit) => true,
        _ => false,
    }
}

/// The site at which something is to be stored.
fn at(object: Object<'_>) -> Option<&SiteId> {
    match object {
        Object::Site(site) | Object::Instance { site, .. } => Some(site),
        Object::Region | Object::Study(_) => None,
    }
}

/// Whether instances of a class come from reading images rather than from making them (PS3.4 table B.5-1).
fn is_made_by_reading(class: &SopClassUid) -> bool {
    const STORAGE: &str = "1.2.840.10008.5.1.4.1.1.";
    // presentation states, parametric maps, registrations, segmentations, value mappings, structured reports and key
    // objects, annotations, encapsulated documents; an arc that ends in a point stands for all below it
    const READING: [&str; 15] = [
        "11.", "30", "66", "66.1", "66.2", "66.3", "66.4", "66.5", "66.7", "67", "88.", "90.1", "91.", "104.", "481.3",
    ];
    let Some(arc) = class.as_str().strip_prefix(STORAGE) else { return false };
    READING.iter().any(|known| arc == *known || known.ends_with('.') && arc.starts_with(known))
}
