"""Stores at a running hub by STOW-RS, as other people's software does it, with the certificate of a site without an adapter.

`check`: dicomweb-client (small, and larger than a megabyte, which it sends chunked), pydicom's DICOM JSON with bulk data
apart, and curl, which waits for leave to go on. Everything is committed, found, given back and shown afterwards.
`load`: stores instances one after the other until the hub goes away for good, and writes down the number of each that was
acknowledged, with its line synced before the next is sent.
"""

import argparse
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import pydicom
import requests
from dicomweb_client.api import DICOMwebClient
from grey_image import grey_image

ROOT = "1.2.826.0.1.3680043.10.1338"


def image(number, side=64, study=1):
    """A grey image; its pixels follow from its number."""
    data = grey_image(ROOT, study, number, side)
    data.SpecificCharacterSet = "ISO_IR 192"
    data.PatientName = "Wang^XiaoDong=王^小东"
    data.PatientID = "STORED"
    data.WindowCenter, data.WindowWidth = [127.5], [255]
    return data


def file_of(data):
    """The data set as a PS3.10 file."""
    out = io.BytesIO()
    pydicom.dcmwrite(out, data, enforce_file_format=True)
    return out.getvalue()


class Hub:
    """The hub's DICOMweb routes with a client certificate."""

    def __init__(self, ready, certificate):
        self.base = ready["hub"]["dicomweb"]
        self.certificate = pathlib.Path(certificate)
        self.ca = str(self.certificate / "ca.pem")
        self.session = requests.Session()
        self.session.trust_env = False  # a bundle named in the environment would go before the region's authority
        self.session.cert = (str(self.certificate / "client.pem"), str(self.certificate / "client.key"))
        self.session.verify = self.ca
        self.client = DICOMwebClient(url=self.base, session=self.session)

    def post(self, content_type, body, path="/studies"):
        headers = {"Content-Type": content_type, "Accept": "application/dicom+json"}
        return self.session.post(self.base + path, data=body, headers=headers, timeout=60)

    def given_back(self, data):
        """The stored file of an instance has the pixels it was sent with, and a picture."""
        uids = data.StudyInstanceUID, data.SeriesInstanceUID, data.SOPInstanceUID
        back = self.client.retrieve_instance(*uids)
        assert back.PixelData == data.PixelData, f"{uids[2]}: other pixels"
        assert back.PatientName == data.PatientName, f"{uids[2]}: another name"
        path = "/studies/{}/series/{}/instances/{}/rendered".format(*uids)
        picture = self.session.get(self.base + path, headers={"Accept": "image/png"}, timeout=60)
        assert picture.status_code == 200 and picture.content.startswith(b"\x89PNG"), f"{uids[2]}: no picture"


def by_client(hub):
    """dicomweb-client: two small ones, and one that is longer than what it sends in one piece."""
    small, large = [image(1), image(2)], [image(3, side=2048)]
    for sent in small, large:
        answer = hub.client.store_instances(sent)
        assert len(answer.ReferencedSOPSequence) == len(sent) and "FailedSOPSequence" not in answer
        # it names the host without its port, and the hub's addresses begin with what a request names
        url = answer.ReferencedSOPSequence[0].RetrieveURL
        assert url.endswith("/studies/{0.StudyInstanceUID}/series/{0.SeriesInstanceUID}/instances/{0.SOPInstanceUID}".format(sent[0]))
    again = hub.client.store_instances(small)
    assert len(again.ReferencedSOPSequence) == 2, "the same bytes again are a success"
    return small + large


def by_json(hub):
    """pydicom's JSON with the pixels apart."""
    sent, bulk, models = [image(4), image(5)], {}, []
    for data in sent:

        def apart(element, name=f"https://elsewhere.example/{data.SOPInstanceUID}/pixels"):
            bulk[name] = element.value
            return name

        models.append(data.to_json_dict(bulk_data_threshold=1024, bulk_data_element_handler=apart))
    assert len(bulk) == 2
    boundary = b"stored-apart"
    parts = [(b"Content-Type: application/dicom+json", json.dumps(models).encode())]
    for name, value in bulk.items():
        parts.append((b"Content-Type: application/octet-stream\r\nContent-Location: " + name.encode(), value))
    body = b"".join(b"--%s\r\n%s\r\n\r\n%s\r\n" % (boundary, head, value) for head, value in parts)
    body += b"--%s--" % boundary
    answer = hub.post(f'multipart/related; type="application/dicom+json"; boundary={boundary.decode()}', body)
    assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
    return sent


