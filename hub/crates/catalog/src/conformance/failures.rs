//! Cases of failures that are kept.

use super::{Index, sample::permit};
use crate::ports::{Failed, MAX_FAILURES};

fn failed(sender: &str, times: u64, last_ms: i64) -> Failed {
    let (sender, why, detail) = (sender.to_owned(), "unreadable".to_owned(), "it is cut off".to_owned());
    Failed { sender, why, detail, times, last_ms }
}

pub(super) async fn failures_are_kept_latest_first_and_bounded(index: &impl Index) {
    assert!(index.failures(&permit()).await.unwrap().is_empty());
    let [first, second] = [failed("CT1", 3, 5), failed("CT2", 1, 9)];
    index.put_failures(&permit(), vec![first.clone(), second.clone()]).await.unwrap();
    assert_eq!(index.failures(&permit()).await.unwrap(), [second, first.clone()]);
    // the same failure is one, and what is not put again is gone
    index.put_failures(&permit(), vec![first.clone(), failed("CT1", 2, 7)]).await.unwrap();
    assert_eq!(index.failures(&permit()).await.unwrap(), [failed("CT1", 5, 7)]);
    let many = (0..2 * MAX_FAILURES).map(|number| failed(&number.to_string(), 1, -(number as i64))).collect();
    index.put_failures(&permit(), many).await.unwrap();
    let kept = index.failures(&permit()).await.unwrap();
    assert_eq!((kept.len(), kept[0].sender.as_str()), (MAX_FAILURES, "0"));
    index.put_failures(&permit(), vec![]).await.unwrap();
    assert!(index.failures(&permit()).await.unwrap().is_empty());
}
