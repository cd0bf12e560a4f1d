"""Pages and pictures: the report, the data quality page, the timeline, each one file that opens offline.

Takes measurements and manifests as they are; computes no figure of its own.
"""
