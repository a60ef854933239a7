"""Makes autograd.json: the figures of the lesson autograd, by plain Python, numpy and scikit-learn.

    python autograd.py > autograd.json

A case is a scene, where its controls stand, the seed, and its figures by name. Numbers must agree to 1e-12 of their
size, or to the tolerance that stands beside them: measured slopes divide rounding errors by a small step.
"""

import json
import platform

import autograd_graphs  # noqa: F401, adds its cases
import autograd_networks as networks
import numpy as np
import sklearn
from autograd_numbers import CASES

ends = np.array([networks.last_loss(seed) for seed in range(2000)])
golden = {
    "made_with": {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scikit-learn": sklearn.__version__,
    },
    "cases": CASES,
    "losses_by_seed": [networks.descend_net(networks.draw(networks.WIDTHS, seed), 0.05, 20) for seed in range(60)],
    "many_seeds": {"median": float(np.median(ends)), "below_a_tenth": float(np.mean(ends < 0.1))},
}
text = json.dumps(golden, ensure_ascii=False, separators=(",", ":"))
print(text.replace('{"scene"', '\n{"scene"').replace('"losses_by_seed":', '\n"losses_by_seed":').replace("],[", "],\n["))
