"""Figures of the scenes on derivatives and graphs."""

import itertools
import math
import sys

from autograd_numbers import MEASURED, Number, case, central

# The derivative by the limit.


def parabola(x):
    return 3 * x**2 - 4 * x + 5


def slope(f, x, h):
    return (f(x + h) - f(x)) / h


for exponent, x in ((-2, 3.0), (-12, 3.0), (-7, -3.0), (-5, 1.25)):
    h = 10.0**exponent
    case(
        "derivative-by-the-limit",
        {
            "f(3)": parabola(3.0),
            "slope at 3, h = 0.01": slope(parabola, 3.0, 0.01),
            "slope at 3, h = 1e-12": slope(parabola, 3.0, 0.000000000001),
            "slope at 3, h = 1e-08": slope(parabola, 3.0, 1e-8),
            "f′(3)": 6 * 3.0 - 4,
            "f′(−3)": 6 * -3.0 - 4,
            "slope at −3, h = 1e-07": slope(parabola, -3.0, 1e-7),
            "slope at 2/3, h = 1e-07": slope(parabola, 2 / 3, 0.0000001),
            "f′(2/3)": 6 * (2 / 3) - 4,
            "h": h,
            "f(x)": parabola(x),
            "measured slope": slope(parabola, x, h),
            "f′(x)": 6 * x - 4,
            "error": abs(slope(parabola, x, h) - (6 * x - 4)),
            "best h": math.sqrt(2 * sys.float_info.epsilon * parabola(x) / 6),
        },
        {"x": x, "exponent": exponent},
    )

for c_exponent, h_exponent in ((8, -4), (16, -4), (12, 0), (0, -8)):
    a, b, c, h = 2.0, -3.0, 10.0**c_exponent, 10.0**h_exponent
    d1 = a * b + c
    d2 = a * b + (c + h)
    gap = math.ulp(d1)
    case(
        "cancellation",
        {
            "d1": d1,
            "d2": d2,
            "slope": (d2 - d1) / h,
            "∂d/∂c": 1.0,
            "gap": gap,
            "gaps in h": h / gap,
            "gaps moved": (d2 - d1) / gap,
        },
        {"c-exponent": c_exponent, "h-exponent": h_exponent},
    )

# The expression L = (a·b + c)·f.

a, b, c = Number(2.0), Number(-3.0), Number(10.0)
d = a * b + c
values, operations, arrows = d.size()
case(
    "recording",
    {
        "3 + 4": f"Value({(Number(3) + Number(4)).data})",
        "d": f"Value({d.data})",
        "children of d": ", ".join(f"Value({argument.data})" for argument in d.arguments),
        "children of a": len(a.arguments),
        "value boxes": values,
        "operation boxes": operations,
        "arrows": arrows,
    },
)


def expression(a, b, c, f):
    named = {name: Number(value) for name, value in zip("abcf", (a, b, c, f))}
    named["e"] = named["a"] * named["b"]
    named["d"] = named["e"] + named["c"]
    named["L"] = named["d"] * named["f"]
    return named


LEAVES = (2.0, -3.0, 10.0, -2.0)
for leaves in (LEAVES, (1.5, 2.0, -4.0, 0.5)):
    named = expression(*leaves)
    named["L"].walk()
    values, operations, arrows = named["L"].size()
    controls = dict(zip("abcf", leaves))
    boxes = {f"box of {name}": f"{name} | data {v.data:.4f} | grad {v.grad:.4f}" for name, v in named.items()}
    case("three-drawings", {"value boxes": values, "operation boxes": operations, "arrows": arrows, **boxes}, controls)
    path = [("L", "d", leaves[3]), ("d", "e", 1.0), ("e", "a", leaves[1])]
    by_hand = {f"d{name} by hand": v.grad for name, v in named.items()}
    by_walk = {f"dL/d{name}": v.grad for name, v in named.items()}
    told = " · ".join(f"∂{above}/∂{below} ({local})" for above, below, local in path)
    case("backprop-by-hand", {"L": named["L"].data, **by_hand, **by_walk, "path to a": told}, controls)


