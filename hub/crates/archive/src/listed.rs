//! What a scope has, looked through before anything of it is given.

use crate::{
    archive::Archive,
    error::Error,
    form::{Choose, Identity},
    retrieve::first,
    version::Version,
};
use access_control::{Permit, View};
use audit_log::What;
use catalog::{InstanceCopies, Scope};
use futures_util::{
    StreamExt, TryStreamExt,
    stream::{self, BoxStream},
};
use imaging_domain::Principal;

/// Instances of a scope that are remembered from looking through it, when there are no more: they need not be listed again.
const REMEMBERED: usize = 256;

/// What was found.
pub(crate) struct Listed {
    pub(crate) permit: Permit<View>,
    pub(crate) version: Version,
    pub(crate) count: usize,
    /// Its instances, the first [`REMEMBERED`] of them.
    remembered: Vec<InstanceCopies>,
}

impl Archive {
    /// Asks whether files may be given, and looks whether each instance can be.
    pub(crate) async fn look_through(&self, who: &Principal, scope: &Scope, choose: &Choose) -> Result<Listed, Error> {
        let permit = self.may_view(who, What::Retrieve, scope).await?;
        let (mut version, mut count, mut remembered) = (Version::empty(), 0, vec![]);
        let mut instances = self.instances(&permit, scope);
        while let Some(copies) = instances.try_next().await? {
            let instance = first(&copies);
            let wanted = choose(instance)?;
            version.add_instance(instance, wanted.form_of(instance).transfer_syntax(&instance.transfer_syntax));
            if wanted.identity == Identity::Removed {
                version.add(&self.parts.pseudonyms.fingerprint());
            }
            count += 1;
            if count <= REMEMBERED {
                remembered.push(copies);
            }
        }
        if count == 0 {
            return Err(Error::NotFound(scope.what()));
        }
        Ok(Listed { permit, version, count, remembered })
    }

    /// The same instances again, to be given.
    pub(crate) fn listed_instances(
        &self,
        scope: &Scope,
        listed: &mut Listed,
    ) -> BoxStream<'static, Result<InstanceCopies, Error>> {
        match listed.count {
            ..=REMEMBERED => stream::iter(std::mem::take(&mut listed.remembered)).map(Ok).boxed(),
            _ => self.instances(&listed.permit, scope).boxed(),
        }
    }
}
