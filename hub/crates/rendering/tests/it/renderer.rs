//! The pool.

use crate::support::{Made, png};
use rendering::{Error, Renderer};

#[tokio::test]
async fn more_pictures_than_places_all_get_made() {
    let renderer = Renderer::new(2, 1).expect("threads");
    let image = Made::new("MONOCHROME2", 64, 64, (8, 8)).image();
    let bytes = bytes::Bytes::from(vec![9; 4096]);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (renderer, image, bytes) = (renderer.clone(), image.clone(), bytes.clone());
        tasks.spawn(async move { renderer.picture(image, bytes, 0, png()).await });
    }
    while let Some(made) = tasks.join_next().await {
        assert!(made.expect("no panic").is_ok());
    }
    let short = renderer.picture(image, bytes.slice(..10), 0, png()).await;
    assert!(matches!(short, Err(Error::Corrupt(_))));
}

#[tokio::test]
async fn a_caller_that_goes_away_gives_its_place_back() {
    let renderer = Renderer::new(1, 1).expect("threads");
    let image = Made::new("MONOCHROME2", 64, 64, (8, 8)).image();
    let bytes = bytes::Bytes::from(vec![9; 4096]);
    for _ in 0..20 {
        let gone = renderer.picture(image.clone(), bytes.clone(), 0, png());
        let _ = tokio::time::timeout(std::time::Duration::ZERO, gone).await;
    }
    assert!(renderer.picture(image, bytes, 0, png()).await.is_ok());
}
