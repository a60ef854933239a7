"""Makes by-hand.json: the figures of the lesson `by-hand` by numpy, scikit-learn and plain Python.

    python by-hand.py > by-hand.json

Each case is a scene, a seed and where its controls stand, with what is computed and, for mistakes, what is right.
The easy problem's target is made of plain products and sums, as a BLAS rounds differently from machine to machine.
Finite differences are left out: the test holds them against the derivatives.
"""

import json
import math
import platform
from fractions import Fraction

import numpy as np
import sklearn
from sklearn.datasets import make_regression
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_squared_error, r2_score

np.seterr(all="ignore")

NAMES = ["w1", "w2", "w3", "w4", "w5", "w6"]


def noisy(seed, noise=100):
    if noise == 0:
        noise = 0.0
    X, y, coefficients = make_regression(
        n_features=2, n_informative=1, noise=noise, random_state=seed, coef=True
    )
    return X, y, coefficients


def easy(seed):
    X, _, (c1, c2) = make_regression(n_features=2, n_informative=2, random_state=seed, coef=True)
    return X, X[:, 0] * c1 + X[:, 1] * c2, (float(c1), float(c2))


def rmse(y, predictions):
    predictions = np.asarray(predictions)
    if not np.isfinite(predictions).all():
        return np.sqrt(np.mean((y - predictions) ** 2))
    return np.sqrt(mean_squared_error(y, predictions))


def coefficients(weights):
    w1, w2, w3, w4, w5, w6 = weights
    return w1 * w5 + w2 * w6, w3 * w5 + w4 * w6


def error(weights, X, y):
    c1, c2 = coefficients(weights)
    return rmse(y, X[:, 0] * c1 + X[:, 1] * c2)


def step(weights, x, y, rate, together):
    w1, w2, w3, w4, w5, w6 = weights
    a, b = x
    rest = y - a * (w1 * w5 + w2 * w6) - b * (w3 * w5 + w4 * w6)
    old5, old6 = w5, w6
    w5 = w5 + rate * (w1 * a + w3 * b) * rest
    w6 = w6 + rate * (w2 * a + w4 * b) * rest
    v5, v6 = (old5, old6) if together else (w5, w6)
    w1 = w1 + rate * v5 * a * rest
    w2 = w2 + rate * v6 * a * rest
    w3 = w3 + rate * v5 * b * rest
    w4 = w4 + rate * v6 * b * rest
    return w1, w2, w3, w4, w5, w6


def course(weights, X, y, rate, epochs, together):
    """The errors after the first row and after each epoch, and the weights at the end."""
    rows, targets = X.tolist(), y.tolist()
    errors = []
    for epoch in range(epochs):
        for i, (x, target) in enumerate(zip(rows, targets)):
            weights = step(weights, x, target, rate, together)
            if epoch == 0 and i == 0:
                errors.append(error(weights, X, y))
        errors.append(error(weights, X, y))
    return errors, weights


def seeded_once(seed):
    return np.random.RandomState(seed).rand(6).tolist()


def seeded_twice(seed):
    w = seeded_once(seed)
    return w[:4] + w[:2]


CASES = []


def value(x):
    if isinstance(x, str) or isinstance(x, int):
        return x
    x = float(x)
    return x if math.isfinite(x) else str(x)


def case(scene, computed, corrected={}, seed=42, **controls):
    CASES.append(
        {
            "scene": scene,
            "seed": seed,
            "controls": controls,
            "computed": {name: value(x) for name, x in computed.items()},
            "corrected": {name: value(x) for name, x in corrected.items()},
        }
    )


for seed, noise in [(42, 100.0), (0, 100.0), (5, 50.0), (6, 0.0)]:
    X, y, true = noisy(seed, noise)
    computed = {"shape of X": str(X.shape), "true c1": true[0], "true c2": true[1], "spread of y": np.std(y)}
    computed |= {f"X[{i}, {j}]": X[i, j] for i in range(5) for j in range(2)}
    case("data", computed, seed=seed, noise=noise)

for seed, noise in [(42, 100.0), (0, 100.0), (1, 35.0), (77, 200.0)]:
    X, y, true = noisy(seed, noise)
    model = LinearRegression().fit(X, y)
    computed = {
        "R²": r2_score(y, model.predict(X)),
        "RMSE": rmse(y, model.predict(X)),
        "c1": model.coef_[0],
        "c2": model.coef_[1],
        "intercept": model.intercept_,
        "true c1": true[0],
        "true c2": true[1],
        "RMSE of the mean": rmse(y, np.full(100, y.mean())),
    }
    case("least-squares", computed, seed=seed, noise=noise)

