"""Figures of the scenes on networks, by numbers one by one and by matrices."""

import math
import random

import numpy as np
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split

from autograd_numbers import MEASURED, Number, case, central

# The network.

SAMPLES = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
TARGETS = [1.0, -1.0, -1.0, 1.0]


def draw_layer(inputs, neurons, stream):
    """Each neuron as its weights and its bias."""
    return [([Number(stream.uniform(-1, 1)) for _ in range(inputs)], Number(0.0)) for _ in range(neurons)]


def draw(widths, seed):
    stream = random.Random(seed)
    return [draw_layer(inputs, neurons, stream) for inputs, neurons in zip(widths, widths[1:])]


def fire(weights, bias, inputs, squash):
    total = bias
    for weight, x in zip(weights, inputs):
        total = total + weight * x
    return total.tanh() if squash else total


def answer(net, inputs):
    for depth, layer in enumerate(net):
        inputs = [fire(weights, bias, inputs, depth + 1 < len(net)) for weights, bias in layer]
    return inputs[0]


def parameters(net):
    return [p for layer in net for weights, bias in layer for p in weights + [bias]]


def squares(net, samples=4):
    total = Number(0.0)
    for inputs, target in zip(SAMPLES[:samples], TARGETS):
        total = total + (answer(net, inputs) - target) ** 2
    return total


def descend_net(net, rate, epochs, loss=squares, reset=True):
    losses = []
    for _ in range(epochs):
        value = loss(net)
        losses.append(value.data)
        if reset:
            for p in parameters(net):
                p.grad = 0.0
        value.walk()
        for p in parameters(net):
            p.data -= rate * p.grad
    return losses


def layer_text(inputs, neurons, kind):
    return "Layer of [" + ", ".join(f"{kind}Neuron({inputs})" for _ in range(neurons)) + "]"


for first, second, seed in ((4, 4, 42), (2, 7, 5)):
    stream = random.Random(seed)
    (weights, bias), = draw_layer(2, 1, stream)
    layer = draw_layer(2, 3, random.Random(seed))
    widths = [3, first, second, 1]
    texts = [layer_text(i, n, k) for i, n, k in zip(widths, widths[1:], ("tanh", "tanh", "Linear"))]
    case(
        "neuron-layer-network",
        {
            "neuron": "tanhNeuron(2)",
            "neuron at (2.1, 3.1)": fire(weights, bias, [2.1, 3.1], True).data,
            "layer": layer_text(2, 3, "tanh"),
            "layers": 3,
            "as the notebook writes it": f"MLP of [{', '.join(texts)}]",
            "parameters": len(parameters(draw(widths, seed))),
            "parameters of MLP(3, [8, 4, 1])": len(parameters(draw([3, 8, 4, 1], seed))),
        },
        {"first": first, "second": second},
        seed,
    )

for first, second, samples in ((4, 4, 4), (2, 6, 3)):
    values, operations, arrows = squares(draw([3, first, second, 1], 0), samples).size()
    count = (3 + 1) * first + (first + 1) * second + second + 1
    # Per sample and neuron of n inputs: n products, n − 1 sums, the bias, tanh; then difference and square.
    layers = [(3, first), (first, second), (second, 1)]
    each = sum(neurons * (2 * inputs + 1) for inputs, neurons in layers) + 2
    shared_operations = samples * each + samples - 1
    binary = samples * (sum(neurons * 2 * inputs for inputs, neurons in layers) + 1) + samples - 1
    unary = shared_operations - binary
    # matmul, +, tanh for three layers (no tanh at the end), −, square, sum.
    tensor_arguments = [2, 2, 1, 2, 2, 1, 2, 2, 2, 1, 1]
    case(
        "size-of-the-graph",
        {
            "value boxes": values,
            "operation boxes": operations,
            "arrows": arrows,
            "value boxes, inputs shared": count + samples * (3 + 1) + shared_operations,
            "operation boxes, inputs shared": shared_operations,
            "arrows, inputs shared": shared_operations + 2 * binary + unary,
            "value boxes, tensors": 6 + 2 + len(tensor_arguments),
            "operation boxes, tensors": len(tensor_arguments),
            "arrows, tensors": len(tensor_arguments) + sum(tensor_arguments),
        },
        {"first": first, "second": second, "samples": samples},
    )

WIDTHS = [3, 4, 4, 1]
for seed, rate, epochs in ((42, 0.05, 20), (0, 0.05, 20), (1, 0.05, 20), (7, 0.02, 45)):
    net = draw(WIDTHS, seed)
    losses = descend_net(net, rate, epochs)
    mean = descend_net(draw(WIDTHS, seed), 4 * rate, epochs, lambda net: squares(net) * 0.25)
    once = draw(WIDTHS, seed)
    before = descend_net(once, 0.01, 1)[0]
    case(
        "training",
        {
            "parameters": len(parameters(net)),
            "loss before": before,
            "loss after one step of 0.01": squares(once).data,
            "first loss": losses[0],
            "last loss": losses[-1],
            'last "mse"': losses[-1],
            "mean with 4 times the rate": mean[-1],
            **{f"answer {k}": answer(net, inputs).data for k, inputs in enumerate(SAMPLES, 1)},
            **{f"loss@{epoch}": loss for epoch, loss in enumerate(losses)},
        },
        {"rate": rate, "epochs": epochs},
        seed,
    )

