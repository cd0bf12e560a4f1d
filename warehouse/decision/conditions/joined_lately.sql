coalesce(f.joined_at >= $since, true)
