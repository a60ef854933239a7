"""The figures of the lesson model-loss-optimizer, computed a second time with numpy and scikit-learn.

Run `python3 model-loss-optimizer.py > model-loss-optimizer.json`. Nothing here knows the Rust code: gradients are derived
by hand, least squares, ridge and lasso are scikit-learn's. What is right where a figure is a mistake stands here as
"NAME, right".
"""
import json
import math
import sys

import numpy as np
import sklearn
from sklearn.datasets import make_classification, make_moons
from sklearn.linear_model import Lasso, LinearRegression, Ridge
from sklearn.model_selection import KFold, ShuffleSplit, train_test_split

SEEDS = [42, 0, 7]


def mse(p, y):
    return np.mean((p - y) ** 2)


def line_data(seed, w=2.0, b=20.0, noise=1.0):
    x = np.linspace(-5, 5, 100)
    return x, w * x + b + noise * np.random.RandomState(seed).randn(100)


# Optimizers: each gets the parameters and their gradient and remembers what it needs.
class Sgd:
    def __init__(self, rate, momentum=0.0):
        self.rate, self.momentum, self.v = rate, momentum, 0.0

    def step(self, w, g):
        self.v = self.momentum * self.v + g
        return w - self.rate * self.v


class RmsProp:
    def __init__(self, rate):
        self.rate, self.s = rate, 0.0

    def step(self, w, g):
        self.s = 0.99 * self.s + (1 - 0.99) * g * g
        return w - self.rate * g / (np.sqrt(self.s) + 1e-8)


class Adagrad:
    def __init__(self, rate):
        self.rate, self.s = rate, 0.0

    def step(self, w, g):
        self.s = self.s + g * g
        return w - self.rate * g / (np.sqrt(self.s) + 1e-10)


class Adam:
    def __init__(self, rate, decay=0.0):
        self.rate, self.decay, self.m, self.v, self.t = rate, decay, 0.0, 0.0, 0

    def step(self, w, g):
        self.t += 1
        w = w - w * (self.rate * self.decay)
        self.m = 0.9 * self.m + (1 - 0.9) * g
        self.v = 0.999 * self.v + (1 - 0.999) * g * g
        mean, square = self.m / (1 - 0.9**self.t), self.v / (1 - 0.999**self.t)
        return w - self.rate * mean / (np.sqrt(square) + 1e-8)


NAMED = {
    "sgd": Sgd,
    "rmsprop": RmsProp,
    "adagrad": Adagrad,
    "adam": Adam,
    "adamw": lambda rate: Adam(rate, 0.01),
}


# Losses of one error with their slopes.
def squared(e):
    return e * e, 2 * e


def absolute(e):
    return abs(e), np.sign(e)


def huber(e):
    small = abs(e) <= 1
    return np.where(small, e * e / 2, abs(e) - 0.5), np.where(small, e, np.sign(e))


LOSSES = {"mse": squared, "mae": absolute, "huber": huber}


def descend_line(x, y, optimizer, steps, loss=squared):
    p = np.array([-5.0, 3.0])
    for _ in range(steps):
        slope = loss(p[0] * x + p[1] - y)[1]
        p = optimizer.step(p, np.array([np.mean(slope * x), np.mean(slope)]))
    return p[0], p[1], np.mean(loss(p[0] * x + p[1] - y)[0])


def simulated_line(seed):
    x, y = line_data(seed)
    e = y - (2.0 * x + 20.0)
    return {
        "points": 100,
        "mean of the noise": e.mean(),
        "standard deviation of the noise": e.std(),
        "MSE of the truth": np.mean(e * e),
    }


def bad_guess(seed):
    x, y = line_data(seed)
    square = np.mean((7 * x + 17) ** 2)
    return {
        "MSE": mse(-5 * x + 3, y),
        "expected MSE": square + 1,
        "spread of the MSE": math.sqrt((4 * square + 2) / 100),
        "spreads from expectation, printed": (702.42755 - square - 1) / math.sqrt((4 * square + 2) / 100),
    }


