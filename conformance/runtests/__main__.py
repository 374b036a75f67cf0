"""`python -m numba.runtests numba.tests.test_X.Class.test …`"""

import sys
import unittest

from worker import lenient

names = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
with lenient():
    suite = unittest.defaultTestLoader.loadTestsFromNames(names)
sys.exit(not unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful())
