//! Images made by hand, with the pixels that the Standard's formulas give.

use crate::support::{BIG, LITTLE, Made, RLE, item, png, shown, signed, words};
use imaging_domain::{ErrorKind, VR, Value, tags};
use rendering::{Colour, Error, Format, Image, Samples, Settings, Window, WindowFunction};

#[test]
fn windows_follow_their_formulas() {
    // Five values from 0 to 100 under center 50, width 101 (LINEAR: black up to 0, white from 100).
    let values = words(&[0, 25, 50, 75, 100]);
    let cases: [(&str, &str, &str, [u8; 5]); 5] = [
        ("50.5", "101", "LINEAR", [0, 64, 128, 191, 255]),
        ("50", "100", "LINEAR_EXACT", [0, 64, 128, 191, 255]),
        ("50", "50", "SIGMOID", [5, 30, 128, 225, 250]),
        ("50.5", "1", "LINEAR", [0, 0, 0, 255, 255]),
        // A width that LINEAR does not allow counts as no window: smallest to largest value.
        ("50", "0", "LINEAR", [0, 64, 128, 191, 255]),
    ];
    for (center, width, function, expected) in cases {
        let made = Made::new("MONOCHROME2", 5, 1, (16, 12)).window(center, width, function);
        assert_eq!(made.pixels(&values), expected, "{center} {width} {function}");
    }
}

#[test]
fn a_window_of_the_settings_goes_before_the_image_s_own() {
    let made = Made::new("MONOCHROME2", 3, 1, (16, 16)).window("1000", "10", "LINEAR");
    let window = Some(Window { center: 50.0, width: 100.0, function: WindowFunction::LinearExact });
    let (_, pixels) = shown(&made.image(), &words(&[0, 50, 100]), 0, &Settings { window, ..png() });
    assert_eq!(pixels, [0, 128, 255]);
}

#[test]
fn direction_is_said_by_shape_and_then_by_photometric_interpretation() {
    let cases = [
        ("MONOCHROME2", None, [0, 255]),
        ("MONOCHROME1", None, [255, 0]),
        ("MONOCHROME1", Some("INVERSE"), [255, 0]),
        ("MONOCHROME2", Some("INVERSE"), [255, 0]),
        ("MONOCHROME1", Some("IDENTITY"), [0, 255]),
    ];
    for (photometric, shape, expected) in cases {
        let mut made = Made::new(photometric, 2, 1, (8, 8));
        if let Some(shape) = shape {
            made = made.text(tags::PRESENTATION_LUT_SHAPE, shape);
        }
        assert_eq!(made.pixels(&[10, 20]), expected, "{photometric} {shape:?}");
    }
}

#[test]
fn without_a_window_the_extent_of_the_frame_is_shown_and_padding_is_left_out() {
    let made = Made::new("MONOCHROME2", 4, 1, (16, 16)).int(tags::PIXEL_REPRESENTATION, 1);
    assert_eq!(made.pixels(&signed(&[-1000, -500, 0, 1000])), [0, 64, 128, 255]);
    let made = made.int(tags::PIXEL_PADDING_VALUE, 63536);
    assert_eq!(made.pixels(&signed(&[-2000, -1000, 0, 1000])), [0, 0, 128, 255]);
    let flat = Made::new("MONOCHROME2", 2, 1, (8, 8));
    assert_eq!(flat.pixels(&[7, 7]), [0, 0]);
}

#[test]
fn rescale_and_modality_table_come_before_the_window() {
    let rescaled = Made::new("MONOCHROME2", 3, 1, (16, 16))
        .text(tags::RESCALE_SLOPE, "2")
        .text(tags::RESCALE_INTERCEPT, "-1000")
        .window("0", "2000", "LINEAR_EXACT");
    assert_eq!(rescaled.pixels(&words(&[0, 500, 1000])), [0, 128, 255]);
    let table = item(&[
        (tags::LUT_DESCRIPTOR, VR::US, Value::Int(vec![3, 10, 16])),
        (tags::LUT_DATA, VR::OW, Value::Bytes(words(&[0, 1000, 100]))),
    ]);
    let looked_up = Made::new("MONOCHROME2", 5, 1, (8, 8)).value(tags::MODALITY_LUT_SEQUENCE, VR::SQ, table).window(
        "500",
        "1000",
        "LINEAR_EXACT",
    );
    assert_eq!(looked_up.pixels(&[0, 10, 11, 12, 99]), [0, 0, 255, 26, 26]);
}

