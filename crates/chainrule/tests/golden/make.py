"""Writes the reference figures beside this file: what PyTorch (and, where said, numpy) computes in float64.

    pip install -r requirements.txt && python make.py

Conventions shared with tests/golden.rs:
- A tensor is {"shape": [...], "data": [...]}, row-major. Numbers that JSON lacks are "nan", "inf", "-inf".
- The gradient of a tensor result is that of sum(result * weight), weight i (counted row by row) being
  ((7 i) mod 11 - 5) / 4: exact in binary, no two neighbors alike.
- Every file records the versions that made it.
"""

import json
import math
import pathlib
import platform

import numpy
import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
HERE = pathlib.Path(__file__).parent
random = numpy.random.default_rng(20240613)


def number(x):
    x = float(x.detach()) if isinstance(x, torch.Tensor) else float(x)
    if math.isnan(x):
        return "nan"
    if math.isinf(x):
        return "inf" if x > 0 else "-inf"
    return int(x) if x == int(x) and abs(x) < 1e15 and not (x == 0 and math.copysign(1, x) < 0) else x


def numbers(values):
    return [number(x) for x in torch.as_tensor(values).detach().flatten().tolist()]


def tensor(values):
    values = torch.as_tensor(values).detach()
    return {"shape": list(values.shape), "data": numbers(values)}


def write(name, cases):
    made_with = {"python": platform.python_version(), "numpy": numpy.__version__, "torch": torch.__version__}
    lines = ",\n".join(json.dumps(case, ensure_ascii=False, separators=(",", ":"), allow_nan=False) for case in cases)
    text = '{"made_with":%s,"cases":[\n%s\n]}\n' % (json.dumps(made_with), lines)
    (HERE / f"{name}.json").write_text(text, encoding="utf-8")
    print(f"{name}.json: {len(cases)} cases, {len(text.encode())} bytes")


def some(*shape):
    """Normal numbers of three decimals, so that the files stay short."""
    return torch.tensor(numpy.round(random.normal(size=shape), 3))


def weights(shape):
    count = math.prod(shape)
    return torch.tensor([((7 * i) % 11 - 5) / 4 for i in range(count)]).reshape(shape)


def gradients(result, inputs):
    """The gradient of sum(result * weight) for each input; zeros where there is none."""
    total = (result * weights(result.shape)).sum()
    found = torch.autograd.grad(total, inputs, allow_unused=True)
    return [torch.zeros_like(x) if g is None else g for x, g in zip(inputs, found)]


def case(name, function, *inputs, **extra):
    """One case: a function of tensors, its result and the gradient of each tensor."""
    inputs = [x.detach().clone().requires_grad_() for x in inputs]
    result = function(*inputs)
    return {
        "name": name,
        **extra,
        "inputs": [tensor(x) for x in inputs],
        "result": tensor(result),
        "gradients": [tensor(g) for g in gradients(result, inputs)],
    }


# ---------------------------------------------------------------------------------------------- pointwise

POINTS = [
    -1e4, -700, -30, -10, -5, -2, -1.5, -1, -0.5, -0.1, -1e-3, -1e-10,
    0, 1e-10, 1e-3, 0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 30, 700, 1e4,
]  # fmt: skip


def zeroed(function):
    """For jumps: PyTorch has no gradient there; the engine's convention is 0."""
    return lambda x: function(x.detach()) + 0.0 * torch.where(x.isfinite(), x, 0.0)


