"""The list of every named statement that a page uses, and the page of each."""

from analysis.publish.site.headings import Headings
from analysis.publish.site.page_maker import PageMaker
from analysis.publish.site.row_labels import RowLabels, states_at


def figures(maker: PageMaker) -> None:
    """Make a page for each named statement that another page uses, and the list of them."""
    index = "figures/index.html"
    heading = Headings(maker.results)
    statements = [
        (maker.named[name], heading(maker.named[name]))
        for name in maker.named
        if name in maker.used and maker.at.figure(name).startswith("figures/")
    ]
    maker.page(index, "figures", "Every figure", statements=statements)
    labels, states = RowLabels(maker.study), states_at(maker.results)
    scales = maker.study.lookup("criteria", "scale_id")
    for statement, title in statements:
        keys = [row.split("/") for row in statement.rows]
        # A figure that counts no row is about what its name says all the same.
        about = {one for key in keys for one in key[1:]} | set(statement.id.split("."))
        day, state_of = states(statement)
        maker.page(
            maker.at.figure(statement.id),
            "figure",
            title,
            [("Every figure", index)],
            (about, about),
            statement=statement,
            rows=[
                (
                    maker.at.row(row),
                    *labels(key),
                    state_of(key),
                    scales[key[-1]] if key[0] in ("matrix", "next") else "",
                )
                for row, key in zip(statement.rows, keys, strict=True)
            ],
            day=day,
            used_on=sorted(maker.used[statement.id].items()),
        )
