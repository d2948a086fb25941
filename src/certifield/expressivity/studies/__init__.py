"""The studies of what networks can express."""
