"""Tables, pictures and the one-file report of a study."""

from ._summary import SummaryRow as SummaryRow, summary as summary
from ._write import write as write, write_results as write_results
