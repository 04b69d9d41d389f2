"""Making steps of work (PS3.18 11.4, PS3.4 CC.2.5). Run by workitems.py."""

import requests

from ups_client import (XML, at_once, check, code, new_uid, new_word, only, patient, performed, request_of, step,
                        warned, write_json)

ELSEWHERE = "image/png"
SPELLINGS = ["workitem={}", "{}", "AffectedSOPInstanceUID={}"]
REQUIRED = ["ProcedureStepLabel", "ScheduledProcedureStepPriority", "ScheduledProcedureStepStartDateTime", "InputReadinessState",
            "ProcedureStepState"]
# type 2 in PS3.4 table CC.2.5-3: there after creation, if only empty
ADDED = ["ScheduledStationNameCodeSequence", "ScheduledStationClassCodeSequence", "ScheduledStationGeographicLocationCodeSequence",
         "ScheduledWorkitemCodeSequence", "CommentsOnTheScheduledProcedureStep", "InputInformationSequence", "PatientName",
         "PatientID", "PatientBirthDate", "PatientSex", "AdmissionID", "ReferencedRequestSequence",
         "ProcedureStepProgressInformationSequence", "UnifiedProcedureStepPerformedProcedureSequence"]


# creating (11.4)

def created(answer, what):
    """The UID that the addresses of a new workitem tell."""
    location = answer.headers.get("Location", "")
    check(location.startswith(("https://", "http://")), f"{what}: Location is no absolute URL")
    check(answer.headers.get("Content-Location") == location, f"{what}: Content-Location is not Location")
    check(not answer.content, f"{what}: the answer has a body")
    check("/workitems/" in location and "?" not in location, f"{what}: Location is not that of a workitem")
    return location.rsplit("/", 1)[1]


def creates_under_the_uid_in_the_address(one, _):
    for spelling in SPELLINGS:
        uid = new_uid()
        answer = one.ask("POST", "/workitems", 201, f"creating with {spelling}", step(), query=spelling.format(uid))
        check(created(answer, spelling) == uid, f"creating with {spelling}: another UID")
        check(one.get(uid).SOPInstanceUID == uid, f"created with {spelling}: another UID inside")


def creates_under_the_uid_in_the_data_set(one, _):
    uid = new_uid()
    answer = one.ask("POST", "/workitems", 201, "creating with the UID inside", step(SOPInstanceUID=uid))
    check(created(answer, "the UID inside") == uid, "creating with the UID inside: another UID")


def makes_a_uid_when_there_is_none(one, _):
    uids = {created(one.ask("POST", "/workitems", 201, "creating without a UID", step()), "without a UID") for _ in range(2)}
    check(len(uids) == 2, "creating without a UID twice gave the same one")
    for uid in uids:
        check(one.get(uid).SOPInstanceUID == uid, "created without a UID: another one inside")


def creates_from_an_array_of_one_alone(one, _):
    one.ask("POST", "/workitems", 201, "an array of one", [step()], query={"workitem": new_uid()})
    one.ask("POST", "/workitems", 400, "an array of two", [step(), step()])
    one.ask("POST", "/workitems", 400, "an array of none", [])
    for body in [b"{", b"", b"7"]:
        one.ask("POST", "/workitems", 400, "a body that is no data set", body)


def creates_from_xml(one, _):
    uid, label = new_uid(), new_word()
    data = step(ProcedureStepLabel=label, ScheduledStationNameCodeSequence=[code("XML")], **patient("WANG^XIAOMING=王^小明"))
    one.ask("POST", "/workitems", 201, "creating from XML", data, form=XML, query={"workitem": uid})
    kept = one.get(uid)
    check(kept.ProcedureStepLabel == label, "created from XML: another label")
    check(str(kept.PatientName) == "WANG^XIAOMING=王^小明", "created from XML: another name")
    check(kept.ScheduledStationNameCodeSequence[0].CodeValue == "XML", "created from XML: another station")
    one.ask("POST", "/workitems", 400, "XML that is none", b"<NativeDicomModel", form=XML)


def does_not_create_twice(one, two):
    uid, label = new_uid(), new_word()
    one.create(step(ProcedureStepLabel=label), uid)
    for machine in (one, two):
        machine.ask("POST", "/workitems", 409, "creating again", step(), query={"workitem": uid})
    check(one.get(uid).ProcedureStepLabel == label, "creating again changed the first")


