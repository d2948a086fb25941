"""Cosmology of models that searches find: inflation of one field, axion-photon couplings in `axions`, counts and graphs in `vacua`."""
