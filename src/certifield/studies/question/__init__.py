"""The question of a study as its TOML file asks it, and what a digest says of it."""