UNARY = [
    ("neg", [], torch.neg),
    ("abs", [], torch.abs),
    ("sign", [], torch.sign),
    ("exp", [], torch.exp),
    ("ln", [], torch.log),
    ("ln_1p", [], torch.log1p),
    ("sqrt", [], torch.sqrt),
    ("square", [], torch.square),
    ("recip", [], torch.reciprocal),
    ("sin", [], torch.sin),
    ("cos", [], torch.cos),
    ("tanh", [], torch.tanh),
    ("sigmoid", [], torch.sigmoid),
    ("relu", [], torch.relu),
    ("leaky_relu", [0.01], lambda x: F.leaky_relu(x, 0.01)),
    ("leaky_relu", [0.2], lambda x: F.leaky_relu(x, 0.2)),
    ("elu", [1.0], lambda x: F.elu(x, 1.0)),
    ("elu", [0.5], lambda x: F.elu(x, 0.5)),
    # PyTorch's ndtr and gelu lose the left tail to 1 + erf(x): at -10 they have 0 for 7.6e-24. So these two are by
    # their definition with erfc, and the derivatives are PyTorch's derivatives of that.
    ("normal_cdf", [], lambda x: 0.5 * torch.special.erfc(-x * math.sqrt(0.5))),
    ("gelu", [], lambda x: x * 0.5 * torch.special.erfc(-x * math.sqrt(0.5))),
    ("gelu_tanh", [], lambda x: F.gelu(x, approximate="tanh")),
    ("silu", [], F.silu),
    # F.softplus is x itself beyond a threshold; logaddexp is the function.
    ("softplus", [], lambda x: torch.logaddexp(x, torch.zeros(()))),
    ("step", [], zeroed(lambda x: torch.heaviside(x, torch.tensor(0.0)))),
    ("clamp", [-1.0, 1.0], lambda x: torch.clamp(x, -1, 1)),
    ("clamp", [0.25, 2.0], lambda x: torch.clamp(x, 0.25, 2)),
    ("between", [-1.0, 1.0], zeroed(lambda x: ((x > -1) & (x < 1)).double())),
    ("powf", [2.0], lambda x: torch.pow(x, 2.0)),
    ("powf", [3.0], lambda x: torch.pow(x, 3.0)),
    ("powf", [0.5], lambda x: torch.pow(x, 0.5)),
    ("powf", [1.0], lambda x: torch.pow(x, 1.0)),
    ("powf", [0.0], lambda x: torch.pow(x, 0.0)),
    ("powf", [-1.5], lambda x: torch.pow(x, -1.5)),
]


def derivatives(function, at):
    """Value, first and second derivative at each point, one graph per point."""
    rows = []
    for point in at:
        x = torch.tensor(float(point), requires_grad=True)
        y = function(x)
        first = torch.autograd.grad(y, x, create_graph=True, allow_unused=True)[0]
        first = torch.zeros(()) if first is None else first
        second = torch.zeros(())
        if first.requires_grad:
            second = torch.autograd.grad(first, x, allow_unused=True)[0]
            second = torch.zeros(()) if second is None else second
        rows.append([number(point), number(y), number(first), number(second)])
    return rows


write(
    "pointwise",
    [{"name": name, "parameters": parameters, "rows": derivatives(f, POINTS)} for name, parameters, f in UNARY],
)

# ------------------------------------------------------------------------------------------------- binary

PAIRED = [-30, -2, -1, -0.5, 0, 0.5, 1, 2, 3, 30]


def no_slope(function):
    return lambda a, b: function(a.detach(), b.detach()) + 0.0 * (a + b)


BINARY = [
    ("add", torch.add),
    ("sub", torch.sub),
    ("mul", torch.mul),
    ("div", torch.div),
    ("pow", torch.pow),
    ("maximum", torch.maximum),
    ("minimum", torch.minimum),
    ("greater", no_slope(lambda a, b: torch.heaviside(a - b, torch.tensor(0.5)))),
    ("equal", no_slope(lambda a, b: (a == b).double())),
    ("bce_with_logits", lambda a, b: F.binary_cross_entropy_with_logits(a, b, reduction="none")),
]


def cross_entropy(z, t):
    """The value without PyTorch's cancellation: at z = -30, t = 0 it has lost all but one digit."""
    return torch.relu(z) - z * t + torch.log1p(torch.exp(-torch.abs(z)))



def pairs(function):
    rows = []
    for a in PAIRED:
        for b in PAIRED:
            x, y = (torch.tensor(float(v), requires_grad=True) for v in (a, b))
            result = function(x, y)
            slopes = torch.autograd.grad(result, (x, y))
            if function is BINARY[-1][1]:
                result = cross_entropy(x, y)
            rows.append([number(v) for v in (a, b, result, *slopes)])
    return rows


def choices():
    rows = []
    for condition in [-1.5, 0, 1, 1e-300]:
        for a in [-2, 0, 3]:
            for b in [-1, 0, 0.5]:
                x, y = (torch.tensor(float(v), requires_grad=True) for v in (a, b))
                result = torch.where(torch.tensor(condition) != 0, x, y)
                slopes = torch.autograd.grad(result, (x, y))
                rows.append([number(v) for v in (condition, a, b, result, 0, *slopes)])
    return rows


