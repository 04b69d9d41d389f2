"""What a reading makes in OHIF, stored to the hub: a measurement as a report (TID 1500), a brushed segmentation. Each is found
again by QIDO-RS in the study of the images, is the file that it should be, stands in OHIF's list of series afterwards, and
shows what was drawn when it is opened from there.
"""

import io
import re

import numpy
import pydicom

from drawn import DRAWN

REPORT, SEGMENTATION = "Length of a thing", "A brushed thing"


def middle(page):
    """The middle of the image."""
    box = page.locator(".viewport-wrapper canvas").first.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def save(page, name):
    """Names what is to be stored and says what the hub answered: how many instances it took, how many not."""
    dialog = page.get_by_role("dialog")
    dialog.locator("[data-cy=dialog-input]").fill(name)
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.url.endswith("/dicomweb/studies")) as stored:
        dialog.get_by_role("button", name="Save").click()
    answer = stored.value
    told = answer.json() if answer.status == 200 else {}
    return answer.status, len(told.get("00081199", {}).get("Value", [])), len(told.get("00081198", {}).get("Value", []))


def measure(page):
    """A line over the image, whose measurement is tracked and made into a report."""
    page.locator("[data-cy=Length-btn]").first.click()
    x, y = middle(page)
    page.mouse.click(x - 60, y - 30)
    page.mouse.move(x, y, steps=5)
    page.mouse.click(x + 60, y + 40)
    page.locator("[data-cy=prompt-begin-tracking-yes-btn]").click()
    create = page.get_by_text("Create SR", exact=True)
    if not create.count():
        page.locator("[data-cy=trackedMeasurements-btn]").click()
    create.click()


def brush(page):
    """A stroke of the brush in a new segmentation, which is to be exported."""
    page.locator("[data-cy=addSegmentation]").click()
    page.locator("[data-cy=Brush-btn]").click()
    page.get_by_role("button", name="Add Segment").wait_for()
    x, y = middle(page)
    page.mouse.move(x - 40, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 20, steps=8)
    page.mouse.up()
    page.locator('button:left-of(:text-is("Segmentation 1")) >> nth=0').click()
    page.get_by_role("menuitem", name="Download & Export").click()
    # the first one downloads it
    page.get_by_role("menuitem", name="DICOM SEG").last.click()


def found(reader, study, modality, name):
    """The file that the hub has under a series' name; None when it is not there once."""
    asked, root = reader.page.context.request, f"{reader.base}/dicomweb/studies/{study}"
    told = {"Accept": "application/dicom+json"}
    matching = asked.get(f"{root}/instances?Modality={modality}&includefield=0008103E", headers=told).json()
    here = [row for row in matching if row.get("0008103E", {}).get("Value") == [name]]
    if len(here) != 1:
        return None
    series, instance = (here[0][tag]["Value"][0] for tag in ("0020000E", "00080018"))
    file = asked.get(f"{root}/series/{series}/instances/{instance}", headers={"Accept": "application/dicom"})
    return pydicom.dcmread(io.BytesIO(file.body()))


def items(data):
    """Every content item of a report."""
    for item in data.get("ContentSequence") or []:
        yield item
        yield from items(item)


def report_is_right(data, study):
    """One length in millimetres, along a line in an image of the study."""
    lengths = [item for item in items(data) if item.ValueType == "NUM"]
    units = [length.MeasuredValueSequence[0].MeasurementUnitsCodeSequence[0].CodeValue for length in lengths]
    lines = [item for item in items(data) if item.ValueType == "SCOORD" and item.GraphicType == "POLYLINE"]
    images = [item for item in items(data) if item.ValueType == "IMAGE"]
    is_long = any(float(length.MeasuredValueSequence[0].NumericValue) > 1 for length in lengths)
    return data.StudyInstanceUID == study and "mm" in units and is_long and len(lines) == 1 and len(images) >= 1


def segmentation_is_right(data, study):
    """One segment with something in it, over a series of the study."""
    bits = numpy.frombuffer(data.PixelData, "u1")
    return data.StudyInstanceUID == study and len(data.SegmentSequence) == 1 and bits.any() and data.Rows > 0


def show_report(page):
    """Takes the measurement of the report that was opened back into the list of measurements."""
    page.locator("[data-cy=yes-hydrate-btn]").click()
    page.locator("[data-cy=yes-hydrate-btn]").wait_for(state="detached")
    if not page.locator("[data-cy=trackedMeasurements-panel]").count():
        page.locator("[data-cy=trackedMeasurements-btn]").click()
    page.get_by_text(re.compile(r"^\d+(\.\d+)? mm$")).first.wait_for()


def show_segmentation(page):
    """Its colour lies over the image."""
    page.wait_for_function(f"() => ({DRAWN})().coloured > 20")


def check(reader, study, what, mode, make, modality, name, is_right, show):
    """Opens the study in a mode, makes something of it, stores that, and opens it from the list of series."""
    page = reader.page
    reader.open(study, f"{what}-before", mode)
    make(page)
    status, stored, refused = save(page, name)
    reader.expect((status, stored, refused) == (200, 1, 0), f"{what}: {status}, {stored} stored, {refused} refused")
    page.locator("[data-cy=study-browser-thumbnail-no-image]", has_text=name).first.wait_for()
    data = found(reader, study, modality, name)
    reader.expect(data is not None and data.Modality == modality, f"{what}: the hub does not find it")
    reader.expect(data is not None and is_right(data, study), f"{what}: it is not what was made")
    reader.picture(f"{what}-stored")
    reader.open(study, f"{what}-after")
    listed = page.locator("[data-cy=study-browser-thumbnail-no-image]", has_text=name).count()
    reader.expect(listed == 1, f"{what}: {listed} times in the list of series")
    page.locator("[data-cy=study-browser-thumbnail-no-image]", has_text=name).first.dblclick()
    show(page)
    reader.still()
    reader.picture(f"{what}-opened")
    size = len(data.PixelData) if data is not None and "PixelData" in data else len(list(items(data or {})))
    print(f"{what}: stored, found again, {size} {'bytes of pixels' if modality == 'SEG' else 'content items'}")


def save_all(reader, study):
    """Both."""
    check(reader, study, "report", "viewer", measure, "SR", REPORT, report_is_right, show_report)
    check(reader, study, "segmentation", "segmentation", brush, "SEG", SEGMENTATION, segmentation_is_right, show_segmentation)