for seed in [42, 0, 123456]:
    twice, once = seeded_twice(seed), seeded_once(seed)
    (c1, c2), (right1, right2) = coefficients(twice), coefficients(once)
    computed = dict(zip(NAMES, twice)) | {"c1": c1, "c2": c2}
    case("weights", computed, {"w5": once[4], "w6": once[5], "c1": right1, "c2": right2}, seed=seed)


def mixed_up(weights, x):
    w1, w2, w3, w4, w5, w6 = weights
    h1, h2 = w1 * x[0] + w2 * x[0], w3 * x[1] + w4 * x[1]
    return h1, h2, w5 * h1 + w6 * h2


for seed, row in [(42, 0), (42, 99), (3, 17)]:
    X, y, _ = noisy(seed)
    w = seeded_twice(seed)
    x1, x2 = X[row].tolist()
    eight, nine = lambda number: float(f"{number:.8f}"), lambda number: float(f"{number:.8e}")
    computed = {
        "w1·x1 from printed digits": eight(w[0]) * eight(x1),
        "w1·x1": w[0] * x1,
        "w2·x1": w[1] * x1,
        "w1·x1 + w2·x1 from printed digits": nine(w[0] * x1) + nine(w[1] * x1),
        "w3·x2": w[2] * x2,
        "w4·x2": w[3] * x2,
    }
    for i in range(5):
        h1, h2, _ = mixed_up(w, X[i].tolist())
        computed |= {f"joint_to_out[{i}, 0]": h1, f"joint_to_out[{i}, 1]": h2}
    case("products", computed, seed=seed, row=row)

for seed, row in [(42, 0), (42, 12), (7, 3)]:
    X, y, _ = noisy(seed)
    w = seeded_twice(seed)
    w1, w2, w3, w4, w5, w6 = w
    right = [w5 * (w1 * a + w3 * b) + w6 * (w2 * a + w4 * b) for a, b in X.tolist()]
    wrong = [mixed_up(w, x)[2] for x in X.tolist()]
    c1, c2 = coefficients(w)
    computed = {f"output[{i}]": wrong[i] for i in range(5)} | {
        "RMSE": rmse(y, wrong),
        "RMSE by the formula": error(w, X, y),
        "∂output/∂x1": (w1 + w2) * w5,
        "∂output/∂x2": (w3 + w4) * w6,
    }
    corrected = {f"output[{i}]": right[i] for i in range(5)} | {
        "RMSE": error(w, X, y),
        "∂output/∂x1": c1,
        "∂output/∂x2": c2,
    }
    case("forward-pass", computed, corrected, seed=seed, row=row)


def slopes(w, a, b):
    w1, w2, w3, w4, w5, w6 = w
    return np.array([w5 * a, w6 * a, w5 * b, w6 * b, w1 * a + w3 * b, w2 * a + w4 * b])


for seed, row in [(42, 0), (42, 63), (11, 8)]:
    X, y, _ = noisy(seed)
    w = seeded_twice(seed)
    c1, c2 = coefficients(w)
    rest = y - (X[:, 0] * c1 + X[:, 1] * c2)
    gradient = (-2 * rest * slopes(w, X[:, 0], X[:, 1])).sum(axis=1)
    outside = -2 * slopes(w, *X[row]) * rest.sum()
    of_row = -2 * rest[row] * slopes(w, *X[row])
    computed, corrected = {}, {}
    for i, name in enumerate(NAMES):
        computed |= {
            f"dL/d{name}": gradient[i],
            f"dL/d{name} by backward": gradient[i],
            f"dL/d{name}, X outside the sum": outside[i],
            f"dL/d{name} of the row, in the code": of_row[i] / 2,
        }
        corrected |= {
            f"dL/d{name}, X outside the sum": gradient[i],
            f"dL/d{name} of the row, in the code": of_row[i],
        }
    case("partial-derivatives", computed, corrected, seed=seed, row=row)

