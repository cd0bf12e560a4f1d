"""The language server: what an editor shows while a calendar is being written.

Everything is computed from a text and what lies around it; nothing is run, planned or sent from here. Only
`serving` talks to the editor, and no command is imported.
"""
