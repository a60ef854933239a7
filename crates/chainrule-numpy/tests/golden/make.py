"""Makes golden.json: what numpy, scikit-learn and Python's random give for a list of (function, arguments, seed) cases.

    pip install -r requirements.txt      (with Python 3.11)
    python make.py                       the cases of the tree
    python make.py --seed 5 --each 100 --out other.json
                                         100 other cases of each function; test them with
                                         CHAINRULE_NUMPY_GOLDEN=other.json cargo test -p chainrule-numpy

The reference is plain arithmetic. scikit-learn's own code runs with `np.dot`, `np.sin` and `np.cos` replaced: products
are multiplied, then added, in the order of the index; sine and cosine are those of the C library. Where the untouched
library gives other bits on the machine that made the file (a BLAS or vector instructions), `live_differs` is true.

Floats are kept as their bits: 16 hexadecimal digits each, one after the other.
"""

import argparse
import json
import math
import platform
import random
import struct
import warnings
from pathlib import Path

import numpy as np
import sklearn
from sklearn import datasets, model_selection
from sklearn.datasets import _samples_generator


class PlainNumpy:
    """numpy, but for three functions whose last bits depend on the machine."""

    sin = staticmethod(np.vectorize(math.sin, otypes=[float]))
    cos = staticmethod(np.vectorize(math.cos, otypes=[float]))

    @staticmethod
    def dot(a, b):
        product = np.zeros((a.shape[0], b.shape[1]))
        for i in range(a.shape[1]):
            product += a[:, i : i + 1] * b[i]
        return product

    def __getattr__(self, name):
        return getattr(np, name)


def encode(array):
    """Whole numbers as a list, floats as one string of bits."""
    array = np.asarray(array)
    if array.dtype.kind == "f":
        return "".join(struct.pack(">d", value).hex() for value in array.ravel())
    return [int(value) for value in array.ravel()]


# Streams: a case is a list of calls on one generator, so that cached values and mixed widths are seen.


def numpy_stream(calls, seed):
    state = np.random.RandomState(seed)
    result = []
    for name, *arguments in calls:
        if name == "shuffle":
            value = np.arange(*arguments)
            state.shuffle(value)
        elif name == "choice":
            population, count, replace, p = arguments
            value = state.choice(population, count, replace, p)
        else:
            value = getattr(state, name)(*arguments)
        result.append(encode(value))
    return result


def python_stream(calls, seed):
    state = random.Random(seed)
    result = []
    for name, *arguments in calls:
        if name == "shuffle":
            value = list(range(*arguments))
            state.shuffle(value)
        elif name == "sample":
            value = np.array(state.sample(range(arguments[0]), arguments[1]), int)
        elif name == "choice":
            value = state.choice(range(*arguments))
        else:
            *arguments, count = arguments
            value = [getattr(state, name)(*arguments) for _ in range(count)]
        result.append(encode(value))
    return result


def stream_case(function, calls, seed):
    run = numpy_stream if function == "numpy_stream" else python_stream
    return {"function": function, "arguments": {"calls": calls}, "seed": seed, "result": run(calls, seed)}


def some_probabilities(r, count):
    weights = [r.choice([0.0, r.random(), r.random() ** 4]) for _ in range(count)]
    weights[r.randrange(count)] += 0.5
    return [weight / sum(weights) for weight in weights]


def numpy_call(r, name):
    count = r.randint(1, 12)
    if name in ("random_sample", "rand", "standard_normal", "randn"):
        return [name, count]
    if name == "normal":
        return [name, r.uniform(-50, 50), r.choice([0.0, r.uniform(0, 30)]), count]
    if name == "exponential":
        return [name, r.uniform(0, 30), count]
    if name == "uniform":
        return [name, r.uniform(-50, 50), r.uniform(-50, 50), count]
    if name == "randint":
        low = r.choice([0, r.randint(-(2**31), 2**31), r.randint(-(2**62), 2**62)])
        width = r.choice([1, r.randint(1, 100), 2**32 - 1, 2**32, 2**32 + 1, r.randint(1, 2**33), r.randint(1, 2**61)])
        return [name, low, low + width, count]
    if name == "choice":
        population, replace = r.randint(1, 20), r.random() < 0.5
        p = r.choice([None, some_probabilities(r, population)])
        possible = population if p is None else sum(value > 0 for value in p)
        return [name, population, count if replace else r.randint(1, possible), replace, p]
    return [name, r.randint(1, 40)]


NUMPY_CALLS = (
    "random_sample rand standard_normal randn normal exponential uniform randint choice shuffle permutation".split()
)


