//! The child's side.

use crate::{
    message::{Bounds, Message},
    protect::{self, Setup},
};
use std::{fs::File, io, os::fd::AsFd, process, thread};

/// Stack of the thread that works: codecs written in C take more than the 2 MiB of a Rust thread.
const STACK: usize = 8 << 20;
/// How a worker ends that could not even take its job in.
pub(crate) const OUT_OF_MEMORY: i32 = 12;
const SETUP: Bounds = Bounds { head: 64, body: 0 };
/// Answers are bounded where they are read.
const ANSWER: Bounds = Bounds { head: usize::MAX, body: usize::MAX };

/// Makes this process a worker: puts the walls up, then answers jobs from standard input on standard output until it
/// ends. `bounds` are those of the jobs.
///
/// # Errors
/// When the pipes break or carry something else.
pub fn work(bounds: Bounds, each: impl FnMut(Message) -> Message + Send + 'static) -> io::Result<()> {
    let mut input = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    let mut output = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    let Some(setup) = Message::read(&mut input, SETUP)? else { return Ok(()) };
    let setup = Setup::parse(&setup.head)?;
    // What a codec prints must neither end up among the answers nor stop at a full pipe.
    rustix::stdio::dup2_stdout(File::options().write(true).open("/dev/null")?)?;
    rustix::fs::fcntl_setfl(io::stderr(), rustix::fs::OFlags::WRONLY | rustix::fs::OFlags::NONBLOCK)?;
    let outer = protect::outer(setup);
    let worker = thread::Builder::new().name("worker".into()).stack_size(STACK).spawn(move || {
        // Both threads: whoever can write memory could make the other one do what this one may not.
        let protections = outer.and(protect::system_calls());
        Message { head: protections.to_bytes(), ..Message::default() }.write(&mut output, SETUP)?;
        answer(setup, &mut input, &mut output, bounds, each)
    })?;
    match worker.join().unwrap_or_else(|_| Err(io::Error::other("the worker gave up"))) {
        Err(error) if error.kind() == io::ErrorKind::OutOfMemory => process::exit(OUT_OF_MEMORY),
        ended => ended,
    }
}

fn answer(
    setup: Setup,
    input: &mut File,
    output: &mut File,
    bounds: Bounds,
    mut each: impl FnMut(Message) -> Message,
) -> io::Result<()> {
    while let Some(job) = Message::read(input, bounds)? {
        protect::allow_time(setup);
        each(job).write(output, ANSWER)?;
    }
    Ok(())
}
