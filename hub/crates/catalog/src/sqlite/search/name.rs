//! Conditions over person names: by which rows of the names' index they are found, and the function that decides.

use crate::{
    error::Error,
    names::{NameKey, Narrow, Prefilter},
    sqlite::{fault::Fault, names},
};
use imaging_domain::{Attribute, Key, Matching, Names, tags};
use rusqlite::Connection;

/// Rows of a pair of characters that are counted, to know which pair is the rarest.
const COUNTED: i64 = 1000;
/// Pairs that are looked at; the rarest of them is enough.
const MAX_GRAMS: usize = 12;
/// Pairs besides the rarest that a name has to have before it is read.
const MORE_GRAMS: usize = 3;

/// Takes a value and answers its mark.
type Bind<'a> = &'a mut dyn FnMut(&str) -> String;

/// The column of the study that has the row of a name; `None` for names of series, which have no rows.
pub(super) fn column(attribute: &Attribute) -> Option<&'static str> {
    match attribute.path {
        [tags::PATIENT_NAME] => Some("patient_name"),
        [tags::REFERRING_PHYSICIAN_NAME] => Some("referring_physician_name"),
        _ => None,
    }
}

/// The condition of a key over a name.
pub(super) fn condition(key: &Key, names: Names, bind: Bind<'_>) -> Result<String, Error> {
    let each = |texts: &[String], between: &str, bind: Bind<'_>| {
        let all: Vec<String> = texts.iter().map(|text| of_text(key.attribute, text, names, bind)).collect();
        format!("({})", all.join(between))
    };
    match &key.matching {
        Matching::Single(text) | Matching::Wildcard(text) => Ok(of_text(key.attribute, text, names, bind)),
        Matching::List(texts) => Ok(each(texts, " OR ", bind)),
        Matching::All(texts) => Ok(each(texts, " AND ", bind)),
        _ => Err(Error::Invalid("a range is over an attribute that is no date or time")),
    }
}

fn of_text(attribute: &Attribute, text: &str, names: Names, bind: Bind<'_>) -> String {
    match column(attribute) {
        Some(column) => {
            let name = format!("(SELECT n.name FROM person_name n WHERE n.id = s.{column})");
            finds(text, names, &name, bind)
        }
        None => {
            let path = format!("'$.\"{}\".Value'", imaging_domain::json::key(attribute.tag()));
            let finds = finds(text, names, "name_of_json(v.value)", bind);
            format!("EXISTS (SELECT 1 FROM json_each(e.attributes, {path}) v WHERE {finds})")
        }
    }
}

/// Whether a key finds a name that an expression gives.
pub(super) fn finds(text: &str, key: Names, name: &str, bind: Bind<'_>) -> String {
    format!("name_finds({}, {name})", bind(&names::key(text, key)))
}

/// A statement for the rows of all names that a key may find; `None` when those are all names.
pub(super) fn candidates(
    connection: &Connection,
    text: &str,
    key: Names,
    bind: Bind<'_>,
) -> Result<Option<String>, Fault> {
    let Prefilter { any } = NameKey::parse(text, key).prefilter();
    let mut selects = vec![];
    for row in any {
        let mut grams = vec![];
        let mut sets = vec![];
        for narrow in row {
            match narrow {
                Narrow::Forms(forms) => sets.push(equal(&forms, bind)),
                Narrow::Prefixes(prefixes) => sets.push(prefixed(&prefixes, bind)),
                Narrow::Gram(gram) => grams.push(gram),
            }
        }
        sets.extend(rarest(connection, grams, bind)?);
        let Some((first, others)) = sets.split_first() else { return Ok(None) };
        let others: String = others.iter().map(|set| format!(" AND name IN ({set})")).collect();
        selects.push(format!("SELECT name FROM ({first}) WHERE 1{others}"));
    }
    Ok(Some(selects.join(" UNION ALL ")))
}

fn equal(forms: &[String], bind: Bind<'_>) -> String {
    let one = |form: &String| format!("SELECT name FROM name_form WHERE form = {}", bind(form));
    forms.iter().map(one).collect::<Vec<_>>().join(" UNION ALL ")
}

fn prefixed(prefixes: &[String], bind: Bind<'_>) -> String {
    let one = |prefix: &String| {
        let from = bind(prefix);
        // U+10FFFF is no character, so no text that begins alike comes after it.
        format!("SELECT name FROM name_form WHERE form >= {from} AND form < {from} || char(0x10FFFF)")
    };
    prefixes.iter().map(one).collect::<Vec<_>>().join(" UNION ALL ")
}

/// The names that have the rarest of some pairs of characters, and some others of them.
fn rarest(connection: &Connection, grams: Vec<String>, bind: Bind<'_>) -> Result<Option<String>, Fault> {
    let count = "SELECT count(*) FROM (SELECT 1 FROM name_gram WHERE gram = ?1 LIMIT ?2)";
    let mut count = connection.prepare_cached(count)?;
    let mut counted = vec![];
    for gram in grams.into_iter().take(MAX_GRAMS) {
        let names: i64 = count.query_row((&gram, COUNTED), |row| row.get(0))?;
        counted.push((names, gram));
    }
    counted.sort();
    let mut counted = counted.into_iter().map(|(_, gram)| gram);
    let Some(first) = counted.next() else { return Ok(None) };
    let mut out = format!("SELECT g.name FROM name_gram g WHERE g.gram = {}", bind(&first));
    for gram in counted.take(MORE_GRAMS) {
        out += &format!(" AND EXISTS (SELECT 1 FROM name_gram o WHERE o.gram = {} AND o.name = g.name)", bind(&gram));
    }
    Ok(Some(out))
}
