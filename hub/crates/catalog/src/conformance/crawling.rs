//! Cases of the taking over of old archives.

use super::{
    Index,
    sample::{image, permit, store, study},
};
use crate::ports::{Amount, CrawlReport, CrawlWindow, FetchEnd, ListedStudy, WindowEnd};
use imaging_domain::AeTitle;
use std::collections::HashSet;

fn old() -> AeTitle {
    AeTitle::parse("OLDPACS").unwrap()
}

fn window(first: &str, last: &str) -> CrawlWindow {
    CrawlWindow { first: first.into(), last: last.into() }
}

fn listed(number: u32, date: &str, instances: u64) -> ListedStudy {
    let (study, classes, mark) = (study(number), vec!["1.2".into()], "A".to_owned());
    ListedStudy { study, date: date.into(), instances: Some(instances), classes, mark }
}

async fn begin(index: &impl Index, now_ms: i64) -> u64 {
    let windows = vec![window("2019", "2019"), window("2020", "2020"), window("", "")];
    index.begin_pass(&permit(), &old(), windows, now_ms).await.unwrap().number
}

/// Every window of the pass is told as this.
async fn tell(index: &impl Index, studies: Vec<ListedStudy>) {
    while let Some(next) = index.next_window(&permit(), &old(), &[]).await.unwrap() {
        index.end_window(&permit(), &old(), &next, studies.clone(), WindowEnd::Whole).await.unwrap();
    }
}

async fn due(index: &impl Index, now_ms: i64) -> Vec<u32> {
    let due = index.due(&permit(), &old(), now_ms, 10).await.unwrap();
    let number = |uid: &str| uid.rsplit('.').next().unwrap().parse().unwrap();
    due.iter().map(|due| number(due.listed.study.as_str())).collect()
}

async fn end(index: &impl Index, number: u32, end: FetchEnd) {
    index.end_fetch(&permit(), &old(), &study(number), end).await.unwrap();
}

/// It is here, as it was told.
fn whole(at_ms: i64) -> FetchEnd {
    FetchEnd::Whole { at_ms, has_changed: false, left_out: 0 }
}

async fn report(index: &impl Index) -> CrawlReport {
    index.report(&permit(), &old()).await.unwrap()
}

pub(super) async fn windows_are_asked_latest_first_and_halved(index: &impl Index) {
    assert_eq!(report(index).await, CrawlReport::default());
    assert_eq!(index.last_pass(&permit(), &old()).await.unwrap(), None);
    assert_eq!(begin(index, 5).await, 1);
    assert_eq!(begin(index, 9).await, 1, "the same goes on");
    assert_eq!(index.last_pass(&permit(), &old()).await.unwrap().unwrap().begun_ms, 5);
    let ask = async || index.next_window(&permit(), &old(), &[]).await.unwrap();
    let end = async |window: &CrawlWindow, end| {
        index.end_window(&permit(), &old(), window, vec![listed(1, "20200601", 2)], end).await.unwrap();
    };
    assert_eq!(ask().await, Some(window("2020", "2020")));
    let halves = vec![window("20200101", "20200630"), window("20200701", "20201231")];
    end(&window("2020", "2020"), WindowEnd::Halved(halves)).await;
    assert_eq!(ask().await, Some(window("20200701", "20201231")));
    end(&window("20200701", "20201231"), WindowEnd::Cut).await;
    assert_eq!(ask().await, Some(window("20200101", "20200630")));
    let over = [window("20200101", "20200630"), window("2019", "2019")];
    assert_eq!(index.next_window(&permit(), &old(), &over).await.unwrap(), Some(window("", "")));
    let counted = report(index).await;
    assert_eq!((counted.windows_waiting, counted.windows_cut, counted.told.studies), (3, 1, 1));
    let other = AeTitle::parse("OTHER").unwrap();
    assert_eq!(index.next_window(&permit(), &other, &[]).await.unwrap(), None, "each archive has its own");
    assert!(!index.end_pass(&permit(), &old(), 10).await.unwrap(), "windows wait");
    tell(index, vec![]).await;
    assert!(!index.end_pass(&permit(), &old(), 10).await.unwrap(), "a study waits");
}