def mean_squared_error(seed, w, b):
    x, y = line_data(seed)
    e = y - (w * x + b)
    return {
        "sum of the squared errors": np.sum(e * e),
        "points": 100,
        "MSE": np.mean(e * e),
        "RMSE": math.sqrt(np.mean(e * e)),
    }


def descent_on_a_function(start, rate, steps):
    w = start
    for _ in range(steps):
        w -= rate * (2 * w + 3)
    return {
        "f(2.5)": 2.5**2 + 3 * 2.5 - 5,
        "f′(2.5)": 2 * 2.5 + 3,
        "minimum": -1.5,
        "f at the minimum": 2.25 - 4.5 - 5,
        "w at the end": w,
        "w at the end, in one formula": -1.5 + (start + 1.5) * (1 - 2 * rate) ** steps,
    }


def gradient_of_the_loss(w, b):
    x = np.linspace(-5, 5, 100)
    e = 2 * x + 20 - (w * x + b)
    slopes = -2 * np.mean(x * e), -2 * np.mean(e)
    return {
        "loss": np.mean(e * e),
        "∂L/∂w": slopes[0],
        "∂L/∂b": slopes[1],
        "∂L/∂w by formula": slopes[0],
        "∂L/∂b by formula": slopes[1],
        "gradient check": "passes",
    }


def linear_regression(seed, loss, optimizer, rate, steps):
    x, y = line_data(seed)
    w, b, end = descend_line(x, y, NAMED[optimizer](rate), steps, LOSSES[loss])
    return {
        "the loss": loss,
        "the optimizer": optimizer,
        "w at the end": w,
        "b at the end": b,
        "loss at the start": np.mean(LOSSES[loss](-5 * x + 3 - y)[0]),
        "loss at the end": end,
        "loss at the end, added by hand": end,
        "gradient check": "passes",
    }


def least_squares(seed, noise, rate, steps):
    x, y = line_data(seed, noise=noise)
    fit = LinearRegression().fit(x[:, None], y)
    w, b, loss = descend_line(x, y, Sgd(rate), steps)
    least = mse(fit.predict(x[:, None]), y)
    return {
        "exact w": fit.coef_[0],
        "exact b": fit.intercept_,
        "w by formula": fit.coef_[0],
        "b by formula": fit.intercept_,
        "w by descent": w,
        "b by descent": b,
        "least MSE": least,
        "MSE above the least": loss - least,
        "slopes at the exact line are 0": "yes",
        "kept of the distance in w": abs(1 - 2 * rate * np.mean(x * x)),
        "kept of the distance in b": abs(1 - 2 * rate),
    }


def optimizers(seed, steps, pace):
    x, y = line_data(seed)
    racers = {
        "sgd": Sgd(0.05 * pace),
        "momentum": Sgd(0.02 * pace, 0.9),
        "rmsprop": RmsProp(0.4 * pace),
        "adagrad": Adagrad(3.0 * pace),
        "adam": Adam(0.8 * pace),
        "adamw": Adam(0.8 * pace, 0.01),
    }
    fit = LinearRegression().fit(x[:, None], y)
    figures = {"least MSE": mse(fit.predict(x[:, None]), y)}
    for name, racer in racers.items():
        figures[f"MSE of {name}"] = descend_line(x, y, racer, steps)[2]
    return figures


# Logistic regression.
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def cross_entropy(z, y):
    s = (1 - 2 * y) * z
    return np.maximum(s, 0) + np.log1p(np.exp(-abs(s)))


def labelled(seed, rows, noise):
    x = np.linspace(-10, 10, rows)
    return x, np.round(sigmoid(2 * x + 1 + noise * np.random.RandomState(seed).rand(rows)))


