"""Prefect flows, steps and deployments: the only package that imports Prefect.

No logic of the domain: a step calls one function of `tasks` and says how often it may be tried.
"""