def python_call(r, name):
    count = r.randint(1, 12)
    if name == "random":
        return [name, count]
    if name in ("uniform", "gauss"):
        return [name, r.uniform(-50, 50), r.uniform(0, 50), count]
    if name == "randint":
        low = r.choice([0, r.randint(-(2**62), 2**62)])
        return [name, low, low + r.choice([0, r.randint(0, 100), 2**32 - 1, 2**32, r.randint(0, 2**61)]), count]
    if name == "randrange":
        low, step = r.randint(-1000, 1000), r.choice([1, -1, 3, -7, r.randint(1, 50)])
        return [name, low, low + r.randint(1, 10**6) * (1 if step > 0 else -1), step, count]
    if name == "sample":
        population = r.choice([r.randint(1, 30), r.randint(1, 3000)])
        return [name, population, r.randint(0, min(population, 40))]
    return [name, r.randint(1, 40)]


PYTHON_CALLS = "random uniform gauss shuffle sample randrange randint choice".split()


def stream_cases(r, each):
    for function, names, call in (
        ("numpy_stream", NUMPY_CALLS, numpy_call),
        ("python_stream", PYTHON_CALLS, python_call),
    ):
        for name in names + ["mixed"]:
            for _ in range(each):
                if function == "numpy_stream":
                    one = [r.randrange(2**32) for _ in range(r.randint(1, 5))]
                    seed = r.choice([r.randrange(100), r.randrange(2**32), one])
                else:
                    seed = r.choice([r.randrange(100), -r.randrange(2**62), r.randrange(2**64), r.randrange(2**100)])
                chosen = [name] if name != "mixed" else r.choices(names, k=12)
                case = stream_case(function, [call(r, one) for one in chosen], seed)
                if function == "python_stream":
                    # As text, for JSON readers stop at 64 bits.
                    case["seed"] = str(seed)
                yield case


# Ranges.


def range_cases(r, each):
    for function in ("linspace", "linspace_half_open", "arange"):
        for _ in range(each):
            start, stop = r.uniform(-100, 100), r.uniform(-100, 100)
            if function == "arange":
                start, stop = r.choice([(start, stop), (round(start, 1), round(stop, 1)), (0.0, round(abs(stop)))])
                step = math.copysign(r.choice([0.1, 0.3, r.uniform(4, 20), 1000.0]), stop - start)
                step = step if abs((stop - start) / step) < 60 else step * 40
                arguments = {"start": start, "stop": stop, "step": step}
                value = np.arange(start, stop, step)
            else:
                count = r.choice([0, 1, 2, r.randint(3, 60)])
                arguments = {"start": start, "stop": stop, "count": count}
                value = np.linspace(start, stop, count, endpoint=function == "linspace")
            yield {"function": function, "arguments": arguments, "seed": 0, "result": [encode(value)]}


# Toy data.


def some_regression(r):
    features = r.randint(1, 6)
    return {
        "n_samples": r.randint(1, 12),
        "n_features": features,
        "n_informative": r.choice([10, features, r.randint(0, features)]),
        "n_targets": r.choice([1, 1, 2, 3]),
        "bias": r.choice([0.0, r.uniform(-10, 10)]),
        "noise": r.choice([0.0, r.uniform(0, 100)]),
        "shuffle": r.random() < 0.8,
    }


def some_moons(r):
    return {
        "n_samples": r.choice([r.randint(1, 30), (r.randint(1, 9), r.randint(1, 9))]),
        "noise": r.choice([None, 0.0, r.uniform(0, 1)]),
        "shuffle": r.random() < 0.8,
    }


def some_circles(r):
    return some_moons(r) | {"factor": r.choice([0.0, 0.5, 0.8, r.random()])}


def some_blobs(r):
    centers = r.randint(1, 4)
    features = r.randint(1, 4)
    places = [[r.uniform(-5, 5) for _ in range(features)] for _ in range(centers)]
    low = r.uniform(-20, 5)
    each = [r.randint(1, 6) for _ in range(centers)]
    n_samples, given = r.choice(
        [(r.randint(1, 20), centers), (r.randint(1, 20), places), (each, None), (each, places)]
    )
    return {
        "n_samples": n_samples,
        "n_features": features,
        "centers": given,
        "cluster_std": r.choice([1.0, r.uniform(0, 3), [r.uniform(0, 3) for _ in range(centers)]]),
        "center_box": (low, low + r.uniform(0, 20)),
        "shuffle": r.random() < 0.8,
    }


