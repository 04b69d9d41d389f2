//! Names and keys: who finds whom, and that what is looked up first misses nobody.

use super::*;
use imaging_domain::Names;
use proptest::prelude::*;

/// A name as a file has it, keys that find it, keys that do not.
type Case = (&'static str, &'static [&'static str], &'static [&'static str]);

const LITERAL: &[Case] = &[
    (
        "WANG^XIAOMING=王^小明=ワン^シャオミン",
        &["wang^xiaoming", "WANG XIAOMING", "*ming", "王*", "王^小明", "王小明", "*小明", "*=王^*", "wang*=王*"],
        &["wang", "xiaoming wang", "王", "wang*=山田*", "小*", "汪*"],
    ),
    ("Wang^Fang=王^芳", &["WANG^F?NG", "^fang", "^F*", "王?", "王^?", "*^fang"], &["^wang", "王^??", "wang^*^x"]),
    ("Müller^Jörg^^Dr.", &["MÜLLER*", "müller^^^dr.", "Müller^Jörg^^Dr.", "*jörg*"], &["muller*", "müller^^^prof."]),
    ("王小明", &["王^小明", "王 小明", "*小*"], &["wang*"]),
    ("", &[], &["*a*", "?*"]),
];

const FUZZY: &[Case] = &[
    (
        "王^小明",
        &[
            "wang xiaoming",
            "xiaoming wang",
            "WANG^XIAO MING",
            "xiao ming wang",
            "wangxiaoming",
            "xiaomingwang",
            "wang xiao",
            "王小明",
            "小明",
            "明",
            "王 xiaoming",
            "*ming",
            "*wang*",
            "WANG, Xiaoming",
        ],
        &["汪小明", "wang xiaofang", "iaoming", "小王"],
    ),
    (
        "WANG^XIAOMING",
        &["王小明", "王^小明", "xiaoming wang", "xiao ming", "wang xiao ming", "XIAO MING WANG", "*ming*"],
        &["王芳", "ming"],
    ),
    ("Xiaoming Wang", &["wang xiaoming", "wangxiaoming", "王小明"], &["wang xiaofang"]),
    ("WANG^XIAOMING=王^晓鸣", &["wang xiao ming", "王晓鸣", "晓鸣"], &["王小明"]),
    ("=曾^丽", &["zeng li", "ceng li", "li zeng"], &["deng li"]),
    ("吕布", &["lv bu", "lu bu", "lü bu"], &["li bu"]),
    ("Müller^Jörg^^Dr.", &["muller jorg", "jorg muller", "MULL", "dr müller", "jo mu"], &["oller", "meller"]),
    ("O'BRIEN^Seán", &["obrien", "O'Brien", "sean obrien"], &["brien"]),
    ("YAMADA^TAROU=山田^太郎=やまだ^たろう", &["tarou", "山田", "やまだ", "yamada tarou"], &["やまの"]),
    ("HONG^GILDONG=洪^吉洞=홍^길동", &["gildong hong", "홍", "길동"], &["김"]),
    ("CHEUNG^TAI MAN=張^大文", &["张大文", "张", "張大文", "zhang dawen", "cheung", "大文"], &["章大文"]),
    ("欧阳^锋", &["歐陽鋒", "歐陽", "feng ouyang"], &["歐楊"]),
    ("LI^SHU-FEN", &["shufen li", "li shu fen", "fen li"], &["li shan"]),
];

fn check(names: Names, cases: &[Case]) {
    for (name, found, missed) in cases {
        let name = stored(name);
        for key in *found {
            assert!(NameKey::parse(key, names).finds(&name), "{names:?} {key:?} does not find {name:?}");
            assert!(passes(key, names, &name), "{names:?} {key:?} does not look {name:?} up");
        }
        for key in *missed {
            assert!(!NameKey::parse(key, names).finds(&name), "{names:?} {key:?} finds {name:?}");
        }
    }
}

/// Whether the prefilter of a key lets a name through, as the statements of the index do it.
fn passes(key: &str, names: Names, name: &str) -> bool {
    let (forms, grams) = (forms(name), grams(name));
    let is_true = |narrow: &Narrow| match narrow {
        Narrow::Forms(any) => any.iter().any(|form| forms.contains(form)),
        Narrow::Prefixes(any) => forms.iter().any(|form| any.iter().any(|prefix| form.starts_with(prefix))),
        Narrow::Gram(gram) => grams.contains(gram),
    };
    NameKey::parse(key, names).prefilter().any.iter().any(|row| row.iter().all(is_true))
}

#[test]
fn literal_keys_find_by_group_and_by_component() {
    check(Names::Literal, LITERAL);
}

#[test]
fn fuzzy_keys_find_across_scripts_and_orders() {
    check(Names::Fuzzy, FUZZY);
}

#[test]
fn names_of_two_characters_have_few_texts() {
    let name = stored("WANG^FANG=王^芳");
    assert!(forms(&name).len() < 16 && grams(&name).len() < 40, "{:?} {:?}", forms(&name), grams(&name));
    let long = stored(&"曾".repeat(100_000));
    assert!(forms(&long).iter().map(String::len).sum::<usize>() < 20_000);
}

#[test]
fn names_in_json_are_the_same() {
    assert_eq!(of_json(r#"{"Alphabetic":"WANG^X","Ideographic":"王^小"}"#), stored("WANG^X=王^小"));
    assert_eq!(of_json("7"), "");
}

proptest! {
    #[test]
    fn whoever_is_found_was_looked_up(
        name in "[WaAng王小曾張张é^ =-]{0,10}",
        key in "[wangé王小曾張张^ =*?-]{0,8}",
        fuzzy in any::<bool>(),
    ) {
        let names = if fuzzy { Names::Fuzzy } else { Names::Literal };
        let name = stored(&name);
        if !name.is_empty() && NameKey::parse(&key, names).finds(&name) {
            prop_assert!(passes(&key, names, &name), "{:?} {:?}", key, name);
        }
    }

    #[test]
    fn a_name_finds_itself(name in "[WaAng王小曾é^ -]{1,10}") {
        let own = stored(&name);
        if !own.is_empty() {
            prop_assert!(NameKey::parse(&name, Names::Literal).finds(&own));
            prop_assert!(NameKey::parse(&name, Names::Fuzzy).finds(&own));
        }
    }
}
