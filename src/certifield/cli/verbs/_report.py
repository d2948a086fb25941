def report() -> None:
    """Waits for the studies."""
