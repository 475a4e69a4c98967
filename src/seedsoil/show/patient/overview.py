"""One patient at a glance: lesions, treatment and clones over one axis of time."""

from __future__ import annotations

from seedsoil.show.palette import Picture, house_style
from seedsoil.show.patient.clones import draw_shares
from seedsoil.show.patient.lesions import draw_sizes, lesions_caption, patient_title, time_axis
from seedsoil.show.patient.treatment import draw_treatment, treatment_rows
from seedsoil.show.results import HistoryLike


def patient_figure(history: HistoryLike, most: int = 150) -> Picture:
    """Draw the lesions' diameters, the treatments, and the clones' shares of all cells, one below the other.

    Takes a History; ``most`` lesions are drawn. ``table`` holds the lesions' lines; `clones.muller_figure` carries the clones' numbers.
    """
    strips = treatment_rows(history)
    with house_style():
        picture = Picture(9.2, 7.6 + 0.3 * len(strips))
        axes, strip, shares = picture.subplots(
            3, 1, sharex=True, height_ratios=[13, 0.5 + 0.95 * max(len(strips), 1), 7]
        )
        handles, table, left_out = draw_sizes(axes, history, most)
        handles += draw_treatment(strip, strips)
        strip.axvline(0.0, color="#8C8C8C", linewidth=0.9, linestyle=":", zorder=0)
        strip.tick_params(labelbottom=False)
        clones, _ = draw_shares(shares, history)
        time_axis(shares, history)
        axes.set_title(patient_title(history), fontsize=11)
        picture.explain(handles, 5)
        shares.legend(handles=clones, loc="upper left", bbox_to_anchor=(1.0, 1.02), fontsize=9)
    picture.caption = (
        lesions_caption(history, left_out)
        + " Below: each clone's share of all cells, drawn within its parent; hatched clones are resistant, by the mechanisms named."
    )
    picture.table = table
    return picture
