"""Cosmology of models that searches find: inflation of one field, in `certifield.cosmology.inflation`."""
