"""The command line.  Results go to standard output, progress and messages to standard error.

Exit codes: 0 done, whatever the answer is, 1 a check failed, 2 bad input, 3 interrupted and resumable.
"""

from ._main import main as main
