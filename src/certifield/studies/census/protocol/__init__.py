"""What a census asks of its task, and nothing that runs one: subjects build on this."""
