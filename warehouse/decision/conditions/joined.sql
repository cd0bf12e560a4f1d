f.joined
