-- What others say of metrics before the moment of measuring, the latest last.
select metric, source, value_millionths, "at"
from all_benchmarks
where "at" is null or "at" < $as_of
order by "at" nulls first, metric, source
