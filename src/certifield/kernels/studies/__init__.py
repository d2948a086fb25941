"""Studies of infinite-width kernels: finite networks against their limit, and kernels of more points than fit into memory."""
