"""Makes neuron.json: the figures of the lesson `neuron` by numpy and plain Python.

    python neuron.py > neuron.json

Each case is a scene, a seed and where its controls stand, with what is computed and, for mistakes, what is right.
Finite differences are left out: the test holds them against the derivatives.
"""

import json
import math
import platform

import numpy as np

np.seterr(all="ignore")

NAMES = ["w1", "w2", "w3", "w4", "w5", "w6", "b1", "b2", "b3"]
RAW = {
    "Alice": (133, 65, 1),
    "Bob": (160, 72, 0),
    "Charlie": (152, 70, 0),
    "Diana": (120, 60, 1),
    "Emily": (128, 63, 1),
    "Frank": (155, 68, 0),
}
KNOWN = ["Alice", "Bob", "Charlie", "Diana"]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def stable(x):
    return 1 / (1 + math.exp(-x)) if x > 0 else math.exp(x) / (1 + math.exp(x))


def slope(x):
    f = sigmoid(x)
    return f * (1 - f)


def shifted(name, shift=(135, 66)):
    weight, height, gender = RAW[name]
    return np.array([weight - shift[0], height - shift[1]], dtype=float), gender


class Net:
    """The network with the notebook's update, in its order of arithmetic."""

    def __init__(self, seed):
        random = np.random.RandomState(seed)
        for name in NAMES:
            setattr(self, name, random.normal())

    @classmethod
    def of(cls, numbers):
        net = cls(0)
        for name, number in zip(NAMES, numbers):
            setattr(net, name, np.float64(number))
        return net

    def numbers(self):
        return [getattr(self, name) for name in NAMES]

    def forward(self, x):
        h1 = sigmoid(self.w1 * x[0] + self.w2 * x[1] + self.b1)
        h2 = sigmoid(self.w3 * x[0] + self.w4 * x[1] + self.b2)
        return h1, h2, sigmoid(self.w5 * h1 + self.w6 * h2 + self.b3)

    def loss(self, people):
        right = np.array([y for _, y in people])
        answers = np.array([self.forward(x)[2] for x, _ in people])
        return ((right - answers) ** 2).mean()

    def derivatives(self, x, y, rate=1.0):
        sum1 = self.w1 * x[0] + self.w2 * x[1] + self.b1
        sum2 = self.w3 * x[0] + self.w4 * x[1] + self.b2
        h1, h2, o1 = self.forward(x)
        sum3 = self.w5 * h1 + self.w6 * h2 + self.b3
        d = rate * (-2 * (y - o1))
        to_h1, to_h2 = self.w5 * slope(sum3), self.w6 * slope(sum3)
        return [
            d * to_h1 * (x[0] * slope(sum1)),
            d * to_h1 * (x[1] * slope(sum1)),
            d * to_h2 * (x[0] * slope(sum2)),
            d * to_h2 * (x[1] * slope(sum2)),
            d * (h1 * slope(sum3)),
            d * (h2 * slope(sum3)),
            d * to_h1 * slope(sum1),
            d * to_h2 * slope(sum2),
            d * slope(sum3),
        ]

    def move(self, changes):
        for name, change in zip(NAMES, changes):
            setattr(self, name, getattr(self, name) - change)

    def epoch(self, people, rate):
        for x, y in people:
            self.move(self.derivatives(x, y, rate))


def people(shift=(135, 66)):
    return [shifted(name, shift) for name in KNOWN]


def course(seed, epochs, rate=0.1, shift=(135, 66)):
    """The loss after each epoch, and the network at the end."""
    net, losses = Net(seed), []
    for _ in range(epochs):
        net.epoch(people(shift), rate)
        losses.append(net.loss(people(shift)))
    return losses, net


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


for w1, w2, b, x1, x2 in [(0, 1, 4, 2, 3), (-1.5, 0.5, 2, 3, -7)]:
    s = w1 * x1 + w2 * x2 + b
    case("neuron", {"w·x + b": float(s), "y": sigmoid(s)}, w1=w1, w2=w2, b=b, x1=x1, x2=x2)

