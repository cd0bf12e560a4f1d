f.orders_total >= $orders
