-- Of an occurrence that the plan does not know it has nothing for anybody.
create or replace temp table planned (member_id varchar, channel int, benefit int, reason varchar, kept_for varchar);
create or replace temp table kept (member_id varchar, kept_for varchar, reason varchar)
