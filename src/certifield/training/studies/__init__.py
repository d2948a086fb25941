"""Studies of networks in training: frozen kernels, trained ensembles, and how kernels differ from draw to draw."""