def logistic_descent(x, y, rate, steps):
    w = b = 0.0
    places = [(w, b)]
    for _ in range(steps):
        e = sigmoid(w * x + b) - y
        w, b = w - rate * np.sum(e * x), b - rate * np.sum(e)
        places.append((w, b))
    return places


def newton(x, y):
    w = b = 0.0
    for _ in range(60):
        p = sigmoid(w * x + b)
        X = np.stack([x, np.ones_like(x)], 1)
        step = np.linalg.solve(X.T @ (X * (p * (1 - p))[:, None]), X.T @ (p - y))
        share, here = 1.0, np.sum(cross_entropy(w * x + b, y))
        while share > 1e-6 and np.sum(cross_entropy((w - share * step[0]) * x + b - share * step[1], y)) > here:
            share /= 2
        w, b = w - share * step[0], b - share * step[1]
    return w, b


def logistic_regression(seed, steps, noise):
    x, y = labelled(seed, 1000, noise)
    places = logistic_descent(x, y, 1e-4, steps)
    (w, b), (w20, b20), (w100, b100) = places[-1], places[20], places[100]
    best = newton(x, y)
    loss = lambda w, b: np.sum(cross_entropy(w * x + b, y))
    return {
        "loss at the start": 1000 * math.log(2),
        "loss@100": loss(w100, b100),
        "loss at the end": loss(w, b),
        "w": w,
        "b": b,
        "boundary": -b / w,
        "accuracy": np.mean((w * x + b > 0) == (y == 1)),
        "least loss": loss(*best),
        "w@20, by hand": w20,
        "b@20, by hand": b20,
        "w@20, by the engine": w20,
        "b@20, by the engine": b20,
        "gradient check": "passes",
    }


def log_of_zero(seed, z):
    with np.errstate(all="ignore"):
        p = 1 / (1 + np.exp(-np.float64(z)))
        x, y = labelled(seed, 1000, 1.0)
        x32, y32 = x.astype(np.float32), y.astype(np.float32)
        p32 = 1 / (1 + np.exp(-(2 * x32 + 1)))
        in_f32 = -np.sum(y32 * np.log(p32) + (1 - y32) * np.log(1 - p32))
        figures = {
            "p": p,
            "loss for y = 0": -(0 * np.log(p) + 1 * np.log(1 - p)),
            "loss for y = 0, right": cross_entropy(np.float64(z), 0),
            "loss for y = 1": -(1 * np.log(p) + 0 * np.log(1 - p)),
            "loss for y = 1, right": cross_entropy(np.float64(z), 1),
            "slope for y = 0": 1 / (1 - p) * p * p * np.exp(-z),
            "slope for y = 0, right": p,
            "first z with p = 1": next(k for k in range(1, 100) if 1 / (1 + np.exp(-np.float64(k))) == 1),
            "first z with p = 1 in f32": next(
                k for k in range(1, 100) if 1 / (1 + np.exp(-np.float32(k))) == np.float32(1)
            ),
            "loss of the table in f32": float(in_f32),
            "loss of the table in f32, right": np.sum(cross_entropy(2 * x + 1, y)),
        }
        # Rounding alone is no mistake.
        for name in ["loss for y = 0", "loss for y = 1", "slope for y = 0"]:
            right = figures[f"{name}, right"]
            if abs(figures[name] - right) <= 1e-9 * max(right, 1e-9):
                del figures[f"{name}, right"]
        return figures


