"""Reads a results folder of 120 models with independent tools: python read_tables.py FOLDER.

The models are in four cells: two optimizers, one of them with momentum, times two networks; their seeds are near 2^64.
Every table is read with pandas, polars and DuckDB, which must find the same values, and the arrays with numpy.
"""

import glob
import math
import os
import sys

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow.parquet as parquet

folder = sys.argv[1]


def plain(x):
    """Converts a value to a plain Python object; None if missing."""
    if x is None or x is pd.NA or (isinstance(x, float) and math.isnan(x)):
        return None
    return x.item() if isinstance(x, np.generic) else x


def by_pandas(path):
    frame = pd.read_parquet(path) if path.endswith(".parquet") else pd.read_csv(path)
    return {name: [plain(x) for x in frame[name].tolist()] for name in frame.columns}


def by_polars(path):
    frame = pl.read_parquet(path) if path.endswith(".parquet") else pl.read_csv(path, infer_schema_length=None)
    return {name: [plain(x) for x in frame[name].to_list()] for name in frame.columns}


def by_duckdb(path):
    # DuckDB infers types from a sample; -1 samples all rows.
    reader = "read_parquet('{}')" if path.endswith(".parquet") else "read_csv('{}', sample_size = -1, header = true)"
    result = duckdb.sql(f"select * from {reader.format(path)}")
    rows = result.fetchall()
    return {name: [plain(row[n]) for row in rows] for n, name in enumerate(result.columns)}


def same(a, b):
    """Whether two values are equal, although readers may infer integers, floats or text for the same column."""
    if a is None or b is None:
        return a is b
    if isinstance(a, str) != isinstance(b, str):
        return str(a) == str(b)
    return a == b


def read(name):
    """Reads a table with all three readers, which must agree; returns its columns."""
    path = os.path.join(folder, name)
    readers = [by_pandas(path), by_polars(path), by_duckdb(path)]
    first = readers[0]
    for other in readers[1:]:
        assert list(other) == list(first), f"{name}: {list(other)} and {list(first)}"
        for column, values in first.items():
            assert len(values) == len(other[column]) > 0, f"{name}: {column}"
            for row, (a, b) in enumerate(zip(values, other[column])):
                assert same(a, b), f"{name}: {column}, row {row}: {a!r} and {b!r}"
    return first


tables = sorted(os.path.basename(path) for path in glob.glob(f"{folder}/*.csv") + glob.glob(f"{folder}/*.parquet"))
assert {"models.csv", "models.parquet", "summary.csv", "distributions.csv", "variance.csv"} <= set(tables), tables
read_by_all = {name: read(name) for name in tables}
models, table = read_by_all["models.csv"], read_by_all["models.parquet"]
assert len(table["seed"]) == 120 and list(table) == list(models), "120 models and the same columns in both tables"
for name, values in table.items():
    assert all(same(a, b) for a, b in zip(models[name], values)), f"{name}: CSV is Parquet"
assert min(table["seed"]) == 18446744073709551000, "no digit of a seed is lost"
assert set(table["hidden"]) == {"1", "3,2"} and set(table["optimizer"]) == {"sgd", "momentum"}
kinds = {(o, m) for o, m in zip(table["optimizer"], table["momentum"])}
assert kinds <= {("sgd", None), ("momentum", 0.5), ("momentum", 0.9)} and len(kinds) >= 2, "sgd has no momentum"
assert not any("test" in name or name.startswith("val_") for name in table), "columns of rows that there are"
assert all(0 <= share <= 1 for share in table["balanced_acc"] if share is not None), "shares of the classes"
types = {field.name: str(field.type) for field in parquet.read_schema(f"{folder}/models.parquet")}
assert types["seed"] == "uint64" and types["train_loss"] == "double" and types["class"] == "string", types

curves = np.load(f"{folder}/curves.npz")
assert curves["epoch"][0] == 0 and curves["epoch"][-1] == 50
assert curves["train_loss"].shape == (120, len(curves["epoch"]))
assert list(curves["model_id"]) == table["model_id"] and list(curves["lr"]) == table["lr"]
last = np.array(table["train_loss"], dtype=np.float32)
assert np.array_equal(curves["train_loss"][:, -1].astype(np.float32), last), "a curve ends with the final loss"

assert sum(read_by_all["summary.csv"]["n"]) == 120 == sum(read_by_all["distributions.csv"]["n"])
spread = read_by_all["distributions.csv"]
assert sum(spread["loss_n"]) <= 120
for n, low, high in zip(spread["loss_n"], spread["loss_q01"], spread["loss_q99"]):
    assert n == 0 or low <= high, "quantiles ascend"
cells = [np.load(f"{folder}/weights-{cell}.npz") for cell in range(4)]
assert sum(len(cell["init_w1"]) for cell in cells) == 120
assert cells[0]["init_w1"].shape[1:] == (1, 2) and cells[3]["final_w2"].shape[1:] == (2, 3)
few = np.load(f"{folder}/representatives.npz")
names = ["diverged", "exploded", "dead-relu", "chance", "success", "slow", "other"]
assert len(few["model_id"]) == len(few["class"]) == len(few["final_w1"]) > 1
shares = [x for x, outcome in zip(read_by_all["variance.csv"]["share"], read_by_all["variance.csv"]["outcome"]) if outcome == "train_acc"]
assert abs(sum(shares) - 4) < 1e-9, "the shares of each of four cells come to 1"
for model, kind in zip(few["model_id"], few["class"]):
    assert table["class"][model] == names[kind], f"the class of model {model}"
print(f"{', '.join(tables)} by pandas, polars and DuckDB, arrays by numpy: read, and they agree")
