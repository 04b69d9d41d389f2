"""Replaces the certificate of a listener while it listens: shown.pem and shown.key of a folder by next.pem and next.key.

New connections see the new one within seconds, an open one goes on, broken files leave the old one. TLS 1.2 and 1.3 are spoken,
nothing older, by Python's ssl and by openssl.
"""

import argparse
import hashlib
import http.client
import pathlib
import shutil
import ssl
import subprocess
import sys
import time
import warnings

WITHIN_S = 10
QUIET_S = 5  # more than two looks
wrong = []


def check(what, holds):
    print(f"{'ok   ' if holds else 'WRONG'} {what}")
    if not holds:
        wrong.append(what)


class Listener:
    def __init__(self, address):
        host, _, port = address.partition(":")
        self.address, self.host, self.port = address, host, int(port)

    def connect(self, context=None):
        context = context or ssl._create_unverified_context()
        line = http.client.HTTPSConnection(self.host, self.port, timeout=20, context=context)
        line.connect()
        return line

    def shown(self):
        line = self.connect()
        der = line.sock.getpeercert(binary_form=True)
        line.close()
        return hashlib.sha256(der).hexdigest()

    def until(self, digest):
        begun = time.monotonic()
        while self.shown() != digest:
            if time.monotonic() - begun > WITHIN_S:
                return None
            time.sleep(0.1)
        return time.monotonic() - begun


def digest_of(path):
    pem = path.read_text().split("-----END CERTIFICATE-----")[0] + "-----END CERTIFICATE-----\n"
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()


def asked(line):
    line.request("GET", "/s")
    answer = line.getresponse()
    answer.read()
    return answer


def spoken(listener, folder):
    """Which versions are spoken, each also with the certificate checked."""
    for version, expected in [("TLSv1", False), ("TLSv1_1", False), ("TLSv1_2", True), ("TLSv1_3", True)]:
        context = ssl.create_default_context(cafile=folder / "shown.ca.pem")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            one = getattr(ssl.TLSVersion, version)
            # this end speaks the old ones too, or it would be the one that refuses
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version, context.maximum_version = one, one
        try:
            line = listener.connect(context)
            spoke = line.sock.version()
            answer = asked(line)
            check(f"{version}: {spoke}", expected and spoke == version.replace("_", "."))
            hsts = answer.headers.get("strict-transport-security")
            check(f"browsers are told to come over TLS alone: {hsts}", hsts == "max-age=31536000")
        except ssl.SSLError as error:
            check(f"{version}: {error.reason}", not expected and "ALERT" in (error.reason or ""))
    for option, expected in [("-tls1_1", False), ("-tls1_2", True), ("-tls1_3", True)]:
        command = ["openssl", "s_client", "-connect", listener.address, option, "-cipher", "ALL:@SECLEVEL=0",
                   "-CAfile", folder / "shown.ca.pem", "-verify_return_error", "-brief"]
        said = subprocess.run(command, input=b"", capture_output=True)
        check(f"openssl {option}: {said.returncode}", (said.returncode == 0) == expected)
    check("no other protocol: HTTP in the clear is not answered", not in_the_clear(listener))


def in_the_clear(listener):
    line = http.client.HTTPConnection(listener.host, listener.port, timeout=20)
    try:
        line.request("GET", "/s")
        line.getresponse()
        return True
    except (http.client.HTTPException, OSError):
        return False


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--address", required=True)
    options.add_argument("--folder", type=pathlib.Path, required=True)
    options = options.parse_args()
    folder, listener = options.folder, Listener(options.address)
    old, new = digest_of(folder / "shown.pem"), digest_of(folder / "next.pem")
    check("the files are two certificates", old != new)
    check("the first is shown", listener.shown() == old)
    spoken(listener, folder)

    open_line = listener.connect()
    check("a connection is open", asked(open_line).status == 200)
    for what, text in [("broken", "-----BEGIN CERTIFICATE-----\nAAAA\n"), ("empty", "")]:
        (folder / "shown.pem").write_text(text)
        time.sleep(QUIET_S)
        check(f"a file that is {what} leaves the old one", listener.shown() == old)
        check("and the open connection", asked(open_line).status == 200)
    shutil.copy(folder / "next.pem", folder / "shown.pem")
    time.sleep(QUIET_S)
    check("a certificate without its key leaves the old one", listener.shown() == old)
    check("the open connection is still open", asked(open_line).status == 200)
    shutil.copy(folder / "next.key", folder / "shown.key")
    took = listener.until(new)
    check(f"the new one is shown after {took} s", took is not None)
    check("the open connection goes on with the old one", asked(open_line).status == 200)
    (folder / "shown.pem").unlink()
    time.sleep(QUIET_S)
    check("a file that went away leaves the new one", listener.shown() == new)
    if wrong:
        print(f"{len(wrong)} wrong", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
