"""The shipped studies of Calabi-Yau metrics, and the study of a variety of one's own."""

from .own_metric import metric_of as metric_of, own_metric as own_metric
