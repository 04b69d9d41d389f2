//! Hours in which something may be done.

use imaging_domain::Invalid;
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// A part of the day, over midnight too; all of it when nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hours(Option<(u16, u16)>);

impl Hours {
    /// Reads "22:00-06:00", or nothing.
    ///
    /// # Errors
    /// [`Invalid`] when it is anything else.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let wrong = || Invalid::new("hours", "they are not written as 22:00-06:00");
        if text.is_empty() {
            return Ok(Self(None));
        }
        let minutes = |text: &str| {
            let (hour, minute) = text.split_once(':')?;
            let (hour, minute): (u16, u16) = (hour.trim().parse().ok()?, minute.trim().parse().ok()?);
            (hour < 24 && minute < 60).then_some(hour * 60 + minute)
        };
        let (from, to) = text.split_once('-').ok_or_else(wrong)?;
        Ok(Self(Some((minutes(from).ok_or_else(wrong)?, minutes(to).ok_or_else(wrong)?))))
    }

    /// Whether this moment, milliseconds since 1970 UTC, is one of them where the machine stands.
    pub(super) fn has(self, now_ms: i64) -> bool {
        let Ok(now) = Timestamp::from_millisecond(now_ms) else { return true };
        let time = now.to_zoned(TimeZone::system()).time();
        self.has_minute(time.hour() as u16 * 60 + time.minute() as u16)
    }

    fn has_minute(self, minute: u16) -> bool {
        match self.0 {
            None => true,
            Some((from, to)) if from < to => (from..to).contains(&minute),
            Some((from, to)) => minute >= from || minute < to,
        }
    }
}

impl TryFrom<String> for Hours {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<Hours> for String {
    fn from(hours: Hours) -> Self {
        let time = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        hours.0.map(|(from, to)| format!("{}-{}", time(from), time(to))).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_go_over_midnight() {
        let night = Hours::parse("22:00-06:00").unwrap();
        let has =
            |hours: Hours, times: &[u16]| times.iter().map(|hour| hours.has_minute(hour * 60)).collect::<Vec<_>>();
        assert_eq!(has(night, &[21, 22, 0, 5, 6]), [false, true, true, true, false]);
        assert_eq!(has(Hours::parse("08:30-17:00").unwrap(), &[8, 9, 16, 17]), [false, true, true, false]);
        assert_eq!(has(Hours::default(), &[0, 12]), [true, true]);
        assert_eq!(String::from(night), "22:00-06:00");
        for bad in ["22-6", "22:00", "25:00-06:00", "22:00-06:61", "night"] {
            assert!(Hours::parse(bad).is_err(), "{bad}");
        }
    }
}
