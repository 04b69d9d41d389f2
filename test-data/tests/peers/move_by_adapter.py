"""pynetdicom against the adapter's C-MOVE: PORT WHAT [PORT OF TAKER].

`there` looks whether the adapter has what was moved to it; `all` stores what made_studies.py makes and has it moved to STORESCP,
which takes implicit little endian alone, to GONE, which is not there, and to TAKER, which is this program.
"""

import sys
import time

from made_studies import CLASSES, fill
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian as EXPLICIT, ImplicitVRLittleEndian as IMPLICIT, RLELossless as RLE
from pynetdicom import AE, evt
from pynetdicom.sop_class import (
    StudyRootQueryRetrieveInformationModelFind as FIND,
    StudyRootQueryRetrieveInformationModelMove as MOVE,
)

PORT = int(sys.argv[1])


def check(what, got, expected):
    assert got == expected, f"{what}: {got!r}, not {expected!r}"
    print("ok", what)


def ask(model, send, **keys):
    asked = Dataset()
    for keyword, value in keys.items():
        setattr(asked, keyword, value)
    ae = AE("WORKSTATION")
    ae.add_requested_context(model, [EXPLICIT])
    association = ae.associate("127.0.0.1", PORT, ae_title="PACSADAPTER")
    assert association.is_established
    answers = list(send(association, asked))
    association.release()
    return answers


def move(to, cancel_after=None, **keys):
    def send(association, asked):
        for number, answer in enumerate(association.send_c_move(asked, to, MOVE, msg_id=11), 1):
            if number == cancel_after:
                association.send_c_cancel(11, query_model=MOVE)
            yield answer
    return ask(MOVE, send, QueryRetrieveLevel="STUDY", **keys)


def counts(status):
    return [status.get(f"NumberOf{kind}Suboperations") for kind in ("Completed", "Failed", "Warning")]


class Taker:
    """Takes instances, and answers each as it is told."""

    def __init__(self, port, syntaxes, answer=lambda uid: 0, wait=0):
        self.came, self.originators, self.answer, self.wait = {}, set(), answer, wait
        ae = AE("TAKER")
        for sop_class in CLASSES.values():
            ae.add_supported_context(sop_class, syntaxes)
        self.server = ae.start_server(("127.0.0.1", port), block=False, evt_handlers=[(evt.EVT_C_STORE, self.take)])

    def take(self, event):
        time.sleep(self.wait)
        uid = str(event.request.AffectedSOPInstanceUID)
        self.came[uid] = str(event.context.transfer_syntax)
        self.originators.add((event.request.MoveOriginatorApplicationEntityTitle,
                              event.request.MoveOriginatorMessageID))
        return self.answer(uid)

    def end(self):
        self.server.shutdown()
        return self.came


def to_taker(port):
    taker = Taker(port, [EXPLICIT, RLE])
    answers = move("TAKER", StudyInstanceUID="1.2.3.1")
    check("counted", (answers[-1][0].Status, counts(answers[-1][0])), (0, [5, 0, 0]))
    check("pending", [status.Status for status, _ in answers[:-1]], [0xFF00] * 5)
    check("remaining", [status.NumberOfRemainingSuboperations for status, _ in answers[:-1]], [4, 3, 2, 1, 0])
    check("asked by", taker.originators, {("WORKSTATION", 11)})
    check("as stored", sorted(taker.end().values()), [EXPLICIT] * 3 + [RLE] * 2)
    taker = Taker(port, [EXPLICIT], answer=lambda uid: 0xA700 if uid.endswith(".2.1") else 0)
    status, failed = move("TAKER", StudyInstanceUID="1.2.3.1")[-1]
    check("one is refused", (status.Status, counts(status)), (0xB000, [4, 1, 0]))
    check("and named", failed.FailedSOPInstanceUIDList, "1.2.3.1.2.1")
    check("decoded", set(taker.end().values()), {EXPLICIT})
    taker = Taker(port, [EXPLICIT], wait=0.3)
    status = move("TAKER", cancel_after=1, StudyInstanceUID="1.2.3.1")[-1][0]
    check("cancelled", status.Status, 0xFE00)
    done = counts(status)[0]
    check("what is left", (done < 5, status.NumberOfRemainingSuboperations), (True, 5 - done))
    taker.end()


def main(what):
    if what == "there":
        find = lambda association, asked: association.send_c_find(asked, FIND)  # noqa: E731
        answers = ask(FIND, find, QueryRetrieveLevel="STUDY", StudyInstanceUID="1.2.3.2", NumberOfStudyRelatedInstances="")
        return check("it is there", int(answers[0][1].NumberOfStudyRelatedInstances), 2)
    fill(PORT)
    status = move("STORESCP", StudyInstanceUID="1.2.3.1")[-1][0]
    check("implicit", (status.Status, counts(status)), (0, [5, 0, 0]))
    status, failed = move("GONE", StudyInstanceUID="1.2.3.1")[-1]
    check("a destination that is away", (status.Status, counts(status)), (0xA702, [0, 5, 0]))
    check("all named", len(failed.FailedSOPInstanceUIDList), 5)
    check("unknown", move("NOBODY", StudyInstanceUID="1.2.3.1")[-1][0].Status, 0xA801)
    check("no key", move("STORESCP", PatientID="P1")[-1][0].Status, 0xA900)
    status = move("STORESCP", StudyInstanceUID="1.2.99")[-1][0]
    check("nothing to move", (status.Status, counts(status)), (0, [0, 0, 0]))
    to_taker(int(sys.argv[3]))


if __name__ == "__main__":
    main(sys.argv[2])