pub(super) async fn studies_come_latest_first_until_they_are_whole(index: &impl Index) {
    begin(index, 0).await;
    store(index, "a", vec![image(1, 1, 1)]).await;
    tell(index, vec![listed(1, "20200101", 2), listed(2, "20210101", 1), listed(3, "", 1)]).await;
    assert_eq!(due(index, 0).await, [2, 1, 3]);
    let first = index.due(&permit(), &old(), 0, 10).await.unwrap().remove(1);
    assert_eq!((first.held, first.listed.instances, first.tries), (1, Some(2), 0));
    store(index, "a", vec![image(1, 1, 2), image(2, 1, 1)]).await;
    end(index, 1, whole(0)).await;
    end(index, 2, FetchEnd::Again { at_ms: 100, why: "silent".into() }).await;
    end(index, 3, FetchEnd::GivenUp { why: "refused".into() }).await;
    assert_eq!(due(index, 99).await, [0; 0]);
    assert_eq!(due(index, 100).await, [2]);
    assert!(!index.end_pass(&permit(), &old(), 50).await.unwrap(), "it waits although not now");
    end(index, 2, whole(0)).await;
    assert!(index.end_pass(&permit(), &old(), 200).await.unwrap());
    let counted = report(index).await;
    assert_eq!(counted.told, Amount { studies: 3, instances: 4 });
    assert_eq!(counted.arrived, Amount { studies: 2, instances: 3 });
    assert_eq!((counted.given_up, counted.waiting, counted.new, counted.gone), (1, 0, 3, 0));
    let lost = index.given_up(&permit(), &old(), 10).await.unwrap();
    assert_eq!((lost[0].study.clone(), lost[0].told, lost[0].held), (study(3), Some(1), 0));
    assert_eq!((lost[0].why.as_str(), lost.len()), ("refused", 1));
}

pub(super) async fn a_later_pass_finds_new_changed_and_gone(index: &impl Index) {
    begin(index, 0).await;
    tell(index, vec![listed(1, "20200101", 1), listed(2, "20200102", 1), listed(3, "20200103", 1)]).await;
    store(index, "a", vec![image(1, 1, 1), image(2, 1, 1), image(3, 1, 1)]).await;
    for number in 1..4 {
        end(index, number, whole(0)).await;
    }
    assert!(index.end_pass(&permit(), &old(), 1).await.unwrap());
    assert_eq!(begin(index, 2).await, 2);
    let before = report(index).await;
    assert_eq!((before.gone, before.told.studies, before.new), (0, 3, 0), "nobody knows yet");
    tell(index, vec![listed(1, "20200101", 1), listed(2, "20200102", 2), listed(4, "20200104", 1)]).await;
    assert_eq!(due(index, 2).await, [4, 2], "what is whole is not fetched again");
    store(index, "a", vec![image(2, 1, 2), image(4, 1, 1)]).await;
    end(index, 2, whole(0)).await;
    end(index, 4, whole(0)).await;
    assert_eq!(report(index).await.gone, 0, "nobody asked for it");
    index.end_study(&permit(), &old(), &study(3)).await.unwrap();
    assert!(index.end_pass(&permit(), &old(), 3).await.unwrap());
    let counted = report(index).await;
    assert_eq!((counted.new, counted.changed, counted.gone), (1, 1, 1));
    assert_eq!(counted.told, Amount { studies: 3, instances: 4 });
    assert_eq!(counted.arrived, counted.told);
}

pub(super) async fn what_rules_left_out_lacks_nowhere(index: &impl Index) {
    begin(index, 0).await;
    tell(index, vec![listed(1, "20200101", 3)]).await;
    store(index, "a", vec![image(1, 1, 1)]).await;
    end(index, 1, FetchEnd::Whole { at_ms: 0, has_changed: false, left_out: 2 }).await;
    assert!(index.end_pass(&permit(), &old(), 1).await.unwrap());
    let counted = report(index).await;
    assert_eq!((counted.arrived, counted.left_out), (Amount { studies: 1, instances: 1 }, 2));
    begin(index, 2).await;
    tell(index, vec![listed(1, "20200101", 3)]).await;
    assert_eq!(due(index, 2).await, [0; 0], "it would be left out again");
    store(index, "a", vec![image(1, 1, 2), image(1, 1, 3)]).await;
    assert_eq!(report(index).await.left_out, 0, "what was released is here");
    assert!(index.end_pass(&permit(), &old(), 3).await.unwrap());
    begin(index, 4).await;
    tell(index, vec![listed(1, "20200101", 4)]).await;
    assert_eq!(due(index, 4).await, [1], "there is more of it");
    let counted = report(index).await;
    assert_eq!((counted.arrived.studies, counted.left_out), (0, 0), "nobody knows what rules say of that");
    end(index, 1, FetchEnd::Whole { at_ms: 0, has_changed: false, left_out: 1 }).await;
    assert!(index.end_pass(&permit(), &old(), 5).await.unwrap());
    index.delete_study(&permit(), &super::sample::site("a"), &study(1), 6).await.unwrap();
    begin(index, 7).await;
    tell(index, vec![listed(1, "20200101", 4)]).await;
    assert_eq!(due(index, 7).await, [1], "what was deleted comes again, and what was left out with it");
}

