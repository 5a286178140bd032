"""All evaluation corpora through the pipeline in one run: speed, memory, what was refused.

    python benchmarks/whole_corpora.py --eval-data ../shared/real --home HOME

About 32,000 articles in four shapes, without the tagger, which refuses nothing and would double
the time. `--home` keeps the warehouse for a look afterwards; the
sample of refusals that is printed is for reading by a person (docs/measurements.md keeps the
verdicts, never the texts).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from pipeline import cost_of

SOURCES = {
    "ant-cnn-france24": ("ant_cnn_france24_2018.jsonl.gz", None),
    "ant-jawhara": ("ant_jawhara_2013_2017.jsonl.gz", "TN"),
    "saudinewsnet": ("saudinewsnet_4_outlets_2015.jsonl.gz", "SA"),
    "jazeera-hespress": ("jazeera_hespress_2022.jsonl.gz", None),
}
REFUSED = (
    "SELECT stage, rule, records, example_reason FROM quarantine_reasons ORDER BY records DESC"
)
SAMPLE = """
SELECT stage, unit, rule, evidence, split_part(locator, '/', -1) AS place
FROM quarantine WHERE rule NOT LIKE 'ingest.no-text%' ORDER BY hash(record_id) LIMIT 50
"""


def write_config(file: Path, corpora: Path) -> None:
    """Write a khabar.toml that names the corpora as sources."""
    entries = ['[tagger]\nuse = "none"']
    for source, (name, country) in SOURCES.items():
        lines = ["[[sources]]", f'id = "{source}"', f"path = {json.dumps(str(corpora / name))}"]
        lines += [f'country = "{country}"'] if country else []
        entries.append("\n".join(lines))
    file.write_text("\n\n".join(entries) + "\n", "utf-8")


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--eval-data", type=Path, default=Path("../shared/real"))
    parser.add_argument("--home", type=Path, required=True)
    args = parser.parse_args()
    khabar = [sys.executable, "-m", "flows.cli"]
    with tempfile.TemporaryDirectory(prefix="khabar-bench-") as name:
        config = Path(name) / "khabar.toml"
        write_config(config, (args.eval_data / "corpora").resolve())
        cost = cost_of(
            [*khabar, "run", "--config", str(config), "--home", str(args.home), "--json"]
        )
    said = json.loads(cost.said)
    print(json.dumps(said, ensure_ascii=False)[:1500])
    pages = said["run"]["pages_landed"] if "run" in said else said["pages_landed"]
    print(f"wall {cost.wall:.0f} s, CPU of all processes {cost.cpu:.0f} s, start-up included")
    print(f"{pages / cost.cpu:.0f} pages/s/core, peak memory of one process {cost.peak_mb:.0f} MB")
    for query in (REFUSED, SAMPLE):
        done = subprocess.run(
            [*khabar, "sql", query, "--format", "csv", "--home", str(args.home)],
            capture_output=True, encoding="utf-8", check=True,
        )  # fmt: skip
        print(done.stdout)


if __name__ == "__main__":
    main()
