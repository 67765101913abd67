"""The list of every named figure that a page uses, and the page of each."""

from analysis.measure.figures import RowKey
from analysis.publish.site.addresses import ON_UNIT
from analysis.publish.site.headings import Headings
from analysis.publish.site.page_maker import PageMaker
from analysis.publish.site.row_labels import RowLabels, states_at


def figures(maker: PageMaker) -> None:
    """Make a page for each named figure that another page uses, and the list of them."""
    index = "figures/index.html"
    heading = Headings(maker.results)
    shown = [
        (figure, heading(figure))
        for name, figure in maker.named.items()
        if name in maker.used and figure.about.kind not in ON_UNIT
    ]
    maker.page(index, "figures", "Every figure", statements=shown)
    labels, states = RowLabels(maker.study), states_at(maker.results)
    scales = maker.study.lookup("criteria", "scale_id")

    def scale_of(row: RowKey) -> str:
        return scales[row.key[-1]] if row.table in ("matrix", "next") else ""

    for figure, title in shown:
        day, state_of = states(figure)
        maker.page(
            maker.at.figure(figure.id),
            "figure",
            title,
            [("Every figure", index)],
            (figure.ids, figure.ids),
            statement=figure,
            rows=[
                (maker.at.row(row), *labels(row), state_of(row), scale_of(row))
                for row in figure.rows
            ],
            day=day,
            used_on=sorted(maker.used[figure.id].items()),
        )
