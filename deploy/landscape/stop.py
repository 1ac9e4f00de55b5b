"""Stop Tryton and Roundup of a home, or one of them. Nothing of them stays behind."""

from __future__ import annotations

import roundup
import tryton
from layout import arguments
from processes import stop

if __name__ == "__main__":
    parser = arguments("Stop both systems of a home.")
    parser.add_argument("--only", choices=(tryton.SERVER, roundup.SERVER), default="")
    options = parser.parse_args()
    for server in (tryton.SERVER, roundup.SERVER):
        if options.only in ("", server):
            was_running = stop(options.home, server)
            print(f"{server}: {'stopped' if was_running else 'was not running'}")
