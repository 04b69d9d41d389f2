"""A grey image of Secondary Capture as a data set, for whoever stores one; its pixels follow from its number."""

import numpy
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"


def grey_image(root, study, number, side):
    """Of a study below a root of identifiers, without a patient."""
    data = Dataset()
    data.SOPClassUID = SECONDARY_CAPTURE
    data.SOPInstanceUID = f"{root}.{study}.1.{number}"
    data.StudyInstanceUID = f"{root}.{study}"
    data.SeriesInstanceUID = f"{root}.{study}.1"
    data.StudyDate, data.StudyTime = "20240102", "030405"
    data.AccessionNumber = data.ReferringPhysicianName = data.StudyID = ""
    data.Modality = "OT"
    data.InstanceNumber = number
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.Rows = data.Columns = side
    data.BitsAllocated = data.BitsStored = 8
    data.HighBit, data.PixelRepresentation = 7, 0
    data.PixelData = numpy.random.default_rng(number).integers(0, 255, (side, side), dtype=numpy.uint8).tobytes()
    data["PixelData"].VR = "OB"
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
    return data
