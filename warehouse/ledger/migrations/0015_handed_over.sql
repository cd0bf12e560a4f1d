-- Whether a claimed job was handed to its channel. Null: it is not claimed, or by a release that did not say so, and
-- then it counts as handed over.
alter table jobs add column handed_over boolean;
