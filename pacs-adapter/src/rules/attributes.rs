//! Which attributes a rule may change, and to what.

use imaging_domain::{AeTitle, Tag, VR, is_standard_uid, standard_vr, tags};

/// The most characters of values whose VR allows more.
const MAX_TEXT: usize = 10_240;

/// Attributes of group 0028 that describe how an image is shown to people, and not what its pixels are.
const SHOWN: [Tag; 4] = [
    Tag(0x0028, 0x0301), // Burned In Annotation
    Tag(0x0028, 0x1050), // Window Center
    Tag(0x0028, 0x1051), // Window Width
    Tag(0x0028, 0x1055), // Window Center & Width Explanation
];

/// Says whether an attribute may be removed.
///
/// # Errors
/// Why not.
pub(super) fn removable(tag: Tag) -> Result<(), &'static str> {
    match tag {
        tags::SOP_CLASS_UID | tags::SOP_INSTANCE_UID | tags::STUDY_INSTANCE_UID | tags::SERIES_INSTANCE_UID => {
            Err("it says which instance this is")
        }
        tags::SPECIFIC_CHARACTER_SET => Err("every text is written in it"),
        _ => match tag.group() {
            0..=4 => Err("it is no attribute of a data set"),
            0x0028 if !SHOWN.contains(&tag) => Err("it describes the pixels"),
            0x5200 => Err("it describes the frames"),
            0x7FE0 | 0x5400 | 0x5600 => Err("it holds the pixels, or another signal"),
            group if group % 2 == 0 && matches!(group, 0x5000..=0x50FF | 0x6000..=0x60FF) => {
                Err("it belongs to a curve or an overlay")
            }
            0x0400 => Err("it says how the data set was changed before, or signs it"),
            0xFFFA..=0xFFFF => Err("it signs, pads or delimits"),
            _ if tag.element() == 0 => Err("it is the length of a group"),
            _ => Ok(()),
        },
    }
}

/// Says whether an attribute may be set to a text.
///
/// # Errors
/// Why not.
pub(super) fn settable(tag: Tag, text: &str) -> Result<(), &'static str> {
    removable(tag)?;
    if tag.group() % 2 == 1 {
        return Err("it is private: nothing says what its values are");
    }
    let vr = standard_vr(tag).ok_or("the Standard has no such attribute")?;
    is_text(vr)?;
    // one text, or several parted by a backslash
    let values: Vec<&str> = match vr {
        VR::LT | VR::ST | VR::UT | VR::UR => vec![text],
        _ => text.split('\\').collect(),
    };
    values.into_iter().filter(|value| !value.is_empty()).try_for_each(|value| is_value(vr, value))
}

/// Whether values of a VR are texts.
fn is_text(vr: VR) -> Result<(), &'static str> {
    use VR::*;
    if matches!(vr, AE | AS | CS | DA | DS | DT | IS | LO | LT | PN | SH | ST | TM | UI | UC | UR | UT) {
        Ok(())
    } else {
        Err("its value is no text")
    }
}

/// Whether a text is a value of a VR (PS3.5 table 6.2-1).
fn is_value(vr: VR, value: &str) -> Result<(), &'static str> {
    let most = |characters: usize| value.chars().count() <= characters;
    let of = |allowed: fn(char) -> bool| value.chars().all(allowed);
    let digits = |c: char| c.is_ascii_digit();
    let fits = match vr {
        VR::AE => AeTitle::parse(value).is_ok(),
        VR::AS => {
            value.len() == 4 && value.is_ascii() && "DWMY".contains(&value[3..]) && value[..3].chars().all(digits)
        }
        VR::CS => most(16) && of(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, ' ' | '_')),
        VR::DA => value.len() == 8 && value.chars().all(digits),
        VR::DS => most(16) && value.trim().parse::<f64>().is_ok_and(f64::is_finite),
        VR::DT => most(26) && of(|c| "0123456789.+-".contains(c)),
        VR::IS => most(12) && value.trim().parse::<i32>().is_ok(),
        VR::LO => most(64) && of(|c| !c.is_control()),
        VR::LT => most(MAX_TEXT) && of(is_of_text),
        VR::PN => {
            value.split('=').count() <= 3
                && value.split('=').all(|group| group.chars().count() <= 64)
                && of(|c| !c.is_control())
        }
        VR::SH => most(16) && of(|c| !c.is_control()),
        VR::ST => most(1024) && of(is_of_text),
        VR::TM => most(14) && of(|c| "0123456789.".contains(c)),
        VR::UI => is_standard_uid(value),
        VR::UC => most(MAX_TEXT) && of(|c| !c.is_control()),
        VR::UR => most(MAX_TEXT) && of(|c| c.is_ascii_graphic()),
        VR::UT => most(MAX_TEXT) && of(is_of_text),
        _ => return is_text(vr),
    };
    if fits { Ok(()) } else { Err("that is no value for it") }
}

fn is_of_text(c: char) -> bool {
    !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\x0C')
}

#[cfg(test)]
mod tests {
    use super::*;
    use imaging_domain::attribute_named;

    #[test]
    fn what_identifies_or_describes_pixels_is_left_alone() {
        for keyword in [
            "SOPInstanceUID",
            "SOPClassUID",
            "StudyInstanceUID",
            "SeriesInstanceUID",
            "SpecificCharacterSet",
            "Rows",
            "BitsAllocated",
            "PixelRepresentation",
            "NumberOfFrames",
            "PhotometricInterpretation",
            "RescaleSlope",
            "LossyImageCompression",
            "PixelData",
            "OverlayData",
            "OriginalAttributesSequence",
            "PerFrameFunctionalGroupsSequence",
            "DigitalSignaturesSequence",
            "TransferSyntaxUID",
            "0010,0000",
        ] {
            let tag = attribute_named(keyword).unwrap();
            assert!(removable(tag).is_err() && settable(tag, "1").is_err(), "{keyword}");
        }
        assert_eq!(removable(attribute_named("0009,1001").unwrap()), Ok(()));
        for keyword in ["0009,1001", "ReferencedStudySequence", "ReferencePixelX0"] {
            let tag = attribute_named(keyword).unwrap_or(Tag(0x0009, 0x1001));
            assert!(settable(tag, "x").is_err(), "{keyword}");
        }
    }

    #[test]
    fn values_are_those_of_their_representation() {
        for (keyword, good, bad) in [
            ("InstitutionName", "Hôpital St. Anne", "a\nb"),
            ("PatientID", "", "12345678901234567890123456789012345678901234567890123456789012345"),
            ("PatientSex", "O", "o"),
            ("PatientBirthDate", "19700101", "1970-01-01"),
            ("PatientAge", "045Y", "45"),
            ("PatientWeight", "71.5", "heavy"),
            ("SeriesNumber", "7", "7.5"),
            ("WindowCenter", "40\\400", "40\\x"),
            ("PatientName", "Wang^XiaoDong=王^小东", "a=b=c=d"),
            ("FrameOfReferenceUID", "1.2.0.3", "1.02"),
            ("StudyTime", "120000.5", "12:00"),
            ("RetrieveAETitle", "PACS", "MUCH_TOO_LONG_TITLE"),
            ("ImageComments", "two\nlines", "\u{1}"),
        ] {
            let tag = attribute_named(keyword).unwrap();
            assert_eq!(settable(tag, good), Ok(()), "{keyword}");
            assert!(settable(tag, bad).is_err(), "{keyword}");
        }
    }
}