def by_curl(hub):
    """curl: one file as the body, sent when the hub said so."""
    data = image(6, side=1500)
    with tempfile.NamedTemporaryFile(suffix=".dcm") as file:
        file.write(file_of(data))
        file.flush()
        certificate = ["--cacert", hub.ca, "--cert", hub.session.cert[0], "--key", hub.session.cert[1]]
        headers = ["-H", "Content-Type: application/dicom", "-H", "Accept: application/dicom+xml", "-H", "Expect: 100-continue"]
        command = ["curl", "-sS", "--http1.1", "-v", *certificate, *headers, "--data-binary", f"@{file.name}", f"{hub.base}/studies"]
        told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "100 Continue" in told.stderr and "< HTTP/1.1 200" in told.stderr, told.stderr
    assert f">{data.SOPInstanceUID}<" in told.stdout, told.stdout
    return [data]


def refusals(hub):
    """What is wrong is told for each instance."""
    other = image(1)
    other.PixelData = bytes(64 * 64)
    answer = hub.post("application/dicom", file_of(other))
    item = answer.json()["00081199"]["Value"][0]
    assert (answer.status_code, item["00081196"]["Value"]) == (202, [0xB000]), answer.text
    answer = hub.post("application/dicom", file_of(image(7)), "/studies/1.2.3")
    item = answer.json()["00081198"]["Value"][0]
    assert (answer.status_code, item["00081197"]["Value"]) == (409, [0xA900]), answer.text
    assert hub.post("text/plain", b"x").status_code == 415


def committed(hub, sent):
    """Before it deletes its own, a sender asks whether each is kept; of one that was never sent the hub says that it is not."""
    request = pydicom.Dataset()
    request.ReferencedSOPSequence = [pydicom.Dataset() for _ in [*sent, None]]
    for item, data in zip(request.ReferencedSOPSequence, [*sent, image(99)]):
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = data.SOPClassUID, data.SOPInstanceUID
    path = f"/commitment-requests/{pydicom.uid.generate_uid()}"
    answer = hub.post("application/dicom+json", request.to_json(), path)
    result = hub.session.get(hub.base + path, headers={"Accept": "application/dicom+json"}, timeout=60)
    for told in answer, result:
        assert told.status_code == 200, f"{told.status_code} {told.text}"
        told = pydicom.Dataset.from_json(told.json())
        kept = [item.ReferencedSOPInstanceUID for item in told.ReferencedSOPSequence]
        assert kept == [data.SOPInstanceUID for data in sent], kept
        assert [item.FailureReason for item in told.FailedSOPSequence] == [0x0112]
    assert hub.post("application/dicom+json", "[]", path).status_code == 400


def check(hub):
    sent = by_client(hub) + by_json(hub) + by_curl(hub)
    refusals(hub)
    committed(hub, sent)
    for data in sent:
        hub.given_back(data)
    study = sent[0].StudyInstanceUID
    found = hub.client.search_for_instances(study)
    assert len(found) == len(sent), f"{len(found)} found of {len(sent)}"
    assert len(hub.client.search_for_studies(search_filters={"PatientName": "王*"})) == 1
    assert len(hub.client.retrieve_study_metadata(study)) == len(sent)
    print(f"{len(sent)} instances stored, committed, found, given back and shown")


def load(hub, acknowledged, first):
    """One instance after the other, each of a number of its own."""
    number = first
    with open(acknowledged, "a") as file:
        while not os.path.exists(acknowledged + ".stop"):
            try:
                answer = hub.post("application/dicom", file_of(image(number, side=256, study=2)))
            except requests.RequestException:
                time.sleep(0.02)
                continue
            if answer.status_code == 200:
                file.write(f"{number}\n")
                file.flush()
                os.fsync(file.fileno())
                number += 1


def missing(hub, acknowledged):
    """Every acknowledged instance is found and given back."""
    numbers = [int(line) for line in pathlib.Path(acknowledged).read_text().split()]
    for number in numbers:
        hub.given_back(image(number, side=256, study=2))
    print(len(numbers))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["check", "load", "missing"])
    parser.add_argument("--ready", required=True)
    parser.add_argument("--certificate", required=True, help="folder of ca.pem, client.pem and client.key")
    parser.add_argument("--acknowledged")
    parser.add_argument("--first", type=int, default=1)
    arguments = parser.parse_args()
    hub = Hub(json.loads(pathlib.Path(arguments.ready).read_text()), arguments.certificate)
    if arguments.what == "check":
        check(hub)
    elif arguments.what == "load":
        load(hub, arguments.acknowledged, arguments.first)
    else:
        missing(hub, arguments.acknowledged)


if __name__ == "__main__":
    sys.exit(main())
