"""For processes that Numba's tests start: what they import and unpickle from `numba.tests` is there too."""

import os
import sys

if os.environ.get("ZOUK_NUMBA_TESTS") and not any("worker.py" in argument for argument in getattr(sys, "orig_argv", ())):
    sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    import worker

    worker.install(os.environ["ZOUK_NUMBA_TESTS"])
