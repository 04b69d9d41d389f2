//! Many at once.

use super::config;
use crate::{
    conformance::sample::{image, permit, query, site},
    ports::{Arrival, ChangeFeed, StudyIndex, Totals},
    sqlite::Sqlite,
};
use imaging_domain::Level;

/// Two handles are two processes as far as SQLite knows: the numbers of the feed must not come twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_and_readers_do_not_disturb_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let handles = [(); 2].map(|()| Sqlite::open(&config(&folder)).unwrap());
    let mut tasks = tokio::task::JoinSet::new();
    for study in 1..=8_u32 {
        let index = handles[study as usize % 2].clone();
        tasks.spawn(async move {
            for number in 1..=10 {
                let arrival = Arrival::new(site("a"), image(study, 1, number));
                index.commit(&permit(), vec![arrival]).await.unwrap();
                let answer = index.search(&permit(), &query(Level::Instance, &[])).await.unwrap();
                let own = answer.matches.iter().filter(|m| m.study == image(study, 1, 1).study).count();
                assert_eq!(own, number as usize, "what was committed is found at once");
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let lines = handles[0].changes_after(&permit(), &site("a"), 0, 1000).await.unwrap();
    assert!(lines.iter().map(|line| line.number).eq(1..=80));
    let totals = Totals { studies: 8, series: 8, instances: 80, conflicts: 0 };
    assert_eq!(handles[1].totals(&permit()).await.unwrap(), totals);
}

#[tokio::test]
async fn who_goes_away_leaves_the_connection() {
    let folder = tempfile::tempdir().unwrap();
    let index = Sqlite::open(&config(&folder)).unwrap();
    let overview = permit();
    for _ in 0..50 {
        tokio::select! {
            biased;
            _ = index.totals(&overview) => {}
            () = tokio::task::yield_now() => {}
        }
    }
    assert_eq!(index.totals(&permit()).await.unwrap(), Totals::default());
}
