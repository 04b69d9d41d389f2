"""pynetdicom against the adapter's C-FIND: PORT WHAT.

`fill` stores four patients with their studies; `matching` does and asks for them in every way of PS3.4 C.2.2.2; `cancel` gives
an endless query up, `slow` one that finds nothing more; `unread` takes nothing of one, `rude` asks in the middle of one, `away` one that
is not there.
"""

import sys
import time
from io import BytesIO

from made_studies import fill
from pydicom.dataset import Dataset
from pynetdicom import AE
from pynetdicom.dimse_primitives import C_FIND
from pynetdicom.dsutils import encode
from pynetdicom.pdu_primitives import SOPClassExtendedNegotiation
from pynetdicom.sop_class import (
    PatientRootQueryRetrieveInformationModelFind as PATIENT,
    StudyRootQueryRetrieveInformationModelFind as STUDY,
    StudyRootQueryRetrieveInformationModelGet as GET,
    StudyRootQueryRetrieveInformationModelMove as MOVE,
)

PORT = int(sys.argv[1])


def associate(called="PACSADAPTER", syntaxes=("1.2.840.10008.1.2.1",), extended=None):
    ae = AE("FINDER")
    ae.add_requested_context(STUDY, list(syntaxes))
    ae.add_requested_context(PATIENT, list(syntaxes))
    asked = SOPClassExtendedNegotiation()
    asked.sop_class_uid, asked.service_class_application_information = STUDY, extended or b""
    association = ae.associate("127.0.0.1", PORT, ae_title=called, ext_neg=[asked] if extended else [])
    assert association.is_established, association
    if extended:
        check("extended negotiation", association.acceptor.sop_class_extended, {STUDY: extended})
    return association


def identifier(level, charset=None, **keys):
    asked = Dataset()
    if charset:
        asked.SpecificCharacterSet = charset
    if level:
        asked.QueryRetrieveLevel = level
    for keyword, value in keys.items():
        setattr(asked, keyword, value)
    return asked


def find(asked, model=STUDY, **how):
    """Statuses and identifiers of every answer."""
    association = associate(**how)
    answers = [(status.get("Status"), status, found) for status, found in association.send_c_find(asked, model)]
    association.release()
    return answers


def uids(keyword, asked, **how):
    answers = find(asked, **how)
    assert answers[-1][0] == 0, answers[-1]
    return sorted(getattr(found, keyword) for status, _, found in answers[:-1])


def studies(**keys):
    return [uid.removeprefix("1.2.3.") for uid in uids("StudyInstanceUID", identifier("STUDY", StudyInstanceUID="", **keys))]


def check(what, got, expected):
    assert got == expected, f"{what}: {got!r}, not {expected!r}"
    print("ok", what)


def matching():
    check("universal", studies(), ["1", "2", "3", "4", "5"])
    check("single value", studies(PatientID="P1"), ["1", "2"])
    check("single value of case", studies(AccessionNumber="a1"), [])
    check("wildcard", studies(PatientName="WANG*"), ["1", "2"])
    check("one letter", studies(AccessionNumber="A?"), ["1", "2", "3", "4", "5"])
    check("name without case", studies(PatientName="wang^xiaoming"), ["1", "2"])
    check("range", studies(StudyDate="20240101-20240630"), ["1", "2"])
    check("range to", studies(StudyDate="-20231231"), ["3"])
    check("range from", studies(StudyDate="20240601-"), ["2", "4", "5"])
    check("range of times", studies(StudyTime="1000-1259"), ["1", "3"])
    check("list of UIDs", studies_by_uid(["1.2.3.1", "1.2.3.4", "1.2.9"]), ["1", "4"])
    check("modalities", studies(ModalitiesInStudy="MR"), ["2", "4"])
    check("list of modalities", studies(ModalitiesInStudy=["MR", "CR"]), ["2", "3", "4"])
    check("no value", studies(StudyDescription='""'), ["5"])
    check("two keys", studies(PatientID="P1", ModalitiesInStudy="CT"), ["1"])
    negotiated()
    chinese()
    levels()
    sequences()
    answers_have_what_was_asked()
    wrong_identifiers()
    check("implicit", len(find(identifier("STUDY", StudyInstanceUID=""), syntaxes=["1.2.840.10008.1.2"])), 6)


