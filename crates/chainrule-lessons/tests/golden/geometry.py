"""Makes geometry.json: the figures of the lesson `geometry`, computed with numpy and derivatives by hand.

    pip install numpy scikit-learn
    python geometry.py > geometry.json
"""

import json
import platform

import numpy as np
import sklearn
from sklearn.linear_model import LinearRegression

X = np.linspace(-5, 5, 100)
RIGHT = slice(50, None)


def mse(a, b):
    return float(((a - b) ** 2).mean())


def line(random):
    truth = 1 * X + 2
    return truth + random.normal(0, 0.5, 100), truth


def kink(random, noise=0.5):
    y = 0.2 * X + -2 + random.normal(0, noise, 100)
    y[RIGHT] += 2 * X[RIGHT]
    return y, 0.2 * X - 2 + np.where(X > 0, 2 * X, 0)


def best_line(x, y):
    model = LinearRegression().fit(x.reshape(-1, 1), y)
    return float(model.coef_[0]), float(model.intercept_)


def best_loss(y):
    w, b = best_line(X, y)
    return mse(w * X + b, y)


def brief_hinge(w, b):
    """−b/w with three digits, as Rust writes it."""
    if w == 0:
        return "none"
    text = f"{-b / w:.3g}"
    return "0" if float(text) == 0 else text


def one_neuron(random, w, b):
    return {"y(−5)": w * -5 + b, "y(5)": w * 5 + b}, {}


def fit_by_hand(random, w, b):
    y, truth = line(random)
    again, _ = line(random)
    predicted = w * X + b
    # Var(mean (m + e)²) with fixed m and normal e: Var(2me + e²) = 4m²σ² + 2σ⁴ for each, divided by N.
    variance = (4 * 0.25 * (truth - predicted) ** 2 + 2 * 0.0625).sum() / 100**2
    return {
        "loss": str(float(((y - predicted) ** 2).mean().round(2))),
        "loss, unrounded": mse(y, predicted),
        "loss expected over all noise": mse(truth, predicted) + 0.25,
        "its standard deviation": float(np.sqrt(variance)),
        "smallest loss of any line": best_loss(y),
        "loss of a second run": mse(again, predicted),
        "'12.46' < '3.1'": str("12.46" < "3.1"),
    }, {"loss of a second run": mse(y, predicted), "'12.46' < '3.1'": str(12.46 < 3.1)}


def gradient(w, b, y):
    error = w * X + b - y
    return float((2 * error * X).mean()), float((2 * error).mean())


def gradient_descent(random, w, b, rate, steps):
    y, _ = line(random)
    w_best, b_best = best_line(X, y)
    slope = gradient(w, b, y)
    path = [(w, b)]
    for _ in range(max(steps, 1)):
        by_w, by_b = gradient(*path[-1], y)
        path.append((path[-1][0] - rate * by_w, path[-1][1] - rate * by_b))
    first = path[1] if steps else path[0]
    w_end, b_end = path[steps]
    return {
        "loss": mse(w * X + b, y),
        "loss with w a little larger": mse((w + 0.1) * X + b, y),
        "dL/dw by nudging": slope[0],
        "dL/dw by the formula": slope[0],
        "dL/dw": slope[0],
        "dL/db": slope[1],
        "loss after one step": mse(first[0] * X + first[1], y),
        "loss after the steps": mse(w_end * X + b_end, y),
        "w after the steps": w_end,
        "b after the steps": b_end,
        "w by least squares": w_best,
        "b by least squares": b_best,
        "loss by least squares": best_loss(y),
        "largest learning rate": 1 / float((X**2).mean()),
    }, {}


def registers(random, a, b, c):
    return {
        "a": a, "b": b, "c": c, "l1": a * b, "l2": a * b + c,
        "∂l1/∂a": b, "∂l1/∂b": a, "∂l2/∂l1": 1.0, "∂l2/∂c": 1.0,
        "adjoint of l2": 1.0, "adjoint of l1": 1.0, "adjoint of c": 1.0,
        "adjoint of b": a, "adjoint of a": b,
        "rise of l2 per unit of a": b,
    }, {}


def reverse_mode(random, W, b, sample):
    y_all, _ = line(random)
    x, y = float(X[sample]), float(y_all[sample])
    l1 = W * x
    l2 = l1 + b
    l3 = l2 - y
    by_w, by_b = gradient(W, b, y_all)
    return {
        "W": W, "b": b, "x": x, "y": y, "l1": l1, "l2": l2, "l3": l3, "l4": l3**2,
        "∂l1/∂W": x, "∂l1/∂x": W, "∂l2/∂l1": 1.0, "∂l2/∂b": 1.0, "∂l3/∂l2": 1.0, "∂l3/∂y": -1.0, "∂l4/∂l3": 2 * l3,
        "adjoint of l4": 1.0, "adjoint of l3": 2 * l3, "adjoint of l2": 2 * l3, "adjoint of b": 2 * l3,
        "adjoint of l1": 2 * l3, "adjoint of W": 2 * l3 * x,
        "L": mse(W * X + b, y_all),
        "dL/dW": by_w, "mean adjoint of W": by_w, "dL/dW by nudging": by_w, "dL/db": by_b,
    }, {}


