"""Tests that share a service run one after another: the runner keeps each group of them in one process."""

import pytest


@pytest.mark.xdist_group("processes")
def test_a_test_of_a_group_is_handed_out_with_its_group(request):
    if not request.config.getoption("loadgroup", False):
        pytest.skip("Tests run in one process, or not by their groups.")
    assert request.node.nodeid.endswith("@processes"), "pytest and pytest-xdist do not fit: the groups are ignored."
