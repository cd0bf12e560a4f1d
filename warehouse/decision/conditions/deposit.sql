f.balance_open
