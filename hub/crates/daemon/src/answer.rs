//! What a command answers with, on standard output.

use std::{
    fmt::Arguments,
    io::{ErrorKind, Write, stdout},
};

/// Writes a line to standard output. That nobody reads there any more, as in `status | head`, is no failure of the command.
#[macro_export]
macro_rules! say {
    ($($words:tt)*) => {
        $crate::say_line(format_args!($($words)*))
    };
}

/// See [`say!`](crate::say).
#[doc(hidden)]
pub fn say_line(words: Arguments<'_>) {
    match writeln!(stdout(), "{words}") {
        // a disk that is full, say: the command was carried out all the same
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            tracing::warn!(%error, "the answer could not be written")
        }
        _ => {}
    }
}
