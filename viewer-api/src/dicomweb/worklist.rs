//! The region's worklist (UPS-RS, PS3.18 chapter 11): steps of work are made, read, changed, ended, found and told of.

mod requester;
mod search;
mod steps;
mod subscribers;
mod words;

use super::{App, headers, request::Asker, single, store::data_set_answer};
use crate::{error::Error, pages::origin::is_foreign};
use ::dicomweb::{StoreAnswer, Warning, transaction_parameter, workitem_parameter};
use ::worklist::{Asked, MAX_STEP, Worklist};
use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, Path, Request, State},
    http::{Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use catalog::StepState;
use imaging_domain::InstanceUid;
use requester::requester;
use tokio::task::spawn_blocking;
use words::{INCONSISTENT_UPDATE, in_words, refusal};

/// The routes (PS3.18 tables 11.1.1-1 and 8.10-1).
pub(super) fn routes(router: Router<App>, app: &App) -> Router<App> {
    let subscribers = post(subscribers::subscribe).delete(subscribers::unsubscribe);
    let own = Router::new()
        .route("/workitems", get(search::workitems).post(create))
        .route("/workitems/{workitem}", get(retrieve).post(update))
        .route("/workitems/{workitem}/state", put(change_state))
        .route("/workitems/{workitem}/cancelrequest", post(request_cancel))
        .route("/workitems/{workitem}/subscribers/{aetitle}", subscribers)
        .route("/workitems/{workitem}/subscribers/{aetitle}/suspend", post(subscribers::suspend))
        .route("/subscribers/{aetitle}", get(subscribers::connect))
        .layer(DefaultBodyLimit::disable())
        .route_layer(middleware::from_fn_with_state(app.clone(), own_pages));
    router.merge(own)
}

/// A layer: what changes something, or opens a connection, does not come from a page of another origin, unless that is allowed.
async fn own_pages(State(app): State<App>, request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let is_plain = reads && !request.headers().contains_key(header::UPGRADE);
    let origin = request.headers().get(header::ORIGIN);
    let is_allowed = origin.is_some_and(|origin| app.config.allowed_origins.iter().any(|one| *origin == one.as_str()));
    if is_plain || is_allowed || !is_foreign(&request) {
        return next.run(request).await;
    }
    Error::Foreign.into_response()
}

/// The worklist; the routes are there only with one.
fn list(app: &App) -> Result<&Worklist, Error> {
    app.config.worklist.as_ref().ok_or(Error::NotFound("resource"))
}

/// The worklist, for whoever may work: asked before anything of a body is read.
async fn workable(app: &App, asker: &Asker) -> Result<Worklist, Error> {
    let list = list(app)?;
    list.may_work(&asker.who).await?;
    Ok(list.clone())
}

/// Work that is done to its end, also when nobody waits for it any more: what is changed is told.
async fn whole<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Result<T, Error> {
    Ok(tokio::spawn(work).await?)
}

/// `POST /workitems` (PS3.18 11.4).
async fn create(State(app): State<App>, asker: Asker, body: Body) -> Result<Response, Error> {
    let list = workable(&app, &asker).await?;
    let attributes = single::data_set(&asker.headers, body, MAX_STEP).await?;
    let (who, uid) = (asker.who.clone(), workitem_parameter(&asker.query)?);
    let created = whole(async move { list.create(&who, uid, attributes).await }).await?;
    answer(&asker, created, |created| {
        let place = headers::value(format!("{}/workitems/{}", asker.base.as_str(), created.uid))?;
        let head = [(header::LOCATION, place.clone()), (header::CONTENT_LOCATION, place)];
        let words = created.is_modified.then_some("The Workitem was created with modifications.");
        warned(&asker, (StatusCode::CREATED, head).into_response(), words)
    })
}

/// `GET /workitems/{workitem}` (PS3.18 11.5).
async fn retrieve(State(app): State<App>, asker: Asker, Path(workitem): Path<String>) -> Result<Response, Error> {
    let wanted = asker.accept.store_answer()?;
    let attributes = list(&app)?.retrieve(&asker.who, &InstanceUid::parse(&workitem)?).await?;
    let answer = spawn_blocking(move || match wanted {
        // several results are an array, and so is one (PS3.18 F.2)
        StoreAnswer::Json => search::in_json(&[attributes]),
        StoreAnswer::Xml => data_set_answer(wanted, &attributes, StatusCode::OK),
    });
    answer.await?
}

/// `POST /workitems/{workitem}` (PS3.18 11.6).
async fn update(
    State(app): State<App>,
    asker: Asker,
    Path(workitem): Path<String>,
    body: Body,
) -> Result<Response, Error> {
    let list = workable(&app, &asker).await?;
    let changes = single::data_set(&asker.headers, body, MAX_STEP).await?;
    let (who, transaction) = (asker.who.clone(), transaction_parameter(&asker.query)?);
    let uid = InstanceUid::parse(&workitem)?;
    match whole(async move { list.update(&who, &uid, transaction.as_deref(), changes).await }).await? {
        Err(error @ ::worklist::Error::Inconsistent) => {
            warned(&asker, Error::from(error).into_response(), Some(INCONSISTENT_UPDATE))
        }
        updated => answer(&asker, updated, |()| Ok(StatusCode::OK.into_response())),
    }
}

/// `PUT /workitems/{workitem}/state` (PS3.18 11.7).
async fn change_state(
    State(app): State<App>,
    asker: Asker,
    Path(workitem): Path<String>,
    body: Body,
) -> Result<Response, Error> {
    let list = workable(&app, &asker).await?;
    let request = single::data_set(&asker.headers, body, MAX_STEP).await?;
    let (who, uid) = (asker.who.clone(), InstanceUid::parse(&workitem)?);
    let changed = whole(async move { list.change_state(&who, &uid, &request).await }).await?;
    answer(&asker, changed, |already| warned(&asker, StatusCode::OK.into_response(), already.map(in_words)))
}

/// `POST /workitems/{workitem}/cancelrequest` (PS3.18 11.8).
async fn request_cancel(
    State(app): State<App>,
    asker: Asker,
    Path(workitem): Path<String>,
    body: Body,
) -> Result<Response, Error> {
    let list = workable(&app, &asker).await?;
    let request = single::data_set_if_any(&asker.headers, body, MAX_STEP).await?.unwrap_or_default();
    let (who, uid, requester) = (asker.who.clone(), InstanceUid::parse(&workitem)?, requester(&asker)?);
    let asked = whole(async move { list.request_cancel(&who, &uid, &requester, &request).await }).await?;
    answer(&asker, asked, |asked| {
        let already = (asked == Asked::Already).then_some(in_words(StepState::Canceled));
        warned(&asker, StatusCode::ACCEPTED.into_response(), already)
    })
}

/// An answer, or a refusal with the warning that the Standard has for it.
fn answer<T>(
    asker: &Asker,
    done: Result<T, ::worklist::Error>,
    told: impl FnOnce(T) -> Result<Response, Error>,
) -> Result<Response, Error> {
    match done {
        Ok(done) => told(done),
        Err(error) => {
            let words = refusal(&error);
            warned(asker, Error::from(error).into_response(), words)
        }
    }
}

fn warned(asker: &Asker, mut response: Response, words: Option<&'static str>) -> Result<Response, Error> {
    let warnings: Vec<Warning> = words.map(Warning::Workitem).into_iter().collect();
    headers::warn(&mut response, &asker.base, &warnings)?;
    Ok(response)
}
