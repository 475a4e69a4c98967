"""What each table of a run holds: columns, types, units, and how a table becomes bytes and back.

The bytes of a part depend on its rows and on the version of pyarrow alone: one row group, one thread, no time stamp.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seedsoil.foundation.errors import StoreError, did_you_mean

Columns = dict[str, NDArray[Any]]

#: Version of the run folder and of the tables below.
FORMAT = "seedsoil run 4"


class Column(NamedTuple):
    """A column: NumPy type ("str" for text), unit ("" where there is none), and what it means."""

    kind: str
    unit: str
    meaning: str


_who = {
    "patient": Column("int32", "", "number of the patient in the study, from 0"),
    "arm": Column("str", "", "name of the arm"),
}

_KINDS = (
    "diagnosis, dose_course, scan, progression, paused, resumed, reduced, delayed, stopped, nadir, resection, ablation, "
    "irradiation, injection, shunt, biopsy, culture, blood_draw, count, autopsy, decision, death, end"
)

TABLES: Mapping[str, Mapping[str, Column]] = {
    "patients": _who | {
        "alive": Column("bool", "", "alive when last followed"),
        "followed": Column("bool", "", "followed to death or to the end; false: more lesions than can be counted"),
        "end_day": Column("float64", "day", "death or end of follow-up, since diagnosis"),
        "cause": Column("str", "", "cause of death, empty if alive"),
        "ending": Column("str", "", "how the history ended, in a sentence"),
        "progressed": Column("bool", "", "progression was observed"),
        "progression_day": Column("float64", "day", "first observed progression, nan if none"),
        "response": Column("str", "", "best response, not confirmed: CR PR SD NON-CR/NON-PD PD NE"),
        "confirmed_response": Column("str", "", "best response, CR and PR confirmed four weeks later, SD for six weeks"),
        "response_day": Column("float64", "day", "first CR or PR before progression, nan if none"),
        "growth_rate": Column("float64", "%/month", "volume of the targets, first scan to second (TGR); nan without"),
        "t_stage": Column("str", "", "T as seen; TX if not seen, empty if this tumour is not staged by size"),
        "n_stage": Column("str", "", "N as seen; NX if nobody looked, empty if this tumour is not staged by size"),
        "m_observed": Column("str", "", "M as seen: M1 if a scan showed a distant lesion, MX if nobody looked"),
        "m_true": Column("str", "", "M1 if there was a growing distant lesion at diagnosis, seen or not"),
        "stage": Column("str", "", "stage group as seen within four months, empty if not known"),
        "stage_edition": Column("str", "", "rules by which the stage is told"),
        "age_years": Column("float64", "year", "age at diagnosis"),
        "found_by": Column("str", "", "what led to the diagnosis: symptoms or screening; empty without a primary"),
        "tumour_age_days": Column("float64", "day", "from the founding cell to diagnosis"),
        "primary_diameter_mm": Column("float64", "mm", "primary tumour at diagnosis"),
        "metastases_at_diagnosis": Column("int32", "", "metastases that grow at diagnosis, of any size, seen or not; cells that sleep are none"),
        "visible_at_diagnosis": Column("int32", "", "metastases that the first scan showed"),
        "lesions_ever": Column("int32", "", "metastases that were ever founded"),
        "metastatic_cells_at_end": Column("float64", "cell", "cells outside the primary at the end"),
        "resistant_fraction_at_end": Column("float64", "1", "share of all cells with a resistance, nan without cells"),
    },
    "lesions": _who | {
        "lesion": Column("int32", "", "number of the lesion in the patient; 0 is the primary"),
        "key": Column("uint64", "", "identity of the lesion, the same in every arm"),
        "site": Column("str", "", "where it lies"),
        "parent": Column("int32", "", "lesion that it was shed from, -1 for the primary and for what was injected"),
        "clone": Column("int32", "", "clone that founded it"),
        "arrival_day": Column("float64", "day", "arrival of the founder, since diagnosis"),
        "active_day": Column("float64", "day", "from which it is counted, with 50 cells if nothing was given, since diagnosis; nan before"),
        "detected_day": Column("float64", "day", "first seen on a scan; nan if never"),
        "cells_at_diagnosis": Column("float64", "cell", "size at diagnosis"),
        "cells_at_end": Column("float64", "cell", "size at the end"),
        "largest_cells": Column("float64", "cell", "largest size"),
        "pattern": Column("str", "", "pushing or replacing"),
        "vascular": Column("bool", "", "the angiogenic switch is on"),
        "fate": Column("str", "", "dormant, growing, extinct or resected"),
    },
    "clones": _who | {
        "clone": Column("int32", "", "number of the clone in the patient"),
        "parent": Column("int32", "", "clone that it arose from, -1 for the first"),
        "lesion": Column("int32", "", "lesion in which it arose"),
        "born_day": Column("float64", "day", "when it arose, since diagnosis"),
        "hits": Column("int32", "", "progression mutations"),
        "unstable": Column("bool", "", "genetically unstable"),
        "resistance": Column("str", "", "resistance mechanisms, joined by +"),
        "pooled": Column("bool", "", "stands for many small clones of one kind"),
        "cells_at_end": Column("float64", "cell", "size over all lesions at the end"),
    },
    "arrivals": _who | {
        "day": Column("float64", "day", "when the cell left, and where it went it lived on; since diagnosis"),
        "from_lesion": Column("int32", "", "lesion that it was shed from, -1 for what was injected"),
        "to_lesion": Column("int32", "", "lesion that it founded or joined"),
        "clone": Column("int32", "", "clone of the cell"),
        "founded": Column("bool", "", "it founded the lesion; false: it joined one that was there"),
    },
    "events": _who | {
        "day": Column("float64", "day", "since diagnosis"),
        "kind": Column("str", "", _KINDS),
        "detail": Column("str", "", "in words"),
    },
    "observations": _who | {
        "day": Column("float64", "day", "since diagnosis"),
        "instrument": Column("str", "", "what looked"),
        "lesion": Column("int32", "", "number of the lesion seen"),
        "site": Column("str", "", "where it was seen"),
        "diameter_mm": Column("float64", "mm", "diameter as read"),
    },
    "assessments": _who | {
        "day": Column("float64", "day", "since diagnosis"),
        "instrument": Column("str", "", "what looked"),
        "line": Column("int32", "", "which baseline it is judged against: 1 for the first scan, one more after each progression"),
        "response": Column("str", "", "response by RECIST 1.1, BASELINE for the scan that later ones are judged against"),
        "target_sum_mm": Column("float64", "mm", "sum of the targets' diameters; nan without targets, or if not all were seen to"),
    },
    "biopsies": _who | {
        "day": Column("float64", "day", "since diagnosis"),
        "lesion": Column("int32", "", "number of the lesion that a piece was taken of"),
        "site": Column("str", "", "where it lies"),
        "zone": Column("int32", "", "zone of the lesion, from 0"),
        "clone": Column("int32", "", "number of a clone found in the piece"),
        "unstable": Column("bool", "", "genetically unstable"),
        "resistance": Column("str", "", "resistance mechanisms of its cells, joined by +"),
        "cells": Column("float64", "cell", "cells of it among those told apart"),
    },
    "single_cells": _who | {
        "day": Column("float64", "day", "since diagnosis"),
        "lesion": Column("int32", "", "number of the lesion that a piece was taken of"),
        "site": Column("str", "", "where it lies"),
        "cell": Column("int32", "", "number of the cell among those read one by one, from 0"),
        "resistance": Column("str", "", "resistance mechanisms read in it, joined by +; some are missed"),
    },
    "cultures": _who | {
        "day": Column("float64", "day", "since diagnosis"),
        "lesion": Column("int32", "", "number of the lesion that the cell came from"),
        "site": Column("str", "", "where it lies"),
        "cell": Column("int32", "", "number of the cell whose clone was grown, from 0"),
        "unstable": Column("bool", "", "genetically unstable"),
        "against": Column("str", "", "mechanism by which the cells counted resist"),
        "cultures": Column("int32", "", "parallel cultures of the clone"),
        "cells": Column("float64", "cell", "cells of one culture at its end"),
        "without_resistant": Column("int32", "", "cultures without a resistant cell"),
        "median_resistant": Column("float64", "cell", "median of resistant cells; nan if the cell itself resisted"),
        "rate_p0": Column("float64", "1", "mutations per division by the empty cultures; nan if it cannot be read"),
        "rate_mss": Column("float64", "1", "mutations per division by the largest likelihood; nan as above"),
        "log_error": Column("float64", "1", "standard error of the logarithm of rate_mss"),
    },
    "blood": _who | {
        "day": Column("float64", "day", "since diagnosis"),
        "millilitres": Column("float64", "mL", "blood drawn"),
        "site": Column("str", "", "whose blood it is, as it leaves"),
        "cells": Column("float64", "cell", "circulating tumour cells seen in it; nan if not looked for, here and below"),
        "clusters": Column("float64", "", "clusters of two or more cells among them"),
        "genomes": Column("float64", "", "haploid genomes of free DNA read"),
        "mutant_genomes": Column("float64", "", "of those, with the mutation that all tumour cells have"),
        "allele_fraction": Column("float64", "1", "variant allele fraction: the share of those"),
        "resistance": Column("str", "", "resistance mechanisms found in free DNA, joined by +"),
        "marker": Column("float64", "mg/L", "the tumour's marker in serum"),
    },
    "autopsies": _who | {
        "day": Column("float64", "day", "since diagnosis"),
        "site": Column("str", "", "the organ; each one that was examined has a row"),
        "lesions": Column("int32", "", "metastases seen in it"),
        "largest_mm": Column("float64", "mm", "diameter of the largest, 0 if there is none"),
    },
    "counts": _who | {
        "day": Column("float64", "day", "since the first day, as asked for"),
        "what": Column("str", "", "label or colonies"),
        "site": Column("str", "", "the organ; each one has a row"),
        "number": Column("float64", "", "cells' worth of label, or colonies"),
        "share": Column("float64", "1", "of all cells injected before; 0 if none was"),
    },
}  # fmt: skip


def text(values: list[str]) -> NDArray[Any]:
    """Return a column of text."""
    return np.array(values, dtype=object)


def who(number: int, arm: str, rows: int) -> Columns:
    """Return the columns that say whose rows they are."""
    return {"patient": np.array([number], dtype=np.int32).repeat(rows), "arm": text([arm]).repeat(rows)}


def written(name: str, number: int, arm: str, records: Sequence[tuple[object, ...]]) -> Columns:
    """Return a table of one patient in one arm from records, which hold what the table holds beyond whose rows they are."""
    if not records:
        return empty(name)
    specs = list(known_table(name).items())[len(_who) :]
    return who(number, arm, len(records)) | {
        column: np.array(values, dtype=_numpy(spec))
        for (column, spec), values in zip(specs, zip(*records, strict=True), strict=True)
    }


def known_table(name: str) -> Mapping[str, Column]:
    """Return the columns of a table; StoreError with the known tables if there is none of that name."""
    if name not in TABLES:
        raise StoreError(f"no table {name!r}.{did_you_mean(name, TABLES)} Tables: {', '.join(TABLES)}.")
    return TABLES[name]


def empty(name: str) -> Columns:
    """Return the table with its columns and no rows."""
    return dict(_emptied(name))


@cache
def _emptied(name: str) -> Columns:
    return {column: np.zeros(0, dtype=_numpy(spec)) for column, spec in known_table(name).items()}


def _numpy(column: Column) -> np.dtype[Any]:
    return np.dtype(object) if column.kind == "str" else np.dtype(column.kind)


def checked(name: str, given: Mapping[str, NDArray[Any]], first: int, last: int) -> Columns:
    """Return a table's columns in their types and order, rows by patient; StoreError for all that does not fit.

    Patients must lie in first .. last - 1. Rows of one patient keep their order.
    """
    specs = known_table(name)
    faults = [
        f"table {name}: unknown column {column!r}.{did_you_mean(column, specs)}"
        for column in given
        if column not in specs
    ]
    faults += [f"table {name}: column {column!r} is missing" for column in specs if column not in given]
    if faults:
        raise StoreError(faults)
    table = {column: _typed(f"table {name}: {column}", given[column], spec) for column, spec in specs.items()}
    lengths = {column: len(values) for column, values in table.items()}
    if len(set(lengths.values())) > 1:
        raise StoreError(f"table {name}: columns differ in length: {lengths}")
    patient = table["patient"]
    if patient.size and (patient.min() < first or patient.max() >= last):
        raise StoreError(f"table {name}: holds patients {patient.min()} to {patient.max()}, not {first} to {last - 1}")
    if np.any(patient[1:] < patient[:-1]):
        order = np.argsort(patient, kind="stable")
        table = {column: values[order] for column, values in table.items()}
    return table


def _typed(what: str, values: NDArray[Any], column: Column) -> NDArray[Any]:
    """Return values in the column's type; StoreError where that would change them."""
    array = np.asarray(values)
    if array.ndim != 1:
        raise StoreError(f"{what} has {array.ndim} dimensions instead of one")
    if array.size == 0:
        return np.zeros(0, dtype=_numpy(column))
    if column.kind == "str":
        if not set(map(type, array.tolist())) <= {str, np.str_}:
            raise StoreError(f"{what} should hold text only")
        return array.astype(object)
    kinds = {"bool": "b", "float64": "fiu", "int32": "iu", "uint64": "iu"}[column.kind]
    if array.dtype.kind not in kinds:
        raise StoreError(f"{what} should be {column.kind}, not {array.dtype}")
    if column.kind in {"int32", "uint64"}:
        limits = np.iinfo(column.kind)
        if int(array.min()) < limits.min or int(array.max()) > limits.max:
            raise StoreError(f"{what} does not fit into {column.kind}")
    typed = array.astype(column.kind)
    if column.kind == "float64":
        typed += 0.0  # -0 becomes 0, and
        typed[np.isnan(typed)] = np.nan  # one nan of the many: processors differ in its sign
    return typed