for x in [-720, -1000, -705, -3, 0, 12]:
    x = float(x)
    e = np.exp(np.float64(1000))
    y = 1 / (1 + e)
    # d/dx 1/(1 + e^-x): -1/(1 + e^-x)^2 · e^-x · -1
    chain = -(1 / (1 + e)) ** 2 * e * -1
    computed = {
        "σ(x) by the formula": sigmoid(x),
        "σ(x)": stable(x),
        "e¹⁰⁰⁰": e,
        "σ(−1000) by the formula": y,
        "σ′(−1000) by the formula": chain,
        "ln σ(−1000) by the formula": np.log(y),
    }
    corrected = {
        "e¹⁰⁰⁰": "about 1.97·10⁴³⁴",
        "σ′(−1000) by the formula": stable(-1000.0) * (1 - stable(-1000.0)),
        "ln σ(−1000) by the formula": -float(np.logaddexp(0, 1000)),
    }
    if sigmoid(x) == 0 and stable(x) > 0:
        corrected["σ(x) by the formula"] = stable(x)
    case("sigmoid", computed, corrected, x=x)

for x, h in [(1.0, 1.0), (-4.3, 0.01), (8.0, 3.0)]:
    e = np.exp(-x)
    case(
        "sigmoid-slope",
        {
            "f(x)": sigmoid(x),
            "f·(1 − f)": slope(x),
            "e⁻ˣ / (1 + e⁻ˣ)²": e / ((1 + e) * (1 + e)),
            "f′ by backward": slope(x),
            "f′ by a finite difference": (sigmoid(x + h) - sigmoid(x - h)) / (2 * h),
            "the steepest slope": 0.25,
        },
        x=x,
        h=h,
    )

for first, second, b, x1, x2 in [(0, 1, 0, 2, 3), (1, -1, 0.5, 0.3, -2)]:
    h1, h2, o1 = Net.of([first, second] * 3 + [b] * 3).forward((x1, x2))
    case("network", {"h1": h1, "h2": h2, "o1": o1}, first=first, second=second, b=b, x1=x1, x2=x2)

for seed, shift in [(42, (135, 66)), (7, (140.25, 60.0)), (3, (0, 66))]:
    computed = {}
    for name in RAW:
        x, _ = shifted(name, shift)
        computed[f"{name}'s weight"], computed[f"{name}'s height"] = x
    computed |= {
        "mean weight": np.mean([RAW[name][0] for name in KNOWN]),
        "mean height": np.mean([RAW[name][1] for name in KNOWN]),
        "loss@999 with this shift": course(seed, 1000, shift=shift)[0][-1],
        "loss@999 without a shift": course(seed, 1000, shift=(0, 0))[0][-1],
    }
    case("people", computed, seed=seed, weight_shift=shift[0], height_shift=shift[1])

for answer in [0.0, 0.3, 1.0]:
    right = np.array([RAW[name][2] for name in KNOWN])
    squares = (right - answer) ** 2
    computed = {"MSE": squares.mean(), "dMSE/danswer": (-2 * (right - answer)).mean()}
    computed |= {f"{name}'s squared error": square for name, square in zip(KNOWN, squares)}
    computed |= {"the loss's name": "MSE", "n": 4}
    case("loss", computed, {"the loss's name": "MSE", "n": 4}, answer=answer)

for w, b in [(1.0, 0.0), (-0.7, 1.2)]:
    net = Net.of([w] * 6 + [b] * 3)
    x, y = shifted("Alice")
    h1, h2, o1 = net.forward(x)
    factors = [-2 * (y - o1), w * o1 * (1 - o1), x[0] * h1 * (1 - h1)]
    exact = net.derivatives(x, y)[0]
    three = lambda number: float(f"{number:.2e}")
    rounded = -2 * (y - three(o1)) * (w * three(o1 * (1 - o1))) * (x[0] * three(h1 * (1 - h1)))
    case(
        "worked-derivative",
        {
            "h1": h1,
            "h2": h2,
            "o1": o1,
            "L": (y - o1) ** 2,
            "∂L/∂o1": factors[0],
            "∂o1/∂h1": factors[1],
            "∂h1/∂w1": factors[2],
            "∂L/∂w1": exact,
            "∂L/∂w1 by the formula": exact,
            "∂L/∂w1 by backward": exact,
            "∂L/∂w1 from rounded factors": rounded,
        },
        {"∂L/∂w1 from rounded factors": exact},
        w=w,
        b=b,
    )

