"""Knocks at every door of the hub with a gate's credential, and at the gate with what a gate has to turn away.

A gate's credential gets to the routes of study links alone, and there to nothing without a link's session. Other certificates
do not get there, whatever they say of where they come from. At the gate a request is made anew: nothing of its framing, and
nothing that it says of where it comes from, reaches the hub.
"""

import argparse
import pathlib
import socket
import ssl
import sys

import requests
from requests.adapters import HTTPAdapter

from open_links import Holder

wrong = []


def check(what, holds):
    print(f"{'ok   ' if holds else 'WRONG'} {what}")
    if not holds:
        wrong.append(what)


def forwarded(addr, host="links.example"):
    return {"Forwarded": f'for="{addr}:4711";host="{host}";proto=https'}


class Member:
    """Whoever has a certificate of the region, at the hub's listener for hospitals."""

    def __init__(self, hub, folder):
        self.base, self.session = f"https://{hub}", requests.Session()
        self.session.trust_env = False
        self.session.verify = str(folder / "ca.pem")
        self.session.cert = (str(folder / "client.pem"), str(folder / "client.key"))

    def ask(self, method, path, headers=None, **more):
        return self.session.request(method, self.base + path, headers=headers, timeout=60, allow_redirects=False, **more)


def doors(gate, study):
    application = {"secret": "", "csr_pem": "x"}
    knocks = [
        ("GET", "/dicomweb/studies", {}), ("GET", f"/dicomweb/studies/{study}", {}),
        ("GET", f"/dicomweb/studies/{study}/metadata", {}), ("POST", "/dicomweb/studies", {"data": b"x"}),
        ("OPTIONS", "/dicomweb/studies", {}), ("GET", "/openapi.json", {}),
        ("GET", "/links", {}), ("POST", "/links", {"json": {"studies": [study]}}),
        ("POST", "/federation/changes", {"json": {"last": 0, "changes": []}}), ("GET", "/federation/channel", {}),
        ("POST", "/federation/renew", {"json": application}), ("POST", "/enrol", {"json": application}),
        ("GET", "/metrics", {}), ("GET", "/api/studies", {}),
        ("GET", f"/s/dicomweb/studies/{study}", {}), ("GET", "/s/dicomweb/studies", {}), ("GET", "/s/api/link", {}),
        ("GET", f"/s/api/download?study={study}", {}),
    ]
    for method, path, more in knocks:
        for said, headers in [("", {}), (" with where from", forwarded("192.0.2.1"))]:
            answer = gate.ask(method, path, headers=headers, **more)
            check(f"gate's credential{said}: {method} {path}: {answer.status_code}",
                  answer.status_code in (400, 401, 403, 404, 405) and study.encode() not in answer.content)
    upgrade = {"Connection": "upgrade", "Upgrade": "regional-imaging-channel/1"}
    answer = gate.ask("GET", "/federation/channel", headers={**upgrade, **forwarded("192.0.2.1")})
    check(f"gate's credential opens no channel: {answer.status_code}", answer.status_code in (401, 404))


def known_routes(member):
    """The doors are where this script knocks: for those who may, they are there."""
    answer = member.ask("GET", "/dicomweb/studies")
    check(f"a machine finds studies there: {answer.status_code}", answer.status_code == 200 and len(answer.json()) > 0)
    for method, path in [("POST", "/federation/changes"), ("POST", "/federation/renew"), ("GET", "/federation/channel"),
                         ("GET", "/links")]:
        answer = member.ask(method, path, json={})
        check(f"{path} is a door: {answer.status_code}", answer.status_code != 404)


def others(name, member, secrets):
    for path in ["/s/api/open", "/s/api/leave"]:
        answer = member.ask("POST", path, headers=forwarded("203.0.113.1"), json=secrets)
        check(f"{name}: {path}: {answer.status_code}", answer.status_code == 404)
    for path in ["/s", "/s/api/link", "/s/dicomweb/studies"]:
        answer = member.ask("GET", path, headers=forwarded("203.0.113.2"))
        check(f"{name}: {path}: {answer.status_code}", answer.status_code == 404)


def believed(gate, secrets, study):
    """What a gate says of where a request comes from is believed, and whose it is the session says."""
    answer = gate.ask("POST", "/s/api/open", json=secrets)
    check(f"without where from: {answer.status_code}", answer.status_code == 400)
    told = forwarded("192.0.2.77")
    for origin, expected in [("https://evil.example", 400), ("https://links.example", 200)]:
        answer = gate.ask("POST", "/s/api/open", headers={**told, "Origin": origin}, json=secrets)
        check(f"sent by {origin}: {answer.status_code}", answer.status_code == expected)
    cookie = {"Cookie": answer.headers["set-cookie"].split(";")[0]}
    found = gate.ask("GET", "/s/dicomweb/studies", headers={**told, **cookie}).json()
    check("the session finds its study alone", [one["0020000D"]["Value"][0] for one in found] == [study])
    answer = gate.ask("GET", "/dicomweb/studies", headers={**told, **cookie})
    check(f"and nothing outside: {answer.status_code}", answer.status_code in (401, 403, 404))


