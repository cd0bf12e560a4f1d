"""Everything a run imports, imported: the fork server of the trials loads this once, and a new process costs its work.

Models are read as well. Nothing is opened here: threads and connections do not survive a fork.
"""

from __future__ import annotations

import importlib
import pkgutil

import tasks
import warehouse
from warehouse.models.catalogue import load_layer

_ELSEWHERE = """
duckdb_sqlalchemy great_expectations jinja2.sandbox pandas psycopg pyarrow.csv pyarrow.parquet sqlalchemy.ext.compiler
sqlglot.dialects.duckdb pydantic.networks
"""

for _name in _ELSEWHERE.split():
    importlib.import_module(_name)
for _package in (tasks, warehouse):
    for _module in pkgutil.walk_packages(_package.__path__, f"{_package.__name__}."):
        if "migrations" not in _module.name and "spark" not in _module.name:
            importlib.import_module(_module.name)
load_layer("staging")
load_layer("features")
