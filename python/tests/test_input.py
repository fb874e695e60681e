"""Bad input is one clear exception; good input of many kinds is the same data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import gpu_sweep as gs

pd = pytest.importorskip("pandas")

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = np.array([0, 1, 1, 0])
FEW = {"lr": 0.5, "seeds": 3, "epochs": 20, "hidden": 4, "activation": "tanh", "device": "cpu"}


def losses(data: object, **more: object) -> list[float]:
    return list(gs.sweep(data, **{**FEW, **more}).models["train_loss"])


def test_every_kind_of_array_is_the_same_data() -> None:
    import pandas as pd
    pl = pytest.importorskip("polars")

    expected = losses((X, Y))
    for data in [
        (X.tolist(), Y.tolist()),
        (X.astype(np.float32), Y.astype(np.int8)),
        (X.astype(np.int64), Y.astype(bool)),
        (np.asfortranarray(X), Y.astype(np.float64)),
        (X[:, :][::1], Y[::1]),
        (np.repeat(X, 2, axis=0)[::2], np.repeat(Y, 2)[::2]),
        (X.astype(object), Y.astype(object)),
        (pd.DataFrame(X, columns=["a", "b"]), pd.Series(Y, name="c")),
        (pl.DataFrame(X, schema=["a", "b"]), pl.Series("c", Y)),
        pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "c": Y}),
    ]:
        assert losses(data) == expected, data
    read_only = X.copy()
    read_only.flags.writeable = False
    assert losses((read_only, Y)) == expected


def test_a_folder_learns_what_memory_does(tmp_path: Path) -> None:
    wide = np.column_stack([X, np.ones(4), X[:, 0] * 3])
    for n, data in enumerate([(wide, Y), (pd.DataFrame(wide, columns=["", "Unnamed: 0", "3", "3"]), pd.Series(Y, name="3"))]):
        memory, folder = gs.sweep(data, **FEW), gs.sweep(data, **FEW, out=tmp_path / str(n))
        assert memory.cells[0]["network"] == folder.cells[0]["network"] == "3-4-1"
        np.testing.assert_array_equal(memory.models["train_loss"], folder.models["train_loss"])
    digits = gs.datasets.digits()
    small = {"hidden": 4, "lr": 0.1, "seeds": 1, "epochs": 3, "device": "cpu"}
    assert gs.sweep(digits, **small).model(0).predict(digits[0]).shape == (1797,)


@pytest.mark.parametrize(
    "labels",
    [[False, True], ["no", "yes"], ["9", "10"], ["0", "1"], ["1.0", "2.0"], [-1, 1], [0.0, 1.0], [3, 7], [0.5, 1.5], [1, 2, 3]],
)
def test_predictions_are_labels_as_they_were_given(labels: list[object]) -> None:
    rows = np.random.default_rng(0).normal(size=(90, 2)) + np.arange(90)[:, None] % len(labels) * 4
    y = np.array([labels[n % len(labels)] for n in range(90)])
    for given in (y, y.tolist(), pd.Series(y), pd.Series(y.astype(object))):
        study = gs.sweep((rows, given), hidden=8, lr=0.5, seeds=2, epochs=200, device="cpu")
        model = study.model("best")
        assert np.mean(model.predict(rows) == y) == pytest.approx(model.row["train_acc"]) and model.row["train_acc"] > 0.9
    frame = pd.DataFrame({"a": rows[:, 0], "b": rows[:, 1], "c": y})
    model = gs.sweep(frame, label="c", hidden=8, lr=0.5, seeds=2, epochs=200, device="cpu").model("best")
    assert np.mean(model.predict(frame[["a", "b"]]) == y) == pytest.approx(model.row["train_acc"])


def test_pandas_own_missing_values() -> None:
    frame = pd.DataFrame({"a": pd.array([1, None, 3, 4] * 5, dtype="Int64"), "b": pd.array(["u", "v", None, "u"] * 5, dtype="string")})
    labels = pd.Series([0, 1, 1, 0] * 5, dtype="Int64")
    study = gs.sweep((frame, labels), missing="mean", **FEW)
    assert study.cells[0]["train_rows"] == 20 and study.model(0).predict(frame).shape == (20,)
    with pytest.raises(gs.DataError, match="y has 19 rows, X has 20"):
        gs.sweep((frame, labels[:19]), missing="mean", **FEW)


def test_torch_tensors_are_data() -> None:
    torch = pytest.importorskip("torch")
    assert losses((torch.tensor(X, requires_grad=True), torch.tensor(Y))) == losses((X, Y))


def test_words_and_positive() -> None:
    words = np.array(["no", "yes", "yes", "no"])
    assert losses((X, words)) == losses((X, Y))
    assert losses((X, words), positive="no") == losses((X, 1 - Y))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ((X, Y[:3]), "y has 3 rows, X has 4"),
        ((X[:0], Y[:0]), "row"),
        ((X.reshape(2, 2, 2), Y), "one or two dimensions"),
        ((np.where(X > 0, np.inf, X), Y), r"X\[0?1?, 1\] is inf"),
        ((X, [0, 0, 0, 0]), "class"),
        ((X, [0.5, 1.5, 2.5, 3.5]), "regression"),
        ((X, [0, 1, np.nan, 1]), r"y\[2\] is nan"),
        ((X, [None, "a", "b", "a"]), r"y\[0\] is missing"),
        ((X * 1j, Y), "complex"),
        ((np.zeros((4, 2000)), Y), "1 to 1024"),
        ((X,), "pair"),
        ((X, np.ma.masked_array(Y, [0, 0, 0, 1])), "masked"),
        (([[1, 2], [3]], [0, 1]), "same length"),
        ((X, ["1", "1.0", "2", "2"]), "one class"),
        ((X, np.array([2**53, 2**53 + 1, 2**53 + 2, 2**53])), "one class"),
        ((X, np.zeros((4, 0))), "no columns"),
    ],
)
def test_data_that_nothing_can_learn_from(data: object, says: str) -> None:
    with pytest.raises(gs.DataError, match=says) as caught:
        losses(data)
    assert "\n" not in str(caught.value) and "--" not in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"lr": -1}, "lr must be"),
        ({"lr": [0.1, 0.1]}, "more than once"),
        ({"activation": "rellu"}, "did you mean relu"),
        ({"epochs": 1.5}, "epochs must be"),
        ({"hidden": 100}, "hidden"),
        ({"momentum": 0.5}, "momentum has no effect"),
        ({"device": "reference", "threads": 1}, "threads|cpu"),
        ({"test_fraction": 2}, "test_fraction must be"),
        ({"preset": "nothing"}, "preset"),
        ({"task": "regresion"}, "task must be"),
        ({"threads": -1}, "threads must be"),
        ({"shard": "0/2"}, "out="),
        ({"force": True}, "out="),
    ],
)
def test_settings_that_make_no_sense(settings: dict[str, object], says: str) -> None:
    with pytest.raises(gs.InvalidSetting, match=says) as caught:
        gs.sweep((X, Y), **{**FEW, **settings})
    assert isinstance(caught.value, ValueError) and isinstance(caught.value, gs.SweepError)
    assert "--" not in str(caught.value)


def test_unknown_names_and_types() -> None:
    with pytest.raises(TypeError, match="did you mean epochs"):
        gs.sweep(epoch=3)
    with pytest.raises(TypeError, match="lr must be a number"):
        gs.sweep(lr=object())
    with pytest.raises(TypeError, match="lr must be a number"):
        gs.sweep(lr=b"0.1")
    with pytest.raises(gs.InvalidSetting, match="no effect with numbers"):
        gs.sweep((X, X[:, 0]), task="Regression", positive="1", **FEW)
    with pytest.raises(TypeError, match="data must be"):
        gs.sweep(17)
    with pytest.raises(gs.InvalidSetting, match="device"):
        gs.sweep(device="no such adapter", epochs=1)


def test_trials_and_weights_from_memory() -> None:
    import pandas as pd

    trials = pd.DataFrame({"lr": [0.1, 0.25], "seed": [3, 9]})
    study = gs.sweep((X, Y), trials=trials, epochs=5, hidden=4, device="cpu", save_weights=True)
    assert list(study.models["lr"]) == [0.1, 0.25] and list(study.models["seed"]) == [3, 9]
    rng = np.random.default_rng(0)
    init = {"w1": rng.normal(size=(2, 4, 2)), "b1": np.zeros((2, 4)), "w2": rng.normal(size=(2, 1, 4)), "b2": np.zeros((2, 1))}
    init = {name: array.astype(np.float32) for name, array in init.items()}
    given = gs.sweep((X, Y), lr=[0.1, 0.2], models=2, init_from=init, hidden=4, epochs=0, device="cpu")
    np.testing.assert_array_equal(given.model(1).weights["w1"], init["w1"][1])


def test_every_setting_is_in_the_signature() -> None:
    import inspect

    names = set(inspect.signature(gs.sweep).parameters)
    assert {setting["name"] for setting in gs.settings()} <= names | {"data"} and "lr" in names
