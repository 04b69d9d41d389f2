//! A worker by itself, for the tests and benchmarks of this room. `hub` and `pacs-adapter` are their own workers.

fn main() -> std::io::Result<()> {
    rendering::decode_worker()
}
