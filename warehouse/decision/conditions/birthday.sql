-- Whoever was born on 29 February has his birthday in February.
case when f.birth_month is not null then f.is_birthday_month end
