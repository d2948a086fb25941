"""What the verbs do where the study is a census."""

from ._compute import compute as compute
from ._status import status as status
from ._verify import verify as verify
