create or replace temp table plan_free (pattern bigint, first_place bigint, last_place bigint, open bigint)
