"""Compares pictures that a running region makes with those of pydicom's pixel pipeline.

Is given what cases.py reads. Of every stored instance with pixel data the first frame is
asked for as PNG, in the window that the image itself names, and compared with what pydicom and its decoders make of the file
that was sent: modality LUT, first window or VOI LUT, presentation LUT shape, palette, YBR to RGB. A picture is right when the
median difference is at most 1 of 255 and at most 2 in 100 pixels differ by more than 3. Prints a table of file, whether it is
decoded (a picture comes), and whether it is rendered right. Fails for a file that is not right, or that pydicom cannot decode,
and is not explained in pictures_differ.json, for one that is explained there and right, and for a refusal without a reason.
"""

import collections
import io
import json
import pathlib
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy
import pydicom
from PIL import Image
from pydicom.pixels import apply_color_lut, apply_modality_lut, apply_voi, apply_windowing, pixel_array

from cases import Cases

# Files whose pictures differ from pydicom's or have none of its to compare with, each with the reason.
DIFFER = json.loads((pathlib.Path(__file__).parent / "pictures_differ.json").read_text())

MEDIAN, BEYOND, PART = 1, 3, 0.02

warnings.simplefilter("ignore")


def first_frame(data):
    """A data set whose own attributes are those of its first frame (PS3.3 C.7.6.16)."""
    groups = [data.get("PerFrameFunctionalGroupsSequence"), data.get("SharedFunctionalGroupsSequence")]
    items = [sequence[0] for sequence in groups if sequence]
    for name, keywords in (
        ("PixelValueTransformationSequence", ("RescaleSlope", "RescaleIntercept")),
        ("FrameVOILUTSequence", ("WindowCenter", "WindowWidth", "VOILUTFunction")),
    ):
        found = next((item[name].value[0] for item in items if item.get(name)), None)
        for keyword in keywords if found is not None else ():
            if keyword in found:
                data[keyword] = found[keyword]
    return data


def first_number(data, keyword):
    value = data.get(keyword)
    if value is None or value == "":
        return None
    return float(value[0]) if isinstance(value, (list, pydicom.multival.MultiValue)) else float(value)


def has_window(data):
    """Whether there is a window whose width its function allows (PS3.3 C.11.2.1.2.1)."""
    center, width = first_number(data, "WindowCenter"), first_number(data, "WindowWidth")
    exact = (data.get("VOILUTFunction") or "LINEAR") != "LINEAR"
    return center is not None and width is not None and (width > 0 if exact else width >= 1)


def output_range(data, values):
    """Smallest and largest value that apply_windowing gives, by the attributes it looks at."""
    if data.get("ModalityLUTSequence"):
        return 0, 2 ** data.ModalityLUTSequence[0].LUTDescriptor[2] - 1
    bits = data.BitsStored
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if data.PixelRepresentation else (0, 2**bits - 1)
    slope, intercept = data.get("RescaleSlope"), data.get("RescaleIntercept")
    if slope is not None and intercept is not None:
        low, high = low * float(slope) + float(intercept), high * float(slope) + float(intercept)
    return low, high


def extent(data, stored, values):
    """Smallest to largest value that is no padding."""
    shown = numpy.isfinite(values)
    padding = data.get("PixelPaddingValue")
    if padding is not None and not data.get("ModalityLUTSequence"):
        limit = data.get("PixelPaddingRangeLimit", padding)
        signed = lambda value: value - 65536 if data.PixelRepresentation and value > 32767 else value
        low, high = sorted((signed(padding), signed(limit)))
        shown &= (stored < low) | (stored > high)
    if not shown.any():
        return numpy.zeros(values.shape)
    low, high = values[shown].min(), values[shown].max()
    return numpy.zeros(values.shape) if low == high else (values - low) / (high - low)


def grey(data, stored):
    values = apply_modality_lut(stored, data)
    values = numpy.asarray(values, dtype=numpy.float64)
    if "BitsStored" not in data:
        # floating point: apply_windowing wants the range of its output, which is then undone
        data.BitsStored, data.PixelRepresentation = 16, 0
        data.pop("RescaleSlope", None)
    if has_window(data):
        low, high = output_range(data, values)
        part = (numpy.asarray(apply_windowing(values, data, index=0), dtype=numpy.float64) - low) / (high - low)
    elif data.get("VOILUTSequence"):
        whole = numpy.rint(values).astype(numpy.int64)
        part = apply_voi(whole, data, index=0) / (2.0 ** data.VOILUTSequence[0].LUTDescriptor[2] - 1)
    else:
        part = extent(data, stored, values)
    shape = data.get("PresentationLUTShape")
    if shape == "INVERSE" or (shape != "IDENTITY" and data.PhotometricInterpretation == "MONOCHROME1"):
        part = 1 - part
    return numpy.clip(part, 0, 1) * 255


