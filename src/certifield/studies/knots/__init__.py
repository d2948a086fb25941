"""Censuses of knots: the tasks, each named in the registry."""
