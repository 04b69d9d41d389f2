"""The worklist service (UPS-RS) as its client: BASE CA CERT KEY CERT2 KEY2.

BASE is the service (https://127.0.0.1:1234/dicomweb), CA the authority that signed it, CERT and KEY, CERT2 and KEY2 the client
certificates of two machines that may both work with workitems. Asks what PS3.18 chapter 11 has, each time of new workitems, and
stops at the first thing that is wrong. Searches are in workitems_search.py, what goes over WebSockets is in workitems_events.py.
Needs requests, pydicom and websockets (15 or later). Nobody else may be subscribed to everything meanwhile.
"""

import argparse
import sys

import workitems_create
import workitems_events
import workitems_search
from ups_client import (CLAIMERS, INCORRECT, JSON, MISSING, NOT_NOW, NOT_SO, UPS_PUSH, XML, Machine, Wrong, at_once, check,
                        code, new_uid, new_word, only, patient, performed, progress, read_json, read_xml, request_of, step,
                        warned)
from workitems_create import ELSEWHERE
from workitems_search import found, search


# retrieving (11.5)

def retrieves_json(one, two):
    uid = one.create()
    for machine in (one, two):
        answer = machine.ask("GET", f"/workitems/{uid}", 200, "retrieving", accept=JSON)
        check("no-store" in answer.headers.get("Cache-Control", ""), "retrieving: Cache-Control has no no-store")
        (kept,) = read_json(answer, "retrieving")
        check(kept.SOPClassUID == UPS_PUSH, "retrieved: another SOP class")
        check(kept.SOPInstanceUID == uid, "retrieved: another SOP instance")
        check(kept.ProcedureStepState == "SCHEDULED", "retrieved: another state")
        check(kept.get("ScheduledProcedureStepModificationDateTime"), "retrieved: no time of modification")
    answer = one.ask("GET", f"/workitems/{uid}", 200, "retrieving as anything", accept="*/*")
    check(len(read_json(answer, "retrieving as anything")) == 1, "retrieving as anything: not one")


def retrieves_xml(one, _):
    label = new_word()
    uid = one.create(step(ProcedureStepLabel=label, **patient("WANG^XIAOMING=王^小明")))
    one.claim(uid)
    answer = one.ask("GET", f"/workitems/{uid}", 200, "retrieving XML", accept=XML)
    check(answer.headers["Content-Type"].startswith(XML), "retrieving XML: another media type")
    kept = read_xml(answer.content, "retrieving XML")
    check(kept["00080018"] == [uid] and kept["00080016"] == [UPS_PUSH], "retrieved XML: another UID")
    check(kept["00741204"] == [label], "retrieved XML: another label")
    check(kept["00100010"] == [{"Alphabetic": ["WANG", "XIAOMING"], "Ideographic": ["王", "小明"]}], "retrieved XML: another name")


def retrieves_nothing_that_is_not_there(one, _):
    one.ask("GET", f"/workitems/{new_uid()}", 404, "retrieving what is not there")
    one.ask("GET", "/workitems/1.2.x", (400, 404), "retrieving what is no UID")
    one.ask("GET", f"/workitems/{one.create()}", 406, "retrieving a picture", accept=ELSEWHERE)


def never_tells_the_transaction(one, two):
    """Neither who retrieves nor who searches learns the lock (CC.2.7.3), not even by trying (the table: cannot be queried)."""
    label = new_word()
    uid = one.create(step(WorklistLabel=label))
    transaction = one.claim(uid)
    for machine in (one, two):
        machine.get(uid)
    for field in ["all", "TransactionUID", "00081195"]:
        found(two, {"WorklistLabel": label, "includefield": field}, {uid}, f"including {field}")
    counts = {len(search(two, {"WorklistLabel": label, "TransactionUID": tried}, "searching for a transaction"))
              for tried in (transaction, new_uid())}
    check(len(counts) == 1, "a search tells whether a Transaction UID is the right one")


# updating (11.6)

