"""Makes what a full viewer shows beside plain images: for the largest CT series of a region a segmentation, a measured
report and a document in the same study, and a slide. Real files where there are some, drawn ones otherwise.

Prints which study to open for what: {"ct": UID, "mr": UID, "us": UID, "slide": UID}."""

import argparse
import collections
import io
import json
import pathlib
import shutil

import numpy as np
import pydicom
from PIL import Image, ImageDraw
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import ExplicitVRLittleEndian, JPEGBaseline8Bit, generate_uid

TILE = 256


def item(**values):
    out = Dataset()
    for keyword, value in values.items():
        setattr(out, keyword, value)
    return out


def code(value, scheme, meaning):
    return item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)


def made(like, sop_class, modality, description, number, syntax=ExplicitVRLittleEndian):
    """A new instance in a new series of the study of `like`."""
    out = Dataset()
    for keyword in ("SpecificCharacterSet", "PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyInstanceUID",
                    "StudyDate", "StudyTime", "AccessionNumber", "ReferringPhysicianName", "StudyID", "StudyDescription"):
        setattr(out, keyword, like.get(keyword, ""))
    out.SOPClassUID, out.SOPInstanceUID, out.SeriesInstanceUID = sop_class, generate_uid(), generate_uid()
    out.Modality, out.SeriesDescription, out.SeriesNumber, out.InstanceNumber = modality, description, number, 1
    out.SeriesDate = out.ContentDate = like.StudyDate or "20240101"
    out.SeriesTime = out.ContentTime = like.StudyTime or "120000"
    out.Manufacturer, out.ManufacturerModelName = "test-data", "viewer_cases"
    out.DeviceSerialNumber, out.SoftwareVersions = "1", "1"
    out.file_meta = FileMetaDataset()
    out.file_meta.TransferSyntaxUID = syntax
    out.file_meta.MediaStorageSOPClassUID, out.file_meta.MediaStorageSOPInstanceUID = sop_class, out.SOPInstanceUID
    return out


