"""Four patients with five studies, stored by C-STORE."""

import numpy
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless
from pynetdicom import AE
from pynetdicom.sop_class import CTImageStorage, MRImageStorage, ComputedRadiographyImageStorage

CLASSES = {"CT": CTImageStorage, "MR": MRImageStorage, "CR": ComputedRadiographyImageStorage}
WANG = "WANG^XIAOMING=王^小明"
# study, patient, name, character set, birth date, date, time, description, series (modality, instances, syntax)
STUDIES = [
    ("1", "P1", WANG, "GB18030", "19600102", "20240115", "103000", "胸部 CT",
     [("CT", 3, ExplicitVRLittleEndian), ("CT", 2, RLELossless)]),
    ("2", "P1", WANG, "ISO_IR 192", "19600102", "20240630", "140000", "Head", [("MR", 2, ImplicitVRLittleEndian)]),
    ("3", "P2", "Müller^Jörg", "ISO_IR 100", "19700304", "20231231", "125959", "Thorax", [("CR", 1, ExplicitVRLittleEndian)]),
    ("4", "P3", "SMITH^ANNA", None, "19800506", "20240801", "080000", "Knee", [("MR", 1, ExplicitVRLittleEndian)]),
    ("5", "P4", "SMITH^JOHN", None, "19900708", "20241002", "200000", "", [("CT", 1, ExplicitVRLittleEndian)]),
]


def instance(study, series, number, modality, syntax):
    name, patient, person, charset, born, date, time, description, _ = study
    made = Dataset()
    if charset:
        made.SpecificCharacterSet = charset
    made.SOPClassUID = CLASSES[modality]
    made.StudyInstanceUID = f"1.2.3.{name}"
    made.SeriesInstanceUID = f"1.2.3.{name}.{series}"
    made.SOPInstanceUID = f"1.2.3.{name}.{series}.{number}"
    made.PatientID, made.PatientName, made.PatientBirthDate, made.PatientSex = patient, person, born, "O"
    made.StudyDate, made.StudyTime, made.StudyDescription = date, time, description
    made.AccessionNumber, made.StudyID, made.Modality = f"A{name}", name, modality
    made.SeriesNumber, made.InstanceNumber = series, number
    if (name, series) == ("1", 1):
        item = Dataset()
        item.ScheduledProcedureStepID, item.RequestedProcedureID = "SPS1", "RP1"
        made.RequestAttributesSequence = [item]
    made.Rows = made.Columns = 64
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 16, 12, 11, 0
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    pixels = (numpy.arange(64 * 64, dtype="<u2").reshape(64, 64) * number) % 4096
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = syntax if syntax != RLELossless else ExplicitVRLittleEndian
    made.PixelData = pixels.tobytes()
    made["PixelData"].VR = "OW"
    if syntax == RLELossless:
        made.compress(RLELossless, pixels, generate_instance_uid=False)
    return made


def instances():
    for study in STUDIES:
        for series, (modality, count, syntax) in enumerate(study[-1], 1):
            for number in range(1, count + 1):
                yield instance(study, series, number, modality, syntax)


def fill(port):
    ae = AE("SENDER")
    for sop_class in CLASSES.values():
        for syntax in (ExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless):
            ae.add_requested_context(sop_class, syntax)
    association = ae.associate("127.0.0.1", port, ae_title="PACSADAPTER")
    assert association.is_established
    for made in instances():
        status = association.send_c_store(made)
        assert status.Status == 0, (made.SOPInstanceUID, status)
    association.release()
