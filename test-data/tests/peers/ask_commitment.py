"""Storage commitment as its user, with pynetdicom: asks, and listens for the report.

ask_commitment.py ADDRESS TITLE LISTEN MODE TRANSACTION CLASS:INSTANCE...

MODE is `same` (keeps the association and waits there), `new` (releases it, takes no report that comes before, and listens at the port
LISTEN), `refuse` (the same, and refuses the first report), `ask` (asks and goes away, and refuses a report that comes before), `listen` (only waits at the port, for
the reports of as many transactions as TRANSACTION says). Prints the reports that came as JSON, each with the association it came on.
"""

import json
import sys
import threading

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pynetdicom import AE, evt
from pynetdicom.sop_class import StorageCommitmentPushModel, StorageCommitmentPushModelInstance

PATIENCE = 60

address, title, listen, mode, transaction = sys.argv[1:6]
host, port = address.rsplit(":", 1)
reports, came = [], threading.Event()


def wanted():
    items = []
    for pair in sys.argv[6:]:
        item = Dataset()
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = pair.split(":")
        items.append(item)
    asked = Dataset()
    asked.TransactionUID = transaction
    asked.ReferencedSOPSequence = Sequence(items)
    return asked


def reported(event, way):
    told = event.event_information
    committed = [item.ReferencedSOPInstanceUID for item in told.get("ReferencedSOPSequence", [])]
    failed = [[item.ReferencedSOPInstanceUID, item.FailureReason] for item in told.get("FailedSOPSequence", [])]
    if mode in ("new", "refuse") and way == "same":
        return 0x0110, None  # it was quicker than the release
    is_refused = mode == "ask" or (mode == "refuse" and not reports)
    reports.append(
        {"way": way, "type": event.event_type, "transaction": told.TransactionUID, "committed": committed, "failed": failed}
    )
    awaited = int(transaction) if mode == "listen" else 1
    if not is_refused and len({report["transaction"] for report in reports}) >= awaited:
        came.set()
    return (0x0110 if is_refused else 0x0000), None


ae = AE(ae_title=title)
ae.add_requested_context(StorageCommitmentPushModel)
ae.add_supported_context(StorageCommitmentPushModel, scu_role=False, scp_role=True)
server = None
if mode in ("new", "refuse", "listen"):
    handlers = [(evt.EVT_N_EVENT_REPORT, reported, ["new"])]
    server = ae.start_server(("127.0.0.1", int(listen)), block=False, evt_handlers=handlers)
if mode != "listen":
    handlers = [(evt.EVT_N_EVENT_REPORT, reported, ["same"])]
    association = ae.associate(host, int(port), ae_title="ANY", evt_handlers=handlers)
    assert association.is_established
    status, _ = association.send_n_action(
        wanted(), 1, StorageCommitmentPushModel, StorageCommitmentPushModelInstance
    )
    assert status.Status == 0x0000, status
    if mode == "same":
        assert came.wait(PATIENCE), "no report came"
    association.release()
if mode not in ("same", "ask"):
    assert came.wait(PATIENCE), "no report came"
if server:
    server.shutdown()
print(json.dumps(reports))
