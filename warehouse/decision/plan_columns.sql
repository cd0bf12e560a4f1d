create or replace temp table plan_columns (
    pattern bigint, first_place bigint, last_place bigint, slot int, channel int, benefit int, reason varchar, kept_for varchar
);
create or replace temp table plan_losses (slot int, pattern bigint, channels bigint, benefits bigint)
