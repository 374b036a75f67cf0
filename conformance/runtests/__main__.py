"""`python -m numba.runtests numba.tests.test_X.Class.test …`"""

import sys
import unittest

names = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
suite = unittest.defaultTestLoader.loadTestsFromNames(names)
sys.exit(not unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful())
