"""Write the access matrix anew (重写权限矩阵): ``python -m tests.access`` into docs/access, in a database that is thrown away."""

import sys

import pytest

if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "-s", "tests/access/writing.py"]))
