"""JAX: each step a call of a compiled function, or, as `jax loop`, many steps compiled into one loop."""

import os

os.environ.setdefault("JAX_PLATFORMS", "cpu")
ONE_THREAD = os.environ.get("OMP_NUM_THREADS", "1") == "1"
if ONE_THREAD:
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    # It starts as many threads as it may use processors, whatever it is told.
    PROCESSORS = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(PROCESSORS)})

import sys

import jax
import jax.numpy as jnp

from shared import *

jax.config.update("jax_enable_x64", True)
jax.devices()
if ONE_THREAD:
    os.sched_setaffinity(0, PROCESSORS)
BEND = {"tanh": jnp.tanh, "relu": jax.nn.relu, "sigmoid": jax.nn.sigmoid}
LOOPED = "--loop" in sys.argv
if LOOPED:
    sys.argv.remove("--loop")


def forward(params, x, activation, last=False):
    for place, (weight, bias) in enumerate(params):
        x = x @ weight + bias
        if last or place + 1 < len(params):
            x = BEND[activation](x)
    return x


def sgd(rate):
    return (lambda params: ()), lambda state, params, gradient: (
        state,
        jax.tree.map(lambda w, g: w - rate * g, params, gradient),
    )


def adam(rate):
    def start(params):
        zeros = jax.tree.map(jnp.zeros_like, params)
        return jnp.zeros((), jnp.float32), zeros, zeros

    def move(state, params, gradient):
        t, mean, square = state
        t = t + 1
        mean = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, mean, gradient)
        square = jax.tree.map(lambda s, g: 0.999 * s + 0.001 * g * g, square, gradient)
        fast, slow = 1 - 0.9**t, 1 - 0.999**t
        params = jax.tree.map(
            lambda w, m, s: w - rate / fast * m / (jnp.sqrt(s / slow) + 1e-8), params, mean, square
        )
        return (t, mean, square), params

    return start, move


def training(params, loss, optimizer, x, y, steps_in_loop):
    """A step, or as many in one loop."""
    params, x, y = jax.tree.map(jnp.asarray, (params, x, y))
    start, move = optimizer
    carry, gradient = (params, start(params)), jax.value_and_grad(loss)

    def once(carry, x, y):
        params, state = carry
        value, slope = gradient(params, x, y)
        state, params = move(state, params, slope)
        return (params, state), value

    single = jax.jit(once)
    for _ in range(CHECKED_STEPS):
        carry, _ = single(carry, x, y)
    carry, check = single(carry, x, y)

    @jax.jit
    def loop(carry, x, y):
        def body(_, found):
            return once(found[0], x, y)

        return jax.lax.fori_loop(0, steps_in_loop, body, (carry, check))

    run = loop if LOOPED else single

    def call():
        nonlocal carry
        # The loss is ready before the weights are.
        carry, _ = jax.block_until_ready(run(carry, x, y))

    return float(check), steps_in_loop if LOOPED else 1, call


def classifier(kind, activation, optimizer, rows):
    widths = WIDTHS[kind]

    def loss(params, x, y):
        logits = jax.nn.log_softmax(forward(params, x, activation))
        return -jnp.take_along_axis(logits, y[:, None], axis=1).mean()

    x, y = classification(rows, widths[0], widths[-1])
    optimizer = sgd(np.float32(SGD)) if optimizer == "sgd" else adam(np.float32(ADAM))
    return training(layers(widths, np.float32), loss, optimizer, x, y, {"small": 1000, "digits": 20, "deep": 2}[kind])


def regression():
    x, y = points()
    loss = lambda params, x, y: jnp.mean((forward(params, x, "tanh") - y) ** 2)
    return training(layers([2, 16, 16, 1], np.float64), loss, sgd(POINTS_RATE), x, y[:, None], 200)


def samples():
    loss = lambda params, x, y: jnp.sum((forward(params, x, "tanh", last=True) - y) ** 2)
    x, y = np.array(SAMPLES), np.array(WANTED)[:, None]
    check, steps, call = training(layers([3, 4, 4, 1], np.float64), loss, sgd(POINTS_RATE), x, y, 200)
    return check, steps / CHECKED_STEPS, call


def people():
    if not LOOPED:
        raise Missing("measured as a loop")
    x = jnp.array([x for x, _ in PEOPLE])
    y = jnp.array([[y] for _, y in PEOPLE])
    params = jax.tree.map(jnp.asarray, layers([2, 2, 1], np.float64))
    loss = jax.value_and_grad(lambda params, x, y: ((forward(params, x, "sigmoid", last=True) - y) ** 2).sum())

    def one(params, person):
        value, slope = loss(params, *person)
        return jax.tree.map(lambda w, g: w - PEOPLE_RATE * g, params, slope), value

    def epoch(params, _):
        params, losses = jax.lax.scan(one, params, (x, y))
        return params, losses.sum()

    run = jax.jit(lambda params: jax.lax.scan(epoch, params, None, length=EPOCHS))
    params, _ = run(params)
    check = float(run(params)[1][0])
    return check, 1, lambda: jax.block_until_ready(run(params))


def descent():
    x, sums = table()
    loss = lambda params, x, y: jnp.mean((x @ params[0] + params[1] - y) ** 2)
    params = (np.zeros(FEATURES), np.zeros(()))
    check, steps, call = training(params, loss, sgd(DESCENT_RATE), x, numbers(sums), 5)
    return check, steps / DESCENT_STEPS, call


def asked(kind, activation, rows):
    if LOOPED:
        raise Missing("measured as a call")
    widths = WIDTHS[kind]
    params = jax.tree.map(jnp.asarray, layers(widths, np.float32))
    x = jnp.asarray(inputs(rows, widths[0], np.float32))
    run = jax.jit(lambda params, x: forward(params, x, activation))
    return float(np.asarray(run(params, x)).sum(dtype=np.float64)), rows, lambda: run(params, x).block_until_ready()


WORKLOADS = {"w1": people, "w2b": regression, "w2c": samples, "w8-descent": descent}
WORKLOADS |= {name: lambda how=how: classifier(*how) for name, how in TRAINED.items()}
WORKLOADS |= {name: lambda how=how: asked(*how) for name, how in ASKED.items()}

if __name__ == "__main__":
    main("jax loop" if LOOPED else "jax", WORKLOADS)