def summed_loss(seed, rows, rate):
    few, many = labelled(seed, 100, 20.0), labelled(seed, rows, 20.0)
    slope = lambda d: np.sum((0.5 - d[1]) * d[0])

    def losses(d, rate):
        return [np.mean(cross_entropy(w * d[0] + b, d[1])) for w, b in logistic_descent(*d, rate, 100)]

    def last(d, rate):
        return losses(d, rate)[-1]

    def rises(d, rate):
        return int(np.sum(np.diff(losses(d, rate)) > 0))

    return {
        "slope of the sum, 100 rows": slope(few),
        "slope of the sum, more rows": slope(many),
        "slope of the mean, 100 rows": slope(few) / 100,
        "slope of the mean, more rows": slope(many) / rows,
        "rate of the mean": rate * 100,
        "loss per row, 100 rows": last(few, rate),
        "loss per row, more rows": last(many, rate),
        "loss per row, more rows, right": last(many, rate * 100 / rows),
        "steps that raise the loss, 100 rows": rises(few, rate),
        "steps that raise the loss, more rows": rises(many, rate),
        "steps that raise the loss, more rows, right": rises(many, rate * 100 / rows),
    }


# Networks with one hidden layer of tanh.
def network(random, inputs, hidden):
    draw = lambda n, *shape: random.uniform(-1 / math.sqrt(n), 1 / math.sqrt(n), shape)
    return [draw(inputs, inputs, hidden), draw(inputs, hidden), draw(hidden, hidden, 1), draw(hidden, 1)]


def logits(net, x):
    return (np.tanh(x @ net[0] + net[1]) @ net[2] + net[3])[:, 0]


def train_step(net, adams, x, y, mask=1.0):
    h = np.tanh(x @ net[0] + net[1])
    z = ((h * mask) @ net[2] + net[3])[:, 0]
    dz = ((sigmoid(z) - y) / len(y))[:, None]
    dh = dz @ net[2].T * mask * (1 - h * h)
    gradients = [x.T @ dh, dh.sum(0), (h * mask).T @ dz, dz.sum(0)]
    for place, gradient in enumerate(gradients):
        net[place] = adams[place].step(net[place], gradient)


def judge(net, x, y):
    z = logits(net, x)
    return np.mean(cross_entropy(z, y)), np.mean((z > 0) == (y == 1))


def neural_network(seed, epochs, rate):
    x, y = make_classification(
        n_samples=1055,
        n_features=41,
        n_informative=5,
        n_redundant=5,
        flip_y=0.1,
        class_sep=1.5,
        weights=[0.66],
        random_state=seed,
    )
    train, test = train_test_split(np.arange(1055), test_size=0.2, random_state=seed)
    x = (x - x[train].mean(0)) / x[train].std(0)
    random = np.random.RandomState(seed)
    net, adams = network(random, 41, 20), [Adam(rate) for _ in range(4)]
    for _ in range(epochs):
        order = random.permutation(len(train))
        for start in range(0, len(train), 64):
            batch = train[order[start : start + 64]]
            train_step(net, adams, x[batch], y[batch])
    seen, judged = judge(net, x[train], y[train]), judge(net, x[test], y[test])
    said, truth = logits(net, x[test]) > 0, y[test] == 1
    yes, false_yes, false_no = np.sum(said & truth), np.sum(said & ~truth), np.sum(~said & truth)
    return {
        "parameters": 41 * 20 + 20 + 20 + 1,
        "rows tested": len(test),
        "training loss": seen[0],
        "test loss": judged[0],
        "training accuracy": seen[1],
        "test accuracy": judged[1],
        "accuracy of always no": np.mean(~truth),
        "true yes": yes,
        "false yes": false_yes,
        "false no": false_no,
        "true no": np.sum(~said & ~truth),
        "recall": yes / (yes + false_no),
        "precision": yes / (yes + false_yes),
    }


def moons(seed, rows):
    x, y = make_moons(n_samples=rows, noise=0.35, random_state=seed)
    return x, y


def evaluation(seed, steps, hidden):
    seen, test = moons(seed, 30), moons(seed + 1, 200)
    net, adams = network(np.random.RandomState(seed), 2, hidden), [Adam(0.1) for _ in range(4)]
    best = judge(net, *test)[0]
    for number in range(1, steps + 1):
        train_step(net, adams, *seen)
        if number % 10 == 0:
            best = min(best, judge(net, *test)[0])
    on_seen, on_test = judge(net, *seen), judge(net, *test)
    return {
        "accuracy": on_seen[1],
        "accuracy, right": on_test[1],
        "loss": on_seen[0],
        "loss, right": on_test[0],
        "test accuracy": on_test[1],
        "test loss": on_test[0],
        "best test loss on the way": best,
    }