def kink_scene(random, w, b):
    y, truth = kink(random)
    w_best, b_best = best_line(X, y)
    left = y - (w_best * X + b_best)
    return {
        "loss": mse(w * X + b, y),
        "w by least squares": w_best,
        "b by least squares": b_best,
        "loss by least squares": best_loss(y),
        "loss of the true curve": mse(truth, y),
        "loss by least squares without noise": best_loss(truth),
        "mean error, left quarter": float(left[:25].mean()),
        "mean error, middle half": float(left[25:75].mean()),
        "mean error, right quarter": float(left[75:].mean()),
    }, {}


def true_lines(random, w2, noise):
    y, _ = kink(random, noise)
    x, y = X[RIGHT], y[RIGHT]
    return {
        "slope of the second line": w2,
        "loss on the right half, as drawn": mse(w2 * x - 2, y),
        "loss on the right half, slope 2.2": mse(2.2 * x - 2, y),
        "slope by least squares, right half": best_line(x, y)[0],
        "its standard deviation": noise / float(np.sqrt(((x - x.mean()) ** 2).sum())),
        "distance of 0.2x − 2 + relu(2x)": 0.0,
    }, ({} if w2 == 2.2 else {"slope of the second line": 2.2})


def two_linear_neurons(random, w1, b1, w2, b2):
    y, _ = kink(random)
    return {
        "slope of the sum": w1 + w2,
        "height of the sum at x = 0": b1 + b2,
        "largest distance of the sum from a line": 0.0,
        "loss of the sum on the kinked points": mse((w1 + w2) * X + (b1 + b2), y),
        "loss by least squares": best_loss(y),
        "sum at x = −5, slider moved later": max(0.0, 2.2 * -5 - 4),
    }, {"sum at x = −5, slider moved later": (w1 + w2) * -5 + (b1 + b2)}


def two_relu_gradient(weights, y):
    w1, b1, w2, b2, b_out = weights
    z1, z2 = w1 * X + b1, w2 * X + b2
    error = 2 * (np.maximum(0, z1) + np.maximum(0, z2) + b_out - y)
    parts = [error * (z1 > 0) * X, error * (z1 > 0), error * (z2 > 0) * X, error * (z2 > 0), error]
    return [float(part.mean()) for part in parts]


def two_relu_neurons(random, w1, b1, w2, b2, b_out):
    y, truth = kink(random)
    weights = np.array([w1, b1, w2, b2, b_out])
    slopes = two_relu_gradient(weights, y)
    after = weights.copy()
    for _ in range(50):
        after -= 0.01 * np.array(two_relu_gradient(after, y))
    first = int((w1 * X + b1 > 0).sum())
    corrected = {"rise of the sum per unit of b_out": 1.0}
    if first == 0:
        corrected["points where the first neuron is not 0"] = int((0.2 * X + 1 > 0).sum())
    return {
        "loss": mse(np.maximum(0, w1 * X + b1) + np.maximum(0, w2 * X + b2) + b_out, y),
        "points where the first neuron is not 0": first,
        "points where the second neuron is not 0": int((w2 * X + b2 > 0).sum()),
        "hinge of the first neuron": brief_hinge(w1, b1),
        "hinge of the second neuron": brief_hinge(w2, b2),
        "dL/dw1": slopes[0], "dL/db1": slopes[1], "dL/dw2": slopes[2], "dL/db2": slopes[3], "dL/db_out": slopes[4],
        "w1 after 50 steps of descent": float(after[0]),
        "rise of the sum per unit of b_out": 2.0,
        "loss at 0.2, 1, 2, 0, −3": mse(truth, y),
        "loss by least squares": best_loss(y),
    }, corrected


def one_relu_neuron(random, w1, w2, b1, b2):
    def net(x):
        return float(np.maximum(0, x * w1 + b1) * w2 + b2)

    left = w1 * w2 if w1 < 0 else 0.0
    right = w1 * w2 if w1 > 0 else 0.0
    first = float(np.maximum(0, b1))
    return {
        "y(0)": net(0.0),
        "y(0) as first drawn": first,
        "hinge": -b1 / w1 if w1 else "none",
        "slope far left": left,
        "slope far right": right,
        "bend": right - left,
        "points inside the window": int((np.abs(np.linspace(-100, 100, 1000)) <= 4).sum()),
    }, ({} if net(0.0) == first else {"y(0) as first drawn": net(0.0)})


