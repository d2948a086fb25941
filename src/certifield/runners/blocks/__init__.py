"""Running studies that are sums over blocks."""
