"""Draw the README's picture of the real study again: ``docs/matrix.png``."""

from pathlib import Path

from analysis.measure.figures import named_figures
from analysis.measure.results import measure
from analysis.show.charts.matrix import matrix_chart
from analysis.study import load

DOCS = Path(__file__).parent
results = measure(load(DOCS.parent / "data" / "safe-to-share"))
(DOCS / "matrix.png").write_bytes(matrix_chart(results, named_figures(results)).png(dpi=130))
