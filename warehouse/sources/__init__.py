"""Where data comes from: files and databases, as raw text tables."""

from warehouse.sources.catalogue import DATASETS, Dataset, SourceSpec
from warehouse.sources.load import load_raw

__all__ = ["DATASETS", "Dataset", "SourceSpec", "load_raw"]
