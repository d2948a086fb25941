"""The shipped studies of Calabi-Yau metrics."""
