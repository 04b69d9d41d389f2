//! From what a client takes to what the archive is asked to make.

use ::dicomweb::{Accept, Error, Packaging, Representation, Stored};
use archive::{Choose, Form, Identity, Otherwise, Wanted};
use imaging_domain::Instance;
use std::sync::Arc;

/// Parts, or the body.
pub(super) const BOTH: &[Packaging] = &[Packaging::Multipart, Packaging::Single];
/// Parts only.
pub(super) const PARTS: &[Packaging] = &[Packaging::Multipart];

/// What of an instance decides in which forms it can be given.
pub(super) fn stored(instance: &Instance) -> Stored<'_> {
    let uid = &instance.transfer_syntax;
    Stored { uid, decodes: rendering::decodes(uid), has_pixels: instance.frames > 0 }
}

/// Files in the packagings that there are.
pub(super) fn files(accept: &Accept, packagings: &'static [Packaging]) -> Choose {
    choose(accept, move |accept, stored| accept.file(stored, packagings))
}

/// The same, with or without who they are about.
pub(super) fn telling(identity: Identity, choose: Choose) -> Choose {
    Arc::new(move |instance| Ok(Wanted { identity, ..choose(instance)? }))
}

/// Files of a zip.
pub(super) fn zipped(accept: &Accept) -> Choose {
    choose(accept, |accept, stored| accept.zipped(stored))
}

/// So many frames.
pub(super) fn frames(accept: &Accept, count: usize) -> Choose {
    choose(accept, move |accept, stored| accept.frames(stored, count))
}

/// Compressed pixel data as one value.
pub(super) fn pixels(accept: &Accept) -> Choose {
    let accept = accept.clone();
    Arc::new(move |instance| {
        let frames = instance.frames as usize;
        choose(&accept, move |accept, stored| accept.pixels(stored, frames))(instance)
    })
}

/// So many frames, of an instance that has any; one without is no reason to refuse the others.
pub(super) fn frames_if_any(accept: &Accept, count: usize) -> Choose {
    let choose = frames(accept, count);
    Arc::new(move |instance| match instance.frames {
        0 => Ok(Wanted::given(Form::Stored, Otherwise::Stored)),
        _ => choose(instance),
    })
}

fn choose<F>(accept: &Accept, fitting: F) -> Choose
where
    F: for<'a> Fn(&Accept, &Stored<'a>) -> Result<Representation<'a>, Error> + Send + Sync + 'static,
{
    let accept = accept.clone();
    Arc::new(move |instance| {
        let stored = stored(instance);
        let fits = fitting(&accept, &stored).map_err(|error| match error {
            Error::NotAcceptable(why) => archive::Error::Unsupported(why),
            _ => archive::Error::Unsupported("no acceptable representation"),
        })?;
        let form = Form::giving(fits.transfer_syntax, stored.uid);
        let form = form.ok_or(archive::Error::Unsupported("no acceptable representation"))?;
        let is_of_another_type = fits.media_type.starts_with("image/") && fits.transfer_syntax != stored.uid;
        let otherwise = if fits.is_named || is_of_another_type { Otherwise::Nothing } else { Otherwise::Stored };
        Ok(Wanted::given(form, otherwise))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicomweb::tests;
    use imaging_domain::StudyUid;

    #[test]
    fn an_instance_without_pixels_is_no_reason_to_refuse_the_others() {
        let accept = "multipart/related; type=\"image/jpeg\"; transfer-syntax=1.2.840.10008.1.2.4.50";
        let choose = frames_if_any(&Accept::parse(Some(accept), None), 2);
        let study = StudyUid::parse("1.2").unwrap();
        let instance = |transfer_syntax: &str, frames| Instance {
            transfer_syntax: transfer_syntax.into(),
            frames,
            ..tests::instance(&study, "1.4")
        };
        assert!(choose(&instance("1.2.840.10008.1.2.4.50", 1)).is_ok());
        assert!(choose(&instance("1.2.840.10008.1.2.1", 0)).is_ok(), "a report");
        assert!(choose(&instance("1.2.840.10008.1.2.1", 1)).is_err(), "pixels that are no JPEG");
    }
}
