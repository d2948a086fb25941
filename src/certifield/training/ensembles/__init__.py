"""Networks of finite width trained side by side, and the functions of the field they leave."""

from ._learned import Learned as Learned, Measured as Measured, moments as moments
from ._trained import Trained as Trained, trained as trained
