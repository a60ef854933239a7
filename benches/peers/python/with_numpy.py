"""NumPy: forward and backward pass written by hand, as a tutorial would."""

import numpy as np

from shared import *

BEND = {
    "tanh": (np.tanh, lambda y: 1 - y * y),
    "relu": (lambda x: np.maximum(x, 0), lambda y: y > 0),
    "sigmoid": (lambda x: 1 / (1 + np.exp(-x)), lambda y: y * (1 - y)),
}


class Net:
    def __init__(self, layers, activation, optimizer="sgd", rate=SGD, last="none"):
        self.layers, self.rate = layers, np.asarray(rate, layers[0][0].dtype)
        self.bends = [BEND[activation]] * (len(layers) - 1) + ([BEND[last]] if last in BEND else [])
        self.adam = optimizer == "adam"
        if self.adam:
            self.steps = 0
            self.memory = [[(np.zeros_like(p), np.zeros_like(p)) for p in layer] for layer in layers]

    def forward(self, x):
        values = [x]
        for place, (weight, bias) in enumerate(self.layers):
            x = x @ weight + bias
            if place < len(self.bends):
                x = self.bends[place][0](x)
            values.append(x)
        return values

    def backward(self, values, gradient):
        self.steps = getattr(self, "steps", 0) + 1
        for place in reversed(range(len(self.layers))):
            if place < len(self.bends):
                gradient = gradient * self.bends[place][1](values[place + 1])
            weight, bias = self.layers[place]
            moves = (values[place].T @ gradient, gradient.sum(0))
            if place:
                gradient = gradient @ weight.T
            for k, (w, g) in enumerate(zip((weight, bias), moves)):
                self.move(place, k, w, g)

    def move(self, place, k, w, g):
        if not self.adam:
            w -= self.rate * g
            return
        mean, square = self.memory[place][k]
        mean *= 0.9
        mean += 0.1 * g
        square *= 0.999
        square += 0.001 * g * g
        fast, slow = 1 - 0.9**self.steps, 1 - 0.999**self.steps
        w -= self.rate / fast * mean / (np.sqrt(square / slow) + 1e-8)


def classifier(kind, activation, optimizer, rows):
    widths = WIDTHS[kind]
    net = Net(layers(widths, np.float32), activation, optimizer, {"sgd": SGD, "adam": ADAM}[optimizer])
    x, y = classification(rows, widths[0], widths[-1])
    row = np.arange(rows)

    def step():
        values = net.forward(x)
        logits = values[-1]
        shifted = logits - logits.max(1, keepdims=True)
        p = np.exp(shifted)
        sums = p.sum(1, keepdims=True)
        loss = np.mean(np.log(sums[:, 0]) - shifted[row, y])
        p /= sums
        p[row, y] -= 1
        p /= rows
        net.backward(values, p)
        return loss

    return after_checked_steps(step), 1, step


def regression():
    net = Net(layers([2, 16, 16, 1], np.float64), "tanh", rate=POINTS_RATE)
    x, y = points()
    y = y[:, None]

    def step():
        values = net.forward(x)
        error = values[-1] - y
        net.backward(values, 2 / len(x) * error)
        return np.mean(error * error)

    return after_checked_steps(step), 1, step


def samples():
    net = Net(layers([3, 4, 4, 1], np.float64), "tanh", rate=POINTS_RATE, last="tanh")
    x, y = np.array(SAMPLES), np.array(WANTED)[:, None]

    def epoch():
        values = net.forward(x)
        error = values[-1] - y
        net.backward(values, 2 * error)
        return np.sum(error * error)

    return after_checked_steps(epoch), 1 / CHECKED_STEPS, epoch


def people():
    """As the notebook has it: one number at a time."""
    (w, b), (v, c) = [(weight.tolist(), bias.tolist()) for weight, bias in layers([2, 2, 1], np.float64)]

    def sigmoid(x):
        return 1 / (1 + np.exp(-x))

    def epoch():
        total = 0.0
        for x, y in PEOPLE:
            h = [sigmoid(x[0] * w[0][j] + x[1] * w[1][j] + b[j]) for j in (0, 1)]
            o = sigmoid(h[0] * v[0][0] + h[1] * v[1][0] + c[0])
            total += (y - o) ** 2
            d = -2 * (y - o) * o * (1 - o) * PEOPLE_RATE
            for j in (0, 1):
                dh = d * v[j][0] * h[j] * (1 - h[j])
                v[j][0] -= d * h[j]
                w[0][j] -= dh * x[0]
                w[1][j] -= dh * x[1]
                b[j] -= dh
            c[0] -= d
        return total

    return after_epochs(epoch)


def curve():
    x = inputs(CURVE_POINTS, 1, np.float64)[:, 0]
    y = 1.5 * np.tanh(2 * x - 0.5) + 0.1 * signed(ANSWERS, CURVE_POINTS)
    a, b, c = CURVE_START

    def step():
        nonlocal a, b, c
        z = np.tanh(b * x + c)
        error = a * z - y
        slope = error * (1 - z * z) * a
        rate = CURVE_RATE * 2 / CURVE_POINTS
        a, b, c = a - rate * (error @ z), b - rate * (slope @ x), c - rate * slope.sum()
        return np.mean(error * error)

    return after_checked_steps(step), 1, step


def descent():
    x, sums = table()
    y, w, b = numbers(sums), np.zeros(FEATURES), np.zeros(1)

    def step():
        nonlocal w, b
        error = x @ w + b - y
        loss = np.mean(error * error)
        w -= DESCENT_RATE * 2 / ROWS * (error @ x)
        b -= DESCENT_RATE * 2 / ROWS * error.sum()
        return loss

    return after_checked_steps(step), 1 / DESCENT_STEPS, step


def least_squares():
    """By the normal equations of the centered columns."""
    x, sums = table()
    y = numbers(sums)

    def fit():
        x_mean, y_mean = x.mean(0), y.mean()
        centered = x - x_mean
        w = np.linalg.solve(centered.T @ centered, centered.T @ (y - y_mean))
        return w, y_mean - x_mean @ w

    return coefficients_check(*fit()), 1, fit


def asked(kind, activation, rows):
    widths = WIDTHS[kind]
    net, x = Net(layers(widths, np.float32), activation), inputs(rows, widths[0], np.float32)
    return net.forward(x)[-1].sum(dtype=np.float64), rows, lambda: net.forward(x)[-1]


WORKLOADS = {"w1": people, "w2b": regression, "w2c": samples, "w4": curve}
WORKLOADS |= {"w8-least-squares": least_squares, "w8-descent": descent}
WORKLOADS |= {name: lambda how=how: classifier(*how) for name, how in TRAINED.items()}
WORKLOADS |= {name: lambda how=how: asked(*how) for name, how in ASKED.items()}

if __name__ == "__main__":
    main("numpy", WORKLOADS)
