//! Every file of the region in the forms that viewers ask for.

use crate::{
    cases::{compare, manifest_file, region},
    world::cases,
};

#[test]
fn every_shared_image_is_given_decoded_and_as_jpeg_ls_and_studies_as_zip() {
    let Some(cases) = cases() else { return };
    let (demo, whole) = region(&cases, |_| vec![]);
    compare("convert_region.py", &demo, &whole, Some(&manifest_file(&cases)));
}
