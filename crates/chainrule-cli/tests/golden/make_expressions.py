"""Writes expressions.json: random formulas with their values, gradients and second derivatives, to 17 digits.

    pip install mpmath==1.3.0 && python make_expressions.py

Everything is computed by mpmath with 60 digits, by carrying value, gradient and second derivatives forward through the
formula (the engine goes backward). Where a formula is smooth, every figure is checked once more against mpmath's
numerical differentiation, which knows no rule of derivatives. At a kink, the conventions are those that the engine's
documentation states: they are the first and second derivatives of `KINKED` below.

Inputs and constants are the very numbers that a computer reads: float("0.3"), not 3/10.

Which formulas are kept. The test asks for 1e-12 relative of every figure, with no absolute slack: a figure that is 0
must be 0. No computation in double precision can promise that for a formula that cancels, so the script measures: it
moves every input and every intermediate result, one at a time, by one unit in the last place, and adds up by how much
each figure moves. If that is more than 1e-13 of the figure, or moves a figure that is 0, the formula is dropped. The
last line that the script prints says how many were.
"""

import json
import pathlib
import random

import mpmath
from mpmath import mpf

mpmath.mp.dps = 60
ULP = mpf(2) ** -52
WANTED = 340
WANTED_AT_KINKS = 40
MOST_MOVED = mpf("1e-13")
HERE = pathlib.Path(__file__).parent


class Jet:
    """A value with its first and second derivatives by the inputs."""

    def __init__(self, value, gradient, hessian):
        self.value, self.gradient, self.hessian = value, gradient, hessian

    @staticmethod
    def constant(value, count):
        return Jet(mpf(value), [mpf(0)] * count, [[mpf(0)] * count for _ in range(count)])

    @staticmethod
    def input(value, index, count):
        jet = Jet.constant(value, count)
        jet.gradient[index] = mpf(1)
        return jet


def compose(value, first, second, arguments):
    """The chain rule to the second order: `first[i]`, `second[i][j]` are the derivatives by the arguments."""
    count = len(arguments[0].gradient)
    gradient = [sum(f * a.gradient[m] for f, a in zip(first, arguments)) for m in range(count)]
    hessian = [
        [
            sum(f * a.hessian[m][n] for f, a in zip(first, arguments))
            + sum(
                second[i][j] * a.gradient[m] * b.gradient[n]
                for i, a in enumerate(arguments)
                for j, b in enumerate(arguments)
                if second[i][j]
            )
            for n in range(count)
        ]
        for m in range(count)
    ]
    return Jet(value, gradient, hessian)


def sigmoid(x):
    return 1 / (1 + mpmath.exp(-x))


def density(x):
    return mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi)


def gelu_tanh_parts(x):
    scale, cubic = mpmath.sqrt(2 / mpmath.pi), mpf(0.044715)
    inner, slope, bend = scale * (x + cubic * x**3), scale * (1 + 3 * cubic * x**2), scale * 6 * cubic * x
    t = mpmath.tanh(inner)
    return t, (1 - t * t) * slope, (1 - t * t) * (bend - 2 * t * slope * slope)


def silu(x, y):
    s = sigmoid(x)
    d = s * (1 - s)
    return s + x * d, 2 * d + x * d * (1 - 2 * s)


def gelu_tanh(x, y):
    t, dt, ddt = gelu_tanh_parts(x)
    return (1 + t) / 2 + x * dt / 2, dt + x * ddt / 2


