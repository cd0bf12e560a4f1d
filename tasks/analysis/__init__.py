"""What an analyst asks of a project: tables filled for one question, by SQL or as data frames. Reads only."""
