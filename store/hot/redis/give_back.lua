-- Frees the place of a message. KEYS: the person's places. ARGV: id.
return redis.call('ZREM', KEYS[1], ARGV[1])
