# How every fuzz target is built, sourced by each fuzz/run: the stable toolchain with libFuzzer's coverage and the address
# sanitizer, into one folder, so that what the targets have in common is compiled once; optimised a little only, because most
# of a short run would be its compiling. FUZZ_TARGET_DIR names another folder.
export RUSTC_BOOTSTRAP=1
export RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares -Zsanitizer=address -Ccodegen-units=1 -Copt-level=1"
fuzz_host=$(rustc -vV | sed -n 's/^host: //p')
export CARGO_TARGET_DIR=${FUZZ_TARGET_DIR:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/target/fuzz}
fuzz_programs=$CARGO_TARGET_DIR/$fuzz_host/release
