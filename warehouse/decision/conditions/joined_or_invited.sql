-- Claimed by members; whoever may join is invited with it.
(f.joined or f.may_join)
