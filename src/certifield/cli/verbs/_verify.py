def verify() -> None:
    """Waits for the studies."""
