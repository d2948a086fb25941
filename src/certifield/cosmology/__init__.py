"""Cosmology of models that searches find: inflation, counts of vacua and their dynamics."""
