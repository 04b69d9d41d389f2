"""A query provider with a thousand matches, and one answer that is cut off: `many_matches.py PORT`."""

import sys
import time

from pydicom.dataset import Dataset
from pynetdicom import AE, evt
from pynetdicom.sop_class import StudyRootQueryRetrieveInformationModelFind as FIND


def found(event):
    date = event.identifier.get("StudyDate", "")
    for number in range(1000):
        if event.is_cancelled:
            yield 0xFE00, None
            return
        if date.startswith("1900") and number == 10:
            yield 0xA700, None
            return
        match = Dataset()
        match.QueryRetrieveLevel = "STUDY"
        match.StudyInstanceUID = f"1.2.{number}"
        yield 0xFF00, match
        time.sleep(0.002)


ae = AE("MANY")
ae.add_supported_context(FIND)
ae.start_server(("127.0.0.1", int(sys.argv[1])), evt_handlers=[(evt.EVT_C_FIND, found)])
