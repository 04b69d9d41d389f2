//! Parameters of rendered resources (PS3.18 8.3.5).

use crate::{
    error::Error,
    parameters::{Pair, pairs},
    warning::Warning,
};

/// The most columns or rows a picture may be asked to have.
pub const MAX_VIEWPORT: u32 = 8_192;
/// The most characters of one parameter.
const MAX_VALUE: usize = 256;

/// How a picture is asked for; what is not said is left to the image.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rendered {
    /// Size.
    pub viewport: Option<Viewport>,
    /// Window.
    pub window: Option<Window>,
    /// Quality of a JPEG, 1 to 100.
    pub quality: Option<u8>,
}

/// The size a picture has to fit into (PS3.18 8.3.5.1.3), 1 to [`MAX_VIEWPORT`] each way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Viewport {
    /// Pixels across.
    pub columns: u32,
    /// Pixels down.
    pub rows: u32,
}

/// A VOI window (PS3.18 8.3.5.1.4).
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

/// Reads the query string of a rendered resource or a thumbnail. A source region of the viewport, annotation and
/// ICC profile have no effect and are warned of; larger viewports than [`MAX_VIEWPORT`] become that.
///
/// # Errors
/// [`Error::Invalid`] when a viewport, window or quality is malformed; [`Error::TooLong`] above a limit.
pub fn parse_rendered(query: &str) -> Result<(Rendered, Vec<Warning>), Error> {
    let mut out = Rendered::default();
    let mut warnings = vec![];
    for Pair { name, value } in pairs(query)? {
        if value.len() > MAX_VALUE && name != "accept" {
            return Err(Error::TooLong("rendering parameter"));
        }
        let ignored = match name.as_str() {
            _ if value.trim().is_empty() => None,
            "viewport" => {
                let (viewport, region) = viewport(&value)?;
                out.viewport = Some(viewport);
                region.then_some(Warning::IgnoredParameter("source region of viewport"))
            }
            "window" => {
                out.window = Some(window(&value)?);
                None
            }
            "quality" => {
                out.quality = Some(quality(&value)?);
                None
            }
            "accept" | "charset" => None,
            "iccprofile" if value == "no" => None,
            "iccprofile" => Some(Warning::IgnoredParameter("iccprofile")),
            "annotation" => Some(Warning::IgnoredParameter("annotation")),
            _ => Some(Warning::UnknownParameter),
        };
        warnings.extend(ignored.filter(|warning| !warnings.contains(warning)));
    }
    Ok((out, warnings))
}

/// The size, and whether a source region was named too.
fn viewport(text: &str) -> Result<(Viewport, bool), Error> {
    let wrong = || Error::invalid("viewport", "it is not a width and a height above 0");
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    if !matches!(parts.len(), 2 | 6) {
        return Err(wrong());
    }
    let size = |text: &str| {
        let size = text.parse::<f64>().ok().filter(|size| size.is_finite() && *size >= 1.0);
        size.map(|size| size.min(f64::from(MAX_VIEWPORT)) as u32).ok_or_else(wrong)
    };
    // An empty place of the region stands for its default (PS3.18 8.3.5.1.3).
    let region = &parts[2..];
    if region.iter().any(|part| !part.is_empty() && !part.parse::<f64>().is_ok_and(f64::is_finite)) {
        return Err(Error::invalid("viewport", "its source region is not numbers"));
    }
    let viewport = Viewport { columns: size(parts[0])?, rows: size(parts[1])? };
    Ok((viewport, region.iter().any(|part| !part.is_empty())))
}

fn window(text: &str) -> Result<Window, Error> {
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

fn quality(text: &str) -> Result<u8, Error> {
    let quality = text.trim().parse::<u8>().ok().filter(|quality| (1..=100).contains(quality));
    quality.ok_or(Error::invalid("quality", "it is not 1 to 100"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn clients_are_understood() {
        let viewport = |columns, rows| Some(Viewport { columns, rows });
        let window = |center, width, function| Some(Window { center, width, function });
        let nothing = Rendered::default();
        for (who, text, expected, warnings) in [
            ("OHIF", "", nothing, 0),
            ("Weasis", "viewport=256%2C256", Rendered { viewport: viewport(256, 256), ..nothing }, 0),
            ("Slim", "viewport=512,300&iccprofile=yes", Rendered { viewport: viewport(512, 300), ..nothing }, 1),
            (
                "all",
                "viewport=10,20&window=40,400,sigmoid&quality=85&annotation=patient",
                Rendered {
                    viewport: viewport(10, 20),
                    window: window(40.0, 400.0, WindowFunction::Sigmoid),
                    quality: Some(85),
                },
                1,
            ),
            ("region", "viewport=9999999,20,0,0,-5,5", Rendered { viewport: viewport(MAX_VIEWPORT, 20), ..nothing }, 1),
            ("no region", "viewport=1,1,,,,", Rendered { viewport: viewport(1, 1), ..nothing }, 0),
            (
                "window",
                "window=-600,1500",
                Rendered { window: window(-600.0, 1500.0, WindowFunction::Linear), ..nothing },
                0,
            ),
        ] {
            let (rendered, complaints) = parse_rendered(text).unwrap_or_else(|error| panic!("{who}: {error}"));
            assert_eq!((rendered, complaints.len()), (expected, warnings), "{who}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "viewport=0,5",
            "viewport=5",
            "viewport=a,b",
            "viewport=NaN,1",
            "viewport=1,1,x,0,1,1",
            "window=1,0",
            "window=1,-5",
            "window=inf,1",
            "window=1,2,cubic",
            "quality=0",
            "quality=101",
        ] {
            assert!(parse_rendered(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn sizes_keep_the_limit(text in "viewport=[0-9.,e-]{0,20}") {
            if let Ok((Rendered { viewport: Some(viewport), .. }, _)) = parse_rendered(&text) {
                prop_assert!((1..=MAX_VIEWPORT).contains(&viewport.columns));
                prop_assert!((1..=MAX_VIEWPORT).contains(&viewport.rows));
            }
        }
    }
}
