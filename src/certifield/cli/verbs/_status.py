def status() -> None:
    """Waits for the studies."""