write("binary", [{"name": name, "rows": pairs(f)} for name, f in BINARY] + [{"name": "select", "rows": choices()}])

# ------------------------------------------------------------------------------------------------- matmul

MATMUL = [
    ([2, 3], [3, 4]), ([1, 1], [1, 1]), ([5, 1], [1, 3]), ([3], [3]), ([3], [3, 2]), ([2, 3], [3]), ([4, 2, 3], [3]),
    ([3], [4, 3, 2]), ([2, 2, 3], [2, 3, 2]), ([2, 1, 2, 3], [3, 3, 2]), ([2, 1, 2, 3], [1, 3, 3, 2]),
    ([2, 3], [4, 3, 2]), ([17, 19], [19, 13]), ([2, 0], [0, 3]), ([0, 3], [3, 2]),
]  # fmt: skip
write("matmul", [case("matmul", torch.matmul, some(*a), some(*b)) for a, b in MATMUL])

# --------------------------------------------------------------------------------------------- reductions


def reductions():
    cube = [2, 3, 4]
    axes = [None, [0], [1], [-1], [0, 2], [1, -1], [0, 1, 2]]
    for chosen in axes:
        for keep in [False, True]:
            if chosen is None and keep:
                continue
            dim = list(range(3)) if chosen is None else chosen
            extra = {"axes": chosen, "keep": keep}
            functions = {
                "sum": lambda x: x.sum(dim, keepdim=keep),
                "mean": lambda x: x.mean(dim, keepdim=keep),
                "max": lambda x: x.amax(dim, keepdim=keep),
                "min": lambda x: x.amin(dim, keepdim=keep),
                "logsumexp": lambda x: x.logsumexp(dim, keepdim=keep),
            }
            for name, function in functions.items():
                yield case(name, function, some(*cube), **extra)
            for correction in [0, 1]:
                yield case(
                    "var",
                    lambda x: x.var(dim, correction=correction, keepdim=keep),
                    some(*cube),
                    correction=correction,
                    **extra,
                )
    tied = torch.tensor([[1.0, 3.0, 3.0], [3.0, -1.0, -1.0]])
    for name, function in {"max": torch.amax, "min": torch.amin}.items():
        for chosen in [[0], [1], [0, 1]]:
            yield case(name, lambda x: function(x, chosen), tied, axes=chosen, keep=False)
    large = torch.tensor([[1e4, 1e4 - 1, -1e4], [-700.0, -701.0, -1e4]])
    yield case("logsumexp", lambda x: x.logsumexp(1), large, axes=[1], keep=False)
    infinite = torch.tensor([[-math.inf, 0.0, 1.0], [2.0, -math.inf, -math.inf]])
    yield case("logsumexp", lambda x: x.logsumexp(1), infinite, axes=[1], keep=False)
    for axis in [0, 1, 2, -1, -2]:
        yield case("softmax", lambda x: x.softmax(axis), some(*cube), axis=axis)
        yield case("log_softmax", lambda x: x.log_softmax(axis), some(*cube), axis=axis)
    for name in ["softmax", "log_softmax"]:
        yield case(name, lambda x: getattr(x, name)(1), large, axis=1)


write("reductions", list(reductions()))

# ------------------------------------------------------------------------------------------------- layout


def layouts():
    x = some(3, 4, 2)
    for axis, start, stop in [(0, 0, 2), (1, 1, 3), (2, 1, 2), (-1, 0, 1), (1, 2, 2), (0, 0, 3)]:
        index = [slice(None)] * 3
        index[axis] = slice(start, stop)
        yield case("slice", lambda x: x[tuple(index)], x, axis=axis, range=[start, stop])
    for axis, positions in [(0, [2, 0, 2, 2]), (1, [3]), (2, [1, 0]), (-2, [0, 0, 0, 1]), (1, [])]:
        at = torch.tensor(positions, dtype=torch.long)
        yield case("pick", lambda x: x.index_select(axis, at), x, axis=axis, positions=positions)
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [-1, 0, 1], [2, 0, 1]]:
        yield case("permute", lambda x: x.permute(order), x, order=order)
    for shape in [[24], [6, 4], [2, 3, 2, 2], [1, 24, 1]]:
        yield case("reshape", lambda x: x.reshape(shape), x, shape=shape)
    for shape in [[5, 3, 4], [2, 5, 3, 4]]:
        yield case("broadcast", lambda x: x.broadcast_to(shape), some(3, 1), shape=shape)
    yield case("transpose", lambda x: x.transpose(-1, -2), x)
    for axis, sizes in [(0, [1, 3, 2]), (1, [2, 1]), (-1, [1, 0, 4])]:
        shapes = [[2, 3, 2] for _ in sizes]
        for shape, size in zip(shapes, sizes):
            shape[axis] = size
        yield case("concat", lambda *x: torch.cat(x, axis), *[some(*s) for s in shapes], axis=axis)


