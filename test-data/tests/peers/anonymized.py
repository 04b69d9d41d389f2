"""Asks a running region by WADO-URI for files without who they are about, and reads them with pydicom.

Every instance of the region is asked for. What is given must have nothing of the names, dates and UIDs of the stored file, its
pixels as they are, and other UIDs that are the same whenever they stand for the same; what is refused must be refused with a
reason that names nobody.
"""

import argparse
import io
import json
import pathlib

import pydicom

from region import Region

TELLING = ("PN", "DA", "DT")
KEYWORDS = ("PatientID", "AccessionNumber", "StudyID", "InstitutionName", "StationName", "DeviceSerialNumber")
# what is written in place of values
OURS = ("19000101", "ANONYMIZED")


def told(data, tells):
    """The values that must not be found again, and those that other attributes may have in common with them."""
    tell, other = set(), set()
    for element in data.iterall():
        if element.VR == "SQ" or element.tag.is_private:
            continue
        values = element.value if element.VM > 1 else [element.value]
        into = tell if tells(element) else other
        into.update(str(value) for value in values if isinstance(value, (str, pydicom.valuerep.PersonName)))
    # short numbers stand in other numbers
    return {value for value in tell if len(value) >= 4 and not (value.isdigit() and len(value) < 8)}, other


def tells(element):
    foreign = element.VR == "UI" and not str(element.value).startswith("1.2.840.10008.")
    return element.VR in TELLING or element.keyword in KEYWORDS or foreign


def ask(region, place, **more):
    study, series, instance = place
    asked = {"requestType": "WADO", "studyUID": study, "seriesUID": series, "objectUID": instance, "anonymize": "yes"}
    return region.session.get(region.base + "/wado", params=asked | {"contentType": "application/dicom"} | more, timeout=120)


def check(region, place, replaced):
    """One instance; says whether it was given."""
    stored = pydicom.dcmread(io.BytesIO(region.file(*place)), force=True)
    answer = ask(region, place)
    assert ask(region, place, contentType="image/jpeg").status_code == 400, "a picture"
    names, others = told(stored, tells)
    heads = json.dumps(dict(answer.headers))
    assert not any(uid in heads for uid in place), "a header names a UID"
    if answer.status_code == 406:
        assert answer.json()["title"] and not any(name in answer.text for name in names if name not in place), answer.text
        return False
    answer.raise_for_status()
    file = pydicom.dcmread(io.BytesIO(answer.content))
    assert file.file_meta.MediaStorageSOPInstanceUID == file.SOPInstanceUID, "file meta information"
    assert "SourceApplicationEntityTitle" not in file.file_meta, "a source"
    assert file.PatientIdentityRemoved == "YES"
    assert [code.CodeValue for code in file.DeidentificationMethodCodeSequence] == ["113100"]
    assert not any(element.tag.is_private or element.tag.group in range(0x6000, 0x6100) for element in file.iterall())
    for before, after in ((stored.StudyInstanceUID, file.StudyInstanceUID), (stored.SeriesInstanceUID, file.SeriesInstanceUID)):
        assert after.startswith("2.25.") and replaced.setdefault(str(before), str(after)) == after, "another UID for the same"
    assert ask(region, place).content == answer.content, "another answer"
    if "PixelData" in stored and stored.file_meta.TransferSyntaxUID == file.file_meta.TransferSyntaxUID:
        assert stored.PixelData == file.PixelData, "other pixels"
    header = answer.content.split(b"\xe0\x7f\x10\x00", 1)[0]
    left = [name for name in names if name.encode() in header and name not in OURS and not any(name in o for o in others)]
    assert not left, left
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ready", type=pathlib.Path, required=True)
    region = Region(json.loads(parser.parse_args().ready.read_text()))
    replaced, given, count = {}, 0, 0
    for found in region.client.search_for_instances(get_remaining=True):
        place = [found[tag]["Value"][0] for tag in ("0020000D", "0020000E", "00080018")]
        count += 1
        given += check(region, place, replaced)
    assert given > 0, "nothing was given"
    assert len(set(replaced.values())) == len(replaced), "one UID for two"
    print(f"{given} of {count} instances given without who they are about")


if __name__ == "__main__":
    main()
