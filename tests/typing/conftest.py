collect_ignore = ["public_types.py"]  # read by a type checker, never run
