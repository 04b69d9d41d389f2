"""A workstation has a study of another hospital moved to a third application entity, which is this program. --ready FILE --port N.

The adapter of the first hospital knows that entity as TAKER.
"""

import argparse
import json
import pathlib

from ask_region import Workstation, check, foreign_study
from pydicom.dataset import Dataset
from pynetdicom import AE, StoragePresentationContexts, evt
from pynetdicom.sop_class import StudyRootQueryRetrieveInformationModelMove as MOVE
from region import Region


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ready", required=True)
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    ready = json.loads(pathlib.Path(arguments.ready).read_text())
    hub, workstation = Region(ready), Workstation(ready["sites"][0])
    study = str(foreign_study(hub, workstation).StudyInstanceUID)
    came, callers = set(), set()

    def take(event):
        came.add(str(event.request.AffectedSOPInstanceUID))
        callers.add((event.assoc.requestor.ae_title, event.request.MoveOriginatorApplicationEntityTitle))
        return 0

    taker = AE("TAKER")
    for context in StoragePresentationContexts:
        taker.add_supported_context(context.abstract_syntax, context.transfer_syntax)
    server = taker.start_server(("127.0.0.1", arguments.port), block=False, evt_handlers=[(evt.EVT_C_STORE, take)])
    ae = AE("WORKSTATION")
    ae.add_requested_context(MOVE)
    asked = Dataset()
    asked.QueryRetrieveLevel, asked.StudyInstanceUID = "STUDY", study
    for called, expected in [(workstation.own, 0), (workstation.region, len(hub.client.search_for_instances(study)))]:
        association = ae.associate(workstation.host, workstation.port, ae_title=called)
        status = list(association.send_c_move(asked, "TAKER", MOVE))[-1][0]
        association.release()
        check(f"{called} moves it", (status.Status, status.NumberOfCompletedSuboperations), (0, expected))
    server.shutdown()
    check("it came", came, {one["00080018"]["Value"][0] for one in hub.client.search_for_instances(study)})
    check("by whom, for whom", callers, {(workstation.region, "WORKSTATION")})


if __name__ == "__main__":
    main()
