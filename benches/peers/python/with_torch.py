"""PyTorch, as its tutorials write it: modules, a loss, an optimizer."""

import os

import torch
from torch import nn

from shared import *

torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))


def network(widths, activation, dtype, last=False):
    parts = []
    for place, (weight, bias) in enumerate(layers(widths, dtype)):
        layer = nn.Linear(*weight.shape, dtype=torch.from_numpy(weight).dtype)
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(weight.T.copy()))
            layer.bias.copy_(torch.from_numpy(bias))
        parts.append(layer)
        if last or place + 2 < len(widths):
            parts.append({"tanh": nn.Tanh, "relu": nn.ReLU, "sigmoid": nn.Sigmoid}[activation]())
    return nn.Sequential(*parts)


def training(net, optimizer, loss_function, x, y):
    def step():
        optimizer.zero_grad()
        loss = loss_function(net(x), y)
        loss.backward()
        optimizer.step()
        return loss.detach()

    return after_checked_steps(step), 1, step


def classifier(kind, activation, optimizer, rows):
    widths = WIDTHS[kind]
    net = network(widths, activation, np.float32)
    x, y = (torch.from_numpy(part) for part in classification(rows, widths[0], widths[-1]))
    if optimizer == "sgd":
        optimizer = torch.optim.SGD(net.parameters(), lr=SGD)
    else:
        optimizer = torch.optim.Adam(net.parameters(), lr=ADAM)
    return training(net, optimizer, nn.functional.cross_entropy, x, y)


def regression():
    net = network([2, 16, 16, 1], "tanh", np.float64)
    x, y = points()
    x, y = torch.from_numpy(x), torch.from_numpy(y)[:, None]
    return training(net, torch.optim.SGD(net.parameters(), lr=POINTS_RATE), nn.functional.mse_loss, x, y)


def samples():
    net = network([3, 4, 4, 1], "tanh", np.float64, last=True)
    x, y = torch.tensor(SAMPLES, dtype=torch.float64), torch.tensor(WANTED, dtype=torch.float64)[:, None]
    loss = nn.MSELoss(reduction="sum")
    check, _, epoch = training(net, torch.optim.SGD(net.parameters(), lr=POINTS_RATE), loss, x, y)
    return check, 1 / CHECKED_STEPS, epoch


def people():
    net = network([2, 2, 1], "sigmoid", np.float64, last=True)
    optimizer = torch.optim.SGD(net.parameters(), lr=PEOPLE_RATE)
    people = [(torch.tensor(x, dtype=torch.float64), torch.tensor([y], dtype=torch.float64)) for x, y in PEOPLE]

    def epoch():
        total = 0.0
        for x, y in people:
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(net(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item()
        return total

    return after_epochs(epoch)


def descent():
    x, sums = table()
    x, y = torch.from_numpy(x), torch.from_numpy(numbers(sums))[:, None]
    net = nn.Linear(FEATURES, 1, dtype=torch.float64)
    nn.init.zeros_(net.weight), nn.init.zeros_(net.bias)
    optimizer = torch.optim.SGD(net.parameters(), lr=DESCENT_RATE)
    check, _, step = training(net, optimizer, nn.functional.mse_loss, x, y)
    return check, 1 / DESCENT_STEPS, step


def least_squares():
    x, sums = table()
    x = torch.from_numpy(np.concatenate([x, np.ones((ROWS, 1))], 1))
    y = torch.from_numpy(numbers(sums))[:, None]

    def fit():
        return torch.linalg.lstsq(x, y).solution[:, 0]

    w = fit().numpy()
    return coefficients_check(w[:-1], w[-1]), 1, fit


def asked(kind, activation, rows):
    widths = WIDTHS[kind]
    net, x = network(widths, activation, np.float32), torch.from_numpy(inputs(rows, widths[0], np.float32))

    def call():
        with torch.inference_mode():
            return net(x)

    return float(call().double().sum()), rows, call


def graph(nodes, random):
    """W7 on numbers of no dimension."""
    factors, starts, places = tape(nodes, random)

    def call():
        w = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in factors]
        values = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in starts]
        a = torch.tensor(0.5, dtype=torch.float64)
        for step, place in enumerate(places):
            a = a + values[place] * w[step % 16]
            values.append(a)
        a.backward()
        return sum(float(number.grad) for number in w)

    return call(), nodes, call


WORKLOADS = {"w1": people, "w2b": regression, "w2c": samples}
WORKLOADS |= {"w8-least-squares": least_squares, "w8-descent": descent}
WORKLOADS |= {name: lambda how=how: classifier(*how) for name, how in TRAINED.items()}
WORKLOADS |= {name: lambda how=how: asked(*how) for name, how in ASKED.items()}
WORKLOADS |= {f"w7-{kind}-1e4": lambda kind=kind: graph(10_000, kind == "random") for kind in ("chained", "random")}

if __name__ == "__main__":
    main("torch", WORKLOADS)
