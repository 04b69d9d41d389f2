"""What a worklist service tells its subscribers over WebSockets (PS3.18 8.10, 11.10 to 11.12; PS3.4 CC.2.3 and CC.2.4).

Run by workitems.py."""

from urllib.parse import urlsplit

from websockets.exceptions import InvalidStatus

from ups_client import PATIENCE, check, code, new_uid, new_word, only, progress, step
from workitems_ear import ASSIGNED, CANCEL, Ear, FILTERED, GLOBAL, MANY, PROGRESS, listening, subscribed, watching


# subscribing (11.10) and listening (8.10.4)

def tells_where_to_listen(one, _):
    uid, title = one.create(), new_word(16)
    for worklist, query in [(uid, None), (uid, {"deletionlock": "true"}), (uid, {"deletionlock": "false"}), (GLOBAL, None),
                            (FILTERED, {"WorklistLabel": new_word()})]:
        answer = one.subscribe(worklist, title, query=query)
        address = answer.headers.get("Content-Location", "")
        check(urlsplit(address).scheme in ("ws", "wss"), "subscribing: Content-Location is no WebSocket address")
        check(address.endswith(f"/subscribers/{title}"), "subscribing: Content-Location does not end with the subscriber")
    # a title has one subscription to what is to come: the last
    one.unsubscribe(FILTERED, title)
    with listening(one, title, address=address, origin=one.origin()) as ear:
        subscribed(one, ear, uid)


def does_not_subscribe_what_it_cannot(one, _):
    uid, title = one.create(), new_word()
    one.subscribe(new_uid(), title, 404, "subscribing to what is not there")
    one.unsubscribe(new_uid(), title, 404, "unsubscribing from what is not there")
    for worklist in (uid, GLOBAL, FILTERED):
        one.unsubscribe(worklist, title, 404, "unsubscribing what was never subscribed")
        one.subscribe(worklist, new_word(17), 400, "subscribing a title that is too long", {"filter": "WorklistLabel=x"})
    one.subscribe(uid, title, query={"deletionlock": "perhaps"}, expected=400, what="subscribing with another lock")
    one.subscribe(uid, title)
    one.unsubscribe(uid, title)
    one.unsubscribe(uid, title, 404, "unsubscribing twice")


def does_not_open_what_it_cannot(one, _):
    try:
        Ear(one, new_word(17)).line.close()
    except InvalidStatus as refused:
        status = refused.response.status_code
        check(400 <= status < 500, f"listening under a title that is too long: {status}")
    else:
        check(False, "listening under a title that is too long: it is let in")
    status = one.session.get(f"{one.base}/subscribers/{new_word()}", timeout=PATIENCE).status_code
    check(400 <= status < 500, f"listening without a WebSocket: {status}")


# the events of one workitem

def tells_the_state_at_once(one, two):
    with listening(one) as ear:
        uid = one.create(step(InputReadinessState="UNAVAILABLE"))
        for lock in ({}, {"deletionlock": "true"}, {"deletionlock": "false"}):
            one.subscribe(uid, ear.title, query=lock)
            ear.state(uid, "SCHEDULED", f"subscribing with {lock}", "UNAVAILABLE")
        two.claim(uid)
        ear.state(uid, "IN PROGRESS", "claimed by another", "UNAVAILABLE")
        one.subscribe(uid, ear.title)
        ear.state(uid, "IN PROGRESS", "subscribing to what is claimed", "UNAVAILABLE")
        ear.quiet(uid, "after the states")


def tells_what_happens(one, two):
    """From claimed to completed: an event for each thing that somebody watching has to know, none for others."""
    with listening(one) as ear:
        uid = one.create()
        subscribed(one, ear, uid)
        two.update(uid, only(CommentsOnTheScheduledProcedureStep="no event"))
        two.update(uid, only(InputReadinessState="INCOMPLETE"))
        ear.state(uid, "SCHEDULED", "another readiness", "INCOMPLETE")
        two.update(uid, only(ScheduledStationNameCodeSequence=[code("STATION7")]))
        assigned = ear.next(uid, ASSIGNED, "another station")
        check([item.CodeValue for item in assigned.ScheduledStationNameCodeSequence] == ["STATION7"], "assigned: another station")
        two.update(uid, only(InputReadinessState="READY"))
        ear.state(uid, "SCHEDULED", "ready again")
        transaction = two.claim(uid)
        ear.state(uid, "IN PROGRESS", "claimed")
        two.update(uid, progress(40), transaction)
        item = ear.next(uid, PROGRESS, "progress").ProcedureStepProgressInformationSequence[0]
        check(float(item.ProcedureStepProgress) == 40, "progress: another")
        check(item.ProcedureStepProgressDescription == "under way", "progress: another description")
        two.complete(uid, transaction)
        ear.state(uid, "COMPLETED", "completed")
        ear.quiet(uid, "after it is completed")