def reference(path):
    """Picture of a file's first frame, 0.0 to 255.0, grey or with three channels."""
    data = first_frame(pydicom.dcmread(path, force=True))
    if "SamplesPerPixel" in data and data.SamplesPerPixel == 3:
        pixels = pixel_array(data, index=0).astype(numpy.float64)
        bits = data.BitsStored
        return numpy.floor(pixels / 2 ** (bits - 8)) if bits > 8 else pixels * (255 / (2**bits - 1))
    stored = pixel_array(data, index=0)
    if data.PhotometricInterpretation == "PALETTE COLOR":
        colours = apply_color_lut(stored, data)[..., :3].astype(numpy.float64)
        # many writers say 16 bits and fill 8
        return colours if colours.max() < 256 else numpy.floor(colours / 256)
    return grey(data, stored)


def differs(picture, expected):
    """What is wrong with a picture, or None."""
    if picture.shape != expected.shape and picture.shape[:2] == expected.shape[:2]:
        picture = picture if picture.ndim == 3 else numpy.repeat(picture[..., None], 3, axis=2)
        expected = expected if expected.ndim == 3 else numpy.repeat(expected[..., None], 3, axis=2)
    if picture.shape != expected.shape:
        return f"size {picture.shape} instead of {expected.shape}"
    apart = numpy.abs(picture.astype(numpy.float64) - expected)
    worst = apart.max(axis=2) if apart.ndim == 3 else apart
    median, beyond = float(numpy.median(worst)), float((worst > BEYOND).mean())
    if median <= MEDIAN and beyond <= PART:
        return None
    return f"median {median:.1f}, {beyond * 100:.1f} % beyond {BEYOND}"


def check(region, entries):
    """(decoded, rendered right, what is wrong) for the files sent under one instance UID, of which one is stored."""
    found = region.get(f"/instances?SOPInstanceUID={entries[0]['instance']}", "application/dicom+json").json()
    if not found:
        return "not stored", "-", None
    study, series = found[0]["0020000D"]["Value"][0], found[0]["0020000E"]["Value"][0]
    path = f"/studies/{study}/series/{series}/instances/{entries[0]['instance']}/frames/1/rendered"
    answer = region.get(path, "image/png")
    is_picture = answer.status_code == 200 and answer.headers["Content-Type"] == "image/png"
    if answer.status_code >= 400 and answer.headers.get("Content-Type") != "application/problem+json":
        return "no", "no", f"{answer.status_code} without problem details"
    complaints = []
    for entry in entries:
        try:
            expected = reference(entry["path"])
        except Exception as error:
            complaints.append(("no reference", type(error).__name__))
            continue
        if not is_picture:
            return "no", "no", f"{answer.status_code} {answer.json()['detail']}"
        why = differs(numpy.asarray(Image.open(io.BytesIO(answer.content))), expected)
        if why is None:
            return "yes", "yes", None
        complaints.append(("wrong", why))
    wrong = [why for kind, why in complaints if kind == "wrong"]
    if wrong:
        return "yes", "no", wrong[0]
    ours = "a picture" if is_picture else f"{answer.status_code} {answer.json()['detail']}"
    return ("yes" if is_picture else "no"), "no reference", f"{ours}; pydicom: {complaints[0][1]}"


def main():
    cases, groups = Cases(), collections.defaultdict(list)
    for entry in cases.plan:
        if entry["refused"] is None and cases.known(entry).get("has_pixel_data"):
            entry["instance"] = cases.instance(entry)
            groups[entry["instance"]].append(entry)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda entries: check(cases.region, entries), groups.values()))
    counts, complaints = collections.Counter(), []
    print(f"{'file':64} {'decoded':>12} {'rendered right':>15}")
    for entries, (decoded, right, why) in zip(groups.values(), results):
        name = entries[0]["name"]
        counts[decoded, right] += 1
        explained = next((DIFFER[entry["name"]] for entry in entries if entry["name"] in DIFFER), None)
        remark = f"  {why}" if why else ""
        print(f"{name:64} {decoded:>12} {right:>15}{remark}{f'  [{explained}]' if explained else ''}")
        if why and not explained:
            complaints.append(f"{name}: {why}")
        if explained and not why:
            complaints.append(f"{name}: is right now, take it off pictures_differ.json")
    for (decoded, right), count in sorted(counts.items()):
        print(f"decoded {decoded}, rendered right {right}: {count}")
    for complaint in complaints:
        print(f"WRONG  {complaint}")
    if counts["yes", "yes"] < 400:
        print(f"WRONG  only {counts['yes', 'yes']} pictures are right")
        complaints.append("too few")
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
