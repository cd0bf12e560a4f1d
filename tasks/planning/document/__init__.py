"""The plan as a document that a boss signs: what it says, in the order of an approval; `tasks.documents` writes it."""
