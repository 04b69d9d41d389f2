//! The hospitals of the region, each with its own habits, and what was examined at each.

use super::{charset::CharacterSet, file::Syntax, persons::Person, phantom::Kind, words::Language};

/// A hospital.
#[derive(Debug)]
pub(super) struct Hospital {
    pub(super) name: &'static str,
    pub(super) charset: CharacterSet,
    pub(super) language: Language,
    pub(super) spelling: Spelling,
    /// What its Patient IDs begin with; six digits follow.
    pub(super) prefix: &'static str,
    pub(super) physician: &'static str,
    pub(super) examinations: &'static [Examination],
}

/// How a hospital writes names.
#[derive(Debug, Clone, Copy)]
pub(super) enum Spelling {
    /// All component groups there are.
    Full,
    /// In the person's own script, family and given name together as one component.
    Together,
    /// In Latin letters.
    Latin,
    /// In capitals without accents.
    Capitals,
}

/// Person, kind of study, transfer syntax.
pub(super) type Examination = (&'static str, Kind, Syntax);

impl Spelling {
    /// Patient's Name of a person.
    pub(super) fn of(self, person: &Person) -> String {
        match self {
            Self::Latin => person.latin.to_owned(),
            Self::Capitals => plain(person.latin).to_uppercase(),
            Self::Together if !person.own.is_empty() => person.own.replace('^', ""),
            Self::Together | Self::Full => {
                let groups = [person.latin, person.own, person.spoken].join("=");
                groups.trim_end_matches('=').to_owned()
            }
        }
    }
}

/// Without accents, and with umlauts spelled out.
fn plain(latin: &str) -> String {
    let letter = |letter: char| match letter {
        'ü' => "ue".into(),
        'ø' => "oe".into(),
        'Å' => "Aa".into(),
        'á' => "a".into(),
        'í' => "i".into(),
        'ó' => "o".into(),
        'é' => "e".into(),
        letter => letter.to_string(),
    };
    latin.chars().map(letter).collect()
}

use {
    CharacterSet::{Ascii, Gb18030, Gbk, Latin1, Utf8},
    Kind::*,
    Language::{Chinese, English, German},
    Syntax::*,
};

/// The region.
pub(super) const ALL: [Hospital; 12] = [
    Hospital {
        name: "市第一人民医院",
        charset: Gb18030,
        language: Chinese,
        spelling: Spelling::Full,
        prefix: "H1-",
        physician: "欧阳^医生",
        examinations: &[
            ("P01", CtChest, ExplicitLittle),
            ("P03", MrHead, JpegLs),
            ("P05", DxChest, ExplicitLittle),
            ("P05", SrReport, ExplicitLittle),
        ],
    },
    Hospital {
        name: "市中心医院",
        charset: Utf8,
        language: Chinese,
        spelling: Spelling::Full,
        prefix: "",
        physician: "Guo^Ming=郭^明",
        examinations: &[
            ("P06", UsHeart, Jpeg),
            ("P02", CtHead, ImplicitLittle),
            ("P15", CrChest, Rle),
            ("P14", XaHeart, Jpeg),
        ],
    },
    Hospital {
        name: "省立医院",
        charset: Gbk,
        language: Chinese,
        spelling: Spelling::Together,
        prefix: "SL",
        physician: "何医生",
        examinations: &[
            ("P01", MrHead, Rle),
            ("P06", CtChest, JpegLs),
            ("P09", ScPage, ExplicitLittle),
            ("P10", MgBreast, JpegLs),
        ],
    },
    Hospital {
        name: "Riverside Imaging Center",
        charset: Latin1,
        language: English,
        spelling: Spelling::Latin,
        prefix: "RIC",
        physician: "Núñez^Inés",
        examinations: &[
            ("P23", CtChest, ImplicitLittle),
            ("P22", MgBreast, JpegLs),
            ("P24", UsHeart, Jpeg),
            ("P23", SrReport, ImplicitLittle),
            ("P21", CrHand, ExplicitLittle),
        ],
    },
    Hospital {
        name: "東都大学病院",
        charset: CharacterSet::Japanese,
        language: Language::Japanese,
        spelling: Spelling::Full,
        prefix: "TD-",
        physician: "Itou^Makoto=伊藤^誠=いとう^まこと",
        examinations: &[
            ("P15", CtHead, Rle),
            ("P16", MrHead, JpegLs),
            ("P17", PtBody, ExplicitLittle),
            ("P16", SrReport, ExplicitLittle),
        ],
    },
    Hospital {
        name: "한강병원",
        charset: CharacterSet::Korean,
        language: Language::Korean,
        spelling: Spelling::Full,
        prefix: "HG",
        physician: "Park^Jisung=朴^智星=박^지성",
        examinations: &[
            ("P18", XaHeart, Jpeg),
            ("P19", CrHand, Rle),
            ("P18", CtChest, Deflated),
            ("P19", SrReport, ExplicitLittle),
        ],
    },
    Hospital {
        name: "中医医院",
        charset: Gb18030,
        language: Chinese,
        spelling: Spelling::Together,
        prefix: "ZY-",
        physician: "乗医生",
        examinations: &[
            ("P04", MrHead, JpegLs),
            ("P01", DxChest, Deflated),
            ("P11", NmBone, ExplicitLittle),
            ("P03", CtChest, Rle),
        ],
    },
    Hospital {
        name: "妇幼保健院",
        charset: Utf8,
        language: Chinese,
        spelling: Spelling::Full,
        prefix: "FY",
        physician: "Luo^Ying=罗^英",
        examinations: &[
            ("P07", MgBreast, Rle),
            ("P08", UsHeart, Jpeg),
            ("P18", CtHead, JpegLs),
            ("P04", ScProjection, ExplicitLittle),
        ],
    },
    Hospital {
        name: "Guke Orthopaedic Hospital",
        charset: Ascii,
        language: English,
        spelling: Spelling::Capitals,
        prefix: "GK",
        physician: "MA^CHAO",
        examinations: &[
            ("P06", CrHand, ExplicitBig),
            ("P14", NmBone, ExplicitBig),
            ("P20", CtChest, JpegLs),
            ("P12", DxChest, Rle),
        ],
    },
    Hospital {
        name: "肿瘤医院",
        charset: Utf8,
        language: Chinese,
        spelling: Spelling::Full,
        prefix: "ZL-",
        physician: "Xie^Ting=谢^婷",
        examinations: &[
            ("P11", PtBody, ExplicitLittle),
            ("P13", CtChest, JpegLs),
            ("P05", MrHead, ExplicitLittle),
            ("P11", ScProjection, Rle),
        ],
    },
    Hospital {
        name: "社区卫生服务中心",
        charset: Utf8,
        language: Chinese,
        spelling: Spelling::Latin,
        prefix: "SQ",
        physician: "Lin^Xue",
        examinations: &[("P09", CrChest, JpegLs), ("P02", DxChest, JpegLs), ("P07", UsHeart, Jpeg)],
    },
    Hospital {
        name: "Klinikum am Stadtgraben Lüneheide",
        charset: Latin1,
        language: German,
        spelling: Spelling::Latin,
        prefix: "K",
        physician: "Groß^Bärbel^^Dr.",
        examinations: &[
            ("P20", MrHead, Deflated),
            ("P21", CtHead, Rle),
            ("P20", XaHeart, JpegLs),
            ("P24", ScPage, Rle),
            ("P21", SrReport, ExplicitBig),
        ],
    },
];
