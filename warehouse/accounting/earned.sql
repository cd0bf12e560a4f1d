-- What an order earned counts from when it was paid, on other orders only; before, nothing can be used.
update given set
    earned_by = e.order_id,
    lost = e.lost,
    granted_at = e.issued_at,
    valid_until = case when given.valid_until is not null then e.ends_at end
from earned as e
where e.key = given.key
