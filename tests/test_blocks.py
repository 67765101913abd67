"""A page as blocks: nothing of its text is lost, changed or added."""

from html import escape

from hypothesis import given
from hypothesis import strategies as st
from made import ANY

from analysis.publish.blocks import (
    Cell,
    Heading,
    Items,
    Paragraph,
    Row,
    Run,
    Table,
    Terms,
    blocks,
    names,
    plain,
)


def page(body: str) -> str:
    return f"<!doctype html><html><head><title>t</title></head><body>{body}</body></html>"


def test_each_kind_of_element_becomes_its_block():
    said = blocks(
        page(
            """<nav><a href="#a">Skipped</a></nav>
            <section id="a"><h2>Two <em>words</em></h2>
            <p class="draft"><strong>Bold.</strong> Plain.</p>
            <ul><li>One</li><li><a href="#a">Two</a></li></ul>
            <dl><dt id="E1">E1</dt><dd>Said <span class="quiet">aside</span></dd></dl></section>"""
        )
    )
    assert said == [
        Heading(1, [Run("Two words")], ["a"]),
        Paragraph([Run("Bold.", strong=True), Run(" Plain.")], [], "draft"),
        Items([[Run("One")], [Run("Two", to="a")]], []),
        Terms([(["E1"], [Run("E1")], [Run("Said "), Run("aside", quiet=True)])], []),
    ]
    assert [names(one) for one in said] == [["a"], [], [], ["E1"]]


def test_a_table_keeps_its_caption_heads_numbers_spans_and_names():
    (said,) = blocks(
        page(
            """<table><caption>C</caption><thead><tr><th>A</th><th class="n">B</th></tr></thead>
            <tbody><tr id="r"><th>x</th><td class="n">1</td></tr>
            <tr><td colspan="2">both</td></tr></tbody></table>"""
        )
    )
    assert isinstance(said, Table)
    assert said.caption == [Run("C")]
    assert said.header == [Cell([Run("A")], head=True), Cell([Run("B")], head=True, number=True)]
    assert said.rows == [
        Row([Cell([Run("x")], head=True), Cell([Run("1")], number=True)], ["r"]),
        Row([Cell([Run("both")], span=2)], []),
    ]
    assert abs(sum(said.widths) - 1) < 1e-3


def test_what_is_folded_away_is_open_and_its_title_stands_where_no_table_says_it():
    said = blocks(
        page(
            "<details><summary>The queries</summary><p>q</p></details>"
            "<details><summary>The table</summary><table><caption>C</caption><thead><tr><th>A</th>"
            "</tr></thead><tbody></tbody></table></details>"
        )
    )
    assert [type(one).__name__ for one in said] == ["Paragraph", "Paragraph", "Table"]
    assert said[0].role == "opening"


def test_a_break_is_a_new_line_and_other_space_is_one_space():
    (said,) = blocks(page("<p>  a \n b<br> c </p>"))
    assert said.runs == [Run("a b\nc")] or plain(said.runs) == "a b\nc"


@ANY
@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200), max_size=5))
def test_any_text_comes_through(texts):
    said = blocks(page("".join(f"<p>{escape(one)}</p>" for one in texts)))
    wanted = [" ".join(one.split(" ")).strip(" ") for one in texts]
    wanted = [" ".join(part for part in one.split(" ") if part) for one in wanted]
    assert [plain(one.runs) for one in said] == [one for one in wanted if one]
