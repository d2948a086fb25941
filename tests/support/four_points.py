"""Four labelled points, two others, and a network of which the page states what it learns."""

import numpy as np

from certifield import layers as L, training as T

X = np.array([(1, 0.2), (-0.5, 0.8), (-0.9, -0.6), (0.3, -1.1)])
Y = np.array((0.5, -0.3, 0.2, 0.9))[:, None]
AT = np.array([(0.2, 0.5), (-1, 0.1)])
NETWORK = L.serial(L.dense(1.5**0.5, 0.05**0.5), L.erf(), L.dense(1.5**0.5, 0.05**0.5))
ASKED = T.Training(NETWORK, X, Y, at=AT)