def negotiated():
    """Matching that has to be negotiated, and does not take place when it is not."""
    times = {"StudyDate": "20231201-20240801", "StudyTime": "0900-1500"}
    both = {"ModalitiesInStudy": ["CT", "MR"]}
    for what, keys, without, information, expected in [
        ("combined date-time", times, ["1", "2", "3"], b"\x00\x01", ["1", "2", "3", "4"]),
        ("fuzzy names", {"PatientName": "xiaoming wang"}, [], b"\x01\x00\x01", ["1", "2"]),
        ("multiple values", both, ["1", "2", "4", "5"], b"\x01\x00\x00\x00\x00\x00\x01", []),
        ("key below its level", {"SOPInstanceUID": "1.2.3.1.2.1"}, ["1", "2", "3", "4", "5"], b"\x01", ["1"]),
    ]:
        check(f"{what}, not negotiated", studies(**keys), without)
        asked = identifier("STUDY", StudyInstanceUID="", **keys)
        found = uids("StudyInstanceUID", asked, extended=information)
        check(what, [uid.removeprefix("1.2.3.") for uid in found], expected)


def studies_by_uid(listed):
    return [uid.removeprefix("1.2.3.") for uid in uids("StudyInstanceUID", identifier("STUDY", StudyInstanceUID=listed))]


def chinese():
    for charset in ["ISO_IR 192", "GB18030", ["", "ISO 2022 IR 58"]]:
        asked = identifier("STUDY", charset, StudyInstanceUID="", PatientName="*王*")
        answers = find(asked)
        check(f"Chinese in {charset}", sorted(str(a[2].StudyInstanceUID) for a in answers[:-1]), ["1.2.3.1", "1.2.3.2"])
        for _, _, found in answers[:-1]:
            check("answered in it", found.SpecificCharacterSet, charset)
            # pydicom leaves the escape sequences of GB 2312 where they are
            check("the name", found.PatientName.ideographic.replace("\x1b$)A", ""), "王^小明")
    asked = identifier("STUDY", "ISO_IR 100", StudyInstanceUID="1.2.3.1", PatientName="")
    found = find(asked)[0][2]
    check("UTF-8 where the asker's has no such characters", found.SpecificCharacterSet, "ISO_IR 192")
    check("and the name", found.PatientName.ideographic, "王^小明")
    found = find(identifier("STUDY", "ISO_IR 100", StudyInstanceUID="", PatientName="müller*"))[0][2]
    check("Latin 1", (found.SpecificCharacterSet, str(found.PatientName)), ("ISO_IR 100", "Müller^Jörg"))
    found = find(identifier("STUDY", StudyInstanceUID="1.2.3.4", PatientName=""))[0][2]
    check("ASCII says nothing", "SpecificCharacterSet" in found, False)


def levels():
    asked = identifier("PATIENT", PatientID="", PatientName="", PatientBirthDate="")
    found = [str(answer[2].PatientID) for answer in find(asked, PATIENT)[:-1]]
    check("each patient once", sorted(found), ["P1", "P2", "P3", "P4"])
    asked = identifier("SERIES", StudyInstanceUID="1.2.3.1", SeriesInstanceUID="", Modality="", PatientName="")
    found = find(asked)[:-1]
    check("series", sorted(str(a[2].SeriesInstanceUID) for a in found), ["1.2.3.1.1", "1.2.3.1.2"])
    check("with what is above", {a[2].PatientName.alphabetic for a in found}, {"WANG^XIAOMING"})
    asked = identifier("IMAGE", StudyInstanceUID="1.2.3.1", SeriesInstanceUID="1.2.3.1.1", SOPInstanceUID="", InstanceNumber="")
    check("images", sorted(int(a[2].InstanceNumber) for a in find(asked)[:-1]), [1, 2, 3])
    asked = identifier("IMAGE", SOPInstanceUID="", InstanceNumber="2", StudyInstanceUID="")
    check("relational", len(find(asked)) > 2, True)


def sequences():
    item = Dataset()
    item.ScheduledProcedureStepID = "SPS1"
    asked = identifier("SERIES", StudyInstanceUID="", SeriesInstanceUID="", RequestAttributesSequence=[item])
    answers = find(asked)
    check("sequence", [str(a[2].SeriesInstanceUID) for a in answers[:-1]], ["1.2.3.1.1"])
    check("its item", answers[0][2].RequestAttributesSequence[0].ScheduledProcedureStepID, "SPS1")


def answers_have_what_was_asked():
    asked = identifier("STUDY", StudyInstanceUID="1.2.3.1", NumberOfStudyRelatedInstances="", StudyDescription="",
                       ReasonForStudy="", ModalitiesInStudy="")
    (status, _, found), (last, _, nothing) = find(asked)
    check("pending and success", (status, last, nothing), (0xFF00, 0, None))
    check("counted", int(found.NumberOfStudyRelatedInstances), 5)
    check("not supported, without a value", found.ReasonForStudy, "")
    check("level", found.QueryRetrieveLevel, "STUDY")
    check("from where", (found.RetrieveAETitle, found.InstanceAvailability), ("PACSADAPTER", "ONLINE"))
    check("nothing that was not asked", "PatientName" in found, False)
    asked.ReasonForStudy = "X"
    check("a key that is not matched", find(asked)[0][0], 0xFF01)