def encode(name: str, table: Columns) -> bytes:
    """Return a checked table as the bytes of a Parquet file, units and meanings in the columns' metadata."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    specs, arrow = known_table(name), _arrow_types()
    fields = [
        pa.field(column, arrow[spec.kind], nullable=False, metadata={"unit": spec.unit, "meaning": spec.meaning})
        for column, spec in specs.items()
    ]
    schema = pa.schema(fields, metadata={"format": FORMAT, "table": name})
    arrays = [
        pa.array(table[column].tolist() if spec.kind == "str" else table[column], arrow[spec.kind])
        for column, spec in specs.items()
    ]
    sink = pa.BufferOutputStream()
    pq.write_table(
        pa.Table.from_arrays(arrays, schema=schema),
        sink,
        version="2.6",
        data_page_version="1.0",
        row_group_size=1 << 30,
        compression="zstd",
        compression_level=3,
        use_dictionary=[column for column, spec in specs.items() if spec.kind == "str"],
        write_statistics=True,
        write_page_checksum=True,
        store_schema=True,
    )
    return bytes(sink.getvalue())


def decode(name: str, content: bytes, columns: Collection[str] | None = None) -> Columns:
    """Return the table in the bytes of a Parquet file, or only some columns; text as arrays of str objects, equal ones shared.

    StoreError if they hold no such table.
    """
    import pyarrow as pa

    specs = known_table(name)
    wanted = [column for column in specs if columns is None or column in columns]
    try:
        return _decoded(name, content, wanted)
    except (pa.ArrowException, OSError, ValueError, LookupError) as error:
        raise StoreError(f"table {name}: its Parquet part is damaged ({' '.join(str(error).split())[:120]})") from error


def _decoded(name: str, content: bytes, wanted: list[str]) -> Columns:
    import pyarrow as pa
    import pyarrow.parquet as pq

    specs, arrow = known_table(name), _arrow_types()
    text = [column for column in wanted if specs[column].kind == "str"]
    file = pq.ParquetFile(pa.BufferReader(content), read_dictionary=text)
    found = file.schema_arrow.names
    if found != list(specs):
        raise StoreError(f"table {name}: has columns {', '.join(found)}; expected {', '.join(specs)}")
    read = file.read(columns=wanted, use_threads=False)
    for column in wanted:
        kind = read.schema.field(column).type
        kind = kind.value_type if column in text and pa.types.is_dictionary(kind) else kind
        if kind != arrow[specs[column].kind] or read.column(column).null_count:
            raise StoreError(f"table {name}: column {column} is not all {specs[column].kind}")
    return {
        column: _words(read.column(column)) if column in text else _numbers(read.column(column), specs[column])
        for column in wanted
    }


def _arrow_types() -> dict[str, Any]:
    """Return what each kind of column is in Parquet."""
    import pyarrow as pa

    return {
        "str": pa.string(),
        "bool": pa.bool_(),
        "float64": pa.float64(),
        "int32": pa.int32(),
        "uint64": pa.uint64(),
    }


def _numbers(values: Any, spec: Column) -> NDArray[Any]:
    return np.asarray(values.to_numpy()).astype(_numpy(spec), copy=False)


def _words(values: Any) -> NDArray[Any]:
    """Return text that was read as numbers of words: each word becomes one object, however often it stands there."""
    pieces = [piece.dictionary.to_numpy(zero_copy_only=False)[piece.indices.to_numpy()] for piece in values.chunks]
    return np.concatenate([np.zeros(0, dtype=object), *pieces])
