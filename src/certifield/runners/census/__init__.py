"""Running censuses: one answer a task, in this process or in several.  The answers are the same."""

from ._progress import Progress as Progress
from ._run import run as run
