"""Start Tryton and Roundup of a home and wait until both answer; then say where they are.

``--only tryton`` starts one of them: the landscape check stops one in the middle.
"""

from __future__ import annotations

import json

import roundup
import tryton
from layout import ROUNDUP_PORT, TRYTON_PORT, Home, arguments, password_file
from processes import free_port
from reset import reset


def start(home: Home, *, tryton_port: int, roundup_port: int, only: str = "", roundup_address: str = "") -> dict:
    """The state that was written down. Ports of an earlier start are kept; 0 takes a free one."""
    if not home.exists():
        reset(home)
    state = home.state()
    ports = {name: system["port"] for name, system in state.items()}
    if only in ("", "tryton"):
        state["tryton"] = _tryton(home, ports.get("tryton") or tryton_port or free_port())
    if only in ("", "roundup"):
        state["roundup"] = _roundup(
            home,
            ports.get("roundup") or roundup_port or free_port(),
            roundup_address or state.get("roundup", {}).get("url", ""),
        )
    home.save_state(state)
    return state


def _tryton(home: Home, port: int) -> dict:
    url = tryton.serve(home, port)
    return {
        "url": url,
        "port": port,
        "database": home.database,
        "username": "interlock",
        "password_file": str(password_file("tryton-hub")),
        "inspector": "inspector",
        "inspector_password_file": str(password_file("tryton-inspector")),
        "record_url": f"{url}/{home.database}/interlock/{{model}}/{{id}}",
    }


def _roundup(home: Home, port: int, address: str) -> dict:
    return {
        "url": roundup.serve(home, port, address),
        "direct_url": roundup.direct_url(port),
        "port": port,
        "username": "interlock",
        "password_file": str(password_file("roundup-interlock")),
        "person": "dana",
        "person_password_file": str(password_file("roundup-dana")),
    }


if __name__ == "__main__":
    parser = arguments("Start both systems of a home and wait until they answer.")
    parser.add_argument("--tryton-port", type=int, default=TRYTON_PORT, help="0 takes a free one")
    parser.add_argument("--roundup-port", type=int, default=ROUNDUP_PORT, help="0 takes a free one")
    parser.add_argument("--only", choices=("tryton", "roundup"), default="")
    parser.add_argument("--roundup-address", default="", help="the tracker's address where a proxy stands before it")
    options = parser.parse_args()
    found = start(
        options.home,
        tryton_port=options.tryton_port,
        roundup_port=options.roundup_port,
        only=options.only,
        roundup_address=options.roundup_address,
    )
    print(json.dumps(found, indent=2))