pub(super) async fn what_was_given_up_is_tried_again_in_the_next_pass(index: &impl Index) {
    begin(index, 0).await;
    let mut unknown = listed(1, "20200101", 1);
    unknown.instances = None;
    tell(index, vec![unknown.clone(), listed(2, "20200102", 1)]).await;
    end(index, 1, whole(0)).await;
    end(index, 2, FetchEnd::GivenUp { why: "refused".into() }).await;
    let counted = report(index).await;
    assert_eq!((counted.untold, counted.arrived.studies), (1, 1), "its word is all there is");
    // told a second time in the pass it stays given up
    let again = window("20200102", "20200102");
    index.end_window(&permit(), &old(), &again, vec![listed(2, "20200102", 1)], WindowEnd::Whole).await.unwrap();
    assert_eq!(due(index, 0).await, [0; 0]);
    assert!(index.end_pass(&permit(), &old(), 1).await.unwrap());
    begin(index, 2).await;
    tell(index, vec![unknown, listed(2, "20200102", 1)]).await;
    assert_eq!(due(index, 2).await, [2]);
    assert_eq!(index.due(&permit(), &old(), 2, 10).await.unwrap()[0].tries, 0);
}

pub(super) async fn what_is_told_otherwise_is_fetched_again_and_what_is_not_seen_is_listed(index: &impl Index) {
    store(index, "a", vec![image(1, 1, 1), image(2, 1, 1)]).await;
    begin(index, 1000).await;
    tell(index, vec![listed(1, "20200101", 1), listed(2, "20200102", 1)]).await;
    for number in [1, 2] {
        end(index, number, whole(0)).await;
    }
    assert!(index.end_pass(&permit(), &old(), 2000).await.unwrap());
    assert!(index.unseen(&permit(), &old(), 10).await.unwrap().is_empty());
    begin(index, 3000).await;
    tell(index, vec![ListedStudy { mark: "B".into(), ..listed(1, "20200101", 1) }]).await;
    let again = index.due(&permit(), &old(), 3000, 10).await.unwrap();
    assert_eq!((again.len(), again[0].is_rewritten), (1, true));
    assert_eq!(index.report(&permit(), &old()).await.unwrap().changed, 1);
    assert_eq!(index.unseen(&permit(), &old(), 10).await.unwrap(), [study(2)]);
    let untold = index.untold(&permit(), &old(), [1, 2, 3].map(study).into()).await.unwrap();
    assert_eq!(untold, HashSet::from([2, 3].map(study)), "one was seen in this pass");
    index.end_study(&permit(), &old(), &study(2)).await.unwrap();
    assert!(index.unseen(&permit(), &old(), 10).await.unwrap().is_empty());
    end(index, 1, whole(0)).await;
    assert!(index.end_pass(&permit(), &old(), 4000).await.unwrap());
    assert_eq!(index.report(&permit(), &old()).await.unwrap().gone, 1);
    begin(index, 5000).await;
    tell(index, vec![ListedStudy { mark: "B".into(), ..listed(1, "20200101", 1) }]).await;
    assert!(due(index, 5000).await.is_empty(), "it is as it was when it was whole");
}

pub(super) async fn what_was_whole_long_ago_is_looked_into(index: &impl Index) {
    let listing = || vec![listed(1, "20200101", 1), listed(2, "20200102", 1), listed(3, "20200103", 1)];
    store(index, "a", vec![image(1, 1, 1), image(2, 1, 1)]).await;
    begin(index, 0).await;
    tell(index, listing()).await;
    end(index, 1, whole(100)).await;
    end(index, 2, whole(200)).await;
    end(index, 3, FetchEnd::GivenUp { why: "refused".into() }).await;
    assert!(index.end_pass(&permit(), &old(), 300).await.unwrap());
    begin(index, 400).await;
    let look = async |before_ms| index.look_into(&permit(), &old(), before_ms).await.unwrap();
    assert_eq!(look(1000).await, 0, "nothing was told in this pass");
    tell(index, listing()).await;
    assert_eq!((look(200).await, look(200).await), (1, 0), "what is as old as that and waits already does not count");
    let due = index.due(&permit(), &old(), 400, 10).await.unwrap();
    let told: Vec<_> = due.iter().map(|due| (due.listed.study.clone(), due.is_looked_into)).collect();
    assert_eq!(told, [(study(3), false), (study(1), true)]);
    end(index, 1, FetchEnd::Whole { at_ms: 500, has_changed: true, left_out: 0 }).await;
    end(index, 3, whole(500)).await;
    assert_eq!((look(500).await, report(index).await.changed), (1, 1));
    end(index, 2, whole(500)).await;
    assert_eq!((look(500).await, report(index).await.changed), (0, 1));
}
