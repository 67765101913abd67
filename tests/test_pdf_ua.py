"""Every PDF of a build conforms to PDF/UA-1, as veraPDF's own engine and profile have it."""

import pytest
import typst
from pdf_ua import failed_rules, needs_java

pytestmark = needs_java

GOOD = """
#set document(title: "Six libraries", date: datetime(year: 2020, month: 1, day: 1))
#set text(lang: "en", region: "GB")
= Six libraries
Three open on a Sunday: see #link("https://example.org")[the table].
#figure(
  table(columns: 2, table.header([Library], [Hours]), [North], [4]),
  caption: [Hours on a Sunday],
)
#figure(rect(width: 4cm, height: 1cm), kind: image, alt: "Bars: hours. North opens longest.", caption: [Hours])
"""


@pytest.fixture
def good() -> bytes:
    return typst.compile(GOOD.encode(), pdf_standards=["ua-1"], ignore_system_fonts=True)


@pytest.mark.parametrize(
    "output",
    ["published_library", "published_islands", pytest.param("published", marks=pytest.mark.slow)],
)
def test_every_pdf_of_a_build_conforms(output, request):
    paths = sorted(request.getfixturevalue(output).rglob("*.pdf"))
    assert paths, "the build has no PDF"
    broken = {path.name: rules for path, rules in failed_rules(paths).items() if rules}
    assert not broken, "\n".join(
        f"{name}: {rule}" for name, held in broken.items() for rule in held
    )


@pytest.mark.slow
def test_a_good_pdf_passes_and_each_spoiled_one_fails_on_its_rule(good, tmp_path):
    """Each is the good one but for a few bytes; the clauses are those of ISO 14289-1."""
    spoils = {
        "5-2": (b"<pdfuaid:part>1<", b"<pdfuaid:part>2<"),  # says that it is another standard's
        "6.2-1": (b"/Marked true", b"/Marked null"),  # not tagged
        "7.1-9": (b"dc:title", b"dc:tilte"),  # no title in its metadata
        "7.1-10": (b"/DisplayDocTitle true", b"/DisplayDocTitle null"),  # shows its file's name
        "7.2-34": (b"/Lang(en-GB)", b"/Long(en-GB)"),  # no language
        "7.3-1": (b"/Alt(", b"/Olt("),  # a figure without alternative text
    }
    whole, text = tmp_path / "whole – Süd.pdf", tmp_path / "text.pdf"
    whole.write_bytes(good)
    text.write_text("no PDF")
    paths = {}
    for rule, (old, new) in spoils.items():
        assert old in good and len(old) == len(new), rule
        paths[rule] = tmp_path / f"{rule}.pdf"
        paths[rule].write_bytes(good.replace(old, new))
    held = failed_rules([whole, text, *paths.values()])
    assert held[whole] == []
    assert held[text][0].startswith("cannot be read as a PDF")
    for rule, path in paths.items():
        assert any(one.startswith(f"{rule}: ") for one in held[path]), (rule, held[path])