class From(HTTPAdapter):
    """Comes from another address of this machine."""

    def init_poolmanager(self, *arguments, **more):
        super().init_poolmanager(*arguments, source_address=("127.0.0.2", 0), **more)


def long_body(holder):
    """A refusal: the answer, or the end of the line where its reader was still sending when it came."""
    try:
        return holder.session.post(f"{holder.base}/s/api/open", data=b"x" * 100000, timeout=30).status_code
    except requests.exceptions.ConnectionError:
        return "hung up"


def at_the_gate(options):
    holder = Holder(options.url)
    holder.session.verify = str(options.authority)
    holder.session.mount("https://", From())
    lies = {**forwarded("203.0.113.3"), "X-Forwarded-For": "203.0.113.4", "X-Real-IP": "203.0.113.5"}
    holder.session.headers.update(lies)
    foreign = holder.session.post(f"{holder.base}/s/api/open", json={"token": holder.token, "pin": options.pin},
                                  headers={"Origin": "https://evil.example"}, timeout=30)
    check(f"another page's request: {foreign.status_code}", foreign.status_code == 400)
    holder.session.headers["Origin"] = holder.base
    status, _ = holder.open(options.pin)
    check(f"the page's own, whatever it says of where it comes from: {status}", status == 200)
    for method, path, expected in [
        ("GET", "/s", 200), ("GET", "/s/assets/patient.js", 200), ("GET", "/s/dicomweb/studies", 200),
        ("POST", "/s/dicomweb/studies", 404), ("DELETE", "/s/api/link", 404), ("GET", "/links", 401),
        ("POST", "/links", 404), ("POST", "/federation/changes", 404), ("GET", "/dicomweb/studies", 401),
    ]:
        answer = holder.session.request(method, holder.base + path, timeout=30)
        check(f"gate: {method} {path}: {answer.status_code}", answer.status_code == expected)
    said = long_body(holder)
    check(f"a long body: {said}", said in (400, "hung up"))


SMUGGLED = "GET /s/api/alive HTTP/1.1\r\nHost: x\r\n\r\n"


def smuggling(url, authority):
    """Two lengths in one request: one answer at most, and the line is closed behind it."""
    host, port = url.removeprefix("https://").split("/")[0].split(":")
    body = "0\r\n\r\n" + SMUGGLED
    framings = {
        "length and chunks": f"Content-Length: {len(body)}\r\nTransfer-Encoding: chunked\r\n\r\n{body}",
        "two lengths": f"Content-Length: 0\r\nContent-Length: {len(SMUGGLED)}\r\n\r\n{SMUGGLED}",
        "odd chunks": f"Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n\r\n{SMUGGLED}",
        "a space before the colon": f"Content-Length : {len(SMUGGLED)}\r\n\r\n{SMUGGLED}",
        "a line folded": f"X: a\r\n Transfer-Encoding: chunked\r\n\r\n{SMUGGLED}",
    }
    for what, framing in framings.items():
        context = ssl.create_default_context(cafile=authority)
        with socket.create_connection((host, int(port)), timeout=20) as plain:
            with context.wrap_socket(plain, server_hostname=host) as line:
                line.sendall(f"POST /s/api/open HTTP/1.1\r\nHost: {host}:{port}\r\n{framing}".encode())
                said = b""
                while piece := received(line):
                    said += piece
        first = said.split(b"\r\n")[0].decode()
        check(f"{what}: {first}", said.count(b"HTTP/1.1 ") == 1 and first.split(" ")[1] == "400")


def received(line):
    try:
        return line.recv(65536)
    except (ConnectionError, ssl.SSLError, TimeoutError):
        return b""


def main():
    options = argparse.ArgumentParser(description=__doc__)
    for name in ["hub", "url", "pin", "study"]:
        options.add_argument(f"--{name}", required=True)
    for name in ["gate", "machine", "held", "authority"]:
        options.add_argument(f"--{name}", type=pathlib.Path, required=True)
    options = options.parse_args()
    gate, machine = Member(options.hub, options.gate), Member(options.hub, options.machine)
    secrets = {"token": options.url.split("/s#")[1], "pin": options.pin}
    known_routes(machine)
    doors(gate, options.study)
    others("a machine", machine, secrets)
    others("a machine of a site", Member(options.hub, options.held), secrets)
    believed(gate, secrets, options.study)
    at_the_gate(options)
    smuggling(options.url, options.authority)
    if wrong:
        print(f"{len(wrong)} wrong", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