def updates_what_is_scheduled(one, two):
    uid = one.create(step(ScheduledStationNameCodeSequence=[code("A"), code("B")], CommentsOnTheScheduledProcedureStep="before"))
    before = one.get(uid)
    changed = only(ProcedureStepLabel="another", ScheduledStationNameCodeSequence=[code("C")], StudyInstanceUID=new_uid())
    answer = two.update(uid, changed)
    check(not answer.content, "updating: the answer has a body")
    kept = one.get(uid)
    check(kept.ProcedureStepLabel == "another", "updated: the label is the old one")
    check([item.CodeValue for item in kept.ScheduledStationNameCodeSequence] == ["C"], "updated: the sequence is not replaced whole")
    check(kept.StudyInstanceUID == changed.StudyInstanceUID, "updated: the study is another")
    check(kept.CommentsOnTheScheduledProcedureStep == "before", "updated: something else is changed")
    check(kept.ProcedureStepState == "SCHEDULED", "updated: the state is changed")
    times = [data.ScheduledProcedureStepModificationDateTime for data in (before, kept)]
    check(times[0] <= times[1], "updated: the time of modification went back")
    one.ask("POST", f"/workitems/{uid}", 200, "updating from XML", only(ProcedureStepLabel="third"), form=XML)
    check(one.get(uid).ProcedureStepLabel == "third", "updated from XML: the label is the old one")


def updates_what_is_claimed_with_the_transaction(one, _):
    uid = one.create()
    transaction = one.claim(uid)
    ways = [{"query": {"transaction": transaction}}, {"query": transaction}, {}]
    for number, way in enumerate(ways):
        data = progress(number + 1)
        if not way:
            data.TransactionUID = transaction
        one.ask("POST", f"/workitems/{uid}", 200, f"updating with the transaction, way {number + 1}", data, **way)
        item = one.get(uid).ProcedureStepProgressInformationSequence[0]
        check(float(item.ProcedureStepProgress) == number + 1, f"updated in way {number + 1}: the old progress")


def does_not_update_what_is_claimed_without_it(one, two):
    uid = one.create(step(ProcedureStepLabel="before"))
    one.claim(uid)
    data = only(ProcedureStepLabel="after")
    for machine in (one, two):
        answer = machine.update(uid, data, expected=400, what="updating without the transaction")
        warned(answer, MISSING, "updating without the transaction")
        answer = machine.update(uid, data, new_uid(), 400, "updating with another transaction")
        warned(answer, INCORRECT, "updating with another transaction")
    data.TransactionUID = new_uid()
    warned(one.update(uid, data, expected=400, what="another transaction inside"), INCORRECT, "another transaction inside")
    check(one.get(uid).ProcedureStepLabel == "before", "an update that was refused changed something")


def does_not_update_what_ended(one, _):
    for ended, transaction in [ended_completed(one), ended_canceled(one)]:
        for given in (None, transaction):
            answer = one.update(ended, only(ProcedureStepLabel="after"), given, 409, "updating what ended")
            warned(answer, NOT_NOW, "updating what ended")
        check(one.get(ended).ProcedureStepLabel == "a step", "what ended was changed")


def does_not_update_what_may_not_be_set(one, _):
    forbidden = {"ProcedureStepState": "COMPLETED", "PatientName": "OTHER^ONE", "PatientID": "OTHER", "PatientSex": "F",
                 "PatientBirthDate": "19800101", "AdmissionID": "OTHER", "SOPClassUID": "1.2.840.10008.5.1.4.34.6.3",
                 "SOPInstanceUID": new_uid(), "ReferencedRequestSequence": [request_of("OTHER")]}
    wrong = {"ScheduledProcedureStepPriority": "URGENT", "InputReadinessState": "SOON", "ProcedureStepLabel": None}
    uid = one.create(step(**patient("WANG^XIAOMING=王^小明")))
    before = one.get(uid)
    for keyword, value in (forbidden | wrong).items():
        data = only(CommentsOnTheScheduledProcedureStep="not either", **{keyword: value})
        one.update(uid, data, expected=400, what=f"updating {keyword}")
        check(one.get(uid) == before, f"the update of {keyword} that was refused changed something")
    one.ask("POST", f"/workitems/{uid}", 400, "updating with what is no data set", b"{")
    one.update(new_uid(), only(ProcedureStepLabel="x"), expected=404, what="updating what is not there")


# changing the state (11.7)

def ended_completed(machine):
    uid = machine.create()
    transaction = machine.claim(uid)
    machine.complete(uid, transaction)
    return uid, transaction


def ended_canceled(machine):
    uid = machine.create()
    transaction = machine.claim(uid)
    machine.change(uid, "CANCELED", transaction)
    return uid, transaction


def goes_from_scheduled_to_completed(one, two):
    uid = one.create()
    transaction = two.claim(uid)
    check(one.state_of(uid) == "IN PROGRESS", "claimed: not IN PROGRESS")
    two.complete(uid, transaction)
    check(one.state_of(uid) == "COMPLETED", "completed: not COMPLETED")


