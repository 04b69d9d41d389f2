//! The picture maker.

use super::DECODE_WORKER;
use anyhow::{Context, Result};
use rendering::Renderer;

/// One worker process makes what few pictures a hospital is asked for.
pub(super) fn renderer() -> Result<Renderer> {
    let renderer = Renderer::caged(1, 16, cage::Config::of_this_program(DECODE_WORKER, 1));
    let renderer = renderer.context("the picture maker cannot be started")?;
    let announced = renderer.clone();
    // What fails here is in the log, and fails again for whoever wants a picture.
    tokio::spawn(async move { announced.announce().await });
    Ok(renderer)
}
