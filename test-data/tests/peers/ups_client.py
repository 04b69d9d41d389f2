"""What a client of a worklist service (UPS-RS) needs: a machine with its certificate, data sets to send, and a look at what came.

Written from PS3.18 chapter 11 and PS3.4 Annex CC alone. Nothing here prints an attribute of a patient.
"""

import datetime
import json
import ssl
import threading
import uuid
from collections import Counter
from urllib.parse import urlsplit
from xml.etree import ElementTree

import requests
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

UPS_PUSH = "1.2.840.10008.5.1.4.34.6.1"
JSON, XML = "application/dicom+json", "application/dicom+xml"
NATIVE = "http://dicom.nema.org/PS3.19/models/NativeDICOM"
PATIENCE = 30  # seconds for any one answer
CLAIMERS = 8
NAME_PARTS = ["FamilyName", "GivenName", "MiddleName", "NamePrefix", "NameSuffix"]
# the words of the warnings, as PS3.18 has them
MISSING, INCORRECT = "The Transaction UID is missing.", "The Transaction UID is incorrect."
NOT_NOW, NOT_SO = "inconsistent with the current state", "inconsistent with the state"


class Wrong(Exception):
    """Something is not as the Standard or the contract has it."""


def check(holds, what):
    if not holds:
        raise Wrong(what)


def new_uid():
    return f"2.25.{uuid.uuid4().int}"


def new_word(length=10):
    """A word that nobody else uses: a label, a code value, an AE title."""
    return "T" + uuid.uuid4().hex[: length - 1].upper()


def warned(answer, words, what):
    """The answer has a warning with these words, of code 299."""
    told = answer.headers.get("Warning", "")
    check(words in told, f"{what}: the Warning does not say '{words}', it says {told!r}")
    check("299" in told, f"{what}: the Warning is not one of code 299")


class Machine:
    """One machine at the service: what it asks, with its certificate."""

    def __init__(self, base, ca, cert, key):
        self.base, self.files = base.rstrip("/"), (ca, cert, key)
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify, self.session.cert = ca, (cert, key)
        self.tls = ssl.create_default_context(cafile=ca)
        self.tls.load_cert_chain(cert, key)

    def again(self):
        """The same machine with connections of its own, for a thread."""
        return Machine(self.base, *self.files)

    def socket(self, path):
        """The WebSocket address of a path."""
        return "ws" + self.base.removeprefix("http") + path

    def origin(self):
        parts = urlsplit(self.base)
        return f"{parts.scheme}://{parts.netloc}"

    def ask(self, method, path, expected, what, body=None, form=JSON, query=None, accept=None):
        """Asks, and looks whether the status is the expected one (or one of several). `query` is a dict, or text taken as it is."""
        url = self.base + path + (f"?{query}" if isinstance(query, str) else "")
        if isinstance(body, (Dataset, list)):
            body = write_json(body) if form == JSON else write_xml(body)
        headers = {"Content-Type": form} if body is not None else {}
        if accept:
            headers["Accept"] = accept
        parameters = query if isinstance(query, dict) else None
        answer = self.session.request(method, url, params=parameters, data=body, headers=headers, timeout=PATIENCE)
        wanted = expected if isinstance(expected, tuple) else (expected,)
        told = answer.headers.get("Warning", "")
        check(answer.status_code in wanted, f"{what}: {answer.status_code} {told}, not {' or '.join(map(str, wanted))}")
        return answer

    def create(self, data=None, uid=None, what="creating a workitem"):
        """A workitem; its UID."""
        uid = uid or new_uid()
        self.ask("POST", "/workitems", 201, what, data or step(), query={"workitem": uid})
        return uid

    def get(self, uid, what="retrieving a workitem"):
        """A workitem as a data set."""
        answer = self.ask("GET", f"/workitems/{uid}", 200, what, accept=JSON)
        rows = read_json(answer, what)
        check(len(rows) == 1, f"{what}: {len(rows)} data sets, not one")
        return rows[0]

    def state_of(self, uid):
        return self.get(uid).ProcedureStepState

    def update(self, uid, data, transaction=None, expected=200, what="updating a workitem"):
        query = {"transaction": transaction} if transaction else None
        return self.ask("POST", f"/workitems/{uid}", expected, what, data, query=query)

    def change(self, uid, state, transaction, expected=200, what="changing a state"):
        asked = Dataset()
        if state:
            asked.ProcedureStepState = state
        if transaction:
            asked.TransactionUID = transaction
        return self.ask("PUT", f"/workitems/{uid}/state", expected, what, asked)

    def claim(self, uid):
        """Takes a workitem; the Transaction UID that locks it."""
        transaction = new_uid()
        self.change(uid, "IN PROGRESS", transaction, what="claiming a workitem")
        return transaction

    def complete(self, uid, transaction):
        """Says what was performed, and completes."""
        self.update(uid, only(UnifiedProcedureStepPerformedProcedureSequence=[performed()]), transaction)
        self.change(uid, "COMPLETED", transaction, what="completing a workitem")

    def cancel(self, uid, expected, what, body=None, requester=None):
        query = {"requester": requester} if requester else None
        return self.ask("POST", f"/workitems/{uid}/cancelrequest", expected, what, body, query=query)

    def subscribe(self, uid, title, expected=201, what="subscribing", query=None):
        return self.ask("POST", f"/workitems/{uid}/subscribers/{title}", expected, what, query=query)

    def unsubscribe(self, uid, title, expected=200, what="unsubscribing"):
        return self.ask("DELETE", f"/workitems/{uid}/subscribers/{title}", expected, what)


