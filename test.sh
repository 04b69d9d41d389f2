#!/usr/bin/env bash
# Installs what the tests need and runs every one of them, on Debian 12 with rustup's stable Rust.
#
# DICOM_CASES           the shared cases, default ../shared/dicom; without them the tests that need them are left out
# DICOM_CASES_REQUIRED  1 makes their absence an error
# FUZZ_SECONDS          how long the header scan is fuzzed, default 30; the other parsers get a third of it
# KILLS                 how often a program is killed while it receives, tells the hub, crawls or commits; default 3 to 6
set -euo pipefail
cd "$(dirname "$0")"
root=$PWD
export DICOM_CASES=${DICOM_CASES:-$root/../shared/dicom}
# most tests wait for programs that they started
export RUST_TEST_THREADS=${RUST_TEST_THREADS:-$((2 * $(nproc)))}
export RUST_BACKTRACE=${RUST_BACKTRACE:-0}
fuzz_seconds=${FUZZ_SECONDS:-30}
summary=()

# step NAME COMMAND...: runs it, says how long it took, and ends everything when it fails
step() {
    local name=$1 begun=$SECONDS
    shift
    printf '\n== %s\n' "$name"
    "$@" || { printf '\nFAILED: %s\n' "$name"; exit 1; }
    summary+=("$(printf '%5d s  %s' $((SECONDS - begun)) "$name")")
}

debian_packages() {
    local wanted=(build-essential cmake nasm python3 python3-venv dcmtk orthanc orthanc-dicomweb) missing=() package
    wanted+=(libjpeg-turbo-progs libopenjp2-tools chromium fonts-noto-cjk nodejs npm)
    for package in "${wanted[@]}"; do
        # node and npm need not be Debian's
        case $package in nodejs) command -v node >/dev/null && continue ;; npm) command -v npm >/dev/null && continue ;; esac
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    local as_root=()
    [ "$(id -u)" = 0 ] || as_root=(sudo)
    "${as_root[@]}" apt-get update -q
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
}

python_packages() {
    [ -x .venv/bin/pip ] || python3 -m venv .venv
    .venv/bin/pip install -q --disable-pip-version-check -r test-data/tests/peers/requirements.txt
}

fuzz() {
    hub/crates/part10/fuzz/run "$fuzz_seconds"
    pacs-adapter/crates/dimse/fuzz/run $((fuzz_seconds / 3))
    pacs-adapter/crates/media/fuzz/run $((fuzz_seconds / 3))
    hub/crates/cage/fuzz/run $((fuzz_seconds / 3))
    viewer-api/crates/dicomweb/fuzz/run $((fuzz_seconds / 3))
    hub/crates/rendering/fuzz/run $((fuzz_seconds / 3))
}

# a crowd of thousands of connections has both ends in one process
ulimit -Sn 20000 2>/dev/null || ulimit -Sn "$(ulimit -Hn)"
command -v cargo >/dev/null || { echo "cargo is not here: install stable Rust with rustup (1.95 or later)"; exit 1; }
if [ ! -f "$DICOM_CASES/manifest.json" ]; then
    if [ "${DICOM_CASES_REQUIRED:-0}" = 1 ]; then
        echo "the shared cases are required and not at $DICOM_CASES"
        exit 1
    fi
    left_out="the shared cases ($DICOM_CASES is not there): the region of real files and the comparison of every
          header and frame with its manifest. Generated studies and the files of pydicom and pydicom-data are used."
    printf 'left out  %s\n' "$left_out"
fi
step "Debian packages" debian_packages
step "Python packages" python_packages
step "formatting" cargo fmt --all --check
step "clippy" cargo clippy --release --locked --workspace --all-targets -- -D warnings
step "build" cargo test --release --locked --workspace --no-run
# the printed tables are part of what the end-to-end tests are for
step "tests" cargo test --release --locked --workspace -- --show-output
step "fuzzing" fuzz
printf '\nall passed\n'
printf '%s\n' "${summary[@]}"
[ -z "${left_out:-}" ] || printf 'left out  %s\n' "$left_out"
