-- Writes a value over what is there. KEYS: the key. ARGV: value, ms.
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
