//! The resources of the region's worklist (PS3.18 chapter 11, and 8.10.4).

use super::{ASKED, FOUND, Resource, TEXTS, get};
use crate::dicomweb::description::parameters;
use axum::http::Method;

const STEP: &str = "/workitems/{workitem}";
const SUBSCRIBER: &str = "/workitems/{workitem}/subscribers/{aetitle}";
const NOTHING: &[&str] = &[];

const MADE: [&[u16]; 2] = [&[201], &[400, 401, 403, 409, 413, 415, 503]];
const READ: [&[u16]; 2] = [&[200], &[400, 401, 403, 404, 406, 410, 503]];
const CHANGED: [&[u16]; 2] = [&[200], &[400, 401, 403, 404, 409, 410, 413, 415, 503]];
const ASKED_FOR: [&[u16]; 2] = [&[202], &[400, 401, 403, 404, 409, 410, 413, 415, 503]];
const SUBSCRIBED: [&[u16]; 2] = [&[201], &[400, 401, 403, 404, 410, 503]];
const ENDED: [&[u16]; 2] = [&[200], &[400, 401, 403, 404, 503]];
const OPENED: [&[u16]; 2] = [&[101], &[400, 401, 403, 503]];

/// Every one of them.
pub(super) fn all() -> Vec<Resource> {
    let suspend = "/workitems/{worklist}/subscribers/{aetitle}/suspend";
    let table = [
        (Method::GET, "/workitems", "searchForWorkitems", "11.9", "Finds steps of work by attributes"),
        (Method::POST, "/workitems", "createWorkitem", "11.4", "Puts a step of work on the list"),
        (Method::GET, STEP, "retrieveWorkitem", "11.5", "A step of work, without its Transaction UID"),
        (Method::POST, STEP, "updateWorkitem", "11.6", "Changes attributes of a step of work"),
        (
            Method::PUT,
            "/workitems/{workitem}/state",
            "changeWorkitemState",
            "11.7",
            "Takes a step of work on or ends it",
        ),
        (
            Method::POST,
            "/workitems/{workitem}/cancelrequest",
            "requestCancellation",
            "11.8",
            "Asks for a step of work to be canceled",
        ),
        (Method::POST, SUBSCRIBER, "subscribe", "11.10", "Subscribes to what becomes of steps of work"),
        (Method::DELETE, SUBSCRIBER, "unsubscribe", "11.11", "Ends a subscription"),
        (
            Method::POST,
            suspend,
            "suspendSubscription",
            "11.12",
            "Subscribes to no more steps than those that are there",
        ),
        (Method::GET, "/subscribers/{aetitle}", "openNotifications", "8.10.4", "Events, by a WebSocket"),
    ];
    table.into_iter().map(|(method, path, name, section, about)| resource(method, path, name, section, about)).collect()
}

fn resource(method: Method, path: &str, name: &str, section: &'static str, about: &'static str) -> Resource {
    let (gives, statuses) = match section {
        "11.9" => (TEXTS, FOUND),
        "11.4" => (NOTHING, MADE),
        "11.5" => (ASKED, READ),
        "11.6" | "11.7" => (NOTHING, CHANGED),
        "11.8" => (NOTHING, ASKED_FOR),
        "11.10" => (NOTHING, SUBSCRIBED),
        "8.10.4" => (NOTHING, OPENED),
        _ => (NOTHING, ENDED),
    };
    let takes = if matches!(section, "11.4" | "11.6" | "11.7" | "11.8") { ASKED } else { NOTHING };
    let mut out = Resource { method, takes, ..get(path, name, section, about, gives, statuses) };
    out.parameters.extend(parameters::of_worklist(section));
    out
}
