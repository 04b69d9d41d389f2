"""Tries everything that a running hub's /openapi.json tells, with schemathesis: once with an image that is there, once
with whatever comes. Nothing may be answered with a status, a media type or a form that was not told, and nothing with a
server error.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import requests

CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
]


class Hub:
    def __init__(self, ready):
        self.base = ready["hub"]["dicomweb"]
        self.tls = ready["tls"]
        self.session = requests.Session()
        self.session.trust_env = False  # a bundle named in the environment would go before the region's authority
        self.session.cert = (self.tls["cert"], self.tls["key"])
        self.session.verify = self.tls["ca"]

    def get(self, address):
        answer = self.session.get(address, headers={"Accept": "application/json, application/dicom+json"}, timeout=60)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        return answer.json()

    def image(self):
        """UIDs of an image that is there."""
        row = self.get(f"{self.base}/instances?Modality=CT&limit=1&includefield=all")[0]
        return {name: row[tag]["Value"][0] for name, tag in (("study", "0020000D"), ("series", "0020000E"), ("instance", "00080018"))}


def run(hub, folder, description, parameters, examples):
    """One run of schemathesis in a folder of its own."""
    lines = [f'"path.{name}" = "{value}"' for name, value in parameters.items()]
    (folder / "schemathesis.toml").write_text("[parameters]\n" + "\n".join(lines) + "\n")
    (folder / "openapi.json").write_text(json.dumps(description))
    command = [str(pathlib.Path(sys.executable).with_name("st")), "run", "openapi.json", "--url", hub.base]
    command += ["--request-cert", hub.tls["cert"], "--request-cert-key", hub.tls["key"], "--tls-verify", hub.tls["ca"]]
    command += ["--checks", ",".join(CHECKS), "--max-examples", str(examples), "--phases", "examples,coverage,fuzzing"]
    # it writes no multipart/related; STOW-RS has tests of its own
    command += ["--exclude-method", "POST", "--seed", "1", "--generation-database", "none", "--warnings", "off", "--request-timeout", "60"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-12000:] + done.stderr[-2000:]
    tested = [line.strip() for line in done.stdout.splitlines() if "generated" in line or "passed" in line]
    return "; ".join(tested)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ready", required=True)
    parser.add_argument("--examples", type=int, default=15)
    arguments = parser.parse_args()
    hub = Hub(json.loads(pathlib.Path(arguments.ready).read_text()))
    description = hub.get(hub.base.removesuffix("/dicomweb") + "/openapi.json")
    assert description["openapi"].startswith("3.1"), description["openapi"]
    there = {**hub.image(), "frames": "1"}
    with tempfile.TemporaryDirectory() as name:
        for what, parameters in (("an image that is there", there), ("whatever comes", {})):
            told = run(hub, pathlib.Path(name), description, parameters, arguments.examples)
            print(f"{len(description['paths'])} paths with {what}: {told}")


if __name__ == "__main__":
    sys.exit(main())
