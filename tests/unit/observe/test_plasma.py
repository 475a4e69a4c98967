"""Plasma: genomes by flux and half-life, read genome by genome, and a marker at the balance of secretion and loss."""

from __future__ import annotations

import numpy as np
import pytest

from seedsoil.catalogue.load import entry
from seedsoil.foundation.streams import new_stream
from seedsoil.observe.plasma import ASSAY, called, marker_level, read_genomes, tumour_genomes
from tests.properties.examples import changed

BLOOD = entry("hosts", "adult").blood
TRACES = entry("tumours", "colon_adenocarcinoma").traces
LUNG = entry("tumours", "lung_adenocarcinoma")
NONE = np.zeros(0)


def test_genomes_are_flux_times_life_over_plasma() -> None:
    """By hand, to 1e-9: catches a half-life taken for a life (0.69) and blood taken for plasma (0.55)."""
    life = 1.0 / 24.0 / np.log(2.0)
    assert tumour_genomes(1e9, TRACES, BLOOD) == pytest.approx(1e9 * 8e-4 * life / (5300.0 * 0.55), rel=1e-9)
    slower = changed(BLOOD, free_dna_half_life=2.0 / 24.0)
    assert tumour_genomes(1e9, TRACES, slower) == pytest.approx(2.0 * tumour_genomes(1e9, TRACES, BLOOD), rel=1e-9)


def test_ten_millilitres_of_lung_cancer_show_as_much_as_was_found() -> None:
    """0.1 % of the genomes mutant (Abbosh 2017, as told in the source), within a factor of 2: what was fitted is kept."""
    deaths = 1e10 * (float(LUNG.death_rate) + 0.2 * float(LUNG.hypoxic_death_rate))
    genomes = tumour_genomes(deaths, LUNG.traces, BLOOD)
    fraction = 0.5 * genomes / (genomes + float(BLOOD.free_genomes))
    assert 0.0005 < fraction < 0.002


@pytest.mark.parametrize(("tumour", "depth"), [(20.0, 1e9), (1000.0, 1e9), (1000.0, 500.0)])
def test_reads_are_binomial_at_their_depth(tumour: float, depth: float) -> None:
    """4000 tubes: genomes and mutants, mean and spread to 6 errors; catches both copies mutant (twice) and no conversion."""
    read = np.array([read_genomes(new_stream(1, who), 7.5, tumour, BLOOD, NONE, depth, 2)[:2] for who in range(4000)])
    mean = min(depth, 7.5 * 0.55 * (tumour + 1000.0) * float(ASSAY["conversion"]))
    assert abs(read[:, 0].mean() - mean) < 6.0 * np.sqrt(mean / 4000) + 1e-9
    fraction = 0.5 * tumour / (tumour + 1000.0)
    fraction += float(ASSAY["error"]) * (1.0 - fraction)
    assert abs(read[:, 1].mean() - mean * fraction) < 6.0 * np.sqrt(mean * fraction / 4000)
    spread = read[:, 1] - read[:, 0] * fraction
    assert abs(spread.var() / (mean * fraction * (1.0 - fraction)) - 1.0) < 6.0 * np.sqrt(
        (2.0 + 1.0 / (mean * fraction)) / 4000
    )


def test_mechanisms_are_read_in_their_share() -> None:
    """A quarter of the dying cells carries the second of two mechanisms: catches shares that are swapped or not halved."""
    share = np.array([0.0, 0.25])
    read = [read_genomes(new_stream(2, who), 7.5, 1e4, BLOOD, share, 1e9, 2) for who in range(500)]
    found = np.array([counts / genomes for genomes, _, counts in read])
    assert found[:, 0].mean() < 5e-5
    assert found[:, 1].mean() == pytest.approx(0.5 * 0.25 * 1e4 / 1.1e4, rel=0.02)


def test_without_a_tumour_only_errors_are_read() -> None:
    """Two in a hundred thousand at most, and none is called: catches a floor of mutants."""
    read = [read_genomes(new_stream(3, who), 7.5, 0.0, BLOOD, np.zeros(1), 1e9, 2) for who in range(400)]
    assert 0.0 < np.mean([mutants for _, mutants, _ in read]) < 0.1
    assert sum(called(genomes, counts[0]) for genomes, _, counts in read) <= 3
    assert not called(1e4, 0.0)
    assert not called(1e4, 1.0)
    assert called(1e4, 4.0)


def test_the_marker_is_secretion_over_clearance() -> None:
    """4000 people: mean of background and tumour to 6 errors; a person's background stays with the person.

    Catches a half-life taken for a life (0.69), and a background drawn anew for each tube.
    """
    marker = TRACES.marker
    life, litres = float(marker.half_life) / np.log(2.0), 5.3 * 0.55
    for cells in (0.0, 1e11):
        read = np.array([marker_level(new_stream(4, who), cells, marker, BLOOD, 2) for who in range(4000)])
        mean = float(marker.background) + cells * float(marker.secretion_rate) * life / litres
        error = np.hypot(float(marker.background) * 0.6, mean * 0.08)
        # An error of median 1 has the mean 1 + cv^2 / 2.
        assert abs(read.mean() - mean * (1.0 + 0.5 * 0.08**2)) < 6.0 * error / np.sqrt(4000)
    twice = np.array(
        [[marker_level(new_stream(4, who), 0.0, marker, BLOOD, day) for day in (1, 2)] for who in range(500)]
    )
    assert np.corrcoef(np.log(twice).T)[0, 1] > 0.95


def test_an_untouched_stream() -> None:
    """Reading is not drawing from the patient's luck."""
    stream = new_stream(5, 6)
    before = stream.copy()
    read_genomes(stream, 7.5, 1e3, BLOOD, NONE, 1e9, 2)
    marker_level(stream, 1e9, TRACES.marker, BLOOD, 2)
    assert (stream == before).all()
