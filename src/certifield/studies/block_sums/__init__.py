"""Studies whose answers are sums over blocks of draws."""
