"""What templates make of texts."""

from pathlib import Path

import analysis
from analysis.publish import markup


def test_a_capital_at_the_start_leaves_names_as_they_are():
    made = markup.environment().from_string("{{ text|capital }}")
    assert made.render(text="ask the ABC of Upper Plot") == "Ask the ABC of Upper Plot"


def test_nothing_puts_the_rest_of_a_text_in_small_letters():
    # What Python and the template language call "capitalize" takes the capitals from names.
    source = Path(analysis.__file__).parent
    files = [*source.rglob("*.py"), *source.rglob("*.j2")]
    assert not [one.name for one in files if "capitalize" in one.read_text("utf-8")]