# name: value, then (first, second) derivative from the argument x and the result y, and where arguments are drawn.
# Written through y where textbooks do, so that an error of y is seen in the derivative.
SMOOTH = {
    "exp": (mpmath.exp, lambda x, y: (y, y), (-4, 3)),
    "ln": (mpmath.log, lambda x, y: (1 / x, -1 / x**2), (0.05, 9)),
    "ln_1p": (mpmath.log1p, lambda x, y: (1 / (1 + x), -1 / (1 + x) ** 2), (-0.8, 9)),
    "sqrt": (mpmath.sqrt, lambda x, y: (1 / (2 * y), -1 / (4 * y**3)), (0.05, 9)),
    "square": (lambda x: x * x, lambda x, y: (2 * x, mpf(2)), (-4, 4)),
    "recip": (lambda x: 1 / x, lambda x, y: (-y * y, 2 * y**3), (0.1, 9)),
    "sin": (mpmath.sin, lambda x, y: (mpmath.cos(x), -y), (-7, 7)),
    "cos": (mpmath.cos, lambda x, y: (-mpmath.sin(x), -y), (-7, 7)),
    "tanh": (mpmath.tanh, lambda x, y: (1 - y * y, -2 * y * (1 - y * y)), (-4, 4)),
    "sigmoid": (sigmoid, lambda x, y: (y * (1 - y), y * (1 - y) * (1 - 2 * y)), (-6, 6)),
    "softplus": (
        lambda x: mpmath.log1p(mpmath.exp(x)),
        lambda x, y: (sigmoid(x), sigmoid(x) * (1 - sigmoid(x))),
        (-6, 6),
    ),
    "normal_cdf": (lambda x: mpmath.erfc(-x / mpmath.sqrt(2)) / 2, lambda x, y: (density(x), -x * density(x)), (-3, 3)),
    "gelu": (
        lambda x: x * mpmath.erfc(-x / mpmath.sqrt(2)) / 2,
        lambda x, y: (mpmath.erfc(-x / mpmath.sqrt(2)) / 2 + x * density(x), (2 - x * x) * density(x)),
        (-3, 3),
    ),
    "gelu_tanh": (lambda x: x * (1 + gelu_tanh_parts(x)[0]) / 2, gelu_tanh, (-2.5, 2.5)),
    "silu": (lambda x: x * sigmoid(x), silu, (-6, 6)),
}

# Functions of one argument with kinks: value, derivatives (at the kink: the stated convention), where the kinks are.
KINKED = {
    "abs": (lambda x, p: abs(x), lambda x, y, p: (mpmath.sign(x), 0), lambda p: [0]),
    "relu": (lambda x, p: max(x, mpf(0)), lambda x, y, p: (1 if x > 0 else 0, 0), lambda p: [0]),
    "sign": (lambda x, p: mpf(mpmath.sign(x)), lambda x, y, p: (0, 0), lambda p: [0]),
    "step": (lambda x, p: mpf(1 if x > 0 else 0), lambda x, y, p: (0, 0), lambda p: [0]),
    "leaky_relu": (
        lambda x, p: x if x > 0 else p[0] * x,
        lambda x, y, p: (mpf(1) if x > 0 else p[0], 0),
        lambda p: [0],
    ),
    "elu": (
        lambda x, p: x if x > 0 else p[0] * mpmath.expm1(x),
        lambda x, y, p: (mpf(1), 0) if x > 0 else (p[0] * mpmath.exp(x), p[0] * mpmath.exp(x)),
        lambda p: [0],
    ),
    "clamp": (
        lambda x, p: min(max(x, p[0]), p[1]),
        lambda x, y, p: (1 if p[0] < x < p[1] else 0, 0),
        lambda p: p,
    ),
}
PARAMETERS = {
    "leaky_relu": [["0.2"], ["0.01"], ["-0.5"]],
    "elu": [["1"], ["0.5"]],
    "clamp": [["-1", "1"], ["0", "2.5"], ["-0.75", "0.5"]],
}
DEFAULTS = {"leaky_relu": ["0.01"], "elu": ["1"], "clamp": ["-1", "1"]}


class Unfit(Exception):
    """The formula is not defined here, or not to be asked for in double precision."""


