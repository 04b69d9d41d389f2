//! The SOP classes of query and retrieval (PS3.4 C.6).

use crate::command::CommandField;

/// From which entity the levels of an information model begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Root {
    /// Patients have studies.
    Patient,
    /// Studies have the attributes of their patients.
    Study,
}

/// An information model with what may be asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueryClass {
    /// SOP Class UID.
    pub uid: &'static str,
    /// The model's root.
    pub root: Root,
    /// C-FIND-RQ, C-MOVE-RQ or C-GET-RQ.
    pub operation: CommandField,
}

const fn class(uid: &'static str, root: Root, operation: CommandField) -> QueryClass {
    QueryClass { uid, root, operation }
}

const CLASSES: [QueryClass; 6] = [
    class("1.2.840.10008.5.1.4.1.2.1.1", Root::Patient, CommandField::CFindRq),
    class("1.2.840.10008.5.1.4.1.2.1.2", Root::Patient, CommandField::CMoveRq),
    class("1.2.840.10008.5.1.4.1.2.1.3", Root::Patient, CommandField::CGetRq),
    class("1.2.840.10008.5.1.4.1.2.2.1", Root::Study, CommandField::CFindRq),
    class("1.2.840.10008.5.1.4.1.2.2.2", Root::Study, CommandField::CMoveRq),
    class("1.2.840.10008.5.1.4.1.2.2.3", Root::Study, CommandField::CGetRq),
];

impl QueryClass {
    /// The class of a UID.
    pub fn of(uid: &str) -> Option<&'static Self> {
        CLASSES.iter().find(|class| class.uid == uid)
    }
}

/// Matching that takes place only where it was negotiated (PS3.4 C.5.1.1). Empty value matching need not be: it takes nothing
/// away from anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Extended {
    /// Keys may be of levels below the one that is asked at; those above need no negotiation.
    pub relational: bool,
    /// A range of dates and one of their times are one range.
    pub date_times: bool,
    /// Names match fuzzily.
    pub fuzzy_names: bool,
    /// All of several values have to be there.
    pub multiple_values: bool,
}

impl Extended {
    /// What the Service-class-application-information of a C-FIND class asks for.
    pub fn asked(information: &[u8]) -> Self {
        let is_asked = |byte: usize| information.get(byte - 1) == Some(&1);
        Self {
            relational: is_asked(1),
            date_times: is_asked(2),
            fuzzy_names: is_asked(3),
            multiple_values: is_asked(7),
        }
    }
}

impl QueryClass {
    /// The answer to an extended negotiation: of what was asked for, what is done. Bytes that were not sent are not
    /// answered, and neither are those that nobody knows yet.
    pub fn accepted(&self, information: &[u8]) -> Vec<u8> {
        // relational, date-time, fuzzy, time zone, conversion of multi-frame images, empty value, multiple value
        const FIND: [u8; 7] = [1, 1, 1, 0, 0, 1, 1];
        let known: &[u8] = if self.operation == CommandField::CFindRq { &FIND } else { &FIND[..1] };
        let is_done = |(done, asked): (&u8, &u8)| u8::from(*done == 1 && *asked == 1);
        known.iter().zip(information).map(is_done).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_what_is_asked_what_is_done_is_accepted() {
        let (find, get) =
            (QueryClass::of("1.2.840.10008.5.1.4.1.2.2.1"), QueryClass::of("1.2.840.10008.5.1.4.1.2.2.3"));
        for (asked, accepted) in [
            (&[1][..], &[1][..]),
            (&[1, 1, 1], &[1, 1, 1]),
            (&[0, 1, 0, 1, 1, 1, 1, 1], &[0, 1, 0, 0, 0, 1, 1]),
            (&[9, 0, 255], &[0, 0, 0]),
            (&[], &[]),
        ] {
            assert_eq!(find.unwrap().accepted(asked), accepted, "{asked:?}");
            assert_eq!(get.unwrap().accepted(asked), &accepted[..accepted.len().min(1)], "{asked:?}");
        }
        let all = Extended { relational: true, date_times: true, fuzzy_names: true, multiple_values: true };
        assert_eq!(Extended::asked(&[1, 1, 1, 0, 0, 0, 1]), all);
        assert_eq!(Extended::asked(&[0]), Extended::default());
    }
}