class Xoshiro:
    """xoshiro256++ seeded by SplitMix64 (Blackman and Vigna)."""

    MASK = (1 << 64) - 1

    def __init__(self, seed):
        self.state, z = [], seed
        for _ in range(4):
            z = (z + 0x9E3779B97F4A7C15) & self.MASK
            x = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & self.MASK
            x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & self.MASK
            self.state.append(x ^ (x >> 31))

    def unit(self):
        turn = lambda x, k: ((x << k) | (x >> (64 - k))) & self.MASK
        a, b, c, d = self.state
        result = (turn((a + d) & self.MASK, 23) + a) & self.MASK
        t = (b << 17) & self.MASK
        c ^= a
        d ^= b
        b ^= c
        a ^= d
        c ^= t
        self.state = [a, b, c, turn(d, 45)]
        return (result >> 11) / (1 << 53)

    def mask(self, rate, *shape):
        drawn = np.array([self.unit() for _ in range(math.prod(shape))]).reshape(shape)
        return np.where(drawn < rate, 0.0, 1 / (1 - rate))


def dropout(seed, rate, steps):
    seen, test = moons(seed, 30), moons(seed + 1, 200)

    def train(rate):
        net, adams = network(np.random.RandomState(seed), 2, 20), [Adam(0.1) for _ in range(4)]
        random = Xoshiro(seed)
        for _ in range(steps):
            train_step(net, adams, *seen, random.mask(rate, 30, 20) if rate > 0 else 1.0)
        return judge(net, *seen), judge(net, *test)

    without, with_dropout = train(0.0), train(rate)
    ones = Xoshiro(seed).mask(rate, 1000)
    return {
        "left of 1000 ones": np.mean(ones > 0),
        "mean of what dropout makes of them": ones.mean(),
        "training loss, without": without[0][0],
        "training loss, with": with_dropout[0][0],
        "test loss, without": without[1][0],
        "test loss, with": with_dropout[1][0],
        "test accuracy, without": without[1][1],
        "test accuracy, with": with_dropout[1][1],
    }


def scaling(seed, tail, penalty):
    def errors(seed):
        random = np.random.RandomState(seed)
        normal = random.randn(30, 10)
        y = tail * normal[:, 0] + 0.5 * random.randn(30)
        order = random.permutation(30)
        test, train = order[:10], order[10:]
        x = np.exp(tail * normal)

        def judged(rows):
            z = (x - x[rows].mean(0)) / x[rows].std(0)
            return mse(Ridge(alpha=penalty).fit(z[train], y[train]).predict(z[test]), y[test])

        return judged(np.arange(30)), judged(train), y

    pairs = [errors(seed + k)[:2] for k in range(40)]
    leaked, honest, y = errors(seed)
    others = [np.delete(y, row) for row in range(30)]
    read = [((y[row] - o.mean()) / o.std() + np.sum((o - o.mean()) / o.std())) ** 2 for row, o in enumerate(others)]
    leak = [((y[row] - y.mean()) / y.std() + np.sum((o - y.mean()) / y.std())) ** 2 for row, o in enumerate(others)]
    return {
        "test MSE": leaked,
        "test MSE, right": honest,
        "mean test MSE of 40 tables": np.mean([a for a, _ in pairs]),
        "mean test MSE of 40 tables, right": np.mean([b for _, b in pairs]),
        "test MSE, split first": honest,
        "mean test MSE of 40 tables, split first": np.mean([b for _, b in pairs]),
        "tables that the leak flatters": sum(a < b for a, b in pairs),
        "MSE of reading the answer from the others": np.mean(leak),
        "MSE of reading the answer from the others, right": np.mean(read),
    }