write("layout", list(layouts()))

# ------------------------------------------------------------------------------------------------- losses


def scalar_case(name, function, *inputs, **extra):
    """As case, for a result that is one number: its plain gradient."""
    inputs = [x.detach().clone().requires_grad_() for x in inputs]
    result = function(*inputs)
    found = torch.autograd.grad(result, inputs)
    return {
        "name": name,
        **extra,
        "inputs": [tensor(x) for x in inputs],
        "result": tensor(result),
        "gradients": [tensor(g) for g in found],
    }


def losses():
    prediction, target = some(4, 3), some(4, 3)
    prediction[0] = target[0]  # the kink of the absolute error
    prediction[1, 0], prediction[1, 1] = target[1, 0] + 0.5, target[1, 1] - 1.0  # those of Huber's
    large = torch.tensor([[1e4, -700.0, 30.0], [-1e4, 700.0, -30.0]])
    bits = torch.tensor([[1.0, 0.0, 1.0], [1.0, 0.0, 0.25]])
    probabilities = torch.tensor(numpy.round(random.uniform(size=(4, 3)), 3))
    signs = torch.tensor(numpy.where(random.uniform(size=(4, 3)) < 0.5, -1.0, 1.0))
    edge = some(4, 3)
    edge[0, 0] = signs[0, 0]  # the kink of the hinge
    for how in ["mean", "sum"]:
        yield scalar_case("mse", lambda p, t: F.mse_loss(p, t, reduction=how), prediction, target, how=how)
        yield scalar_case("mae", lambda p, t: F.l1_loss(p, t, reduction=how), prediction, target, how=how)
        for delta in [0.5, 1.0]:
            yield scalar_case(
                "huber",
                lambda p, t: F.huber_loss(p, t, reduction=how, delta=delta),
                prediction,
                target,
                how=how,
                delta=delta,
            )
        for p, t in [(prediction, probabilities), (large, bits)]:
            yield scalar_case(
                "bce_with_logits",
                lambda p, t: F.binary_cross_entropy_with_logits(p, t, reduction=how),
                p,
                t,
                how=how,
            )
        # PyTorch has no plain hinge: the formula, with PyTorch's relu.
        yield scalar_case("hinge", lambda p, t: getattr(F.relu(1 - t * p), how)(), edge, signs, how=how)
        classes = [2, 0, 1, 2, 2]
        class_weights = [0.5, 1.0, 3.0]
        wide = torch.tensor([[1e4, 0.0, -1e4], [-700.0, 700.0, 0.0], [30.0, -30.0, 0.0], [0.0, 0.0, 0.0], [1, 2, 3]])
        for logits in [some(5, 3), wide]:
            for smoothing in [0.0, 0.1]:
                for chosen in [None, class_weights]:
                    yield scalar_case(
                        "cross_entropy",
                        lambda x: F.cross_entropy(
                            x,
                            torch.tensor(classes),
                            weight=None if chosen is None else torch.tensor(chosen),
                            label_smoothing=smoothing,
                            reduction=how,
                        ),
                        logits,
                        how=how,
                        classes=classes,
                        smoothing=smoothing,
                        weights=chosen,
                    )


write("losses", list(losses()))

# ------------------------------------------------------------------------------------------------- layers


def parameters(layer, values):
    with torch.no_grad():
        for parameter, value in zip(layer.parameters(), values):
            parameter.copy_(value)


