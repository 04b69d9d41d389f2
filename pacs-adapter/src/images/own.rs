//! The hospital's own images: its archive.

use super::port::{Given, Giving, Images, Listed, Matches, WantedForm};
use crate::requester::data_set_of;
use archive::{Archive, Choose, Error, File, Otherwise, Wanted};
use catalog::{Match, Position, Scope};
use futures_util::{StreamExt, TryStreamExt, stream};
use imaging_domain::{DataSet, Instance, Level, MAX_LIMIT, Principal, Query, VR, tags};
use std::sync::Arc;

/// The images of an archive.
#[derive(Clone)]
pub struct OwnImages(Archive);

impl OwnImages {
    /// Those of this one.
    pub fn of(archive: Archive) -> Self {
        Self(archive)
    }
}

/// Where a search is.
enum Next {
    Begin,
    At(Position),
    End,
}

impl Images for OwnImages {
    fn search(&self, who: &Principal, query: Query) -> Matches {
        let state = (self.0.clone(), who.clone(), query.page(MAX_LIMIT, 0), Next::Begin);
        let pages = stream::try_unfold(state, async |(archive, who, query, next)| {
            let from = match &next {
                Next::Begin => None,
                Next::At(position) => Some(position),
                Next::End => return Ok::<_, Error>(None),
            };
            let (answer, next) = archive.search_on(&who, &query, from).await?;
            let next = next.map_or(Next::End, Next::At);
            let page = stream::iter(answer.matches.into_iter().map(|found| Ok::<_, Error>(identified(found))));
            Ok(Some((page, (archive, who, query, next))))
        });
        pages.try_flatten().boxed()
    }

    fn give(&self, who: &Principal, listed: Vec<Listed>, level: Level, form: WantedForm) -> Giving {
        let (archive, who) = (self.0.clone(), who.clone());
        let choose: Choose = Arc::new(move |instance: &Instance| {
            let form = form(sop_class(instance), &instance.transfer_syntax);
            Ok(Wanted::given(form, Otherwise::Stored))
        });
        let begin = move |scope: Scope| {
            let (archive, who, choose) = (archive.clone(), who.clone(), choose.clone());
            async move {
                match archive.retrieve(&who, &scope, choose).await {
                    Ok(files) => files.files,
                    Err(error) => stream::once(async move { Err(error) }).boxed(),
                }
            }
        };
        stream::iter(scopes(listed, level)).then(begin).flatten().then(given).boxed()
    }
}

/// What is asked of the archive at once: each study, series or instance.
fn scopes(listed: Vec<Listed>, level: Level) -> Vec<Scope> {
    let mut scopes: Vec<Scope> = vec![];
    let whole = |scope: Scope| match level {
        Level::Study => Scope { series: None, instance: None, ..scope },
        Level::Series => Scope { instance: None, ..scope },
        Level::Instance => scope,
    };
    for scope in listed.into_iter().map(|one| whole(one.scope)) {
        // those of one study come one after the other
        if scopes.last() != Some(&scope) {
            scopes.push(scope);
        }
    }
    scopes
}

async fn given(file: Result<File, Error>) -> Result<Given, Error> {
    let File { instance, transfer_syntax, body, .. } = file?;
    let data_set = data_set_of(body.all()).await?;
    Ok(Given { sop_class: sop_class(&instance).to_owned(), sop_instance: instance.uid, transfer_syntax, data_set })
}

fn sop_class(instance: &Instance) -> &str {
    instance.sop_class.as_ref().map(|class| class.as_str()).unwrap_or_default()
}

/// A result with its identifiers, asked for or not.
fn identified(found: Match) -> DataSet {
    let mut attributes = found.attributes;
    attributes.put_text(tags::STUDY_INSTANCE_UID, VR::UI, found.study.as_str());
    if let Some(series) = &found.series {
        attributes.put_text(tags::SERIES_INSTANCE_UID, VR::UI, series.as_str());
    }
    if let Some(instance) = &found.instance {
        attributes.put_text(tags::SOP_INSTANCE_UID, VR::UI, instance.as_str());
    }
    attributes
}
