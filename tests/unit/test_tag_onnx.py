"""A token classifier of the user's own, by a model made here: it knows five words."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing

from flows.settings import UsageError, load_settings
from transforms.tag.article import tag_text
from transforms.tag.onnx_tagger import PIECES, OnnxTagger, places_of
from transforms.tag.tagger import Found, tagger_named

LABELS = ("O", "B-PERS", "I-PERS", "B-LOC", "B-MISC", "I-ORG", "B-ORG")
#: The label that the model gives each word that it knows.
WORDS = {
    "سمسوم": "B-PERS",
    "زقزوقي": "I-PERS",
    "زقزوقيا": "B-LOC",
    "سوسو": "B-MISC",
    "زيزي": "B-ORG",
}


def write_model(folder: Path, inputs: tuple[str, ...] = ("input_ids", "attention_mask")) -> Path:
    """Write a model whose logits are a row of a table for each piece."""
    folder.mkdir(exist_ok=True)
    vocabulary = {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2} | {w: 3 + n for n, w in enumerate(WORDS)}
    table = np.zeros((len(vocabulary), len(LABELS)), np.float32)
    table[:3, 0] = 9
    for word, label in WORDS.items():
        table[vocabulary[word], LABELS.index(label)] = 9
    sizes = ["batch", "pieces"]
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "input_ids"], ["logits"])],
        "tiny",
        [helper.make_tensor_value_info(name, TensorProto.INT64, sizes) for name in inputs],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [*sizes, len(LABELS)])],
        [numpy_helper.from_array(table, "table")],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(made, folder / "model.onnx")
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    tokenizer.enable_truncation(4)  # as exporters write it; the windows see to the length
    tokenizer.save(str(folder / "tokenizer.json"))
    id2label = {str(number): label for number, label in enumerate(LABELS)}
    (folder / "config.json").write_text(json.dumps({"id2label": id2label}), "utf-8")
    return folder


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("model"))


def found(model: Path, text: str) -> list[tuple[str, str]]:
    (names,) = OnnxTagger(model).names([text], [[]])
    return [(text[name.start : name.end], name.type) for name in names]


def test_names_types_and_places(model: Path) -> None:
    text = "سافر سمسوم زقزوقي إلى زقزوقيا.\nثم التقى سوسو وفد زيزي"
    assert found(model, text) == [
        ("سمسوم زقزوقي", "PER"), ("زقزوقيا", "LOC"), ("زيزي", "ORG")
    ]  # fmt: skip
    first = OnnxTagger(model).names([text], [[]])[0][0]
    assert first == Found(5, 17, "PER", first.score)
    assert first.score > 0.99


def test_a_label_that_goes_on_with_nothing_is_no_name(model: Path) -> None:
    assert found(model, "قال زقزوقي أمس") == []


def test_a_line_longer_than_the_model_reads_is_read_in_parts(model: Path) -> None:
    text = "كلمة " * (PIECES + 5) + "سمسوم زقزوقي " + "كلمة " * PIECES + "زقزوقيا"
    assert found(model, text) == [("سمسوم زقزوقي", "PER"), ("زقزوقيا", "LOC")]
    assert found(model, "") == []
    long = "س" * 10_000
    assert found(model, f"{long} زقزوقيا") == [("زقزوقيا", "LOC")]


def test_a_model_may_ask_for_types_of_pieces(tmp_path: Path) -> None:
    inputs = ("input_ids", "attention_mask", "token_type_ids")
    assert found(write_model(tmp_path / "m", inputs), "زار زقزوقيا") == [("زقزوقيا", "LOC")]
    assert found(write_model(tmp_path / "m", ("input_ids",)), "زار زقزوقيا") == [("زقزوقيا", "LOC")]


def test_labels_of_other_schemes() -> None:
    assert places_of({"0": "O", "1": "S-PERSON", "2": "B_GPE", "3": "E-LOCATION"}) == [0, 1, 5, 6]
    with pytest.raises(ValueError, match="id2label"):
        places_of({"0": "O", "1": "B-DATE"})


def test_names_join_those_of_the_lists_by_the_span_rules(model: Path) -> None:
    tagger = tagger_named(f"onnx={model}")
    names = [(m.surface, m.type) for m in tag_text("وصل سمسوم زقزوقي من القاهرة", tagger)]
    assert names == [("سمسوم زقزوقي", "PER"), ("القاهرة", "LOC")]


def test_the_folder_is_named_in_khabar_toml(tmp_path: Path) -> None:
    write_model(tmp_path / "mine")
    file = tmp_path / "khabar.toml"
    file.write_text('[tagger]\nuse = "onnx"\nmodel = "mine"\n', "utf-8")
    settings = load_settings(config=file)
    assert settings.tagger.name == f"onnx={tmp_path / 'mine'}"
    before = settings.config_sha256
    (tmp_path / "mine" / "config.json").write_text('{"id2label": {"0": "B-PER"}}', "utf-8")
    assert load_settings(config=file).config_sha256 != before
    (tmp_path / "a.txt").write_text("زار سمسوم زقزوقي القاهرة\n", "utf-8")
    write_model(tmp_path / "mine")
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "tag", "a.txt", "--json", "--config", str(file)],
        capture_output=True, encoding="utf-8", check=True, cwd=tmp_path,
    )  # fmt: skip
    assert "سمسوم زقزوقي" in done.stdout


@pytest.mark.parametrize(
    ("lines", "said"),
    [('use = "onnx"', "go together"), ('model = "mine"', "go together"),
     ('use = "onnx"\nmodel = "absent"', "there is no file")],
)  # fmt: skip
def test_a_model_that_is_not_there_is_wrong_use(tmp_path: Path, lines: str, said: str) -> None:
    file = tmp_path / "khabar.toml"
    file.write_text(f"[tagger]\n{lines}\n", "utf-8")
    with pytest.raises(UsageError, match=said):
        load_settings(config=file)