class Evaluation:
    """One pass over a formula, perhaps with one of its steps off by an ulp."""

    def __init__(self, inputs, moved=None):
        self.inputs, self.moved = inputs, moved
        self.names = list(inputs)
        self.steps, self.kinks_hit, self.closest = 0, 0, mpf("inf")
        # At a kink of the derivative itself, no second derivative is promised.
        self.bent = False
        self.seen = {}

    def rounded(self, value):
        self.steps += 1
        return value * (1 + ULP) if self.moved == self.steps - 1 else value

    def near(self, distance, scale):
        if distance == 0:
            self.kinks_hit += 1
        else:
            self.closest = min(self.closest, abs(distance) / max(abs(scale), mpf(1)))

    def of(self, node):
        kind, count = node[0], len(self.names)
        if kind == "number":
            return Jet.constant(float(node[1]), count)
        if kind == "name":
            # A name that occurs twice is moved once.
            if node[1] not in self.seen:
                value = self.rounded(mpf(self.inputs[node[1]]))
                self.seen[node[1]] = Jet.input(value, self.names.index(node[1]), count)
            return self.seen[node[1]]
        arguments = [self.of(child) for child in node[2]]
        values = [argument.value for argument in arguments]
        if any(abs(v) > 1e4 for v in values):
            raise Unfit
        return self.apply(kind, node[1], arguments, values)

    def apply(self, kind, parameters, arguments, values):
        zero = mpf(0)
        flat = [[zero] * len(arguments) for _ in arguments]
        if kind == "neg":
            return compose(-values[0], [mpf(-1)], flat, arguments)
        if kind in SMOOTH:
            function, derivatives, (low, high) = SMOOTH[kind]
            if not low <= values[0] <= high:
                raise Unfit
            y = self.rounded(function(values[0]))
            first, second = derivatives(values[0], y)
            return compose(y, [first], [[second]], arguments)
        if kind in KINKED:
            function, derivatives, kinks = KINKED[kind]
            numbers = [mpf(float(p)) for p in (parameters or DEFAULTS.get(kind, []))]
            for kink in kinks(numbers):
                self.near(values[0] - kink, values[0])
            self.bent = self.bent or (kind == "elu" and values[0] == 0)
            y = self.rounded(function(values[0], numbers))
            first, second = derivatives(values[0], y, numbers)
            return compose(y, [mpf(first)], [[mpf(second)]], arguments)
        a, b = (values + [None])[:2]
        if kind == "+":
            return compose(self.rounded(a + b), [mpf(1), mpf(1)], flat, arguments)
        if kind == "-":
            return compose(self.rounded(a - b), [mpf(1), mpf(-1)], flat, arguments)
        if kind == "*":
            return compose(self.rounded(a * b), [b, a], [[zero, mpf(1)], [mpf(1), zero]], arguments)
        if kind == "/":
            if abs(b) < 0.05:
                raise Unfit
            y = self.rounded(a / b)
            return compose(y, [1 / b, -y / b], [[zero, -1 / b**2], [-1 / b**2, 2 * y / b**2]], arguments)
        if kind == "powf":
            p = mpf(float(parameters))
            if (p != int(p) and a <= 0.05) or abs(a) < 0.05 or abs(a) > 20:
                raise Unfit
            p = int(p) if p == int(p) else p
            y = self.rounded(a**p)
            return compose(y, [p * a ** (p - 1)], [[p * (p - 1) * a ** (p - 2)]], arguments)
        if kind == "pow":
            if not 0.05 < a < 20 or abs(b) > 4:
                raise Unfit
            y, log = self.rounded(a**b), mpmath.log(a)
            mixed = a ** (b - 1) * (1 + b * log)
            return compose(
                y, [b * a ** (b - 1), y * log], [[b * (b - 1) * a ** (b - 2), mixed], [mixed, y * log * log]], arguments
            )
        if kind in ("maximum", "minimum"):
            self.near(a - b, a)
            larger = mpf(1) if a > b else mpf(0.5) if a == b else zero
            share = larger if kind == "maximum" else 1 - larger
            return compose(self.rounded((max if kind == "maximum" else min)(a, b)), [share, 1 - share], flat, arguments)
        if kind == "bce_with_logits":
            if abs(a) > 6:
                raise Unfit
            y = self.rounded(mpmath.log1p(mpmath.exp(a)) - a * b)
            s = sigmoid(a)
            return compose(y, [s - b, -a], [[s * (1 - s), mpf(-1)], [mpf(-1), zero]], arguments)
        raise ValueError(kind)


BINDS = {"+": 1, "-": 1, "*": 2, "/": 2, "neg": 3, "pow": 4, "powf": 4}


