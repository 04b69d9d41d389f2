"""Stores at an adapter with rules as pynetdicom does it, and takes its copies.

`send`: one instance after the other, and what status each is answered with.
`receive`: a storage provider that writes down what it takes, and answers the statuses it is told to.
`read`: what copies say, by pydicom, as JSON.
"""

import argparse
import json
import pathlib
import sys

import numpy
import pydicom
from grey_image import SECONDARY_CAPTURE, grey_image
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless
from pynetdicom import AE, AllStoragePresentationContexts, evt

ROOT = "1.2.826.0.1.3680043.10.1338.77"


def image(number, study, charset="ISO_IR 100"):
    """A grey image; its pixels follow from its number."""
    data = grey_image(ROOT, study, number, 64)
    data.SpecificCharacterSet = charset
    data.PatientName = "Müller^Jörg" if charset == "ISO_IR 100" else "Muller^Jorg"
    data.PatientID = f"P{number}"
    data.InstitutionName = "Old Name"
    data.PatientComments = "not for others"
    return data


def send(options):
    entity = AE(ae_title=options.calling)
    # one alone, because pynetdicom turns implicit into explicit where it may
    syntaxes = {"explicit": ExplicitVRLittleEndian, "implicit": ImplicitVRLittleEndian, "rle": RLELossless}
    entity.add_requested_context(SECONDARY_CAPTURE, syntaxes[options.syntax])
    host, port = options.to.rsplit(":", 1)
    association = entity.associate(host, int(port), ae_title=options.called)
    assert association.is_established, "no association"
    told = []
    for number in options.numbers:
        data = image(number, options.study, options.charset)
        if options.syntax == "rle":
            data.compress(RLELossless, generate_instance_uid=False)
        elif options.syntax == "implicit":
            data.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
        told.append(association.send_c_store(data).Status)
    association.release()
    print(json.dumps(told))


def receive(options):
    """Each name of a line of the file is answered once with its status, then with success."""
    statuses = json.loads(options.statuses)
    taken = pathlib.Path(options.folder)

    def store(event):
        uid = event.request.AffectedSOPInstanceUID
        answers = statuses.get(uid.rsplit(".", 1)[1], [])
        status = answers.pop(0) if answers else 0x0000
        if status == -1:
            event.assoc.abort()
            return 0x0000
        if status in (0x0000, 0xB000):
            name = taken / uid
            data = event.dataset
            data.file_meta = event.file_meta
            data.save_as(name, enforce_file_format=True)
        return status

    entity = AE(ae_title=options.title)
    for context in AllStoragePresentationContexts:
        entity.add_supported_context(context.abstract_syntax, [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
    entity.start_server(("127.0.0.1", options.port), block=False, evt_handlers=[(evt.EVT_C_STORE, store)])
    print("listens", flush=True)
    sys.stdin.read()
    entity.shutdown()


def said(path):
    """What a copy says, and whether its pixels are those that were sent."""
    data = pydicom.dcmread(path)
    items = data.get("OriginalAttributesSequence", [])
    originals = [
        {
            "system": item.ModifyingSystem,
            "source": item.SourceOfPreviousValues,
            "reason": item.ReasonForTheAttributeModification,
            "at": item.AttributeModificationDateTime,
            "was": {it.keyword: str(it.value) for it in item.ModifiedAttributesSequence[0]},
        }
        for item in items
    ]
    number = int(data.InstanceNumber)
    same = None
    if str(data.SOPInstanceUID).startswith(ROOT):
        made = numpy.random.default_rng(number).integers(0, 255, (64, 64), dtype=numpy.uint8)
        same = bool((data.pixel_array == made).all())
    return {
        "uid": str(data.SOPInstanceUID),
        "name": str(data.PatientName),
        "institution": data.get("InstitutionName"),
        "comments": data.get("PatientComments"),
        "syntax": str(data.file_meta.TransferSyntaxUID),
        "originals": originals,
        "pixels": same,
    }


def read(options):
    paths = [path for path in sorted(pathlib.Path(options.folder).iterdir()) if path.is_file()]
    print(json.dumps([said(path) for path in paths if pydicom.misc.is_dicom(path)]))


def main():
    parser = argparse.ArgumentParser()
    does = parser.add_subparsers(required=True)
    sends = does.add_parser("send")
    sends.add_argument("--to", required=True)
    sends.add_argument("--called", required=True)
    sends.add_argument("--calling", required=True)
    sends.add_argument("--study", type=int, required=True)
    sends.add_argument("--charset", default="ISO_IR 100")
    sends.add_argument("--syntax", default="explicit")
    sends.add_argument("numbers", type=int, nargs="+")
    sends.set_defaults(do=send)
    receives = does.add_parser("receive")
    receives.add_argument("--port", type=int, required=True)
    receives.add_argument("--title", required=True)
    receives.add_argument("--folder", required=True)
    receives.add_argument("--statuses", default="{}")
    receives.set_defaults(do=receive)
    reads = does.add_parser("read")
    reads.add_argument("folder")
    reads.set_defaults(do=read)
    options = parser.parse_args()
    options.do(options)


if __name__ == "__main__":
    main()