#[test]
fn a_voi_table_maps_values_and_may_begin_below_zero() {
    let table = |first| {
        item(&[
            (tags::LUT_DESCRIPTOR, VR::SS, Value::Int(vec![4, first, 12])),
            (tags::LUT_DATA, VR::US, Value::Int(vec![0, 4095, 2048, 1024])),
        ])
    };
    let made = Made::new("MONOCHROME2", 4, 1, (16, 16)).int(tags::PIXEL_REPRESENTATION, 1).value(
        tags::VOILUT_SEQUENCE,
        VR::SQ,
        table(65534),
    );
    assert_eq!(made.pixels(&signed(&[-2, -1, 0, 1])), [0, 255, 128, 64]);
    let outside = item(&[
        (tags::LUT_DESCRIPTOR, VR::SS, Value::Int(vec![4, 0, 12])),
        (tags::LUT_DATA, VR::OW, Value::Bulk { offset: 0, length: 8 }),
    ]);
    let made = made.value(tags::VOILUT_SEQUENCE, VR::SQ, outside);
    assert!(matches!(Image::describe(&made.set, LITTLE, 0), Err(Error::Unsupported(_))));
}

#[test]
fn functional_groups_of_the_frame_go_before_shared_ones() {
    let window = |center: &str| {
        let frame_voi = item(&[
            (tags::WINDOW_CENTER, VR::DS, Value::Text(vec![center.into()])),
            (tags::WINDOW_WIDTH, VR::DS, Value::Text(vec!["100".into()])),
            (tags::VOILUT_FUNCTION, VR::CS, Value::Text(vec!["LINEAR_EXACT".into()])),
        ]);
        item(&[(tags::FRAME_VOILUT_SEQUENCE, VR::SQ, frame_voi)])
    };
    let rescale = item(&[
        (tags::RESCALE_SLOPE, VR::DS, Value::Text(vec!["10".into()])),
        (tags::RESCALE_INTERCEPT, VR::DS, Value::Text(vec!["0".into()])),
    ]);
    let made = Made::new("MONOCHROME2", 2, 1, (8, 8))
        .int(tags::NUMBER_OF_FRAMES, 2)
        .value(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, VR::SQ, {
            let mut shared = match window("50") {
                Value::Sequence(items) => items,
                _ => unreachable!(),
            };
            shared[0].put(tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE, VR::SQ, rescale);
            Value::Sequence(shared)
        })
        .value(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, VR::SQ, window("100"));
    let of = |frame| Image::describe(&made.set, LITTLE, frame);
    assert_eq!(shown(&of(0).expect("frame 0"), &[5, 10], 0, &png()).1, [0, 128]);
    assert_eq!(shown(&of(1).expect("frame 1"), &[5, 10], 0, &png()).1, [128, 255]);
    assert_eq!(of(2), Err(Error::NoSuchFrame));
}

