"""Make the tracker's database and its users. Runs in Roundup's environment: ``initialise.py HOME``.

Passwords come as JSON on standard input, so that none shows in a list of processes.
"""

import json
import sys

import roundup.instance
from roundup.password import Password

PEOPLE = {"interlock": "Interlock hub", "dana": "Dana Quality"}


def main(home, passwords):
    tracker = roundup.instance.open(home)
    tracker.init(Password(passwords["admin"], config=tracker.config))
    db = tracker.open("admin")
    for name, realname in PEOPLE.items():
        db.user.create(
            username=name,
            realname=realname,
            password=Password(passwords[name], config=tracker.config),
            address=f"{name}@landscape.example",
            roles="User",
        )
    db.commit()
    db.close()


if __name__ == "__main__":
    main(sys.argv[1], json.load(sys.stdin))