def only(**attributes):
    """A data set of these attributes; a list is a sequence."""
    made = Dataset()
    for keyword, value in attributes.items():
        setattr(made, keyword, Sequence(value) if isinstance(value, list) else value)
    return made


def code(value, meaning="something made up"):
    return only(CodeValue=value, CodingSchemeDesignator="99TEST", CodeMeaning=meaning)


def now():
    return datetime.datetime.now().strftime("%Y%m%d%H%M%S")


def step(**more):
    """What creating a workitem requires, and more."""
    required = {"ProcedureStepState": "SCHEDULED", "InputReadinessState": "READY", "ProcedureStepLabel": "a step",
                "ScheduledProcedureStepPriority": "MEDIUM", "ScheduledProcedureStepStartDateTime": "20260701083000"}
    return only(**required | more)


def patient(name, identity=None):
    """Attributes of somebody who does not exist."""
    return {"SpecificCharacterSet": "ISO_IR 192", "PatientName": name, "PatientID": identity or new_word(),
            "PatientBirthDate": "19700102", "PatientSex": "O"}


def request_of(accession):
    """One item of the Referenced Request Sequence, with every attribute that it has to have."""
    empty = dict.fromkeys(["IssuerOfAccessionNumberSequence", "OrderPlacerIdentifierSequence",
                           "OrderFillerIdentifierSequence", "RequestedProcedureCodeSequence"], [])
    return only(StudyInstanceUID=new_uid(), AccessionNumber=accession, RequestedProcedureID="RP1",
                RequestedProcedureDescription="something", **empty)


def performed():
    """One item of the Performed Procedure Sequence that suffices for completing."""
    return only(PerformedStationNameCodeSequence=[code("STATION")], PerformedProcedureStepStartDateTime=now(),
                PerformedProcedureStepEndDateTime=now(), PerformedWorkitemCodeSequence=[code("WORK")],
                OutputInformationSequence=[])


def progress(percent, **more):
    """The Progress Information Sequence of a step that is so far."""
    item = only(ProcedureStepProgress=str(percent), ProcedureStepProgressDescription="under way", **more)
    return only(ProcedureStepProgressInformationSequence=[item])


def write_json(data):
    rows = [row.to_json_dict() for row in (data if isinstance(data, list) else [data])]
    return json.dumps(rows if isinstance(data, list) else rows[0], ensure_ascii=False).encode()


def write_xml(data):
    """The Native DICOM Model (PS3.19 A.1)."""
    root = ElementTree.Element("NativeDicomModel", {"xmlns": NATIVE, "xml:space": "preserve"})
    write_attributes(data, root)
    return ElementTree.tostring(root, "utf-8", xml_declaration=True)


def write_attributes(data, parent):
    for element in data:
        tag = f"{element.tag.group:04X}{element.tag.element:04X}"
        attribute = ElementTree.SubElement(parent, "DicomAttribute", tag=tag, vr=element.VR, keyword=element.keyword)
        if element.VR == "SQ":
            for number, item in enumerate(element.value, 1):
                write_attributes(item, ElementTree.SubElement(attribute, "Item", number=str(number)))
        elif element.VR == "PN":
            write_name(element.value, attribute)
        elif not element.is_empty:
            values = [element.value] if element.VM == 1 else element.value
            for number, value in enumerate(values, 1):
                ElementTree.SubElement(attribute, "Value", number=str(number)).text = str(value)


def write_name(name, attribute):
    if not name:
        return
    person = ElementTree.SubElement(attribute, "PersonName", number="1")
    for group, text in zip(["Alphabetic", "Ideographic", "Phonetic"], str(name).split("=")):
        written = ElementTree.SubElement(person, group)
        for part, value in zip(NAME_PARTS, text.split("^")):
            ElementTree.SubElement(written, part).text = value


def read_json(answer, what):
    """The data sets of an answer, which has to be an array; none may tell a Transaction UID."""
    kind = answer.headers.get("Content-Type", "")
    check(kind.startswith(JSON), f"{what}: the answer is {kind!r}, not DICOM JSON")
    rows = json.loads(answer.content)
    check(isinstance(rows, list), f"{what}: the answer is no array")
    check("00081195" not in answer.text, f"{what}: the answer tells the Transaction UID")
    return [Dataset.from_json(row) for row in rows]


def read_xml(text, what):
    """The top attributes of a Native DICOM Model: the values of each by its tag; a name as its groups, each with its parts."""
    root = ElementTree.fromstring(text)
    check(root.tag == f"{{{NATIVE}}}NativeDicomModel", f"{what}: no Native DICOM Model but {root.tag}")
    rows = {}
    for attribute in root:
        values = [value.text or "" for value in attribute.findall(f"{{{NATIVE}}}Value")]
        values += [read_name(person) for person in attribute.findall(f"{{{NATIVE}}}PersonName")]
        values += [dict(item.attrib) for item in attribute.findall(f"{{{NATIVE}}}Item")]
        rows[attribute.get("tag").upper()] = values
    check("00081195" not in rows, f"{what}: the answer tells the Transaction UID")
    return rows


def read_name(person):
    return {group.tag.split("}")[-1]: [part.text for part in group] for group in person}


def at_once(one, two, do):
    """Has many threads of two machines do something at the same time; how many answers of each status came."""
    gate, statuses, failed = threading.Barrier(CLAIMERS), Counter(), []

    def run(number):
        machine = (one, two)[number % 2].again()
        gate.wait()
        try:
            statuses[do(machine, number)] += 1
        except Exception as cause:
            failed.append(cause)

    threads = [threading.Thread(target=run, args=[number]) for number in range(CLAIMERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return statuses