#[test]
fn samples_of_every_depth_are_cut_to_their_bits() {
    let signed_of = |bits| Made::new("MONOCHROME2", 2, 1, bits).int(tags::PIXEL_REPRESENTATION, 1);
    let unsigned_of = |bits| Made::new("MONOCHROME2", 2, 1, bits);
    let cases: Vec<(Made, Vec<u8>, Samples)> = vec![
        (unsigned_of((8, 8)), vec![1, 255], Samples::U8(vec![1, 255])),
        (signed_of((8, 8)), vec![1, 255], Samples::I8(vec![1, -1])),
        // Bits above the stored ones belong to overlays.
        (unsigned_of((16, 12)), words(&[0xF123, 0x8FFF]), Samples::U16(vec![0x123, 0xFFF])),
        (signed_of((16, 12)), words(&[0x1800, 0x07FF]), Samples::I16(vec![-2048, 2047])),
        (unsigned_of((16, 10)), words(&[0x0400, 0x03FF]), Samples::U16(vec![0, 1023])),
        (unsigned_of((16, 12)).int(tags::HIGH_BIT, 15), words(&[0x123F, 0xFFF0]), Samples::U16(vec![0x123, 0xFFF])),
        (unsigned_of((32, 32)), vec![1, 0, 0, 0x80, 2, 0, 0, 0], Samples::U32(vec![0x8000_0001, 2])),
        (signed_of((32, 32)), vec![255, 255, 255, 255, 2, 0, 0, 0], Samples::I32(vec![-1, 2])),
        (unsigned_of((16, 16)).syntax(BIG), vec![1, 2, 3, 4], Samples::U16(vec![0x0102, 0x0304])),
        (unsigned_of((32, 32)).syntax(BIG), vec![0, 0, 1, 2, 0, 0, 0, 3], Samples::U32(vec![258, 3])),
        (unsigned_of((8, 8)).syntax(BIG), vec![1, 2], Samples::U8(vec![1, 2])),
        (
            unsigned_of((8, 8)).syntax(BIG).value(tags::PIXEL_DATA, VR::OW, Value::Bulk { offset: 0, length: 2 }),
            vec![1, 2],
            Samples::U8(vec![2, 1]),
        ),
    ];
    for (number, (made, bytes, expected)) in cases.into_iter().enumerate() {
        assert!(made.decode(&bytes).samples == expected, "case {number}");
    }
}

#[test]
fn floating_point_pixels_are_read_and_shown() {
    let mut made = Made::new("MONOCHROME2", 3, 1, (32, 32));
    for tag in [tags::BITS_STORED, tags::HIGH_BIT, tags::PIXEL_REPRESENTATION] {
        made.set.remove(tag);
    }
    let bytes: Vec<u8> = [-0.5f32, f32::NAN, 0.5].iter().flat_map(|value| value.to_le_bytes()).collect();
    assert_eq!(made.pixels(&bytes), [0, 0, 255]);
    let made = made.int(tags::BITS_ALLOCATED, 64);
    let bytes: Vec<u8> = [0f64, 1e-3, 2e-3].iter().flat_map(|value| value.to_le_bytes()).collect();
    assert_eq!(made.pixels(&bytes), [0, 128, 255]);
}

#[test]
fn single_bits_begin_in_the_middle_of_a_byte() {
    let made = Made::new("MONOCHROME2", 3, 3, (1, 1)).int(tags::NUMBER_OF_FRAMES, 2);
    // The second frame of 9 pixels begins at bit 1 of byte 1.
    let bytes = [0b0100_1010, 0b0000_0011];
    let frame = rendering::decode(&made.image(), &bytes, 1).expect("samples");
    assert!(frame.samples == Samples::U8(vec![1, 0, 1, 0, 0, 1, 0, 1, 1]));
    assert_eq!(shown(&made.image(), &bytes, 1, &png()).1, [255, 0, 255, 0, 0, 255, 0, 255, 255]);
    assert!(matches!(rendering::decode(&made.image(), &bytes[..1], 1), Err(Error::Corrupt(_))));
}

