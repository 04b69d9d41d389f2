//! What a command answers with, on standard output.

use std::{
    fmt::Arguments,
    io::{ErrorKind, Write, stdout},
    process::exit,
};

/// What a shell says of a program that `SIGPIPE` ended.
const BROKEN_PIPE: i32 = 128 + 13;

/// Writes a line to standard output. Ends the program when nobody reads there any more, as `status | head` does after ten
/// lines.
#[macro_export]
macro_rules! say {
    ($($words:tt)*) => {
        $crate::say_line(format_args!($($words)*))
    };
}

/// See [`say!`](crate::say).
#[doc(hidden)]
pub fn say_line(words: Arguments<'_>) {
    let mut out = stdout().lock();
    match writeln!(out, "{words}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => exit(BROKEN_PIPE),
        // a disk that is full, say: the command was carried out all the same
        Err(error) => tracing::warn!(%error, "the answer could not be written"),
        Ok(()) => {}
    }
}
