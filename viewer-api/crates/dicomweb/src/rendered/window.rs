//! The VOI window of a picture (PS3.18 8.3.5.1.4).

use crate::error::Error;

/// A VOI window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// Center, finite.
    pub center: f64,
    /// Width, finite and above 0.
    pub width: f64,
    /// Function.
    pub function: WindowFunction,
}

/// Functions of a window (PS3.3 C.11.2.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WindowFunction {
    /// `linear`.
    #[default]
    Linear,
    /// `linear-exact`.
    LinearExact,
    /// `sigmoid`.
    Sigmoid,
}

/// `center,width` or `center,width,function`.
pub(super) fn parse(text: &str) -> Result<Window, Error> {
    let wrong = |why| Error::invalid("window", why);
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    let (center, width, function) = match parts[..] {
        [center, width] => (center, width, "linear"),
        [center, width, function] => (center, width, function),
        _ => return Err(wrong("it is not a center, a width and a function")),
    };
    let number = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
    let function = match function.to_ascii_lowercase().replace('_', "-").as_str() {
        "linear" | "" => WindowFunction::Linear,
        "linear-exact" => WindowFunction::LinearExact,
        "sigmoid" => WindowFunction::Sigmoid,
        _ => return Err(wrong("its function is unknown")),
    };
    Ok(Window {
        center: number(center).ok_or_else(|| wrong("its center is not a number"))?,
        width: number(width).filter(|width| *width > 0.0).ok_or_else(|| wrong("its width is not above 0"))?,
        function,
    })
}
