"""The words of what goes out: short sentences, and none of the phrases that readers stumbled over."""

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[1] / "src/analysis/publish/templates"
MOST_WORDS = 25

# What a reader took for a riddle, or for more than is known; the lower case of both is compared.
RIDDLES = [
    "settles none",
    "public record that could be read",
    "score can be anything",
    "it is sure which",
    "open cells",
    "names none of them",
    "each figure leads to",
    "state as of",
    "nothing scored is known",
    "makes the range",
    "a search is logged",
    "cannot be told",
    "held against the evidence",
    "binds the cells",
    "narrows its",
    "has put down",
    "is read here as",
    "the same questions are asked",
    "cannot be ranked",
]


def prose(template: str) -> str:
    """Return the words of a template as a reader meets them, with a word for each value put in."""
    text = re.sub(r"\{#.*?#\}", "", template, flags=re.S)
    text = re.sub(r"<(style|script)\b.*?</\1>", "", text, flags=re.S)
    # Of two wordings of a sentence each is read by itself.
    text = re.sub(r"\{%-?\s*(else|elif)\b.*?%\}", " \n ", text, flags=re.S)
    text = re.sub(r"\{%.*?%\}", " ", text, flags=re.S)
    text = re.sub(r"\{\{.*?\}\}", " X ", text, flags=re.S)
    text = re.sub(r"</(p|li|dd|dt|h\d|td|th|caption|summary|title|figcaption)>|<br>", "\n", text)
    return re.sub(r"<[^>]*>", " ", text)


def sentences(text: str) -> list[str]:
    """Return the sentences, and what stands alone in a line."""
    parts = re.split(r"(?<=[.!?])\s+|\n", text)
    return [" ".join(part.split()) for part in parts if part.strip()]


def words(sentence: str) -> int:
    return len(re.findall(r"[\w’'-]+", sentence))


def templates() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.j2"))


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.name)
def test_no_sentence_of_a_template_is_long(path):
    long = [text for text in sentences(prose(path.read_text("utf-8"))) if words(text) > MOST_WORDS]
    assert long == []


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.name)
def test_no_template_speaks_in_riddles(path):
    text = " ".join(prose(path.read_text("utf-8")).lower().split())
    assert [riddle for riddle in RIDDLES if riddle in text] == []


def test_a_long_sentence_is_noticed():
    text = "<p>" + "word " * 26 + "end.</p><p>A short one.</p>"
    assert [words(sentence) for sentence in sentences(prose(text))] == [27, 3]