def segmentation(slices):
    """One segment, a disc in the middle of each slice (PS3.3 A.51)."""
    first = slices[0]
    rows, columns = first.Rows, first.Columns
    out = made(first, pydicom.uid.SegmentationStorage, "SEG", "Disc", 901)
    y, x = np.ogrid[:rows, :columns]
    disc = ((y - rows // 2) ** 2 + (x - columns // 2) ** 2 < (rows // 6) ** 2).astype(np.uint8)
    out.FrameOfReferenceUID, out.ImageType = first.FrameOfReferenceUID, ["DERIVED", "PRIMARY"]
    out.Rows, out.Columns, out.NumberOfFrames = rows, columns, len(slices)
    out.SamplesPerPixel, out.PhotometricInterpretation, out.PixelRepresentation = 1, "MONOCHROME2", 0
    out.BitsAllocated, out.BitsStored, out.HighBit, out.LossyImageCompression = 1, 1, 0, "00"
    out.SegmentationType, out.ContentLabel, out.ContentDescription, out.ContentCreatorName = "BINARY", "DISC", "a disc", ""
    tissue = code("85756007", "SCT", "Tissue")
    out.SegmentSequence = [item(SegmentNumber=1, SegmentLabel="Disc", SegmentAlgorithmType="MANUAL",
                                SegmentedPropertyCategoryCodeSequence=[tissue], SegmentedPropertyTypeCodeSequence=[tissue],
                                RecommendedDisplayCIELabValue=[40000, 50000, 20000])]
    out.ReferencedSeriesSequence = [item(SeriesInstanceUID=first.SeriesInstanceUID, ReferencedInstanceSequence=[
        item(ReferencedSOPClassUID=s.SOPClassUID, ReferencedSOPInstanceUID=s.SOPInstanceUID) for s in slices])]
    organization = generate_uid()
    out.DimensionOrganizationSequence = [item(DimensionOrganizationUID=organization)]
    out.DimensionIndexSequence = [
        item(DimensionOrganizationUID=organization, DimensionIndexPointer=0x0062000B, FunctionalGroupPointer=0x0062000A),
        item(DimensionOrganizationUID=organization, DimensionIndexPointer=0x00200032, FunctionalGroupPointer=0x00209113)]
    out.SharedFunctionalGroupsSequence = [item(
        PlaneOrientationSequence=[item(ImageOrientationPatient=first.ImageOrientationPatient)],
        PixelMeasuresSequence=[item(PixelSpacing=first.PixelSpacing, SliceThickness=first.get("SliceThickness") or 1)])]
    out.PerFrameFunctionalGroupsSequence = [item(
        FrameContentSequence=[item(DimensionIndexValues=[1, n + 1])],
        PlanePositionSequence=[item(ImagePositionPatient=s.ImagePositionPatient)],
        SegmentIdentificationSequence=[item(ReferencedSegmentNumber=1)],
        DerivationImageSequence=[item(
            DerivationCodeSequence=[code("113076", "DCM", "Segmentation")],
            SourceImageSequence=[item(ReferencedSOPClassUID=s.SOPClassUID, ReferencedSOPInstanceUID=s.SOPInstanceUID,
                                      PurposeOfReferenceCodeSequence=[code("121322", "DCM", "Source image")])])],
    ) for n, s in enumerate(slices)]
    bits = np.packbits(np.concatenate([disc.ravel()] * len(slices)), bitorder="little").tobytes()
    out.PixelData = bits + b"\0" * (len(bits) % 2)
    out["PixelData"].VR = "OB"
    return out


def document(like):
    """One page that says what it is, and has a picture (PS3.3 A.45.1)."""
    picture = Image.new("RGB", (595, 842), "white")
    picture.paste(Image.effect_noise((595, 300), 100), (0, 542))
    ImageDraw.Draw(picture).text((80, 100), "Report of the examination", fill="black", font_size=32)
    page = io.BytesIO()
    picture.save(page, "PDF")
    out = made(like, pydicom.uid.EncapsulatedPDFStorage, "DOC", "Letter", 902)
    out.MIMETypeOfEncapsulatedDocument, out.DocumentTitle, out.BurnedInAnnotation = "application/pdf", "Letter", "NO"
    out.ConversionType, out.ConceptNameCodeSequence = "WSD", []
    content = page.getvalue()
    out.EncapsulatedDocumentLength = len(content)
    out.EncapsulatedDocument = content + b"\0" * (len(content) % 2)
    return out


def report(like):
    """Text without measurements (PS3.3 A.35.2)."""
    out = made(like, pydicom.uid.EnhancedSRStorage, "SR", "Findings", 903)
    out.ValueType, out.ContinuityOfContent = "CONTAINER", "SEPARATE"
    out.ConceptNameCodeSequence = [code("18748-4", "LN", "Diagnostic imaging study")]
    out.CompletionFlag, out.VerificationFlag = "COMPLETE", "UNVERIFIED"
    out.PerformedProcedureCodeSequence, out.ReferencedPerformedProcedureStepSequence = [], []
    out.ContentSequence = [item(RelationshipType="CONTAINS", ValueType="TEXT", TextValue="Nothing unusual is seen.",
                                ConceptNameCodeSequence=[code("121071", "DCM", "Finding")])]
    return out


def slide(like):
    """Two levels of a drawn slide in JPEG tiles (PS3.3 A.32.8)."""
    base = None
    for level, size in enumerate((1024, 512)):
        picture = Image.new("RGB", (size, size), (240, 220, 235))
        draw = ImageDraw.Draw(picture)
        for n in range(60):
            x, y, r = n * 397 % size, n * 211 % size, size // 40 + n % 7
            draw.ellipse((x - r, y - r, x + r, y + r), fill=(120 + n, 40, 130))
        boxes = [(x, y, x + TILE, y + TILE) for y in range(0, size, TILE) for x in range(0, size, TILE)]
        tiles = []
        for box in boxes:
            tile = io.BytesIO()
            picture.crop(box).save(tile, "JPEG", quality=90)
            tiles.append(tile.getvalue())
        out = made(like, pydicom.uid.VLWholeSlideMicroscopyImageStorage, "SM", "Slide", 1, JPEGBaseline8Bit)
        base = base or out
        out.StudyInstanceUID = base.StudyInstanceUID if base is not out else generate_uid()
        out.SeriesInstanceUID, out.InstanceNumber, out.PatientName = base.SeriesInstanceUID, level + 1, "Slide^Drawn"
        out.FrameOfReferenceUID = base.get("FrameOfReferenceUID") or generate_uid()
        out.ImageType = ["ORIGINAL" if level == 0 else "DERIVED", "PRIMARY", "VOLUME", "NONE" if level == 0 else "RESAMPLED"]
        out.Rows = out.Columns = TILE
        out.TotalPixelMatrixColumns = out.TotalPixelMatrixRows = size
        out.NumberOfFrames, out.SamplesPerPixel, out.PlanarConfiguration = len(boxes), 3, 0
        out.PhotometricInterpretation, out.BitsAllocated, out.BitsStored, out.HighBit = "YBR_FULL_422", 8, 8, 7
        out.PixelRepresentation, out.LossyImageCompression = 0, "01"
        out.DimensionOrganizationType, out.TotalPixelMatrixFocalPlanes = "TILED_FULL", 1
        out.ImageOrientationSlide, out.ContainerIdentifier, out.BurnedInAnnotation = [0, -1, 0, -1, 0, 0], "S1", "NO"
        out.VolumetricProperties, out.SpecimenLabelInImage, out.FocusMethod = "VOLUME", "NO", "AUTO"
        out.ExtendedDepthOfField, out.AcquisitionDateTime = "NO", "20240101120000"
        out.ImagedVolumeWidth = out.ImagedVolumeHeight = 10.0
        out.ImagedVolumeDepth, out.NumberOfOpticalPaths = 0.001, 1
        out.TotalPixelMatrixOriginSequence = [item(XOffsetInSlideCoordinateSystem=0, YOffsetInSlideCoordinateSystem=0)]
        out.OpticalPathSequence = [item(OpticalPathIdentifier="1", IlluminationTypeCodeSequence=[
            code("111744", "DCM", "Brightfield illumination")])]
        out.SharedFunctionalGroupsSequence = [item(PixelMeasuresSequence=[
            item(PixelSpacing=[10 / size, 10 / size], SliceThickness=0.001)])]
        out.PixelData = encapsulate(tiles)
        yield out


def largest(found, chosen):
    """The series of most instances that `chosen` takes."""
    return max((series for series in found.values() if chosen(series[0][1])), key=len, default=None)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--region", required=True, type=pathlib.Path)
    arguments.add_argument("--sites", required=True, type=int, help="so many hospitals of the region, by name")
    arguments.add_argument("--slides", type=pathlib.Path)
    arguments.add_argument("--to", required=True, type=pathlib.Path)
    options = arguments.parse_args()
    options.to.mkdir(parents=True)
    found = collections.defaultdict(list)
    hospitals = sorted(folder for folder in options.region.iterdir() if folder.is_dir())[:options.sites]
    for path in sorted(path for folder in hospitals for path in folder.rglob("*") if path.is_file()):
        header = pydicom.dcmread(path, force=True, stop_before_pixels=True)
        if "SeriesInstanceUID" in header:
            found[header.SeriesInstanceUID, str(path.parent)].append((path, header))
    ct = largest(found, lambda h: h.get("Modality") == "CT" and "FrameOfReferenceUID" in h and "ImagePositionPatient" in h)
    mr = largest(found, lambda h: h.get("Modality") == "MR")
    us = largest(found, lambda h: h.get("Modality") == "US" and h.get("SamplesPerPixel") == 3)
    slices = sorted((header for _, header in ct), key=lambda h: float(h.ImagePositionPatient[2]))
    others = [segmentation(slices), document(slices[0]), report(slices[0])]
    studies = {"ct": ct[0][1], "mr": mr[0][1], "us": us[0][1]}
    if options.slides and options.slides.is_dir():
        shutil.copytree(options.slides, options.to / "slides")
        studies["slide"] = pydicom.dcmread(next(options.slides.rglob("*.dcm")), stop_before_pixels=True)
    else:
        drawn = list(slide(slices[0]))
        others, studies["slide"] = others + drawn, drawn[0]
    for n, data_set in enumerate(others):
        data_set.save_as(options.to / f"{n}.dcm", enforce_file_format=True)
    print(json.dumps({name: str(header.StudyInstanceUID) for name, header in studies.items()}))


if __name__ == "__main__":
    main()
