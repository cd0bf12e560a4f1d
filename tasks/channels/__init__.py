"""Channels: how a message leaves. One file per kind; `registry` opens what the settings name."""
