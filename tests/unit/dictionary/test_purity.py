"""The pure part of the dictionary knows no framework, and loads the units only when one is asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

from .public_data import REPOSITORY

PROGRAM = """
import sys
import dictionary.contracts.compatibility, dictionary.contracts.json_schema, dictionary.contracts.validate
import dictionary.mapping.compile, dictionary.validation, dictionary.values.compare
assert "django" not in sys.modules, "django"
assert "ucumvert" not in sys.modules, "ucumvert"
assert "cel" not in sys.modules, "cel"
"""


@pytest.mark.req("M2.3")
def test_it_imports_without_a_framework():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, cwd=REPOSITORY)
    assert done.returncode == 0, done.stderr