for seed, rate, epochs in ((42, 0.05, 20), (3, 0.01, 30)):
    reset = descend_net(draw(WIDTHS, seed), rate, epochs)
    kept = descend_net(draw(WIDTHS, seed), rate, epochs, reset=False)
    case(
        "zero-gradients",
        {
            "first loss": reset[0],
            "last loss, set back": reset[-1],
            "last loss, never set back": kept[-1],
            "best loss, never set back": min(kept),
        },
        {"rate": rate, "epochs": epochs},
        seed,
    )


def cross_entropy(net):
    """The mean binary cross-entropy of logits, with its slope p − t written by hand."""
    total = Number(0.0)
    for inputs, target in zip(SAMPLES, TARGETS):
        z, t = answer(net, inputs), (target + 1) / 2
        p = 1 / (1 + math.exp(-z.data))
        loss = math.log1p(math.exp(z.data)) - t * z.data
        total = total + Number(loss, (z,), (p - t,))
    return total * 0.25


for seed, rate, epochs in ((42, 0.5, 30), (11, 0.2, 12)):
    net = draw(WIDTHS, seed)
    losses = descend_net(net, rate, epochs, cross_entropy)
    p = [1 / (1 + math.exp(-answer(net, inputs).data)) for inputs in SAMPLES]
    t = [(target + 1) / 2 for target in TARGETS]
    paper = -sum(math.log(p) if t else math.log(1 - p) for p, t in zip(p, t)) / 4
    case(
        "sigmoid-output",
        {
            "first loss": losses[0],
            "loss": paper,
            "loss on paper": paper,
            "loss of not knowing": math.log(2),
            "right": sum((p > 0.5) == (t > 0.5) for p, t in zip(p, t)),
            "gradient of the first logit": p[0] - t[0],
            "p − t of the first sample": p[0] - t[0],
            "loss of z = 40 for class 0": 40.0 + math.log1p(math.exp(-40.0)),
            **{f"probability {k}": p for k, p in enumerate(p, 1)},
        },
        {"rate": rate, "epochs": epochs},
        seed,
    )

# The parabola.

XS = np.linspace(-5, 5, 40)
YS = np.power(XS, 2) + 3 * XS
for share, seed in ((0.33, 42), (0.9, 3), (0.05, 42)):
    train, test = train_test_split(np.arange(40), test_size=share, random_state=seed)
    case(
        "parabola-data",
        {
            "points": len(XS),
            "train": len(train),
            "test": len(test),
            "test places": ", ".join(str(place) for place in test),
            "x between neighbors": XS[1] - XS[0],
            "lowest y": YS.min(),
        },
        {"test share": share},
        seed,
    )


class OneHiddenLayer:
    def __init__(self, inputs, neurons, seed):
        stream = random.Random(seed)
        self.w1 = np.array([[stream.uniform(-1, 1) for _ in range(inputs)] for _ in range(neurons)])
        self.w2 = np.array([stream.uniform(-1, 1) for _ in range(neurons)])
        self.b1, self.b2 = np.zeros(neurons), 0.0

    def answer(self, x):
        self.x, self.h = x, np.tanh(x @ self.w1.T + self.b1)
        return self.h @ self.w2 + self.b2

    def step(self, slopes, rate):
        """Against the gradient, given the slope of the loss in each answer of the last call."""
        into = np.outer(slopes, self.w2) * (1 - self.h * self.h)
        self.w2 = self.w2 - rate * (self.h.T @ slopes)
        self.b2 = self.b2 - rate * slopes.sum()
        self.w1 = self.w1 - rate * (into.T @ self.x)
        self.b1 = self.b1 - rate * into.sum(0)

    def size(self):
        return self.w1.size + self.b1.size + self.w2.size + 1


X, X_TEST, Y, Y_TEST = train_test_split(XS, YS, test_size=0.33, random_state=42)
for seed, neurons, rate, epochs in ((42, 16, 0.008, 400), (1, 5, 0.01, 100), (2, 1, 0.02, 40)):
    net = OneHiddenLayer(1, neurons, seed)
    losses, on_test = [], []
    for epoch in range(epochs + 1):
        on_test.append(np.mean((net.answer(X_TEST[:, None]) - Y_TEST) ** 2))
        errors = net.answer(X[:, None]) - Y
        losses.append(np.mean(errors**2))
        if epoch < epochs:
            net.step(2 * errors / len(X), rate)
    case(
        "parabola-fit",
        {
            "parameters": net.size(),
            "train loss before": losses[0],
            "test loss before": on_test[0],
            "train loss": losses[-1],
            "test loss": on_test[-1],
            "test loss of the mean": np.mean((Y_TEST - Y.mean()) ** 2),
            **{f"train loss@{epoch}": losses[epoch] for epoch in (1, 10, 100) if epoch <= epochs},
        },
        {"neurons": neurons, "rate": rate, "epochs": epochs},
        seed,
    )

