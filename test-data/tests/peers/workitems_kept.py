"""What a worklist service (UPS-RS) keeps when it is killed: BASE CA CERT KEY, with --make before and --look TOLD after.

Before: a step that somebody has taken on, and a subscription to it; prints what it has to know afterwards. After: the step is as it was,
for whoever has its Transaction UID, and a change of it is told to the subscriber.
"""

import argparse

from ups_client import Machine, check, new_uid, new_word, only, step
from workitems_ear import listening


def make(machine):
    uid, title, transaction = new_uid(), new_word(), new_uid()
    machine.create(step(ProcedureStepLabel="survives"), uid=uid)
    machine.subscribe(uid, title)
    machine.change(uid, "IN PROGRESS", transaction)
    print(",".join([uid, title, transaction]))


def look(machine, told):
    uid, title, transaction = told.split(",")
    kept = machine.get(uid)
    check(kept.ProcedureStepState == "IN PROGRESS", "a step is in another state after the end of the service")
    check(kept.ProcedureStepLabel == "survives", "a step has another label after the end of the service")
    machine.update(uid, only(ProcedureStepLabel="goes on"), new_uid(), expected=400)
    machine.update(uid, only(ProcedureStepLabel="goes on"), transaction)
    with listening(machine, title) as ear:
        machine.change(uid, "CANCELED", transaction)
        ear.state(uid, "CANCELED", "a subscription from before the end")
    print("ok what was answered is kept")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ["base", "ca", "cert", "key"]:
        parser.add_argument(name)
    parser.add_argument("--make", action="store_true")
    parser.add_argument("--look")
    given = parser.parse_args()
    machine = Machine(given.base, given.ca, given.cert, given.key)
    if given.make:
        make(machine)
    else:
        look(machine, given.look)


if __name__ == "__main__":
    main()
