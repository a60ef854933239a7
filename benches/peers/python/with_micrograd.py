"""micrograd: the graph of single numbers from which this project's lessons come."""

import sys
import threading

from micrograd.engine import Value
from micrograd.nn import MLP

from shared import *


def tanh(x):
    """micrograd has relu only: tanh by its own rules of extension."""
    y = math.tanh(x.data)
    out = Value(y, (x,), "tanh")

    def backward():
        x.grad += (1 - y * y) * out.grad

    out._backward = backward
    return out


class Net:
    def __init__(self, widths, last):
        self.net, self.last = MLP(widths[0], widths[1:]), last
        for layer, (weight, bias) in zip(self.net.layers, layers(widths, np.float64)):
            for j, neuron in enumerate(layer.neurons):
                neuron.nonlin = False
                for w, number in zip(neuron.w, weight[:, j].tolist()):
                    w.data = number
                neuron.b.data = float(bias[j])

    def answer(self, x):
        for place, layer in enumerate(self.net.layers):
            x = [neuron(x) for neuron in layer.neurons]
            if self.last or place + 1 < len(self.net.layers):
                x = [tanh(y) for y in x]
        return x[0]

    def step(self, x, y, share):
        loss = sum(((self.answer(row) - wanted) ** 2 for row, wanted in zip(x, y)), Value(0.0)) * share
        self.net.zero_grad()
        loss.backward()
        for p in self.net.parameters():
            p.data -= POINTS_RATE * p.grad
        return loss.data


def regression():
    net, (x, y) = Net([2, 16, 16, 1], last=False), points()
    x, y = x.tolist(), y.tolist()
    step = lambda: net.step(x, y, 0.01)
    return after_checked_steps(step), 1, step


def samples():
    net = Net([3, 4, 4, 1], last=True)
    epoch = lambda: net.step(SAMPLES, WANTED, 1.0)
    return after_checked_steps(epoch), 1 / CHECKED_STEPS, epoch


def graph(nodes, random):
    factors, starts, places = tape(nodes, random)

    def call():
        w, values, a = [Value(number) for number in factors], [Value(number) for number in starts], Value(0.5)
        for step, place in enumerate(places):
            a = a + values[place] * w[step % 16]
            values.append(a)
        a.backward()
        return sum(number.grad for number in w)

    return call(), nodes, call


WORKLOADS = {"w2a": regression, "w2c": samples}
WORKLOADS |= {f"w7-{kind}-1e4": lambda kind=kind: graph(10_000, kind == "random") for kind in ("chained", "random")}

if __name__ == "__main__":
    # Its sort by topology calls itself once for each node.
    sys.setrecursionlimit(1_000_000)
    threading.stack_size(512 << 20)
    thread = threading.Thread(target=main, args=("micrograd", WORKLOADS))
    thread.start()
    thread.join()