def l_of(leaves):
    a, b, c, f = leaves
    return (a * b + c) * f


def nudged(leaf, h):
    after = list(LEAVES)
    after[leaf] += h
    return (l_of(after) - l_of(LEAVES)) / h


right = expression(*LEAVES)
right["L"].walk()
for leaf, exponent in ((0, -4), (2, -6), (3, 0)):
    h = 10.0**exponent
    l, other = l_of(LEAVES), (2.0 + -3.0) * 10.0 + -2.0
    case(
        "nudging",
        {
            "nudging L": ((l + h) - l) / h,
            "nudging another L": ((other + h) - other) / h,
            **{f"nudging {name}": nudged(k, h) for k, name in enumerate("abcf")},
            **{f"dL/d{name}": right[name].grad for name in "abcf"},
            "chosen": nudged(leaf, h),
            "name": "abcf"[leaf],
        },
        {"leaf": leaf, "exponent": exponent},
    )

for step in (0.01, -0.3):
    after = [value + step * right[name].grad for name, value in zip("abcf", LEAVES)]
    squared = sum(right[name].grad ** 2 for name in "abcf")
    case(
        "uphill",
        {
            "L before": l_of(LEAVES),
            "L after": l_of(after),
            "change": l_of(after) - l_of(LEAVES),
            "promised change": step * squared,
            "|gradient|²": squared,
            **{f"dL/d{name}": right[name].grad for name in "abcf"},
        },
        {"step": step},
    )

# The neuron.


def neuron(x1, x2, w1, w2, b):
    named = {name: Number(value) for name, value in zip(("x1", "x2", "w1", "w2", "b"), (x1, x2, w1, w2, b))}
    named["x1*w1"] = named["x1"] * named["w1"]
    named["x2*w2"] = named["x2"] * named["w2"]
    named["x1*w1 + x2*w2"] = named["x1*w1"] + named["x2*w2"]
    named["n"] = named["x1*w1 + x2*w2"] + named["b"]
    named["o"] = named["n"].tanh()
    return named


BIAS = 6.8813735870195432
first, second = neuron(2.0, 0.0, -3.0, 1.0, 6.7), neuron(2.0, 0.0, -3.0, 1.0, BIAS)
for inputs in ((2.0, 0.0, -3.0, 1.0, BIAS), (1.0, -2.0, 0.5, 0.7, 1.5)):
    now = neuron(*inputs)
    now["o"].walk()
    x1, x2, w1, w2, b = inputs
    local = 1 - math.tanh(now["n"].data) ** 2
    case(
        "tanh-neuron",
        {
            "n at b = 6.7": first["n"].data,
            "o at b = 6.7": first["o"].data,
            "n at b = 6.88": second["n"].data,
            "o at b = 6.88": second["o"].data,
            "n": now["n"].data,
            "o": now["o"].data,
            "do/dn by hand": local,
            "do/dx1 by hand": w1 * local,
            "do/dw1 by hand": x1 * local,
            "do/dx2 by hand": w2 * local,
            "do/dw2 by hand": x2 * local,
            **{f"do/d({name})": value.grad for name, value in now.items()},
        },
        dict(zip(("x1", "x2", "w1", "w2", "b"), inputs)),
    )


def tanh_by_exp(x):
    try:
        return (math.exp(2 * x) - 1) / (math.exp(2 * x) + 1)
    except OverflowError:
        return math.nan


for x, exponent in ((355.0, -8), (350.0, -17), (-400.0, -3)):
    small = 10.0**exponent
    case(
        "tanh-by-exp",
        {
            "formula at x": "nan" if math.isnan(tanh_by_exp(x)) else tanh_by_exp(x),
            "tanh at x": math.tanh(x),
            "first whole x that fails": next(k for k in itertools.count() if math.isnan(tanh_by_exp(float(k)))),
            "formula at the small x": tanh_by_exp(small),
            "tanh at the small x": math.tanh(small),
            "relative error": abs((tanh_by_exp(small) - math.tanh(small)) / math.tanh(small)),
        },
        {"x": x, "exponent": exponent},
    )