def some_classification(r):
    informative = r.choice([1, 2, 2, 3, 5, 9, 12, 33])
    redundant = r.randint(0, 3)
    repeated = r.randint(0, 3)
    features = informative + redundant + repeated + r.randint(0, 4)
    while True:
        classes, clusters = r.randint(1, 4), r.randint(1, 3)
        if classes * clusters <= 2**informative:
            break
    weights = [r.random() for _ in range(classes)]
    weights = [weight / sum(weights) for weight in weights]
    return {
        "n_samples": r.randint(1, 20 if features < 20 else 4),
        "n_features": features,
        "n_informative": informative,
        "n_redundant": redundant,
        "n_repeated": repeated,
        "n_classes": classes,
        "n_clusters_per_class": clusters,
        "weights": r.choice([None, weights, weights[:-1] if classes > 1 else None]),
        "flip_y": r.choice([0.0, 0.01, r.random(), 1.0]),
        "class_sep": r.choice([1.0, r.uniform(0.1, 3)]),
        "hypercube": r.random() < 0.6,
        "shift": r.choice([0.0, r.uniform(-3, 3), None, [r.uniform(-3, 3) for _ in range(features)]]),
        "scale": r.choice([1.0, r.uniform(0.1, 3), None, [r.uniform(0.1, 3) for _ in range(features)]]),
        "shuffle": r.random() < 0.8,
    }


def some_friedman1(r):
    return {
        "n_samples": r.randint(1, 12),
        "n_features": r.randint(5, 8),
        "noise": r.choice([0.0, r.uniform(0, 2)]),
    }


def some_swiss_roll(r):
    return {
        "n_samples": r.randint(1, 15),
        "noise": r.choice([0.0, r.uniform(0, 2)]),
        "hole": r.random() < 0.5,
    }


KINDS = ["informative", "redundant", "repeated", "random"]


def toy_result(function, arguments, seed):
    make = getattr(datasets, function)
    if function == "make_regression":
        return [encode(value) for value in make(**arguments, coef=True, random_state=seed)]
    if function == "make_blobs":
        return [encode(value) for value in make(**arguments, return_centers=True, random_state=seed)]
    if function == "make_classification":
        bunch = make(**arguments, return_X_y=False, random_state=seed)
        kinds = [KINDS.index(kind) for kind in bunch.feature_info]
        return [encode(bunch.X), encode(bunch.y), kinds]
    return [encode(value) for value in make(**arguments, random_state=seed)]


def toy_case(function, arguments, seed):
    live = toy_result(function, arguments, seed)
    _samples_generator.np = PlainNumpy()
    plain = toy_result(function, arguments, seed)
    _samples_generator.np = np
    return {
        "function": function,
        "arguments": arguments,
        "seed": seed,
        "live_differs": live != plain,
        "result": plain,
    }


def toy_cases(r, each):
    for function, some in (
        ("make_regression", some_regression),
        ("make_moons", some_moons),
        ("make_circles", some_circles),
        ("make_blobs", some_blobs),
        ("make_classification", some_classification),
        ("make_friedman1", some_friedman1),
        ("make_swiss_roll", some_swiss_roll),
    ):
        # Classification has the most paths.
        for _ in range(each * 4 if function == "make_classification" else each):
            yield toy_case(function, some(r), r.randrange(2**32))


# Splits.


def some_size(r, rows):
    return r.choice([None, r.uniform(0.05, 0.95), round(r.uniform(0.1, 0.9), 2), r.randint(1, rows)])


def split_result(function, arguments, seed):
    arguments = dict(arguments)
    rows, labels = arguments.pop("rows", None), arguments.pop("labels", None)
    x = np.arange(len(labels) if rows is None else rows)
    if function == "train_test_split":
        train, test = model_selection.train_test_split(x, stratify=labels, random_state=seed, **arguments)
        return [encode(train), encode(test)]
    splitter = getattr(model_selection, function)(**arguments, random_state=seed)
    return [encode(side) for split in splitter.split(x, labels) for side in split]


def some_split(r, function):
    rows = r.randint(4, 40)
    kinds = r.randint(1, 4)
    labels = [r.choice(range(-1, kinds - 1)) ** 3 for _ in range(rows)]
    if function in ("KFold", "StratifiedKFold"):
        shuffle = r.random() < 0.6
        arguments = {"n_splits": r.randint(2, 6), "shuffle": shuffle}
        seed = r.randrange(2**32) if shuffle else None
    else:
        arguments = {"test_size": some_size(r, rows), "train_size": some_size(r, rows)}
        seed = r.randrange(2**32)
        if function == "train_test_split" and r.random() < 0.1:
            return {"rows": rows, **arguments, "shuffle": False}, seed
        if function != "train_test_split":
            arguments["n_splits"] = r.randint(1, 4)
    stratified = function.startswith("Stratified") or (function == "train_test_split" and r.random() < 0.5)
    return ({"labels": labels} if stratified else {"rows": rows}) | arguments, seed


