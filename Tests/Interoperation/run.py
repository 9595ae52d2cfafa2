"""Runs the tests against the broker of the binary that MARTLET names, or against mosquitto where it names none.

    MARTLET=.build/debug/martlet python3 Tests/Interoperation/run.py [-k PATTERN]
"""

import os
import sys
import unittest

if __name__ == "__main__":
    folder = os.path.dirname(os.path.abspath(__file__))
    unittest.main(module=None, argv=[sys.argv[0], "discover", "-v", "-s", folder, "-t", folder, *sys.argv[1:]])
