-- What each use of a grant costs, the dearest first: as it was when it was given, whatever the calendar says later.
-- Empty: given before this was kept, the calendar's costs count.
alter table grants add column use_costs text not null default '';
