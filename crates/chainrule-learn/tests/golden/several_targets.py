"""Writes several_targets.json beside this file: what scikit-learn's LinearRegression learns of two targets at once, and what
its r2_score says of them together.

    pip install numpy scikit-learn && python several_targets.py

The rows are those of data/diabetes.csv; the targets are its columns progression and s6. `tol` is the rank tolerance of
LAPACK's dgelsd, given as ε · max(rows, columns) as in make.py.
"""

import json
import pathlib

import numpy
import sklearn
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.metrics import r2_score

HERE = pathlib.Path(__file__).parent
TARGETS = ["progression", "s6"]

lines = (HERE / "../../../../data/diabetes.csv").resolve().read_text(encoding="utf-8").splitlines()
names = lines[0].split(",")
table = numpy.array([[float(cell) for cell in line.split(",")] for line in lines[1:]])
y = table[:, [names.index(target) for target in TARGETS]]
x = table[:, [place for place, name in enumerate(names) if name not in TARGETS]]

cases = []
for model in [LinearRegression(tol=float(numpy.finfo(float).eps * max(x.shape))), Ridge(alpha=2.5)]:
    predicted = model.fit(x, y).predict(x)
    cases.append(
        {
            "model": type(model).__name__,
            "coefficients": model.coef_.tolist(),
            "intercepts": model.intercept_.tolist(),
            "r2": r2_score(y, predicted, multioutput="raw_values").tolist(),
            "mean_r2": r2_score(y, predicted),
        }
    )
text = json.dumps({"scikit-learn": sklearn.__version__, "targets": TARGETS, "cases": cases}, indent=1)
(HERE / "several_targets.json").write_text(text + "\n", encoding="utf-8")
