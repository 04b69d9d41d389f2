//! What hospitals call things, each in its language.

use super::phantom::Kind;

/// What a hospital writes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    English,
    Chinese,
    Japanese,
    Korean,
    German,
}

/// Study Description: in the order of the languages.
const STUDIES: &[(Kind, [&str; 5])] = &[
    (Kind::CtChest, ["CT chest with contrast", "胸部CT增强扫描", "胸部造影CT", "흉부 조영 CT", "CT Thorax mit KM"]),
    (Kind::CtHead, ["CT head", "头颅CT平扫", "頭部単純CT", "두부 CT", "CT Schädel nativ"]),
    (Kind::MrHead, ["MR brain", "颅脑MR平扫", "頭部MRI", "뇌 MRI", "MRT Schädel"]),
    (Kind::DxChest, ["Chest AP", "胸部正位片", "胸部X線", "흉부 방사선", "Thorax a.p."]),
    (Kind::CrChest, ["Chest PA", "胸部后前位片", "胸部単純X線", "흉부 촬영", "Thorax p.a. stehend"]),
    (Kind::CrHand, ["Hand right", "右手正位片", "右手X線", "오른손 촬영", "Hand rechts p.a."]),
    (
        Kind::UsHeart,
        ["Echocardiography", "超声心动图", "心臓超音波", "심장 초음파", "Echokardiographie für Vorhofgröße"],
    ),
    (Kind::XaHeart, ["Coronary angiography", "冠状动脉造影", "冠動脈造影", "관상동맥 조영", "Koronarangiographie"]),
    (
        Kind::MgBreast,
        ["Mammography bilateral", "双侧乳腺钼靶", "両側乳房撮影", "양측 유방 촬영", "Mammographie beidseits"],
    ),
    (Kind::NmBone, ["Bone scan", "全身骨显像", "骨シンチグラフィ", "전신 뼈 스캔", "Skelettszintigraphie"]),
    (Kind::PtBody, ["PET FDG", "全身PET显像", "全身PET", "전신 PET", "PET Ganzkörper"]),
    (Kind::ScPage, ["Dose page", "剂量报告", "線量記録", "선량 보고", "Dosisblatt"]),
    (Kind::ScProjection, ["PET projection", "PET投影图", "PET投影像", "PET 투영", "PET-Projektion"]),
    (Kind::SrReport, ["Radiology report", "影像诊断报告", "読影報告書", "판독 보고서", "Befundbericht"]),
];

/// Findings and impression of a report: in the order of the languages.
const REPORTS: [(&str, &str); 5] = [
    ("Both lungs are clear. The heart is not enlarged.", "No acute finding."),
    ("双肺纹理清晰，未见实变影。\r\n心影大小正常，双侧膈面光整。", "心肺膈未见明显异常。"),
    ("両側肺野に明らかな異常影を認めません。\r\n心陰影の拡大はありません。", "異常所見なし"),
    ("양쪽 폐야는 깨끗합니다.\r\n심장 크기는 정상입니다.", "특이 소견 없음"),
    ("Lunge beidseits frei belüftet.\r\nHerzgröße normal.", "Kein auffälliger Befund."),
];

/// Study Description of a kind of study.
pub(super) fn study(kind: Kind, language: Language) -> &'static str {
    STUDIES.iter().find(|(known, _)| *known == kind).map_or("", |(_, words)| words[language as usize])
}

/// Findings and impression.
pub(super) fn report(language: Language) -> (&'static str, &'static str) {
    REPORTS[language as usize]
}