# The rules.

OPERATIONS = {
    "a − b": lambda a, b: a - b,
    "a × b": lambda a, b: a * b,
    "a ÷ b": lambda a, b: a / b,
    "a ** b": lambda a, b: a**b,
    "tanh a": lambda a, b: math.tanh(a),
}
for a, b in ((1.5, 2.0), (0.75, 2.75)):
    t = math.tanh(a)
    on_paper = [(1.0, -1.0), (b, a), (1 / b, -a / b**2), (b * a ** (b - 1),), (1 - t * t,)]
    figures, tolerance = {}, {}
    for (name, f), rules in zip(OPERATIONS.items(), on_paper):
        figures[name] = f(a, b)
        measured = (central(lambda a: f(a, b), a), central(lambda b: f(a, b), b))
        for side, rule, by_steps in zip("ab", rules, measured):
            figures[f"∂({name})/∂{side}"] = rule
            figures[f"∂({name})/∂{side} by hand"] = rule
            figures[f"∂({name})/∂{side} measured"] = by_steps
            tolerance[f"∂({name})/∂{side} measured"] = MEASURED
    case("exercise-rules", figures, {"a": a, "b": b}, tolerance=tolerance)


def descend(sign, target_first, target, rate, steps):
    """The squared error of p after so many steps; `sign` is what minus passes on to its right side."""
    p = 0.0
    for _ in range(steps):
        error = target - p if target_first else p - target
        p -= rate * 2 * error * (sign if target_first else 1.0)
    return (p - target) ** 2


for target, rate, steps in ((1.0, 0.05, 20), (-1.5, 0.1, 7)):
    case(
        "wrong-sign-in-minus",
        {
            "∂(a − b)/∂b": 1.0,
            "∂(a − b)/∂b, right rule": -1.0,
            "loss, target first": descend(1.0, True, target, rate, steps),
            "loss, prediction first": descend(1.0, False, target, rate, steps),
            "loss, right rule": descend(-1.0, True, target, rate, steps),
        },
        {"target": target, "rate": rate, "steps": steps},
    )


class Value:
    """What the notebook's class offers to Python: operators with the value on the left."""

    def __init__(self, data):
        self.data = data

    __add__ = __sub__ = __mul__ = __truediv__ = __pow__ = lambda self, other: self


def refused(operation):
    try:
        operation(Value(3.0))
    except TypeError as error:
        return f"TypeError: {error}"
    return "no error"


LEFT = {
    "2 + a": (lambda a: 2 + a, lambda a: 1.0),
    "2 - a": (lambda a: 2 - a, lambda a: -1.0),
    "2 * a": (lambda a: 2 * a, lambda a: 2.0),
    "2 / a": (lambda a: 2 / a, lambda a: -2 / a**2),
    "2 ** a": (lambda a: 2**a, lambda a: math.log(2) * 2**a),
    "-a": (lambda a: -a, lambda a: -1.0),
}
for a in (3.0, 1.7):
    figures = {"a * 2": a * 2}
    for name, (operation, derivative) in LEFT.items():
        figures[name] = refused(operation)
        figures[f"{name} here"] = operation(a)
        figures[f"derivative of {name}"] = derivative(a)
    case("numbers-on-the-left", figures, {"a": a})

# Orders of the walk.

