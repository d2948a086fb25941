"""Studies of cosmologies that searches find."""
