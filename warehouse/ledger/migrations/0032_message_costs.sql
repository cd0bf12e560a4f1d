-- What a message cost when it was handed to its channel: the price of its parts. Null: it was not handed over yet, or by
-- a release that did not keep it; then it counts as one part at the price of its channel.
alter table jobs add column cost_cents bigint;
