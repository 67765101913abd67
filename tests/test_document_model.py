"""A page as blocks: nothing of its text is lost, changed or added."""

from html import escape

from hypothesis import given
from hypothesis import strategies as st
from made import ANY

from analysis.publish.document_model import (
    Cell,
    Heading,
    Items,
    Paragraph,
    Row,
    Run,
    Table,
    Terms,
    names,
    page_blocks,
    plain,
)


def page(body: str) -> str:
    return f"<!doctype html><html><head><title>t</title></head><body>{body}</body></html>"


def test_each_kind_of_element_becomes_its_block():
    said = page_blocks(
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
        Terms([(["E1"], [Run("E1.")], [Run("Said "), Run("aside", muted=True)])], []),
    ]
    assert [names(one) for one in said] == [["a"], [], [], ["E1"]]


def test_a_table_keeps_its_caption_heads_numbers_spans_and_names():
    (said,) = page_blocks(
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


def table_of(header: list[str], rows: list[list[str]], numbers: int = 0) -> Table:
    """A table of these texts, its last columns of numbers."""
    few = len(header) - numbers
    heads = "".join(
        f"<th{' class=n' if place >= few else ''}>{escape(one)}</th>"
        for place, one in enumerate(header)
    )
    lines = "".join(f"<tr>{''.join(f'<td>{escape(one)}</td>' for one in row)}</tr>" for row in rows)
    (said,) = page_blocks(
        page(
            f"<table><caption>C</caption><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
        )
    )
    return said


def test_columns_are_as_wide_as_their_texts_ask():
    # Texts of one length share alike, and numbers take no more than they need.
    first, second = table_of(["A", "B"], [["a b " * 10, "c d " * 10]]).widths
    assert first == second == 0.5
    # One long text beside short ones: these keep room for their longest word, it has the rest.
    said = table_of(["Name", "Why", "Number"], [["x", "so and so " * 40, "7"]] * 3, numbers=1)
    assert said.widths[1] > 0.75 and said.hyphenated == [False, False, False]
    # No name is hyphenated that is no longer than a force's; a longer word may be.
    said = table_of(["Northamptonshire", "Why"], [["Cambridgeshire", "so and so " * 40]] * 3)
    assert said.widths[0] > 0.16 * 1.3 and not said.hyphenated[0]
    said = table_of(["Name", "Why"], [["x" * 40, "so and so " * 40]])
    assert said.hyphenated == [True, False]


@given(st.integers(1, 12), st.integers(0, 4), st.data())
def test_shares_of_the_width_add_up_and_leave_no_column_out(columns, count, data):
    texts = st.text("ab c-\n", max_size=200)
    rows = [[data.draw(texts) for _ in range(columns)] for _ in range(count)]
    said = table_of([data.draw(texts) for _ in range(columns)], rows, data.draw(st.integers(0, 1)))
    assert abs(sum(said.widths) - 1) < 2e-3 and min(said.widths) > 0.01
    assert len(said.widths) == len(said.hyphenated) == columns


def test_what_leads_to_a_table_stands_with_it():
    table = "<table><caption>C</caption><thead><tr><th>A</th></tr></thead><tbody></tbody></table>"
    said = page_blocks(
        page(
            f"<p>Apart.</p><p class='notes'>Boxed.</p><p class='quiet'>Where.</p><p>What.</p>{table}"
            f"<p>{'Long. ' * 80}</p>{table}<p>After.</p>"
        )
    )
    leads = [one.leads for one in said if isinstance(one, Paragraph)]
    assert leads == [False, False, True, True, False, False]


def test_heads_are_turned_only_where_many_numbers_stand_beside_each_other():
    eight = list("ABCDEFGH")
    assert table_of(eight, [["1"] * 8], numbers=3).turned
    assert not table_of(eight, [["1"] * 8], numbers=2).turned
    assert not table_of(eight[:7], [["1"] * 7], numbers=7).turned


def test_what_is_folded_away_is_open_and_its_title_stands_where_no_table_says_it():
    said = page_blocks(
        page(
            "<details><summary>The queries</summary><p>q</p></details>"
            "<details><summary>The table</summary><table><caption>C</caption><thead><tr><th>A</th>"
            "</tr></thead><tbody></tbody></table></details>"
        )
    )
    assert [type(one).__name__ for one in said] == ["Paragraph", "Paragraph", "Table"]
    assert said[0].role == "opening"


def test_a_break_is_a_new_line_and_other_space_is_one_space():
    (said,) = page_blocks(page("<p>  a \n b<br> c </p>"))
    assert said.runs == [Run("a b\nc")] or plain(said.runs) == "a b\nc"


@ANY
@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200), max_size=5))
def test_any_text_comes_through(texts):
    said = page_blocks(page("".join(f"<p>{escape(one)}</p>" for one in texts)))
    wanted = [" ".join(one.split(" ")).strip(" ") for one in texts]
    wanted = [" ".join(part for part in one.split(" ") if part) for one in wanted]
    assert [plain(one.runs) for one in said] == [one for one in wanted if one]
