"""A database for Tryton on a PostgreSQL server: ``postgresql.py NAME [TEMPLATE]``, or ``--drop NAME``.

The server's address is in ``HUB_LANDSCAPE_POSTGRESQL``. Runs in Tryton's environment, which brings the
driver. Whatever had that name before is thrown away.
"""

import os
import sys

import psycopg
from psycopg.sql import SQL, Identifier


def drop(connection, name):
    connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


def recreate(connection, name, template=""):
    drop(connection, name)
    source = SQL(" TEMPLATE {}").format(Identifier(template)) if template else SQL("")
    connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)) + source)


if __name__ == "__main__":
    address = os.environ["HUB_LANDSCAPE_POSTGRESQL"]
    # No database is made inside a transaction.
    with psycopg.connect(address, dbname="postgres", autocommit=True) as server:
        act, names = (drop, sys.argv[2:]) if sys.argv[1] == "--drop" else (recreate, sys.argv[1:])
        act(server, *names)
