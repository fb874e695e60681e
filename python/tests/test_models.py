"""Single models: weights, predictions, replay, PyTorch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import gpu_sweep as gs


def outputs(model: gs.Model, x: np.ndarray) -> np.ndarray:
    """A network of tanh units, by numpy."""
    weights = model.weights
    if model.scaling is not None:
        x = (x - model.scaling[0]) / model.scaling[1]
    layers = len(weights) // 2
    for n in range(1, layers + 1):
        x = x @ weights[f"w{n}"].T + weights[f"b{n}"]
        if n < layers:
            x = np.tanh(x)
    return x


@pytest.fixture(scope="module")
def study(moons: tuple[np.ndarray, np.ndarray]) -> gs.Study:
    return gs.sweep(moons, hidden=(8, 4), activation="tanh", lr=[0.1, 0.5], seeds=4, epochs=300, device="cpu")


def test_weights_are_those_of_the_file(grid: gs.Study, folder: Path) -> None:
    kept = np.load(folder / "weights.npz")
    for study in (grid, gs.load(folder)):
        model = study.model(17)
        assert list(model.weights) == ["w1", "b1", "w2", "b2"]
        for name, array in model.weights.items():
            np.testing.assert_array_equal(array, kept[f"final_{name}"][17])
            np.testing.assert_array_equal(model.initial_weights[name], kept[f"init_{name}"][17])


def test_all_weights_are_those_of_the_file(grid: gs.Study, folder: Path) -> None:
    kept = np.load(folder / "weights.npz")
    for study in (grid, gs.load(folder)):
        found = study.weights()
        assert set(found) == set(kept)
        for name in kept:
            np.testing.assert_array_equal(found[name], kept[name])
    with pytest.raises(gs.StudyError, match="save_weights"):
        gs.sweep(models=2, epochs=1, device="cpu").weights()


def test_predictions_are_the_networks(study: gs.Study, moons: tuple[np.ndarray, np.ndarray]) -> None:
    X, y = moons
    model = study.model("best")
    logits = outputs(model, X)[:, 0]
    np.testing.assert_allclose(model.predict_proba(X)[:, 1], 1 / (1 + np.exp(-logits)), atol=1e-6)
    np.testing.assert_array_equal(model.predict(X), (logits > 0).astype(int))
    assert np.mean(model.predict(X) == y) == pytest.approx(model.row["train_acc"], abs=1e-12)
    assert model.predict_proba(X).shape == (len(X), 2) and list(model.classes) == [0, 1]
    with pytest.raises(gs.DataError, match="1 columns"):
        model.predict(np.zeros((2, 1)))
    with pytest.raises(gs.DataError, match="X, line 3"):
        model.predict(np.array([[0, 0], [np.nan, 0]]))
    for missing in (-1, study.n_models):
        with pytest.raises(gs.InvalidSetting, match="there is no model"):
            study.model(missing)
    with pytest.raises(gs.InvalidSetting, match="grid must be"):
        model.landscape(grid=100_000)


def test_classes_keep_their_names_and_features_are_scaled_inside() -> None:
    rng = np.random.default_rng(1)
    X = rng.normal(size=(120, 3)) * [1, 100, 1e-3] + [5, 1000, 0]
    y = np.array(["low", "mid", "high"])[np.digitize(X[:, 1], [950, 1050])]
    study = gs.sweep((X, y), hidden=8, lr=[0.3, 1.0], seeds=3, epochs=400, standardize=True, device="cpu")
    model = study.model("best")
    assert sorted(model.classes) == ["high", "low", "mid"]
    assert np.mean(model.predict(X) == y) == pytest.approx(model.row["train_acc"], abs=1e-12) and model.row["train_acc"] > 0.9
    np.testing.assert_allclose(model.predict_proba(X).sum(axis=1), 1, atol=1e-6)


def test_regression_in_the_users_units() -> None:
    rng = np.random.default_rng(2)
    X = rng.uniform(-1, 1, size=(150, 2))
    y = 1000 + 50 * X[:, 0] - 20 * X[:, 1]
    study = gs.sweep((X, y), task="regression", hidden="none", lr=[0.1, 0.3], seeds=2, epochs=300, device="cpu")
    model = study.model("best")
    found = model.predict(X)
    assert found.shape == (150,) and np.abs(found - y).max() < 1
    rmse = np.sqrt(np.mean((found - y) ** 2))
    assert rmse == pytest.approx(model.row["train_rmse"], abs=1e-5)
    with pytest.raises(gs.StudyError, match="no probabilities"):
        model.predict_proba(X)


def test_data_frames_with_words_and_gaps(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    colour = rng.choice(["red", "green", "blue"], 100)
    size = rng.normal(size=100)
    size[::17] = np.nan
    frame = pd.DataFrame({"colour": colour, "size": size, "ill": np.where(colour == "red", "yes", "no")})
    with pytest.raises(gs.DataError, match="missing"):
        gs.sweep(frame, label="ill", epochs=1, device="cpu")
    study = gs.sweep(frame, label="ill", missing="mean", hidden=4, lr=0.5, seeds=3, epochs=300, device="cpu")
    model = study.model("best")
    assert np.mean(model.predict(frame.drop(columns="ill")) == frame.ill) == pytest.approx(model.row["train_acc"])
    with pytest.raises(gs.DataError, match="size"):
        model.predict(frame[["colour"]])
    file = tmp_path / "frame.csv"
    frame.to_csv(file, index=False)
    same = gs.sweep(file, label="ill", missing="mean", hidden=4, lr=0.5, seeds=3, epochs=300, device="cpu")
    np.testing.assert_array_equal(same.models["train_loss"], study.models["train_loss"])


def test_replay_ends_where_the_model_did(study: gs.Study) -> None:
    model = study.model(3)
    replay = model.replay(snapshots=20)
    assert replay.train_loss[-1] == pytest.approx(model.row["train_loss"], rel=1e-6)
    assert replay.sharpness.shape == replay.state_epoch.shape == replay.gradient_norm.shape
    assert np.isfinite(replay.sharpness).all() and (replay.edge == 2 / model.row["lr"]).all()
    flat = np.concatenate([array.ravel() for array in model.weights.values()])
    assert sorted(replay.parameters[-1]) == pytest.approx(sorted(flat))


def test_boundaries_and_their_limits(study: gs.Study) -> None:
    assert study.model(0).boundary().svg.startswith("<svg ")
    wide = gs.sweep((np.eye(6), [0, 1] * 3), epochs=1, seeds=1, lr=0.1, device="cpu")
    with pytest.raises(gs.StudyError, match="two features|2 features"):
        wide.model(0).boundary()


def test_pytorch_gives_the_same_outputs(study: gs.Study, moons: tuple[np.ndarray, np.ndarray]) -> None:
    torch = pytest.importorskip("torch")
    rows = torch.from_numpy(moons[0]).float()
    expected = np.stack([outputs(study.model(n), moons[0]) for n in (2, 5, 7)])
    scale = np.abs(expected).max()
    single = study.model(2).to_torch()(rows).detach().numpy()
    np.testing.assert_allclose(single, expected[0], atol=1e-6 * scale)
    several = study.to_torch_ensemble([2, 5, 7])(rows).detach().numpy()
    assert several.shape == (3, len(rows), 1)
    np.testing.assert_allclose(several, expected, atol=1e-6 * scale)
    assert study.to_torch_ensemble(4)(rows).shape == (4, len(rows), 1)


def test_pytorch_gives_values_in_their_units() -> None:
    torch = pytest.importorskip("torch")
    X, y = gs.datasets.diabetes()
    study = gs.sweep((X, y), task="regression", hidden=8, lr=0.1, seeds=2, epochs=50, device="cpu")
    found = study.model(0).to_torch()(torch.from_numpy(X).float()).detach().numpy()[:, 0]
    np.testing.assert_allclose(found, study.model(0).predict(X), rtol=1e-5)
