//! The program `hub`.

fn main() -> anyhow::Result<()> {
    hub::cli::run(std::env::args_os())
}
