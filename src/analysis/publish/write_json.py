"""How a file of JSON is written, the same on every system."""

import json
from pathlib import Path


def write_json(path: Path, content: object) -> None:
    """Write a file of JSON for programs and people."""
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")
