//! The region's worklist (UPS-RS), used by a client that was written from the Standard alone.

use crate::world::{Demo, hub, peer_script, run};
use std::process::Command;

#[test]
fn steps_of_work_go_round() {
    let mut demo = Demo::start(&[]);
    let (base, tls) = (demo.ready["hub"]["dicomweb"].clone(), demo.ready["tls"].clone());
    let second = demo.dir.join("second");
    run(hub(&demo).args(["client", "issue", "second", "--out"]).arg(&second));
    let script = |name: &str| -> Command {
        let mut command = peer_script(name);
        for told in [&base, &tls["ca"], &tls["cert"], &tls["key"]] {
            command.arg(told.as_str().expect("a text"));
        }
        command
    };
    let asked = |name: &str| {
        let mut command = script(name);
        run(command.arg(second.join("client.pem")).arg(second.join("client.key")))
    };
    eprintln!("{}", asked("workitems.py"));
    // what was answered survives the end of the hub, subscriptions too
    let kept = run(script("workitems_kept.py").arg("--make"));
    demo.stop_by("-KILL");
    demo.start_again(&[]);
    eprintln!("{}", run(script("workitems_kept.py").args(["--look", kept.trim()])));
}
