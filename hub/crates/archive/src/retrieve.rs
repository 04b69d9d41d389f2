//! Giving files and headers. Streams, so that memory stays bounded however large a study is.

use crate::{
    archive::Archive,
    error::Error,
    fetch::Source,
    file::{Content, File, Files},
    form::{Choose, Form, Identity, Otherwise, Wanted, is_coded, not_in_this_form},
    framing::Outcome,
    headers::Opened,
    listed::Listed,
    rewriting::{self, Rewritten, meta},
};
use access_control::{Export, Object, Permit, View, decide};
use audit_log::{Event, What};
use catalog::{InstanceCopies, Scope, StudyIndex};
use futures_util::{
    StreamExt, TryStreamExt,
    stream::{self, BoxStream},
};
use imaging_domain::{DataSet, Instance, Principal};
use part10::Changes;

/// How many files are opened, or begun to be fetched, before the first is taken.
const AHEAD: usize = 16;

/// The header of one instance.
#[derive(Clone)]
pub struct Metadata {
    /// What it is.
    pub instance: Instance,
    /// Its attributes without group 2; long values are `Value::Bulk`.
    pub attributes: DataSet,
}

impl Archive {
    /// Files of a scope, in the order of series and instance UID; a few are fetched ahead of the one being taken.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the scope has no instance; what `choose` says of any of them.
    pub async fn retrieve(&self, who: &Principal, scope: &Scope, choose: Choose) -> Result<Files, Error> {
        self.permit::<Export>(who, What::Retrieve, Some(&scope.study)).await?;
        let mut listed = self.look_through(who, scope, &choose).await?;
        let instances = self.listed_instances(scope, &mut listed);
        let Listed { permit, version, count, .. } = listed;
        let event = Event::new(What::Retrieve, who).study(&scope.study).count(count);
        let (this, holder) = (self.clone(), permit.clone());
        let find = move |copies: Result<InstanceCopies, Error>| {
            let (this, permit, choose) = (this.clone(), holder.clone(), choose.clone());
            async move {
                let copies = copies?;
                let wanted = choose(first(&copies))?;
                let source = this.fetches.source(&permit, &copies).await?;
                Ok::<_, Error>((copies, wanted, source))
            }
        };
        let this = self.clone();
        let files = instances.map(find).buffered(AHEAD);
        let files = files.and_then(move |(copies, wanted, source)| {
            let (this, permit) = (this.clone(), permit.clone());
            async move { this.file(&permit, &copies, wanted, source).await }
        });
        let mut files = files.boxed();
        // the first are opened, or begun to be fetched, while the event is written down
        let first = self.recorded(event, async { Ok(files.next().await) }).await?;
        Ok(Files { version, count, files: stream::iter(first).chain(files).boxed() })
    }

