"""Independent checkers: one file each, standard library only, importing nothing of Certifield, short enough to be read.

A checker has ``check(claim, value, witness) -> (accepted, reason, steps)`` on plain JSON data, never raises on bad data, and
runs alone: ``python -I -S CHECKER.py CERTIFICATE.json`` prints its verdict as one line of JSON and leaves with
0 (accepted), 1 (rejected) or 2 (not a certificate for this checker).
"""
