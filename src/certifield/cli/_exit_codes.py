"""What the exit code of a verb says."""

DONE, NEGATIVE, BAD_INPUT, INTERRUPTED = 0, 1, 2, 3
