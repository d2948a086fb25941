"""The shipped studies of what networks can express."""
