"""W6, the whole process: read the iris table, train 4-16-3 for 100 epochs in batches of 32 with Adam, save the model.

`python whole.py LIBRARY TABLE FOLDER` prints the accuracy on the rows it was trained on.
"""

import csv
import os
import sys

import numpy as np

library, table, folder = sys.argv[1:]
EPOCHS, BATCH, RATE = 100, 32, 0.003

with open(table, newline="") as file:
    rows = list(csv.reader(file))[1:]
x = np.array([row[:-1] for row in rows], np.float64)
names = sorted({row[-1] for row in rows})
y = np.array([names.index(row[-1]) for row in rows])
x = (x - x.mean(0)) / x.std(0)
random = np.random.default_rng(0)


def batches():
    order = random.permutation(len(x))
    return [order[start : start + BATCH] for start in range(0, len(x), BATCH)]


if library == "numpy":
    from with_numpy import Net

    first, second = random.uniform(-0.5, 0.5, (4, 16)), random.uniform(-0.25, 0.25, (16, 3))
    net = Net([(first, np.zeros(16)), (second, np.zeros(3))], "tanh", "adam", RATE)
    for _ in range(EPOCHS):
        for rows in batches():
            values = net.forward(x[rows])
            p = np.exp(values[-1] - values[-1].max(1, keepdims=True))
            p /= p.sum(1, keepdims=True)
            p[np.arange(len(rows)), y[rows]] -= 1
            net.backward(values, p / len(rows))
    np.savez(os.path.join(folder, "model.npz"), *[p for layer in net.layers for p in layer])
    answers = net.forward(x)[-1].argmax(1)
elif library == "torch":
    import torch
    from torch import nn

    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3))
    optimizer = torch.optim.Adam(net.parameters(), lr=RATE)
    xs, ys = torch.tensor(x, dtype=torch.float32), torch.tensor(y)
    for _ in range(EPOCHS):
        for rows in batches():
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(xs[rows]), ys[rows]).backward()
            optimizer.step()
    torch.save(net.state_dict(), os.path.join(folder, "model.pt"))
    answers = net(xs).argmax(1).numpy()
elif library == "jax":
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    import jax
    import jax.numpy as jnp
    from with_jax import adam, forward

    params = [(random.uniform(-0.5, 0.5, (4, 16)), np.zeros(16)), (random.uniform(-0.25, 0.25, (16, 3)), np.zeros(3))]
    params = jax.tree.map(lambda p: jnp.asarray(p, jnp.float32), params)
    start, move = adam(np.float32(RATE))

    def loss(params, x, y):
        logits = jax.nn.log_softmax(forward(params, x, "tanh"))
        return -jnp.take_along_axis(logits, y[:, None], axis=1).mean()

    @jax.jit
    def step(params, state, x, y):
        state, params = move(state, params, jax.grad(loss)(params, x, y))
        return params, state

    state, xs = start(params), x.astype(np.float32)
    for _ in range(EPOCHS):
        for rows in batches():
            params, state = step(params, state, xs[rows], y[rows])
    np.savez(os.path.join(folder, "model.npz"), *[p for layer in params for p in layer])
    answers = np.asarray(forward(params, xs, "tanh")).argmax(1)
elif library == "scikit-learn":
    import pickle

    from sklearn.neural_network import MLPClassifier

    net = MLPClassifier(
        hidden_layer_sizes=(16,), activation="tanh", alpha=0, batch_size=BATCH, learning_rate_init=RATE,
        max_iter=EPOCHS, tol=0, n_iter_no_change=EPOCHS, random_state=0,
    )  # fmt: skip
    net.fit(x, y)
    with open(os.path.join(folder, "model.pickle"), "wb") as file:
        pickle.dump(net, file)
    answers = net.predict(x)
else:
    sys.exit(f"there is no {library} here: numpy, torch, jax or scikit-learn")

print(np.mean(answers == y))
