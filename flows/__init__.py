"""Prefect flows, steps and deployments: the only package that imports Prefect."""
