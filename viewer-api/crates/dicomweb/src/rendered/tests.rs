use super::*;
use proptest::prelude::*;

fn sized(columns: u32, rows: u32) -> Option<Viewport> {
    Some(Viewport { size: Some((columns, rows)), region: None })
}

fn window(center: f64, width: f64, function: WindowFunction) -> Option<Window> {
    Some(Window { center, width, function })
}

#[test]
fn clients_are_understood() {
    let nothing = Rendered::default;
    let icc_profile = Some(IccProfile::Yes);
    for (who, text, expected, warnings) in [
        ("OHIF", "", nothing(), 0),
        ("Weasis", "viewport=256%2C256", Rendered { viewport: sized(256, 256), ..nothing() }, 0),
        (
            "Slim",
            "viewport=512,300&iccprofile=yes",
            Rendered { viewport: sized(512, 300), icc_profile, ..nothing() },
            0,
        ),
        (
            "all",
            "viewport=10,20&window=40,400,sigmoid&quality=85&annotation=patient,technique,other&colour=red",
            Rendered {
                viewport: sized(10, 20),
                window: window(40.0, 400.0, WindowFunction::Sigmoid),
                quality: Some(85),
                annotation: Annotation { patient: true, technique: true },
                ..nothing()
            },
            2,
        ),
        ("large", "viewport=9999999,20", Rendered { viewport: sized(MAX_VIEWPORT, 20), ..nothing() }, 0),
        ("no region", "viewport=1,1,,,,", Rendered { viewport: sized(1, 1), ..nothing() }, 0),
        (
            "window",
            "window=-600,1500",
            Rendered { window: window(-600.0, 1500.0, WindowFunction::Linear), ..nothing() },
            0,
        ),
    ] {
        let (rendered, complaints) = parse_rendered(text).unwrap_or_else(|error| panic!("{who}: {error}"));
        assert_eq!((rendered, complaints.len()), (expected, warnings), "{who}");
    }
}

#[test]
fn what_the_standard_has_no_parameter_for() {
    let reference = Some((SeriesUid::parse("1.2").unwrap(), InstanceUid::parse("1.2.3").unwrap()));
    let half = Region { unit: Unit::Whole, left: 0.25, columns: Some(0.5), rows: Some(1.0), ..Region::default() };
    let middle = Viewport { size: None, region: Some(half) };
    for (text, expected) in [
        ("overlays=6000,601e", Rendered { overlays: Overlays::Groups(vec![0x6000, 0x601E]), ..Rendered::default() }),
        ("region=0.25,0,0.75,1", Rendered { viewport: Some(middle), ..Rendered::default() }),
        (
            "region=0.25,0,0.75,1&viewport=40,30",
            Rendered { viewport: Some(Viewport { size: Some((40, 30)), ..middle }), ..Rendered::default() },
        ),
        ("overlays=all", Rendered { overlays: Overlays::All, ..Rendered::default() }),
        (
            "presentationUID=1.2.3&presentationSeriesUID=1.2",
            Rendered { presentation: reference.clone(), ..Rendered::default() },
        ),
        (
            "segmentationSeriesUID=1.2&segmentationUID=1.2.3",
            Rendered { segmentation: reference.clone(), ..Rendered::default() },
        ),
    ] {
        assert_eq!(parse_rendered(text).unwrap(), (expected, vec![]), "{text}");
    }
}

#[test]
fn a_source_region_may_be_flipped_and_left_partly_empty() {
    let whole = Region::default();
    for (text, size, region) in [
        (
            "100,50,10,20,30,40",
            Some((100, 50)),
            Region { left: 10.0, top: 20.0, columns: Some(30.0), rows: Some(40.0), ..whole },
        ),
        (
            "100,50,0,0,-30,-40.5",
            Some((100, 50)),
            Region { columns: Some(30.0), rows: Some(40.5), flip_horizontal: true, flip_vertical: true, ..whole },
        ),
        ("100,,5,,,", Some((100, MAX_VIEWPORT)), Region { left: 5.0, ..whole }),
        (",,,,,-9", None, Region { rows: Some(9.0), flip_vertical: true, ..whole }),
    ] {
        let (rendered, warnings) = parse_rendered(&format!("viewport={text}")).unwrap();
        assert_eq!(rendered.viewport, Some(Viewport { size, region: Some(region) }), "{text}");
        assert_eq!(warnings, []);
    }
}

#[test]
fn a_thumbnail_takes_only_a_size() {
    for (text, size, warnings) in [
        ("viewport=10,20", Some((10, 20)), 0),
        ("viewport=10,20,0,0,5,5", Some((10, 20)), 1),
        ("viewport=10,20&window=1,2&quality=5", Some((10, 20)), 1),
        ("annotation=patient", None, 1),
        ("quality=0&window=x&presentationUID=1.2", None, 1),
        ("other=1", None, 1),
        ("", None, 0),
    ] {
        let (found, complaints) = parse_thumbnail(text).unwrap();
        assert_eq!((found, complaints.len()), (size, warnings), "{text}");
    }
}

#[test]
fn nonsense_is_refused() {
    for text in [
        "viewport=0,5",
        "viewport=5",
        "viewport=,",
        "viewport=a,b",
        "viewport=NaN,1",
        "viewport=1,1,x,0,1,1",
        "viewport=1,1,0,0,0,1",
        "viewport=1,1,-1,0,1,1",
        "viewport=1,1,1,1,1",
        "window=1,0",
        "window=1,-5",
        "window=inf,1",
        "window=1,2,cubic",
        "quality=0",
        "quality=101",
        "iccprofile=cmyk",
        "region=0,0,1",
        "region=0,0,1,1.5",
        "region=-0.5,0,1,1",
        "region=0.5,0,0.5,1",
        "region=0,nan,1,1",
        "region=0,0,1,1&viewport=10,10,1,1,5,5",
        "overlays=5000",
        "overlays=6001",
        "overlays=6020",
        "presentationUID=1.2",
        "segmentationSeriesUID=1.2",
    ] {
        assert!(parse_rendered(text).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn sizes_and_regions_keep_their_limits(text in "viewport=[0-9.,e-]{0,30}") {
        if let Ok((Rendered { viewport: Some(viewport), .. }, _)) = parse_rendered(&text) {
            let (columns, rows) = viewport.size.unwrap_or((1, 1));
            prop_assert!((1..=MAX_VIEWPORT).contains(&columns));
            prop_assert!((1..=MAX_VIEWPORT).contains(&rows));
            let region = viewport.region.unwrap_or_default();
            prop_assert!(region.left >= 0.0 && region.top >= 0.0);
            prop_assert!(region.columns.is_none_or(|side| side > 0.0) && region.rows.is_none_or(|side| side > 0.0));
        }
    }
}
