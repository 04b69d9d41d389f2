"""Draws the examinations of one person as three hospitals' worth of trouble, in three folders of `--out`, and prints their Study
Instance UIDs as JSON by name:

here/   `mixed`: a CT whose 12th image cannot be decoded, a cine of 300 MB, a report, a PDF, and the images that a radiologist
        selected; `long`: a CT of 5,000 slices
away/   `away`: an MR, for a hospital that cannot be reached
gone/   `gone`: a radiograph, for a hospital that deletes it
"""

import argparse
import json
import pathlib

import numpy
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import (
    BasicTextSRStorage, CTImageStorage, DigitalXRayImageStorageForPresentation, EncapsulatedPDFStorage,
    ExplicitVRLittleEndian, JPEG2000Lossless, KeyObjectSelectionDocumentStorage, MRImageStorage,
    UltrasoundMultiFrameImageStorage, generate_uid,
)

SLICES, BROKEN, SELECTED = 24, 12, (4, 9)
CINE = {"frames": 600, "rows": 512, "columns": 1024}
PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj
4 0 obj<</Length 44>>stream
BT /F 18 Tf 40 120 Td (Letter to the patient) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""


class Examination:
    """One study, and the folder that its files go to."""

    def __init__(self, folder, name, date, description):
        self.folder, self.uid, self.date, self.description = folder, generate_uid(entropy_srcs=["examination", name]), date, description
        self.count = 0
        folder.mkdir(parents=True, exist_ok=True)

    def series(self, number):
        return generate_uid(entropy_srcs=[self.uid, str(number)])

    def instance(self, series, number):
        return generate_uid(entropy_srcs=[self.series(series), str(number)])

    def begin(self, sop_class, series, number, modality, description, syntax=ExplicitVRLittleEndian):
        one = Dataset()
        one.file_meta = FileMetaDataset()
        one.file_meta.TransferSyntaxUID = syntax
        one.SpecificCharacterSet = "ISO_IR 192"
        one.SOPClassUID = one.file_meta.MediaStorageSOPClassUID = sop_class
        one.SOPInstanceUID = one.file_meta.MediaStorageSOPInstanceUID = self.instance(series, number)
        one.StudyInstanceUID, one.SeriesInstanceUID = self.uid, self.series(series)
        one.PatientName, one.PatientID, one.PatientBirthDate, one.PatientSex = "CHEN^XIAOYU=陈^晓雨", "P77", "19880214", "F"
        one.StudyDate, one.StudyTime, one.StudyDescription = self.date, "093000", self.description
        one.StudyID = one.AccessionNumber = "77"
        one.Modality, one.SeriesDescription, one.SeriesNumber, one.InstanceNumber = modality, description, series, number
        return one

    def save(self, one):
        self.count += 1
        one.save_as(self.folder / f"{self.uid[-8:]}-{self.count:05}.dcm", enforce_file_format=True)


def pixels(one, image, bits=16):
    one.Rows, one.Columns = image.shape[-2:]
    one.SamplesPerPixel, one.PhotometricInterpretation, one.PixelRepresentation = 1, "MONOCHROME2", 0
    one.BitsAllocated = bits
    one.BitsStored, one.HighBit = (12, 11) if bits == 16 else (8, 7)
    one.PixelData = image.astype("<u2" if bits == 16 else "u1").tobytes()
    return one


def disc(side, share):
    """A bright disc on a dark ground whose radius tells which image it is."""
    y, x = numpy.mgrid[-1:1:side * 1j, -1:1:side * 1j]
    return numpy.where(x * x + y * y < (0.2 + 0.6 * share) ** 2, 1100 + 300 * x, 100 + 80 * y)


def tomography(study, series, sop_class, modality, count, side, description):
    for number in range(1, count + 1):
        one = study.begin(sop_class, series, number, modality, description)
        one.ImagePositionPatient, one.ImageOrientationPatient = [0, 0, number], [1, 0, 0, 0, 1, 0]
        one.PixelSpacing, one.SliceThickness = [0.7, 0.7], 1
        one.WindowCenter, one.WindowWidth = 800, 1600
        study.save(pixels(one, disc(side, number / count)))


