def run() -> None:
    """Waits for the studies."""