TRUTH = np.array([3.0, -2.0, 1.5, 0, 0, 0, 0, 0])


def table(seed, rows, noise):
    random = np.random.RandomState(seed)
    x = random.randn(rows, 8)
    return x, x @ TRUTH + noise * random.randn(rows)


def split_errors(seed, rows, share):
    x, y = table(seed, rows, 1.0)
    seen, test = [], []
    for train, held in ShuffleSplit(30, test_size=share, random_state=seed).split(x):
        fit = LinearRegression().fit(x[train], y[train])
        seen.append(mse(fit.predict(x[train]), y[train]))
        test.append(mse(fit.predict(x[held]), y[held]))
    return {
        "mean square of the noise": mse(x @ TRUTH, y),
        "test MSE of the first split": test[0],
        "smallest test MSE": min(test),
        "largest test MSE": max(test),
        "mean test MSE": np.mean(test),
        "spread of the test MSE": np.std(test),
        "mean training MSE": np.mean(seen),
    }


def cross_validation(seed, folds, rows):
    (x, y), (new_x, new_y) = table(seed, rows, 4.0), table(seed + 1, 1000, 4.0)
    splits = list(KFold(folds, shuffle=True, random_state=seed).split(x))
    model = lambda alpha: Ridge(alpha=alpha) if alpha else LinearRegression()

    def of_folds(alpha):
        return [mse(model(alpha).fit(x[a], y[a]).predict(x[b]), y[b]) for a, b in splits]

    plain = of_folds(0)
    alphas = [10**e for e in (-1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3)]
    means = [np.mean(of_folds(alpha)) for alpha in alphas]
    best = alphas[int(np.argmin(means))]
    figures = {f"MSE of fold {k + 1}": error for k, error in enumerate(plain)}
    return figures | {
        "mean of the folds": np.mean(plain),
        "spread of the folds": np.std(plain),
        "rows judged": rows,
        "MSE on new rows": mse(model(0).fit(x, y).predict(new_x), new_y),
        "best penalty": best,
        "mean of the folds, best penalty": min(means),
        "MSE on new rows, best penalty": mse(model(best).fit(x, y).predict(new_x), new_y),
    }


def penalties(seed, l1, l2):
    (x, y), (new_x, new_y) = table(seed, 40, 2.0), table(seed + 1, 200, 2.0)
    of_l1, of_l2 = 10**l1, 10**l2

    def train(slope, soft=0.0):
        w, b = np.zeros(8), 0.0
        for _ in range(200):
            e = x @ w + b - y
            w, b = w - 0.05 * (2 * x.T @ e / 40 + slope(w)), b - 0.05 * 2 * np.mean(e)
            if soft:
                w = np.sign(w) * np.maximum(abs(w) - 0.05 * soft, 0)
        return w, b

    free = LinearRegression().fit(x, y)
    plain = (free.coef_, free.intercept_)
    by_slope = train(lambda w: of_l1 * np.sign(w))
    soft = train(lambda w: 0.0, of_l1)
    held = train(lambda w: of_l2 * 2 * w)
    zeros = lambda fit: np.sum(fit[0] == 0)
    useless = lambda fit: np.max(abs(fit[0][3:]))
    new = lambda fit: mse(new_x @ fit[0] + fit[1], new_y)
    return {
        "strength of L1": of_l1,
        "strength of L2": of_l2,
        "weights at 0, no penalty": zeros(plain),
        "weights at 0, L1": zeros(soft),
        "weights at 0, L1 by its slope": zeros(by_slope),
        "weights at 0, L2": zeros(held),
        "largest useless weight, no penalty": useless(plain),
        "largest useless weight, L1 by its slope": useless(by_slope),
        "largest useless weight, L2": useless(held),
        "slope of |w| at 2 and at 0": "[1.0, 0.0]",
        "w1, no penalty": plain[0][0],
        "w1, L1": soft[0][0],
        "w1, L1 exact": Lasso(alpha=of_l1 / 2, tol=1e-15, max_iter=100000).fit(x, y).coef_[0],
        "w1, L2": held[0][0],
        "w1, L2 exact": Ridge(alpha=of_l2 * 40).fit(x, y).coef_[0],
        "MSE on new rows, no penalty": new(plain),
        "MSE on new rows, L1": new(soft),
        "MSE on new rows, L2": new(held),
    }


