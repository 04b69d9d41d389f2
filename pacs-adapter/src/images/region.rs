//! The region's images: what the hub shows this hospital, wherever it is held.

use super::{
    port::{Given, Giving, Images, Listed, Matches, WantedForm},
    resumed::resumed,
};
use crate::requester::data_set_of;
use access_control::{Action, Export, Object, Search, decide};
use archive::{Body, Error, Form};
use audit_log::{AuditLog, Event, Outcome, What};
use bytes::Bytes;
use federation::Region;
use futures_util::{StreamExt, TryStreamExt, stream};
use imaging_domain::{
    Key, Level, Matching, NO_LIMIT, Page, Principal, Query, StudyUid, VR,
    transfer_syntax::{EXPLICIT_LITTLE, IMPLICIT_LITTLE},
};
use part10::{Changes, Limits, Rewriter, Written};
use std::{future::Future, sync::Arc};

/// Instances that are asked for before the first of them is taken.
const AHEAD: usize = 8;
/// The most identifiers in one address: what is longer is asked for in parts.
const MAX_LISTED: usize = 50;

/// The images of the region. The hub decides what a hospital may see; here it is decided, and written down, which device
/// of the hospital asked.
#[derive(Clone)]
pub struct RegionImages {
    region: Arc<Region>,
    audit: AuditLog,
}

impl RegionImages {
    /// Those behind these lines.
    pub fn new(region: Arc<Region>, audit: AuditLog) -> Self {
        Self { region, audit }
    }

    /// Asks the one decision and writes down what is done, before anything is given.
    async fn permitted<A: Action>(&self, who: &Principal, event: Event, study: Option<&StudyUid>) -> Result<(), Error> {
        let decided = decide::<A>(who, study.map_or(Object::Region, Object::Study));
        let event = if decided.is_err() { event.outcome(Outcome::Denied) } else { event };
        let event = study.map_or(event.clone(), |study| event.study(study));
        self.audit.record(event).await?;
        decided.map(|_| ()).map_err(Error::from)
    }

    async fn one(self, listed: Listed, form: Form) -> Result<Given, Error> {
        let Listed { scope, sop_class, transfer_syntax } = listed;
        let asked = match form {
            Form::Stored if !transfer_syntax.is_empty() => transfer_syntax,
            _ => EXPLICIT_LITTLE.to_owned(),
        };
        let file = {
            let (region, scope, asked) = (Arc::clone(&self.region), scope.clone(), asked.clone());
            move || {
                let (region, scope, asked) = (Arc::clone(&region), scope.clone(), asked.clone());
                async move { region.file(&scope, &asked).await }
            }
        };
        let data_set = data_set_of(resumed(file).await?).await?;
        let (data_set, given) = match form {
            Form::Implicit => (implicit(data_set), IMPLICIT_LITTLE.to_owned()),
            _ => (data_set, asked),
        };
        let sop_instance = scope.instance.ok_or(Error::NotFound("instance"))?;
        Ok(Given { sop_class, sop_instance, transfer_syntax: given, data_set })
    }
}

impl Images for RegionImages {
    fn search(&self, who: &Principal, query: Query) -> Matches {
        let (this, who) = (self.clone(), who.clone());
        let query = Query { page: Page { limit: NO_LIMIT, offset: 0 }, ..query };
        later(async move {
            this.permitted::<Search>(&who, Event::new(What::Query, &who), None).await?;
            let region = Arc::clone(&this.region);
            let search = move |query: Query| {
                let region = Arc::clone(&region);
                async move { region.search(&query).await }
            };
            Ok(stream::iter(parts(query)).then(search).try_flatten().boxed())
        })
    }

    fn give(&self, who: &Principal, listed: Vec<Listed>, _level: Level, form: WantedForm) -> Giving {
        let (this, who) = (self.clone(), who.clone());
        later(async move {
            for of_study in listed.chunk_by(|a, b| a.scope.study == b.scope.study) {
                let event = Event::new(What::Retrieve, &who).count(of_study.len());
                this.permitted::<Export>(&who, event, of_study.first().map(|one| &one.scope.study)).await?;
            }
            let ask = move |one: Listed| {
                let form = form(&one.sop_class, &one.transfer_syntax);
                this.clone().one(one, form)
            };
            Ok(stream::iter(listed).map(ask).buffered(AHEAD).boxed())
        })
    }
}

/// A stream that has to be begun first.
fn later<T: Send + 'static>(
    begin: impl Future<Output = Result<stream::BoxStream<'static, Result<T, Error>>, Error>> + Send + 'static,
) -> stream::BoxStream<'static, Result<T, Error>> {
    let begun = async move { begin.await.unwrap_or_else(|error| stream::iter([Err(error)]).boxed()) };
    stream::once(begun).flatten().boxed()
}

/// A query in parts that an address can hold: a long list of identifiers is cut. What matches one part matches no other.
fn parts(query: Query) -> Vec<Query> {
    let is_long = |key: &Key| {
        matches!(&key.matching, Matching::List(values) if values.len() > MAX_LISTED) && key.attribute.vr == VR::UI
    };
    let Some(at) = query.keys.iter().position(is_long) else { return vec![query] };
    let Matching::List(values) = &query.keys[at].matching else { return vec![query] };
    let part = |values: &[String]| {
        let mut part = query.clone();
        part.keys[at].matching = Matching::List(values.to_vec());
        part
    };
    values.chunks(MAX_LISTED).map(part).collect()
}

/// A data set in explicit little endian without its VRs.
fn implicit(data_set: Body) -> Body {
    let changes = Changes { written: Written::Implicit, ..Changes::default() };
    let rewriter = Rewriter::new(EXPLICIT_LITTLE, changes, Limits::default());
    let step = async |(mut data_set, rewriter): (Body, Option<Rewriter>)| {
        let Some(mut rewriter) = rewriter else { return Ok(None) };
        let mut out = vec![];
        match data_set.try_next().await? {
            Some(piece) => rewriter.feed(&piece, &mut out).map_err(Error::Unreadable)?,
            None => {
                rewriter.finish(&mut out);
                return Ok(Some((Bytes::from(out), (data_set, None))));
            }
        }
        Ok::<_, Error>(Some((Bytes::from(out), (data_set, Some(rewriter)))))
    };
    stream::try_unfold((data_set, Some(rewriter)), step).boxed()
}
