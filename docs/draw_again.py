"""Draw the README's picture of the real study again with its sentence; run the notebook of docs/."""

import re
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from analysis.measure.figures import named_figures
from analysis.measure.results import measure
from analysis.publish.run_notebooks import stripped
from analysis.show.charts.matrix import matrix_chart
from analysis.study import load

DOCS = Path(__file__).parent
results = measure(load(DOCS.parent / "data" / "safe-to-share"))
chart = matrix_chart(results, named_figures(results))
(DOCS / "matrix.png").write_bytes(chart.png(dpi=130))
readme = DOCS.parent / "README.md"
text = readme.read_text("utf-8")
readme.write_text(
    re.sub(r"!\[[^\]]*\]\(docs/matrix\.png\)", lambda _: f"![{chart.alt}](docs/matrix.png)", text),
    "utf-8",
)

path = DOCS / "in-a-notebook.ipynb"
notebook = nbformat.read(path, as_version=4)
client = NotebookClient(notebook, record_timing=False, resources={"metadata": {"path": DOCS}})
client.extra_arguments = ["--log-level=CRITICAL"]
nbformat.write(stripped(client.execute()), path)
