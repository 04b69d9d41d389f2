"""Asks a running region for what is no plain picture, and compares it with what pydicom reads from the files that were sent.

Reports as plain text and as HTML, documents, moving pictures, presentation states (those of make_states.py against DCMTK's
dcmp2pgm), overlay planes, and parts of pictures that
are cut out and flipped. Is given what cases.py reads. Prints how many of each kind were right and fails when one is
wrong or when there is none of a kind.
"""

import collections
import io
import subprocess
import sys
import tempfile

import numpy
import pydicom
from PIL import Image, ImageDraw
from pydicom.encaps import generate_frames
from pydicom.pixels import apply_windowing, pixel_array

from cases import Cases
from check_pictures import differs

REPORTS, DOCUMENTS, STATES = "1.2.840.10008.5.1.4.1.1.88.", "1.2.840.10008.5.1.4.1.1.104.1", "1.2.840.10008.5.1.4.1.1.11."
VIDEOS = ("1.2.840.10008.1.2.4.100", "1.2.840.10008.1.2.4.101", "1.2.840.10008.1.2.4.102", "1.2.840.10008.1.2.4.103")


def texts(data):
    """Every text value of a report's content, whitespace made one space."""
    for item in data.get("ContentSequence") or []:
        if item.get("ValueType") == "TEXT":
            yield " ".join(str(item.get("TextValue") or "").split())
        yield from texts(item)


def report(get, data):
    plain, page = get("rendered", "text/plain"), get("rendered", "text/html")
    if (plain.status_code, page.status_code) != (200, 200) or "<script" in page.text:
        return f"{plain.status_code} {page.status_code}"
    told = " ".join(plain.text.split())
    missing = [text for text in texts(data) if text not in told]
    return f"{len(missing)} texts are missing" if missing else None


def document(get, data):
    answer = get("rendered", "application/pdf")
    length = data.get("EncapsulatedDocumentLength") or len(data.EncapsulatedDocument)
    right = answer.headers["Content-Type"] == "application/pdf" and answer.content == data.EncapsulatedDocument[:length]
    return None if right else f"{answer.status_code} {len(answer.content)} bytes"


def video(get, data):
    stored = next(generate_frames(data.PixelData, number_of_frames=1))
    answer, still = get("rendered", "video/*"), get("rendered", "image/jpeg")
    if still.status_code != 406 or "detail" not in still.json():
        return f"a picture of it: {still.status_code}"
    if answer.status_code == 406 and stored[4:8] != b"ftyp" and stored[:3] != b"\0\0\1":
        return None
    return None if answer.content == stored else f"{answer.status_code} {len(answer.content)} bytes"


def state(get, data, files):
    """The image as the state's window shows it; what is drawn over it is a small part. An image without pixels is none."""
    item = data.ReferencedSeriesSequence[0].ReferencedImageSequence[0]
    image = pydicom.dcmread(files[item.ReferencedSOPInstanceUID])
    if "PixelData" not in image:
        answer = get("rendered", "image/png")
        return None if answer.status_code in (404, 406) and answer.json()["detail"] else f"{answer.status_code}"
    window = data.SoftcopyVOILUTSequence[0]
    image.WindowCenter, image.WindowWidth = window.WindowCenter, window.WindowWidth
    expected = apply_windowing(pixel_array(image), image) / (2.0**image.BitsStored - 1) * 255
    area = data.DisplayedAreaSelectionSequence[0]
    (left, top), (right, bottom) = area.DisplayedAreaTopLeftHandCorner, area.DisplayedAreaBottomRightHandCorner
    answer = get("rendered", "image/png")
    if answer.status_code != 200:
        return f"{answer.status_code} {answer.text[:100]}"
    picture = numpy.asarray(Image.open(io.BytesIO(answer.content)))
    if picture.shape != (bottom - top + 1, right - left + 1):
        return f"size {picture.shape}"
    own = picture[1 - top : 1 - top + image.Rows, 1 - left : 1 - left + image.Columns]
    marks = int((own == 255).sum()) - int((expected >= 254.5).sum())
    return differs(own, expected) or (None if marks > 1000 else f"only {marks} pixels are drawn")


def shuttered(picture, data):
    """A picture with what the shutter of a state leaves (PS3.3 C.7.6.11); dcmp2pgm draws none."""
    rows, columns = numpy.mgrid[1 : picture.shape[0] + 1, 1 : picture.shape[1] + 1]
    shape = data.get("ShutterShape")
    if shape == "RECTANGULAR":
        shown = (columns >= data.ShutterLeftVerticalEdge) & (columns <= data.ShutterRightVerticalEdge)
        shown &= (rows >= data.ShutterUpperHorizontalEdge) & (rows <= data.ShutterLowerHorizontalEdge)
    elif shape == "CIRCULAR":
        row, column = data.CenterOfCircularShutter
        shown = numpy.hypot(rows - row, columns - column) <= data.RadiusOfCircularShutter
    elif shape == "POLYGONAL":
        corners = list(data.VerticesOfThePolygonalShutter)
        mask = Image.new("1", (picture.shape[1], picture.shape[0]))
        ImageDraw.Draw(mask).polygon([(column - 1, row - 1) for row, column in zip(corners[::2], corners[1::2])], fill=1)
        shown = numpy.asarray(mask)
    else:
        return picture
    return numpy.where(shown, picture, data.ShutterPresentationValue >> 8)


