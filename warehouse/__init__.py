"""Engines: DuckDB snapshots and SQL models, Great Expectations, sources and the ledger.

Rooms from the ground up: models, portable, engines, sources, shelf, features, identity, staging,
snapshots, contact_plan, decision, measurement; the ledger and the generated sample stand beside them. The only
package that imports duckdb, sqlalchemy, pandas, pyarrow and great_expectations.
"""
