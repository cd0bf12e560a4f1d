"""Charts as SVG text: pure functions of what they show and how wide; no library, no script, nothing loaded.

Text is escaped in one place (`drawing`); every chart has a title and says in words what it shows.
"""