    /// Headers of a scope, in the same order. Those of a series that is not kept ready come
    /// from a holding site, at the hub, without its pixels.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the scope has no instance.
    pub async fn metadata(
        &self,
        who: &Principal,
        scope: &Scope,
    ) -> Result<BoxStream<'static, Result<Metadata, Error>>, Error> {
        self.headers(who, scope).await
    }

    /// One file in the form that is wanted of it.
    async fn file(
        &self,
        permit: &Permit<View>,
        copies: &InstanceCopies,
        wanted: Wanted,
        source: Source,
    ) -> Result<File, Error> {
        if wanted.identity == Identity::Removed {
            return self.deidentified_file(permit, copies, wanted).await;
        }
        let instance = first(copies);
        let form = wanted.form_of(instance);
        let coded = form == Form::JpegLs || (form != Form::Stored && is_coded(instance));
        if coded {
            return match self.coded_file(permit, copies, form).await.map_err(not_in_this_form) {
                Err(Error::Unsupported(_)) if wanted.otherwise == Otherwise::Stored => Ok(stored(instance, source)),
                file => file,
            };
        }
        let file = stored(instance, source);
        if form == Form::Stored {
            return Ok(file);
        }
        let transfer_syntax = form.transfer_syntax(&instance.transfer_syntax).to_owned();
        let changes = Changes { written: form.written(), ..Changes::default() };
        let begun = meta(instance, &transfer_syntax);
        match rewriting::rewritten(instance, begun, changes, file.body.all()).await? {
            Rewritten::Written(body) => {
                Ok(File { transfer_syntax, size_bytes: None, body: Content::Coming(body), ..file })
            }
            Rewritten::Stored(body) if wanted.otherwise == Otherwise::Stored => {
                Ok(File { body: Content::Coming(body), ..file })
            }
            Rewritten::Stored(_) => Err(Error::Unsupported("no transfer syntax describes the data set")),
        }
    }

    async fn coded_file(&self, permit: &Permit<View>, copies: &InstanceCopies, form: Form) -> Result<File, Error> {
        let instance = first(copies);
        let blob = self.fetches.whole(permit, copies).await?;
        let opened = self.headers.open(instance, blob).await?;
        let transfer_syntax = form.transfer_syntax(&instance.transfer_syntax).to_owned();
        let begun = meta(instance, &transfer_syntax);
        let body = Content::Coming(self.recoded(instance, opened, form, begun, Changes::default()).await?);
        Ok(File { instance: instance.clone(), transfer_syntax, size_bytes: None, body })
    }

    pub(crate) async fn header(&self, permit: &Permit<View>, copies: &InstanceCopies) -> Result<Metadata, Error> {
        let instance = first(copies).clone();
        let blob = self.fetches.whole(permit, copies).await?;
        Ok(Metadata { attributes: self.headers.attributes(&instance, blob).await?, instance })
    }

    /// One instance, its bytes here, opened up.
    pub(crate) async fn opened(&self, who: &Principal, what: What, scope: &Scope) -> Result<(Opened, Instance), Error> {
        let permit = self.may_view(who, what, scope).await?;
        let listed = self.parts.index.instances(&permit, scope, None, 1).await?;
        let mut listed = self.seen(&permit, listed).await;
        let copies = listed.pop().ok_or(Error::NotFound("instance"))?;
        let event = Event::new(what, who).study(&scope.study).count(1);
        let opening = async {
            let ahead = self.read_ahead(&permit, scope, &copies);
            tokio::join!(ahead, self.opened_copy(&permit, &copies)).1
        };
        let opened = self.recorded(event, opening).await?;
        Ok((opened, first(&copies).clone()))
    }
}

fn stored(instance: &Instance, source: Source) -> File {
    let body = match source {
        Source::Here(blob) => Content::Here(blob),
        Source::Coming(coming) => Content::Coming(coming.stream()),
    };
    let transfer_syntax = instance.transfer_syntax.clone();
    File { instance: instance.clone(), transfer_syntax, size_bytes: Some(instance.size_bytes), body }
}

/// The copy that stands for the instance: the first stored.
pub(crate) fn first(copies: &InstanceCopies) -> &Instance {
    &copies.0[0].instance
}

/// What became of an arrival: a conflict, where what its address gives are the other bytes of another site.
pub(crate) async fn as_given(
    index: &dyn StudyIndex,
    (outcome, instance): (Outcome, Instance),
) -> Result<(Outcome, Instance), Error> {
    if !matches!(outcome, Outcome::Stored(_) | Outcome::Duplicate(_)) {
        return Ok((outcome, instance));
    }
    let view = decide::<View>(&Principal::Service("holding"), Object::Region)?;
    let (study, series) = (instance.study.clone(), Some(instance.series.clone()));
    let scope = Scope { study, series, instance: Some(instance.uid.clone()) };
    let given = index.instances(&view, &scope, None, 1).await?.pop();
    let is_given = given.is_none_or(|copies| first(&copies).digest == instance.digest);
    Ok((if is_given { outcome } else { Outcome::Conflict(instance.uid.clone()) }, instance))
}