# What the notebook leaves to the future.


def sigmoid(x):
    return 1 / (1 + math.exp(-x)) if x > 0 else math.exp(x) / (1 + math.exp(x))


for x in (0.5, -3.0, 4.2):
    t, s = math.tanh(x), sigmoid(x)
    case(
        "relu-and-sigmoid",
        {
            "tanh": t,
            "tanh′": 1 - t * t,
            "tanh′ measured": central(math.tanh, x),
            "sigmoid": s,
            "sigmoid′": s * (1 - s),
            "sigmoid′ measured": central(sigmoid, x),
            "relu": max(0.0, x),
            "relu′": 1.0 if x > 0 else 0.0,
            "relu′ measured": central(lambda x: max(0.0, x), x),
            "σ(1 − σ)": s * (1 - s),
            "2σ(2x) − 1": 2 * sigmoid(2 * x) - 1,
            "relu′(0)": 0.0,
            "sigmoid(−1000)": sigmoid(-1000.0),
            "steepest sigmoid": 0.25,
        },
        {"x": x},
        tolerance={f"{name}′ measured": MEASURED for name in ("tanh", "sigmoid", "relu")},
    )

IRIS = load_iris()
COLUMNS = ["sepal length", "sepal width", "petal length", "petal width"]
PAIRS = [(0, 1), (0, 2), (1, 2)]
for pair, across, up, neurons, rate, epochs, seed in (
    (2, 2, 3, 8, 0.5, 100, 42),
    (0, 0, 1, 3, 0.3, 60, 42),
    (1, 3, 0, 1, 0.2, 30, 4),
):
    chosen = np.isin(IRIS.target, PAIRS[pair])
    measures, second = IRIS.data[chosen][:, [across, up]], (IRIS.target[chosen] == PAIRS[pair][1]).astype(float)
    train, test = train_test_split(np.arange(len(second)), test_size=0.33, random_state=seed)
    mean, deviation = measures[train].mean(0), measures[train].std(0)
    standardized = (measures - mean) / deviation
    net = OneHiddenLayer(2, neurons, seed)
    losses = []
    for _ in range(epochs):
        z, t = net.answer(standardized[train]), second[train]
        losses.append(np.mean(np.logaddexp(0, z) - t * z))
        net.step((1 / (1 + np.exp(-z)) - t) / len(t), rate)
    hits = [int(np.sum((net.answer(standardized[rows]) > 0) == (second[rows] > 0.5))) for rows in (train, test)]
    more = 1.0 if 2 * second[train].sum() > len(train) else 0.0
    case(
        "iris-two-classes",
        {
            "first species": str(IRIS.target_names[PAIRS[pair][0]]),
            "second species": str(IRIS.target_names[PAIRS[pair][1]]),
            "x axis": COLUMNS[across],
            "y axis": COLUMNS[up],
            "train rows": len(train),
            "test rows": len(test),
            "parameters": net.size(),
            "mean of x": mean[0],
            "deviation of x": deviation[0],
            "mean of x over all rows": measures[:, 0].mean(),
            "first loss": losses[0],
            "last loss": losses[-1],
            "right in training": hits[0],
            "right in the test": hits[1],
            "training accuracy": hits[0] / len(train),
            "test accuracy": hits[1] / len(test),
            "accuracy of the more frequent class": np.mean(second[test] == more),
        },
        {"pair": pair, "across": across, "up": up, "neurons": neurons, "rate": rate, "epochs": epochs},
        seed,
    )

# The notebook's training over many seeds: number by number for 200, the last loss by matrices for 2000.


def last_loss(seed):
    stream = random.Random(seed)
    layers = []
    for inputs, neurons in zip(WIDTHS, WIDTHS[1:]):
        weights = np.array([[stream.uniform(-1, 1) for _ in range(inputs)] for _ in range(neurons)])
        layers.append((weights, np.zeros(neurons)))
    for _ in range(20):
        seen = [np.array(SAMPLES)]
        for depth, (weights, bias) in enumerate(layers):
            total = seen[-1] @ weights.T + bias
            seen.append(np.tanh(total) if depth < 2 else total)
        errors = seen[-1][:, 0] - TARGETS
        slopes, moved = 2 * errors[:, None], []
        for depth in (2, 1, 0):
            weights, bias = layers[depth]
            if depth < 2:
                slopes = slopes * (1 - seen[depth + 1] ** 2)
            moved.append((weights - 0.05 * slopes.T @ seen[depth], bias - 0.05 * slopes.sum(0)))
            slopes = slopes @ weights
        layers = moved[::-1]
    return np.sum(errors**2)
