//! What a command answers with, on standard output.

use std::{
    fmt::Arguments,
    io::{self, ErrorKind, Write},
};

/// Writes a line to standard output, as `println!` does, but that nobody reads there any more, as in `status | head`, is no
/// failure of the command.
#[macro_export]
macro_rules! say {
    ($($words:tt)*) => {
        if let Err(error) = $crate::answer(format_args!($($words)*)) {
            panic!("the answer cannot be written: {error}");
        }
    };
}

/// The same with the failure for whoever can pass it on.
///
/// # Errors
/// The system's, but for a reader that went away.
pub fn answer(words: Arguments<'_>) -> io::Result<()> {
    written(io::stdout(), words)
}

fn written(mut to: impl Write, words: Arguments<'_>) -> io::Result<()> {
    match writeln!(to, "{words}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Broken(ErrorKind);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn only_a_reader_that_went_away_is_no_failure() {
        let mut text = vec![];
        written(&mut text, format_args!("{} events", 7)).unwrap();
        assert_eq!(text, b"7 events\n");
        written(Broken(ErrorKind::BrokenPipe), format_args!("x")).unwrap();
        let full = written(Broken(ErrorKind::StorageFull), format_args!("x")).unwrap_err();
        assert_eq!(full.kind(), ErrorKind::StorageFull);
    }
}
