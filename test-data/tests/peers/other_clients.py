"""Other people's clients against a running hub: highdicom, wsidicom, and Orthanc's DICOMweb plugin.

`highdicom`: makes a segmentation of a CT that the region has, stores it, and reads it and the CT's frames back.
`wsidicom`: opens a slide over the web and compares a region of every level with the files.
`orthanc`: an Orthanc of our own, over mutual TLS, asks the hub, takes a study from it, and stores one to it.

The region is asked with the demo's certificate. What is stored is stored with the certificate of a site that the hub holds.
"""

import argparse
import io
import json
import pathlib
import random
import socket
import subprocess
import sys
import tempfile
import time

import numpy
import pydicom
import requests
from dicomweb_client.api import DICOMwebClient
from pydicom.data import get_testdata_file

CT = "CT_small.dcm"
ORTHANC = "/usr/sbin/Orthanc"
PLUGIN = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so"
STORED = (("application/octet-stream", "*"),)


def session_of(certificate, key, authority):
    session = requests.Session()
    session.trust_env = False  # a bundle named in the environment would go before the region's authority
    session.cert = (str(certificate), str(key))
    session.verify = str(authority)
    return session


class Hub:
    """The hub's DICOMweb routes, for reading and for storing."""

    def __init__(self, ready, store):
        self.base = ready["hub"]["dicomweb"]
        self.tls = ready["tls"]
        reading = session_of(self.tls["cert"], self.tls["key"], self.tls["ca"])
        self.reader = DICOMwebClient(url=self.base, session=reading)
        self.session = reading
        if store:
            self.store = pathlib.Path(store)
            storing = session_of(self.store / "client.pem", self.store / "client.key", self.store / "ca.pem")
            self.writer = DICOMwebClient(url=self.base, session=storing)


def by_highdicom(hub):
    """A segmentation goes in and comes out as the mask it was made of; frames are those of the file."""
    import highdicom

    known = pydicom.dcmread(get_testdata_file(CT))
    uids = known.StudyInstanceUID, known.SeriesInstanceUID, known.SOPInstanceUID
    source = hub.reader.retrieve_instance(*uids)
    frames = hub.reader.retrieve_instance_frames(*uids, frame_numbers=[1])
    assert numpy.array_equal(numpy.frombuffer(frames[0], "<i2").reshape(source.Rows, source.Columns), known.pixel_array)
    image = highdicom.Image.from_dataset(source)
    assert image.get_raw_frame(1) == known.PixelData, "another frame"
    mask = known.pixel_array > 1000
    assert 0 < mask.sum() < mask.size, f"no mask: {known.pixel_array.min()} to {known.pixel_array.max()}"
    algorithm = highdicom.AlgorithmIdentificationSequence("threshold", pydicom.sr.coding.Code("123110", "DCM", "Computed"), "1")
    segment = highdicom.seg.SegmentDescription(
        1,
        "bright",
        pydicom.sr.codedict.codes.SCT.Tissue,
        pydicom.sr.codedict.codes.SCT.Tissue,
        highdicom.seg.SegmentAlgorithmTypeValues.AUTOMATIC,
        algorithm,
    )
    made = highdicom.seg.Segmentation(
        [source],
        mask[numpy.newaxis],
        highdicom.seg.SegmentationTypeValues.BINARY,
        [segment],
        highdicom.UID(),
        1,
        highdicom.UID(),
        1,
        "Nobody",
        "None",
        "1",
        "0",
    )
    answer = hub.writer.store_instances([made])
    assert len(answer.ReferencedSOPSequence) == 1 and "FailedSOPSequence" not in answer, answer
    back = hub.reader.retrieve_instance(made.StudyInstanceUID, made.SeriesInstanceUID, made.SOPInstanceUID)
    segmentation = highdicom.seg.Segmentation.from_dataset(back)
    pixels = segmentation.get_pixels_by_source_instance([source.SOPInstanceUID])
    assert numpy.array_equal(pixels[0, ..., 0], mask), "another mask came back"
    found = hub.reader.search_for_series(known.StudyInstanceUID, search_filters={"Modality": "SEG"})
    assert len(found) == 1, found
    print(f"highdicom: a mask of {int(mask.sum())} pixels stored as SEG and read back, the CT's frame as in its file")


