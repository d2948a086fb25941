"""Cosmology of models that searches find: inflation of one field in `inflation`, counts and graphs of vacua in `vacua`."""
