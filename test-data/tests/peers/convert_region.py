"""Asks a running region, over mutual TLS, for every file that was put into it in another form, and compares pixels with what
independent decoders saw: explicit little endian of whole instances and of first frames, and JPEG-LS of first frames. Then
opens a study as a zip with pydicom's FileSet, and walks bulk data and XML metadata.

Is given what cases.py reads. Fails when an image that
decoders agree on has other pixels, or its answer says another transfer syntax than it has.
"""

import collections
import hashlib
import io
import pathlib
import sys
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor

import numpy
import pydicom
from pydicom.fileset import FileSet
from pydicom.pixels import pixel_array

from cases import UNDECIDED, Cases, instance_of

EXPLICIT = "1.2.840.10008.1.2.1"
JPEG_LS = "1.2.840.10008.1.2.4.80"


def parts_of(answer):
    """Heads and bodies of a multipart answer."""
    boundary = b"--" + answer.headers["Content-Type"].split("boundary=")[1].strip('"').encode()
    pieces = answer.content.split(boundary)
    assert pieces[0] == b"" and pieces[-1] == b"--\r\n", "a closing boundary"
    return [piece[2:-2].split(b"\r\n\r\n", 1) for piece in pieces[1:-1]]


def is_right(samples, pixels):
    """Whether a frame is what decoders saw; lossy streams may differ as far as the manifest allows."""
    raw = pixels["raw_first_frame"]
    if list(samples.shape) != raw["shape"]:
        return f"shape {list(samples.shape)} instead of {raw['shape']}"
    seen = {raw["sha256"]} | {found["sha256"] for found in pixels.get("decoders", {}).values() if "sha256" in found}
    if hashlib.sha256(numpy.ascontiguousarray(samples).tobytes()).hexdigest() in seen:
        return None
    compare = pixels["compare"]
    if compare["mode"] != "within":
        return f"other samples, {samples.dtype} for {raw['dtype']}"
    far = [name for name in ("min", "max") if abs(raw[name] - float(getattr(samples, name)())) > compare.get("max_abs_diff", 0)]
    return f"{far} differ" if far else None


def first_frame(file):
    """First frame of a native file, one byte a sample where it has one bit."""
    read = pydicom.dcmread(io.BytesIO(file))
    assert read.file_meta.TransferSyntaxUID == EXPLICIT, read.file_meta.TransferSyntaxUID
    return pixel_array(read, index=0, raw=True), read


def check(region, entry, manifest):
    """One file: (column of the table, complaint or None)."""
    pixels = manifest.get("pixels") or {}
    if entry["refused"] is not None or pixels.get("status") in UNDECIDED or "raw_first_frame" not in pixels:
        return "passed over", None
    instance = instance_of(entry, manifest)
    found = region.get(f"/instances?SOPInstanceUID={instance}", "application/dicom+json").json()[0]
    path = f"/studies/{found['0020000D']['Value'][0]}/series/{found['0020000E']['Value'][0]}/instances/{instance}"
    answer = region.get(path, f"application/dicom; transfer-syntax={EXPLICIT}")
    if answer.status_code != 200:
        return "refused", f"{answer.status_code} {answer.text[:100]}"
    if answer.headers["Content-Type"] != f"application/dicom; transfer-syntax={EXPLICIT}":
        return "wrong", answer.headers["Content-Type"]
    samples, read = first_frame(answer.content)
    complaint = is_right(samples, pixels)
    if complaint:
        return "wrong", complaint
    frame = region.get(f"{path}/frames/1", f'multipart/related; type="application/octet-stream"; transfer-syntax={EXPLICIT}')
    (head, body), = parts_of(frame)
    if f"transfer-syntax={EXPLICIT}".encode() not in head:
        return "wrong", f"frame: {head}"
    # frames of one bit may end inside a byte of the file
    if read.BitsAllocated > 1 and not value_of(read).startswith(body):
        return "wrong", "the frame alone has other samples than the file"
    coded = region.get(f"{path}/frames/1", f'image/jls; transfer-syntax={JPEG_LS}')
    if coded.status_code == 200 and not coded.content.startswith(b"\xff\xd8\xff"):
        return "wrong", "no JPEG-LS stream"
    if coded.status_code not in (200, 406):
        return "wrong", f"JPEG-LS: {coded.status_code}"
    return "right, JPEG-LS too" if coded.status_code == 200 else "right", None


def value_of(read):
    """Native pixels as they lie there."""
    for name in ("PixelData", "FloatPixelData", "DoubleFloatPixelData"):
        if name in read:
            return read[name].value
    raise ValueError("no pixels")


def zipped(region, study):
    """A study as a zip: every file is in the directory, and reads as what it says it is."""
    answer = region.get(f"/studies/{study}", "application/zip")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip"), answer.text[:100]
    headers = region.client.retrieve_study_metadata(study)
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert archive.testzip() is None
            archive.extractall(folder)
        files = FileSet(pathlib.Path(folder) / "DICOMDIR")
        assert len(files) == len(headers), f"{len(files)} of {len(headers)} in the directory"
        for instance in files:
            read = instance.load()
            assert read.file_meta.TransferSyntaxUID == instance.ReferencedTransferSyntaxUIDInFile
            assert read.SOPInstanceUID == instance.SOPInstanceUID and read.StudyInstanceUID == study
        names = {str(name.relative_to(folder)) for name in pathlib.Path(folder).rglob("*") if name.is_file()}
        assert "DICOM/ST000000/SE000000/IM000000" in names and len(names) == len(headers) + 1, names
    return len(headers)


def walked(region, study):
    """Metadata as XML, all bulk data, all pixel data, by their own addresses too."""
    count = len(region.client.retrieve_study_metadata(study))
    xml = parts_of(region.get(f"/studies/{study}/metadata", 'multipart/related; type="application/dicom+xml"'))
    assert len(xml) == count and all(body.startswith(b"<?xml") for _, body in xml)
    for resource in ("bulkdata", "pixeldata"):
        answer = region.get(f"/studies/{study}/{resource}", 'multipart/related; type="application/octet-stream"')
        if answer.status_code == 404:
            continue
        assert answer.status_code == 200, answer.text[:100]
        for head, body in parts_of(answer)[:5]:
            location = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-location: ")][0]
            path = location.split(b": ", 1)[1].decode().split("/dicomweb", 1)[1]
            if "7FE00010" not in path:
                assert region.get(path, "application/octet-stream").content == body, path
        tag = answer.headers["ETag"]
        again = region.session.get(region.base + f"/studies/{study}/{resource}", headers={"Accept": '*/*', "If-None-Match": tag})
        assert again.status_code == 304, again.status_code
    return count


def main():
    cases = Cases()
    region, plan = cases.region, cases.plan

    def one(entry):
        try:
            return check(region, entry, cases.known(entry))
        except Exception as error:
            return "wrong", repr(error)

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(one, plan))
    table, complaints = collections.Counter(), []
    for entry, (column, complaint) in zip(plan, results):
        table[column] += 1
        if complaint:
            complaints.append(f"{entry['name']}: {complaint}")
    print(dict(table))
    studies = [study["0020000D"]["Value"][0] for study in region.client.search_for_studies(limit=25)]
    for name, act in (("zip", zipped), ("walk", walked)):
        count = 0
        for study in studies:
            try:
                count += act(region, study)
            except Exception as error:
                complaints.append(f"{name} of {study}: {error!r}")
        print(f"{name}: {count} instances of {len(studies)} studies")
    for complaint in complaints:
        print(f"WRONG  {complaint}")
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
