"""A storage provider of pynetdicom that takes associations over TLS alone: PORT CERTIFICATES OUT VERSION.

It shows peer.pem of the folder of certificates and wants one that hospital.pem signed. VERSION is of TLS, 1.2 or 1.3. Each data
set lies in the folder OUT as it came, named by its instance.
"""

import pathlib
import ssl
import sys

from pydicom.uid import ExplicitVRLittleEndian
from pynetdicom import AE, evt
from pynetdicom.sop_class import CTImageStorage, Verification

PORT, CERTIFICATES, OUT, VERSION = int(sys.argv[1]), pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]), sys.argv[4]


def keep(event):
    (OUT / f"{event.request.AffectedSOPInstanceUID}.dcm").write_bytes(event.request.DataSet.getvalue())
    return 0


context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=CERTIFICATES / "hospital.pem")
context.verify_mode = ssl.CERT_REQUIRED
context.minimum_version = context.maximum_version = ssl.TLSVersion[f"TLSv{VERSION.replace('.', '_')}"]
context.load_cert_chain(CERTIFICATES / "peer.pem", CERTIFICATES / "peer.key")

ae = AE("PYTHON")
ae.add_supported_context(Verification)
ae.add_supported_context(CTImageStorage, ExplicitVRLittleEndian)
ae.start_server(("127.0.0.1", PORT), ssl_context=context, evt_handlers=[(evt.EVT_C_STORE, keep)])
