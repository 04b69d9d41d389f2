//! What the cage costs: pictures a second in this process and in workers, of one frame in several codings.
//!
//! Both are asked in turns, so that whatever else the machine does meets both; what is printed are medians of the
//! rounds and the median of each round's ratio.

#![allow(clippy::print_stdout, reason = "the table is the product")]

use bytes::Bytes;
use rendering::{Format, Image, Renderer, Settings};
use std::time::Duration;
use tokio::{task::JoinSet, time::Instant};

#[expect(dead_code, reason = "of what the tests share the benchmark needs a part")]
#[path = "../tests/it/real.rs"]
mod real;

const ROUNDS: usize = 15;
/// How long one round goes on.
const ROUND: Duration = Duration::from_millis(300);

/// Stands for the samples of a compressed file.
const UNCOMPRESSED: &str = "";
const FRAMES: &[(&str, &str)] = &[
    ("CT 512x512x16, uncompressed", UNCOMPRESSED),
    ("CT 512x512x16, RLE", "curated/syntax/CT1_RLE"),
    ("CT 512x512x16, lossless JPEG", "curated/syntax/CT1_JPLL"),
    ("CT 512x512x16, JPEG-LS", "curated/syntax/CT1_JLSL"),
    ("CT 512x512x16, JPEG 2000", "curated/syntax/CT1_J2KR"),
    ("US 640x480 colour, JPEG 2000", "curated/syntax/US1_J2KI.dcm"),
    ("overview in colour, JPEG", "wsi/colon-a/overview.dcm"),
];

fn main() {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let program = env!("CARGO_BIN_EXE_decode-worker").into();
        let config = cage::Config { program, arguments: vec![], ..cage::Config::of_this_program("", threads) };
        let here = Renderer::new(threads, 64).expect("threads");
        let caged = Renderer::caged(threads, 64, config).expect("threads");
        println!("{threads} at a time; pictures a second, median of {ROUNDS} rounds");
        println!("{:32} {:>10} {:>10} {:>10} {:>6}", "", "", "here", "caged", "ratio");
        for (name, path) in FRAMES {
            let Some((image, bytes)) = frame(path) else { continue };
            for (kind, fit) in [("thumbnail", Some((200, 200))), ("whole", None)] {
                let settings = Settings { fit, format: Format::Jpeg(85), ..Settings::default() };
                compare(name, kind, [&here, &caged], (&image, &bytes, &settings), threads).await;
            }
        }
    });
}

fn frame(path: &str) -> Option<(Image, Bytes)> {
    let file = real::open(&real::cases()?.join(if path == UNCOMPRESSED { "curated/syntax/CT1_J2KR" } else { path }))?;
    let image = Image::describe(&file.attributes, &file.transfer_syntax, 0).ok()?;
    if path != UNCOMPRESSED {
        return Some((image, file.first_frame.into()));
    }
    let samples = rendering::decode(&image, &file.first_frame, 0).ok()?.samples;
    let image = Image::describe(&file.attributes, "1.2.840.10008.1.2.1", 0).ok()?;
    Some((image, samples.to_le_bytes().into()))
}

async fn compare(name: &str, kind: &str, renderers: [&Renderer; 2], job: (&Image, &Bytes, &Settings), threads: usize) {
    let mut rates = [vec![], vec![]];
    for round in 0..=ROUNDS {
        for (renderer, rates) in renderers.iter().zip(&mut rates) {
            let rate = rate(renderer, job, threads).await;
            // The first round warms up.
            if round > 0 {
                rates.push(rate);
            }
        }
    }
    let ratios: Vec<f64> = rates[0].iter().zip(&rates[1]).map(|(here, caged)| caged / here).collect();
    let [here, caged] = rates.map(median);
    println!("{name:32} {kind:>10} {here:>10.0} {caged:>10.0} {:>6.2}", median(ratios));
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Pictures a second with `threads` callers that each ask again and again.
async fn rate(renderer: &Renderer, (image, bytes, settings): (&Image, &Bytes, &Settings), threads: usize) -> f64 {
    let (begun, mut callers) = (Instant::now(), JoinSet::new());
    for _ in 0..threads {
        let (renderer, image, bytes, settings) = (renderer.clone(), image.clone(), bytes.clone(), settings.clone());
        callers.spawn(async move {
            let mut made = 0u32;
            while begun.elapsed() < ROUND {
                renderer.picture(image.clone(), bytes.clone(), 0, settings.clone()).await.expect("a picture");
                made += 1;
            }
            made
        });
    }
    let made: u32 = callers.join_all().await.into_iter().sum();
    f64::from(made) / begun.elapsed().as_secs_f64()
}
