//! Chinese characters and how they are read.

use pinyin::ToPinyin;

/// The most readings of a text that are kept.
const MAX_READINGS: usize = 8;
/// Characters of names that are often read otherwise than they mostly are, most of them as surnames. Dictionaries know rare
/// readings of common ones too (王 is also yu): who asks for Yu would get every Wang.
const OTHERWISE: [(char, &str); 28] = [
    ('曾', "zeng"),
    ('曾', "ceng"),
    ('单', "shan"),
    ('單', "shan"),
    ('解', "xie"),
    ('仇', "qiu"),
    ('查', "zha"),
    ('区', "ou"),
    ('區', "ou"),
    ('盖', "ge"),
    ('蓋', "ge"),
    ('朴', "piao"),
    ('翟', "zhai"),
    ('翟', "di"),
    ('尉', "yu"),
    ('乐', "yue"),
    ('樂', "yue"),
    ('乐', "le"),
    ('樂', "le"),
    ('缪', "miao"),
    ('繆', "miao"),
    ('覃', "qin"),
    ('覃', "tan"),
    ('召', "shao"),
    ('种', "chong"),
    ('繁', "po"),
    ('长', "chang"),
    ('茜', "xi"),
];
/// Surnames of two characters that are met most; every other is one.
const LONG_SURNAMES: [&str; 14] =
    ["欧阳", "歐陽", "司马", "司馬", "上官", "诸葛", "諸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "夏侯"];

/// Whether a character is a Chinese one (the unified ideographs and their extensions).
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// Surname and given name of a name written in one; all of it is the surname when it is not longer than one.
pub(super) fn surname(name: &str) -> (&str, &str) {
    let long = LONG_SURNAMES.iter().find(|long| name.starts_with(*long) && name.len() > long.len());
    let first = name.chars().next().map_or(0, char::len_utf8);
    name.split_at(long.map_or(first, |long| long.len()))
}

/// Pinyin of a text without tones and spaces, each way it can be read, the surname's ways first; none when one of its
/// characters has no reading.
pub(super) fn readings(text: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    for c in text.chars() {
        let ways = of_one(c);
        // The readings of what comes late are given up before those of the first character.
        let room = (MAX_READINGS / out.len()).max(1);
        let ways = ways.get(..room).unwrap_or(&ways);
        out = out.iter().flat_map(|begun| ways.iter().map(move |way| format!("{begun}{way}"))).collect();
        if out.is_empty() {
            return out;
        }
    }
    out
}

fn of_one(c: char) -> Vec<String> {
    let mut out: Vec<String> = vec![];
    let mut add = |way: String| {
        if !out.contains(&way) {
            out.push(way);
        }
    };
    if let Some(reading) = c.to_pinyin() {
        let plain = reading.plain();
        // 吕 is written Lu, Lü and Lv.
        if plain.contains('ü') {
            add(plain.replace('ü', "v"));
        }
        add(plain.replace('ü', "u"));
    }
    OTHERWISE.iter().filter(|(other, _)| *other == c).for_each(|(_, way)| add((*way).to_owned()));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_read() {
        assert_eq!(readings("王芳"), ["wangfang"]);
        assert!(readings("单").contains(&"shan".to_owned()) && readings("单").contains(&"dan".to_owned()));
        assert!(readings("吕布").iter().any(|way| way == "lvbu") && readings("吕布").iter().any(|way| way == "lubu"));
        assert!(readings("曾曾曾曾曾曾").len() <= MAX_READINGS);
        assert!(readings("王a").is_empty());
        assert_eq!(surname("欧阳修"), ("欧阳", "修"));
        assert_eq!(surname("王小明"), ("王", "小明"));
        assert_eq!(surname("王"), ("王", ""));
    }
}
