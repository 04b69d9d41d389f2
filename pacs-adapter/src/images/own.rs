//! The hospital's own images: its archive.

use super::port::{Images, Matches};
use archive::{Archive, Error};
use catalog::{Match, Position};
use futures_util::{StreamExt, TryStreamExt, stream};
use imaging_domain::{DataSet, MAX_LIMIT, Principal, Query, VR, tags};

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
