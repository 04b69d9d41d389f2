"""Listening to what a worklist service tells over WebSockets (PS3.18 8.10). Used by workitems_events.py and workitems_kept.py.

That nothing comes is looked for by having something else come on the same connection, and waiting a little.
"""

import contextlib
import json
import select
import ssl
import threading
import time

from pydicom.dataset import Dataset
from websockets.sync.client import connect

from ups_client import PATIENCE, UPS_PUSH, check, new_word

GLOBAL, FILTERED = "1.2.840.10008.5.1.4.34.5", "1.2.840.10008.5.1.4.34.5.1"
STATE, CANCEL, PROGRESS, ASSIGNED = 1, 2, 3, 5
# what the event of each type has to have (CC.2.4-1)
TOLD = {STATE: ["ProcedureStepState", "InputReadinessState"], CANCEL: ["RequestingAE"],
        PROGRESS: ["ProcedureStepProgressInformationSequence"], ASSIGNED: []}
COMMAND = {"AffectedSOPClassUID": ("00000002", "UI"), "AffectedSOPInstanceUID": ("00001000", "UI"),
           "EventTypeID": ("00001002", "US"), "MessageID": ("00000110", "US")}
STILL = 0.5  # seconds in which what should not come would have come
BUSY = 5  # seconds after which it is enough, when others keep the service busy
MANY = 20


class Event:
    """One event report: its frame has to be text, one DICOM JSON data set with what its type has to have."""

    def __init__(self, frame):
        check(isinstance(frame, str), "an event came as binary")
        row = json.loads(frame)
        check(isinstance(row, dict), "an event is not one data set")
        check("00081195" not in frame, "an event tells the Transaction UID")
        command = {}
        for keyword, (tag, kind) in COMMAND.items():
            element = row.pop(tag, {})
            values = element.get("Value", [])
            check(element.get("vr") == kind and len(values) == 1, f"an event without {keyword}, or of another VR")
            command[keyword] = values[0]
        check(command["AffectedSOPClassUID"] == UPS_PUSH, "an event of another SOP class")
        self.uid, self.kind = command["AffectedSOPInstanceUID"], command["EventTypeID"]
        check(self.kind in TOLD, f"an event of type {self.kind}")
        # the rest of the command set is of no interest
        self.data = Dataset.from_json({tag: element for tag, element in row.items() if not tag.startswith("0000")})
        for keyword in TOLD[self.kind]:
            check(self.data.get(keyword), f"an event of type {self.kind} without {keyword}")


class InTurn(ssl.SSLSocket):
    """A TLS socket that reads and writes in turn: websockets does both at once, in two threads, which breaks a connection now and
    then where Python does not guard OpenSSL against it (before 3.13)."""

    turn = threading.RLock()

    def recv(self, *arguments):
        while True:
            with self.turn:
                patience = self.gettimeout()
                self.settimeout(0)
                try:
                    return super().recv(*arguments)
                except ssl.SSLWantReadError:
                    pass
                finally:
                    self.settimeout(patience)
            if not select.select([self], [], [], patience)[0]:
                raise TimeoutError("nothing came")

    def sendall(self, *arguments):
        with self.turn:
            return super().sendall(*arguments)


class Ear:
    """A machine that listens under a title, and what it has heard of each workitem and not yet looked at."""

    def __init__(self, machine, title, address=None, origin=None):
        self.machine, self.title, self.heard = machine, title, {}
        address = address or machine.socket(f"/subscribers/{title}")
        tls = machine.tls if address.startswith("wss") else None
        machine.tls.sslsocket_class = InTurn
        self.line = connect(address, ssl=tls, origin=origin, proxy=None, open_timeout=PATIENCE)

    def listen(self, seconds):
        """Takes the next event; says whether one came in this time."""
        try:
            event = Event(self.line.recv(timeout=max(seconds, 0)))
        except TimeoutError:
            return False
        self.heard.setdefault(event.uid, []).append(event)
        return True

    def next(self, uid, kind, what, passing=()):
        """The next event of a workitem, which has to be of this type; events of the types in `passing` may come before it."""
        end = time.monotonic() + PATIENCE
        while True:
            while not self.heard.get(uid):
                check(self.listen(end - time.monotonic()), f"{what}: no event came")
            event = self.heard[uid].pop(0)
            if event.kind == kind:
                return event.data
            check(event.kind in passing, f"{what}: an event of type {event.kind}, not {kind}")

    def state(self, uid, state, what, readiness="READY", passing=()):
        """The next event of a workitem, which has to tell this state."""
        data = self.next(uid, STATE, what, passing)
        check(data.ProcedureStepState == state, f"{what}: the event tells {data.ProcedureStepState}, not {state}")
        check(data.InputReadinessState == readiness, f"{what}: the event tells {data.InputReadinessState}, not {readiness}")
        return data

    def quiet(self, uid, what):
        """Nothing more comes of a workitem, though the connection carries what is of another."""
        marker = self.machine.create()
        self.machine.subscribe(marker, self.title)
        self.next(marker, STATE, f"{what}: of another workitem")
        end = time.monotonic() + BUSY
        while self.listen(STILL) and time.monotonic() < end:
            pass
        self.machine.unsubscribe(marker, self.title)
        kinds = [event.kind for event in self.heard.get(uid, [])]
        check(not kinds, f"{what}: events came all the same, of type {kinds}")


@contextlib.contextmanager
def listening(machine, title=None, **more):
    ear = Ear(machine, title or new_word(), **more)
    try:
        yield ear
    finally:
        ear.line.close()


@contextlib.contextmanager
def watching(ear, worklist, query=None):
    """Subscribes to a worklist for as long as it lasts."""
    ear.machine.subscribe(worklist, ear.title, query=query, what=f"subscribing to {worklist}")
    try:
        yield
    except BaseException:
        # whatever is wrong, what watches everything must not be left behind
        ear.machine.session.delete(f"{ear.machine.base}/workitems/{worklist}/subscribers/{ear.title}", timeout=PATIENCE)
        raise
    ear.machine.unsubscribe(worklist, ear.title, what=f"unsubscribing from {worklist}")


def subscribed(machine, ear, uid):
    machine.subscribe(uid, ear.title)
    ear.state(uid, machine.state_of(uid), "subscribing")
