//! Patients: two studies each, with the surnames that most people of China have.

/// Surnames, the frequent ones first: characters, letters.
const SURNAMES: [(&str, &str); 24] = [
    ("王", "WANG"),
    ("李", "LI"),
    ("张", "ZHANG"),
    ("刘", "LIU"),
    ("陈", "CHEN"),
    ("杨", "YANG"),
    ("黄", "HUANG"),
    ("赵", "ZHAO"),
    ("吴", "WU"),
    ("周", "ZHOU"),
    ("徐", "XU"),
    ("孙", "SUN"),
    ("马", "MA"),
    ("朱", "ZHU"),
    ("胡", "HU"),
    ("郭", "GUO"),
    ("何", "HE"),
    ("林", "LIN"),
    ("高", "GAO"),
    ("罗", "LUO"),
    ("郑", "ZHENG"),
    ("梁", "LIANG"),
    ("谢", "XIE"),
    ("欧阳", "OUYANG"),
];

/// What given names are made of.
const GIVEN: [(&str, &str); 40] = [
    ("小", "XIAO"),
    ("明", "MING"),
    ("芳", "FANG"),
    ("伟", "WEI"),
    ("娜", "NA"),
    ("秀", "XIU"),
    ("英", "YING"),
    ("敏", "MIN"),
    ("静", "JING"),
    ("丽", "LI"),
    ("强", "QIANG"),
    ("磊", "LEI"),
    ("军", "JUN"),
    ("洋", "YANG"),
    ("勇", "YONG"),
    ("艳", "YAN"),
    ("杰", "JIE"),
    ("娟", "JUAN"),
    ("涛", "TAO"),
    ("超", "CHAO"),
    ("霞", "XIA"),
    ("平", "PING"),
    ("刚", "GANG"),
    ("桂", "GUI"),
    ("兰", "LAN"),
    ("建", "JIAN"),
    ("国", "GUO"),
    ("华", "HUA"),
    ("文", "WEN"),
    ("玉", "YU"),
    ("春", "CHUN"),
    ("梅", "MEI"),
    ("海", "HAI"),
    ("燕", "YAN"),
    ("志", "ZHI"),
    ("鹏", "PENG"),
    ("晓", "XIAO"),
    ("东", "DONG"),
    ("雪", "XUE"),
    ("宇", "YU"),
];

/// A patient's name in parts.
pub struct Person {
    surname: (&'static str, &'static str),
    given: [(&'static str, &'static str); 2],
    number: u32,
}

/// The patient of a study.
pub fn of(study: u32) -> Person {
    let number = study / 2;
    // The square of an even spread makes the first surnames frequent.
    let spread = (number.wrapping_mul(2_654_435_761) >> 8) & 0xffff;
    let place = (u64::from(spread) * u64::from(spread) * SURNAMES.len() as u64) >> 32;
    let part = |shift: u32| GIVEN[(number.wrapping_mul(40_503) >> shift) as usize % GIVEN.len()];
    Person { surname: SURNAMES[place as usize], given: [part(3), part(9)], number }
}

impl Person {
    /// The value of Patient's Name: most have both groups, some are in characters only and some in letters only.
    pub fn name(&self) -> String {
        match self.number % 8 {
            0 => format!("{}^{}", self.surname.0, self.han_given()),
            1 => self.letters(),
            _ => format!("{}={}^{}", self.letters(), self.surname.0, self.han_given()),
        }
    }

    /// Patient ID.
    pub fn id(&self) -> String {
        format!("BENCH-{:06}", self.number)
    }

    /// The family name in letters.
    pub fn family(&self) -> &'static str {
        self.surname.1
    }

    /// The given name in letters.
    pub fn given(&self) -> String {
        self.given.map(|(_, letters)| letters).concat()
    }

    /// The given name in characters.
    pub fn han_given(&self) -> String {
        self.given.map(|(han, _)| han).concat()
    }

    fn letters(&self) -> String {
        format!("{}^{}", self.surname.1, self.given())
    }
}
