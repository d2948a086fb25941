"""Files that a crash leaves whole or absent."""
