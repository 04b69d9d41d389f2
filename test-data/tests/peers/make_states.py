"""Writes presentation states about images of the shared cases, as files beside what is sent to the region.

Each exercises one part of the softcopy pipeline (PS3.4 N.2). check_renditions.py compares the region's pictures of them with
those of DCMTK's dcmp2pgm. Prints a plan as prepare_cases.py does.
"""

import argparse
import json
import pathlib

import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

# Uncompressed images that dcmp2pgm reads: signed, unsigned, and with low values white.
IMAGES = tuple(f"curated/image/{name}.dcm" for name in ("CT_small", "MR_small", "test16signed", "dx_image"))


def item(**values):
    out = Dataset()
    for keyword, value in values.items():
        setattr(out, keyword, value)
    return out


def window(image, part):
    """A window over a part of the image's values after the modality LUT."""
    values = image.pixel_array * float(image.get("RescaleSlope", 1)) + float(image.get("RescaleIntercept", 0))
    low, high = float(values.min()), float(values.max())
    return [item(WindowCenter=round((low + high) / 2, 1), WindowWidth=max(round((high - low) * part, 1), 2))]


def table(values):
    out = item(LUTDescriptor=[len(values), 0, 16])
    out.add_new(0x00283006, "US", values)
    return [out]


def states(image):
    """Name and elements of each state about an image."""
    half = window(image, 0.5)
    yield "range", {}
    yield "inverse", {"SoftcopyVOILUTSequence": half, "PresentationLUTShape": "INVERSE"}
    yield "table", {"SoftcopyVOILUTSequence": half, "PresentationLUTSequence": table([65535 - n * n for n in range(256)])}
    for degrees, flip in ((90, "N"), (180, "Y"), (270, "Y"), (0, "Y")):
        turn = {"ImageRotation": degrees, "ImageHorizontalFlip": flip}
        yield f"turn-{degrees}-{flip}", {"SoftcopyVOILUTSequence": half, **turn}
    rectangle = {"ShutterLeftVerticalEdge": image.Columns // 4, "ShutterRightVerticalEdge": image.Columns // 2}
    rectangle |= {"ShutterUpperHorizontalEdge": image.Rows // 4, "ShutterLowerHorizontalEdge": image.Rows // 2}
    shutter = {"ShutterShape": "RECTANGULAR", "ShutterPresentationValue": 0x8000}
    yield "rectangle", {"SoftcopyVOILUTSequence": half, **shutter, **rectangle}
    circle = {"CenterOfCircularShutter": [image.Rows // 2, image.Columns // 2], "RadiusOfCircularShutter": image.Rows // 3}
    yield "circle", {"SoftcopyVOILUTSequence": half, **shutter, **circle, "ShutterShape": "CIRCULAR"}
    corners = [1, 1, 1, image.Columns, image.Rows, image.Columns // 2]
    polygon = {"ShutterShape": "POLYGONAL", "VerticesOfThePolygonalShutter": corners}
    yield "polygon", {"SoftcopyVOILUTSequence": half, **shutter, **polygon}


def state(image, name, elements):
    about = item(ReferencedSOPClassUID=image.SOPClassUID, ReferencedSOPInstanceUID=image.SOPInstanceUID)
    series = item(SeriesInstanceUID=image.SeriesInstanceUID, ReferencedImageSequence=[about])
    whole = item(DisplayedAreaTopLeftHandCorner=[1, 1], DisplayedAreaBottomRightHandCorner=[image.Columns, image.Rows])
    whole.PresentationSizeMode, whole.PresentationPixelAspectRatio = "SCALE TO FIT", [1, 1]
    turned = elements.get("ImageRotation") in (90, 270)
    out = item(
        SOPClassUID="1.2.840.10008.5.1.4.1.1.11.1",
        SOPInstanceUID=generate_uid(entropy_srcs=[image.SOPInstanceUID, name]),
        StudyInstanceUID=image.StudyInstanceUID,
        SeriesInstanceUID=generate_uid(entropy_srcs=[image.SeriesInstanceUID, "states"]),
        Modality="PR",
        PatientID=image.get("PatientID", ""),
        PatientName=image.get("PatientName", ""),
        PatientBirthDate="",
        PatientSex="",
        StudyDate="",
        StudyTime="",
        AccessionNumber="",
        ReferringPhysicianName="",
        StudyID="",
        SeriesNumber=99,
        InstanceNumber=1,
        Manufacturer="test",
        ContentLabel="TEST",
        ContentDescription=name,
        ContentCreatorName="",
        PresentationCreationDate="20240101",
        PresentationCreationTime="000000",
        ReferencedSeriesSequence=[series],
        DisplayedAreaSelectionSequence=[whole],
    )
    if "RescaleSlope" in image:
        out.RescaleSlope, out.RescaleIntercept, out.RescaleType = image.RescaleSlope, image.RescaleIntercept, "US"
    for keyword, value in elements.items():
        setattr(out, keyword, value)
    if "PresentationLUTSequence" not in out and "PresentationLUTShape" not in out:
        out.PresentationLUTShape = "IDENTITY"
    if "ImageRotation" not in out:
        out.ImageRotation, out.ImageHorizontalFlip = 0, "N"
    out.file_meta = FileMetaDataset()
    out.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return out


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--from", dest="source", required=True)
    arguments.add_argument("--to", required=True)
    options = arguments.parse_args()
    folder, plan = pathlib.Path(options.to), []
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(IMAGES):
        path = pathlib.Path(options.source) / name
        if not path.exists():
            continue
        image = pydicom.dcmread(path)
        for kind, elements in states(image):
            to = folder / f"{number}-{kind}.dcm"
            made = state(image, kind, elements)
            made.save_as(to, enforce_file_format=True)
            plan.append({"name": f"states/{to.name}", "set": "states", "path": str(to), "about": str(path), "uid": made.SOPInstanceUID})
    print(json.dumps(plan))


if __name__ == "__main__":
    main()
