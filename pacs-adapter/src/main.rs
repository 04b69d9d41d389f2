//! The program `pacs-adapter`.

fn main() -> anyhow::Result<()> {
    pacs_adapter::cli::run(std::env::args_os())
}
