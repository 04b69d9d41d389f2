//! Results of a search, some after the other: the index gives so many at once, and goes on where it was.

use crate::{
    dicomweb::{found::Found, use_cases::UseCases},
    error::Error,
};
use ::dicomweb::{Base, search_result};
use catalog::{Match, Position};
use imaging_domain::{DataSet, MAX_LIMIT, NO_LIMIT, Principal, Query};
use std::sync::Arc;

/// What is still to come.
pub(super) struct Results {
    images: Arc<dyn UseCases>,
    who: Principal,
    query: Query,
    /// Results that the client still wants; as many as there are without a limit.
    wanted: u32,
    next: Next,
}

enum Next {
    Begin,
    At(Position),
    /// The index has no more, or does not say where it would go on; whether it has.
    End(bool),
}

impl Results {
    pub(super) fn new(images: Arc<dyn UseCases>, who: Principal, query: Query) -> Self {
        Self { images, who, wanted: query.page.limit, query, next: Next::Begin }
    }

    /// Whether there are results beyond those that the client wants; after the first are there.
    pub(super) async fn is_cut(&self) -> Result<bool, Error> {
        match &self.next {
            Next::End(more) => Ok(*more),
            Next::At(_) if self.wanted == 0 => Ok(true),
            Next::At(position) if self.wanted != NO_LIMIT => {
                // Headers come first: one result after all that are wanted is asked for ahead of them.
                let mut query = self.query.clone();
                (query.page.limit, query.page.offset) = (1, self.wanted);
                let (answer, _) = self.images.search_on(&self.who, &query, Some(position)).await?;
                Ok(!answer.matches.is_empty())
            }
            Next::At(_) | Next::Begin => Ok(false),
        }
    }
}

impl Found for Results {
    type Item = Match;

    async fn next(&mut self) -> Result<Option<Vec<Match>>, Error> {
        let from = match &self.next {
            _ if self.is_finished() => return Ok(None),
            Next::End(_) => return Ok(None),
            Next::Begin => None,
            Next::At(position) => Some(position),
        };
        self.query.page.limit = self.wanted.min(MAX_LIMIT);
        let (answer, next) = self.images.search_on(&self.who, &self.query, from).await?;
        self.next = next.map_or(Next::End(answer.more), Next::At);
        self.query.page.offset = 0;
        if self.wanted != NO_LIMIT {
            self.wanted = self.wanted.saturating_sub(answer.matches.len() as u32);
        }
        Ok(Some(answer.matches))
    }

    fn is_finished(&self) -> bool {
        self.wanted == 0 || matches!(self.next, Next::End(_))
    }

    fn data_set(found: Match, base: &Base) -> DataSet {
        search_result(found.attributes, base, &found.study, found.series.as_ref(), found.instance.as_ref())
    }
}