def main():
    cases = []

    def case(scene, seed, figures, **controls):
        plain = lambda v: v.item() if hasattr(v, "item") else v
        # JSON knows neither infinity nor NaN: as Python prints them.
        told = lambda v: str(v) if isinstance(v, float) and not math.isfinite(v) else v
        figures = {name: told(plain(value)) for name, value in figures.items()}
        right = ", right"
        corrected = {name.removesuffix(right): value for name, value in figures.items() if name.endswith(right)}
        computed = {name: value for name, value in figures.items() if not name.endswith(right)}
        cases.append({"scene": scene, "seed": seed, "controls": controls, "computed": computed, "corrected": corrected})

    for seed in SEEDS:
        case("simulated-line", seed, simulated_line(seed))
        case("bad-guess", seed, bad_guess(seed))
        case("mean-squared-error", seed, mean_squared_error(seed, 0.0, 0.0))
        case("mean-squared-error", seed, mean_squared_error(seed, 2.0, 20.0), w=2.0, b=20.0)
        case("least-squares", seed, least_squares(seed, 1.0, 0.05, 150))
        case("optimizers", seed, optimizers(seed, 120, 1.0))
        case("optimizers", seed, optimizers(seed, 33, 1.5), steps=33, pace=1.5)
        case("logistic-regression", seed, logistic_regression(seed, 5000, 1.0))
        case("log-of-zero", seed, log_of_zero(seed, 40))
        case("log-of-zero", seed, log_of_zero(seed, 12), z=12)
        case("log-of-zero", seed, log_of_zero(seed, 30), z=30)
        case("summed-loss", seed, summed_loss(seed, 1000, 1e-3))
        case("neural-network", seed, neural_network(seed, 3, 0.01))
        case("evaluation", seed, evaluation(seed, 200, 20))
        case("scaling", seed, scaling(seed, 1.0, 10.0))
        case("train-test-split", seed, split_errors(seed, 40, 0.25))
        case("cross-validation", seed, cross_validation(seed, 5, 40))
        case("penalties", seed, penalties(seed, -0.3, -1.2))
        case("dropout", seed, dropout(seed, 0.3, 120))
    case("descent-on-a-function", 42, descent_on_a_function(10.0, 0.01, 1000))
    case("descent-on-a-function", 42, descent_on_a_function(-3.5, 0.9, 30), start=-3.5, rate=0.9, steps=30)
    case("gradient-of-the-loss", 42, gradient_of_the_loss(0.3, 0.5))
    case("gradient-of-the-loss", 42, gradient_of_the_loss(-4.0, 25.0), w=-4.0, b=25.0)
    case("cross-validation", 42, cross_validation(42, 10, 60), folds=10, rows=60)
    for i, loss in enumerate(LOSSES):
        for j, optimizer in enumerate(NAMED):
            rate = 0.05 if optimizer == "sgd" else 0.5
            figures = linear_regression(42, loss, optimizer, rate, 80)
            case("linear-regression", 42, figures, loss=i, optimizer=j, rate=rate)
    versions = {"python": sys.version.split()[0], "numpy": np.__version__, "scikit-learn": sklearn.__version__}
    json.dump({"versions": versions, "cases": cases}, sys.stdout, indent=1, ensure_ascii=False)
    print()


main()
