"""What is drawn in a chart, measured on the drawing itself."""

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D, Bbox

A4 = {"PDF": (17.2, 24.3), "Word": (17.0, 22.5)}
"""The room for a picture on a page, in centimetres: width and height."""


def texts(chart):
    """Return every text of a chart with its box in points and the size of its type.

    A text that stands in many places is drawn as one shape with the text for its label.
    """
    figure = chart.figure
    renderer = FigureCanvasAgg(figure).get_renderer()
    # As wide as their outlines, which is what is drawn, and not as wide as whole pixels.
    with matplotlib.rc_context({"text.hinting": "no_hinting"}):
        held = [
            (text.get_text(), text.get_window_extent(renderer), text.get_size())
            for text in figure.texts
            if text.get_text().strip()
        ]
    for shape in figure.artists:
        if isinstance(shape, PathCollection) and shape.get_label():
            letters = TextPath((0, 0), shape.get_label(), size=1).get_extents()
            (path,) = shape.get_paths()
            corners = path.get_extents(shape.get_transform()).get_points()
            size = np.ptp(corners[:, 1]) / figure.dpi * 72 / letters.height
            for place in shape.get_offset_transform().transform(shape.get_offsets()):
                held.append((shape.get_label(), Bbox(corners + place), size))
    points = Affine2D().scale(72 / figure.dpi)
    held = [(text, box.transformed(points), size) for text, box, size in held]
    return held


def words(chart):
    """Return every text of a chart, as often as it is drawn."""
    return [text for text, _, _ in texts(chart)]


def scores(chart):
    """Return the lowest and highest score of each bar, read off the scale of the chart: (n, 2)."""
    at = {text: (box.x0 + box.x1) / 2 / 72 for text, box, _ in texts(chart) if text in ("0", "100")}
    ends = [
        (path.vertices[:, 0].min(), path.vertices[:, 0].max())
        for shape in chart.figure.artists
        if isinstance(shape, PolyCollection)
        for path in shape.get_paths()
    ]
    return (np.array(ends) - at["0"]) / (at["100"] - at["0"]) * 100
