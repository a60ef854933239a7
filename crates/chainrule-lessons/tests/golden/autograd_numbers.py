"""Numbers that know what they were made from, and the list of cases: what the other scripts share."""

import itertools
import math

import numpy as np

CASES = []
MEASURED = 1e-8


def case(scene, figures, controls=None, seed=42, tolerance=None):
    plain = {name: value.item() if isinstance(value, np.generic) else value for name, value in figures.items()}
    CASES.append(
        {"scene": scene, "seed": seed, "controls": controls or {}, "figures": plain, "tolerance": tolerance or {}}
    )


class Number:
    """A number that knows what it was made from, and how it reacts to each of its arguments."""

    made = itertools.count()

    def __init__(self, data, arguments=(), slopes=()):
        self.data, self.arguments, self.slopes, self.grad = data, arguments, slopes, 0.0
        self.turn = next(Number.made)

    def __add__(self, other):
        other = wrapped(other)
        return Number(self.data + other.data, (self, other), (1.0, 1.0))

    def __sub__(self, other):
        other = wrapped(other)
        return Number(self.data - other.data, (self, other), (1.0, -1.0))

    def __mul__(self, other):
        other = wrapped(other)
        return Number(self.data * other.data, (self, other), (other.data, self.data))

    def __truediv__(self, other):
        other = wrapped(other)
        return Number(self.data / other.data, (self, other), (1.0 / other.data, -self.data / other.data**2))

    def __pow__(self, exponent):
        return Number(self.data**exponent, (self,), (exponent * self.data ** (exponent - 1),))

    def tanh(self):
        t = math.tanh(self.data)
        return Number(t, (self,), (1.0 - t * t,))

    def everything(self):
        """All values it was made from, itself included, the latest first."""
        found, open_ = {self.turn: self}, [self]
        while open_:
            for argument in open_.pop().arguments:
                if argument.turn not in found:
                    found[argument.turn] = argument
                    open_.append(argument)
        return [found[turn] for turn in sorted(found, reverse=True)]

    def walk(self):
        """One walk back, adding to what the values have kept."""
        self.grad = 1.0
        for value in self.everything():
            for argument, slope in zip(value.arguments, value.slopes):
                argument.grad += slope * value.grad

    def size(self):
        values = self.everything()
        operations = sum(1 for value in values if value.arguments)
        arrows = operations + sum(len(value.arguments) for value in values)
        return len(values), operations, arrows


def wrapped(x):
    return x if isinstance(x, Number) else Number(x)


def central(f, x):
    return (f(x + 1e-5) - f(x - 1e-5)) / (2 * 1e-5)
