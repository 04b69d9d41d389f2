//! Patients as one site records them, and their names.

use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// A person name value (PS3.5 6.2.1): up to three component groups, each with up to five components.
/// `Debug` and `Display` show nothing of it.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct PersonName {
    /// First group, letters of an alphabet ("WANG^XIAOMING").
    pub alphabetic: String,
    /// Second group, ideographs ("王^小明").
    pub ideographic: String,
    /// Third group, phonetic writing.
    pub phonetic: String,
}

impl PersonName {
    /// Reads the groups of a PN value that is already decoded; trailing spaces and carets are kept out.
    pub fn parse(text: &str) -> Self {
        let mut groups = text.split('=').map(|group| group.trim_end_matches([' ', '^', '\0']).trim().to_owned());
        let mut next = || groups.next().unwrap_or_default();
        Self { alphabetic: next(), ideographic: next(), phonetic: next() }
    }

    /// The groups that are not empty, in order.
    pub fn groups(&self) -> impl Iterator<Item = &str> {
        [&self.alphabetic, &self.ideographic, &self.phonetic].into_iter().map(String::as_str).filter(|g| !g.is_empty())
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(***)")
    }
}

/// The form in which names and other texts are compared: case folded, full-width letters narrowed and half-width kana widened
/// (NFKC of Unicode), katakana as hiragana, runs of spaces and carets one space. PS3.4 C.2.2.2.1 lets an archive match PN without
/// regard to case.
pub fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfkc().flat_map(char::to_lowercase).map(hiragana) {
        let c = if c == '^' || c.is_whitespace() { ' ' } else { c };
        if c != ' ' || !out.ends_with(' ') {
            out.push(c);
        }
    }
    out.trim().to_owned()
}

/// The same syllable in the other kana.
fn hiragana(c: char) -> char {
    match c {
        '\u{30a1}'..='\u{30f6}' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        _ => c,
    }
}

/// One site's record of a patient: PatientID (0010,0020) and the issuer (0010,0021) that gives it meaning.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PatientIdentity {
    /// Patient ID.
    pub id: String,
    /// Issuer of Patient ID; empty when nobody said.
    pub issuer: String,
}

impl fmt::Debug for PatientIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PatientIdentity(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_and_folding() {
        let name = PersonName::parse("Wang^XiaoMing^^=王^小明=");
        assert_eq!(name.groups().collect::<Vec<_>>(), ["Wang^XiaoMing", "王^小明"]);
        assert_eq!(folded("WANG^^Xiao  Ming^"), "wang xiao ming");
        assert_eq!(folded("ＹＡＭＡＤＡ　Tarou"), "yamada tarou");
        assert_eq!(["ﾔﾏﾀﾞ^ﾀﾛｳ", "ヤマダ^タロウ", "やまだ^たろう"].map(folded), ["やまだ たろう"; 3]);
        assert_eq!(format!("{name:?}"), "PersonName(***)");
    }
}