for seed, person, rate in [(42, 1, 0.1), (42, 2, 0.1), (1, 3, 2.5), (9, 4, 0.3)]:
    net, (x, y) = Net(seed), shifted(KNOWN[person - 1])
    derivatives = net.derivatives(x, y)
    computed = {"loss before": net.loss([(x, y)])}
    for name, number, derivative in zip(NAMES, net.numbers(), derivatives):
        computed |= {name: number, f"dL/d{name}": derivative, f"dL/d{name} by backward": derivative}
    net.move(net.derivatives(x, y, rate))
    computed["loss after"] = net.loss([(x, y)])
    computed |= {f"{name} after": number for name, number in zip(NAMES, net.numbers())}
    case("one-step", computed, seed=seed, person=person, rate=rate)

for seed, epochs, rate in [(42, 1000, 0.1), (5, 300, 1.0)] + [(seed, 1000, 0.1) for seed in range(30)]:
    losses, net = course(seed, epochs, rate)
    computed = {f"loss@{epoch}": losses[epoch] for epoch in range(0, epochs, 10)}
    computed |= {name: net.forward(shifted(name)[0])[2] for name in ["Emily", "Frank"]}
    case("training", computed, seed=seed, epochs=epochs, rate=rate)

for seed, runs, rate in [(42, 100, 0.1), (1000, 20, 0.5)]:
    all_losses, answers = [], {"Emily": [], "Frank": []}
    for run in range(seed, seed + runs):
        losses, net = course(run, 991, rate)
        all_losses.append(losses)
        for name in answers:
            answers[name].append(net.forward(shifted(name)[0])[2])
    computed = {}

    def band(what, numbers, low, high, printed):
        for share in [low, 0.5, high]:
            computed[f"{what}, {100 * share:.0f} %"] = np.quantile(numbers, share)
        if printed:
            below = int((np.array(numbers) < float(printed)).sum())
            computed[f"{what}, runs below the notebook's {printed}"] = below

    for epoch, printed in [(0, "0.353"), (100, "0.025"), (450, "0.004"), (990, None)]:
        band(f"loss@{epoch}", [losses[epoch] for losses in all_losses], 0.05, 0.95, printed)
    band("Emily", answers["Emily"], 0.01, 0.99, "0.967")
    band("Frank", answers["Frank"], 0.01, 0.99, "0.039")
    case("seeds", computed, seed=seed, runs=runs, rate=rate)

for seed, epochs, rate in [(42, 1000, 0.1), (8, 200, 0.7)]:
    computed = {"last loss, one at a time": course(seed, epochs, rate)[0][-1]}
    for name, factor in [("all at once", 1), ("all at once, 4 × the rate", 4)]:
        net = Net(seed)
        for step in range(epochs):
            mean = sum(np.array(net.derivatives(x, y)) / 4 for x, y in people())
            if step == 0:
                for parameter, derivative in zip(NAMES, mean):
                    computed |= {f"dL/d{parameter}": derivative, f"dL/d{parameter} by backward": derivative}
            net.move(factor * rate * mean)
        computed[f"last loss, {name}"] = net.loss(people())
    case("all-at-once", computed, seed=seed, epochs=epochs, rate=rate)

versions = {"python": platform.python_version(), "numpy": np.__version__}
cases = ",\n".join(json.dumps(case, ensure_ascii=False) for case in CASES)
print(f'{{"versions": {json.dumps(versions)}, "cases": [\n{cases}\n]}}')
