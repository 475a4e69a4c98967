"""The way from one lesion to the next, switched off step by step: soils, seeds, sleepers, and who meets cells in the blood."""

from __future__ import annotations

import numpy as np
import pytest

from seedsoil.biology.journey.circulation import arrests
from seedsoil.biology.soils.factors import Addressins
from seedsoil.body.state import ACTIVE, ARRIVED, CONFINED, DEATH, DEPARTING, DIVISION, HALF_CATCH, QUIESCENCE
from seedsoil.trial.runner.patients import run_patients
from tests.properties.examples import ADULT, COLON, CONTROL, ONE_CLONE, control_tables, model_of, patient, plan_of
from tests.properties.plain import (
    AT,
    ORGANS,
    SPREAD,
    TUMOUR,
    agent,
    barrier,
    compiled,
    differing,
    host,
    host_cells,
    lived,
    made,
    residents,
    seeded,
    soil,
    speed,
    who,
    with_numbers,
)

INDEX = ADULT.anatomy.index
PLACES = [AT[name] for name in ORGANS]
ALONE = with_numbers(SPREAD, cluster_share=0.0)
FREE = (*ONE_CLONE, "hypoxia")


def test_soil_matching() -> None:
    """Without it incidence is as arrests, to 1e-12; with it some soils take tenfold less: catches a favoured organ."""
    soils = np.array([bool(site.soil) for site in ADULT.anatomy.sites])
    held = arrests(COLON, ADULT)[INDEX("colon"), soils]
    bare = model_of(patient(), ("soil matching", "dormancy", "barrier to cells", "adhesion in extravasation"))
    assert np.ptp(bare.site[0, soils, DIVISION]) == np.ptp(bare.site[0, soils, DEATH]) == 0.0
    ratio = bare.emission[0, INDEX("colon"), soils] / held
    assert ratio.max() / ratio.min() - 1.0 < 1e-12
    chosen = model_of(patient()).emission[0, INDEX("colon"), soils] / held
    assert chosen.min() < 0.1 * chosen.max()


def test_metastasis() -> None:
    """Lesions beyond the primary, and none without: catches one embolus that succeeds."""
    assert control_tables()["patients"]["lesions_ever"].sum() > 5
    bare = control_tables(("metastasis",))
    assert (bare["patients"]["lesions_ever"] == 0).all()
    assert (bare["lesions"]["lesion"] == 0).all()


def test_dormancy() -> None:
    """Some founders sleep for months, and without it none waits longer than growth takes: catches one sleeper."""
    sleepy = who(shedding_rate=5e-5, division_rate=0.3, quiescence_rate=0.5, wake_rate=2e-3, dormant_death_rate=2e-3)
    waits, awake = (
        found[:, ACTIVE] - found[:, ARRIVED] for found in (seeded(sleepy), seeded(sleepy, without=("dormancy",)))
    )
    longest = (np.log(50.0) + 16.0) / float(np.diff(compiled(sleepy).site[0, AT["skin"], [DEATH, DIVISION]])[0])
    assert len(awake) > len(waits) > 500
    assert (waits > longest).mean() > 0.1
    assert awake.max() < longest
    assert differing(compiled(sleepy), compiled(sleepy, ("dormancy",))) == {
        "emission",
        "emission_total",
        "landing",
        QUIESCENCE,
    }


def test_reseeding() -> None:
    """Metastases of metastases, and none without: catches one lesion whose parent is not the primary."""
    fast = patient(shedding_rate=1e-2)
    for without, some in (((), True), (("reseeding",), False)):
        plan = plan_of(CONTROL, patient=fast, without=without, until_days=728.0, patients=6)
        table = run_patients(plan, 0, 6)["lesions"]
        assert (table["parent"] > 0).any() == some
        assert (table["lesion"] > 0).sum() > 10


def test_lesion_reseeding() -> None:
    """Cells join the primary and a lesion that is there; off, nobody does, and the tables differ by that alone.

    Every arrival then is a founder: catches one guest, and a founder that is told of twice or not at all.
    """
    calling = with_numbers(ALONE, lesion_attraction=3.0)
    person = who(host(host_cells()), spread=calling)
    assert differing(compiled(person), compiled(person, ("lesion reseeding",))) == {HALF_CATCH}
    assert np.isinf(compiled(person, ("lesion reseeding",)).site[0, :, HALF_CATCH]).all()
    told = {}
    for without in ((), ("lesion reseeding",)):
        plan = plan_of(
            CONTROL, patient=patient(tumour=COLON.model_copy(update={"spread": calling}), shedding_rate=1e-2),
            without=without, until_days=728.0, patients=3,
        )  # fmt: skip
        tables = run_patients(plan, 0, 3)
        told[without] = tables["arrivals"]
        founders = tables["arrivals"]["founded"]
        assert founders.sum() == (tables["lesions"]["lesion"] > 0).sum() > 10
        named = {key: tables["arrivals"][key][founders] for key in ("patient", "to_lesion", "from_lesion", "clone")}
        order = np.lexsort((named["to_lesion"], named["patient"]))
        seeds = tables["lesions"]["lesion"] > 0
        assert (named["from_lesion"][order] == tables["lesions"]["parent"][seeds]).all()
        assert (named["clone"][order] == tables["lesions"]["clone"][seeds]).all()
    assert (~told[()]["founded"]).sum() > 2
    assert told["lesion reseeding",]["founded"].all()