def split_cases(r, each):
    for function in ("train_test_split", "KFold", "StratifiedKFold", "ShuffleSplit", "StratifiedShuffleSplit"):
        made = 0
        while made < each * 2:
            arguments, seed = some_split(r, function)
            try:
                result = split_result(function, arguments, seed)
            except ValueError:
                # Sizes that cannot be: the crate's own tests are about those.
                continue
            made += 1
            yield {"function": function, "arguments": arguments, "seed": seed, "result": result}


# The cases that every reader of the notebooks knows, and the edges that chance may miss.
KNOWN = [
    ("make_regression", {"n_samples": 100, "n_features": 2, "n_informative": 1, "noise": 100.0}, 42),
    ("make_regression", {"n_samples": 100, "n_features": 2, "n_informative": 2}, 42),
    ("make_moons", {"n_samples": 100, "noise": 0.1}, 7),
    ("make_circles", {"n_samples": 40, "noise": 0.05}, 0),
    ("make_blobs", {}, 1),
    ("make_classification", {"n_samples": 40}, 0),
    ("make_classification", {"n_samples": 4, "n_informative": 20, "n_features": 24}, 3),
    # Weights that are too much together: the last clusters get what is left.
    ("make_classification", {"n_samples": 10, "weights": [0.9, 0.9]}, 1),
    ("make_classification", {"n_samples": 6, "n_classes": 1, "n_clusters_per_class": 1}, 2),
    ("make_friedman1", {"n_samples": 20}, 0),
    ("make_swiss_roll", {"n_samples": 30}, 0),
]


def known_cases():
    for seed in (0, 42, 2**32 - 1, [42], [0], list(range(700))):
        yield stream_case("numpy_stream", [["random_sample", 3], ["standard_normal", 3], ["permutation", 10]], seed)
    # Long enough for the state to be used up several times.
    yield stream_case("numpy_stream", [["randint", 0, 2, 2000], ["rand", 1], ["permutation", 1000], ["rand", 1]], 9)
    yield stream_case("numpy_stream", [["randint", -(2**63), 2**63 - 1, 5], ["randint", 7, 8, 3], ["rand", 1]], 3)
    for seed in (0, 1, -1, 42, 2**32 - 1, 2**32, -(2**64), 2**100 + 1):
        case = stream_case("python_stream", [["random", 3], ["gauss", 0.0, 1.0, 3], ["shuffle", 10]], seed)
        yield case | {"seed": str(seed)}
    # Around Python's bound between the two ways to sample.
    for population in (21, 22, 85, 86, 277, 278):
        calls = [["sample", population, 5], ["sample", population, 6], ["sample", population, 16], ["random", 1]]
        yield stream_case("python_stream", calls, population) | {"seed": str(population)}
    for start, stop, count in ((-5.0, 5.0, 100), (-10.0, 10.0, 1000), (0.0, 5e-324, 3), (1.0, 1.0, 4), (3.0, 1.0, 7)):
        yield {
            "function": "linspace",
            "arguments": {"start": start, "stop": stop, "count": count},
            "seed": 0,
            "result": [encode(np.linspace(start, stop, count))],
        }
    for start, stop, step in ((1.0, 1.3, 0.1), (0.0, 1.0, 0.1), (0.0, 5e-324, 1e10), (0.0, -5e-324, 1e10), (5.0, 1.0, 1.0)):
        yield {
            "function": "arange",
            "arguments": {"start": start, "stop": stop, "step": step},
            "seed": 0,
            "result": [encode(np.arange(start, stop, step))],
        }
    for function, arguments, seed in KNOWN:
        yield toy_case(function, arguments, seed)
    arguments = {"rows": 40, "test_size": 0.33, "train_size": None}
    result = split_result("train_test_split", arguments, 42)
    yield {"function": "train_test_split", "arguments": arguments, "seed": 42, "result": result}


def main():
    here = Path(__file__).parent
    options = argparse.ArgumentParser(description="make golden cases")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--each", type=int, default=8, help="cases of each function")
    options.add_argument("--out", type=Path, default=here / "golden.json")
    options = options.parse_args()

    # Classes with fewer members than folds are allowed, and wanted here.
    warnings.simplefilter("ignore")
    r = random.Random(options.seed)
    cases = list(known_cases())
    for some in (stream_cases, range_cases, toy_cases, split_cases):
        cases.extend(some(r, options.each))
    made_with = {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scikit-learn": sklearn.__version__,
        "libc": " ".join(platform.libc_ver()),
        "machine": platform.machine(),
    }
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    text = f'{{"made_with":{json.dumps(made_with)},\n"cases":[\n{lines}\n]}}\n'
    options.out.write_text(text)
    differ = sum(case.get("live_differs", False) for case in cases)
    print(f"{options.out}: {len(cases)} cases, {len(text):,} bytes; the live library differs in {differ}")


if __name__ == "__main__":
    main()
