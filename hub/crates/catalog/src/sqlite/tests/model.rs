//! Random arrivals and queries against a model that is a list.

use super::config;
use crate::{
    conformance::sample::{image, numbers, permit, query, search, store, with},
    names::{NameKey, stored},
    ports::{Answer, StudyIndex, Verdict},
    sqlite::Sqlite,
};
use imaging_domain::{Level, Names, Query, Tag, tags};
use proptest::{collection::vec, prelude::*, sample::select};
use std::collections::{BTreeMap, BTreeSet};

/// What arrives: site, study, series, instance, PatientID, StudyDate, Modality, PatientName.
type Row = (&'static str, u32, u32, u32, String, &'static str, &'static str, &'static str);

/// A key, as a client writes it.
#[derive(Debug, Clone)]
enum Asked {
    Id(String),
    Date(&'static str, &'static str),
    Modality(&'static str),
    Name(&'static str),
}

#[derive(Default)]
struct Copy {
    id: String,
    name: String,
    date: String,
    modalities: BTreeMap<u32, String>,
    instances: BTreeSet<(u32, u32)>,
}

const DATES: [&str; 5] = ["", "20231231", "20240101", "20240229", "20250101"];

const NAMES: [&str; 6] = ["", "WANG^FANG=王^芳", "王^小明", "WANG^XIAOMING", "Li^Wei", "欧阳^芳"];

fn row() -> impl Strategy<Value = Row> {
    let date = select(DATES.to_vec());
    (
        select(vec!["a", "b"]),
        1..6_u32,
        1..3_u32,
        1..4_u32,
        "[aB\\[\\]%_.王é]{0,3}",
        date,
        select(vec!["", "CT", "MR"]),
        select(NAMES.to_vec()),
    )
}

fn asked() -> impl Strategy<Value = Asked> {
    let ends = (select(DATES.to_vec()), select(DATES.to_vec()));
    prop_oneof![
        "[aB\\[\\]%_.王é*?]{0,4}".prop_map(Asked::Id),
        ends.prop_filter("no range", |(from, to)| !from.is_empty() || !to.is_empty())
            .prop_map(|(from, to)| Asked::Date(from, to)),
        select(vec!["CT", "MR", "CT\\MR", "?T"]).prop_map(Asked::Modality),
        select(vec!["*芳*", "wang^*", "王小明", "*ang*", "li^wei", "xiaoming wang", "?*", "小", "*x"])
            .prop_map(Asked::Name),
    ]
}

fn first(value: &mut String, text: &str) {
    if value.is_empty() {
        *value = text.to_owned();
    }
}

/// Wildcard matching by its definition.
fn is_like(pattern: &[char], text: &[char]) -> bool {
    match (pattern, text) {
        ([], _) => text.is_empty(),
        (['*', rest @ ..], _) => (0..=text.len()).any(|skipped| is_like(rest, &text[skipped..])),
        (['?', rest @ ..], [_, after @ ..]) => is_like(rest, after),
        ([one, rest @ ..], [other, after @ ..]) => one == other && is_like(rest, after),
        _ => false,
    }
}

fn like(pattern: &str, text: &str) -> bool {
    is_like(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>())
}

impl Asked {
    fn key(&self) -> (&'static [Tag], String) {
        match self {
            Self::Id(text) => (&[tags::PATIENT_ID], text.clone()),
            Self::Date(from, to) => (&[tags::STUDY_DATE], format!("{from}-{to}")),
            Self::Modality(text) => (&[tags::MODALITIES_IN_STUDY], (*text).to_owned()),
            Self::Name(text) => (&[tags::PATIENT_NAME], (*text).to_owned()),
        }
    }

    fn finds(&self, copy: &Copy, names: Names) -> bool {
        match self {
            Self::Name(text) => !copy.name.is_empty() && NameKey::parse(text, names).finds(&stored(&copy.name)),
            Self::Id(text) => text.bytes().all(|b| b == b'*') || like(text, &copy.id),
            Self::Date(from, to) => {
                let date = copy.date.as_str();
                !date.is_empty() && *from <= date && (to.is_empty() || date <= *to)
            }
            Self::Modality(text) => text.split('\\').any(|one| copy.modalities.values().any(|m| like(one, m))),
        }
    }
}

type Model = BTreeMap<(u32, &'static str), Copy>;

/// Puts a row in and says what its verdict is.
fn put(model: &mut Model, row: &Row) -> Verdict {
    let copy = model.entry((row.1, row.0)).or_default();
    if !copy.instances.insert((row.2, row.3)) {
        return Verdict::Duplicate;
    }
    first(&mut copy.id, &row.4);
    first(&mut copy.date, row.5);
    first(&mut copy.name, row.7);
    first(copy.modalities.entry(row.2).or_default(), row.6);
    Verdict::Stored
}

/// Numbers of the studies found, in order.
fn found(model: &Model, keys: &[Asked], names: Names) -> Vec<u32> {
    let mut dates: BTreeMap<u32, &str> = BTreeMap::new();
    for ((study, _), copy) in model.iter().filter(|(_, copy)| keys.iter().all(|key| key.finds(copy, names))) {
        let date = dates.entry(*study).or_default();
        *date = (*date).max(copy.date.as_str());
    }
    let mut out: Vec<(u32, &str)> = dates.into_iter().collect();
    out.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(&b.0)));
    out.into_iter().map(|(study, _)| study).collect()
}

fn check_counts(model: &Model, answer: &Answer) -> Result<(), TestCaseError> {
    for (number, one) in numbers(answer).into_iter().zip(&answer.matches) {
        let copies = || model.iter().filter(|((study, _), _)| *study == number);
        let instances: BTreeSet<_> = copies().flat_map(|(_, copy)| &copy.instances).collect();
        let series: BTreeSet<_> = instances.iter().map(|(series, _)| series).collect();
        let sites: Vec<&str> = copies().map(|((_, site), _)| *site).collect();
        let modalities: BTreeSet<_> =
            copies().flat_map(|(_, c)| c.modalities.values()).filter(|m| !m.is_empty()).collect();
        let count = |tag| one.attributes.int(tag).unwrap_or(-1) as usize;
        prop_assert_eq!(count(tags::NUMBER_OF_STUDY_RELATED_INSTANCES), instances.len());
        prop_assert_eq!(count(tags::NUMBER_OF_STUDY_RELATED_SERIES), series.len());
        prop_assert_eq!(one.sites.iter().map(|site| site.as_str()).collect::<Vec<_>>(), sites);
        prop_assert_eq!(one.attributes.texts(tags::MODALITIES_IN_STUDY).iter().collect::<BTreeSet<_>>(), modalities);
    }
    Ok(())
}

/// Numbers of the studies found, two after the other.
async fn in_parts(index: &Sqlite, asked: Query) -> Vec<u32> {
    let (mut out, mut from) = (vec![], None);
    loop {
        let (answer, next) = index.search_on(&permit(), &asked, from.as_ref()).await.unwrap();
        out.extend(numbers(&answer));
        match next {
            Some(next) => from = Some(next),
            None => return out,
        }
    }
}

async fn compare(rows: Vec<Row>, queries: Vec<Vec<Asked>>, batch: usize) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let index = Sqlite::open(&config(&folder)).unwrap();
    let mut model = Model::new();
    for rows in rows.chunks(batch) {
        for (site, group) in ["a", "b"].map(|site| (site, rows.iter().filter(move |row| row.0 == site))) {
            let (mut instances, mut verdicts) = (vec![], vec![]);
            for row in group {
                let mut values = vec![(tags::PATIENT_ID, row.4.as_str()), (tags::STUDY_DATE, row.5)];
                values.extend([(tags::MODALITY, row.6), (tags::PATIENT_NAME, row.7)]);
                instances.push(with(image(row.1, row.2, row.3), &values));
                verdicts.push(put(&mut model, row));
            }
            prop_assert_eq!(store(&index, site, instances).await, verdicts);
        }
    }
    for keys in queries {
        let texts: Vec<_> = keys.iter().map(Asked::key).collect();
        let texts: Vec<(&[Tag], &str)> = texts.iter().map(|(path, text)| (*path, text.as_str())).collect();
        for names in [Names::Literal, Names::Fuzzy] {
            let asked = Query { names, ..query(Level::Study, &texts) };
            let answer = search(&index, &asked).await;
            prop_assert_eq!(numbers(&answer), found(&model, &keys, names), "{:?}", keys);
            check_counts(&model, &answer)?;
            prop_assert_eq!(in_parts(&index, asked.page(2, 0)).await, numbers(&answer), "{:?}", keys);
        }
    }
    let studies: BTreeSet<u32> = model.keys().map(|(study, _)| *study).collect();
    let totals = index.totals(&permit()).await.unwrap();
    prop_assert_eq!(totals.studies as usize, studies.len());
    prop_assert_eq!(totals.instances as usize, model.values().map(|copy| copy.instances.len()).sum::<usize>());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn search_agrees_with_a_list(
        rows in vec(row(), 0..40),
        queries in vec(vec(asked(), 0..3), 8),
        batch in 1..20_usize,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(compare(rows, queries, batch))?;
    }
}
