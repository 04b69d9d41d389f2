//! Neither address nor PIN is anywhere but in the answer that made the link.

use crate::world::{World, payload, radiologist, token, wanted, wrong};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};
use study_links::Wanted;
use tracing_subscriber::fmt::MakeWriter;

/// A log in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[allow(clippy::disallowed_methods, reason = "files of the test's own")]
fn bytes_of(path: &std::path::Path) -> Vec<u8> {
    std::fs::read(path).unwrap()
}

#[tokio::test]
async fn neither_token_nor_pin_is_kept_or_logged() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing_subscriber::filter::LevelFilter::TRACE);
    // for all threads: the index has threads of its own
    subscriber.with_writer(log.clone()).init();
    let world = World::new().await;
    let made = world.links.make(&radiologist(), Wanted { note: "kept".into(), ..wanted(&[1]) }).await.unwrap();
    let opened = world.open(&made, &made.pin).await.unwrap();
    let (manifest, key) = payload(&made);
    let shared = world.links.share(&manifest, &made.pin, None).await.unwrap();
    let refused = wrong(&made);
    let error = world.open(&made, &refused).await.err().unwrap();
    world.links.extend(&radiologist(), &made.link.id, 3).await.unwrap();
    let secrets = [token(&made), &made.pin, &opened.token, &refused, &manifest, &key, &shared.bearer, &shared.files];
    let shown = format!("{error} {error:?} {:?} {:?}", opened.holder, world.links.pepper);
    let mut kept = vec![("errors and Debug".to_owned(), shown.into_bytes())];
    kept.push(("the audit log".into(), world.lines.text().into_bytes()));
    kept.push(("the log".into(), log.0.lock().unwrap().clone()));
    for entry in std::fs::read_dir(world.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        kept.push((path.display().to_string(), bytes_of(&path)));
    }
    assert!(kept.iter().any(|(_, bytes)| holds(bytes, "2.25.1") && holds(bytes, "kept")), "the index was looked at");
    for (place, bytes) in &kept {
        for secret in secrets {
            assert!(!holds(bytes, secret), "{place} holds a secret");
            let Ok(raw) = URL_SAFE_NO_PAD.decode(secret) else { continue };
            let is_there = raw.len() == 32 && bytes.windows(32).any(|window| window == raw);
            assert!(!is_there, "{place} holds the bytes of a secret");
        }
    }
}