def made_state(get, entry):
    """A state of make_states.py against DCMTK's picture of it."""
    with tempfile.NamedTemporaryFile(suffix=".pgm") as file:
        subprocess.run(["dcmp2pgm", "-p", entry["path"], entry["about"], file.name], check=True, capture_output=True)
        expected = numpy.asarray(Image.open(file.name)).astype(numpy.float64)
    answer = get("rendered", "image/png")
    if answer.status_code != 200:
        return f"{answer.status_code} {answer.text[:100]}"
    expected = shuttered(expected, pydicom.dcmread(entry["path"]))
    return differs(numpy.asarray(Image.open(io.BytesIO(answer.content))), expected)


def overlay(get, data):
    """Pixels of the first plane are white, all others as without it."""
    plane = numpy.asarray(data.overlay_array(0x6000))
    plane = plane[0] if plane.ndim == 3 else plane
    row, column = (int(number) - 1 for number in data[0x6000, 0x0050].value)
    answers = [get(f"frames/1/rendered{query}", "image/png") for query in ("", "?overlays=6000")]
    if any(answer.status_code != 200 for answer in answers):
        return f"{[answer.status_code for answer in answers]} {answers[1].text[:100]}"
    without, drawn = (numpy.asarray(Image.open(io.BytesIO(answer.content))) for answer in answers)
    expected = without.copy()
    rows, columns = numpy.nonzero(plane)
    inside = (rows + row >= 0) & (columns + column >= 0) & (rows + row < data.Rows) & (columns + column < data.Columns)
    expected[rows[inside] + row, columns[inside] + column] = 255
    return None if (expected == drawn).all() else f"{int((expected != drawn).sum())} pixels differ"


def part(get, data):
    """A quarter from the middle, flipped, is that of the whole."""
    columns, rows = data.Columns, data.Rows
    left, top, width, height = columns // 4, rows // 4, max(columns // 2, 1), max(rows // 2, 1)
    whole = get("frames/1/rendered", "image/png")
    cut = get(f"frames/1/rendered?viewport=,,{left},{top},{-width},{height}", "image/png")
    if (whole.status_code, cut.status_code) != (200, 200):
        return f"{whole.status_code} {cut.status_code}"
    whole, cut = (numpy.asarray(Image.open(io.BytesIO(answer.content))) for answer in (whole, cut))
    expected = whole[top : top + height, left : left + width][:, ::-1]
    return None if cut.shape == expected.shape and (cut == expected).all() else f"{cut.shape} {expected.shape}"


def kinds(data, number):
    """What is to be asked of a file."""
    sop_class, syntax = str(data.get("SOPClassUID")), str(data.file_meta.get("TransferSyntaxUID"))
    if sop_class.startswith(REPORTS):
        yield "report", report
    if sop_class == DOCUMENTS:
        yield "document", document
    if sop_class.startswith(STATES):
        yield "presentation state", state
    if syntax in VIDEOS:
        yield "moving picture", video
    elif "PixelData" in data and (0x6000, 0x3000) in data:
        yield "overlay", overlay
    elif "PixelData" in data and number % 8 == 0:
        yield "part", part


def main():
    cases = Cases()
    region, plan = cases.region, cases.plan
    entries = [entry for entry in plan if entry["refused"] is None and "broken" not in entry["name"]]
    # of files under one instance UID the region has the first; these have cases of their own
    entries = [entry for entry in entries if "duplicate" not in entry["name"] and "structure" not in entry["name"]]
    files = {cases.instance(entry): entry["path"] for entry in entries}
    counts, wrong = collections.Counter(), []
    for number, entry in enumerate(entries):
        try:
            data = pydicom.dcmread(entry["path"], force=True)
        except Exception:
            continue
        instance = cases.instance(entry)
        asked = [("made state", made_state)] if "about" in entry else list(kinds(data, number))
        for kind, ask in asked:
            found = region.get(f"/instances?SOPInstanceUID={instance}", "application/dicom+json").json()[0]
            place = f"/studies/{found['0020000D']['Value'][0]}/series/{found['0020000E']['Value'][0]}/instances/{instance}/"
            get = lambda path, accept: region.get(place + path, accept)
            why = ask(get, entry) if ask is made_state else ask(get, data, files) if ask is state else ask(get, data)
            counts[kind] += why is None
            wrong += [f"{entry['name']} ({kind}): {why}"] if why else []
    for kind in ("report", "document", "presentation state", "made state", "moving picture", "overlay", "part"):
        print(f"{kind:20} {counts[kind]:5} right")
        wrong += [] if counts[kind] else [f"no {kind} was right"]
    for line in wrong:
        print(f"WRONG  {line}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
