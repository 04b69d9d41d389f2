//! What is said of a request in a `Warning`, in the words of PS3.18.

use catalog::StepState;

/// An update of a step that ended (PS3.18 11.6.3.2).
pub(super) const INCONSISTENT_UPDATE: &str =
    "The submitted request is inconsistent with the current state of the Workitem.";

/// What is said of a step that is in the state already that was asked for (PS3.18 11.7.3.2).
pub(super) fn in_words(state: StepState) -> &'static str {
    match state {
        StepState::Completed => "The UPS is already in the requested state of COMPLETED.",
        _ => "The UPS is already in the requested state of CANCELED.",
    }
}

/// What is said of a refusal (PS3.18 11.6.3.2, 11.7.3.2, 11.8.3.2).
pub(super) fn refusal(error: &::worklist::Error) -> Option<&'static str> {
    use ::worklist::Error::{
        Completed, Inconsistent, NotContacted, NotFinal, TransactionIncorrect, TransactionMissing,
    };
    Some(match error {
        TransactionMissing => "The Transaction UID is missing.",
        TransactionIncorrect => "The Transaction UID is incorrect.",
        Inconsistent | NotFinal(_) => "The submitted request is inconsistent with the state of the UPS Instance.",
        Completed => "The UPS is already COMPLETED.",
        NotContacted => "The performer cannot be contacted.",
        _ => return None,
    })
}
