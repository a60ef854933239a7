"""What every peer in Python shares: the same numbers as the Rust programs, the clock, and the lines of JSON.

A peer fills WORKLOADS with functions that give (check value, units in one call, the call). Its program measures the
workloads named on the command line, or with --serve those it reads line by line, so that its start is paid once.
"""

import json
import math
import sys
import time

import numpy as np

INPUTS, ANSWERS, WEIGHTS = 1, 2, 10
CHECKED_STEPS = 20
SGD, ADAM = 0.01, 0.001
CURVE_POINTS, CURVE_START, CURVE_RATE = 1_000_000, (1.0, 0.5, 0.0), 0.2
WIDTHS = {"small": [4, 16, 16, 3], "digits": [784, 128, 10], "deep": [784, 512, 512, 10]}
# W3: the network, its activation, the optimizer, the rows.
TRAINED = {
    **{f"w3a-{rows}": ("digits", "relu", "sgd", rows) for rows in (32, 128)},
    **{f"w3b-{rows}": ("digits", "relu", "adam", rows) for rows in (32, 128, 512)},
    **{f"w3c-{rows}": ("deep", "relu", "adam", rows) for rows in (32, 128, 512)},
    **{f"w3d-{optimizer}": ("small", "tanh", optimizer, 32) for optimizer in ("sgd", "adam")},
}
# W5: the network, its activation, the rows.
ASKED = {
    **{f"w5a-{rows}": ("small", "relu", rows) for rows in (1, 1024)},
    **{f"w5a-tanh-{rows}": ("small", "tanh", rows) for rows in (1, 1024)},
    **{f"w5b-{rows}": ("digits", "relu", rows) for rows in (1, 1024)},
}


def bits(stream, count):
    """The first numbers of a stream: SplitMix64 by position."""
    with np.errstate(over="ignore"):
        z = np.uint64(stream << 32) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def unit(stream, count):
    """In [0, 1), multiples of 2⁻²⁴."""
    return (bits(stream, count) >> np.uint64(40)).astype(np.float64) / 2**24


def signed(stream, count):
    """In [−1, 1)."""
    return 2.0 * unit(stream, count) - 1.0


def layers(widths, dtype):
    """Weights [inputs, outputs] and biases of each layer, uniform in ±1/√inputs."""
    found = []
    for place, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
        stream, scale = WEIGHTS + 2 * place, math.sqrt(inputs)
        weight = signed(stream, inputs * outputs).reshape(inputs, outputs) / scale
        bias = signed(stream + 1, outputs) / scale
        found.append((weight.astype(dtype), bias.astype(dtype)))
    return found


def inputs(rows, features, dtype=np.float64):
    return signed(INPUTS, rows * features).reshape(rows, features).astype(dtype)


def classification(rows, features, classes):
    """The second half repeats the inputs of the first with other classes."""
    half = rows // 2
    x = np.concatenate([inputs(half, features, np.float32)] * 2)
    first = (unit(ANSWERS, half) * classes).astype(np.int64)
    return x, np.concatenate([first, (first + 1) % classes])


def points():
    """W2: a hundred points and their numbers."""
    x = inputs(100, 2)
    side = np.where(x[:, 0] * x[:, 0] + x[:, 1] * x[:, 1] < 0.5, 1.0, -1.0)
    return x, side + 0.25 * signed(ANSWERS, 100)


# W1: weight less 135 lb, height less 66 in, and 1 for a woman.
PEOPLE = [((-2.0, -1.0), 1.0), ((25.0, 6.0), 0.0), ((17.0, 4.0), 0.0), ((-15.0, -6.0), 1.0)]
PEOPLE_RATE, EPOCHS = 0.1, 1000
# W2c.
SAMPLES = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
WANTED = [1.0, -1.0, -1.0, 1.0]
POINTS_RATE = 0.05
# W8.
ROWS, FEATURES, DESCENT_RATE, DESCENT_STEPS = 1_000_000, 20, 0.5, 50


def after_epochs(epoch):
    """W1: the sum of the losses of an epoch after EPOCHS of them, told per EPOCHS."""
    for _ in range(EPOCHS):
        epoch()
    return float(epoch()), 1 / EPOCHS, epoch


def table():
    """W8: the features, and Σ xⱼ (j + 1) / 20 for each row."""
    x = inputs(ROWS, FEATURES)
    return x, x @ (np.arange(1, FEATURES + 1) / 20)


def numbers(sums):
    return sums + 0.5 + 0.1 * signed(ANSWERS, ROWS)


def classes(sums):
    return (sums + 2.0 * signed(ANSWERS, ROWS) > 0).astype(np.int64)


def coefficients_check(coefficients, intercept):
    return float(np.arange(1, FEATURES + 1) @ np.asarray(coefficients).ravel() + intercept)


def tape(nodes, random):
    """W7: the factors, the first numbers, and which number is multiplied at each step."""
    steps = nodes // 2
    if random:
        places = bits(23, steps) % (np.uint64(16) + np.arange(steps, dtype=np.uint64))
    else:
        places = 16 + np.arange(steps) - 8
    return (1e-6 * signed(20, 16)).tolist(), signed(22, 16).tolist(), places.astype(np.int64).tolist()


def after_checked_steps(step):
    """The loss after CHECKED_STEPS steps, where a step gives the loss before it."""
    for _ in range(CHECKED_STEPS):
        step()
    return float(step())


class Missing(Exception):
    """The library cannot do this workload, and why."""


def measure(name, who, prepared, seconds):
    check, units, call = prepared
    call()
    wall, start = time.perf_counter(), time.process_time()
    call()
    once = max(time.process_time() - start, 1e-7)
    calls = max(1, math.ceil(0.002 / once))
    samples = int(min(max(seconds / (once * calls), 1), 200))
    walls, cpus = [], []
    if calls == 1:
        cpus.append(once / units)
        walls.append((time.perf_counter() - wall) / units)
    for _ in range(samples):
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(calls):
            call()
        cpus.append((time.process_time() - cpu) / (calls * units))
        walls.append((time.perf_counter() - wall) / (calls * units))
    cpus.sort(), walls.sort()
    line = {"workload": name, "who": who, "cpu_min": cpus[0], "cpu_median": cpus[len(cpus) // 2]}
    line |= {"wall_min": walls[0], "wall_median": walls[len(walls) // 2], "check": float(check)}
    print(json.dumps(line), flush=True)


def main(who, workloads):
    """Runs the peer's program: each workload is prepared once."""
    seconds, names, serve = 0.5, [], False
    words = iter(sys.argv[1:])
    for word in words:
        if word == "--seconds":
            seconds = float(next(words))
        elif word == "--serve":
            serve = True
        else:
            names += [name for name in workloads if name.startswith(word)]
    prepared = {}

    def run(name):
        if name not in workloads:
            return
        try:
            if name not in prepared:
                prepared[name] = workloads[name]()
            if prepared[name] is not None:
                measure(name, who, prepared[name], seconds)
        except Missing as why:
            prepared[name] = None
            print(json.dumps({"workload": name, "who": who, "missing": str(why)}), flush=True)

    for name in names:
        run(name)
    if serve:
        for line in sys.stdin:
            run(line.strip())
            print(flush=True)