#[test]
fn colours_are_converted_from_every_space() {
    let rgb = [255, 0, 0, 16, 128, 200];
    let cases: Vec<(Made, Vec<u8>, [u8; 6])> = vec![
        (Made::new("RGB", 2, 1, (8, 8)), rgb.to_vec(), rgb),
        (Made::new("RGB", 2, 1, (8, 8)).int(tags::PLANAR_CONFIGURATION, 1), vec![255, 16, 0, 128, 0, 200], rgb),
        (Made::new("RGB", 2, 1, (16, 16)), words(&[65535, 0, 0, 4096, 32768, 51200]), rgb),
        (Made::new("YBR_FULL", 2, 1, (8, 8)), vec![76, 85, 255, 128, 128, 128], [254, 0, 0, 128, 128, 128]),
        (Made::new("YBR_FULL_422", 2, 1, (8, 8)), vec![76, 128, 85, 255], [254, 0, 0, 255, 52, 52]),
        (Made::new("YBR_PARTIAL_422", 2, 1, (8, 8)), vec![16, 235, 128, 128], [0, 0, 0, 255, 255, 255]),
    ];
    for (number, (made, bytes, expected)) in cases.into_iter().enumerate() {
        assert_eq!(made.pixels(&bytes), expected, "case {number}");
    }
    let frame = Made::new("YBR_FULL", 1, 1, (8, 8)).decode(&[1, 2, 3]);
    assert_eq!(frame.colour, Colour::YbrFull);
    let odd = Made::new("YBR_PARTIAL_420", 2, 2, (8, 8));
    assert!(matches!(rendering::decode(&odd.image(), &[0; 6], 0), Err(Error::Unsupported(_))));
}

fn palette(descriptor: [i64; 3], data: [Value; 3]) -> Made {
    let [red, green, blue] = data;
    let numbers = || Value::Int(descriptor.to_vec());
    Made::new("PALETTE COLOR", 3, 1, (8, 8))
        .value(tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR, VR::US, numbers())
        .value(tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR, VR::US, numbers())
        .value(tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR, VR::US, numbers())
        .value(tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DATA, VR::OW, red)
        .value(tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA, VR::OW, green)
        .value(tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA, VR::OW, blue)
}

#[test]
fn palettes_of_8_and_16_bits_give_their_colours() {
    let bytes = |values: &[u8]| Value::Bytes(values.to_vec());
    let wide = |values: &[u16]| Value::Bytes(words(values));
    let packed = palette([2, 0, 8], [bytes(&[10, 20]), bytes(&[30, 40]), bytes(&[50, 60])]);
    assert_eq!(packed.pixels(&[0, 1, 9]), [10, 30, 50, 20, 40, 60, 20, 40, 60]);
    let sixteen = palette([2, 5, 16], [wide(&[0x1000, 0x2000]), wide(&[0xFFFF, 0]), wide(&[0x0080, 0xAB00])]);
    assert_eq!(sixteen.pixels(&[0, 5, 6]), [0x10, 0xFF, 0, 0x10, 0xFF, 0, 0x20, 0, 0xAB]);
    // Tables that say 16 bits and fill 8.
    let shallow = palette([2, 0, 16], [wide(&[10, 20]), wide(&[30, 40]), wide(&[50, 60])]);
    assert_eq!(shallow.pixels(&[0, 1, 1]), [10, 30, 50, 20, 40, 60, 20, 40, 60]);
    let ramp: Vec<u16> = (0..=65535).collect();
    let full = palette([0, 0, 16], [wide(&ramp), wide(&ramp), wide(&ramp)]).int(tags::BITS_ALLOCATED, 16);
    let full = full.int(tags::BITS_STORED, 16).int(tags::HIGH_BIT, 15);
    assert_eq!(full.pixels(&words(&[0, 0x8000, 65535])), [0, 0, 0, 128, 128, 128, 255, 255, 255]);
    let short = palette([4, 0, 16], [wide(&[1]), wide(&[1]), wide(&[1])]);
    assert!(matches!(Image::describe(&short.set, LITTLE, 0), Err(Error::Corrupt(_))));
}

#[test]
fn a_palette_may_begin_below_zero() {
    let table = || Value::Bytes(words(&[0x1100, 0x2200, 0x3300]));
    let made = palette([3, 65535, 16], [table(), table(), table()]).int(tags::PIXEL_REPRESENTATION, 1);
    assert_eq!(made.pixels(&[255, 0, 1]), [0x11, 0x11, 0x11, 0x22, 0x22, 0x22, 0x33, 0x33, 0x33]);
}

