"""One row of the matrix of peers: ROW and `name=value` pairs, of them always `adapter`, a port, and
`cases`, the folder of the shared cases. Prints the cells.

The rows that store compare what the adapter gives back, to pynetdicom that takes every file as it is stored; the adapter had nothing
before. In those that retrieve it had the files.
"""

import pathlib
import subprocess
import sys
import tempfile
import time

import requests
from matrix_files import OPTIONS, files, read, tell
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian as EXPLICIT, ImplicitVRLittleEndian as IMPLICIT
from pynetdicom import AE, build_role, evt
from pynetdicom.sop_class import (
    StudyRootQueryRetrieveInformationModelFind as FIND,
    StudyRootQueryRetrieveInformationModelGet as GET,
    StudyRootQueryRetrieveInformationModelMove as MOVE,
    Verification,
)

PORT = int(OPTIONS["adapter"])
OURS, CALLED = ["-aet", "PEER"], ["-aec", "PACSADAPTER"]
# storescp and movescu say `+xa`, and then take these only in the end
TLS = ["+tls", *(OPTIONS["certificates"] + name for name in ("/peer.key", "/peer.pem")), "+cf",
       OPTIONS["certificates"] + "/hospital.pem"] if "certificates" in OPTIONS else []


def said(*command):
    """Whether a program was content, and its first complaint."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    lines = (done.stdout + done.stderr).splitlines()
    wrong = [line[3:] for line in lines if line[:3] in ("E: ", "F: ", "W: ")]
    return done.returncode == 0, wrong[0] if wrong else " ".join(lines[-1:])


def keys(file, level="IMAGE"):
    pairs = {"QueryRetrieveLevel": level, **file.place}
    return [word for pair in pairs.items() for word in ("-k", "=".join(pair))]


def identifier(file=None, level="IMAGE"):
    asked = Dataset()
    asked.QueryRetrieveLevel = level
    for key, value in (file.place if file else {"StudyInstanceUID": ""}).items():
        setattr(asked, key, value)
    return asked


def associate(contexts, roles=(), handlers=()):
    ae = AE("PYNETDICOM")
    for abstract, syntaxes in contexts:
        ae.add_requested_context(abstract, syntaxes)
    return ae.associate("127.0.0.1", PORT, ae_title="PACSADAPTER", ext_neg=list(roles), evt_handlers=list(handlers))


def settled(association):
    """The association, once its reading thread rests. pynetdicom (3.0.4) believes that a moment too early, and that thread then takes
    an answer away from whoever asked, now and then on a busy machine."""
    association._reactor_checkpoint.clear()
    time.sleep(0.05)
    return association


# ---- storing, and what came of it


def got(file, syntaxes):
    """What pynetdicom gets of a file, offering to take it in these transfer syntaxes, each by itself."""
    came = []

    def take(event):
        found = event.dataset
        found.file_meta = event.file_meta
        came.append(found)
        return 0

    contexts = [(GET, [EXPLICIT]), *((file.sop_class, [syntax]) for syntax in syntaxes)]
    association = associate(contexts, [build_role(file.sop_class, scp_role=True)], [(evt.EVT_C_STORE, take)])
    if not association.is_established:
        return None, "no association"
    last = [status for status, _ in settled(association).send_c_get(identifier(file), GET)][-1]
    association.release()
    return came[0] if came else None, f"status {last.Status:04X} of C-GET"


def storing(send, can=lambda file: True):
    """Sends each file that the peer can send, and looks at what the adapter has then."""
    cells = {}
    for file in filter(can, files()):
        content, words = send(file)
        cells[file.column] = file.judged(*got(file, [file.syntax, EXPLICIT, IMPLICIT])) if content else words
    tell(cells)


def storescu(file):
    return said("storescu", *OURS, *CALLED, *TLS, "-R", f"-x{file.letter}", "localhost" if TLS else "127.0.0.1",
                OPTIONS.get("tls", PORT), file.path)


def dcmsend(file):
    return said("dcmsend", *OURS, *CALLED, "-dn", "127.0.0.1", PORT, file.path)


def pynetdicom(file):
    association = associate([(file.sop_class, [file.syntax])])
    status = settled(association).send_c_store(file.path)
    association.release()
    return status.get("Status") == 0, f"status {status.get('Status')}"


class Orthanc:
    """Its REST interface."""

    def __init__(self):
        self.root = f"http://127.0.0.1:{OPTIONS['http']}"
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.put(self.root + "/modalities/adapter", json=["PACSADAPTER", "127.0.0.1", PORT])

    def post(self, path, **what):
        answer = self.http.post(self.root + path, **what)
        return answer.json() if answer.content else {}

    def get(self, path):
        return self.http.get(self.root + path)

    def store(self, file):
        made = self.post("/instances", data=file.path.read_bytes())
        if "ID" not in made:
            return False, "Orthanc does not take it"
        told = self.post("/modalities/adapter/store", json={"Resources": [made["ID"]], "Synchronous": True})
        return told.get("FailedInstancesCount") == 0, f"Orthanc does not send it: {told.get('Details', told)}"

    def holds(self):
        """Data sets of everything that it has."""
        with tempfile.TemporaryDirectory() as folder:
            for number, one in enumerate(self.get("/instances").json()):
                (pathlib.Path(folder) / str(number)).write_bytes(self.get(f"/instances/{one}/file").content)
            return read(pathlib.Path(folder).iterdir())

    def empty(self):
        for one in self.get("/patients").json():
            self.http.delete(f"{self.root}/patients/{one}")

    def find_and_retrieve(self, file):
        asked = {"Level": "Instance", "Query": file.place}
        found = self.post("/modalities/adapter/query", json=asked)
        if "ID" not in found:
            return None, f"Orthanc does not ask: {found.get('Details', found)}"
        told = self.post(f"/queries/{found['ID']}/retrieve", json={"TargetAet": "ORTHANC", "Synchronous": True})
        return self.holds().get(file.instance), str(told.get("Details", told))


# ---- asking


def echoing(tool):
    tell({"implicit": "as sent" if tool() else "no answer"})


def pynetdicom_echo():
    association = associate([(Verification, [IMPLICIT])])
    return association.is_established and settled(association).send_c_echo().Status == 0


def finding(ask):
    """Each file is found by its identifiers, the query being in the transfer syntax of the column."""
    every = files()
    tell({file.column: ask(file, every) for file in every[:4]})


def findscu(file, every):
    """It proposes others beside the one that is asked for: which was taken stands in what it says."""
    for one in every:
        done = subprocess.run(["findscu", "-d", "-S", *OURS, *CALLED, f"-x{file.letter}", *keys(one), "127.0.0.1", str(PORT)],
                              capture_output=True, text=True)
        told = done.stdout + done.stderr
        if told.count("0xff00: Pending") != 1:
            return told.strip().splitlines()[-1]
    taken = told.split("Accepted Transfer Syntax: =")[1].split()[0]
    cell = {"LittleEndianExplicit": "explicit", "LittleEndianImplicit": "implicit"}[taken]
    return "as sent" if cell == file.column else cell


def pynetdicom_find(file, every):
    association = associate([(FIND, [file.syntax])])
    if not association.is_established or not association.accepted_contexts:
        refused = [context.status for context in association.rejected_contexts]
        return refused[0] if refused else "no association"
    for one in every:
        answers = [status.Status for status, _ in settled(association).send_c_find(identifier(one), FIND)]
        if answers != [0xFF00, 0]:
            return f"statuses {answers}"
    association.release()
    return "as sent"


# ---- retrieving


def getscu(file):
    with tempfile.TemporaryDirectory() as folder:
        _, told = said("getscu", "-S", *OURS, *CALLED, "+B", f"+x{file.letter}", "-od", folder, *keys(file), "127.0.0.1", PORT)
        return file.judged(read(pathlib.Path(folder).iterdir()).get(file.instance), told)


def movescu(file, to, folder, *own):
    """What lies in a folder after C-MOVE to a title."""
    _, told = said("movescu", "-S", "-aet", "WORKSTATION", *CALLED, "-aem", to, *own, *keys(file), "127.0.0.1", PORT)
    held = read(path for path in pathlib.Path(folder).rglob("*") if path.is_file())
    return file.judged(held.get(file.instance), told)


def movescu_itself(file):
    with tempfile.TemporaryDirectory() as folder:
        # with +B it writes into the folder that it was started in, whatever -od says
        own = ["--port", OPTIONS["own"], "+xa", "-od", folder]
        return movescu(file, "WORKSTATION", folder, *own)


def pynetdicom_takes(every):
    """pynetdicom's Storage SCP is what C-MOVE goes to; it asks too."""
    came = {}

    def take(event):
        found = event.dataset
        found.file_meta = event.file_meta
        came[str(found.SOPInstanceUID)] = found
        return 0

    scp = AE("TAKER")
    for sop_class in {file.sop_class for file in every}:
        scp.add_supported_context(sop_class, sorted({file.syntax for file in every}))
    server = scp.start_server(("127.0.0.1", int(OPTIONS["own"])), block=False, evt_handlers=[(evt.EVT_C_STORE, take)])
    association = associate([(MOVE, [EXPLICIT])])
    for file in every:
        list(settled(association).send_c_move(identifier(file), "TAKER", MOVE))
    association.release()
    server.shutdown()
    tell({file.column: file.judged(came.get(file.instance)) for file in every})


