"""Channels: how a message leaves. One file per kind; `registry` opens what the settings name.

A channel gets messages and answers with outcomes; it reads no ledger and decides nothing.
"""