def is_claimed_once(one, two):
    uid = one.create()
    transaction = one.claim(uid)
    warned(one.change(uid, "IN PROGRESS", transaction, 409, "claiming again"), NOT_SO, "claiming again")
    two.change(uid, "IN PROGRESS", new_uid(), (400, 409), "claiming what another has")
    one.update(uid, progress(1), transaction, what="updating after another tried to claim")


def one_claimer_alone_succeeds(one, two):
    uid, transactions = one.create(), [new_uid() for _ in range(CLAIMERS)]
    winners = []

    def claim(machine, number):
        answer = machine.change(uid, "IN PROGRESS", transactions[number], (200, 400, 409), "claiming at once")
        if answer.status_code == 200:
            winners.append(number)
        return answer.status_code

    statuses = at_once(one, two, claim)
    check(statuses[200] == 1, f"{CLAIMERS} claim at once: {statuses[200]} succeed, not one")
    for number, transaction in enumerate(transactions):
        expected = 200 if number in winners else 400
        one.update(uid, progress(number), transaction, expected, "updating after claiming at once")


def is_not_ended_before_it_is_claimed(one, _):
    uid = one.create()
    for state in ["COMPLETED", "CANCELED"]:
        answer = one.change(uid, state, new_uid(), 409, f"{state} before it is claimed")
        warned(answer, NOT_SO, f"{state} before it is claimed")
    one.change(uid, "SCHEDULED", new_uid(), (400, 409), "scheduling what is scheduled")
    warned(one.change(uid, "IN PROGRESS", None, 400, "claiming without a transaction"), MISSING, "claiming without a transaction")
    one.change(uid, "DONE", new_uid(), 400, "a state that there is not")
    one.change(uid, None, new_uid(), 400, "no state")
    check(one.state_of(uid) == "SCHEDULED", "what was refused changed the state")
    one.change(new_uid(), "IN PROGRESS", new_uid(), 404, "claiming what is not there")


def is_not_ended_without_the_transaction(one, two):
    uid = one.create()
    transaction = one.claim(uid)
    one.update(uid, only(UnifiedProcedureStepPerformedProcedureSequence=[performed()]), transaction)
    for state in ["COMPLETED", "CANCELED"]:
        what = f"{state} without the transaction"
        warned(two.change(uid, state, None, 400, what), MISSING, what)
        warned(two.change(uid, state, new_uid(), 400, what), INCORRECT, what)
    one.change(uid, "SCHEDULED", transaction, (400, 409), "scheduling what is claimed")
    check(one.state_of(uid) == "IN PROGRESS", "what was refused changed the state")


def is_not_completed_before_all_is_said(one, _):
    uid = one.create()
    transaction = one.claim(uid)

    def stays(what):
        warned(one.change(uid, "COMPLETED", transaction, 409, f"completing {what}"), NOT_SO, f"completing {what}")
        check(one.state_of(uid) == "IN PROGRESS", f"completing {what} changed the state")

    stays("with nothing performed")
    for keyword in ["PerformedStationNameCodeSequence", "PerformedProcedureStepStartDateTime",
                    "PerformedProcedureStepEndDateTime", "PerformedWorkitemCodeSequence"]:
        item = performed()
        delattr(item, keyword)
        one.update(uid, only(UnifiedProcedureStepPerformedProcedureSequence=[item]), transaction)
        stays(f"without {keyword}")
    one.complete(uid, transaction)


def is_canceled_by_who_claimed_it(one, _):
    uid, _ = ended_canceled(one)
    check(has_cancellation(one.get(uid)) is not None, "canceled: no time or no reason of it")
    uid = one.create()
    transaction = one.claim(uid)
    one.update(uid, progress(50, ProcedureStepDiscontinuationReasonCodeSequence=[code("MINE")]), transaction)
    one.change(uid, "CANCELED", transaction)
    item = has_cancellation(one.get(uid))
    check(item is not None, "canceled with a reason: no time or no reason of it")
    check(item.ProcedureStepDiscontinuationReasonCodeSequence[0].CodeValue == "MINE", "canceled with a reason: it is another")
    check(float(item.ProcedureStepProgress) == 50, "canceled with a reason: the progress is lost")


def has_cancellation(data):
    """The item of the progress of a canceled workitem when it has what the final state requires."""
    for item in data.get("ProcedureStepProgressInformationSequence") or []:
        reasons = item.get("ProcedureStepDiscontinuationReasonCodeSequence")
        if data.ProcedureStepState == "CANCELED" and item.get("ProcedureStepCancellationDateTime") and reasons:
            return item
    return None