#[test]
fn segmented_palettes_expand() {
    // Discrete 0 and 0x1000, linear up to 0x5000 in two steps, the discrete segment again.
    let segments = [0, 2, 0, 0x1000, 1, 2, 0x5000, 2, 1, 0, 0];
    let mut made = palette([6, 0, 16], [(); 3].map(|()| Value::Bytes(vec![])));
    for tag in [
        tags::SEGMENTED_RED_PALETTE_COLOR_LOOKUP_TABLE_DATA,
        tags::SEGMENTED_GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA,
        tags::SEGMENTED_BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    ] {
        made = made.value(tag, VR::OW, Value::Bytes(words(&segments)));
    }
    let made = made.int(tags::COLUMNS, 6);
    let red: Vec<u8> = made.pixels(&[0, 1, 2, 3, 4, 5]).chunks(3).map(|pixel| pixel[0]).collect();
    assert_eq!(red, [0, 0x10, 0x30, 0x50, 0, 0x10]);
    let endless = Value::Bytes(words(&[0, 1, 7, 2, 65535, 0, 0, 2, 65535, 0, 0]));
    let made = made.value(tags::SEGMENTED_RED_PALETTE_COLOR_LOOKUP_TABLE_DATA, VR::OW, endless);
    assert!(matches!(Image::describe(&made.set, LITTLE, 0), Err(Error::Corrupt(_))));
}

/// RLE of planes, packed as literal runs of up to 128 bytes.
fn rle(planes: &[&[u8]]) -> Vec<u8> {
    let mut header = vec![planes.len() as u32];
    let mut body = vec![];
    for plane in planes {
        header.push(64 + body.len() as u32);
        for run in plane.chunks(128) {
            body.push(run.len() as u8 - 1);
            body.extend_from_slice(run);
        }
        if body.len() % 2 == 1 {
            body.push(0);
        }
    }
    header.resize(16, 0);
    header.iter().flat_map(|field| field.to_le_bytes()).chain(body).collect()
}

#[test]
fn rle_of_every_shape_gives_what_went_in() {
    let mono = Made::new("MONOCHROME2", 2, 1, (8, 8)).syntax(RLE);
    assert!(mono.decode(&rle(&[&[7, 9]])).samples == Samples::U8(vec![7, 9]));
    let deep = Made::new("MONOCHROME2", 2, 1, (16, 16)).syntax(RLE).int(tags::PIXEL_REPRESENTATION, 1);
    assert!(deep.decode(&rle(&[&[0xFF, 1], &[0xFE, 2]])).samples == Samples::I16(vec![-2, 258]));
    let dose = Made::new("MONOCHROME2", 2, 1, (32, 32)).syntax(RLE);
    let planes: [&[u8]; 4] = [&[1, 0], &[2, 0], &[3, 0], &[4, 5]];
    assert!(dose.decode(&rle(&planes)).samples == Samples::U32(vec![0x0102_0304, 5]));
    let colour = Made::new("RGB", 2, 1, (8, 8)).syntax(RLE);
    assert_eq!(colour.pixels(&rle(&[&[1, 2], &[3, 4], &[5, 6]])), [1, 3, 5, 2, 4, 6]);
    let wide = Made::new("RGB", 1, 1, (16, 16)).syntax(RLE);
    let planes: [&[u8]; 6] = [&[1], &[2], &[3], &[4], &[5], &[6]];
    assert!(wide.decode(&rle(&planes)).samples == Samples::U16(vec![0x0102, 0x0304, 0x0506]));
    let bits = Made::new("MONOCHROME2", 4, 2, (1, 1)).syntax(RLE);
    assert!(bits.decode(&rle(&[&[0b1010_0001]])).samples == Samples::U8(vec![1, 0, 0, 0, 0, 1, 0, 1]));
    // A repeated run: 257 - 254 = 3 times, and a no-operation in between.
    let mut packed = rle(&[&[]]);
    packed.extend([254, 8, 128, 0, 9]);
    let four = Made::new("MONOCHROME2", 4, 1, (8, 8)).syntax(RLE);
    assert!(four.decode(&packed).samples == Samples::U8(vec![8, 8, 8, 9]));
}

