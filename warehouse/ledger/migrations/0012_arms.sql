-- Which text of a test a message is.
alter table jobs add column arm text;