def test_clusters() -> None:
    """A tenth of departures in clusters of 20-fold success raise what one lesion seeds; off, exactly the single cells.

    Catches 1e-12 in the chances; a lesion of the engine sheds half as many seeds again in a week.
    """
    travelling = who(spread=SPREAD, shedding_rate=1e-4)
    on, off = compiled(travelling), compiled(travelling, ("clusters",))
    assert differing(on, off) == {"emission", "emission_total", "landing"}
    assert differing(off, compiled(who(spread=ALONE, shedding_rate=1e-4))) == set()
    alone = off.emission[0][:, PLACES]
    success = alone / (0.5 * arrests(TUMOUR, host())[:, PLACES])
    together = 0.5 * arrests(travelling.tumour, host(), clusters=True)[:, PLACES] * np.minimum(1.0, 20.0 * success)
    assert on.emission[0][:, PLACES] == pytest.approx(0.9 * alone + 0.1 * together, rel=1e-12)
    assert len(seeded(travelling)) > 1.5 * len(seeded(travelling, without=("clusters",)))
    assert len(seeded(travelling, without=("clusters",))) == len(seeded(who(spread=ALONE, shedding_rate=1e-4)))


def test_proteases() -> None:
    """An inhibitor halves division at a lesion's edge and holds four fifths of departures; off, it changes no byte.

    Of a lesion of 1e5 cells (0.58 mm) 86 % lie within 0.14 mm of its edge, of one of 1e8 cells 14 %: catches a fifth of that, 0.001 a day.
    """
    digging = who(spread=with_numbers(ALONE, protease_growth=0.5))
    shut = compiled(digging, protease=1.0)
    assert shut.site[:, AT["skin"], CONFINED].tolist() == [0.0, 0.5]
    assert shut.site[:, AT["skin"], DEPARTING] == pytest.approx([1.0, 0.2], rel=1e-12)
    assert compiled(who(spread=ALONE), protease=1.0).site[1, AT["skin"], CONFINED] == 0.0
    assert differing(shut, compiled(digging, ("proteases",), protease=1.0)) == {CONFINED, DEPARTING}
    inhibitor = agent("inhibitor", blocks={"protease": 1e-9})
    for cells, edge in ((1e5, 0.864), (1e8, 0.1389)):
        for without, lost in ((FREE, 0.5 * 0.1 * edge), ((*FREE, "proteases"), 0.0)):
            usual, held = (
                lived(digging, [(7.0, {"inhibitor": level})], [inhibitor], without, cells=cells, every=1.0)
                for level in (0.0, 1.0)
            )
            slower = speed(usual[:1], cells, 1.0) - speed(held[:1], cells, 1.0)
            assert slower == pytest.approx(lost, abs=0.0005 + 6.0 * (0.3 / cells) ** 0.5)
            if not lost:
                assert held.tobytes() == usual.tobytes()


HUNTED = host(
    **{name: soil(name, residents=residents(natural_killers=1.0 if name == "lung" else 0.0)) for name in ORGANS}
)


def test_natural_killer_cells() -> None:
    """They leave exp(-2 (1 - 0.9)) of what arrests where they live and all of it elsewhere; off, as if there were none."""
    hunted, calm = who(HUNTED, spread=ALONE), who(spread=ALONE)
    on, off = compiled(hunted), compiled(hunted, ("natural killer cells",))
    assert differing(on, off) == {"emission", "emission_total", "landing"}
    assert differing(off, compiled(calm)) == set()
    left = on.emission[0][:, PLACES] / off.emission[0][:, PLACES]
    assert left == pytest.approx(np.repeat([[np.exp(-0.2), 1.0, 1.0, 1.0]], left.shape[0], axis=0), rel=1e-12)


def test_raised_natural_killer_cells() -> None:
    """Raised threefold they let few cells settle in the lung; off, an agent that raises them changes no seed."""
    raiser = agent("raiser", raises={"natural_killer": (1e-9, 5.0, 1.0)})
    hunted = who(HUNTED, spread=with_numbers(ALONE, platelet_cloak=0.0))
    usual, raised = (seeded(hunted, [raiser], {"raiser": level}) for level in (0.0, 1.0))
    assert len(raised) < len(usual)
    assert (raised[:, 0] == AT["lung"]).mean() < 0.05
    assert (usual[:, 0] == AT["lung"]).mean() > 0.2
    off = [seeded(hunted, [raiser], {"raiser": level}, ("natural killer cells",)) for level in (0.0, 1.0)]
    assert len(off[0]) == len(off[1]) > len(usual)


