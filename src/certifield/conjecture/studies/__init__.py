"""The shipped studies of conjectures."""
