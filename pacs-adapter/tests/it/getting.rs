//! C-GET, asked by pynetdicom and by DCMTK.

use crate::{
    dcmtk::{run, words},
    files::below,
    house::{Hospital, peer},
};

#[tokio::test(flavor = "multi_thread")]
async fn pynetdicom_gets_what_it_takes() {
    let hospital = Hospital::start(None).await;
    peer("get_at_adapter.py", vec![hospital.address.port().to_string()]).await;
    let lines = hospital.lines.text();
    assert!(lines.contains("peer:GETTER@127.0.0.1") && lines.contains("retrieve"), "no retrieval was written down");
}

#[tokio::test(flavor = "multi_thread")]
async fn getscu_gets() {
    let hospital = Hospital::start(None).await;
    let port = hospital.address.port().to_string();
    peer("find_at_adapter.py", vec![port.clone(), "fill".to_owned()]).await;
    for (option, keys, expected) in [
        ("+x=", &["QueryRetrieveLevel=STUDY", "StudyInstanceUID=1.2.3.1"][..], 5),
        ("+xi", &["QueryRetrieveLevel=SERIES", "StudyInstanceUID=1.2.3.2", "SeriesInstanceUID=1.2.3.2.1"], 2),
        ("+xe", &["QueryRetrieveLevel=STUDY", "StudyInstanceUID=1.2.3.3"], 1),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().to_str().unwrap();
        let mut args = words(&["-S", option, "-aec", "PACSADAPTER", "-od", out]);
        keys.iter().for_each(|key| args.extend(words(&["-k", key])));
        args.extend(words(&["127.0.0.1", &port]));
        let Some(output) = run("getscu", args).await else { return };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(below(folder.path()).len(), expected, "{option} {}", String::from_utf8_lossy(&output.stderr));
    }
}