def retrieving(get, can=lambda file: True):
    tell({file.column: get(file) for file in files() if can(file)})


def orthanc_takes():
    orthanc = Orthanc()
    for file in files():
        said("movescu", "-S", *OURS, *CALLED, "-aem", "ORTHANC", *keys(file), "127.0.0.1", PORT)
    held = orthanc.holds()
    tell({file.column: file.judged(held.get(file.instance)) for file in files()})


def orthanc_asks():
    orthanc = Orthanc()
    orthanc.empty()
    tell({file.column: file.judged(*orthanc.find_and_retrieve(file)) for file in files()})


def fill_orthanc():
    """Orthanc is the old PACS; what it has it has as it came."""
    orthanc = Orthanc()
    orthanc.empty()
    tell({file.column: "as sent" if "ID" in orthanc.post("/instances", data=file.path.read_bytes()) else "not taken" for file in files()})


def fill_dcmqrscp():
    """What dcmqrscp takes as it comes: `adapter` is its port."""
    fill = lambda file: said("storescu", "-aec", "QR", "-R", f"-x{file.letter}", "127.0.0.1", PORT, file.path)
    tell({file.column: "as sent" if fill(file)[0] else "not taken" for file in files() if file.letter})


def compare():
    """What the adapter took in from elsewhere."""
    tell({file.column: file.judged(*got(file, [file.syntax, EXPLICIT, IMPLICIT])) for file in files()})