def tells_who_is_to_perform(one, _):
    with listening(one) as ear:
        uid = one.create()
        subscribed(one, ear, uid)
        one.update(uid, only(ScheduledHumanPerformersSequence=[human("READER1")]))
        check(performers(ear.next(uid, ASSIGNED, "another performer")) == ["READER1"], "assigned: another performer")


def human(value):
    return only(HumanPerformerCodeSequence=[code(value)], HumanPerformerName="MADE^UP", HumanPerformerOrganization="Nowhere")


def performers(data):
    """Their codes: table CC.2.4-1 has them at the top, the text of CC.2.4.3 in the sequence of performers."""
    inside = [item for person in data.get("ScheduledHumanPerformersSequence") or []
              for item in person.get("HumanPerformerCodeSequence") or []]
    return [item.CodeValue for item in data.get("HumanPerformerCodeSequence") or inside]


def tells_of_a_cancellation(one, two):
    """By who claimed it: one state, no word of the request."""
    with listening(one) as ear:
        uid = one.create()
        transaction = two.claim(uid)
        subscribed(one, ear, uid)
        two.change(uid, "CANCELED", transaction)
        ear.state(uid, "CANCELED", "canceled", passing=[PROGRESS])
        answer = two.change(uid, "CANCELED", transaction)
        check("already" in answer.headers.get("Warning", ""), "canceled twice: no Warning")
        ear.quiet(uid, "after it is canceled")


def reason():
    return only(ReasonForCancellation="no longer needed", ContactURI="mailto:nobody@example.org", ContactDisplayName="Nobody",
                ProcedureStepDiscontinuationReasonCodeSequence=[code("NOTNEEDED")])


def tells_of_a_request_that_cancels(one, two):
    with listening(one) as ear:
        uid = one.create()
        subscribed(one, ear, uid)
        two.cancel(uid, 202, "requesting to cancel what is scheduled", reason(), new_word())
        # CC.2.4.3 has an event for every request, table CC.1.1-2 has none here
        ear.state(uid, "IN PROGRESS", "canceled by request", passing=[CANCEL])
        told = ear.state(uid, "CANCELED", "canceled by request", passing=[CANCEL, PROGRESS])
        check(told.get("ReasonForCancellation") == "no longer needed", "canceled by request: the event tells no reason, or another")
        codes = [item.CodeValue for item in told.get("ProcedureStepDiscontinuationReasonCodeSequence") or []]
        check(codes in ([], ["NOTNEEDED"]), "canceled by request: the event tells another code")


def tells_of_a_request_to_who_claimed(one, two):
    with listening(one) as ear:
        uid = one.create()
        transaction = one.claim(uid)
        subscribed(one, ear, uid)
        title = new_word()
        two.cancel(uid, 202, "requesting to cancel what is claimed", reason(), title)
        told = ear.next(uid, CANCEL, "requested to cancel")
        check(told.RequestingAE == title, "requested to cancel: by another")
        for keyword in ["ReasonForCancellation", "ContactURI", "ContactDisplayName"]:
            check(told.get(keyword) == reason()[keyword].value, f"requested to cancel: another {keyword}")
        codes = [item.CodeValue for item in told.get("ProcedureStepDiscontinuationReasonCodeSequence") or []]
        check(codes == ["NOTNEEDED"], "requested to cancel: another code")
        two.cancel(uid, 202, "requesting to cancel without a body", requester=title)
        check(ear.next(uid, CANCEL, "requested without a body").RequestingAE == title, "requested without a body: by another")
        check(one.state_of(uid) == "IN PROGRESS", "requested to cancel: it is canceled before who claimed it says so")
        one.change(uid, "CANCELED", transaction)
        ear.state(uid, "CANCELED", "canceled at last", passing=[PROGRESS])


