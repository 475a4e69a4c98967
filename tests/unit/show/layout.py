"""Where the texts of a picture lie, and which of them lie on each other or leave the page."""

from __future__ import annotations

from matplotlib.text import Text

from seedsoil.show.palette import Picture


def texts(picture: Picture) -> list[Text]:
    """Return the texts that are seen: matplotlib keeps labels of ticks out of range, which it does not draw."""
    picture.settle()
    picture.draw_without_rendering()
    axes = [axis for each in picture.axes for axis in (each.xaxis, each.yaxis)]
    ticks = [tick for axis in axes for tick in (*axis.majorTicks, *axis.minorTicks)]
    labels = {id(label) for tick in ticks for label in (tick.label1, tick.label2)}
    drawn = {id(tick.label1) for axis in axes if axis.axes.axison for tick in axis._update_ticks()}
    found = [text for text in picture.findobj(Text) if text.get_visible() and text.get_text().strip()]
    return [text for text in found if id(text) not in labels or id(text) in drawn]


def overlaps(picture: Picture) -> list[tuple[str, str]]:
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts(picture)]
    clashes = []
    for place, (first, one) in enumerate(boxes):
        for second, other in boxes[place + 1 :]:
            wide = min(one.x1, other.x1) - max(one.x0, other.x0)
            tall = min(one.y1, other.y1) - max(one.y0, other.y0)
            if wide > 1.0 and tall > 2.5:
                clashes.append((first, second))
    return clashes


def outside(picture: Picture) -> list[str]:
    """Return the texts that leave the page by more than a pixel."""
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts(picture)]
    wide, tall = picture.bbox.width, picture.bbox.height
    return [name for name, box in boxes if box.x0 < -1 or box.y0 < -1 or box.x1 > wide + 1 or box.y1 > tall + 1]
