"""The command line.  Results go to standard output, progress and messages to standard error.

Exit codes: 0 done, 1 the question has a negative answer, 2 bad input, 3 interrupted and resumable.
"""

from ._main import main as main
