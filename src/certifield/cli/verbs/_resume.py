def resume() -> None:
    """Waits for the studies."""
