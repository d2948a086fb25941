"""Studies of bundles: models found by search, held against all there are."""
