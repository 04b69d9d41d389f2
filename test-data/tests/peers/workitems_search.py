"""What a worklist service finds (PS3.18 11.9, 8.3.4; the keys of PS3.4 table CC.2.5-3). Run by workitems.py."""

import email

from ups_client import JSON, XML, check, code, new_uid, new_word, only, patient, read_json, read_xml, request_of, step

# type 1 and 2 return keys of the same table: in every row that a search finds
RETURNED = ["SOPClassUID", "SOPInstanceUID", "ProcedureStepState", "ScheduledProcedureStepPriority", "ProcedureStepLabel",
            "WorklistLabel", "ScheduledProcedureStepStartDateTime", "InputReadinessState", "PatientName", "PatientID"]


def search(machine, query, what, expected=200):
    return read_json(machine.ask("GET", "/workitems", expected, what, query=query, accept=JSON), what)


def found(machine, query, uids, what):
    """The rows of a search, which have to be these, each once."""
    rows = search(machine, query, what)
    got = [row.SOPInstanceUID for row in rows]
    check(len(got) == len(set(got)), f"{what}: something twice")
    check(set(got) == set(uids), f"{what}: {len(got)} found, of which {len(set(got) & set(uids))} of {len(set(uids))}")
    return rows


class Listed:
    """Three workitems under a label of their own."""

    def __init__(self, machine):
        self.label, self.word, self.station, self.accession = (new_word() for _ in range(4))
        self.studies = [new_uid() for _ in range(3)]
        people = ["WANG^XIAOMING=王^小明", "ZHANG^SAN=张^三", "LI^SI=李^四"]
        starts = ["20260301080000", "20260601120000", "20270101000000"]
        more = [{"ScheduledStationNameCodeSequence": [code("OTHER"), code(self.station)], "ScheduledProcedureStepPriority": "HIGH"},
                {"ReferencedRequestSequence": [request_of(self.accession)]}, {"ScheduledStationNameCodeSequence": [code("OTHER")]}]
        self.uids = [machine.create(step(WorklistLabel=self.label, ProcedureStepLabel=f"{self.word}{number}", StudyInstanceUID=study,
                                         **{"ScheduledProcedureStepStartDateTime": start} | patient(name) | other))
                     for number, (study, name, start, other) in enumerate(zip(self.studies, people, starts, more))]

    def find(self, machine, query, numbers, what):
        return found(machine, {"WorklistLabel": self.label} | query, {self.uids[number] for number in numbers}, what)


def finds_by_every_kind_of_key(one, two):
    listed = Listed(one)
    for machine in (one, two):
        rows = found(machine, {"WorklistLabel": listed.label}, listed.uids, "searching by a keyword")
        for keyword in RETURNED:
            check(all(keyword in row for row in rows), f"searching: a row without {keyword}")
        found(machine, {"00741202": listed.label}, listed.uids, "searching by a tag")
    found(one, {"ScheduledStationNameCodeSequence.CodeValue": listed.station}, listed.uids[:1], "searching in a sequence")
    found(one, {"00404025.00080100": listed.station}, listed.uids[:1], "searching in a sequence by tags")
    found(one, {"ReferencedRequestSequence.AccessionNumber": listed.accession}, listed.uids[1:2], "searching in a request")
    listed.find(one, {"ScheduledProcedureStepPriority": "HIGH"}, [0], "searching by two keys")
    found(one, {"SOPInstanceUID": listed.uids[2]}, listed.uids[2:], "searching by the UID")
    found(one, {"SOPInstanceUID": ",".join(listed.uids[:2])}, listed.uids[:2], "searching by two UIDs")
    found(one, {"StudyInstanceUID": ",".join(listed.studies[1:])}, listed.uids[1:], "searching by two studies")
    found(one, {"SOPInstanceUID": new_uid()}, [], "searching for what is not there")


def finds_by_wildcards_and_ranges(one, _):
    listed = Listed(one)
    found(one, {"ProcedureStepLabel": f"{listed.word}*"}, listed.uids, "searching with *")
    found(one, {"ProcedureStepLabel": f"{listed.word[:-1]}?1"}, listed.uids[1:2], "searching with ?")
    listed.find(one, {"ProcedureStepLabel": listed.word}, [], "searching for the beginning, without *")
    start = "ScheduledProcedureStepStartDateTime"
    for days, numbers in [("20260101-20261231", [0, 1]), ("20260401-", [1, 2]), ("-20260401", [0]), ("20260601-20260601", [1]),
                          ("20250101-20251231", [])]:
        listed.find(one, {start: days}, numbers, f"searching from {days}")
    listed.find(one, {"00404005": "20260601115959-20260601120001"}, [1], "searching from a second to another")


