"""pynetdicom against the adapter's C-GET: PORT. Stores what made_studies.py makes and gets it in every way."""

import sys

import numpy
from made_studies import CLASSES, fill, instances
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian as EXPLICIT, ImplicitVRLittleEndian as IMPLICIT, RLELossless as RLE
from pynetdicom import AE, build_role, evt
from pynetdicom.sop_class import (
    PatientRootQueryRetrieveInformationModelGet as PATIENT,
    StudyRootQueryRetrieveInformationModelGet as STUDY,
)

PORT = int(sys.argv[1])
MADE = {str(made.SOPInstanceUID): made for made in instances()}


def check(what, got, expected):
    assert got == expected, f"{what}: {got!r}, not {expected!r}"
    print("ok", what)


class Getter:
    """An association that takes instances in these transfer syntaxes, each in a context of its own."""

    def __init__(self, syntaxes, classes=tuple(CLASSES.values()), answer=lambda uid: 0, together=False):
        self.came, self.answer = {}, answer
        ae = AE("GETTER")
        ae.add_requested_context(STUDY, [EXPLICIT])
        ae.add_requested_context(PATIENT, [IMPLICIT])
        for sop_class in classes:
            for syntax in [list(syntaxes)] if together else [[one] for one in syntaxes]:
                ae.add_requested_context(sop_class, syntax)
        roles = [build_role(sop_class, scp_role=True) for sop_class in classes]
        self.association = ae.associate("127.0.0.1", PORT, ae_title="PACSADAPTER", ext_neg=roles,
                                        evt_handlers=[(evt.EVT_C_STORE, self.take)])
        assert self.association.is_established

    def take(self, event):
        found = event.dataset
        found.file_meta = event.file_meta
        self.came[str(found.SOPInstanceUID)] = found
        return self.answer(str(found.SOPInstanceUID))

    def get(self, level, model=STUDY, cancel_after=None, **keys):
        asked = Dataset()
        asked.QueryRetrieveLevel = level
        for keyword, value in keys.items():
            setattr(asked, keyword, value)
        answers = []
        for status, found in self.association.send_c_get(asked, model, msg_id=5):
            answers.append((status, found))
            if len(answers) == cancel_after:
                self.association.send_c_cancel(5, query_model=model)
        self.association.release()
        return answers


def counts(status):
    return [status.get(f"NumberOf{kind}Suboperations") for kind in ("Completed", "Failed", "Warning")]


def same(what, came):
    for uid, found in came.items():
        made = MADE[uid]
        assert numpy.array_equal(found.pixel_array, made.pixel_array), f"{what}: pixels of {uid}"
        assert (found.PatientName, found.StudyDate) == (made.PatientName, made.StudyDate), f"{what}: {uid}"
    print("ok", what, "is the same")


def forms():
    for what, syntaxes, together, expected in [
        ("as stored", [EXPLICIT, RLE], False, [EXPLICIT] * 3 + [RLE] * 2),
        ("explicit", [EXPLICIT], False, [EXPLICIT] * 5),
        ("implicit", [IMPLICIT], False, [IMPLICIT] * 5),
        ("as pynetdicom likes it", [IMPLICIT, EXPLICIT, RLE], True, [EXPLICIT] * 5),
    ]:
        getter = Getter(syntaxes, together=together)
        answers = getter.get("STUDY", StudyInstanceUID="1.2.3.1")
        status = answers[-1][0]
        check(f"{what}: status", (status.Status, counts(status)), (0, [5, 0, 0]))
        check(f"{what}: pending", [a[0].Status for a in answers[:-1]], [0xFF00] * 5)
        remaining = [a[0].NumberOfRemainingSuboperations for a in answers[:-1]]
        check(f"{what}: remaining", remaining, [4, 3, 2, 1, 0])
        found = sorted(str(came.file_meta.TransferSyntaxUID) for came in getter.came.values())
        check(f"{what}: transfer syntaxes", found, sorted(expected))
        same(what, getter.came)
    getter = Getter([EXPLICIT])
    getter.get("STUDY", StudyInstanceUID="1.2.3.2")
    same("implicit become explicit", getter.came)


def levels():
    for what, level, model, keys, expected in [
        ("series", "SERIES", STUDY, {"StudyInstanceUID": "1.2.3.1", "SeriesInstanceUID": "1.2.3.1.2"}, 2),
        ("images", "IMAGE", STUDY, {"StudyInstanceUID": "1.2.3.1", "SeriesInstanceUID": "1.2.3.1.1",
                                    "SOPInstanceUID": ["1.2.3.1.1.1", "1.2.3.1.1.3"]}, 2),
        ("images alone", "IMAGE", STUDY, {"SOPInstanceUID": "1.2.3.4.1.1"}, 1),
        ("a patient", "PATIENT", PATIENT, {"PatientID": "P1"}, 7),
        ("several studies", "STUDY", STUDY, {"StudyInstanceUID": ["1.2.3.3", "1.2.3.4"]}, 2),
        ("nothing", "STUDY", STUDY, {"StudyInstanceUID": "1.2.99"}, 0),
    ]:
        getter = Getter([EXPLICIT, IMPLICIT, RLE])
        status = getter.get(level, model, **keys)[-1][0]
        check(what, (status.Status, counts(status), len(getter.came)), (0, [expected, 0, 0], expected))


def failures():
    getter = Getter([EXPLICIT, RLE], answer=lambda uid: 0xA700 if uid == "1.2.3.1.1.2" else 0)
    status, failed = getter.get("STUDY", StudyInstanceUID="1.2.3.1")[-1]
    check("one is refused", (status.Status, counts(status)), (0xB000, [4, 1, 0]))
    check("and named", failed.FailedSOPInstanceUIDList, "1.2.3.1.1.2")
    getter = Getter([EXPLICIT, RLE], answer=lambda uid: 0xB000)
    status = getter.get("STUDY", StudyInstanceUID="1.2.3.1")[-1][0]
    check("all with a warning", (status.Status, counts(status)), (0xB000, [0, 0, 5]))
    getter = Getter([EXPLICIT], classes=(CLASSES["CT"],))
    status, failed = getter.get("PATIENT", PATIENT, PatientID="P1")[-1]
    check("a class that is not taken", (status.Status, counts(status)), (0xB000, [5, 2, 0]))
    check("named", sorted(failed.FailedSOPInstanceUIDList), ["1.2.3.2.1.1", "1.2.3.2.1.2"])
    getter = Getter([EXPLICIT], classes=(CLASSES["CR"],))
    status = getter.get("STUDY", StudyInstanceUID="1.2.3.1")[-1][0]
    check("none that is taken", (status.Status, counts(status)), (0xA702, [0, 5, 0]))
    for what, level, keys in [("no key", "STUDY", {"PatientID": "P1"}), ("no level", "", {"StudyInstanceUID": "1.2.3.1"}),
                              ("a wildcard", "STUDY", {"StudyInstanceUID": "1.2.*"})]:
        check(what, Getter([EXPLICIT]).get(level, **keys)[-1][0].Status, 0xA900)


def cancel():
    getter = Getter([EXPLICIT, RLE])
    status = getter.get("STUDY", StudyInstanceUID="1.2.3.1", cancel_after=2)[-1][0]
    check("cancelled", status.Status, 0xFE00)
    done = counts(status)[0]
    # what was on its way when it was cancelled still comes
    check("what is left", (done < 5, status.NumberOfRemainingSuboperations), (True, 5 - done))
    check("what came", len(getter.came), done)


if __name__ == "__main__":
    fill(PORT)
    forms()
    levels()
    failures()
    cancel()
