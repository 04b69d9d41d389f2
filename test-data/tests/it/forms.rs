//! Every file of the region in the forms that viewers ask for.

use crate::{
    cases::{import, plan, region_plan, with_refusals},
    world::{Demo, cases, peer_script, run, write_json},
};
use serde_json::Value;

#[test]
fn every_shared_image_is_given_decoded_and_as_jpeg_ls_and_studies_as_zip() {
    let Some(cases) = cases() else { return };
    let demo = Demo::start(&["--data", &cases.join("region").to_string_lossy()]);
    let (manifest, copies) = (cases.join("manifest.json"), demo.dir.join("copies"));
    let manifest_word = manifest.to_string_lossy().into_owned();
    let others = plan(&cases, &copies, "cases", &["--manifest", &manifest_word, "--skip", "region"]);
    let refused = import(&demo, 1, &copies);
    let mut whole = with_refusals(others, &refused);
    whole.extend(region_plan(&cases));
    crate::known::wait(&demo);
    let file = demo.dir.join("plan.json");
    write_json(&file, &Value::Array(whole));
    let mut command = peer_script("convert_region.py");
    command.arg("--ready").arg(&demo.ready_file).arg("--plan").arg(file).arg("--manifest").arg(manifest);
    eprintln!("{}", run(&mut command));
}
