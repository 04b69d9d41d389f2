//! Steps that a search found, some after the other: the index gives so many at once.

use crate::{dicomweb::found::Found, error::Error};
use ::dicomweb::Base;
use ::worklist::Worklist;
use imaging_domain::{DataSet, NO_LIMIT, Principal, Query};

/// Parts that are looked through for one more than is wanted.
const AHEAD: usize = 50;

/// What is still to come.
#[derive(Clone)]
pub(super) struct Steps {
    list: Worklist,
    who: Principal,
    query: Query,
    /// Where to go on; absent at the end.
    at: Option<Option<i64>>,
    skip: usize,
    wanted: u32,
    /// Whether some were found that nobody wanted any more.
    is_cut: bool,
}

impl Steps {
    pub(super) fn new(list: Worklist, who: Principal, query: Query) -> Self {
        let (skip, wanted) = (query.page.offset as usize, query.page.limit);
        Self { list, who, query, at: Some(None), skip, wanted, is_cut: false }
    }

    async fn found(&mut self) -> Result<Option<Vec<DataSet>>, Error> {
        while let Some(from) = self.at.filter(|_| self.wanted > 0) {
            let part = self.list.search(&self.who, &self.query, from).await?;
            self.at = part.next.map(Some);
            let mut found = part.found;
            let skipped = self.skip.min(found.len());
            found.drain(..skipped);
            self.skip -= skipped;
            if self.wanted != NO_LIMIT {
                self.is_cut = found.len() > self.wanted as usize;
                found.truncate(self.wanted as usize);
                self.wanted -= found.len() as u32;
            }
            if !found.is_empty() {
                return Ok(Some(found.into_iter().map(|item| item.attributes).collect()));
            }
        }
        Ok(None)
    }

    /// Whether there are more than are wanted, beyond those that were given; they are looked for.
    pub(super) async fn has_more(&self) -> Result<bool, Error> {
        if self.is_cut || self.wanted == NO_LIMIT {
            return Ok(self.is_cut);
        }
        let mut ahead = Self { wanted: self.wanted + 1, ..self.clone() };
        for _ in 0..AHEAD {
            if ahead.found().await?.is_none() {
                return Ok(ahead.wanted == 0);
            }
        }
        // who knows
        Ok(true)
    }
}

impl Found for Steps {
    type Item = DataSet;

    /// What is given is written down.
    async fn next(&mut self) -> Result<Option<Vec<DataSet>>, Error> {
        let found = self.found().await?;
        if let Some(found) = &found {
            self.list.given(&self.who, found.len()).await?;
        }
        Ok(found)
    }

    fn is_finished(&self) -> bool {
        self.wanted == 0 || self.at.is_none()
    }

    fn data_set(attributes: DataSet, _: &Base) -> DataSet {
        attributes
    }
}