#[test]
fn short_or_lying_bytes_are_errors() {
    let native = Made::new("MONOCHROME2", 4, 4, (16, 16));
    assert!(matches!(rendering::decode(&native.image(), &[0; 31], 0), Err(Error::Corrupt(_))));
    assert!(matches!(rendering::decode(&native.image(), &[], 0), Err(Error::Corrupt(_))));
    let claims = Made::new("MONOCHROME2", 20000, 20000, (8, 8)).syntax(RLE);
    assert!(matches!(rendering::decode(&claims.image(), &rle(&[&[1, 2]]), 0), Err(Error::Corrupt(_))));
    let planes = Made::new("MONOCHROME2", 2, 1, (16, 16)).syntax(RLE);
    assert!(matches!(rendering::decode(&planes.image(), &rle(&[&[1, 2]]), 0), Err(Error::Corrupt(_))));
    for (bits, columns, rows) in [((32, 32), 65535, 65535), ((16, 16), 65535, 65535), ((1, 1), 65535, 65535)] {
        let bomb = Made::new("MONOCHROME2", columns, rows, bits);
        let error = Image::describe(&bomb.set, LITTLE, 0).expect_err("too large");
        assert_eq!((error.clone(), error.kind()), (Error::TooLarge, ErrorKind::TooLarge));
    }
    let large = Settings { fit: Some((60000, 60000)), ..png() };
    let small = Made::new("MONOCHROME2", 2, 2, (8, 8)).image();
    assert_eq!(rendering::picture(&small, &[0; 4], 0, &large), Err(Error::TooLarge));
    for syntax in
        ["1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.110"]
    {
        let image = Made::new("MONOCHROME2", 2, 2, (8, 8)).syntax(syntax).image();
        for bytes in [&[][..], &[0xFF; 64], &[0xFF, 0xD8, 0xFF, 0xDA], &[0xFF, 0x4F, 0xFF, 0x51, 0, 41]] {
            assert!(matches!(rendering::decode(&image, bytes, 0), Err(Error::Corrupt(_))), "{syntax}");
        }
    }
}

#[test]
fn a_stream_of_another_size_is_never_believed() {
    let pixels = vec![128u8; 64 * 32];
    let source = turbojpeg::Image {
        pixels: &pixels[..],
        width: 64,
        pitch: 64,
        height: 32,
        format: turbojpeg::PixelFormat::GRAY,
    };
    let jpeg = turbojpeg::compress(source, 90, turbojpeg::Subsamp::Gray).expect("a JPEG").to_vec();
    let of = |columns, rows| Made::new("MONOCHROME2", columns, rows, (8, 8)).syntax("1.2.840.10008.1.2.4.50").image();
    assert!(rendering::decode(&of(64, 32), &jpeg, 0).is_ok());
    for (columns, rows) in [(32, 64), (64, 31), (4000, 4000)] {
        assert!(matches!(rendering::decode(&of(columns, rows), &jpeg, 0), Err(Error::Corrupt(_))));
    }
    let cut = &jpeg[..jpeg.len() - 12];
    assert!(matches!(rendering::decode(&of(64, 32), cut, 0), Err(Error::Corrupt(_))));
}

#[test]
fn what_a_lossy_codec_overshoots_does_not_wrap_around() {
    let pixels = [200u8; 64];
    let format = turbojpeg::PixelFormat::GRAY;
    let source = turbojpeg::Image { pixels: &pixels[..], width: 8, pitch: 8, height: 8, format };
    let jpeg = turbojpeg::compress(source, 90, turbojpeg::Subsamp::Gray).expect("a JPEG").to_vec();
    let made = Made::new("MONOCHROME2", 8, 8, (8, 7)).syntax("1.2.840.10008.1.2.4.50");
    assert!(made.decode(&jpeg).samples == Samples::U8(vec![200; 64]));
}

