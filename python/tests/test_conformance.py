"""Numba's own tests, as far as they are known to pass: see docs/conformance.md."""

import os
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "conformance"
sys.path.insert(0, str(FOLDER))

import run  # noqa: E402
from files import QUICK, is_inside  # noqa: E402


@pytest.fixture(scope="module")
def wheel():
    try:
        return run.tests()
    except run.Unavailable as error:
        if os.environ.get("ZOUK_OFFLINE"):
            pytest.skip(str(error))
        pytest.fail(f"{error}\n(ZOUK_OFFLINE=1 skips these tests)")


@pytest.mark.parametrize("file", QUICK)
def test_what_passed_passes(file, wheel):
    found = run.run_file(file)
    if os.environ.get("BLESS"):
        return run.bless(found)
    known = set(run.passing(file))
    assert known and found["broken"] is None
    more = sorted(name for name, (status, *_) in found["results"].items() if status == "passed" and name not in known)
    if more:
        print(f"also passing now: {', '.join(more)}")
    assert run.lost(found) == {}


def test_lists_name_files():
    assert {path.stem for path in (FOLDER / "passing").glob("*.txt")} <= set(run.FILES)
    assert not [name for file in run.FILES for name in run.passing(file) if is_inside(file, name)]


def test_a_test_that_is_lost_is_found(monkeypatch, wheel):
    """One that fails, one that kills the process, one that does not end, one that is gone; those after them are run."""
    found = run.Run("lost_and_found", seconds=2, folder=Path(__file__).parent).all().results
    status = {name.partition(".")[2]: status for name, (status, *_) in found.items()}
    assert status == {"test_1_passes": "passed", "test_2_fails": "failed", "test_3_dies": "crash", "test_4_stays": "time", "test_5_skips": "skipped", "test_6_passes": "passed"}
    results = {"file": "lost_and_found", "results": found}
    monkeypatch.setattr(run, "passing", lambda file: list(found))
    assert {name.partition(".")[2] for name in run.lost(results)} == {"test_2_fails", "test_3_dies", "test_4_stays", "test_5_skips"}
