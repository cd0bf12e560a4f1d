"""Engines: DuckDB snapshots and SQL models, Great Expectations, sources and the ledger."""
