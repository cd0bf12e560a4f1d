create or replace temp table platform_ids (platform_id varchar, calendar varchar, benefit varchar, part varchar, set_at timestamp);
create or replace temp table this_calendar (calendar varchar)