def stays_ended(one, _):
    for state, other, (uid, transaction) in [("COMPLETED", "CANCELED", ended_completed(one)),
                                             ("CANCELED", "COMPLETED", ended_canceled(one))]:
        answer = one.change(uid, state, transaction, 200, f"{state} twice")
        warned(answer, f"The UPS is already in the requested state of {state}.", f"{state} twice")
        one.change(uid, state, new_uid(), 400, f"{state} twice with another transaction")
        for wanted in (other, "IN PROGRESS", "SCHEDULED"):
            one.change(uid, wanted, transaction, (400, 409), f"{wanted} after {state}")
        one.change(uid, "IN PROGRESS", new_uid(), (400, 409), f"claiming after {state}")
        check(one.state_of(uid) == state, f"{state} did not stay")


# requesting to cancel (11.8)

def cancels_what_is_scheduled(one, two):
    reason = only(ReasonForCancellation="no longer needed", ContactURI="mailto:nobody@example.org", ContactDisplayName="Nobody",
                  ProcedureStepDiscontinuationReasonCodeSequence=[code("NOTNEEDED")])
    for body in (None, reason):
        uid = one.create()
        two.cancel(uid, 202, "requesting to cancel", body, requester=new_word())
        check(has_cancellation(one.get(uid)) is not None, "canceled by request: not CANCELED, or no time or no reason of it")
        answer = two.cancel(uid, (202, 409), "requesting twice to cancel", body)
        warned(answer, "already in the requested state of CANCELED", "requesting twice to cancel")
        one.change(uid, "IN PROGRESS", new_uid(), (400, 409), "claiming what was canceled by request")


def does_not_cancel_what_it_may_not(one, two):
    uid, _ = ended_completed(one)
    warned(two.cancel(uid, 409, "canceling what is completed"), "The UPS is already COMPLETED.", "canceling what is completed")
    check(one.state_of(uid) == "COMPLETED", "canceling what is completed changed it")
    uid = one.create()
    one.claim(uid)
    answer = two.cancel(uid, 409, "canceling what is claimed, with no subscriber")
    warned(answer, "The performer cannot be contacted.", "canceling what is claimed, with no subscriber")
    check(one.state_of(uid) == "IN PROGRESS", "canceling what is claimed changed it")
    two.cancel(new_uid(), 404, "canceling what is not there")
    uid = one.create()
    two.cancel(uid, 400, "canceling with what is no data set", b"{")
    check(one.state_of(uid) == "SCHEDULED", "canceling with what is no data set changed it")


CHECKS = [
    *workitems_create.CHECKS,
    retrieves_json, retrieves_xml, retrieves_nothing_that_is_not_there, never_tells_the_transaction,
    updates_what_is_scheduled, updates_what_is_claimed_with_the_transaction, does_not_update_what_is_claimed_without_it,
    does_not_update_what_ended, does_not_update_what_may_not_be_set,
    goes_from_scheduled_to_completed, is_claimed_once, one_claimer_alone_succeeds, is_not_ended_before_it_is_claimed,
    is_not_ended_without_the_transaction, is_not_completed_before_all_is_said, is_canceled_by_who_claimed_it, stays_ended,
    cancels_what_is_scheduled, does_not_cancel_what_it_may_not,
    *workitems_search.CHECKS,
    *workitems_events.CHECKS,
]


def main():
    options = argparse.ArgumentParser(description=__doc__)
    for name in ["base", "ca", "cert", "key", "cert2", "key2"]:
        options.add_argument(name)
    options.add_argument("--only", help="the checks whose name has this word")
    options = options.parse_args()
    one = Machine(options.base, options.ca, options.cert, options.key)
    two = Machine(options.base, options.ca, options.cert2, options.key2)
    chosen = [do for do in CHECKS if not options.only or options.only in do.__name__]
    if not chosen:
        sys.exit("no check has that word in its name")
    for do in chosen:
        words = do.__name__.replace("_", " ")
        try:
            do(one, two)
        except Wrong as wrong:
            sys.exit(f"WRONG {words}: {wrong}")
        except Exception:
            print(f"WRONG {words}: the check itself broke off", file=sys.stderr)
            raise
        print(f"ok {words}", flush=True)
    print(f"{len(chosen)} checks passed")


if __name__ == "__main__":
    main()
