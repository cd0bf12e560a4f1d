"""SQL models, one folder each (`<layer>/<name>/query.sql, model.yaml`), and the reader that types them.

A new column or model is written here and nowhere else. Nothing is executed here.
"""
