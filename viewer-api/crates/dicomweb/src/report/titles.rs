//! Titles of content items in Chinese beside what the report calls them, and words of its status.

use imaging_domain::{DataSet, tags};

/// Codes of section titles and of what is most often named (PS3.16 annex D, LOINC): value and Chinese.
const CHINESE: &[(&str, &str)] = &[
    ("121049", "内容语言"),
    ("121058", "检查项目"),
    ("121060", "病史"),
    ("121062", "申请"),
    ("121064", "检查过程"),
    ("121065", "检查描述"),
    ("121068", "既往检查"),
    ("121069", "既往检查描述"),
    ("121070", "影像所见"),
    ("121071", "所见"),
    ("121072", "诊断印象"),
    ("121073", "印象"),
    ("121074", "建议"),
    ("121075", "建议"),
    ("121076", "结论"),
    ("121077", "结论"),
    ("121078", "附录"),
    ("121109", "检查指征"),
    ("121110", "患者情况"),
    ("121111", "摘要"),
    ("121118", "患者特征"),
    ("121005", "观察者类型"),
    ("121008", "观察者姓名"),
    ("121009", "观察者单位"),
    ("121012", "设备 UID"),
    ("121013", "设备名称"),
    ("121029", "对象姓名"),
    ("121106", "备注"),
    ("113701", "X 射线剂量报告"),
    ("113702", "累计剂量数据"),
    ("113811", "CT 累计剂量"),
    ("113813", "CT 剂量长度积总和"),
    ("113819", "CT 采集"),
    ("113830", "平均 CTDIvol"),
    ("113838", "剂量长度积"),
    ("126000", "影像测量报告"),
    ("126010", "影像测量"),
    ("125007", "测量组"),
    ("111036", "乳腺 CAD 报告"),
    ("125000", "产科超声报告"),
    ("11528-7", "放射学报告"),
    ("18748-4", "影像诊断报告"),
    ("18782-3", "影像所见"),
    ("59776-5", "影像所见"),
    ("19005-8", "诊断印象"),
    ("19005-8", "诊断印象"),
    ("11329-0", "病史"),
    ("55115-0", "申请"),
    ("18785-6", "检查指征"),
    ("18783-0", "建议"),
    ("18834-2", "既往检查"),
    ("55111-9", "检查过程"),
    ("55110-1", "结论"),
];

/// What a code is called: in Chinese where the table has it, then as the report says.
pub(super) fn title(code: Option<&DataSet>) -> String {
    let Some(code) = code else { return String::new() };
    let meaning = code.text(tags::CODE_MEANING).unwrap_or_default().trim();
    let value = code.text(tags::CODE_VALUE).unwrap_or_default().trim();
    let chinese = CHINESE.iter().find(|(known, _)| *known == value).map(|(_, chinese)| *chinese);
    match chinese {
        Some(chinese) if meaning.is_empty() => chinese.to_owned(),
        // a report in Chinese needs no second title
        Some(chinese) if meaning.is_ascii() => format!("{chinese} {meaning}"),
        _ if meaning.is_empty() => value.to_owned(),
        _ => meaning.to_owned(),
    }
}

/// Words of CompletionFlag and VerificationFlag (PS3.3 C.17.2).
pub(super) fn status(flag: Option<&str>) -> &'static str {
    match flag.map(str::trim) {
        Some("COMPLETE") => "完成 Complete",
        Some("PARTIAL") => "未完成 Partial",
        Some("VERIFIED") => "已审核 Verified",
        Some("UNVERIFIED") => "未审核 Unverified",
        _ => "",
    }
}

/// Words of PatientSex.
pub(super) fn sex(code: &str) -> &str {
    match code.trim() {
        "M" => "男 Male",
        "F" => "女 Female",
        "O" => "其他 Other",
        other => other,
    }
}
