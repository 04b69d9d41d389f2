//! Storage commitment over the web (PS3.18 chapter 13): every byte is read back before anything is promised.
//!
//! An answer waits for that a little; who asks for much is told to come again for the result. Of whole studies and series what is kept
//! is looked up first.

mod transactions;

use super::{App, request::Asker, single, store::data_set_answer, use_cases::UseCases};
use crate::error::Error;
use ::dicomweb::{MAX_COMMITMENT, MAX_COMMITTED, Reference, Referenced, StoreAnswer, asked_about, commitment_response};
use archive::{Claimed, Safekeeping};
use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use catalog::Scope;
use imaging_domain::{InstanceUid, Principal, StudyUid};
use std::{sync::Arc, time::Duration};
use tokio::task::spawn_blocking;
use transactions::Transaction;
pub(super) use transactions::Transactions;

/// How long an answer waits for the result.
const PATIENCE: Duration = Duration::from_secs(10);
/// After how many seconds whoever was told to may come for it.
const RETRY_AFTER_S: u32 = 5;

/// `POST /commitment-requests/{transaction}` (PS3.18 13.4).
pub(super) async fn request(
    State(app): State<App>,
    asker: Asker,
    Path(transaction): Path<String>,
    body: Body,
) -> Result<Response, Error> {
    // whoever may store may ask
    let place = app.images.deposits(&asker.who).await?;
    let wanted = asker.accept.store_answer()?;
    let uid = uid_of(&transaction)?;
    let request = single::data_set(&asker.headers, body, MAX_COMMITMENT).await?;
    let referenced = Arc::new(spawn_blocking(move || asked_about(&request)).await??);
    drop(place);
    let work = looked_at(Arc::clone(&app.images), asker.who.clone(), Arc::clone(&referenced));
    let transaction = app.transactions.begin((asker.who, uid), referenced, work)?;
    answer(&transaction, wanted).await
}

/// What is found of everything that is asked about.
async fn looked_at(
    images: Arc<dyn UseCases>,
    who: Principal,
    asked: Arc<Referenced>,
) -> Result<Vec<(Reference, Option<u16>)>, archive::Error> {
    let (mut claimed, mut nothing) = (vec![], vec![]);
    for one in asked.iter() {
        let scope = match one {
            Reference::Instance(named) => {
                claimed.push((one.clone(), Claimed::from(named)));
                continue;
            }
            Reference::Within(study, series, named) => {
                let within = Some((study.clone(), series.clone()));
                claimed.push((one.clone(), Claimed { within, ..Claimed::from(named) }));
                continue;
            }
            Reference::Series(study, series) => Scope { series: Some(series.clone()), ..whole(study) },
            Reference::Study(study) => whole(study),
        };
        let room = MAX_COMMITTED.saturating_sub(claimed.len());
        let kept =
            images.kept_of(&who, &scope, room).await?.ok_or(archive::Error::Unsupported("it is too much at once"))?;
        if kept.is_empty() {
            nothing.push((one.clone(), Safekeeping::Missing.failure_reason()));
        }
        claimed.extend(kept.into_iter().filter_map(|one| Some((within(&one)?, one))));
    }
    let (named, claimed): (Vec<_>, Vec<_>) = claimed.into_iter().unzip();
    let found = images.safekeeping(&who, &claimed).await?;
    let found = named.into_iter().zip(found.into_iter().map(Safekeeping::failure_reason));
    Ok(found.chain(nothing).collect())
}

fn whole(study: &StudyUid) -> Scope {
    Scope { study: study.clone(), series: None, instance: None }
}

fn within(claimed: &Claimed) -> Option<Reference> {
    let (study, series) = claimed.within.clone()?;
    Some(Reference::Within(study, series, (claimed.class.clone(), claimed.uid.clone())))
}

/// `GET /commitment-requests/{transaction}` (PS3.18 13.5), by whoever asked.
pub(super) async fn result(
    State(app): State<App>,
    asker: Asker,
    Path(transaction): Path<String>,
) -> Result<Response, Error> {
    let wanted = asker.accept.store_answer()?;
    let known = app.transactions.get(&(asker.who, uid_of(&transaction)?));
    answer(&*known.ok_or(Error::NotFound("transaction"))?, wanted).await
}

/// A Transaction UID; any UID will do.
fn uid_of(text: &str) -> Result<String, Error> {
    Ok(InstanceUid::parse(text)?.to_string())
}

async fn answer(transaction: &Transaction, wanted: StoreAnswer) -> Result<Response, Error> {
    match transaction.found(PATIENCE).await? {
        Some(found) => {
            let said = move || data_set_answer(wanted, &commitment_response(&found), StatusCode::OK);
            spawn_blocking(said).await?
        }
        None => Ok((StatusCode::ACCEPTED, [(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_S))]).into_response()),
    }
}