def layer_case(name, layer, x, names, transposed=(), **extra):
    """A layer on x: the result, the gradients of x and of each parameter, and its state afterwards."""
    x = x.detach().clone().requires_grad_()
    before = {k: v.detach().clone() for k, v in layer.state_dict().items()}
    result = layer(x)
    own = dict(layer.named_parameters())
    found = gradients(result, [x, *[own[theirs] for theirs in names.values()]])
    turn = lambda theirs, v: tensor(v.T) if theirs in transposed else tensor(v)
    return {
        "name": name,
        **extra,
        "x": tensor(x),
        "parameters": {ours: turn(theirs, own[theirs]) for ours, theirs in names.items()},
        "result": tensor(result),
        "gradient_x": tensor(found[0]),
        "gradients": {ours: turn(theirs, g) for (ours, theirs), g in zip(names.items(), found[1:])},
        "buffers_before": {k: tensor(v) for k, v in before.items() if k.startswith("running")},
        "buffers_after": {k: tensor(v) for k, v in layer.state_dict().items() if k.startswith("running")},
    }


def layers():
    linear = torch.nn.Linear(3, 2)
    parameters(linear, [some(2, 3), some(2)])
    names = {"weight": "weight", "bias": "bias"}
    for shape in [[4, 3], [3], [2, 4, 3]]:
        yield layer_case("linear", linear, some(*shape), names, transposed=["weight"])
    scale = {"scale": "weight", "shift": "bias"}
    normalized = torch.nn.LayerNorm(4)
    parameters(normalized, [some(4), some(4)])
    for x in [some(3, 4), some(2, 3, 4), some(2, 4) * 1e-3, some(2, 4) + 1e3, torch.ones(2, 4)]:
        yield layer_case("layer_norm", normalized, x, scale)
    batch = torch.nn.BatchNorm1d(3)
    parameters(batch, [some(3), some(3)])
    with torch.no_grad():
        batch.running_mean.copy_(some(3))
        batch.running_var.copy_(some(3).abs() + 0.5)
    batch.train()
    yield layer_case("batch_norm", batch, some(5, 3), scale, mode="train")
    yield layer_case("batch_norm", batch, some(3, 3) * 10 + 2, scale, mode="train")
    batch.eval()
    yield layer_case("batch_norm", batch, some(5, 3), scale, mode="eval")
    yield layer_case("batch_norm", batch, some(1, 3), scale, mode="eval")


write("layers", list(layers()))

# --------------------------------------------------------------------------------------------- optimizers

STEPS = 20


def linear_problem():
    return {"x": some(6, 3), "y": some(6, 2), "weight": some(3, 2), "bias": some(2)}


def train(problem, make, late=0):
    """Full-batch linear regression; with `late`, the bias joins after so many steps."""
    weight = problem["weight"].clone().requires_grad_()
    bias = problem["bias"].clone().requires_grad_()
    optimizer = make([weight, bias])
    course = []
    for step in range(STEPS):
        optimizer.zero_grad()
        prediction = problem["x"] @ weight
        if step >= late:
            prediction = prediction + bias
        F.mse_loss(prediction, problem["y"]).backward()
        optimizer.step()
        course.append(numbers(torch.cat([weight.flatten(), bias.flatten()])))
    return course


def optimizers():
    o = torch.optim
    table = [
        ("sgd", {}, lambda p: o.SGD(p, lr=0.05)),
        ("sgd", {"momentum": 0.9}, lambda p: o.SGD(p, lr=0.05, momentum=0.9)),
        ("sgd", {"momentum": 0.9, "nesterov": True}, lambda p: o.SGD(p, lr=0.05, momentum=0.9, nesterov=True)),
        ("sgd", {"weight_decay": 0.01}, lambda p: o.SGD(p, lr=0.05, weight_decay=0.01)),
        (
            "sgd",
            {"momentum": 0.9, "weight_decay": 0.01},
            lambda p: o.SGD(p, lr=0.05, momentum=0.9, weight_decay=0.01),
        ),
        ("rmsprop", {}, lambda p: o.RMSprop(p, lr=0.05)),
        ("rmsprop", {"alpha": 0.9, "weight_decay": 0.01}, lambda p: o.RMSprop(p, lr=0.05, alpha=0.9, weight_decay=0.01)),
        ("adagrad", {}, lambda p: o.Adagrad(p, lr=0.05)),
        ("adagrad", {"weight_decay": 0.01}, lambda p: o.Adagrad(p, lr=0.05, weight_decay=0.01)),
        ("adam", {}, lambda p: o.Adam(p, lr=0.05)),
        ("adam", {"weight_decay": 0.01}, lambda p: o.Adam(p, lr=0.05, weight_decay=0.01)),
        ("adam", {"beta1": 0.5, "beta2": 0.9}, lambda p: o.Adam(p, lr=0.05, betas=(0.5, 0.9))),
        ("adamw", {}, lambda p: o.AdamW(p, lr=0.05)),
        ("adamw", {"weight_decay": 0.1}, lambda p: o.AdamW(p, lr=0.05, weight_decay=0.1)),
    ]
    problem = linear_problem()
    shown = {name: tensor(value) for name, value in problem.items()}
    for name, settings, make in table:
        yield {"name": name, "settings": settings, "late": 0, **shown, "course": train(problem, make)}
    for name, settings, make in table:
        if settings == {}:
            yield {"name": name, "settings": settings, "late": 5, **shown, "course": train(problem, make, late=5)}


