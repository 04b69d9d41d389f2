"""The hub of a running region, asked over mutual TLS."""

import requests
from dicomweb_client.api import DICOMwebClient

# Implicit and big endian are given as they are stored only to whoever names them.
AS_STORED = ", ".join(
    f'multipart/related; type="application/dicom"; transfer-syntax={syntax}'
    for syntax in ("*", "1.2.840.10008.1.2", "1.2.840.10008.1.2.2")
)


class Region:
    """The hub, seen with the demo's certificate."""

    def __init__(self, ready):
        self.base = ready["hub"]["dicomweb"]
        self.session = requests.Session()
        self.session.trust_env = False  # a bundle named in the environment would go before the region's authority
        self.session.mount("https://", requests.adapters.HTTPAdapter(pool_maxsize=16))
        self.session.cert = (ready["tls"]["cert"], ready["tls"]["key"])
        self.session.verify = ready["tls"]["ca"]
        self.client = DICOMwebClient(url=self.base, session=self.session, permissive_uid=True)

    def get(self, path, accept):
        return self.session.get(self.base + path, headers={"Accept": accept}, timeout=120)

    def file(self, study, series, instance):
        """The stored file of an instance, out of its multipart answer."""
        path = f"/studies/{study}/series/{series}/instances/{instance}"
        answer = self.get(path, AS_STORED)
        answer.raise_for_status()
        boundary = answer.headers["Content-Type"].split("boundary=")[1].strip('"').encode()
        _, part, rest = answer.content.split(b"--" + boundary)
        assert rest.startswith(b"--"), "one part"
        return part.split(b"\r\n\r\n", 1)[1][:-2]
