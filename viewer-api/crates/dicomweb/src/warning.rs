//! What was not done as asked, though there is an answer.

use std::fmt;

/// One complaint about a request that was answered all the same. Edges send it as `Warning: 299` (PS3.18 8.6.2,
/// RFC 7234 5.5). It never holds a value the client sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// A matching key over an attribute the index has no key for; by its keyword or tag as the dictionary writes it.
    IgnoredKey(String),
    /// A parameter that is no attribute and none that is known.
    UnknownParameter,
    /// A known parameter that has no effect here; by its name.
    IgnoredParameter(&'static str),
    /// None of the character sets asked for is the one that answers are in (PS3.18 8.3.3.2).
    Charset,
    /// There are results after this page (PS3.18 8.3.4.4).
    MoreResults,
    /// What is said of a step of work, in the words of PS3.18 11.4.3.2 to 11.10.3.2.
    Workitem(&'static str),
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IgnoredKey(name) => write!(f, "The matching key {name} is not supported and was ignored."),
            Self::UnknownParameter => f.write_str("An unknown parameter was ignored."),
            Self::IgnoredParameter(name) => write!(f, "The parameter {name} is not supported and was ignored."),
            Self::Charset => f.write_str("The charset parameter has no supported value. The answer is in UTF-8."),
            Self::Workitem(words) => f.write_str(words),
            Self::MoreResults => f.write_str(
                "The number of results exceeded the maximum supported by the server. Additional results can be requested.",
            ),
        }
    }
}

impl Warning {
    /// The value of a `Warning` header, `agent` being the service's base URI or name: ASCII without quotes.
    pub fn header_value(&self, agent: &str) -> String {
        format!("299 {agent} \"{self}\"")
    }
}
