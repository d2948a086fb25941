"""Studies of search itself."""
