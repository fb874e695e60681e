"""The estimators keep scikit-learn's rules."""

from __future__ import annotations

import numpy as np
import pytest

import gpu_sweep as gs

sklearn = pytest.importorskip("sklearn")
from sklearn.datasets import load_diabetes, load_wine  # noqa: E402
from sklearn.model_selection import cross_val_score  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402
from sklearn.utils.estimator_checks import parametrize_with_checks  # noqa: E402


@parametrize_with_checks(
    [gs.SweepClassifier(device="cpu", seeds=3, epochs=100), gs.SweepRegressor(device="cpu", seeds=3, epochs=100)]
)
def test_scikit_learns_own_checks(estimator: object, check: object) -> None:
    check(estimator)  # type: ignore[operator]


def test_they_learn_and_an_ensemble_averages() -> None:
    X, y = load_wine(return_X_y=True)
    one = gs.SweepClassifier(device="cpu", seeds=3, epochs=150)
    assert cross_val_score(make_pipeline(StandardScaler(), one), X, y, cv=4).mean() > 0.93
    several = gs.SweepClassifier(device="cpu", seeds=3, epochs=150, ensemble=5).fit(X, y)
    assert len(several.networks_) == 5 and several.score(X, y) > 0.95
    np.testing.assert_allclose(several.predict_proba(X).sum(axis=1), 1)
    X, y = load_diabetes(return_X_y=True)
    regressor = gs.SweepRegressor(device="cpu", seeds=3, epochs=150, hidden=(8,), lr=[0.003, 0.01])
    assert cross_val_score(regressor, X, y, cv=4).mean() > 0.35


def test_settings_are_checked_and_merged() -> None:
    X, y = load_wine(return_X_y=True)
    with pytest.raises(gs.InvalidSetting, match="loss"):
        gs.SweepClassifier(device="cpu", settings={"loss": "hinge"}).fit(X, y)
    fitted = gs.SweepClassifier(device="cpu", hidden=4, seeds=2, settings={"epochs": 5}).fit(X, y)
    again = gs.SweepClassifier(
        device="cpu", hidden=4, seeds=2, epochs=5, random_state=np.random.RandomState(3)
    ).fit(X, y)
    assert fitted.predict(X).shape == again.predict(X).shape == y.shape


def test_the_numpy_network_is_the_engines() -> None:
    X, y = gs.datasets.iris()
    for activation in ("relu", "leaky-relu", "tanh", "sigmoid", "gelu", "elu", "silu", "identity"):
        study = gs.sweep((X, y), hidden=(5, 3), activation=activation, lr=0.1, seeds=1, epochs=30, device="cpu")
        from gpu_sweep._sklearn import Network

        model = study.model(0)
        np.testing.assert_allclose(Network(model).probabilities(X, 3), model.predict_proba(X), atol=2e-6)