def completes_what_is_created(one, _):
    uid = new_uid()
    answer = one.ask("POST", "/workitems", 201, "creating with the least", step(), query={"workitem": uid})
    warned(answer, "created with modifications", "creating with the least")
    kept = one.get(uid)
    for keyword in ADDED:
        check(keyword in kept, f"created with the least: no {keyword}")
        check(kept[keyword].is_empty or not kept[keyword].value, f"created with the least: a value in {keyword}")
    check(kept.get("WorklistLabel"), "created with the least: no Worklist Label")
    empty = step()
    empty.TransactionUID = None
    one.create(empty, what="creating with an empty Transaction UID")


def keeps_what_is_created(one, _):
    data = step(WorklistLabel=new_word(), CommentsOnTheScheduledProcedureStep="看一下", StudyInstanceUID=new_uid(),
                ScheduledStationNameCodeSequence=[code("A"), code("B")], ReferencedRequestSequence=[request_of("ACC1")],
                ExpectedCompletionDateTime="20260701093000", **patient("ZHANG^SAN=张^三"))
    keeps(one.get(one.create(data)), data)


def keeps(kept, given):
    """Everything that was given is there; more may be."""
    for element in given:
        if element.keyword == "SpecificCharacterSet":
            continue
        check(element.keyword in kept, f"created: no {element.keyword}")
        there = kept[element.tag].value
        if element.VR == "SQ":
            check(len(there) == len(element.value), f"created: {len(there)} items in {element.keyword}")
            for item, of in zip(there, element.value):
                keeps(item, of)
        else:
            check(there == element.value or (kept[element.tag].is_empty and element.is_empty), f"created: another {element.keyword}")


def refused(one, data, what):
    uid = new_uid()
    one.ask("POST", "/workitems", 400, what, data, query={"workitem": uid})
    one.ask("GET", f"/workitems/{uid}", 404, f"what was refused is there: {what}")


def does_not_create_without_what_is_required(one, _):
    for keyword in REQUIRED:
        data = step()
        delattr(data, keyword)
        refused(one, data, f"creating without {keyword}")
        setattr(data, keyword, None)
        refused(one, data, f"creating with an empty {keyword}")


def does_not_create_what_may_not_be(one, _):
    for state in ["IN PROGRESS", "COMPLETED", "CANCELED", "PLANNED"]:
        refused(one, step(ProcedureStepState=state), f"creating as {state}")
    refused(one, step(TransactionUID=new_uid()), "creating with a Transaction UID")
    refused(one, step(ProcedureStepProgressInformationSequence=[only(ProcedureStepProgress="1")]), "creating with progress")
    refused(one, step(UnifiedProcedureStepPerformedProcedureSequence=[performed()]), "creating with what was performed")
    refused(one, step(ScheduledProcedureStepPriority="URGENT"), "creating with an unknown priority")
    refused(one, step(InputReadinessState="SOON"), "creating with an unknown readiness")
    one.ask("POST", "/workitems", 400, "creating under what is no UID", step(), query={"workitem": "1.2.x"})


def takes_no_other_media_type(one, _):
    body, uid = write_json(step()), one.create()
    for form in ["text/plain", ELSEWHERE]:
        one.ask("POST", "/workitems", 415, f"creating from {form}", body, form=form)
        one.ask("POST", f"/workitems/{uid}", 415, f"updating from {form}", body, form=form)
        one.ask("PUT", f"/workitems/{uid}/state", 415, f"changing the state from {form}", body, form=form)
        one.ask("POST", f"/workitems/{uid}/cancelrequest", 415, f"requesting to cancel from {form}", body, form=form)


def answers_nobody_without_a_certificate(one, _):
    session = requests.Session()
    session.trust_env = False
    session.verify = one.files[0]
    try:
        status = session.get(f"{one.base}/workitems", timeout=30).status_code
    except (requests.exceptions.SSLError, requests.exceptions.ConnectionError):
        return
    check(status in (401, 403), f"without a certificate: {status}, not 401 or 403")


def one_creator_alone_succeeds(one, two):
    uid = new_uid()
    statuses = at_once(one, two, lambda machine, _: machine.ask(
        "POST", "/workitems", (201, 409), "creating at once", step(), query={"workitem": uid}).status_code)
    check(statuses[201] == 1, f"creating one UID at once: {statuses[201]} times 201, not once")


CHECKS = [
    creates_under_the_uid_in_the_address, creates_under_the_uid_in_the_data_set, makes_a_uid_when_there_is_none,
    creates_from_an_array_of_one_alone, creates_from_xml, does_not_create_twice, completes_what_is_created,
    keeps_what_is_created, does_not_create_without_what_is_required, does_not_create_what_may_not_be,
    takes_no_other_media_type, answers_nobody_without_a_certificate, one_creator_alone_succeeds,
]