def text(node, at_least=0, rng=random):
    """The formula as a person writes it: parentheses where they are needed, and now and then where not."""
    kind = node[0]
    if kind == "number":
        words, binds = node[1], (3 if node[1].startswith("-") else 9)
    elif kind == "name":
        words, binds = node[1], 9
    elif kind in ("+", "-", "*", "/"):
        binds = BINDS[kind]
        space = " " if kind in "+-" or rng.random() < 0.3 else ""
        left, right = node[2]
        words = text(left, binds, rng) + space + kind + space + text(right, binds + 1, rng)
    elif kind == "neg":
        words, binds = "-" + text(node[2][0], 3, rng), 3
        if node[2][0][0] == "number":
            words = "-(" + text(node[2][0], 0, rng) + ")"
    elif kind == "powf":
        words, binds = text(node[2][0], 5, rng) + "^" + node[1], 4
    elif kind == "pow":
        words, binds = text(node[2][0], 5, rng) + "^" + text(node[2][1], 3, rng), 4
    else:
        words = kind + "(" + ", ".join([text(child, 0, rng) for child in node[2]] + list(node[1] or [])) + ")"
        binds = 9
    if binds < at_least or (binds < 9 and rng.random() < 0.05):
        words = "(" + words + ")"
    return words


def draw(rng, names, depth, pool):
    """A random formula; terms are now and then drawn again, so that values are shared."""
    if pool and rng.random() < 0.2:
        return rng.choice(pool)
    if depth == 0 or rng.random() < 0.1:
        if rng.random() < 0.2:
            return ("number", rng.choice(["2", "0.5", "3", "1.25", ".3", "1e-1", "-2", "10", "0.7"]))
        return ("name", rng.choice(names))
    below = lambda: draw(rng, names, depth - 1, pool)
    dice = rng.random()
    if dice < 0.5:
        node = (rng.choice("+-**/"), None, [below(), below()])
    elif dice < 0.55:
        node = ("neg", None, [below()])
    elif dice < 0.62:
        node = ("powf", rng.choice(["2", "3", "4", "0.5", "-1", "-2", "1.5", "1"]), [below()])
    elif dice < 0.66:
        right = below()
        # A plain number as exponent is the other row.
        node = ("pow", None, [below(), right if right[0] != "number" else ("name", rng.choice(names))])
    elif dice < 0.84:
        node = (rng.choice(list(SMOOTH)), None, [below()])
    elif dice < 0.94:
        kind = rng.choice(list(KINKED))
        parameters = rng.choice(PARAMETERS[kind] + [None]) if kind in PARAMETERS else None
        node = (kind, parameters, [below()])
    elif dice < 0.98:
        node = (rng.choice(["maximum", "minimum"]), None, [below(), below()])
    else:
        node = ("bce_with_logits", None, [below(), below()])
    pool.append(node)
    return node


def at_a_kink(rng, names):
    """A formula that meets a kink exactly: what is inside is exact in double precision."""
    a, b = rng.sample(names, 2)
    inside = rng.choice([("name", a), ("-", None, [("name", a), ("name", b)]), ("*", None, [("name", a), ("name", b)])])
    kind = rng.choice(list(KINKED) + ["maximum", "minimum"] * 2)
    if kind in ("maximum", "minimum"):
        node = (kind, None, rng.sample([("name", a), ("name", b)], 2))
    else:
        parameters = rng.choice(PARAMETERS[kind] + [None]) if kind in PARAMETERS else None
        node = (kind, parameters, [inside])
    outside = draw(rng, names, 2, [node])
    return (rng.choice("+*"), None, [node, outside]) if rng.random() < 0.7 else ("+", None, [("*", None, [node, node]), outside])


def used(node, found):
    if node[0] == "name":
        if node[1] not in found:
            found.append(node[1])
    elif node[0] != "number":
        for child in node[2]:
            used(child, found)
    return found


def figures(jet):
    count = len(jet.gradient)
    return [jet.value] + jet.gradient + [jet.hessian[m][n] for m in range(count) for n in range(count)]


