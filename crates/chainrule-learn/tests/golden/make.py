"""Writes two files beside this one: linear_models.json, what scikit-learn's estimators learn from the same rows, and
judgement.json, what its metrics say of the same probabilities.

    pip install numpy scikit-learn mpmath && python make.py

The rows of real data sets are in data/*.csv of the repository; other rows are in the file. `tol` of LinearRegression is
the rank tolerance of LAPACK's dgelsd, given as ε · max(rows, columns) where scikit-learn's 1e-6 would drop a column.
"""

import json
import pathlib
import platform

import mpmath
import numpy
import scipy
import sklearn
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.datasets import make_moons, make_regression
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler

HERE = pathlib.Path(__file__).parent
random = numpy.random.default_rng(20261121)


def table(name):
    """Features and answers of a CSV file of the repository, the answer last; classes in alphabetical order."""
    lines = (HERE / f"../../../../data/{name}.csv").resolve().read_text(encoding="utf-8").splitlines()[1:]
    cells = [line.split(",") for line in lines]
    x = numpy.array([[float(cell) for cell in row[:-1]] for row in cells])
    answers = [row[-1] for row in cells]
    try:
        return x, numpy.array([float(answer) for answer in answers])
    except ValueError:
        names = sorted(set(answers))
        return x, numpy.array([names.index(answer) for answer in answers])


def exact(x, y, alpha, intercept):
    """The normal equations with 60 digits."""
    mpmath.mp.dps = 60
    x, y = mpmath.matrix(x.tolist()), mpmath.matrix(y.tolist())
    rows, columns = x.rows, x.cols
    zero = mpmath.mpf(0)
    means = [sum(x[i, j] for i in range(rows)) / rows if intercept else zero for j in range(columns)]
    mean = sum(y) / rows if intercept else zero
    for i in range(rows):
        y[i] -= mean
        for j in range(columns):
            x[i, j] -= means[j]
    w = mpmath.lu_solve(x.T * x + alpha * mpmath.eye(columns), x.T * y)
    return [float(c) for c in w], float(mean - sum(w[j] * means[j] for j in range(columns)))


cases = []


def case(name, x, y, alpha=None, intercept=True, source=None, tol=None, digits=None):
    """A model of numbers: least squares where there is no alpha, otherwise ridge."""
    rounding = numpy.finfo(float).eps * max(x.shape)
    if alpha is None:
        model = LinearRegression(fit_intercept=intercept, tol=tol or rounding).fit(x, y)
    else:
        model = Ridge(alpha=alpha, fit_intercept=intercept, solver="svd").fit(x, y)
    coefficients, b = model.coef_.tolist(), float(model.intercept_)
    if digits:
        coefficients, b = exact(x, y, alpha or 0, intercept)
    cases.append({
        "name": name, "alpha": alpha, "intercept": intercept, "data": source,
        "by": "mpmath, 60 digits" if digits else "scikit-learn",
        "x": None if source else x.tolist(), "y": None if source else y.tolist(),
        "coefficients": coefficients, "b": b, "predictions": (x @ numpy.array(coefficients) + b)[:20].tolist(),
        "r2": float(model.score(x, y)), "rmse": float(numpy.sqrt(numpy.mean((model.predict(x) - y) ** 2))),
    })


def classes(name, x, y, c, intercept=True, source=None, scaled=True):
    """Logistic regression of standardized columns (as they are, where said).

    By Newton's method: the default solver stops when the loss's last digits do, with four to six digits of the weights.
    """
    learned = StandardScaler().fit_transform(x) if scaled else x
    model = LogisticRegression(
        C=c, fit_intercept=intercept, tol=1e-12, max_iter=100_000, solver="newton-cholesky"
    ).fit(learned, y)
    cases.append({
        "name": name, "alpha": 1 / c, "intercept": intercept, "data": source, "by": "scikit-learn", "scaled": scaled,
        "x": None if source else x.tolist(), "classes": None if source else y.tolist(),
        "coefficients": model.coef_.tolist(), "intercepts": model.intercept_.tolist(),
        "probabilities": model.predict_proba(learned)[::10].tolist(),
    })


x, y = make_regression(n_features=2, n_informative=1, noise=100, random_state=42)
for intercept in (True, False):
    case("noisy regression", x, y, intercept=intercept)

x, y = table("diabetes")
for intercept in (True, False):
    case("diabetes", x, y, intercept=intercept, source="diabetes")
    for alpha in (1e-3, 1.0, 100.0, 1e4):
        case("diabetes", x, y, alpha, intercept, source="diabetes")

line = numpy.linspace(0, 10, 21)[:, None]
case("linearly spaced line", line, 3 * line[:, 0] - 2)
case("linearly spaced line, disturbed", line, numpy.round(3 * line[:, 0] - 2 + random.normal(size=21), 2))

# One-hot columns sum to 1, and one column is another's double.
kinds = random.integers(0, 3, 30)
x = numpy.column_stack([numpy.eye(3)[kinds], numpy.round(random.normal(size=30), 2)])
x = numpy.column_stack([x, 2 * x[:, 3]])
y = numpy.round(x @ [1, 2, 3, 4, 0] + random.normal(size=30), 2)
for intercept in (True, False):
    for alpha in (None, 0.5, 10.0):
        case("collinear columns", x, y, alpha, intercept)

x = numpy.round(random.normal(size=(6, 15)), 2)
y = numpy.round(random.normal(size=6), 2)
for intercept in (True, False):
    for alpha in (None, 2.0):
        case("more columns than rows", x, y, alpha, intercept)

