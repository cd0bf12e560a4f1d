-- Who has joined has joined; of the others only who has bought may be recruited.
(f.joined or f.orders_total >= 1)
