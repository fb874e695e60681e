"""Reads a results folder of 100 models as a stranger would, with numpy and pyarrow: python read_tables.py FOLDER."""

import csv
import sys

import numpy as np
import pyarrow.parquet as parquet

folder = sys.argv[1]
with open(f"{folder}/models.csv", newline="") as file:
    rows = list(csv.DictReader(file))
table = parquet.read_table(f"{folder}/models.parquet").to_pydict()
curves = np.load(f"{folder}/curves.npz")
weights = np.load(f"{folder}/weights.npz")

assert len(rows) == 100 and len(table["model_id"]) == 100, "100 models in both tables"
for name in ("model_id", "lr", "seed", "train_loss", "train_acc"):
    assert [float(row[name]) for row in rows] == [float(x) for x in table[name]], f"{name}: CSV is Parquet"
assert set(table["test_acc"]) == {None} and {row["test_acc"] for row in rows} == {""}, "missing is null"
assert curves["epoch"][0] == 0 and curves["epoch"][-1] == 50
assert curves["train_loss"].shape == (100, len(curves["epoch"]))
last = np.array(table["train_loss"], dtype=np.float32)
assert np.array_equal(curves["train_loss"][:, -1].astype(np.float32), last), "a curve ends with the final loss"
assert weights["init_w1"].shape == (100, 1, 2) and weights["final_b2"].shape == (100, 1)
print("models.csv, models.parquet, curves.npz, weights.npz: read, and they agree")
