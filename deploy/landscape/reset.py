"""Fresh databases: stop both systems of a home, throw away what they hold, copy the templates.

``--remove`` stops at throwing away.
"""

from __future__ import annotations

import shutil

import roundup
import tryton
from layout import Home, arguments, is_installed
from processes import stop


def reset(home: Home) -> None:
    if not is_installed():
        raise SystemExit("The landscape is not installed: run make landscape.")
    remove(home)
    home.folder.mkdir(parents=True)
    tryton.fresh(home)
    roundup.fresh(home)


def remove(home: Home) -> None:
    for server in (tryton.SERVER, roundup.SERVER):
        stop(home, server)
    if home.exists():
        tryton.forget(home)
    shutil.rmtree(home.folder, ignore_errors=True)


if __name__ == "__main__":
    parser = arguments("Give a home fresh databases.")
    parser.add_argument("--remove", action="store_true", help="throw the home away and make none")
    options = parser.parse_args()
    (remove if options.remove else reset)(options.home)