x = numpy.round(random.normal(size=(40, 4)), 3)
y = numpy.round(x @ [1, -2, 3, 0.5] + 0.1 * random.normal(size=40), 3)
case("columns of scales 1e-4 to 1e4", x * [1e-4, 1e-1, 1e1, 1e4], y, digits=True)
case("columns of scales 1e-4 to 1e4", x * [1e-4, 1e-1, 1e1, 1e4], y, 1e-8, digits=True)
case("columns far from 0", x + [1e5, 1e3, -1e4, 0], y, digits=True)
case("a constant column", numpy.column_stack([x, numpy.full(40, 7.0)]), y)

for c in (1.0, 100.0, 0.01):
    classes("breast cancer", *table("breast_cancer"), c, source="breast_cancer")
    classes("iris", *table("iris"), c, source="iris")
x, y = table("wine")
for intercept in (True, False):
    classes("wine", x, y, 1.0, intercept, source="wine")
classes("iris as it is", *table("iris"), 1.0, source="iris", scaled=False)
x, y = make_moons(100, noise=0.2, random_state=7)
for intercept in (True, False):
    classes("moons", numpy.round(x, 4), y, 10.0, intercept, scaled=False)

versions = {
    "python": platform.python_version(), "numpy": numpy.__version__, "scipy": scipy.__version__,
    "scikit-learn": sklearn.__version__, "mpmath": mpmath.__version__,
}
lines = ",\n".join(json.dumps(case, separators=(",", ":"), allow_nan=False) for case in cases)
text = '{"made_with":%s,"cases":[\n%s\n]}\n' % (json.dumps(versions), lines)
(HERE / "linear_models.json").write_text(text, encoding="utf-8")
print(f"linear_models.json: {len(cases)} cases, {len(text.encode())} bytes")


def judged(name, probabilities, truth):
    """Every figure of some probabilities; curves and areas of each class against the rest."""
    probabilities = numpy.asarray(probabilities, dtype=float)
    truth = numpy.asarray(truth)
    count = probabilities.shape[1]
    predicted = probabilities.argmax(axis=1)
    precision, recall, f1, rows = metrics.precision_recall_fscore_support(
        truth, predicted, labels=range(count), zero_division=0
    )
    classes = []
    for k in range(count):
        own, positive = probabilities[:, k], (truth == k).astype(int)
        figures = {"precision": precision[k], "recall": recall[k], "f1": f1[k], "rows": int(rows[k])}
        if 0 < positive.sum() < len(positive):
            fpr, tpr, _ = metrics.roc_curve(positive, own, drop_intermediate=False)
            figures |= {"roc_auc": metrics.roc_auc_score(positive, own), "roc": numpy.c_[fpr, tpr].tolist()}
        if positive.any():
            p, r, _ = metrics.precision_recall_curve(positive, own)
            figures |= {
                "average_precision": metrics.average_precision_score(positive, own),
                "precision_recall": numpy.c_[r, p][::-1].tolist(),
            }
        classes.append(figures)
    told, right = (probabilities[:, 1], truth == 1) if count == 2 else (probabilities.max(axis=1), predicted == truth)
    observed, mean = calibration_curve(right, told, n_bins=10)
    one_hot = numpy.eye(count)[truth]
    return {
        "name": name, "count": count, "probabilities": probabilities.ravel().tolist(), "truth": truth.tolist(),
        "accuracy": metrics.accuracy_score(truth, predicted),
        "balanced_accuracy": metrics.balanced_accuracy_score(truth, predicted),
        "f1_macro": metrics.f1_score(truth, predicted, average="macro", zero_division=0),
        "log_loss": metrics.log_loss(truth, probabilities, labels=range(count)),
        "brier": (
            metrics.brier_score_loss(truth, probabilities[:, 1], pos_label=1) if count == 2
            else float(numpy.mean(numpy.sum((probabilities - one_hot) ** 2, axis=1)))
        ),
        "calibration": numpy.c_[mean, observed].tolist(), "classes": classes,
    }


def softmax(logits):
    raised = numpy.exp(logits - logits.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


random = numpy.random.default_rng(20261122)
judgements = []
for name, count, rows, digits in [
    ("two classes", 2, 60, 16), ("two classes, many equal probabilities", 2, 80, 1), ("three classes", 3, 90, 16),
    ("five classes, two decimals", 5, 120, 2), ("a class that no row has", 4, 40, 16),
]:
    truth = random.integers(0, count - (name == "a class that no row has"), rows)
    logits = 1.5 * random.normal(size=(rows, count))
    logits[numpy.arange(rows), truth] += 1.2
    probabilities = softmax(logits)
    if digits < 16:
        # Rounded to a grid, and still adding up to 1.
        probabilities = numpy.floor(probabilities * 10**digits) / 10**digits
        probabilities[:, -1] = 1 - probabilities[:, :-1].sum(axis=1)
    judgements.append(judged(name, probabilities, truth))
# Every probability on the border of two bins.
borders = numpy.arange(11) / 10
judgements.append(judged("borders", numpy.c_[1 - borders, borders], [0, 0, 1, 0, 0, 1, 0, 1, 1, 1, 1]))

lines = ",\n".join(json.dumps(case, separators=(",", ":"), allow_nan=False) for case in judgements)
text = '{"made_with":%s,"cases":[\n%s\n]}\n' % (json.dumps(versions), lines)
(HERE / "judgement.json").write_text(text, encoding="utf-8")
print(f"judgement.json: {len(judgements)} cases, {len(text.encode())} bytes")