write("optimizers", list(optimizers()))


def clips():
    problem = linear_problem()
    shown = {name: tensor(value) for name, value in problem.items()}
    for name, most in [("norm", 0.5), ("norm", 1e3), ("value", 0.3), ("value", 1e3)]:
        weight = problem["weight"].clone().requires_grad_()
        bias = problem["bias"].clone().requires_grad_()
        F.mse_loss(problem["x"] @ weight + bias, problem["y"]).backward()
        plain = numpy.concatenate([weight.grad.numpy().ravel(), bias.grad.numpy().ravel()])
        found = {"name": name, "most": most, **shown}
        if name == "norm":
            found["norm"] = number(torch.nn.utils.clip_grad_norm_([weight, bias], most))
            # PyTorch divides by norm + 1e-6; the engine by norm, so that the bound is met exactly. Both are recorded.
            norm = numpy.sqrt((plain**2).sum())
            found["exact"] = numbers(torch.tensor(plain * min(1.0, most / norm)))
        else:
            torch.nn.utils.clip_grad_value_([weight, bias], most)
        found["torch"] = numbers(torch.cat([weight.grad.flatten(), bias.grad.flatten()]))
        yield found


write("clip", list(clips()))


def schedules():
    losses = [1.0, 0.9, 0.95, 0.9, 0.91, 0.92, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.4, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3]
    s = torch.optim.lr_scheduler
    table = [
        ("step", {"every": 4, "factor": 0.5}, lambda o: s.StepLR(o, 4, 0.5)),
        ("exponential", {"factor": 0.9}, lambda o: s.ExponentialLR(o, 0.9)),
        ("cosine", {"epochs": 20, "end": 0.0}, lambda o: s.CosineAnnealingLR(o, 20)),
        ("cosine", {"epochs": 20, "end": 0.1}, lambda o: s.CosineAnnealingLR(o, 20, eta_min=0.1)),
        # PyTorch asks by default for an improvement of 1e-4; the engine takes any: threshold 0.
        ("plateau", {"factor": 0.5, "patience": 0}, lambda o: s.ReduceLROnPlateau(o, factor=0.5, patience=0, threshold=0)),
        ("plateau", {"factor": 0.1, "patience": 2}, lambda o: s.ReduceLROnPlateau(o, factor=0.1, patience=2, threshold=0)),
    ]
    for name, settings, make in table:
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
        schedule = make(optimizer)
        factors = []
        for loss in losses:
            factors.append(number(optimizer.param_groups[0]["lr"]))
            optimizer.step()
            schedule.step(loss) if name == "plateau" else schedule.step()
        factors.append(number(optimizer.param_groups[0]["lr"]))
        yield {"name": name, "settings": settings, "losses": losses, "factors": factors}


write("schedules", list(schedules()))

# ---------------------------------------------------------------------------------------------------- mlp


def mlp():
    widths = [2, 16, 16, 1]
    layers = [(some(i, o), some(o)) for i, o in zip(widths, widths[1:])]
    x, y = some(8, 2), some(8, 1)
    flat = [v.requires_grad_() for pair in layers for v in pair]
    h = x
    for i in range(3):
        h = h @ flat[2 * i] + flat[2 * i + 1]
        h = h.tanh() if i < 2 else h
    loss = F.mse_loss(h, y)
    found = torch.autograd.grad(loss, flat)
    yield {
        "name": "mlp",
        "widths": widths,
        "x": tensor(x),
        "y": tensor(y),
        "parameters": [tensor(v) for v in flat],
        "result": tensor(h),
        "loss": number(loss),
        "gradients": [tensor(g) for g in found],
    }


write("mlp", list(mlp()))
