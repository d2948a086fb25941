"""The shipped studies of Calabi-Yau metrics, and the study of a variety of one's own."""

from .own_metric import own_metric as own_metric
