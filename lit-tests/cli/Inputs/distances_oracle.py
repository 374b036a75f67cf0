"""What `distances.c` prints, by CPython."""

import numpy as np
from distances import distances

points = np.array([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]])
for value in distances.py_func(points, 0.5).flat:
    print(f"{value:.3f}")
try:
    distances.py_func(points, -1.0)
except ValueError as error:
    print(f"ValueError: {error}")
