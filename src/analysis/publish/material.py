"""What every part of a build is made from.

It imports a part where it needs one, since every part imports it.
"""

from collections.abc import Sequence
from concurrent.futures import Executor, Future
from functools import cached_property
from typing import TYPE_CHECKING

from analysis.measure.results import Results
from analysis.publish.tasks import Tasks
from analysis.show.drawing import Drawn

if TYPE_CHECKING:
    from analysis.publish.blocks import Block


class Material:
    """What every part of a build is made from.

    Attributes:
        results: the measures to publish.
        tasks: what the background makes.
        parts: the parts that are built.
    """

    def __init__(self, results: Results, tasks: Tasks, thread: Executor, parts: Sequence[str]):
        """Hold it; the thread is for what works without holding up others, as typst does."""
        self.results, self.tasks, self._thread, self.parts = results, tasks, thread, parts
        self.named = tasks.named

    @cached_property
    def charts(self) -> list[Drawn]:
        """The charts."""
        return self.tasks.charts

    @cached_property
    def page(self) -> str:
        """The report as HTML."""
        from analysis.publish.report import report_html

        return report_html(self.results, self.named, self.charts, self.parts)

    @cached_property
    def blocks(self) -> "list[Block]":
        """The report's page as blocks, for PDF and Word."""
        from analysis.publish.blocks import blocks

        return blocks(self.page)

    @cached_property
    def report_pdf(self) -> Future[bytes]:
        """The report as PDF, on its way from its first use."""
        from analysis.publish.report_pdf import report_pdf

        return self._thread.submit(report_pdf, self.results, self.blocks)
