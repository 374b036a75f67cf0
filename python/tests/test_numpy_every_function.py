"""Every function of docs/numpy-support.md beside NumPy: dtypes, ranks, layouts, sizes 0 and 1, NaN and infinities, overlap, and wrong arguments.

The tables are in `numpy_cases_*.py`. `ZOUK_EXAMPLES=200` compares each function in so many forms, with so many arguments.
"""

import os
import re
from pathlib import Path

import numpy_cases_arrays
import numpy_cases_creation
import numpy_cases_elementwise
import numpy_cases_numeric
import numpy_cases_random
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy_cases import difference, forms

PAGE = Path(__file__).resolve().parents[2] / "docs" / "numpy-support.md"
EXAMPLES = int(os.environ.get("ZOUK_EXAMPLES", 0))
FORMS, EACH = max(EXAMPLES, 2), max(EXAMPLES // 4, 3)

TABLES = [numpy_cases_elementwise, numpy_cases_arrays, numpy_cases_creation, numpy_cases_numeric, numpy_cases_random]
CASES = {}
for table in TABLES:
    for name, cases in table.CASES.items():
        CASES.setdefault(name, []).extend(cases)

#: What has no result that NumPy's could be compared with, and where it is tested.
ELSEWHERE = {
    "numpy.empty": "its elements are any: test_numpy_library_creation.py",
    "numpy.empty_like": "its elements are any: test_numpy_library_creation.py",
    "numpy.random.multivariate_normal": "NumPy's up to rounding: test_numpy_random_arrays.py",
    "numpy.datetime_data": "it takes a dtype: test_numpy_datetime.py",
    "generator.multivariate_normal": "NumPy's up to rounding: test_numpy_random_arrays.py",
}


def supported():
    """The functions that the page lists, as `numpy.fft.rfft`, `array.sort`."""
    place, found = "", []
    for line in PAGE.read_text().splitlines():
        if heading := re.match(r"## (\S+):", line):
            place = heading[1]
        elif entry := re.match(r"\| `(\w+)` \|", line):
            found.append(f"{place}.{entry[1]}")
    return found


def test_every_function_is_in_a_table():
    known = CASES.keys() | ELSEWHERE.keys()
    assert set(supported()) <= known, f"no case for {sorted(set(supported()) - known)}"
    assert known <= set(supported()), f"docs/numpy-support.md has no {sorted(known - set(supported()))}"
    assert not CASES.keys() & ELSEWHERE.keys()


def test_cases_call_their_functions():
    for name, cases in CASES.items():
        for case in cases:
            assert all(re.search(rf"\b{name.split('.')[-1]}\b", call) for call in case.calls), name


@pytest.mark.parametrize("name", CASES)
def test_function(name):
    for number, case in enumerate(CASES[name]):
        for form in forms(f"{name} {number}", case, -(-FORMS // len(CASES[name]))):
            compare(form)


def compare(form):
    f = form.compiled()

    @settings(max_examples=EACH, deadline=None, derandomize=True, database=None, report_multiple_bugs=False, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def run(data):
        theirs, ours = form.values(data.draw)
        shown = repr(theirs)
        found = difference(form, f, theirs, ours)
        assert not found, f"{form}: {found}, of {shown}"

    run()