def test_platelets() -> None:
    """They ward off nine tenths of the blows and lend half the hold; off, cells are bare and held by half: catches 1e-12.

    Off, an agent against platelets does nothing more.
    """
    hunted = who(HUNTED, spread=ALONE)
    bare = who(
        HUNTED, spread=with_numbers(ALONE, platelet_cloak=0.0, platelet_grip=0.0),
        adhesion=type(TUMOUR.adhesion)(**{
            name: level.model_copy(update={"number": 0.5 * float(level)}) for name, level in dict(TUMOUR.adhesion).items()
        }),
    )  # fmt: skip
    on, off = compiled(hunted), compiled(hunted, ("platelets",))
    assert differing(on, off) == {"emission", "emission_total", "landing"}
    assert off.emission == pytest.approx(compiled(bare).emission, rel=1e-12)
    assert off.emission[0, AT["skin"], AT["lung"]] < 0.2 * on.emission[0, AT["skin"], AT["lung"]]
    blocked = compiled(hunted, platelet=1.0)
    assert blocked.emission[1] == pytest.approx(off.emission[0], rel=1e-12)
    assert compiled(hunted, ("platelets",), platelet=1.0).emission[1].tolist() == off.emission[0].tolist()


def test_host_conditioning() -> None:
    """Walls that a drug makes twice as permissive let more seeds in; off, the same drug lets in none more."""
    opener = agent("opener", raises={"conditioning": (1e-9, 1.0, 1.0)})
    person = who()
    few, many = (len(seeded(person, [opener], {"opener": level})) for level in (0.0, 1.0))
    assert many > 1.2 * few
    off = [len(seeded(person, [opener], {"opener": level}, ("host conditioning",))) for level in (0.0, 1.0)]
    assert off == [few, few]
    assert differing(compiled(person, conditioning=1.0), compiled(person, ("host conditioning",), conditioning=1.0)) == {
        "emission", "emission_total", "landing",
    }  # fmt: skip


def test_adhesion_in_extravasation() -> None:
    """Walls of a liver that offer nothing catch cells by size alone and let them out 1.6 times as slowly; off, as fast as all others do.

    An agent that holds all integrins takes their part of both; off, of the catch alone.
    """
    smooth = made(Addressins, selectin=0.0, integrin=0.0, lectin=0.0, chemokine=0.0)
    bare = who(host(liver=soil("liver", addressins=smooth)))
    on, off = compiled(bare, integrin=1.0), compiled(bare, ("adhesion in extravasation",), integrin=1.0)
    assert differing(on, off) == {"emission", "emission_total", "landing"}
    own, dying = float(TUMOUR.extravasation_rate), float(TUMOUR.intravascular_death_rate)
    for condition, factor in ((0, 1.6), (1, 1.4)):
        gain = factor * (own + dying) / (factor * own + dying)
        more = on.emission[condition][:, PLACES] / off.emission[condition][:, PLACES]
        assert more == pytest.approx(
            np.where(np.array(ORGANS) == "liver", 1.0, gain)[None, :].repeat(len(more), 0), rel=1e-12
        )


def test_barrier_to_cells() -> None:
    """Fewer cells settle behind a barrier that they pass at a fifth of the pace, and there alone; off, as if it were none to them."""
    tight = barrier(cell_passage=0.2)
    shut = host(**{name: soil(name, **({"barrier": tight} if name == "brain" else {})) for name in ORGANS})
    on, off = compiled(who(shut)), compiled(who(shut), ("barrier to cells",))
    assert differing(on, off) == {"emission", "emission_total", "landing"}
    leaving, dying = 1.6 * float(TUMOUR.extravasation_rate), float(TUMOUR.intravascular_death_rate)
    held = 0.2 * (leaving + dying) / (0.2 * leaving + dying)
    less = on.emission[0][:, PLACES] / off.emission[0][:, PLACES]
    assert less == pytest.approx(
        np.where(np.array(ORGANS) == "brain", held, 1.0)[None, :].repeat(len(less), 0), rel=1e-12
    )


def test_vessel_shelter() -> None:
    """A liver that takes a fifth of what its vessels might lets more cells settle, and in the liver alone; off, as if it took all."""
    gentle = host(**{name: soil(name, **({"vessel_loss": 0.2} if name == "liver" else {})) for name in ORGANS})
    cell = {"early_loss_rate": 2.0, "spread": ALONE}
    on, off = compiled(who(gentle, **cell)), compiled(who(gentle, **cell), ("vessel shelter",))
    assert differing(on, off) == {"emission", "emission_total", "landing"}
    assert differing(off, compiled(who(**cell))) == set()
    more = on.emission[0][:, PLACES] / off.emission[0][:, PLACES]
    leaving, dying = 1.6 * float(TUMOUR.extravasation_rate), float(TUMOUR.intravascular_death_rate)
    spared = np.exp(0.8 * 2.0) * (leaving + dying) / (leaving + 0.2 * dying)
    assert more == pytest.approx(
        np.where(np.array(ORGANS) == "liver", spared, 1.0)[None, :].repeat(len(more), 0), rel=1e-12
    )
