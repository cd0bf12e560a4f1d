"""Providers of channels and what each allows, as dated data: one TOML file a provider, every figure with its source.

A new provider is a new file here and its name in `PROVIDERS` of `model.store`; nothing else knows one by name.
"""
