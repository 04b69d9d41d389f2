"""Seconds for a workstation to find and pull a CT of 150 slices that another hospital holds. --ready FILE of a demo of two sites.

Sends two of them to the second hospital, waits until the region knows them, and asks under the region's title of the first: finds
them by findscu, pulls one by getscu and the other by movescu (cold: the hub has nothing of it; warm: it has). Beside that, one
Orthanc sends one to another by C-MOVE. Prints the memory that hub and adapters took at most.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile
import time

import numpy
import requests
from made_studies import instance
from pydicom.uid import ExplicitVRLittleEndian as EXPLICIT
from pynetdicom import AE
from pynetdicom.sop_class import CTImageStorage
from region import Region

SLICES, SIDE = 150, 512
STUDY, OTHER = "1.2.826.0.1.3680043.9.150", "1.2.826.0.1.3680043.9.151"
ROW = ("150", "P150", "ZHANG^SAN=张^三", "ISO_IR 192", "19500101", "20250101", "080000", "CT", [])


def slices(study):
    noise = numpy.random.default_rng(150)
    for number in range(1, SLICES + 1):
        made = instance(ROW, 1, number, "CT", EXPLICIT)
        made.StudyInstanceUID, made.SeriesInstanceUID = study, study + ".1"
        made.SOPInstanceUID = f"{study}.1.{number}"
        made.Rows = made.Columns = SIDE
        made.PixelData = noise.integers(0, 4096, SIDE * SIDE, dtype="<u2").tobytes()
        yield made


def send(host, port, called, studies=(STUDY,)):
    ae = AE("CT")
    ae.add_requested_context(CTImageStorage, EXPLICIT)
    association = ae.associate(host, port, ae_title=called)
    for study in studies:
        for made in slices(study):
            assert association.send_c_store(made).Status == 0
    association.release()


def find(site):
    host, port = site["dimse"].rsplit(":", 1)
    begun = time.monotonic()
    told = subprocess.run(["findscu", "-S", "-aec", site["region_ae_title"], "-k", "QueryRetrieveLevel=STUDY", "-k",
                           "PatientID=P150", "-k", "StudyInstanceUID", "-k", "NumberOfStudyRelatedInstances", host, port],
                          check=True, capture_output=True, text=True)
    assert STUDY in told.stderr + told.stdout, told
    print(f"findscu by the region's title: {time.monotonic() - begun:.2f} s")


def pull(site, program, study, what):
    """By getscu, or by movescu to itself at a port that the adapter was told of."""
    host, port = site["dimse"].rsplit(":", 1)
    with tempfile.TemporaryDirectory() as folder:
        begun = time.monotonic()
        subprocess.run([*program, "-S", "-aec", site["region_ae_title"], "-od", folder, "-k", "QueryRetrieveLevel=STUDY",
                        "-k", f"StudyInstanceUID={study}", host, port], check=True, capture_output=True)
        seconds = time.monotonic() - begun
        files = list(pathlib.Path(folder).iterdir())
        assert len(files) == SLICES, len(files)
        size = sum(file.stat().st_size for file in files)
        print(f"{program[0]} by the region's title, {what}: {SLICES} slices, {size / 1e6:.0f} MB in {seconds:.2f} s")


def movescu(site):
    """The program with a port of its own, which the adapter calls from now on."""
    process = pathlib.Path("/proc", str(site["pid"]))
    words = process.joinpath("cmdline").read_text().split("\0")
    adapter = [str(process.joinpath("exe").resolve()), *words[1:words.index("serve")]]
    port = str(free_port())
    subprocess.run([*adapter, "peers", "allow", "MOVESCU", "127.0.0.1", "--port", port], check=True, capture_output=True)
    return ["movescu", "-aem", "MOVESCU", "--port", port]


def peak(name, pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    kilobytes = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    print(f"{name}: at most {kilobytes / 1024:.0f} MiB")


def free_port():
    import socket
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def orthancs():
    """One sends to another, as the old PACS of a hospital would."""
    ports = {name: (free_port(), free_port()) for name in ("A", "B")}
    with tempfile.TemporaryDirectory() as folder:
        running = []
        for name, (dicom, http) in ports.items():
            settings = {"StorageDirectory": f"{folder}/{name}", "IndexDirectory": f"{folder}/{name}", "DicomPort": dicom,
                        "HttpPort": http, "DicomAet": name, "DicomAlwaysAllowStore": True, "DicomAlwaysAllowMove": True,
                        "DicomModalities": {other: [other, "127.0.0.1", at[0]] for other, at in ports.items()}}
            file = pathlib.Path(folder, f"{name}.json")
            file.write_text(json.dumps(settings))
            running.append(subprocess.Popen(["/usr/sbin/Orthanc", str(file)], stdout=subprocess.DEVNULL,
                                            stderr=subprocess.DEVNULL))
        try:
            session = requests.Session()
            session.trust_env = False
            for _, http in ports.values():
                for _ in range(300):
                    try:
                        session.get(f"http://127.0.0.1:{http}/system", timeout=1)
                        break
                    except requests.RequestException:
                        time.sleep(0.1)
            send("127.0.0.1", ports["A"][0], "A")
            for what in ("first", "second"):
                begun = time.monotonic()
                subprocess.run(["movescu", "-S", "-aec", "A", "-aem", "B", "-k", "QueryRetrieveLevel=STUDY", "-k",
                                f"StudyInstanceUID={STUDY}", "127.0.0.1", str(ports["A"][0])], check=True,
                               capture_output=True)
                print(f"Orthanc to Orthanc by C-MOVE, the {what} time: {time.monotonic() - begun:.2f} s")
        finally:
            for process in running:
                process.terminate()
                process.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ready", required=True)
    ready = json.loads(pathlib.Path(parser.parse_args().ready).read_text())
    first, second = ready["sites"][:2]
    host, port = second["dimse"].rsplit(":", 1)
    send(host, int(port), second["ae_title"], [STUDY, OTHER])
    hub = Region(ready)
    while any(len(hub.client.search_for_instances(study)) < SLICES for study in (STUDY, OTHER)):
        time.sleep(0.1)
    find(first)
    for program, study in (["getscu"], STUDY), (movescu(first), OTHER):
        for what in ("cold", "warm"):
            pull(first, program, study, what)
    for name, pid in [("hub", ready["hub"]["pid"]), ("asking adapter", first["pid"]), ("holding adapter", second["pid"])]:
        peak(name, pid)
    orthancs()


if __name__ == "__main__":
    main()
