//! One key's value as a test over one column. Values are bound, never written into the statement.

/// A test over a text column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Test {
    /// This value.
    Equal(String),
    /// One of these, as a JSON array.
    In(String),
    /// A pattern of `GLOB`, and the range in which everything that begins like it lies.
    Glob { pattern: String, from: String, before: Option<String> },
    /// Both ends included; an absent end is open.
    Between { from: Option<String>, to: Option<String> },
    /// One of these tests.
    Any(Vec<Test>),
    /// Nothing matches.
    Never,
}

impl Test {
    /// The test of a wildcard pattern without NUL: `*` any run of characters, `?` one, anything else itself.
    pub(super) fn wildcard(text: &str) -> Self {
        let Some(first) = text.find(['*', '?']) else { return Self::Equal(text.to_owned()) };
        let from = &text[..first];
        let pattern = text.replace('[', "[[]");
        Self::Glob { pattern, from: from.to_owned(), before: after_all(from) }
    }

    /// The condition over a column; `bind` takes a value and answers its mark.
    pub(super) fn sql(&self, column: &str, bind: &mut dyn FnMut(&str) -> String) -> String {
        match self {
            Self::Equal(value) => format!("{column} = {}", bind(value)),
            Self::In(list) => format!("{column} IN (SELECT value FROM json_each({}))", bind(list)),
            Self::Glob { pattern, from, before } => {
                let mut sql = format!("{column} GLOB {}", bind(pattern));
                if !from.is_empty() {
                    // The range lets an index find the prefix, whatever the planner makes of a bound pattern.
                    sql += &format!(" AND {column} >= {}", bind(from));
                }
                if let Some(before) = before {
                    sql += &format!(" AND {column} < {}", bind(before));
                }
                format!("({sql})")
            }
            Self::Between { from, to } => {
                let mut sql = format!("{column} >= {}", bind(from.as_deref().unwrap_or("0")));
                if let Some(to) = to {
                    sql += &format!(" AND {column} <= {}", bind(to));
                }
                format!("({sql})")
            }
            Self::Any(tests) => {
                let any: Vec<String> = tests.iter().map(|test| test.sql(column, bind)).collect();
                format!("({})", any.join(" OR "))
            }
            Self::Never => "0".to_owned(),
        }
    }
}

/// The first text after all that begin with `prefix`, in the order of code points; `None` when there is none.
fn after_all(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        // The next character after U+D7FF is U+E000: surrogates are no characters.
        if let Some(next) = (u32::from(last) + 1..=0x10_ffff).take(0x801).find_map(char::from_u32) {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_become_patterns() {
        let glob = |pattern: &str, from: &str, before: Option<&str>| Test::Glob {
            pattern: pattern.into(),
            from: from.into(),
            before: before.map(Into::into),
        };
        for (text, expected) in [
            ("wang*", glob("wang*", "wang", Some("wanh"))),
            ("a[1]_%?", glob("a[[]1]_%?", "a[1]_%", Some("a[1]_&"))),
            ("*x", glob("*x", "", None)),
            ("\u{d7ff}*", glob("\u{d7ff}*", "\u{d7ff}", Some("\u{e000}"))),
            ("\u{10ffff}*", glob("\u{10ffff}*", "\u{10ffff}", None)),
            ("plain", Test::Equal("plain".into())),
        ] {
            assert_eq!(Test::wildcard(text), expected, "{text:?}");
        }
    }
}
