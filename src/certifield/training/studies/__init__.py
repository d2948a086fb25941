"""Studies of networks in training."""
