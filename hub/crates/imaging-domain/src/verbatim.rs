//! Names that are kept as the text they were read from.

/// Makes a tuple struct of a `Box<str>` with a `parse` show, read and write that text: `Display`, and the conversions
/// by which `serde` reads it through `parse`.
macro_rules! verbatim {
    ($name:ident) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::error::Invalid;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0.into()
            }
        }
    };
}

pub(crate) use verbatim;