for calls in range(7):
    values = neuron(2.0, 0.0, -3.0, 1.0, BIAS)
    order = ["o", "n", "b", "x1*w1 + x2*w2", "x1*w1", "x2*w2"]

    def call(values, name):
        for argument, local in zip(values[name].arguments, values[name].slopes):
            argument.grad += local * values[name].grad

    values["o"].grad = 1.0
    for name in order[:calls]:
        call(values, name)
    early = neuron(2.0, 0.0, -3.0, 1.0, BIAS)
    early["o"].grad = 1.0
    for name in ["n", "o", "x1*w1 + x2*w2", "x1*w1", "x2*w2"]:
        call(early, name)
    whole = neuron(2.0, 0.0, -3.0, 1.0, BIAS)
    whole["o"].walk()
    case(
        "step-by-step",
        {
            **{f"{name}.grad": value.grad for name, value in values.items()},
            "x1.grad after all calls": whole["x1"].grad,
            "do/dx1": whole["x1"].grad,
            "x1.grad with n before o": early["x1"].grad,
        },
        {"calls": calls},
    )


def sort(value, order, visited, depth=1):
    """Arguments first, by recursion; says how deep it went."""
    deepest = depth
    visited.add(value)
    for argument in value.arguments:
        if argument not in visited:
            deepest = max(deepest, sort(argument, order, visited, depth + 1))
    order.append(value)
    return deepest


def chain(length):
    leaf = value = Number(1.0)
    for _ in range(length):
        value = value.tanh()
    return leaf, value


values = neuron(2.0, 0.0, -3.0, 1.0, BIAS)
names = {value: name for name, value in values.items()}
order = []
neuron_depth = sort(values["o"], order, set())
limit = sys.getrecursionlimit()
assert limit == 1000
leaf, end = chain(1000)
try:
    sort(end, [], set())
    recursion = "sorted"
except RecursionError:
    recursion = f"needs more than {limit} open calls"
sys.setrecursionlimit(10_000)
depth = sort(end, [], set())
for length in (100_000, 1000, 2500):
    leaf, end = chain(length)
    end.walk()
    case(
        "topological-sort",
        {
            "ledger": ", ".join(names[value] for value in sorted(names, key=lambda value: value.turn)),
            "ledger order": "every value after its arguments",
            "recursive": ", ".join(names[value] for value in order),
            "recursive order": "every value after its arguments",
            "open calls for the neuron": neuron_depth,
            "open calls for a chain of 1000": depth,
            "recursive sort of a chain of 1000": recursion,
            "last value": end.data,
            "gradient": leaf.grad,
        },
        {"chain": length},
    )

for s, a, b in ((3.0, -2.0, 3.0), (1.0, 2.5, -4.0)):
    leaf = Number(s)
    twice = leaf + leaf
    twice.walk()
    x, y = Number(a), Number(b)
    d, e = x * y, x + y
    f = d * e
    f.walk()
    case(
        "accumulate",
        {
            "t": twice.data,
            "dt/ds": leaf.grad,
            "dt/ds if overwritten": 1.0,
            "f": f.data,
            "df/da": x.grad,
            "df/db": y.grad,
            "df/dd": d.grad,
            "df/de": e.grad,
            "a through d": e.data * b,
            "a through e": d.data,
            "b through d": e.data * a,
            "b through e": d.data,
        },
        {"s": s, "a": a, "b": b},
    )

leaf = Number(3.0)
total = leaf + leaf
total.walk()
x, y = Number(3.0), Number(10.0)
case(
    "children-in-a-set",
    {
        "children of a + a": len(set(total.arguments)),
        "arrows from a set": len(set(total.arguments)) + 1,
        "arguments of a + a": len(total.arguments),
        "gradient of a": leaf.grad,
        "children of x − y and of y − x": "the same"
        if set((x - y).arguments) == set((y - x).arguments)
        else "different",
        "0.1 + 0.2 + 0.3": 0.1 + 0.2 + 0.3,
        "0.3 + 0.2 + 0.1": 0.3 + 0.2 + 0.1,
    },
)

for calls in range(1, 6):
    named, leaf = expression(*LEAVES), Number(3.0)
    total = leaf + leaf
    for _ in range(calls):
        named["L"].walk()
        total.walk()
    case(
        "backward-twice",
        {
            **{f"{name}.grad": value.grad for name, value in named.items()},
            "s.grad for s + s": leaf.grad,
            **{f"dL/d{name}": right[name].grad for name in "fca"},
        },
        {"calls": calls},
    )
