//! A worklist, and steps for it.

use audit_log::{AuditLog, Lines};
use catalog::{Config, Sqlite};
use imaging_domain::{AeTitle, DataSet, InstanceUid, Principal, Role, VR, Value, json, tags};
use serde_json::Value as Json;
use std::sync::Arc;
use tempfile::TempDir;
use worklist::{Error, Events, Worklist};

pub const NOW_MS: i64 = 1_700_000_000_000;

pub struct World {
    pub list: Worklist,
    records: Lines,
    _folder: TempDir,
}

pub fn machine(name: &str) -> Principal {
    Principal::Machine(name.into())
}

pub fn user(role: Role) -> Principal {
    Principal::User { name: "lin".into(), role }
}

pub fn uid(number: u32) -> InstanceUid {
    InstanceUid::parse(&format!("2.25.{number}")).unwrap()
}

pub fn ae(text: &str) -> AeTitle {
    AeTitle::parse(text).unwrap()
}

/// A code as a sequence of one.
pub fn code(value: &str) -> Value {
    let mut code = DataSet::new();
    code.put_text(tags::CODE_VALUE, VR::SH, value);
    code.put_text(tags::CODING_SCHEME_DESIGNATOR, VR::SH, "99T");
    code.put_text(tags::CODE_MEANING, VR::LO, value);
    Value::Sequence(vec![code])
}

/// What somebody who wants a CT to be read sends.
pub fn step() -> DataSet {
    let mut out = DataSet::new();
    out.put_text(tags::PROCEDURE_STEP_STATE, VR::CS, "SCHEDULED");
    out.put_text(tags::SCHEDULED_PROCEDURE_STEP_PRIORITY, VR::CS, "HIGH");
    out.put_text(tags::PROCEDURE_STEP_LABEL, VR::LO, "Read CT");
    out.put_text(tags::WORKLIST_LABEL, VR::LO, "READING");
    out.put_text(tags::SCHEDULED_PROCEDURE_STEP_START_DATE_TIME, VR::DT, "20261127083000+0800");
    out.put_text(tags::INPUT_READINESS_STATE, VR::CS, "READY");
    out.put_text(tags::PATIENT_NAME, VR::PN, "WANG^FANG=王^芳");
    out.put_text(tags::STUDY_INSTANCE_UID, VR::UI, "1.2.3");
    out
}

/// What says that a step was done.
pub fn performed() -> DataSet {
    let mut done = DataSet::new();
    done.put(tags::PERFORMED_STATION_NAME_CODE_SEQUENCE, VR::SQ, code("CT1"));
    done.put_text(tags::PERFORMED_PROCEDURE_STEP_START_DATE_TIME, VR::DT, "20261127090000");
    done.put_text(tags::PERFORMED_PROCEDURE_STEP_END_DATE_TIME, VR::DT, "20261127091000");
    done.put(tags::PERFORMED_WORKITEM_CODE_SEQUENCE, VR::SQ, code("READ"));
    let mut out = DataSet::new();
    let sequence = Value::Sequence(vec![done]);
    out.put(tags::UNIFIED_PROCEDURE_STEP_PERFORMED_PROCEDURE_SEQUENCE, VR::SQ, sequence);
    out
}

/// A request for another state.
pub fn wanted(state: &str, transaction: &str) -> DataSet {
    let mut out = DataSet::new();
    out.put_text(tags::PROCEDURE_STEP_STATE, VR::CS, state);
    out.put_text(tags::TRANSACTION_UID, VR::UI, transaction);
    out
}

pub fn text(tag: imaging_domain::Tag, vr: VR, text: &str) -> DataSet {
    let mut out = DataSet::new();
    out.put_text(tag, vr, text);
    out
}

/// Type of each event that is there, the step's last component and its state.
pub fn heard(events: &mut Events) -> Vec<(u64, String, String)> {
    let mut out = vec![];
    while let Some(event) = events.now() {
        let event: Json = serde_json::from_str(&event).unwrap();
        let uid = event["00001000"]["Value"][0].as_str().unwrap().rsplit('.').next().unwrap().to_owned();
        let state = event["00741000"]["Value"][0].as_str().unwrap_or_default().to_owned();
        assert_eq!(event["00000002"]["Value"][0], worklist::UPS_PUSH);
        out.push((event["00001002"]["Value"][0].as_u64().unwrap(), uid, state));
    }
    out
}

impl World {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = Config { path: folder.path().join("index.db"), readers: 2 };
        let (audit, records) = AuditLog::memory(|| NOW_MS);
        let list = Worklist::new(Arc::new(Sqlite::open(&config).unwrap()), audit, || NOW_MS);
        Self { list, records, _folder: folder }
    }

    /// A step of a number.
    pub async fn made(&self, number: u32) -> InstanceUid {
        self.list.create(&machine("ris"), Some(uid(number)), step()).await.unwrap().uid
    }

    /// One that was taken on with the Transaction UID 2.25.7.
    pub async fn begun(&self, number: u32) -> InstanceUid {
        let uid = self.made(number).await;
        assert_eq!(self.change(&uid, "IN PROGRESS", "2.25.7").await.unwrap(), None);
        uid
    }

    pub async fn change(
        &self,
        uid: &InstanceUid,
        state: &str,
        transaction: &str,
    ) -> Result<Option<catalog::StepState>, Error> {
        self.list.change_state(&machine("ai"), uid, &wanted(state, transaction)).await
    }

    /// What the last line of the audit log says.
    pub fn last_event(&self) -> Json {
        serde_json::from_str(self.records.text().lines().last().unwrap()).unwrap()
    }

    /// A step as JSON.
    pub async fn json(&self, uid: &InstanceUid) -> Json {
        json::to_json(&self.list.retrieve(&machine("ris"), uid).await.unwrap(), &|_, _| None)
    }
}
