"""A table of a million rows and twenty columns: `chainrule fit` beside scikit-learn, time and memory.

    python benches/million_rows.py target/release/chainrule

needs numpy and scikit-learn. Both read the same CSV, split it, and fit a linear model and a network of widths 32, 32 for
three epochs with batches of 256. `fit` does more: it fits the network twice (to compare it with the others, and to keep
it), judges three models, and writes model and report. One thread each.
"""

import json
import os
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "CHAINRULE_THREADS"):
    os.environ[threads] = "1"

THEIRS = """
import numpy
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
import json, warnings
warnings.simplefilter("ignore")
table = numpy.loadtxt("table.csv", delimiter=",", skiprows=1)
x, x_test, y, y_test = train_test_split(table[:, :-1], table[:, -1], test_size=0.2, random_state=0)
models = {
    "linear": LinearRegression(),
    "network": MLPRegressor(hidden_layer_sizes=(32, 32), max_iter=3, batch_size=256, random_state=0),
}
scores = {name: make_pipeline(StandardScaler(), model).fit(x, y).score(x_test, y_test) for name, model in models.items()}
print(json.dumps(scores))
"""


def table(place):
    import numpy

    rng = numpy.random.default_rng(0)
    x = rng.standard_normal((1_000_000, 20))
    y = x @ rng.standard_normal(20) + numpy.sin(2 * x[:, 0]) * x[:, 1] + 0.3 * rng.standard_normal(len(x))
    header = ",".join([f"x{i}" for i in range(20)] + ["y"])
    numpy.savetxt(place, numpy.column_stack([x, y]), fmt="%.6g", delimiter=",", header=header, comments="")


def run(command, folder):
    """What it prints, its CPU seconds and its most memory in MB."""
    child = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    printed = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"{command[0]} failed")
    return json.loads(printed), used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main():
    ours = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        table(Path(folder) / "table.csv")
        fit = [str(ours), "fit", "table.csv", "--target", "y", "--hidden", "32,32", "--epochs", "3", "--quiet", "--json"]
        told, seconds, memory = run(fit, folder)
        scores = {model["name"]: model["test"]["r2"] for model in told["models"]}
        print(f"chainrule     {seconds:5.1f} s CPU, {memory:4.0f} MB, test r2 linear {scores['linear']:.4f}, network {scores['network']:.4f}")
        scores, seconds, memory = run([sys.executable, "-c", textwrap.dedent(THEIRS)], folder)
        print(f"scikit-learn  {seconds:5.1f} s CPU, {memory:4.0f} MB, test r2 linear {scores['linear']:.4f}, network {scores['network']:.4f}")


if __name__ == "__main__":
    main()