def by_wsidicom(hub, slide):
    """Every level, over the web and from the files."""
    from wsidicom import WsiDicom, WsiDicomWebClient

    files = sorted(pathlib.Path(slide).glob("*.dcm"))
    first = pydicom.dcmread(files[0], stop_before_pixels=True)
    client = WsiDicomWebClient(hub.reader)
    with WsiDicom.open(slide) as local, WsiDicom.open_web(client, first.StudyInstanceUID, first.SeriesInstanceUID) as web:
        levels = [level.level for level in local.pyramid]
        assert levels == [level.level for level in web.pyramid], "other levels"
        for level in levels:
            size = local.pyramid.get(level).size
            box = (size.width // 3, size.height // 3), level, (min(300, size.width), min(200, size.height))
            ours, theirs = (numpy.asarray(one.read_region(*box)) for one in (web, local))
            assert numpy.array_equal(ours, theirs), f"level {level}: other pixels"
        overview = numpy.asarray(web.read_thumbnail((200, 200)))
        assert overview.std() > 0
        print(f"wsidicom: {len(levels)} levels, a region of each as in the files")


class Orthanc:
    """An Orthanc of our own that knows the hub by two certificates: one for reading, one for storing."""

    def __init__(self, hub, folder):
        self.port = free_port()
        servers = {
            "region": self.server(hub, hub.tls["cert"], hub.tls["key"]),
            "centre": self.server(hub, hub.store / "client.pem", hub.store / "client.key"),
        }
        settings = {
            "StorageDirectory": str(folder),
            "IndexDirectory": str(folder),
            "Plugins": [PLUGIN],
            "HttpPort": self.port,
            "DicomServerEnabled": False,
            "HttpsCACertificates": str(hub.tls["ca"]),
            "DicomWeb": {"Enable": True, "Servers": servers},
        }
        config, self.log = folder / "orthanc.json", folder / "orthanc.log"
        config.write_text(json.dumps(settings))
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([ORTHANC, str(config)], stdout=log, stderr=log)
        self.session = requests.Session()
        self.session.trust_env = False

    @staticmethod
    def server(hub, certificate, key):
        return {"Url": hub.base + "/", "CertificateFile": str(certificate), "CertificateKeyFile": str(key), "ChunkedTransfers": True}

    def __enter__(self):
        for _ in range(600):
            assert self.process.poll() is None, self.log.read_text()
            try:
                self.call("GET", "/system")
                return self
            except requests.ConnectionError:
                time.sleep(0.1)
        raise AssertionError("Orthanc does not listen")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def call(self, method, path, body=None, data=None):
        answer = self.session.request(method, f"http://127.0.0.1:{self.port}{path}", json=body, data=data, timeout=120)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}\n{self.log.read_text()[-2000:]}"
        return answer.json()


def free_port():
    """Below those that the system gives to whoever connects, of which one that was free may be taken when it is needed."""
    while True:
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", random.randrange(29_000, 32_000)))
                return listener.getsockname()[1]
            except OSError:
                continue


def uid_of(study):
    """Of Orthanc's own form of an answer, whose keys are written as `0020,000d`."""
    return next(value["Value"] for tag, value in study.items() if tag.replace(",", "").lower() == "0020000d")


def by_orthanc(hub):
    """Asks, takes, stores."""
    known = pydicom.dcmread(get_testdata_file(CT))
    with tempfile.TemporaryDirectory() as name, Orthanc(hub, pathlib.Path(name)) as orthanc:
        asked = {"Uri": "/studies", "Arguments": {"PatientID": known.PatientID}}
        found = orthanc.call("POST", "/dicom-web/servers/region/qido", asked)
        uids = [uid_of(study) for study in found]
        assert uids == [known.StudyInstanceUID], found
        taken = orthanc.call("POST", "/dicom-web/servers/region/retrieve", {"Resources": [{"Study": uids[0]}], "Synchronous": True})
        ids = orthanc.call("GET", "/instances")
        assert ids, taken
        files = [orthanc.session.get(f"http://127.0.0.1:{orthanc.port}/instances/{one}/file", timeout=60).content for one in ids]
        read = [pydicom.dcmread(io.BytesIO(file)) for file in files]
        same = [data for data in read if data.SOPInstanceUID == known.SOPInstanceUID]
        assert len(same) == 1 and same[0].PixelData == known.PixelData, "other pixels"
        mine = pydicom.dcmread(get_testdata_file("MR_small.dcm"))
        sent = io.BytesIO()
        mine.StudyInstanceUID, mine.SeriesInstanceUID = "1.2.826.0.1.3680043.10.1338.77", "1.2.826.0.1.3680043.10.1338.77.1"
        mine.SOPInstanceUID = mine.file_meta.MediaStorageSOPInstanceUID = "1.2.826.0.1.3680043.10.1338.77.1.1"
        mine.save_as(sent)
        stored = orthanc.call("POST", "/instances", data=sent.getvalue())
        orthanc.call("POST", "/dicom-web/servers/centre/stow", {"Resources": [stored["ID"]], "Synchronous": True})
        back = hub.reader.retrieve_instance(mine.StudyInstanceUID, mine.SeriesInstanceUID, mine.SOPInstanceUID)
        assert back.PixelData == mine.PixelData, "other pixels"
    print(f"Orthanc: found 1 study, took {len(ids)} instances, stored 1")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["highdicom", "wsidicom", "orthanc"])
    parser.add_argument("--ready", required=True)
    parser.add_argument("--store", help="folder of ca.pem, client.pem and client.key of a site that the hub holds")
    parser.add_argument("--slide", help="folder of a slide's files")
    arguments = parser.parse_args()
    hub = Hub(json.loads(pathlib.Path(arguments.ready).read_text()), arguments.store)
    if arguments.what == "highdicom":
        by_highdicom(hub)
    elif arguments.what == "wsidicom":
        by_wsidicom(hub, arguments.slide)
    else:
        by_orthanc(hub)


if __name__ == "__main__":
    sys.exit(main())
