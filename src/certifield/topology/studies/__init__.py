"""The studies of knots, each named in the catalogue beside this folder."""
