//! Pictures of the whole region against those of another reader's pixel pipeline.

use crate::{
    cases::{compare, manifest_file, region},
    world::{cases, peer_script, run},
};

#[test]
fn pictures_of_every_shared_case_are_those_of_pydicom() {
    let Some(cases) = cases() else { return };
    let (demo, whole) = region(&cases, |copies| {
        let mut states = peer_script("make_states.py");
        states.arg("--from").arg(&cases).arg("--to").arg(copies.join("states"));
        serde_json::from_str(&run(&mut states)).expect("a plan")
    });
    for script in ["check_pictures.py", "check_renditions.py"] {
        compare(script, &demo, &whole, Some(&manifest_file(&cases)));
    }
}
