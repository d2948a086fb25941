"""Environments of one player, and searchers that know nothing of what they search."""
