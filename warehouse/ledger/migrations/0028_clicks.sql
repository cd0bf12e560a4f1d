-- When a message was first said to have arrived, and when its link was first followed.
alter table deliveries add column delivered_at {moment};
alter table deliveries add column clicked_at {moment};
alter table reports_aside add column clicked_at {moment};
update deliveries set delivered_at = at where arrived and state = 'delivered';
