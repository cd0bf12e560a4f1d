"""Metrics as data: one file each, in a folder for each block; a file's name is the metric's id.

Here: what a metric is, the catalogue that reads the files, and what came of computing them. Not here: SQL
(`warehouse/measurement/metrics`), and whatever a single metric would need code for.
"""
