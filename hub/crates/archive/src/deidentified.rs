//! Files without who they are about (PS3.18 9.1.2.1, `anonymize`; PS3.15 E.2).

use crate::{
    archive::Archive,
    error::Error,
    file::{Content, File},
    form::{Form, Otherwise, Wanted, is_coded, not_in_this_form},
    recognisable,
    retrieve::first,
    rewriting::{self, Rewritten, meta_of},
};
use access_control::{Permit, View};
use blob_store::Blob;
use catalog::InstanceCopies;
use futures_util::StreamExt;
use imaging_domain::{Instance, transfer_syntax, transfer_syntax::Encoding};
use part10::{Changes, Pixels};
use std::sync::Arc;

impl Archive {
    /// One file in the form that is wanted of it, de-identified. Its bytes are here before it is looked at.
    pub(crate) async fn deidentified_file(
        &self,
        permit: &Permit<View>,
        copies: &InstanceCopies,
        wanted: Wanted,
    ) -> Result<File, Error> {
        let instance = first(copies);
        let blob = self.fetches.whole(permit, copies).await?;
        recognisable::refuse(&self.headers.attributes(instance, blob.clone()).await?, &instance.transfer_syntax)?;
        let form = self.form_without_names(instance, wanted)?;
        if form == Form::Stored || !is_coded(instance) && form != Form::JpegLs {
            return self.written_without_names(instance, blob, form).await;
        }
        match self.recoded_without_names(instance, blob.clone(), form).await.map_err(not_in_this_form) {
            Err(Error::Unsupported(_)) if wanted.otherwise == Otherwise::Stored => {
                self.written_without_names(instance, blob, Form::Stored).await
            }
            file => file,
        }
    }

    /// The form that is wanted, as far as something can be written in it.
    fn form_without_names(&self, instance: &Instance, wanted: Wanted) -> Result<Form, Error> {
        let explicit = transfer_syntax::of(&instance.transfer_syntax).encoding == Encoding::ExplicitLittle;
        match wanted.form_of(instance) {
            Form::Stored if explicit => Ok(Form::Stored),
            Form::Stored if wanted.otherwise == Otherwise::Stored => Ok(Form::Native),
            Form::Stored | Form::Implicit => {
                Err(Error::Unsupported("de-identified files are in explicit little endian"))
            }
            form => Ok(form),
        }
    }

    /// With the pixels as they are stored.
    async fn written_without_names(&self, instance: &Instance, blob: Arc<dyn Blob>, form: Form) -> Result<File, Error> {
        let names = &self.parts.pseudonyms;
        let syntax = form.transfer_syntax(&instance.transfer_syntax).to_owned();
        let encapsulated = transfer_syntax::of(&instance.transfer_syntax).is_encapsulated();
        if encapsulated && form != Form::Stored {
            return Err(Error::Unsupported("the pixels cannot be decoded"));
        }
        let pixels = if encapsulated { Pixels::Fragments } else { Pixels::AsTheyAre };
        let changes = Changes { pixels, ..Changes::default() }.deidentified(names.deidentification());
        let begun = meta_of(instance, &names.uid(instance.uid.as_str()), &syntax);
        let body = Content::Here(blob).all();
        match rewriting::rewritten(instance, begun, changes, body).await? {
            Rewritten::Written(body) => Ok(File {
                instance: instance.clone(),
                transfer_syntax: syntax,
                size_bytes: None,
                body: Content::Coming(body.boxed()),
            }),
            Rewritten::Stored(_) => Err(Error::Unsupported("no transfer syntax describes the data set")),
        }
    }

    async fn recoded_without_names(&self, instance: &Instance, blob: Arc<dyn Blob>, form: Form) -> Result<File, Error> {
        let names = &self.parts.pseudonyms;
        let transfer_syntax = form.transfer_syntax(&instance.transfer_syntax).to_owned();
        let opened = self.headers.open(instance, blob).await?;
        let begun = meta_of(instance, &names.uid(instance.uid.as_str()), &transfer_syntax);
        let changes = Changes::default().deidentified(names.deidentification());
        let body = Content::Coming(self.recoded(instance, opened, form, begun, changes).await?);
        Ok(File { instance: instance.clone(), transfer_syntax, size_bytes: None, body })
    }
}
