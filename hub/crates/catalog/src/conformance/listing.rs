//! Cases of `instances` and `representative`.

use super::{
    Index,
    sample::{SR, image, permit, series, site, store, study, uid, with},
};
use crate::ports::Scope;
use imaging_domain::{ErrorKind, InstanceUid, SopClassUid, tags};

fn scope(number: u32, in_series: Option<u32>, instance: Option<(u32, u32)>) -> Scope {
    Scope {
        study: study(number),
        series: in_series.map(|s| series(number, s)),
        instance: instance.map(|(s, i)| uid(number, s, i)),
    }
}

async fn all(index: &impl Index, scope: &Scope, limit: usize) -> Vec<InstanceUid> {
    let (mut out, mut after) = (vec![], None);
    loop {
        let page = index.instances(&permit(), scope, after.as_ref(), limit).await.unwrap();
        assert!(page.len() <= limit);
        let Some(last) = page.last() else { return out };
        after = Some((last.0[0].instance.series.clone(), last.0[0].instance.uid.clone()));
        out.extend(page.into_iter().map(|copies| copies.0[0].instance.uid.clone()));
    }
}

pub(super) async fn instances_come_in_pages(index: &impl Index) {
    let mut stored: Vec<_> = (1..=3).flat_map(|s| (1..=5).map(move |n| image(1, s, n))).collect();
    stored.push(image(2, 1, 1));
    stored.reverse();
    store(index, "a", stored).await;
    store(index, "b", vec![image(1, 1, 2), image(1, 2, 9), image(1, 4, 1)]).await;
    let of = |s: u32, numbers: &[u32]| numbers.iter().map(|n| uid(1, s, *n)).collect::<Vec<_>>();
    let whole = [of(1, &[1, 2, 3, 4, 5]), of(2, &[1, 2, 3, 4, 5, 9]), of(3, &[1, 2, 3, 4, 5]), of(4, &[1])].concat();
    for limit in [1, 2, 4, 100] {
        assert_eq!(all(index, &scope(1, None, None), limit).await, whole, "pages of {limit}");
        assert_eq!(all(index, &scope(1, Some(2), None), limit).await, of(2, &[1, 2, 3, 4, 5, 9]));
    }
    assert_eq!(all(index, &scope(1, Some(3), Some((3, 4))), 10).await, [uid(1, 3, 4)]);
    assert_eq!(all(index, &scope(1, Some(2), Some((3, 4))), 10).await, [], "it is of another series");
    assert_eq!(all(index, &scope(9, None, None), 10).await, []);
}

pub(super) async fn a_series_has_an_order_and_its_instances_are_found_by_name(index: &impl Index) {
    let numbered = |of: u32, number: &str| with(image(1, 1, of), &[(tags::INSTANCE_NUMBER, number)]);
    let batch = vec![numbered(1, "10"), numbered(2, "9"), numbered(3, " 2 "), numbered(4, "9"), image(1, 2, 1)];
    store(index, "a", batch).await;
    store(index, "b", vec![numbered(2, "9"), numbered(5, "11")]).await;
    let place = (&study(1), &series(1, 1));
    let order = index.order(&permit(), place).await.unwrap();
    assert_eq!(order, [3, 2, 4, 1, 5].map(|of| uid(1, 1, of)));
    assert_eq!(index.order(&permit(), (&study(9), &series(1, 1))).await.unwrap(), []);
    let named = [uid(1, 1, 5), uid(1, 1, 9), uid(1, 1, 2), uid(1, 2, 1)];
    let found = index.named_instances(&permit(), place, &named).await.unwrap();
    let found: Vec<_> = found.iter().map(|copies| (copies.0[0].instance.uid.clone(), copies.0.len())).collect();
    assert_eq!(found, [(uid(1, 1, 5), 1), (uid(1, 1, 2), 2)], "with all copies, and of this series alone");
}

pub(super) async fn copies_of_an_instance_come_together(index: &impl Index) {
    let stored_at = |ms| {
        let mut instance = with(image(1, 1, 1), &[(tags::PATIENT_ID, "P1")]);
        instance.stored_ms = ms;
        instance
    };
    for (name, ms) in [("a", 200), ("b", 300), ("c", 100)] {
        store(index, name, vec![stored_at(ms)]).await;
    }
    let found = index.instances(&permit(), &scope(1, None, None), None, 10).await.unwrap();
    assert_eq!(found.len(), 1);
    let sites: Vec<_> = found[0].0.iter().map(|copy| copy.site.clone()).collect();
    assert_eq!(sites, ["c", "a", "b"].map(site), "the most recently stored last");
    assert_eq!(found[0].0[1].instance, stored_at(200), "nothing of it is lost");
}

pub(super) async fn the_middle_image_stands_for_a_scope(index: &impl Index) {
    let mut batch: Vec<_> = (1..=5).map(|n| image(1, 20, n)).collect();
    batch.extend([image(1, 3, 1), image(1, 100, 1)]);
    for number in 200..210 {
        let mut report = image(1, number, 1);
        report.sop_class = SopClassUid::parse(SR).ok();
        report.frames = 0;
        batch.push(report);
    }
    let mut note = image(1, 20, 6);
    note.frames = 0;
    batch.push(note);
    store(index, "a", batch).await;
    for (asked, expected) in [
        (scope(1, None, None), uid(1, 20, 3)),
        (scope(1, Some(20), None), uid(1, 20, 3)),
        (scope(1, Some(205), None), uid(1, 205, 1)),
        (scope(1, Some(20), Some((20, 5))), uid(1, 20, 5)),
    ] {
        let found = index.representative(&permit(), &asked).await.unwrap();
        assert_eq!(found.0[0].instance.uid, expected, "{asked:?}");
    }
    for missing in [scope(2, None, None), scope(1, Some(7), None), scope(1, Some(20), Some((20, 99)))] {
        let error = index.representative(&permit(), &missing).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{missing:?}");
    }
}
