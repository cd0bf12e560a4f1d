"""Where data comes from: files, databases and whatever plug-ins read, as raw text tables.

A kind of source is one file in `kinds/`; `registry` knows them by name. What the rows mean is not decided here.
"""

from warehouse.sources.catalogue import DATASETS, Dataset, SourceSpec

__all__ = ["DATASETS", "Dataset", "SourceSpec"]