def train_a_net(random, hidden, rate, steps):
    y, truth = kink(random)
    fresh, _ = kink(random)
    parameters = [random.randn(hidden), random.randn(hidden), random.randn(hidden), np.zeros(1)]
    means, squares = [np.zeros_like(p) for p in parameters], [np.zeros_like(p) for p in parameters]
    x = X.reshape(-1, 1)

    def forward():
        w, b, v, b_out = parameters
        z = x * w + b
        return z, np.maximum(0, z), (np.maximum(0, z) * v).sum(axis=1) + b_out

    start = mse(forward()[2], y)
    for t in range(1, steps + 1):
        z, h, predicted = forward()
        error = 2 * (predicted - y) / 100
        back = error.reshape(-1, 1) * parameters[2] * (z > 0)
        gradients = [(back * x).sum(axis=0), back.sum(axis=0), (h * error.reshape(-1, 1)).sum(axis=0), error.sum(keepdims=True)]
        for p, g, m, s in zip(parameters, gradients, means, squares):
            m[:] = 0.9 * m + 0.1 * g
            s[:] = 0.999 * s + 0.001 * g * g
            p -= rate / (1 - 0.9**t) * m / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)
    predicted = forward()[2]
    w, b, v, _ = parameters
    hinges, bends = -b / w, np.abs(w) * v
    figures = {
        "loss before training": start,
        "loss": mse(predicted, y),
        "loss of the best line": best_loss(y),
        "loss of the true curve": mse(truth, y),
        "loss on fresh points": mse(predicted, fresh),
        "loss of the true curve on fresh points": mse(truth, fresh),
        "distance from the true curve": mse(predicted, truth) ** 0.5,
        "bend between −1 and 1": float(bends[np.abs(hinges) < 1].sum()),
    }
    for i in range(hidden):
        figures[f"hinge {i + 1}"] = float(hinges[i])
        figures[f"bend {i + 1}"] = float(bends[i])
    return figures, {}


SCENES = {
    "one-neuron": (one_neuron, [{"w": 0.0, "b": 0.0}, {"w": -1.5, "b": 2.0}]),
    "fit-by-hand": (fit_by_hand, [{"w": 0.0, "b": 0.0}, {"w": 1.0, "b": 2.0}]),
    "gradient-descent": (gradient_descent, [
        {"w": 0.0, "b": 0.0, "rate": 0.05, "steps": 30},
        {"w": 3.5, "b": -4.0, "rate": 0.11, "steps": 7},
        {"w": 2.0, "b": 1.0, "rate": 0.05, "steps": 0},
    ]),
    "registers": (registers, [{"a": 2.0, "b": 3.0, "c": 5.0}, {"a": -1.5, "b": 4.0, "c": 0.0}]),
    "reverse-mode": (reverse_mode, [{"W": 0.0, "b": 0.0, "sample": 80}, {"W": 1.5, "b": -2.0, "sample": 3}]),
    "kink": (kink_scene, [{"w": 0.0, "b": 0.0}, {"w": 1.2, "b": 0.5}]),
    "true-lines": (true_lines, [{"w2": 2.0, "noise": 0.5}, {"w2": 2.2, "noise": 0.0}, {"w2": 3.0, "noise": 1.0}]),
    "two-linear-neurons": (two_linear_neurons, [
        {"w1": 0.2, "b1": -2.0, "w2": 2.0, "b2": -2.0},
        {"w1": -3.0, "b1": 1.0, "w2": 1.0, "b2": 0.0},
    ]),
    "two-relu-neurons": (two_relu_neurons, [
        {"w1": 0.2, "b1": -2.0, "w2": 2.0, "b2": -2.0, "b_out": 0.0},
        {"w1": 0.2, "b1": 1.0, "w2": 2.0, "b2": 0.0, "b_out": -3.0},
        {"w1": -1.0, "b1": 1.5, "w2": 0.0, "b2": -2.0, "b_out": 1.0},
    ]),
    "one-relu-neuron": (one_relu_neuron, [
        {"w1": 1.0, "w2": 1.0, "b1": 1.0, "b2": 1.0},
        {"w1": -2.0, "w2": 3.0, "b1": 4.0, "b2": -1.0},
        {"w1": 0.0, "w2": 3.0, "b1": 4.0, "b2": -1.0},
    ]),
    "train-a-net": (train_a_net, [
        {"hidden": 4, "rate": 0.1, "steps": 200},
        {"hidden": 2, "rate": 0.05, "steps": 100},
        {"hidden": 8, "rate": 0.1, "steps": 0},
    ]),
}

if __name__ == "__main__":
    cases = []
    for scene, (function, settings) in SCENES.items():
        for controls in settings:
            for seed in (42, 0, 2024):
                computed, corrected = function(np.random.RandomState(seed), **controls)
                cases.append({"scene": scene, "seed": seed, "controls": controls, "computed": computed, "corrected": corrected})
    versions = {"python": platform.python_version(), "numpy": np.__version__, "scikit-learn": sklearn.__version__}
    print(json.dumps({"versions": versions, "cases": cases}, indent=1, ensure_ascii=False))
