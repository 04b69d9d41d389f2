"""Draws a CT of the chest: so many slices of 512 x 512, 12 bits of 16, with noise as a scanner has it, and prints its Study
Instance UID. Equal arguments give equal pixels.
"""

import argparse
import datetime
import pathlib

import numpy
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

SIDE = 512


def ellipse(x, y, center, radii):
    return ((x - center[0]) / radii[0]) ** 2 + ((y - center[1]) / radii[1]) ** 2 < 1


def slice_of(z, noise):
    """Hounsfield units of a slice at a height of 0 to 1."""
    y, x = numpy.mgrid[-1:1:SIDE * 1j, -1:1:SIDE * 1j]
    out = numpy.full((SIDE, SIDE), -1000.0)
    out[ellipse(x, y, (0, 0), (0.86, 0.62))] = -90
    out[ellipse(x, y, (0, 0), (0.80, 0.56))] = 45
    wide = 0.15 + 0.2 * numpy.sin(numpy.pi * z)
    for side in (-1, 1):
        lung = ellipse(x, y, (side * 0.4, -0.03), (wide, 0.4))
        out[lung] = -850 + 60 * numpy.sin(30 * x[lung] + 9 * z) * numpy.sin(25 * y[lung])
    out[ellipse(x, y, (0.0, 0.42), (0.09, 0.08))] = 700
    out[ellipse(x, y, (0.08, -0.05), (0.17 * numpy.sin(numpy.pi * z) + 0.04, 0.16))] = 60
    return out + noise


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--slices", type=int, default=512)
    options.add_argument("--out", type=pathlib.Path, required=True)
    options = options.parse_args()
    options.out.mkdir(parents=True)
    chance = numpy.random.default_rng(1)
    noises = [chance.normal(0, 12, (SIDE, SIDE)) for _ in range(8)]
    study, series, frame = (generate_uid(entropy_srcs=[name, str(options.slices)]) for name in ("study", "series", "frame"))
    day = datetime.date(2026, 11, 2).strftime("%Y%m%d")
    for number in range(1, options.slices + 1):
        one = Dataset()
        one.file_meta = FileMetaDataset()
        one.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        one.SOPClassUID = one.file_meta.MediaStorageSOPClassUID = CTImageStorage
        one.SOPInstanceUID = one.file_meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[series, str(number)])
        one.StudyInstanceUID, one.SeriesInstanceUID, one.FrameOfReferenceUID = study, series, frame
        one.PatientName, one.PatientID, one.PatientBirthDate, one.PatientSex = "MEASURED^PATIENT", "M1", "19700101", "O"
        one.StudyDate, one.StudyTime, one.StudyID, one.AccessionNumber = day, "080000", "1", "1"
        one.Modality, one.StudyDescription, one.SeriesDescription = "CT", "Chest", "Chest 0.6 mm"
        one.SeriesNumber, one.InstanceNumber, one.ImageType = 1, number, ["ORIGINAL", "PRIMARY", "AXIAL"]
        one.ImagePositionPatient, one.ImageOrientationPatient = [-180, -180, 0.6 * number], [1, 0, 0, 0, 1, 0]
        one.PixelSpacing, one.SliceThickness = [0.7, 0.7], 0.6
        one.Rows = one.Columns = SIDE
        one.SamplesPerPixel, one.PhotometricInterpretation, one.PixelRepresentation = 1, "MONOCHROME2", 0
        one.BitsAllocated, one.BitsStored, one.HighBit = 16, 12, 11
        one.RescaleIntercept, one.RescaleSlope, one.WindowCenter, one.WindowWidth = -1024, 1, 40, 400
        units = slice_of(number / options.slices, noises[number % len(noises)])
        one.PixelData = numpy.clip(units + 1024, 0, 4095).astype("<u2").tobytes()
        one.save_as(options.out / f"{number:04}.dcm", enforce_file_format=True)
    print(study)


if __name__ == "__main__":
    main()
