"""One SQL text, two engines: what a model may say, and how it becomes Spark SQL.

Models are DuckDB SQL. They run on Spark through sqlglot, and translating SQL is full of expressions
that both engines accept and answer differently, without a word. So models keep to a list
(`subset.py`), a linter holds them to it (`lint.py`, run by the default tests over every model file),
and every entry of the list is proven equal on both engines over adversarial values
(`tests/warehouse/portable/test_expressions.py`).

Writing a model, in short:

- Plain selects, CTEs, joins, `filter (where …)`, `case`, window functions with a full order: yes.
- Integers, texts, booleans, dates and naive UTC moments: yes. DOUBLE, `/`, `round`, `avg`: no; use
  integers, `//` and fixed point. Averages are a sum and a count.
- Durations: `(epoch_us(b) - epoch_us(a)) // 86400000000`, or moments compared with a parameter;
  never `date_diff`, `b - a`, `age`.
- Texts: `||`, `=`, `in`, `starts_with`, `substr(text, 1, n)`, `lower` (by code point); never `like`,
  regular expressions, `concat`, `format`, `length` of bytes.
- Cells as they were written (dates, amounts, ids) are read by a macro of `models/<layer>/macros.sql`.
  What the list does not have goes into a macro, and the macro gets a Spark definition of the same
  name beside it in `macros.spark.sql`; the conformance tests then hold both to the same answers.
- Parameters: `getvariable('name')` with a literal name.
- Lists: literals, parameters, `list_filter`, `len`, and an index of 1 or more; never `list(… order by …)`.
- Ties: `row_number()` over an order that ends in a unique key; never `first`, `any_value`, `arg_max`.
"""
