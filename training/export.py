"""The trained student as the file that ships: 8-bit rows, the rest as 16-bit floats."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from transforms.tag.network import DILATIONS


def export(state: dict[str, torch.Tensor], path: Path) -> None:
    """Write the weights of a student for `transforms.tag.network`.

    Each row of the table is stored as whole numbers from -127 to 127 and one scale.
    """
    table = state["table.weight"].numpy()
    scales = np.abs(table).max(axis=1) / 127
    whole = np.rint(table / np.maximum(scales, 1e-9)[:, None]).astype(np.int8)
    arrays: dict[str, np.ndarray] = {
        "table": whole,
        "scales": scales.astype(np.float16),
        "input": _half(state["input.weight"].t()),
        "input_bias": _half(state["input.bias"]),
        "kinds": _half(state["kinds.weight"]),
        "output": _half(state["output.weight"].t()),
        "output_bias": _half(state["output.bias"]),
    }
    for number in range(len(DILATIONS)):
        # torch keeps [out, in, place], the products want [place, in, out]
        arrays[f"layer{number}"] = _half(state[f"layers.{number}.weight"].permute(2, 1, 0))
        arrays[f"layer{number}_bias"] = _half(state[f"layers.{number}.bias"])
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]


def _half(weights: torch.Tensor) -> np.ndarray:
    return np.ascontiguousarray(weights.numpy().astype(np.float16))
