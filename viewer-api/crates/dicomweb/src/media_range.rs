//! One media range of an `Accept` header (RFC 9110 12.5.1) as DICOMweb writes it (PS3.18 8.7.4 and 8.7.8).

use crate::accept::{Offer, Packaging};

/// The most bytes of acceptable media types that are read; what comes after is not considered.
pub const MAX_ACCEPT_LENGTH: usize = 16_384;
/// The most ranges that are considered.
const MAX_RANGES: usize = 64;

/// What a client takes, and how gladly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MediaRange {
    /// Lower case, as `image/*`.
    essence: String,
    /// `type` parameter of a multipart, lower case.
    part: Option<String>,
    /// `transfer-syntax` parameters other than `*`.
    syntaxes: Vec<String>,
    /// Whether `transfer-syntax=*` is among them.
    any_syntax: bool,
    /// Thousandths, 0 to 1000.
    pub(crate) quality: u16,
}

impl MediaRange {
    /// The ranges of a header; those that cannot be read are passed over.
    pub(crate) fn list(header: &str) -> Vec<Self> {
        let end = (0..=header.len().min(MAX_ACCEPT_LENGTH)).rev().find(|end| header.is_char_boundary(*end));
        let header = &header[..end.unwrap_or(0)];
        split_outside_quotes(header, ',').into_iter().filter_map(Self::parse).take(MAX_RANGES).collect()
    }

    /// Parameters may be quoted or not, and may come twice (OHIF #3990: `transfer-syntax=*; transfer-syntax=*`).
    fn parse(text: &str) -> Option<Self> {
        let mut pieces = split_outside_quotes(text, ';').into_iter();
        let essence = pieces.next()?.trim().to_ascii_lowercase();
        // Java's URLConnection sends a bare star.
        let essence = if essence == "*" { "*/*".to_owned() } else { essence };
        essence.split_once('/').filter(|(main, sub)| !main.is_empty() && !sub.is_empty())?;
        let mut out = Self { essence, part: None, syntaxes: vec![], any_syntax: false, quality: 1000 };
        for (name, value) in pieces.filter_map(|piece| piece.split_once('=')) {
            let value = value.trim().trim_matches('"').trim();
            match name.trim().to_ascii_lowercase().as_str() {
                "type" => out.part = Some(value.to_ascii_lowercase()),
                "transfer-syntax" if value == "*" => out.any_syntax = true,
                "transfer-syntax" => out.syntaxes.push(value.to_owned()),
                "q" => out.quality = quality(value),
                _ => {}
            }
        }
        Some(out)
    }

    /// How exactly the range names the offer; `None` when it says nothing about it. While the transfer syntax is not
    /// known, a range that takes some of them may fit, and one that refuses some of them refuses nothing yet.
    pub(crate) fn specificity(&self, offer: &Offer<'_>) -> Option<u8> {
        let media = match (offer.packaging, self.essence.as_str(), &self.part) {
            (_, "*/*", _) => 0,
            (Packaging::Multipart, "multipart/*", _) => 2,
            (Packaging::Multipart, "multipart/related", None) => 4,
            (Packaging::Multipart, "multipart/related", Some(part)) => matches(part, offer.media_type)?,
            (Packaging::Single, essence, _) => matches(essence, offer.media_type)?,
            _ => return None,
        };
        Some(media + self.syntax_specificity(offer, media >= NAMES_A_TYPE)?)
    }

    fn syntax_specificity(&self, offer: &Offer<'_>, names_a_type: bool) -> Option<u8> {
        let Some(uid) = offer.transfer_syntax else {
            let refuses_some = self.quality == 0 && !self.syntaxes.is_empty();
            return (!refuses_some).then_some(0);
        };
        if self.names_syntax(uid) {
            return Some(1);
        }
        let fits = match (self.any_syntax, self.syntaxes.is_empty()) {
            (true, _) => offer.suits.any_syntax,
            (false, false) => false,
            // a refusal that names no transfer syntax refuses them all
            (false, true) => {
                self.quality == 0 || if names_a_type { offer.suits.type_alone } else { offer.suits.nothing }
            }
        };
        fits.then_some(0)
    }

    /// Whether the range names this media type itself.
    pub(crate) fn is_of(&self, media_type: &str) -> bool {
        self.essence == media_type && self.quality > 0
    }

    /// Whether the range names this transfer syntax UID.
    pub(crate) fn names_syntax(&self, uid: &str) -> bool {
        self.syntaxes.iter().any(|wanted| wanted == uid)
    }
}

/// Specificity from which on a range names a media type, if only its first half.
const NAMES_A_TYPE: u8 = 6;

fn matches(range: &str, media_type: &str) -> Option<u8> {
    if range == "*/*" {
        return Some(4);
    }
    if range.eq_ignore_ascii_case(media_type) {
        return Some(8);
    }
    let main = range.strip_suffix("/*")?;
    media_type.split_once('/').is_some_and(|(own, _)| own.eq_ignore_ascii_case(main)).then_some(6)
}

fn quality(text: &str) -> u16 {
    let quality = text.parse::<f32>().ok().filter(|quality| (0.0..=1.0).contains(quality));
    quality.map_or(1000, |quality| (quality * 1000.0).round() as u16)
}

fn split_outside_quotes(text: &str, separator: char) -> Vec<&str> {
    let mut quoted = false;
    text.split(|c| {
        quoted ^= c == '"';
        c == separator && !quoted
    })
    .collect()
}
