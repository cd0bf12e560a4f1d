"""A calendar's money and stock: books kept up to date, accounts made of them. Nothing is decided here."""
