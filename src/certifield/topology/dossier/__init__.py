"""What is known of a knot or link, in a folder: certificates, pictures and ``knot.json``; written, and held against its proofs."""

from ._document import as_json as as_json
from ._folder import (
    as_numbered_there as as_numbered_there,
    folder_name as folder_name,
    save_pictures as save_pictures,
    save_proofs as save_proofs,
    shown_name as shown_name,
    with_earlier_proofs as with_earlier_proofs,
    write_statement as write_statement,
)
from ._literature import literature as literature, with_known_geometry as with_known_geometry
from ._statement import Line as Line, statement_lines as statement_lines