def tells_in_order(one, two):
    with listening(one) as first, listening(two) as second:
        uid = one.create()
        for ear in (first, second):
            subscribed(ear.machine, ear, uid)
        transaction = two.claim(uid)
        for percent in range(1, MANY + 1):
            two.update(uid, progress(percent), transaction)
        two.complete(uid, transaction)
        for ear in (first, second):
            ear.state(uid, "IN PROGRESS", "in order, claimed")
            for percent in range(1, MANY + 1):
                item = ear.next(uid, PROGRESS, "in order").ProcedureStepProgressInformationSequence[0]
                check(float(item.ProcedureStepProgress) == percent, f"in order: not {percent} next")
            ear.state(uid, "COMPLETED", "in order, completed")


def stops_when_it_is_unsubscribed(one, two):
    with listening(one) as ear:
        uid, other = one.create(), one.create()
        for each in (uid, other):
            subscribed(one, ear, each)
        one.unsubscribe(uid, ear.title)
        for each in (uid, other):
            two.claim(each)
        ear.state(other, "IN PROGRESS", "still subscribed")
        ear.quiet(uid, "unsubscribed")


def keeps_nothing_for_who_is_away(one, two):
    title, uid = new_word(), one.create()
    one.subscribe(uid, title)
    two.update(uid, only(InputReadinessState="INCOMPLETE"))
    with listening(one, title) as ear:
        ear.quiet(uid, "told of what was before")
        transaction = two.claim(uid)
        ear.state(uid, "IN PROGRESS", "after listening", "INCOMPLETE")
    two.update(uid, progress(10), transaction)
    with listening(one, title) as ear:
        ear.quiet(uid, "told of what was meanwhile")
        two.update(uid, progress(20), transaction)
        item = ear.next(uid, PROGRESS, "after listening again").ProcedureStepProgressInformationSequence[0]
        check(float(item.ProcedureStepProgress) == 20, "after listening again: another progress")


# the events of a worklist

def tells_of_all_that_is_created(one, two):
    with listening(one) as ear:
        there = one.create()
        with watching(ear, GLOBAL):
            plain = two.create()
            ear.state(plain, "SCHEDULED", "created")
            for data in [{"ScheduledStationNameCodeSequence": [code("STATION7")]},
                         {"ScheduledHumanPerformersSequence": [human("READER1")]}]:
                uid = two.create(step(InputReadinessState="INCOMPLETE", **data))
                ear.state(uid, "SCHEDULED", "created with somebody to perform it", "INCOMPLETE")
                told = ear.next(uid, ASSIGNED, "created with somebody to perform it")
                stations = [item.CodeValue for item in told.get("ScheduledStationNameCodeSequence") or []]
                check(stations + performers(told) in (["STATION7"], ["READER1"]), "created: assigned to another")
            ear.quiet(plain, "created with nobody to perform it")
            ear.quiet(there, "created before, without a lock")
            # subscribed all the same (table CC.2.3-2)
            two.claim(there)
            ear.state(there, "IN PROGRESS", "created before, claimed after")
            two.claim(plain)
            ear.state(plain, "IN PROGRESS", "created after, claimed")
            one.unsubscribe(plain, ear.title, what="unsubscribing from one of all")
            two.cancel(plain, (202, 409), "requesting to cancel what is not watched")
            ear.quiet(plain, "unsubscribed from one of all")
            ear.state(two.create(), "SCHEDULED", "created after one was unsubscribed")
        after = two.create()
        ear.quiet(after, "unsubscribed from all")


def tells_of_all_that_is_there_with_a_lock(one, two):
    with listening(one) as ear:
        scheduled, claimed = one.create(), one.create()
        two.claim(claimed)
        with watching(ear, GLOBAL, {"deletionlock": "true"}):
            ear.state(scheduled, "SCHEDULED", "there, with a lock")
            ear.state(claimed, "IN PROGRESS", "there and claimed, with a lock")
            ear.state(two.create(), "SCHEDULED", "created, with a lock")


def ends_with_the_worklist(one, two):
    """Unsubscribing from all ends what was subscribed one by one too (table CC.2.3-2)."""
    with listening(one) as ear:
        uid = one.create()
        subscribed(one, ear, uid)
        with watching(ear, GLOBAL):
            pass
        two.claim(uid)
        ear.quiet(uid, "unsubscribed from all")


