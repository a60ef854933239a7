"""Exported models in onnxruntime beside `chainrule predict`: run by hand.

    python with_onnxruntime.py path/to/chainrule

needs onnxruntime, onnx and numpy. For every table that comes with the program, and one with categories, dates, truth values
and missing cells, it fits, exports, predicts with both, and prints the largest difference. It ends with 1 if one is above 1e-5.
"""

import csv
import datetime
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

TARGETS = {
    "iris": "species", "wine": "cultivar", "breast_cancer": "diagnosis", "diabetes": "progression", "digits": "digit",
    "moons": "class", "circles": "class", "blobs": "class", "classification": "class", "regression": "y",
    "friedman1": "y", "swiss_roll": "y",
}
ACTIVATIONS = ["sin", "sigmoid", "relu", "leaky_relu", "elu", "gelu", "gelu_tanh", "silu", "softplus"]
ROWS = 1000


def mixed(path, seed, rows):
    """A table of every kind of column, with missing cells, rare and (for other seeds) unknown categories."""
    rng = random.Random(seed)
    with open(path, "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["area (m2)", "type", "sold", "opened", "garden", "rooms", "code", "price", "label"])
        for row in range(rows):
            area, garden = rng.uniform(20, 200), rng.random() < 0.4
            kind = rng.choice(["house", "flat", "loft, large", "Größe"] + ([f"rare {seed}"] if rng.random() < 0.02 else []))
            sold = datetime.date(2015, 1, 1) + datetime.timedelta(days=rng.randrange(3000))
            opened = datetime.datetime(2020, 1, 1) + datetime.timedelta(seconds=rng.randrange(4 * 10**7))
            rooms = rng.randrange(1, 8)
            price = 1000 * area + (50000 if garden else 0) + 10 * (sold - datetime.date(2015, 1, 1)).days + rng.gauss(0, 5000)
            cells = [f"{area:.2f}", kind, sold.isoformat(), opened.isoformat(" "), str(garden), rooms, rng.choice(["007", "08", "9"])]
            cells = ["" if rng.random() < 0.05 else cell for cell in cells]
            out.writerow(cells + [f"{price:.1f}", "dear" if price > 150000 else "cheap"])


def run(*arguments):
    done = subprocess.run(arguments, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{arguments}: {done.stderr}")
    return done.stdout


def number(cell):
    try:
        return float(cell) if cell else float("nan")
    except ValueError:
        moment = datetime.datetime.fromisoformat(cell)
        return (moment - datetime.datetime(1970, 1, 1)) / datetime.timedelta(days=1)


def compare(program, name, table, test, target, options=()):
    epochs = [] if "--model" in options else ["--model", "mlp", "--epochs", "30"]
    run(program, "fit", table, "--target", target, "--json", *epochs, *options)
    run(program, "export", "model.safetensors", "--to", "onnx")
    onnx.checker.check_model(onnx.load("model.onnx"), full_check=False)
    answers = list(csv.reader(run(program, "predict", "model.safetensors", test).splitlines()))
    with open(test, newline="") as file:
        rows = list(csv.DictReader(file))[:ROWS]
    session = onnxruntime.InferenceSession("model.onnx", providers=["CPUExecutionProvider"])
    feeds = {}
    for port in session.get_inputs():
        cells = [row[port.name] for row in rows]
        kind = np.float64 if port.type == "tensor(double)" else object
        cells = [number(cell) for cell in cells] if kind is np.float64 else cells
        feeds[port.name] = np.array(cells, dtype=kind).reshape(-1, 1)
    outputs = dict(zip([port.name for port in session.get_outputs()], session.run(None, feeds)))
    header, answers = answers[0], answers[1 : ROWS + 1]
    targets = target.split(",")
    first = header.index(f"predicted_{targets[0]}")
    if "prediction" in outputs or len(targets) > 1:
        # Several targets are an output each, under their names.
        named = {"prediction": target} if len(targets) == 1 else dict(zip(targets, targets))
        expected = np.array([[float(row[header.index(f"predicted_{own}")]) for own in named.values()] for row in answers])
        found = np.array([outputs[name][:, 0] for name in named]).T
        unit, wrong = expected.std(axis=0), 0
    else:
        expected = np.array([[float(cell) for name, cell in zip(header, row) if name.startswith("probability_")] for row in answers])
        found, unit = next(value for key, value in outputs.items() if key.startswith("probabilities")), 1.0
        labels = next(value for key, value in outputs.items() if key.startswith("label"))
        wrong = sum(label != row[first] for label, row in zip(labels, answers))
    difference = (np.abs(found - expected) / unit).max()
    print(f"{name:32} {len(rows):5} rows, {len(feeds):3} inputs: largest difference {difference:.2e}, other labels {wrong}")
    return difference <= 1e-5 and wrong == 0


def main():
    program = str(Path(sys.argv[1]).resolve())
    good = True
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for name, target in TARGETS.items():
            Path("t.csv").write_text(run(program, "data", name))
            good &= compare(program, name, "t.csv", "t.csv", target)
        mixed("t.csv", 0, 1500)
        mixed("new.csv", 1, 1000)
        for target, drop in [("price", "label"), ("label", "price")]:
            good &= compare(program, f"mixed, {target}", "t.csv", "new.csv", target, ["--drop", drop])
        for model in ["mlp", "linear"]:
            options = ["--drop", "label", "--model", model, *(["--epochs", "30"] if model == "mlp" else [])]
            good &= compare(program, f"mixed, two targets, {model}", "t.csv", "new.csv", "price,area (m2)", options)
        # A column may be called as an output is.
        good &= compare(program, "mixed, a column called label", "t.csv", "new.csv", "garden", ["--drop", "price"])
        for model, target, drop in [("linear", "price", "label"), ("logistic", "label", "price")]:
            good &= compare(program, f"mixed, {model}", "t.csv", "new.csv", target, ["--drop", drop, "--model", model])
        for activation in ACTIVATIONS:
            options = ["--drop", "label", "--activation", activation]
            good &= compare(program, f"mixed, {activation}", "t.csv", "new.csv", "price", options)
    sys.exit(0 if good else 1)


main()
