"""The height of a page, guessed: right where it is plain."""

import pytest
from made import real

from analysis.measure.results import measure
from analysis.publish.blocks import Paragraph, Run
from analysis.publish.fit import PAGE, height
from analysis.publish.typeset import Typesetter, page_count


def paragraph(text):
    return Paragraph([Run(text)], [])


def test_heights_worked_out_by_hand():
    """A capital is 0.729 of 9 points, 0.55 lie between lines, 0.8 between paragraphs."""
    assert height([]) == 0
    assert height([paragraph("One line.")]) == pytest.approx(0.729 * 9)
    assert height([paragraph("One.\nTwo.")]) == pytest.approx((2 * 0.729 + 0.55) * 9)
    assert height([paragraph("One."), paragraph("Two.")]) == pytest.approx((2 * 0.729 + 0.8) * 9)
    # An m is 1995 of 2048 units wide and a space 651: 66 times (2 m and a space) and 2 m are 151.5
    # times 9 points, 2.9 lines of 97 per cent of the 172 mm between the margins.
    long = paragraph("mm " * 66 + "mm")
    assert height([long]) == pytest.approx(height([paragraph("One.\nTwo.\nThree.")]))
    # A sign without a glyph is named by its number, and a tab has some width or other.
    assert height([paragraph("\u4e2d\t\u2066\U00020000")]) == height([paragraph("One line.")])


def test_a_page_of_paragraphs_is_full_where_it_is_guessed_to_be():
    setter = Typesetter(measure(real()))
    full = next(n for n in range(1, 200) if height([paragraph("A line.")] * n) > PAGE)
    pages = [
        page_count(setter.pdf("Made up", "", [[paragraph("A line.")] * n]))
        for n in (full - 2, full + 1)
    ]
    assert pages == [1, 2]