def finds_by_names(one, _):
    listed = Listed(one)
    for name, numbers in [("WANG^XIAOMING", [0]), ("WANG*", [0]), ("王*", [0]), ("张^三", [1]), ("*四*", [2]), ("赵*", [])]:
        listed.find(one, {"PatientName": name}, numbers, "searching by a name")
    for name, numbers in [("wang", [0]), ("张", [1]), ("nobody", [])]:
        listed.find(one, {"PatientName": name, "fuzzymatching": "true"}, numbers, "searching fuzzily by a name")


def finds_by_the_state(one, _):
    listed = Listed(one)
    transaction = one.claim(listed.uids[0])
    listed.find(one, {"ProcedureStepState": "SCHEDULED"}, [1, 2], "searching for what is scheduled")
    listed.find(one, {"ProcedureStepState": "IN PROGRESS"}, [0], "searching for what is claimed")
    one.change(listed.uids[0], "CANCELED", transaction)
    listed.find(one, {"ProcedureStepState": "IN PROGRESS"}, [], "searching for what was claimed")
    listed.find(one, {"ProcedureStepState": "CANCELED"}, [0], "searching for what is canceled")
    one.update(listed.uids[1], only(WorklistLabel=new_word()))
    listed.find(one, {}, [0, 2], "searching by the label that one no longer has")


def includes_fields(one, _):
    listed = Listed(one)
    time = "ScheduledProcedureStepModificationDateTime"
    for field in [time, "00404010", "all"]:
        rows = listed.find(one, {"includefield": field}, [0, 1, 2], f"including {field}")
        check(all(row.get(time) for row in rows), f"including {field}: it is not there")


def pages_through_what_it_finds(one, _):
    listed, got = Listed(one), []
    for offset in (0, 2):
        query = {"WorklistLabel": listed.label, "limit": "2", "offset": str(offset)}
        answer = one.ask("GET", "/workitems", (200, 206), "searching with a limit", query=query, accept=JSON)
        if not offset:
            check("299" in answer.headers.get("Warning", ""), "searching with a limit: no Warning that there is more")
        rows = read_json(answer, "searching with a limit")
        check(len(rows) == (2, 1)[offset // 2], f"searching with a limit, from {offset}: {len(rows)} found")
        got += [row.SOPInstanceUID for row in rows]
    check(sorted(got) == sorted(listed.uids), "searching with a limit: not each once")
    found(one, {"WorklistLabel": listed.label, "offset": "3"}, [], "searching from behind the last")
    for key, value in [("limit", "some"), ("limit", "-1"), ("offset", "some"), ("offset", "-1")]:
        one.ask("GET", "/workitems", 400, f"searching with {key}={value}", query={"WorklistLabel": listed.label, key: value})


def ignores_keys_that_it_does_not_know(one, _):
    listed = Listed(one)
    for key in ["ThereIsNoSuchKey", "NoSuchSequence.CodeValue"]:
        answer = one.ask("GET", "/workitems", 200, f"searching by {key}", query={"WorklistLabel": listed.label, key: "1"}, accept=JSON)
        check("299" in answer.headers.get("Warning", ""), f"searching by {key}: no Warning")
        check(len(read_json(answer, f"searching by {key}")) == 3, f"searching by {key}: not those that the other key finds")


def finds_in_xml(one, _):
    listed = Listed(one)
    answer = one.ask("GET", "/workitems", 200, "searching in XML", query={"WorklistLabel": listed.label},
                     accept=f'multipart/related; type="{XML}"')
    kind = answer.headers["Content-Type"]
    check(kind.startswith("multipart/related") and XML in kind, "searching in XML: another media type")
    whole = email.message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + answer.content)
    check(whole.is_multipart(), "searching in XML: no parts")
    check(all(part.get_content_type() == XML for part in whole.get_payload()), "searching in XML: a part of another type")
    rows = [read_xml(part.get_payload(decode=True), "searching in XML") for part in whole.get_payload()]
    check(sorted(row["00080018"][0] for row in rows) == sorted(listed.uids), "searching in XML: not those of the label")


CHECKS = [
    finds_by_every_kind_of_key, finds_by_wildcards_and_ranges, finds_by_names, finds_by_the_state, includes_fields,
    pages_through_what_it_finds, ignores_keys_that_it_does_not_know, finds_in_xml,
]
