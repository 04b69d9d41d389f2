//! What is held stays, whatever happens to the cache beside it.

use crate::world::permit;
use archive::HeldFirst;
use blob_store::{BlobStore, Checked, Config, Disk, Error};
use bytes::Bytes;
use imaging_domain::Digest;
use std::{path::PathBuf, sync::Arc};

async fn put(store: &dyn BlobStore, bytes: &'static [u8]) -> Digest {
    let mut staged = store.stage(&permit()).await.unwrap();
    staged.write(Bytes::from_static(bytes)).await.unwrap();
    let sealed = staged.seal().await.unwrap();
    let digest = sealed.digest;
    store.publish(sealed).await.unwrap();
    digest
}

async fn read(store: &dyn BlobStore, digest: &Digest) -> Result<Bytes, Error> {
    let blob = store.open(&permit(), digest).await?;
    blob.read_at(0, blob.size_bytes() as usize).await
}

#[tokio::test]
async fn what_is_held_is_never_removed_and_spoilt_bytes_are_never_given() {
    let folder = tempfile::tempdir().unwrap();
    let disk = |name: &str| -> Arc<dyn BlobStore> {
        let config = Config { dir: folder.path().join(name), reserve_bytes: 0 };
        Arc::new(Checked::new(Arc::new(Disk::open(&config).unwrap())))
    };
    let (held, cache) = (disk("held"), disk("cache"));
    let both = HeldFirst::new(held.clone(), cache.clone());
    let cached = put(&both, b"cached").await;
    assert!(matches!(read(held.as_ref(), &cached).await, Err(Error::NotFound)), "what is fetched goes into the cache");
    let kept = put(held.as_ref(), b"held").await;
    for (digest, expected) in [(&cached, &b"cached"[..]), (&kept, b"held")] {
        assert_eq!(read(&both, digest).await.unwrap(), expected);
        both.remove(&permit(), digest).await.unwrap();
    }
    assert!(matches!(read(&both, &cached).await, Err(Error::NotFound)));
    assert_eq!(read(&both, &kept).await.unwrap(), b"held".as_slice());

    let name = kept.to_string();
    let path: PathBuf = folder.path().join("held/blobs").join(&name[..2]).join(&name);
    std::fs::write(&path, b"evil").unwrap();
    // opened anew, as after a restart: nothing is remembered as right
    let both = HeldFirst::new(disk("held"), cache);
    assert!(matches!(read(&both, &kept).await, Err(Error::Corrupt)));
    put(&both, b"held").await;
    assert_eq!(read(&both, &kept).await.unwrap(), b"held".as_slice(), "another site gave the right bytes");
    assert!(path.exists(), "for whoever tries to save them");
}
