//! What the routes ask of the archive, as a port, so that they can be tried without disk and index.

use super::store::port::Deposits;
use archive::{
    Archive, BulkData, BulkKind, BulkParts, BulkPlace, Choose, Claimed, Document, Error, Files, Frames, HeaderTexts,
    Picture, PictureRequest, Rendition, Safekeeping,
};
use async_trait::async_trait;
use catalog::{Answer, Position, Scope};
use futures_util::stream::BoxStream;
use imaging_domain::{DataSet, Principal, Query};

/// Items on their way.
pub(super) type Items<T> = BoxStream<'static, Result<T, Error>>;

/// The use cases of [`Archive`] that DICOMweb has a resource for; each method is the archive's of the same name.
#[async_trait]
pub(super) trait UseCases: Send + Sync {
    async fn search_on(
        &self,
        who: &Principal,
        query: &Query,
        from: Option<&Position>,
    ) -> Result<(Answer, Option<Position>), Error>;
    async fn retrieve(&self, who: &Principal, scope: &Scope, choose: Choose) -> Result<Files, Error>;
    async fn header_texts(&self, who: &Principal, scope: &Scope) -> Result<HeaderTexts, Error>;
    async fn frames(&self, who: &Principal, instance: &Scope, numbers: &[u32], choose: Choose)
    -> Result<Frames, Error>;
    async fn bulk_data(
        &self,
        who: &Principal,
        instance: &Scope,
        place: &BulkPlace,
        choose: Choose,
    ) -> Result<BulkData, Error>;
    async fn bulk_parts(
        &self,
        who: &Principal,
        scope: &Scope,
        kind: BulkKind,
        choose: Choose,
    ) -> Result<BulkParts, Error>;
    async fn rendered(&self, who: &Principal, request: &PictureRequest) -> Result<Picture, Error>;
    async fn thumbnail(&self, who: &Principal, request: &PictureRequest) -> Result<Picture, Error>;
    async fn rendition(&self, who: &Principal, scope: &Scope) -> Result<Rendition, Error>;
    async fn animated(&self, who: &Principal, request: &PictureRequest, frames: &[u32]) -> Result<Picture, Error>;
    async fn document(&self, who: &Principal, scope: &Scope) -> Result<Document, Error>;
    async fn report(&self, who: &Principal, scope: &Scope) -> Result<DataSet, Error>;

    async fn is_gone(&self, _who: &Principal, _scope: &Scope) -> Result<bool, Error> {
        Ok(false)
    }

    fn is_holding(&self) -> bool {
        false
    }

    async fn deposits(&self, _who: &Principal) -> Result<Box<dyn Deposits>, Error> {
        Err(Error::Unsupported("nothing is stored here"))
    }

    async fn safekeeping(&self, _who: &Principal, _instances: &[Claimed]) -> Result<Vec<Safekeeping>, Error> {
        Err(Error::Unsupported("nothing is kept here"))
    }

    async fn kept_of(&self, _who: &Principal, _scope: &Scope, _at_most: usize) -> Result<Option<Vec<Claimed>>, Error> {
        Err(Error::Unsupported("nothing is kept here"))
    }
}

#[async_trait]
impl UseCases for Archive {
    async fn search_on(
        &self,
        who: &Principal,
        query: &Query,
        from: Option<&Position>,
    ) -> Result<(Answer, Option<Position>), Error> {
        Archive::search_on(self, who, query, from).await
    }

    async fn retrieve(&self, who: &Principal, scope: &Scope, choose: Choose) -> Result<Files, Error> {
        Archive::retrieve(self, who, scope, choose).await
    }

    async fn header_texts(&self, who: &Principal, scope: &Scope) -> Result<HeaderTexts, Error> {
        Archive::header_texts(self, who, scope).await
    }

    async fn frames(
        &self,
        who: &Principal,
        instance: &Scope,
        numbers: &[u32],
        choose: Choose,
    ) -> Result<Frames, Error> {
        Archive::frames(self, who, instance, numbers, choose).await
    }

    async fn bulk_data(
        &self,
        who: &Principal,
        instance: &Scope,
        place: &BulkPlace,
        choose: Choose,
    ) -> Result<BulkData, Error> {
        Archive::bulk_data(self, who, instance, place, choose).await
    }

    async fn bulk_parts(
        &self,
        who: &Principal,
        scope: &Scope,
        kind: BulkKind,
        choose: Choose,
    ) -> Result<BulkParts, Error> {
        Archive::bulk_parts(self, who, scope, kind, choose).await
    }

    async fn rendered(&self, who: &Principal, request: &PictureRequest) -> Result<Picture, Error> {
        Archive::rendered(self, who, request).await
    }

    async fn rendition(&self, who: &Principal, scope: &Scope) -> Result<Rendition, Error> {
        Archive::rendition(self, who, scope).await
    }

    async fn animated(&self, who: &Principal, request: &PictureRequest, frames: &[u32]) -> Result<Picture, Error> {
        Archive::animated(self, who, request, frames).await
    }

    async fn document(&self, who: &Principal, scope: &Scope) -> Result<Document, Error> {
        Archive::document(self, who, scope).await
    }

    async fn report(&self, who: &Principal, scope: &Scope) -> Result<DataSet, Error> {
        Archive::report(self, who, scope).await
    }

    async fn thumbnail(&self, who: &Principal, request: &PictureRequest) -> Result<Picture, Error> {
        Archive::thumbnail(self, who, request).await
    }

    async fn is_gone(&self, who: &Principal, scope: &Scope) -> Result<bool, Error> {
        Archive::is_gone(self, who, scope).await
    }

    fn is_holding(&self) -> bool {
        Archive::is_holding(self)
    }

    async fn deposits(&self, who: &Principal) -> Result<Box<dyn Deposits>, Error> {
        Ok(Box::new(Archive::deposits(self, who).await?))
    }

    async fn safekeeping(&self, who: &Principal, instances: &[Claimed]) -> Result<Vec<Safekeeping>, Error> {
        Archive::safekeeping(self, who, instances).await
    }

    async fn kept_of(&self, who: &Principal, scope: &Scope, at_most: usize) -> Result<Option<Vec<Claimed>>, Error> {
        Archive::kept_of(self, who, scope, at_most).await
    }
}