def well_conditioned(node, inputs, plain):
    """Whether an ulp anywhere moves no figure by more than 1e-13 of it."""
    exact = figures(plain[1])
    moved = [mpf(0)] * len(exact)
    for step in range(plain[0].steps):
        other = figures(Evaluation(inputs, step).of(node))
        moved = [m + abs(x - y) for m, x, y in zip(moved, exact, other)]
    return all(m <= MOST_MOVED * abs(x) for m, x in zip(moved, exact))


def check_numerically(node, inputs, jet):
    """The derivatives once more, without any rule."""
    names = list(inputs)

    def value(*point):
        return Evaluation(dict(zip(names, point))).of(node).value

    point = tuple(mpf(inputs[name]) for name in names)
    with mpmath.workdps(90):
        for m in range(len(names)):
            orders = [0] * len(names)
            orders[m] = 1
            close(mpmath.diff(value, point, tuple(orders), h=mpf(10) ** -30), jet.gradient[m])
            for n in range(m, len(names)):
                both = list(orders)
                both[n] += 1
                close(mpmath.diff(value, point, tuple(both), h=mpf(10) ** -25), jet.hessian[m][n])


def close(numerical, exact):
    assert abs(numerical - exact) <= mpf("1e-18") * max(abs(exact), mpf(1)), (numerical, exact)


def main():
    rng = random.Random(20260101)
    cases, dropped, kinks = [], 0, 0
    seen = set()
    while len(cases) < WANTED:
        wants_kink = kinks < WANTED_AT_KINKS and len(cases) % 8 == 7
        names = rng.sample(["a", "b", "c", "x", "y", "w1", "w2", "bias", "_t"], rng.randint(2, 4))
        if wants_kink:
            node = at_a_kink(rng, names)
        else:
            node = draw(rng, names, rng.randint(2, 5), [])
        found = used(node, [])
        if not found:
            continue
        grid = lambda: rng.choice([rng.randint(-24, 24) / 8, round(rng.uniform(-3, 3), 3), round(rng.uniform(0.1, 4), 2)])
        inputs = {name: grid() for name in found}
        if wants_kink:
            values = [rng.randint(-8, 8) / 8 for _ in found]
            inputs = dict(zip(found, values))
            same = rng.choice([0.0, inputs[found[0]]])
            inputs.update({name: same for name in found[:2]})
        try:
            evaluation = Evaluation(inputs)
            jet = evaluation.of(node)
            if wants_kink and evaluation.kinks_hit == 0:
                continue
            if not wants_kink and evaluation.kinks_hit > 0:
                continue
            # Too near to a kink, and rounding decides the side.
            if evaluation.closest < mpf("1e-6") or any(abs(x) > 1e6 or 0 < abs(x) < 1e-9 for x in figures(jet)):
                raise Unfit
            # At a kink a moved step changes the side; what is inside is exact there, and outside is tried shifted.
            if not wants_kink and not well_conditioned(node, inputs, (evaluation, jet)):
                raise Unfit
        except (Unfit, ZeroDivisionError):
            dropped += 1
            continue
        words = text(node, 0, rng)
        if words in seen:
            continue
        seen.add(words)
        if evaluation.kinks_hit == 0:
            check_numerically(node, inputs, jet)
        kinks += evaluation.kinks_hit > 0
        number = lambda x: float(mpmath.nstr(x, 25))
        case = {"formula": words, "inputs": inputs, "value": number(jet.value)}
        case["gradient"] = {n: number(jet.gradient[i]) for i, n in enumerate(inputs)}
        case["second"] = {
            n: {m: number(jet.hessian[i][j]) for j, m in enumerate(inputs)} for i, n in enumerate(inputs)
        }
        if evaluation.kinks_hit:
            case["kink"] = True
        if evaluation.bent:
            del case["second"]
        cases.append(case)
    made_with = {"mpmath": mpmath.__version__, "digits": mpmath.mp.dps}
    lines = ",\n".join(json.dumps(case, separators=(",", ":"), allow_nan=False) for case in cases)
    content = '{"made_with":%s,"cases":[\n%s\n]}\n' % (json.dumps(made_with), lines)
    (HERE / "expressions.json").write_text(content, encoding="utf-8")
    print(f"{len(cases)} formulas, {kinks} of them at a kink; {dropped} dropped as undefined or ill-conditioned")


if __name__ == "__main__":
    main()
