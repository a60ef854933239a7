"""scikit-learn: networks that answer, and linear models."""

from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neural_network import MLPRegressor

from shared import *


def asked(kind, activation, rows):
    widths = WIDTHS[kind]
    x = inputs(rows, widths[0], np.float32)
    # A regressor gives the sums of the last layer, as all others do; one step of training makes room for the weights.
    net = MLPRegressor(hidden_layer_sizes=widths[1:-1], activation=activation, max_iter=1, solver="sgd", random_state=0)
    net.partial_fit(np.concatenate([x, x]), np.zeros((2 * rows, widths[-1]), np.float32))
    parts = layers(widths, np.float32)
    net.coefs_, net.intercepts_ = [weight for weight, _ in parts], [bias for _, bias in parts]
    return net.predict(x).sum(dtype=np.float64), rows, lambda: net.predict(x)


def least_squares():
    x, sums = table()
    y, model = numbers(sums), LinearRegression()
    model.fit(x, y)
    return coefficients_check(model.coef_, model.intercept_), 1, lambda: model.fit(x, y)


def logistic():
    x, sums = table()
    y, model = classes(sums), LogisticRegression(tol=1e-6)
    model.fit(x, y)
    return coefficients_check(model.coef_, model.intercept_[0]), 1, lambda: model.fit(x, y)


WORKLOADS = {name: lambda how=how: asked(*how) for name, how in ASKED.items()}
WORKLOADS |= {"w8-least-squares": least_squares, "w8-logistic": logistic}

if __name__ == "__main__":
    main("scikit-learn", WORKLOADS)
