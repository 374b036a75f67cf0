"""Tests that end in every way there is, for test_conformance.py."""

import os
import signal
import time
import unittest


class Tests(unittest.TestCase):
    def test_1_passes(self):
        pass

    def test_2_fails(self):
        self.assertEqual(1, 2)

    def test_3_dies(self):
        os.kill(os.getpid(), signal.SIGSEGV)

    def test_4_stays(self):
        time.sleep(60)

    def test_5_skips(self):
        self.skipTest("here")

    def test_6_passes(self):
        pass
