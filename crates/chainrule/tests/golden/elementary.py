"""Writes elementary.txt beside this file: arguments, and the f64 nearest to the true value of a function there.

    pip install -r requirements.txt && python elementary.py

One line each: function, x, y. The true values are computed with 60 digits by mpmath and rounded once.
"""

import math
import pathlib
import random

from mpmath import exp, expm1, floor, frexp, ldexp, log, log1p, mp, mpf, tanh

mp.dps = 60
random.seed(20240613)


def nearest(y):
    """The f64 nearest to y, the even one of two; below the normal numbers with the digits that are left."""
    _, exponent = frexp(abs(y))
    last = max(exponent - 53, -1074)
    scaled = y / ldexp(mpf(1), last)
    whole = int(floor(scaled + mpf(1) / 2))
    if whole - scaled == mpf(1) / 2 and whole % 2:
        whole -= 1
    return float(ldexp(mpf(whole), last))


def even(low, high):
    return lambda: random.uniform(low, high)


def over_sizes(low, high):
    return lambda: math.exp(random.uniform(math.log(low), math.log(high)))


def either_sign(draw):
    return lambda: random.choice([-1, 1]) * draw()


POINTS = [
    ("exp", exp, 600, even(-5, 5)),
    ("exp", exp, 500, even(-708, 709)),
    ("exp", exp, 100, even(-745, -708)),
    ("exp", exp, 50, either_sign(over_sizes(1e-18, 1))),
    ("ln", log, 600, even(0, 50)),
    ("ln", log, 400, over_sizes(1e-307, 1e307)),
    ("ln", log, 100, even(0.9, 1.1)),
    ("ln", log, 50, over_sizes(5e-324, 2e-308)),
    ("tanh", tanh, 400, even(-5, 5)),
    ("tanh", tanh, 200, even(5, 20)),
    ("tanh", tanh, 50, either_sign(over_sizes(1e-300, 1))),
    ("exp_m1", expm1, 400, even(-5, 5)),
    ("exp_m1", expm1, 100, even(-60, 709)),
    ("exp_m1", expm1, 50, either_sign(over_sizes(1e-300, 1))),
    ("ln_1p", log1p, 400, even(-1, 5)),
    ("ln_1p", log1p, 100, over_sizes(1, 1e308)),
    ("ln_1p", log1p, 50, either_sign(over_sizes(1e-300, 0.9))),
]

lines = []
for name, function, count, draw in POINTS:
    for x in [draw() for _ in range(count)]:
        lines.append(f"{name} {x!r} {nearest(function(mpf(x)))!r}\n")
(pathlib.Path(__file__).parent / "elementary.txt").write_text("".join(lines))