WITH_LETTER = lambda file: bool(file.letter)
ROWS = {
    "echoscu": lambda: echoing(lambda: said("echoscu", *OURS, *CALLED, *TLS, "localhost", OPTIONS.get("tls", PORT))[0]),
    "pynetdicom echo": lambda: echoing(pynetdicom_echo),
    "storescu": lambda: storing(storescu, WITH_LETTER),
    "dcmsend": lambda: storing(dcmsend, WITH_LETTER),
    "pynetdicom store": lambda: storing(pynetdicom),
    "orthanc store": lambda: storing(Orthanc().store),
    "findscu": lambda: finding(findscu),
    "pynetdicom find": lambda: finding(pynetdicom_find),
    "getscu": lambda: retrieving(getscu, WITH_LETTER),
    "pynetdicom get": lambda: retrieving(lambda file: file.judged(*got(file, [file.syntax]))),
    "pynetdicom get explicit": lambda: retrieving(lambda file: file.judged(*got(file, [EXPLICIT]))),
    "pynetdicom get implicit": lambda: retrieving(lambda file: file.judged(*got(file, [IMPLICIT]))),
    "movescu itself": lambda: retrieving(movescu_itself),
    "movescu": lambda: retrieving(lambda file: movescu(file, OPTIONS["to"], OPTIONS["folder"])),
    "pynetdicom takes": lambda: pynetdicom_takes(files()),
    "orthanc takes": orthanc_takes,
    "orthanc asks": orthanc_asks,
    "fill orthanc": fill_orthanc,
    "fill dcmqrscp": fill_dcmqrscp,
    "compare": compare,
}

if __name__ == "__main__":
    ROWS[sys.argv[1]]()
