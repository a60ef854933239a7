"""Writes weighted_rows.json beside this file: what scikit-learn's Ridge and LogisticRegression learn of rows that count by
their weights, here from 0 to some hundreds.

    pip install numpy scikit-learn && python weighted_rows.py

Of the rows, which are in order of the column t, the first four of five are learned from, as `fit --time t` has it. Columns
and targets are standardized by the mean and the standard deviation of these rows without weights, as an encoder does it, and
the coefficients are then those in the units of the table.
"""

import json
import pathlib

import numpy
import sklearn
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler

random = numpy.random.default_rng(5)
rows, learned = 60, 48
t = 1.5 * numpy.arange(rows) + 0.25
x = numpy.column_stack([t, random.normal(20, 7, rows).round(3), random.uniform(-1, 4, rows).round(3)])
y = (0.2 * t + 0.7 * x[:, 1] - 3 * x[:, 2] + random.normal(0, 6, rows)).round(3)
kind = numpy.array(["a", "b", "c"])[(x[:, 1] + 4 * x[:, 2] + random.normal(0, 9, rows) > [[20], [30]]).sum(axis=0)]
weight = random.integers(0, 400, rows)

scale = StandardScaler().fit(x[:learned])
scaled, deviation = scale.transform(x[:learned]), y[:learned].std()
answer = (y[:learned] - y[:learned].mean()) / deviation
cases = []
for alpha in [20.0, 3000.0]:
    ridge = Ridge(alpha=alpha).fit(scaled, answer, sample_weight=weight[:learned])
    logistic = {}
    for name, balanced in [("logistic", None), ("balanced", "balanced")]:
        model = LogisticRegression(C=1 / alpha, class_weight=balanced, tol=1e-12, max_iter=100_000)
        logistic[name] = (model.fit(scaled, kind[:learned], sample_weight=weight[:learned]).coef_ / scale.scale_).tolist()
    cases.append({"alpha": alpha, "ridge": (ridge.coef_ * deviation / scale.scale_).tolist(), **logistic})
cells = [[str(cell) for cell in [*row, *rest]] for row, *rest in zip(x.tolist(), y.tolist(), kind.tolist(), weight.tolist())]
text = json.dumps({"scikit-learn": sklearn.__version__, "rows": [",".join(row) for row in cells], "cases": cases}, indent=1)
pathlib.Path(__file__).with_name("weighted_rows.json").write_text(text + "\n", encoding="utf-8")