#[test]
fn what_is_no_image_says_so() {
    let mut report = Made::new("MONOCHROME2", 2, 2, (8, 8));
    report.set.remove(tags::ROWS);
    let error = Image::describe(&report.set, LITTLE, 0).expect_err("no rows");
    assert_eq!((error.clone(), error.kind()), (Error::NotAnImage, ErrorKind::Unsupported));
    let unknown = Made::new("MONOCHROME2", 2, 2, (8, 8)).syntax("1.2.3").image();
    assert!(matches!(rendering::decode(&unknown, &[0; 4], 0), Err(Error::Unsupported(_))));
    let two = Made::new("RGB", 2, 2, (8, 8)).int(tags::SAMPLES_PER_PIXEL, 1);
    assert!(matches!(Image::describe(&two.set, LITTLE, 0), Err(Error::Corrupt(_))));
}

#[test]
fn pictures_fit_and_keep_their_shape() {
    let fit = |side| Settings { fit: Some((side, side)), ..png() };
    let wide = Made::new("MONOCHROME2", 400, 100, (16, 12)).window("500", "1000", "LINEAR_EXACT");
    let bytes = words(&vec![500; 40_000]);
    assert_eq!(shown(&wide.image(), &bytes, 0, &fit(100)), ((100, 25), vec![128; 2500]));
    // Blocks are averaged first when this much is lost.
    assert_eq!(shown(&wide.image(), &bytes, 0, &fit(20)), ((20, 5), vec![128; 100]));
    assert_eq!(shown(&wide.image(), &bytes, 0, &fit(800)).0, (800, 200));
    let thumbnail = fit(800).without_enlarging(&wide.image());
    assert_eq!(shown(&wide.image(), &bytes, 0, &thumbnail).0, (400, 100));
    let tall = wide.text(tags::PIXEL_ASPECT_RATIO, "2\\1");
    assert_eq!(shown(&tall.image(), &bytes, 0, &fit(100)).0, (100, 50));
    assert_eq!(shown(&tall.image(), &bytes, 0, &png()).0, (400, 100));
    let colour = Made::new("RGB", 90, 90, (8, 8));
    let red: Vec<u8> = [200, 10, 30].repeat(8100);
    assert_eq!(shown(&colour.image(), &red, 0, &fit(10)), ((10, 10), [200, 10, 30].repeat(100)));
}

#[test]
fn averaging_keeps_things_where_they_are() {
    // Left half black, right half white, at a factor that leaves no whole blocks.
    let line: Vec<u8> = (0..1001).map(|column| if column < 500 { 0 } else { 255 }).collect();
    let made = Made::new("MONOCHROME2", 1001, 1001, (8, 8)).window("128", "256", "LINEAR_EXACT");
    let settings = Settings { fit: Some((100, 100)), ..png() };
    let (size, pixels) = shown(&made.image(), &line.repeat(1001), 0, &settings);
    assert_eq!(size, (100, 100));
    for row in pixels.chunks(100) {
        assert!(row[..49].iter().all(|grey| *grey < 3) && row[51..].iter().all(|grey| *grey > 252));
    }
}

#[test]
fn jpeg_pictures_are_jpeg() {
    let made = Made::new("MONOCHROME2", 64, 64, (8, 8)).window("128", "256", "LINEAR_EXACT");
    let settings = Settings { format: Format::Jpeg(90), ..png() };
    let file = rendering::picture(&made.image(), &[100; 4096], 0, &settings).expect("a picture");
    let picture = image::load_from_memory_with_format(&file, image::ImageFormat::Jpeg).expect("a JPEG");
    assert!(picture.to_luma8().pixels().all(|pixel| pixel.0[0].abs_diff(100) < 3));
}
