//! What is told of a step (PS3.4 CC.2.4, table CC.2.4-1).

use crate::requirements::{UPS_PUSH, is_empty};
use catalog::Workitem;
use imaging_domain::{AeTitle, DataSet, InstanceUid, Tag, VR, Value, tags};

/// One event: its type, and what it says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    event_type: u16,
    says: DataSet,
}

const STATE_REPORT: u16 = 1;
const CANCEL_REQUESTED: u16 = 2;
const PROGRESS_REPORT: u16 = 3;
const ASSIGNED: u16 = 5;

/// What a progress report has of the progress.
const PROGRESS: [Tag; 4] = [
    tags::PROCEDURE_STEP_PROGRESS,
    tags::PROCEDURE_STEP_PROGRESS_DESCRIPTION,
    tags::PROCEDURE_STEP_PROGRESS_PARAMETERS_SEQUENCE,
    tags::PROCEDURE_STEP_COMMUNICATIONS_URI_SEQUENCE,
];
/// What a request to cancel may say.
const REQUEST: [Tag; 4] = [
    tags::REASON_FOR_CANCELLATION,
    tags::PROCEDURE_STEP_DISCONTINUATION_REASON_CODE_SEQUENCE,
    tags::CONTACT_URI,
    tags::CONTACT_DISPLAY_NAME,
];

impl Event {
    /// The data set that is sent (PS3.18 8.10.5, PS3.7 table 10.3-1).
    pub(crate) fn report(&self, uid: &InstanceUid, message: u16) -> DataSet {
        let mut out = self.says.clone();
        let number = |number: u16| Value::Int(vec![number.into()]);
        out.put_text(tags::AFFECTED_SOP_CLASS_UID, VR::UI, UPS_PUSH);
        out.put(tags::MESSAGE_ID, VR::US, number(message));
        out.put_text(tags::AFFECTED_SOP_INSTANCE_UID, VR::UI, uid.as_str());
        out.put(tags::EVENT_TYPE_ID, VR::US, number(self.event_type));
        out
    }

    /// How far a step is.
    pub(crate) fn state(item: &Workitem) -> Self {
        let mut says = DataSet::new();
        says.put_text(tags::PROCEDURE_STEP_STATE, VR::CS, item.state.word());
        copy(&item.attributes, &[tags::INPUT_READINESS_STATE], &mut says);
        if let Some(progress) = item.attributes.items(tags::PROCEDURE_STEP_PROGRESS_INFORMATION_SEQUENCE).first() {
            copy(progress, &REQUEST[..2], &mut says);
        }
        Self { event_type: STATE_REPORT, says }
    }

    /// Somebody wants a step that was begun to be canceled.
    pub(crate) fn cancel_requested(requester: &AeTitle, request: &DataSet) -> Self {
        let mut says = DataSet::new();
        says.put_text(tags::REQUESTING_AE, VR::AE, requester.as_str());
        copy(request, &REQUEST, &mut says);
        Self { event_type: CANCEL_REQUESTED, says }
    }

    fn progress(item: &Workitem) -> Self {
        let mut says = DataSet::new();
        let items = progress(&item.attributes);
        says.put(tags::PROCEDURE_STEP_PROGRESS_INFORMATION_SEQUENCE, VR::SQ, Value::Sequence(items));
        Self { event_type: PROGRESS_REPORT, says }
    }

    fn assigned(item: &Workitem) -> Self {
        let mut says = DataSet::new();
        copy(&item.attributes, &[tags::SCHEDULED_STATION_NAME_CODE_SEQUENCE], &mut says);
        let humans = item.attributes.items(tags::SCHEDULED_HUMAN_PERFORMERS_SEQUENCE);
        let codes: Vec<DataSet> =
            humans.iter().flat_map(|human| human.items(tags::HUMAN_PERFORMER_CODE_SEQUENCE)).cloned().collect();
        if !codes.is_empty() {
            says.put(tags::HUMAN_PERFORMER_CODE_SEQUENCE, VR::SQ, Value::Sequence(codes));
        }
        if let Some(human) = humans.first() {
            copy(human, &[tags::HUMAN_PERFORMER_ORGANIZATION], &mut says);
        }
        Self { event_type: ASSIGNED, says }
    }
}

/// What is told when a step became another, or when it is new (PS3.4 CC.2.4.3).
pub(crate) fn events(before: Option<&Workitem>, after: &Workitem) -> Vec<Event> {
    let mut out = vec![];
    let differs = |tag| before.is_none_or(|before| before.attributes.get(tag) != after.attributes.get(tag));
    if before.is_none_or(|before| before.state != after.state) || differs(tags::INPUT_READINESS_STATE) {
        out.push(Event::state(after));
    }
    let progressed = before.is_some_and(|before| progress(&before.attributes) != progress(&after.attributes));
    if progressed {
        out.push(Event::progress(after));
    }
    let assigned = [tags::SCHEDULED_STATION_NAME_CODE_SEQUENCE, tags::SCHEDULED_HUMAN_PERFORMERS_SEQUENCE];
    let is_assigned = assigned.into_iter().any(|tag| !is_empty(&after.attributes, tag));
    if assigned.into_iter().any(differs) && (before.is_some() || is_assigned) {
        out.push(Event::assigned(after));
    }
    out
}

/// Progress as it is told: without what is said of a cancellation.
fn progress(attributes: &DataSet) -> Vec<DataSet> {
    let items = attributes.items(tags::PROCEDURE_STEP_PROGRESS_INFORMATION_SEQUENCE).iter().map(|item| {
        let mut out = DataSet::new();
        copy(item, &PROGRESS, &mut out);
        out
    });
    items.filter(|item| !item.is_empty()).collect()
}

/// Attributes that have a value.
fn copy(from: &DataSet, these: &[Tag], to: &mut DataSet) {
    for tag in these {
        if let Some(element) = from.get(*tag).filter(|element| !element.is_empty()) {
            to.put(*tag, element.vr, element.value.clone());
        }
    }
}
