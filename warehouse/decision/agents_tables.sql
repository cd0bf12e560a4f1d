create or replace temp table agents (channel varchar, agent varchar, tag varchar);
create or replace temp table member_agents (member_id varchar, channel varchar, agent varchar)
