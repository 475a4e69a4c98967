"""Prints docs/understand/tables.md: every column of every table, from the definitions that the tables are written by.

Use: python tools/tables_page.py > docs/understand/tables.md
"""

import sys

from seedsoil.experiment.columns import FORMAT, TABLES
from seedsoil.trial.export.adam import TITLES, VARIABLES

HEAD = f"""# Tables of a run

`tables/NAME/part-*.parquet` in a run folder, format `{FORMAT}`: one part for each chunk of patients, where it has rows; the first chunk has a
part of every table, so that each can be read. Parquet carries the unit and the meaning of each column in its metadata,
`ro-crate-metadata.json` lists them as `PropertyValue`, and `seedsoil export RUN` writes CSV files with a `dictionary.csv`. Days count from
diagnosis unless said otherwise; a number that is not there is nan in Parquet and an empty field in CSV.

## Questions to them

`seedsoil query RUN "SELECT ..."` answers a question in SQL, and so does `Trial.query(sql, parameters)` of a run in Python, which returns
columns. Each table is a view of its name. The dialect is DuckDB's, in memory: Parquet is streamed, so that a run of 1e5 patients needs no more
memory than the answer and its groups (at most 1 GB; what needs more is refused). Questions only read, one SELECT at a time; they reach no other
file and no network. One thread answers, so that the same question to the same run has the same answer to the last digit; say `order by` where
the order of rows counts.

```sh
seedsoil query RUN "select arm, count(*) as died, median(end_day) as day from patients where not alive group by arm order by arm"
seedsoil query RUN "select arm, site, count(distinct patient) as patients from lesions where parent >= 0 group by all order by all" --csv
```

Whatever is read of a table, by a question, by `Trial.tables`, by `show`, the report or an export, is compared with the checksums of the run's
manifest before it is used, all parts of the table that the answer needs and no others; a part that differs stops the command.
`seedsoil doctor RUN` compares every file.

Other programs read the files as they are, without that check:

```python
import duckdb                      # or pandas, polars, R's arrow: nothing here is particular to seedsoil
duckdb.sql("select arm, median(end_day) from 'run/tables/patients/*.parquet' where not alive group by arm")
```
"""

ADAM = """
# Analysis tables by ADaM's names

`seedsoil export RUN --form adam` writes these as CSV for programs that know CDISC's names. Virtual patients have no calendar, so that days
stand where dates would. One virtual patient is treated in every arm: `USUBJID` tells the copies apart, `TWINID` puts them together.
"""


def page() -> str:
    """Return the page as Markdown."""
    lines = [HEAD]
    for table, columns in TABLES.items():
        lines += [f"## {table}", "", "| column | type | unit | meaning |", "|---|---|---|---|"]
        lines += [f"| `{name}` | {spec.kind} | {spec.unit} | {spec.meaning} |" for name, spec in columns.items()]
        lines.append("")
    lines.append(ADAM)
    for dataset, variables in VARIABLES.items():
        lines += [f"## {dataset}: {TITLES[dataset]}", "", "| variable | type | label |", "|---|---|---|"]
        lines += [f"| `{name}` | {spec.type} | {spec.label} |" for name, spec in variables.items()]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(page())