def mixed(study):
    tomography(study, 1, CTImageStorage, "CT", SLICES, 256, "Chest")
    broken = study.begin(CTImageStorage, 1, BROKEN, "CT", "Chest", JPEG2000Lossless)
    broken.WindowCenter, broken.WindowWidth = 800, 1600
    pixels(broken, disc(256, 0.5))
    broken.PixelData = encapsulate([b"\xff\x4f\xff\x51this is no codestream" * 20])
    # in the place of the one that is whole
    (study.folder / f"{study.uid[-8:]}-{BROKEN:05}.dcm").unlink()
    study.save(broken)
    cine = study.begin(UltrasoundMultiFrameImageStorage, 2, 1, "US", "Heart")
    frames = numpy.zeros((CINE["frames"], CINE["rows"], CINE["columns"]), "u1")
    for at in range(CINE["frames"]):
        frames[at, 100:400, 20 + at:220 + at] = 60 + at % 180
    cine.NumberOfFrames, cine.FrameTime = CINE["frames"], 40
    study.save(pixels(cine, frames, bits=8))
    report(study)
    letter = study.begin(EncapsulatedPDFStorage, 4, 1, "DOC", "Letter")
    letter.EncapsulatedDocument, letter.MIMETypeOfEncapsulatedDocument = PDF + b" " * (len(PDF) % 2), "application/pdf"
    letter.DocumentTitle, letter.BurnedInAnnotation = "Letter", "YES"
    study.save(letter)
    selection(study)


def item(**elements):
    out = Dataset()
    for name, value in elements.items():
        setattr(out, name, value)
    return out


def code(value, scheme, meaning):
    return Sequence([item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)])


def report(study):
    one = study.begin(BasicTextSRStorage, 3, 1, "SR", "Report")
    one.ValueType, one.ContinuityOfContent = "CONTAINER", "SEPARATE"
    one.CompletionFlag, one.VerificationFlag = "COMPLETE", "UNVERIFIED"
    one.ConceptNameCodeSequence = code("18748-4", "LN", "Diagnostic imaging report")
    text = "The lungs are clear. 双肺清晰，未见异常。"
    one.ContentSequence = Sequence([item(RelationshipType="CONTAINS", ValueType="TEXT", TextValue=text,
                                         ConceptNameCodeSequence=code("121070", "DCM", "Findings"))])
    study.save(one)


def selection(study):
    one = study.begin(KeyObjectSelectionDocumentStorage, 5, 1, "KO", "Selected")
    one.ValueType, one.ContinuityOfContent = "CONTAINER", "SEPARATE"
    one.ConceptNameCodeSequence = code("113000", "DCM", "Of Interest")
    images = [item(ReferencedSOPClassUID=CTImageStorage, ReferencedSOPInstanceUID=study.instance(1, number)) for number in SELECTED]
    one.ContentSequence = Sequence([item(RelationshipType="CONTAINS", ValueType="IMAGE", ReferencedSOPSequence=Sequence([image]))
                                    for image in images])
    series = item(SeriesInstanceUID=study.series(1), ReferencedSOPSequence=Sequence(images))
    one.CurrentRequestedProcedureEvidenceSequence = Sequence([item(StudyInstanceUID=study.uid, ReferencedSeriesSequence=Sequence([series]))])
    study.save(one)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--out", type=pathlib.Path, required=True)
    options.add_argument("--long", type=int, default=5000, help="slices of the long CT")
    options = options.parse_args()
    studies = {
        "mixed": Examination(options.out / "here", "mixed", "20261110", "Chest and heart"),
        "long": Examination(options.out / "here", "long", "20261011", "Whole body"),
        "away": Examination(options.out / "away", "away", "20260901", "Head"),
        "gone": Examination(options.out / "gone", "gone", "20260801", "Hand"),
    }
    mixed(studies["mixed"])
    tomography(studies["long"], 1, CTImageStorage, "CT", options.long, 64, "Whole body")
    tomography(studies["away"], 1, MRImageStorage, "MR", 6, 128, "Head")
    hand = studies["gone"].begin(DigitalXRayImageStorageForPresentation, 1, 1, "DX", "Hand")
    studies["gone"].save(pixels(hand, disc(128, 0.5)))
    print(json.dumps({name: study.uid for name, study in studies.items()}))


if __name__ == "__main__":
    main()
