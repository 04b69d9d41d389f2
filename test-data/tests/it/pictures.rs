//! Pictures of the whole region against those of another reader's pixel pipeline.

use crate::{
    cases::{import, plan, region_plan, with_refusals},
    world::{Demo, cases, peer_script, run, write_json},
};
use serde_json::Value;

#[test]
fn pictures_of_every_shared_case_are_those_of_pydicom() {
    let Some(cases) = cases() else { return };
    let demo = Demo::start(&["--data", &cases.join("region").to_string_lossy()]);
    let (manifest, copies) = (cases.join("manifest.json"), demo.dir.join("copies"));
    let others = plan(&cases, &copies, "cases", &["--manifest", &manifest.to_string_lossy(), "--skip", "region"]);
    let mut states = peer_script("make_states.py");
    states.arg("--from").arg(&cases).arg("--to").arg(copies.join("states"));
    let states: Vec<Value> = serde_json::from_str(&run(&mut states)).expect("a plan");
    let refused = import(&demo, 1, &copies);
    let mut whole = with_refusals(others, &refused);
    whole.extend(with_refusals(states, &refused));
    whole.extend(region_plan(&cases));
    crate::known::wait(&demo);
    let file = demo.dir.join("pictures.json");
    write_json(&file, &Value::Array(whole));
    for script in ["check_pictures.py", "check_renditions.py"] {
        let mut command = peer_script(script);
        command.arg("--ready").arg(&demo.ready_file).arg("--plan").arg(&file).arg("--manifest").arg(&manifest);
        eprintln!("{}", run(&mut command));
    }
}