def tells_of_nothing_new_when_it_is_suspended(one, two):
    with listening(one) as ear:
        for worklist, query in [(GLOBAL, None), (FILTERED, None)]:
            label = new_word()
            if worklist == FILTERED:
                query = {"filter": f"WorklistLabel={label}"}
            one.subscribe(worklist, ear.title, query=query)
            before = two.create(step(WorklistLabel=label))
            ear.state(before, "SCHEDULED", "before it is suspended")
            one.ask("POST", f"/workitems/{worklist}/subscribers/{ear.title}/suspend", 200, "suspending")
            after = two.create(step(WorklistLabel=label))
            two.claim(before)
            ear.state(before, "IN PROGRESS", "suspended, what was there")
            ear.quiet(after, "suspended, what is new")
            # what is suspended is gone already for some, and not for others
            one.unsubscribe(worklist, ear.title, (200, 404), "unsubscribing what is suspended")
            one.unsubscribe(before, ear.title, (200, 404), "unsubscribing what is suspended")


def tells_of_what_passes_the_filter(one, two):
    station = new_word()
    with listening(one) as ear:
        ours, other = ({"ScheduledStationNameCodeSequence": [code(value)]} for value in (station, "OTHER"))
        there = one.create(step(**ours))
        with watching(ear, FILTERED, {"filter": f"ScheduledStationNameCodeSequence.CodeValue={station}"}):
            passing, not_passing = two.create(step(**ours)), two.create(step(**other))
            ear.state(passing, "SCHEDULED", "passing the filter")
            ear.next(passing, ASSIGNED, "passing the filter")
            two.claim(not_passing)
            two.claim(passing)
            ear.state(passing, "IN PROGRESS", "passing the filter")
            two.claim(there)
            ear.state(there, "IN PROGRESS", "passing the filter before", passing=[ASSIGNED])
            ear.quiet(not_passing, "not passing the filter")
        ear.quiet(two.create(step(**ours)), "passing the filter after it is gone")


def takes_a_filter_in_every_form(one, two):
    label, station = new_word(), new_word()
    keys = {"WorklistLabel": label, "ScheduledStationNameCodeSequence.CodeValue": station}
    joined = ",".join(f"{key}={value}" for key, value in keys.items())
    for query in [keys, {"filter": joined}, f"filter={joined}", {"00741202": label, "00404025.00080100": station},
                  keys | {"deletionlock": "true"}]:
        with listening(one) as ear, watching(ear, FILTERED, query):
            half = two.create(step(WorklistLabel=label))
            whole = two.create(step(WorklistLabel=label, ScheduledStationNameCodeSequence=[code(station)]))
            ear.state(whole, "SCHEDULED", f"passing both keys of {query}")
            ear.quiet(half, f"passing one key of {query}")
    one.subscribe(FILTERED, new_word(), 400, "subscribing with no filter")


# whose subscriptions they are

def keeps_machines_apart(one, two):
    """Two machines under one title: each hears what it subscribed to, and ends nothing of the other's."""
    title, of_one, of_two = new_word(), one.create(), two.create()
    with listening(one, title) as first, listening(two, title) as second:
        subscribed(one, first, of_one)
        # before it has any of its own: leaving everything ends those too
        for worklist in (of_one, GLOBAL, FILTERED):
            two.unsubscribe(worklist, title, 404, "unsubscribing what the other machine subscribed")
        subscribed(two, second, of_two)
        for uid in (of_one, of_two):
            two.claim(uid)
        first.state(of_one, "IN PROGRESS", "the first one's")
        second.state(of_two, "IN PROGRESS", "the second one's")
        first.quiet(of_two, "what the second subscribed")
        second.quiet(of_one, "what the first subscribed")
        with watching(first, GLOBAL):
            two.unsubscribe(of_one, title, 404, "unsubscribing the other machine from one of all")
            new = two.create()
            first.state(new, "SCHEDULED", "the first one's, created")
            second.quiet(new, "what the first watches")
        two.cancel(of_two, 202, "requesting to cancel the second one's", requester=new_word())
        second.next(of_two, CANCEL, "the second one's, after the first left all")


CHECKS = [
    tells_where_to_listen, does_not_subscribe_what_it_cannot, does_not_open_what_it_cannot,
    tells_the_state_at_once, tells_what_happens, tells_who_is_to_perform, tells_of_a_cancellation,
    tells_of_a_request_that_cancels, tells_of_a_request_to_who_claimed, tells_in_order, stops_when_it_is_unsubscribed,
    keeps_nothing_for_who_is_away,
    tells_of_all_that_is_created, tells_of_all_that_is_there_with_a_lock, ends_with_the_worklist,
    tells_of_nothing_new_when_it_is_suspended, tells_of_what_passes_the_filter, takes_a_filter_in_every_form,
    keeps_machines_apart,
]
