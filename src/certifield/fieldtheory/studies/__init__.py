"""Studies of networks as field theories."""