def wrong_identifiers():
    for what, asked, model, expected in [
        ("no level", identifier(None, StudyInstanceUID=""), STUDY, 0xA900),
        ("unknown level", identifier("FRAME", StudyInstanceUID=""), STUDY, 0xA900),
        ("patients in study root", identifier("PATIENT", PatientID=""), STUDY, 0xA900),
        ("no date", identifier("STUDY", StudyDate="20240101-20240230-"), STUDY, 0xC000),
    ]:
        answers = find(asked, model)
        check(what, [answer[0] for answer in answers], [expected])
        check("and why", bool(answers[0][1].ErrorComment), True)
    long = identifier("STUDY", StudyInstanceUID=[f"1.2.3.{number:0>50}" for number in range(20_000)])
    answers = find(long, syntaxes=["1.2.840.10008.1.2"])
    check("more than a megabyte", [answer[0] for answer in answers], [0xC000])
    answers = find(identifier("STUDY", StudyInstanceUID=""), called="REGION")
    check("a region that is not offered", answers[0][0], 0x0122)


def cancel():
    association = associate("REGION")
    statuses = []
    asked = identifier("STUDY", StudyInstanceUID="", StudyDescription="")
    for status, _ in association.send_c_find(asked, STUDY, msg_id=7):
        statuses.append(status.Status)
        if len(statuses) == 20:
            association.send_c_cancel(7, query_model=STUDY)
    check("cancelled", (statuses[-1], set(statuses[:-1])), (0xFE00, {0xFF00}))
    # the association lives on
    statuses = []
    for status, _ in association.send_c_find(asked, STUDY, msg_id=9):
        statuses.append(status.Status)
        if len(statuses) == 2:
            association.send_c_cancel(9, query_model=STUDY)
    check("cancelled again", statuses[-1], 0xFE00)
    association.release()


def unread():
    association = associate("REGION")
    answers = association.send_c_find(identifier("STUDY", StudyInstanceUID="", StudyDescription=""), STUDY, msg_id=3)
    next(answers)
    # the reading thread is held where it is
    association._reactor_checkpoint.clear()
    association.dul.socket.socket.setblocking(True)
    time.sleep(2)
    association.abort()


def slow():
    association = associate("REGION")
    statuses = []
    for status, _ in association.send_c_find(identifier("STUDY", StudyInstanceUID=""), STUDY, msg_id=5):
        statuses.append(status.Status)
        if len(statuses) == 1:
            association.send_c_cancel(5, query_model=STUDY)
    check("cancelled while nothing is found", statuses, [0xFF00, 0xFE00])
    association.release()


def away():
    asked = identifier("STUDY", StudyInstanceUID="")
    check("a region that is away", [answer[0] for answer in find(asked, called="REGION")], [0xA700])
    check("the hospital answers", [answer[0] for answer in find(asked)], [0])
    ae = AE("FINDER")
    for model in (GET, MOVE):
        ae.add_requested_context(model, "1.2.840.10008.1.2.1")
    asked = identifier("STUDY", StudyInstanceUID="1.2.3.1")
    for what, send in [("C-GET", lambda it: it.send_c_get(asked, GET)),
                       ("C-MOVE to nobody", lambda it: it.send_c_move(asked, "NOBODY", MOVE))]:
        association = ae.associate("127.0.0.1", PORT, ae_title="REGION")
        check(what, [status.Status for status, _ in send(association)], [0xA701 if what == "C-GET" else 0xA801])
        association.release()


def rude():
    """Another request in the middle of one ends the association; so does a peer that is gone."""
    association = associate("REGION")
    answers = association.send_c_find(identifier("STUDY", StudyInstanceUID="", StudyDescription=""), STUDY, msg_id=3)
    next(answers)
    asked = C_FIND()
    asked.MessageID, asked.AffectedSOPClassUID, asked.Priority = 4, STUDY, 2
    asked.Identifier = BytesIO(encode(identifier("STUDY", StudyInstanceUID=""), False, True))
    association.dimse.send_msg(asked, association.accepted_contexts[0].context_id)
    statuses = [status.get("Status") for status, _ in answers]
    check("no last answer", (statuses[-1], set(statuses[:-1])), (None, {0xFF00}))
    for _ in range(100):
        if association.is_established:
            time.sleep(0.1)
    check("the association has ended", association.is_established, False)
    association = associate("REGION")
    answers = association.send_c_find(identifier("STUDY", StudyInstanceUID="", StudyDescription=""), STUDY, msg_id=3)
    next(answers)
    association.abort()


if __name__ == "__main__":
    what = sys.argv[2]
    if what in ("fill", "matching"):
        fill(PORT)
    {"fill": lambda: None, "matching": matching, "cancel": cancel, "unread": unread, "slow": slow,
     "rude": rude, "away": away}[what]()
