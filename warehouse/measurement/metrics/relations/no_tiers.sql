-- Where no tier is asked for, nobody's tier is told.
create or replace temp table m_tiers (member_id varchar, "at" timestamp, tier varchar)