for seed, rate, epochs in [(42, 1e-4, 5), (42, 2e-4, 7), (0, 1e-4, 5), (1, 5e-5, 3), (2026, 1e-4, 5)]:
    X, y, _ = noisy(seed)
    w = seeded_twice(seed)
    told, weights = course(w, X, y, rate, epochs, together=False)
    right, right_weights = course(w, X, y, rate, epochs, together=True)
    names = ["RMSE after one row"] + [f"RMSE after epoch {epoch}" for epoch in range(1, epochs + 1)]
    x, target = X[0].tolist(), float(y[0])
    first = [(new - old) / rate for new, old in zip(step(w, x, target, rate, False), w)]
    promised = (target - (x[0] * coefficients(w)[0] + x[1] * coefficients(w)[1])) * slopes(w, *x)
    floor = LinearRegression(fit_intercept=False).fit(X, y)
    computed = {"RMSE before": error(w, X, y), "least squares without intercept": rmse(y, floor.predict(X))}
    computed |= dict(zip(names, told)) | dict(zip(NAMES, weights))
    computed |= {f"first step of {name} / rate": moved for name, moved in zip(NAMES, first)}
    corrected = dict(zip(names, right)) | dict(zip(NAMES, right_weights))
    corrected |= {f"first step of {name} / rate": promised[i] for i, name in enumerate(NAMES[:4])}
    case("training", computed, corrected, seed=seed, rate=rate, epochs=epochs)

for seed in [42, 0, 7]:
    X, y, _ = noisy(seed)
    w = seeded_twice(seed)
    printed, real = rmse(y, [mixed_up(w, x)[2] for x in X.tolist()]), error(w, X, y)
    after = error(step(w, X[0].tolist(), float(y[0]), 1e-4, False), X, y)
    share = (printed - real) / (printed - after)
    computed = {
        "RMSE before": printed,
        "RMSE after one row": after,
        "RMSE before, by the formula": real,
        "real drop": real - after,
        "drop": printed - after,
        "share of the mistake": share,
        "share of the mistake, %": f"{100 * share:.0f}",
    }
    case("first-drop", computed, {"RMSE before": real, "drop": real - after}, seed=seed)

for seed, rate, epochs in [(42, 1e-4, 10), (9, 5e-5, 25)]:
    X, y, _ = noisy(seed)
    _, weights = course(seeded_twice(seed), X, y, rate, epochs, together=True)
    c1, c2 = coefficients(weights)
    without, with_intercept = LinearRegression(fit_intercept=False).fit(X, y), LinearRegression().fit(X, y)
    computed = {
        "c1": c1,
        "c2": c2,
        "RMSE": error(weights, X, y),
        "c1 of least squares": without.coef_[0],
        "c2 of least squares": without.coef_[1],
        "RMSE of least squares without intercept": rmse(y, without.predict(X)),
        "RMSE of least squares with intercept": rmse(y, with_intercept.predict(X)),
    }
    case("two-coefficients", computed, seed=seed, rate=rate, epochs=epochs)


def fused(a, b, c):
    return float(Fraction(a) * Fraction(b) + Fraction(c))


for seed, rate, epochs in [(42, 4e-3, 3), (42, 6e-3, 2), (0, 4e-3, 3), (3, 4e-3, 3), (5, 2e-3, 4), (1234, 1e-3, 3)]:
    X, y, true = easy(seed)
    told, weights = course(seeded_once(seed), X, y, rate, epochs, together=False)
    right, _ = course(seeded_once(seed), X, y, rate, epochs, together=True)
    y_fused = np.array([fused(a, true[0], b * true[1]) for a, b in X.tolist()])
    model = LinearRegression(fit_intercept=False).fit(X, y)
    computed = {"RMSE after one row": told[0]} | dict(zip(NAMES, weights))
    for epoch in range(1, epochs + 1):
        computed |= {f"RMSE after epoch {epoch}": told[epoch], f"RMSE after epoch {epoch}, all together": right[epoch]}
    for i, c in enumerate(coefficients(weights)):
        computed |= {f"c{i + 1}": c, f"c{i + 1} of least squares": model.coef_[i], f"true c{i + 1}": true[i]}
    fused_errors, _ = course(seeded_once(seed), X, y_fused, rate, 1, together=False)
    computed["RMSE after epoch 1, target with fused multiply-adds"] = fused_errors[1]
    case("easy-problem", computed, seed=seed, rate=rate, epochs=epochs)

versions = {"python": platform.python_version(), "numpy": np.__version__, "scikit-learn": sklearn.__version__}
cases = ",\n".join(json.dumps(case, ensure_ascii=False) for case in CASES)
print(f'{{"versions": {json.dumps(versions)}, "cases": [\n{cases}\n]}}')
